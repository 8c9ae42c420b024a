"""Where a request ends in a growing buffer of octets (RFC 9112, 6.3).

Only what is needed to find the end is looked at, and lines may end in a bare LF: whether a request is as
it should be is for a case to say, and it can only say so of a request that was taken.
"""

import re
from collections.abc import Iterator

_EMPTY_LINE = re.compile(rb"\n\r?\n")
_LENGTH = re.compile(rb"[0-9]{1,18}")
_CHUNK_LINE = re.compile(rb"([0-9A-Fa-f]+)[ \t]*(?:;.*)?\r\n", re.DOTALL)


class RequestExtent:
    """The extent of the request at the start of `buffer`, to which octets are appended by someone else.

    Attributes:
        head: The length of the header section, with request line and empty line, once it is known.
        end: The length of the whole request, once it is known.
        defect: Why the body's length cannot be known, if so; the request then ends with its head.
    """

    def __init__(self, buffer: bytearray, body: int | None) -> None:
        self.head = 0
        self.end = 0
        self.defect: str | None = None
        self._buffer = buffer
        self._body = body

    def search(self) -> Iterator[None]:
        """Look for the end; yield each time that more octets are needed to go on."""
        while not (empty_line := _EMPTY_LINE.search(self._buffer, max(0, self.end - 2))):
            self.end = len(self._buffer)
            yield
        self.head = self.end = empty_line.end()
        try:
            body = self._framing() if self._body is None else self._body
            if body is None:
                yield from self._search_chunks()
                return
        except ValueError as error:
            self.defect = str(error)
            self.end = self.head
            return
        self.end += body
        while len(self._buffer) < self.end:
            yield

    def _framing(self) -> int | None:
        """Return the length of the body that the header section declares, None for chunked."""
        codings: list[bytes] = []
        lengths: set[bytes] = set()
        for line in bytes(self._buffer[: self.head]).split(b"\n")[1:]:
            name, _, value = line.partition(b":")
            if name.strip().lower() == b"transfer-encoding":
                codings += [coding.strip().lower() for coding in value.split(b",")]
            if name.strip().lower() == b"content-length":
                lengths.add(value.strip())
        if codings:
            if codings[-1] != b"chunked":
                raise ValueError(f"a Transfer-Encoding that does not end in chunked, {b', '.join(codings)!r}")
            return None
        if not lengths:
            return 0
        declared = b", ".join(sorted(lengths))
        if not _LENGTH.fullmatch(declared):
            raise ValueError(f"a malformed Content-Length, {declared!r}")
        return int(declared)

    def _search_chunks(self) -> Iterator[None]:
        """Look for the end of a chunked body (RFC 9112, 7.1)."""
        size = -1
        while size != 0:
            line_start = self.end
            yield from self._pass_line()
            line = bytes(self._buffer[line_start : self.end])
            if not (chunk := _CHUNK_LINE.fullmatch(line)):
                raise ValueError(f"a malformed chunk size, {line[:40]!r}")
            size = int(chunk[1], 16)
            if size:
                self.end += size + 2
                while len(self._buffer) < self.end:
                    yield
                if self._buffer[self.end - 2 : self.end] != b"\r\n":
                    raise ValueError(f"a chunk of {size} bytes without a line end behind it")
        line = b""
        while line not in (b"\r\n", b"\n"):
            line_start = self.end
            yield from self._pass_line()
            line = bytes(self._buffer[line_start : self.end])

    def _pass_line(self) -> Iterator[None]:
        """Move the end behind the next line end."""
        searched = self.end
        while (line_end := self._buffer.find(b"\n", searched)) < 0:
            searched = len(self._buffer)
            yield
        self.end = line_end + 1
