"""Exchanges to try on two implementations: well-formed, slightly damaged, and hostile.

None of them can block.  The server has all that it will send ready once it has seen the header
section of a request, and ends its stream behind it; a second connection gets replies of its own.
Whether a client takes the second reply from the first connection or opens another is one of the
things that are compared.
"""

from __future__ import annotations

from dataclasses import dataclass

from hypothesis import strategies as st


@dataclass(frozen=True)
class Request:
    """What the client does for one request.

    Attributes:
        calls: Names of methods of the connection with their arguments.
        reads: The arguments of each call of `read`, None for none.
    """

    calls: tuple[tuple[str, tuple[object, ...]], ...]
    reads: tuple[int | None, ...]


@dataclass(frozen=True)
class Scenario:
    """One example.

    Attributes:
        strict: The argument `strict` of HTTPConnection.
        requests: What the client does, in order.
        first: What the first connection gets.
        second: What a second one gets.
        cuts: Where the first is cut into segments.
    """

    strict: bool
    requests: tuple[Request, ...]
    first: bytes
    second: bytes
    cuts: tuple[int, ...]


def _one_of(*usual: str, odd: tuple[str, ...] = ()) -> st.SearchStrategy[str]:
    """Mostly something usual, seldom something odd."""
    return st.sampled_from([*usual * (1 + 4 * len(odd) // (len(usual) or 1)), *odd])


_byte_text = st.text(st.characters(min_codepoint=0, max_codepoint=255), max_size=12)

status_line = st.builds(
    "{}{}{}{}{}{}".format,
    _one_of(
        "HTTP/1.1",
        "HTTP/1.0",
        odd=(
            "HTTP/0.9",
            "HTTP/1.2",
            "HTTP/2.0",
            "HTTP/1",
            "HTTP/11.1",
            "http/1.1",
            "HTTP",
            "HTTPS/1.1",
            "ICY",
            "",
        ),
    ),
    _one_of(" ", odd=("", "  ", "\t")),
    _one_of(
        *("200", "204", "304", "404", "500", "100", "101", "102"),
        odd=(
            "99",
            "000",
            "0200",
            "199",
            "999",
            "1000",
            "-200",
            "+200",
            "2_0",
            "2 0",
            "20",
            "abc",
            "",
            "200.0",
            "\xb2\xb2",
        ),
    ),
    _one_of(" ", odd=("", "  ", "\t", "\x0b")),
    _one_of("OK", "", "Not Found", "A  B", odd=("\xe9\xff", "\x00", "O\rK", " OK ", "OK\t")),
    _one_of("\r\n", odd=("\n", "\r", "\r\r\n", "", " \r\n")),
)

_line_end = _one_of("\r\n", odd=("\n", "\r", "", "\r\r\n", "\r\n\r\n"))
_colon = _one_of(": ", ":", odd=(" : ", ":\t", ":  ", "", " ", "::", ":\r\n ", ":\r\n\t"))

_length = _one_of(
    *("0", "1", "3", "5", "10"),
    odd=(
        "-1",
        "-0",
        "+5",
        "05",
        "5 ",
        "5,5",
        "5, 5",
        "0x5",
        "5.0",
        "1_0",
        "",
        "abc",
        "\xb2",
        "\x005",
        "9" * 25,
        "5;q",
    ),
)
_coding = _one_of(
    "chunked",
    odd=(
        "Chunked",
        "CHUNKED",
        "identity",
        "gzip, chunked",
        "chunked, chunked",
        "chunked;q",
        "",
        " chunked ",
        "xchunked",
    ),
)
_persistence = _one_of(
    "close",
    "keep-alive",
    odd=("Close", "KEEP-ALIVE", "close, x", "x, keep-alive", "upgrade", "", "closed", "notclose"),
)

field = st.one_of(
    st.builds(
        "{}{}{}{}".format,
        _one_of(
            "Content-Length", odd=("content-length", "CONTENT-LENGTH", "Content-Length ", " Content-Length")
        ),
        _colon,
        _length,
        _line_end,
    ),
    st.builds(
        "{}{}{}{}".format,
        _one_of("Transfer-Encoding", odd=("transfer-encoding", "Transfer-encoding ")),
        _colon,
        _coding,
        _line_end,
    ),
    st.builds(
        "{}{}{}{}".format,
        _one_of("Connection", "Keep-Alive", "Proxy-Connection", odd=("connection",)),
        _colon,
        _persistence,
        _line_end,
    ),
    st.builds(
        "{}{}{}{}".format,
        _one_of(
            "X-A", "x-a", "X-B", "Set-Cookie", odd=("", "X A", "X\xe9", "From x", "\t", "X-A\x00", "X\x0bA")
        ),
        _colon,
        _byte_text,
        _line_end,
    ),
    st.builds("{}{}{}".format, st.sampled_from([" ", "\t", "  "]), _byte_text, _line_end),
    st.builds("{}{}".format, _byte_text, _line_end),
)

_framing_field = st.builds(
    "{}\r\n".format,
    st.one_of(
        st.integers(0, 12).map("Content-Length: {}".format),
        st.just("Transfer-Encoding: chunked"),
        st.just("Connection: close"),
        st.just("Connection: keep-alive"),
    ),
)

header_section = st.builds(
    "{}{}".format,
    st.lists(st.one_of(_framing_field, _framing_field, field), max_size=5).map("".join),
    _one_of("\r\n", odd=("\n", "", "\r", " \r\n")),
)

# A negative size is left out: the original takes it for an empty chunk, the reference for a damaged one.
_chunk = st.binary(max_size=12).flatmap(
    lambda data: st.builds(
        "{}{}{}{}{}".format,
        st.sampled_from(
            [f"{len(data):x}"] * 12
            + [
                f"{len(data):X}",
                f"0{len(data):x}",
                f"{len(data) + 1:x}",
                f"+{len(data):x}",
                f"0x{len(data):x}",
                "",
                "zz",
                f" {len(data):x}",
                f"{len(data):x} ",
                f"{len(data)}_0",
            ]
        ),
        _one_of("", odd=(";ext", ";a=b", " ;a", ';"\r\n"', " x")),
        _one_of("\r\n", odd=("\n", "\r", "")),
        st.just(data.decode("latin-1")),
        _one_of("\r\n", odd=("\n", "", "x", "xy", "\r")),
    )
)
chunked_body = st.builds(
    "{}{}{}{}".format,
    st.lists(_chunk, max_size=4).map("".join),
    _one_of("0\r\n", odd=("0;last\r\n", "00\r\n", "0", "-0\r\n", "0\n", "")),
    st.sampled_from(["", "", "", "X-Trailer: 1\r\n", "a\n", "\x00\r\n", "no colon\r\n"]),
    _one_of("\r\n", odd=("", "\n", "\r")),
)

body = st.one_of(st.binary(max_size=24).map(lambda data: data.decode("latin-1")), chunked_body, st.just(""))

reply = st.builds("{}{}{}".format, status_line, header_section, body)


@st.composite
def stream(draw: st.DrawFn) -> bytes:
    """What a server sends on one connection until it ends its stream."""
    sent = "".join(draw(st.lists(reply, min_size=1, max_size=3)))
    if draw(st.integers(0, 4)) == 0:
        sent = sent[: draw(st.integers(0, len(sent)))]
    if draw(st.integers(0, 9)) == 0:
        at = draw(st.integers(0, len(sent)))
        sent = sent[:at] + draw(_byte_text) + sent[at:]
    return sent.encode("latin-1")


_method = _one_of(
    "GET", "HEAD", "POST", "PUT", "DELETE", "PATCH", "OPTIONS", odd=("get", "", "CONNECT", "X-Y", "G T")
)
_url = _one_of(
    "/",
    "/a?b=c",
    "",
    "*",
    odd=(
        "http://127.0.0.1/x",
        "https://[::1]:8443/x",
        "//x/y",
        "/a b",
        "x",
        "http://user@h:1/",
        "/\x7f",
        "/#f",
    ),
)
_request_body = st.one_of(
    st.none(), st.none(), st.sampled_from(["", "abc", b"abc", b"", b"\x00\xff", "x" * 100])
)
_request_headers = st.dictionaries(
    _one_of("X-A", "Accept", "accept-encoding", "Host", "hOST", "Content-length", "User-Agent"),
    _one_of("1", "", "a b", "3", odd=(" x ", "a\r\n b", "a\r\nb: c", "\xe9")),
    max_size=3,
)

_request_call = st.one_of(
    st.tuples(_method, _url),
    st.tuples(_method, _url, _request_body),
    st.tuples(_method, _url, _request_body, _request_headers),
).map(lambda args: (("request", args),))

_step = st.sampled_from(
    [
        ("putheader", ("X-A", "1")),
        ("putheader", ("X-A", "1", "2")),
        ("putheader", ("X-A", 1)),
        ("putheader", ("X-A",)),
        ("putheader", ("", "")),
        ("putheader", ("X A", "1")),
        ("putheader", ("X-A:", "1")),
        ("putheader", ("X-A", "1\n2")),
        ("endheaders", ()),
        ("endheaders", ("abc",)),
        ("send", ("abc",)),
        ("close", ()),
        ("putrequest", ("GET", "/")),
        ("putrequest", ("GET", "/", 1)),
        ("putrequest", ("GET", "/", 1, 1)),
        ("putrequest", ("GET", "/", 0, 1)),
        ("request", ("GET", "/")),
    ]
)
_steps = st.one_of(
    st.lists(_step, max_size=3).map(lambda steps: (("putrequest", ("GET", "/")), *steps, ("endheaders", ()))),
)

# Negative amounts are left out: what the original makes of them is an accident of its buffers.
_reads = st.lists(
    st.one_of(st.none(), st.integers(0, 12), st.sampled_from([0, 1, 2, 100, 100000])), min_size=0, max_size=5
).map(lambda reads: (*reads, None))

request = st.builds(Request, st.one_of(_request_call, _request_call, _request_call, _steps), _reads)


@st.composite
def scenarios(draw: st.DrawFn) -> Scenario:
    """One example."""
    first = draw(stream())
    cuts = draw(st.sets(st.integers(1, max(len(first) - 1, 1)), max_size=6))
    return Scenario(
        strict=draw(st.booleans()),
        requests=tuple(draw(st.lists(request, min_size=1, max_size=2))),
        first=first,
        second=draw(stream()),
        cuts=tuple(sorted(cut for cut in cuts if cut < len(first))),
    )
