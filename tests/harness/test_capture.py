"""What is captured from a server, and made of it; the servers are scripts."""

import itertools
import re
import signal
import socket
import threading
from contextlib import contextmanager
from dataclasses import replace

import pytest
from httplib_conformance import capture, transcripts
from httplib_conformance.capture import CannotRecord, NotAnswered, Subject, record
from httplib_conformance.engine import Engine, Target
from httplib_conformance.evidence import Deviates, Evidence
from httplib_conformance.play import play
from httplib_conformance.reply_reader import MOST
from httplib_conformance.shots import SHOTS, TEXT, Ask, Shot
from httplib_conformance.transcript_writer import write
from httplib_servers import Accept, AwaitBytes, AwaitRequest, Close, ReplayServer, Reset, Send, Stall
from httplib_servers.relay import Relay
from httplib_servers.unreachable import Refuses

OK = b"HTTP/1.1 200 OK\r\n"
SHORT = OK + b"Content-Length: 17\r\nA: 1\r\nB: 2\r\nA: 3\r\n\r\nseventeen letters"
CHUNKED = OK + b"Transfer-Encoding: chunked\r\n\r\n3\r\none\r\n0\r\n\r\n"
LAST = OK + b"Content-Length: 2\r\nConnection: close\r\n\r\nok"
TO_END = OK + b"\r\nto the end"
HTTP_10 = b"HTTP/1.0 200 OK\r\nContent-Length: 2\r\n\r\nok"
SECONDS = 60
CONTINUE = b"HTTP/1.1 100 Continue\r\n\r\n"
GRANTED = b"HTTP/1.1 200 Connection established\r\nVia: proxy\r\n\r\n"
REFUSED = b"HTTP/1.1 502 Bad Gateway\r\nContent-Length: 2\r\n\r\nno"


@contextmanager
def subject(*script, **more):
    """A server that plays a script."""
    with ReplayServer(list(script)) as server:
        yield Subject("fake", "a fake", "1.0", "none", server.host, server.port, str, "site.example", **more)


def one(reply, *then, on=0):
    """The script for one request on a connection of its own."""
    return Accept(), AwaitRequest(on=on), Send(reply, on=on), *(then or (Stall(on=on),))


def saved(transcript, tmp_path):
    """The transcript as it is read from the file that is written of it."""
    file = tmp_path / f"{transcript.id}.toml"
    file.write_text(write(transcript), "utf-8")
    read = transcripts.load(file)
    assert replace(read, source="") == transcript
    return read


def passes(transcript) -> bool:
    """Whether the reference does what a transcript says, in every segmentation."""
    engine = Engine(Target("httplib27", in_process=True))
    try:
        with engine.case(SECONDS):
            play(transcript, engine, Evidence())
    except Deviates:
        return False
    finally:
        engine.close()
    return True


@pytest.mark.parametrize(
    ("name", "script", "covers", "thens"),
    [
        ("get-length", [*one(SHORT)], ["framing.length"], ["keep"]),
        ("get-length", [*one(LAST, Close())], ["framing.length"], ["close"]),
        ("get-length", [*one(TO_END, Close())], ["framing.to-end"], ["close"]),
        ("get-length", [*one(TO_END.replace(b"/1.1", b"/1.0"), Close())], ["framing.to-end.10"], ["close"]),
        ("get-chunked", [*one(CHUNKED)], ["framing.chunked"], ["keep"]),
        ("head", [*one(SHORT.removesuffix(b"seventeen letters"))], ["framing.head"], ["keep"]),
        ("no-content", [*one(b"HTTP/1.1 204 No Content\r\n\r\n")], ["framing.no-content"], ["keep"]),
        ("not-modified", [*one(b"HTTP/1.1 304 Not Modified\r\n\r\n")], ["framing.not-modified"], ["keep"]),
        (
            "not-found",
            [*one(b"HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n")],
            ["response.status.error-codes", "framing.length"],
            ["keep"],
        ),
        ("post", [*one(SHORT)], ["framing.length"], ["keep"]),
        (
            "keep-alive",
            [
                Accept(),
                AwaitRequest(),
                Send(SHORT),
                AwaitRequest(),
                Send(CHUNKED),
                AwaitRequest(),
                Send(SHORT),
            ],
            ["framing.length", "framing.chunked", "persistence.11.default"],
            ["keep", "keep", "keep"],
        ),
        (
            "close",
            [*one(LAST, Close()), *one(SHORT, on=1)],
            ["framing.length", "persistence.11.close", "persistence.reopens"],
            ["close", "keep"],
        ),
        (
            "close",
            [*one(TO_END, Close()), *one(SHORT, on=1)],
            ["framing.to-end", "framing.length", "persistence.11.no-length", "persistence.reopens"],
            ["close", "keep"],
        ),
        (
            "close",
            [*one(HTTP_10, Close()), *one(HTTP_10, Close(on=1), on=1)],
            ["framing.length", "persistence.10.default", "persistence.reopens"],
            ["close", "close"],
        ),
        ("close", [*one(SHORT, Close())], ["framing.length"], ["close"]),
        ("http-10", [*one(SHORT, Close())], ["framing.length"], ["close"]),
        ("http-10", [*one(SHORT, Reset())], ["framing.length"], ["close"]),
        (
            "expect-continue",
            [Accept(), AwaitRequest(body=0), Send(CONTINUE), AwaitBytes(len(TEXT)), Send(SHORT)],
            ["framing.length", "framing.continue"],
            ["keep"],
        ),
        (
            "expect-continue",
            [Accept(), AwaitRequest(body=0), Send(LAST), Close()],
            ["framing.length"],
            ["close"],
        ),
        (
            "tunnel",
            [Accept(), AwaitRequest(), Send(GRANTED), AwaitRequest(), Send(SHORT)],
            ["tunnel.request-through", "framing.length"],
            ["keep", "keep"],
        ),
        ("tunnel-refused", [*one(REFUSED, Close())], ["tunnel.refused"], ["close"]),
    ],
)
def test_what_is_made_of_replies(name, script, covers, thens, tmp_path):
    """The bytes are those of the server, and the reference finds in them what the parser did."""
    with subject(*script, origin=("127.0.0.1", 8080)) as server:
        transcript = record(server, SHOTS[name])
    assert transcript.covers[0] == "captured.reply"
    assert sorted(transcript.covers[1:]) == sorted(covers)
    assert [each.then for each in transcript.exchanges] == thens
    sent = b"".join(action.data for action in script if isinstance(action, Send))
    assert b"".join(each.reply for each in transcript.exchanges) == sent
    assert passes(saved(transcript, tmp_path))


def test_what_is_taken_down(tmp_path):
    """Where it comes from, what was asked, and what a reply gives."""
    with subject(*one(SHORT)) as server:
        transcript = saved(record(server, SHOTS["get-length"]), tmp_path)
    assert transcript.title == "What a fake replies to GET of a file is understood"
    captured = transcript.captured
    assert (captured.server, captured.version, captured.configuration) == ("a fake", "1.0", "none")
    assert captured.requests == (
        b"GET /hello.txt HTTP/1.1\r\nHost: site.example\r\nAccept-Encoding: identity\r\n\r\n",
    )
    (exchange,) = transcript.exchanges
    assert exchange.calls[0].args == ("GET", "/hello.txt")
    status, reason, version, headers, first, rest, last = [call.expect for call in exchange.response]
    assert (status.value, reason.value, version.value) == (200, "OK", 11)
    assert headers.pairs == (("content-length", "17"), ("a", "1, 3"), ("b", "2"))
    assert (first.value, rest.value, last.value) == (b"seventeen ", b"letters", b"")


def test_a_transcript_notices_another_reply(tmp_path):
    """One byte of the body, or of the head, makes it fail."""
    with subject(*one(SHORT)) as server:
        transcript = saved(record(server, SHOTS["post"]), tmp_path)
    (exchange,) = transcript.exchanges
    for before, after in ((b"letters", b"lettres"), (b"B: 2", b"B: 4"), (b" 200 ", b" 201 "), (b"OK", b"Ok")):
        damaged = replace(exchange, reply=exchange.reply.replace(before, after))
        assert not passes(replace(transcript, exchanges=(damaged,)))


def test_a_server_that_takes_one_request_on_a_connection(tmp_path):
    """Though it does not say so, its end is awaited."""
    with subject(*one(SHORT, Close()), keep_alive=False) as server:
        transcript = saved(record(server, SHOTS["post"]), tmp_path)
    assert transcript.exchanges[0].then == "close"


def test_what_was_asked_otherwise_than_a_client_asks_is_noted(tmp_path):
    with subject(*one(SHORT, Close())) as server:
        transcript = saved(record(server, SHOTS["http-10"]), tmp_path)
    assert transcript.captured.requests[0].startswith(b"GET /hello.txt HTTP/1.0\r\n")
    assert transcript.notes.startswith("The server was asked in HTTP/1.0.")


@pytest.mark.parametrize(
    ("script", "words"),
    [
        (one(OK + b"Content-Length: 9\r\n\r\nok", Close()), "peer closed connection without"),
        (one(b"", Close()), "the connection ends before its head does"),
        (one(b"220 mail.example ESMTP\r\n\r\n"), "illegal status line"),
        (one(TO_END + b"!" * MOST, Close()), "it has more than 1048576 bytes"),
        (one(SHORT + b"!"), "it goes on for 1 byte after its end"),
    ],
)
def test_a_server_that_does_not_reply(script, words):
    """In one sentence."""
    with pytest.raises(CannotRecord) as caught, subject(*script) as server:
        record(server, SHOTS["post"])
    wanted = f"a fake gives no reply to 'POST /echo HTTP/1.1' that can be recorded: {words}"
    assert str(caught.value).startswith(wanted)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize("script", [[Accept(), AwaitRequest(), Stall()], one(LAST, Stall())])
def test_a_server_that_falls_silent(script, monkeypatch):
    """Before its reply, or before the end that it has told of."""
    monkeypatch.setattr(capture, "BOUND", 0.1)
    words = re.escape("a fake keeps 'POST /echo HTTP/1.1' waiting for 0.1 seconds, in which ")
    with subject(*script) as server, pytest.raises(CannotRecord, match=words):
        record(server, SHOTS["post"])


@pytest.mark.parametrize(
    ("name", "bound", "script", "error", "words"),
    [
        (
            "post",
            "BOUND",
            one(TO_END, Send(b" of it"), Close()),
            CannotRecord,
            "waiting for 8 seconds, in which ",
        ),
        (
            "expect-continue",
            "PATIENCE",
            [Accept(), AwaitRequest(body=0), Send(OK), Send(b"\r\n"), Close()],
            NotAnswered,
            "does not answer Expect",
        ),
    ],
)
def test_a_server_that_never_falls_silent(name, bound, script, error, words, monkeypatch):
    """The time of a reply is that of all its pieces: here it is up though more of them are there."""
    monkeypatch.setattr(capture, bound, 8.0)
    monkeypatch.setattr(capture, "monotonic", itertools.chain([0, 1], itertools.repeat(9)).__next__)
    with subject(*script) as server, pytest.raises(error, match=words):
        record(server, SHOTS[name])


@pytest.mark.parametrize(
    ("reason", "words"),
    [
        (ConnectionRefusedError(111, "refused"), "nobody listens on port {port} of {host}"),
        (OSError(99, "no such address"), "port {port} of {host} cannot be reached: no such address"),
        (TimeoutError("timed out"), "port {port} of {host} cannot be reached: timed out"),
    ],
)
def test_a_server_that_is_not_there(reason, words, monkeypatch):
    """It is the relay that finds out, and the client is told."""

    def connect(address, *rest):
        if address == (nobody.host, nobody.port):
            raise reason
        return original(address, *rest)

    original = socket.create_connection
    monkeypatch.setattr(socket, "create_connection", connect)
    with Refuses() as nobody:
        server = Subject("fake", "a fake", "1.0", "", nobody.host, nobody.port, str, "x")
        with pytest.raises(CannotRecord) as caught:
            record(server, SHOTS["post"])
    assert str(caught.value) == words.format(port=nobody.port, host=nobody.host)


def test_an_interruption_while_the_relay_begins(monkeypatch):
    """Its thread ends all the same: the process would never."""
    enter = Relay.__enter__

    def interrupted(relay):
        found = enter(relay)
        signal.raise_signal(signal.SIGINT)
        return found

    monkeypatch.setattr(Relay, "__enter__", interrupted)
    with Refuses() as nobody, pytest.raises(KeyboardInterrupt):
        record(Subject("fake", "a fake", "1.0", "", nobody.host, nobody.port, str, "x"), SHOTS["post"])
    assert all(thread.name != "relay" for thread in threading.enumerate())


def test_a_relay_that_is_not_there(monkeypatch):
    """What the system says is passed on."""
    monkeypatch.setattr(capture.socket, "create_connection", fail_to_connect)
    words = re.escape("a fake breaks off at 'POST /echo HTTP/1.1': told nobody")
    with subject(Accept()) as server, pytest.raises(CannotRecord, match=words):
        record(server, SHOTS["post"])


def fail_to_connect(*_):
    raise OSError("told nobody")


def test_a_server_that_does_not_say_continue(monkeypatch):
    monkeypatch.setattr(capture, "PATIENCE", 0.05)
    words = "a fake does not answer Expect: 100-continue"
    with subject(Accept(), AwaitRequest(body=0), Stall()) as server, pytest.raises(NotAnswered, match=words):
        record(server, SHOTS["expect-continue"])


@pytest.mark.parametrize(
    ("name", "reply", "code"), [("tunnel", REFUSED, 502), ("tunnel-refused", GRANTED, 200)]
)
def test_a_proxy_that_does_otherwise(name, reply, code):
    words = f"a fake replies {code} to CONNECT"
    script = one(reply, Close())
    with (
        subject(*script, origin=("127.0.0.1", 8080)) as server,
        pytest.raises(NotAnswered, match=words),
    ):
        record(server, SHOTS[name])


def test_fields_and_bodies_are_what_the_client_is_given(tmp_path):
    """Whether there is one of them, or both."""
    for ask, args in [
        (Ask("GET", "/", fields={"A": "b"}), ("GET", "/", None, {"A": "b"})),
        (Ask("POST", "/", "c", {"A": "b"}), ("POST", "/", "c", {"A": "b"})),
        (Ask("POST", "/", "c"), ("POST", "/", "c")),
    ]:
        with subject(*one(SHORT)) as server:
            transcript = saved(record(server, Shot("x", "x", (ask,))), tmp_path)
        assert transcript.exchanges[0].calls[0].args == args
