"""What endheaders and send put on the wire."""

from httplib_conformance.casemark import case, each_case
from httplib_conformance.cases.wire import EMPTY_REPLY, HELLO_REPLY, only_request, packets_sent

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


@case(
    "endheaders-sends-bytes-string-in-one-packet",
    "steps.endheaders.message-body",
    "steps.endheaders.same-packet",
)
def test_string_in_one_packet(httplib, replay, python):
    """A string that `endheaders` is given is sent in one packet with the headers."""
    server = replay(HELLO_REPLY)
    connection = begin_put(httplib, server, 5)
    connection.endheaders(b"hello")
    packets = packets_sent(python, connection.getresponse())
    request = only_request(server)
    assert (packets or 1, request.reads) == (1, (request.head + b"hello",))


@case("endheaders-sends-native-string-in-one-packet", "steps.endheaders.native-string")
def test_native_string_in_one_packet(httplib, replay, python):
    """So is what that Python calls a string."""
    server = replay(HELLO_REPLY)
    connection = begin_put(httplib, server, 5)
    connection.endheaders("hello")
    packets = packets_sent(python, connection.getresponse())
    request = only_request(server)
    assert (packets or 1, request.reads) == (1, (request.head + b"hello",))


@case("endheaders-sends-a-file-in-another-packet", "steps.endheaders.same-packet")
def test_file_in_another_packet(httplib, replay, python, tmp_path):
    """A file that `endheaders` is given is sent in another packet than the headers."""
    (tmp_path / "body").write_bytes(b"hello")
    server = replay(HELLO_REPLY)
    connection = begin_put(httplib, server, 5)
    connection.endheaders(python.module("builtins").open(str(tmp_path / "body"), "rb"))
    packets = packets_sent(python, connection.getresponse())
    # Where the system does not count packets, two of them may well be read as one.
    assert packets is None or packets > 1, "headers and file were sent in one packet"


@each_case(
    "kind",
    [(kind,) for kind in STRINGS],
    "request-sends-{kind}-string-in-one-packet",
    "request.body.string",
    "request.body.one-packet",
)
def test_request_in_one_packet(httplib, replay, python, kind):
    """A string that `request` is given as body is sent in one packet with the headers."""
    server = replay(HELLO_REPLY)
    connection = httplib.HTTPConnection(server.host, server.port)
    connection.request("PUT", "/", STRINGS[kind])
    packets = packets_sent(python, connection.getresponse())
    request = only_request(server)
    assert (packets or 1, request.reads) == (1, (request.head + b"hello",))


@case("headers-are-sent-in-one-packet", "steps.endheaders.headers-in-one-packet")
def test_headers_in_one_packet(httplib, replay, python):
    """The request line and the headers are sent together, when the headers are ended."""
    server = replay(HELLO_REPLY)
    connection = begin_put(httplib, server, 0)
    connection.putheader("X-Name", "value")
    connection.endheaders()
    packets = packets_sent(python, connection.getresponse())
    request = only_request(server)
    assert (packets or 1, request.reads) == (1, (request.head,))


@case("endheaders-message-body-by-keyword", "steps.endheaders.message-body.keyword")
def test_by_keyword(httplib, replay):
    """`endheaders` takes a body by the keyword message_body."""
    server = replay(EMPTY_REPLY)
    connection = begin_put(httplib, server, 5)
    connection.endheaders(message_body=b"hello")
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
    assert only_request(server).body == b"hello"


@case("send-bytes-string", "steps.send")
def test_send(httplib, replay):
    """What `send` is given after endheaders is sent as it is, and at once."""
    server = replay(EMPTY_REPLY)
    connection = begin_put(httplib, server, 5)
    connection.endheaders()
    connection.send(b"hello")
    assert only_request(server).body == b"hello"


@case("send-native-string", "steps.send.native-string")
def test_send_native_string(httplib, replay):
    """So is what that Python calls a string."""
    server = replay(EMPTY_REPLY)
    connection = begin_put(httplib, server, 5)
    connection.endheaders()
    connection.send("hello")
    assert only_request(server).body == b"hello"


@case("send-every-byte", "steps.send")
def test_send_every_byte(httplib, replay):
    """`send` changes no byte."""
    server = replay(EMPTY_REPLY)
    connection = begin_put(httplib, server, 256)
    connection.endheaders()
    connection.send(bytes(range(256)))
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
    for piece in (b"he", b"l", b"lo"):
        connection.send(piece)
    assert only_request(server).body == b"hello"


@case("send-by-keyword", "steps.send.keyword")
def test_send_by_keyword(httplib, replay):
    """`send` takes its argument by the keyword data."""
    server = replay(EMPTY_REPLY)
    connection = begin_put(httplib, server, 5)
    connection.endheaders()
    connection.send(data=b"hello")
    assert only_request(server).body == b"hello"


@case("send-a-file", "steps.send.file")
def test_send_file(httplib, replay, python):
    """`send` reads an object with read to its end, and sends that."""
    server = replay(EMPTY_REPLY)
    connection = begin_put(httplib, server, 5)
    connection.endheaders()
    connection.send(python.define(READER).Reader(b"hello"))
    assert only_request(server).body == b"hello"
