"""What a run leaves behind is noticed, of each kind, and fails it."""

import json
import os
import re
import signal
import socket
import sys
import threading
from pathlib import Path

import pytest
from httplib_conformance import channels, leaks, runner
from httplib_conformance.leaks import held, left_since
from httplib_conformance.schemas import check, schema_of

KINDS = {
    "socket": ("socket.create_server(('127.0.0.1', 0))", r"a socket on 127\.0\.0\.1:\d+ \(descriptor \d+\)"),
    "local-socket": ("socket.socketpair()[0]", r"a socket \(descriptor \d+\)"),
    "file": ("open(__file__)", r"the open file \S+test_written\.py \(descriptor \d+\)"),
    "pipe": ("open_pipe()", r"a pipe \(descriptor \d+\)"),
    "thread": ("wait_in_a_thread()", r"the thread 'it waits'"),
    "process": ("subprocess.Popen(WAIT, stdin=subprocess.PIPE)", r"the process \d+ \(\S+ -c import sys.*\)"),
    "ended-process": ("end_unnoticed()", r"the process \d+ \(it has ended unnoticed\)"),
    "temporary-file": ("tempfile.mkdtemp(prefix='of-a-case-')", r"the temporary file 'of-a-case-\w+'"),
}
"""What a case leaves behind, as source, and what is said of it."""

SOURCE = """
import os, socket, subprocess, sys, tempfile, threading

KEPT = []
OVER = threading.Event()
WAIT = [sys.executable, "-c", "import sys; sys.stdin.read()"]

def open_pipe():
    KEPT.extend(map(os.fdopen, os.pipe(), "rw"))

def wait_in_a_thread():
    threading.Thread(target=OVER.wait, name="it waits", daemon=True).start()

def end_unnoticed():
    process = subprocess.Popen([sys.executable, "-c", ""])
    os.waitid(os.P_PID, process.pid, os.WEXITED | os.WNOWAIT)
    return process

@case("passes", "module.name")
def test_passes(httplib):
    assert httplib.OK == 200

@case("fails", "module.name")
def test_fails(httplib):
    KEPT.append(socket.socket())
    assert httplib.OK == 201

def tidy_up():
    OVER.set()
    for kept in KEPT:
        if isinstance(kept, subprocess.Popen):
            kept.communicate()
        elif hasattr(kept, "close"):
            kept.close()
""" + "".join(
    f'\n@case("{kind}", "module.name")\ndef test_{number}(httplib):\n    KEPT.append({source})\n'
    for number, (kind, (source, _)) in enumerate(KINDS.items())
)


@pytest.fixture
def leaking(command, write_cases):
    """The command line, on cases that leave something behind."""
    command.use(write_cases(SOURCE))
    yield command
    if "test_written" in sys.modules:  # else it was imported by other processes
        sys.modules["test_written"].tidy_up()


@pytest.mark.parametrize("mode", [(), ("--in-process",), ("--jobs", 2)], ids=["", "in process", "jobs"])
@pytest.mark.parametrize(("kind", "words"), [(kind, words) for kind, (_, words) in KINDS.items()], ids=KINDS)
def test_each_kind(leaking, tmp_path, kind, words, mode):
    file = tmp_path / "results.json"
    ran = leaking("run", "--case", kind, "--case", "passes", *mode, "--json", file)
    assert ran.exit_code == 6, ran.output
    left = re.findall("^left behind: (.*)$", ran.stdout, re.MULTILINE)
    assert any(re.fullmatch(words, each) for each in left), left
    assert "no verdict: 2 cases, 2 pass, in " in ran.stdout
    results = json.loads(file.read_text())
    check(results, schema_of("httplib_conformance", "results.schema.json"), "the results")
    assert (results["left_behind"], results["summary"]["conforms"]) == (left, False)


def test_a_deviation_is_one_all_the_same(leaking):
    ran = leaking("run", "--case", "fails")
    assert ran.exit_code == 1
    assert "left behind: a socket" in ran.stdout


def test_the_folder_of_a_run_can_be_gone_through():
    """Else a real server that gave up root's rights would not find its files in it."""
    with runner._scratch() as folder:
        assert folder.stat().st_mode & 0o777 == 0o711


def test_nothing_is_left(leaking, tmp_path):
    file = tmp_path / "results.json"
    ran = leaking("run", "--case", "passes", "--json", file)
    assert ran.exit_code == 0
    assert "left behind" not in ran.stdout
    assert json.loads(file.read_text())["left_behind"] == []


def test_what_nobody_can_reach_is_not_left():
    before = held()

    class Holder:
        def __init__(self) -> None:
            self.itself = self
            self.ours, self.theirs = os.pipe()

        def __del__(self) -> None:
            os.close(self.ours)
            os.close(self.theirs)

    Holder()
    assert left_since(before) == []


def test_a_thread_may_be_about_to_end():
    before, over = held(), threading.Event()
    thread = threading.Thread(target=over.wait)
    thread.start()
    threading.Timer(0.01, over.set).start()
    assert left_since(before) == []


def test_an_implementation_that_hangs_in_this_process_is_no_leak(monkeypatch):
    """Its case has said so; and what it holds cannot be told from what others hold."""
    monkeypatch.setattr(leaks, "SECONDS_TO_END", 0.01)
    before, over = held(), threading.Event()
    thread = threading.Thread(target=over.wait)
    thread.start()
    held_by_it = socket.socket()
    monkeypatch.setattr(channels, "_abandoned", {thread})
    try:
        assert left_since(before) == []
        over.set()
        thread.join()
        assert left_since(before) == [f"a socket on 0.0.0.0:0 (descriptor {held_by_it.fileno()})"]
    finally:
        over.set()
        held_by_it.close()


def test_a_system_that_lists_descriptors_without_links(monkeypatch, tmp_path):
    (tmp_path / "0").touch()
    (tmp_path / "9999").touch()
    monkeypatch.setattr(leaks, "DESCRIPTORS", (tmp_path / "nothing", tmp_path))
    found = os.fstat(0)
    assert held().descriptors == {0: f"{found.st_dev}:{found.st_ino}"}


def test_a_system_that_lists_nothing(monkeypatch, tmp_path):
    monkeypatch.setattr(leaks, "DESCRIPTORS", (tmp_path / "nothing",))
    monkeypatch.setattr(leaks, "PROCESSES", tmp_path)
    (tmp_path / "1").mkdir()
    (tmp_path / "1" / "stat").symlink_to("it-has-gone")
    assert (held().descriptors, held().processes) == ({}, {})


def test_temporary_files_of_the_cases_go_with_the_run(command, write_cases, tmp_path, monkeypatch):
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    told = tmp_path / "told"
    command.use(
        write_cases(
            '@case("writes", "module.name")\n'
            "def test_it(httplib, tmp_path):\n"
            "    (tmp_path / 'file').write_text('x')\n"
            f"    open({str(told)!r}, 'w').write(str(tmp_path))\n"
        )
    )
    assert command("run").exit_code == 0
    folder = Path(told.read_text())
    assert tmp_path in folder.parents
    assert not folder.exists()
    told.unlink()
    assert [entry.name for entry in tmp_path.iterdir()] == ["cases"], "those are of this test"


LOSES_CTRL_C = """
import signal, sys

class Callback:
    def __del__(self):
        signal.raise_signal(signal.SIGINT)

@case("loses-ctrl-c", "module.name")
def test_loses(httplib):
    del [Callback()][0]

@case("next", "module.name")
def test_next(httplib):
    sys.stderr.write("it runs")
"""


def test_ctrl_c_that_python_loses_counts_before_the_next_case(command, write_cases, monkeypatch):
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    try:
        command.use(write_cases(LOSES_CTRL_C))
        ran = command("run")
        assert signal.getsignal(signal.SIGINT) is signal.default_int_handler
    finally:
        signal.signal(signal.SIGINT, before)
    assert ran.exit_code == 130
    assert "1 case without a result: next" in ran.stdout
    assert ran.stderr == "Error: interrupted\n"


def test_what_else_python_loses_is_told(command, write_cases, monkeypatch):
    told = []
    monkeypatch.setattr(sys, "unraisablehook", told.append)
    raises = LOSES_CTRL_C.replace("signal.raise_signal(signal.SIGINT)", "raise ValueError('lost')")
    command.use(write_cases(raises))
    assert command("run").exit_code == 0
    assert [str(each.exc_value) for each in told] == ["lost"]


def test_a_handler_of_somebody_else_is_left_alone(command, write_cases):
    before = signal.signal(signal.SIGINT, signal.SIG_IGN)
    try:
        command.use(write_cases(LOSES_CTRL_C))
        assert command("run").exit_code == 0
        assert signal.getsignal(signal.SIGINT) is signal.SIG_IGN
    finally:
        signal.signal(signal.SIGINT, before)
