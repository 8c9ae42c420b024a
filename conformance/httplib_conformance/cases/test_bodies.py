"""Bodies that are strings, and Content-Length."""

from httplib_conformance.casemark import case, each_case
from httplib_conformance.cases.wire import (
    EMPTY_REPLY,
    awaiting_body,
    only_request,
    request_line,
    requests_of,
    values_of,
)

MEBIBYTE = 1 << 20


@each_case(
    "kind",
    [("native",), ("bytes",)],
    "body-of-{kind}-string",
    "request.body.string",
    "request.content-length.string",
)
def test_string(httplib, replay, kind):
    """A string as body is sent after the headers, with its length as Content-Length."""
    body = {"native": "name=value", "bytes": b"name=value"}[kind]
    server = replay(EMPTY_REPLY)
    connection = httplib.HTTPConnection(server.host, server.port)
    connection.request("POST", "/", body)
    request = only_request(server)
    assert (values_of(request, "Content-Length"), request.body) == (["10"], b"name=value")


@case("body-of-every-byte", "request.body.binary")
def test_every_byte(httplib, replay):
    """A body is sent byte for byte, whatever bytes it has."""
    body = bytes(range(256))
    server = replay(EMPTY_REPLY)
    connection = httplib.HTTPConnection(server.host, server.port)
    connection.request("POST", "/", body)
    request = only_request(server)
    assert request.body == body


@case("body-of-a-mebibyte", "request.body.string", "request.content-length.string")
def test_big(httplib, replay):
    """A body that is too big for one packet arrives whole."""
    body = bytes(range(251)) * (MEBIBYTE // 251)
    server = replay(EMPTY_REPLY)
    connection = httplib.HTTPConnection(server.host, server.port)
    connection.request("PUT", "/", body)
    connection.getresponse()
    request = only_request(server)
    assert (len(request.body), request.body == body) == (len(body), True)


@each_case(
    "method",
    [("get",), ("head",), ("delete",), ("put",), ("post",), ("patch",), ("options",)],
    "empty-string-body-of-{method}",
    "request.content-length.empty-string",
    "request.content-length.all-methods",
)
def test_empty_string(httplib, replay, method):
    """An empty string as body has a length, which is sent with any method: 0."""
    server = replay(EMPTY_REPLY)
    connection = httplib.HTTPConnection(server.host, server.port)
    connection.request(method.upper(), "/", "")
    request = only_request(server)
    assert values_of(request, "Content-Length") == ["0"]


@each_case(
    "method",
    [("get",), ("head",), ("delete",), ("options",), ("trace",), ("propfind",)],
    "no-body-of-{method}",
    "request.content-length.none.absent",
    "request.body.none",
)
def test_none_absent(httplib, replay, method):
    """Without a body, a method that expects none gets no Content-Length."""
    server = replay(EMPTY_REPLY)
    connection = httplib.HTTPConnection(server.host, server.port)
    connection.request(method.upper(), "/", None)
    request = only_request(server)
    assert values_of(request, "Content-Length") == []


@each_case(
    "method",
    [("put",), ("post",), ("patch",)],
    "no-body-of-{method}",
    "request.content-length.none.{method}",
    "request.body.none",
)
def test_none_zero(httplib, replay, method):
    """Without a body, a method that expects one gets a Content-Length of 0."""
    server = replay(EMPTY_REPLY)
    connection = httplib.HTTPConnection(server.host, server.port)
    connection.request(method.upper(), "/", None)
    request = only_request(server)
    assert (values_of(request, "Content-Length"), request.body) == (["0"], b"")


@each_case(
    "form",
    [("as-documented",), ("in-lower-case",), ("in-upper-case",)],
    "content-length-given-{form}",
    "request.content-length.given",
    "request.content-length.given.case",
)
def test_given(httplib, replay, form):
    """A Content-Length that is given, in whatever letter case, is sent and no other."""
    spelled = {
        "as-documented": "Content-Length",
        "in-lower-case": "content-length",
        "in-upper-case": "CONTENT-LENGTH",
    }
    # A length that no one would work out, so that the given one is seen to be sent.
    server = replay(script=awaiting_body(5))
    connection = httplib.HTTPConnection(server.host, server.port)
    connection.request("PUT", "/", "hello", {spelled[form]: "3"})
    request = only_request(server)
    assert values_of(request, "Content-Length") == ["3"]


@case("bytearray-body", "request.body.buffer")
def test_bytearray(httplib, replay, python):
    """A bytearray is sent as body, with its length as Content-Length."""
    server = replay(EMPTY_REPLY)
    connection = httplib.HTTPConnection(server.host, server.port)
    connection.request("PUT", "/", python.module("builtins").bytearray(b"hello"))
    request = only_request(server)
    assert (values_of(request, "Content-Length"), request.body) == (["5"], b"hello")


@case("array-body", "request.body.buffer")
def test_array(httplib, replay, python):
    """An array of bytes is sent as body, with its length as Content-Length."""
    server = replay(EMPTY_REPLY)
    connection = httplib.HTTPConnection(server.host, server.port)
    connection.request("PUT", "/", python.module("array").array("B", [104, 105]))
    request = only_request(server)
    assert (values_of(request, "Content-Length"), request.body) == (["2"], b"hi")


@case("body-does-not-stay", "request.body.default", "connection.next-request-after-read")
def test_does_not_stay(httplib, replay):
    """The body of a request is not sent again with the next one."""
    server = replay(EMPTY_REPLY, EMPTY_REPLY)
    connection = httplib.HTTPConnection(server.host, server.port)
    connection.request("POST", "/first", "hello")
    connection.getresponse().read()
    connection.request("GET", "/second")
    connection.getresponse().read()
    _, second = requests_of(server)
    assert (request_line(second), second.body) == ("GET /second HTTP/1.1", b"")
