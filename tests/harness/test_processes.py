"""The command line as a user meets it: a process, a terminal, Ctrl-C."""

import contextlib
import os
import pty
import re
import select
import signal
import subprocess
import sys
from pathlib import Path

import pytest
from httplib_conformance.transcripts import corpus

from harness.processes import SECONDS, on_sample_cases, run_python

SHIPPED = ("-m", "httplib_conformance")


def test_conforms():
    ended = run_python(*SHIPPED, "run", "--level", "observed", "--case", corpus()[0].id)
    assert ended.returncode == 0, ended.stdout
    assert ended.stdout.endswith(" s\n")
    assert " passes what was selected: 1 case, 1 pass, in " in ended.stdout
    assert ended.stderr == ""


def test_plain_when_not_a_terminal(sample_cases):
    """No escape codes, no blanks at the ends of lines, no progress."""
    environment = {**os.environ, "TERM": "xterm-256color", "FORCE_COLOR": ""}
    ended = run_python(*on_sample_cases(sample_cases), "run", "--case", "fails-compare", env=environment)
    assert ended.returncode == 1
    assert "\x1b" not in ended.stdout
    assert "\r" not in ended.stdout
    assert not re.search(r"[ \t]$", ended.stdout, re.MULTILINE)


@pytest.mark.parametrize(
    ("args", "status"),
    [
        (("run", "http.client", "--case", "fails-compare"), 1),
        (("run", "json"), 3),
        (("run", "--timeout", "never"), 2),
        (("show", "no-such-case"), 2),
        (("run", "no_such_module"), 3),
        (("run", "--python", "/bin/true"), 3),
        (("run", "--case", "passes-observed"), 5),
    ],
)
def test_exit_statuses(sample_cases, args, status):
    ended = run_python(*on_sample_cases(sample_cases), *args)
    assert ended.returncode == status
    assert "Traceback" not in ended.stdout + ended.stderr
    assert bool(ended.stderr) == (status != 1)


def until(words, descriptor):
    """What comes through a descriptor up to these words."""
    told = b""
    while words not in told:
        assert select.select([descriptor], [], [], SECONDS)[0], told
        piece = read(descriptor)
        assert piece, told
        told += piece
    return told


def read(descriptor):
    try:
        return os.read(descriptor, 65536)
    except OSError:  # the other side of a terminal has gone
        return b""


def all_end(mark):
    """Whether all processes end that have inherited an environment with this mark; only Linux can tell."""
    ended = True
    for entry in Path("/proc").glob("[0-9]*/environ"):
        with contextlib.suppress(OSError):  # it has gone
            if mark.encode() in entry.read_bytes():
                process = os.pidfd_open(int(entry.parent.name))
                ended = ended and bool(select.select([process], [], [], SECONDS)[0])
                os.close(process)
    return ended


@pytest.mark.parametrize("mode", [("--jobs", "1"), ("--jobs", "2"), ("--in-process",)])
@pytest.mark.parametrize("by", [signal.SIGINT, signal.SIGHUP])
def test_ctrl_c(sample_cases, tmp_path, mode, by):
    """In a case that hangs: it ends at once, with one line and status 130, and leaves nothing.

    So it does when its terminal is closed.
    """
    command = [sys.executable, *on_sample_cases(sample_cases), "run", "--case", "hangs-until-interrupted"]
    command += ["--case", "passes", "--timeout", "3600", *mode]
    environment = {**os.environ, "TMPDIR": str(tmp_path)}
    with subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, start_new_session=True, env=environment
    ) as process:
        until(b"suite ", process.stdout.fileno())
        assert process.stderr
        until(b"it hangs now\n", process.stderr.fileno())
        # To all of the foreground, as a terminal does it.
        os.killpg(process.pid, by)
        told, complained = process.communicate(timeout=SECONDS)
    assert process.returncode == 130, complained
    assert b"Traceback" not in told + complained
    assert complained.endswith(b"Error: interrupted\n")
    assert b"without a result: " in told
    assert b"left behind" not in told
    assert list(tmp_path.iterdir()) == []
    assert all_end(str(tmp_path))


def test_in_a_terminal(sample_cases):
    """Colours, and progress."""
    ours, theirs = pty.openpty()
    command = [
        sys.executable,
        *on_sample_cases(sample_cases),
        "run",
        "--case",
        "fails-compare",
        "--case",
        "passes",
    ]
    environment = {**os.environ, "TERM": "xterm-256color", "COLUMNS": "100", "LINES": "40"}
    environment.pop("NO_COLOR", None)
    with subprocess.Popen(command, stdin=theirs, stdout=theirs, stderr=theirs, env=environment) as process:
        os.close(theirs)
        told = b""
        while piece := read(ours):
            told += piece
        assert process.wait(SECONDS) == 1
    os.close(ours)
    assert b"\x1b[1;31mFAIL\x1b[0m" in told
    assert "\N{BOX DRAWINGS HEAVY HORIZONTAL}".encode() in told, "the bar of the progress"
    assert b"deviates" in told


def test_a_debugger_in_the_implementation(sample_cases, tmp_path):
    """breakpoint() in it, with --in-process, talks to whoever started the run."""
    (tmp_path / "debugged.py").write_text(
        "import httplib27\nfrom httplib27 import *\n"
        "class HTTPConnection(httplib27.HTTPConnection):\n"
        "    def request(self, *args):\n"
        "        breakpoint()\n"
        "        httplib27.HTTPConnection.request(self, *args)\n"
    )
    ended = run_python(
        *on_sample_cases(sample_cases),
        "run",
        "debugged",
        "--in-process",
        "--case",
        "passes",
        "--timeout",
        "3600",
        input="p 'method ' + args[0]\ncontinue\n",
        env={**os.environ, "PYTHONPATH": str(tmp_path)},
    )
    assert "(Pdb) 'method HEAD'\n" in ended.stdout
    assert ended.returncode == 0
