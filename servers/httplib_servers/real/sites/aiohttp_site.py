"""The small site on aiohttp's server: python aiohttp_site.py HOST PORT [PEM]."""

import ssl
import sys

from aiohttp import web
from small_site import REASONS, Visit


async def answer(request: web.BaseRequest) -> web.StreamResponse:
    """Answer one request, each piece of the body for itself if its length is not known."""
    visit = Visit(
        request.method, request.path, {name.lower(): value for name, value in request.headers.items()}
    )
    async for piece in request.content.iter_any():
        visit.feed(piece)
    visit.answer()
    if visit.status == 404:
        raise web.HTTPNotFound  # so that the error page is the server's own
    response = web.StreamResponse(status=visit.status, reason=REASONS[visit.status], headers=visit.fields)
    await response.prepare(request)
    for piece in visit.body:
        await response.write(piece)
    await response.write_eof()
    return response


def main(host: str, port: str, pem: str = "") -> None:
    """Serve, over TLS if `pem` names the file with key and certificate."""
    context = None
    if pem:
        context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
        context.load_cert_chain(pem)
    application = web.Application(client_max_size=1 << 30)
    application.router.add_route("*", "/{path:.*}", answer)
    web.run_app(application, host=host, port=int(port), ssl_context=context, print=None)


main(*sys.argv[1:])
