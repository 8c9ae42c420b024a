"""Writes transcripts: `transcripts.load` reads from the text the same transcript.

What a generated case finds is handed over in this form, ready to be saved as a case.
"""

from __future__ import annotations

import base64
import re
from typing import TYPE_CHECKING, Any

from httplib_conformance.transcripts import Call, Captured, Exchange, Fields, Gives, Raises, Sent, Transcript
from httplib_conformance.values import Text

if TYPE_CHECKING:
    from collections.abc import Iterable

RESERVED = frozenset({"none", "data", "text", "pieces", "tuple"})
"""Keys that stand for what TOML has no form for: no mapping of a transcript has one."""

_ESCAPES = {"\b": "\\b", "\t": "\\t", "\n": "\\n", "\f": "\\f", "\r": "\\r", '"': '\\"', "\\": "\\\\"}


_LONE_QUOTE = re.compile(r'(?<!")\\"(?!\\"|$)')
"""An escaped quotation mark that needs no escape between three of them: it stands alone, not at the end."""


def write(transcript: Transcript) -> str:
    """The text of a transcript.

    Args:
        transcript: What to write; its `source` is of no account.

    Raises:
        ValueError: There is a value in it that no transcript can hold.
    """
    lines = [
        f"id = {quoted(transcript.id)}",
        f"title = {quoted(transcript.title)}",
        *_covers(transcript.covers),
    ]
    if transcript.notes:
        lines.append(f"notes = {quoted(transcript.notes)}")
    if transcript.connection:
        lines.append(f"connection = {_table(transcript.connection)}")
    if transcript.captured is not None:
        lines += ["", *_captured(transcript.captured)]
    opened = False
    for exchange in transcript.exchanges:
        lines += ["", *_exchange(exchange, opened)]
        opened = opened or exchange.connects
    return "\n".join(lines) + "\n"


def _covers(covers: tuple[str, ...]) -> Iterable[str]:
    if len(covers) <= 2:
        yield f"covers = {_value(list(covers))}"
    else:
        yield "covers = ["
        yield from (f"    {quoted(each)}," for each in covers)
        yield "]"


def _captured(captured: Captured) -> Iterable[str]:
    yield "[captured]"
    for name in ("server", "version", "configuration", "date"):
        yield f"{name} = {quoted(getattr(captured, name))}"
    yield "requests = ["
    yield from (f"{_bytes(request)}," for request in captured.requests)
    yield "]"


def _exchange(exchange: Exchange, opened: bool) -> Iterable[str]:
    yield "[[exchange]]"
    if exchange.connects != (exchange.reply is not None and not opened):
        yield f"connects = {_value(exchange.connects)}"
    yield from _calls(exchange.calls)
    if exchange.wire is not None:
        yield f"wire = {_bytes(exchange.wire)}"
    if exchange.reply is not None:
        yield f"reply = {_bytes(exchange.reply)}"
    if exchange.then != "keep":
        yield f"then = {quoted(exchange.then)}"
    if exchange.sent is not None:
        yield from ("", "[exchange.sent]")
        yield from _sent(exchange.sent)
    if exchange.getresponse is not None:
        yield from ("", "[exchange.response]")
        yield from _response(exchange.getresponse, exchange.response)


def _calls(calls: tuple[Call, ...]) -> Iterable[str]:
    if len(calls) == 1 and calls[0] == Call("request", args=calls[0].args) and 2 <= len(calls[0].args) <= 4:
        yield f"request = {_value(list(calls[0].args))}"
    else:
        yield "calls = ["
        yield from (f"    {_call(each)}," for each in calls)
        yield "]"


def _sent(sent: Sent) -> Iterable[str]:
    if sent.line is not None:
        yield f"line = {quoted(sent.line)}"
    for name, values in (("fields", sent.fields), ("once", sent.once), ("absent", sent.absent)):
        if values:
            yield f"{name} = {_value(list(values))}"
    if sent.body is not None:
        yield f"body = {_bytes(sent.body)}"


def _response(getresponse: Call, calls: tuple[Call, ...]) -> Iterable[str]:
    """What is named of a response: first in the short forms, in their order, then as calls."""
    if isinstance(getresponse.expect, Raises):
        yield f"raises = {_raises(getresponse.expect)}"
    if getresponse.prints is not None:
        yield f"prints = {quoted(getresponse.prints)}"
    rest = list(calls)
    for name, kind in (("status", int), ("reason", str), ("version", int)):
        match rest[:1]:
            case [Call(expect=Gives(value=value)) as call] if type(value) is kind and call == _look(
                call, name
            ):
                yield f"{name} = {_value(value)}"
                del rest[0]
    headers: dict[str, Any] = {}
    while rest and _is_getheader(rest[0]) and rest[0].args[0] not in headers:
        (name,) = rest[0].args
        headers[name] = rest.pop(0).expect
    if headers:
        yield f"header = {_table((name, each.value) for name, each in headers.items())}"
    if rest and isinstance(rest[0].expect, Fields):
        yield from _headers(rest.pop(0).expect.pairs)  # type: ignore[union-attr]
    reads = []
    while rest and _is_read(rest[0]):
        reads.append(rest.pop(0))
    match reads:
        case [Call(args=(), expect=Gives(value=body))]:
            yield f"body = {_bytes(body)}"
        case [_, *_]:
            yield "reads = ["
            yield from (f"    {_read(each)}," for each in reads)
            yield "]"
    if rest:
        yield from _calls_of_response(rest)


def _headers(pairs: tuple[tuple[str, str], ...]) -> Iterable[str]:
    if len(pairs) <= 2:
        yield f"headers = {_value([list(pair) for pair in pairs])}"
    else:
        yield "headers = ["
        yield from (f"    {_value(list(pair))}," for pair in pairs)
        yield "]"


def _calls_of_response(calls: list[Call]) -> Iterable[str]:
    yield "calls = ["
    yield from (f"    {_call(each)}," for each in calls)
    yield "]"


def _look(call: Call, name: str) -> Call:
    """The look at an attribute of that name with the same expectation."""
    return Call(name, is_call=False, expect=call.expect)


def _is_getheader(call: Call) -> bool:
    return (
        isinstance(call.expect, Gives)
        and len(call.args) == 1
        and type(call.args[0]) is str
        and call == Call("getheader", args=call.args, expect=call.expect)
    )


def _is_read(call: Call) -> bool:
    gives_bytes = isinstance(call.expect, Gives) and type(call.expect.value) is bytes
    return (
        (gives_bytes or isinstance(call.expect, Raises))
        and len(call.args) <= 1
        and call == Call("read", args=call.args, expect=call.expect)
    )


def _read(call: Call) -> str:
    parts = [("amt", _value(each)) for each in call.args]
    if isinstance(call.expect, Raises):
        parts.append(("raises", _raises(call.expect)))
    else:
        assert isinstance(call.expect, Gives)
        parts.append(("gives", _bytes(call.expect.value, inline=True)))
    return _inline(parts)


def _call(call: Call) -> str:
    parts = [("call" if call.is_call else "get", quoted(call.name))]
    if call.args:
        parts.append(("args", _value(list(call.args))))
    if call.kwargs:
        parts.append(("kwargs", _table(call.kwargs)))
    if isinstance(call.expect, Raises):
        parts.append(("raises", _raises(call.expect)))
    elif isinstance(call.expect, Gives):
        parts.append(("gives", _value(call.expect.value)))
    elif isinstance(call.expect, Fields):
        raise ValueError(f"{call}: fields in any order can only be named before the calls of a response")
    if call.prints is not None:
        parts.append(("prints", quoted(call.prints)))
    return _inline(parts)


def _raises(raises: Raises) -> str:
    if raises == Raises(raises.type):
        return quoted(raises.type)
    parts = [("type", quoted(raises.type))]
    if raises.args is not None:
        parts.append(("args", _value(list(raises.args))))
    if raises.attributes:
        parts.append(("attributes", _table(raises.attributes)))
    if raises.text is not None:
        parts.append(("text", quoted(raises.text)))
    return _inline(parts)


# -- values


def _value(value: Any) -> str:
    match value:
        case None:
            return "{ none = true }"
        case bool():
            return "true" if value else "false"
        case int() | float():
            return repr(value)
        case Text():
            return f"{{ text = {quoted(value)} }}"
        case str():
            return quoted(value)
        case bytes():
            return f"{{ data = {_bytes(value, inline=True)} }}"
        case list():
            return f"[{', '.join(map(_value, value))}]"
        case tuple():
            return f"{{ tuple = [{', '.join(map(_value, value))}] }}"
        case dict():
            for key in value:
                if key in RESERVED or not isinstance(key, str):
                    raise ValueError(f"{key!r} can be no key of a mapping in a transcript")
            return _table(value.items())
    raise ValueError(f"{value!r} has no form in a transcript")


def _table(pairs: Iterable[tuple[str, Any]]) -> str:
    return _inline([(quoted(key), _value(value)) for key, value in pairs])


def _inline(parts: list[tuple[str, str]]) -> str:
    return "{ " + ", ".join(f"{key} = {value}" for key, value in parts) + " }" if parts else "{}"


def quoted(text: str) -> str:
    """A string as TOML has it.

    Raises:
        ValueError: No file can hold it.
    """
    return f'"{_escaped(text)}"'


def _escaped(text: str) -> str:
    return "".join(map(_escape, text))


def _escape(character: str) -> str:
    if character in _ESCAPES:
        return _ESCAPES[character]
    if character.isprintable():
        return character
    code = ord(character)
    if 0xD800 <= code <= 0xDFFF:
        raise ValueError(f"{character!r} is no character that a file can hold")
    return f"\\u{code:04X}" if code <= 0xFFFF else f"\\U{code:08X}"


def _bytes(data: bytes, inline: bool = False) -> str:
    """Bytes as text, on as many lines as they have, or as base64 if hardly anything can be read."""
    unreadable = sum(byte not in b"\t\r\n" and not 32 <= byte < 127 for byte in data)
    if unreadable * 4 > len(data) > 16:
        return f'[{{ base64 = "{base64.b64encode(data).decode("ascii")}" }}]'
    text = data.decode("latin-1")
    if inline or "\n" not in text:
        return quoted(text)
    lines = "\n".join(map(_escaped, text.split("\n")))
    lines = _LONE_QUOTE.sub('"', lines)
    return f'"""\n{lines}"""'
