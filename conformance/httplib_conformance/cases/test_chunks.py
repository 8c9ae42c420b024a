"""Chunks: behind others of any length, cut and read at any place, and behind a line that is too long."""

import pytest
from httplib_servers import Accept, AwaitRequest, Send

from httplib_conformance.casemark import case
from httplib_conformance.cases.tls import get
from httplib_conformance.cases.wire import needed

HEAD = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
"""The head of a chunked reply."""

CHUNKS = b"5;name=value\r\nhello\r\n7\r\n, world\r\n0\r\n\r\n"

BODY = b"hello, world"


def connected(httplib, replay, *sends):
    """A connection to a server that answers its requests with these, one after the other."""
    script = [Accept()]
    for send in sends:
        script += [AwaitRequest(), send]
    server = replay(script=script)
    return httplib.HTTPConnection(server.host, server.port)


def bodies(httplib, replay, *sends):
    """The bodies of the replies to several requests on one connection."""
    connection = connected(httplib, replay, *sends)
    return [get(connection)[1] for _ in sends]


@case("chunks-behind-chunks-of-any-length", "framing.chunked.extensions", "persistence.11.chunked")
def test_lengths(httplib, replay):
    """Chunks are the same behind one of any length up to 255 bytes."""
    first = [b"x" * size for size in range(1, 256)]
    sends = [Send(HEAD + b"%x\r\n%s\r\n" % (len(data), data) + CHUNKS) for data in first]
    assert bodies(httplib, replay, *sends) == [data + BODY for data in first]


@case("chunks-cut-at-any-place", "framing.chunked", "persistence.11.chunked")
def test_cuts(httplib, replay):
    """Chunks are the same at whichever place they are cut in two."""
    sends = [Send(HEAD + CHUNKS, cuts=(len(HEAD) + place,)) for place in range(len(CHUNKS))]
    assert bodies(httplib, replay, *sends) == [BODY] * len(CHUNKS)


@case("reads-over-chunks", "response.read.amt", "response.read.amt.next", "framing.chunked.amt")
def test_reads(httplib, replay):
    """Reads over several chunks give no more bytes than they ask for, and together the body."""
    equal = b"4\r\nhell\r\n4\r\no, w\r\n4\r\norld\r\n0\r\n\r\n"
    growing = b"1\r\nh\r\n2\r\nel\r\n3\r\nlo,\r\n6\r\n world\r\n0\r\n\r\n"
    tries = [(chunks, amount) for chunks in (equal, growing) for amount in range(1, len(BODY) + 2)]
    connection = connected(httplib, replay, *(Send(HEAD + chunks) for chunks, _ in tries))
    for _, amount in tries:
        connection.request("GET", "/")
        response = connection.getresponse()
        place = 0
        for _ in range(len(BODY) + 1):
            piece = response.read(amount)
            assert len(piece) <= amount
            assert piece == BODY[place : place + len(piece)]
            place += len(piece)
        assert place == len(BODY)


@case("chunks-behind-a-line-that-is-too-long", "persistence.line-too-long.rest")
def test_behind_long_line(httplib, replay, python):
    """What stands behind 65537 bytes of a line for a size is read next, be it all there already."""
    reply = HEAD + b"x" * 65537 + CHUNKS
    server = replay(reply)
    connection = httplib.HTTPConnection(server.host, server.port)
    connection.request("GET", "/")
    response = connection.getresponse()
    if python.module("sys").platform.startswith("linux"):  # pragma: no branch
        # Have all of it arrive: it can be seen then, and must not be taken.
        flags = needed(python, "socket", "MSG_WAITALL")
        connection.sock.recv(65537 + len(CHUNKS), flags.MSG_PEEK | flags.MSG_WAITALL)
    with pytest.raises(httplib.LineTooLong):
        response.read()
    assert response.read() == BODY
