"""Single faults: as data, run, judged and told."""

import io
import json
import re
import signal
from pathlib import Path

import pytest
from httplib_conformance import faults, runner
from httplib_conformance.catalogue import Level
from httplib_conformance.evidence import Verdict
from httplib_conformance.faults import CONTROL, PRELUDE, Fault, Outcome
from httplib_conformance.schemas import BadData, check, schema_of
from rich.console import Console

ENTRY = {
    "id": "ok-is-off",
    "breaks": "constants.status.ok",
    "title": "The constant OK is off",
    "setup": "httplib27.OK = 201",
}

OK_CASE = """
@case("ok-is-200", "constants.status.ok")
def test_ok(httplib):
    '''The constant OK is 200.'''
    assert httplib.OK == 200
"""

CASES = f"""{OK_CASE}

@case("created-is-201", "constants.status.created")
def test_created(httplib):
    '''The constant CREATED is 201.'''
    assert httplib.CREATED == 201


@case("accepted-is-there", "constants.status.accepted")
def test_accepted(httplib):
    '''Not much is asked of the constant ACCEPTED.'''
    assert httplib.ACCEPTED
"""


def toml(*entries, prelude=None):
    """A file of faults."""
    lines = [] if prelude is None else [f"prelude = {json.dumps(prelude)}"]
    for entry in entries:
        lines.append("[[fault]]")
        for key, value in entry.items():
            if isinstance(value, list):
                rows = ", ".join(
                    "{" + ", ".join(f"{name} = {json.dumps(each)}" for name, each in row.items()) + "}"
                    for row in value
                )
                lines.append(f"{key} = [{rows}]")
            else:
                lines.append(f"{key} = {json.dumps(value)}")
    return "\n".join(lines) + "\n"


@pytest.fixture
def load(tmp_path):
    """Returns a function that loads a folder with one file of faults."""

    def load(*entries, **kwargs):
        folder = tmp_path / "faults"
        folder.mkdir()
        (folder / "some.toml").write_text(toml(*entries, **kwargs), "utf-8")
        (folder / "notes.md").write_text("no faults", "utf-8")
        return faults.load_folder(folder)

    return load


@pytest.fixture
def use(load, monkeypatch):
    """Returns a function that has the command line know these faults, and no others."""

    def use(*entries, needed=("constants.status.ok",), **kwargs):
        loaded = load(*entries, **kwargs)
        monkeypatch.setattr(faults, "all_faults", lambda: loaded)
        monkeypatch.setattr(faults, "testable_requirements", lambda: list(needed))

    return use


@pytest.fixture
def sweep(command, write_cases):
    """Returns a function that runs the command on cases of the test's own."""

    def sweep(*args, cases=OK_CASE):
        command.use(write_cases(cases))
        return command("faults", "--jobs", 1, *args)

    return sweep


# -- as data


def test_a_fault_is_its_setup_behind_the_preludes(load):
    found = load(ENTRY, prelude="import enum\n")
    assert list(found) == [CONTROL, "ok-is-off"]
    assert found[CONTROL] == Fault(CONTROL, "", "Nothing is wrong", f"{PRELUDE}import enum\n")
    assert found["ok-is-off"].setup == f"{PRELUDE}import enum\nhttplib27.OK = 201"
    assert found["ok-is-off"].breaks == "constants.status.ok"
    assert found["ok-is-off"].title == "The constant OK is off"


def test_each_row_makes_a_fault(load):
    entry = {
        "id": "$slug-is-off",
        "breaks": "constants.status.$slug",
        "title": "The constant $name is off",
        "setup": "httplib27.$name = $value",
        "each": [{"slug": "ok", "name": "OK", "value": 1}, {"slug": "gone", "name": "GONE", "value": 2}],
    }
    _, ok, gone = load(entry).values()
    assert (ok.id, ok.breaks, ok.title) == ("ok-is-off", "constants.status.ok", "The constant OK is off")
    assert (gone.id, gone.setup) == ("gone-is-off", f"{PRELUDE}httplib27.GONE = 2")


WRONG = {
    "unknown key": ({"fix": "none"}, r"fault\[0\] has no use for the key 'fix'; expected one of 'breaks', "),
    "slug": ({"id": "OK is off"}, r"fault\[0\].id is 'OK is off'; expected "),
    "no slug once filled": (
        {"id": "$name-is-off", "each": [{"name": "OK"}]},
        r"fault\[0\].id: 'OK-is-off' is no ",
    ),
    "full stop": ({"title": "It is off."}, r"fault\[0\].title is 'It is off.'; expected What is wrong"),
    "nothing for a name": ({"setup": "$value"}, r"fault\[0\].setup: \$value stands for nothing in {}"),
    "dollar alone": ({"setup": "100 $ 1"}, r"fault\[0\].setup: Invalid placeholder"),
    "no requirement": (
        {"breaks": "constants.nope"},
        r"fault\[0\].breaks: 'constants.nope' is no requirement",
    ),
    "untestable": ({"breaks": "module.name"}, r"fault\[0\].breaks: 'module.name' is said to be untestable"),
    "syntax": ({"setup": "httplib27.OK ="}, r"fault\[0\].setup: invalid syntax: httplib27.OK ="),
    "each": ({"each": []}, r"fault\[0\].each is \[\]; expected at least 1 item"),
    "control": ({"id": "control"}, r"fault\[0\].id: 'control' is used twice"),
}


@pytest.mark.parametrize(("change", "words"), WRONG.values(), ids=WRONG)
def test_what_is_wrong_with_a_file_is_told_by_file_and_key(load, change, words):
    with pytest.raises(BadData, match=rf"some.toml: {words}"):
        load({**ENTRY, **change})


def test_an_id_is_used_once(load):
    with pytest.raises(BadData, match=r"some.toml: fault\[1\].id: 'ok-is-off' is used twice"):
        load(ENTRY, ENTRY)


def test_every_requirement_that_can_be_tested_has_a_fault():
    broken = {fault.breaks for fault in faults.all_faults().values()}
    assert [each for each in faults.testable_requirements() if each not in broken] == []


# -- caught or not


def test_a_fault_is_caught(use, sweep, tmp_path):
    use(ENTRY)
    ran = sweep("--check", "--json", tmp_path / "faults.json")
    assert ran.exit_code == 0
    assert ran.stdout.startswith("ok-is-off  breaks constants.status.ok\n    caught by ok-is-200\n\n")
    words = r"\nall caught: 1 fault in 1 requirement, by 1 case, in \d+\.\d s\n$"
    assert re.search(words, ran.stdout)
    outcomes = json.loads((tmp_path / "faults.json").read_text("utf-8"))
    check(outcomes, schema_of("httplib_conformance", "faults.schema.json"), "the outcomes")
    (fault,) = outcomes["faults"]
    assert (fault["id"], fault["caught"], fault["beyond"]) == ("ok-is-off", {"ok-is-200": "fail"}, {})
    assert outcomes["problems"] == []


def test_quiet_shows_no_table(use, sweep):
    use(ENTRY)
    ran = sweep("-q")
    assert ran.stdout.startswith("all caught: ")


@pytest.mark.parametrize(("args", "status"), [((), 0), (("--check",), 1)])
def test_a_fault_survives(use, sweep, args, status):
    use({**ENTRY, "setup": "httplib27.OK = 200"})
    ran = sweep(*args)
    assert ran.exit_code == status
    assert ran.stdout.startswith("ok-is-off  breaks constants.status.ok\n    caught by nothing\n\n")
    words = "ok-is-off survives: constants.status.ok is broken, and no case notices: ok-is-200 (pass)\n"
    assert words in ran.stdout
    assert "ok-is-200 catches no fault that breaks what it cites (constants.status.ok)\n" in ran.stdout
    assert "\n1 survivor: 1 fault in 1 requirement, by 0 cases, in " in ran.stdout


def test_a_fault_that_no_case_is_about_survives(use, sweep):
    use({**ENTRY, "breaks": "constants.status.gone"}, needed=())
    ran = sweep("--check")
    assert ran.exit_code == 1
    assert "ok-is-off survives: no case of its level cites constants.status.gone\n" in ran.stdout


def test_a_case_that_cites_something_else_catches_nothing(use, sweep):
    other = {**ENTRY, "id": "created-is-off", "breaks": "constants.status.created"}
    use(other, needed=())
    ran = sweep("--check", "--others", cases=CASES)
    assert ran.exit_code == 1
    assert "created-is-off survives: constants.status.created is broken" in ran.stdout


def test_a_case_of_a_lower_level_catches_nothing(use, sweep):
    use(ENTRY, needed=())
    ran = sweep(
        "--check", cases=OK_CASE.replace('"constants.status.ok")', '"constants.status.ok", "module.all")')
    )
    assert ran.exit_code == 1
    assert "ok-is-off survives: no case of its level cites constants.status.ok\n" in ran.stdout


def test_what_was_observed_can_be_broken_too(use, sweep):
    use({**ENTRY, "breaks": "module.all"}, needed=())
    ran = sweep("--check", cases=OK_CASE.replace("constants.status.ok", "module.all"))
    assert ran.exit_code == 0
    assert "\nall caught: 1 fault in 1 requirement, by 1 case, in " in ran.stdout


def test_an_observed_case_need_not_bite(use, sweep):
    use(ENTRY)
    other = CASES.rpartition("\n\n@case")[0].replace("constants.status.created", "module.all")
    ran = sweep("--check", cases=other)
    assert ran.exit_code == 0
    assert "created-is-201" not in ran.stdout


def test_a_requirement_needs_a_fault(use, sweep):
    use(ENTRY, needed=("constants.status.ok", "constants.status.gone"))
    ran = sweep("--check")
    assert ran.exit_code == 1
    words = "constants.status.gone has neither a fault that breaks it nor a reason why it is untestable\n"
    assert words in ran.stdout


def test_a_case_has_to_bite(use, sweep):
    entry = {
        "id": "$slug-is-off",
        "breaks": "constants.status.$slug",
        "title": "The constant is off",
        "setup": "httplib27.$name = 299",
        "each": [{"slug": name.lower(), "name": name} for name in ("OK", "CREATED", "ACCEPTED")],
    }
    use(entry)
    ran = sweep("--check", cases=CASES)
    assert ran.exit_code == 1
    assert (
        "accepted-is-there catches no fault that breaks what it cites (constants.status.accepted)"
        in ran.stdout
    )
    assert "created-is-201 catches" not in ran.stdout


def test_of_one_fault_nothing_is_said_about_the_rest(use, sweep):
    use(ENTRY, needed=("constants.status.gone",))
    ran = sweep("--check", "--fault", "ok-*", cases=CASES)
    assert ran.exit_code == 0
    assert "\nall caught: 1 fault in 1 requirement, by 1 case, in " in ran.stdout


def test_a_case_that_fails_without_a_fault_is_no_witness(use, sweep):
    use(ENTRY)
    ran = sweep("--check", cases=OK_CASE.replace("== 200", "== 202"))
    assert ran.exit_code == 1
    assert "ok-is-200 does not pass on the reference without any fault (fail)\n" in ran.stdout


def test_a_fault_that_cannot_be_tried_is_not_caught(use, sweep, tmp_path):
    use({**ENTRY, "setup": "httplib27.nope"})
    ran = sweep("--check", "--json", tmp_path / "faults.json")
    assert ran.exit_code == 1
    assert re.search(
        r"^ok-is-off cannot be tried: the setup failed in .*AttributeError", ran.stdout, re.MULTILINE
    )
    (fault,) = json.loads((tmp_path / "faults.json").read_text("utf-8"))["faults"]
    assert fault["problem"].startswith("the setup failed")


def test_what_is_unsupported_catches_nothing(use, sweep):
    use(ENTRY)
    ran = sweep("--check", cases=OK_CASE + "    pytest.skip('no idea')\n")
    assert ran.exit_code == 1
    assert "ok-is-200 does not pass on the reference without any fault (unsupported)" in ran.stdout
    assert "ok-is-off survives" not in ran.stdout


def test_a_crash_catches(use, sweep, tmp_path):
    use({**ENTRY, "setup": "import os\nHTTPConnection.close = lambda self: os.abort()"})
    case = OK_CASE + "    httplib.HTTPConnection('127.0.0.1').close()\n"
    ran = sweep("--check", "--json", tmp_path / "faults.json", cases=case)
    assert ran.exit_code == 0
    (fault,) = json.loads((tmp_path / "faults.json").read_text("utf-8"))["faults"]
    assert fault["caught"] == {"ok-is-200": "crash"}


def test_hanging_costs_little(use, sweep, tmp_path):
    use({**ENTRY, "setup": "import time\nhttplib27.hang = lambda: time.sleep(60)"})
    cases = "".join(
        f"@case('hangs-{number}', 'constants.status.ok')\ndef test_{number}(httplib):\n    httplib.hang()\n\n"
        for number in range(6)
    )
    ran = sweep("--timeout", 0.3, "--fault", "ok-is-off", "--json", tmp_path / "faults.json", cases=cases)
    assert ran.exit_code == 0
    (fault,) = json.loads((tmp_path / "faults.json").read_text("utf-8"))["faults"]
    assert fault["caught"] == {f"hangs-{number}": "timeout" for number in range(3)}


# -- the others


def test_others_tell_what_else_a_fault_breaks(use, sweep, tmp_path):
    both = {**ENTRY, "setup": "httplib27.OK = httplib27.CREATED = 299"}
    use(both, needed=())
    alone = sweep(cases=CASES)
    assert "(also" not in alone.stdout
    together = sweep("--others", "--json", tmp_path / "faults.json", cases=CASES)
    assert "ok-is-200 (also 1 case on other requirements)" in re.sub(r"\s+", " ", together.stdout)
    (fault,) = json.loads((tmp_path / "faults.json").read_text("utf-8"))["faults"]
    assert fault["beyond"] == {"created-is-201": "fail"}


def test_the_table_names_a_few_cases():
    catching = [f"case-{number}" for number in range(6)]
    outcome = Outcome(Fault("f", "constants.status.ok", "t", ""), dict.fromkeys(catching, Verdict.failed))
    judgement = faults.Judgement({"f": catching}, {"f": []}, [])
    table = faults.render_table([outcome, Outcome(Fault(CONTROL, "", "t", ""))], judgement)
    console = Console(width=100, color_system=None, file=io.StringIO())
    console.print(table)
    told = [line.rstrip() for line in console.file.getvalue().splitlines()]
    expected = "    caught by case-0, case-1, case-2, case-3 and 2 more"
    assert told == ["f  breaks constants.status.ok", expected]


# -- usage


def test_an_unknown_fault_is_wrong_usage(command):
    ran = command("faults", "--fault", "nope-*")
    assert (ran.exit_code, ran.stderr) == (2, "Error: no fault has the id 'nope-*'\n")


def test_outcomes_that_cannot_be_written_are_wrong_usage(command, tmp_path):
    ran = command("faults", "--json", tmp_path)
    assert ran.exit_code == 2
    assert "the outcomes cannot be written to" in ran.stderr


def test_outcomes_in_a_file_without_a_name_are_wrong_usage(command):
    ran = command("faults", "--json", "")
    assert (ran.exit_code, "'--json': the name of the file is empty" in ran.stderr) == (2, True)


def test_wrong_usage_costs_no_outcomes(command, tmp_path):
    file = tmp_path / "faults.json"
    file.write_text("old")
    assert command("faults", "--fault", "nope", "--json", file).exit_code == 2
    assert file.read_text() == "old"


def test_outcomes_of_an_earlier_run_are_not_taken_for_this_one(use, sweep, tmp_path):
    file = tmp_path / "faults.json"
    file.write_text("old")
    use(ENTRY)
    cases = OK_CASE + f"    import os\n    os.kill(os.getpid(), {int(signal.SIGINT)})\n"
    assert sweep("--json", file, cases=cases).exit_code == 130
    assert file.read_text() == ""


def test_a_malformed_file_stops_the_run(command, monkeypatch):
    def malformed():
        raise BadData("some.toml: is not TOML")

    monkeypatch.setattr(faults, "all_faults", malformed)
    ran = command("faults")
    assert (ran.exit_code, ran.stderr) == (3, "Error: some.toml: is not TOML\n")


def test_cases_that_cannot_be_collected_stop_the_run(use, sweep):
    use(ENTRY)
    ran = sweep(cases="nope")
    assert ran.exit_code == 3
    assert "cannot be collected" in ran.stderr


def test_ctrl_c_stops_the_run(use, sweep):
    use(ENTRY)
    cases = OK_CASE + f"    import os\n    os.kill(os.getpid(), {int(signal.SIGINT)})\n"
    ran = sweep(cases=cases)
    assert (ran.exit_code, ran.stderr) == (130, "Error: interrupted\n")


def test_ctrl_c_while_processes_run(command, monkeypatch):
    def interrupted(*args):
        raise KeyboardInterrupt

    monkeypatch.setattr(faults, "sweep_in_parallel", interrupted)
    ran = command("faults", "--fault", "http-port-*")
    assert (ran.exit_code, ran.stderr) == (130, "Error: interrupted\n")


# -- in several processes, on the faults and the cases that are shipped


def test_several_processes_give_the_same(command, monkeypatch):
    monkeypatch.setattr(faults, "FAULTS_A_SESSION", 1)
    command.use(Path(runner.__file__).parent / "cases")
    told = []
    for jobs in (1, 2):
        ran = command("faults", "--jobs", jobs, "--fault", "http*-port-*", "--check")
        assert ran.exit_code == 0
        told.append(ran.stdout.rpartition(", in ")[0])
    assert told[0] == told[1]
    assert "https-port-is-80" in told[0]


def test_a_sweep_gives_its_outcomes(load, command, write_cases):
    command.use(write_cases(OK_CASE))
    control, ok = faults.sweep([*load(ENTRY).values()], others=False, seconds=5.0)
    assert (control.catching, ok.catching) == ([], ["ok-is-200"])


def test_a_process_tells_why_it_broke_off():
    known = list(faults.all_faults().values())[1:3]
    with pytest.raises(runner.RunFailed, match=r"the timeout is -1.0; expected more than 0") as caught:
        faults.sweep_in_parallel(known, others=False, seconds=-1.0, jobs=2, tell=pytest.fail)
    assert caught.value.status == 2


def test_only_what_is_documented_or_referenced_needs_a_fault():
    known = faults.catalogue()
    assert all(known[identity].level <= Level.referenced for identity in faults.testable_requirements())
    assert "module.name" not in faults.testable_requirements()
