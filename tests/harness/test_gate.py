"""The gate: each kind of violation fails it, and the catalogue is shown with its cases."""

import json
import tomllib

import pytest
from httplib_conformance import faults, gate
from httplib_conformance.casemark import Case
from httplib_conformance.catalogue import Level, Requirement
from httplib_conformance.commands import requirements as command_module
from httplib_conformance.disputes import Dispute, Side
from httplib_conformance.evidence import Verdict
from httplib_conformance.faults import CONTROL, Fault
from httplib_conformance.gate import (
    Column,
    Released,
    Suite,
    load_outcomes,
    load_released,
    load_results,
    renewed,
    violations,
)
from httplib_conformance.schemas import BadData

NOTHING = Released("", {}, {}, [], {}, {})


def requirement(identity: str, level: Level = Level.documented, **more: str) -> Requirement:
    return Requirement(identity, level, f"The sentence of {identity}.", "httplib", **more)


def case(identity: str, *covers: str) -> Case:
    return Case(identity, "A title", Level.documented, covers, None, violations)


def breaking(*requirements: str) -> dict[str, Fault]:
    """The control, and a fault for each of the requirements."""
    faults = [
        Fault(f"{identity.replace('.', '-')}-is-off", identity, "It is off", "") for identity in requirements
    ]
    return {each.id: each for each in (Fault(CONTROL, "", "Nothing is wrong", ""), *faults)}


DISPUTE = Dispute(
    "empty-port", "httplib", "InvalidURL", "It says so.", "It does so.", Side.document, "Because."
)


def suite(
    *requirements: Requirement,
    cases: tuple[Case, ...] = (),
    disputes: tuple[Dispute, ...] = (),
    probes: tuple[str, ...] = (),
    faults: dict[str, Fault] | None = None,
) -> Suite:
    return Suite(
        {each.id: each for each in requirements},
        list(cases),
        {each.id: each for each in disputes},
        set(probes),
        breaking(*(each.id for each in requirements)) if faults is None else faults,
    )


GOOD = suite(
    requirement("a.checked"),
    requirement("a.untestable", untestable="Nobody could ever see it."),
    requirement("a.observed", Level.observed),
    cases=(case("one", "a.checked"), case("two", "a.observed")),
    faults=breaking("a.checked"),
    disputes=(DISPUTE,),
    probes=("empty-port",),
)

RELEASED = Released(
    "0.1.0", {"a.checked": "The sentence of a.checked."}, {"one": ["a.checked"]}, ["empty-port"], {}, {}
)


def test_nothing_is_wrong():
    assert list(violations(GOOD, NOTHING)) == []
    assert list(violations(GOOD, RELEASED)) == []


@pytest.mark.parametrize("level", [Level.documented, Level.referenced, Level.observed])
def test_a_requirement_with_neither_a_case_nor_a_reason(level):
    assert list(violations(suite(requirement("a.b", level)), NOTHING)) == [
        f"requirement a.b ({level.name}): has neither a case nor a reason why it is untestable"
    ]


def test_an_untestable_requirement_with_cases():
    given = suite(
        requirement("a.b", untestable="Nobody could ever see it."),
        cases=(case("two", "a.b"), case("one", "a.b")),
    )
    assert list(violations(given, NOTHING)) == [
        "requirement a.b: is said to be untestable, yet checked by one, two"
    ]


@pytest.mark.parametrize("level", [Level.documented, Level.referenced])
def test_a_requirement_that_no_fault_breaks(level):
    given = suite(requirement("a.b", level), cases=(case("one", "a.b"),), faults=breaking())
    assert list(violations(given, NOTHING)) == [f"requirement a.b ({level.name}): no fault breaks it"]


def test_what_was_observed_needs_no_fault():
    given = suite(requirement("a.b", Level.observed), cases=(case("one", "a.b"),), faults=breaking())
    assert list(violations(given, NOTHING)) == []


def test_a_fault_that_survives():
    assert list(violations(GOOD, NOTHING, {"a-checked-is-off": ["one"]})) == []
    assert list(violations(GOOD, NOTHING, {"a-checked-is-off": []})) == [
        "fault a-checked-is-off: survives, for no case notices that it breaks a.checked"
    ]


def test_a_fault_that_was_not_tried():
    assert list(violations(GOOD, NOTHING, {})) == [
        "fault a-checked-is-off: was not tried in the run of the faults that was given"
    ]


def test_a_case_that_cites_an_unknown_requirement():
    given = suite(requirement("a.b"), cases=(case("one", "a.b", "a.c"),))
    assert list(violations(given, NOTHING)) == ["requirement a.c: is not in the catalogue, yet cited by one"]


def test_a_dispute_without_a_probe():
    assert list(violations(suite(disputes=(DISPUTE,)), NOTHING)) == ["dispute empty-port: has no probe"]


GONE = "was there in release 0.1.0, and is gone; if it must go, list it under [retired] with the reason"


def test_ids_that_vanished():
    assert list(violations(suite(), RELEASED)) == [
        f"requirement a.checked: {GONE}",
        f"case one: {GONE}",
        f"dispute empty-port: {GONE}",
    ]


def test_ids_that_were_retired():
    reasons = dict.fromkeys(["a.checked", "one", "empty-port"], "The document does not say so.")
    retiring = Released("0.1.0", RELEASED.requirements, RELEASED.cases, RELEASED.disputes, reasons, {})
    assert list(violations(suite(), retiring)) == []
    assert list(violations(GOOD, retiring)) == [
        "requirement a.checked: is retired (The document does not say so.), yet used again",
        "dispute empty-port: is retired (The document does not say so.), yet used again",
        "case one: is retired (The document does not say so.), yet used again",
    ]


def test_a_requirement_with_another_sentence():
    before = Released("0.1.0", {"a.checked": "Something else."}, {}, [], {}, {})
    (wrong,) = violations(GOOD, before)
    assert wrong == (
        "requirement a.checked: had another sentence in release 0.1.0: 'Something else.', "
        "now 'The sentence of a.checked.'; if it means the same, list it under [reworded] with the reason"
    )
    said = Released("0.1.0", before.requirements, {}, [], {}, {"a.checked": "The same in fewer words."})
    assert list(violations(GOOD, said)) == []


def test_a_case_that_checks_something_else():
    before = Released("0.1.0", {}, {"one": ["a.observed"]}, [], {}, {})
    (wrong,) = violations(GOOD, before)
    assert wrong == (
        "case one: checks nothing of what it checked in release 0.1.0 (a.observed); "
        "if it is the same, list it under [reworded] with the reason"
    )
    said = Released("0.1.0", {}, before.cases, [], {}, {"one": "The requirement was split."})
    assert list(violations(GOOD, said)) == []


def test_a_release_renews_the_list(tmp_path):
    file = tmp_path / "released-ids.toml"
    before = Released(
        "0.1.0", {}, {}, [], {"gone": 'It was "wrong" all the time.'}, {"one": "It is the same."}
    )
    file.write_text(renewed(GOOD, before, "0.2.0"), "utf-8")
    assert load_released(file) == Released(
        version="0.2.0",
        requirements={each.id: each.text for each in GOOD.requirements.values()},
        cases={"one": ["a.checked"], "two": ["a.observed"]},
        disputes=["empty-port"],
        retired=before.retired,
        reworded={},
    )
    assert list(violations(GOOD, load_released(file))) == []


def test_the_list_of_this_release_is_in_order():
    load_released(gate.RELEASED)


# -- the command


@pytest.fixture
def small(command, monkeypatch, tmp_path, write_cases):
    """A catalogue of two requirements, one case, one dispute, and a list of ids; all is well with them."""
    command.use(
        write_cases(
            "from httplib_conformance.casemark import dispute\n"
            '@case("passes", "module.class.http-connection", "response.status")\n'
            'def test_passes():\n    """It passes."""\n'
            '@dispute("empty-port")\ndef test_probe(httplib, shows):\n    """It shows."""\n'
            '    shows(document=True, original=False, saw="it")\n'
        )
    )
    requirements = [
        requirement("module.class.http-connection"),
        requirement("module.name", untestable="Nobody could ever see it."),
        requirement("response.status", Level.observed),
    ]
    monkeypatch.setattr(command_module, "catalogue", lambda: {each.id: each for each in requirements})
    monkeypatch.setattr(command_module, "disputes", lambda: {"empty-port": DISPUTE})
    monkeypatch.setattr(faults, "all_faults", lambda: breaking("module.class.http-connection"))
    file = tmp_path / "released-ids.toml"
    monkeypatch.setattr(gate, "RELEASED", file)
    file.write_text(renewed(suite(), NOTHING, ""), "utf-8")
    return requirements


COUNT = (
    "requirements: 2 documented (1 with cases, 1 untestable), 0 referenced (0 with cases, 0 untestable), "
    "1 observed (1 with cases, 0 untestable); 1 cases; 1 disputes\n"
)


@pytest.mark.usefixtures("small")
def test_check_passes(command):
    ran = command("requirements", "--check")
    assert (ran.exit_code, ran.stdout, ran.stderr) == (0, COUNT, "")


def test_check_fails(command, small):
    small.append(requirement("response.reason"))
    ran = command("requirements", "--check")
    assert ran.exit_code == 1
    assert ran.stdout == (
        "requirement response.reason (documented): has neither a case nor a reason why it is untestable\n"
        "requirement response.reason (documented): no fault breaks it\n"
    )
    assert ran.stderr == "Error: 2 violations\n"


def outcomes(file, caught):
    """A file as `faults --json` writes it."""
    fault = {
        "id": "module-class-http-connection-is-off",
        "breaks": "module.class.http-connection",
        "title": "It is off",
        "caught": caught,
        "beyond": {},
        "problem": "",
    }
    file.write_text(json.dumps({"schema": faults.SCHEMA, "faults": [fault], "problems": []}), "utf-8")
    return file


@pytest.mark.usefixtures("small")
def test_check_passes_if_each_fault_was_caught(command, tmp_path):
    file = outcomes(tmp_path / "faults.json", {"passes": "fail"})
    assert load_outcomes(file) == {"module-class-http-connection-is-off": ["passes"]}
    assert command("requirements", "--check", "--faults", file).exit_code == 0


@pytest.mark.usefixtures("small")
def test_check_fails_if_a_fault_survived(command, tmp_path):
    ran = command("requirements", "--check", "--faults", outcomes(tmp_path / "faults.json", {}))
    assert ran.exit_code == 1
    assert ran.stdout == (
        "fault module-class-http-connection-is-off: survives, "
        "for no case notices that it breaks module.class.http-connection\n"
    )


@pytest.mark.usefixtures("small")
def test_outcomes_that_are_none(command, tmp_path):
    file = tmp_path / "faults.json"
    file.write_text("{}", "utf-8")
    ran = command("requirements", "--check", "--faults", file)
    assert (ran.exit_code, "faults.json: the file lacks the key 'schema'" in ran.stderr) == (2, True)


@pytest.mark.usefixtures("small")
def test_a_fault_that_breaks_an_unknown_requirement(command, monkeypatch):
    def malformed():
        raise BadData("some.toml: fault[0].breaks: 'no.such' is no requirement in the catalogue")

    monkeypatch.setattr(faults, "all_faults", malformed)
    ran = command("requirements", "--check")
    assert (ran.exit_code, "'no.such' is no requirement" in ran.stderr) == (1, True)


@pytest.mark.usefixtures("small")
@pytest.mark.parametrize(("options", "status"), [(("--check",), 1), ((), 3)])
def test_a_case_that_cannot_be_collected(command, write_cases, options, status):
    write_cases('@case("other", "no.such")\ndef test_other():\n    """It does."""\n', "test_other.py")
    ran = command("requirements", *options)
    assert ran.exit_code == status
    assert "the case 'other' covers 'no.such': no such requirement in the catalogue" in ran.stderr


@pytest.mark.usefixtures("small")
def test_a_list_of_ids_that_is_malformed(command):
    gate.RELEASED.write_text("version = 1", "utf-8")
    ran = command("requirements", "--check")
    assert ran.exit_code == 1
    assert "released-ids.toml: " in ran.stderr


def test_renew(command, small):
    ran = command("requirements", "--renew", "0.1.0")
    assert ran.exit_code == 0
    assert ran.stdout.startswith(f"{gate.RELEASED}: the ids of 0.1.0\n")
    data = tomllib.loads(gate.RELEASED.read_text("utf-8"))
    assert data["version"] == "0.1.0"
    assert data["cases"] == {"passes": ["module.class.http-connection", "response.status"]}
    assert command("requirements", "--check").exit_code == 0
    gone = small.pop(1)
    ran = command("requirements", "--renew", "0.2.0")
    assert ran.exit_code == 1
    assert f"requirement {gone.id}: was there in release 0.1.0, and is gone" in ran.stdout
    assert tomllib.loads(gate.RELEASED.read_text("utf-8"))["version"] == "0.1.0"


def test_renew_where_it_cannot_be_written(command, small, monkeypatch, tmp_path):
    folder = tmp_path / "folder"
    folder.mkdir()
    monkeypatch.setattr(gate, "load_released", lambda _: NOTHING)
    monkeypatch.setattr(gate, "RELEASED", folder)
    ran = command("requirements", "--renew", "0.1.0")
    assert ran.exit_code == 2
    assert f"Error: '{folder}' cannot be written: Is a directory\n" in ran.stderr


@pytest.mark.usefixtures("small")
@pytest.mark.parametrize(
    ("args", "words"),
    [
        (("--renew", ""), "'' is no version; expected numbers joined by dots, such as 0.2.0"),
        (("--renew", "1"), "'1' is no version"),
        (("--renew", "0.1\n"), "is no version"),
        (("--renew", "0.2.0", "results.json"), "neither --check nor --renew has a use for RESULTS"),
        (("--check", "results.json"), "neither --check nor --renew has a use for RESULTS"),
        (("--json", ""), "'--json': the name of the file is empty"),
        (("--faults", ""), "'--faults': the name of the file is empty"),
        (("",), "'[RESULTS]...': the name of the file is empty"),
        (("--faults", "faults.json"), "--faults is of no use without --check or --renew"),
    ],
)
def test_what_makes_no_sense_is_wrong_usage(command, args, words):
    before = gate.RELEASED.read_text("utf-8")
    ran = command("requirements", *args)
    assert (ran.exit_code, ran.stdout) == (2, "")
    assert words in ran.stderr
    assert gate.RELEASED.read_text("utf-8") == before


@pytest.mark.usefixtures("small")
def test_where_it_cannot_be_written_the_name_is_told(command):
    ran = command("requirements", "--check", "--json", "/dev/full")
    assert ran.exit_code == 2
    assert ran.stderr == "Error: '/dev/full' cannot be written: No space left on device\n"


@pytest.mark.usefixtures("small")
def test_show(command):
    ran = command("requirements")
    assert ran.exit_code == 0
    assert ran.stdout == (
        "httplib: module\n"
        "module.class.http-connection (documented)\n"
        "  The sentence of module.class.http-connection.\n"
        "  passes\n"
        "module.name (documented)\n"
        "  The sentence of module.name.\n"
        "  untestable: Nobody could ever see it.\n"
        "\n"
        "httplib: response\n"
        "response.status (observed)\n"
        "  The sentence of response.status.\n"
        "  passes\n"
        "\n"
        "disputed: which side an implementation takes\n"
        "empty-port\n"
        "  the document: It says so.\n"
        "  the original: It does so.\n"
        "  the reference: as the document. Because.\n" + COUNT
    )
    assert "response.status" not in command("requirements", "--level", "documented").stdout


@pytest.mark.usefixtures("small")
def test_ids_are_never_cut(command, monkeypatch):
    monkeypatch.setattr("httplib_conformance.report.PLAIN_WIDTH", 20)
    told = command("requirements").stdout
    assert "module.class.http-co\nnnection\n" in told
    assert "\N{HORIZONTAL ELLIPSIS}" not in told


@pytest.mark.usefixtures("small")
def test_show_with_results(command, tmp_path):
    one, two = tmp_path / "one.json", tmp_path / "two.json"
    assert command("run", "--json", one).exit_code == 0
    data = json.loads(one.read_text("utf-8"))
    data["cases"][0]["verdict"] = "fail"
    data["disputes"] = []
    data["target"]["module"] = "other"
    two.write_text(json.dumps(data), "utf-8")
    ran = command("requirements", one, two)
    assert ran.stdout.startswith("[1]  httplib27 in CPython ")
    assert "\n[2]  other in CPython " in ran.stdout
    lines = [line.split() for line in ran.stdout.splitlines()]
    assert ["module.class.http-connection", "(documented)", "1/1", "0/1"] in lines
    assert ["module.name", "(documented)", "-", "-"] in lines
    assert ["empty-port", "document", "-"] in lines


@pytest.fixture
def results_with(command, small, tmp_path):
    """Returns a function that writes results, after something has been done to them."""

    def write(change):
        file = tmp_path / "results.json"
        assert command("run", "--json", file).exit_code == 0
        data = json.loads(file.read_text("utf-8"))
        change(data)
        file.write_text(json.dumps(data), "utf-8")
        return file

    return write


@pytest.mark.parametrize(("key", "identity"), [("cases", "passes"), ("disputes", "empty-port")])
def test_results_with_two_for_the_same_id(command, results_with, key, identity):
    file = results_with(lambda data: data[key].append(data[key][0]))
    ran = command("requirements", file)
    assert ran.exit_code == 2
    words = f"{key}: the id '{identity}' is there twice; expected one result for each"
    assert ran.stderr == f"Error: {file}: {words}\n"


@pytest.mark.parametrize(("more", "words"), [(0, "other"), (12, "c-0, c-1, c-10, c-11, c-2, c-3, ")])
def test_results_with_ids_that_are_unknown(command, results_with, more, words):
    def change(data):
        data["disputes"][0]["id"] = "other"
        data["cases"] += [{**data["cases"][0], "id": f"c-{number}"} for number in range(more)]

    file = results_with(change)
    ran = command("requirements", file)
    assert ran.exit_code == 0
    assert ran.stderr.startswith(f"{file}: there are no cases or disputes called {words}")
    assert (" and others: it is of another version, or live\n" in ran.stderr) == bool(more)


def test_the_names_in_results_are_not_for_the_terminal_to_obey(command, results_with):
    def change(data):
        data["target"]["module"] = data["cases"][0]["id"] = "\x1b[31mred"

    ran = command("requirements", results_with(change))
    assert ran.stdout.startswith("[1]  \\x1b[31mred in CPython ")
    assert "called \\x1b[31mred: it is" in ran.stderr
    assert "\x1b" not in ran.stdout + ran.stderr


@pytest.mark.usefixtures("small")
def test_as_json(command, tmp_path):
    results, file = tmp_path / "results.json", tmp_path / "requirements.json"
    command("run", "--json", results)
    assert command("requirements", results, "--json", file, "--level", "documented").exit_code == 0
    data = json.loads(file.read_text("utf-8"))
    assert data["schema"] == "httplib-conformance/requirements/1"
    first, second = data["requirements"]
    assert (first["id"], first["level"], first["cases"]) == (
        "module.class.http-connection",
        "documented",
        ["passes"],
    )
    assert (first["verdicts"], second["verdicts"]) == ([{"passes": "pass"}], [{}])
    assert second["untestable"] == "Nobody could ever see it."
    assert [each["sides"] for each in data["disputes"]] == [["document"]]
    ran = command("requirements", "--json", tmp_path)
    assert (ran.exit_code, "cannot be written" in ran.stderr) == (2, True)


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (None, "cannot be read"),
        ("{", "is not JSON"),
        ("{}", "the file lacks the key 'schema'"),
        ("[" * 100000, "is nested too deeply to be read"),
        ("1" * 5000, "has a number of too many digits to be read"),
        (b"\xff\xfe\x00", "is not JSON"),
    ],
)
def test_results_that_are_none(command, tmp_path, content, words):
    file = tmp_path / "results.json"
    if content is not None:
        file.write_bytes(content if isinstance(content, bytes) else content.encode())
    ran = command("requirements", file)
    assert ran.exit_code == 2
    assert f"results.json: {words}" in ran.stderr
    with pytest.raises(BadData, match=words):
        load_results(file)


def test_a_column_tells_of_the_cases_that_ran():
    column = Column("m", {"one": Verdict.passed, "two": Verdict.crash}, {})
    assert column.of(["two", "three"]) == {"two": Verdict.crash}
