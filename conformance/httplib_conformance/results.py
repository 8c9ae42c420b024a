"""Results: what came of each case, as objects and as a file that others can read.

results.schema.json lays down the form of the file.
"""

from __future__ import annotations

import json
import os
from collections import Counter
from dataclasses import asdict, dataclass, field
from typing import TYPE_CHECKING, Any

from httplib_conformance.evidence import Evidence, Verdict

if TYPE_CHECKING:
    from pathlib import Path

    from httplib_conformance.disputes import Shown
    from httplib_conformance.engine import Target
    from httplib_conformance.protocol import Implementation

SCHEMA = "httplib-conformance/results/1"
"""What the file says that it is; the number goes up when its form changes."""


@dataclass(frozen=True)
class CaseResult:
    """What came of a case.

    Attributes:
        id: The id of the case.
        title: The rule that is broken if it failed.
        level: How binding it is.
        requirements: The ids of the requirements that it checks.
        verdict: What came of it.
        seconds: How long it took.
        evidence: What a person needs to believe the verdict.
    """

    id: str
    title: str
    level: str
    requirements: list[str]
    verdict: Verdict
    seconds: float
    evidence: Evidence

    def as_json(self) -> dict[str, Any]:
        """The same for `json.dumps`."""
        return {**asdict(self), "verdict": self.verdict.value}

    @classmethod
    def from_json(cls, data: dict[str, Any]) -> CaseResult:
        """The result that `as_json` gave."""
        return cls(
            **{**data, "verdict": Verdict(data["verdict"]), "evidence": Evidence.from_json(data["evidence"])}
        )


@dataclass(frozen=True)
class Results:
    """What came of a run.

    Attributes:
        target: What was to be checked, and how it was reached.
        implementation: What it said of itself.
        conforms: Whether the implementation was seen to conform, as far as cases were selected: there
            are some, the run came to its end, every case passed, and nothing was left behind.
        level: The level up to which cases were selected.
        patterns: The ids that were selected, in which * and ? match; none for all.
        cases: What came of each case.
        disputes: Which side the implementation takes in each dispute; `conforms` depends on none.
        servers: The real servers that it talked to, with their versions.
        left: What the run left behind, in words.
    """

    target: Target
    implementation: Implementation
    conforms: bool
    level: str
    patterns: list[str]
    cases: list[CaseResult]
    disputes: list[Shown] = field(default_factory=list)
    servers: list[str] = field(default_factory=list)
    left: list[str] = field(default_factory=list)

    def as_json(self) -> dict[str, Any]:
        """The same for `json.dumps`."""
        verdicts = Counter(case.verdict.value for case in self.cases)
        return {
            "schema": SCHEMA,
            "target": {
                **asdict(self.implementation),
                "in_process": self.target.in_process,
                "setup": self.target.setup,
            },
            "selected": {"level": self.level, "cases": self.patterns},
            "summary": {
                "cases": len(self.cases),
                "conforms": self.conforms,
                "verdicts": {verdict.value: verdicts[verdict.value] for verdict in Verdict},
            },
            "cases": [case.as_json() for case in sorted(self.cases, key=lambda case: case.id)],
            "servers": self.servers,
            "left_behind": self.left,
            "disputes": [each.as_json() for each in sorted(self.disputes, key=lambda shown: shown.id)],
        }


def probe(file: Path) -> None:
    """See whether a file can be written, and leave it as it is.

    Raises:
        OSError: It cannot be written.
    """
    new = not os.path.lexists(file)
    with file.open("ab"):
        pass
    if new:
        file.unlink()


def write_results(file: Path, results: Results) -> None:
    """Write results to a file.

    Raises:
        OSError: It cannot be written.
    """
    file.write_text(json.dumps(results.as_json(), indent=1) + "\n", encoding="utf-8")
