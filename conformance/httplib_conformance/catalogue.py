"""The requirement catalogue: what an implementation is held to, one testable sentence each.

The sentences stand in requirements/*.toml, by heading of the document.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum
from functools import cache
from importlib import resources
from typing import TYPE_CHECKING

from httplib_conformance.schemas import BadData, load_toml, schema_of

if TYPE_CHECKING:
    from collections.abc import Iterable
    from importlib.resources.abc import Traversable


class Level(IntEnum):
    """How binding a requirement is; the lower, the more binding.

    A case has the level of the least binding requirement that it checks.
    """

    documented = 1
    referenced = 2
    observed = 3
    disputed = 4
    """Document and original disagree: shown, never held against an implementation; see disputes.py."""


@dataclass(frozen=True)
class Requirement:
    """One testable sentence.

    Attributes:
        id: Its permanent id.
        level: How binding it is.
        text: The sentence.
        heading: The heading of the document that it comes from.
        source: The paragraph there.
        untestable: Why no case can check it, if that is so.
    """

    id: str
    level: Level
    text: str
    heading: str
    source: str = ""
    untestable: str = ""

    @property
    def area(self) -> str:
        """What it is about: the first word of its id."""
        return self.id.partition(".")[0]


@cache
def catalogue() -> dict[str, Requirement]:
    """All requirements by id.

    Raises:
        BadData: A file is malformed, or an id stands in it twice.
    """
    return load_folder(resources.files("httplib_conformance").joinpath("requirements"))


def load_folder(folder: Traversable) -> dict[str, Requirement]:
    """All requirements in the files of a folder, by id.

    Raises:
        BadData: A file is malformed, or an id stands in it twice.
    """
    found: dict[str, Requirement] = {}
    for file in sorted(folder.iterdir(), key=lambda entry: entry.name):
        if not file.name.endswith(".toml"):
            continue
        data = load_toml(file, schema_of("httplib_conformance", "requirements/requirements.schema.json"))
        for entry in data["requirement"]:
            if entry["id"] in found:
                raise BadData(f"{file}: the id {entry['id']!r} is there twice")
            found[entry["id"]] = Requirement(
                id=entry["id"],
                level=Level[entry["level"]],
                text=entry["text"],
                heading=entry.get("heading", data["heading"]),
                source=entry.get("source", ""),
                untestable=entry.get("untestable", ""),
            )
    return found


def level_of(covers: Iterable[str]) -> Level:
    """The level of a case that covers these requirements.

    Raises:
        BadData: One of them is not in the catalogue.
    """
    known = catalogue()
    unknown = [each for each in covers if each not in known]
    if unknown:
        raise BadData(f"{', '.join(map(repr, unknown))}: no such requirement in the catalogue")
    return max(known[each].level for each in covers)
