"""What a response is asked for in Python: its arguments, types and descriptor."""

import pytest
from httplib_servers import Accept, AwaitRequest, Send

from httplib_conformance.casemark import case, each_case
from httplib_conformance.cases.wire import HELLO_REPLY, needed

NAMED_REPLY = b"HTTP/1.1 404 Not Here\r\nX-Name: value\r\nX-Empty:\r\nContent-Length: 5\r\n\r\nhello"


def response_to(httplib, server, method="GET"):
    """The response of a server, and the connection, which must live as long."""
    connection = httplib.HTTPConnection(server.host, server.port)
    connection.request(method, "/")
    return connection.getresponse(), connection


@case("fileno-is-an-integer", "response.fileno.integer")
def test_fileno_type(httplib, replay):
    """`fileno` gives an integer."""
    response, _connection = response_to(httplib, replay(HELLO_REPLY))
    assert type(response.fileno()) is int


@case("fileno-is-that-of-the-connection", "response.fileno")
def test_fileno(httplib, replay, python):
    """`fileno` gives the descriptor of a socket that is connected to the server."""
    server = replay(HELLO_REPLY)
    response, _connection = response_to(httplib, server)
    module = needed(python, "socket", "fromfd")
    same = module.fromfd(response.fileno(), module.AF_INET, module.SOCK_STREAM)
    peer = same.getpeername()
    same.close()
    assert tuple(peer) == (server.host, server.port)


@case("fileno-equals-that-of-sock", "response.fileno.of-sock")
def test_fileno_of_sock(httplib, replay):
    """`fileno` gives what the connection's attribute sock gives."""
    response, connection = response_to(httplib, replay(HELLO_REPLY))
    assert response.fileno() == connection.sock.fileno()


@case("fileno-after-the-end", "response.fileno.closed")
def test_fileno_after_end(httplib, replay):
    """`fileno` of a response that is read to its end raises AttributeError."""
    response, _connection = response_to(httplib, replay(HELLO_REPLY))
    response.read()
    with pytest.raises(AttributeError):
        response.fileno()


@case("getheader-default-by-position", "response.getheader.default")
def test_default_by_position(httplib, replay):
    """`getheader` gives its second argument for a header that is not there."""
    response, _connection = response_to(httplib, replay(NAMED_REPLY))
    assert response.getheader("X-Missing", "default") == "default"


@case("getheader-by-keyword", "response.getheader.keywords")
def test_getheader_by_keyword(httplib, replay):
    """`getheader` takes its arguments by the keywords name and default."""
    response, _connection = response_to(httplib, replay(NAMED_REPLY))
    found = response.getheader(name="X-Name", default="no"), response.getheader(default="no", name="X-Not")
    assert found == ("value", "no")


@each_case(
    "kind",
    [("integer",), ("list",), ("bytes",), ("empty",), ("false",)],
    "getheader-default-of-{kind}",
    "response.getheader.default",
)
def test_default_of_any_kind(httplib, replay, kind):
    """`getheader` gives the default as it is, whatever it is."""
    default = {"integer": 0, "list": [1], "bytes": b"none", "empty": "", "false": False}[kind]
    response, _connection = response_to(httplib, replay(NAMED_REPLY))
    assert response.getheader("X-Missing", default) == default


@case("getheader-default-not-for-empty-header", "response.getheader.default.unused")
def test_default_unused(httplib, replay):
    """`getheader` does not give the default for a header that is there, also if it is empty."""
    response, _connection = response_to(httplib, replay(NAMED_REPLY))
    assert response.getheader("X-Empty", "default") == ""


@case("getheader-of-missing-header", "response.getheader.missing")
def test_missing(httplib, replay):
    """`getheader` gives None for a header that is not there."""
    response, _connection = response_to(httplib, replay(NAMED_REPLY))
    assert response.getheader("X-Missing") is None


@case("getheaders-is-a-list-of-tuples", "response.getheaders", "response.getheaders.arguments")
def test_getheaders(httplib, replay):
    """`getheaders` gives a list, and in it tuples of two strings."""
    response, _connection = response_to(httplib, replay(NAMED_REPLY))
    found = response.getheaders()
    pairs = sorted((name.lower(), value) for name, value in found)
    kinds = {type(found), *(type(pair) for pair in found)}
    expected = [("content-length", "5"), ("x-empty", ""), ("x-name", "value")]
    assert (kinds, pairs) == ({list, tuple}, expected)


@case("read-amount-by-keyword", "response.read.keyword")
def test_read_by_keyword(httplib, replay):
    """`read` takes how much to read by the keyword amt."""
    response, _connection = response_to(httplib, replay(HELLO_REPLY))
    assert response.read(amt=1) == b"h"


@case("read-gives-bytes", "response.read.type")
def test_read_type(httplib, replay):
    """`read` gives a string of bytes, which text is not equal to on Python 3."""
    response, _connection = response_to(httplib, replay(HELLO_REPLY))
    assert response.read() == b"hello"


@case("read-none", "response.read.none")
def test_read_none(httplib, replay):
    """`read(None)` is the same as read()."""
    response, _connection = response_to(httplib, replay(HELLO_REPLY))
    assert response.read(None) == b"hello"


@each_case("name", [("status",), ("version",)], "{name}-is-an-integer", "response.{name}.integer")
def test_integers(httplib, replay, name):
    """The status code and the version are integers."""
    response, _connection = response_to(httplib, replay(NAMED_REPLY))
    value = getattr(response, name)
    assert (type(value), value) == (int, {"status": 404, "version": 11}[name])


@case("status-equals-the-constant", "response.status.integer")
def test_status_constant(httplib, replay):
    """A status code is equal to the constant that stands for it."""
    response, _connection = response_to(httplib, replay(NAMED_REPLY))
    assert response.status == httplib.NOT_FOUND


@case("reason-is-a-string", "response.reason.string", "response.reason.of-server")
def test_reason(httplib, replay):
    """The reason is a string, and what the server sent."""
    response, _connection = response_to(httplib, replay(NAMED_REPLY))
    assert (isinstance(response.reason, str), response.reason) == (True, "Not Here")


@case("msg-has-the-headers", "message.getheader", "response.msg")
def test_msg(httplib, replay):
    """The headers can be had from msg, by the getheader of its interface."""
    response, _connection = response_to(httplib, replay(NAMED_REPLY))
    found = [response.msg.getheader(name) for name in ("x-name", "X-EMPTY", "X-Missing")]
    assert found == ["value", "", None]


@case("msg-by-index", "message.getitem", "response.msg")
def test_msg_by_index(httplib, replay):
    """The headers can be had from msg by index, in any letter case."""
    response, _connection = response_to(httplib, replay(NAMED_REPLY))
    assert [response.msg["X-Name"], response.msg["x-name"]] == ["value", "value"]


@case("header-folded-has-all-its-words", "response.headers.folded.text")
def test_folded(httplib, replay):
    """The value of a folded header has the words of all its lines, in their order."""
    folded = b"HTTP/1.1 200 OK\r\nX-Folded: one\r\n\ttwo\r\n  three\r\nContent-Length: 0\r\n\r\n"
    response, _connection = response_to(httplib, replay(folded))
    assert response.getheader("X-Folded").split() == ["one", "two", "three"]


@case("headers-after-the-body", "response.getheader.after-body")
def test_headers_after_body(httplib, replay):
    """Headers can be looked at after the body was read."""
    response, _connection = response_to(httplib, replay(NAMED_REPLY))
    response.read()
    assert response.getheader("X-Name") == "value"


@case("responses-outlive-the-next-one", "response.getheader.after-next")
def test_outlives(httplib, replay):
    """A response that was read keeps its headers and status when the next one was fetched."""
    server = replay(script=[Accept(), AwaitRequest(), Send(NAMED_REPLY), AwaitRequest(), Send(HELLO_REPLY)])
    first, connection = response_to(httplib, server)
    first.read()
    connection.request("GET", "/")
    connection.getresponse().read()
    assert (first.status, first.getheader("X-Name")) == (404, "value")


@case("getresponse-buffering", "connection.getresponse.buffering")
def test_buffering(httplib, replay):
    """`getresponse` takes an argument buffering, with which the body is read all the same."""
    server = replay(HELLO_REPLY)
    connection = httplib.HTTPConnection(server.host, server.port)
    connection.request("GET", "/")
    assert connection.getresponse(buffering=True).read() == b"hello"


@each_case(
    "place", [("only",), ("first",), ("last",)], "header-is-found-as-the-{place}", "response.getheader"
)
def test_places(httplib, replay, place):
    """A header is found where it is the only one, and the first or the last of several."""
    head = {
        "only": b"X-Name: value\r\n",
        "first": b"X-Name: value\r\nX-Other: 1\r\nX-More: 2\r\n",
        "last": b"X-Other: 1\r\nX-More: 2\r\nX-Name: value\r\n",
    }[place]
    response, _connection = response_to(httplib, replay(b"HTTP/1.1 200 OK\r\n" + head + b"\r\n"))
    assert response.getheader("X-Name") == "value"


@case("getresponse-without-arguments", "connection.getresponse.arguments")
def test_getresponse_arguments(httplib, replay):
    """`getresponse` needs no arguments."""
    response, _connection = response_to(httplib, replay(HELLO_REPLY))
    assert response.status == 200


@case("fileno-without-arguments", "response.fileno.arguments")
def test_fileno_arguments(httplib, replay):
    """`fileno` needs no arguments."""
    response, _connection = response_to(httplib, replay(HELLO_REPLY))
    assert response.fileno() >= 0
