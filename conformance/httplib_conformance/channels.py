"""The two ways to an agent: a process of its own, or a thread of this one.

Both take a line and give the agent's line back within a deadline, and both speak through
`Agent.answer_line`: a program means the same in either.
"""

from __future__ import annotations

import contextlib
import os
import queue
import signal
import subprocess
import sys
import tempfile
import threading
from typing import TYPE_CHECKING, Protocol

from httplib_conformance.agent import Agent
from httplib_conformance.protocol import ProtocolError

if TYPE_CHECKING:
    from collections.abc import Sequence

LONGEST_LINE = 1 << 28
"""The longest line in bytes that an agent may answer."""

STDERR_SHOWN = 4000
"""How many of the last bytes of an agent's standard error go into the evidence."""


class AgentTimedOut(Exception):
    """The agent did not answer before its deadline; it has been ended."""


class AgentDied(Exception):
    """The agent's process ended without an answer."""


class Channel(Protocol):
    """A way to an agent."""

    def exchange(self, line: bytes, seconds: float) -> bytes:
        """Send a line and give the line that the agent answers.

        Raises:
            AgentTimedOut: No answer came within so many seconds. The channel is of no more use.
            AgentDied: The agent ended instead. The channel is of no more use.
        """

    def close(self) -> None:
        """End the agent and free what it held."""

    def complaints(self) -> str:
        """What the agent wrote to its standard error, the end of it if it is long."""


class ProcessChannel:
    """An agent in a process of its own.

    Args:
        command: The program and its arguments.

    Raises:
        OSError: The program cannot be started.
    """

    def __init__(self, command: Sequence[str]) -> None:
        self._stderr = tempfile.TemporaryFile()  # noqa: SIM115 (closed with the channel)
        try:
            # A session of its own: Ctrl-C is for the runner, and whatever the command starts
            # (a launcher script's interpreter, say) ends with it.
            self._process = subprocess.Popen(
                command,
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=self._stderr,
                start_new_session=True,
            )
        except BaseException:
            self._stderr.close()
            raise
        self._timed_out = False

    @property
    def pid(self) -> int:
        """The id of the process."""
        return self._process.pid

    def exchange(self, line: bytes, seconds: float) -> bytes:  # noqa: D102
        # Ending the process is what ends a blocked read or write: one rule for both directions.
        watchdog = threading.Timer(max(seconds, 0), self._expire)
        watchdog.daemon = True
        watchdog.start()
        answer = b""
        try:
            assert self._process.stdin is not None
            assert self._process.stdout is not None
            self._process.stdin.write(line)
            self._process.stdin.flush()
            answer = self._process.stdout.readline(LONGEST_LINE)
        except (BrokenPipeError, ValueError):
            pass  # it is gone: told below
        finally:
            watchdog.cancel()
            watchdog.join()
        if self._timed_out:
            raise AgentTimedOut(f"no answer within {seconds:.3g} s")
        if answer.endswith(b"\n"):
            return answer
        if len(answer) == LONGEST_LINE:
            raise ProtocolError(f"the agent answered a line of more than {LONGEST_LINE} bytes")
        raise AgentDied(self._obituary())

    def _expire(self) -> None:
        self._timed_out = True
        self._kill()

    def _kill(self) -> None:
        # The group, not only its leader: a child that lives on would keep our pipes open.
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self._process.pid, signal.SIGKILL)

    def _obituary(self) -> str:
        try:
            status = self._process.wait(1)
        except subprocess.TimeoutExpired:
            return "the agent closed its standard output"
        if status < 0:
            return f"the agent's process was ended by signal {-status} ({signal.Signals(-status).name})"
        return f"the agent's process ended with status {status}"

    def close(self) -> None:  # noqa: D102
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        if self._stderr.closed:
            return
        with contextlib.suppress(BrokenPipeError):
            self._process.stdin.close()  # an agent ends when its input does
        with contextlib.suppress(subprocess.TimeoutExpired):
            self._process.wait(2)
        self._kill()
        self._process.wait()
        self._process.stdout.close()
        self._stderr.close()

    def complaints(self) -> str:  # noqa: D102
        if self._stderr.closed:
            return ""
        size = self._stderr.seek(0, os.SEEK_END)
        self._stderr.seek(max(size - STDERR_SHOWN, 0))
        return self._stderr.read().decode("utf-8", "replace")


class LocalChannel:
    """An agent in a thread of this process: for debuggers, coverage and speed.

    A thread cannot be ended: one that misses its deadline is left behind, and goes away when
    the server that it waits for does.
    """

    def __init__(self) -> None:
        self._lines: queue.SimpleQueue[bytes | None] = queue.SimpleQueue()
        self._answers: queue.SimpleQueue[bytes] = queue.SimpleQueue()
        self._thread = threading.Thread(target=self._work, name="httplib agent", daemon=True)
        self._thread.start()
        self._closed = False

    def _work(self) -> None:
        agent = Agent()
        while (line := self._lines.get()) is not None:
            self._answers.put(agent.answer_line(line) + b"\n")

    def exchange(self, line: bytes, seconds: float) -> bytes:  # noqa: D102
        printing = sys.stdout
        self._lines.put(line)
        try:
            return self._answers.get(timeout=max(seconds, 0))
        except queue.Empty:
            # What the thread put in its place would otherwise swallow what everybody prints.
            sys.stdout = printing
            self._closed = True
            self._lines.put(None)
            raise AgentTimedOut(f"no answer within {seconds:.3g} s") from None

    def close(self) -> None:  # noqa: D102
        if not self._closed:
            self._closed = True
            self._lines.put(None)
            self._thread.join()

    def complaints(self) -> str:  # noqa: D102
        return ""
