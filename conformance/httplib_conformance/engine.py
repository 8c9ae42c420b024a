"""The engine: keeps an agent running and has it carry out programs, each within a deadline.

An agent that dies, stalls or breaks the protocol is ended, and a new one is started for the
next case: it costs the case that it happened in, not the run.
"""

from __future__ import annotations

import shlex
import sys
import time
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from httplib_servers.interrupts import uninterrupted

from httplib_conformance import protocol
from httplib_conformance.channels import (
    SECONDS_TO_END,
    AgentDied,
    AgentTimedOut,
    Channel,
    LocalChannel,
    ProcessChannel,
)
from httplib_conformance.protocol import (
    IMPLEMENTATION,
    Implementation,
    Observation,
    Program,
    ProtocolError,
)
from httplib_conformance.values import without_middle

if TYPE_CHECKING:
    from collections.abc import Iterator

NAMES = (
    "HTTPConnection",
    "HTTPSConnection",
    "HTTPResponse",
    "HTTPMessage",
    "HTTP",
    "HTTPException",
    "HTTP_PORT",
    "HTTPS_PORT",
    "responses",
    "OK",
)
"""Documented names; what has none of them is no implementation."""

AGENT_FILE = Path(__file__).with_name("agent.py")

SECONDS_TO_START = 60.0
"""How long an interpreter may take to start and to import the implementation."""

SECONDS_A_CASE = 10.0
"""How long a case may take unless the caller says otherwise."""


class CannotStart(Exception):
    """The implementation cannot be started; the message is one sentence for the user."""


@dataclass(frozen=True)
class Target:
    """What is to be checked, and how it is reached.

    Attributes:
        module: The module's name.
        python: The interpreter that hosts it.
        setup: Python source that runs before the module is imported.
        in_process: Whether it is imported into this process.
        agent: The command of another agent than ours; `python` is of no account then.
    """

    module: str = "httplib27"
    python: str = sys.executable
    setup: str | None = None
    in_process: bool = False
    agent: str | None = None

    @property
    def command(self) -> list[str]:
        """The command that starts the agent."""
        if self.agent is not None:
            return shlex.split(self.agent)
        return [self.python, str(AGENT_FILE)]

    @property
    def host(self) -> str:
        """What hosts the module, for a message to the user."""
        return f"the agent {self.agent!r}" if self.agent is not None else f"the interpreter {self.python!r}"

    def open_channel(self) -> Channel:
        """A channel to a new agent.

        Raises:
            CannotStart: The interpreter or agent is not there or cannot be run.
        """
        if self.in_process:
            return LocalChannel()
        try:
            return ProcessChannel(self.command)
        except (OSError, ValueError, IndexError) as error:
            reason = error.strerror if isinstance(error, OSError) and error.strerror else str(error)
            raise CannotStart(f"{self.host} cannot be run: {reason}") from error


class Engine:
    """Runs programs in the implementation's interpreter.

    Args:
        target: What is to be checked.
        seconds_to_start: How long its interpreter may take to start.
    """

    def __init__(self, target: Target, seconds_to_start: float = SECONDS_TO_START) -> None:
        self.target = target
        self.starts = 0
        self._seconds_to_start = seconds_to_start
        self._channel: Channel | None = None
        self._messages = 0
        self._seconds = SECONDS_A_CASE
        self._deadline: float | None = None

    def start(self) -> Implementation:
        """Start the agent and have it import the implementation.

        Returns:
            What the agent says of itself and of the implementation.

        Raises:
            CannotStart: It cannot be done.
        """
        self.close()
        self.starts += 1
        with uninterrupted():
            self._channel = self.target.open_channel()
        self._messages = 0
        try:
            answer = self._exchange(
                self._seconds_to_start,
                "start",
                protocol=protocol.VERSION,
                module=self.target.module,
                setup=self.target.setup,
            )
            failed = protocol.read_failure(answer)
            if failed is None:
                return protocol.read_started(answer)
        except (AgentTimedOut, AgentDied, ProtocolError) as error:
            raise CannotStart(self._why_not(error)) from error
        self.close()
        kind, reason = failed[0], without_middle(failed[1])
        if kind == "import":
            raise CannotStart(
                f"the module {self.target.module!r} cannot be imported by {self.target.host}: {reason}"
            )
        if kind == "setup":
            raise CannotStart(f"the setup failed in {self.target.host}: {reason}")
        raise CannotStart(f"{self.target.host} refused to start: {reason}")

    def look_for_names(self) -> None:
        """See whether the module can be an implementation at all.

        Only our own agent is asked: what another one makes of its modules is for the cases to find out.

        Raises:
            CannotStart: It has none of the documented names.
        """
        if self.target.agent is not None:
            return
        program = Program()
        for name in NAMES:
            program.get(IMPLEMENTATION, name)
        program.release()
        try:
            with self.case(self._seconds_to_start):
                *looked_for, _ = self.run(program)
        except (AgentTimedOut, AgentDied, ProtocolError):
            return  # the cases will tell, with an agent of their own
        if all(observation.raised is not None for observation in looked_for):
            self.close()
            raise CannotStart(
                f"the module {self.target.module!r} of {self.target.host} has none of the documented names "
                f"({', '.join(NAMES[:3])} and so on): it is no implementation of httplib"
            )

    def _why_not(self, error: Exception) -> str:
        """One sentence on a failed start, with the last line that the agent complained."""
        complaints = self.complaints().strip().splitlines()
        self.close(grace=0)
        last_words = f" (its last words: {complaints[-1].strip()})" if complaints else ""
        return f"{self.target.host} did not complete the handshake of an agent: {error}{last_words}"

    @contextmanager
    def case(self, seconds: float = SECONDS_A_CASE) -> Iterator[None]:
        """A case: all that is run within it shares one deadline, and its objects go with it.

        Raises:
            CannotStart: An agent that an earlier case cost could not be started again.
        """
        if self._channel is None:
            self.start()
        self.allow(seconds)
        try:
            yield
        finally:
            self._deadline = None

    def allow(self, seconds: float) -> None:
        """Let the case in hand end so many seconds from now, whatever its deadline was."""
        self._seconds = seconds
        self._deadline = time.monotonic() + seconds

    def run(self, program: Program) -> list[Observation]:
        """Have a program carried out.

        Returns:
            One observation for each step.

        Raises:
            AgentTimedOut: The deadline of the case passed.
            AgentDied: The agent's process ended.
            ProtocolError: The agent broke the protocol.
        """
        if self._channel is None:
            raise AgentDied("the agent is gone: an earlier step of this case cost it")
        seconds = SECONDS_A_CASE if self._deadline is None else self._deadline - time.monotonic()
        try:
            answer = self._exchange(seconds, "run", steps=program.steps)
            failed = protocol.read_failure(answer)
            if failed is not None:
                raise ProtocolError(f"the agent refused a program ({failed[0]}): {failed[1]}")
            return protocol.read_observations(answer, program)
        except AgentTimedOut as error:
            raise self._lost(AgentTimedOut(f"the case did not end within {self._seconds:g} s")) from error
        except BaseException as error:
            # Whatever it was (Ctrl-C, too): the agent may be in the middle of something.
            self._lost(error)
            raise

    def _lost(self, error: BaseException) -> BaseException:
        """End an agent that is of no more use; its last words go with the exception."""
        complaints = self.complaints().strip()
        if complaints:
            error.add_note(complaints)
        self.close(grace=0)
        return error

    def _exchange(self, seconds: float, command: str, **parts: object) -> dict[str, object]:
        assert self._channel is not None
        self._messages += 1
        line = self._channel.exchange(protocol.message(self._messages, command, **parts), seconds)
        return protocol.read_answer(line, self._messages)

    @property
    def alive(self) -> bool:
        """Whether there is an agent: it has been started, and no case has cost it."""
        return self._channel is not None

    def complaints(self) -> str:
        """What the agent wrote to its standard error."""
        return "" if self._channel is None else self._channel.complaints()

    def close(self, grace: float = SECONDS_TO_END) -> None:
        """End the agent, if there is one.

        Args:
            grace: How many seconds it has to end by itself.
        """
        if self._channel is not None:
            self._channel.close(grace)
            self._channel = None
