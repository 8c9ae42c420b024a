"""Data files checked against their schemas, with errors that a person can act on."""

from __future__ import annotations

import json
import tomllib
from functools import cache
from importlib import resources
from typing import TYPE_CHECKING, Any

import jsonschema

from httplib_conformance.values import shorten

if TYPE_CHECKING:
    from collections.abc import Iterable
    from importlib.resources.abc import Traversable

    from jsonschema.exceptions import ValidationError


class BadData(Exception):
    """A data file that is not as it should be; the message names file and key and says what was expected."""


@cache
def validator(package: str, name: str) -> jsonschema.Draft202012Validator:
    """The validator for a schema file of a package."""
    schema = json.loads(resources.files(package).joinpath(name).read_text("utf-8"))
    jsonschema.Draft202012Validator.check_schema(schema)
    return jsonschema.Draft202012Validator(schema)


def check(data: object, schema: jsonschema.Draft202012Validator, where: str) -> None:
    """Check data against a schema.

    Args:
        data: What was read.
        schema: What it must be.
        where: The name of the file, for the message.

    Raises:
        BadData: It is not as the schema says.
    """
    error = jsonschema.exceptions.best_match(schema.iter_errors(data))
    if error is not None:
        raise BadData(f"{where}: {explain(error)}")


def load_toml(file: Traversable, schema: jsonschema.Draft202012Validator) -> dict[str, Any]:
    """Read a TOML file and check it.

    Raises:
        BadData: It cannot be read, is not TOML, or is not as the schema says.
    """
    try:
        data = tomllib.loads(file.read_bytes().decode("utf-8"))
    except OSError as error:
        raise BadData(f"{file}: cannot be read: {error.strerror}") from error
    except UnicodeDecodeError as error:
        raise BadData(f"{file}: is not UTF-8: {error.reason} at byte {error.start}") from error
    except tomllib.TOMLDecodeError as error:
        raise BadData(f"{file}: is not TOML: {error}") from error
    check(data, schema, str(file))
    return data


def explain(error: ValidationError) -> str:
    """Where the data is wrong, what is there, and what was expected."""
    place = _place(error.absolute_path)
    expected: Any = error.validator_value
    match error.validator:
        case "additionalProperties" if isinstance(error.instance, dict) and isinstance(error.schema, dict):
            known = sorted(error.schema.get("properties", {}))
            unknown = ", ".join(repr(key) for key in error.instance if key not in known)
            return f"{place} has no key {unknown}; expected one of {', '.join(map(repr, known))}"
        case "required" if isinstance(error.instance, dict):
            missing = [key for key in expected if key not in error.instance]
            return f"{place} lacks the key {', '.join(map(repr, missing))}"
        case "type":
            kinds = [expected] if isinstance(expected, str) else expected
            return f"{place} is {shorten(error.instance, 80)}; expected {' or '.join(kinds)}"
        case "enum":
            return (
                f"{place} is {shorten(error.instance, 80)}; expected one of {', '.join(map(repr, expected))}"
            )
        case "pattern":
            return f"{place} is {shorten(error.instance, 80)}; expected a string that matches {expected}"
        case "oneOf" | "anyOf":
            wanted = [each.get("required", each.get("type", "…")) for each in expected]
            forms = " or ".join(
                " and ".join(map(repr, each)) if isinstance(each, list) else str(each) for each in wanted
            )
            return f"{place} is {shorten(error.instance, 80)}; expected one form of: {forms}"
        case "not" if isinstance(expected, dict) and "required" in expected:
            return (
                f"{place} has {' and '.join(map(repr, expected['required']))}; expected one of them at most"
            )
    return f"{place} is {shorten(error.instance, 80)}: {error.message}"


def _place(path: Iterable[str | int]) -> str:
    place = ""
    for part in path:
        place += f"[{part}]" if isinstance(part, int) else f".{part}"
    return place.removeprefix(".") or "the file"
