"""The pytest plugin: its options, its fixtures, and the checker that makes cases of tests.

Loaded with `-p httplib_conformance.plugin`, by the command line or by hand:

    pytest -p httplib_conformance.plugin --pyargs httplib_conformance --httplib httplib27
"""

from __future__ import annotations

import argparse
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, cast

import pytest

from httplib_conformance.catalogue import Level
from httplib_conformance.checker import (
    CANNOT_START,
    CASE,
    EVIDENCE,
    PROBE,
    SERVERS,
    SESSION,
    WRONG_USAGE,
    Checker,
)
from httplib_conformance.engine import SECONDS_A_CASE, Engine, Target
from httplib_conformance.generated import EXAMPLES, MOST_EXAMPLES, Examples
from httplib_conformance.live import INSTALLED, Unusable, choose
from httplib_conformance.proxies import Module, Python
from httplib_conformance.results import probe
from httplib_conformance.start import end_as_by_interruption

if TYPE_CHECKING:
    from httplib_conformance.case_servers import Servers
    from httplib_conformance.disputes import Probe
    from httplib_conformance.evidence import Evidence
    from httplib_conformance.live import Chosen

pytest.register_assert_rewrite("httplib_conformance.cases")

CASES = Path(__file__).with_name("cases")
"""The folder of the cases."""

LIVE = Path(__file__).with_name("live")
"""The folder of those that talk to real servers."""

MOST_SECONDS = 86400
"""The longest time that a case may be given."""

_CHECKER = pytest.StashKey[Checker]()


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
    group.addoption(
        "--httplib-examples",
        metavar="N",
        type=int,
        default=EXAMPLES,
        help="how many examples each generated case tries",
    )
    group.addoption(
        "--httplib-shuffle", metavar="SEED", type=int, help="run the cases in another order, made from SEED"
    )
    group.addoption("--httplib-scratch", metavar="DIR", type=Path, help=argparse.SUPPRESS)
    group.addoption("--httplib-json", metavar="FILE", help="write the results to this file")
    group.addoption(
        "--httplib-live",
        metavar="SERVERS",
        help=f"talk to these real servers, parted by commas, or to all that are {INSTALLED}",
    )


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
    config.addinivalue_line(
        "markers", "live(what, covers, needs): a case for each real server that can serve it"
    )
    config.addinivalue_line("markers", "dispute(id): the probe of a dispute between document and original")
    target = target_of(config)
    _refuse_contradictions(config, target)
    servers = _choose_servers(config)
    checker = Checker(config, target, servers)
    if checker.is_worker:  # pragma: no cover (in worker processes only)
        end_as_by_interruption()  # else the agent of a case that hangs would outlive its worker
        scratch = config.getoption("--httplib-scratch")
        tempfile.tempdir = scratch and str(scratch)
    elif not config.option.collectonly:
        _probe_results(config.getoption("--httplib-json"))
    config.stash[_CHECKER] = checker
    config.pluginmanager.register(checker, "httplib-conformance-checker")


def _refuse_contradictions(config: pytest.Config, target: Target) -> None:
    hosts = (config.getoption("--httplib-python"), target.in_process, target.agent)
    seconds = config.getoption("--httplib-timeout")
    if sum(host not in {None, False} for host in hosts) > 1:
        pytest.exit(
            "the options python, in-process and agent exclude each other: "
            "each says where the implementation runs",
            WRONG_USAGE,
        )
    if not 0 < seconds <= MOST_SECONDS:
        pytest.exit(f"the timeout is {seconds}; expected more than 0 and at most {MOST_SECONDS}", WRONG_USAGE)
    if not 0 < config.getoption("--httplib-examples") <= MOST_EXAMPLES:
        pytest.exit(f"the number of examples is no number from 1 to {MOST_EXAMPLES}", WRONG_USAGE)
    if not target.module:
        pytest.exit("the name of the implementation's module is empty", WRONG_USAGE)
    if not target.python:
        pytest.exit("the name of the interpreter is empty", WRONG_USAGE)
    if config.getoption("--httplib-json") == "":
        pytest.exit("the name of the file for the results is empty", WRONG_USAGE)
    if target.agent is not None and not target.agent.strip():
        pytest.exit("the command of the agent is empty", WRONG_USAGE)


def _choose_servers(config: pytest.Config) -> list[Chosen]:
    """The real servers that the cases are to talk to, if any."""
    names = config.getoption("--httplib-live")
    try:
        return [] if names is None else choose(names)
    except Unusable as error:
        pytest.exit(str(error), WRONG_USAGE if error.unknown else CANNOT_START)


def pytest_ignore_collect(collection_path: Path, config: pytest.Config) -> bool | None:
    """Take either the cases that talk to real servers, or all others."""
    other = CASES if checker_of(config).servers else LIVE
    return True if collection_path == other else None


def _probe_results(file: str | None) -> None:
    """Make sure that results can be written, before the time is spent that they cost."""
    if file is not None:
        try:
            probe(Path(file))
        except OSError as error:
            pytest.exit(f"the results cannot be written to {file!r}: {error.strerror}", WRONG_USAGE)


def checker_of(config: pytest.Config) -> Checker:
    """The object that judges this run."""
    return config.stash[_CHECKER]


@pytest.fixture
def engine(request: pytest.FixtureRequest) -> Engine:
    """Runs programs in the implementation's interpreter."""
    return checker_of(request.config).engine


@pytest.fixture
def evidence(request: pytest.FixtureRequest) -> Evidence:
    """What the case leaves behind."""
    return cast("Evidence", request.node.stash[EVIDENCE])


@pytest.fixture
def examples(request: pytest.FixtureRequest, engine: Engine, evidence: Evidence) -> Examples:
    """Tries the examples of a generated case."""
    return Examples(
        engine,
        evidence,
        case=request.node.stash[CASE],
        number=request.config.getoption("--httplib-examples"),
        seconds=request.config.getoption("--httplib-timeout"),
    )


@pytest.fixture
def httplib(request: pytest.FixtureRequest) -> Module:
    """The implementation."""
    return Module(request.node.stash[SESSION], checker_of(request.config).engine.target.module)


@pytest.fixture
def python(request: pytest.FixtureRequest) -> Python:
    """The implementation's interpreter."""
    return Python(request.node.stash[SESSION])


@pytest.fixture
def replay(request: pytest.FixtureRequest) -> Servers:
    """What starts servers, from their replies or from a script."""
    return cast("Servers", request.node.stash[SERVERS])


@pytest.fixture
def shows(request: pytest.FixtureRequest) -> Probe:
    """What the probe of a dispute tells its findings."""
    return cast("Probe", request.node.stash[PROBE])
