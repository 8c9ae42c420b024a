"""Runs the cases through pytest, and shows what comes of it in our own words."""

from __future__ import annotations

import contextlib
import io
import os
import re
import shlex
import signal
import sys
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from httplib_servers.interrupts import INTERRUPTS
from rich.text import Text

from httplib_conformance.checker import CANNOT_START, WRONG_USAGE
from httplib_conformance.evidence import Verdict
from httplib_conformance.leaks import FOLDERS
from httplib_conformance.plugin import CASES, LIVE, checker_of
from httplib_conformance.report import (
    Bar,
    print_failure,
    render_disputes,
    render_header,
    render_summary,
    render_verdict,
)
from httplib_conformance.start import INTERRUPTED, UNUSABLE, OutputLost
from httplib_conformance.values import count

if TYPE_CHECKING:
    from collections.abc import Generator, Iterator, Sequence
    from types import FrameType

    from rich.console import Console

    from httplib_conformance.casemark import Case
    from httplib_conformance.checker import Checker

NOTHING_SELECTED = 5
"""The exit status when no case was selected."""

_PACKAGE = Path(__file__).parent

MOST_NAMES = 10
"""How many cases without a result are named."""


class RunFailed(Exception):
    """The run did not come to an end; the message says why, `status` is the exit status."""

    def __init__(self, message: str, status: int) -> None:
        super().__init__(message)
        self.status = status

    def __reduce__(self) -> tuple[type[RunFailed], tuple[str, int]]:  # pragma: no cover (worker processes)
        """How it travels to another process."""
        return type(self), (str(self), self.status)


class Watch:
    """A pytest plugin that takes down why a run did not come to its end."""

    def __init__(self) -> None:
        self.failed: RunFailed | None = None
        self._streams = sys.stdout, sys.stderr
        self._interrupted = False

    def interrupt(self, number: int, frame: FrameType | None) -> None:
        """Take down that Ctrl-C came, and interrupt what is being done."""
        self._interrupted = True
        signal.default_int_handler(number, frame)

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtest_logstart(self) -> None:
        """Interrupt the run before the next case if that has been lost: Python swallows it in callbacks."""
        if self._interrupted:
            raise KeyboardInterrupt

    @pytest.hookimpl(trylast=True)
    def pytest_configure(self, config: pytest.Config) -> None:
        """Give the streams back: pytest has taken hold of those that it is to write to.

        What runs in this process can then be debugged, and can complain.  What pytest itself tells of a
        run goes nowhere, and it is slow at it: it need not.
        """
        sys.stdout, sys.stderr = self._streams
        config.pluginmanager.unregister(name="terminalreporter")

    def pytest_keyboard_interrupt(self, excinfo: pytest.ExceptionInfo[BaseException]) -> None:
        """Take down why the run was broken off."""
        if isinstance(excinfo.value, pytest.exit.Exception):
            self.failed = RunFailed(excinfo.value.msg, excinfo.value.returncode or CANNOT_START)
        elif self.failed is None:
            self.failed = RunFailed("interrupted", INTERRUPTED)

    def pytest_internalerror(self, excrepr: object, excinfo: pytest.ExceptionInfo[BaseException]) -> None:
        """Take down that the run broke off by a fault of the suite itself."""
        if isinstance(excinfo.value, OutputLost):
            raise excinfo.value
        self.failed = RunFailed(f"the run broke off, by a fault of the suite:\n{excrepr}", CANNOT_START)

    def pytest_collectreport(self, report: pytest.CollectReport) -> None:
        """Take down that cases could not be collected."""
        if report.failed:
            words = f"the cases in {report.nodeid} cannot be collected: {_last_error(report.longreprtext)}"
            self.failed = RunFailed(words, CANNOT_START)


class Show(Watch):
    """A pytest plugin that shows a run on a console.

    Args:
        console: Where.
        quiet: Whether only what did not pass, and the verdict, are shown.
        cases: The cases, if this process is not the one that collects them for the run.
    """

    def __init__(self, console: Console, quiet: bool, cases: Sequence[Case] = ()) -> None:
        super().__init__()
        self._console = console
        self._quiet = quiet
        self.cases = cases
        self._bar: Bar | None = None
        self._ids: dict[str, str] = {}
        self._began = time.monotonic()

    @pytest.hookimpl(tryfirst=True)
    def pytest_collection(self, session: pytest.Session) -> None:
        """Start the implementation: if that cannot be done, nothing else is of interest."""
        checker = checker_of(session.config)
        checker.start()
        if self.cases:
            checker.engine.close()  # the cases run elsewhere
            checker.cases.extend(self.cases)
            self._begin(session.config)

    def pytest_collection_finish(self, session: pytest.Session) -> None:
        """Say what is checked."""
        self.cases = checker_of(session.config).cases
        if self.cases:
            self._begin(session.config)

    def _begin(self, config: pytest.Config) -> None:
        """Say what is checked, and begin to show progress."""
        checker = checker_of(config)
        if self._quiet:
            return
        self._console.print(
            render_header(
                checker.start(),
                checker.engine.target.module,
                config.getoption("--httplib-examples"),
                [each.title for each in checker.servers],
                config.getoption("--httplib-shuffle"),
            )
        )
        self._console.print()
        # A debugger in this process and a progress bar would write over each other.
        if not checker.engine.target.in_process:
            self._bar = Bar(self._console, len(self.cases))
            self._ids = {case.nodeid: case.id for case in self.cases}

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """Count a case; the probes of disputes are none."""
        if self._bar is not None and report.when == "teardown" and report.nodeid in self._ids:
            self._bar.advance(self._ids[report.nodeid])

    @pytest.hookimpl(wrapper=True)
    def pytest_sessionfinish(self, session: pytest.Session) -> Generator[None, None, None]:
        """Show what did not pass, and the sum, once it is known what came of the run."""
        if self._bar is not None:
            self._bar.stop()
        yield
        checker = checker_of(session.config)
        results = sorted(checker.results.values(), key=lambda result: result.id)
        if checker.implementation is None or not self.cases:
            return
        for result in results:
            if result.verdict is not Verdict.passed:
                print_failure(self._console, result)
                self._console.print()
        if results and not self._quiet:
            self._console.print(render_summary(results))
            self._console.print()
        if checker.disputes and not self._quiet:
            self._console.print(render_disputes(checker.disputes.values()))
            self._console.print()
        missing = [case.id for case in checker.without_result]
        if missing:
            names = ", ".join(missing[:MOST_NAMES]) + (" and others" if len(missing) > MOST_NAMES else "")
            self._console.print(f"{count(len(missing), 'case')} without a result: {names}\n")
        for what in checker.left:
            self._console.print(Text(f"left behind: {what}", style="bold red"), soft_wrap=True)
        seconds = time.monotonic() - self._began
        line = render_verdict(
            checker.implementation, results, int(session.exitstatus), seconds, bool(checker.patterns)
        )
        self._console.print(line, soft_wrap=True)
        if checker.unwritten:
            self.failed = RunFailed(checker.unwritten, WRONG_USAGE)


class _Keep(Watch):
    """A pytest plugin that keeps what was collected."""

    def __init__(self) -> None:
        super().__init__()
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
    if jobs == 1:
        show = Show(console, quiet)
    else:
        # Collected here for its errors, too: a worker process could only die of them.
        cases = collect(options)
        if not cases:
            return NOTHING_SELECTED
        show = Show(console, quiet, cases)
        # -P: what stands in the current folder must not take the place of what a worker imports.
        worker = f"popen//python={shlex.quote(os.path.normpath(sys.executable))} -P"
        workers = f"{min(jobs, len(cases))}*{worker}"
        options = [*options, "-p", "xdist.plugin", "--dist", "load", "--tx", workers]
    status = run_pytest(options, show)
    return status if show.cases else NOTHING_SELECTED


def collect(options: Sequence[str]) -> list[Case]:
    """The cases that the options select, by id.

    Raises:
        RunFailed: They cannot be had.
    """
    return collect_all(options)[0]


def collect_all(options: Sequence[str]) -> tuple[list[Case], list[Case]]:
    """The cases that the options select, and the probes of disputes, by id.

    Raises:
        RunFailed: They cannot be had.
    """
    keep = _Keep()
    run_pytest([*options, "--collect-only"], keep)
    found = ([], []) if keep.checker is None else (keep.checker.cases, keep.checker.probes)
    cases, probes = (sorted(each, key=lambda case: case.id) for each in found)
    return cases, probes


def run_pytest(options: Sequence[str], plugin: Watch) -> int:
    """Run pytest; what it says itself is told only if it is of an error."""
    args = [
        *("-c", str(_PACKAGE / "pytest.ini"), "--rootdir", str(_PACKAGE)),
        *("-p", "no:cacheprovider", "-p", "no:unraisableexception", "-p", "no:threadexception"),
        *("-p", "httplib_conformance.plugin", "--capture=no"),
        *options,
        str(LIVE if any(each.startswith("--httplib-live=") for each in options) else CASES),
    ]
    said = io.StringIO()
    with _scratch() as folder, _no_other_plugins(), _interrupting(plugin):
        args += [f"--basetemp={folder / FOLDERS}", f"--httplib-scratch={folder}"]
        with contextlib.redirect_stdout(said), contextlib.redirect_stderr(said):
            status = pytest.main(args, plugins=[plugin])
    if plugin.failed is not None:
        raise plugin.failed
    if status == pytest.ExitCode.USAGE_ERROR:
        raise RunFailed(_last_error(said.getvalue()), WRONG_USAGE)
    return int(status)


def _last_error(said: str) -> str:
    """What pytest says that went wrong."""
    lines = re.findall(r"^(?:ERROR: |E +)(?:[\w.]+\.BadData: )?(.*)$", said, re.MULTILINE)
    return "\n".join(line.strip() for line in lines) or said


@contextlib.contextmanager
def _interrupting(plugin: Watch) -> Iterator[None]:
    """Let the plugin know of Ctrl-C, and say nothing of one that comes in a callback of Python."""
    hook = sys.unraisablehook
    # Another handler is somebody else's; or they are ignored.
    ours = [number for number in INTERRUPTS if signal.getsignal(number) is signal.default_int_handler]

    def tell(unraisable: sys.UnraisableHookArgs) -> None:
        if not isinstance(unraisable.exc_value, KeyboardInterrupt):
            hook(unraisable)

    for number in ours:
        signal.signal(number, plugin.interrupt)
    sys.unraisablehook = tell
    try:
        yield
    finally:
        for number in ours:
            signal.signal(number, signal.default_int_handler)
        sys.unraisablehook = hook


@contextlib.contextmanager
def _scratch() -> Iterator[Path]:
    """A folder for all temporary files of a run, which goes away with them."""
    before = tempfile.tempdir
    try:
        temporary = tempfile.TemporaryDirectory(prefix="httplib-conformance-")
    except OSError as error:
        raise RunFailed(f"there is no place for temporary files: {error.strerror}", UNUSABLE) from error
    with temporary as folder:
        tempfile.tempdir = folder
        # Real servers give up root's rights, and have their files in it: who knows a path may go there.
        Path(folder).chmod(0o711)
        try:
            yield Path(folder)
        finally:
            tempfile.tempdir = before


@contextlib.contextmanager
def _no_other_plugins() -> Iterator[None]:
    """Keep the plugins and options that happen to be there for other tests out of the run."""
    ours = {"PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1", "PYTEST_ADDOPTS": "", "PYTEST_PLUGINS": ""}
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
