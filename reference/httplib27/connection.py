"""HTTPConnection: one connection to a server, and the requests that go over it.

Contract: the methods send what the document says, in the order in which they are called, and
the table in `states` decides which of them may be called when. What is put is collected, and
sent at once by `endheaders()`.
"""

import socket
from collections.abc import Mapping
from typing import Any, TypeAlias

from . import request_body
from .authority import authority_of, check_url, host_field, name_to_look_up, split_host_port
from .exceptions import NotConnected
from .response import HTTPResponse
from .states import Event, State, next_state
from .status import HTTP_PORT
from .syntax import decode, encode, field_line, lower, to_text
from .tunnel import Tunnel, TunnelRefused

Text: TypeAlias = str | bytes

# What `timeout` is where none is given: the socket module's "global default timeout setting".
GLOBAL_DEFAULT_TIMEOUT: Any = socket._GLOBAL_DEFAULT_TIMEOUT  # type: ignore[attr-defined]

# The members by themselves: looking them up in the class each time costs more than the table.
PUT_REQUEST, PUT_HEADER, END_HEADERS, GET_RESPONSE, RESPONSE_READ = Event

# Document: "methods that expect a body".
METHODS_EXPECTING_BODY = {"PUT", "POST", "PATCH"}


class HTTPConnection:
    """One connection to an HTTP server (document: "HTTPConnection Objects").

    Args:
        host: The server's name or address, alone or as `host:port`.
        port: The port. Without one, it is that of the host string, or 80.
        strict: True to raise BadStatusLine where a response does not begin with a status line;
            otherwise that is a response in HTTP/0.9.
        timeout: Seconds after which a blocking operation gives up; None to wait for ever. If it
            is not given, `socket.setdefaulttimeout()` decides.
        source_address: A (host, port) tuple to make the connection from.

    Attributes:
        host: The host, without port and brackets.
        port: The port.
        sock: The socket, or None while there is no connection.
        timeout: As given.
        source_address: As given.
        auto_open: Whether sending opens the connection that is missing. True unless set.
        debuglevel: See `set_debuglevel()`.
        default_port: The port that a Host header leaves out.
        response_class: What `getresponse()` makes its responses of.

    Raises:
        InvalidURL: The port is not a number or is empty, or the host holds what none can hold.
    """

    _http_vsn = 11
    _http_vsn_str = "HTTP/1.1"

    response_class: Any = HTTPResponse
    default_port = HTTP_PORT
    auto_open: object = 1
    debuglevel = 0
    strict: object = 0

    def __init__(
        self,
        host: str,
        port: int | str | None = None,
        strict: object = None,
        timeout: float | None = GLOBAL_DEFAULT_TIMEOUT,
        source_address: tuple[str, int] | None = None,
    ) -> None:
        self.timeout = timeout
        self.source_address = source_address
        self.sock: Any = None
        self._state = State.IDLE
        self._response: Any = None  # the response that is not read to its end yet
        self._buffer: list[bytes] = []  # the lines of the request that is being put together
        self._method: str  # of the last request
        self._tunnel: Tunnel | None = None
        self._set_server(host, port)
        if strict is not None:
            self.strict = strict

    def _set_server(self, host: str, port: int | str | None) -> None:
        """Set host and port, as the constructor does; for HTTP.connect().

        Raises:
            InvalidURL: The port is not a number or is empty, or the host holds what none can hold.
        """
        self.host, self.port = split_host_port(host, port, self.default_port)
        check_url(self.host)

    # -- the connection ---------------------------------------------------------------------

    def set_debuglevel(self, level: int) -> None:
        """Set the amount of debugging output that is printed; 0, the default, is none."""
        self.debuglevel = level or 0  # None has always meant none

    def set_tunnel(
        self, host: str, port: int | None = None, headers: Mapping[Any, Any] | None = None
    ) -> None:
        """Set the host and the port for HTTP CONNECT tunnelling.

        The host given to the constructor is that of the proxy then, and requests go to the
        destination that is given here. To be called before the connection is made.

        Args:
            host: The destination's host, or `host:port`. An empty one means no tunnel.
            port: The destination's port. Without one, it is that of the host string, or the
                default port.
            headers: Extra headers to send with the CONNECT request, a mapping, which is looked at
                when the connection is made.

        Raises:
            RuntimeError: The connection exists already.
            InvalidURL: The port is not a number or is empty, or the host holds what none can hold.
        """
        if self.sock is not None:
            raise RuntimeError("Can't setup tunnel for established connection.")
        tunnel = Tunnel(host, port, headers, self.default_port)
        self._tunnel = tunnel if tunnel.host else None

    def connect(self) -> None:
        """Connect to the server specified when the object was created, and open the tunnel.

        Raises:
            OSError: The connection cannot be made, or not within the timeout, or the proxy
                refuses the tunnel.
            BadStatusLine: The proxy's answer is none.
            LineTooLong: A line of the proxy's answer is longer than 65536 bytes.
            ValueError: A header for the CONNECT request would break out of its line.
        """
        address: Any = (name_to_look_up(self.host), self.port)
        self.sock = socket.create_connection(address, self.timeout, self.source_address)
        if self._tunnel is not None:
            self._open_tunnel(self._tunnel)

    def _open_tunnel(self, tunnel: Tunnel) -> None:
        """Have the proxy open a tunnel, or leave no connection behind."""
        try:
            for line in tunnel.request_lines():
                self.send(line)
            tunnel.read_reply(self.sock, self.strict)
        except TunnelRefused:
            # The proxy was clear: another request may be tried at once.
            self.close()
            raise
        except BaseException:
            sock, self.sock = self.sock, None
            sock.close()
            raise

    def _destination(self) -> tuple[str, int | str]:
        """Return host and port of the server that answers: behind the tunnel, or the host itself."""
        end = self if self._tunnel is None else self._tunnel
        return end.host, end.port

    def close(self) -> None:
        """Close the connection to the server, and the response that is still being read.

        A response after which the server closes the connection is no longer the connection's:
        it can be read on.
        """
        self._state = State.IDLE
        sock, self.sock = self.sock, None
        response, self._response = self._response, None
        if sock is not None:
            sock.close()
        if response is not None:
            response.close()

    def _state_after(self, event: Event) -> State:
        """Look up the state that follows an event, or refuse it."""
        # The end of a response is noticed here: nobody is told when its last byte is read.
        if self._response is not None and self._response.isclosed():
            self._response = None
            self._state = next_state(self._state, RESPONSE_READ)
        return next_state(self._state, event)

    # -- a request at once ------------------------------------------------------------------

    def request(self, method: Text, url: Text, body: Any = None, headers: Mapping[Any, Any] = {}) -> None:
        """Send a request to the server.

        Args:
            method: The request's method, such as `GET`.
            url: The selector, such as `/index.html`.
            body: Data to send after the headers: a string, or an open file.
            headers: Extra headers, a mapping of names to values. A Host, Accept-Encoding or
                Content-Length among them replaces the automatic one.

        Raises:
            CannotSendRequest: Another request is being sent, or awaits its response.
            InvalidURL: The URL holds what none can hold.
            TypeError: The URL is no string, or the body neither string nor file.
            ValueError: A header's name or value would break out of its line.
            NotConnected: There is no connection, and `auto_open` is false.
            OSError: The connection cannot be made, or failed.
        """
        given = {lower(to_text(name)) for name in headers}

        # 1. The request line, with the automatic headers that the caller does not give. A subclass
        #    whose putrequest() knows nothing of skipping is none the worse as long as nothing is skipped.
        skip = {}
        if "host" in given:
            skip["skip_host"] = 1
        if "accept-encoding" in given:
            skip["skip_accept_encoding"] = 1
        self.putrequest(method, url, **skip)
        # 2. Content-Length.
        if "content-length" not in given:
            self._put_content_length(method, body)
        # 3. The caller's headers, and the body.
        for name, value in headers.items():
            self.putheader(name, value)
        self.endheaders(body)

    def _put_content_length(self, method: Text, body: Any) -> None:
        """Put Content-Length where the length is known.

        Document: for all methods if the length of the body can be determined; where there is
        no body, 0 for the methods that expect one, and no header for the others.
        """
        if body is not None:
            length = request_body.length_of(body)
        else:
            length = 0 if to_text(method).upper() in METHODS_EXPECTING_BODY else None
        if length is not None:
            self.putheader("Content-Length", str(length))
        elif body is not None and self.debuglevel > 0:
            print("Cannot stat!!")

    # -- a request step by step -------------------------------------------------------------

    def putrequest(
        self, method: Text, url: Text, skip_host: object = 0, skip_accept_encoding: object = 0
    ) -> None:
        """Start a request: its line, and the automatic headers Host and Accept-Encoding.

        Args:
            method: The request's method (`request` in the document).
            url: The selector; empty means `/`.
            skip_host: True to put no Host header.
            skip_accept_encoding: True to put no Accept-Encoding header.

        Raises:
            CannotSendRequest: Another request is being sent, or awaits its response.
            InvalidURL: The URL holds what none can hold.
            TypeError: The URL is no string.
        """
        self._state = self._state_after(PUT_REQUEST)
        self._method = method = to_text(method)
        url = url or "/"
        if isinstance(url, bytes):
            url = decode(url)
        check_url(url)
        self._buffer.append(encode(f"{method} {url} {self._http_vsn_str}"))
        if self._http_vsn < 11:
            return
        if not skip_host:
            self.putheader("Host", self._host_value(url))
        if not skip_accept_encoding:
            # Nothing here undoes a compression, so none is asked for.
            self.putheader("Accept-Encoding", "identity")

    def _host_value(self, url: str) -> str:
        """Return what the Host header says: whom an absolute URL names, or whom we talk to."""
        return authority_of(url) or host_field(*self._destination(), self.default_port)

    def putheader(self, header: Text, *values: Any) -> None:
        """Put a header line: the name, a colon and a space, and the first value.

        Further values make continuation lines, each of a tab and the value.

        Args:
            header: The name.
            *values: The values; what is neither str nor bytes is put as `str()` shows it.

        Raises:
            CannotSendHeader: No request was started, or its headers were ended.
            ValueError: The name or a value would break out of its line.
        """
        self._state = self._state_after(PUT_HEADER)
        self._buffer.append(field_line(header, *values))

    def endheaders(self, message_body: Any = None) -> None:
        """End the headers, and send the request.

        Args:
            message_body: The body. A string (bytes or str) goes in one packet with the headers,
                anything else in packets of its own.

        Raises:
            CannotSendHeader: No request was started, or its headers were ended already.
            NotConnected: There is no connection, and `auto_open` is false.
            OSError: The connection cannot be made, or failed.
        """
        self._state = self._state_after(END_HEADERS)
        packet = b"\r\n".join([*self._buffer, b"", b""])
        self._buffer.clear()
        if isinstance(message_body, (str, bytes)):
            # One packet: two small ones make a server that waits for more acknowledge late.
            packet += request_body.to_bytes(message_body)
            message_body = None
        self.send(packet)
        if message_body is not None:
            self.send(message_body)

    def send(self, data: Any) -> None:
        """Send data to the server; to be used only between `endheaders()` and `getresponse()`.

        Args:
            data: A string (bytes-like, or str), or an open file, which is sent to its end.

        Raises:
            NotConnected: There is no connection, and `auto_open` is false.
            TypeError: It is neither string nor file.
            OSError: The connection cannot be made, or failed.
        """
        if self.sock is None:
            if not self.auto_open:
                raise NotConnected
            self.connect()
        data = request_body.to_bytes(data)
        if self.debuglevel > 0:
            print("send:", ascii(decode(data) if isinstance(data, bytes) else data))
        if isinstance(data, bytes) or not request_body.is_readable(data):
            self.sock.sendall(data)
            return
        if self.debuglevel > 0:
            print("sendIng a read()able")
        for block in request_body.blocks(data):
            self.sock.sendall(block)

    # -- the response -----------------------------------------------------------------------

    def getresponse(self, buffering: object = False) -> Any:
        """Get the response from the server, up to the end of its headers.

        The whole response must be read before the next one can be fetched.

        Args:
            buffering: Handed on to the response.

        Returns:
            An HTTPResponse.

        Raises:
            ResponseNotReady: No request was sent, or the response before it is unread.
            BadStatusLine: There is no status line, or its code is none.
            UnknownProtocol: The version is not HTTP/0.9 or HTTP/1.x.
            LineTooLong: A line is longer than 65536 bytes.
            HTTPException: There are more than 100 header lines.
            OSError: The connection failed, or the timeout has passed.
        """
        unread = self._state_after(GET_RESPONSE)
        response = self._new_response(buffering)
        try:
            response.begin()
        except BaseException:
            response.close()
            raise
        # Only now is there a response: after a failure the request is still unanswered.
        self._state = unread
        if response.will_close:
            # The connection ends with this response. It lives on in the response only, and the
            # next request makes a new one.
            self.close()
        else:
            self._response = response
        return response

    def _new_response(self, buffering: object) -> Any:
        """Make a response, giving its class the arguments that the original gives."""
        if self.sock is None:
            raise NotConnected  # an earlier failure of connect()
        if not buffering and self.debuglevel <= 0:
            return self.response_class(self.sock, strict=self.strict, method=self._method)
        level = (self.debuglevel,) if self.debuglevel > 0 else ()
        options = {"buffering": True} if buffering else {}
        return self.response_class(self.sock, *level, strict=self.strict, method=self._method, **options)
