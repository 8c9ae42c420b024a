"""Plain pytest with the plugin: the same cases, the same exit statuses."""

import os
import re

import pytest
from httplib_conformance.transcripts import corpus

from harness.processes import run_python

GOOD = ("--httplib-case", "passes", "--httplib-case", "constant-*")


@pytest.fixture
def plain_pytest(command, sample_cases, tmp_path, monkeypatch, capfd):
    """Returns a function that runs pytest in this process, from a folder with its own settings."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "pytest.ini").write_text(
        "[pytest]\naddopts = -ra\nmarkers =\n    mine: a marker of the user\n"
    )

    def run(*args, cases=sample_cases):
        options = ["-p", "httplib_conformance.plugin", "-p", "no:cacheprovider", *map(str, args), str(cases)]
        status = pytest.main(options)
        told = capfd.readouterr()
        assert "INTERNALERROR" not in told.out + told.err
        return int(status), told.out + told.err

    return run


def test_conforms(plain_pytest):
    status, told = plain_pytest(*GOOD)
    assert status == 0
    assert "httplib: httplib27 (" in told
    assert "3 passed" in told


def test_only_collecting_is_no_run_that_broke_off(plain_pytest):
    status, told = plain_pytest(*GOOD, "--collect-only")
    assert status == 0
    assert "ERROR" not in told
    assert "httplib: " not in told, "nothing has been started"


def test_what_is_left_behind_is_named(plain_pytest, write_cases):
    source = "import os\n\n@case('leaves', 'module.name')\ndef test_it(httplib):\n    os.pipe()\n"
    status, told = plain_pytest(cases=write_cases(source))
    for number in re.findall(r"descriptor (\d+)", told):
        os.close(int(number))
    assert status == 6
    assert told.count("ERROR: left behind: a pipe (descriptor ") == 2


def test_deviates(plain_pytest):
    status, told = plain_pytest(*GOOD, "--httplib-case", "fails-compare")
    assert status == 1
    assert "FAIL  fails-compare  (documented)" in told
    assert "1 failed, 3 passed" in told


def test_tests_that_are_no_cases_are_left_alone(plain_pytest, write_cases):
    cases = write_cases(
        "def test_it(record_property):\n    record_property('a', 1)\n\ndef test_other():\n    assert 1 == 2\n"
    )
    status, told = plain_pytest(cases=cases)
    assert status == 1
    assert "1 failed, 1 passed" in told
    assert "httplib: " not in told, "nothing has been started for them"


def test_items_that_are_no_functions_are_left_alone(plain_pytest, write_cases):
    cases = write_cases('def double(x):\n    """\n    >>> double(2)\n    4\n    """\n    return 2 * x\n')
    status, told = plain_pytest("--doctest-modules", cases=cases)
    assert (status, "1 passed" in told) == (0, True)


def test_wrong_usage(plain_pytest):
    for args, words in (
        (("--httplib-case", "nope"), "no case has the id 'nope'"),
        (("--httplib-in-process", "--httplib-agent", "x"), "exclude each other"),
        (("--httplib-timeout", "0"), "the timeout is 0.0; expected more than 0 and at most 86400"),
        (
            ("--httplib-json", "no/such/folder"),
            "the results cannot be written to 'no/such/folder': No such file",
        ),
    ):
        status, told = plain_pytest(*args)
        assert (status, words in told) == (2, True), told


@pytest.mark.parametrize("args", [("--httplib", "no_such_module"), ("--httplib-python", "/no/such/python")])
def test_cannot_be_started(plain_pytest, args):
    status, told = plain_pytest(*args)
    assert status == 3
    assert "cannot be" in told


def test_a_fault_of_the_suite(plain_pytest):
    status, told = plain_pytest("--httplib-case", "harness-error")
    assert status == 3
    assert "HARNESS ERROR" in told


def test_an_agent_that_cannot_be_started_again(plain_pytest, tmp_path):
    """It ends the run: what is left could only fail."""
    (tmp_path / "once.py").write_text(
        f"import pathlib\nflag = pathlib.Path({str(tmp_path / 'flag')!r})\n"
        "if flag.exists():\n    raise ImportError('only once')\nflag.touch()\nfrom httplib27 import *\n"
    )
    setup = f"import sys; sys.path.insert(0, {str(tmp_path)!r})"
    status, told = plain_pytest(
        "--httplib",
        "once",
        "--httplib-setup",
        setup,
        "--httplib-case",
        "crashes",
        "--httplib-case",
        "passes",
        "--httplib-case",
        "killed",
        "--httplib-case",
        "unsupported",
    )
    assert status == 3
    assert "only once" in told


def test_nothing_selected(plain_pytest):
    assert plain_pytest("--httplib-case", "passes-observed")[0] == 5
    assert plain_pytest("--httplib-case", "passes-observed", "--httplib-level", "observed")[0] == 0


def test_broken_off_at_the_first_failure(plain_pytest, tmp_path):
    """The cases that did not run are told, and no results say that all is well."""
    file = tmp_path / "results.json"
    status, told = plain_pytest(
        "-x", "--httplib-case", "fails-compare", "--httplib-case", "unsupported", "--httplib-json", file
    )
    assert status == 3
    assert "ERROR: unsupported: the run broke off before this case gave a result" in told
    assert '"conforms": false' in file.read_text()


def test_results_that_cannot_be_written_at_the_end(plain_pytest):
    status, told = plain_pytest(*GOOD, "--httplib-json", "/dev/full")
    assert status == 2
    assert "ERROR: the results cannot be written to '/dev/full': No space left on device" in told


def test_a_worker_process_that_dies(plain_pytest, tmp_path):
    file = tmp_path / "results.json"
    status, told = plain_pytest(
        *GOOD, "-n", "2", "--httplib-json", file, "--httplib-case", "kills-its-worker"
    )
    assert status == 1
    assert "1 failed, 3 passed" in told
    assert '"conforms": false' in file.read_text()


def test_the_shipped_cases_from_a_foreign_folder(tmp_path):
    """By the name of the package, with the settings of whoever runs it."""
    (tmp_path / "pytest.ini").write_text("[pytest]\naddopts = -ra --strict-markers\n")
    identity = corpus()[0].id
    ended = run_python(
        *("-m", "pytest", "-p", "httplib_conformance.plugin", "--pyargs", "httplib_conformance"),
        *("--httplib", "httplib27", "--httplib-level", "observed", "--httplib-case", identity),
        cwd=tmp_path,
    )
    assert ended.returncode == 0, ended.stdout
    assert "1 passed" in ended.stdout
    assert "httplib: httplib27 (" in ended.stdout
