"""The reader's contract: everything of the response, and nothing past it."""

import io
import socket

import pytest
from httplib27 import HTTPResponse
from httplib27 import reader as reader_module
from httplib27.reader import LARGE, Reader, SocketReader, open_reader

from .loopback import Feeder, chunked, reply

# Small enough for a test.
LARGEST = 1 << 20


class FakeSocket:
    """What tests and tunnels give to HTTPResponse instead of a socket: it has a makefile()."""

    def __init__(self, data):
        self.file = io.BytesIO(data)

    def makefile(self, mode, buffering):
        assert (mode, buffering) == ("rb", 0)
        return self.file


def test_the_source_decides_how_it_is_read(line):
    """A socket is looked into, and what only has a makefile() is asked for what is wanted."""
    near, _peer = line.pair()
    reader = open_reader(near)
    assert type(reader) is SocketReader
    reader.close()
    assert type(open_reader(FakeSocket(b""))) is Reader


@pytest.fixture(params=["socket", "file"])
def reader(request, line):
    """A function that returns a reader over some bytes and the end of the stream."""

    def make(data):
        if request.param == "file":
            return open_reader(FakeSocket(data))
        near, peer = line.pair()
        peer.send(data)
        peer.end()
        made = open_reader(near)
        line._open.append(made)
        return made

    return make


def test_lines_come_one_by_one(reader):
    """readline() gives a line with its end, and what is left at the end of the stream."""
    lines = reader(b"one\r\ntwo\n\nthree")
    assert [lines.readline(100) for _ in range(5)] == [b"one\r\n", b"two\n", b"\n", b"three", b""]


def test_a_line_is_cut_at_the_limit(reader):
    """readline() gives no more than `limit` bytes."""
    lines = reader(b"abcdef\nx")
    assert [lines.readline(3) for _ in range(4)] == [b"abc", b"def", b"\n", b"x"]


def test_lines_and_data_may_alternate(reader):
    """What one call leaves, the next one finds."""
    mixed = reader(b"one\ntwothree\nfour")
    assert [mixed.readline(9), mixed.read(3), mixed.readline(9), mixed.read(9), mixed.read(9)] == [
        b"one\n",
        b"two",
        b"three\n",
        b"four",
        b"",
    ]


def test_the_rest_can_be_read(reader):
    """read_to_end() gives all that comes."""
    rest = reader(b"one\ntwo\nthree")
    rest.readline(9)
    assert rest.read_to_end() == b"two\nthree"


@pytest.mark.parametrize("size", [LARGE - 1, LARGE, LARGE + 1, 3 * LARGEST + 7])
def test_data_of_every_size_comes_whole(line, size, monkeypatch):
    """A body is read completely, whatever the size of windows and pieces."""
    monkeypatch.setattr(reader_module, "LARGEST_PIECE", LARGEST)
    near, peer = line.pair()
    body = bytes(range(256)) * (size // 256) + bytes(size % 256)
    feeder = Feeder(peer, reply(body) + b"next")
    response = HTTPResponse(near)
    response.begin()
    assert response.read() == body
    feeder.join()
    assert near.recv(100) == b"next"


def test_a_line_may_cross_windows(line):
    """A line that does not end in the bytes looked at is put together."""
    near, peer = line.pair()
    feeder = Feeder(peer, b"x" * (LARGE - 3) + b"\n" + b"y" * LARGE + b"\nz")
    reader = open_reader(near)
    assert reader.readline(LARGE) == b"x" * (LARGE - 3) + b"\n"
    assert reader.readline(LARGE * 2) == b"y" * LARGE + b"\n"
    reader.settle()
    feeder.join()
    assert near.recv(10) == b"z"
    reader.close()


@pytest.mark.parametrize(
    "head",
    [
        b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: x\r\n\r\n",
        b"HTTP/1.1 204 No Content\r\n\r\n",
        reply(b"hello"),
        chunked(b"hello", b"world", trailer=b"T: x\r\n"),
    ],
)
@pytest.mark.parametrize("amount", [None, 1, 4])
def test_nothing_past_the_response_is_taken(line, head, amount):
    """Whoever takes the socket over, after 101 or between responses, finds every byte there."""
    near, peer = line.pair()
    peer.send(head + b"what follows")
    response = HTTPResponse(near)
    response.begin()
    while response.read(amount):
        pass
    response.close()
    assert near.recv(100) == b"what follows"


@pytest.mark.parametrize("strict", [False, True])
def test_a_refused_response_takes_its_lines_only(line, strict):
    """A status line that is refused has been taken, and what follows it has not."""
    near, peer = line.pair()
    peer.send(b"HTTP/1.1 999999 X\r\nwhat follows")
    response = HTTPResponse(near, strict=strict)
    with pytest.raises(Exception, match="999999"):
        response.begin()
    response.close()
    assert near.recv(100) == b"what follows"


def test_between_two_pieces_the_body_is_in_the_socket(line):
    """After each read() the socket stands behind what was returned."""
    near, peer = line.pair()
    peer.send(reply(b"hello"))
    response = HTTPResponse(near)
    response.begin()
    assert response.read(2) == b"he"
    assert near.recv(100, socket.MSG_PEEK) == b"llo"
    response.close()


@pytest.mark.parametrize("amount", [None, 3])
def test_a_response_from_a_file_like_source(amount):
    """HTTPResponse reads from whatever has a makefile(), and takes no more than the response."""

    class LastingFile(io.BytesIO):
        def close(self):
            pass

    source = FakeSocket(b"")
    source.file = LastingFile(reply(b"hello") + chunked(b"wor", b"ld") + b"rest")
    for body in (b"hello", b"world"):
        response = HTTPResponse(source)
        response.begin()
        assert response.read(amount) + response.read(amount) + response.read(amount) == body
    assert source.file.read() == b"rest"


class Trickle(socket.socket):
    """A socket over which everything comes in small portions."""

    def recv(self, size, flags=0):
        return super().recv(min(size, self.portion), flags)

    def recv_into(self, buffer, size=0, flags=0):
        return super().recv_into(buffer, min(size, self.portion), flags)


@pytest.mark.parametrize("portion", [1, 2, 3, 7, 1000])
@pytest.mark.parametrize(
    "data",
    [
        reply(b"hello", b"A: b", b" c", b"A: d"),
        chunked(b"hello", b" ", b"world" * 20, trailer=b"T: x\r\n"),
        b"HTTP/1.1 200 OK\n\nA: b\r\n\r\nbody",
        b"HTTP/1.1 200 OK\r\n\nA: b\r\n\r\nbody",
        b"HTTP/1.1 200 OK\r\n\r\nbody\n\r\n",
        b"HTTP/1.1 200 OK\r\nA: b\r\n\nbody\r\n\r\n",
        b"HTTP/1.1 100 Continue\r\n\r\nHTTP/1.0 200 OK\r\nA: b\n\r\nbody",
        b"no status line\r\n\r\nbody",
    ],
)
@pytest.mark.parametrize("amount", [None, 3])
def test_the_network_may_cut_a_response_anywhere(line, data, portion, amount):
    """A response is the same whether it comes at once or in portions."""

    def read(sock):
        response = HTTPResponse(sock)
        response.begin()
        seen = [response.status, response.getheaders(), response.msg.headers]
        while piece := response.read(amount):
            seen.append(piece)
        return seen

    results = []
    for cut in (False, True):
        near, peer = line.pair()
        peer.send(data)
        peer.end()
        if cut:
            near = Trickle(fileno=near.detach())
            near.portion = portion
            near.settimeout(10)
            line._open.append(near)
        results.append(read(near))
    assert results[0] == results[1]


class Stolen(socket.socket):
    """A socket whose data somebody else has taken between the look and the taking."""

    def recv(self, size, flags=0):
        return super().recv(size, flags) if flags == socket.MSG_PEEK else b""


def test_nothing_is_waited_for_that_somebody_else_has_taken(line):
    """What was seen and is not there any more is given up."""
    near, peer = line.pair()
    peer.send(b"HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\n")
    stolen = Stolen(fileno=near.detach())
    line._open.append(stolen)
    response = HTTPResponse(stolen)
    line._open.append(response)
    response.begin()
    assert response.length == 3
