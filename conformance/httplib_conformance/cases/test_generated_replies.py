"""Generated cases on replies: whatever a server sends, a client makes the same of it."""

from dataclasses import replace

from hypothesis import strategies as st

from httplib_conformance.casemark import case
from httplib_conformance.cases.strategies import (
    BODIES,
    CUTS,
    answered,
    chunked,
    headers,
    recased,
    replies,
    scenario,
    to_end,
    transcript,
    with_length,
)
from httplib_conformance.evidence import Deviation
from httplib_conformance.transcripts import Call, Fields, Gives
from httplib_conformance.values import shorten

AMOUNTS = st.lists(st.sampled_from([1, 2, 3, 5, 16, 100, 5000]), min_size=1, max_size=8)


@case(
    "generated-cuts",
    "response.status",
    "response.reason",
    "response.version.10",
    "response.version.11",
    "response.getheader",
    "response.read.whole",
)
def test_cuts(examples):
    """What a reply says does not depend on where the network cuts it."""

    @st.composite
    def scenarios(draw):
        reply = draw(replies())
        return scenario(answered(reply, (*reply.looks, *reply.read)), cuts=draw(CUTS))

    examples.check(scenarios())


@case(
    "generated-bodies",
    "response.read.any-bytes",
    "framing.length",
    "framing.chunked",
    "framing.chunked.size.upper-case",
    "framing.chunked.size.lower-case",
    "framing.chunked.size.leading-zeros",
    "framing.chunked.extensions",
    "framing.chunked.trailers",
    "framing.chunked.data-like-framing",
    "framing.to-end",
)
def test_bodies(examples):
    """A body is the same in whichever way it is framed."""

    @st.composite
    def scenarios(draw):
        body = draw(BODIES)
        exchanges = []
        for framing in draw(st.permutations([with_length, chunked, to_end])):
            reply = replace(draw(replies(st.just(body), [framing])), version=11, closes=True)
            closing = replace(reply, headers=(*reply.headers, ("Connection", "close")))
            exchanges.append(answered(closing, closing.read))
        return scenario(*exchanges, cuts=draw(CUTS))

    examples.check(scenarios())


@case(
    "generated-reads",
    "response.read.amt",
    "response.read.amt.next",
    "response.read.amt.rest",
    "response.read.at-end",
    "framing.chunked.amt",
)
def test_reads(examples):
    """What several reads give is together what one read of the whole body gives."""

    @st.composite
    def scenarios(draw):
        reply = draw(replies())
        amounts = draw(AMOUNTS)

        def looks(played):
            # The steps: name, constructor, request, getresponse, the reads, release.
            pieces = [each.value for each in played.observations[4:-1]]
            for amount, piece in zip(amounts, pieces, strict=False):
                if len(piece) > amount:
                    yield Deviation(f"response: read({amount})", "at most as many bytes", shorten(piece))
            joined = b"".join(each if isinstance(each, bytes) else each.encode("latin-1") for each in pieces)
            if joined != reply.body:
                yield Deviation("response: what all reads give", shorten(reply.body), shorten(joined))

        anything = [Call("read", args=(amount,)) for amount in amounts]
        loose = answered(reply, (*anything, Call("read"), Call("read", expect=Gives(b""))))
        exact = answered(reply, (*exact_reads(reply.body, amounts), Call("read", expect=Gives(b""))))
        return scenario(loose, cuts=draw(CUTS), looks=looks, saved=transcript(exact))

    examples.check(scenarios())


def exact_reads(body, amounts):
    """Reads of so many bytes each, and of the rest, with just what they give."""
    calls, at = [], 0
    for amount in amounts:
        calls.append(Call("read", args=(amount,), expect=Gives(body[at : at + amount])))
        at += amount
    return (*calls, Call("read", expect=Gives(body[at:])))


@case(
    "generated-exact-reads",
    "response.read.amt.full",
    "response.read.amt.beyond",
    "response.read.amt.exact",
    "response.read.amt.rest",
)
def test_exact_reads(examples):
    """Each read with a number gives just as many bytes, as long as there are so many."""

    @st.composite
    def scenarios(draw):
        reply = draw(replies())
        return scenario(answered(reply, exact_reads(reply.body, draw(AMOUNTS))), cuts=draw(CUTS))

    examples.check(scenarios())


@case(
    "generated-headers",
    "response.getheader",
    "response.getheader.case",
    "response.getheader.missing",
    "response.getheader.empty",
    "response.getheaders",
    "response.getheaders.all",
    "framing.length.name-case",
)
def test_headers(examples):
    """Neither the order of headers nor the letter case of their names changes what they say."""

    @st.composite
    def scenarios(draw):
        reply = draw(replies())
        fields = draw(st.permutations([(draw(recased(name)), value) for name, value in reply.headers]))
        shuffled = replace(reply, headers=tuple(fields))
        asked = [
            Call("getheader", args=(draw(recased(name)),), expect=Gives(value))
            for name, value in reply.headers
        ]
        missing = Call("getheader", args=("Missing",), expect=Gives(None))
        every = Call("getheaders", expect=Fields(reply.headers))
        return scenario(answered(shuffled, (*asked, missing, every, *reply.read)), cuts=draw(CUTS))

    examples.check(scenarios())


@case(
    "generated-replies-without-body",
    "framing.head",
    "framing.no-content",
    "framing.not-modified",
    "response.read.head",
)
def test_without_body(examples):
    """A reply that has no body has none, whatever its headers announce."""

    @st.composite
    def scenarios(draw):
        announcing = st.one_of(with_length(b"x" * draw(st.integers(1, 200))), to_end(b""))
        method = draw(st.sampled_from(["HEAD", "GET"]))
        framed = draw(st.one_of(announcing, chunked(b"data")) if method == "HEAD" else announcing)
        reply = draw(replies(st.just(b""), [lambda _: st.just(replace(framed, wire=b""))]))
        if method == "GET":
            reply = replace(reply, status=draw(st.sampled_from([204, 304])))
        kept = replace(reply, version=11, closes=False)
        return scenario(answered(kept, (*kept.looks, *kept.read), method), cuts=draw(CUTS))

    examples.check(scenarios())


@case(
    "generated-continue",
    "framing.continue",
    "framing.continue.several",
    "framing.continue.headers",
)
def test_continue(examples):
    """Any number of replies with status 100 is passed over, whatever headers they have."""

    @st.composite
    def scenarios(draw):
        reply = draw(replies())
        before = b""
        for fields in draw(st.lists(headers(), min_size=1, max_size=3)):
            lines = "".join(f"{name}-Before: {value}\r\n" for name, value in fields)
            before += f"HTTP/1.1 100 Continue\r\n{lines}\r\n".encode("ascii")
        every = Call("getheaders", expect=Fields(reply.headers))
        exchange = answered(reply, (*reply.looks, every, *reply.read))
        return scenario(replace(exchange, reply=before + reply.wire), cuts=draw(CUTS))

    examples.check(scenarios())


@case(
    "generated-keep-alive",
    "persistence.11.default",
    "persistence.11.close",
    "persistence.11.chunked",
    "persistence.11.no-length",
    "persistence.10.default",
    "persistence.10.keep-alive",
    "persistence.10.keep-alive.no-length",
    "persistence.reopens",
)
def test_keep_alive(examples):
    """Whether the next request goes over the same connection follows from the replies alone."""

    @st.composite
    def scenarios(draw):
        exchanges, connects = [], True
        for reply in draw(st.lists(replies(), min_size=2, max_size=5)):
            word = draw(st.sampled_from(["", "close"] if reply.version == 11 else ["", "keep-alive"]))
            fields = reply.headers
            if word:
                fields = (*fields, (draw(recased("Connection")), draw(recased(word))))
            bounded = reply.framed.header is not None
            kept = bounded and (word == "" if reply.version == 11 else word == "keep-alive")
            told = replace(reply, headers=fields, closes=not kept)
            exchanges.append(answered(told, (*told.looks, *told.read), connects=connects))
            connects = not kept
        return scenario(*exchanges, cuts=draw(CUTS))

    examples.check(scenarios())
