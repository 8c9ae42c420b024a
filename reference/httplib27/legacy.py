"""HTTP and HTTPS, the classes of Python 1.5.2.

Contract: "The HTTP class is retained only for backward compatibility with 1.5.2. It should not
be used in new code." (introduction). An HTTP object is a connection seen through the old names:
it speaks HTTP/1.0, sends no header of its own, gives the reply as a tuple instead of raising
BadStatusLine, and gives the body as a file, without looking at its framing.
"""

import io
from typing import IO, TYPE_CHECKING, Any

from .connection import HTTPConnection
from .exceptions import BadStatusLine
from .message import HTTPMessage

if TYPE_CHECKING:
    import ssl


class HTTP:
    """One request to a server, in the way of Python 1.5.2.

    Args:
        host: The server, `host` or `host:port`; it may also be given to `connect()`.
        port: The port. None and 0 mean that of the host string, or the default one.
        strict: As in HTTPConnection.

    Attributes:
        file: What `getfile()` returns.
        headers: The headers of the reply, or None.
    """

    _http_vsn = 10
    _http_vsn_str = "HTTP/1.0"
    _connection_class: Any = HTTPConnection

    debuglevel = 0

    def __init__(self, host: str = "", port: int | None = None, strict: object = None) -> None:
        self._setup(self._connection_class(host, port or None, strict))

    def _setup(self, conn: HTTPConnection) -> None:
        """Take over a connection, with the methods that are the same in both interfaces."""
        conn._http_vsn = self._http_vsn
        conn._http_vsn_str = self._http_vsn_str
        self._conn = conn
        self.file: IO[bytes] | None = None
        self.headers: HTTPMessage | None  # there is none before a reply
        self.putrequest = conn.putrequest
        self.putheader = conn.putheader
        self.endheaders = conn.endheaders
        self.send = conn.send
        self.set_debuglevel = conn.set_debuglevel

    def connect(self, host: str | None = None, port: int | None = None) -> None:
        """Connect, to another server than the constructor's if one is given.

        Raises:
            InvalidURL: The port is not a number or is empty, or the host holds what none can hold.
            OSError: The connection cannot be made.
        """
        if host is not None:
            self._conn._set_server(host, port)
        self._conn.connect()

    def getreply(self, buffering: object = False) -> tuple[int, str, HTTPMessage | None]:
        """Get the reply.

        Args:
            buffering: Handed on to the response.

        Returns:
            A tuple of the status code, the reason phrase, and the headers. Where the server's
            first line is no status line, it is -1, that line, and None, and the connection is
            closed.

        Raises:
            ResponseNotReady: No request was sent, or its reply was given already.
            UnknownProtocol: The version is not HTTP/0.9 or HTTP/1.x.
            LineTooLong: A line is longer than 65536 bytes.
            HTTPException: There are more than 100 header lines.
            OSError: The connection failed.
        """
        try:
            response = self._conn.getresponse(buffering)
        except BadStatusLine as error:
            self.close()
            self.headers = None
            return -1, error.line, None
        self.headers = response.msg
        self.file = io.BufferedReader(response._raw_body())
        return response.status, response.reason, response.msg

    def getfile(self) -> IO[bytes] | None:
        """Return a file over all that follows the headers, to the end of the stream.

        Chunks are not put together, and Content-Length is not looked at. None before the reply
        was got, and after `close()`.
        """
        return self.file

    def close(self) -> None:
        """Close the connection, and forget the file.

        Whoever has the file can read on if the server ends the connection with this reply.
        """
        self._conn.close()
        self.file = None


try:
    from .https import HTTPSConnection
except ImportError:  # pragma: no cover - such an interpreter is rare
    pass
else:

    class HTTPS(HTTP):
        """One request to a secure server, in the way of Python 1.5.2.

        Args:
            host: The server, `host` or `host:port`; it may also be given to `connect()`.
            port: The port. None and 0 mean that of the host string, or the default one.
            key_file: As in HTTPSConnection.
            cert_file: As in HTTPSConnection.
            strict: As in HTTPConnection.
            context: As in HTTPSConnection.

        Attributes:
            key_file: As given; nothing looks at it.
            cert_file: As given; nothing looks at it.
        """

        _connection_class = HTTPSConnection

        def __init__(
            self,
            host: str = "",
            port: int | None = None,
            key_file: str | None = None,
            cert_file: str | None = None,
            strict: object = None,
            context: "ssl.SSLContext | None" = None,
        ) -> None:
            self._setup(
                self._connection_class(host, port or None, key_file, cert_file, strict, context=context)
            )
            self.key_file = key_file
            self.cert_file = cert_file
