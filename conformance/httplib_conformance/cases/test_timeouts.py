"""Timeouts: a server that leaves the client waiting."""

import contextlib
import socket
from collections.abc import Iterator

import pytest
from httplib_servers import Accept, AwaitRequest, Send, Stall

from httplib_conformance.casemark import case
from httplib_conformance.cases.wire import EMPTY_REPLY
from httplib_conformance.channels import AgentDied
from httplib_conformance.proxies import Python

SILENT = [Accept(), AwaitRequest(), Stall()]
"""A server that takes a request and never replies."""

SOON = 0.2
"""A timeout in seconds that is over soon, yet not before a request is on its way."""

LATER = 1.0
"""A timeout in seconds within which a server on the same machine replies, even a busy one."""

NEVER = 3600
"""A timeout in seconds that is not over while a case runs."""


@contextlib.contextmanager
def default_timeout(python: Python, seconds: float) -> Iterator[None]:
    """Set the global default timeout of the implementation's interpreter for a while."""
    module = python.module("socket")
    before = module.getdefaulttimeout()
    module.setdefaulttimeout(seconds)
    try:
        yield
    finally:
        with contextlib.suppress(AgentDied):  # it took the setting with it
            module.setdefaulttimeout(before)


@contextlib.contextmanager
def full_listener() -> Iterator[int]:
    """The port of a listener that answers no attempt to connect, because its queue is full."""
    with contextlib.ExitStack() as sockets:
        listener = sockets.enter_context(socket.socket())
        listener.bind(("127.0.0.1", 0))
        listener.listen(0)
        for _ in range(100):  # pragma: no branch (not on Linux)
            filler = sockets.enter_context(socket.socket())
            filler.settimeout(SOON)
            try:
                filler.connect(listener.getsockname())
            except TimeoutError:
                break
        else:  # pragma: no cover (not on Linux)
            pytest.skip("this system's queue of connections is never full")
        yield listener.getsockname()[1]


@case("timeout-while-waiting-for-the-reply", "connection.timeout.read", "connection.arguments.keywords")
def test_reply(httplib, replay, python):
    """When no reply comes within the given timeout, waiting for it ends with the timeout of sockets."""
    server = replay(script=SILENT)
    connection = httplib.HTTPConnection(server.host, server.port, timeout=SOON)
    connection.request("GET", "/")
    with pytest.raises(python.module("socket").timeout):
        connection.getresponse()


@case("timeout-by-position", "connection.timeout.read", "connection.arguments.order")
def test_by_position(httplib, replay, python):
    """The fourth argument of HTTPConnection is the timeout."""
    server = replay(script=SILENT)
    connection = httplib.HTTPConnection(server.host, server.port, False, SOON)
    connection.request("GET", "/")
    with pytest.raises(python.module("socket").timeout):
        connection.getresponse()


@case("timeout-while-reading-the-body", "connection.timeout.read")
def test_body(httplib, replay, python):
    """When the rest of a body does not come within the timeout, read ends with the timeout of sockets."""
    half = b"HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhello"
    server = replay(script=[Accept(), AwaitRequest(), Send(half), Stall()])
    connection = httplib.HTTPConnection(server.host, server.port, timeout=LATER)
    connection.request("GET", "/")
    response = connection.getresponse()
    with pytest.raises(python.module("socket").timeout):
        response.read()


@case("timeout-while-connecting", "connection.timeout.connect")
def test_connect(httplib, python):
    """When an attempt to connect is not answered within the timeout, it ends with the timeout of sockets."""
    with full_listener() as port:
        connection = httplib.HTTPConnection("127.0.0.1", port, timeout=SOON)
        with pytest.raises(python.module("socket").timeout):
            connection.connect()


@case("timeout-not-reached", "connection.timeout.read")
def test_not_reached(httplib, replay):
    """A timeout that does not pass changes nothing."""
    server = replay(EMPTY_REPLY)
    connection = httplib.HTTPConnection(server.host, server.port, timeout=NEVER)
    connection.request("GET", "/")
    assert connection.getresponse().status == 200


@case("default-timeout-of-sockets-holds", "connection.timeout.global-default")
def test_default(httplib, replay, python):
    """When no timeout is given, the default timeout of the socket module ends the wait."""
    server = replay(script=SILENT)
    with default_timeout(python, SOON):
        connection = httplib.HTTPConnection(server.host, server.port)
        connection.request("GET", "/")
        with pytest.raises(python.module("socket").timeout):
            connection.getresponse()


@case("default-timeout-is-that-of-connecting", "connection.timeout.default.when")
def test_default_when_connecting(httplib, replay, python):
    """When no timeout is given, the default timeout is the one set when the connection is opened."""
    server = replay(script=SILENT)
    connection = httplib.HTTPConnection(server.host, server.port)
    with default_timeout(python, SOON):
        connection.request("GET", "/")
        with pytest.raises(python.module("socket").timeout):
            connection.getresponse()


@case("given-timeout-wins-over-default", "connection.timeout.read", "connection.timeout.over-default")
def test_given_wins(httplib, replay, python):
    """A timeout that is given holds, and not the default timeout of the socket module."""
    server = replay(script=SILENT)
    with default_timeout(python, NEVER):
        connection = httplib.HTTPConnection(server.host, server.port, timeout=SOON)
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
