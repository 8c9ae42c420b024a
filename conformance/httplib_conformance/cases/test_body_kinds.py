"""Bodies of every kind, beyond the strings and files that the document speaks of."""

import pytest
from httplib_servers import Accept, AwaitBytes, AwaitRequest

from httplib_conformance.casemark import case, each_case
from httplib_conformance.cases.bodies import BODIES
from httplib_conformance.cases.wire import (
    EMPTY_REPLY,
    MEASURING,
    awaiting_body,
    needed,
    only_request,
    values_of,
)
from httplib_conformance.values import Text

HELLO = b"hello"

NO_BODIES = ("zero", "false", "number", "fraction", "iterator", "iterable", "object", "sized-object")
"""What is no body."""

LISTS = {"list": "1", "empty-list": "0", "tuple": "1", "dictionary": "1"}
"""What is no body and has a length, which is sent."""


@pytest.fixture
def bodies(python):
    """What makes bodies, in the implementation's interpreter."""
    return python.define(BODIES)


@pytest.fixture
def path(tmp_path):
    """The path of a file with a word in it."""
    (tmp_path / "body").write_bytes(HELLO)
    return str(tmp_path / "body")


def sent(httplib, replay, body, size=5, method="PUT", headers=None):
    """The Content-Length of a request with that body, and the bytes of the body that were sent."""
    server = replay(script=awaiting_body(size))
    connection = httplib.HTTPConnection(server.host, server.port)
    connection.request(method, "/", body, headers or {})
    request = only_request(server)
    return values_of(request, "Content-Length"), request.body


@case("memoryview-body", "request.body.kinds.memoryview")
def test_memoryview(httplib, replay, bodies):
    """A memoryview is sent, with its length."""
    assert sent(httplib, replay, bodies.view(HELLO)) == (["5"], HELLO)


@case("buffer-body", "request.body.kinds.memoryview")
def test_buffer(httplib, replay, bodies):
    """A buffer of Python 2, or a memoryview of a bytearray, is sent, with its length."""
    assert sent(httplib, replay, bodies.buffered(HELLO)) == (["5"], HELLO)


@case("mmap-body", "request.body.kinds.mmap")
def test_mmap(httplib, replay, python, bodies, path):
    """A file mapped into memory is sent, with its length."""
    needed(python, "mmap", "mmap")
    assert sent(httplib, replay, bodies.mapped(path)) == (["5"], HELLO)


@case("mmap-body-from-where-it-stands", "request.body.kinds.mmap.position")
def test_mmap_position(httplib, replay, python, bodies, path):
    """A file mapped into memory is sent from where it stands, with its whole length."""
    needed(python, "mmap", "mmap")
    assert sent(httplib, replay, bodies.mapped(path, 2), 3) == (["5"], b"llo")


@case("text-body", "request.body.kinds.text")
def test_text(httplib, replay):
    """Text of ASCII is sent, with its length."""
    assert sent(httplib, replay, Text("hello")) == (["5"], HELLO)


@case("text-body-beyond-bytes", "request.body.kinds.beyond-bytes")
def test_beyond_bytes(httplib, replay):
    """Text that is no bytes raises UnicodeEncodeError."""
    server = replay(script=[Accept()])
    connection = httplib.HTTPConnection(server.host, server.port)
    connection.connect()
    with pytest.raises(UnicodeEncodeError):
        connection.request("PUT", "/", Text("\N{EURO SIGN}"))


@each_case("kind", [("bytearray",), ("array",), ("file",)], "empty-{kind}-body", "request.body.kinds.empty")
def test_empty(httplib, replay, bodies, tmp_path, kind):
    """A body of any kind that is empty has the length 0, with any method."""
    (tmp_path / "empty").touch()
    made = {
        "bytearray": lambda: bodies.octets_of(b""),
        "array": bodies.octets,
        "file": lambda: bodies.file(str(tmp_path / "empty")),
    }[kind]()
    assert sent(httplib, replay, made, 0, "GET") == (["0"], b"")


@each_case("kind", [(kind,) for kind in NO_BODIES], "{kind}-is-no-body", "request.body.kinds.not-a-body")
def test_no_body(httplib, replay, bodies, kind):
    """What is neither a string nor has read raises TypeError, once the headers are sent."""
    plain = {"zero": 0, "false": False, "number": 5, "fraction": 0.5}
    server = replay(script=[Accept(), AwaitBytes(len(b"PUT / HTTP/1.1\r\n"))])
    connection = httplib.HTTPConnection(server.host, server.port)
    with pytest.raises(TypeError):
        connection.request("PUT", "/", plain[kind] if kind in plain else bodies.what(kind))
    assert server.finish().problem is None


@each_case("kind", [(kind,) for kind in LISTS], "{kind}-is-no-body", "request.body.kinds.list")
def test_lists(httplib, replay, bodies, kind):
    """What has a length and is neither a string nor has read raises TypeError, its length being sent."""
    server = replay(script=[Accept(), AwaitRequest(body=0)])
    connection = httplib.HTTPConnection(server.host, server.port)
    with pytest.raises(TypeError):
        connection.request("PUT", "/", bodies.what(kind))
    assert values_of(only_request(server), "Content-Length") == [LISTS[kind]]


# -- files


@case("text-file-body", "request.body.file.text")
def test_text_file(httplib, replay, bodies, path):
    """A file that was opened as text is sent, with its size on disk."""
    assert sent(httplib, replay, bodies.text_file(path)) == (["5"], HELLO)


@case("read-that-gives-text", "request.body.file.text-of-read")
def test_text_of_read(httplib, replay, bodies):
    """What read gives as text is sent as bytes."""
    assert sent(httplib, replay, bodies.Pieces("he", Text("llo"))) == ([], HELLO)


@case("closed-file-body", "request.body.file.closed")
def test_closed(httplib, replay, bodies, path):
    """A closed file raises ValueError, and no connection is opened."""
    server = replay(script=[])
    connection = httplib.HTTPConnection(server.host, server.port)
    with pytest.raises(ValueError, match="closed file"):
        connection.request("PUT", "/", bodies.closed_file(path))
    assert server.finish().problem is None


@each_case(
    "slug, kind",
    [("bytesio", "BytesIO"), ("stringio", "StringIO")],
    "{slug}-body",
    "request.body.file.in-memory",
)
def test_in_memory(httplib, replay, python, bodies, slug, kind):  # noqa: ARG001 (the slug is the id's)
    """A file in memory raises the exception of its fileno, and no connection is opened."""
    server = replay(script=[])
    connection = httplib.HTTPConnection(server.host, server.port)
    with pytest.raises(python.module("io").UnsupportedOperation):
        connection.request("PUT", "/", bodies.in_memory(kind))
    assert server.finish().problem is None


@each_case(
    "what",
    [("raises",), ("gives-no-descriptor",)],
    "body-whose-fileno-{what}",
    "request.body.file.bad-fileno",
)
def test_bad_fileno(httplib, replay, bodies, what):
    """A body whose fileno is of no use is sent without a Content-Length."""
    body = bodies.Named(None if what == "raises" else 99999, HELLO)
    assert sent(httplib, replay, body) == ([], HELLO)


@case("body-whose-fileno-is-of-another-file", "request.body.file.other-fileno")
def test_other_fileno(httplib, replay, bodies, path):
    """The size of the file that fileno names is sent as Content-Length."""
    opened = bodies.file(path)
    assert sent(httplib, replay, bodies.Named(opened.fileno(), b"hi"), 2) == (["5"], b"hi")


@case("body-with-length-and-fileno", "request.body.file.length-first")
def test_length_first(httplib, replay, bodies, path):
    """The length of a body wins over the size of its file."""
    opened = bodies.file(path)
    assert sent(httplib, replay, bodies.Sized(opened.fileno(), b"hi"), 2) == (["7"], b"hi")


@case("body-without-length-and-a-given-one", "request.body.file.given-length")
def test_given_length(httplib, replay, bodies):
    """A Content-Length that is given is that of a body whose length cannot be told."""
    found = sent(httplib, replay, bodies.Pieces(HELLO), headers={"Content-Length": "5"})
    assert found == (["5"], HELLO)


@case("body-in-pieces", "request.body.file.pieces")
def test_pieces(httplib, replay, bodies):
    """What read gives is sent piece by piece, and nothing behind an empty piece."""
    server = replay(script=awaiting_body(5))
    connection = httplib.HTTPConnection(server.host, server.port)
    connection.request("PUT", "/", bodies.Pieces(b"h", b"ell", b"o", b"", b"more"))
    connection.getresponse()
    connection.close()
    assert (only_request(server).body, server.finish().surplus) == (HELLO, (b"",))


@case("file-body-in-packets-of-its-own", "request.body.file.other-packet")
def test_other_packet(httplib, replay, python):
    """The headers are sent before a file is read: a file that cannot be read leaves them sent."""
    failing = python.define("class Failing(object):\n    def read(self, size):\n        raise KeyError(size)")
    server = replay(script=[Accept(), AwaitRequest(body=0)])
    connection = httplib.HTTPConnection(server.host, server.port)
    with pytest.raises(KeyError):
        connection.request("PUT", "/", failing.Failing())
    assert only_request(server).head.endswith(b"\r\n\r\n")


@each_case(
    "method",
    [("get",), ("put",), ("post",), ("patch",), ("delete",)],
    "body-without-length-of-{method}",
    "request.content-length.none.reader",
)
def test_no_length(httplib, replay, bodies, method):
    """A body whose length cannot be told gets no Content-Length, whatever the method."""
    assert sent(httplib, replay, bodies.Pieces(HELLO), method=method.upper()) == ([], HELLO)


@case("body-that-is-long-in-one-call", "request.body.long-string")
def test_long_string(httplib, replay, python):
    """A string of any length is handed to send together with the headers."""
    derived = python.define(MEASURING).derive(httplib.HTTPConnection)
    server = replay(EMPTY_REPLY)
    connection = derived(server.host, server.port)
    connection.request("PUT", "/", b"x" * 100_000)
    request = only_request(server)
    assert connection.sizes == [len(request.head) + 100_000]
