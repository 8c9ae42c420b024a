"""How a case says what it is: its id and the requirements that it checks."""

from __future__ import annotations

import inspect
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pytest

from httplib_conformance.catalogue import Level, level_of
from httplib_conformance.disputes import disputes
from httplib_conformance.results import CaseResult
from httplib_conformance.schemas import BadData

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from httplib_conformance.evidence import Evidence, Verdict
    from httplib_conformance.transcripts import Transcript

# The same as for transcripts: transcript.schema.json.
SLUG = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")


def case(identity: str, *covers: str) -> pytest.MarkDecorator:
    """Mark a test function as a case.

    Args:
        identity: Its permanent id, a slug: words in lower case, joined by hyphens.
        covers: The ids of the requirements that it checks.
    """
    return pytest.mark.case(identity, covers)


def dispute(identity: str) -> pytest.MarkDecorator:
    """Mark a test function as the probe of a dispute: it shows which side an implementation takes.

    Args:
        identity: The id of the dispute in the register.
    """
    return pytest.mark.dispute(identity)


def each_case(
    names: str, values: Iterable[Sequence[Any]], identity: str, *covers: str
) -> pytest.MarkDecorator:
    """Mark a test function as one case for each row of values.

    Args:
        names: The names of the function's parameters, parted by commas.
        values: The rows.
        identity: The id of a case, with parameters in braces: `constant-{slug}`.
        covers: The ids of the requirements that it checks, with parameters in braces.
    """
    keys = [name.strip() for name in names.split(",")]
    rows = []
    for row in values:
        given = dict(zip(keys, row, strict=True))
        rows.append(
            pytest.param(
                *row,
                id=identity.format(**given),
                marks=case(identity.format(**given), *(each.format(**given) for each in covers)),
            )
        )
    return pytest.mark.parametrize(keys, rows)


@dataclass(frozen=True)
class Case:
    """What is known of a case before it runs.

    Attributes:
        id: Its permanent id.
        title: The rule that is broken when it fails.
        level: How binding it is.
        covers: The ids of the requirements that it checks.
        transcript: The transcript if it is one.
        function: The function that carries it out.
        nodeid: What pytest calls it.
    """

    id: str
    title: str
    level: Level
    covers: tuple[str, ...]
    transcript: Transcript | None
    function: Callable[..., object]
    nodeid: str = ""

    @property
    def source(self) -> str:
        """The text that defines it."""
        return self.transcript.source if self.transcript else inspect.getsource(self.function)

    def result(self, verdict: Verdict, seconds: float, evidence: Evidence) -> CaseResult:
        """What came of it."""
        return CaseResult(
            id=self.id,
            title=self.title,
            level=self.level.name,
            requirements=list(self.covers),
            verdict=verdict,
            seconds=seconds,
            evidence=evidence,
        )


def case_of(item: pytest.Item) -> Case | None:
    """The case that a collected item is, None if it is none.

    Raises:
        BadData: It is marked as a case but not as it should be.
    """
    if not isinstance(item, pytest.Function):
        return None
    marker = item.get_closest_marker("case")
    if marker is None:
        return _probe_of(item)
    identity, covers = marker.args
    if not SLUG.fullmatch(identity):
        raise BadData(
            f"{item.nodeid}: the case id {identity!r} is no slug; "
            "expected words in lower case, letters and digits, joined by hyphens"
        )
    if not covers:
        raise BadData(f"{item.nodeid}: the case {identity!r} covers no requirement")
    try:
        level = level_of(covers)
    except BadData as error:
        raise BadData(f"{item.nodeid}: the case {identity!r} covers {error}") from error
    params: dict[str, Any] = item.callspec.params if hasattr(item, "callspec") else {}
    transcript: Transcript | None = params.get("transcript")
    docstring = inspect.getdoc(item.function) or identity
    return Case(
        id=identity,
        title=transcript.title if transcript else docstring.split("\n\n")[0].replace("\n", " ").rstrip("."),
        level=level,
        covers=tuple(covers),
        transcript=transcript,
        function=item.function,
        nodeid=item.nodeid,
    )


def _probe_of(item: pytest.Function) -> Case | None:
    """The probe of a dispute that a collected item is, None if it is none."""
    marker = item.get_closest_marker("dispute")
    if marker is None:
        return None
    (identity,) = marker.args
    if identity not in disputes():
        raise BadData(f"{item.nodeid}: {identity!r}: no such dispute in the register")
    return Case(
        id=identity,
        title=disputes()[identity].document,
        level=Level.disputed,
        covers=(),
        transcript=None,
        function=item.function,
        nodeid=item.nodeid,
    )
