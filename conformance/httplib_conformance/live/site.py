"""How the live cases reach the site of a server."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from httplib_conformance.cases.tls import HOST, trusting

if TYPE_CHECKING:
    from pathlib import Path

    from httplib_servers.real import Running

    from httplib_conformance.proxies import Module, Python


@dataclass(frozen=True)
class Site:
    """The site of a server. A proxy is asked for whole URLs of the site behind it.

    Attributes:
        server: The server.
    """

    server: Running

    def target(self, path: str) -> str:
        """What a request for a page has as its url."""
        return self.server.target(path)

    def connection(self, httplib: Module) -> Any:
        """A connection to the server."""
        return httplib.HTTPConnection(self.server.host, self.server.port)

    def get(self, connection: Any, path: str, **headers: str) -> Any:
        """The response to a GET for a page."""
        connection.request("GET", self.target(path), None, headers)
        return connection.getresponse()


@dataclass(frozen=True)
class SecureSite:
    """The site of a server over TLS. That behind a proxy is reached through a tunnel.

    Attributes:
        server: The server.
    """

    server: Running

    def connection(self, httplib: Module, **arguments: object) -> Any:
        """A connection to the site, with further arguments of HTTPSConnection."""
        connection = httplib.HTTPSConnection(HOST, self.server.port, **arguments)
        if self.server.proxy and self.server.origin is not None:
            connection.set_tunnel(HOST, self.server.origin[1])
        return connection

    def trusted(self, httplib: Module, python: Python, folder: Path) -> Any:
        """A connection whose context trusts the server."""
        return self.connection(httplib, context=trusting(python, folder))
