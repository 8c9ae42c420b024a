"""The pytest plugin: makes cases of tests, judges them, and keeps what each left behind.

Loaded with `-p httplib_conformance.plugin`, by the command line or by hand:

    pytest -p httplib_conformance.plugin --pyargs httplib_conformance --httplib httplib27
"""

from __future__ import annotations

import fnmatch
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

import pytest
from httplib_servers import Action, Recording, ReplayServer, render_log, replies

from httplib_conformance.casemark import Case, case_of
from httplib_conformance.catalogue import Level
from httplib_conformance.channels import AgentDied, AgentTimedOut
from httplib_conformance.engine import SECONDS_A_CASE, CannotStart, Engine, Target
from httplib_conformance.evidence import Deviates, Deviation, Evidence, Unsupported, Verdict
from httplib_conformance.proxies import MissingName, Module, Python, Session
from httplib_conformance.report import render_plain
from httplib_conformance.results import CaseResult, Results, write_results
from httplib_conformance.schemas import BadData
from httplib_conformance.values import shorten

if TYPE_CHECKING:
    from collections.abc import Generator

    from httplib_conformance.protocol import Implementation

pytest.register_assert_rewrite("httplib_conformance.cases")

CANNOT_START = 3
"""The exit status when the implementation could not be started, or the agent broke the protocol."""

_CASE = pytest.StashKey[Case]()
_EVIDENCE = pytest.StashKey[Evidence]()
_SERVERS = pytest.StashKey["Servers"]()
_SESSION = pytest.StashKey[Session]()
_CHECKER = pytest.StashKey["Checker"]()

PROPERTY = "httplib-conformance"
"""The name of the report property in which a case's result travels."""


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add the options; those of the command line `httplib-conformance run` become these."""
    group = parser.getgroup("httplib-conformance", "conformance to the httplib API of Python 2.7")
    group.addoption("--httplib", metavar="MODULE", default="httplib27", help="the implementation")
    group.addoption(
        "--httplib-python", metavar="EXE", help="the interpreter that hosts it (default: this one)"
    )
    group.addoption("--httplib-setup", metavar="CODE", help="Python source to run before it is imported")
    group.addoption("--httplib-in-process", action="store_true", help="import it into this process")
    group.addoption("--httplib-agent", metavar="COMMAND", help="a program that speaks the agent protocol")
    group.addoption(
        "--httplib-level",
        choices=[Level.documented.name, Level.observed.name],
        default=Level.documented.name,
        help="documented (with referenced), or observed as well",
    )
    group.addoption(
        "--httplib-case", metavar="ID", action="append", default=[], help="only this case (repeatable, glob)"
    )
    group.addoption(
        "--httplib-timeout",
        metavar="SECONDS",
        type=float,
        default=SECONDS_A_CASE,
        help="how long a case may take",
    )
    group.addoption("--httplib-json", metavar="FILE", help="write the results to this file")


def target_of(config: pytest.Config) -> Target:
    """What the options say is to be checked."""
    given = {
        "python": config.getoption("--httplib-python"),
        "setup": config.getoption("--httplib-setup"),
        "agent": config.getoption("--httplib-agent"),
    }
    return Target(
        module=config.getoption("--httplib"),
        in_process=config.getoption("--httplib-in-process"),
        **{name: value for name, value in given.items() if value is not None},
    )


def pytest_configure(config: pytest.Config) -> None:
    """Set up the run: the marker, and what keeps the engine and the results."""
    config.addinivalue_line("markers", "case(id, covers): a case of the suite and the requirements it checks")
    json_file = config.getoption("--httplib-json")
    if json_file is not None and not Path(json_file).absolute().parent.is_dir():
        raise pytest.UsageError(f"--httplib-json: the folder of {json_file!r} does not exist")
    checker = Checker(config)
    config.stash[_CHECKER] = checker
    config.pluginmanager.register(checker, "httplib-conformance-checker")


def checker_of(config: pytest.Config) -> Checker:
    """The object that judges this run."""
    return config.stash[_CHECKER]


class Servers:
    """The servers of one case: the fixture `replay`."""

    def __init__(self) -> None:
        self._started: list[ReplayServer] = []

    def __call__(
        self, *replied: bytes, script: list[Action] | None = None, close: bool = True
    ) -> ReplayServer:
        """Start a server.

        Args:
            replied: What it replies to each request on its only connection, in order.
            script: What it does instead, as a script.
            close: Whether it ends its stream after the last reply.
        """
        server = ReplayServer(script if script is not None else replies(*replied, close=close))
        self._started.append(server)
        return server.start()

    def finish(self) -> list[Recording]:
        """End all of them."""
        return [server.finish() for server in self._started]

    def abort(self) -> list[Recording]:
        """End all of them at once, whatever they are at."""
        return [server.abort() for server in self._started]


class Checker:
    """Judges a run: selects the cases, runs each within its deadline, and keeps the results."""

    def __init__(self, config: pytest.Config) -> None:
        self.config = config
        self.engine = Engine(target_of(config))
        self.seconds: float = config.getoption("--httplib-timeout")
        self.implementation: Implementation | None = None
        self.cases: list[Case] = []
        self.results: list[CaseResult] = []
        self._compared: tuple[str, str] | None = None

    @property
    def is_worker(self) -> bool:
        """Whether another process began this run, and gathers its results."""
        return hasattr(self.config, "workerinput")

    def start(self) -> Implementation:
        """Start the implementation, if it has not been started.

        Raises:
            CannotStart: It cannot be done.
        """
        if self.implementation is None:
            self.implementation = self.engine.start()
        return self.implementation

    # -- collection

    @pytest.hookimpl(tryfirst=True)
    def pytest_collection_modifyitems(self, config: pytest.Config, items: list[pytest.Item]) -> None:
        """Recognise the cases, refuse contradictions, and select."""
        level = Level[config.getoption("--httplib-level")]
        most = max(level, Level.referenced)
        patterns: list[str] = config.getoption("--httplib-case")
        known: dict[str, pytest.Item] = {}
        selected, deselected = [], []
        for item in items:
            try:
                found = case_of(item)
            except BadData as error:
                raise pytest.UsageError(str(error)) from error
            if found is None:
                selected.append(item)
                continue
            if found.id in known:
                raise pytest.UsageError(
                    f"the case id {found.id!r} is used twice: {known[found.id].nodeid} and {item.nodeid}"
                )
            known[found.id] = item
            item.stash[_CASE] = found
            item.stash[_EVIDENCE] = Evidence()
            item.stash[_SERVERS] = Servers()
            wanted = not patterns or any(fnmatch.fnmatchcase(found.id, pattern) for pattern in patterns)
            if wanted and found.level <= most:
                selected.append(item)
                self.cases.append(found)
            else:
                deselected.append(item)
        for pattern in patterns:
            if known and not fnmatch.filter(known, pattern):
                raise pytest.UsageError(f"no case has the id {pattern!r}; `list` names them all")
        if deselected:
            config.hook.pytest_deselected(items=deselected)
        items[:] = selected

    # -- running

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_setup(self, item: pytest.Item) -> Generator[None, None, None]:
        """Start the implementation before the first case."""
        if _CASE in item.stash:
            try:
                self.start()
            except CannotStart as error:
                pytest.exit(str(error), returncode=CANNOT_START)
            item.stash[_SESSION] = Session(self.engine)
        return (yield)

    @pytest.hookimpl(wrapper=True)
    def pytest_pyfunc_call(self, pyfuncitem: pytest.Function) -> Generator[None, object, object]:
        """Run a case within its deadline; its servers, and what it made, end with it."""
        if _CASE not in pyfuncitem.stash:
            return (yield)
        evidence, servers = pyfuncitem.stash[_EVIDENCE], pyfuncitem.stash[_SERVERS]
        self._compared = None
        try:
            with self.engine.case(self.seconds):
                result = yield
                recordings = servers.finish()
                pyfuncitem.stash[_SESSION].release()
        except CannotStart as error:
            pytest.exit(str(error), returncode=CANNOT_START)
        except BaseException as error:
            lost = isinstance(error, AgentTimedOut)
            recordings = servers.abort() if lost else servers.finish()
            evidence.wire.extend(render_log(recording) for recording in recordings)
            if self.engine.alive:
                with self.engine.case(self.seconds):
                    pyfuncitem.stash[_SESSION].release()
            raise
        for recording in recordings:
            if recording.problem is not None:
                evidence.wire.append(render_log(recording))
                evidence.deviations.append(
                    Deviation("the conversation", "as the case has it", recording.problem)
                )
                raise Deviates(recording.problem)
        return result

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_makereport(
        self, item: pytest.Item, call: pytest.CallInfo[None]
    ) -> Generator[None, pytest.TestReport, pytest.TestReport]:
        """Turn what came of a case into its verdict, and put the evidence into the report."""
        report = yield
        # Set-up and tear-down have nothing to say unless they fail, and then the harness is at fault.
        if _CASE not in item.stash or (call.when != "call" and call.excinfo is None):
            return report
        found, evidence = item.stash[_CASE], item.stash[_EVIDENCE]
        error = None if call.excinfo is None else call.excinfo.value
        if isinstance(error, pytest.exit.Exception | KeyboardInterrupt):
            return report
        statement = _statement(call.excinfo) if call.excinfo is not None else ""
        verdict = judge(error, statement, evidence) if call.when == "call" else Verdict.harness_error
        if verdict is Verdict.passed:
            evidence = Evidence()
        elif verdict is Verdict.harness_error:
            evidence.message = str(report.longrepr)
        elif isinstance(error, AssertionError):
            self._explain(error, statement, evidence)
        result = CaseResult(
            id=found.id,
            title=found.title,
            level=found.level.name,
            requirements=list(found.covers),
            verdict=verdict,
            seconds=round(report.duration, 4),
            evidence=evidence,
        )
        report.user_properties.append((PROPERTY, result.as_json()))
        if verdict is not Verdict.passed:
            report.outcome = "failed"
            report.longrepr = render_plain(result)
        return report

    def _explain(self, error: AssertionError, statement: str, evidence: Evidence) -> None:
        """Say of an assertion that does not hold what was expected and what was observed."""
        message = str(error)
        if self._compared is not None:
            expected, observed = self._compared
            evidence.deviations.append(Deviation(statement, expected, observed))
            # The assertion's own words say more; pytest's would say the same again.
            message = "" if message.startswith("assert ") else message.partition("\nassert ")[0]
        evidence.message = message

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """Keep the result of a case, from whichever process it comes."""
        if self.is_worker:
            return  # it is on its way to the process that began the run
        for name, value in report.user_properties:
            if name == PROPERTY:
                self.results.append(CaseResult.from_json(cast("dict[str, Any]", value)))
        report.user_properties[:] = [each for each in report.user_properties if each[0] != PROPERTY]

    @pytest.hookimpl(trylast=True)
    def pytest_sessionfinish(self, session: pytest.Session) -> None:
        """End the agent, write the results, and say with the exit status what came of it."""
        self.engine.close()
        if self.is_worker:
            return
        if any(result.verdict is Verdict.harness_error for result in self.results):
            session.exitstatus = CANNOT_START
        json_file = self.config.getoption("--httplib-json")
        if json_file is not None and self.implementation is not None:
            write_results(Path(json_file), Results(self.engine.target, self.implementation, self.results))

    def pytest_report_collectionfinish(self) -> list[str]:
        """Name what is checked, in plain pytest's output."""
        if not self.cases:
            return []
        try:
            implementation = self.start()
        except CannotStart as error:
            pytest.exit(str(error), returncode=CANNOT_START)
        return [f"httplib: {implementation.module} ({implementation.file}) in {implementation.interpreter}"]

    def pytest_assertrepr_compare(self, op: str, left: object, right: object) -> None:
        """Take down what an assertion that does not hold compared: observed == expected."""
        if op == "==":
            self._compared = (shorten(right), shorten(left))


def _statement(excinfo: pytest.ExceptionInfo[BaseException]) -> str:
    """The statement of the case in which an exception was raised."""
    for entry in reversed(excinfo.traceback):
        if Path(entry.path).parent.name == "cases":
            return str(entry.statement).strip()
    return ""


def judge(error: BaseException | None, statement: str, evidence: Evidence) -> Verdict:
    """The verdict on a case that ended with an exception, or with none.

    Args:
        error: The exception.
        statement: The statement of the case that raised it.
        evidence: Where to put what a person should know of it.
    """
    notes = "\n".join(getattr(error, "__notes__", ()))
    match error:
        case None:
            return Verdict.passed
        case Deviates():
            return Verdict.failed
        case AgentTimedOut():
            evidence.message, evidence.stderr = str(error), notes
            return Verdict.timeout
        case AgentDied():
            evidence.message, evidence.stderr = str(error), notes
            return Verdict.crash
        case Unsupported() | pytest.skip.Exception():
            evidence.message = str(error)
            return Verdict.unsupported
        case MissingName() | AssertionError() | pytest.fail.Exception():
            evidence.message = str(error)
            return Verdict.failed
    raised = getattr(error, "__remote__", None)
    if raised is not None:
        evidence.deviations.append(Deviation(statement, "no exception", f"raised {raised}"))
        return Verdict.failed
    return Verdict.harness_error


@pytest.fixture
def engine(request: pytest.FixtureRequest) -> Engine:
    """Runs programs in the implementation's interpreter."""
    return checker_of(request.config).engine


@pytest.fixture
def evidence(request: pytest.FixtureRequest) -> Evidence:
    """What the case leaves behind."""
    return cast("Evidence", request.node.stash[_EVIDENCE])


@pytest.fixture
def httplib(request: pytest.FixtureRequest) -> Module:
    """The implementation."""
    return Module(request.node.stash[_SESSION], checker_of(request.config).engine.target.module)


@pytest.fixture
def python(request: pytest.FixtureRequest) -> Python:
    """The implementation's interpreter."""
    return Python(request.node.stash[_SESSION])


@pytest.fixture
def replay(request: pytest.FixtureRequest) -> Servers:
    """What starts servers, from their replies or from a script."""
    return cast("Servers", request.node.stash[_SERVERS])
