"""The exceptions of the document's section "The following exceptions are raised as appropriate".

Contract: the hierarchy is the documented one. What an instance carries beyond it (`partial`,
`expected`, `line`, `version`, the texts) is what the original was seen to give.

    HTTPException
    ├── NotConnected
    ├── InvalidURL
    ├── UnknownProtocol
    ├── UnknownTransferEncoding
    ├── UnimplementedFileMode
    ├── IncompleteRead
    ├── BadStatusLine
    ├── LineTooLong
    └── ImproperConnectionState
        ├── CannotSendRequest
        ├── CannotSendHeader
        └── ResponseNotReady

A failure of the network itself is an `OSError`, as `socket.error` is in Python 3.
"""

from .syntax import MAX_LINE, in_decimal


class HTTPException(Exception):
    """The base class of the other exceptions of this module."""


class NotConnected(HTTPException):
    """There is no connection, and the caller has forbidden to open one (`auto_open` is false)."""


class InvalidURL(HTTPException):
    """A port is not a number or is empty, or a URL or host holds what none can hold."""


class UnknownProtocol(HTTPException):
    """The response's status line names a protocol version that is not HTTP/0.9 or HTTP/1.x.

    Args:
        version: The version as the server wrote it, such as `HTTP/2`.
    """

    def __init__(self, version: str) -> None:
        super().__init__(version)
        self.version = version


class UnknownTransferEncoding(HTTPException):
    """Documented, and never raised: a transfer coding that is not understood is left in the body."""


class UnimplementedFileMode(HTTPException):
    """Documented, and never raised."""


class IncompleteRead(HTTPException):
    """The stream ended, or could not be understood, before the body was complete.

    Args:
        partial: The part of the body that was read.
        expected: How many bytes were missing, or None where that cannot be known.
    """

    def __init__(self, partial: bytes, expected: int | None = None) -> None:
        super().__init__(partial)
        self.partial = partial
        self.expected = expected

    def __repr__(self) -> str:
        missing = "" if self.expected is None else f", {in_decimal(self.expected)} more expected"
        return f"IncompleteRead({len(self.partial)} bytes read{missing})"

    # The text is kept short: the body itself may be long, and may be anything.
    __str__ = __repr__


class ImproperConnectionState(HTTPException):
    """A method was called in a state of the connection in which it has no meaning."""


class CannotSendRequest(ImproperConnectionState):
    """A request was started while another one was being sent or awaited its response."""


class CannotSendHeader(ImproperConnectionState):
    """A header was sent before a request was started, or after its headers were ended."""


class ResponseNotReady(ImproperConnectionState):
    """A response was asked for before the request was sent, or while an earlier one is unread."""


class BadStatusLine(HTTPException):
    """The server's first line is not a status line with a code that can be understood.

    Args:
        line: The line with its line end, or a sentence where the server sent none.
    """

    def __init__(self, line: str) -> None:
        # An empty line would make an empty message, so it is shown as a literal.
        self.line = line or repr(line)
        super().__init__(self.line)


class LineTooLong(HTTPException):
    """A line of the response is longer than any that is accepted (65536 bytes with its end).

    Args:
        line_type: What was being read, such as `header line`.
    """

    def __init__(self, line_type: str) -> None:
        super().__init__(f"got more than {MAX_LINE} bytes when reading {line_type}")


# The name that the class had before Python 2.0's rewrite; `except httplib.error` still works.
error = HTTPException
