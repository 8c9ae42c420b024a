"""The small site on Tornado: python tornado_site.py HOST PORT [PEM]."""

import asyncio
import ssl
import sys

from small_site import REASONS, Visit
from tornado.httpserver import HTTPServer
from tornado.web import Application, RequestHandler, stream_request_body


@stream_request_body
class Handler(RequestHandler):
    """Answers one request."""

    def prepare(self) -> None:
        """Begin, once the head of the request is there."""
        fields = {name.lower(): value for name, value in self.request.headers.items()}
        self.visit = Visit(self.request.method, self.request.path, fields)

    def data_received(self, chunk: bytes) -> None:
        """Take a piece of the request's body."""
        self.visit.feed(chunk)

    async def answer(self) -> None:
        """Send what the site answers, each piece for itself."""
        self.visit.answer()
        if self.visit.status == 404:
            self.send_error(404)  # so that the error page is the server's own
            return
        self.clear_header("Content-Type")
        self.set_status(self.visit.status, REASONS[self.visit.status])
        for name, value in self.visit.fields:
            self.set_header(name, value)
        for piece in self.visit.body:
            self.write(piece)
            await self.flush()

    get = head = post = put = answer


async def main(host: str, port: str, pem: str = "") -> None:
    """Serve, over TLS if `pem` names the file with key and certificate."""
    context = None
    if pem:
        context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
        context.load_cert_chain(pem)
    server = HTTPServer(Application([(".*", Handler)]), ssl_options=context, max_body_size=1 << 30)
    server.listen(int(port), host)
    await asyncio.Event().wait()


asyncio.run(main(*sys.argv[1:]))
