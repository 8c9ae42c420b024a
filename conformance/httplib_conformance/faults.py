"""Cases that bite: implementations with a single fault, and the cases that catch them.

A fault is a few lines that make the reference break one requirement, and as little else as can
be. It is caught when a case that cites this requirement does not pass. The faults stand in
fixtures/httplib_fixtures/faults/*.toml; docs/faults.md says how one is written.

Each fault has an agent process of its own. The pytest session around it, with the collected
cases, serves many of them: collecting takes longer than most faults do.
"""

from __future__ import annotations

import multiprocessing
import os
from concurrent.futures import ProcessPoolExecutor, as_completed
from dataclasses import dataclass, field, replace
from functools import cache
from importlib import resources
from string import Template
from typing import TYPE_CHECKING, Any

import pytest
from _pytest.runner import runtestprotocol
from rich.console import Group
from rich.padding import Padding
from rich.text import Text

from httplib_conformance.case_servers import Servers
from httplib_conformance.casemark import SLUG
from httplib_conformance.catalogue import Level, catalogue
from httplib_conformance.checker import CASE, EVIDENCE, SERVERS
from httplib_conformance.engine import SECONDS_A_CASE as PATIENCE
from httplib_conformance.engine import CannotStart, Engine
from httplib_conformance.evidence import Evidence, Verdict
from httplib_conformance.plugin import checker_of
from httplib_conformance.runner import Watch, run_pytest
from httplib_conformance.schemas import BadData, load_toml, schema_of
from httplib_conformance.values import count

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from importlib.resources.abc import Traversable

    from rich.console import RenderableType

    from httplib_conformance.casemark import Case
    from httplib_conformance.checker import Checker

CATCHES = frozenset({Verdict.failed, Verdict.timeout, Verdict.crash})
"""The verdicts that tell of a fault. The others tell of the harness, or of an agent."""

SECONDS_A_CASE = 2.0
"""How long a case may take: some faults make clients hang, and nobody wants to wait for them."""

MOST_TIMEOUTS = 3
"""After so many, no more cases are tried on a fault: it has been caught, and the next ones may hang, too."""

JOBS = min(3 * (os.cpu_count() or 1), 16)
"""How many faults are tried at the same time: thrice as many as can run, for many of them only wait."""

FAULTS_A_SESSION = 16
"""How many faults share the collected cases."""


@dataclass(frozen=True)
class Fault:
    """A way to be wrong.

    Attributes:
        id: Its permanent id.
        breaks: The id of the requirement that it breaks; empty in the control, which breaks none.
        title: What is wrong.
        setup: The source that makes the reference so.
    """

    id: str
    breaks: str
    title: str
    setup: str


CONTROL = "control"
"""The id of what is no fault: the reference with the preludes of all files.

Every case has to pass on it: one that does not would catch any fault.
"""

PRELUDE = '''
import httplib27
from httplib27 import HTTPConnection, HTTPMessage, HTTPResponse, HTTPSConnection


def instead_of(owner, name):
    """Put a function in the place of a method or function, which it is given as first argument."""
    original = getattr(owner, name)

    def put(function):
        def replacement(*args, **kwargs):
            return function(original, *args, **kwargs)

        setattr(owner, name, replacement)
        return function

    return put
'''
"""What goes before the setup of every fault."""


@dataclass(frozen=True)
class Outcome:
    """What came of the cases on an implementation with one fault.

    Attributes:
        fault: The fault.
        verdicts: The verdict of each case that ran.
        problem: Why none ran, empty if there was nothing in the way.
    """

    fault: Fault
    verdicts: dict[str, Verdict] = field(default_factory=dict)
    problem: str = ""

    @property
    def catching(self) -> list[str]:
        """The ids of the cases that noticed something."""
        return sorted(identity for identity, verdict in self.verdicts.items() if verdict in CATCHES)


# -- the faults as data


@cache
def all_faults() -> dict[str, Fault]:
    """All faults that are shipped, by id, with the control before them.

    Raises:
        BadData: A file is malformed, or an id stands in it twice.
    """
    return load_folder(resources.files("httplib_fixtures").joinpath("faults"))


def load_folder(folder: Traversable) -> dict[str, Fault]:
    """All faults in the files of a folder, by id, with the control before them.

    Raises:
        BadData: A file is malformed, or an id is used twice; the message names file and key.
    """
    found = {CONTROL: Fault(CONTROL, "", "Nothing is wrong", PRELUDE)}
    for file in sorted(folder.iterdir(), key=lambda entry: entry.name):
        if not file.name.endswith(".toml"):
            continue
        data = load_toml(file, schema_of("httplib_fixtures", "fault.schema.json"))
        prelude = data.get("prelude", "")
        found[CONTROL] = replace(found[CONTROL], setup=found[CONTROL].setup + prelude)
        for number, entry in enumerate(data["fault"]):
            try:
                for fault in _faults_of(entry, PRELUDE + prelude):
                    if fault.id in found:
                        raise ValueError(f"id: {fault.id!r} is used twice")
                    found[fault.id] = fault
            except ValueError as error:
                raise BadData(f"{file}: fault[{number}].{error}") from error
    return found


def _faults_of(entry: dict[str, Any], prelude: str) -> Iterator[Fault]:
    """The faults that an entry stands for: one, or one for each row of values.

    Raises:
        ValueError: It makes no sense; the message begins with the key.
    """
    known = catalogue()
    for row in entry.get("each", [{}]):
        filled = {}
        for key in ("id", "breaks", "title", "setup"):
            try:
                filled[key] = Template(entry[key]).substitute(row)
            except KeyError as error:
                raise ValueError(f"{key}: ${error.args[0]} stands for nothing in {row}") from None
            except ValueError as error:
                raise ValueError(f"{key}: {error}") from None
        fault = Fault(**filled)
        if not SLUG.fullmatch(fault.id):
            raise ValueError(f"id: {fault.id!r} is no slug")
        if fault.breaks not in known:
            raise ValueError(f"breaks: {fault.breaks!r} is no requirement in the catalogue")
        if known[fault.breaks].untestable:
            raise ValueError(f"breaks: {fault.breaks!r} is said to be untestable")
        source = prelude + fault.setup
        try:
            compile(source, "<setup>", "exec")
        except SyntaxError as error:
            raise ValueError(f"setup: {error.msg}: {(error.text or '').strip()}") from None
        yield replace(fault, setup=source)


# -- running the cases on them


class _Sweep(Watch):
    """A pytest plugin that runs cases on one implementation after another.

    Args:
        faults: What is wrong with each.
        others: Whether also those cases run that do not cite the requirement that is broken.
        tell: Called with each outcome.
    """

    def __init__(self, faults: Sequence[Fault], others: bool, tell: Callable[[Outcome], None]) -> None:
        super().__init__()
        self._faults = faults
        self._others = others
        self._tell = tell

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtestloop(self, session: pytest.Session) -> bool:
        """Run the cases for each fault, instead of once."""
        checker = checker_of(session.config)
        target, seconds = checker.engine.target, checker.seconds
        checker.engine.close()
        for item in session.items:
            # Nobody reads how it failed; to tell that takes longer than to run it.
            vars(item)["repr_failure"] = str
        for fault in self._faults:
            checker.engine = Engine(replace(target, setup=fault.setup))
            # Nothing hangs on the control; what is slow there is slow for the machine is busy.
            checker.seconds = seconds if fault.breaks else max(seconds, PATIENCE)
            try:
                checker.implementation = checker.engine.start()
            except CannotStart as error:
                self._tell(Outcome(fault, problem=str(error)))
            else:
                self._tell(Outcome(fault, self._verdicts(fault, session, checker)))
                checker.engine.close()
            checker.implementation = None
        return True

    def _verdicts(self, fault: Fault, session: pytest.Session, checker: Checker) -> dict[str, Verdict]:
        verdicts: dict[str, Verdict] = {}
        most = _most(fault)
        citing, others = [], []
        for item in session.items:
            case = item.stash.get(CASE, None)
            if case is None or case.level > most:  # no probes of disputes
                continue
            if not fault.breaks or fault.breaks in case.covers:
                citing.append((item, case))
            elif self._others:
                others.append((item, case))
        for item, case in (*citing, *others):
            if [*verdicts.values()].count(Verdict.timeout) == MOST_TIMEOUTS:
                break
            item.stash[EVIDENCE], item.stash[SERVERS] = Evidence(), Servers()
            runtestprotocol(item, nextitem=None)
            verdicts[case.id] = checker.results.pop(case.id).verdict
        return verdicts


def _most(fault: Fault) -> Level:
    """The least binding level of the cases that may catch a fault.

    What breaks what is documented or referenced is to be caught by a case that gates. On the
    control, every case has to pass.
    """
    return max(Level.referenced, catalogue()[fault.breaks].level) if fault.breaks else Level.observed


def sweep(
    faults: Sequence[Fault], others: bool, seconds: float, tell: Callable[[Outcome], None] | None = None
) -> list[Outcome]:
    """Run the cases on each fault in turn.

    Args:
        faults: The faults.
        others: Whether also those cases run that do not cite the requirement that is broken.
        seconds: How long a case may take.
        tell: Called with each outcome as soon as it is there.

    Raises:
        RunFailed: The run did not come to an end.
    """
    outcomes: list[Outcome] = []

    def keep(outcome: Outcome) -> None:
        outcomes.append(outcome)
        if tell is not None:
            tell(outcome)

    options = ["--httplib-level", Level.observed.name, "--httplib-timeout", str(seconds)]
    run_pytest(options, _Sweep(faults, others, keep))
    return outcomes


def sweep_in_parallel(
    faults: Sequence[Fault], others: bool, seconds: float, jobs: int, tell: Callable[[Outcome], None]
) -> list[Outcome]:
    """The same in several processes, each with its share.

    Raises:
        RunFailed: The run did not come to an end.
    """
    if jobs == 1:
        return sweep(faults, others, seconds, tell)
    shares = max(jobs, len(faults) // FAULTS_A_SESSION)
    outcomes: list[Outcome] = []
    # New processes, not copies of this one: the progress bar has a thread in it.
    with ProcessPoolExecutor(jobs, multiprocessing.get_context("spawn")) as pool:
        running = [pool.submit(sweep, faults[share::shares], others, seconds) for share in range(shares)]
        try:
            for done in as_completed(running):
                for outcome in done.result():
                    outcomes.append(outcome)
                    tell(outcome)
        except BaseException:
            pool.shutdown(wait=False, cancel_futures=True)
            raise
    order = {fault.id: place for place, fault in enumerate(faults)}
    return sorted(outcomes, key=lambda outcome: order[outcome.fault.id])


# -- judging what came of it


@dataclass(frozen=True)
class Judgement:
    """What the outcomes say.

    Attributes:
        caught: By fault, the cases that caught it and cite the requirement that it breaks.
        beyond: By fault, the cases that noticed it and do not cite that requirement.
        problems: What is not as it should be, in words.
    """

    caught: dict[str, list[str]]
    beyond: dict[str, list[str]]
    problems: list[str]


def judge(outcomes: Sequence[Outcome], cases: Sequence[Case], everything: bool) -> Judgement:
    """Say which faults were caught, and what is missing.

    Args:
        outcomes: What came of each fault, and of the control.
        cases: All cases.
        everything: Whether every fault ran. Otherwise nothing is said about requirements
            without a fault, and about cases that catch none.
    """
    covers = {case.id: case.covers for case in cases}
    caught: dict[str, list[str]] = {}
    beyond: dict[str, list[str]] = {}
    problems = []
    for outcome in outcomes:
        fault = outcome.fault
        if not fault.breaks:
            problems += [
                f"{identity} does not pass on the reference without any fault ({verdict})"
                for identity, verdict in sorted(outcome.verdicts.items())
                if verdict is not Verdict.passed
            ]
            continue
        caught[fault.id] = [each for each in outcome.catching if fault.breaks in covers[each]]
        beyond[fault.id] = [each for each in outcome.catching if fault.breaks not in covers[each]]
        if outcome.problem:
            problems.append(f"{fault.id} cannot be tried: {outcome.problem}")
        elif not caught[fault.id]:
            problems.append(f"{fault.id} survives: {_why_it_survives(outcome, covers)}")
    if everything:
        problems += _missing(caught, outcomes, cases)
    return Judgement(caught, beyond, problems)


def _why_it_survives(outcome: Outcome, covers: dict[str, tuple[str, ...]]) -> str:
    breaks = outcome.fault.breaks
    citing = {each: verdict for each, verdict in outcome.verdicts.items() if breaks in covers[each]}
    if not citing:
        return f"no case of its level cites {breaks}"
    told = ", ".join(f"{identity} ({verdict})" for identity, verdict in sorted(citing.items()))
    return f"{breaks} is broken, and no case notices: {told}"


def _missing(
    caught: dict[str, list[str]], outcomes: Sequence[Outcome], cases: Sequence[Case]
) -> Iterator[str]:
    broken = {outcome.fault.breaks for outcome in outcomes}
    for requirement in testable_requirements():
        if requirement not in broken:
            yield f"{requirement} has neither a fault that breaks it nor a reason why it is untestable"
    biting = {identity for catching in caught.values() for identity in catching}
    for case in cases:
        if case.level <= Level.referenced and case.id not in biting:
            yield f"{case.id} catches no fault that breaks what it cites ({', '.join(case.covers)})"


def testable_requirements() -> list[str]:
    """The ids of the requirements that need a fault, in the order of the catalogue."""
    return [
        identity
        for identity, requirement in catalogue().items()
        if requirement.level <= Level.referenced and not requirement.untestable
    ]


# -- telling it

SCHEMA = "httplib-conformance/faults/1"
"""What the file with the outcomes says that it is."""

MOST_SHOWN = 4
"""How many cases the table names for a fault; the file has them all."""


def render_table(outcomes: Sequence[Outcome], judgement: Judgement) -> RenderableType:
    """The table: fault, the requirement that it breaks, and below them the cases that caught it.

    Most of these names are long: side by side they would be cut in pieces.
    """
    lines: list[RenderableType] = []
    for outcome in outcomes:
        fault = outcome.fault
        if fault.breaks:
            lines.append(Text.assemble((fault.id, "bold"), ("  breaks ", "dim"), fault.breaks))
            told = _told(judgement.caught[fault.id], len(judgement.beyond[fault.id]))
            lines.append(Padding(told, (0, 0, 0, 4)))
    return Group(*lines)


def _told(catching: list[str], beyond: int) -> Text:
    if not catching:
        return Text("caught by nothing", style="bold red")
    told = Text.assemble(("caught by ", "dim"), (", ".join(catching[:MOST_SHOWN]), "green"))
    if len(catching) > MOST_SHOWN:
        told.append(f" and {len(catching) - MOST_SHOWN} more", style="green")
    if beyond:
        told.append(f" (also {count(beyond, 'case')} on other requirements)", style="yellow")
    return told


def render_verdict(judgement: Judgement, outcomes: Sequence[Outcome], seconds: float) -> Text:
    """One line that says what came of it all."""
    survivors = sum(not catching for catching in judgement.caught.values())
    requirements = len({outcome.fault.breaks for outcome in outcomes} - {""})
    biting = len({identity for catching in judgement.caught.values() for identity in catching})
    style = "bold red" if judgement.problems else "bold green"
    words = count(survivors, "survivor") if survivors else "all caught"
    told = (
        f": {count(len(judgement.caught), 'fault')} in {count(requirements, 'requirement')}, "
        f"by {count(biting, 'case')}, in {seconds:.1f} s"
    )
    return Text.assemble((words, style), told)


def as_json(outcomes: Sequence[Outcome], judgement: Judgement) -> dict[str, Any]:
    """The same for `json.dumps`; faults.schema.json lays down its form."""
    return {
        "schema": SCHEMA,
        "faults": [
            {
                "id": outcome.fault.id,
                "breaks": outcome.fault.breaks,
                "title": outcome.fault.title,
                "caught": {each: outcome.verdicts[each] for each in judgement.caught[outcome.fault.id]},
                "beyond": {each: outcome.verdicts[each] for each in judgement.beyond[outcome.fault.id]},
                "problem": outcome.problem,
            }
            for outcome in outcomes
            if outcome.fault.breaks
        ],
        "problems": judgement.problems,
    }
