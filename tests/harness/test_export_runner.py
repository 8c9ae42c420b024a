"""The runner in JavaScript that is exported with the corpus: the page beside it is enough to write one.

It comes to the same verdicts as ours: on the reference, on the original, and on wrong implementations.
"""

import json
import os
import shutil
import subprocess
import sys
from collections import Counter
from importlib import resources
from pathlib import Path

import pytest
from httplib_conformance import export, transcripts
from httplib_conformance.catalogue import Level, level_of
from httplib_conformance.channels import AgentDied, AgentTimedOut
from httplib_conformance.engine import AGENT_FILE, Engine, Target
from httplib_conformance.evidence import Deviates, Evidence
from httplib_conformance.play import play
from httplib_conformance.transcripts import corpus

from harness.conftest import find_interpreter
from harness.processes import SECONDS as A_LONG_TIME
from harness.test_play import GOOD, HEAD, WRONG

RUNNER = resources.files("httplib_fixtures").joinpath("export", "runner.mjs")
AGENT = (sys.executable, AGENT_FILE)
DEADLINE = 4
"""Seconds for a transcript: what none comes near unless it hangs."""


@pytest.fixture
def run(node, monkeypatch):
    """Returns a function that runs the runner to its end."""
    monkeypatch.setenv("SECONDS", str(DEADLINE))

    def run(*args) -> subprocess.CompletedProcess[str]:
        command = [node, str(RUNNER), *map(str, args)]
        ran = subprocess.run(command, capture_output=True, encoding="utf-8", timeout=A_LONG_TIME, check=False)
        assert "node:internal" not in ran.stderr, ran.stderr  # that would be a stack of calls
        return ran

    return run


@pytest.fixture(scope="session")
def exported(tmp_path_factory) -> Path:
    folder = tmp_path_factory.mktemp("export") / "corpus"
    export.write(folder)
    return folder


@pytest.fixture(scope="session")
def sample(tmp_path_factory) -> tuple[Path, list[transcripts.Transcript]]:
    """An export of a part of the corpus, for what takes long, and that part."""
    some = [each for place, each in enumerate(corpus()) if place % 8 == 0 or BREAKS_OFF & methods(each)]
    folder = tmp_path_factory.mktemp("sample") / "corpus"
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(export, "corpus", lambda: some)
        export.write(folder)
    return folder, some


def methods(transcript: transcripts.Transcript) -> set[object]:
    """What a transcript gives to request and putrequest first."""
    return {call.args[0] for each in transcript.exchanges for call in each.calls if call.args}


@pytest.fixture
def implementation(tmp_path, monkeypatch):
    """Returns a function that writes a module which agents can import."""
    paths = [str(tmp_path / "modules"), str(Path(__file__).parents[1]), os.environ.get("PYTHONPATH", "")]
    monkeypatch.setenv("PYTHONPATH", os.pathsep.join(filter(None, paths)))
    (tmp_path / "modules").mkdir()

    def write(source: str) -> str:
        (tmp_path / "modules" / "tried_here.py").write_text(source, "utf-8")
        return "tried_here"

    return write


def export_of(texts: dict[str, str], folder: Path, monkeypatch) -> Path:
    """An export of transcripts that are given as text, by id."""
    (folder / "transcripts").mkdir()
    for identity, text in texts.items():
        file = folder / "transcripts" / f"{identity}.toml"
        file.write_text(HEAD.replace("tried", identity) + text.lstrip(), "utf-8")
    monkeypatch.setattr(export, "corpus", lambda: transcripts.load_folder(folder / "transcripts"))
    export.write(folder / "export")
    return folder / "export"


def verdicts(ran) -> dict[str, str]:
    """The verdicts that were printed, by id."""
    assert ran.stdout.isascii()
    lines = [line.split() for line in ran.stdout.splitlines()[:-1] if not line.startswith(" ")]
    assert all(len(line) == 2 for line in lines), ran.stdout
    return {identity: verdict for verdict, identity in lines}


def test_the_page_is_enough_for_a_short_runner():
    lines = RUNNER.read_text("utf-8").splitlines()
    assert len(lines) < 150
    assert max(map(len, lines)) <= 120
    imported = [line for line in lines if line.startswith("import ")]
    assert all(' from "node:' in line for line in imported), "it needs nothing but Node"


# -- the same verdicts


def test_the_reference_passes(run, exported):
    ran = run(exported, "observed", "httplib27", *AGENT)
    assert ran.returncode == 0, ran.stdout
    assert verdicts(ran) == {each.id: "pass" for each in corpus()}
    count = len(corpus())
    assert ran.stdout.endswith(f"\n{count} of {count} transcripts were played, {count} pass\n")


def test_the_original_passes(run, sample):
    original = find_interpreter("CPython 2.7")
    if original is None:
        pytest.skip("CPython 2.7 was not found")
    folder, some = sample
    ran = run(folder, "observed", "httplib", original, AGENT_FILE)
    assert ran.returncode == 0, ran.stdout
    assert verdicts(ran) == {each.id: "pass" for each in some}


def test_levels_and_ids(run, exported):
    levels = json.loads((exported / "index.json").read_text("utf-8"))["counts"]["levels"]
    ran = run(exported, "documented", "httplib27", *AGENT)
    assert len(verdicts(ran)) == levels["documented"] + levels["referenced"]
    ran = run(exported, "trailers-are-no-part-of-the-body", "httplib27", *AGENT)
    assert verdicts(ran) == {"trailers-are-no-part-of-the-body": "pass"}
    assert ran.stdout.endswith(f"\n1 of {len(corpus())} transcripts were played, 1 pass\n")


BREAKS_OFF = {"OPTIONS", "TRACE"}
BROKEN = """
import os, time
import httplib27

class HTTPConnection(httplib27.HTTPConnection):
    def request(self, method, *args, **kwargs):
        if method == "OPTIONS":
            os._exit(3)
        if method == "TRACE":
            time.sleep(3600)
        if method == "PUT":
            self.close()
        super().request(method, *args, **kwargs)

    def getresponse(self):
        response = super().getresponse()
        read = response.read
        response.read = lambda *args: read(*args)[:-1]
        return response
"""


def our_verdict(transcript, engine) -> str:
    try:
        with engine.case(DEADLINE):
            play(transcript, engine, Evidence())
    except Deviates:
        return "fail"
    except AgentTimedOut:
        return "timeout"
    except AgentDied:
        return "crash"
    return "pass"


def test_the_same_verdicts_as_ours_on_a_broken_implementation(run, sample, implementation):
    module = implementation(BROKEN)
    engine = Engine(Target(module=module))
    folder, some = sample
    documented = [each for each in some if level_of(each.covers) is not Level.observed]
    ours = {each.id: our_verdict(each, engine) for each in documented}
    engine.close()
    ran = run(folder, "documented", module, *AGENT)
    assert ran.returncode == 1
    assert verdicts(ran) == ours
    assert Counter(ours.values()).keys() == {"pass", "fail", "timeout", "crash"}


def test_what_is_right_passes(run, tmp_path, monkeypatch):
    texts = {name.replace(" ", "-"): text for name, text in GOOD.items()}
    ran = run(export_of(texts, tmp_path, monkeypatch), "observed", "httplib27", *AGENT)
    assert verdicts(ran) == dict.fromkeys(sorted(texts), "pass"), ran.stdout


WRONG_IN_TURN = """
from harness.test_play import WRONG

TURNS = iter(sorted(WRONG))

def __getattr__(name):
    if name != "HTTPConnection":
        raise AttributeError(name)
    names = WRONG[next(TURNS)][1]
    if name not in names:
        raise AttributeError(name)
    return names[name]
"""


def test_what_is_wrong_fails(run, tmp_path, monkeypatch, implementation):
    """Each wrong implementation at its turn: all are found out as soon as they are played, so once each."""
    texts = {name: text for name, (text, *_) in WRONG.items()}
    ran = run(export_of(texts, tmp_path, monkeypatch), "observed", implementation(WRONG_IN_TURN), *AGENT)
    assert verdicts(ran) == dict.fromkeys(sorted(texts), "fail"), ran.stdout
    assert ran.stdout.count("\n  whole\n  ") == len(texts)
    assert ran.returncode == 1


ONE_READ = """
from harness.test_play import OneRead as HTTPConnection
"""


def test_what_is_wrong_only_when_cut_fails(run, tmp_path, monkeypatch, implementation):
    """A client that is slow may get all segments at once, but not each time."""
    folder = export_of({f"cut-{number}": GOOD["plain"] for number in range(20)}, tmp_path, monkeypatch)
    ran = run(folder, "observed", implementation(ONE_READ), *AGENT)
    assert "fail" in verdicts(ran).values()
    assert "\n  byte by byte\n  " in ran.stdout
    assert "\n  whole\n  " not in ran.stdout


# -- agents


def test_what_an_agent_does_not_support(run, exported, fake_agent, tmp_path):
    fake_agent(
        "shake_hands()\nwhile True:\n    message = hear()\n"
        "    seen = [{'id': step['id'], 'unsupported': 'no such step here'} for step in message['steps']]\n"
        "    say(id=message['id'], observations=seen)\n"
    )
    ran = run(exported, "trailers-are-no-part-of-the-body", "m", sys.executable, tmp_path / "fake agent.py")
    assert ran.returncode == 1
    assert verdicts(ran) == {"trailers-are-no-part-of-the-body": "unsupported"}
    assert "\n  no such step here\n" in ran.stdout


@pytest.mark.parametrize(
    ("body", "words"),
    [
        ("say(id=hear()['id'], failed={'kind': 'import', 'message': 'no m'})", '"message": "no m"'),
        ("shake_hands(); say(id=7, observations=[]); hear()", '"id": 7'),
        ("shake_hands(); hear(); say(id=2, failed={'kind': 'request', 'message': 'no'})", '"request"'),
        ("shake_hands(); hear(); print('garbage', flush=True); hear()", "garbage"),
        ("shake_hands(); hear(); say(id=2, observations=[]); hear()", ""),
        ("sys.exit(3)", "the agent has ended"),
    ],
)
def test_an_agent_that_breaks_the_protocol(run, exported, fake_agent, tmp_path, body, words):
    fake_agent(body)
    ran = run(exported, "trailers-are-no-part-of-the-body", "m", sys.executable, tmp_path / "fake agent.py")
    assert ran.returncode == 3
    assert ran.stderr.startswith("Error: ")
    assert words in ran.stderr
    assert ran.stdout == ""


# -- bad input


@pytest.mark.parametrize(
    ("args", "status", "words"),
    [
        ((), 2, "usage: node runner.mjs DIR documented|observed|ID MODULE AGENT"),
        (("DIR", "observed", "httplib27"), 2, "usage: "),
        (("DIR/nonesuch", "observed", "m", "python"), 2, "nonesuch/index.json: ENOENT"),
        (("DIR", "nonesuch", "m", "python"), 2, "nonesuch is no level, and no transcript's id"),
        (("DIR", "observed", "m", "DIR/nonesuch"), 3, "the agent cannot be started: spawn "),
    ],
)
def test_bad_arguments(run, exported, args, status, words):
    ran = run(*(each.replace("DIR", str(exported)) for each in args))
    assert ran.returncode == status
    assert ran.stderr.startswith("Error: ")
    assert words in ran.stderr
    assert ran.stdout == ""


FILE = "transcripts/trailers-are-no-part-of-the-body.json"


@pytest.mark.parametrize(
    ("name", "change", "words"),
    [
        ("index.json", lambda text: text.replace("export/1", "export/2"), "httplib-conformance/export/2"),
        ("index.json", lambda text: text.replace('"transcripts": ', '"transcripts": 1', 1), "is not whole"),
        ("index.json", lambda text: text[:1000], "index.json: "),
        (FILE, lambda text: text[: len(text) // 2], f"{FILE}: "),
        (FILE, lambda text: text.replace('"cuts"', '"cut"'), "a script cannot be played: "),
        (FILE, None, f"{FILE}: ENOENT"),
    ],
)
def test_a_broken_export(run, exported, tmp_path, name, change, words):
    folder = tmp_path / "broken"
    shutil.copytree(exported, folder)
    file = folder / name
    if change is None:
        file.unlink()
    else:
        text = file.read_text("utf-8")
        assert change(text) != text
        file.write_text(change(text), "utf-8")
    ran = run(folder, "trailers-are-no-part-of-the-body", "httplib27", *AGENT)
    assert ran.returncode == 2
    assert ran.stderr.startswith("Error: ")
    assert words in ran.stderr
    assert ran.stdout == ""
