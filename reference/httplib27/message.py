"""The headers of a response: HTTPMessage.

Contract: a message reads header lines from `fp` up to and including the empty line, and
nothing behind it. It is to the program what `mimetools.Message` is (see `mail` and `mime`); its
own part is how lines become fields.
"""

import io
from collections.abc import Iterator
from typing import Any

from .exceptions import HTTPException, LineTooLong
from .mime import MIMEMessage
from .reader import Reader
from .syntax import MAX_HEADERS, MAX_LINE, WHITESPACE, decode


class HTTPMessage(MIMEMessage):
    """The header fields of one response (document: "class HTTPMessage").

    Args:
        fp: Where the lines are read from, text or bytes; it has a `readline(limit)`.
        seekable: False to leave the place of the headers in `fp` alone.

    Attributes:
        headers: The header's lines as they came, line ends and folds included.
        dict: The value of each field by its name in lower case.
        status: Empty, or a sentence about what was wrong with the lines.
        unixfrom: The `From ` lines that stood before the first header, as mail boxes have them.
        fp: Where the lines came from; None in a response, whose stream is its own.
    """

    def readheaders(self) -> None:
        """Read header lines up to the empty line that ends them.

        Fields that occur several times make one value, separated by commas, in their order (RFC
        2616, section 4.2). A line that is no header is skipped, and `status` tells about it.

        Raises:
            LineTooLong: A line is longer than 65536 bytes.
            HTTPException: There are more than 100 lines of headers, or of a mail box.
        """
        super().readheaders()
        if not (isinstance(self.fp, Reader) and self._take_plain_head(self.fp)):
            self._read_lines(self.fp)

    def _take_plain_head(self, reader: Reader) -> bool:
        """Take the headers of a response if they have arrived, and every line is one.

        That is how it nearly always is. This is step 4 of `_read_lines()`, without a call for
        each line; where any other step is needed it takes nothing.

        Returns:
            Whether the headers were taken.
        """
        head = decode(reader.see_head())
        if not head:
            return False
        folded = "\n " in head or "\n\t" in head
        lines = io.StringIO(head).readlines()[:-1]  # they end at line feeds, and nowhere else
        if folded or not head.isascii() or head.startswith("From ") or len(lines) > MAX_HEADERS:
            return False
        fields: dict[str, str] = {}
        for line in lines:
            name, colon, value = line.partition(":")
            if not name or not colon:
                return False
            name = name.lower()
            value = value.strip(WHITESPACE)
            fields[name] = f"{fields[name]}, {value}" if name in fields else value
        self.headers, self.dict = lines, fields
        reader.served += len(head)
        return True

    def _read_lines(self, source: Any) -> None:
        headers = self.headers
        iscomment, islast, isheader, addheader = self.iscomment, self.islast, self.isheader, self.addheader
        field: str | None = None  # the name of the field that a fold would continue
        mailbox: list[str] = []
        in_mailbox = True
        for line in _text_lines(source):
            # 1. Lines of a mail box can only stand before everything else.
            in_mailbox = in_mailbox and line.startswith("From ")
            if in_mailbox:
                mailbox.append(line)
                self.unixfrom = "".join(mailbox)
            # 2. A line that begins with white space continues the field before it, if any.
            elif field and line[0] in " \t":
                headers.append(line)
                self.addcontinue(field, line.strip(WHITESPACE))
            elif iscomment(line):
                continue
            # 3. The empty line ends the headers.
            elif islast(line):
                return
            # 4. Otherwise it is a new field, or nothing that could be understood.
            elif field := isheader(line):
                headers.append(line)
                addheader(field, line[len(field) + 1 :].strip(WHITESPACE))
            elif field is None:
                self.status = "Non-header line where header expected"
            if len(mailbox if in_mailbox else headers) > MAX_HEADERS:
                raise HTTPException(f"got more than {MAX_HEADERS} headers")
        self.status = "EOF in headers"

    def addheader(self, key: str, value: str) -> None:
        """Add a field's value to those that came before it under the same name.

        Args:
            key: The name, in lower case.
            value: The value.
        """
        fields = self.dict
        if key in fields:
            value = f"{fields[key]}, {value}"
        fields[key] = value

    def addcontinue(self, key: str, more: str) -> None:
        """Add a continuation line to a field's value.

        Args:
            key: The name, in lower case.
            more: The line, without white space around it.
        """
        self.dict[key] += f"\n {more}"


def _text_lines(source: Any) -> Iterator[str]:
    """Give the lines of a file as text.

    Raises:
        LineTooLong: A line is longer than 65536 bytes.
    """
    while line := source.readline(MAX_LINE + 1):
        if len(line) > MAX_LINE:
            raise LineTooLong("header line")
        yield decode(line) if isinstance(line, bytes) else line
