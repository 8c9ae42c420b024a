"""The reference and the original see the same and send the same, whatever a server sends.

`HTTPLIB_EXAMPLES` says how many exchanges are tried, `--hypothesis-seed` where they begin.
"""

from __future__ import annotations

import os

import pytest
from exchanges import Scenario, scenarios
from httplib_conformance.engine import Engine, Target
from httplib_conformance.protocol import IMPLEMENTATION, Observation, Program
from httplib_conformance.values import RemoteObject, canonical_class
from httplib_servers import Accept, Action, AwaitRequest, Close, Recording, ReplayServer, Send, render_log
from hypothesis import HealthCheck, given, settings

ORIGINAL = os.environ.get("HTTPLIB_ORIGINAL")
EXAMPLES = int(os.environ.get("HTTPLIB_EXAMPLES", "300"))
SECONDS = 5.0

pytestmark = pytest.mark.skipif(
    not ORIGINAL, reason="HTTPLIB_ORIGINAL does not name a CPython 2.7 to compare with"
)

# Looked at after each response: what programs rely on besides the document.
ATTRIBUTES = ("status", "reason", "version", "will_close", "length", "chunked")


@pytest.fixture(scope="module")
def original():
    engine = Engine(Target("httplib", python=str(ORIGINAL)))
    engine.start()
    yield engine
    engine.close()


@pytest.fixture(scope="module")
def reference():
    engine = Engine(Target("httplib27"))
    engine.start()
    yield engine
    engine.close()


@settings(
    max_examples=EXAMPLES,
    deadline=None,
    database=None,
    # The few that run with the other tests are the same each time; a search begins where its seed says.
    derandomize="HTTPLIB_EXAMPLES" not in os.environ,
    print_blob=False,
    suppress_health_check=list(HealthCheck),
)
@given(scenario=scenarios())
def test_reference_agrees_with_the_original(scenario, original, reference):
    """The same exchange gives the same observations and the same bytes on the wire."""
    if play(scenario, original)[0] == play(scenario, reference)[0]:
        return
    theirs, their_recording = play(scenario, original, patient=True)
    ours, our_recording = play(scenario, reference, patient=True)
    different = [
        f"{name}\n    original  {their}\n    reference {our}"
        for (name, their), (_, our) in zip(theirs, ours, strict=True)
        if their != our
    ]
    logs = f"original:\n{render_log(their_recording)}\nreference:\n{render_log(our_recording)}"
    assert not different, "\n".join([*different, logs])


def play(
    scenario: Scenario, engine: Engine, patient: bool = False
) -> tuple[list[tuple[str, object]], Recording]:
    """All that can be seen of an exchange, in a form in which both implementations give the same.

    Args:
        scenario: The exchange.
        engine: Where the client's side runs.
        patient: Whether to wait for what the kernel may still be handing over when the client is done.
    """
    with ReplayServer(script(scenario)) as server:
        program, names = client(scenario, server.host, server.port)
        with engine.case(SECONDS):
            observations = engine.run(program)
        recording = server.finish() if patient else server.abort()
    seen = [(name, told(observation)) for name, observation in zip(names, observations[:-1], strict=True)]
    address = f"{server.host}:{server.port}".encode()
    sent = [received.replace(address, b"{authority}") for received in recording.received]
    if any(
        isinstance(arg, dict) and len(arg) > 1
        for each in scenario.requests
        for _, args in each.calls
        for arg in args
    ):
        # Python 2 gives the fields of a mapping in an order of its own.
        sent = [b"\n".join(sorted(received.split(b"\n"))) for received in sent]
    return [*seen, ("sent", sent)], recording


def script(scenario: Scenario) -> list[Action]:
    """The server's side: it never waits for more than a header section."""
    return [
        Accept(),
        AwaitRequest(body=0),
        Send(scenario.first, cuts=scenario.cuts),
        Close(),
        Accept(),
        AwaitRequest(on=1, body=0),
        Send(scenario.second, on=1),
        Close(on=1),
    ]


def client(scenario: Scenario, host: str, port: int) -> tuple[Program, list[str]]:
    """The client's side, and what each of its steps is."""
    program = Program()
    names = []

    def step(name, identity):
        names.append(name)
        return identity

    constructor = step("HTTPConnection", program.get(IMPLEMENTATION, "HTTPConnection"))
    connection = step(
        "connection",
        program.call(constructor, args=(host, port), kwargs={"strict": scenario.strict, "timeout": 4}),
    )
    for request in scenario.requests:
        for name, args in request.calls:
            step(f"{name}{args}", program.call(connection, name, args))
        response = step("getresponse", program.call(connection, "getresponse"))
        for name in ATTRIBUTES:
            step(name, program.get(response, name))
        step("getheaders", program.call(response, "getheaders"))
        message = step("msg", program.get(response, "msg"))
        step("msg.headers", program.get(message, "headers"))
        for amt in request.reads:
            step(f"read({amt})", program.call(response, "read", () if amt is None else (amt,)))
            step("length", program.get(response, "length"))
            step("isclosed", program.call(response, "isclosed"))
    program.release()
    return program, names


def told(observation: Observation) -> object:
    """What an observation comes to, apart from what Python 2 and 3 call differently."""
    raised = observation.raised
    if raised is None:
        return (observation.skipped, plain(observation.value), observation.printed)
    name = canonical_class(raised.classes[0]).rpartition(".")[2]
    if name in {"TypeError", "AttributeError", "UnicodeDecodeError", "UnicodeEncodeError"}:
        return name  # their words are the interpreter's
    return name, plain(raised.args), observation.printed


def plain(value: object) -> object:
    """A value without the difference of text and data, and with the order of mappings undone."""
    if isinstance(value, bytes):
        return value.decode("latin-1")
    if isinstance(value, str):
        return str(value)
    if isinstance(value, tuple | list):
        items = [plain(each) for each in value]
        if items and all(isinstance(each, tuple) and len(each) == 2 for each in value):
            return sorted(items, key=repr)
        return items
    if isinstance(value, RemoteObject):
        return "class" if value.classes else value.type[0].rpartition(".")[2]
    return value
