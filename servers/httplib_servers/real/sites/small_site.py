"""The small site that every real server serves, so that one set of requests fits them all.

    /hello.txt            a short text, with ETag and Last-Modified; conditional and partial requests
    /chunked              the same text in three pieces, whose length is not told beforehand
    /empty                204
    /moved                302 to /hello.txt
    /missing              404, like every other path
    /fails                500
    /echo                 the body of the request
    /digest               the length of the body and its SHA-256
    /large/N              N bytes that any two programs can make: see `large`
    /large-chunked/N      the same, its length not told beforehand

Here it is for servers that know WSGI or ASGI; what a server needs beyond that stands in a file beside this
one. It runs in the interpreter that has the server, so it needs nothing but the standard library.
"""

import hashlib
from collections.abc import Awaitable, Callable, Iterable, Iterator
from typing import Any

HELLO = b"hello, this is a small site\nwith a text of two lines\n"
PIECES = (HELLO[:6], HELLO[6:28], HELLO[28:])
ETAG = '"small-site-1"'
MODIFIED = "Sat, 01 Nov 2025 10:00:00 GMT"
BLOCK = 64 * 1024

REASONS = {
    200: "OK",
    204: "No Content",
    206: "Partial Content",
    302: "Found",
    304: "Not Modified",
    404: "Not Found",
    416: "Range Not Satisfiable",
    500: "Internal Server Error",
}


def large(count: int) -> Iterator[bytes]:
    """Yield `count` bytes in blocks: lines of 16 bytes, each with the number of its block."""
    for number in range((count + BLOCK - 1) // BLOCK):
        yield (b"%015x\n" % number * (BLOCK // 16))[: count - number * BLOCK]


class Visit:
    """One request to the site: made of its head, fed with its body, and then answered.

    Args:
        method: The method.
        path: The path, without a query.
        fields: The header fields, their names in lower case.

    Attributes:
        status: The status code, once it was answered.
        fields: The header fields of the answer.
        body: The body in pieces; a server that knows no better way sends each for itself.
    """

    def __init__(self, method: str, path: str, fields: dict[str, str]) -> None:
        self.status = 200
        self.fields: list[tuple[str, str]] = []
        self.body: Iterable[bytes] = ()
        self._method = method
        self._path = path
        self._given = fields
        self._kept: list[bytes] = []
        self._length = 0
        self._digest = hashlib.sha256()

    def feed(self, data: bytes) -> None:
        """Take a piece of the request's body."""
        if self._path == "/echo":
            self._kept.append(data)
        self._length += len(data)
        self._digest.update(data)

    def answer(self) -> None:
        """Set status, fields and body."""
        name, _, number = self._path[1:].partition("/")
        answers: dict[str, Callable[[], None]] = {
            "hello.txt": self._hello,
            "chunked": lambda: self._pieces(PIECES),
            "empty": lambda: self._bare(204),
            "moved": self._moved,
            "fails": lambda: self._whole(500, b"this page fails\n"),
            "echo": lambda: self._whole(200, b"".join(self._kept)),
            "digest": lambda: self._whole(200, f"{self._length} {self._digest.hexdigest()}\n".encode()),
        }
        if name in ("large", "large-chunked") and number.isdecimal():
            self._large(int(number), name == "large")
        elif name in answers and not number:
            answers[name]()
        else:
            self._whole(404, b"there is no such page\n")
        if self._method == "HEAD":
            self.body = ()

    def _bare(self, status: int) -> None:
        self.status = status

    def _whole(self, status: int, body: bytes) -> None:
        self.status = status
        self.fields += [("Content-Type", "text/plain"), ("Content-Length", str(len(body)))]
        self.body = (body,)

    def _pieces(self, pieces: Iterable[bytes]) -> None:
        self.fields.append(("Content-Type", "text/plain"))
        self.body = pieces

    def _moved(self) -> None:
        self.fields.append(("Location", "/hello.txt"))
        self._whole(302, b"it is at /hello.txt\n")

    def _large(self, count: int, told: bool) -> None:
        self._pieces(large(count))
        if told:
            self.fields.append(("Content-Length", str(count)))

    def _hello(self) -> None:
        self.fields += [("ETag", ETAG), ("Last-Modified", MODIFIED)]
        wanted = self._given.get("range", "")
        if ETAG in self._given.get("if-none-match", "") or self._given.get("if-modified-since") == MODIFIED:
            self._bare(304)
        elif wanted.startswith("bytes="):
            first, _, last = wanted.removeprefix("bytes=").partition("-")
            begin, end = int(first), min(int(last or len(HELLO)), len(HELLO) - 1)
            if begin > end:
                self.fields.append(("Content-Range", f"bytes */{len(HELLO)}"))
                self._whole(416, b"there is no such range\n")
            else:
                self.fields.append(("Content-Range", f"bytes {begin}-{end}/{len(HELLO)}"))
                self._whole(206, HELLO[begin : end + 1])
        else:
            self.fields.append(("Accept-Ranges", "bytes"))
            self._whole(200, HELLO)


def wsgi(environ: dict[str, Any], start_response: Callable[..., object]) -> Iterable[bytes]:
    """The site for servers that know WSGI."""
    given = {
        key.removeprefix("HTTP_").replace("_", "-").lower(): value
        for key, value in environ.items()
        if key.startswith("HTTP_")
    }
    visit = Visit(environ["REQUEST_METHOD"], environ["PATH_INFO"], given)
    left = int(environ.get("CONTENT_LENGTH") or 0)
    if environ.get("wsgi.input_terminated") and not environ.get("CONTENT_LENGTH"):
        left = -1  # it is read to its end, which the server knows
    while left and (data := environ["wsgi.input"].read(BLOCK if left < 0 else min(left, BLOCK))):
        visit.feed(data)
        left -= len(data) if left > 0 else 0
    visit.answer()
    start_response(f"{visit.status} {REASONS[visit.status]}", visit.fields)
    return visit.body


async def asgi(
    scope: dict[str, Any],
    receive: Callable[[], Awaitable[dict[str, Any]]],
    send: Callable[[dict[str, Any]], Awaitable[None]],
) -> None:
    """The site for servers that know ASGI."""
    if scope["type"] != "http":
        raise NotImplementedError(scope["type"])  # how an application says that it has no lifespan
    given = {name.decode("latin-1").lower(): value.decode("latin-1") for name, value in scope["headers"]}
    visit = Visit(scope["method"], scope["path"], given)
    more = True
    while more:
        event = await receive()
        visit.feed(event.get("body", b""))
        more = event.get("more_body", False)
    visit.answer()
    fields = [(name.encode("latin-1"), value.encode("latin-1")) for name, value in visit.fields]
    await send({"type": "http.response.start", "status": visit.status, "headers": fields})
    for piece in visit.body:
        await send({"type": "http.response.body", "body": piece, "more_body": True})
    await send({"type": "http.response.body", "body": b""})
