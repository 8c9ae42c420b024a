"""The first line of a response.

Contract: `read_status_line()` takes one line from the reader, and says what it is: a status
line, or (in HTTP/0.9, which has none) the beginning of a body.

    status-line = HTTP-version SP status-code SP [ reason-phrase ]      (RFC 9112, section 4)
"""

from typing import TypeAlias

from .exceptions import BadStatusLine, UnknownProtocol
from .framing import read_line
from .reader import Reader
from .status import OK
from .syntax import decimal, decode

# Version, code and reason phrase, and what was read of the body already: nothing, except in HTTP/0.9.
StatusLine: TypeAlias = tuple[str, int, str, bytes]


def read_status_line(reader: Reader, strict: object, debuglevel: int = 0) -> StatusLine:
    """Read the first line of a response.

    Args:
        reader: Where it is read from.
        strict: True to refuse a line that is no status line, instead of taking it for the first
            one of a body.
        debuglevel: Above 0, the line is printed.

    Returns:
        The line, taken apart.

    Raises:
        BadStatusLine: The line is no status line, or its code is not between 100 and 999, or
            there is no line.
        LineTooLong: The line is longer than 65536 bytes.
    """
    # The limit is that of a header line, and so is its name in the message.
    raw = read_line(reader, "header line")
    if debuglevel > 0:
        print("reply:", ascii(decode(raw)))
    if not raw:
        raise BadStatusLine("No status line received - the server has closed the connection")
    # 1. Version and code stand before the first two stretches of white space, the reason phrase
    #    is all that follows. It may be missing.
    words = raw.split(None, 2)
    # 2. Without version or code it is no status line at all. HTTP/0.9 has none.
    if len(words) < 2 or not words[0].startswith(b"HTTP/"):
        if strict:
            raise BadStatusLine(decode(raw))
        return "HTTP/0.9", OK, "", raw
    # 3. The code has three digits. There is no mercy with this one, strict or not.
    try:
        status = decimal(decode(words[1]))
    except ValueError:
        raise BadStatusLine(decode(raw)) from None
    if not 100 <= status <= 999:
        raise BadStatusLine(decode(raw))
    reason = words[2].strip() if len(words) == 3 else b""
    return decode(words[0]), status, decode(reason), b""


def version_number(version: str) -> int:
    """Map a version to the document's number: "10 for HTTP/1.0, 11 for HTTP/1.1", and 9 for HTTP/0.9.

    Raises:
        UnknownProtocol: It is neither HTTP/0.9 nor HTTP/1.x.
    """
    if version == "HTTP/1.0":
        return 10
    # RFC 9110, section 2.5: a higher minor version is understood as the highest known one.
    if version.startswith("HTTP/1."):
        return 11
    if version == "HTTP/0.9":
        return 9
    raise UnknownProtocol(version)
