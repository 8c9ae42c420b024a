"""Generated cases on requests: what is asked for is what a server reads.

Whether it is, h11 says, which knows nothing of this suite.
"""

from collections import Counter
from dataclasses import replace

import h11
from hypothesis import strategies as st

from httplib_conformance.casemark import case
from httplib_conformance.cases.strategies import (
    BODIES,
    LETTERS,
    VISIBLE,
    WORDS,
    answered,
    headers,
    replies,
    scenario,
    with_length,
)
from httplib_conformance.evidence import Deviation
from httplib_conformance.transcripts import Call, Sent
from httplib_conformance.values import shorten

METHODS = st.one_of(
    st.sampled_from(["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "PROPFIND"]),
    st.text(LETTERS.upper(), min_size=1, max_size=8).filter(lambda method: method != "CONNECT"),
)

SELECTORS = st.one_of(
    st.text(VISIBLE, max_size=20).map(lambda rest: f"/x{rest}"),
    st.sampled_from(["/", "*", "/a//b/../c?d=e&f=%20;g"]),
)

VALUES = WORDS.filter(bool)

NO_BODY = replies(st.just(b""), [with_length])
"""Replies to requests that are of no account here."""


def parsed(raw):
    """A request as h11 reads it: method, selector, headers in order, names in lower case, and body."""
    server = h11.Connection(h11.SERVER)
    server.receive_data(raw)
    request, body = None, b""
    while not isinstance(event := server.next_event(), h11.EndOfMessage):
        if isinstance(event, h11.Request):
            request = event
        elif isinstance(event, h11.Data):
            body += bytes(event.data)
        else:
            raise h11.RemoteProtocolError(f"the request has no end: {event}")
    fields = [(name.decode(), value.decode("latin-1")) for name, value in request.headers]
    return request.method.decode(), request.target.decode(), request.http_version.decode(), fields, body


def as_asked(method, selector, fields, body, *, in_order=False):
    """What looks whether h11 reads from a request what was asked for.

    Args:
        method: The method.
        selector: The selector.
        fields: Headers that it must have, among others.
        body: The body.
        in_order: Whether it must have them in this order, and no others of these names.
    """

    def looks(played):
        if not played.recording.requests:
            return  # that has been said already
        try:
            *line, found, content = parsed(played.recording.requests[0].raw)
        except h11.RemoteProtocolError as error:
            yield Deviation("the request, as h11 reads it", "a request", str(error))
            return
        if line != [method, selector, "1.1"]:
            yield Deviation(
                "the request line, as h11 reads it", f"{[method, selector, '1.1']}", shorten(line)
            )
        wanted = [(name.lower(), value) for name, value in fields]
        names = {name for name, _ in wanted}
        among = [(name, value) for name, value in found if name in names]
        if among != wanted if in_order else not set(wanted) <= set(found):
            expected = f"among others {shorten(wanted, 2000)}"
            yield Deviation("the headers, as h11 reads them", expected, shorten(found, 2000))
        if content != body:
            yield Deviation("the body, as h11 reads it", shorten(body), shorten(content))

    return looks


@case(
    "generated-requests",
    "request.line",
    "request.line.method",
    "request.line.selector",
    "request.body.string",
    "request.body.binary",
    "request.body.any-method",
    "request.headers.sent",
    "request.automatic.host",
    "request.content-length.string",
    "request.content-length.all-methods",
    "request.content-length.none.absent",
)
def test_requests(examples):
    """From the bytes of a request a server reads the method, selector, headers and body that were given."""

    @st.composite
    def scenarios(draw):
        method, selector = draw(METHODS), draw(SELECTORS)
        fields = tuple((name, draw(VALUES)) for name, _ in draw(headers()))
        body = draw(st.none() | BODIES)
        given = (method, selector, body, dict(fields))
        length = 0 if body is None and method in {"PUT", "POST", "PATCH"} else None
        if body is not None:
            length = len(body)
        counted = [] if length is None else [("Content-Length", length)]
        sent = Sent(
            line=f"{method} {selector} HTTP/1.1",
            fields=tuple(f"{name}: {value}" for name, value in (*fields, *counted)),
            once=("Host", "Accept-Encoding", *(name for name, _ in fields)),
            absent=("Content-Length",) if length is None else (),
            body=body or b"",
        )
        exchange = answered(draw(NO_BODY), ())
        return scenario(
            replace(exchange, calls=(Call("request", args=given),), sent=sent),
            looks=as_asked(method, selector, fields, body or b""),
        )

    examples.check(scenarios())


@case(
    "generated-steps",
    "steps.putrequest.line",
    "steps.putrequest.skip-host",
    "steps.putrequest.skip-accept-encoding",
    "steps.putheader.line",
    "steps.putheader.continuation",
    "steps.putheader.order",
    "steps.putheader.repeated",
    "steps.endheaders.blank-line",
    "steps.endheaders.message-body",
    "steps.send",
    "steps.send.repeated",
)
def test_steps(examples):
    """From a request that was sent step by step a server reads what each step gave, in that order."""

    @st.composite
    def scenarios(draw):
        method, selector, body = draw(METHODS), draw(SELECTORS), draw(BODIES)
        fields = draw(st.permutations([("Host", "example.com"), ("Content-Length", str(len(body)))]))
        lines = [(name, (value,)) for name, value in fields]
        for name in draw(st.lists(st.sampled_from(["X-One", "X-Two", "x-one"]), max_size=4)):
            values = tuple(draw(st.lists(VALUES, min_size=1, max_size=3)))
            lines.insert(draw(st.integers(0, len(lines))), (name, values))
        cut = draw(st.integers(0, len(body)))
        in_steps = [Call("endheaders"), Call("send", args=(body[:cut],)), Call("send", args=(body[cut:],))]
        ending = [Call("endheaders", args=(body,))] if draw(st.booleans()) else in_steps
        calls = (
            Call("putrequest", args=(method, selector, True, True)),
            *(Call("putheader", args=(name, *values)) for name, values in lines),
            *ending,
        )
        unfolded = [(name, " ".join(values)) for name, values in lines]
        times = Counter(name.lower() for name, _ in lines)
        sent = Sent(
            line=f"{method} {selector} HTTP/1.1",
            fields=tuple(f"{name}: {values[0]}" for name, values in lines if len(values) == 1),
            once=tuple(name for name, _ in lines if times[name.lower()] == 1),
            absent=("Accept-Encoding",),
            body=body,
        )
        exchange = answered(draw(NO_BODY), ())
        return scenario(
            replace(exchange, calls=calls, sent=sent),
            looks=as_asked(method, selector, unfolded, body, in_order=True),
        )

    examples.check(scenarios())
