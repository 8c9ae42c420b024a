"""In which state a connection is after something failed, and what send takes in any state."""

import socket

import pytest
from httplib_servers import Accept, AwaitRequest, Send

from httplib_conformance.casemark import case, each_case
from httplib_conformance.cases.bodies import BODIES
from httplib_conformance.cases.wire import (
    EMPTY_REPLY,
    MEASURING,
    awaiting_body,
    needed,
    only_request,
    request_line,
    requests_of,
)

HELLO = b"hello"

LATER = [Accept(), AwaitRequest(on=1), Send(EMPTY_REPLY, on=1)]
"""What a server does when the client connects again."""

FAILED_REPLIES = {
    "an-unknown-protocol": b"HTTP/2 200 OK\r\n\r\n",
    "a-bad-status-line": b"HTTP/1.1 what\r\n\r\n",
    "too-many-headers": b"HTTP/1.1 200 OK\r\n" + b"X: one\r\n" * 101 + b"\r\n",
}
"""Replies that make getresponse raise an exception."""


def stuck(httplib, connection):
    """Whether a connection refuses another request until it is closed."""
    with pytest.raises(httplib.CannotSendRequest):
        connection.request("GET", "/refused")
    connection.close()
    connection.request("GET", "/accepted")
    return connection.getresponse().status == 200


@case("request-after-a-refused-header", "state.request.after-invalid-header")
def test_header(httplib, replay):
    """After request refused a header, the next one is refused until close, and is begun then."""
    server = replay(script=[])
    connection = httplib.HTTPConnection(server.host, server.port)
    with pytest.raises(ValueError, match="X"):
        connection.request("GET", "/", None, {"X": "one\nX: two"})
    with pytest.raises(httplib.CannotSendRequest):
        connection.request("GET", "/refused")
    connection.close()
    connection.putrequest("GET", "/accepted")


@case("getresponse-can-be-tried-again", "state.getresponse.again")
def test_again(httplib, replay):
    """After a bad status line, getresponse reads on, also where the response before was read late."""
    server = replay(
        b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello",
        b"HTTP/1.1 what\r\nHTTP/1.1 202 Accepted\r\nContent-Length: 0\r\n\r\n",
        close=False,
    )
    connection = httplib.HTTPConnection(server.host, server.port)
    connection.request("GET", "/one")
    first = connection.getresponse()
    connection.request("GET", "/two")
    assert first.read() == HELLO
    with pytest.raises(httplib.BadStatusLine):
        connection.getresponse()
    assert connection.getresponse().status == 202


@case("request-after-a-refused-body", "state.request.after-invalid-body")
def test_body(httplib, replay):
    """After request refused a body, the next one is refused until close."""
    server = replay(script=[Accept(), AwaitRequest(on=0, body=0), *LATER])
    connection = httplib.HTTPConnection(server.host, server.port)
    with pytest.raises(TypeError):
        connection.request("GET", "/", 5)
    assert stuck(httplib, connection)


@case("request-after-a-refused-connection", "state.request.after-refused-connection")
def test_refused(httplib, python):
    """After a connection was refused, the next request is refused until close, and then tries again."""
    error = python.module("socket").error
    with socket.socket() as deaf:
        deaf.bind(("127.0.0.1", 0))
        connection = httplib.HTTPConnection("127.0.0.1", deaf.getsockname()[1])
        with pytest.raises(error):
            connection.request("GET", "/")
        with pytest.raises(httplib.CannotSendRequest):
            connection.request("GET", "/refused")
        connection.close()
        with pytest.raises(error):
            connection.request("GET", "/tried")


@case("request-after-not-connected", "state.request.after-not-connected")
def test_not_connected(httplib, replay):
    """After NotConnected, the next request is refused until close."""
    server = replay(EMPTY_REPLY)
    connection = httplib.HTTPConnection(server.host, server.port)
    connection.auto_open = 0
    with pytest.raises(httplib.NotConnected):
        connection.request("GET", "/")
    connection.auto_open = 1
    assert stuck(httplib, connection)


@each_case(
    "what", [(what,) for what in FAILED_REPLIES], "sock-stays-after-{what}", "state.getresponse.failed.sock"
)
def test_failed_reply(httplib, replay, what):
    """A reply that makes getresponse raise an exception leaves the connection open."""
    server = replay(FAILED_REPLIES[what])
    connection = httplib.HTTPConnection(server.host, server.port)
    connection.request("GET", "/")
    with pytest.raises(httplib.HTTPException):
        connection.getresponse()
    assert connection.sock is not None


# -- what send takes, in any state


@each_case(
    "kind", [("bytearray",), ("memoryview",), ("array",), ("mmap",)], "send-a-{kind}", "steps.send.kinds"
)
def test_send_kinds(httplib, replay, python, tmp_path, kind):
    """What holds bytes is sent as the bytes that it holds."""
    (tmp_path / "data").write_bytes(HELLO)
    if kind == "mmap":
        needed(python, "mmap", "mmap")
    bodies = python.define(BODIES)
    data = {
        "bytearray": lambda: bodies.octets_of(HELLO),
        "memoryview": lambda: bodies.view(HELLO),
        "array": lambda: bodies.octets(*HELLO),
        "mmap": lambda: bodies.mapped(str(tmp_path / "data")),
    }[kind]()
    server = replay(script=awaiting_body(5))
    connection = httplib.HTTPConnection(server.host, server.port)
    connection.putrequest("PUT", "/")
    connection.endheaders()
    connection.send(data)
    assert only_request(server).body == HELLO


@each_case("kind", [("none",), ("number",), ("list",)], "send-refuses-{kind}", "steps.send.not-data")
def test_send_not_data(httplib, replay, kind):
    """What holds no bytes and has no read raises TypeError."""
    connection_server = replay(script=[Accept()])
    connection = httplib.HTTPConnection(connection_server.host, connection_server.port)
    connection.connect()
    with pytest.raises(TypeError):
        connection.send({"none": None, "number": 5, "list": [HELLO]}[kind])


@case("send-of-nothing-opens-the-connection", "steps.send.empty")
def test_send_nothing(httplib, replay):
    """An empty string that send is given opens the connection, and that is all."""
    server = replay(script=[Accept()])
    connection = httplib.HTTPConnection(server.host, server.port)
    connection.send(b"")
    assert (connection.sock is not None, server.finish().received) == (True, (b"",))


@case("endheaders-sends-a-bytearray-behind-the-headers", "steps.endheaders.message-body.buffer")
def test_endheaders_buffer(httplib, replay, python):
    """A bytearray that endheaders is given goes to send by itself, behind the headers."""
    derived = python.define(MEASURING).derive(httplib.HTTPConnection)
    server = replay(script=awaiting_body(5))
    connection = derived(server.host, server.port)
    connection.putrequest("PUT", "/")
    connection.endheaders(python.define(BODIES).octets_of(HELLO))
    request = only_request(server)
    assert (connection.sizes, request.body) == ([len(request.head), 5], HELLO)


@case("response-that-is-closed-unread-leaves-its-body", "state.response.closed", "persistence.left-over")
def test_closed_unread(httplib, replay):
    """What a closed response did not read stands in front of the next one."""
    unread = b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello"
    server = replay(unread, EMPTY_REPLY)
    connection = httplib.HTTPConnection(server.host, server.port, True)
    connection.request("GET", "/first")
    connection.getresponse().close()
    connection.request("GET", "/second")
    with pytest.raises(httplib.BadStatusLine) as caught:
        connection.getresponse()
    lines = [request_line(request) for request in requests_of(server)]
    assert (caught.value.line, lines) == (
        "helloHTTP/1.1 200 OK\r\n",
        ["GET /first HTTP/1.1", "GET /second HTTP/1.1"],
    )
