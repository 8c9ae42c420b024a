"""The headers of a response: HTTPMessage.

Contract: a message reads header lines from `fp` up to and including the empty line, and
nothing behind it. It keeps the lines as they came (`headers`) and, by name, the values that
they make (`dict`).
"""

from collections.abc import Iterator
from typing import Protocol, TypeVar, overload

from .exceptions import HTTPException, LineTooLong
from .syntax import MAX_HEADERS, MAX_LINE, WHITESPACE, decode, lower

T = TypeVar("T")


class HasReadline(Protocol):
    """What headers can be read from: the response's reader, or any file."""

    def readline(self, limit: int, /) -> bytes | str:
        """Return the next line with its end, or a part of it that is `limit` long."""


class HTTPMessage:
    """The header fields of one response (document: "class HTTPMessage").

    Args:
        fp: Where the lines are read from, text or bytes.
        seekable: Kept for the signature's sake; a stream is never sought in.

    Attributes:
        headers: The header's lines as they came, line ends and folds included.
        dict: The value of each field by its name in lower case.
        status: Empty, or a sentence about what was wrong with the lines.
        unixfrom: A `From ` line that stood before the first header, as mail boxes have it.
        fp: Where the lines came from.
    """

    def __init__(self, fp: HasReadline, seekable: int = 1) -> None:
        self.fp: HasReadline | None = fp
        self.seekable = seekable
        self.readheaders()

    def readheaders(self) -> None:
        """Read header lines up to the empty line that ends them.

        Fields that occur several times make one value, separated by commas, in their order (RFC
        2616, section 4.2). A line that is no header is skipped, and `status` tells about it.

        Raises:
            LineTooLong: A line is longer than 65536 bytes.
            HTTPException: There are more than 100 lines.
        """
        self.dict: dict[str, str] = {}
        self.headers: list[str] = []
        self.status = ""
        self.unixfrom = ""
        field = ""  # the name of the field that a fold would continue
        first = True
        while line := self._readline():
            # 1. `From ` can only be the first line of all.
            if first and line.startswith("From "):
                self.unixfrom = line
                first = False
                continue
            first = False
            # 2. A line that begins with white space continues the field before it, if any.
            if field and line[0] in " \t":
                self._keep(line)
                self.addcontinue(field, line.strip(WHITESPACE))
                continue
            # 3. The empty line ends the headers.
            if line in {"\r\n", "\n"}:
                return
            # 4. Otherwise it is a new field, or nothing that could be understood.
            name, colon, value = line.partition(":")
            field = lower(name)
            if not colon:
                field = ""
                self.status = "Non-header line where header expected"
            elif name:
                self._keep(line)
                self.addheader(field, value.strip(WHITESPACE))
        self.status = "EOF in headers"

    def _readline(self) -> str:
        assert self.fp is not None
        line = self.fp.readline(MAX_LINE + 1)
        if len(line) > MAX_LINE:
            raise LineTooLong("header line")
        return line if isinstance(line, str) else decode(line)

    def _keep(self, line: str) -> None:
        if len(self.headers) == MAX_HEADERS:
            raise HTTPException(f"got more than {MAX_HEADERS} headers")
        self.headers.append(line)

    def addheader(self, key: str, value: str) -> None:
        """Add a field's value to those that came before it under the same name."""
        earlier = self.dict.get(key)
        self.dict[key] = value if earlier is None else f"{earlier}, {value}"

    def addcontinue(self, key: str, more: str) -> None:
        """Add a continuation line to a field's value."""
        self.dict[key] += f"\n {more}"

    @overload
    def getheader(self, name: str) -> str | None: ...
    @overload
    def getheader(self, name: str, default: T) -> str | T: ...
    def getheader(self, name: str, default: object = None) -> object:
        """Return the value of a field, or `default` where there is none."""
        return self.dict.get(lower(name), default)

    def items(self) -> list[tuple[str, str]]:
        """Return the pairs of names, in lower case, and values."""
        return list(self.dict.items())

    def __iter__(self) -> Iterator[str]:
        return iter(self.dict)

    def __str__(self) -> str:
        return "".join(self.headers)
