"""The `httplib` API that Python 2.7.10 documents, for Python 3: the reference implementation.

    import httplib27 as httplib

One concept a file, to be read beside the document, from the outside in:

    connection      HTTPConnection: requests, and the responses to them
    https           HTTPSConnection: the same over TLS
    states          which method may be called when, as one table
    request_body    bodies to send
    authority       hosts, ports, and the Host header
    tunnel          connections through a proxy
    response        HTTPResponse: headers, framing, body
    status_line     the first line of a response
    framing         the three ways in which a body is framed
    message         HTTPMessage: how the lines of a response's head become fields
    mail, mime      what its headers can be asked for
    addresses       addresses in headers
    dates           dates in headers
    reader          reading from a socket, and nothing past the response
    syntax          what lines, numbers, headers and URLs may hold
    legacy          HTTP and HTTPS, the classes of Python 1.5.2
    status          ports, status codes and their names
    exceptions      what can go wrong

Text and data, where Python 2 has one type: names, headers, URLs and reasons are `str` with one
character for each byte (ISO-8859-1); a body that was read is `bytes`; a body to send is either;
`socket.error` is `OSError`.
"""

from .connection import HTTPConnection
from .exceptions import (
    BadStatusLine,
    CannotSendHeader,
    CannotSendRequest,
    HTTPException,
    ImproperConnectionState,
    IncompleteRead,
    InvalidURL,
    NotConnected,
    ResponseNotReady,
    UnimplementedFileMode,
    UnknownProtocol,
    UnknownTransferEncoding,
    error,
)
from .exceptions import LineTooLong as LineTooLong
from .legacy import HTTP
from .message import HTTPMessage as HTTPMessage
from .response import HTTPResponse
from .status import *  # noqa: F403 - a table of constants: all of them, and nothing else
from .status import responses as responses

# What the original exports, in its order: neither HTTPMessage nor the constants are in it.
__all__ = [  # noqa: RUF022 - see above
    "HTTP",
    "HTTPResponse",
    "HTTPConnection",
    "HTTPException",
    "NotConnected",
    "UnknownProtocol",
    "UnknownTransferEncoding",
    "UnimplementedFileMode",
    "IncompleteRead",
    "InvalidURL",
    "ImproperConnectionState",
    "CannotSendRequest",
    "CannotSendHeader",
    "ResponseNotReady",
    "BadStatusLine",
    "error",
    "responses",
]

# The document has HTTPS "only available if the socket module was compiled with SSL support".
try:
    from .https import HTTPSConnection as HTTPSConnection
    from .legacy import HTTPS as HTTPS
except ImportError:  # pragma: no cover - such an interpreter is rare
    pass
else:
    __all__ += ["HTTPSConnection"]
