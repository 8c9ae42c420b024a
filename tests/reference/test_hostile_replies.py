"""Whatever a server sends: a documented exception or an answer, the same from every kind of source."""

import itertools
import socket

import pytest
from httplib27 import HTTPException, HTTPMessage, HTTPResponse
from httplib27 import response as response_module
from httplib27.reader import Reader, SocketReader, TLSReader
from hypothesis import given, settings
from hypothesis import strategies as st

STARTS = [b"HTTP/1.1 200 OK\r\n", b"HTTP/1.0 200 OK\r\n", b"HTTP/1.1 ", b"HTTP/", b"100 ", b"204 ", b"200"]
MARKS = [b"\r\n", b"\n", b"\r", b" ", b"\t", b":", b"_", b"\x00", b"\x85", b"\xb2", b"\xff"]
LINES = [
    b"A: b\r\n",
    b"A: b\r\n" * 101,
    b" c\r\n",
    b" c\r\n" * 50,
    b"\xc0: 1\r\n",
    b"no header\r\n",
    b"From x\r\n",
]
MAIL = [b"From: " + b"a:" * 60, b"To: ((((((\r\n", b"Date: x, y\r\n", b"Content-Type: a/b; c=d\r\n"]
FRAMING = [
    b"Content-Length: ",
    b"Transfer-Encoding: chunked\r\n",
    b"Connection: close\r\n",
    b"Keep-Alive: 1\r\n",
]
SIZES = [b"0", b"5", b"-1", b"+3", b"0x", b"f" * 20, b"9" * 5000, b";ext", b"5\r\nhello\r\n", b"0\r\n\r\n"]
PIECES = st.sampled_from([*STARTS, *MARKS, *LINES, *MAIL, *FRAMING, *SIZES])
ANYTHING = st.lists(PIECES | st.binary(max_size=3), max_size=8).map(b"".join)
HEADERS = st.lists(st.sampled_from([*LINES, *MAIL, *FRAMING[1:]]), max_size=4).map(b"".join)
CHUNKS = st.lists(st.sampled_from([*SIZES, *MARKS]), max_size=8).map(b"".join)
REPLIES = ANYTHING | st.tuples(
    st.sampled_from(STARTS[:2]), HEADERS, st.sampled_from([b"\r\n", b"\n", b""]), ANYTHING | CHUNKS
).map(b"".join)
AMOUNTS = st.none() | st.sampled_from([0, 1, 2, 3, 5, 7, 100, 70000])


def told(function, *arguments):
    """Return what a call gives, or the exception that a server may cause."""
    try:
        return function(*arguments)
    except HTTPException as error:
        return type(error), error.args


def read(reader, reply, strict, method, amounts):
    """Read a reply, and what comes behind it, by one kind of reader."""
    near, far = socket.socketpair()
    with near, far, pytest.MonkeyPatch.context() as patch:
        patch.setattr(response_module, "open_reader", reader)
        near.settimeout(10)
        far.sendall(reply)
        far.shutdown(socket.SHUT_WR)
        seen = []
        for _ in range(2):
            response = HTTPResponse(near, strict=strict, method=method)
            seen.append(told(response.begin))
            message = response.msg
            if message is not None and seen[-1] is None:
                seen += [response.status, response.reason, message.headers, message.items(), message.status]
                seen += [message.getaddrlist("From"), message.getaddrlist("To"), message.getdate_tz("Date")]
                seen += [
                    (told(response.read, amount), response.isclosed()) for amount in (*amounts, None, None, 1)
                ]
            response.close()
        return seen


@settings(max_examples=300, deadline=None, derandomize=True, database=None)
@given(REPLIES, st.booleans(), st.sampled_from(["GET", "HEAD"]), st.lists(AMOUNTS, max_size=3))
def test_a_server_can_cause_documented_exceptions_only(reply, strict, method, amounts):
    """Any bytes give an answer or an HTTPException, no matter how they are looked at."""
    looked_at = read(SocketReader, reply, strict, method, amounts)
    assert read(TLSReader, reply, strict, method, amounts) == looked_at
    assert read(Reader, reply, strict, method, amounts) == looked_at


class Endless:
    """A stream that never ends: the same lines again and again."""

    def __init__(self, *lines):
        self.lines = itertools.cycle(lines)
        self.given = 0

    def readline(self, _limit):
        self.given += 1
        return next(self.lines)


@pytest.mark.parametrize("lines", [[b"A: b\r\n"], [b"A: b\r\n", b" c\r\n"], [b"From x\r\n"]])
def test_headers_without_an_end_do_not_fill_the_memory(lines):
    """Reading stops after 100 lines of any kind that would have to be kept."""
    stream = Endless(*lines)
    with pytest.raises(HTTPException, match="got more than 100 headers"):
        HTTPMessage(stream)
    assert stream.given == 101


def test_what_is_skipped_is_not_counted():
    """Lines that are no headers take no room, and a hundred headers may stand between them."""
    lines = [b"no header\r\n"] * 200 + [b"A: b\r\n"] * 100 + [b"\r\n"]
    assert len(HTTPMessage(Endless(*lines)).headers) == 100
