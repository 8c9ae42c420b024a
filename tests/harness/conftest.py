"""What the tests of the harness share."""

import json
import os
import shlex
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from httplib_conformance import runner
from httplib_conformance.__main__ import main
from httplib_conformance.channels import LocalChannel, ProcessChannel
from httplib_conformance.engine import AGENT_FILE
from httplib_conformance.schemas import check, schema_of

HERE = Path(__file__).parent

FAKE = f"""
import json, os, sys, time
sys.path.insert(0, {str(AGENT_FILE.parent.parent)!r})

def hear():
    line = sys.stdin.readline()
    if not line:
        sys.exit(0)
    return json.loads(line)

def say(**answer):
    print(json.dumps(answer), flush=True)

def hang():
    while True:
        time.sleep(60)

STARTED = {{
    "protocol": 1, "agent": "fake", "module": "m", "file": None, "version": None,
    "interpreter": {{"name": "Fake", "version": "0", "executable": None, "platform": "none"}},
}}

def shake_hands():
    say(id=hear()["id"], started=STARTED)
"""
"""What every fake agent begins with."""


@pytest.fixture
def fake_agent(tmp_path: Path) -> Callable[[str], str]:
    """Returns a function that writes a fake agent and gives the command that starts it."""

    def write(body: str) -> str:
        script = tmp_path / "fake agent.py"
        script.write_text(FAKE + body, "utf-8")
        return shlex.join([sys.executable, "-S", str(script)])

    return write


@pytest.fixture(autouse=True)
def _messages_are_as_the_schema_says(monkeypatch: pytest.MonkeyPatch) -> None:
    """All that the runner sends, and all that our agent answers, is held to the protocol's schema."""
    schema = schema_of("httplib_conformance", "agent-protocol.schema.json")
    message, answer = schema.with_ref("message"), schema.with_ref("answer")
    for channel in (LocalChannel, ProcessChannel):

        def exchange(self, line, seconds, original=channel.exchange):
            check(json.loads(line), message, "the message")
            answered = original(self, line, seconds)
            if isinstance(self, LocalChannel) or (
                self._process.args[1:] == [str(AGENT_FILE)] and is_real(self)
            ):
                check(json.loads(answered), answer, "the answer")
            return answered

        monkeypatch.setattr(channel, "exchange", exchange)


def is_real(channel: ProcessChannel) -> bool:
    """Whether it leads to an interpreter, and not to what a test passes for one."""
    return Path(channel._process.args[0]).name.startswith(("python", "pypy", "jython"))


class Command:
    """The command line, run in this process on sample cases."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self._monkeypatch = monkeypatch

    def use(self, cases: Path) -> None:
        """Take the cases from another folder."""
        self._monkeypatch.setattr(runner, "CASES", cases)

    def __call__(self, *args: object, suite_fault: bool = False) -> Result:
        """Run it; no traceback may come of it, unless the suite itself is wrong."""
        result = CliRunner().invoke(main, [str(arg) for arg in args])
        if not isinstance(result.exception, SystemExit | None):
            raise result.exception
        assert suite_fault or "Traceback" not in result.output
        return result


@pytest.fixture(scope="session")
def sample_cases(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the sample cases."""
    folder = tmp_path_factory.mktemp("sample") / "cases"
    folder.mkdir()
    shutil.copy(HERE / "sample_cases.py", folder / "test_sample.py")
    return folder


@pytest.fixture
def command(monkeypatch: pytest.MonkeyPatch, sample_cases: Path) -> Iterator[Command]:
    """The command line, run in this process on the sample cases."""
    path, modules = sys.path[:], set(sys.modules)
    given = Command(monkeypatch)
    given.use(sample_cases)
    yield given
    sys.path[:] = path
    for name in set(sys.modules) - modules:
        if name.startswith("test_"):
            del sys.modules[name]


@pytest.fixture
def write_cases(tmp_path: Path) -> Callable[[str], Path]:
    """Returns a function that writes a folder with one file of cases."""

    def write(source: str, name: str = "test_written.py") -> Path:
        folder = tmp_path / "cases"
        folder.mkdir(exist_ok=True)
        (folder / name).write_text(
            f"import pytest\nfrom httplib_conformance.casemark import case\n\n{source}", "utf-8"
        )
        return folder

    return write


INTERPRETERS = (
    *(
        f"CPython {version}"
        for version in ("2.7", "3.6", "3.7", "3.8", "3.9", "3.10", "3.11", "3.12", "3.13")
    ),
    "PyPy",
    "Jython",
)


def find_interpreter(name: str) -> str | None:
    """The path of an interpreter that stands on PATH, in HTTPLIB_ORIGINAL or in pyenv's folder."""
    implementation, _, version = name.partition(" ")
    if implementation != "CPython":
        return shutil.which({"PyPy": "pypy3", "Jython": "jython"}[implementation])
    if version == "2.7" and os.environ.get("HTTPLIB_ORIGINAL"):
        return os.environ["HTTPLIB_ORIGINAL"]
    folders = sorted(Path("~/.pyenv/versions").expanduser().glob(f"{version}.*/bin/python"))
    return str(folders[-1]) if folders else shutil.which(f"python{version}")


@pytest.fixture(scope="session")
def node() -> str:
    """The path of Node, for tests of what is written in JavaScript; skips them where there is none."""
    found = shutil.which("node")
    if found is None:
        pytest.skip("Node is not on PATH: what is in JavaScript is not tried")
    version = subprocess.run([found, "--version"], capture_output=True, text=True, check=True).stdout
    if int(version.strip().lstrip("v").partition(".")[0]) < 20:
        pytest.skip(f"the Node on PATH is {version.strip()}: what is in JavaScript needs 20 or later")
    return found
