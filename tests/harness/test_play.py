"""Transcripts played: deliberately wrong implementations, each by name, and what is said of them.

The good implementation is the reference; each wrong one is the reference with one thing changed.
"""
# ruff: noqa: E501 (a row of a table is a line)

import socket
import sys
from types import ModuleType, SimpleNamespace

import httplib27
import pytest
from httplib_conformance import transcripts
from httplib_conformance.channels import AgentDied, AgentTimedOut
from httplib_conformance.engine import Engine, Target
from httplib_conformance.evidence import Deviates, Evidence, Unsupported
from httplib_conformance.play import compare_call, equal, matches_exception, play, split_head
from httplib_conformance.protocol import Observation, Raised
from httplib_conformance.segmentation import EVERY_BYTE_UP_TO, FAR, MOST_CUTS, NEAR, at_borders, byte_by_byte
from httplib_conformance.transcripts import Call, Fields, Gives, Raises
from httplib_conformance.values import Native

SECONDS = 60

HEAD = 'id = "tried"\ntitle = "Something is as it should be"\ncovers = ["module.name"]\n'

PLAIN = r"""
[[exchange]]
request = ["GET", "/"]
sent = { line = "GET / HTTP/1.1", fields = ["Host: {authority}"], once = ["Accept-Encoding"], absent = ["Connection"], body = "" }
reply = "HTTP/1.1 200 OK\r\nContent-Length: 5\r\nA: b\r\n\r\nhello"
response = { status = 200, reason = "OK", version = 11, header = { A = "b", B = { none = true } }, headers = [["a", "b"], ["Content-Length", "5"]], body = "hello" }
"""

EXACT = r"""
[[exchange]]
request = ["POST", "/", "body"]
wire = "POST / HTTP/1.1\r\nHost: {authority}\r\nAccept-Encoding: identity\r\nContent-Length: 4\r\n\r\nbody"
reply = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\n\r\n"
response = { status = 200, reads = [{ amt = 2, gives = "ab" }, { gives = "c" }, { gives = "" }] }
"""

TWICE = PLAIN + PLAIN + "connects = false\n"

TWO_CONNECTIONS = r"""
[[exchange]]
request = ["GET", "/1"]
reply = "HTTP/1.0 200 OK\r\n\r\none"
then = "close"
response = { body = "one" }

[[exchange]]
connects = true
request = ["GET", "/2"]
reply = "HTTP/1.0 200 OK\r\n\r\ntwo"
then = "close"
response = { body = "two" }
"""

RAISES = r"""
connection = { strict = true }
[[exchange]]
calls = [{ call = "getresponse", raises = "ResponseNotReady" }]
[[exchange]]
request = ["GET", "/"]
reply = "nonsense"
then = "close"
response = { raises = { type = "BadStatusLine", args = ["nonsense"], attributes = { line = "nonsense" } } }
"""

PRINTS = r"""
[[exchange]]
calls = [{ call = "set_debuglevel", args = [0], prints = "" }, { call = "request", args = ["GET", "/"], prints = "" }]
reply = "HTTP/1.1 204 No Content\r\n\r\n"
response = { prints = "", status = 204 }
"""

RESET = r"""
[[exchange]]
request = ["GET", "/"]
reply = ""
then = "reset"
response = { raises = "socket.error" }
"""

UNFRAMED = r"""
[[exchange]]
calls = [
    { call = "putrequest", args = ["PUT", "/"] },
    { call = "endheaders" },
    { call = "send", args = ["12345"] },
]
sent = { line = "PUT / HTTP/1.1", body = "12345" }
reply = "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n"
response = { body = "" }
"""
UNFRAMED_WIRE = UNFRAMED.replace(
    'sent = { line = "PUT / HTTP/1.1", body = "12345" }',
    r'wire = "PUT / HTTP/1.1\r\nHost: {authority}\r\nAccept-Encoding: identity\r\n\r\n12345"',
)

PLACEHOLDERS = r"""
[[exchange]]
request = ["GET", "/{port}", "{host}", { "X-{port}" = "{authority}" }]
sent = { line = "GET /{port} HTTP/1.1", fields = ["X-{port}: {authority}"], once = ["Content-Length"], body = "{host}" }
reply = "HTTP/1.1 204 No Content\r\n\r\n"
response = { status = 204 }
"""

GOOD = {
    "plain": PLAIN,
    "exact": EXACT,
    "twice": TWICE,
    "two connections": TWO_CONNECTIONS,
    "raises": RAISES,
    "prints": PRINTS,
    "reset": RESET,
    "unframed": UNFRAMED,
    "unframed wire": UNFRAMED_WIRE,
    "request headers": PLAIN.replace(
        '"GET", "/"', '"GET", "/", { none = true }, { A = "{host}", B = [1] }', 1
    )
    .replace('"Host: {authority}"', '"Host: {authority}", "A: {host}"')
    .replace("B = [1]", 'B = "b"'),
    "placeholders": PLACEHOLDERS,
    "source address": PLAIN.replace(
        "\n[[", '\nconnection = { source_address = { tuple = ["{host}", 0] } }\n[[', 1
    ),
}


def response(change):
    """The reference, but something is done to each response before it is given."""

    class HTTPConnection(httplib27.HTTPConnection):
        def getresponse(self, *args, **kwargs):
            given = super().getresponse(*args, **kwargs)
            return change(given) or given

    return {"HTTPConnection": HTTPConnection}


def attribute(name, value):
    """The reference, but its responses have another value in an attribute."""
    return response(lambda given: setattr(given, name, value))


def send(change):
    """The reference, but what it sends is changed on its way."""

    class HTTPConnection(httplib27.HTTPConnection):
        def send(self, data):
            data = change(data if isinstance(data, bytes) else data.encode())
            if data is not None:
                super().send(data)

    return {"HTTPConnection": HTTPConnection}


def replace(old, new):
    return send(lambda data: data.replace(old, new))


def raising(error):
    """The reference, but getresponse() raises something else."""

    class HTTPConnection(httplib27.HTTPConnection):
        def getresponse(self):
            raise error

    return {"HTTPConnection": HTTPConnection}


def fail(error):
    raise error


class Impostor(Exception):
    """No exception of httplib."""


class OtherWords(httplib27.HTTPConnection):
    """Raises the right class with other arguments."""

    def getresponse(self):
        if self.sock is None:
            return super().getresponse()
        raise httplib27.BadStatusLine("other")


class Forgiving(httplib27.HTTPConnection):
    """Raises nothing where it should."""

    def getresponse(self):
        return 7


class Chatty(httplib27.HTTPConnection):
    """Prints what nobody asked for."""

    def request(self, *args):
        print("request")
        super().request(*args)

    def getresponse(self, *args):
        print("getresponse")
        return super().getresponse(*args)


class TwoConnections(httplib27.HTTPConnection):
    """Opens one more connection than it needs."""

    def connect(self):
        super().connect()
        self.other = socket.create_connection((self.host, self.port))

    def close(self):
        self.other.close()
        super().close()


class Lazy(httplib27.HTTPConnection):
    """Sends nothing, and makes its responses up."""

    def request(self, *args):
        pass

    def getresponse(self):
        return SimpleNamespace(read=lambda: b"one")


class OneRead(httplib27.HTTPConnection):
    """Takes what the first recv() gives for the whole reply."""

    def getresponse(self):
        reply = self.sock.recv(65536)
        head, _, body = reply.partition(b"\r\n\r\n")
        return SimpleNamespace(
            status=200,
            reason="OK",
            version=11,
            getheader=lambda name: "b" if name == "A" and b"A: b" in head else None,
            getheaders=lambda: [("A", "b"), ("Content-Length", "5")],
            read=lambda: body,
        )


WRONG = {
    "status": (PLAIN, attribute("status", 201), "response: status", "200", "201"),
    "status-as-text": (PLAIN, attribute("status", "200"), "response: status", "200", "'200'"),
    "reason": (PLAIN, attribute("reason", "ok"), "response: reason", "'OK'", "'ok'"),
    "reason-as-bytes": (PLAIN, attribute("reason", b"OK"), "response: reason", "'OK'", "b'OK'"),
    "version": (PLAIN, attribute("version", 10), "response: version", "11", "10"),
    "header": (PLAIN, attribute("getheader", lambda _: "c"), "response: getheader('A')", "'b'", "'c'"),
    "header-invented": (
        PLAIN,
        attribute("getheader", lambda _: "b"),
        "response: getheader('B')",
        "None",
        "'b'",
    ),
    "headers": (
        PLAIN,
        attribute("getheaders", lambda: [("a", "b")]),
        "response: getheaders()",
        "in any order [('a', 'b'), ('Content-Length', '5')]",
        "[('a', 'b')]",
    ),
    "headers-no-list": (
        PLAIN,
        attribute("getheaders", lambda: 7),
        "response: getheaders()",
        "in any order",
        "7",
    ),
    "headers-no-pairs": (
        PLAIN,
        attribute("getheaders", lambda: [7]),
        "response: getheaders()",
        "in any",
        "[7]",
    ),
    "headers-as-bytes": (
        PLAIN,
        attribute("getheaders", lambda: [(b"a", b"b")]),
        "response: getheaders()",
        "in",
        "[(b",
    ),
    "body": (PLAIN, attribute("read", lambda: b"hellO"), "response: read()", "b'hello'", "b'hellO'"),
    "body-as-text": (PLAIN, attribute("read", lambda: "hello"), "response: read()", "b'hello'", "'hello'"),
    "body-raises": (
        PLAIN,
        attribute("read", lambda: fail(httplib27.IncompleteRead(b"he"))),
        "response: read()",
        "b'hello'",
        "raised IncompleteRead(b'he'",
    ),
    "reads": (EXACT, attribute("read", lambda *_: b"abc"), "response: read(2)", "b'ab'", "b'abc'"),
    "later-reads": (EXACT, attribute("read", lambda n=3: b"abc"[:n]), "response: read()", "b'c'", "b'abc'"),
    "no-constructor": (
        PLAIN,
        {"HTTPConnection": None},
        "the constructor: HTTPConnection('{host}', ",
        "no exception",
        "raised TypeError(",
    ),
    "no-name": (PLAIN, {}, "the name: HTTPConnection", "no exception", "raised AttributeError("),
    "no-response": (
        PLAIN,
        raising(TypeError("x")),
        "connection: getresponse()",
        "no exception",
        "raised TypeError('x')",
    ),
    "raises-class": (
        RAISES,
        raising(Impostor()),
        "exchange 1, connection: getresponse()",
        "raised ResponseNotReady",
        "raised Impostor()",
    ),
    "raises-base": (
        RAISES,
        raising(httplib27.HTTPException()),
        "exchange 1, connection: getresponse()",
        "raised ResponseNotReady",
        "raised HTTPException()",
    ),
    "raises-nothing": (
        RAISES,
        {"HTTPConnection": Forgiving},
        "exchange 1, connection: getresponse()",
        "raised ResponseNotReady",
        "7",
    ),
    "raises-arguments": (
        RAISES,
        {"HTTPConnection": OtherWords},
        "exchange 2, connection: getresponse()",
        "raised BadStatusLine('nonsense', line='nonsense')",
        "raised BadStatusLine('other')",
    ),
    "prints": (
        PRINTS,
        {"HTTPConnection": Chatty},
        "connection: request('GET', '/'), what it prints",
        "''",
        "'request\\n'",
    ),
    "getresponse-prints": (
        PRINTS,
        {"HTTPConnection": Chatty},
        "connection: getresponse(), what it prints",
        "''",
        "'getresponse\\n'",
    ),
    "request-line": (
        PLAIN,
        replace(b"GET", b"get"),
        "the request, request line",
        "'GET / HTTP/1.1'",
        "'get / HTTP/1.1'",
    ),
    "field": (
        PLAIN,
        replace(b"Host: 1", b"Host: 2"),
        "the request, header section",
        "with the field line 'Host: 127.0.0.1:",
        "'Host: 227.0.0.1:",
    ),
    "field-twice": (
        PLAIN,
        replace(b"\r\n\r\n", b"\r\naccept-encoding: x\r\n\r\n"),
        "the request, header section",
        "with Accept-Encoding once",
        "'accept-encoding: x'",
    ),
    "field-too-many": (
        PLAIN,
        replace(b"\r\n\r\n", b"\r\nconnection: x\r\n\r\n"),
        "the request, header section",
        "without Connection",
        "'connection: x'",
    ),
    "no-field": (
        PLAIN,
        send(lambda _: b"GET / HTTP/1.1\r\n\r\n"),
        "the request, header section",
        "with Accept-Encoding once",
        "no field at all",
    ),
    "body-sent": (UNFRAMED, replace(b"12345", b"54321"), "the request, body", "b'12345'", "b'54321'"),
    "wire": (
        EXACT,
        replace(b"identity", b"gzip"),
        "the request, byte for byte",
        "Accept-Encoding: identity",
        "Accept-Encoding: gzip",
    ),
    "surplus": (
        PLAIN,
        send(lambda data: data + b"\r\n"),
        "bytes sent on connection 0 beyond its requests",
        "none",
        r"b'\r\n'",
    ),
    "no-connection": (
        TWO_CONNECTIONS,
        {"HTTPConnection": Lazy},
        "the conversation",
        "as the transcript has it",
        "the client never opened connection 0",
    ),
    "connection-too-many": (
        PLAIN,
        {"HTTPConnection": TwoConnections},
        "the conversation",
        "as the transcript has it",
        "",
    ),
}


@pytest.fixture
def played(tmp_path, monkeypatch):
    """Returns a function that plays a transcript to a module of these names, and gives the evidence."""
    engines = []

    def run(text, names, seconds=SECONDS):
        file = tmp_path / "tried.toml"
        file.write_text(HEAD + text.lstrip(), "utf-8")
        module = ModuleType("tried_implementation")
        vars(module).update(names)
        monkeypatch.setitem(sys.modules, module.__name__, module)
        engines.append(Engine(Target(module=module.__name__, in_process=True)))
        evidence = Evidence()
        with engines[-1].case(seconds):
            try:
                play(transcripts.load(file), engines[-1], evidence)
            except Deviates:
                assert evidence.deviations
            else:
                assert evidence.deviations == []
        return evidence

    yield run
    for engine in engines:
        engine.close()


@pytest.mark.parametrize("name", GOOD)
def test_the_reference_passes(played, name):
    evidence = played(GOOD[name], vars(httplib27))
    assert evidence.deviations == []
    assert evidence.wire == []


@pytest.mark.parametrize("name", WRONG)
def test_a_wrong_implementation_is_found_out(played, name):
    text, names, what, expected, observed = WRONG[name]
    evidence = played(text, names)
    found = [each for each in evidence.deviations if what in each.what]
    assert found, evidence.deviations
    assert any(expected in each.expected and observed in each.observed for each in found), found
    assert evidence.segmentation == "whole"
    assert len(evidence.wire) == 1


def test_what_is_wrong_only_when_cut_is_found_out(played):
    evidence = played(PLAIN, {"HTTPConnection": OneRead})
    assert evidence.segmentation == "byte by byte"
    assert "response: read()" in [each.what for each in evidence.deviations]
    assert "bytes in" in evidence.wire[0] or "<  H" in evidence.wire[0]


REFUSED = """
[[exchange]]
calls = [{ call = "putheader", args = ["A", "b"], raises = "CannotSendHeader" }]
"""


@pytest.mark.parametrize(("text", "times"), [(REFUSED, 1), (PLAIN, 3)])
def test_it_is_played_once_for_each_way_to_cut(played, text, times):
    made = []

    class HTTPConnection(httplib27.HTTPConnection):
        def __init__(self, *args, **kwargs):
            super().__init__(*args, **kwargs)
            made.append(self)

    played(text, {"HTTPConnection": HTTPConnection})
    assert len(made) == times


def test_a_step_that_could_not_be_carried_out_deviates_only_once(played):
    (deviation,) = [
        each
        for each in played(PLAIN, raising(ValueError("x"))).deviations
        if each.what != "the conversation" and "request" not in each.what
    ]
    assert deviation.what == "connection: getresponse()"


def test_a_transcript_that_hangs(played):
    class HTTPConnection(httplib27.HTTPConnection):
        def getresponse(self):
            self.sock.recv(100000)
            self.sock.recv(1)

    with pytest.raises(AgentTimedOut):
        played(PLAIN, {"HTTPConnection": HTTPConnection}, seconds=0.3)


def test_a_transcript_that_costs_the_agent(tmp_path):
    """The wire log tells how far it came."""
    (tmp_path / "fatal.py").write_text(
        "import os, httplib27\n"
        "class HTTPConnection(httplib27.HTTPConnection):\n"
        "    def getresponse(self):\n"
        "        os._exit(3)\n"
    )
    (tmp_path / "tried.toml").write_text(HEAD + PLAIN.lstrip(), "utf-8")
    setup = f"import sys; sys.path.insert(0, {str(tmp_path)!r})"
    engine, evidence = Engine(Target(module="fatal", setup=setup)), Evidence()
    with pytest.raises(AgentDied), engine.case(SECONDS):
        play(transcripts.load(tmp_path / "tried.toml"), engine, evidence)
    assert r">  GET / HTTP/1.1\r\n" in evidence.wire[0]


# -- comparing

RAISED = Raised(("m.E", "exceptions.IOError", "exceptions.Exception"), ("a", 1), {"line": "a"}, "words")


@pytest.mark.parametrize(
    ("expected", "matches"),
    [
        (Raises("E"), True),
        (Raises("m.E"), True),
        (Raises("n.E"), False),
        (Raises("OSError"), True),
        (Raises("IOError"), True),
        (Raises("socket.error"), True),
        (Raises("ValueError"), False),
        (Raises("E", args=("a", 1)), True),
        (Raises("E", args=("a",)), False),
        (Raises("E", args=()), False),
        (Raises("E", attributes=(("line", "a"),)), True),
        (Raises("E", attributes=(("line", "b"),)), False),
        (Raises("E", attributes=(("other", None),)), False),
        (Raises("E", text="words"), True),
        (Raises("E", text="word"), False),
    ],
)
def test_exceptions_that_are_expected(expected, matches):
    assert matches_exception(expected, RAISED) is matches
    found = list(compare_call(Call("x", expect=expected), Observation("1", raised=RAISED), "it"))
    assert len(found) == (not matches)
    assert all(each.observed == "raised E('a', 1)" for each in found)


@pytest.mark.parametrize(
    ("expected", "observed", "same"),
    [
        (1, 1, True),
        (1, True, True),
        ("1", b"1", False),
        ("1", 1, False),
        (None, False, False),
        (b"a", Native("a"), True),
        ("a", Native("a"), True),
        (("a", b"b"), (Native("a"), Native("b")), True),
        ([1], (1,), False),
        ([("a", "b")], [(Native("a"), Native("b"))], True),
    ],
)
def test_values_that_are_equal(expected, observed, same):
    assert equal(expected, observed) is same
    assert (
        len(list(compare_call(Call("x", expect=Gives(expected)), Observation("1", observed), "it"))) != same
    )


def test_values_are_shown_with_their_kind():
    (deviation,) = compare_call(Call("x", expect=Gives(b"a")), Observation("1", Native("b")), "it")
    assert (deviation.expected, deviation.observed) == ("b'a'", "'b' (native)")


def test_no_exception_where_one_is_expected():
    (deviation,) = compare_call(Call("x", expect=Raises("E")), Observation("1", 7), "it")
    assert (deviation.what, deviation.expected, deviation.observed) == ("it: x()", "raised E", "7")


def test_fields_are_compared_without_order_and_letter_case():
    call = Call("getheaders", expect=Fields((("A", "x"), ("b", "y"))))
    assert not list(compare_call(call, Observation("1", [("B", "y"), ("a", "x")]), "it"))
    assert len(list(compare_call(call, Observation("1", [("B", "Y"), ("a", "x")]), "it"))) == 1


def test_what_an_agent_does_not_support():
    with pytest.raises(Unsupported, match="no such step"):
        list(compare_call(Call("x"), Observation("1", unsupported="no such step"), "it"))


def test_observations_in_words():
    assert str(Observation("1", raised=RAISED)) == "raised E('a', 1)"
    assert str(Observation("1", skipped="0")) == "not carried out: an earlier step failed"
    assert str(Observation("1", unsupported="x")) == "unsupported: x"
    assert str(Observation("1", b"x")) == "b'x'"


def test_the_parts_of_a_head():
    assert split_head("GET / HTTP/1.1\r\nA: b\r\n c\r\nD: e\r\n\r\n") == (
        "GET / HTTP/1.1",
        ["A: b\r\n c", "D: e"],
    )


# -- cutting


def test_borders():
    reply = b"HTTP/1.1 200 OK\r\nA: b\r\n\r\n3\r\nabc\r\n"
    cuts = at_borders(reply)
    assert {3, 9, 11, 16, 17, 18, 19, 22, 23}.issubset(cuts)
    assert list(cuts) == sorted(set(cuts))
    assert 0 not in cuts
    assert len(reply) not in cuts
    assert at_borders(b"") == at_borders(b"x") == ()


def test_every_byte_of_what_is_not_long():
    assert byte_by_byte(b"") == byte_by_byte(b"x") == ()
    assert byte_by_byte(b"abcd") == (1, 2, 3)
    assert byte_by_byte(bytes(EVERY_BYTE_UP_TO)) == tuple(range(1, EVERY_BYTE_UP_TO))


def test_of_long_data_the_ends_are_cut_at_every_byte():
    size = 3 * FAR
    assert byte_by_byte(bytes(size)) == (*range(1, NEAR + 1), FAR, 2 * FAR, *range(size - NEAR, size))


def test_of_a_long_reply_the_structure_is_cut_at_every_byte():
    head = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
    reply = head + b"1000\r\n%b\r\n1000\r\n%b\r\n0\r\n\r\n" % (bytes(4096), bytes(4096))
    cuts = byte_by_byte(reply)
    assert set(range(1, len(head) + 6 + NEAR)) <= set(cuts)
    between = reply.index(b"\r\n1000\r\n", len(head) + 4096)
    assert set(range(between - NEAR + 1, between + 8 + NEAR)) <= set(cuts)
    assert set(range(len(reply) - NEAR, len(reply))) <= set(cuts)
    assert len(cuts) < 700
    assert list(cuts) == sorted(set(cuts))


def test_the_number_of_cuts_is_bounded():
    cuts = byte_by_byte(b"\r\n" * 100_000)
    half = MOST_CUTS // 2
    assert cuts == (*range(1, half + 1), *range(200_000 - half, 200_000))
