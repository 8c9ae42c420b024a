"""What a server may send: well-formed replies, slightly damaged ones, and hostile ones."""

from __future__ import annotations

import re

from hypothesis import assume
from hypothesis import strategies as st


def one_of(*usual: str, odd: tuple[str, ...] = ()) -> st.SearchStrategy[str]:
    """Mostly something usual, seldom something odd."""
    return st.sampled_from([*usual * (1 + 4 * len(odd) // (len(usual) or 1)), *odd])


# Any byte but a minus sign: before a chunk's size it is a dispute (negative-chunk-size), no agreement.
_byte = st.characters(min_codepoint=0, max_codepoint=255, exclude_characters="-")
byte_text = st.text(_byte, max_size=12)
_negative_size = re.compile(r"\n\s*-(?!0\r\n)")  # what an insertion can make of a last chunk that is -0

status_line = st.builds(
    "{}{}{}{}{}{}".format,
    one_of(
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
    one_of(" ", odd=("", "  ", "\t")),
    one_of(
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
    one_of(" ", odd=("", "  ", "\t", "\x0b")),
    one_of("OK", "", "Not Found", "A  B", odd=("\xe9\xff", "\x00", "O\rK", " OK ", "OK\t")),
    one_of("\r\n", odd=("\n", "\r", "\r\r\n", "", " \r\n")),
)

_line_end = one_of("\r\n", odd=("\n", "\r", "", "\r\r\n", "\r\n\r\n"))
_colon = one_of(": ", ":", odd=(" : ", ":\t", ":  ", "", " ", "::", ":\r\n ", ":\r\n\t"))

_length = one_of(
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
_coding = one_of(
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
_persistence = one_of(
    "close",
    "keep-alive",
    odd=("Close", "KEEP-ALIVE", "close, x", "x, keep-alive", "upgrade", "", "closed", "notclose"),
)

field = st.one_of(
    st.builds(
        "{}{}{}{}".format,
        one_of(
            "Content-Length", odd=("content-length", "CONTENT-LENGTH", "Content-Length ", " Content-Length")
        ),
        _colon,
        _length,
        _line_end,
    ),
    st.builds(
        "{}{}{}{}".format,
        one_of("Transfer-Encoding", odd=("transfer-encoding", "Transfer-encoding ")),
        _colon,
        _coding,
        _line_end,
    ),
    st.builds(
        "{}{}{}{}".format,
        one_of("Connection", "Keep-Alive", "Proxy-Connection", odd=("connection",)),
        _colon,
        _persistence,
        _line_end,
    ),
    st.builds(
        "{}{}{}{}".format,
        one_of(
            "X-A", "x-a", "X-B", "Set-Cookie", odd=("", "X A", "X\xe9", "From x", "\t", "X-A\x00", "X\x0bA")
        ),
        _colon,
        byte_text,
        _line_end,
    ),
    st.builds("{}{}{}".format, st.sampled_from([" ", "\t", "  "]), byte_text, _line_end),
    st.builds("{}{}".format, byte_text, _line_end),
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
    one_of("\r\n", odd=("\n", "", "\r", " \r\n")),
)

# Lines at the edge of what is accepted, and so many of them.
_excess = st.sampled_from(
    [
        f"X: {'x' * (65536 - 5)}\r\n",
        f"X: {'x' * (65536 - 4)}\r\n",
        "X: y\r\n" * 100,
        "X: y\r\n" * 101,
        " z\r\n" * 101,
    ]
)


def _chunk(data: str) -> st.SearchStrategy[str]:
    size = f"{len(data):x}"
    odd = (
        f"{len(data):X}",
        f"0{size}",
        f"{len(data) + 1:x}",
        f"+{size}",
        f"0x{size}",
        f" {size}",
        f"{size} ",
    )
    return st.builds(
        "{}{}{}{}{}".format,
        one_of(size, odd=(*odd, f"{size}_0", "", "zz")),
        one_of("", odd=(";ext", ";a=b", " ;a", ';"\r\n"', " x")),
        one_of("\r\n", odd=("\n", "\r", "")),
        st.just(data),
        one_of("\r\n", odd=("\n", "", "x", "xy", "\r")),
    )


data = st.text(_byte, max_size=24)
plain_chunk = data.map(lambda content: f"{len(content):x}\r\n{content}\r\n" if content else "")
chunked_body = st.builds(
    "{}{}{}{}".format,
    st.lists(plain_chunk | plain_chunk | data.flatmap(_chunk), max_size=5).map("".join),
    one_of("0\r\n", odd=("0;last\r\n", "00\r\n", "0", "-0\r\n", "0\n", "")),
    st.sampled_from(["", "", "", "X-Trailer: 1\r\n", "a\n", "\x00\r\n", "no colon\r\n"]),
    one_of("\r\n", odd=("", "\n", "\r")),
)

# Any head with any body; and bodies whose head announces them, so that the next reply is found.
_fields = st.lists(
    st.sampled_from(["", "X-A: 1\r\n", "Connection: keep-alive\r\n", "x-a:2\r\n 3\r\n"]), max_size=2
)
_good_status = st.sampled_from(["HTTP/1.1 200 OK\r\n", "HTTP/1.1 404 Not Found\r\n", "HTTP/1.0 200 OK\r\n"])
_status = st.one_of(_good_status, _good_status, status_line)
_any = st.builds("{}{}{}".format, status_line, header_section, st.one_of(data, chunked_body, st.just("")))
_with_length = st.builds(
    lambda status, fields, body: f"{status}{fields}Content-Length: {len(body)}\r\n\r\n{body}",
    _status,
    _fields.map("".join),
    data,
)
_with_chunks = st.builds(
    "{}{}Transfer-Encoding: chunked\r\n\r\n{}".format,
    _status,
    _fields.map("".join),
    chunked_body,
)
_excessive = st.builds("{}{}{}\r\n{}".format, _good_status, _fields.map("".join), _excess, data)
_interim = st.sampled_from(
    ["HTTP/1.1 100 Continue\r\n\r\n", "HTTP/1.1 100 C\r\nX: y\r\n z\r\n\r\n", "HTTP/1.0 100\n\n"]
)
reply = st.one_of(_any, _any, _with_length, _with_length, _with_chunks, _with_chunks, _interim, _excessive)


@st.composite
def stream(draw: st.DrawFn) -> bytes:
    """What a server sends on one connection until it ends its stream: replies, whole or damaged."""
    sent = "".join(draw(st.lists(reply, min_size=1, max_size=3)))
    if draw(st.integers(0, 4)) == 0:
        sent = sent[: draw(st.integers(0, len(sent)))]
    if draw(st.integers(0, 9)) == 0:
        at = draw(st.integers(0, len(sent)))
        sent = sent[:at] + draw(byte_text) + sent[at:]
        assume(not _negative_size.search(sent))
    return sent.encode("latin-1")
