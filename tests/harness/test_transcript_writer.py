"""The writer of transcripts: what it writes, the loader reads as the same."""

import tempfile
import tomllib
from dataclasses import replace
from pathlib import Path

import pytest
from httplib_conformance import transcripts
from httplib_conformance.transcript_writer import RESERVED, quoted, write
from httplib_conformance.transcripts import Call, Exchange, Fields, Gives, Raises, Sent, Transcript
from httplib_conformance.values import Text
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st


def read_back(text: str, identity: str) -> Transcript:
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / f"{identity}.toml"
        file.write_bytes(text.encode("utf-8"))
        return replace(transcripts.load(file), source="")


def test_the_corpus():
    for transcript in transcripts.corpus():
        assert read_back(write(transcript), transcript.id) == replace(transcript, source="")


# No braces: they would be placeholders. Every other character, of control and beyond the plane of 16 bits.
CHARACTERS = [*map(chr, range(256)), "\u0100", "\u20ac", "\u2028", "\ufeff", "\U0001f600", "\U000e0001"]
TEXTS = st.text(st.sampled_from([each for each in CHARACTERS if each not in "{}"]), max_size=12)
BYTES = st.one_of(
    st.binary(max_size=40).map(lambda data: data.replace(b"{", b"(")),
    st.lists(st.sampled_from([b"\r\n", b'"', b'"""', b"\\", b"line", b"\n", b"\xff\x00"])).map(b"".join),
)
KEYS = TEXTS.filter(lambda key: key not in RESERVED)
VALUES = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**63), 2**63 - 1)
    | st.floats(allow_nan=False)
    | TEXTS
    | TEXTS.map(Text)
    | BYTES,
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.lists(inner, max_size=3).map(tuple)
        | st.dictionaries(KEYS, inner, max_size=3)
    ),
    max_leaves=6,
)
PAIRS = st.dictionaries(TEXTS | st.sampled_from(sorted(RESERVED)), VALUES, max_size=2).map(
    lambda each: tuple(each.items())
)
RAISES = st.builds(
    Raises,
    type=TEXTS,
    args=st.none() | st.lists(VALUES, max_size=2).map(tuple),
    attributes=PAIRS,
    text=st.none() | TEXTS,
)
EXPECTED = st.none() | VALUES.map(Gives) | RAISES
CALLS = st.one_of(
    st.builds(
        Call,
        name=TEXTS.filter(bool),
        args=st.lists(VALUES, max_size=2).map(tuple),
        kwargs=PAIRS,
        expect=EXPECTED,
        prints=st.none() | TEXTS,
    ),
    st.builds(
        Call, name=TEXTS.filter(bool), is_call=st.just(False), expect=EXPECTED, prints=st.none() | TEXTS
    ),
    st.builds(lambda args: Call("request", args=args), st.lists(VALUES, max_size=5).map(tuple)),
    st.builds(
        lambda args, expect: Call("read", args=args, expect=expect),
        st.lists(VALUES, max_size=2).map(tuple),
        st.one_of(BYTES.map(Gives), RAISES, VALUES.map(Gives)),
    ),
    st.builds(
        lambda args, expect: Call("getheader", args=args, expect=expect),
        st.lists(TEXTS, min_size=1, max_size=2).map(tuple),
        EXPECTED,
    ),
)
LOOKS = st.tuples(
    st.sampled_from([200, "200", True, None]),
    st.sampled_from(["OK", Text("OK"), 1]),
    st.sampled_from([11, 1.5]),
).map(
    lambda values: [
        Call(name, is_call=False, expect=Gives(value))
        for name, value in zip(("status", "reason", "version"), values, strict=True)
    ]
)
FIELDS = st.lists(st.tuples(TEXTS, TEXTS), max_size=2).map(
    lambda pairs: Call("getheaders", expect=Fields(tuple(pairs)))
)
STRINGS = st.lists(TEXTS, max_size=2).map(tuple)
SENT = st.builds(
    Sent, line=st.none() | TEXTS, fields=STRINGS, once=STRINGS, absent=STRINGS, body=st.none() | BYTES
).filter(lambda sent: sent != Sent())


@st.composite
def responses(draw):
    if draw(st.booleans()):
        return Call("getresponse", expect=draw(RAISES), prints=draw(st.none() | TEXTS)), ()
    calls = [
        *draw(st.just([]) | LOOKS),
        *draw(st.lists(CALLS, max_size=4)),
    ]
    if draw(st.booleans()):
        # Where it can be named: behind looks and getheader, before everything else.
        looks = draw(LOOKS)[: draw(st.integers(0, 3))]
        known = [each for each in looks if type(each.expect.value) is {"reason": str}.get(each.name, int)]
        calls = [*known, draw(FIELDS), *draw(st.lists(CALLS, max_size=3))]
    return Call("getresponse", prints=draw(st.none() | TEXTS)), tuple(calls)


@st.composite
def exchanges(draw, opened):
    calls = tuple(draw(st.lists(CALLS, min_size=1, max_size=3)))
    reply = draw(st.none() | BYTES)
    connects = True if reply is not None and not opened else draw(st.booleans())
    wire, sent, then = None, None, "keep"
    if reply is not None:
        wire = draw(st.none() | BYTES)
        sent = draw(st.none() | SENT) if wire is None else None
        then = draw(st.sampled_from(["keep", "close", "reset"]))
    getresponse, response = draw(st.just((None, ())) | responses())
    return Exchange(connects, calls, wire, sent, reply, then, getresponse, response)


@st.composite
def whole(draw):
    found, opened = [], False
    for _ in range(draw(st.integers(1, 3))):
        found.append(draw(exchanges(opened)))
        opened = opened or found[-1].connects
    return Transcript(
        id=draw(st.sampled_from(["one", "two-words"])),
        title=draw(TEXTS) + "long enough",
        covers=tuple(draw(st.lists(TEXTS, min_size=1, max_size=3, unique=True))),
        notes=draw(TEXTS),
        connection=draw(PAIRS),
        exchanges=tuple(found),
        source="",
    )


@settings(
    max_examples=300, database=None, derandomize=True, deadline=None, suppress_health_check=list(HealthCheck)
)
@given(whole())
def test_whatever_is_written_is_read_as_the_same(transcript):
    assert read_back(write(transcript), transcript.id) == transcript


def one(*calls: Call, response: tuple[Call, ...] = ()) -> Transcript:
    exchange = Exchange(True, calls, None, None, b"", "keep", Call("getresponse"), response)
    return Transcript("one", "long enough", ("a.b",), "", (), (exchange,), "")


@pytest.mark.parametrize(
    ("transcript", "words"),
    [
        (one(Call("x", args=(object(),))), "has no form in a transcript"),
        (one(Call("x", args=({"data": 1},))), "'data' can be no key"),
        (one(Call("x", args=({1: 1},))), "1 can be no key"),
        (one(Call("x", args=("\ud800",))), "no character that a file can hold"),
        (one(Call("x"), response=(Call("y"), Call("getheaders", expect=Fields(())))), "before the calls"),
    ],
)
def test_what_cannot_be_written(transcript, words):
    with pytest.raises(ValueError, match=words):
        write(transcript)


def test_what_it_looks_like():
    call = Call("request", args=("GET", "/"))
    response = (
        Call("status", is_call=False, expect=Gives(200)),
        Call("getheader", args=("X",), expect=Gives("y")),
        Call("read", expect=Gives(b"hello")),
    )
    exchange = Exchange(
        True, (call,), None, None, b"HTTP/1.1 200 OK\r\n\r\nhello", "close", Call("getresponse"), response
    )
    transcript = Transcript("one", "long enough", ("a.b",), "", (), (exchange,), "")
    assert (
        write(transcript)
        == '''\
id = "one"
title = "long enough"
covers = ["a.b"]

[[exchange]]
request = ["GET", "/"]
reply = """
HTTP/1.1 200 OK\\r
\\r
hello"""
then = "close"

[exchange.response]
status = 200
header = { "X" = "y" }
body = "hello"
'''
    )


def test_bytes_that_nobody_can_read_are_base64():
    assert "base64" in write(one(Call("x", args=(bytes(range(128, 256)),))))
    assert "base64" not in write(one(Call("x", args=(b"\xff" * 16,))))


@given(TEXTS)
@settings(database=None, derandomize=True, deadline=None)
def test_quoted(text):
    assert tomllib.loads(f"x = {quoted(text)}") == {"x": text}
