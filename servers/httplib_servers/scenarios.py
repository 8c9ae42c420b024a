"""Scripts that have a name, for what one whole reply cannot say: time, resets, and proxies.

A name stands for a maker of scripts. With a context, the script has TLS: from its start, or with a proxy
inside of the tunnel, after the proxy has granted it.
"""

import ssl
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from types import MappingProxyType
from typing import Final, Literal

from httplib_servers.script import (
    Accept,
    Action,
    AwaitRequest,
    Close,
    Reset,
    Send,
    Stall,
    StartTLS,
    secured,
)

_OK: Final = b"HTTP/1.1 200 OK\r\n"
_CHUNKED: Final = _OK + b"Transfer-Encoding: chunked\r\n\r\n"
HELLO: Final = _OK + b"Content-Length: 5\r\n\r\nhello"
"""What a destination replies."""

STAGES: Final = MappingProxyType(
    {
        "before-reply": b"",
        "in-status-line": b"HTTP/1.1 20",
        "in-headers": _OK + b"Content-Length: 5\r\nContent-Ty",
        "before-body": _OK + b"Content-Length: 10\r\n\r\n",
        "in-body": _OK + b"Content-Length: 10\r\n\r\nhello",
        "in-body-to-end": _OK + b"\r\nhello",
        "in-chunk-size": _CHUNKED + b"5\r\nhello\r\n1",
        "in-chunk": _CHUNKED + b"5\r\nhello\r\na\r\nworld",
        "in-trailers": _CHUNKED + b"5\r\nhello\r\n0\r\nX-Trai",
    }
)
"""Stages of a reply, by what has come of it then."""

PROXY_REPLIES: Final = MappingProxyType(
    {
        "grants": b"HTTP/1.1 200 Connection established\r\n\r\n",
        "grants-with-headers": (
            b"HTTP/1.1 200 OK\r\nProxy-Agent: test/1\r\nVia: 1.1 test\r\nContent-Type: text/plain\r\n\r\n"
        ),
        "grants-in-http-1.0": b"HTTP/1.0 200 Connection established\r\n\r\n",
        "refuses-403": b"HTTP/1.1 403 Forbidden\r\nContent-Length: 3\r\n\r\nno\n",
        "refuses-407": (
            b"HTTP/1.1 407 Proxy Authentication Required\r\n"
            b'Proxy-Authenticate: Basic realm="proxy"\r\nContent-Length: 0\r\n\r\n'
        ),
        "refuses-502": b"HTTP/1.1 502 Bad Gateway\r\nContent-Length: 0\r\nConnection: close\r\n\r\n",
        "has-no-status-line": b"220 mail.example ESMTP ready\r\n",
        "closes": b"",
        "closes-in-status-line": b"HTTP/1.1 2",
    }
)
"""What a proxy replies to CONNECT. It grants the tunnel and goes on as its end, or it closes after that."""


@dataclass(frozen=True, slots=True)
class Scenario:
    """A script that has a name.

    Attributes:
        title: What the server does, in a few words.
        make: Returns the script; with a context, over TLS.
    """

    title: str
    make: Callable[[ssl.SSLContext | None], list[Action]]


def breaking_off(
    stage: str, by: Literal["stall", "reset"], tls: ssl.SSLContext | None = None
) -> list[Action]:
    """Return the script of a server that replies as far as a stage, and then no further.

    Args:
        stage: One of `STAGES`.
        by: Whether it leaves the connection open or breaks it off.
        tls: The context for a connection with TLS.
    """
    last = Stall() if by == "stall" else Reset()
    script: list[Action] = [Accept(), AwaitRequest(), Send(STAGES[stage]), last]
    return secured(script, tls) if tls else script


def proxy(
    reply: str,
    *,
    then: tuple[bytes, ...] = (HELLO,),
    in_pieces: bool = False,
    tls: ssl.SSLContext | None = None,
) -> list[Action]:
    """Return the script of a proxy that is asked for one tunnel.

    Args:
        reply: What it replies to CONNECT, one of `PROXY_REPLIES`.
        then: What the destination replies to each request, in order, if the tunnel is granted.
        in_pieces: Whether the reply to CONNECT comes octet by octet.
        tls: The context with which the destination has TLS; None for none.
    """
    data = PROXY_REPLIES[reply]
    cuts = tuple(range(1, len(data))) if in_pieces else ()
    script: list[Action] = [Accept(), AwaitRequest(), Send(data, cuts)]
    if not reply.startswith("grants"):
        return [*script, Close()]
    if tls:
        script.append(StartTLS(tls))
    for message in then:
        script += [AwaitRequest(), Send(message)]
    return script


def _proxy(reply: str, tls: ssl.SSLContext | None) -> list[Action]:
    return proxy(reply, tls=tls)


def _scenarios() -> dict[str, Scenario]:
    found = {}
    for stage in STAGES:
        preposition, _, place = stage.replace("-", " ").partition(" ")
        where = f"{preposition} the {place}"
        found[f"stalls-{stage}"] = Scenario(f"falls silent {where}", partial(breaking_off, stage, "stall"))
        found[f"resets-{stage}"] = Scenario(
            f"resets the connection {where}", partial(breaking_off, stage, "reset")
        )
    for reply in PROXY_REPLIES:
        found[f"proxy-{reply}"] = Scenario(f"a proxy that {reply.replace('-', ' ')}", partial(_proxy, reply))
    found["proxy-grants-in-pieces"] = Scenario(
        "a proxy whose reply comes octet by octet", lambda tls: proxy("grants", in_pieces=True, tls=tls)
    )
    found["proxy-hangs"] = Scenario(
        "a proxy that never replies", lambda _: [Accept(), AwaitRequest(), Stall()]
    )
    found["proxy-resets"] = Scenario("a proxy that resets", lambda _: [Accept(), AwaitRequest(), Reset()])
    return found


SCENARIOS: Final[Mapping[str, Scenario]] = MappingProxyType(_scenarios())
"""All that have a name."""
