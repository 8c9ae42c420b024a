"""The arguments of request and of the calls that send it step by step."""

from httplib_servers import Accept, AwaitRequest, Send

from httplib_conformance.casemark import case, each_case
from httplib_conformance.cases.wire import (
    EMPTY_REPLY,
    MAPPING,
    only_request,
    request_line,
    requests_of,
    values_of,
)

ASKING = """
def ask(connection):
    connection.request("GET", "/", None, {"X-Name": bytearray(b"value")})
"""
"""A request with what would travel as bytes to where it is made, for `python.define`."""


@case("request-arguments-by-position", "request.arguments.order")
def test_request_by_position(httplib, replay):
    """`request` takes method, url, body and headers by position, in this order."""
    server = replay(EMPTY_REPLY)
    connection = httplib.HTTPConnection(server.host, server.port)
    connection.request("POST", "/path", "hello", {"X-Name": "value"})
    request = only_request(server)
    sent = request_line(request), request.body, values_of(request, "X-Name")
    assert sent == ("POST /path HTTP/1.1", b"hello", ["value"])


@case("request-arguments-by-keyword", "request.arguments.keywords")
def test_request_by_keyword(httplib, replay):
    """`request` takes method, url, body and headers by these keywords."""
    server = replay(EMPTY_REPLY)
    connection = httplib.HTTPConnection(server.host, server.port)
    connection.request(headers={"X-Name": "value"}, body="hello", url="/path", method="POST")
    request = only_request(server)
    sent = request_line(request), request.body, values_of(request, "X-Name")
    assert sent == ("POST /path HTTP/1.1", b"hello", ["value"])


@case("request-headers-without-body", "request.arguments.keywords", "request.body.default")
def test_request_headers_without_body(httplib, replay):
    """`request` takes headers by keyword with no body given."""
    server = replay(EMPTY_REPLY)
    connection = httplib.HTTPConnection(server.host, server.port)
    connection.request("GET", "/", headers={"X-Name": "value"})
    request = only_request(server)
    assert (request.body, values_of(request, "X-Name")) == (b"", ["value"])


@case("request-headers-of-any-mapping", "request.headers.sent")
def test_request_mapping(httplib, replay, python):
    """The headers may be a mapping that is no dictionary."""
    server = replay(EMPTY_REPLY)
    headers = python.define(MAPPING).Headers([("X-One", "1"), ("X-Two", "2")])
    connection = httplib.HTTPConnection(server.host, server.port)
    connection.request("GET", "/", None, headers)
    request = only_request(server)
    assert (values_of(request, "X-One"), values_of(request, "X-Two")) == (["1"], ["2"])


@case("request-headers-of-an-empty-mapping", "request.headers.sent")
def test_request_empty_mapping(httplib, replay):
    """The headers may be an empty mapping: the request then is as without them."""
    server = replay(EMPTY_REPLY, EMPTY_REPLY)
    connection = httplib.HTTPConnection(server.host, server.port)
    connection.request("GET", "/")
    connection.getresponse().read()
    connection.request("GET", "/", None, {})
    connection.getresponse().read()
    without, with_empty = requests_of(server)
    assert with_empty.raw == without.raw


@case("request-leaves-headers-as-they-were", "request.headers.unchanged")
def test_request_leaves_headers(httplib, replay, python):
    """The mapping that is given as headers is not changed."""
    given = {"X-Name": "value", "Content-Type": "text/plain"}
    server = replay(EMPTY_REPLY)
    headers = python.module("collections").OrderedDict(given)
    connection = httplib.HTTPConnection(server.host, server.port)
    connection.request("POST", "/", "hello", headers)
    connection.getresponse()
    assert dict(headers.items()) == given


@case("request-does-not-inherit-headers", "request.headers.default")
def test_request_does_not_inherit(httplib, replay):
    """A request without headers sends none of those of an earlier one."""
    server = replay(EMPTY_REPLY, EMPTY_REPLY)
    connection = httplib.HTTPConnection(server.host, server.port)
    connection.request("GET", "/", headers={"X-Name": "value"})
    connection.getresponse().read()
    connection.request("GET", "/")
    connection.getresponse().read()
    assert [values_of(request, "X-Name") for request in requests_of(server)] == [["value"], []]


@case("putrequest-arguments-by-position", "steps.putrequest.arguments")
def test_putrequest_by_position(httplib, replay):
    """`putrequest` takes method, selector, skip_host and skip_accept_encoding by position, in this order."""
    server = replay(EMPTY_REPLY, EMPTY_REPLY)
    connection = httplib.HTTPConnection(server.host, server.port)
    for skips in [(True, False), (False, True)]:
        connection.putrequest("GET", "/path", *skips)
        connection.endheaders()
        connection.getresponse().read()
    sent = [
        (request_line(request), len(values_of(request, "Host")), len(values_of(request, "Accept-Encoding")))
        for request in requests_of(server)
    ]
    assert sent == [("GET /path HTTP/1.1", 0, 1), ("GET /path HTTP/1.1", 1, 0)]


@each_case(
    "skipped, sent",
    [("host", "Accept-Encoding"), ("accept-encoding", "Host")],
    "putrequest-skips-{skipped}-by-keyword",
    "steps.putrequest.arguments.keywords",
)
def test_putrequest_by_keyword(httplib, replay, skipped, sent):
    """`putrequest` takes skip_host and skip_accept_encoding by these keywords."""
    server = replay(EMPTY_REPLY)
    connection = httplib.HTTPConnection(server.host, server.port)
    connection.putrequest("GET", "/", **{f"skip_{skipped}".replace("-", "_"): True})
    connection.endheaders()
    request = only_request(server)
    automatic = [name for name in ("Host", "Accept-Encoding") if values_of(request, name)]
    assert automatic == [sent]


@each_case(
    "value",
    [("one",), ("word",), ("list",)],
    "putrequest-skips-host-for-{value}",
    "steps.putrequest.skip-host",
)
def test_putrequest_non_false(httplib, replay, value):
    """Any value that is not false has putrequest leave out Host."""
    server = replay(EMPTY_REPLY)
    connection = httplib.HTTPConnection(server.host, server.port)
    connection.putrequest("GET", "/", {"one": 1, "word": "yes", "list": [0]}[value])
    connection.endheaders()
    assert values_of(only_request(server), "Host") == []


@each_case(
    "value, rule",
    [("false", "false"), ("zero", "false"), ("none", "empty"), ("empty", "empty")],
    "putrequest-sends-host-for-{value}",
    "steps.putrequest.skip-{rule}",
)
def test_putrequest_false(httplib, replay, value, rule):  # noqa: ARG001 (the rule is the requirement's)
    """Any false value has putrequest send Host."""
    server = replay(EMPTY_REPLY)
    connection = httplib.HTTPConnection(server.host, server.port)
    connection.putrequest("GET", "/", {"false": False, "zero": 0, "none": None, "empty": ""}[value])
    connection.endheaders()
    assert values_of(only_request(server), "Host") == [f"{server.host}:{server.port}"]


@case("putrequest-names-of-the-original", "steps.putrequest.arguments.original")
def test_putrequest_original_names(httplib, replay):
    """`putrequest` takes its first two arguments by the keywords method and url."""
    server = replay(EMPTY_REPLY)
    connection = httplib.HTTPConnection(server.host, server.port)
    connection.putrequest(url="/path", method="GET")
    connection.endheaders()
    assert request_line(only_request(server)) == "GET /path HTTP/1.1"


@case("set-debuglevel-by-keyword", "connection.set-debuglevel.argument")
def test_set_debuglevel_by_keyword(httplib, replay, python):
    """`set_debuglevel` takes its argument by the keyword level."""
    server = replay(EMPTY_REPLY)
    connection = httplib.HTTPConnection(server.host, server.port)
    connection.set_debuglevel(level=1)
    connection.request("GET", "/")
    connection.getresponse()
    assert len(python.take_printed()) > 0


@case("calls-that-send-return-nothing", "steps.return-nothing")
def test_steps_return_nothing(httplib, replay):
    """The calls that send a request return None."""
    server = replay(script=[Accept(), AwaitRequest(body=2), Send(EMPTY_REPLY)])
    connection = httplib.HTTPConnection(server.host, server.port)
    returned = [
        connection.putrequest("PUT", "/"),
        connection.putheader("Content-Length", "2"),
        connection.endheaders(),
        connection.send(b"ab"),
        connection.set_debuglevel(0),
    ]
    assert returned == [None] * 5


@case("request-with-no-headers-in-the-mapping", "request.headers.empty")
def test_empty_headers(httplib, replay):
    """A request with an empty mapping as headers is one without."""
    server = replay(EMPTY_REPLY, EMPTY_REPLY)
    connection = httplib.HTTPConnection(server.host, server.port)
    for headers in ([{}], []):
        connection.request("GET", "/", None, *headers)
        connection.getresponse().read()
    first, second = requests_of(server)
    assert first.head == second.head


@each_case(
    "place", [("only",), ("first",), ("last",)], "header-is-sent-as-the-{place}", "steps.putheader.line"
)
def test_places(httplib, replay, place):
    """A header is sent where it is the only one, and the first or the last of several."""
    names = {"only": ["X-Name"], "first": ["X-Name", "X-Other"], "last": ["X-Other", "X-Name"]}[place]
    server = replay(EMPTY_REPLY)
    connection = httplib.HTTPConnection(server.host, server.port)
    connection.putrequest("GET", "/", True, True)
    for name in names:
        connection.putheader(name, f"of {name}")
    connection.endheaders()
    assert values_of(only_request(server), "X-Name") == ["of X-Name"]


@case("request-header-of-a-bytearray", "request.headers.bytearray")
def test_bytearray(httplib, replay, python):
    """The bytes of a bytearray are sent as the value of a header."""
    server = replay(EMPTY_REPLY)
    python.define(ASKING).ask(httplib.HTTPConnection(server.host, server.port))
    assert values_of(only_request(server), "X-Name") == ["value"]
