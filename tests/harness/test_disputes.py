"""The register of disputes, its probes, and how a run shows them."""

import json
import re
from pathlib import Path

import pytest
from httplib_conformance import runner
from httplib_conformance.cases.test_disputes import outcome
from httplib_conformance.disputes import Probe, Shown, Side, disputes, load
from httplib_conformance.schemas import BadData, check, schema_of

from .conftest import find_interpreter

CASES = runner.CASES

REGISTER = """
[[dispute]]
id = "empty-port"
heading = "httplib"
source = "InvalidURL"
document = "An empty port raises InvalidURL."
original = "An empty port is the default one."
reference = "document"
why = "The sentence leaves no room."
"""

PROBES = """
from httplib_conformance.casemark import dispute

@case("passes", "constants.status.ok")
def test_passes(httplib):
    \"\"\"It passes.\"\"\"

@dispute("empty-port")
def test_probe(httplib, shows):
    {}
"""


def test_the_register_is_in_order():
    assert len(disputes()) >= 20
    for identity, each in disputes().items():
        assert each.id == identity
        assert each.reference in {Side.document, Side.original}


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (("", REGISTER), "the id 'empty-port' is there twice"),
        (('reference = "document"', 'reference = "neither"'), r"expected one of 'document', 'original'"),
        (("why", "because"), "'because'"),
        (('id = "empty-port"', 'id = "Empty port"'), "joined by hyphens"),
    ],
)
def test_a_register_that_is_wrong(tmp_path, change, words):
    file = tmp_path / "disputes.toml"
    file.write_text(REGISTER.replace(*change, 1), "utf-8")
    with pytest.raises(BadData, match=words):
        load(file)


@pytest.mark.parametrize("side", Side)
def test_what_a_probe_shows(side):
    probe = Probe()
    probe(document=side in {Side.document, Side.both}, original=side in {Side.original, Side.both}, saw="it")
    shown = probe.shown("empty-port", "nothing")
    assert (shown.side, shown.saw) == (side, "it")
    assert Shown.from_json(json.loads(json.dumps(shown.as_json()))) == shown


def test_a_probe_that_came_to_no_finding():
    assert Probe().shown("empty-port", "nothing") == Shown("empty-port", Side.neither, "nothing")


def results_of(file: Path):
    data = json.loads(file.read_text("utf-8"))
    check(data, schema_of("httplib_conformance", "results.schema.json"), "the results")
    return data


@pytest.mark.parametrize(
    "name", ["the reference", pytest.param("CPython 2.7", id="the original"), "two at a time"]
)
def test_which_side_they_take(command, tmp_path, write_cases, name):
    """The reference does what the register says of it, and the original what the document does not."""
    command.use(write_cases(PROBES.format("pass").partition("@dispute")[0]))
    for file in CASES.glob("test_disputes*.py"):
        (tmp_path / "cases" / file.name).write_bytes(file.read_bytes())
    options: list[object] = []
    if name == "CPython 2.7":
        python = find_interpreter(name)
        if python is None:
            pytest.skip("there is no CPython 2.7")
        options = ["--python", python, "httplib"]
    elif name == "two at a time":
        options = ["--jobs", 2]
    file = tmp_path / "results.json"
    ran = command("run", *options, "--json", file)
    assert ran.exit_code == 0, ran.output
    shown = {each["id"]: each for each in results_of(file)["disputes"]}
    assert shown.keys() == disputes().keys(), "each dispute has one probe"
    for identity, each in disputes().items():
        wanted = Side.original if name == "CPython 2.7" else each.reference
        assert shown[identity]["side"] == wanted, shown[identity]
        assert re.search(rf"^{identity} +the {wanted} ", ran.stdout, re.MULTILINE)


@pytest.mark.parametrize(
    ("body", "seen"),
    [
        ("shows(document=True, original=False, saw='1')", ("document", "1")),
        ("shows(document=True, original=False, saw='1'); assert 0", ("document", "1")),
        ("assert 1 == 2", ("neither", "no finding (fail); assert 1 == 2: 1")),
        ("httplib.nope", ("neither", "no finding (fail); the module 'httplib27' has no name 'nope'")),
        ("raise KeyError", ("neither", None)),
    ],
)
def test_a_probe_never_fails_a_run(command, tmp_path, write_cases, body, seen):
    command.use(write_cases(PROBES.format(body)))
    file = tmp_path / "results.json"
    ran = command("run", "--json", file, suite_fault=True)
    assert ran.exit_code == 0
    (shown,) = results_of(file)["disputes"]
    assert shown["side"] == seen[0]
    assert seen[1] in {shown["saw"], None}
    assert results_of(file)["summary"]["cases"] == 1


def test_disputes_are_no_cases(command, write_cases):
    command.use(write_cases(PROBES.format("pass")))
    assert "empty-port" not in command("list").stdout
    assert "disputed" not in command("run", "--case", "passes").stdout
    assert "disputed" not in command("run", "-q").stdout
    ran = command("run", "--case", "empty-port")
    assert (ran.exit_code, "no case has the id 'empty-port'" in ran.stderr) == (2, True)


def test_a_probe_of_an_unknown_dispute(command, write_cases):
    command.use(write_cases(PROBES.format("pass").replace('"empty-port"', '"nope"')))
    ran = command("run")
    assert ran.exit_code == 3
    assert "'nope': no such dispute in the register" in ran.stderr


REFUSES = """
import httplib27

original = httplib27.HTTPConnection.request

def request(self, *args):
    if args[1] == "/second":
        raise httplib27.CannotSendRequest
    original(self, *args)

httplib27.HTTPConnection.request = request
"""


def test_an_implementation_on_the_other_side(command, tmp_path):
    command.use(CASES / "test_disputes.py")
    file = tmp_path / "results.json"
    command("run", "--setup", REFUSES, "--json", file)
    (shown,) = [
        each for each in results_of(file)["disputes"] if each["id"] == "request-while-a-response-is-unread"
    ]
    assert (shown["side"], shown["saw"]) == ("document", "raised CannotSendRequest()")


def test_a_fault_of_a_probe_is_not_taken_for_a_finding():
    with pytest.raises(ZeroDivisionError):
        outcome(lambda: 1 / 0)
