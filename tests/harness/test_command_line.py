"""The command line: exit statuses, messages, and what it prints, on sample cases."""

import json
import re
import stat
import sys

import pytest
from httplib_conformance import results, runner
from httplib_conformance.schemas import check, schema_of

GOOD = ("--case", "passes", "--case", "constant-*")


def checked(file):
    """The results in a file, which must be as their schema says."""
    data = json.loads(file.read_text("utf-8"))
    check(data, schema_of("httplib_conformance", "results.schema.json"), "the results")
    return data


# -- exit statuses


def test_conforms(command):
    ran = command("run", *GOOD)
    assert ran.exit_code == 0
    assert "httplib27 in CPython" in ran.stdout
    assert re.search(r" passes what was selected: 3 cases, 3 pass, in \d+\.\d s\n$", ran.stdout)
    assert ran.stderr == ""


@pytest.mark.parametrize(
    ("case", "words"),
    [
        ("fails-compare", r"connection.getresponse\(\).read\(\) == b\"hellO\" +b'hellO' +b'hello'"),
        ("fails-words", r"assert httplib.OK == 201, .* +201 +200\n(.*\n)*"),
        ("fails-truth", r"because +assert not 200"),
        ("fails-kind", r"OK.upper\(\) == \"OK\" +a value with which this .* has no attribute"),
        ("fails-lookup", r"responses\[1\] == \"One\" +a value with which this can be done +KeyError\(1\)"),
        ("fails-no-exception-class", r"a value with which this can be done +it is no class"),
        ("fails-no-class", r"because +<httplib27.connection.HTTPConnection object> is not a class"),
        ("fails-name", r"because +the module 'httplib27' has no name 'nope'"),
        ("fails-raises", r"no exception +raised ConnectionRefusedError\(111,"),
        ("fails-does-not-raise", r"because +DID NOT RAISE InvalidURL"),
        ("fails-conversation", r"the conversation +as the case "),
    ],
)
def test_deviates(command, case, words):
    ran = command("run", "--case", case)
    assert ran.exit_code == 1
    assert f"FAIL  {case}  (documented)\n" in ran.stdout
    assert re.search(words, ran.stdout)
    assert re.search(r"httplib27 in CPython .* deviates: 1 case, 1 fail, in", ran.stdout)


def test_a_failure_in_the_words_of_the_case(command):
    assert re.search(r"because +the constant is off\n", command("run", "--case", "fails-words").stdout)


def test_transcripts(command):
    ran = command("run", "--case", "transcript-*")
    assert ran.exit_code == 1
    assert "  A reply has the status 201\n" in ran.stdout
    assert "  replayed     whole\n" in ran.stdout
    assert re.search(r"response: status +201 +200\n", ran.stdout)
    assert "2 cases, 1 pass, 1 fail" in ran.stdout
    assert command("list", "--case", "transcript-*").stdout.endswith("2 cases, 2 of them transcripts\n")
    assert 'id = "transcript-fails"' in command("show", "transcript-fails").stdout


def test_an_agent_that_breaks_the_protocol(command, fake_agent):
    """Nothing that it says can be relied on: there is no verdict, but the other cases still run."""
    body = (
        "shake_hands()\nprint('a word', file=sys.stderr, flush=True)\nhear()\nprint('garbage', flush=True)\n"
    )
    ran = command("run", "--agent", fake_agent(body), "--case", "constant-*")
    assert ran.exit_code == 3
    assert ran.stdout.count("HARNESS ERROR  constant-") == 2
    assert ran.stdout.count("the agent answered b'garbage', which is not a line of ASCII-only JSON") == 2
    assert ran.stdout.count("the agent\n    a word\n") == 2


def test_an_agent_that_does_not_support_a_step(command, fake_agent):
    body = (
        "shake_hands()\nwhile True:\n    message = hear()\n"
        "    seen = [{'id': step['id'], 'unsupported': 'no such step here'} for step in message['steps']]\n"
        "    say(id=message['id'], observations=seen)\n"
    )
    ran = command("run", "--agent", fake_agent(body), "--case", "constant-ok", "--case", "transcript-passes")
    assert ran.exit_code == 1
    assert ran.stdout.count("because      no such step here\n") == 2
    assert "2 cases, 2 unsupported" in ran.stdout


def test_unsupported_is_no_pass(command):
    ran = command("run", "--case", "unsupported")
    assert ran.exit_code == 1
    assert "UNSUPPORTED  unsupported" in ran.stdout
    assert "this interpreter has no TLS" in ran.stdout


def test_a_crash_costs_one_case(command):
    ran = command("run", "--case", "crashes", "--case", "constant-*")
    assert ran.exit_code == 1
    assert "CRASH  crashes" in ran.stdout
    assert "because      the agent's process ended with status 3" in ran.stdout
    assert "the agent\n    last words\n" in ran.stdout
    assert "3 cases, 2 pass, 1 crash" in ran.stdout


def test_an_agent_killed_from_outside_costs_one_case(command, write_cases):
    ran = command("run", "--case", "killed", "--case", "passes", "--case", "constant-*")
    assert ran.exit_code == 1
    assert "the agent's process was ended by signal 9 (SIGKILL)" in ran.stdout
    assert "4 cases, 3 pass, 1 crash" in ran.stdout


@pytest.mark.parametrize("mode", [(), ("--in-process",)])
def test_a_hang_costs_one_case(command, mode):
    ran = command("run", "--case", "hangs", "--case", "passes", "--timeout", "0.3", *mode)
    assert ran.exit_code == 1
    assert "TIMEOUT  hangs" in ran.stdout
    assert "because      the case did not end within 0.3 s" in ran.stdout
    assert "on the wire (> client, < server)" in ran.stdout
    assert r"<  hell" in ran.stdout
    assert "2 cases, 1 pass, 1 timeout" in ran.stdout


def test_a_failing_case_whose_objects_cannot_be_closed_keeps_its_verdict(command):
    ran = command("run", "--case", "hangs-in-release", "--case", "passes", "--timeout", "0.3")
    assert ran.exit_code == 1
    assert "2 cases, 1 pass, 1 fail" in ran.stdout


@pytest.mark.parametrize(
    ("case", "words"),
    [
        ("harness-error", "RuntimeError: x"),
        ("harness-error-in-setup", "OSError: no such thing"),
        ("harness-error-in-teardown", "OSError: no such end"),
    ],
)
def test_a_fault_of_the_suite_is_told_as_such(command, case, words):
    ran = command("run", "--case", case, *GOOD)
    assert ran.exit_code == 3
    assert f"HARNESS ERROR  {case}" in ran.stdout
    assert words in ran.stdout
    assert ": no verdict: 4 cases, 3 pass, 1 harness error" in ran.stdout


def test_what_came_first_is_the_verdict(command):
    ran = command("run", "--case", "deviates-and-breaks-down")
    assert ran.exit_code == 1
    assert "deviates: 1 case, 1 fail," in ran.stdout


def test_interrupted(command, tmp_path):
    file = tmp_path / "results.json"
    ran = command(
        "run",
        "--level",
        "observed",
        "--case",
        "passes*",
        "--case",
        "interrupted",
        "--json",
        file,
        "--case",
        "unsupported",
    )
    assert ran.exit_code == 130
    assert ran.stderr == "Error: interrupted\n"
    assert "1 case without a result: interrupted\n" in ran.stdout
    data = checked(file)
    assert not data["summary"]["conforms"]
    (case,) = [each for each in data["cases"] if each["id"] == "interrupted"]
    assert case["verdict"] == "harness error"
    assert case["evidence"]["message"] == "the run broke off before this case gave a result"


def test_interrupted_before_pytest_begins(command, monkeypatch):
    def interrupt(*_):
        raise KeyboardInterrupt

    monkeypatch.setattr(runner, "run", interrupt)
    ran = command("run")
    assert (ran.exit_code, ran.stderr) == (130, "Error: interrupted\n")


@pytest.mark.parametrize("jobs", [1, 2])
def test_nothing_selected(command, jobs):
    ran = command("run", "--case", "passes-observed", "--jobs", jobs)
    assert ran.exit_code == 5
    assert ran.stderr == "Error: nothing was selected at level documented: try --level observed\n"


def test_nothing_there(command, write_cases):
    command.use(write_cases("def test_no_case():\n    pass\n"))
    ran = command("run")
    assert (ran.exit_code, ran.stderr) == (5, "Error: nothing was selected\n")


def test_nothing_to_list(command):
    ran = command("list", "--case", "passes-observed")
    assert (ran.exit_code, ran.stderr) == (5, "Error: nothing was selected at level documented\n")


# -- wrong usage


@pytest.mark.parametrize(("case", "jobs"), [("nope", 1), ("pass", 1), ("nope", 2)])
def test_unknown_case(command, case, jobs):
    ran = command("run", "--case", case, "--case", "passes", "--jobs", jobs)
    assert ran.exit_code == 2
    assert ran.stderr == f"Error: no case has the id '{case}'; `list` names them all\n"
    assert ran.stdout == ""


@pytest.mark.parametrize("args", [("list", "--case", "nope"), ("show", "nope")])
def test_unknown_case_to_list_or_show(command, args):
    ran = command(*args)
    assert ran.exit_code == 2
    assert "no case has the id 'nope'" in ran.stderr


@pytest.mark.parametrize(
    "args",
    [
        ("--in-process", "--python", sys.executable),
        ("--in-process", "--agent", "x"),
        ("--agent", "x", "--python", sys.executable),
    ],
)
def test_contradictory_options(command, args):
    ran = command("run", *args)
    assert ran.exit_code == 2
    assert ran.stderr == (
        "Error: the options python, in-process and agent exclude each other: "
        "each says where the implementation runs\n"
    )


@pytest.mark.parametrize(
    ("args", "words"),
    [
        (("--timeout", "0"), "0.0 is not in the range 0<x<=86400"),
        (("--timeout", "-1"), "-1.0 is not in the range"),
        (("--timeout", "soon"), "'soon' is not a valid float"),
        (("--timeout", "nan"), "Error: the timeout is nan; expected more than 0 and at most 86400\n"),
        (("",), "Error: the name of the implementation's module is empty\n"),
        (("--json", ""), "Error: the name of the file for the results is empty\n"),
        (("--python", ""), "Error: the name of the interpreter is empty\n"),
        (("--agent", " "), "Error: the command of the agent is empty\n"),
        (("--setup", ""), "the setup is empty"),
        (("--timeout", "inf"), "inf is not in the range"),
        (("--jobs", "0"), "0 is not in the range 1<=x<=64"),
        (("--jobs", "two"), "'two' is not a valid integer"),
        (("--level", "disputed"), "'disputed' is not one of 'documented', 'observed'"),
        (("--no-such-option",), "No such option"),
        (("httplib27", "json"), "unexpected extra argument"),
    ],
)
def test_bad_options(command, args, words):
    ran = command("run", *args)
    assert ran.exit_code == 2
    assert words in ran.stderr


def test_bad_command(command):
    ran = command("walk")
    assert ran.exit_code == 2
    assert "No such command 'walk'" in ran.stderr


@pytest.mark.parametrize("file", ["no/such/folder/results.json", ".", "locked/results.json"])
def test_results_that_cannot_be_written(command, tmp_path, monkeypatch, file):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "locked").write_bytes(b"")
    ran = command("run", *GOOD, "--json", file)
    assert ran.exit_code == 2
    assert ran.stderr.startswith(f"Error: the results cannot be written to {file!r}: ")
    assert ran.stdout == "", "nothing ran"


def test_results_that_can_no_longer_be_written(command, tmp_path):
    ran = command("run", *GOOD, "--json", "/dev/full")
    assert ran.exit_code == 2
    assert ran.stderr == "Error: the results cannot be written to '/dev/full': No space left on device\n"
    assert "3 cases, 3 pass" in ran.stdout, "what came of the cases is not lost"


@pytest.mark.parametrize("jobs", [1, 2])
def test_results_of_an_earlier_run_are_not_taken_for_this_one(command, write_cases, tmp_path, jobs):
    file = tmp_path / "results.json"
    file.write_text("old")
    seen = f"open({str(file)!r}).read()"
    command.use(write_cases(f"@case('looks', 'module.name')\ndef test_it():\n    assert {seen} == ''\n"))
    ran = command("run", "--json", file, "--jobs", jobs)
    assert ran.exit_code == 0
    assert " conforms: 1 case, 1 pass, in " in ran.stdout
    assert checked(file)["summary"]["conforms"]
    assert checked(file)["selected"] == {"level": "documented", "cases": []}


@pytest.mark.parametrize(
    ("args", "status"),
    [
        (("nomod",), 3),
        (("--case", "nope"), 2),
        (("--case", "nope", "--jobs", 2), 2),
        (("nomod", *GOOD, "--jobs", 2), 3),
        (("--live", "nope"), 2),
        (("--agent", "x", "--in-process"), 2),
    ],
)
def test_what_never_begins_costs_no_results(command, tmp_path, args, status):
    """Neither those of an earlier run, nor is there a file where there was none."""
    old, new = tmp_path / "old.json", tmp_path / "new.json"
    old.write_text("old")
    for file in (old, new):
        assert command("run", *args, "--json", file).exit_code == status
    assert old.read_text() == "old"
    assert not new.exists()


# -- what cannot be started


def test_unknown_module(command):
    ran = command("run", "no_such_module")
    assert ran.exit_code == 3
    assert ran.stderr == (
        f"Error: the module 'no_such_module' cannot be imported by the interpreter {sys.executable!r}: "
        "ModuleNotFoundError: No module named 'no_such_module'\n"
    )
    assert ran.stdout == ""


@pytest.mark.parametrize("module", ["no.such", "..", "a b", "\u00e4"])
def test_odd_module(command, module):
    ran = command("run", module)
    assert ran.exit_code == 3
    assert len(ran.stderr.splitlines()) == 1


@pytest.mark.parametrize("mode", [(), ("--in-process",)])
def test_a_module_that_is_no_httplib(command, mode):
    ran = command("run", "json", *GOOD, *mode)
    assert ran.exit_code == 3
    assert ran.stdout == ""
    assert ran.stderr == (
        f"Error: the module 'json' of the interpreter {sys.executable!r} has none of the documented names "
        "(HTTPConnection, HTTPSConnection, HTTPResponse and so on): it is no implementation of httplib\n"
    )


def test_names_are_for_another_agent_to_know(command, fake_agent):
    body = (
        "shake_hands()\nmessage = hear()\n"
        "error = {'class': ['builtins.AttributeError', 'builtins.Exception', 'builtins.object'],"
        " 'args': [], 'attributes': {}, 'text': ''}\n"
        "seen = [{'id': step['id'], 'raised': error} for step in message['steps']]\n"
        "say(id=message['id'], observations=seen)\n"
    )
    ran = command("run", "--agent", fake_agent(body), "--case", "constant-ok")
    assert ran.exit_code == 1
    assert "because      the module 'httplib27' has no name 'OK'" in ran.stdout


def test_a_module_that_does_not_survive_being_looked_at(command, tmp_path, monkeypatch):
    """The cases tell, each with an agent of its own."""
    (tmp_path / "frail.py").write_text(
        "import os\ndef __getattr__(name):\n    if name[0] != '_': os._exit(7)\n"
    )
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    ran = command("run", "frail", "--case", "constant-*")
    assert ran.exit_code == 1
    assert ran.stdout.count("because      the agent's process ended with status 7") == 2


def test_a_module_that_would_end_this_process(command, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "ends_at_import.py").write_text("import os\nos._exit(0)\n")
    ran = command("run", "ends_at_import", "--in-process")
    assert ran.exit_code == 3
    assert "'ends_at_import' cannot be imported" in ran.stderr
    assert "SystemExit: os._exit(0)" in ran.stderr
    (tmp_path / "ends_in_a_case.py").write_text(
        "import os, httplib27\nOK, CREATED = 200, 201\n"
        "class HTTPConnection(httplib27.HTTPConnection):\n"
        "    def request(self, *args):\n        os._exit(0)\n"
    )
    ran = command("run", "ends_in_a_case", "--in-process", *GOOD)
    assert ran.exit_code == 1
    assert re.search(r"no exception +raised SystemExit\('os._exit\(0\)'\)", ran.stdout)
    assert "deviates: 3 cases, 2 pass, 1 fail" in ran.stdout
    for name in ("ends_at_import", "ends_in_a_case"):
        sys.modules.pop(name, None)


@pytest.mark.parametrize("args", [(), ("--in-process",), ("--jobs", 2)])
def test_a_module_of_the_current_folder(command, tmp_path, monkeypatch, args):
    (tmp_path / "of_this_folder.py").write_text("OK, CREATED = 200, 201\n")
    monkeypatch.chdir(tmp_path)
    ran = command("run", "of_this_folder", "--case", "constant-*", *args)
    sys.modules.pop("of_this_folder", None)
    assert "of_this_folder in CPython" in ran.stdout
    assert "passes what was selected: 2 cases, 2 pass, in " in ran.stdout


def test_a_message_is_not_for_the_terminal_to_obey(command):
    ran = command("run", "--setup", "raise ValueError('\\x1b[31mred')")
    assert ran.exit_code == 3
    assert ran.stderr.endswith("ValueError: \\x1b[31mred (<setup>, line 1)\n")


def test_a_module_without_half_of_the_names(command, tmp_path, monkeypatch):
    (tmp_path / "half_of_it.py").write_text("OK = 200\n")
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    ran = command("run", "half_of_it", *GOOD)
    assert ran.exit_code == 1
    assert "the module 'half_of_it' has no name 'CREATED'" in ran.stdout
    assert "the module 'half_of_it' has no name 'HTTPConnection'" in ran.stdout
    assert "constant-ok" not in ran.stdout
    assert "3 cases, 1 pass, 2 fail" in ran.stdout


@pytest.mark.parametrize(
    ("content", "mode", "words"),
    [
        (None, 0, "cannot be run: No such file or directory"),
        ("#!/bin/sh\nexit 0\n", stat.S_IRUSR, "cannot be run: Permission denied"),
        ("garbage", stat.S_IRWXU, "cannot be run: Exec format error"),
        ("#!/bin/sh\nexit 0\n", stat.S_IRWXU, "the agent's process ended with status 0"),
        (
            "#!/bin/sh\necho 'no such option' >&2\nexit 7\n",
            stat.S_IRWXU,
            "status 7 (its last words: no such option)",
        ),
        ("#!/bin/sh\necho garbage\ncat\n", stat.S_IRWXU, "which is not a line of ASCII-only JSON"),
        ("#!/bin/sh\nexec >&-\nread x\nread x\n", stat.S_IRWXU, "the agent closed its standard output"),
        ("#!/bin/sh\nexec cat\n", stat.S_IRWXU, "the answer to 'start' needs 'started' with 'interpreter'"),
        ("#!/bin/sh\nexec yes\n", stat.S_IRWXU, "the agent said more than its answer: b'"),
    ],
)
def test_an_interpreter_that_is_none(command, tmp_path, monkeypatch, content, mode, words):
    monkeypatch.setattr("httplib_conformance.channels.SECONDS_TO_END", 0.2)
    program = tmp_path / "program"
    if content is not None:
        program.write_text(content)
        program.chmod(mode)
    ran = command("run", "--python", program)
    assert ran.exit_code == 3
    assert f"Error: the interpreter '{program}' " in ran.stderr
    # One that speaks unasked may do so before it was spoken to, just after, or together with its answer.
    unasked = "garbage" in str(content) or "yes" in str(content)
    others = ("the agent spoke before", "the agent said more than its answer") if unasked else ()
    assert any(each in ran.stderr for each in (words, *others))
    assert len(ran.stderr.splitlines()) == 1


@pytest.mark.parametrize(
    ("agent", "words"),
    [
        ("'", "cannot be run: No closing quotation"),
        ("/no/such/agent -x", "cannot be run: No such file or directory"),
    ],
)
def test_an_agent_that_is_none(command, agent, words):
    ran = command("run", "--agent", agent)
    assert ran.exit_code == 3
    assert words in ran.stderr


# -- setup


def test_setup_as_code_and_as_file(command, tmp_path):
    code = "import sys, types\nsys.modules['made'] = types.ModuleType('made')\nsys.modules['made'].OK = 200"
    file = tmp_path / "set up.py"
    file.write_text(code)
    marked = tmp_path / "with a mark of its encoding.py"
    marked.write_text(code, "utf-8-sig")
    for setup in (code, file, marked, "import httplib27, sys; sys.modules['made'] = httplib27"):
        assert command("run", "made", "--setup", setup, "--case", "constant-ok").exit_code == 0


@pytest.mark.parametrize(
    ("setup", "status", "words"),
    [
        ("no_such_setup.py", 2, "there is no setup file 'no_such_setup.py'"),
        (".", 2, "the setup file '.' cannot be read: Is a directory"),
        ("latin.py", 2, "the setup file 'latin.py' is not UTF-8"),
        ("1/0", 3, "the setup failed in the interpreter"),
        ("x =", 3, "SyntaxError"),
        ("import sys; sys.exit(4)", 3, "SystemExit: 4"),
        ("raise ValueError('no good')", 3, "ValueError: no good"),
        ("a" * 1000, 3, "NameError"),
        ("\0", 3, "setup failed"),
    ],
)
def test_a_setup_that_fails(command, tmp_path, monkeypatch, setup, status, words):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "latin.py").write_bytes(b"# \xe4\n")
    ran = command("run", "--setup", setup)
    assert ran.exit_code == status
    assert words in ran.stderr


# -- results


VERDICTS = ("passes", "fails-compare", "hangs", "crashes", "unsupported", "harness-error")


def test_results_of_every_verdict(command, tmp_path):
    file = tmp_path / "results.json"
    cases = [arg for case in VERDICTS for arg in ("--case", case)]
    assert command("run", *cases, "--timeout", "2", "--json", file).exit_code == 3
    data = checked(file)
    assert data["schema"] == results.SCHEMA
    assert data["selected"] == {"level": "documented", "cases": list(VERDICTS)}
    assert data["target"]["module"] == "httplib27"
    assert data["summary"] == {
        "cases": 6,
        "conforms": False,
        "verdicts": dict.fromkeys(["pass", "fail", "timeout", "crash", "unsupported", "harness error"], 1),
    }
    assert [case["id"] for case in data["cases"]] == sorted(VERDICTS)
    evidence = {case["id"]: case["evidence"] for case in data["cases"]}
    assert evidence["fails-compare"]["deviations"][0]["expected"] == "b'hellO'"
    assert evidence["fails-compare"]["wire"]
    assert evidence["crashes"]["stderr"] == "last words"
    assert not any(evidence["passes"].values())


def told(file):
    """Results without what differs from run to run."""
    return [
        (case["id"], case["verdict"], case["level"], case["requirements"], case["evidence"]["deviations"])
        for case in checked(file)["cases"]
    ]


@pytest.mark.parametrize(
    ("module", "args"), [("httplib27", ("--jobs", 2)), ("http.client", ("--in-process",))]
)
def test_every_way_to_run_gives_the_same(command, tmp_path, args, module):
    one, other = tmp_path / "one.json", tmp_path / "other.json"
    cases = ("--case", "passes*", "--case", "constant-*", "--case", "fails-*", "--level", "observed")
    first = command("run", module, *cases, "--json", one)
    second = command("run", module, *cases, "--json", other, *args)
    assert first.exit_code == second.exit_code == 1
    assert told(one) == told(other)
    assert len(told(one)) == 15
    assert checked(one)["summary"] == checked(other)["summary"]


def test_conforms_with_jobs(command, tmp_path):
    file = tmp_path / "results.json"
    ran = command("run", *GOOD, "--jobs", 2, "--json", file)
    assert ran.exit_code == 0
    assert ran.stdout.startswith("httplib conformance\n")
    assert "3 cases, 3 pass" in ran.stdout
    assert checked(file)["summary"]["conforms"]


def test_a_worker_that_dies_is_no_pass(command, tmp_path):
    file = tmp_path / "results.json"
    ran = command("run", *GOOD, "--case", "kills-its-worker", "--jobs", 2, "--json", file)
    assert ran.exit_code == 3
    assert "1 case without a result: kills-its-worker\n" in ran.stdout
    assert ": no verdict: 3 cases, 3 pass" in ran.stdout
    assert checked(file)["summary"] == {
        "cases": 4,
        "conforms": False,
        "verdicts": {"pass": 3, "fail": 0, "timeout": 0, "crash": 0, "unsupported": 0, "harness error": 1},
    }


# -- the cases themselves


@pytest.mark.parametrize(
    ("source", "words"),
    [
        (
            '@case("a", "module.nope")\ndef test_a(): pass',
            "the case 'a' covers 'module.nope': no such requirement",
        ),
        ('@case("a")\ndef test_a(): pass', "the case 'a' covers no requirement"),
        (
            '@case("A b", "module.name")\ndef test_a(): pass',
            "the case id 'A b' is no slug; expected words in lower",
        ),
        ('@case("a-", "module.name")\ndef test_a(): pass', "the case id 'a-' is no slug"),
        (
            '@case("a", "module.name")\ndef test_a(): pass\n@case("a", "module.name")\ndef test_b(): pass',
            "the case id 'a' is used twice: ",
        ),
        ("this is no Python", "cannot be collected"),
        ("import no_such_module", "cannot be collected"),
        (
            "from httplib_conformance.schemas import BadData\nraise BadData('x.toml: id is missing')",
            "cannot be collected: x.toml: id is missing\n",
        ),
    ],
)
@pytest.mark.parametrize("args", [("run",), ("list",)])
def test_cases_that_contradict_the_rules(command, write_cases, source, words, args):
    command.use(write_cases(source))
    ran = command(*args)
    assert ran.exit_code == 3
    assert words in ran.stderr
    assert ran.stderr.startswith("Error: ")


@pytest.mark.parametrize("args", [("run", "--jobs", "2"), ("show", "a")])
def test_a_case_that_contradicts_the_rules_in_every_way_to_meet_it(command, write_cases, args):
    command.use(write_cases('@case("a")\ndef test_a(): pass'))
    ran = command(*args)
    assert ran.exit_code == 3
    assert "the case 'a' covers no requirement" in ran.stderr


def test_a_fault_of_pytest_is_told(command, monkeypatch):
    def fail(*_):
        raise RuntimeError("out of order")

    monkeypatch.setattr("httplib_conformance.checker.case_of", fail)
    ran = command("list", suite_fault=True)
    assert ran.exit_code == 3
    assert "the run broke off, by a fault of the suite:" in ran.stderr
    assert "out of order" in ran.stderr


def test_a_fault_in_our_own_options_is_told():
    with pytest.raises(runner.RunFailed, match=r"^usage: ") as caught:
        runner.collect(["--no-such-option"])
    assert caught.value.status == 2


def test_what_others_say_to_pytest_is_of_no_account(command, monkeypatch, tmp_path):
    monkeypatch.setenv("PYTEST_ADDOPTS", "--no-such-option")
    monkeypatch.setenv("PYTEST_PLUGINS", "no_such_plugin")
    monkeypatch.setenv("PYTEST_DISABLE_PLUGIN_AUTOLOAD", "0")
    (tmp_path / "pytest.ini").write_text("[pytest]\naddopts = --no-such-option\n")
    monkeypatch.chdir(tmp_path)
    assert command("run", *GOOD).exit_code == 0


# -- list and show


def test_list(command):
    ran = command("list", "--case", "passes*", "--case", "constant-ok", "--level", "observed")
    assert ran.exit_code == 0
    assert ran.stdout.splitlines() == [
        "constant-ok      documented  Constants have their values",
        "passes           documented  A response to HEAD has an empty body",
        "passes-observed  observed    A connection can be closed twice",
        "",
        "3 cases, 0 of them transcripts",
    ]


@pytest.mark.parametrize(("width", "whole"), [(20, False), (40, False), (80, True), (120, True)])
def test_ids_are_never_cut(command, write_cases, monkeypatch, width, whole):
    """They are what one types; and they are whole if there is room."""
    identity = "a-case-that-has-an-id-of-forty-character"
    command.use(write_cases(f"@case('{identity}', 'module.name')\ndef test_it():\n    'A title.'\n"))
    monkeypatch.setattr("httplib_conformance.report.PLAIN_WIDTH", width)
    told = command("list").stdout.rpartition("\n\n")[0]
    assert (f"{identity}  documented  A title" in told) == whole
    assert "".join(line.split()[0] for line in told.splitlines() if line[0] != " ") == identity
    assert "\N{HORIZONTAL ELLIPSIS}" not in told


def test_list_one_case(command):
    assert command("list", "--case", "passes").stdout.endswith("\n1 case, 0 of them transcripts\n")


def test_list_ids(command):
    assert command("list", "-q", "--case", "constant-*").stdout == "constant-created\nconstant-ok\n"


def test_show(command):
    ran = command("show", "passes-observed")
    assert ran.exit_code == 0
    assert ran.stdout.startswith("passes-observed (observed)\nA connection can be closed twice\n\n")
    assert "connection.close.twice (observed)\n  " in ran.stdout
    assert ran.stdout.endswith("    connection.close()\n    connection.close()\n")


def test_help_and_version(command):
    told = " ".join(command("--help").stdout.split())
    assert "Exit status: 0 the implementation conforms" in told
    assert "130 it was interrupted, 141 nobody reads the output any more." in told
    assert command("--version").stdout.startswith("httplib-conformance, version ")
    for name in ("run", "list", "show"):
        assert command(name, "-h").exit_code == 0


@pytest.mark.parametrize("jobs", [1, 2])
def test_progress_is_told_by_ids(command, write_cases, monkeypatch, jobs):
    """And goes no further than there are cases."""
    told = []

    class Bar:
        def __init__(self, console, total):
            told.append(total)

        def advance(self, identity):
            told.append(identity)

        def stop(self):
            told.append("the end")

    source = (
        "from httplib_conformance.casemark import dispute, each_case\n\n"
        "@case('the-first', 'module.name')\ndef test_one():\n    pass\n\n"
        "@each_case('number', [(1,), (2,)], 'the-row-{number}', 'module.name')\n"
        "def test_rows(number):\n    pass\n\n"
        "@dispute('empty-port')\ndef test_probe(shows):\n    shows(document=True, original=False, saw='it')\n"
    )
    command.use(write_cases(source))
    monkeypatch.setattr(runner, "Bar", Bar)
    assert command("run", "--jobs", jobs).exit_code == 0
    assert (told[0], sorted(told[1:-1]), told[-1]) == (3, ["the-first", "the-row-1", "the-row-2"], "the end")


def test_quiet(command):
    ran = command("run", "-q", *GOOD)
    assert ran.exit_code == 0
    assert len(ran.stdout.splitlines()) == 1
    assert " passes what was selected: 3 cases" in ran.stdout
