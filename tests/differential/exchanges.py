"""Exchanges to try on two implementations.

None of them can block. A server sends on each connection all that it has for it, at once or in segments, and
ends its stream behind it; the next connection gets a stream of its own. Whether a client takes the second
reply from the first connection or opens another is one of the things that are compared.
"""

from __future__ import annotations

from dataclasses import dataclass

from calls import Call, calls
from hypothesis import strategies as st
from replies import one_of, stream


@dataclass(frozen=True)
class Tunnel:
    """The arguments of `set_tunnel`."""

    host: str
    port: int | None
    headers: dict[str, str] | None


@dataclass(frozen=True)
class Scenario:
    """One example.

    Attributes:
        strict: The argument `strict` of the connection.
        debuglevel: What is given to `set_debuglevel`.
        tunnel: What is given to `set_tunnel`, or None.
        calls: What the client does, in order.
        streams: What the server sends on each connection; the last one goes for all that follow.
        cuts: Where the first is cut into segments.
    """

    strict: bool
    debuglevel: int
    tunnel: Tunnel | None
    calls: tuple[Call, ...]
    streams: tuple[bytes, ...]
    cuts: tuple[int, ...]


_tunnel = st.builds(
    Tunnel,
    one_of("dest", "dest:81", "[::1]", "[::1]:8080", odd=("", "::1", "d:x")),
    st.sampled_from([None, 80, 443]),
    st.sampled_from([None, {}, {"X-P": "1"}]),
)
# What is no answer at all is left out: see the dispute response-after-a-tunnel-that-failed.
_proxy = st.sampled_from(
    [
        b"HTTP/1.1 200 OK\r\n\r\n",
        b"HTTP/1.0 200 Fine\r\nVia: x\r\n\r\n",
        b"HTTP/1.1 403 No\r\nContent-Length: 1\r\n\r\nx",
    ]
)


@st.composite
def scenarios(draw: st.DrawFn) -> Scenario:
    """One example."""
    tunnel = draw(_tunnel) if draw(st.integers(0, 9)) == 0 else None
    streams = [draw(stream()) for _ in range(draw(st.integers(1, 3)))]
    if tunnel:
        streams = [draw(_proxy) + each for each in streams]
    cuts = draw(st.sets(st.integers(1, max(len(streams[0]) - 1, 1)), max_size=6))
    return Scenario(
        strict=draw(st.booleans()),
        debuglevel=draw(st.sampled_from([0, 0, 0, 0, 1])),
        tunnel=tunnel,
        calls=draw(calls()),
        streams=tuple(streams),
        cuts=tuple(sorted(cut for cut in cuts if cut < len(streams[0]))),
    )
