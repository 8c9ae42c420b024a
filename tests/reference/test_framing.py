"""Bodies by their framing, read at once and in pieces."""

import pytest
from httplib27 import IncompleteRead, LineTooLong

from .loopback import chunked, reply

HEAD = b"HTTP/1.1 200 OK\r\n"


def chunks(data, **options):
    """Return a chunked response with these bytes for a body, right or wrong."""
    return HEAD + b"Transfer-Encoding: chunked\r\n\r\n" + data


# -- how the framing is chosen ------------------------------------------------------------------


@pytest.mark.parametrize("value", [b"5", b" 5 ", b"+5", b"05"])
def test_content_length_tells_where_the_body_ends(line, value):
    """A body is as long as Content-Length says."""
    response = line.begun(HEAD + b"Content-Length: " + value + b"\r\n\r\nhello, next")
    assert (response.length, response.will_close, response.read()) == (5, False, b"hello")
    assert (response.length, response.isclosed()) == (0, True)


@pytest.mark.parametrize("value", [b"", b"abc", b"-5", b"5x", b"5.0", b"5, 5", b"5\r\nContent-Length: 5"])
def test_a_content_length_that_is_no_number_does_not_count(line, value):
    """Where Content-Length cannot be understood, the body ends with the connection."""
    response = line.begun(HEAD + b"Content-Length: " + value + b"\r\n\r\nhello")
    assert (response.length, response.will_close, response.read()) == (None, True, b"hello")
    assert response.isclosed()


@pytest.mark.parametrize("value", [b"chunked", b"Chunked", b" CHUNKED "])
def test_chunked_counts_and_content_length_does_not(line, value):
    """A chunked body is framed by its chunks, whatever Content-Length says."""
    response = line.begun(
        HEAD + b"Transfer-Encoding: " + value + b"\r\nContent-Length: 3\r\n\r\n5\r\nhello\r\n0\r\n\r\n"
    )
    assert (response.chunked, response.length, response.will_close) == (True, None, False)
    assert response.read() == b"hello"


@pytest.mark.parametrize("value", [b"gzip, chunked", b"identity", b"", b"chunked;q=1", b'"chunked"'])
def test_another_transfer_coding_is_left_in_the_body(line, value):
    """Only `chunked` alone is undone."""
    response = line.begun(HEAD + b"Transfer-Encoding: " + value + b"\r\n\r\n5\r\nhello\r\n0\r\n\r\n")
    assert (response.chunked, response.will_close) == (False, True)
    assert response.read() == b"5\r\nhello\r\n0\r\n\r\n"


@pytest.mark.parametrize("headers", [b"Content-Length: 5\r\n", b"Transfer-Encoding: chunked\r\n", b""])
def test_a_response_to_head_has_no_body(line, headers):
    """The HEAD method never returns any data."""
    response = line.begun(HEAD + headers + b"\r\n", method="HEAD", end=False)
    assert (response.length, response.will_close, response.isclosed()) == (0, False, False)
    assert response.read(10) == b""
    assert response.isclosed()


@pytest.mark.parametrize("status", [b"101 S", b"199 x", b"204 No Content", b"304 Not Modified"])
@pytest.mark.parametrize("headers", [b"Content-Length: 5\r\n", b""])
def test_some_codes_have_no_body(line, status, headers):
    """A response of 1xx, 204 or 304 has no body, whatever its Content-Length says."""
    response = line.begun(b"HTTP/1.1 " + status + b"\r\n" + headers + b"\r\n", end=False)
    assert (response.length, response.will_close, response.read()) == (0, False, b"")
    assert response.isclosed()


def test_where_nothing_frames_the_body_it_ends_with_the_connection(line):
    """Without Content-Length and chunks, all that comes is body."""
    response = line.begun(HEAD + b"\r\nhello")
    assert (response.length, response.chunked, response.will_close) == (None, False, True)
    assert response.read() == b"hello"
    assert response.isclosed()


# -- reading in pieces --------------------------------------------------------------------------

FRAMINGS = {
    "length": reply(b"hello world"),
    "chunked": chunked(b"hello", b" worl", b"d"),
    "stream": HEAD + b"\r\nhello world",
}


@pytest.mark.parametrize("framing", FRAMINGS)
@pytest.mark.parametrize("amount", [1, 2, 5, 6, 11, 12, 100])
def test_a_body_can_be_read_in_pieces(line, framing, amount):
    """read(amt) returns the next `amt` bytes, fewer only at the end, and then nothing."""
    response = line.begun(FRAMINGS[framing])
    pieces = []
    while piece := response.read(amount):
        pieces.append(piece)
    assert b"".join(pieces) == b"hello world"
    assert [len(piece) for piece in pieces[:-1]] == [amount] * (len(pieces) - 1)
    assert response.isclosed()
    assert response.read(amount) == response.read() == b""


@pytest.mark.parametrize("framing", FRAMINGS)
def test_the_rest_follows_the_pieces(line, framing):
    """read() returns what earlier calls have left."""
    response = line.begun(FRAMINGS[framing])
    assert [response.read(0), response.read(2), response.read(0), response.read()] == [
        b"",
        b"he",
        b"",
        b"llo world",
    ]
    assert response.isclosed()


@pytest.mark.parametrize("framing", FRAMINGS)
@pytest.mark.parametrize("amount", [None, -1])
def test_none_and_negative_amounts_mean_the_rest(line, framing, amount):
    """Without an amount, the whole body is read."""
    assert line.begun(FRAMINGS[framing]).read(amount) == b"hello world"


@pytest.mark.parametrize("framing", ["length", "chunked"])
def test_reading_stops_at_the_end_of_the_body(line, framing):
    """A read needs nothing from a server that has sent all of the body, and takes nothing else."""
    near, peer = line.pair()
    peer.send(FRAMINGS[framing] + b"next")
    from httplib27 import HTTPResponse

    response = HTTPResponse(near)
    response.begin()
    assert response.read() == b"hello world"
    assert near.recv(100) == b"next"


def test_the_length_shows_what_is_left(line):
    """`length` goes down while the body is read, and the response closes itself at the last byte."""
    response = line.begun(reply(b"hello"))
    shown = []
    for _ in range(3):
        response.read(2)
        shown.append((response.length, response.isclosed()))
    assert shown == [(3, False), (1, False), (0, True)]


def test_an_empty_body_closes_with_the_first_read(line):
    """A body of no bytes ends when it is read, and not before."""
    response = line.begun(reply(b""))
    assert not response.isclosed()
    assert response.read(0) == b""
    assert response.isclosed()


def test_chunk_left_shows_what_is_left_of_the_chunk(line):
    """`chunk_left` is None between two chunks."""
    response = line.begun(chunked(b"hello", b"world"))
    shown = []
    for amount in (0, 2, 3, 1, 100):
        response.read(amount)
        shown.append(response.chunk_left)
    assert shown[:4] == [5, 3, None, 4]


# -- chunks -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "body",
    [
        b"5\r\nhello\r\n0\r\n\r\n",
        b"5;a=b\r\nhello\r\n0;z\r\n\r\n",
        b" 5 \r\nhello\r\n000\r\n\r\n",
        b"0x5\r\nhello\r\n0\r\n\r\n",
        b"2\r\nhe\r\n03\r\nllo\r\n0\r\nT: x\r\nU: y\r\n\r\n",
        b"5\r\nhelloXY0\r\n\r\n",
        b"5\r\nhello\r\n0",
        b"5\r\nhello\r\n0\r\n",
        b"5\r\nhello\r\n0\r\nT: x",
    ],
)
@pytest.mark.parametrize("amount", [None, 3])
def test_chunks_are_put_together(line, body, amount):
    """Extensions and trailers are ignored, and the stream may end behind the last chunk's size."""
    response = line.begun(chunks(body))
    assert response.read(amount) + response.read(amount) == b"hello"
    assert response.read(1) == b""
    assert response.isclosed()


def test_trailers_are_read_away(line):
    """The next response starts behind the trailers."""
    response, connection = line.fetch(chunked(b"hello", trailer=b"T: x\r\n") + reply(b"next"))
    assert response.read() == b"hello"
    connection.request("GET", "/")
    assert connection.getresponse().read() == b"next"


@pytest.mark.parametrize("size", [b"", b"zz", b"-5", b"5 x", b"5_", b"5\x00", b"0o5"])
@pytest.mark.parametrize("amount", [None, 10])
def test_a_size_that_is_no_number_ends_the_body(line, size, amount):
    """IncompleteRead carries the data of this call where a chunk's size cannot be read."""
    response = line.begun(chunks(b"2\r\nhi\r\n" + size + b"\r\nhello\r\n0\r\n\r\n"))
    with pytest.raises(IncompleteRead) as caught:
        response.read(amount)
    assert (caught.value.partial, caught.value.expected) == (b"hi", None)
    assert response.isclosed()
    assert response.read() == b""


@pytest.mark.parametrize(
    ("body", "partial", "expected"),
    [
        (b"5\r\nhel", b"hel", 2),
        (b"2\r\nhi\r\n5\r\nhel", b"hel", 2),
        (b"5\r\nhello", b"", 2),
        (b"5\r\nhello\r", b"\r", 1),
        (b"5", b"", 5),
        (b"ffffffffffffffff\r\nhello", b"hello", 0xFFFFFFFFFFFFFFFF - 5),
    ],
)
def test_a_stream_that_ends_in_a_chunk_is_incomplete(line, body, partial, expected):
    """IncompleteRead carries what there was of the chunk, and how much of it was missing."""
    response = line.begun(chunks(body))
    with pytest.raises(IncompleteRead) as caught:
        response.read()
    assert (caught.value.partial, caught.value.expected) == (partial, expected)
    assert not response.isclosed()


def test_a_piece_of_a_chunk_that_is_missing_is_incomplete(line):
    """read(amt) raises IncompleteRead where it needs more of a chunk than there is."""
    response = line.begun(chunks(b"5\r\nhel"))
    assert response.read(3) == b"hel"
    for _ in range(2):
        with pytest.raises(IncompleteRead) as caught:
            response.read(1)
        assert (caught.value.partial, caught.value.expected) == (b"", 1)


@pytest.mark.parametrize(
    ("before", "after", "what"),
    [(b"5;", b"\nhello\r\n0\r\n\r\n", "chunk size"), (b"5\r\nhello\r\n0\r\nT:", b"\n\r\n", "trailer line")],
)
def test_the_lines_of_the_framing_have_at_most_65536_bytes(line, before, after, what):
    """LineTooLong is raised for a longer line between chunks or behind them."""
    room = 65536 - 3
    assert line.begun(chunks(before + b"x" * room + after)).read() == b"hello"
    with pytest.raises(LineTooLong, match=what):
        line.begun(chunks(before + b"x" * (room + 1) + after)).read()


# -- bodies that end early ----------------------------------------------------------------------


def test_a_short_body_is_incomplete(line):
    """read() raises IncompleteRead with what there was, and how much was missing."""
    response = line.begun(HEAD + b"Content-Length: 9\r\n\r\nhello")
    with pytest.raises(IncompleteRead) as caught:
        response.read()
    assert (caught.value.partial, caught.value.expected) == (b"hello", 4)
    assert response.isclosed()
    assert response.read() == b""


def test_pieces_of_a_short_body_are_given(line):
    """read(amt) gives what there is, then nothing, and closes the response."""
    response = line.begun(HEAD + b"Content-Length: 9\r\n\r\nhello")
    assert [response.read(9), response.isclosed(), response.read(9)] == [b"hello", False, b""]
    assert (response.length, response.isclosed()) == (4, True)


def test_the_rest_of_a_short_body_is_incomplete(line):
    """read() behind pieces raises IncompleteRead for what they have left."""
    response = line.begun(HEAD + b"Content-Length: 9\r\n\r\nhello")
    response.read(5)
    with pytest.raises(IncompleteRead) as caught:
        response.read()
    assert (caught.value.partial, caught.value.expected) == (b"", 4)


def test_a_length_beyond_all_memory_costs_nothing(line):
    """Memory is set aside for bytes that have come, not for bytes that were announced."""
    response = line.begun(HEAD + b"Content-Length: 99999999999999999999\r\n\r\nhello")
    with pytest.raises(IncompleteRead) as caught:
        response.read()
    assert caught.value.expected == 99999999999999999999 - 5
