"""An agent in another language, written from the page of the protocol, and a small httplib for it."""

import json
import shlex
import subprocess
from pathlib import Path

import pytest
from httplib_conformance.schemas import check, schema_of

from harness.processes import SECONDS, run_python

FOLDER = Path(__file__).parent / "javascript"
AGENT, MODULE = FOLDER / "agent.mjs", FOLDER / "tiny_httplib.mjs"


@pytest.fixture
def ask(node):
    """Returns a function that sends messages to an agent, and gives its answers."""

    def ask(*messages):
        sent = "".join(json.dumps({"id": number} | each) + "\n" for number, each in enumerate(messages))
        ran = subprocess.run(
            [node, AGENT], input=sent, capture_output=True, encoding="ascii", timeout=SECONDS, check=True
        )
        answers = [json.loads(line) for line in ran.stdout.splitlines()]
        assert [answer["id"] for answer in answers] == list(range(len(messages)))
        schema = schema_of("httplib_conformance", "agent-protocol.schema.json").with_ref("answer")
        for answer in answers:
            check(answer, schema, "the answer")
        return answers

    return ask


START = {"command": "start", "protocol": 1, "module": str(MODULE), "setup": None}


def steps(*steps):
    return {
        "command": "run",
        "steps": [{"id": str(number)} | step for number, step in enumerate(steps, 1)],
    }


def test_its_answers_are_as_the_schema_says(ask):
    values = [
        None,
        True,
        1,
        {"text": "t"},
        {"data": "\xff"},
        {"hexadecimal": "-8000000000000000"},
        {"float": "inf"},
        {"tuple": [{"list": []}]},
    ]
    started, ran, again, stopped = ask(
        START,
        steps(
            {"do": "get", "of": {"ref": "0"}, "name": "BadStatusLine"},
            {"do": "call", "of": {"ref": "1"}, "args": [{"tuple": [*values, {"dict": [[1, 2]]}]}]},
            {"do": "get", "of": {"ref": "2"}, "name": "args"},
            {"do": "get", "of": {"ref": "0"}, "name": "nope"},
            {"do": "get", "of": {"ref": "4"}, "name": "more"},
            {"do": "call", "of": {"ref": "0"}, "name": "HTTPConnection", "args": [{"native": "h"}, 1]},
            {"do": "call", "of": {"ref": "6"}, "name": "set_debuglevel", "args": [1]},
            {"do": "call", "of": {"ref": "6"}, "name": "connect", "kwargs": {"a": 1}},
            {"do": "import", "module": "builtins"},
            {"do": "release"},
        ),
        steps({"do": "get", "of": {"ref": "2"}, "name": "args"}),
        {"command": "stop"},
    )
    assert started["started"]["interpreter"]["name"] == "Node"
    seen = ran["observations"]
    assert seen[0]["value"]["class"] == [
        "httplib.BadStatusLine",
        "httplib.HTTPException",
        "builtins.Exception",
        "builtins.BaseException",
        "builtins.object",
    ]
    assert seen[2]["value"] == {"list": [{"tuple": [*values, {"dict": [[1, 2]]}]}]}
    assert seen[3]["raised"]["class"][0] == "builtins.AttributeError"
    assert seen[4] == {"id": "5", "skipped": "4"}
    assert seen[6] == {"id": "7", "value": None, "printed": "level 1 \u20ac\n"}
    assert seen[7]["raised"]["class"][0] == "builtins.AttributeError"
    assert "unsupported" in seen[8]
    assert again["failed"]["kind"] == "request"
    assert stopped == {"id": 3, "stopped": True}


def test_what_cannot_be_started(ask):
    (other,) = ask(START | {"protocol": 2})
    assert other["failed"]["kind"] == "protocol"
    (missing,) = ask(START | {"module": "/nonesuch.mjs"})
    assert missing["failed"]["kind"] == "import"


VERDICTS = {
    "accept-encoding-is-sent": "pass",
    "body-may-look-like-a-reply": "pass",
    "constant-http-port": "pass",
    "constant-https-port": "fail",
    "strict-by-position": "pass",
    "strict-refuses-a-reply-without-status-line": "unsupported",
    "message-is-made-from-lines": "fail",
    "trailers-are-no-part-of-the-body": "fail",
}


def test_a_run(node, tmp_path):
    file = tmp_path / "results.json"
    agent = shlex.join([node, str(AGENT)])
    chosen = [part for identity in VERDICTS for part in ("--case", identity)]
    given = [str(MODULE), "--agent", agent, "--level", "observed", "--json", str(file)]
    ran = run_python("-m", "httplib_conformance", "run", *given, *chosen)
    found = json.loads(file.read_text("utf-8"))["cases"]
    assert {each["id"]: each["verdict"] for each in found} == VERDICTS, ran.stdout
    assert ran.returncode == 1
    assert f"{MODULE} in Node" in ran.stdout.replace("\n", "")
    messages = {each["id"]: each["evidence"]["message"] for each in found}
    assert messages["constant-https-port"].endswith(" has no name 'HTTPS_PORT'")
    assert messages["strict-refuses-a-reply-without-status-line"].startswith("JavaScript has no arguments by")
