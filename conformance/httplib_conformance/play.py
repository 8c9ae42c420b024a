"""Plays a transcript: the server's side as a script, the client's as a program, and compares.

A whole transcript is one message to the agent and one answer: on some interpreters a round
trip takes a twentieth of a second.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from httplib_servers import (
    Accept,
    Action,
    AwaitRequest,
    Close,
    Recording,
    ReplayServer,
    Request,
    Reset,
    Send,
    render_log,
)

from httplib_conformance.channels import AgentTimedOut
from httplib_conformance.evidence import Deviates, Deviation, Evidence, Unsupported
from httplib_conformance.protocol import IMPLEMENTATION, Program
from httplib_conformance.segmentation import SEGMENTATIONS
from httplib_conformance.transcripts import (
    PLACEHOLDERS,
    Call,
    Exchange,
    Fields,
    Gives,
    Raises,
    Sent,
    Transcript,
)
from httplib_conformance.values import Native, Text, is_class, shorten

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from httplib_conformance.engine import Engine
    from httplib_conformance.protocol import Observation, Raised


def play(transcript: Transcript, engine: Engine, evidence: Evidence) -> None:
    """Play a transcript in every segmentation.

    Args:
        transcript: The case.
        engine: Where the client's side runs.
        evidence: Where what was seen is put if it is not what it should be.

    Raises:
        Deviates: The implementation deviates.
        Unsupported: The agent cannot play it.
        AgentTimedOut: The case has not ended before its deadline.
        AgentDied: The agent's process ended.
        ProtocolError: The agent broke the protocol.
    """
    played: set[tuple[tuple[int, ...], ...]] = set()
    for name, cut in SEGMENTATIONS.items():
        # What has no reply, or one of a byte, comes out the same whatever way it would be cut.
        cuts = tuple(cut(exchange.reply or b"") for exchange in transcript.exchanges)
        if cuts in played:
            continue
        played.add(cuts)
        evidence.segmentation = name
        deviations = play_once(transcript, cut, engine, evidence).deviations
        if deviations:
            evidence.deviations.extend(deviations)
            raise Deviates(f"{len(deviations)} deviations from {transcript.id}")


@dataclass(frozen=True)
class Played:
    """What came of playing a transcript in one segmentation.

    Attributes:
        observations: What each step of the client's side gave.
        recording: What the server saw.
        deviations: What is not as the transcript has it.
    """

    observations: list[Observation]
    recording: Recording
    deviations: list[Deviation]


def play_once(
    transcript: Transcript, cut: Callable[[bytes], tuple[int, ...]], engine: Engine, evidence: Evidence
) -> Played:
    """Play a transcript in one segmentation.

    Args:
        transcript: The case.
        cut: Where a reply is to be cut.
        engine: Where the client's side runs.
        evidence: Where the wire log is put if something deviates.

    Raises:
        Unsupported: The agent cannot play it.
        AgentTimedOut: The case has not ended before its deadline.
        AgentDied: The agent's process ended.
        ProtocolError: The agent broke the protocol.
    """
    with ReplayServer(script(transcript, cut)) as server:
        address = {"host": server.host, "port": str(server.port), "authority": f"{server.host}:{server.port}"}
        plan = _Plan(transcript, address, server.host, server.port)
        try:
            observations = engine.run(plan.program)
        except AgentTimedOut:
            evidence.wire.append(render_log(server.abort()))
            raise
        except Exception:
            evidence.wire.append(render_log(server.finish(grace=0)))
            raise
        deviations = list(_compare_calls(plan, observations))
        recording = server.finish(grace=0) if deviations else server.finish()
    deviations.extend(_compare_requests(recording, transcript, address))
    if deviations:
        evidence.wire.append(render_log(recording))
    return Played(observations, recording, deviations)


def script(transcript: Transcript, cut: Callable[[bytes], tuple[int, ...]]) -> list[Action]:
    """The server's side of a transcript.

    Args:
        transcript: The case.
        cut: Where a reply is to be cut.
    """
    actions: list[Action] = []
    on = -1
    for exchange in transcript.exchanges:
        if exchange.connects:
            on += 1
            actions.append(Accept())
        if exchange.reply is None:
            continue
        actions.append(AwaitRequest(on=on, body=_unframed_body(exchange)))
        actions.append(Send(exchange.reply, cuts=cut(exchange.reply), on=on))
        if exchange.then == "close":
            actions.append(Close(on=on))
        elif exchange.then == "reset":
            actions.append(Reset(on=on))
    return actions


def _unframed_body(exchange: Exchange) -> int | None:
    """How many bytes of body to await when the request is not expected to frame them itself."""
    framing, body = expected_body(exchange)
    return len(body) if body and not framing else None


def expected_body(exchange: Exchange) -> tuple[set[str], bytes]:
    """The body that a request is expected to have, and the names of the fields by which it frames it."""
    if exchange.wire is not None:
        head, _, body = exchange.wire.partition(b"\r\n\r\n")
        lines = head.decode("latin-1").split("\r\n")[1:]
    elif exchange.sent is not None and exchange.sent.body:
        body = exchange.sent.body
        lines = [*exchange.sent.fields, *(f"{name}:" for name in exchange.sent.once)]
    else:
        return set(), b""
    names = {line.partition(":")[0].lower() for line in lines}
    return names & {"content-length", "transfer-encoding"}, body


@dataclass
class _Plan:
    """The client's side of a transcript as a program, and what each of its steps is about."""

    transcript: Transcript
    address: dict[str, str]
    host: str
    port: int
    program: Program = field(default_factory=Program)
    expected: list[tuple[str, str, Call]] = field(default_factory=list)
    """The id of a step, what it is about, and what is expected of it."""

    def __post_init__(self) -> None:
        program = self.program
        constructor = program.get(IMPLEMENTATION, "HTTPConnection")
        create = Call("HTTPConnection", args=("{host}", self.port), kwargs=self.transcript.connection)
        kwargs = {key: _filled(each, self.address) for key, each in self.transcript.connection}
        connection = program.call(constructor, args=(self.host, self.port), kwargs=kwargs)
        self.expected += [
            (constructor, "the name", Call("HTTPConnection", is_call=False)),
            (connection, "the constructor", create),
        ]
        for number, exchange in enumerate(self.transcript.exchanges, 1):
            where = f"exchange {number}, " if len(self.transcript.exchanges) > 1 else ""
            for call in exchange.calls:
                self._add(connection, call, f"{where}connection")
            if exchange.getresponse is not None:
                response = self._add(connection, exchange.getresponse, f"{where}connection")
                for call in exchange.response:
                    self._add(response, call, f"{where}response")
        program.release()

    def _add(self, of: str, call: Call, where: str) -> str:
        if call.is_call:
            args = tuple(_filled(each, self.address) for each in call.args)
            kwargs = {key: _filled(each, self.address) for key, each in call.kwargs}
            step = self.program.call(of, call.name, args, kwargs)
        else:
            step = self.program.get(of, call.name)
        self.expected.append((step, where, call))
        return step


def _filled(value: Any, address: dict[str, str]) -> Any:
    """A value with the server's address in place of its placeholders."""
    if isinstance(value, Text) or not isinstance(value, str | bytes | list | tuple | dict):
        return value
    if isinstance(value, list | tuple):
        return type(value)(_filled(each, address) for each in value)
    if isinstance(value, dict):
        return {_filled(key, address): _filled(each, address) for key, each in value.items()}
    for name in PLACEHOLDERS:
        if isinstance(value, bytes):
            value = value.replace(b"{%b}" % name.encode(), address[name].encode())
        else:
            value = value.replace(f"{{{name}}}", address[name])
    return value


def _compare_calls(plan: _Plan, observations: list[Observation]) -> Iterator[Deviation]:
    by_step = {observation.id: observation for observation in observations}
    for step, where, call in plan.expected:
        yield from compare_call(call, by_step[step], where)


def _compare_requests(
    recording: Recording, transcript: Transcript, address: dict[str, str]
) -> Iterator[Deviation]:
    requests = iter(recording.requests)
    for number, exchange in enumerate(transcript.exchanges, 1):
        if exchange.reply is None:
            continue
        where = f"request {number}" if len(transcript.exchanges) > 1 else "the request"
        request = next(requests, None)
        if request is not None:
            yield from compare_request(exchange, request, where, address)
    if recording.problem is not None:
        yield Deviation("the conversation", "as the transcript has it", recording.problem)
    for connection, surplus in enumerate(recording.surplus):
        if surplus and recording.problem is None:
            what = f"bytes sent on connection {connection} beyond its requests"
            yield Deviation(what, "none", shorten(surplus))


def compare_call(call: Call, observation: Observation, where: str) -> Iterator[Deviation]:
    """What deviates in the outcome of one call.

    Raises:
        Unsupported: The agent says that it cannot carry it out.
    """
    if observation.unsupported is not None:
        raise Unsupported(observation.unsupported)
    if observation.skipped is not None:
        return  # the step that it needed has deviated already
    what = f"{where}: {call}"
    if isinstance(call.expect, Raises):
        if observation.raised is None or not matches_exception(call.expect, observation.raised):
            yield Deviation(what, str(call.expect), str(observation))
    elif observation.raised is not None:
        expected = "no exception" if call.expect is None else str(call.expect)
        yield Deviation(what, expected, str(observation))
    elif isinstance(call.expect, Fields):
        if _sorted_fields(observation.value) != _sorted_fields(list(call.expect.pairs)):
            yield Deviation(what, f"in any order {call.expect}", str(observation))
    elif isinstance(call.expect, Gives) and not equal(call.expect.value, observation.value):
        yield Deviation(what, _shown(call.expect.value), _shown(observation.value))
    if call.prints is not None and call.prints != observation.printed:
        yield Deviation(f"{what}, what it prints", repr(call.prints), repr(observation.printed))


def equal(expected: Any, observed: Any) -> bool:
    """Whether an observed value is the expected one; `1 == True`, but `"1" != b"1" != 1`."""
    return bool(observed == expected)


def _shown(value: object) -> str:
    """A value with its kind, which its representation would hide."""
    return f"{shorten(str(value))!s} (native)" if isinstance(value, Native) else shorten(value)


def matches_exception(expected: Raises, raised: Raised) -> bool:
    """Whether an exception is one that is expected."""
    return (
        is_class(raised.classes, expected.type)
        and (expected.args is None or list(expected.args) == list(raised.args))
        and all(raised.attributes.get(name, ...) == value for name, value in expected.attributes)
        and (expected.text is None or expected.text == raised.text)
    )


def _sorted_fields(fields: Any) -> list[tuple[str, str]] | None:
    """Field lines for a comparison without regard to order and letter case; None if they are none."""
    if not isinstance(fields, list):
        return None
    pairs = []
    for pair in fields:
        if not isinstance(pair, tuple) or len(pair) != 2 or not all(isinstance(each, str) for each in pair):
            return None
        pairs.append((pair[0].lower(), str(pair[1])))
    return sorted(pairs)


def compare_request(
    exchange: Exchange, request: Request, where: str, address: dict[str, str]
) -> Iterator[Deviation]:
    """What deviates in a request as the server received it."""
    if exchange.wire is not None:
        wire = _filled(exchange.wire, address)
        if request.raw != wire:
            yield Deviation(f"{where}, byte for byte", repr(wire), repr(request.raw))
    elif exchange.sent is not None:
        yield from _compare_sent(exchange.sent, request, where, address)


def _compare_sent(sent: Sent, request: Request, where: str, address: dict[str, str]) -> Iterator[Deviation]:
    line, lines = split_head(request.head.decode("latin-1"))
    if sent.line is not None and line != (wanted := _filled(sent.line, address)):
        yield Deviation(f"{where}, request line", repr(wanted), repr(line))
    all_lines = "; ".join(map(repr, lines)) or "no field at all"
    for field_line in sent.fields:
        wanted = _filled(field_line, address)
        if folded_name(wanted) not in map(folded_name, lines):
            yield Deviation(f"{where}, header section", f"with the field line {wanted!r}", all_lines)
    names = [each.partition(":")[0].lower() for each in lines]
    for name in sent.once:
        if names.count(name.lower()) != 1:
            yield Deviation(f"{where}, header section", f"with {name} once", all_lines)
    for name in sent.absent:
        if name.lower() in names:
            yield Deviation(f"{where}, header section", f"without {name}", all_lines)
    if sent.body is not None and request.body != (body := _filled(sent.body, address)):
        yield Deviation(f"{where}, body", shorten(body), shorten(request.body))


def split_head(head: str) -> tuple[str, list[str]]:
    """The request line, and the field lines, each with its continuation lines."""
    line, *rest = head.removesuffix("\r\n\r\n").split("\r\n")
    lines: list[str] = []
    for each in rest:
        if lines and each[:1] in {" ", "\t"}:
            lines[-1] += f"\r\n{each}"
        else:
            lines.append(each)
    return line, lines


def folded_name(line: str) -> str:
    """A field line with its name in lower case."""
    name, colon, value = line.partition(":")
    return name.lower() + colon + value
