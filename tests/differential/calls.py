"""What a client may do: requests and responses in their order, and out of it."""

from __future__ import annotations

from dataclasses import dataclass

from hypothesis import strategies as st
from replies import one_of


@dataclass(frozen=True)
class Made:
    """An argument that cannot travel: it is made where the implementation runs.

    Attributes:
        maker: A function of `makers.py`.
        args: Its arguments.
    """

    maker: str
    args: tuple[object, ...]


@dataclass(frozen=True)
class Call:
    """One call.

    Attributes:
        on: What it is made on: the `connection`, the latest `response`, or the one `before`.
        name: The method.
        args: Its arguments.
    """

    on: str
    name: str
    args: tuple[object, ...] = ()


_method = one_of(
    *("GET", "HEAD", "POST", "PUT", "DELETE", "PATCH", "OPTIONS"),
    odd=("get", "", "CONNECT", "X-Y", "G T", "put"),
)
_url = one_of(
    *("/", "/a?b=c", "", "*"),
    odd=(
        *(
            "http://127.0.0.1/x",
            "https://[::1]:8443/x",
            "//x/y",
            "/a b",
            "x",
            "http://user@h:1/",
            "/\x7f",
            "/#f",
        ),
        *("http://[::1/", "HTTP://h/", "http:///", "/\xe9", "/\r\nX: y"),
    ),
)
_data = st.sampled_from([b"", b"abc", b"\x00\xff\r\n", b"x" * 9000])
_request_body = st.one_of(
    st.none(),
    st.none(),
    st.sampled_from(["", "abc", "x" * 100, "caf\xe9"]),
    _data,
    st.builds(Made, st.sampled_from(["bytearray", "bytes_io", "array", "iterator"]), st.tuples(_data)),
    st.builds(Made, st.sampled_from(["file", "mmap"]), st.tuples(_data.filter(bool), st.integers(0, 5))),
    st.builds(Made, st.just("reader"), st.tuples(st.lists(_data, max_size=3), st.booleans())),
    st.builds(Made, st.just("pipe"), st.tuples(_data)),
)
_request_headers = st.lists(
    st.tuples(
        one_of(
            *("X-A", "Accept", "accept-encoding", "Host", "hOST", "Content-length", "User-Agent"),
            odd=("", "A:", " A", "A\n", "\xe9"),
        ),
        one_of("1", "", "a b", "3", odd=(" x ", "a\r\n b", "a\r\nb: c", "\xe9", "a\r", "\n")),
    ),
    max_size=3,
).map(lambda fields: Made("mapping", (fields,)))

_request = st.one_of(
    st.tuples(_method, _url),
    st.tuples(_method, _url, _request_body),
    st.tuples(_method, _url, _request_body, _request_headers),
).map(lambda args: [Call("connection", "request", args)])

_values = st.lists(st.sampled_from(["1", "", 1, 2.5, None, "a b", "1\n2", "1\r\n 2", "\t"]), max_size=3)
_step = st.one_of(
    st.builds(
        lambda name, values: ("putheader", (name, *values)),
        one_of("X-A", "Host", odd=("", "X A", "X-A:", " X", "\xe9", "X\r\nY")),
        _values,
    ),
    st.builds(lambda body: ("endheaders", (body,)), _request_body),
    st.builds(lambda body: ("send", (body,)), _request_body.filter(lambda body: body is not None)),
    st.builds(lambda *args: ("putrequest", args), _method, _url, *[st.integers(0, 1)] * 2),
    st.sampled_from([("close", ()), ("connect", ()), ("endheaders", ()), ("request", ("GET", "/"))]),
).map(lambda call: Call("connection", *call))
_step_by_step = st.lists(_step, max_size=3).map(
    lambda steps: [Call("connection", "putrequest", ("GET", "/")), *steps, Call("connection", "endheaders")]
)

# Negative amounts are left out: see the dispute negative-amount.
_amount = st.one_of(st.integers(0, 12), st.sampled_from([0, 1, 2, 3, 100, 100000]))
_reads = st.lists(_amount.map(lambda amount: Call("response", "read", (amount,))), max_size=5)
_get = Call("connection", "getresponse")
_rest = Call("response", "read")

_odd = st.sampled_from(
    [
        *(Call("connection", name) for name in ("close", "connect", "getresponse", "endheaders")),
        Call("connection", "request", ("GET", "/again")),
        *(Call("response", name) for name in ("close", "begin", "isclosed", "read", "getheaders")),
        *(Call("response", "getheader", args) for args in (("x-a",), ("X-A", "default"), ("Nope", None))),
        *(Call("before", name) for name in ("read", "close", "isclosed")),
        Call("before", "read", (2,)),
    ]
)


@st.composite
def calls(draw: st.DrawFn) -> tuple[Call, ...]:
    """The calls of one example: up to three exchanges, in order or not, and others in between."""
    made: list[Call] = []
    late: list[Call] = []
    for _ in range(draw(st.integers(1, 3))):
        sent = draw(_request | _request | _request | _step_by_step)
        reads = [*draw(_reads), _rest]
        if draw(st.integers(0, 4)) == 0:
            # The response before is read when the next request has been sent.
            made += [*sent, *(Call("response", call.name, call.args) for call in late), _get]
            late = reads
        else:
            made += [*late, *sent, _get, *reads]
            late = []
    made += late
    for call in draw(st.lists(_odd, max_size=3)) if draw(st.booleans()) else []:
        made.insert(draw(st.integers(0, len(made))), call)
    return tuple(made)
