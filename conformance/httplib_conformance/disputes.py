"""The register of disputes: where the document and the original implementation disagree.

The entries stand in disputes.toml.  For each there is a probe, a test in cases/ that is marked
with `@dispute(id)` and shows which side an implementation takes.  A dispute is information: no
implementation fails by it, on whichever side it is.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass
from enum import StrEnum
from functools import cache
from importlib import resources
from typing import TYPE_CHECKING, Any

from httplib_conformance.schemas import BadData, load_toml, schema_of

if TYPE_CHECKING:
    from importlib.resources.abc import Traversable


class Side(StrEnum):
    """Which side an implementation takes."""

    document = "document"
    original = "original"
    both = "both"
    neither = "neither"


@dataclass(frozen=True)
class Dispute:
    """One entry of the register.

    Attributes:
        id: Its permanent id.
        heading: The heading of the document under which it says so.
        source: Where under that heading.
        document: What the document says.
        original: What the original was seen to do.
        reference: Which of the two the reference does.
        why: Why it does that.
    """

    id: str
    heading: str
    source: str
    document: str
    original: str
    reference: Side
    why: str


@dataclass(frozen=True)
class Shown:
    """What a probe showed.

    Attributes:
        id: The id of the dispute.
        side: Which side the implementation takes.
        saw: What it was seen to do.
    """

    id: str
    side: Side
    saw: str

    def as_json(self) -> dict[str, Any]:
        """The same for `json.dumps`."""
        return {**asdict(self), "side": self.side.value}

    @classmethod
    def from_json(cls, data: dict[str, Any]) -> Shown:
        """What `as_json` gave."""
        return cls(**{**data, "side": Side(data["side"])})


class Probe:
    """What a probe tells its findings: the fixture `shows`.

    Attributes:
        side: Which side the implementation takes, as far as it has been told.
        saw: What it was seen to do.
    """

    def __init__(self) -> None:
        self.side = Side.neither
        self.saw = ""

    def __call__(self, *, document: bool, original: bool, saw: object) -> None:
        """Say which side the implementation takes.

        Args:
            document: Whether it does what the document says.
            original: Whether it does what the original was seen to do.
            saw: What it was seen to do.
        """
        sides = {
            (True, False): Side.document,
            (False, True): Side.original,
            (True, True): Side.both,
            (False, False): Side.neither,
        }
        self.side = sides[document, original]
        self.saw = str(saw)

    def shown(self, identity: str, otherwise: str) -> Shown:
        """What it comes to.

        Args:
            identity: The id of the dispute.
            otherwise: What was seen if the probe came to no finding.
        """
        return Shown(identity, self.side, self.saw or otherwise)


@cache
def disputes() -> dict[str, Dispute]:
    """All disputes by id.

    Raises:
        BadData: The register is malformed, or an id stands in it twice.
    """
    return load(resources.files("httplib_conformance").joinpath("disputes.toml"))


def load(file: Traversable) -> dict[str, Dispute]:
    """All disputes of a register, by id.

    Raises:
        BadData: It is malformed, or an id stands in it twice.
    """
    data = load_toml(file, schema_of("httplib_conformance", "disputes.schema.json"))
    found: dict[str, Dispute] = {}
    for entry in data["dispute"]:
        if entry["id"] in found:
            raise BadData(f"{file}: the id {entry['id']!r} is there twice")
        found[entry["id"]] = Dispute(**{**entry, "reference": Side(entry["reference"])})
    return found
