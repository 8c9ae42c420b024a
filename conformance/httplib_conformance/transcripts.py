"""Transcripts: cases as data, read from the corpus.

The form is laid down by transcript.schema.json in httplib_fixtures and explained in
docs/transcripts.md.  Here a file becomes objects, its short forms spelled out.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date
from importlib import resources
from typing import TYPE_CHECKING, Any

from httplib_conformance.schemas import BadData, load_toml, schema_of, too_much
from httplib_conformance.transcript_values import argument, arguments, as_bytes, expected, pairs_of, shown

if TYPE_CHECKING:
    from collections.abc import Iterator
    from importlib.resources.abc import Traversable

PLACEHOLDERS = ("host", "port", "authority")
"""What may stand in braces in what the client is given and must send: the server's address."""

_PLACEHOLDER = re.compile(r"\{([a-z]+)\}")


@dataclass(frozen=True)
class Raises:
    """An exception that is expected.

    Attributes:
        type: The name of its class or of one of its bases.
        args: Its arguments, None if they are open.
        attributes: The attributes that it must have.
        text: What `str()` must make of it, None if that is open.
    """

    type: str
    args: tuple[Any, ...] | None = None
    attributes: tuple[tuple[str, Any], ...] = ()
    text: str | None = None

    def __str__(self) -> str:
        parts = [] if self.args is None else [repr(each) for each in self.args]
        parts += [f"{name}={value!r}" for name, value in self.attributes]
        words = f"raised {self.type}" + (f"({', '.join(parts)})" if parts else "")
        return words if self.text is None else f"{words}, in words {self.text!r}"


@dataclass(frozen=True)
class Gives:
    """A value that is expected."""

    value: Any

    def __str__(self) -> str:
        return repr(self.value)


@dataclass(frozen=True)
class Fields:
    """The list of header fields that `getheaders` is expected to give, in any order."""

    pairs: tuple[tuple[str, str], ...]

    def __str__(self) -> str:
        return repr(list(self.pairs))


@dataclass(frozen=True)
class Call:
    """A call or the look at an attribute, with what is expected of it.

    Attributes:
        name: The name of the method or attribute.
        is_call: Whether it is called.
        args: The arguments by position.
        kwargs: The arguments by keyword.
        expect: What it must give; None if it must only not raise.
        prints: What must be printed meanwhile; None if that is open.
    """

    name: str
    is_call: bool = True
    args: tuple[Any, ...] = ()
    kwargs: tuple[tuple[str, Any], ...] = ()
    expect: Gives | Fields | Raises | None = None
    prints: str | None = None

    def __str__(self) -> str:
        if not self.is_call:
            return self.name
        given = [shown(each) for each in self.args] + [f"{key}={shown(each)}" for key, each in self.kwargs]
        return f"{self.name}({', '.join(given)})"


@dataclass(frozen=True)
class Sent:
    """What the client must have sent, without binding what is open.

    Attributes:
        line: The request line.
        fields: Field lines that must be there, the letter case of their names apart.
        once: Names of fields that must be there exactly once.
        absent: Names of fields that must not be there.
        body: The body.
    """

    line: str | None = None
    fields: tuple[str, ...] = ()
    once: tuple[str, ...] = ()
    absent: tuple[str, ...] = ()
    body: bytes | None = None


@dataclass(frozen=True)
class Exchange:
    """Calls on the connection, what they must send, the reply, and the calls on the response.

    Attributes:
        connects: Whether the client is to open a connection in it.
        calls: What is called on the connection.
        wire: Exactly what the client must have sent.
        sent: What it must have sent, less exactly.
        reply: What the server sends; None if the client sends nothing either.
        then: What the server does after it: `keep`, `close` or `reset`.
        getresponse: The call of `getresponse`, None if there is none.
        response: What is called on the response.
    """

    connects: bool
    calls: tuple[Call, ...]
    wire: bytes | None
    sent: Sent | None
    reply: bytes | None
    then: str
    getresponse: Call | None
    response: tuple[Call, ...]


@dataclass(frozen=True)
class Captured:
    """Where a transcript comes from that was captured from a real server.

    Attributes:
        server: What the server calls itself.
        version: Its version.
        configuration: What it was told.
        date: The day on which it was captured, in UTC, as YYYY-MM-DD.
        requests: Exactly what it was sent before each of its replies.
    """

    server: str
    version: str
    configuration: str
    date: str
    requests: tuple[bytes, ...]


@dataclass(frozen=True)
class Transcript:
    """One case of the corpus.

    Attributes:
        id: Its permanent id.
        title: The rule that is broken when it fails.
        covers: The ids of the requirements that it checks.
        notes: What a reader should know beyond that.
        connection: Arguments of HTTPConnection after host and port.
        exchanges: What happens.
        source: The text of its file.
        captured: Where it comes from, if it was captured.
    """

    id: str
    title: str
    covers: tuple[str, ...]
    notes: str
    connection: tuple[tuple[str, Any], ...]
    exchanges: tuple[Exchange, ...]
    source: str
    captured: Captured | None = None


def corpus() -> list[Transcript]:
    """All transcripts that are shipped, in the order of their ids.

    Raises:
        BadData: One of them is malformed, or two have the same id.
    """
    return load_folder(resources.files("httplib_fixtures").joinpath("transcripts"))


def load_folder(folder: Traversable) -> list[Transcript]:
    """All transcripts in a folder and the folders below it, in the order of their ids.

    Raises:
        BadData: One of them is malformed, or two have the same id.
    """
    found: dict[str, Traversable] = {}
    transcripts = []
    for file in _files(folder):
        transcript = load(file)
        if transcript.id in found:
            raise BadData(f"{file}: the id {transcript.id!r} is that of {found[transcript.id]} already")
        found[transcript.id] = file
        transcripts.append(transcript)
    return sorted(transcripts, key=lambda transcript: transcript.id)


def _files(folder: Traversable) -> Iterator[Traversable]:
    for entry in sorted(folder.iterdir(), key=lambda entry: entry.name):
        if entry.is_dir():
            yield from _files(entry)
        elif entry.name.endswith(".toml"):
            yield entry


def load(file: Traversable) -> Transcript:
    """Read one transcript.

    Raises:
        BadData: It is malformed; the message names file and key and says what was expected.
    """
    data = load_toml(file, schema_of("httplib_fixtures", "transcript.schema.json"))
    if file.name != f"{data['id']}.toml":
        raise BadData(f"{file}: id is {data['id']!r}; expected the name of the file without its ending")
    exchanges: list[Exchange] = []
    where = "connection"
    try:
        connection = pairs_of(data.get("connection", {}))
        _check_placeholders("", connection)
        for number, exchange in enumerate(data["exchange"]):
            where = f"exchange[{number}]"
            opened = any(each.connects for each in exchanges)
            exchanges.append(_exchange(exchange, opened))
        where = "captured"
        replies = sum(exchange.reply is not None for exchange in exchanges)
        captured = _captured(data["captured"], replies) if "captured" in data else None
    except ValueError as error:
        raise BadData(f"{file}: {where}{error}") from error
    except RecursionError as error:
        raise BadData(f"{file}: {where}: {too_much(error)}") from error
    return Transcript(
        id=data["id"],
        title=data["title"],
        covers=tuple(data["covers"]),
        notes=data.get("notes", ""),
        connection=connection,
        exchanges=tuple(exchanges),
        source=file.read_text("utf-8"),
        captured=captured,
    )


def _captured(data: dict[str, Any], replies: int) -> Captured:
    try:
        date.fromisoformat(data["date"])
    except ValueError as error:
        raise ValueError(f".date: there is no day {data['date']}") from error
    if len(data["requests"]) != replies:
        raise ValueError(f".requests: has {len(data['requests'])} of them; expected {replies}, one a reply")
    return Captured(
        server=data["server"],
        version=data["version"],
        configuration=data["configuration"],
        date=data["date"],
        requests=tuple(as_bytes(each) for each in data["requests"]),
    )


def _exchange(data: dict[str, Any], opened: bool) -> Exchange:
    if ("request" in data) == ("calls" in data):
        raise ValueError(": expected either request or calls")
    if "wire" in data and "sent" in data:
        raise ValueError(": has wire and sent; expected one of them at most")
    if "then" in data and "reply" not in data:
        raise ValueError(".then: there is no reply that it could come after")
    if ("wire" in data or "sent" in data) and "reply" not in data:
        raise ValueError(
            ": what the client sends is awaited before a reply; expected reply (it may be empty, with then)"
        )
    connects = data.get("connects", "reply" in data and not opened)
    if "reply" in data and not connects and not opened:
        raise ValueError(".connects: is false, but no connection is open that a reply could come on")
    if "request" in data:
        calls: tuple[Call, ...] = (Call("request", args=arguments(data["request"])),)
    else:
        calls = tuple(_call(each) for each in data["calls"])
    wire = as_bytes(data["wire"]) if "wire" in data else None
    sent = _sent(data["sent"]) if "sent" in data else None
    _check_placeholders(".wire", wire)
    getresponse: Call | None = None
    response: tuple[Call, ...] = ()
    if "response" in data:
        getresponse, response = _response(data["response"])
    for call in (*calls, *response):
        _check_placeholders(f".{call.name}", (call.args, call.kwargs))
    return Exchange(
        connects=connects,
        calls=calls,
        wire=wire,
        sent=sent,
        reply=as_bytes(data["reply"]) if "reply" in data else None,
        then=data.get("then", "keep"),
        getresponse=getresponse,
        response=response,
    )


def _sent(data: dict[str, Any]) -> Sent:
    body = as_bytes(data["body"]) if "body" in data else None
    _check_placeholders(".sent", [data.get("line"), data.get("fields"), body])
    return Sent(
        line=data.get("line"),
        fields=tuple(data.get("fields", ())),
        once=tuple(data.get("once", ())),
        absent=tuple(data.get("absent", ())),
        body=body,
    )


def _check_placeholders(where: str, value: object) -> None:
    for found in _PLACEHOLDER.finditer(repr(value)):
        if found[1] not in PLACEHOLDERS:
            known = ", ".join(f"{{{each}}}" for each in PLACEHOLDERS)
            raise ValueError(f"{where}: {found[0]} is no placeholder; expected one of {known}")


def _response(data: dict[str, Any]) -> tuple[Call, tuple[Call, ...]]:
    """The call of `getresponse` and those on what it gives, in the order that the schema lays down."""
    raises = _raises(data["raises"]) if "raises" in data else None
    calls = [
        Call(name, is_call=False, expect=Gives(data[name]))
        for name in ("status", "reason", "version")
        if name in data
    ]
    calls += [
        Call("getheader", args=(name,), expect=Gives(expected(value)))
        for name, value in data.get("header", {}).items()
    ]
    if "headers" in data:
        pairs = tuple((name, value) for name, value in data["headers"])
        calls.append(Call("getheaders", expect=Fields(pairs)))
    if "body" in data:
        calls.append(Call("read", expect=Gives(as_bytes(data["body"]))))
    for read in data.get("reads", ()):
        args = (argument(read["amt"]),) if "amt" in read else ()
        expect = Gives(as_bytes(read["gives"])) if "gives" in read else _raises(read["raises"])
        calls.append(Call("read", args=args, expect=expect))
    calls.extend(_call(each) for each in data.get("calls", ()))
    return Call("getresponse", expect=raises, prints=data.get("prints")), tuple(calls)


def _call(data: dict[str, Any]) -> Call:
    expect: Gives | Raises | None = None
    if "gives" in data:
        expect = Gives(expected(data["gives"]))
    elif "raises" in data:
        expect = _raises(data["raises"])
    return Call(
        name=data.get("call") or data["get"],
        is_call="call" in data,
        args=arguments(data.get("args", [])),
        kwargs=pairs_of(data.get("kwargs", {})),
        expect=expect,
        prints=data.get("prints"),
    )


def _raises(data: str | dict[str, Any]) -> Raises:
    if isinstance(data, str):
        return Raises(data)
    return Raises(
        type=data["type"],
        args=tuple(expected(each) for each in data["args"]) if "args" in data else None,
        attributes=tuple((name, expected(each)) for name, each in data.get("attributes", {}).items()),
        text=data.get("text"),
    )
