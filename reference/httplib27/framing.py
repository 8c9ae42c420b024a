"""The three ways in which a response's body is framed, each with its own reader.

Contract of a body: `read(None)` gives the rest, `read(amount)` gives up to `amount` bytes and
waits for that many; `finished` says that nothing can follow. A body raises IncompleteRead where
the stream ends before its framing does, and it takes nothing that comes after it.

    LengthBody      Content-Length told how many bytes there are
    ChunkedBody     Transfer-Encoding: chunked (RFC 9112, section 7.1)
    StreamBody      neither: all that comes before the server closes the connection
    NoBody          there is none (HEAD)

Where the stream ends early, the readers differ in a way that programs know: `read()` raises
IncompleteRead, while `read(amount)` gives what there is, except inside of a chunk.
"""

import re
from contextlib import suppress
from io import BytesIO
from math import inf
from typing import Protocol

from .exceptions import IncompleteRead, LineTooLong
from .reader import Reader
from .syntax import MAX_LINE, decode, hexadecimal

# How much to look at for chunks at most, and how much besides the data that is wanted, so that
# the chunks' sizes are seen as well.
CHUNK_WINDOW = 262144
FRAMING_ROOM = 1024

# A chunk's size as nearly all servers write it: without sign, extension, or white space, and with
# few digits, for a line that is too long is not to be taken here.
PLAIN_SIZE = re.compile(rb"([0-9A-Fa-f]{1,16})\r\n")


class Body(Protocol):
    """What a response reads its body from."""

    finished: bool

    def read(self, amount: int | None) -> bytes:
        """Read up to `amount` bytes, or the rest if it is None."""


def read_line(reader: Reader, line_type: str) -> bytes:
    """Read one line of the framing with its end; empty at the end of the stream.

    Raises:
        LineTooLong: It is longer than any line that is accepted.
    """
    line = reader.readline(MAX_LINE + 1)
    if len(line) > MAX_LINE:
        raise LineTooLong(line_type)
    return line


def read_exactly(reader: Reader, amount: int) -> bytes:
    """Read bytes that the framing has promised.

    Raises:
        IncompleteRead: The stream ended before them.
    """
    data = reader.read(amount)
    if len(data) < amount:
        raise IncompleteRead(data, amount - len(data))
    return data


class NoBody:
    """The body of a response to HEAD: "never returns any data" (Examples)."""

    finished = False

    def read(self, _amount: int | None) -> bytes:
        """Return nothing, whatever the headers say about the body that GET would have had."""
        self.finished = True
        return b""


class LengthBody:
    """As many bytes as Content-Length says, or as the status code does (1xx, 204, 304: none).

    Args:
        reader: Where they come from.
        length: How many bytes there are.
    """

    finished = False

    def __init__(self, reader: Reader, length: int) -> None:
        self._reader = reader
        self.left = length

    def read(self, amount: int | None) -> bytes:
        """Read up to `amount` bytes, or the rest.

        Raises:
            IncompleteRead: The rest was asked for, and the stream ended before it.
        """
        wanted = self.left if amount is None else min(amount, self.left)
        data = self._reader.read(wanted)
        missing = wanted - len(data)
        if amount is None and missing:
            # There is no second try: nothing follows a body that broke off.
            self.finished = True
            raise IncompleteRead(data, missing)
        self.left -= len(data)
        ended_early = not data and amount != 0
        self.finished = self.left == 0 or ended_early
        return data


class StreamBody:
    """All that comes until the server closes the connection.

    Args:
        reader: Where it comes from.
        beginning: What was read of it already: a response in HTTP/0.9 has no status line, and
            what stood in that place is the first line of its body.
    """

    finished = False

    def __init__(self, reader: Reader, beginning: bytes = b"") -> None:
        self._reader = reader
        self._beginning = beginning

    def read(self, amount: int | None) -> bytes:
        """Read up to `amount` bytes, or the rest."""
        if amount is None:
            data = self._beginning + self._reader.read_to_end()
            self.finished = True
            return data
        data, self._beginning = self._beginning[:amount], self._beginning[amount:]
        data += self._reader.read(amount - len(data))
        self.finished = not data and amount != 0
        return data


class ChunkedBody:
    """Chunks, each behind its size, and trailers behind the last, which is empty.

        chunk        = chunk-size [ chunk-ext ] CRLF chunk-data CRLF
        chunked-body = *chunk last-chunk *( trailer CRLF ) CRLF

    Args:
        reader: Where they come from.
    """

    finished = False

    def __init__(self, reader: Reader) -> None:
        self._reader = reader
        # What is left of the current chunk; None between two chunks. It is kept from one call
        # to the next, and only there: a read that fails has not moved it.
        self.chunk_left: int | None = None

    def read(self, amount: int | None) -> bytes:
        """Read up to `amount` bytes of the chunks' data, or the rest.

        Raises:
            IncompleteRead: A size is no number (`partial` is the data of this call), or the
                stream ended inside a chunk (`partial` is what there was of that chunk).
            LineTooLong: The line of a size or of a trailer is too long.
        """
        wanted: float = inf if amount is None else amount
        data = BytesIO()  # pieces in a list would need all of their room twice, once joined
        left = self.chunk_left
        if left is not None and left < wanted:
            self._look(wanted)
        while True:
            # 1. Between two chunks: read the next one's size. The empty one is the last.
            if left is None:
                whole = self._take_whole_chunks(wanted)
                wanted -= len(whole)
                if whole and not wanted:
                    self.chunk_left = None
                    if not data.tell():
                        return whole  # as it is, without a copy
                    data.write(whole)
                    return data.getvalue()
                data.write(whole)
                left = self._read_size(data)
                if left == 0:
                    break
            # 2. The caller wants less than this chunk has: give that, and remember the place.
            if wanted < left:
                data.write(read_exactly(self._reader, int(wanted)))
                self.chunk_left = left - int(wanted)
                return data.getvalue()
            # 3. Otherwise take the whole chunk, with the line end behind its data.
            data.write(self._read_chunk(left))
            wanted -= left
            left = None
            if not wanted:
                self.chunk_left = None
                return data.getvalue()
        # 4. Behind the last chunk: read the trailers away, so that the next response starts in
        #    the right place.
        self._skip_trailers()
        self.finished = True
        return data.getvalue()

    def _take_whole_chunks(self, wanted: float) -> bytes:
        """Take the chunks that have arrived as a whole and are wanted as a whole.

        This is steps 1 and 3 for the plain case, without a call for each line. It stops before
        anything else, and before the last chunk.

        Args:
            wanted: How many bytes of data are wanted.

        Returns:
            The data of these chunks.
        """
        reader = self._reader
        if reader.served == len(reader.window):
            self._look(wanted)
        window = reader.window
        view = memoryview(window)
        chunks: list[memoryview] = []
        take = chunks.append
        place = reader.served
        left = int(min(wanted, len(window)))
        line_end = len(window) - 2
        line, size = b"0\r\n", len(window)  # too large a chunk to be taken
        while True:
            # Most chunks are as long as the one before: its line is tried first.
            if not window.startswith(line, place):
                plain = PLAIN_SIZE.match(window, place)
                if not plain:
                    break
                line = plain[0]
                size = int(plain[1], 16) or len(window)
            start = place + len(line)
            end = start + size
            if size > left or end > line_end:
                break
            take(view[start:end])
            left -= size
            place = end + 2
        reader.served = place
        return b"".join(chunks)

    def _look(self, wanted: float) -> None:
        """Look at the data that is wanted together with the lines around it, if that is not too much."""
        self._reader.look(int(min(wanted + FRAMING_ROOM, CHUNK_WINDOW)))

    def _read_size(self, data: BytesIO) -> int:
        """Read the line that begins a chunk: its size in hexadecimal, and extensions to ignore."""
        line = read_line(self._reader, "chunk size")
        with suppress(ValueError):
            size = hexadecimal(decode(line.partition(b";")[0]))
            if size >= 0:
                return size
        # Where one chunk's end is unknown, so is everything after it.
        self.finished = True
        raise IncompleteRead(data.getvalue())

    def _read_chunk(self, left: int) -> memoryview:
        """Read what is left of a chunk, and the two bytes behind it, which nobody compares with CRLF."""
        data = memoryview(self._reader.read(left + 2))
        for part, size in (data[:left], left), (data[left:], 2):
            if len(part) < size:
                raise IncompleteRead(bytes(part), size - len(part))
        return data[:left]

    def _skip_trailers(self) -> None:
        """Read away the trailers and the empty line behind them, or to the end of the stream."""
        while read_line(self._reader, "trailer line") not in {b"\r\n", b""}:
            pass
