"""Where the command starts: whatever its surroundings come to, it ends with a sentence and a status."""

import errno
import json
import os
import shlex
import subprocess
import sys
import tempfile

import pytest
from httplib_conformance import runner
from httplib_conformance.start import OutputLost, complaints_to, explain, output_to

from harness.processes import SECONDS, run_python

ONE = ("run", "--case", "class-http-connection")


def shell(script, *args):
    """Run the command line in a shell, as `"$@"` of a script."""
    command = ["sh", "-c", script, "sh", sys.executable, "-m", "httplib_conformance", *map(str, args)]
    return subprocess.run(command, capture_output=True, text=True, timeout=SECONDS, check=False)


def started(load, **how):
    """Run a command that is loaded by this function's source, and ends with what is printed and status 7."""
    return run_python(
        "-c", f"import os, sys\nfrom httplib_conformance import start\n{load}\nstart.run(load)", **how
    )


# -- standard streams


@pytest.mark.parametrize("closed", ["<&-", ">&-", "2>&-", "<&- >&- 2>&-"])
def test_closed_streams(tmp_path, closed):
    """What is not there takes no part; the status and the results are as ever."""
    file = tmp_path / "results.json"
    ended = shell(f'"$@" {closed}', *ONE, "--json", file)
    assert (ended.returncode, ended.stderr) == (0, "")
    assert json.loads(file.read_text())["summary"]["conforms"]
    assert ended.stdout.endswith(" s\n") or ">&-" in closed.replace("2>&-", "")


@pytest.mark.parametrize("args", [ONE, ("list", "-q"), ("--help",), ("requirements",)])
@pytest.mark.skipif(not os.path.exists("/dev/full"), reason="this system has no /dev/full")  # noqa: PTH110
def test_a_full_disk(args):
    ended = shell('"$@" >/dev/full', *args)
    assert ended.returncode == 2
    assert ended.stderr == f"Error: standard output cannot be written to: {os.strerror(errno.ENOSPC)}\n"


@pytest.mark.parametrize(
    ("args", "status"),
    [(("show", "no-such-case"), 2), (("run", "--no-such-option"), 2), (("run", "json"), 3)],
)
@pytest.mark.skipif(not os.path.exists("/dev/full"), reason="this system has no /dev/full")  # noqa: PTH110
def test_a_full_disk_for_errors(args, status):
    """Then nobody can be told what was wrong, and the status is as ever."""
    assert shell('"$@" 2>/dev/full', *args).returncode == status


@pytest.mark.parametrize("args", [ONE, ("list", "-q")])
def test_a_reader_that_has_gone(args):
    """As in `httplib-conformance run | head -1`: silently, and with no status that means something else."""
    ours, theirs = os.pipe()
    os.close(ours)
    command = [sys.executable, "-m", "httplib_conformance", *args]
    ended = subprocess.run(command, stdout=theirs, stderr=subprocess.PIPE, timeout=SECONDS, check=False)
    os.close(theirs)
    assert (ended.returncode, ended.stderr) == (141, b"")


def test_what_the_encoding_lacks_is_escaped():
    load = "def load(): print('\\u20ac \\ud800'); sys.exit(7)"
    ended = started(load, env={**os.environ, "PYTHONIOENCODING": "ascii"})
    assert (ended.returncode, ended.stdout, ended.stderr) == (7, "\\u20ac \\ud800\n", "")


def test_output_is_lost_once(tmp_path):
    """Then the rest goes nowhere: what is still to be cleaned up may print, too."""
    ours, theirs = os.pipe()
    os.close(ours)
    output = output_to(theirs, "utf-8")
    output.write("x")
    with pytest.raises(OutputLost) as caught:
        output.flush()
    assert explain(caught.value) == ("", 141)
    output.write("y")
    output.flush()
    os.close(theirs)
    whole = tmp_path / "whole"
    with whole.open("wb") as file:
        output = output_to(file.fileno(), "utf-8")
        output.write("z")
        output.flush()
    assert whole.read_text() == "z"


def test_more_output_than_is_kept_is_lost_while_it_is_written():
    ours, theirs = os.pipe()
    os.close(ours)
    output = output_to(theirs, "utf-8")
    with pytest.raises(OutputLost):
        output.write("x" * 1000000)
    output.write("y" * 1000000)
    output.flush()
    os.close(theirs)


def test_complaints_are_lost_silently():
    """They are written a line at a time."""
    ours, theirs = os.pipe()
    complaints = complaints_to(theirs, "utf-8")
    complaints.write("x\n")
    assert os.read(ours, 9) == b"x\n"
    os.close(ours)
    assert complaints.write("y\n") == 2
    complaints.write("z")
    complaints.flush()
    os.close(theirs)


def test_what_is_said_of_output_that_is_lost():
    lost = OutputLost()
    lost.__cause__ = OSError(errno.ENOSPC, "the disk is full")
    assert explain(lost) == ("standard output cannot be written to: the disk is full", 2)


def test_output_that_is_lost_in_a_run_is_no_fault_of_the_suite(command, monkeypatch):
    def lose(*_):
        raise OutputLost from BrokenPipeError()

    monkeypatch.setattr(runner, "render_header", lose)
    with pytest.raises(OutputLost):
        command("run", "--case", "passes")


# -- interruptions


@pytest.mark.parametrize(
    "how", ["raise KeyboardInterrupt", "os.kill(os.getpid(), 15)", "os.kill(os.getpid(), 1)", "os.kill(0, 2)"]
)
def test_interrupted_while_it_is_loaded(how):
    """It takes a while to import all that is needed; SIGTERM and SIGHUP are as good as Ctrl-C."""
    ended = started(f"def load(): {how}\n", start_new_session=True)
    assert (ended.returncode, ended.stdout, ended.stderr) == (130, "", "Error: interrupted\n")


def test_a_terminal_that_is_closed_is_nothing_to_nohup():
    ended = started(
        "import signal\nsignal.signal(1, signal.SIG_IGN)\ndef load(): os.kill(os.getpid(), 1); sys.exit(7)"
    )
    assert (ended.returncode, ended.stderr) == (7, "")


@pytest.mark.parametrize(
    "args", [("list",), ("show", "passes"), ("requirements",), ("requirements", "--check")]
)
@pytest.mark.parametrize("collected", ["by pytest", "by us"])
def test_interrupted_in_any_command(command, monkeypatch, args, collected):
    def interrupt(*_):
        raise KeyboardInterrupt

    owner, name = (
        (runner._Keep, "pytest_collection_finish") if collected == "by pytest" else (runner, "collect_all")
    )
    monkeypatch.setattr(owner, name, interrupt)
    ran = command(*args)
    assert (ran.exit_code, ran.stderr) == (130, "Error: interrupted\n")


# -- where it is started


def test_a_folder_that_is_gone(tmp_path):
    command = [sys.executable, "-P", "-c", "from httplib_conformance import start; start.main()", "list"]
    script = f'cd {shlex.quote(str(tmp_path))} && rmdir "$PWD" && {shlex.join(command)}'
    ended = subprocess.run(["sh", "-c", script], capture_output=True, text=True, timeout=SECONDS, check=False)
    assert (ended.returncode, ended.stderr) == (2, "Error: the current folder does not exist any more\n")


def test_no_place_for_temporary_files(command, monkeypatch):
    """Which is not said of the current folder, though Python reports it as a file that is not there."""
    monkeypatch.setattr(tempfile, "tempdir", None)
    monkeypatch.setattr(tempfile, "_candidate_tempdir_list", lambda: ["/no/such/folder"])
    ran = command("list")
    words = (
        "there is no place for temporary files: No usable temporary directory found in ['/no/such/folder']"
    )
    assert (ran.exit_code, ran.stderr) == (2, f"Error: {words}\n")


def test_modules_of_the_current_folder_do_not_stand_in_for_those_of_a_worker(command, tmp_path, monkeypatch):
    """And there are no more workers than cases: each takes a while to start."""
    for name in ("types", "json"):
        (tmp_path / f"{name}.py").write_text("raise RuntimeError('the one of the current folder')\n")
    monkeypatch.chdir(tmp_path)
    ran = command("run", "httplib27", "--case", "constant-*", "--jobs", 64)
    assert ran.exit_code == 0, ran.output
    assert "passes what was selected: 2 cases, 2 pass" in ran.stdout
