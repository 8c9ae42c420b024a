"""What endheaders and send put on the wire."""

from httplib_conformance.casemark import case, each_case
from httplib_conformance.cases.wire import EMPTY_REPLY, only_request

STRINGS = {"native": "hello", "bytes": b"hello"}

READER = """
class Reader(object):
    def __init__(self, data):
        self._data = data

    def read(self, size=-1):
        read, self._data = self._data, self._data[:0]
        return read
"""


def begin_put(httplib, server, length):
    """A connection on which a request was begun that announces so many bytes of body."""
    connection = httplib.HTTPConnection(server.host, server.port)
    connection.putrequest("PUT", "/")
    connection.putheader("Content-Length", str(length))
    return connection


@each_case(
    "kind",
    [(kind,) for kind in STRINGS],
    "endheaders-sends-{kind}-string-in-one-piece",
    "steps.endheaders.message-body",
    "steps.endheaders.one-piece",
)
def test_one_piece(httplib, replay, kind):
    """A string that endheaders is given arrives in one piece with the headers."""
    server = replay(EMPTY_REPLY)
    connection = begin_put(httplib, server, 5)
    connection.endheaders(STRINGS[kind])
    connection.getresponse()
    request = only_request(server)
    assert request.reads == (request.head + b"hello",)


@each_case(
    "kind",
    [(kind,) for kind in STRINGS],
    "request-sends-{kind}-string-in-one-piece",
    "request.body.string",
    "request.body.one-piece",
)
def test_request_one_piece(httplib, replay, kind):
    """A string that request is given as body arrives in one piece with the headers."""
    server = replay(EMPTY_REPLY)
    connection = httplib.HTTPConnection(server.host, server.port)
    connection.request("PUT", "/", STRINGS[kind])
    connection.getresponse()
    request = only_request(server)
    assert request.reads == (request.head + b"hello",)


@case("headers-are-sent-in-one-piece", "steps.endheaders.headers-in-one-piece")
def test_headers_in_one_piece(httplib, replay):
    """The request line and the headers leave together, when the headers are ended."""
    server = replay(EMPTY_REPLY)
    connection = begin_put(httplib, server, 0)
    connection.putheader("X-Name", "value")
    connection.endheaders()
    connection.getresponse()
    request = only_request(server)
    assert request.reads == (request.head,)


@case("endheaders-message-body-by-keyword", "steps.endheaders.message-body.keyword")
def test_by_keyword(httplib, replay):
    """`endheaders` takes a body by the keyword message_body."""
    server = replay(EMPTY_REPLY)
    connection = begin_put(httplib, server, 5)
    connection.endheaders(message_body="hello")
    connection.getresponse()
    assert only_request(server).body == b"hello"


@each_case(
    "form",
    [("none",), ("keyword-none",), ("nothing",)],
    "endheaders-given-{form}-sends-no-body",
    "steps.endheaders.message-body.none",
)
def test_no_message_body(httplib, replay, form):
    """`endheaders` without a body, or with None, sends nothing behind the headers."""
    server = replay(EMPTY_REPLY)
    connection = httplib.HTTPConnection(server.host, server.port)
    connection.putrequest("GET", "/")
    args, kwargs = {"none": ((None,), {}), "keyword-none": ((), {"message_body": None})}.get(form, ((), {}))
    connection.endheaders(*args, **kwargs)
    connection.getresponse().read()
    request, surplus = only_request(server), server.finish().surplus
    assert (request.body, surplus) == (b"", (b"",))


@case("endheaders-sends-a-file", "steps.endheaders.message-body.not-a-string")
def test_file(httplib, replay, python, tmp_path):
    """An open file that endheaders is given is sent behind the headers."""
    (tmp_path / "body").write_bytes(b"hello")
    server = replay(EMPTY_REPLY)
    connection = begin_put(httplib, server, 5)
    connection.endheaders(python.module("builtins").open(str(tmp_path / "body"), "rb"))
    connection.getresponse()
    assert only_request(server).body == b"hello"


@each_case("kind", [(kind,) for kind in STRINGS], "send-{kind}-string", "steps.send")
def test_send(httplib, replay, kind):
    """What send is given between endheaders and getresponse is sent as it is."""
    server = replay(EMPTY_REPLY)
    connection = begin_put(httplib, server, 5)
    connection.endheaders()
    connection.send(STRINGS[kind])
    connection.getresponse()
    assert only_request(server).body == b"hello"


@case("send-every-byte", "steps.send")
def test_send_every_byte(httplib, replay):
    """`send` changes no byte."""
    server = replay(EMPTY_REPLY)
    connection = begin_put(httplib, server, 256)
    connection.endheaders()
    connection.send(bytes(range(256)))
    connection.getresponse()
    assert only_request(server).body == bytes(range(256))


@case("send-a-mebibyte", "steps.send")
def test_send_big(httplib, replay):
    """What is too big for one packet is sent whole."""
    data = bytes(range(256)) * 4096
    server = replay(EMPTY_REPLY)
    connection = begin_put(httplib, server, len(data))
    connection.endheaders()
    connection.send(data)
    connection.getresponse()
    body = only_request(server).body
    assert (len(body), body == data) == (len(data), True)


@case("send-again-and-again", "steps.send.repeated")
def test_send_repeated(httplib, replay):
    """What several calls of send are given is sent one after the other."""
    server = replay(EMPTY_REPLY)
    connection = begin_put(httplib, server, 5)
    connection.endheaders()
    for piece in ("he", "l", "lo"):
        connection.send(piece)
    connection.getresponse()
    assert only_request(server).body == b"hello"


@case("send-goes-out-at-once", "steps.send")
def test_send_at_once(httplib, replay):
    """What send is given is sent before there is a getresponse."""
    server = replay(EMPTY_REPLY)
    connection = begin_put(httplib, server, 5)
    connection.endheaders()
    connection.send("hello")
    assert only_request(server).body == b"hello"


@case("send-by-keyword", "steps.send.keyword")
def test_send_by_keyword(httplib, replay):
    """`send` takes its argument by the keyword data."""
    server = replay(EMPTY_REPLY)
    connection = begin_put(httplib, server, 5)
    connection.endheaders()
    connection.send(data="hello")
    connection.getresponse()
    assert only_request(server).body == b"hello"


@case("send-a-file", "steps.send.file")
def test_send_file(httplib, replay, python):
    """`send` reads an object with read to its end, and sends that."""
    server = replay(EMPTY_REPLY)
    connection = begin_put(httplib, server, 5)
    connection.endheaders()
    connection.send(python.define(READER).Reader(b"hello"))
    connection.getresponse()
    assert only_request(server).body == b"hello"
