"""HTTPSConnection: HTTP over TLS.

Contract: what is different from HTTPConnection is the port, and that connecting is followed by
a TLS handshake in which the server has to prove who it is. A handshake that fails leaves no
socket open.
"""

import ssl
from typing import Any

from .connection import GLOBAL_DEFAULT_TIMEOUT, HTTPConnection
from .status import HTTPS_PORT


class HTTPSConnection(HTTPConnection):
    """A connection to a secure server (document: "class HTTPSConnection").

    Args:
        host: The server's name or address, alone or as `host:port`.
        port: The port. Without one, it is that of the host string, or 443.
        key_file: A file with the private key to `cert_file`, in PEM. Deprecated, as `cert_file`.
        cert_file: A file with the client's certificate chain, in PEM.
        strict: As in HTTPConnection.
        timeout: As in HTTPConnection, in seconds; it applies to the handshake as well.
        source_address: As in HTTPConnection.
        context: The `ssl.SSLContext` to use. Without one, certificate and host name are checked
            against the system's trusted authorities.

    Attributes:
        key_file: As given.
        cert_file: As given.

    Raises:
        InvalidURL: The port is not a number or is empty, or the host holds what none can hold.
        OSError: The key or the certificate cannot be read.
        TypeError: There is a key and no certificate.
    """

    default_port = HTTPS_PORT

    def __init__(
        self,
        host: str,
        port: int | str | None = None,
        key_file: str | None = None,
        cert_file: str | None = None,
        strict: object = None,
        timeout: float | None = GLOBAL_DEFAULT_TIMEOUT,
        source_address: tuple[str, int] | None = None,
        context: ssl.SSLContext | None = None,
    ) -> None:
        super().__init__(host, port, strict, timeout, source_address)
        self.key_file = key_file
        self.cert_file = cert_file
        if context is None:
            # The function that PEP 476 names as the switch for a whole program.
            context = ssl._create_default_https_context()
        if key_file or cert_file:
            certificate: Any = cert_file
            context.load_cert_chain(certificate, key_file)
        self._context = context

    def connect(self) -> None:
        """Connect to the server, through the tunnel if there is one, and shake hands.

        The name that the server has to prove is that of the tunnel's destination, or the host.

        Raises:
            ssl.SSLError: The handshake failed (this is an OSError).
            OSError: The connection cannot be made, or not within the timeout.
        """
        super().connect()
        plain, self.sock = self.sock, None
        with plain:  # what wrap_socket() has taken over is not closed by this
            self.sock = self._context.wrap_socket(plain, server_hostname=self._destination()[0])
