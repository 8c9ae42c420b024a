"""Replies and requests for the generated cases, each with what must come of it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from itertools import pairwise

from hypothesis import strategies as st

from httplib_conformance.generated import Scenario
from httplib_conformance.transcripts import Call, Exchange, Gives, Transcript

# No braces: they are placeholders in a transcript.
VISIBLE = "".join(map(chr, range(0x21, 0x7F))).translate({ord("{"): None, ord("}"): None})
LETTERS = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
TOKEN = LETTERS + "0123456789-_.!~*'"

CUTS = st.lists(st.integers(1, 500), max_size=6).map(tuple)
"""Where a reply is cut."""

WORDS = st.lists(st.text(VISIBLE, min_size=1, max_size=8), max_size=4).map(" ".join)
"""Text without white space at its ends, which HTTP does not count."""

TELLING = [b"\r\n", b"\r\n\r\n", b"0\r\n\r\n", b"5\r\n", b"HTTP/1.1 200 OK\r\n\r\n", b"\x00", b"\xff", b"a"]
"""What a client could take for framing if it looked where it must not."""

BODIES = st.one_of(
    st.binary(max_size=120),
    st.lists(st.sampled_from(TELLING), max_size=12).map(b"".join),
    st.builds(bytes.__mul__, st.binary(min_size=1, max_size=3), st.sampled_from([100, 1024, 3000])),
)

NAMES = st.text(TOKEN, min_size=1, max_size=10).map(lambda name: f"X-{name}")
"""Names of headers that mean nothing to a client."""


def recased(name):
    """The same name in any letter case."""
    return st.sampled_from([name, name.lower(), name.upper(), name.swapcase(), name.title()])


@st.composite
def headers(draw, most=4):
    """Headers with different names, which mean nothing to a client."""
    names = draw(st.lists(NAMES, max_size=most, unique_by=str.lower))
    return tuple((name, draw(WORDS)) for name in names)


@dataclass(frozen=True)
class Framed:
    """A body as it goes over the wire.

    Attributes:
        header: The header that announces how it is framed, None for the end of the connection.
        wire: What follows the headers.
    """

    header: tuple[str, str] | None
    wire: bytes


@st.composite
def chunked(draw, body):
    """A body in chunks."""
    marks = sorted({0, len(body), *draw(st.lists(st.integers(0, len(body)), max_size=6))})
    extension = st.sampled_from(["", "", ";name=value", ';name="quoted; value"', ";flag"])
    wire = b""
    for start, end in pairwise(marks):
        form = draw(st.sampled_from(["x", "X", "03x", "08X"]))
        wire += f"{end - start:{form}}{draw(extension)}\r\n".encode() + body[start:end] + b"\r\n"
    wire += draw(st.sampled_from([b"0", b"000"])) + draw(extension).encode() + b"\r\n"
    for name, value in draw(headers(most=2)):
        wire += f"{name}: {value}\r\n".encode()
    return Framed((draw(recased("Transfer-Encoding")), draw(recased("chunked"))), wire + b"\r\n")


@st.composite
def with_length(draw, body):
    """A body with its length."""
    return Framed((draw(recased("Content-Length")), str(len(body))), body)


def to_end(body):
    """A body that goes on to the end of the connection."""
    return st.just(Framed(None, body))


@dataclass(frozen=True)
class Reply:
    """A reply, and all that it says.

    Attributes:
        version: 10 or 11.
        status: The status code.
        reason: The reason phrase.
        headers: All headers, in order.
        body: The body.
        framed: The body as it goes over the wire.
        closes: Whether the server closes the connection after it.
    """

    version: int
    status: int
    reason: str
    headers: tuple[tuple[str, str], ...]
    body: bytes
    framed: Framed
    closes: bool

    @property
    def wire(self) -> bytes:
        """All bytes of it."""
        line = f"HTTP/1.{self.version - 10} {self.status} {self.reason}\r\n"
        lines = "".join(f"{name}: {value}\r\n" for name, value in self.headers)
        return f"{line}{lines}\r\n".encode("ascii") + self.framed.wire

    @property
    def looks(self) -> tuple[Call, ...]:
        """What the response must give, up to its body."""
        return (
            Call("status", is_call=False, expect=Gives(self.status)),
            Call("reason", is_call=False, expect=Gives(self.reason)),
            Call("version", is_call=False, expect=Gives(self.version)),
            *(Call("getheader", args=(name,), expect=Gives(value)) for name, value in self.headers),
        )

    @property
    def read(self) -> tuple[Call, ...]:
        """The reading of the whole body at once."""
        return (Call("read", expect=Gives(self.body)),)


STATUSES = st.sampled_from([200, 200, 201, 202, 203, 206, 226, 299, 302, 400, 404, 451, 500, 503, 599])
"""Status codes of final replies that have a body."""


@st.composite
def replies(draw, bodies=BODIES, framings=None):
    """Replies to GET.

    Args:
        draw: What draws.
        bodies: Their bodies.
        framings: How those are framed.
    """
    body = draw(bodies)
    version = draw(st.sampled_from([11, 11, 10]))
    fitting = framings or ([with_length, to_end] if version == 10 else [with_length, to_end, chunked])
    framed = draw(draw(st.sampled_from(fitting))(body))
    fields = list(draw(headers()))
    if framed.header is not None:
        fields.insert(draw(st.integers(0, len(fields))), framed.header)
    return Reply(
        version=version,
        status=draw(STATUSES),
        reason=draw(WORDS),
        headers=tuple(fields),
        body=body,
        framed=framed,
        closes=framed.header is None or draw(st.booleans()),
    )


def answered(reply, response, method="GET", **more):
    """An exchange: a request, and the calls on the response that a reply gives."""
    exchange = Exchange(
        connects=True,
        calls=(Call("request", args=(method, "/")),),
        wire=None,
        sent=None,
        reply=reply.wire,
        then="close" if reply.closes else "keep",
        getresponse=Call("getresponse"),
        response=response,
    )
    return replace(exchange, **more)


def scenario(*exchanges, cuts=(), **more):
    """A scenario of these exchanges; `Examples` says of which case it is."""
    return Scenario(transcript(*exchanges), cuts, **more)


def transcript(*exchanges):
    """A transcript of these exchanges."""
    return Transcript(
        id="generated", title="", covers=(), notes="", connection=(), exchanges=exchanges, source=""
    )
