"""What a case leaves behind: its verdict, and what a person needs to believe it.

Everything here becomes JSON without loss, so that it can travel between processes and into
result files.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any


class Verdict(StrEnum):
    """What came of a case."""

    passed = "pass"
    failed = "fail"
    timeout = "timeout"
    crash = "crash"
    unsupported = "unsupported"
    harness_error = "harness error"


@dataclass(frozen=True)
class Deviation:
    """One thing that is not as it should be.

    Attributes:
        what: What was looked at.
        expected: What it should have been.
        observed: What it was.
    """

    what: str
    expected: str
    observed: str


@dataclass
class Evidence:
    """What a case leaves behind, gathered while it runs.

    Attributes:
        deviations: What is not as it should be, in the order in which it was seen.
        segmentation: How the replies were cut when that happened, empty if that is of no account.
        wire: The wire log of each server that took part.
        stderr: What the agent wrote to its standard error, if it was lost.
        message: Anything else that a person should read: the text of an assertion, say.
        reproduction: The text of a transcript that shows the same, if the case was generated.
    """

    deviations: list[Deviation] = field(default_factory=list)
    segmentation: str = ""
    wire: list[str] = field(default_factory=list)
    stderr: str = ""
    message: str = ""
    reproduction: str = ""

    @classmethod
    def from_json(cls, data: dict[str, Any]) -> Evidence:
        """The evidence that `dataclasses.asdict` made this of."""
        return cls(**{**data, "deviations": [Deviation(**each) for each in data["deviations"]]})


class Deviates(Exception):
    """The implementation deviates; what in, the evidence of the case says."""


class Unsupported(Exception):
    """The agent cannot carry out what the case asks for."""
