"""HTTPResponse: one response, from its status line to the end of its body.

Contract: `begin()` reads the status line and the headers, and takes nothing from the socket
behind them. `read()` gives the body by its framing. When the body has ended the response closes
itself, which tells the connection that the next response may be read.
"""

import io
from typing import IO, Any, TypeVar, overload

from .exceptions import ResponseNotReady
from .framing import Body, ChunkedBody, LengthBody, NoBody, StreamBody, read_line
from .message import HTTPMessage
from .reader import HasMakefile, StreamFile, open_reader
from .status import CONTINUE, NO_CONTENT, NOT_MODIFIED
from .status_line import read_status_line, version_number
from .syntax import decimal, decode, lower

# What an attribute holds as long as it is not known.
UNKNOWN = "UNKNOWN"

T = TypeVar("T")


class HTTPResponse:
    """The response to one request (document: "HTTPResponse Objects").

    Instances come from HTTPConnection.getresponse(). A program that makes one itself calls
    `begin()` before anything else.

    Args:
        sock: The socket, or an object with `makefile()`, that the response is read from.
        debuglevel: Above 0, the status line and the headers are printed.
        strict: True to refuse what does not begin with a status line, instead of taking it for
            a response in HTTP/0.9.
        method: The request's method: a response to HEAD has no body.
        buffering: Taken for compatibility. Reading is as quick without it.

    Attributes:
        status: The status code, an int.
        reason: The reason phrase behind it, a str.
        version: 9, 10 or 11, for HTTP/0.9, HTTP/1.0 and HTTP/1.1 and later.
        msg: The headers, an HTTPMessage.
        chunked: Whether the body is chunked.
        length: How many bytes of the body are left, or None if that is not known.
        will_close: Whether the connection ends with this response.
        fp: The file below, or None once the response is closed.
    """

    # Until `begin()` has found out.
    msg: HTTPMessage | None = None
    version: int | str = UNKNOWN
    status: int | str = UNKNOWN
    reason = UNKNOWN
    chunked: bool | str = UNKNOWN
    length: int | str | None = UNKNOWN
    chunk_left: int | str | None = UNKNOWN
    will_close: bool | str = UNKNOWN

    _body: Body | None = None
    _beginning = b""  # of a body in HTTP/0.9

    def __init__(
        self,
        sock: HasMakefile,
        debuglevel: int = 0,
        strict: object = 0,
        method: str | None = None,
        buffering: object = False,
    ) -> None:
        del buffering
        self._reader = open_reader(sock)
        self.fp: IO[bytes] | None = self._reader.file
        self.debuglevel = debuglevel
        self.strict = strict
        self._method = method

    # -- the head ---------------------------------------------------------------------------

    def begin(self) -> None:
        """Read the status line and the headers. Calling it again does nothing.

        Raises:
            BadStatusLine: There is no status line, or its code is none.
            UnknownProtocol: The version is not HTTP/0.9 or HTTP/1.x.
            LineTooLong: A line is longer than 65536 bytes.
            HTTPException: There are more than 100 header lines.
            OSError: The socket failed, or its timeout has passed.
        """
        if self.msg is None:
            try:
                self._begin()
            finally:
                self._reader.settle()

    def _begin(self) -> None:
        # 1. Read the status line. "100 Continue" is only an announcement: skip its headers, and
        #    read the status line of the response itself.
        while True:
            version, status, reason, beginning = read_status_line(self._reader, self.strict, self.debuglevel)
            if status != CONTINUE:
                break
            self._skip_interim_headers()
        self.status = status
        self.reason = reason

        # 2. Map the version to the document's numbers.
        self.version = version_number(version)
        if self.version == 9:
            self._begin_without_headers(beginning)
            return

        # 3. Read the headers.
        self.msg = msg = HTTPMessage(self._reader, 0)
        msg.fp = None  # the rest of the stream is the response's own
        if self.debuglevel > 0:
            for header in msg.headers:
                print("header:", header, end="")

        # 4. Find out how the body is framed, and what becomes of the connection.
        self.will_close = self._wants_to_close(msg)
        self._body = self._choose_framing(msg)
        if isinstance(self._body, StreamBody):
            # Only the end of the connection can end this body, whatever the headers promise.
            self.will_close = True

    def _skip_interim_headers(self) -> None:
        """Read away the headers of an interim response, with the empty line behind them."""
        while line := read_line(self._reader, "header line").strip():
            if self.debuglevel > 0:
                print("header:", decode(line))

    def _begin_without_headers(self, beginning: bytes) -> None:
        """Set up a response in HTTP/0.9: no headers, a body up to the end of the stream."""
        self.msg = HTTPMessage(io.BytesIO())
        self.chunked = False
        self.length = None
        self.will_close = True
        self._beginning = beginning
        self._body = NoBody() if self._method == "HEAD" else StreamBody(self._reader, beginning)

    def _choose_framing(self, msg: HTTPMessage) -> Body:
        """Choose the reader that fits the headers (RFC 9112, section 6.3, with one difference).

        The difference is step 2: where a response that has no body (1xx, 204, 304) claims to be
        chunked, the original reads chunks.
        """
        self.chunked = lower(msg.dict.get("transfer-encoding", "")) == "chunked"
        self.chunk_left = None if self.chunked else UNKNOWN
        self.length = self._content_length(msg)
        # 1. A response to HEAD has no body, whatever its headers say.
        if self._method == "HEAD":
            return NoBody()
        # 2. Chunks have the length in them, and Content-Length does not count then.
        if self.chunked:
            return ChunkedBody(self._reader)
        # 3. A known length, which may be that of no body at all.
        if self.length is not None:
            return LengthBody(self._reader, self.length)
        # 4. Nothing said: up to the end of the stream.
        return StreamBody(self._reader)

    def _content_length(self, msg: HTTPMessage) -> int | None:
        """Return the length that status code, method and headers give to the body, or None."""
        status = self.status
        assert isinstance(status, int)
        if self._method == "HEAD" or status < 200 or status in {NO_CONTENT, NOT_MODIFIED}:
            return 0
        if self.chunked:
            return None
        try:
            length = decimal(msg.dict.get("content-length", ""))
        except ValueError:
            return None
        return length if length >= 0 else None

    def _wants_to_close(self, msg: HTTPMessage) -> bool:
        """Tell from version and headers whether the server will close the connection.

        HTTP/1.1 keeps a connection open unless it says `close`; HTTP/1.0 closes it unless one
        of three headers asks to keep it. As in the original, the words may stand anywhere in
        the value.
        """
        connection = lower(msg.dict.get("connection", ""))
        if self.version == 11:
            return "close" in connection
        kept = (
            msg.dict.get("keep-alive")
            or "keep-alive" in connection
            or "keep-alive" in lower(msg.dict.get("proxy-connection", ""))
        )
        return not kept

    # -- the body ---------------------------------------------------------------------------

    def read(self, amt: int | None = None) -> bytes:
        """Read the body, or up to the next `amt` bytes of it.

        Once the body has been read to its end, further calls return nothing.

        Args:
            amt: The largest number of bytes wanted; None or a negative number for the rest.

        Returns:
            The bytes. Fewer than `amt` come only where the body ends.

        Raises:
            IncompleteRead: The stream ended before the body did.
            LineTooLong: A line between chunks is longer than 65536 bytes.
            ResponseNotReady: `begin()` was not called.
            OSError: The socket failed, or its timeout has passed.
        """
        if self.fp is None:
            return b""
        if self._body is None:
            raise ResponseNotReady
        if amt is not None and amt < 0:
            # The original would read on past the response's end here.
            amt = None
        try:
            return self._body.read(amt)
        finally:
            self._after_read(self._body)

    def _after_read(self, body: Body) -> None:
        """Show where the body stands, and close the response when nothing can follow."""
        self._reader.settle()
        if isinstance(body, LengthBody):
            self.length = body.left
        elif isinstance(body, ChunkedBody):
            self.chunk_left = body.chunk_left
        if body.finished:
            self.close()

    def _raw_body(self) -> StreamFile:
        """Return a file over all that follows the headers, whatever its framing (for HTTP.getfile)."""
        return StreamFile(self._reader, self._beginning)

    def close(self) -> None:
        """Give up the response, read or not. What is unread of it stays in the stream."""
        if self.fp is not None:
            self.fp = None
            self._reader.close()

    def isclosed(self) -> bool:
        """Tell whether the response was read to its end, or closed."""
        return self.fp is None

    def fileno(self) -> int:
        """Return the descriptor of the underlying socket.

        Raises:
            AttributeError: The response is closed, and has no socket any more.
        """
        file: Any = self.fp  # None once the response is closed; then Python raises it
        return int(file.fileno())

    # -- the headers ------------------------------------------------------------------------

    @overload
    def getheader(self, name: str) -> str | None: ...
    @overload
    def getheader(self, name: str, default: T) -> str | T: ...
    def getheader(self, name: str, default: object = None) -> object:
        """Return the value of a header, or `default` if there is no matching header.

        Args:
            name: The header's name, in any case.
            default: What to return where it is missing.

        Returns:
            The value; those of several headers of that name are joined by a comma and a space.

        Raises:
            ResponseNotReady: The headers have not been read.
        """
        if self.msg is None:
            raise ResponseNotReady
        return self.msg.getheader(name, default)

    def getheaders(self) -> list[tuple[str, str]]:
        """Return (header, value) tuples, with the names in lower case.

        Raises:
            ResponseNotReady: The headers have not been read.
        """
        if self.msg is None:
            raise ResponseNotReady
        return self.msg.items()
