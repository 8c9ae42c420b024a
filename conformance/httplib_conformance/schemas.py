"""Data files checked against their schemas, with errors that a person can act on."""

from __future__ import annotations

import json
import tomllib
from functools import cache
from importlib import resources
from typing import TYPE_CHECKING, Any

import jsonschema_rs

from httplib_conformance.values import count, shorten

if TYPE_CHECKING:
    from collections.abc import Iterable
    from importlib.resources.abc import Traversable

    from jsonschema.exceptions import ValidationError


class BadData(Exception):
    """A data file that is not as it should be; the message names file and key and says what was expected."""


class Schema:
    """What data must be.

    Two libraries look at the data. One says at once whether it is as it should be, and nearly always it
    is. The other takes a hundred times as long, says what is wrong in a way that can be told, and has the
    last word.

    Args:
        source: The schema, as JSON has it.
    """

    def __init__(self, source: dict[str, Any]) -> None:
        self.source = source
        self._quick = jsonschema_rs.Draft202012Validator(source)

    def with_ref(self, name: str) -> Schema:
        """The schema of one of its definitions."""
        return Schema(self.source | {"$ref": f"#/$defs/{name}"})

    def error_in(self, data: object) -> ValidationError | None:
        """What is wrong with the data, if anything is."""
        try:
            if self._quick.is_valid(data):
                return None
        except ValueError:
            pass  # there is something in it that JSON does not have, such as a date
        from jsonschema import Draft202012Validator, exceptions  # noqa: PLC0415 (it takes a while)

        error: ValidationError | None = exceptions.best_match(
            Draft202012Validator(self.source).iter_errors(data)
        )
        return error


@cache
def schema_of(package: str, name: str) -> Schema:
    """The schema in a file of a package."""
    return Schema(json.loads(resources.files(package).joinpath(name).read_text("utf-8")))


def check(data: object, schema: Schema, where: str) -> None:
    """Check data against a schema.

    Args:
        data: What was read.
        schema: What it must be.
        where: The name of the file, for the message.

    Raises:
        BadData: It is not as the schema says.
    """
    try:
        error = schema.error_in(data)
        problem = "" if error is None else explain(error)
    except RecursionError as error:
        raise BadData(f"{where}: {too_much(error)}") from error
    if problem:
        raise BadData(f"{where}: {problem}")


def load_toml(file: Traversable, schema: Schema) -> dict[str, Any]:
    """Read a TOML file and check it.

    Raises:
        BadData: It cannot be read, is not TOML, or is not as the schema says.
    """
    try:
        data = tomllib.loads(file.read_bytes().decode("utf-8"))
        repr(data)  # what cannot be written, as some numbers in hexadecimal, could be shown to nobody
    except OSError as error:
        raise BadData(f"{file}: cannot be read: {error.strerror}") from error
    except UnicodeDecodeError as error:
        raise BadData(f"{file}: is not UTF-8: {error.reason} at byte {error.start}") from error
    except tomllib.TOMLDecodeError as error:
        raise BadData(f"{file}: is not TOML: {error}") from error
    except (ValueError, RecursionError) as error:
        raise BadData(f"{file}: {too_much(error)}") from error
    check(data, schema, str(file))
    return data


def too_much(error: ValueError | RecursionError) -> str:
    """What is wrong with well-formed data that cannot be read: Python has limits of its own."""
    if isinstance(error, RecursionError):
        return "is nested too deeply to be read"
    return "has a number of too many digits to be read"


# Patterns of the schemas in words; what a pattern is not named here for is told by its description.
_IN_WORDS = {
    "^[\\u0000-\\u00ff]*$": "characters up to U+00FF only, for each stands for a byte",
    "^[A-Za-z0-9+/]*={0,2}$": "base64",
    "^[a-z0-9]+(-[a-z0-9]+)*$": "words in lower case, letters and digits, joined by hyphens",
    "^[a-z0-9-]+(\\.[a-z0-9-]+)+$": "words in lower case, parted by dots",
}


def explain(error: ValidationError) -> str:
    """Where the data is wrong, what is there, and what was expected."""
    place = _place(error.absolute_path)
    expected: Any = error.validator_value
    schema: Any = error.schema
    found: Any = error.instance
    match error.validator:
        case "additionalProperties":
            known = sorted(schema.get("properties", {}))
            unknown = ", ".join(repr(key) for key in found if key not in known)
            return f"{place} has no use for the key {unknown}; expected one of {', '.join(map(repr, known))}"
        case "required":
            missing = [key for key in expected if key not in found]
            return f"{place} lacks the key {', '.join(map(repr, missing))}"
        case "dependentRequired":
            ((key, needed),) = [each for each in expected.items() if each[0] in found][:1]
            return f"{place} has {key!r}; expected {' and '.join(map(repr, needed))} with it"
        case "not" if "required" in expected:
            return (
                f"{place} has {' and '.join(map(repr, expected['required']))}; expected one of them at most"
            )
        case "oneOf" if all("required" in each for each in expected):
            keys = " or ".join(repr(each["required"][0]) for each in expected)
            return f"{place} is {shorten(found, 80)}; expected either {keys} in it"
    return f"{place} is {shorten(found, 80)}; expected {_wanted(error, expected, schema)}"


def _wanted(error: ValidationError, expected: Any, schema: Any) -> str:
    """What was expected, in words."""
    match error.validator:
        case "type":
            return " or ".join([expected] if isinstance(expected, str) else expected)
        case "enum":
            return f"one of {', '.join(map(repr, expected))}"
        case "const":
            return repr(expected)
        case "pattern" if expected in _IN_WORDS:
            return _IN_WORDS[expected]
        case "minLength" | "minItems" | "minProperties":
            return f"at least {count(expected, _UNITS[error.validator])}"
        case "maxItems":
            return f"at most {count(expected, 'item')}"
        case "minimum":
            return f"{expected} or more"
        case "maximum":
            return f"{expected} or less"
        case "uniqueItems":
            return "no item twice"
    return str(schema.get("description", error.message))


_UNITS = {"minLength": "character", "minItems": "item", "minProperties": "key"}


def _place(path: Iterable[str | int]) -> str:
    place = ""
    for part in path:
        place += f"[{part}]" if isinstance(part, int) else f".{part}"
    return place.removeprefix(".") or "the file"
