"""Timeouts: a server that leaves the client waiting."""

import pytest
from httplib_servers import Accept, AwaitRequest, Send, Stall
from httplib_servers.unreachable import NeverAccepts, Unavailable

from httplib_conformance.casemark import case
from httplib_conformance.cases.timeouts import NEVER, default_timeout, with_short_timeout
from httplib_conformance.cases.wire import EMPTY_REPLY

SILENT = [Accept(), AwaitRequest(), Stall()]
"""A server that takes a request and never replies."""


@case("timeout-while-waiting-for-the-reply", "connection.timeout.read", "connection.arguments.keywords")
@with_short_timeout
def test_reply(httplib, replay, python, soon):
    """When no reply comes within the given timeout, waiting for it ends with the timeout of sockets."""
    server = replay(script=SILENT)
    connection = httplib.HTTPConnection(server.host, server.port, timeout=soon)
    connection.request("GET", "/")
    with pytest.raises(python.module("socket").timeout):
        connection.getresponse()


@case("timeout-by-position", "connection.timeout.read", "connection.arguments.order")
@with_short_timeout
def test_by_position(httplib, replay, python, soon):
    """The fourth argument of HTTPConnection is the timeout."""
    server = replay(script=SILENT)
    connection = httplib.HTTPConnection(server.host, server.port, False, soon)
    connection.request("GET", "/")
    with pytest.raises(python.module("socket").timeout):
        connection.getresponse()


@case("timeout-while-reading-the-body", "connection.timeout.read")
@with_short_timeout
def test_body(httplib, replay, python, soon):
    """When the rest of a body does not come within the timeout, read ends with the timeout of sockets."""
    half = b"HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhello"
    server = replay(script=[Accept(), AwaitRequest(), Send(half), Stall()])
    connection = httplib.HTTPConnection(server.host, server.port, timeout=soon)
    connection.request("GET", "/")
    response = connection.getresponse()
    with pytest.raises(python.module("socket").timeout):
        response.read()


@case("timeout-while-connecting", "connection.timeout.connect")
@with_short_timeout
def test_connect(httplib, python, soon):
    """When an attempt to connect is not answered within the timeout, it ends with the timeout of sockets."""
    try:
        with NeverAccepts() as server:
            connection = httplib.HTTPConnection(server.host, server.port, timeout=soon)
            with pytest.raises(python.module("socket").timeout):
                connection.connect()
    except Unavailable as error:  # pragma: no cover (not on Linux)
        pytest.skip(str(error))


@case("timeout-not-reached", "connection.timeout.read")
def test_not_reached(httplib, replay):
    """A timeout that does not pass changes nothing."""
    server = replay(EMPTY_REPLY)
    connection = httplib.HTTPConnection(server.host, server.port, timeout=NEVER)
    connection.request("GET", "/")
    assert connection.getresponse().status == 200


@case("default-timeout-of-sockets-holds", "connection.timeout.global-default")
@with_short_timeout
def test_default(httplib, replay, python, soon):
    """When no timeout is given, the default timeout of the socket module ends the wait."""
    server = replay(script=SILENT)
    with default_timeout(python, soon):
        connection = httplib.HTTPConnection(server.host, server.port)
        connection.request("GET", "/")
        with pytest.raises(python.module("socket").timeout):
            connection.getresponse()


@case("default-timeout-is-that-of-connecting", "connection.timeout.default.when")
@with_short_timeout
def test_default_when_connecting(httplib, replay, python, soon):
    """When no timeout is given, the default timeout is the one set when the connection is opened."""
    server = replay(script=SILENT)
    connection = httplib.HTTPConnection(server.host, server.port)
    with default_timeout(python, soon):
        connection.request("GET", "/")
        with pytest.raises(python.module("socket").timeout):
            connection.getresponse()


@case("given-timeout-wins-over-default", "connection.timeout.read", "connection.timeout.over-default")
@with_short_timeout
def test_given_wins(httplib, replay, python, soon):
    """A timeout that is given holds, and not the default timeout of the socket module."""
    server = replay(script=SILENT)
    with default_timeout(python, NEVER):
        connection = httplib.HTTPConnection(server.host, server.port, timeout=soon)
        connection.request("GET", "/")
        with pytest.raises(python.module("socket").timeout):
            connection.getresponse()


@case("timeout-of-none-is-no-timeout", "connection.timeout.none")
def test_none(httplib, replay, python):
    """A timeout of None means none, whatever the default timeout of the socket module is."""
    server = replay(script=[Accept()])
    with default_timeout(python, NEVER):
        connection = httplib.HTTPConnection(server.host, server.port, timeout=None)
        connection.connect()
        assert connection.sock.gettimeout() is None
