"""Values as they travel between the runner and an agent, and as the runner sees them.

A string travels with its kind, because Python 2 has one type for text and data:

    kind      Python 3   Python 2    in the runner
    text      str        unicode     str
    data      bytes      str         bytes
    native    str        str         Native: equal to a str and to bytes

A `str` of the runner is sent as native, `bytes` as data: "GET" in a case is what "GET" in a
program of the implementation's interpreter is.  See docs/agent-protocol.md.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

JSON = Any
"""Anything that `json.loads` gives."""


class Text(str):
    """A string that is text on both versions of Python: unicode on Python 2."""

    __slots__ = ()


LARGE = 1 << 63
"""Whole numbers from here on travel in hexadecimal: not every reader of JSON takes them, and Python itself
only so many digits."""


class Native(str):
    """A Python 2 `str`, which is text as well as data: it equals either, byte for character."""

    __slots__ = ()

    def __eq__(self, other: object) -> bool:
        if isinstance(other, bytes):
            return self.encode("latin-1") == other
        return str.__eq__(self, other)

    def __ne__(self, other: object) -> bool:
        return not self == other

    def __hash__(self) -> int:
        return str.__hash__(self)

    def __contains__(self, part: object) -> bool:
        if isinstance(part, bytes):
            part = part.decode("latin-1")
        return isinstance(part, str) and str.__contains__(self, part)


@dataclass(frozen=True)
class RemoteObject:
    """An object that the agent keeps.

    Attributes:
        id: The name by which a program refers to it.
        type: The dotted names of its class and of that class's bases, in the order of method resolution.
        classes: The same of itself if it is a class, else None.
    """

    id: str
    type: tuple[str, ...]
    classes: tuple[str, ...] | None = None

    def __repr__(self) -> str:
        if self.classes is not None:
            return f"<class {self.classes[0]}>"
        return f"<{self.type[0]} object>"


class MalformedValue(ValueError):
    """What an agent sent is not a value of the protocol."""


def encode(value: object) -> JSON:
    """The form in which a value of the runner travels.

    Raises:
        TypeError: There is no such form.
    """
    if value is None or isinstance(value, bool):
        return value
    if isinstance(value, int):
        return value if -LARGE < value < LARGE else {"hexadecimal": f"{value:x}"}
    if isinstance(value, float):
        return value if math.isfinite(value) else {"float": repr(value)}
    if isinstance(value, Text):
        return {"text": str(value)}
    if isinstance(value, str):
        return {"native": str(value)}
    if isinstance(value, bytes):
        return {"data": value.decode("latin-1")}
    if isinstance(value, list | tuple):
        return {"list" if isinstance(value, list) else "tuple": [encode(each) for each in value]}
    if isinstance(value, dict):
        return {"dict": [[encode(key), encode(each)] for key, each in value.items()]}
    identity = getattr(value, "__remote_id__", None)
    if isinstance(value, RemoteObject):
        identity = value.id
    if identity is not None:
        return {"ref": identity}
    raise TypeError(f"{value!r} cannot be sent to an agent")


def decode(value: JSON, wrap: Callable[[RemoteObject], object] = lambda remote: remote) -> Any:
    """The value that an agent sent.

    Args:
        value: What `json.loads` made of it.
        wrap: Called with each object that the agent keeps, for what shall stand for it.

    Raises:
        MalformedValue: It is not a value of the protocol.
    """
    if value is None or isinstance(value, bool | int | float):
        return value
    if isinstance(value, dict):
        if "object" in value:
            return wrap(_decode_object(value))
        if len(value) == 1:
            ((kind, content),) = value.items()
            try:
                if kind in _STRINGS:
                    return _STRINGS[kind](_expect(content, str, "a string"))
                if kind in _LISTS:
                    return _LISTS[kind](_expect(content, list, "a list"), wrap)
            except MalformedValue:
                raise
            except (TypeError, ValueError) as error:
                raise MalformedValue(f"{shorten(value)} is not a value: {error}") from error
    raise MalformedValue(f"{shorten(value)} is not a value")


def _expect(content: JSON, kind: type, words: str) -> Any:
    if not isinstance(content, kind):
        raise TypeError(f"expected {words}")
    return content


def _decode_object(value: dict[str, JSON]) -> RemoteObject:
    names = [value.get("type"), value.get("class", [])]
    well_formed = (
        isinstance(value["object"], str)
        and names[0]
        and all(isinstance(each, list) and all(isinstance(name, str) for name in each) for each in names)
    )
    if not well_formed or not value.keys() <= {"object", "type", "class"}:
        raise MalformedValue(
            f"{shorten(value)} is not an object: it needs 'object', a string, and 'type', a list of names"
        )
    return RemoteObject(
        value["object"], tuple(value["type"]), tuple(value["class"]) if value.get("class") else None
    )


def _decode_pairs(content: JSON, wrap: Callable[[RemoteObject], object]) -> dict[Any, Any]:
    if not all(isinstance(each, list) and len(each) == 2 for each in content):
        raise ValueError("expected a list of pairs")
    return {decode(key, wrap): decode(each, wrap) for key, each in content}


_STRINGS: dict[str, Callable[[str], object]] = {
    "text": str,
    "data": lambda content: content.encode("latin-1"),
    "native": lambda content: Native(content.encode("latin-1").decode("latin-1")),
    "float": float,
    "hexadecimal": lambda content: int(content, 16),
}
"""What makes a value of a string."""

_LISTS: dict[str, Callable[[JSON, Callable[[RemoteObject], object]], object]] = {
    "list": lambda content, wrap: [decode(each, wrap) for each in content],
    "tuple": lambda content, wrap: tuple(decode(each, wrap) for each in content),
    "dict": _decode_pairs,
}
"""What makes a value of a list."""


def shorten(value: object, most: int = 200) -> str:
    """The representation of a value, at most so many characters of it."""
    try:
        words = repr(value)
    except ValueError:
        words = "<a number of more digits than Python writes>"
    return words if len(words) <= most else f"{words[: most - 20]}... ({len(words)} characters)"


def without_middle(words: str, most: int = 1000) -> str:
    """Words without what is in their middle, if they are long: either end tells more."""
    if len(words) <= most:
        return words
    return f"{words[: most // 2]} ... {words[-most // 2 :]} ({len(words)} characters)"


def count(number: int, what: str) -> str:
    """A number of things, in words: one case, but two cases."""
    return f"{number} {what}" + ("" if number == 1 else "s")


# Python 3 gave one class to what Python 2 had under several names.
_SAME_CLASS = {
    "socket.error": "builtins.OSError",
    "_socket.error": "builtins.OSError",
    "select.error": "builtins.OSError",
    "builtins.IOError": "builtins.OSError",
    "builtins.EnvironmentError": "builtins.OSError",
    "socket.timeout": "builtins.TimeoutError",
    "_socket.timeout": "builtins.TimeoutError",
}


def canonical_class(name: str) -> str:
    """The name that Python 3 gives to a class: `exceptions.IOError` is `builtins.OSError`."""
    module, _, own = name.rpartition(".")
    if module in {"exceptions", "__builtin__"}:
        name = f"builtins.{own}"
    return _SAME_CLASS.get(name, name)


def names_of_class(wanted: str) -> list[str]:
    """All names by which `is_class` knows the wanted class; one without a dot holds for any module."""
    known = {*_SAME_CLASS, *_SAME_CLASS.values(), wanted}
    older = {
        name.replace("builtins", module, 1)
        for name in known
        if name.startswith("builtins.")
        for module in ("exceptions", "__builtin__")
    }
    return sorted(name for name in known | older if is_class([name], wanted))


def is_class(names: Sequence[str], wanted: str) -> bool:
    """Whether a class is the wanted one or one derived from it.

    Args:
        names: The dotted names of the class and its bases, as an agent gave them.
        wanted: A name without a dot (`BadStatusLine`, `ValueError`), which may come from any
            module, or a dotted one, by Python 2's name or by Python 3's (`socket.error`).
    """
    canonical = {canonical_class(name) for name in names}
    if "." in wanted:
        return canonical_class(wanted) in canonical
    return wanted in {name.rpartition(".")[2] for name in (*canonical, *names)}
