"""The agent as a process of its own, under every interpreter that is found here."""

import json
import subprocess
import sys

import pytest
from httplib_conformance.engine import AGENT_FILE, Engine, Target
from httplib_conformance.protocol import IMPLEMENTATION, Program
from httplib_conformance.values import Native

from harness.conftest import INTERPRETERS, find_interpreter

NOISY = """
import os, sys
is_java = "java" in sys.platform  # Jython gives no hold of the descriptors themselves
if not is_java:
    os.write(1, b"straight to descriptor 1\\n")
    os.system("echo a child speaks; cat")
    assert os.read(0, 10) == b"", "descriptor 0 holds something"
sys.stderr.write("to standard error\\n")
print("printed")
if hasattr(sys, "__stdout__") and sys.__stdout__:
    sys.__stdout__.write("past what stands in its place\\n")
    sys.__stdout__.flush()
assert sys.stdin.read() == "", "standard input holds something"
"""


@pytest.fixture(params=INTERPRETERS, scope="module")
def engine_of_interpreter(request):
    """An engine whose agent runs under one of the interpreters; the implementation is `json`."""
    path = find_interpreter(request.param)
    if path is None:
        pytest.skip(f"{request.param} was not found, neither on PATH nor in ~/.pyenv/versions")
    engine = Engine(Target(module="json", python=path))
    engine.implementation = engine.start()
    yield engine
    engine.close()


def test_every_kind_of_value(engine_of_interpreter):
    program = Program()
    made = program.define("def same(x): return x\nvalues = [b'\\xff', u'\\u20ac', 'n']")
    sent = [None, True, 1, 1 << 70, 0.5, float("inf"), b"\x00\xff", "native", [1, (2,)], {"a": [b"x"]}]
    steps = [program.call(made, "same", (each,)) for each in sent]
    program.get(made, "values")
    raised = program.call(IMPLEMENTATION, "loads", ("x",))
    skipped = program.get(raised, "x")
    program.release()
    with engine_of_interpreter.case(60):
        seen = {each.id: each for each in engine_of_interpreter.run(program)}
    assert [seen[step].value for step in steps] == sent
    assert seen[steps[2]].value == 1
    data, text, native = seen["12"].value
    assert (data, text, native) == (b"\xff", "\u20ac", "n")
    is_2 = " 2." in engine_of_interpreter.implementation.interpreter
    assert isinstance(native, Native) is isinstance(data, Native) is is_2
    assert not isinstance(text, Native)
    assert "ValueError" in [name.rpartition(".")[2] for name in seen[raised].raised.classes]
    assert seen[skipped].skipped == raised


def test_nothing_that_the_implementation_does_disturbs_an_answer(engine_of_interpreter):
    program = Program()
    program.define(NOISY)
    program.get(IMPLEMENTATION, "__name__")
    with engine_of_interpreter.case(60):
        noisy, name = engine_of_interpreter.run(program)
    assert noisy.raised is None
    assert "printed\n" in noisy.printed
    assert "a child" not in noisy.printed
    assert name.value == "json"
    assert "to standard error" in engine_of_interpreter.complaints()
    with engine_of_interpreter.case(60):
        assert engine_of_interpreter.run(program)[1].value == "json", "and the next program still runs"


def test_the_agent_ends_by_itself():
    """Told to stop, and when its input ends; nothing but answers is on its standard output."""
    start = {"id": 1, "command": "start", "protocol": 1, "module": "json"}
    for last in ([], [{"id": 2, "command": "stop"}]):
        lines = "".join(json.dumps(each) + "\n" for each in [start, *last])
        ended = subprocess.run(
            [sys.executable, str(AGENT_FILE)],
            input=lines,
            capture_output=True,
            text=True,
            timeout=60,
            check=True,
        )
        assert len(ended.stdout.splitlines()) == 1 + len(last)
        assert ended.stderr == ""


@pytest.mark.parametrize("interpreter", INTERPRETERS)
def test_modules_of_the_current_folder_do_not_stand_in_for_the_agents(monkeypatch, tmp_path, interpreter):
    path = find_interpreter(interpreter)
    if path is None:
        pytest.skip(f"{interpreter} was not found, neither on PATH nor in ~/.pyenv/versions")
    monkeypatch.chdir(tmp_path)
    for name in ("gc", "json", "os", "platform", "types"):
        (tmp_path / f"{name}.py").write_text("raise RuntimeError('the one of the current folder')\n")
    (tmp_path / "mine.py").write_text("HTTP_PORT = 80\n")
    engine = Engine(Target(module="mine", python=path))
    implementation = engine.start()
    engine.close()
    assert implementation.file.startswith("mine.py") or implementation.file.startswith(str(tmp_path))


@pytest.mark.parametrize("environment", [{}, {"PYTHONSAFEPATH": "1"}])
def test_the_agents_own_folder_is_not_for_imports(monkeypatch, tmp_path, environment):
    """Its neighbours (values, report, ...) are no modules for an implementation; those of the user are."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "mine.py").write_text("X = 1\n")
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    engine = Engine(Target(module="json"))
    engine.start()
    program = Program()
    program.import_("segmentation")
    program.import_("mine")
    with engine.case(60):
        neighbour, mine = engine.run(program)
    engine.close()
    assert neighbour.raised.classes[0].endswith("ModuleNotFoundError")
    safe = sys.version_info >= (3, 11) and environment
    assert (mine.raised is not None) == bool(safe)
