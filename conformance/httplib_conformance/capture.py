"""Captures what a real server replies, and makes transcripts of it.

A plain client asks, a relay between it and the server keeps the bytes, and what a reply gives is what an
independent parser finds in them: no implementation of httplib takes part.
"""

from __future__ import annotations

import socket
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import UTC, datetime
from time import monotonic
from typing import TYPE_CHECKING, Self

from httplib_servers.interrupts import uninterrupted
from httplib_servers.relay import Relay
from httplib_servers.unreachable import Refuses

from httplib_conformance.reply_reader import BadReply, ReplyReader
from httplib_conformance.transcripts import Call, Captured, Exchange, Fields, Gives, Raises, Transcript
from httplib_conformance.values import count

if TYPE_CHECKING:
    from collections.abc import Callable
    from types import TracebackType

    from httplib_conformance.shots import Ask, Shot

BOUND = 30.0
"""How long, in seconds, a server may take for a reply, to its last byte or to the end of the connection."""

PATIENCE = 3.0
"""How long a body waits for a reply of 100 before the server is taken for one that gives none."""


class CannotRecord(Exception):
    """A server does not reply as one does; the message is one sentence for the user."""


class NotAnswered(Exception):
    """A server does not do what a shot is about; the message says what."""


@dataclass(frozen=True)
class Subject:
    """A server that is recorded.

    Attributes:
        name: What it is called in ids.
        title: What it calls itself.
        version: Its version.
        configuration: What it was told.
        host: Its address.
        port: Its port.
        target: Returns what stands for a page in a request line.
        authority: What stands in Host.
        keep_alive: Whether it takes several requests on a connection.
        origin: Where its tunnels can lead, if it is a proxy.
    """

    name: str
    title: str
    version: str
    configuration: str
    host: str
    port: int
    target: Callable[[str], str]
    authority: str
    keep_alive: bool = True
    origin: tuple[str, int] | None = None


@dataclass(frozen=True)
class _Reply:
    """What came of one request: the bytes, what they say, and what happened to the connection."""

    request: bytes
    raw: bytes
    read: ReplyReader
    connects: bool
    closed: bool


def record(subject: Subject, shot: Shot) -> Transcript:
    """Ask a server, and make a transcript of what it replies.

    Raises:
        CannotRecord: It does not reply, or not as the parser understands.
        NotAnswered: It does not do what the shot is about.
        OSError: There is no port to be had for the relay.
    """
    exchanges: list[Exchange] = []
    replies: list[_Reply] = []
    with ExitStack() as stack:
        with uninterrupted():  # the relay has a thread, which must end
            relay = stack.enter_context(Relay(subject.host, subject.port))
        client = stack.enter_context(_Client(relay, subject))
        if shot.tunnel:
            end = subject.origin
            if shot.tunnel == "refused":
                nobody = stack.enter_context(Refuses())
                end = nobody.host, nobody.port
            assert end  # only proxies are asked for tunnels
            granted = client.connect(end, shot.tunnel == "refused")
            if (granted.read.status == 200) != (shot.tunnel == "granted"):
                raise NotAnswered(f"{subject.title} replies {granted.read.status} to CONNECT")
            replies.append(granted)
            exchanges.append(_tunnelled(granted, end))
        for ask in shot.asks:
            target = ask.path if shot.tunnel else subject.target(ask.path)
            replies.append(client.ask(ask, target))
            exchanges.append(_exchange(ask, target, replies[-1], shot.amt))
            if replies[-1].closed and not replies[-1].read.closes:
                break  # a client cannot know that the next request needs a connection of its own
    return Transcript(
        id=f"captured-{subject.name}-{shot.name}",
        title=f"What {subject.title} replies to {shot.words} is understood",
        covers=tuple(dict.fromkeys(_covers(shot, replies))),
        notes=_notes(shot, replies),
        connection=(),
        exchanges=tuple(exchanges),
        source="",
        captured=Captured(
            server=subject.title,
            version=subject.version,
            configuration=subject.configuration,
            date=datetime.now(UTC).date().isoformat(),
            requests=tuple(reply.request for reply in replies),
        ),
    )


class _Client:
    """A plain client: it sends what it is told, and reads until the parser has a whole reply."""

    def __init__(self, relay: Relay, subject: Subject) -> None:
        self._relay = relay
        self._subject = subject
        self._socket: socket.socket | None = None
        self._taken = 0
        self._tunnelled = False

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._close()

    def connect(self, end: tuple[str, int], refused: bool) -> _Reply:
        """Ask for a tunnel."""
        host, port = end
        request = f"CONNECT {host}:{port} HTTP/1.0\r\n\r\n".encode()
        self._tunnelled = True
        return self._exchange(request, len(request), ReplyReader("CONNECT"), refused)

    def ask(self, ask: Ask, target: str) -> _Reply:
        """Send a request, and read the reply."""
        lines = [
            f"{ask.method} {target} HTTP/{ask.version}",
            f"Host: {self._subject.authority}",
            "Accept-Encoding: identity",
        ]
        if ask.body is not None:
            lines.append(f"Content-Length: {len(ask.body)}")
        lines += [f"{name}: {value}" for name, value in ask.fields.items()]
        head = "".join(f"{line}\r\n" for line in [*lines, ""]).encode()
        request = head + (ask.body or "").encode()
        ends = ask.ends or not (self._subject.keep_alive or self._tunnelled)
        until = len(head) if ask.continues else len(request)
        return self._exchange(request, until, ReplyReader(ask.method), ends)

    def _exchange(self, request: bytes, until: int, reader: ReplyReader, ends: bool) -> _Reply:
        """Send a request, its first `until` bytes before anything is read, and read the reply."""
        connects = self._socket is None
        line = request.partition(b"\r\n")[0].decode()
        try:
            if self._socket is None:
                self._socket = socket.create_connection((self._relay.host, self._relay.port), BOUND)
                self._taken = 0
            deadline = monotonic() + BOUND
            self._socket.settimeout(BOUND)
            self._socket.sendall(request[:until])
            if until < len(request):
                self._await_continue(self._socket, reader)
            if reader.complete:
                request = request[:until]
            self._socket.sendall(request[until:])
            closed = False
            while not reader.complete or ((ends or reader.closes) and not closed):
                data = _receive(self._socket, deadline)
                closed = reader.complete and not data
                if not closed:
                    reader.feed(data)
        except TimeoutError as error:
            raise CannotRecord(
                f"{self._subject.title} keeps {line!r} waiting for {BOUND:g} seconds, "
                f"in which {count(reader.size, 'byte')} came"
            ) from error
        except (OSError, BadReply) as error:
            raise CannotRecord(self._told(line, error)) from error
        raw = bytes(self._relay.conversations[-1].received[self._taken :])
        self._taken += len(raw)
        if closed:
            self._close()
        return _Reply(request, raw, reader, connects, closed)

    def _told(self, line: str, error: OSError | BadReply) -> str:
        """What is wrong, in words: that there is no server shows in how the relay ends the connection."""
        unreached = self._relay.conversations[-1].unreached if self._relay.conversations else None
        where = f"port {self._subject.port} of {self._subject.host}"
        if isinstance(unreached, ConnectionRefusedError):
            return f"nobody listens on {where}"
        if unreached is not None:
            return f"{where} cannot be reached: {unreached.strerror or unreached}"
        if isinstance(error, BadReply):
            return f"{self._subject.title} gives no reply to {line!r} that can be recorded: {error}"
        return f"{self._subject.title} breaks off at {line!r}: {error.strerror or error}"

    def _await_continue(self, connection: socket.socket, reader: ReplyReader) -> None:
        deadline = monotonic() + PATIENCE
        try:
            while not (reader.informational or reader.complete):
                reader.feed(_receive(connection, deadline))
        except TimeoutError as error:
            raise NotAnswered(f"{self._subject.title} does not answer Expect: 100-continue") from error
        connection.settimeout(BOUND)

    def _close(self) -> None:
        if self._socket is not None:
            self._socket.close()
            self._socket = None


def _receive(connection: socket.socket, deadline: float) -> bytes:
    """What comes next, or the end of the stream.

    Raises:
        TimeoutError: Nothing has come when the time is up; nor is anything taken after that.
    """
    left = deadline - monotonic()
    if left <= 0:
        raise TimeoutError
    connection.settimeout(left)
    return connection.recv(65536)


def _tunnelled(reply: _Reply, end: tuple[str, int]) -> Exchange:
    """The exchange in which a tunnel is asked for."""
    connect = Call("connect")
    if reply.read.status != 200:
        text = f"Tunnel connection failed: {reply.read.status} {reply.read.reason}".strip()
        connect = Call("connect", expect=Raises("socket.error", text=text))
    return Exchange(
        connects=True,
        calls=(Call("set_tunnel", args=end), connect),
        wire=None,
        sent=None,
        reply=reply.raw,
        then="close" if reply.closed else "keep",
        getresponse=None,
        response=(),
    )


def _exchange(ask: Ask, target: str, reply: _Reply, amt: int) -> Exchange:
    """The exchange in which a page is asked for."""
    args: tuple[object, ...] = (ask.method, target)
    if ask.fields:
        args += (ask.body, dict(ask.fields))
    elif ask.body is not None:
        args += (ask.body,)
    read = reply.read
    calls = [
        Call("status", is_call=False, expect=Gives(read.status)),
        Call("reason", is_call=False, expect=Gives(read.reason)),
        Call("version", is_call=False, expect=Gives(read.version)),
        Call("getheaders", expect=Fields(tuple(read.joined.items()))),
    ]
    if amt:
        calls.append(Call("read", args=(amt,), expect=Gives(read.body[:amt])))
    calls.append(Call("read", expect=Gives(read.body[amt:])))
    if amt:
        calls.append(Call("read", expect=Gives(b"")))
    return Exchange(
        connects=reply.connects,
        calls=(Call("request", args=args),),
        wire=None,
        sent=None,
        reply=reply.raw,
        then="close" if reply.closed else "keep",
        getresponse=Call("getresponse"),
        response=tuple(calls),
    )


def _covers(shot: Shot, replies: list[_Reply]) -> list[str]:
    """The requirements that a transcript checks, some of them more than once."""
    covers = ["captured.reply"]
    if shot.tunnel:
        covers.append("tunnel.refused" if shot.tunnel == "refused" else "tunnel.request-through")
    covers += shot.covers
    pages = replies[1:] if shot.tunnel else replies
    for number, (ask, reply) in enumerate(zip(shot.asks, pages, strict=False)):
        covers.append(_framing(ask.method, reply.read))
        if reply.read.informational:
            covers.append("framing.continue")
        if number:
            covers.append(_persistence(pages[number - 1].read, reply.connects))
            covers += ["persistence.reopens"] if reply.connects else []
    return covers


def _framing(method: str, read: ReplyReader) -> str:
    """The requirement by which a client knows where the body of a reply ends."""
    if method == "HEAD":
        return "framing.head"
    if read.status in (204, 304):
        return {204: "framing.no-content", 304: "framing.not-modified"}[read.status]
    if "transfer-encoding" in read.joined:
        return "framing.chunked"
    if "content-length" in read.joined:
        return "framing.length"
    return "framing.to-end" if read.version == 11 else "framing.to-end.10"


def _persistence(before: ReplyReader, connects: bool) -> str:
    """The requirement by which a client knows whether the next request needs another connection."""
    if not connects:
        return "persistence.11.default"
    if before.version == 10:
        return "persistence.10.default"
    return (
        "persistence.11.close"
        if "close" in before.joined.get("connection", "")
        else "persistence.11.no-length"
    )


def _notes(shot: Shot, replies: list[_Reply]) -> str:
    notes = []
    if any(ask.version == "1.0" for ask in shot.asks):
        notes.append(
            "The server was asked in HTTP/1.0. A client that asks in HTTP/1.1 can get the same reply."
        )
    if any(reply.read.informational for reply in replies):
        notes.append("The body was sent when 100 had come. A client that does not wait gets the same reply.")
    return " ".join(notes)
