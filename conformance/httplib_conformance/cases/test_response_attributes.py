"""Attributes of responses that only the original has, and when a response is still open."""

import pytest
from httplib_servers import Accept, AwaitRequest, Send, Stall

from httplib_conformance.casemark import case, each_case
from httplib_conformance.cases.timeouts import with_short_timeout

CHUNKED = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"

HEADS = {
    "a-length": b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n",
    "chunks": CHUNKED,
}
"""Replies to HEAD."""

BROKEN = {
    "a-body-of-known-length": b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhel",
    "a-chunk": CHUNKED + b"5\r\nhel",
    "a-body-to-the-end": b"HTTP/1.1 200 OK\r\n\r\nhel",
}
"""Replies that stop in their bodies."""


def response_to(httplib, server, method="GET", **arguments):
    """The response to a request."""
    connection = httplib.HTTPConnection(server.host, server.port, **arguments)
    connection.request(method, "/")
    return connection.getresponse()


@case("attributes-without-a-status-line", "response.attributes.no-status-line")
def test_no_status_line(httplib, replay):
    """A reply without a status line is neither chunked nor has it a length, and it ends the connection."""
    response = response_to(httplib, replay(b"hello\n", close=True))
    assert (response.chunked, response.length, response.will_close) == (False, None, True)


@each_case("what", [(what,) for what in HEADS], "length-of-head-with-{what}", "response.attributes.head")
def test_head(httplib, replay, what):
    """The length of a response to HEAD is 0."""
    assert response_to(httplib, replay(HEADS[what]), "HEAD").length == 0


@case("chunk-left", "response.attributes.chunk-left")
def test_chunk_left(httplib, replay):
    """What is left of a chunk is told while it is being read."""
    response = response_to(httplib, replay(CHUNKED + b"5\r\nhello\r\n3\r\nabc\r\n0\r\n\r\n"))
    told = [response.chunk_left]
    for amount in (2, 3, 1, 2, 1):
        response.read(amount)
        told.append(response.chunk_left)
    assert told == [None, 3, None, 2, None, None]


@case("chunk-left-without-chunks", "response.attributes.chunk-left.unknown")
def test_no_chunk_left(httplib, replay):
    """Without chunks, what is left of one is unknown."""
    assert response_to(httplib, replay(HEADS["a-length"] + b"hello")).chunk_left == "UNKNOWN"


@case("message-of-a-response-is-unseekable", "response.attributes.message-seekable")
def test_seekable(httplib, replay):
    """The message of a response cannot go back."""
    assert response_to(httplib, replay(HEADS["a-length"] + b"hello")).msg.seekable == 0


@case("fileno-of-a-closed-response-says-so", "response.fileno.closed.words")
def test_fileno(httplib, replay):
    """The error of fileno for a closed response speaks of None."""
    response = response_to(httplib, replay(HEADS["a-length"] + b"hello"))
    response.read()
    with pytest.raises(AttributeError, match=r"^'NoneType' object has no attribute 'fileno'$"):
        response.fileno()


@each_case(
    "where",
    [(where,) for where in BROKEN],
    "response-is-open-after-a-timeout-in-{where}",
    "response.open.timeout",
)
@with_short_timeout
def test_timeout(httplib, replay, python, where, soon):
    """A response can be read on after a timeout."""
    server = replay(script=[Accept(), AwaitRequest(), Send(BROKEN[where]), Stall()])
    response = response_to(httplib, server, timeout=soon)
    with pytest.raises(python.module("socket").timeout):
        response.read()
    assert response.isclosed() is False
