"""What the values in a transcript's file stand for; docs/transcripts.md explains their forms."""

from __future__ import annotations

import base64
from typing import Any

from httplib_conformance.values import Text


def as_bytes(data: str | list[str | dict[str, Any]]) -> bytes:
    """The bytes that a string or a list of pieces stands for.

    Raises:
        ValueError: A piece is not base64.
    """
    if isinstance(data, str):
        return data.encode("latin-1")
    pieces = []
    for piece in data:
        if isinstance(piece, str):
            pieces.append(piece.encode("latin-1"))
        elif "repeat" in piece:
            pieces.append(piece["repeat"].encode("latin-1") * piece["times"])
        else:
            try:
                pieces.append(base64.b64decode(piece["base64"], validate=True))
            except ValueError as error:
                raise ValueError(f": {shown(piece['base64'])} is not base64: {error}") from error
    return b"".join(pieces)


def argument(data: Any) -> Any:
    """The argument that a value of a transcript stands for."""
    if isinstance(data, list):
        return [argument(each) for each in data]
    if isinstance(data, dict):
        match data:
            case {"none": True}:
                return None
            case {"data": content}:
                return as_bytes(content)
            case {"text": content}:
                return Text(content)
            case {"pieces": content}:
                return as_bytes(content).decode("latin-1")
            case {"tuple": content}:
                return tuple(argument(each) for each in content)
        return {key: argument(each) for key, each in data.items()}
    return data


def arguments(data: list[Any]) -> tuple[Any, ...]:
    """What a list of values stands for."""
    return tuple(argument(each) for each in data)


def pairs_of(data: dict[str, Any]) -> tuple[tuple[str, Any], ...]:
    """What a table of arguments by keyword stands for."""
    return tuple((key, argument(each)) for key, each in data.items())


# What is expected has the same forms: a bare string is text, which a native string satisfies.
expected = argument


def shown(value: object) -> str:
    """A value in words for a person, not too many of them."""
    words = repr(value)
    return words if len(words) <= 60 else f"{words[:45]}... ({len(words)} characters)"
