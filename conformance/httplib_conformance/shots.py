"""What a real server is asked for, to capture what it replies."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal

from httplib_servers.real.sites.small_site import MODIFIED

if TYPE_CHECKING:
    from collections.abc import Mapping

TEXT = "name=value&text=a+short+body"


@dataclass(frozen=True)
class Ask:
    """One request.

    Attributes:
        method: The method.
        path: The page of the site.
        body: The body, None for none.
        fields: Header fields beside those that every request has.
        version: The version that it announces.
        ends: Whether the server is to end the connection after its reply, which need not say so.
        continues: Whether the body waits until the server has sent 100.
    """

    method: str
    path: str
    body: str | None = None
    fields: Mapping[str, str] = field(default_factory=dict)
    version: Literal["1.0", "1.1"] = "1.1"
    ends: bool = False
    continues: bool = False


@dataclass(frozen=True)
class Shot:
    """Requests whose replies make one transcript.

    Attributes:
        name: What it is called; the end of the transcript's id.
        words: What is asked for, in words; the middle of the transcript's title.
        asks: The requests, in order.
        covers: Requirements that it checks, beside those that are seen in the replies.
        amt: How much of a body is read first, 0 for all of it at once.
        everywhere: Whether any server can be asked that, not only one with the small site.
        tunnel: Whether it goes through a tunnel, and what comes of that; for proxies only.
        keep_alive: Whether it needs a server that takes several requests on a connection.
    """

    name: str
    words: str
    asks: tuple[Ask, ...]
    covers: tuple[str, ...] = ()
    amt: int = 0
    everywhere: bool = False
    tunnel: Literal["granted", "refused"] | None = None
    keep_alive: bool = False


_GET = Ask("GET", "/hello.txt")

_ALL = (
    Shot("get-length", "GET of a file", (_GET,), amt=10, everywhere=True),
    Shot("get-chunked", "GET of a page made in pieces", (Ask("GET", "/chunked"),), amt=10),
    Shot("head", "HEAD", (Ask("HEAD", "/hello.txt"),), everywhere=True),
    Shot(
        "not-modified",
        "GET of what has not changed",
        (Ask("GET", "/hello.txt", fields={"If-Modified-Since": MODIFIED}),),
    ),
    Shot("no-content", "GET of a page without content", (Ask("GET", "/empty"),)),
    Shot(
        "redirect",
        "GET of a page that has moved",
        (Ask("GET", "/moved"),),
        covers=("response.status.redirect-codes",),
    ),
    Shot(
        "not-found",
        "GET of a page that is not there",
        (Ask("GET", "/missing"),),
        covers=("response.status.error-codes",),
    ),
    Shot("range", "GET of a part", (Ask("GET", "/hello.txt", fields={"Range": "bytes=7-10"}),)),
    Shot("post", "POST with a body", (Ask("POST", "/echo", TEXT),)),
    Shot("put", "PUT with a body", (Ask("PUT", "/echo", TEXT),)),
    Shot(
        "keep-alive",
        "three requests in a row",
        (_GET, Ask("GET", "/chunked"), Ask("POST", "/echo", TEXT)),
        keep_alive=True,
    ),
    Shot(
        "close",
        "a request with Connection: close, and another one",
        (Ask("GET", "/hello.txt", fields={"Connection": "close"}, ends=True), _GET),
        everywhere=True,
    ),
    Shot(
        "http-10",
        "a request of HTTP/1.0",
        (Ask("GET", "/hello.txt", version="1.0", ends=True),),
        everywhere=True,
    ),
    Shot(
        "expect-continue",
        "POST whose body waits for 100",
        (Ask("POST", "/echo", TEXT, {"Expect": "100-continue"}, continues=True),),
    ),
    Shot("tunnel", "a request through a tunnel", (_GET,), tunnel="granted"),
    Shot("tunnel-refused", "CONNECT that leads nowhere", (), tunnel="refused"),
)

SHOTS: Mapping[str, Shot] = {shot.name: shot for shot in _ALL}
"""All of them, by name."""
