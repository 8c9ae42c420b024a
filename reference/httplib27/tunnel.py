"""Tunnels: a connection through a proxy, opened by CONNECT (RFC 9110, section 9.3.6).

Contract: a Tunnel knows what to say to the proxy, and understands its answer. The answer is
read up to the empty line behind its headers; what comes after it belongs to the destination.
"""

from collections.abc import Iterator, Mapping
from typing import Any

from .authority import ascii_host, check_url, split_host_port
from .framing import read_line
from .reader import open_reader
from .status import OK
from .status_line import read_status_line
from .syntax import encode, field_line


class Tunnel:
    """The destination of a tunnel (document: HTTPConnection.set_tunnel).

    Args:
        host: The destination, `host` or `host:port`.
        port: Its port, or None.
        headers: Extra headers for the CONNECT request, a mapping, or None.
        default_port: The port where nothing names one.

    Raises:
        InvalidURL: The port is not a number or is empty, or the host holds what none can hold. (The
            original checks neither host nor headers; it would send what was injected.)
    """

    def __init__(
        self, host: str, port: int | str | None, headers: Mapping[Any, Any] | None, default_port: int
    ) -> None:
        self.host, self.port = split_host_port(host, port, default_port)
        check_url(self.host)
        self._headers: Mapping[Any, Any] = headers or {}

    def request_lines(self) -> Iterator[bytes]:
        """Give the lines of the request, with their ends.

        The version is HTTP/1.0: there is nothing to keep alive behind the answer. An IPv6
        address goes without brackets, as the original sends it.

        Raises:
            ValueError: A header would break out of its line.
        """
        fields = [field_line(name, value) for name, value in self._headers.items()]
        yield encode(f"CONNECT {ascii_host(self.host)}:{self.port} HTTP/1.0\r\n")
        for field in fields:
            yield field + b"\r\n"
        yield b"\r\n"

    def read_reply(self, sock: Any, strict: object) -> None:
        """Read the proxy's answer.

        Raises:
            TunnelRefused: The answer is not `200`, or is none.
            BadStatusLine: There is none, or its code is none; or strict, and it is no status line.
            LineTooLong: A line is longer than 65536 bytes.
        """
        reader = open_reader(sock)
        try:
            # 1. The status line says whether the proxy will do it.
            version, status, reason, _ = read_status_line(reader, strict)
            if version == "HTTP/0.9":
                raise TunnelRefused("Invalid response from tunnel request")
            if status != OK:
                raise TunnelRefused(f"Tunnel connection failed: {status} {reason}")
            # 2. The headers are of no interest, and a body there cannot be.
            while read_line(reader, "header line") not in {b"\r\n", b""}:
                pass
        finally:
            reader.settle()
            reader.close()


class TunnelRefused(OSError):
    """The proxy said no. To the program it is an OSError like any other failure to connect."""
