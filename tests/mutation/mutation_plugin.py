"""What mutmut cannot know of the suite: which cases are quick, and what a kill is.

A pytest plugin. mutmut loads it in each run of the cases that it makes: see [tool.mutmut] in pyproject.toml.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from httplib_conformance import generated
from httplib_conformance.checker import CASE
from httplib_conformance.disputes import Side, disputes
from httplib_conformance.evidence import Verdict
from httplib_conformance.faults import CATCHES
from httplib_conformance.plugin import checker_of

if TYPE_CHECKING:
    from collections.abc import Collection, Generator

    from httplib_conformance.disputes import Shown

SURVIVED, KILLED, BROKEN = 0, 1, 35
"""Exit statuses; mutmut calls a mutant with the last one suspicious."""

STATS = Path("mutmut-stats.json")
"""What mutmut knows of the cases, once it has run all of them without a mutant."""


def pytest_configure() -> None:
    """Do not make failing examples smaller: nobody looks at them."""
    generated.SECONDS_TO_MAKE_SMALLER = 0.0


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Leave out what is no case, and begin with what is quick."""
    cases = [item for item in items if CASE in item.stash]
    config.hook.pytest_deselected(items=[item for item in items if item not in cases])
    seconds = json.loads(STATS.read_text("utf-8"))["duration_by_test"] if STATS.exists() else {}
    items[:] = sorted(cases, key=lambda item: seconds.get(item.nodeid, 0.0))


@pytest.hookimpl(wrapper=True)
def pytest_sessionfinish(session: pytest.Session) -> Generator[None, None, None]:
    """Say with the exit status what came of the mutant, once the checker has said what came of the run."""
    yield
    if session.config.option.collectonly:
        session.exitstatus = SURVIVED
        return
    checker = checker_of(session.config)
    verdicts = [result.verdict for result in checker.results.values()]
    session.exitstatus = status_of(
        verdicts,
        checker.disputes.values(),
        missing=len(checker.without_result),
        status=session.exitstatus,
    )


def status_of(
    verdicts: Collection[Verdict], shown: Collection[Shown] = (), *, missing: int, status: int
) -> int:
    """What came of a mutant.

    Only a case that fails, times out or crashes kills one, or the probe of a dispute that finds it on
    another side than the reference. mutmut would take every other odd exit status for a kill as well, and
    what the harness itself could not do must not look like one.

    Args:
        verdicts: Those of the cases that ran.
        shown: What the probes of disputes showed.
        missing: How many cases did not.
        status: The exit status that the run would have.

    Returns:
        The exit status that it is to have.
    """
    if set(verdicts) - CATCHES - {Verdict.passed}:
        return BROKEN
    if set(verdicts) & CATCHES:
        return KILLED  # the cases behind the first that does not pass are missing
    if any(each.side not in {Side.neither, disputes()[each.id].reference} for each in shown):
        return KILLED  # a probe that finds neither may have come to no finding at all
    return BROKEN if missing or status else SURVIVED
