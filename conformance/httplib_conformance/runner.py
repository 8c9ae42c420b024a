"""Runs the cases through pytest, and shows what comes of it in our own words."""

from __future__ import annotations

import contextlib
import io
import os
import time
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from httplib_conformance.engine import CannotStart
from httplib_conformance.evidence import Verdict
from httplib_conformance.plugin import CANNOT_START, checker_of
from httplib_conformance.report import (
    Bar,
    render_failure,
    render_header,
    render_summary,
    render_verdict,
)

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from rich.console import Console

    from httplib_conformance.casemark import Case
    from httplib_conformance.plugin import Checker

CONFORMS, DEVIATES, WRONG_USAGE, NOTHING_SELECTED, INTERRUPTED = 0, 1, 2, 5, 130
"""Exit statuses, besides CANNOT_START."""

_PACKAGE = Path(__file__).parent


class RunFailed(Exception):
    """The run did not come to an end; the message says why, `status` is the exit status."""

    def __init__(self, message: str, status: int) -> None:
        super().__init__(message)
        self.status = status


class _Watch:
    """A pytest plugin that takes down why a run did not come to its end."""

    stopped = ""

    def pytest_keyboard_interrupt(self, excinfo: pytest.ExceptionInfo[BaseException]) -> None:
        """Take down why the run was broken off."""
        if isinstance(excinfo.value, pytest.exit.Exception):
            self.stopped = excinfo.value.msg

    def pytest_internalerror(self, excrepr: object) -> None:
        """Take down that the run broke off by a fault of the suite itself."""
        self.stopped = f"the run broke off, by a fault of the suite:\n{excrepr}"

    def pytest_collectreport(self, report: pytest.CollectReport) -> None:
        """Take down that cases could not be collected."""
        if report.failed:
            self.stopped = f"the cases in {report.nodeid} cannot be collected:\n{report.longreprtext}"


class Show(_Watch):
    """A pytest plugin that shows a run on a console.

    Args:
        console: Where.
        quiet: Whether only what did not pass, and the verdict, are shown.
    """

    def __init__(self, console: Console, quiet: bool) -> None:
        self._console = console
        self._quiet = quiet
        self._bar: Bar | None = None
        self._began = time.monotonic()

    def pytest_sessionstart(self, session: pytest.Session) -> None:
        """Start the implementation and say what it is."""
        checker = checker_of(session.config)
        try:
            implementation = checker.start()
        except CannotStart as error:
            pytest.exit(str(error), returncode=CANNOT_START)
        if not self._quiet:
            self._console.print(render_header(implementation, checker.engine.target.module))
            self._console.print()
        if session.config.getoption("numprocesses", None):
            checker.engine.close()  # the cases run elsewhere

    def pytest_collection_finish(self, session: pytest.Session) -> None:
        """Begin to show progress."""
        if not self._quiet and session.items:
            self._bar = Bar(self._console, len(session.items))

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """Count a case."""
        if self._bar is not None and report.when == "teardown":
            self._bar.advance(report.nodeid.rpartition("[")[2].rstrip("]").rpartition("::")[2])

    @pytest.hookimpl(trylast=True)
    def pytest_sessionfinish(self, session: pytest.Session) -> None:
        """Show what did not pass, and the sum."""
        if self._bar is not None:
            self._bar.stop()
        checker = checker_of(session.config)
        results = sorted(checker.results, key=lambda result: result.id)
        if checker.implementation is None or not results:
            return
        for result in results:
            if result.verdict is not Verdict.passed:
                self._console.print(render_failure(result))
                self._console.print()
        if not self._quiet:
            self._console.print(render_summary(results))
            self._console.print()
        self._console.print(
            render_verdict(checker.implementation, results, time.monotonic() - self._began), soft_wrap=True
        )


class _Keep(_Watch):
    """A pytest plugin that keeps what was collected."""

    def __init__(self) -> None:
        self.checker: Checker | None = None

    def pytest_collection_finish(self, session: pytest.Session) -> None:
        """Keep it."""
        self.checker = checker_of(session.config)


def run(options: Sequence[str], console: Console, quiet: bool, jobs: int) -> int:
    """Run the cases.

    Args:
        options: The plugin's options.
        console: Where to show the run.
        quiet: Whether only what did not pass, and the verdict, are shown.
        jobs: How many cases run at the same time.

    Returns:
        The exit status.

    Raises:
        RunFailed: The run did not come to an end.
    """
    show = Show(console, quiet)
    parallel = ["-p", "xdist.plugin", "-n", str(jobs)] if jobs > 1 else []
    return _pytest([*options, *parallel], show)


def collect(options: Sequence[str]) -> list[Case]:
    """The cases that the options select, by id.

    Raises:
        RunFailed: They cannot be had.
    """
    keep = _Keep()
    _pytest([*options, "--collect-only"], keep)
    return [] if keep.checker is None else sorted(keep.checker.cases, key=lambda case: case.id)


def _pytest(options: Sequence[str], plugin: _Watch) -> int:
    """Run pytest; what it says itself is kept, and told only if it failed."""
    args = [
        *("-c", str(_PACKAGE / "pytest.ini"), "--rootdir", str(_PACKAGE)),
        *("-p", "no:cacheprovider", "-p", "httplib_conformance.plugin", "--capture=no"),
        *options,
        str(_PACKAGE / "cases"),
    ]
    said = io.StringIO()
    with _no_other_plugins(), contextlib.redirect_stdout(said), contextlib.redirect_stderr(said):
        status = pytest.main(args, plugins=[plugin])
    if plugin.stopped:
        raise RunFailed(plugin.stopped, CANNOT_START)
    match status:
        case pytest.ExitCode.USAGE_ERROR:
            raise RunFailed(_last_error(said.getvalue()), WRONG_USAGE)
        case pytest.ExitCode.NO_TESTS_COLLECTED:
            return NOTHING_SELECTED
        case pytest.ExitCode.INTERRUPTED:
            raise RunFailed(_last_error(said.getvalue()), INTERRUPTED)
    return int(status)


def _last_error(said: str) -> str:
    """What pytest says that went wrong."""
    lines = [line for line in said.splitlines() if line.startswith(("ERROR: ", "E  "))]
    return "\n".join(line.removeprefix("ERROR: ").removeprefix("E  ").strip() for line in lines) or said


@contextlib.contextmanager
def _no_other_plugins() -> Iterator[None]:
    """Keep the plugins and options that happen to be there for other tests out of the run."""
    ours = {"PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1", "PYTEST_ADDOPTS": ""}
    before = {name: os.environ.get(name) for name in ours}
    os.environ.update(ours)
    try:
        yield
    finally:
        for name, value in before.items():
            if value is None:
                del os.environ[name]
            else:
                os.environ[name] = value
