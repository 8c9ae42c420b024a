"""The checker: selects the cases of a run, runs each within its deadline, and keeps the results.

It is the part of the pytest plugin that lives as long as a run; plugin.py registers it.
"""

from __future__ import annotations

import contextlib
import fnmatch
import hashlib
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

import pytest
from httplib_servers import render_log

from httplib_conformance.case_servers import Servers
from httplib_conformance.casemark import Case, case_of
from httplib_conformance.catalogue import Level
from httplib_conformance.channels import AgentDied, AgentTimedOut
from httplib_conformance.disputes import Probe, Shown
from httplib_conformance.engine import CannotStart, Engine, Target
from httplib_conformance.evidence import Deviates, Deviation, Evidence, Verdict
from httplib_conformance.leaks import LEFT_BEHIND, held, left_since
from httplib_conformance.protocol import ProtocolError
from httplib_conformance.proxies import Session
from httplib_conformance.report import render_plain
from httplib_conformance.results import CaseResult, Results, write_results
from httplib_conformance.schemas import BadData
from httplib_conformance.values import shorten
from httplib_conformance.verdicts import explain, judge, statement_of

if TYPE_CHECKING:
    from collections.abc import Generator, Sequence

    from httplib_conformance.live import Chosen
    from httplib_conformance.protocol import Implementation

WRONG_USAGE = 2
"""The exit status when the options make no sense; it is pytest's for a run that was interrupted."""

CANNOT_START = 3
"""The exit status when the implementation could not be started, or the agent broke the protocol."""

CASE = pytest.StashKey[Case]()
EVIDENCE = pytest.StashKey[Evidence]()
SERVERS = pytest.StashKey[Servers]()
SESSION = pytest.StashKey[Session]()
PROBE = pytest.StashKey[Probe]()

PROPERTY = "httplib-conformance"
"""The name of the report property in which a case's result travels."""

DISPUTE = "httplib-conformance-dispute"
"""The name of the report property in which travels what the probe of a dispute showed."""

LEFT = "httplib-conformance-left"
"""What a worker process tells of what it left behind, by this name."""

NO_RESULT = "the run broke off before this case gave a result"


class Checker:
    """Judges a run.

    Attributes:
        engine: Where the implementation runs.
        servers: The real servers that the cases talk to, if any.
        level: The level up to which cases are selected.
        patterns: The ids that are selected, in which * and ? match; none for all.
        seconds: How long a case may take.
        implementation: What the implementation says of itself, once it has been started.
        cases: What is selected.
        probes: The probes of disputes that are selected.
        results: What came of the cases that ended, by id.
        disputes: What the probes of disputes showed, by id.
        left: What the run left behind, in words.
        unwritten: Why the results could not be written, empty if nothing went wrong.
    """

    def __init__(self, config: pytest.Config, target: Target, servers: Sequence[Chosen] = ()) -> None:
        self.config = config
        self.engine = Engine(target)
        self.servers = servers
        self.level: str = config.getoption("--httplib-level")
        self.patterns: list[str] = config.getoption("--httplib-case")
        self.seconds: float = config.getoption("--httplib-timeout")
        self.implementation: Implementation | None = None
        self.cases: list[Case] = []
        self.probes: list[Case] = []
        self.results: dict[str, CaseResult] = {}
        self.disputes: dict[str, Shown] = {}
        self.left: list[str] = []
        self.unwritten = ""
        self._held = held()
        self._json_file: str | None = config.getoption("--httplib-json")
        self._begun = False
        self._compared: tuple[str, str] | None = None

    @property
    def is_worker(self) -> bool:
        """Whether another process began this run, and gathers its results."""
        return hasattr(self.config, "workerinput")

    def start(self) -> Implementation:
        """Start the implementation, if it has not been started; end the run if it cannot be."""
        if self.implementation is None:
            try:
                implementation = self.engine.start()
                self.engine.look_for_names()
            except CannotStart as error:
                pytest.exit(str(error), returncode=CANNOT_START)
            self.implementation = implementation
        return self.implementation

    # -- collection

    @pytest.hookimpl(tryfirst=True)
    def pytest_sessionstart(self) -> None:
        """See what this process holds, now that everything is set up, to compare it with at the end."""
        self._held = held()

    @pytest.hookimpl(tryfirst=True)
    def pytest_collection_modifyitems(self, config: pytest.Config, items: list[pytest.Item]) -> None:
        """Recognise the cases, refuse contradictions, and select."""
        most = max(Level[self.level], Level.referenced)
        patterns = self.patterns
        known: dict[str, pytest.Item] = {}
        selected: list[pytest.Item] = []
        deselected: list[pytest.Item] = []
        chosen: list[Case] = []
        for item in items:
            try:
                found = case_of(item)
                if found is not None and found.id in known:
                    first = known[found.id].nodeid
                    raise BadData(f"the case id {found.id!r} is used twice: {first} and {item.nodeid}")
            except BadData as error:
                pytest.exit(str(error), returncode=CANNOT_START)
            if found is None:
                (deselected if patterns else selected).append(item)
                continue
            known[found.id] = item
            item.stash[CASE] = found
            item.stash[EVIDENCE] = Evidence()
            item.stash[SERVERS] = Servers()
            if found.level is Level.disputed:
                item.stash[PROBE] = Probe()
                if patterns:
                    deselected.append(item)
                else:
                    selected.append(item)
                    self.probes.append(found)
                continue
            wanted = not patterns or any(fnmatch.fnmatchcase(found.id, pattern) for pattern in patterns)
            if wanted and found.level <= most:
                selected.append(item)
                chosen.append(found)
            else:
                deselected.append(item)
        cases = [identity for identity, item in known.items() if PROBE not in item.stash]
        for pattern in patterns:
            if cases and not any(fnmatch.fnmatchcase(identity, pattern) for identity in cases):
                pytest.exit(f"no case has the id {pattern!r}; `list` names them all", returncode=WRONG_USAGE)
        if deselected:
            config.hook.pytest_deselected(items=deselected)
        items[:] = self._in_order(selected)
        self.cases += chosen

    def _in_order(self, items: list[pytest.Item]) -> list[pytest.Item]:
        """The cases in the order in which they are to run.

        Which of two comes first depends on the seed and on them, not on the others: when some of them are
        left out, the rest stays as it was.
        """
        seed: int | None = self.config.getoption("--httplib-shuffle")
        if seed is None:
            return items
        return sorted(items, key=lambda item: hashlib.sha256(f"{seed} {item.nodeid}".encode()).digest())

    def pytest_report_collectionfinish(self) -> list[str]:
        """Name what is checked, in plain pytest's output."""
        if not self.cases or self.config.option.collectonly:
            return []
        implementation = self.start()
        return [f"httplib: {implementation.module} ({implementation.file}) in {implementation.interpreter}"]

    # -- running

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtestloop(self) -> None:
        """Empty the file of the results: the run begins.

        Those of an earlier run must not pass for these if this one breaks off; what was wrong before, such
        as an unknown case, does not cost them.
        """
        self._begun = not self.is_worker and not self.config.option.collectonly
        if self._json_file is not None and self._begun:
            with contextlib.suppress(OSError):  # told at the end, when they cannot be written either
                Path(self._json_file).write_bytes(b"")

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_setup(self, item: pytest.Item) -> Generator[None, None, None]:
        """Start the implementation before the first case."""
        if CASE in item.stash:
            self.start()
            item.stash[SESSION] = Session(self.engine)
        return (yield)

    @pytest.hookimpl(wrapper=True)
    def pytest_pyfunc_call(self, pyfuncitem: pytest.Function) -> Generator[None, object, object]:
        """Run a case within its deadline; its servers, and what it made, end with it."""
        if CASE not in pyfuncitem.stash:
            return (yield)
        evidence, servers = pyfuncitem.stash[EVIDENCE], pyfuncitem.stash[SERVERS]
        session = pyfuncitem.stash[SESSION]
        self._compared = None
        try:
            with self.engine.case(self.seconds):
                result = yield
                recordings = servers.finish()
                session.release()
        except CannotStart as error:
            pytest.exit(str(error), returncode=CANNOT_START)
        except BaseException as error:
            timed_out = isinstance(error, AgentTimedOut)
            recordings = servers.abort() if timed_out else servers.finish_at_once()
            evidence.wire.extend(render_log(recording) for recording in recordings)
            self._release(session)
            raise
        for recording in recordings:
            if recording.problem is not None:
                evidence.wire.append(render_log(recording))
                evidence.deviations.append(
                    Deviation("the conversation", "as the case has it", recording.problem)
                )
                raise Deviates(recording.problem)
        return result

    def _release(self, session: Session) -> None:
        """Let go of what a case made that did not pass; what is wrong with it is known already."""
        if self.engine.alive:
            try:
                with self.engine.case(self.seconds):
                    session.release()
            except (AgentTimedOut, AgentDied, ProtocolError):
                pass  # the agent is gone now; the next case gets a new one

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_makereport(
        self, item: pytest.Item, call: pytest.CallInfo[None]
    ) -> Generator[None, pytest.TestReport, pytest.TestReport]:
        """Turn what came of a case into its verdict, and put the evidence into the report."""
        report = yield
        # Set-up and tear-down have nothing to say unless they fail, and then the harness is at fault.
        if CASE not in item.stash or (call.when != "call" and call.excinfo is None):
            return report
        evidence = item.stash[EVIDENCE]
        error = None if call.excinfo is None else call.excinfo.value
        statement = statement_of(call.excinfo) if call.excinfo is not None else ""
        verdict = judge(error, statement, evidence) if call.when == "call" else Verdict.harness_error
        if verdict is Verdict.passed:
            evidence = Evidence()
        elif verdict is Verdict.harness_error:
            evidence.message = evidence.message or str(report.longrepr)
        elif isinstance(error, AssertionError) and not evidence.deviations:
            explain(error, statement, self._compared, evidence)
        if PROBE in item.stash:
            return self._show(item, report, verdict, evidence)
        result = item.stash[CASE].result(verdict, round(report.duration, 4), evidence)
        report.user_properties.append((PROPERTY, result.as_json()))
        if verdict is not Verdict.passed:
            report.outcome = "failed"
            report.longrepr = render_plain(result)
        return report

    def _show(
        self, item: pytest.Item, report: pytest.TestReport, verdict: Verdict, evidence: Evidence
    ) -> pytest.TestReport:
        """Make of the report on a probe what it is: information, which no verdict depends on."""
        differences = [f"{each.what}: {each.observed}" for each in evidence.deviations]
        otherwise = "; ".join([f"no finding ({verdict})", *differences, evidence.message][:3]).rstrip("; ")
        shown = item.stash[PROBE].shown(item.stash[CASE].id, otherwise)
        report.user_properties.append((DISPUTE, shown.as_json()))
        report.outcome, report.longrepr = "passed", None
        return report

    def pytest_assertrepr_compare(self, op: str, left: object, right: object) -> None:
        """Take down what an assertion that does not hold compared: observed == expected."""
        if op == "==":
            self._compared = (shorten(right), shorten(left))

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """Keep the result of a case, from whichever process it comes."""
        if self.is_worker:  # pragma: no cover (in worker processes only)
            return  # it is on its way to the process that began the run
        for name, value in report.user_properties:
            if name == PROPERTY:
                result = CaseResult.from_json(cast("dict[str, Any]", value))
                earlier = self.results.get(result.id)
                # A case may fail, and then its tear-down: what came first tells more.
                if earlier is None or earlier.verdict is Verdict.passed:
                    self.results[result.id] = result
            elif name == DISPUTE:
                shown = Shown.from_json(cast("dict[str, Any]", value))
                self.disputes[shown.id] = shown
        report.user_properties[:] = [
            each for each in report.user_properties if each[0] not in {PROPERTY, DISPUTE}
        ]

    # -- the end

    @property
    def without_result(self) -> list[Case]:
        """The cases that were selected and gave no result: the run broke off, or a process of it died."""
        if self.config.option.collectonly:
            return []
        return [case for case in self.cases if case.id not in self.results]

    @pytest.hookimpl(optionalhook=True)
    def pytest_testnodedown(self, node: Any) -> None:
        """Hear from a worker process what it left behind, if it still could tell."""
        self.left += getattr(node, "workeroutput", {}).get(LEFT, [])

    @pytest.hookimpl(wrapper=True, trylast=True)
    def pytest_sessionfinish(self, session: pytest.Session) -> Generator[None, None, None]:
        """End the agent, say with the exit status what came of the run, and write the results."""
        if self.results:
            self.start()  # where worker processes ran the cases, this one has not seen it yet
        self.engine.close()
        if self.is_worker:  # pragma: no cover (in worker processes only)
            if self.implementation is not None:  # else it ran no case, but somebody's tests
                self.config.workeroutput[LEFT] = left_since(self._held)  # type: ignore[attr-defined]
            return (yield)
        yield  # the worker processes end here
        if self.implementation is not None:
            self.left += left_since(self._held, self.config.getoption("--httplib-scratch"))
            self._conclude(session, self.implementation)

    def _conclude(self, session: pytest.Session, implementation: Implementation) -> None:
        """Say what came of the run."""
        missing = [
            case.result(Verdict.harness_error, 0.0, Evidence(message=NO_RESULT))
            for case in self.without_result
        ]
        ended = session.exitstatus in {pytest.ExitCode.OK, pytest.ExitCode.TESTS_FAILED}
        errors = any(result.verdict is Verdict.harness_error for result in self.results.values())
        if ended and (errors or missing):
            session.exitstatus = CANNOT_START
        elif self.left and session.exitstatus == pytest.ExitCode.OK:
            session.exitstatus = LEFT_BEHIND
        if self._json_file is None or not self._begun:
            return
        conforms = bool(self.results) and session.exitstatus == pytest.ExitCode.OK
        results = Results(
            self.engine.target,
            implementation,
            conforms,
            self.level,
            self.patterns,
            [*self.results.values(), *missing],
            list(self.disputes.values()),
            [each.title for each in self.servers],
            self.left,
        )
        try:
            write_results(Path(self._json_file), results)
        except OSError as error:
            self.unwritten = f"the results cannot be written to {self._json_file!r}: {error.strerror}"
            session.exitstatus = WRONG_USAGE

    def pytest_terminal_summary(self, terminalreporter: pytest.TerminalReporter) -> None:
        """Say in plain pytest's output what it cannot know."""
        if self.unwritten:
            terminalreporter.write_line(f"ERROR: {self.unwritten}", red=True)
        for what in self.left:
            terminalreporter.write_line(f"ERROR: left behind: {what}", red=True)
        for case in self.without_result:
            terminalreporter.write_line(f"ERROR: {case.id}: {NO_RESULT}", red=True)
