"""What the independent parser is asked, and says."""

import pytest
from httplib_conformance.reply_reader import BadReply, ReplyReader

OK = b"HTTP/1.1 200 OK\r\n"


def read(data: bytes, method: str = "GET", ended: bool = False) -> ReplyReader:
    """Read a reply byte by byte, and its end if it has come."""
    reader = ReplyReader(method)
    for octet in data:
        reader.feed(bytes([octet]))
    if ended:
        reader.feed(b"")
    return reader


@pytest.mark.parametrize(
    ("data", "method", "ended", "body", "closes"),
    [
        (OK + b"Content-Length: 2\r\n\r\nok", "GET", False, b"ok", False),
        (OK + b"Content-Length: 2\r\n\r\n", "HEAD", False, b"", False),
        (OK + b"Transfer-Encoding: chunked\r\n\r\n1\r\no\r\n1\r\nk\r\n0\r\n\r\n", "GET", False, b"ok", False),
        (OK + b"Content-Length: 2\r\nConnection: close\r\n\r\nok", "GET", False, b"ok", True),
        (OK + b"\r\nok", "GET", True, b"ok", True),
        (b"HTTP/1.1 100 Continue\r\n\r\n" + OK + b"Content-Length: 0\r\n\r\n", "POST", False, b"", False),
        (OK + b"\r\n", "CONNECT", False, b"", False),
        (b"HTTP/1.1 304 Not Modified\r\n\r\n", "GET", False, b"", False),
    ],
)
def test_where_a_reply_ends(data, method, ended, body, closes):
    reader = read(data, method, ended)
    assert (reader.complete, reader.body, reader.closes) == (True, body, closes)


def test_what_a_reply_says():
    reader = read(
        b"HTTP/1.1 100 Go On\r\n\r\nHTTP/1.0 404 No Such \xe4\r\nA: 1\r\nB: 2\r\na: 3\r\n\r\n", ended=True
    )
    assert (reader.informational, reader.status, reader.reason) == ([100], 404, "No Such \xe4")
    assert (reader.version, reader.closes) == (10, True)
    assert reader.fields == [("a", "1"), ("b", "2"), ("a", "3")]
    assert reader.joined == {"a": "1, 3", "b": "2"}


@pytest.mark.parametrize("data", [b"", OK, OK + b"Content-Length: 2\r\n\r\n", OK + b"\r\n"])
def test_a_reply_is_not_complete_before_its_end(data):
    assert not read(data).complete


@pytest.mark.parametrize(
    ("data", "ended", "words"),
    [
        (b"", True, "the connection ends before its head does"),
        (OK, True, "the connection ends before its head does"),
        (OK + b"Content-Length: 2\r\n\r\no", True, "without sending complete message body"),
        (b"SSH-2.0-x\r\n\r\n", False, "illegal status line"),
        (OK + b"Content-Length: 2\r\n\r\nokay", False, "it goes on for 1 byte after its end"),
        (OK + b"Content-Length: 2\r\n\r\nok", True, "it goes on for 0 bytes after its end"),
    ],
)
def test_what_is_no_reply(data, ended, words):
    with pytest.raises(BadReply, match=words):
        read(data, ended=ended)


def test_what_comes_in_one_piece_behind_a_reply():
    with pytest.raises(BadReply, match="it goes on for 2 bytes after its end"):
        ReplyReader("GET").feed(OK + b"Content-Length: 2\r\n\r\nokay")
