"""The messages that runner and agent exchange, and the checks of what an agent answers.

One JSON object a line, in ASCII; docs/agent-protocol.md describes it and
agent-protocol.schema.json is the same as a schema.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from httplib_conformance.values import JSON, MalformedValue, decode, encode, shorten

if TYPE_CHECKING:
    from collections.abc import Iterator

VERSION = 1
IMPLEMENTATION = "0"
"""The id of the object that is there before any step: the implementation's module."""


class ProtocolError(Exception):
    """The agent broke the protocol: nothing that it says can be relied on."""


@dataclass(frozen=True)
class Raised:
    """An exception that a step raised.

    Attributes:
        classes: The dotted names of its class and of all bases, in the order of method resolution.
        args: Its arguments.
        attributes: Its public attributes.
        text: What `str()` makes of it.
    """

    classes: tuple[str, ...]
    args: tuple[Any, ...]
    attributes: dict[str, Any]
    text: str

    def __str__(self) -> str:
        return f"{self.classes[0].rpartition('.')[2]}({', '.join(shorten(each) for each in self.args)})"


@dataclass(frozen=True)
class Observation:
    """What a step gave: a value, or an exception, or neither.

    Attributes:
        id: The id of the step.
        value: What it gave; meaningful if the three that follow are None.
        raised: The exception that it raised.
        skipped: The id of the step whose exception kept this one from being carried out.
        unsupported: Why this agent cannot carry it out at all.
        printed: What was printed meanwhile.
    """

    id: str
    value: Any = None
    raised: Raised | None = None
    skipped: str | None = None
    unsupported: str | None = None
    printed: str = ""

    def __str__(self) -> str:
        if self.raised is not None:
            return f"raised {self.raised}"
        if self.skipped is not None:
            return "not carried out: an earlier step failed"
        if self.unsupported is not None:
            return f"unsupported: {self.unsupported}"
        return shorten(self.value)


@dataclass(frozen=True)
class Implementation:
    """What runs, as the agent says.

    Attributes:
        module: The name of the module that is being checked.
        file: Where it was found, None if it does not say.
        version: Its version, None if it does not say.
        interpreter: The interpreter's name and version, such as `CPython 2.7.18`.
        executable: The path of the interpreter.
        platform: The platform, as `sys.platform` has it.
        agent: The agent's name.
    """

    module: str
    file: str | None
    version: str | None
    interpreter: str
    executable: str | None
    platform: str
    agent: str


@dataclass
class Program:
    """A list of steps, in the order in which they are to be carried out.

    Each method adds a step and gives its id, by which later steps refer to what it gave.
    """

    steps: list[dict[str, JSON]] = field(default_factory=list)
    first: int = 1

    def _add(self, do: str, **parts: JSON) -> str:
        identity = str(self.first + len(self.steps))
        self.steps.append({"id": identity, "do": do, **parts})
        return identity

    def import_(self, module: str) -> str:
        """Import a module of the interpreter."""
        return self._add("import", module=module)

    def get(self, of: str, name: str) -> str:
        """Get an attribute."""
        return self._add("get", of={"ref": of}, name=name)

    def set(self, of: str, name: str, value: object) -> str:
        """Set an attribute."""
        return self._add("set", of={"ref": of}, name=name, value=encode(value))

    def call(
        self,
        of: str,
        name: str | None = None,
        args: tuple[object, ...] = (),
        kwargs: dict[str, object] | None = None,
    ) -> str:
        """Call an object, or its method if a name is given."""
        parts: dict[str, JSON] = {} if name is None else {"name": name}
        parts["args"] = [encode(each) for each in args]
        if kwargs:
            parts["kwargs"] = {key: encode(value) for key, value in kwargs.items()}
        return self._add("call", of={"ref": of}, **parts)

    def iterate(self, of: str, most: int) -> str:
        """Take items from an iterable, so many at most."""
        return self._add("iterate", of={"ref": of}, most=most)

    def describe(self, of: str) -> str:
        """Say what an object is."""
        return self._add("describe", of={"ref": of})

    def define(self, source: str) -> str:
        """Run Python source and keep what it defines."""
        return self._add("define", source=source)

    def release(self) -> str:
        """Forget all objects and close what is still open: the case is over."""
        return self._add("release")


def message(identity: int, command: str, **parts: JSON) -> bytes:
    """One message to an agent, as a line of bytes."""
    return json.dumps({"id": identity, "command": command, **parts}).encode("ascii") + b"\n"


def is_number(value: JSON, number: int) -> bool:
    """Whether a value is this number; to Python, true is 1 as well."""
    return type(value) is int and value == number


def read_answer(line: bytes, identity: int) -> dict[str, JSON]:
    """What an agent answered, checked to be the answer to the message with this id.

    Raises:
        ProtocolError: It is no answer, or one to another message.
    """
    try:
        answer = json.loads(line.decode("ascii"))
    except (ValueError, RecursionError) as error:
        raise ProtocolError(
            f"the agent answered {shorten(line)}, which is not a line of ASCII-only JSON"
        ) from error
    if not isinstance(answer, dict):
        raise ProtocolError(f"the agent answered {shorten(line)}, which is not a JSON object")
    if not is_number(answer.get("id"), identity):
        raise ProtocolError(
            f"the agent answered out of turn: message {identity} was sent, "
            f"and the 'id' of the answer is {_found(answer, 'id')}"
        )
    return answer


def _found(where: dict[str, JSON], name: str) -> str:
    """What stands in a part of an answer by that name, for a message that says that it is wrong."""
    if name not in where:
        return "missing"
    return "null" if where[name] is None else shorten(where[name])


def read_failure(answer: dict[str, JSON]) -> tuple[str, str] | None:
    """The kind and the message of the failure that an answer tells of, None if it tells of none."""
    failed = answer.get("failed")
    if failed is None:
        return None
    if not isinstance(failed, dict) or not all(
        isinstance(failed.get(key), str) for key in ("kind", "message")
    ):
        raise ProtocolError(f"'failed' needs 'kind' and 'message', both strings; got {shorten(failed)}")
    return failed["kind"], failed["message"]


def read_started(answer: dict[str, JSON]) -> Implementation:
    """What the agent says of itself and of the implementation at the handshake."""
    started = answer.get("started")
    interpreter = started.get("interpreter") if isinstance(started, dict) else None
    if not isinstance(started, dict) or not isinstance(interpreter, dict):
        raise ProtocolError(
            f"the answer to 'start' needs 'started' with 'interpreter'; got {shorten(answer)}"
        )
    if not is_number(started.get("protocol"), VERSION):
        raise ProtocolError(
            f"the version of the agent's protocol is {_found(started, 'protocol')}, "
            f"this runner speaks version {VERSION}"
        )
    for where, names, kinds in (
        (started, ("agent", "module"), (str,)),
        (interpreter, ("name", "version", "platform"), (str,)),
        (started, ("file", "version"), (str, type(None))),
        (interpreter, ("executable",), (str, type(None))),
    ):
        for name in names:
            if not isinstance(where.get(name), kinds):
                raise ProtocolError(
                    f"{name!r} in the answer to 'start' is {_found(where, name)}; expected a string"
                )
    return Implementation(
        module=started["module"],
        file=started.get("file"),
        version=started.get("version"),
        interpreter=f"{interpreter['name']} {interpreter['version']}",
        executable=interpreter.get("executable"),
        platform=interpreter["platform"],
        agent=started["agent"],
    )


def read_observations(answer: dict[str, JSON], program: Program) -> list[Observation]:
    """What the steps of a program gave, one observation for each step, in their order."""
    found = answer.get("observations")
    if not isinstance(found, list) or len(found) != len(program.steps):
        raise ProtocolError(
            f"the answer to 'run' needs 'observations', a list of {len(program.steps)}; got {shorten(answer)}"
        )
    observations = []
    missing: set[str] = set()
    for each, step in zip(found, program.steps, strict=True):
        observation = _read_observation(each, step["id"])
        if observation.skipped is not None and missing.isdisjoint(_referred_to(step)):
            raise ProtocolError(
                f"step {observation.id} is said to be skipped, although all that it refers to is there"
            )
        if observation.raised or observation.skipped is not None or observation.unsupported is not None:
            missing.add(observation.id)
        observations.append(observation)
    return observations


def _referred_to(part: JSON) -> Iterator[str]:
    """The ids of all objects that a part of a step refers to."""
    if isinstance(part, dict):
        if isinstance(part.get("ref"), str):
            yield part["ref"]
        part = list(part.values())
    if isinstance(part, list):
        for each in part:
            yield from _referred_to(each)


def _read_observation(found: JSON, identity: str) -> Observation:
    if not isinstance(found, dict) or found.get("id") != identity:
        raise ProtocolError(f"the observation of step {identity} is {shorten(found)}")
    kinds = found.keys() & {"value", "raised", "skipped", "unsupported"}
    printed = found.get("printed", "")
    if len(kinds) != 1 or not isinstance(printed, str):
        raise ProtocolError(
            f"an observation has one of 'value', 'raised', 'skipped' and 'unsupported'; got {shorten(found)}"
        )
    kind = kinds.pop()
    try:
        if kind == "value":
            return Observation(identity, value=decode(found["value"]), printed=printed)
        if kind == "raised":
            return Observation(identity, raised=_read_raised(found["raised"]), printed=printed)
    except MalformedValue as error:
        raise ProtocolError(f"in the observation of step {identity}, {error}") from error
    if not isinstance(found[kind], str):
        raise ProtocolError(f"{kind!r} of step {identity} is {_found(found, kind)}; expected a string")
    if kind == "skipped":
        return Observation(identity, skipped=found[kind], printed=printed)
    return Observation(identity, unsupported=found[kind], printed=printed)


def _read_raised(raised: JSON) -> Raised:
    if (
        not isinstance(raised, dict)
        or not isinstance(raised.get("class"), list)
        or not raised["class"]
        or not all(isinstance(name, str) for name in raised["class"])
        or not isinstance(raised.get("args"), list)
        or not isinstance(raised.get("attributes"), dict)
        or not isinstance(raised.get("text"), str)
    ):
        raise MalformedValue(
            f"{shorten(raised)} is not an exception: it needs 'class', 'args', 'attributes' and 'text'"
        )
    return Raised(
        classes=tuple(raised["class"]),
        args=tuple(decode(each) for each in raised["args"]),
        attributes={name: decode(each) for name, each in raised["attributes"].items()},
        text=raised["text"],
    )
