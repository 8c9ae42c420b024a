"""The small site on `http.server` of the standard library: python http_server_site.py HOST PORT [PEM].

It is a server to look at, and the origin behind those that pass requests on.
"""

import http.server
import socketserver
import ssl
import sys
from typing import Any

from small_site import BLOCK, Visit


class Handler(http.server.BaseHTTPRequestHandler):
    """Answers one request after the other on a connection."""

    protocol_version = "HTTP/1.1"

    def answer(self) -> None:
        """Read the request's body, and send what the site answers."""
        path = self.path.partition("?")[0]
        visit = Visit(self.command, path, {name.lower(): value for name, value in self.headers.items()})
        for data in self._body():
            visit.feed(data)
        visit.answer()
        if visit.status == 404:
            self.send_error(404)  # so that the error page is the server's own
            return
        self.send_response(visit.status)
        for field in visit.fields:
            self.send_header(*field)
        told = visit.status in (204, 304) or any(name == "Content-Length" for name, _ in visit.fields)
        chunked = not told and self.request_version == "HTTP/1.1"
        if chunked:
            self.send_header("Transfer-Encoding", "chunked")
        elif not told:
            self.close_connection = True
            self.send_header("Connection", "close")
        self.end_headers()
        for piece in visit.body:
            self.wfile.write(b"%x\r\n%b\r\n" % (len(piece), piece) if chunked else piece)
        if chunked and self.command != "HEAD":
            self.wfile.write(b"0\r\n\r\n")

    do_GET = do_HEAD = do_POST = do_PUT = answer  # noqa: N815 (these are the names that http.server knows)

    def _body(self) -> Any:
        """Yield the request's body in pieces."""
        if self.headers.get("Transfer-Encoding", "").lower() == "chunked":
            while size := int(self.rfile.readline().partition(b";")[0], 16):
                yield self.rfile.read(size)
                self.rfile.readline()
            while self.rfile.readline().strip():
                pass
        left = int(self.headers.get("Content-Length", 0))
        while left and (data := self.rfile.read(min(left, BLOCK))):
            left -= len(data)
            yield data

    def log_message(self, *_: object) -> None:
        """Nobody reads it."""


class Server(http.server.ThreadingHTTPServer):
    """Serves until its process is ended."""

    request_queue_size = 64

    def server_bind(self) -> None:
        """Bind, without asking for this machine's name, which some machines take long to tell."""
        socketserver.TCPServer.server_bind(self)
        self.server_name, self.server_port = "localhost", self.server_address[1]


def main(host: str, port: str, pem: str = "") -> None:
    """Serve, over TLS if `pem` names the file with key and certificate."""
    server = Server((host, int(port)), Handler)
    if pem:
        context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
        context.load_cert_chain(pem)
        server.socket = context.wrap_socket(server.socket, server_side=True)
    server.serve_forever()


if __name__ == "__main__":  # pragma: no cover (so it is started in a process of its own)
    main(*sys.argv[1:])
