"""Servers that stop in the middle of a reply: they leave the client waiting, or reset the connection."""

import pytest
from httplib_servers import Accept, AwaitEnd, AwaitRequest, Reset, Send
from httplib_servers.scenarios import STAGES, breaking_off
from httplib_servers.unreachable import Refuses

from httplib_conformance.casemark import case, each_case
from httplib_conformance.cases.timeouts import default_timeout, with_short_timeout
from httplib_conformance.cases.tls import get, ssl_of
from httplib_conformance.cases.wire import HELLO_REPLY

WITH_HEADERS = ["before-body", "in-body", "in-body-to-end", "in-chunk-size", "in-chunk", "in-trailers"]
"""Stages at which the headers are complete, so that there is a response."""

WITHOUT_HEADERS = [stage for stage in STAGES if stage not in WITH_HEADERS]
"""Stages at which there is none yet."""


@each_case("stage", [(stage,) for stage in STAGES], "stall-{stage}", "connection.timeout.read")
@with_short_timeout
def test_stall(httplib, replay, python, stage, soon):
    """The timeout ends the wait for the rest of a reply, wherever it stops."""
    server = replay(script=breaking_off(stage, "stall"))
    connection = httplib.HTTPConnection(server.host, server.port, timeout=soon)
    connection.request("GET", "/")
    with pytest.raises(python.module("socket").timeout):
        connection.getresponse().read()


@each_case(
    "stage",
    [(stage,) for stage in STAGES],
    "stall-{stage}-default-timeout",
    "connection.timeout.global-default",
)
@with_short_timeout
def test_stall_with_default(httplib, replay, python, stage, soon):
    """Without a timeout of its own, the default timeout of the socket module ends the wait."""
    server = replay(script=breaking_off(stage, "stall"))
    with default_timeout(python, soon):
        connection = httplib.HTTPConnection(server.host, server.port)
        connection.request("GET", "/")
        with pytest.raises(python.module("socket").timeout):
            connection.getresponse().read()


@each_case("stage", [(stage,) for stage in WITHOUT_HEADERS], "reset-{stage}", "connection.reset")
def test_reset_before_body(httplib, replay, python, stage):
    """When the server resets the connection before the headers are complete, an error of sockets says so."""
    server = replay(script=breaking_off(stage, "reset"))
    connection = httplib.HTTPConnection(server.host, server.port)
    connection.request("GET", "/")
    with pytest.raises(python.module("socket").error):
        connection.getresponse()


@each_case("stage", [(stage,) for stage in WITH_HEADERS], "reset-{stage}", "connection.reset")
def test_reset_in_body(httplib, replay, python, stage):
    """When the server resets the connection in a body, an error of sockets says so, and no part is given."""
    server = replay(script=breaking_off(stage, "reset"))
    connection = httplib.HTTPConnection(server.host, server.port)
    connection.request("GET", "/")
    # A system may drop what the client has not read when the reset comes.
    with pytest.raises(python.module("socket").error):
        connection.getresponse().read()


@case("reset-at-once", "connection.reset")
def test_reset_at_once(httplib, replay, python):
    """When the server resets the connection as soon as it is there, an error of sockets says so."""
    server = replay(script=[Accept(), Reset()])
    connection = httplib.HTTPConnection(server.host, server.port)
    with pytest.raises(python.module("socket").error):
        get(connection)


@case("reset-then-another-connection", "connection.reset.again")
def test_reset_then_again(httplib, replay, python):
    """After a reset, and close, the same object opens another connection and is as new."""
    script = breaking_off("before-reply", "reset")
    server = replay(script=[*script, Accept(), AwaitRequest(on=1), Send(HELLO_REPLY, on=1)])
    connection = httplib.HTTPConnection(server.host, server.port)
    connection.request("GET", "/")
    with pytest.raises(python.module("socket").error):
        connection.getresponse()
    connection.close()
    connection.request("GET", "/")
    assert connection.getresponse().read() == b"hello"


@case("timeout-then-another-connection", "connection.reset.again")
@with_short_timeout
def test_timeout_then_again(httplib, replay, python, soon):
    """After a timeout, and close, the same object opens another connection and is as new."""
    script = breaking_off("in-headers", "stall")
    again = [AwaitEnd(), Accept(), AwaitRequest(on=1), Send(HELLO_REPLY, on=1)]
    server = replay(script=[*script, *again])
    connection = httplib.HTTPConnection(server.host, server.port, timeout=soon)
    connection.request("GET", "/")
    with pytest.raises(python.module("socket").timeout):
        connection.getresponse()
    connection.close()
    connection.timeout = None
    assert get(connection) == (200, b"hello")


@case("refused-connection", "connection.refused")
def test_refused(httplib, python):
    """When nobody listens at the address, an error of sockets says so, and no connection is there."""
    with Refuses() as server:
        connection = httplib.HTTPConnection(server.host, server.port)
        with pytest.raises(python.module("socket").error):
            connection.request("GET", "/")
    assert connection.sock is None


@case("refused-tls-connection", "connection.refused")
def test_refused_tls(httplib, python):
    """With HTTPSConnection likewise."""
    context = ssl_of(python).create_default_context()
    with Refuses() as server:
        connection = httplib.HTTPSConnection(server.host, server.port, context=context)
        with pytest.raises(python.module("socket").error):
            connection.connect()
