"""The agent, called in this process: every kind of step and value, and every malformed request."""

import json
import sys
import types
from collections import namedtuple
from unittest.mock import Mock

import pytest
from httplib_conformance.agent import DEEPEST, Agent, close_quietly
from httplib_conformance.schemas import check, schema_of

SCHEMA = schema_of("httplib_conformance", "agent-protocol.schema.json")
ANSWER = SCHEMA.with_ref("answer")
MESSAGE = SCHEMA.with_ref("message")

REF = {"ref": "0"}


class Talk:
    """A conversation with an agent that has a module of the test as its implementation."""

    def __init__(self, **names):
        self.agent = Agent()
        self.module = types.ModuleType("tried")
        vars(self.module).update(names)
        sys.modules["tried"] = self.module
        self.send(command="start", protocol=1, module="tried")

    def send(self, valid=True, **message):
        message = {"id": 1, **message}
        if valid:
            check(message, MESSAGE, "the message")
        answer = json.loads(self.agent.answer_line(json.dumps(message).encode()))
        check(answer, ANSWER, "the answer")
        assert answer["id"] == 1
        return answer

    def run(self, *steps):
        numbered = [{"id": str(number), **step} for number, step in enumerate(steps, 1)]
        return self.send(command="run", steps=numbered)["observations"]

    def value(self, *steps):
        """The value of the last step."""
        return self.run(*steps)[-1]["value"]


@pytest.fixture
def talk():
    yield Talk
    sys.modules.pop("tried", None)


def call(name, *args, **kwargs):
    return {"do": "call", "of": REF, "name": name, "args": list(args), "kwargs": kwargs}


def got(value):
    """What the agent says of an attribute that has this value."""
    return Talk(x=value).value({"do": "get", "of": REF, "name": "x"})


# -- values


@pytest.mark.parametrize(
    "value",
    [
        None,
        True,
        False,
        0,
        -1,
        (1 << 63) - 1,
        1.5,
        {"hexadecimal": "8000000000000000"},
        {"hexadecimal": "-" + "f" * 5000},
        {"float": "inf"},
        {"float": "-inf"},
        {"text": ""},
        {"text": "\u20ac\ud800"},
        {"data": "\x00\xff"},
        {"list": []},
        {"list": [1, {"tuple": [{"data": "x"}]}]},
        {"tuple": [None]},
        {"dict": []},
        {"dict": [[{"text": "a"}, {"list": [1]}], [{"tuple": [1, 2]}, {"dict": []}]]},
    ],
)
def test_values_there_and_back(talk, value):
    assert talk(same=lambda x: x).value(call("same", value)) == value


def test_nan_there_and_back(talk):
    assert talk(same=lambda x: x).value(call("same", {"float": "nan"})) == {"float": "nan"}


def test_native_is_text_here(talk):
    assert talk(same=lambda x: x).value(call("same", {"native": "abc"})) == {"text": "abc"}


def test_derived_classes_travel_as_what_they_hold(talk):
    class Word(str):  # noqa: SLOT000
        def __str__(self):
            raise ValueError("no words")

    class Number(int):
        pass

    class Share(float):
        pass

    class Octets(bytes):
        pass

    assert got(Word("abc")) == {"text": "abc"}
    assert got(Number(7)) == 7
    assert got(Share(0.5)) == 0.5
    assert got(Octets(b"x")) == {"data": "x"}


def test_objects_and_classes_are_kept(talk):
    conversation = talk(x=types.SimpleNamespace(y=3), c=KeyError)
    get_x = {"do": "get", "of": REF, "name": "x"}
    assert conversation.value(get_x) == {"object": "1", "type": ["types.SimpleNamespace", "builtins.object"]}
    assert conversation.value(get_x, {"do": "get", "of": {"ref": "1"}, "name": "y"}) == 3
    described = conversation.value({"do": "get", "of": REF, "name": "c"})
    assert described["type"] == ["builtins.type", "builtins.object"]
    assert described["class"][:3] == ["builtins.KeyError", "builtins.LookupError", "builtins.Exception"]


def test_objects_inside_have_ids_of_their_own(talk):
    conversation = talk(x=[object(), (object(),)])
    value = conversation.value({"do": "get", "of": REF, "name": "x"})
    assert value["list"][0]["object"] == "1.1"
    assert value["list"][1]["tuple"][0]["object"] == "1.2.1"
    (same,) = conversation.run({"do": "call", "of": {"ref": "1.2.1"}, "name": "__repr__"})
    assert "object object" in same["value"]["text"]


def test_what_holds_itself_ends_somewhere(talk):
    holds = []
    holds.append(holds)
    value, depth = got(holds), 0
    while "list" in value:
        (value,), depth = value["list"], depth + 1
    assert depth == DEEPEST
    assert value["type"] == ["builtins.list", "builtins.object"]


def test_derived_lists_and_tuples_travel_as_what_they_hold_and_derived_dicts_are_objects(talk):
    class Row(list):
        pass

    class Many(dict):
        pass

    pair = namedtuple("pair", ["name", "value"])  # noqa: PYI024 (any derived tuple)
    assert got(Row([pair(1, 2)])) == {"list": [{"tuple": [1, 2]}]}
    assert got(Many())["type"][1:] == ["builtins.dict", "builtins.object"]
    assert got({1})["type"] == ["builtins.set", "builtins.object"]


# -- steps


def test_import(talk):
    imported = talk().value(
        {"do": "import", "module": "os.path"}, {"do": "get", "of": {"ref": "1"}, "name": "sep"}
    )
    assert imported == {"text": "/"}


def test_get_set_and_call(talk):
    conversation = talk(x=1, total=lambda *args, **kwargs: (sum(args), kwargs))
    conversation.run({"do": "set", "of": REF, "name": "x", "value": {"list": [2]}})
    assert conversation.module.x == [2]
    assert conversation.value(call("total", 1, 2, key={"data": "x"})) == {
        "tuple": [3, {"dict": [[{"text": "key"}, {"data": "x"}]]}]
    }
    steps = {"do": "get", "of": REF, "name": "total"}, {"do": "call", "of": {"ref": "1"}}
    assert conversation.value(*steps) == {"tuple": [0, {"dict": []}]}


def test_iterate(talk):
    conversation = talk(x=(number for number in range(10)))
    steps = {"do": "get", "of": REF, "name": "x"}, {"do": "iterate", "of": {"ref": "1"}, "most": 3}
    assert conversation.value(*steps) == {"list": [0, 1, 2]}
    assert conversation.value({"do": "iterate", "of": {"list": [5]}, "most": 3}) == {"list": [5]}


def test_describe(talk):
    described = talk(x=1, _y=2).value({"do": "describe", "of": REF})
    assert described == {
        "dict": [
            [{"text": "repr"}, {"text": "<module 'tried'>"}],
            [{"text": "callable"}, False],
            [{"text": "names"}, {"list": [{"text": "x"}]}],
        ]
    }


def test_define(talk):
    source = "def double(x):\n    return 2 * x\n"
    steps = (
        {"do": "define", "source": source},
        {"do": "call", "of": {"ref": "1"}, "name": "double", "args": [4]},
    )
    assert talk().value(*steps) == 8


class Door:
    def __init__(self, closed, name):
        self.closed, self.name = closed, name

    def close(self):
        self.closed.append(self.name)
        if self.name == "stuck":
            raise OSError("stuck")


def test_release_closes_and_forgets(talk):
    closed = []
    conversation = talk(x=Door(closed, "first"), y=[Door(closed, "inner")], z=Door(closed, "stuck"))
    steps = [{"do": "get", "of": REF, "name": name} for name in ("x", "y", "z")] * 4
    conversation.run(*steps, {"do": "release"})
    assert closed == ["stuck", "inner", "first"] * 4, "the youngest first: 10 is younger than 9"
    answer = conversation.send(command="run", steps=[{"id": "9", "do": "describe", "of": {"ref": "1"}}])
    assert answer["failed"] == {"kind": "request", "message": "nothing is known as '1'"}
    assert conversation.value({"do": "get", "of": REF, "name": "x"})["object"] == "1", "the module stays"


def test_release_of_some(talk):
    closed = []
    conversation = talk(x=Door(closed, "x"), y=Door(closed, "y"))
    get_x, get_y = ({"do": "get", "of": REF, "name": name} for name in ("x", "y"))
    conversation.run(get_x, get_y, {"do": "release", "objects": ["2", "7"]})
    assert closed == ["y"]


def test_modules_and_classes_are_not_closed(talk):
    module = types.ModuleType("m")
    module.close = pytest.fail
    close_quietly(module)
    close_quietly(type("C", (), {"close": pytest.fail}))
    close_quietly(None)


# -- exceptions


class Trouble(ConnectionResetError):
    def __init__(self, line):
        super().__init__(104, "reset")
        self.line, self._hidden = line, 1


def test_exceptions(talk):
    def fail():
        raise Trouble(b"x")

    (seen,) = talk(fail=fail).run(call("fail"))
    assert seen["raised"] == {
        "class": [
            f"{__name__}.Trouble",
            "builtins.ConnectionResetError",
            "builtins.ConnectionError",
            "builtins.OSError",
            "builtins.Exception",
            "builtins.BaseException",
            "builtins.object",
        ],
        "args": [104, {"text": "reset"}],
        "attributes": {"errno": 104, "line": {"data": "x"}, "strerror": {"text": "reset"}},
        "text": "[Errno 104] reset",
    }


@pytest.mark.parametrize("error", [SystemExit(3), KeyboardInterrupt(), GeneratorExit()])
def test_exceptions_that_are_meant_for_the_interpreter(talk, error):
    def fail():
        raise error

    (seen,) = talk(fail=fail).run(call("fail"))
    assert seen["raised"]["class"][0] == f"builtins.{type(error).__name__}"


def test_exceptions_that_cannot_be_looked_at(talk):
    class Worse(Exception):
        def __str__(self):
            raise ValueError

        @property
        def errno(self):
            raise ValueError

    def fail():
        raise Worse(1)

    (seen,) = talk(fail=fail).run(call("fail"))
    assert seen["raised"]["text"] == "(its text cannot be had)"
    assert (seen["raised"]["args"], seen["raised"]["attributes"]) == ([], {})


def test_objects_in_exceptions_can_be_used(talk):
    def fail():
        raise ValueError(Door([], "x"))

    seen = talk(fail=fail).run(call("fail"))[0]["raised"]["args"][0]
    assert seen["object"] == "1.1"


def test_steps_that_need_what_is_missing_are_skipped(talk):
    conversation = talk()
    missing = {"do": "get", "of": REF, "name": "nope"}
    first, second, third, fourth = conversation.run(
        missing,
        {"do": "get", "of": {"ref": "1"}, "name": "x"},
        {"do": "call", "of": {"list": []}, "name": "append", "args": [{"ref": "2"}]},
        {"do": "describe", "of": 1},
    )
    assert first["raised"]["class"][0] == "builtins.AttributeError"
    assert second == {"id": "2", "skipped": "1"}
    assert third == {"id": "3", "skipped": "1"}
    assert "value" in fourth
    assert conversation.run({"do": "release"}, {"do": "get", "of": REF, "name": "__name__"})[1]["value"]


def test_a_step_that_now_succeeds_is_no_longer_missing(talk):
    conversation = talk()
    get_x = {"do": "get", "of": REF, "name": "x"}
    assert "raised" in conversation.run(get_x)[0]
    conversation.module.x = object()
    assert "value" in conversation.run(get_x)[0]
    assert "value" in conversation.run({"do": "set", "of": REF, "name": "y", "value": {"ref": "1"}})[0]


# -- what is printed


def test_prints_are_captured(talk, capsys):
    def speak():
        print("one", end="")
        sys.stdout.writelines([" two", "\n"])
        sys.stdout.flush()
        assert not sys.stdout.isatty()
        return sys.stdout.encoding, sys.stdout.errors

    conversation = talk(speak=speak, silent=lambda: None)
    seen, silent = conversation.run(call("speak"), call("silent"))
    assert seen["printed"] == "one two\n"
    assert seen["value"] == {"tuple": [{"text": "utf-8"}, {"text": "strict"}]}
    assert "printed" not in silent
    assert capsys.readouterr().out == ""


def test_printing_bytes_fails_as_it_does_elsewhere(talk):
    (seen,) = talk(speak=lambda: sys.stdout.write(b"x")).run(call("speak"))
    assert seen["raised"]["text"] == "write() argument must be str, not bytes"


def test_what_a_refused_program_printed_is_not_the_next_ones(talk):
    conversation = talk(speak=lambda: print("x"), silent=lambda: None)
    steps = [{"id": "1", **call("speak")}, {"id": "2", "do": "describe", "of": {"ref": "77"}}]
    assert "failed" in conversation.send(command="run", steps=steps)
    assert "printed" not in conversation.run(call("silent"))[0]


# -- the handshake


def test_start(talk):
    sys.modules["with_version"] = module = types.ModuleType("with_version")
    module.__version__, module.__file__ = "7", "/there.py"
    setup = "print('set up')"
    started = talk().send(command="start", protocol=1, module="with_version", setup=setup)["started"]
    assert started.pop("interpreter")["executable"] == sys.executable
    assert started == {
        "protocol": 1,
        "agent": "httplib-conformance python agent",
        "module": "with_version",
        "file": "/there.py",
        "version": "7",
        "printed": "set up\n",
    }
    module.__version__ = (1, 2)
    assert talk().send(command="start", protocol=1, module="with_version")["started"]["version"] is None
    del sys.modules["with_version"]


class Odd:
    """What a module may put in its own place: it answers anything, and not as one would think."""

    __file__ = b"/there\xff.py"

    @property
    def __version__(self):
        raise RuntimeError("no version")


@pytest.mark.parametrize(("odd", "file"), [(Odd(), "/there\ufffd.py"), (Mock(__file__=7), None)])
def test_start_of_what_is_no_module(talk, monkeypatch, odd, file):
    monkeypatch.setitem(sys.modules, "odd", odd)
    started = talk().send(command="start", protocol=1, module="odd")["started"]
    assert (started["file"], started["version"]) == (file, None)


def test_a_setup_that_breaks_json(talk, monkeypatch):
    agent = talk().agent
    start = json.dumps({"id": 1, "command": "start", "protocol": 1, "module": "json", "setup": "x = 1"})
    stop = json.dumps({"id": 2, "command": "stop"})
    monkeypatch.setattr(json, "loads", None)
    monkeypatch.setattr(json, "dumps", None)
    assert b"started" in agent.answer_line(start.encode())
    assert b"stopped" in agent.answer_line(stop.encode())


@pytest.mark.parametrize(
    ("message", "kind", "words"),
    [
        ({"protocol": 2, "module": "json"}, "protocol", "this agent speaks version 1 of the protocol, not 2"),
        ({"module": "json"}, "protocol", "not None"),
        ({"protocol": 1}, "request", "'start' needs 'module'"),
        ({"protocol": 1, "module": ""}, "request", "'start' needs 'module'"),
        ({"protocol": 1, "module": 7}, "request", "'start' needs 'module'"),
        ({"protocol": 1, "module": "nope"}, "import", "ModuleNotFoundError: No module named 'nope'"),
        (
            {"protocol": 1, "module": "json", "setup": "x = 0\n1/x"},
            "setup",
            "ZeroDivisionError: division by zero (<setup>, line 2)",
        ),
        (
            {"protocol": 1, "module": "json", "setup": "import sys; sys.exit()"},
            "setup",
            "SystemExit (<setup>, line 1)",
        ),
        ({"protocol": 1, "module": "json", "setup": "x = 0\nx = ("}, "setup", "(<setup>, line 2)"),
        ({"protocol": 1, "module": "json", "setup": 7}, "setup", "TypeError"),
    ],
)
def test_a_start_that_fails(talk, message, kind, words):
    failed = talk().send(valid=False, command="start", **message)["failed"]
    assert failed["kind"] == kind
    assert words in failed["message"]


@pytest.mark.parametrize(
    ("source", "words"),
    [
        ("import place_helper\n", "ZeroDivisionError: division by zero ({}/place_helper.py, line 4)"),
        ("\nimport nope\n", "ModuleNotFoundError: No module named 'nope' ({}/place.py, line 2)"),
        (
            "import importlib\nimportlib.import_module('nope.x')",
            "ModuleNotFoundError: No module named 'nope' ({}/place.py, line 2)",
        ),
        ("x = 1\nx = (\n", "SyntaxError: '(' was never closed (place.py, line 2)"),
    ],
)
def test_an_import_that_fails_tells_its_place(talk, tmp_path, monkeypatch, source, words):
    monkeypatch.syspath_prepend(tmp_path)
    (tmp_path / "place.py").write_text(source)
    (tmp_path / "place_helper.py").write_text("def divide():\n    x = 0\n    # here\n    1 / x\ndivide()\n")
    failed = talk().send(command="start", protocol=1, module="place")["failed"]
    assert failed == {"kind": "import", "message": words.format(tmp_path)}


def test_run_before_start():
    answer = json.loads(Agent().answer_line(b'{"id": 1, "command": "run", "steps": []}'))
    assert answer == {"id": 1, "failed": {"kind": "request", "message": "'run' before 'start'"}}


# -- malformed requests


@pytest.mark.parametrize(
    ("line", "words"),
    [
        (b"", "not a line of ASCII-only JSON"),
        (b"{", "not a line of ASCII-only JSON"),
        (b"\xff", "not a line of ASCII-only JSON"),
        ('{"id": 1, "command": "st\u00f6p"}'.encode(), "not a line of ASCII-only JSON"),
        (b"[" * 100_000, "not a line of ASCII-only JSON"),
        (b"[]", "not a JSON object"),
        (b"{}", "a message needs an 'id', an integer from 0 on"),
        (b'{"id": "1"}', "a message needs an 'id'"),
        (b'{"id": true}', "a message needs an 'id'"),
        (b'{"id": -1}', "a message needs an 'id'"),
    ],
)
def test_malformed_lines(line, words):
    answer = json.loads(Agent().answer_line(line))
    check(answer, ANSWER, "the answer")
    assert answer["id"] is None
    assert words in answer["failed"]["message"]


@pytest.mark.parametrize(
    ("message", "words"),
    [
        ({}, "the command is one of 'start', 'run' and 'stop', not None"),
        ({"command": "walk"}, "not 'walk'"),
        ({"command": "run"}, "'run' needs 'steps', a list"),
        ({"command": "run", "steps": {}}, "'run' needs 'steps', a list"),
    ],
)
def test_malformed_messages(talk, message, words):
    failed = talk().send(valid=False, **message)["failed"]
    assert failed["kind"] == "request"
    assert words in failed["message"]


@pytest.mark.parametrize(
    ("step", "words"),
    [
        (7, "a step is an object with an 'id', a string; got 7"),
        ({"do": "get"}, "a step is an object with an 'id'"),
        ({"id": 1, "do": "get"}, "a step is an object with an 'id'"),
        ({"id": "1"}, "step 1: None is nothing that can be done"),
        ({"id": "1", "do": "walk"}, "'walk' is nothing that can be done"),
        ({"id": "1", "do": ["get"]}, "is nothing that can be done"),
        ({"id": "1", "do": "import"}, "step 1 needs 'module', of type str, not None"),
        ({"id": "1", "do": "get", "of": REF}, "step 1 needs 'name'"),
        ({"id": "1", "do": "get", "of": REF, "name": 7}, "step 1 needs 'name', of type str, not 7"),
        ({"id": "1", "do": "set", "of": REF, "name": "x", "value": {}}, "not a value: {}"),
        ({"id": "1", "do": "call", "of": REF, "name": 7}, "step 1 needs 'name'"),
        ({"id": "1", "do": "call", "of": REF, "args": 7}, "step 1 needs 'args', of type list, not 7"),
        ({"id": "1", "do": "call", "of": REF, "kwargs": []}, "step 1 needs 'kwargs', of type dict, not []"),
        ({"id": "1", "do": "iterate", "of": REF}, "step 1 needs 'most', of type int"),
        ({"id": "1", "do": "iterate", "of": REF, "most": True}, "step 1 needs 'most', of type int"),
        ({"id": "1", "do": "define"}, "step 1 needs 'source'"),
        ({"id": "1", "do": "release", "objects": 7}, "step 1 needs 'objects', of type list"),
        ({"id": "1", "do": "release", "objects": [7]}, "'objects' are the ids of objects that steps made"),
        ({"id": "1", "do": "release", "objects": ["0"]}, "'objects' are the ids of objects that steps made"),
        ({"id": "1", "do": "describe", "of": {"ref": "7"}}, "nothing is known as '7'"),
    ],
)
def test_malformed_steps(talk, step, words):
    failed = talk().send(valid=False, command="run", steps=[step])["failed"]
    assert failed["kind"] == "request"
    assert words in failed["message"]


@pytest.mark.parametrize(
    "value",
    [
        "x",
        [],
        {},
        {"text": 1},
        {"native": None},
        {"data": "\u20ac"},
        {"data": ["x"]},
        {"ref": 0},
        {"ref": ["0"]},
        {"hexadecimal": "one"},
        {"float": "one"},
        {"float": 1.5},
        {"list": "x"},
        {"tuple": {}},
        {"dict": {}},
        {"dict": [[1]]},
        {"dict": [1]},
        {"set": []},
        {"text": "x", "data": "x"},
        {"list": [{"text": 1}]},
    ],
)
def test_malformed_values(talk, value):
    step = {"id": "1", "do": "describe", "of": value}
    failed = talk().send(valid=False, command="run", steps=[step])["failed"]
    assert failed["kind"] == "request"
    assert failed["message"].startswith("not a value: ")


def test_a_failure_to_make_a_value_is_seen(talk):
    unhashable = {"dict": [[{"list": []}, 1]]}
    (seen,) = talk(same=lambda x: x).run(call("same", unhashable))
    assert seen["raised"]["class"][0] == "builtins.TypeError"


def test_stop(talk):
    conversation = talk()
    assert conversation.send(command="stop")["stopped"] is True
    assert conversation.agent.stopped
