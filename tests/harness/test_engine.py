"""The engine and its channels, with agents that do what no agent should."""

import os
import queue
import select
import signal
import sys
import time

import pytest
from httplib_conformance import channels
from httplib_conformance.channels import AgentDied, AgentTimedOut, LocalChannel, ProcessChannel, debug
from httplib_conformance.engine import SECONDS_A_CASE, CannotStart, Engine, Target
from httplib_conformance.protocol import IMPLEMENTATION, Program, ProtocolError
from httplib_conformance.values import RemoteObject

A_WHILE = 60
"""What no test comes near unless something hangs."""


@pytest.fixture
def engine_on(fake_agent, monkeypatch):
    """Returns a function that makes an engine on a fake agent."""
    monkeypatch.setattr(channels, "SECONDS_TO_END", 0.2)
    engines = []

    def make(body, seconds=A_WHILE):
        engines.append(Engine(Target(module="m", agent=fake_agent(body)), seconds))
        return engines[-1]

    yield make
    for engine in engines:
        engine.close()


def look(engine, seconds=A_WHILE):
    """Have the simplest program carried out."""
    program = Program()
    program.get(IMPLEMENTATION, "x")
    with engine.case(seconds):
        return engine.run(program)


# -- the handshake


@pytest.mark.parametrize(
    ("body", "words"),
    [
        # It may be heard before the message is written, or after: the words differ, what it said does not.
        ("print('hello', flush=True)\nhang()", "b'hello'"),
        ("hear()\nprint('hello', flush=True)\nhang()", "the agent answered b'hello', which is not a line"),
        ("hear()\nprint('[]', flush=True)", "the agent answered b'[]', which is not a JSON object"),
        (
            "hear()\nsay(id=7, started=STARTED)",
            "the agent answered out of turn: message 1 was sent, and the 'id' of the answer is 7",
        ),
        ("hear()\nsay(id=1)", "the answer to 'start' needs 'started' with 'interpreter'; got {'id': 1}"),
        ("hear()\nsay(id=1, started=7)", "the answer to 'start' needs 'started' with 'interpreter'"),
        (
            "hear()\nsay(id=1, started={**STARTED, 'protocol': 2})",
            "the version of the agent's protocol is 2, this runner",
        ),
        (
            "hear()\nsay(id=True, started=STARTED)",
            "out of turn: message 1 was sent, and the 'id' of the answer is True",
        ),
        (
            "hear()\nsay(id=1, started={**STARTED, 'protocol': True})",
            "the version of the agent's protocol is True, this runner",
        ),
        (
            "hear()\nsay(id=1, started={**STARTED, 'agent': 7})",
            "'agent' in the answer to 'start' is 7; expected a string",
        ),
        (
            "hear()\nsay(id=1, started={**STARTED, 'file': []})",
            "'file' in the answer to 'start' is []; expected a string",
        ),
        ("hear()\nprint('null', flush=True)", "the agent answered b'null', which is not a JSON object"),
        ("hear()\nsay(started=STARTED)", "message 1 was sent, and the 'id' of the answer is missing"),
        (
            "hear()\nSTARTED.pop('agent')\nsay(id=1, started=STARTED)",
            "'agent' in the answer to 'start' is missing; expected a string",
        ),
        (
            "hear()\nsay(id=1, started={**STARTED, 'agent': None})",
            "'agent' in the answer to 'start' is null; expected a string",
        ),
        (
            "hear()\nSTARTED.pop('protocol')\nsay(id=1, started=STARTED)",
            "the version of the agent's protocol is missing, this runner speaks version 1",
        ),
        ("hear()\nsay(id=1, failed=7)", "'failed' needs 'kind' and 'message', both strings; got 7"),
        ("hear()\nsay(id=1, failed={'kind': 1, 'message': ''})", "'failed' needs 'kind' and 'message'"),
        (
            "hear()\nprint('[' * 100000, flush=True)",
            "... (100003 characters), which is not a line of ASCII-only JSON",
        ),
        ("hear()\nsys.exit(3)", "the agent's process ended with status 3"),
        ("hear()\nsys.exit('no such thing')", "status 1 (its last words: no such thing)"),
        ("hear()\nos.kill(os.getpid(), 9)", "the agent's process was ended by signal 9 (SIGKILL)"),
        ("os.close(0)\nos._exit(4)", "the agent's process ended with status 4"),
        ("hear()\nos.close(1)\nhang()", "the agent closed its standard output"),
        ("hear()\nsys.stdout.write('half a line')", "the agent's process ended with status 0"),
    ],
)
def test_agents_that_fail_at_the_handshake(engine_on, body, words):
    engine = engine_on(body)
    with pytest.raises(CannotStart) as caught:
        engine.start()
    message = str(caught.value)
    assert message.startswith("the agent ")
    assert " did not complete the handshake of an agent: " in message
    assert words in message or "the agent spoke before it had read the message: b'hello'" in message
    assert "\n" not in message
    assert not engine.alive


@pytest.mark.parametrize(
    "body", ["hang()", "hear()\nhang()", "hear()\nsys.stdout.write('{')\nsys.stdout.flush()\nhang()"]
)
def test_agents_that_hang_at_the_handshake(engine_on, body):
    with pytest.raises(
        CannotStart, match=r"did not complete the handshake of an agent: no answer within 0\.3 s$"
    ):
        engine_on(body, seconds=0.3).start()


@pytest.mark.parametrize(
    ("kind", "words"),
    [
        ("import", "the module 'm' cannot be imported by the agent "),
        ("setup", "the setup failed in the agent "),
        ("protocol", " refused to start: because"),
        ("request", " refused to start: because"),
    ],
)
def test_agents_that_refuse_to_start(engine_on, kind, words):
    engine = engine_on(f"say(id=hear()['id'], failed={{'kind': {kind!r}, 'message': 'because'}})")
    with pytest.raises(CannotStart) as caught:
        engine.start()
    assert words in str(caught.value)
    assert str(caught.value).endswith(": because")
    assert not engine.alive


def test_of_a_long_reason_both_ends_are_told(engine_on):
    body = "say(id=hear()['id'], failed={'kind': 'import', 'message': 'a' + 'b' * 10 ** 6 + ' (line 4)'})"
    with pytest.raises(CannotStart, match=r": ab{499} \.\.\. b{491} \(line 4\) \(1000010 characters\)$"):
        engine_on(body).start()


def test_an_agent_that_starts(engine_on):
    implementation = engine_on("shake_hands()").start()
    assert (implementation.module, implementation.interpreter, implementation.agent) == (
        "m",
        "Fake 0",
        "fake",
    )
    assert (implementation.file, implementation.version, implementation.executable) == (None, None, None)


# -- in a run

OBSERVED = "say(id=hear()['id'], observations=[{}])"


@pytest.mark.parametrize(
    ("body", "error", "words"),
    [
        ("hear()\nprint('\\u00e4', flush=True)", ProtocolError, "which is not a line of ASCII-only JSON"),
        ("hear()\nprint('garbage', flush=True)", ProtocolError, "the agent answered b'garbage'"),
        (
            "hear()\nsay(id=1, observations=[])",
            ProtocolError,
            "out of turn: message 2 was sent, and the 'id' of the answer is 1",
        ),
        ("say(id=hear()['id'])", ProtocolError, "needs 'observations', a list of 1; got {'id': 2}"),
        ("say(id=hear()['id'], observations=[])", ProtocolError, "needs 'observations', a list of 1"),
        (
            "say(id=hear()['id'], failed={'kind': 'request', 'message': 'no'})",
            ProtocolError,
            "refused a program (request): no",
        ),
        (OBSERVED.format("7"), ProtocolError, "the observation of step 1 is 7"),
        (
            OBSERVED.format("{'id': '2', 'value': 1}"),
            ProtocolError,
            "the observation of step 1 is {'id': '2'",
        ),
        (OBSERVED.format("{'id': '1'}"), ProtocolError, "an observation has one of 'value', 'raised'"),
        (
            OBSERVED.format("{'id': '1', 'value': 1, 'skipped': '1'}"),
            ProtocolError,
            "an observation has one of",
        ),
        (
            OBSERVED.format("{'id': '1', 'value': 1, 'printed': 1}"),
            ProtocolError,
            "an observation has one of",
        ),
        (
            OBSERVED.format("{'id': '1', 'skipped': 1}"),
            ProtocolError,
            "'skipped' of step 1 is 1; expected a string",
        ),
        (
            OBSERVED.format("{'id': '1', 'skipped': '1'}"),
            ProtocolError,
            "step 1 is said to be skipped, although all that it refers to is there",
        ),
        (
            OBSERVED.format("{'id': '1', 'value': 'x'}"),
            ProtocolError,
            "in the observation of step 1, 'x' is not a value",
        ),
        (
            OBSERVED.format("{'id': '1', 'raised': 1}"),
            ProtocolError,
            "step 1, 1 is not an exception: it needs 'class',",
        ),
        ("hear()\nsys.exit(3)", AgentDied, "the agent's process ended with status 3"),
        ("sys.exit(3)", AgentDied, "the agent's process ended with status 3"),
        ("hear()\nsys.stdout.write('{\"id\": 2')", AgentDied, "the agent's process ended with status 0"),
        ("hear()\nos.close(1)\nhang()", AgentDied, "the agent closed its standard output"),
        (
            "hear()\nos.write(1, b'{}\\n{}\\n')\nhang()",
            ProtocolError,
            "the agent said more than its answer: b'{}\\n'",
        ),
    ],
)
def test_agents_that_fail_in_a_run(engine_on, body, error, words):
    engine = engine_on(f"shake_hands()\nsys.stderr.write('a word\\n')\nsys.stderr.flush()\n{body}")
    engine.start()
    with pytest.raises(error) as caught:
        look(engine)
    assert words in str(caught.value)
    assert caught.value.__notes__ == ["a word"]
    assert not engine.alive
    assert engine.complaints() == ""


def test_only_what_an_earlier_step_did_not_give_can_be_missed(engine_on):
    """A step that is skipped is not judged: an agent must not make a case pass by skipping it."""
    raised = {"raised": {"class": ["E"], "args": [], "attributes": {}, "text": ""}}
    program = Program()
    first = program.get(IMPLEMENTATION, "x")
    second = program.get(first, "y")
    third = program.call(IMPLEMENTATION, "z", (), {"a": [b"", {"b": RemoteObject(second, ("T",))}]})
    fourth = program.call(IMPLEMENTATION, "z", ("w",))
    ids = [first, second, third, fourth]

    def answered(*given):
        numbered = [{"id": name, **each} for name, each in zip(ids, given, strict=True)]
        engine = engine_on(f"shake_hands()\nsay(id=hear()['id'], observations={numbered!r})\nhear()")
        engine.start()
        with engine.case(A_WHILE):
            return [each.skipped for each in engine.run(program)]

    skipped, given = {"skipped": first}, {"value": None}
    assert answered(raised, skipped, skipped, given) == [None, first, first, None]
    assert answered({"unsupported": "no"}, skipped, skipped, given) == [None, first, first, None]
    with pytest.raises(ProtocolError, match=r"^step 4 is said to be skipped"):
        answered(raised, skipped, skipped, skipped)
    with pytest.raises(ProtocolError, match=r"^step 2 is said to be skipped"):
        answered(given, skipped, skipped, given)


def test_an_agent_that_answers_twice_is_found_out_at_the_next_message(engine_on):
    answer = "{'id': '1', 'value': 1}"
    say = f"say(id=m['id'], observations=[{answer}])"
    engine = engine_on(f"shake_hands()\nm = hear()\n{say}\nhear()\n{say}")
    engine.start()
    assert look(engine)[0].value == 1
    with pytest.raises(
        ProtocolError, match="out of turn: message 3 was sent, and the 'id' of the answer is 2"
    ):
        look(engine)


def test_an_agent_that_never_ends_its_line(engine_on, monkeypatch):
    monkeypatch.setattr(channels, "LONGEST_LINE", 100_000)
    engine = engine_on("shake_hands()\nhear()\nwhile True:\n    sys.stdout.write('x' * 9999)")
    engine.start()
    with pytest.raises(ProtocolError, match="the agent answered a line of more than 100000 bytes"):
        look(engine)


def test_an_agent_that_speaks_without_end_does_not_outlast_its_deadline(engine_on):
    engine = engine_on("shake_hands()\nhear()\nwhile True:\n    sys.stdout.write('x'); sys.stdout.flush()")
    engine.start()
    with pytest.raises(AgentTimedOut, match=r"the case did not end within 0\.3 s"):
        look(engine, 0.3)


@pytest.mark.parametrize(
    "body", ["hang()", "hear()\nhang()", "signal.signal(15, signal.SIG_IGN)\nhear()\nhang()"]
)
def test_agents_that_hang_in_a_run(engine_on, body):
    engine = engine_on(f"import signal\nshake_hands()\n{body}")
    engine.start()
    pid = engine._channel.pid
    with pytest.raises(AgentTimedOut, match=r"the case did not end within 0\.3 s"):
        look(engine, 0.3)
    with pytest.raises(ProcessLookupError):
        os.kill(pid, 0)


def test_an_agent_that_does_not_read(engine_on):
    """A message that is longer than a pipe holds cannot be sent; that is waited for no longer either."""
    engine = engine_on("shake_hands()\nhang()")
    engine.start()
    program = Program()
    program.define("x" * 5_000_000)
    with pytest.raises(AgentTimedOut), engine.case(0.3):
        engine.run(program)


def test_an_agent_that_no_longer_listens(engine_on):
    """It may still have something to say: that is waited for, up to the deadline."""
    engine = engine_on("message = hear()\nos.close(0)\nsay(id=message['id'], started=STARTED)\nhang()")
    engine.start()
    with pytest.raises(AgentTimedOut):
        look(engine, 0.3)


def test_an_agent_that_speaks_before_it_has_read(engine_on):
    engine = engine_on("shake_hands()\nos.read(0, 1)\nsay(id=2, observations=[])\nhang()")
    engine.start()
    program = Program()
    program.define("x" * 5_000_000)
    with (
        pytest.raises(ProtocolError, match="the agent spoke before it had read the message"),
        engine.case(A_WHILE),
    ):
        engine.run(program)


def test_long_messages_and_answers():
    engine = Engine(Target(module="json"))
    engine.start()
    program = Program()
    program.call(IMPLEMENTATION, "loads", ('"' + "x" * 5_000_000 + '"',))
    with engine.case(A_WHILE):
        assert engine.run(program)[0].value == "x" * 5_000_000
    engine.close()


def test_the_children_of_an_agent_end_with_it(engine_on):
    """What an agent started may hold its pipes open; it must not hold up the run."""
    engine = engine_on(
        "import subprocess\nshake_hands()\nm = hear()\n"
        "child = subprocess.Popen([sys.executable, '-c', 'import time; time.sleep(600)'])\n"
        "say(id=m['id'], observations=[{'id': '1', 'value': child.pid}])\nhear()\n"
    )
    engine.start()
    (observation,) = look(engine)
    engine.close()
    deadline = time.monotonic() + A_WHILE
    while is_running(observation.value):
        assert time.monotonic() < deadline


def is_running(pid):
    """Whether a process runs; one that only waits to be buried does not."""
    try:
        with open(f"/proc/{pid}/stat") as file:  # noqa: PTH123
            return file.read().rpartition(")")[2].split()[0] != "Z"
    except FileNotFoundError:
        return False


# -- the life of an engine


def test_an_agent_that_was_lost_is_started_again():
    engine = Engine(Target(module="json"))
    engine.start()
    os.kill(engine._channel.pid, signal.SIGKILL)
    with pytest.raises(AgentDied, match="was ended by signal 9"):
        look(engine)
    assert not engine.alive
    assert look(engine)[0].raised is not None
    assert engine.alive
    assert engine.starts == 2
    engine.close()
    engine.close()


def test_a_case_that_lost_its_agent_gets_no_other():
    engine = Engine(Target(module="json"))
    with engine.case(A_WHILE):
        engine.close()
        program = Program()
        program.describe(IMPLEMENTATION)
        with pytest.raises(AgentDied, match="an earlier step of this case cost it"):
            engine.run(program)


def test_a_deadline_is_that_of_the_whole_case():
    engine = Engine(Target(module="json"))
    program = Program()
    program.describe(IMPLEMENTATION)
    with engine.case(A_WHILE):
        engine.run(program)
        engine._deadline = time.monotonic() - 1
        with pytest.raises(AgentTimedOut, match=f"the case did not end within {A_WHILE} s"):
            engine.run(program)


def test_outside_of_a_case_there_is_a_deadline_too():
    engine = Engine(Target(module="json", in_process=True))
    engine.start()
    program = Program()
    program.describe(IMPLEMENTATION)
    assert engine.run(program)[0].raised is None
    assert SECONDS_A_CASE < A_WHILE
    engine.close()


def test_ctrl_c_ends_a_busy_agent_at_once(engine_on):
    engine = engine_on("shake_hands()\nhear()\nos.kill(os.getppid(), 2)\nhang()")
    engine.start()
    pid = engine._channel.pid
    with pytest.raises(KeyboardInterrupt):
        look(engine)
    assert not engine.alive
    with pytest.raises(ProcessLookupError):
        os.kill(pid, 0)


def test_a_program_that_cannot_be_started():
    with pytest.raises(FileNotFoundError):
        ProcessChannel(["/no/such/program"])


# -- what an agent complains

NOISE = "x" * 99 + "\n"


def test_an_agent_that_complains_without_measure_is_heard_and_its_last_words_are_kept(engine_on):
    """It would wait for ever for somebody to read; and nobody wants to read all of it."""
    engine = engine_on(
        f"shake_hands()\nm = hear()\nsys.stderr.write({NOISE!r} * 20000)\nsys.stderr.write('at last')\n"
        "sys.stderr.flush()\nsay(id=m['id'], observations=[{'id': '1', 'value': None}])\nhear()\n"
    )
    engine.start()
    (observation,) = look(engine)
    assert observation.value is None
    complaints = engine.complaints()
    assert complaints.endswith("xxx\nat last")
    assert len(complaints) == channels.STDERR_KEPT


def test_what_an_agent_complains_behind_its_answer_is_heard(engine_on, monkeypatch):
    """Even if it is more than is read at a time."""
    engine = engine_on(
        "shake_hands()\nm = hear()\nsay(id=m['id'], observations=[{'id': '1', 'value': None}])\n"
        f"hear()\nos.write(2, {NOISE!r}.encode() * 3)\nsys.exit()"
    )
    engine.start()
    look(engine)
    os.write(engine._channel._stdin.fileno(), b"{}\n")
    assert select.select([engine._channel._stderr], [], [], A_WHILE)[0]
    monkeypatch.setattr(channels, "PIECE", len(NOISE))
    assert engine.complaints() == NOISE * 3


def test_an_agent_that_complains_without_end_does_not_outlast_its_deadline(engine_on):
    engine = engine_on(f"shake_hands()\nwhile True:\n    os.write(2, {NOISE!r}.encode())")
    engine.start()
    with pytest.raises(AgentTimedOut) as caught:
        look(engine, 0.3)
    assert "xxx" in caught.value.__notes__[0]


def test_an_agent_that_complains_at_its_end_is_heard(engine_on, tmp_path):
    done = tmp_path / "done"
    engine = engine_on(
        "shake_hands()\nsys.stdin.read()\n"
        f"sys.stderr.write({NOISE!r} * 20000)\nsys.stderr.flush()\nopen({str(done)!r}, 'w')"
    )
    engine.start()
    engine.close(grace=A_WHILE)
    assert done.exists()


def test_an_agent_that_cannot_complain(engine_on):
    engine = engine_on(f"os.close(2)\nshake_hands()\n{OBSERVED.format({'id': '1', 'value': 7})}\nhear()")
    engine.start()
    assert look(engine)[0].value == 7
    assert engine.complaints() == ""


# -- in this process


@pytest.fixture
def local(tmp_path, monkeypatch):
    """Returns a function that makes an engine in this process, on a module of this source."""
    monkeypatch.syspath_prepend(tmp_path)
    engines = []

    def make(source):
        (tmp_path / "local_module.py").write_text(source)
        engines.append(Engine(Target(module="local_module", in_process=True)))
        engines[-1].start()
        return engines[-1]

    yield make
    for engine in engines:
        engine.close()
    sys.modules.pop("local_module", None)


def call(engine, name, seconds=A_WHILE, step=1):
    program = Program(first=step)
    program.call(IMPLEMENTATION, name)
    with engine.case(seconds):
        return engine.run(program)[0]


WAITS = """
import threading
go, gone = threading.Event(), threading.Event()
class Thing:
    def close(self):
        gone.set()
def make():
    return Thing()
def wait():
    go.wait(60)
"""


def test_a_thread_that_misses_its_deadline_is_left_behind(local, capsys):
    engine = local(WAITS)
    module = sys.modules["local_module"]
    call(engine, "make")
    with pytest.raises(AgentTimedOut, match=r"the case did not end within 0\.2 s"):
        call(engine, "wait", 0.2, step=2)
    print("what is printed goes where it should")
    assert capsys.readouterr().out
    assert call(engine, "make").raised is None, "a new one has been started"
    assert engine.starts == 2
    assert not module.gone.is_set()
    module.go.set()
    assert module.gone.wait(A_WHILE), "what it held is closed once it wakes"


def test_ctrl_c_in_this_process(local, monkeypatch):
    engine = local(WAITS)

    class Interrupted(queue.SimpleQueue):
        def get(self, timeout):
            raise KeyboardInterrupt

    monkeypatch.setattr(engine._channel, "_answers", Interrupted())
    with pytest.raises(KeyboardInterrupt):
        call(engine, "wait")
    assert not engine.alive
    sys.modules["local_module"].go.set()


def test_an_implementation_that_breaks_the_agent_of_this_process(local, monkeypatch, capsys):
    """Its thread would die, and nobody answer any more."""
    engine = local("x = 1")

    def breaks(self, line):
        sys.stdout = None
        raise TypeError("what the agent stands on is gone")

    with monkeypatch.context() as patched:
        patched.setattr(channels.Agent, "answer_line", breaks)
        with pytest.raises(AgentDied, match=r"^the agent's thread ended with TypeError: what the agent"):
            look(engine)
    print("what is printed goes where it should")
    assert capsys.readouterr().out
    assert look(engine)[0].value == 1, "a new one has been started"


def test_there_are_no_complaints_in_this_process(local):
    assert local("").complaints() == ""


LEAVES = "import os\ndef leave():\n    os._exit(0)\n"


def test_os_exit_is_an_exception_in_this_process(local):
    """It would end the run, with a status that says that all is well."""
    real = os._exit
    engine = local(LEAVES)
    assert str(call(engine, "leave").raised) == "SystemExit('os._exit(0)')"
    engine.close()
    assert os._exit is real


def test_os_exit_of_others_ends_their_process(local, monkeypatch):
    """Those of a forked child, and of whatever else runs in this process."""
    statuses = []
    monkeypatch.setattr(os, "_exit", statuses.append)
    engine = local(LEAVES)
    os._exit(3)
    with monkeypatch.context() as forked:
        forked.setattr(os, "getpid", lambda: 0)
        call(engine, "leave")
    assert statuses == [3, 0]
    engine.close()


def test_a_breakpoint_talks_to_the_terminal(local, monkeypatch):
    """Although what a step prints is captured."""
    hook = sys.breakpointhook
    used = []

    class Debugger:
        def __init__(self, stdin, stdout):
            assert (stdin, stdout) == (sys.__stdin__, sys.__stdout__)

        def set_trace(self, frame):
            used.append(frame.f_code.co_name)

    monkeypatch.setattr(channels.pdb, "Pdb", Debugger)
    monkeypatch.delenv("PYTHONBREAKPOINT", raising=False)
    engine = local("def stop():\n    print('before')\n    breakpoint()\n    return 1\n")
    seen = call(engine, "stop")
    assert (seen.value, seen.printed) == (1, "before\n")
    assert used == ["stop"]
    engine.close()
    assert sys.breakpointhook is hook


def test_a_debugger_that_the_environment_names_is_taken(monkeypatch):
    taken = []
    monkeypatch.setattr(sys, "__breakpointhook__", lambda *args, **kwargs: taken.append((args, kwargs)))
    monkeypatch.setenv("PYTHONBREAKPOINT", "some.debugger")
    debug(1, a=2)
    assert taken == [((1,), {"a": 2})]


def test_a_local_channel_is_as_any_other():
    channel = LocalChannel()
    assert b'"failed"' in channel.exchange(b'{"id": 1, "command": "run", "steps": []}', A_WHILE)
    channel.close()
