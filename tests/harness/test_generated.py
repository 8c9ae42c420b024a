"""Generated cases: what they notice, how they say it, and how they come to their end."""

import json
import re
from pathlib import Path
from typing import Any

import h11
import pytest
from httplib_conformance import generated, runner
from httplib_conformance.casemark import Case
from httplib_conformance.cases.strategies import answered, replies, scenario
from httplib_conformance.cases.test_generated_requests import as_asked, parsed
from httplib_conformance.catalogue import Level
from httplib_conformance.channels import AgentDied, AgentTimedOut
from httplib_conformance.engine import Engine, Target
from httplib_conformance.evidence import Deviates, Deviation, Evidence, Unsupported
from httplib_conformance.generated import Examples
from httplib_conformance.play import Played, play
from httplib_conformance.schemas import check, schema_of
from httplib_conformance.transcripts import load
from httplib_servers import Recording
from hypothesis import strategies as st

CASES = runner.CASES

# Each is the reference with one fault: a generated case that must notice it, what it says, the fault.
WRONG: dict[str, tuple[str, str, str]] = {
    "takes one segment for all": (
        "generated-cuts",
        r"response: read\(\) +b[\"'].* +raised IncompleteRead",
        """
        def read(self, amount):
            return self.receive(amount)
        httplib27.reader.SocketReader.read = read
        """,
    ),
    "loses zero bytes": (
        "generated-bodies",
        r"response: read\(\) +b[\"'].*\\x00.* +b[\"']",
        """
        original = httplib27.HTTPResponse.read
        httplib27.HTTPResponse.read = lambda self, amt=None: original(self, amt).replace(b"\\0", b"")
        """,
    ),
    "gives more than was asked for": (
        "generated-reads",
        r"response: read\(3\) +at most as many bytes +b[\"'].+",
        """
        original = httplib27.HTTPResponse.read
        httplib27.HTTPResponse.read = lambda self, amt=None: original(self, 4 if amt == 3 else amt)
        """,
    ),
    "loses what was read": (
        "generated-reads",
        r"response: what all reads give +b[\"'].+ +b[\"']",
        """
        original = httplib27.HTTPResponse.read
        httplib27.HTTPResponse.read = lambda self, amt=None: original(self, amt)[amt == 16:]
        """,
    ),
    "gives as little as it likes": (
        "generated-exact-reads",
        r"response: read\(\d+\) +b[\"'].+ +b[\"']",
        """
        original = httplib27.HTTPResponse.read
        httplib27.HTTPResponse.read = lambda self, amt=None: original(self, amt and min(amt, 2))
        """,
    ),
    "minds the case of names": (
        "generated-headers",
        r"response: getheader\(.+\) +['\"].*['\"] +None",
        """
        def getheader(self, name, default=None):
            pairs = [each.partition(":") for each in self.msg.headers]
            return {name: value.strip() for name, _, value in pairs}.get(name)
        httplib27.HTTPResponse.getheader = getheader
        """,
    ),
    "gives a body where there is none": (
        "generated-replies-without-body",
        r"response: read\(\) +b'' +b'x'",
        """
        original = httplib27.HTTPResponse.read
        httplib27.HTTPResponse.read = lambda self, amt=None: original(self, amt) or b"x"
        """,
    ),
    "refuses to continue": (
        "generated-continue",
        r"connection: getresponse\(\) +no exception +raised BadStatusLine",
        """
        def raises(self):
            raise httplib27.BadStatusLine("100")
        httplib27.HTTPResponse._skip_interim_headers = raises
        """,
    ),
    "closes every connection": (
        "generated-keep-alive",
        r"the conversation +as the transcript has it +the client ended its stream on connection 0",
        """
        httplib27.HTTPResponse._wants_to_close = lambda self, msg: True
        """,
    ),
    "loses a header": (
        "generated-requests",
        r"the headers, as h11 reads them +among others \[.*\('x-",
        """
        original = httplib27.HTTPConnection.putheader
        def putheader(self, header, *values):
            if not header.startswith("X-"):
                original(self, header, *values)
        httplib27.HTTPConnection.putheader = putheader
        """,
    ),
    "ends lines in a line feed, and too soon": (
        "generated-requests",
        r"the request, as h11 reads it +a request +illegal",
        """
        original = httplib27.HTTPConnection.putheader
        def putheader(self, header, *values):
            original(self, header + " " * header.startswith("X-"), *values)
        httplib27.HTTPConnection.putheader = putheader
        """,
    ),
    "sends another body": (
        "generated-requests",
        r"the body, as h11 reads it +b[\"'].+ +b[\"']",
        """
        original = httplib27.HTTPConnection.endheaders
        def endheaders(self, message_body=None):
            original(self, message_body and message_body[:-1] + b"?")
        httplib27.HTTPConnection.endheaders = endheaders
        """,
    ),
    "changes the case of the method": (
        "generated-requests",
        r"the request line, as h11 reads it +\['\w+', .+, '1.1'\] +\['\w+', .+, '1.1'\]",
        """
        original = httplib27.HTTPConnection.putrequest
        def putrequest(self, method, *rest, **more):
            original(self, method.lower(), *rest, **more)
        httplib27.HTTPConnection.putrequest = putrequest
        """,
    ),
    "sends headers twice": (
        "generated-steps",
        r"the headers, as h11 reads them +among others \[.*\] +\[.*\('x-",
        """
        original = httplib27.HTTPConnection.putheader
        def putheader(self, header, *values):
            original(self, header, *values)
            if header.startswith("X-"):
                original(self, header, *values)
        httplib27.HTTPConnection.putheader = putheader
        """,
    ),
    "never frames": (
        "generated-steps",
        r"the request, as h11 reads it +a request +",
        """
        original = httplib27.HTTPConnection.putheader
        def putheader(self, header, *values):
            if header == "Content-Length":
                header, values = "Transfer-Encoding", ["unheard-of"]
            original(self, header, *values)
        httplib27.HTTPConnection.putheader = putheader
        """,
    ),
    "takes headers at any time": (
        "generated-calls",
        r"connection: putheader\('X-Name', 'value'\) +raised CannotSendHeader +None",
        """
        original = httplib27.HTTPConnection.putheader
        def putheader(self, header, *values):
            try:
                original(self, header, *values)
            except httplib27.CannotSendHeader:
                pass
        httplib27.HTTPConnection.putheader = putheader
        """,
    ),
    "forgets the request when it refuses a call": (
        "generated-observed-calls",
        r"raised CannotSendHeader|raised CannotSendRequest|no exception",
        """
        original = httplib27.HTTPConnection.getresponse
        def getresponse(self):
            try:
                return original(self)
            except httplib27.ResponseNotReady:
                self.close()
                raise
        httplib27.HTTPConnection.getresponse = getresponse
        """,
    ),
}


def code_of(fault: str) -> str:
    lines = fault.strip("\n").splitlines()
    width = len(lines[0]) - len(lines[0].lstrip())
    return "import httplib27, httplib27.reader\n" + "\n".join(line[width:] for line in lines)


@pytest.fixture
def generated_cases(command):
    """Take the cases of the suite."""
    command.use(CASES)


def result_of(file: Path) -> dict[str, Any]:
    data = json.loads(file.read_text("utf-8"))
    check(data, schema_of("httplib_conformance", "results.schema.json"), "the results")
    (found,) = data["cases"]
    return found


@pytest.mark.usefixtures("generated_cases")
@pytest.mark.parametrize(("case", "words", "fault"), WRONG.values(), ids=WRONG.keys())
def test_what_is_wrong_is_noticed(command, tmp_path, monkeypatch, case, words, fault):
    monkeypatch.setattr(generated, "SECONDS_TO_MAKE_SMALLER", 0.5)
    file = tmp_path / "results.json"
    setup = code_of(fault)
    ran = command("run", "--level", "observed", "--case", case, "--setup", setup, "--json", file)
    assert ran.exit_code == 1
    evidence = result_of(file)["evidence"]
    told = "\n".join(
        f"{each['what']}  {each['expected']}  {each['observed']}" for each in evidence["deviations"]
    )
    assert re.search(words, told), told
    assert re.search(rf"found by example \d+ of {generated.EXAMPLES} \(seed 27\)", evidence["message"])
    assert evidence["wire"]
    assert ran.stdout.count(evidence["reproduction"]) == 1, "ready to be copied"
    # What was handed over is a transcript that the reference passes.
    identity = re.match('id = "(.*)"', evidence["reproduction"])[1]
    assert identity.startswith(f"{case}-")
    saved = tmp_path / f"{identity}.toml"
    saved.write_text(evidence["reproduction"], "utf-8")
    transcript = load(saved)
    engine = Engine(Target())
    try:
        with engine.case():
            play(transcript, engine, Evidence())
    finally:
        engine.close()
    # The one with the fault fails it, unless only another reader of its requests can see that.
    wrong = Engine(Target(setup=setup))
    try:
        with wrong.case(), pytest.raises(Deviates):
            play(transcript, wrong, Evidence())
    finally:
        wrong.close()


@pytest.mark.usefixtures("generated_cases")
def test_a_hang_is_a_timeout(command, tmp_path):
    """It ends with the case's deadline, not with a deadline for each attempt to make it smaller."""
    file = tmp_path / "results.json"
    setup = "import httplib27, time\nhttplib27.HTTPResponse.read = lambda self, amt=None: time.sleep(60)"
    ran = command(
        *("run", "--case", "generated-cuts", "--timeout", "0.5", "--setup", setup, "--json", file),
    )
    assert ran.exit_code == 1
    found = result_of(file)
    assert found["verdict"] == "timeout"
    assert found["evidence"]["message"] == "the case did not end within 0.5 s"
    assert "[[exchange]]" in found["evidence"]["reproduction"]


@pytest.mark.usefixtures("generated_cases")
def test_a_crash_is_told_once(command, tmp_path):
    file = tmp_path / "results.json"
    setup = "import httplib27, os\nhttplib27.HTTPResponse.read = lambda self, amt=None: os._exit(3)"
    ran = command("run", "--case", "generated-bodies", "--setup", setup, "--json", file)
    assert ran.exit_code == 1
    assert result_of(file)["verdict"] == "crash"
    assert ran.stdout.count("[[exchange]]") == 3


@pytest.mark.usefixtures("generated_cases")
@pytest.mark.parametrize(("number", "words"), [(1, "1 example a case"), (50, "50 examples a case")])
def test_how_many(command, number, words):
    ran = command("run", "--case", "generated-cuts", "--examples", number)
    assert ran.exit_code == 0
    assert f"generated       {words}, with the seed 27\n" in ran.stdout


@pytest.mark.parametrize("number", ["0", "1000001"])
def test_how_many_in_plain_pytest(number):
    with pytest.raises(runner.RunFailed, match="no number from 1 to 1000000") as raised:
        runner.collect([f"--httplib-examples={number}"])
    assert raised.value.status == 2


@pytest.mark.usefixtures("generated_cases")
def test_nothing_is_left_in_the_folder_of_the_user(command, tmp_path, monkeypatch):
    folder = tmp_path / "here"
    folder.mkdir()
    monkeypatch.chdir(folder)
    command("run", "--case", "generated-cuts")
    assert list(folder.iterdir()) == []


# -- the engine of it


class FakeEngine:
    """Stands for the engine; the scenarios are played by `fake_play`."""

    def __init__(self) -> None:
        self.allowed: list[float] = []

    def allow(self, seconds: float) -> None:
        self.allowed.append(seconds)


def examples_of(number: int = 5, seconds: float = 10) -> Examples:
    case = Case("generated-x", "A rule of ten", Level.documented, ("response.status",), None, print)
    return Examples(FakeEngine(), Evidence(), case, number, seconds)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("raw", "words"),
    [
        (b"", "the request has no end"),
        (b"PUT / HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\n\r\nhell", "the request has no end"),
        (b"GET / HTTP/1.1\r\n\r\n", "Missing mandatory Host"),
    ],
)
def test_a_request_that_h11_cannot_read(raw, words):
    with pytest.raises(h11.RemoteProtocolError, match=words):
        parsed(raw)


def test_a_request_that_never_came_is_told_once():
    recording = Recording((), (), (), (), (), (), "the client opened no connection")
    assert list(as_asked("GET", "/", [], b"")(Played([], recording, []))) == []


SCENARIOS = replies().map(lambda reply: scenario(answered(reply, ())))


@pytest.fixture
def played(monkeypatch):
    """What was played, and what comes of it: an iterator of deviations or exceptions to raise."""
    transcripts: list[Any] = []

    def use(outcome):
        def play_once(transcript, cut, engine, evidence):
            transcripts.append(transcript)
            came = outcome(len(transcripts), transcript)
            if isinstance(came, BaseException):
                raise came
            return generated_played(came)

        monkeypatch.setattr(generated, "play_once", play_once)
        monkeypatch.setattr(generated, "render_log", str)
        return transcripts

    return use


def generated_played(deviations):
    return Played([], None, deviations)  # type: ignore[arg-type]


SOMETHING = [Deviation("it", "this", "that")]


def test_the_same_examples_in_every_run(played):
    transcripts = played(lambda *_: [])
    examples_of(30).check(SCENARIOS)
    first = transcripts[:]
    transcripts.clear()
    examples_of(30).check(SCENARIOS)
    assert first == transcripts
    assert len(first) == 30


@pytest.mark.parametrize(("number", "seconds"), [(5, 10), (20, 10), (200, 100)])
def test_more_examples_have_more_time(played, number, seconds):
    played(lambda *_: [])
    examples = examples_of(number)
    examples.check(SCENARIOS)
    assert examples.engine.allowed == [seconds]


def test_what_fails_is_made_smaller(played):
    played(lambda _, transcript: SOMETHING if len(transcript.exchanges[0].reply) > 100 else [])
    examples = examples_of(50)
    with pytest.raises(Deviates, match="1 deviation in a generated case"):
        examples.check(SCENARIOS)
    reply = re.search(r"Content-Length: (\d+)", examples.evidence.reproduction, re.IGNORECASE)
    assert examples.evidence.deviations == SOMETHING
    assert len(examples.evidence.reproduction) < 1000, reply


def test_making_it_smaller_comes_to_an_end(played, monkeypatch):
    monkeypatch.setattr(generated, "SECONDS_TO_MAKE_SMALLER", 0.0)
    transcripts = played(lambda *_: SOMETHING)
    examples = examples_of()
    with pytest.raises(Deviates):
        examples.check(SCENARIOS)
    assert len(transcripts) == 1
    assert "then made smaller in 0 steps" in examples.evidence.message


def test_what_does_not_fail_again_is_told_all_the_same(played):
    played(lambda number, _: SOMETHING if number == 3 else [])
    examples = examples_of()
    with pytest.raises(Deviates):
        examples.check(SCENARIOS)
    assert "found by example 3 of 5" in examples.evidence.message


@pytest.mark.parametrize(
    "error", [AgentTimedOut("late"), AgentDied("gone"), Unsupported("no"), KeyError("a fault of the suite")]
)
@pytest.mark.parametrize("at", [1, 3])
def test_what_ends_the_case_is_tried_once(played, error, at):
    transcripts = played(lambda number, _: error if number == at else [])
    examples = examples_of()
    with pytest.raises(type(error)) as raised:
        examples.check(SCENARIOS)
    assert raised.value is error
    assert len(transcripts) == at
    assert examples.evidence.reproduction


def test_what_ends_the_case_while_it_is_made_smaller(played):
    error = AgentTimedOut("late")
    transcripts = played(lambda number, _: error if number == 5 else SOMETHING if number > 2 else [])
    examples = examples_of()
    with pytest.raises(Deviates):
        examples.check(SCENARIOS)
    assert len(transcripts) == 5
    assert examples.evidence.deviations == SOMETHING


def test_where_a_reply_is_cut():
    given = scenario(cuts=(3, 13, 5, 10, 20))
    assert given.cut(b"0123456789") == (3, 5)
    assert given.cut(b"") == ()


def test_a_model_says_what_it_took_down():
    with pytest.raises(NotImplementedError):
        generated.Machine.scenario(None)  # type: ignore[arg-type]


def test_a_sequence_that_was_given_up_is_not_played(played):
    """Hypothesis breaks off sequences, and its reason must get through."""
    from hypothesis import assume
    from hypothesis.stateful import rule

    class GivesUp(generated.Machine):
        @rule(enough=st.booleans())
        def step(self, enough):
            assume(not enough)

        def scenario(self):
            return scenario()

    transcripts = played(lambda *_: [])
    examples_of(10).check_calls(GivesUp)
    assert len(transcripts) < 60
