"""The reference and the original see the same and send the same, whatever a server sends.

`HTTPLIB_EXAMPLES` says how many exchanges are tried, `--hypothesis-seed` where they begin.
"""

from __future__ import annotations

import os
import re
from dataclasses import astuple

import pytest
from calls import Made
from exchanges import Scenario, scenarios
from httplib_conformance.engine import Engine, Target
from httplib_conformance.protocol import IMPLEMENTATION, Observation, Program
from httplib_conformance.values import RemoteObject, canonical_class
from httplib_servers import Accept, Action, Close, Recording, ReplayServer, Send, render_log
from hypothesis import HealthCheck, given, settings
from makers import SOURCE

ORIGINAL = os.environ.get("HTTPLIB_ORIGINAL")
EXAMPLES = int(os.environ.get("HTTPLIB_EXAMPLES", "150"))
SECONDS = 20.0
CONNECTIONS = 8
AT_ONCE = """
import socket

connect = socket.create_connection


def create_connection(*args, **kwargs):
    sock = connect(*args, **kwargs)
    sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    return sock


socket.create_connection = create_connection
"""
"""Has everything sent at once. The server does not wait for the request, so a client may close its side
without having read everything. That resets the connection, and destroys what its system still keeps back."""

pytestmark = pytest.mark.skipif(
    not ORIGINAL, reason="HTTPLIB_ORIGINAL does not name a CPython 2.7 to compare with"
)

# Looked at after each response: what programs rely on besides the document.
ATTRIBUTES = ("status", "reason", "version", "will_close", "length", "chunked")


@pytest.fixture(scope="module")
def original():
    engine = Engine(Target("httplib", python=str(ORIGINAL), setup=AT_ONCE))
    engine.start()
    yield engine
    engine.close()


@pytest.fixture(scope="module")
def reference():
    engine = Engine(Target("httplib27", setup=AT_ONCE))
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
    if not different:
        return
    logs = f"original:\n{render_log(their_recording)}\nreference:\n{render_log(our_recording)}"
    pytest.fail("\n".join([*different, logs]))


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
    told = Told(f"{server.host}:{server.port}")
    seen = [(name, told.of(observations[int(step) - 1])) for step, name in names]
    sent = [told.without_address(received.decode("latin-1")) for received in recording.received]
    return [*seen, ("sent", sent)], recording


def script(scenario: Scenario) -> list[Action]:
    """The server's side: it waits for nothing but connections."""
    actions: list[Action] = []
    for number in range(CONNECTIONS):
        stream = scenario.streams[min(number, len(scenario.streams) - 1)]
        cuts = () if number else scenario.cuts
        actions += [Accept(), Send(stream, on=number, cuts=cuts), Close(on=number)]
    return actions


def client(scenario: Scenario, host: str, port: int) -> tuple[Program, list[tuple[str, str]]]:
    """The client's side, and the steps that are compared, each with its name."""
    program = Program()
    names: list[tuple[str, str]] = []

    def step(name: str, identity: str) -> str:
        names.append((identity, name))
        return identity

    makers = program.define(SOURCE)
    constructor = program.get(IMPLEMENTATION, "HTTPConnection")
    connection = program.call(
        constructor, args=(host, port), kwargs={"strict": scenario.strict, "timeout": 4}
    )
    step("set_debuglevel", program.call(connection, "set_debuglevel", (scenario.debuglevel,)))
    if scenario.tunnel:
        step("set_tunnel", program.call(connection, "set_tunnel", astuple(scenario.tunnel)))

    responses: list[str] = []
    for call in scenario.calls:
        args = tuple(
            RemoteObject(program.call(makers, arg.maker, arg.args), ()) if isinstance(arg, Made) else arg
            for arg in call.args
        )
        if call.on == "connection":
            made = step(f"{call.name}{call.args}", program.call(connection, call.name, args))
        elif len(responses) > (call.on == "before"):
            response = responses[-2 if call.on == "before" else -1]
            step(f"{call.on} {call.name}{call.args}", program.call(response, call.name, args))
            step("length", program.get(response, "length"))
            step("isclosed", program.call(response, "isclosed"))
        if call.name == "getresponse":
            responses.append(made)
            for name in ATTRIBUTES:
                step(name, program.get(made, name))
            step("getheaders", program.call(made, "getheaders"))
            step("msg.headers", program.get(program.get(made, "msg"), "headers"))
    # Nothing is taken that is not the response's: what is left of the stream is the same.
    left = program.call(program.get(connection, "sock"), "makefile", ("rb", 0))
    step("left", program.call(left, "read"))
    program.release()
    return program, names


class Told:
    """What observations come to, apart from what Python 2 and 3 call differently.

    Args:
        address: Host and port of the server, which differ from run to run.
    """

    def __init__(self, address: str) -> None:
        self._address = address

    def without_address(self, text: str) -> str:
        """A text with the server's address left out."""
        return text.replace(self._address, "{authority}")

    def printed(self, text: str) -> str:
        """What was printed, without the names of objects and without Python 2's 'soft space'."""
        return re.sub(r"(?m)^send: <.*>$", "send: <object>", self.without_address(text).lstrip(" "))

    def of(self, observation: Observation) -> object:
        """What a step gave."""
        raised = observation.raised
        printed = self.printed(observation.printed)
        if raised is None:
            return (observation.skipped, plain(observation.value), printed)
        names = [canonical_class(name).rpartition(".")[2] for name in raised.classes]
        # Python 3 has a class for each kind of OSError, and the reference one for a refused tunnel.
        name = "OSError" if "OSError" in names and names[0] != "TimeoutError" else names[0]
        if name in {"TypeError", "AttributeError", "UnicodeDecodeError", "UnicodeEncodeError"}:
            return name, printed  # their words are the interpreter's
        return name, plain(raised.args), printed


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
