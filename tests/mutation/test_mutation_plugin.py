"""The plugin with which mutmut runs the cases: what it leaves out, and what it calls a kill."""

import json
import os
import subprocess
import sys
from pathlib import Path

import httplib_conformance
import mutation_plugin
import pytest
from httplib_conformance.disputes import Shown, Side
from httplib_conformance.evidence import Verdict
from mutation_plugin import BROKEN, KILLED, SURVIVED, status_of

CASES = Path(httplib_conformance.__file__).with_name("cases")

TWO = (
    *("--httplib-case=generated-continue", str(CASES / "test_generated_replies.py")),
    *("--httplib-case=constant-ok", str(CASES / "test_constants.py")),
)
"""Two cases, one of them generated and one of a constant."""

PROBE = ("-k", "test_wide_items", str(CASES / "test_disputes.py"))
"""The probe of a dispute in which the reference is on the document's side."""


@pytest.mark.parametrize("verdict", [Verdict.failed, Verdict.timeout, Verdict.crash])
def test_a_case_that_does_not_pass_kills(verdict):
    """The cases behind it do not run any more."""
    assert status_of([Verdict.passed, verdict], missing=5, status=3) == KILLED


@pytest.mark.parametrize("verdict", [Verdict.harness_error, Verdict.unsupported])
def test_what_the_harness_could_not_do_kills_nothing(verdict):
    assert status_of([verdict], missing=5, status=3) == BROKEN
    assert status_of([Verdict.failed, verdict], missing=5, status=3) == BROKEN


def test_a_mutant_that_every_case_passes_survives():
    assert status_of([Verdict.passed], missing=0, status=0) == SURVIVED


@pytest.mark.parametrize(("missing", "status"), [(1, 0), (1, 3), (0, 1), (0, 3)])
def test_a_run_that_broke_off_kills_nothing(missing, status):
    assert status_of([Verdict.passed], missing=missing, status=status) == BROKEN


@pytest.mark.parametrize(
    ("side", "status"), [(Side.document, SURVIVED), (Side.original, KILLED), (Side.both, KILLED)]
)
def test_a_probe_that_finds_another_side_kills(side, status):
    shown = [Shown("content-length-of-wide-items", side, "")]
    assert status_of([Verdict.passed], shown, missing=0, status=0) == status


def test_a_probe_without_a_finding_kills_nothing():
    shown = [Shown("content-length-of-wide-items", Side.neither, "no finding (harness error)")]
    assert status_of([Verdict.passed], shown, missing=0, status=0) == SURVIVED


def run(folder, *options, selection=TWO):
    """Run cases as mutmut does."""
    places = os.pathsep.join([str(Path(mutation_plugin.__file__).parent), os.environ.get("PYTHONPATH", "")])
    command = [sys.executable, "-m", "pytest", "-c", str(CASES.parent / "pytest.ini"), "-q"]
    plugins = ["httplib_conformance.plugin", "mutation_plugin", "no:cacheprovider"]
    command += [f"-p{plugin}" for plugin in plugins] + ["--httplib-in-process", "--httplib-level=observed"]
    command += [*options, *selection]
    return subprocess.run(
        command,
        cwd=folder,
        env=os.environ | {"PYTHONPATH": places},
        capture_output=True,
        text=True,
        check=False,
    )


def listed(folder):
    """The cases that would run, in order, as pytest names them."""
    return [line for line in run(folder, "--collect-only").stdout.splitlines() if "::" in line]


def test_the_reference_survives(tmp_path):
    done = run(tmp_path)
    assert done.returncode == SURVIVED, done.stdout
    assert "2 passed" in done.stdout


def test_a_fault_is_killed(tmp_path):
    done = run(tmp_path, "--httplib-setup=import httplib27; httplib27.OK = 201", "-x")
    assert done.returncode == KILLED, done.stdout


def test_a_probe_is_a_case_for_mutants(tmp_path):
    setup = "import httplib27.request_body; httplib27.request_body.length_of = len"
    assert run(tmp_path, selection=PROBE).returncode == SURVIVED
    assert run(tmp_path, f"--httplib-setup={setup}", selection=PROBE).returncode == KILLED


def test_a_listing_is_no_failure(tmp_path):
    done = run(tmp_path, "--collect-only")
    assert done.returncode == SURVIVED, done.stdout


def test_what_is_quick_comes_first(tmp_path):
    names = listed(tmp_path)
    for first, second in (names, names[::-1]):
        stats = {"duration_by_test": {first: 0.1, second: 0.2}}
        (tmp_path / "mutmut-stats.json").write_text(json.dumps(stats), "utf-8")
        assert listed(tmp_path) == [first, second]
