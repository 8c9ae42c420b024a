"""The corpus for others: transcripts as JSON, which a runner in any language can play.

A transcript has two sides there, each a flat list of steps: what the client calls, and what the server
does.  They are the ones that our own runner plays.  The records of the loader become JSON key by key, so
that nothing that a transcript can say is left out by oversight, and what a runner would have to work out
is spelled out: the level, where replies are cut, how long a body is, what an exception may be called.
What stands in httplib_fixtures/export is copied: the page that tells how to play it, the schema, and a
runner.
"""

from __future__ import annotations

import base64
import json
from collections import Counter
from contextlib import suppress
from dataclasses import fields, is_dataclass
from importlib import resources
from typing import TYPE_CHECKING, Any

from httplib_servers import Accept, AwaitRequest, Close, Send

from httplib_conformance import __version__
from httplib_conformance.catalogue import Level, Requirement, catalogue, level_of
from httplib_conformance.play import expected_body, folded_name, script
from httplib_conformance.protocol import IMPLEMENTATION
from httplib_conformance.segmentation import SEGMENTATIONS, whole
from httplib_conformance.transcripts import (
    PLACEHOLDERS,
    Call,
    Exchange,
    Fields,
    Gives,
    Raises,
    Sent,
    Transcript,
    corpus,
)
from httplib_conformance.values import Text, count, encode, names_of_class

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from pathlib import Path

    from httplib_conformance.values import JSON

SCHEMA = "httplib-conformance/export/1"
"""The name of the form and its version, which changes when a runner has to."""

INDEX = "index.json"

WIDTH = 100
"""What fits into a line of so many characters stands in one."""


class CannotWrite(Exception):
    """The folder cannot be written; the message is one sentence for the user."""


# -- values


def _base64(data: bytes) -> JSON:
    return {"base64": base64.b64encode(data).decode("ascii")}


def _value(value: Any, kind: str) -> JSON:
    """A value with its kind, in the forms of the agent protocol, except that data is base64.

    Args:
        value: What the loader made of it.
        kind: What a bare string is.
    """
    match value:
        case Text():
            return {"text": str(value)}
        case str():
            return {kind: value}
        case bytes():
            return _base64(value)
        case list() | tuple():
            return {type(value).__name__: [_value(each, kind) for each in value]}
        case dict():
            return {"dict": [[_value(key, kind), _value(each, kind)] for key, each in value.items()]}
    return encode(value)


def given(value: Any) -> JSON:
    """A value that the client is given: a bare string is native."""
    return _value(value, "native")


def expected(value: Any) -> JSON:
    """A value that is expected of the client: a bare string is text."""
    return _value(value, "text")


def _each(convert: Callable[[Any], JSON]) -> Callable[[Iterable[Any]], JSON]:
    return lambda values: [convert(each) for each in values]


def _named(convert: Callable[[Any], JSON]) -> Callable[[Iterable[tuple[str, Any]]], JSON]:
    return lambda pairs: {name: convert(each) for name, each in pairs}


# -- records

# What is not carried over as it is.
_CONVERTED: dict[tuple[type, str], Callable[[Any], JSON]] = {
    (Call, "args"): _each(given),
    (Call, "kwargs"): _named(given),
    (Raises, "args"): _each(expected),
    (Raises, "attributes"): _named(expected),
    (Sent, "fields"): _each(folded_name),
    (Sent, "once"): _each(str.lower),
    (Sent, "absent"): _each(str.lower),
}

# What is carried over as the two sides, the text that all this is instead of, what is about TLS, and what
# is empty for everything that a case can check.
_LEFT_OUT = {
    (Close, "close_notify"),
    (Transcript, "connection"),
    (Transcript, "exchanges"),
    (Transcript, "source"),
    (Requirement, "untestable"),
}


def plain(value: Any) -> JSON:
    """A record of the loader, or a part of one, as JSON: its attributes are the keys."""
    match value:
        case Level():
            return value.name
        case Gives():
            return {"gives": expected(value.value)}
        case Fields():
            return {"fields": plain(value.pairs)}
        case Raises():
            return {"raises": {**_record(value), "classes": names_of_class(value.type)}}
        case Transcript():
            level = level_of(value.covers).name
            head = {"id": value.id, "title": value.title, "level": level}
            return {**head, **_record(value), "client": client(value), "server": server(value)}
        case bytes():
            return _base64(value)
        case list() | tuple():
            return [plain(each) for each in value]
    return _record(value) if is_dataclass(value) else value


def _record(value: Any) -> dict[str, JSON]:
    """The attributes of a record; those that are None, which leaves something open, are not there."""
    kind = type(value)
    return {
        field.name: _CONVERTED.get((kind, field.name), plain)(content)
        for field in fields(value)
        if (kind, field.name) not in _LEFT_OUT and (content := getattr(value, field.name)) is not None
    }


# -- the two sides


def client(transcript: Transcript) -> list[JSON]:
    """What the client calls, step by step; the first step makes the connection object."""
    calls: list[JSON] = []

    def add(of: str, call: Call) -> str:
        identity = str(len(calls) + 1)
        parts = _record(call)
        step = {"id": identity, "do": "call" if parts.pop("is_call") else "get", "of": {"ref": of}}
        step |= {key: parts.pop(key) for key in ("name", "args", "kwargs")}
        if not call.is_call:
            del step["args"], step["kwargs"]
        calls.append({"step": step, **parts})
        return identity

    connection = add(IMPLEMENTATION, Call("HTTPConnection", args=("{host}",), kwargs=transcript.connection))
    calls[0]["step"]["args"].append({"integer": "{port}"})
    for exchange in transcript.exchanges:
        for call in exchange.calls:
            add(connection, call)
        if exchange.getresponse is not None:
            response = add(connection, exchange.getresponse)
            for call in exchange.response:
                add(response, call)
    return [*calls, {"step": {"id": str(len(calls) + 1), "do": "release"}}]


def server(transcript: Transcript) -> list[JSON]:
    """What the server does, step by step."""
    steps: list[JSON] = []
    replied = (exchange for exchange in transcript.exchanges if exchange.reply is not None)
    accepted = 0
    for action in script(transcript, whole):
        match action:
            case Accept():
                step: dict[str, JSON] = {"do": "accept", "on": accepted}
                accepted += 1
            case AwaitRequest(on=on):
                step = {"do": "await", "on": on} | _request(next(replied))
            case Send(data=data, on=on):
                cuts = {name: list(cut(data)) for name, cut in SEGMENTATIONS.items()}
                step = {"do": "send", "on": on, "bytes": plain(data), "cuts": cuts}
            case _:
                step = {"do": type(action).__name__.lower(), **_record(action)}
        steps.append(step)
    return steps


def _request(exchange: Exchange) -> dict[str, JSON]:
    """What is known of a request; its length, too, unless Content-Length alone is to say it."""
    framing, body = expected_body(exchange)
    length = len(body) if body and framing != {"content-length"} else None
    known = {"body_length": length, "wire": exchange.wire, "sent": exchange.sent}
    return {key: plain(each) for key, each in known.items() if each is not None}


# -- files


def files() -> dict[str, bytes]:
    """All files of the export by name, the index last.

    Raises:
        BadData: A transcript or the catalogue is malformed.
    """
    transcripts = {f"transcripts/{each.id}.json": plain(each) for each in corpus()}
    known = catalogue()
    covered = sorted({identity for each in transcripts.values() for identity in each["covers"]})
    levels = Counter(each["level"] for each in transcripts.values())
    index = {
        "schema": SCHEMA,
        "suite": {"name": "httplib-conformance", "version": __version__},
        "counts": {
            "transcripts": len(transcripts),
            "requirements": len(covered),
            "levels": {level.name: levels[level.name] for level in Level if level is not Level.disputed},
        },
        "segmentations": list(SEGMENTATIONS),
        "placeholders": list(PLACEHOLDERS),
        "transcripts": [
            {"id": each["id"], "level": each["level"], "title": each["title"], "file": name}
            for name, each in transcripts.items()
        ],
    }
    return {
        **_copied(),
        **{name: laid_out(each) for name, each in transcripts.items()},
        "requirements.json": laid_out({"requirements": [plain(known[each]) for each in covered]}),
        INDEX: laid_out(index),
    }


def _copied() -> dict[str, bytes]:
    folder = resources.files("httplib_fixtures").joinpath("export")
    return {file.name: file.read_bytes() for file in sorted(folder.iterdir(), key=lambda file: file.name)}


def laid_out(data: JSON) -> bytes:
    """JSON for people as well: in one line what fits into one, or has no inner structure."""
    return (_laid_out(data, "") + "\n").encode("ascii")


def _laid_out(data: JSON, indent: str) -> str:
    line = json.dumps(data)
    parts = list(data.values()) if isinstance(data, dict) else data if isinstance(data, list) else []
    if len(indent + line) <= WIDTH or not any(isinstance(each, dict | list) for each in parts):
        return line
    inner = indent + " "
    shown = [_laid_out(each, inner) for each in parts]
    if isinstance(data, dict):
        shown = [f"{json.dumps(key)}: {each}" for key, each in zip(data, shown, strict=True)]
    left, right = "{}" if isinstance(data, dict) else "[]"
    lines = f",\n{inner}".join(shown)
    return f"{left}\n{inner}{lines}\n{indent}{right}"


def summary(exported: dict[str, bytes]) -> str:
    """What an export holds, in words."""
    counts = json.loads(exported[INDEX])["counts"]
    levels = ", ".join(f"{number} {level}" for level, number in counts["levels"].items())
    transcripts, requirements = count(counts["transcripts"], "transcript"), counts["requirements"]
    return f"{transcripts} ({levels}), which check {count(requirements, 'requirement')}"


def write(folder: Path) -> dict[str, bytes]:
    """Write all files to a folder that is not there yet, or empty; all of them or none.

    Args:
        folder: It is made unless it is there; the folder above it must be.

    Returns:
        What was written.

    Raises:
        CannotWrite: The folder holds something, or cannot be written.
        BadData: A transcript or the catalogue is malformed.
    """
    made: list[Path] = []
    try:
        if not folder.is_dir():
            folder.mkdir()
            made.append(folder)
        elif any(folder.iterdir()):
            raise CannotWrite(f"{str(folder)!r} is not empty; expected a folder that is new or empty")
        exported = files()
        for name, content in exported.items():
            file = folder / name
            if not file.parent.is_dir():
                file.parent.mkdir()
                made.append(file.parent)
            made.append(file)
            file.write_bytes(content)
    except BaseException as error:  # Ctrl-C as well
        for each in reversed(made):
            with suppress(OSError):
                each.rmdir() if each.is_dir() else each.unlink()
        if isinstance(error, FileExistsError):
            raise CannotWrite(f"{str(folder)!r} is a file; expected a folder that is new or empty") from error
        if isinstance(error, OSError):
            raise CannotWrite(f"{str(folder)!r} cannot be written: {error.strerror}") from error
        raise
    return exported
