"""The two ways to an agent: a process of its own, or a thread of this one.

Both take a line and give the agent's line back within a deadline, and both speak through
`Agent.answer_line`: a program means the same in either.
"""

from __future__ import annotations

import contextlib
import os
import pdb
import queue
import select
import signal
import subprocess
import sys
import threading
import time
from typing import TYPE_CHECKING, NoReturn, Protocol

from httplib_conformance.agent import Agent
from httplib_conformance.protocol import ProtocolError, message
from httplib_conformance.values import shorten

if TYPE_CHECKING:
    from collections.abc import Sequence

LONGEST_LINE = 1 << 28
"""The longest line in bytes that an agent may answer."""

PIECE = 1 << 16
"""How many bytes are read or written at a time: what a pipe holds."""

SECONDS_TO_END = 2.0
"""How long an agent has to end by itself once its input has ended."""

A_MOMENT = 0.01
"""How many seconds go by between two looks at whether an agent has ended."""

STDERR_KEPT = 4000
"""How many of the last bytes of an agent's standard error are kept, for the evidence."""

STDERR_WAITING = 16
"""How many pieces of it are read at the end, when what was said last is wanted: more than a pipe holds."""


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

    def close(self, grace: float = SECONDS_TO_END) -> None:
        """End the agent and free what it held.

        Args:
            grace: How many seconds it has to end by itself.
        """

    def complaints(self) -> str:
        """What the agent wrote to its standard error, the end of it if it is long."""


class ProcessChannel:
    """An agent in a process of its own.

    Its pipes never block: one loop waits for whichever is ready, so that neither an agent that
    does not read nor one that does not answer is waited for beyond the deadline.

    Args:
        command: The program and its arguments.

    Raises:
        OSError: The program cannot be started.
    """

    def __init__(self, command: Sequence[str]) -> None:
        # A session of its own: Ctrl-C is for the runner, and whatever the command starts
        # (a launcher script's interpreter, say) ends with it.
        self._process = subprocess.Popen(
            command,
            bufsize=0,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            start_new_session=True,
        )
        stdin, stdout, stderr = self._process.stdin, self._process.stdout, self._process.stderr
        assert stdin is not None
        assert stdout is not None
        assert stderr is not None
        self._stdin, self._stdout, self._stderr = stdin, stdout, stderr
        os.set_blocking(stdin.fileno(), False)
        os.set_blocking(stderr.fileno(), False)
        self._complaints = b""
        self._both, self._reading, self._ending = select.poll(), select.poll(), select.poll()
        self._both.register(stdin, select.POLLOUT)
        for ready in (self._both, self._reading):
            ready.register(stdout, select.POLLIN)
        for ready in (self._both, self._reading, self._ending):
            ready.register(stderr, select.POLLIN)

    @property
    def pid(self) -> int:
        """The id of the process."""
        return self._process.pid

    def exchange(self, line: bytes, seconds: float) -> bytes:  # noqa: D102
        deadline = time.monotonic() + seconds
        unsent = memoryview(line)
        answer = bytearray()
        while True:
            ready = self._both if unsent else self._reading
            left = deadline - time.monotonic()
            events = {descriptor for descriptor, _ in ready.poll(left * 1000)} if left > 0 else set()
            if not events:
                self._kill()
                raise AgentTimedOut(f"no answer within {seconds:.3g} s")
            if self._stderr.fileno() in events:
                self._hear_complaint()  # whatever else there is: an agent that is not heard waits
            # What can be read comes first: an agent that has ended may have said something.
            if self._stdout.fileno() in events:
                piece = self._stdout.read(PIECE)
                if not piece:
                    raise AgentDied(self._obituary())
                answer += piece
                if b"\n" in piece:
                    return self._only_line(answer, len(unsent))
                if len(answer) > LONGEST_LINE:
                    raise ProtocolError(f"the agent answered a line of more than {LONGEST_LINE} bytes")
            elif self._stdin.fileno() in events:
                try:
                    unsent = unsent[os.write(self._stdin.fileno(), unsent[:PIECE]) :]
                except BrokenPipeError:
                    unsent = memoryview(b"")  # it no longer listens; what it has to say is still of interest

    def _hear_complaint(self) -> bool:
        """Read a piece of standard error, and keep the end of all that was read.

        Returns:
            Whether there was anything to read.
        """
        piece = self._stderr.read(PIECE)
        if piece == b"":  # its end, which would be ready for ever
            for ready in (self._both, self._reading, self._ending):
                with contextlib.suppress(KeyError):
                    ready.unregister(self._stderr)
        self._complaints = (self._complaints + (piece or b""))[-STDERR_KEPT:]
        return bool(piece)

    @staticmethod
    def _only_line(answer: bytearray, unsent: int) -> bytes:
        """The answer, if it is one line and came when it was due."""
        line, _, surplus = bytes(answer).partition(b"\n")
        if unsent:
            raise ProtocolError(f"the agent spoke before it had read the message: {shorten(line)}")
        if surplus:
            raise ProtocolError(f"the agent said more than its answer: {shorten(surplus)}")
        return line

    def _kill(self) -> None:
        # The group, not only its leader: a child that lives on would keep our pipes open.
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(self._process.pid, signal.SIGKILL)

    def _obituary(self) -> str:
        self._wait(SECONDS_TO_END)
        status = self._process.poll()
        if status is None:
            return "the agent closed its standard output"
        if status < 0:
            return f"the agent's process was ended by signal {-status} ({signal.Signals(-status).name})"
        return f"the agent's process ended with status {status}"

    def _wait(self, seconds: float) -> None:
        """Wait for the end of the process, which may have something to say before."""
        deadline = time.monotonic() + seconds
        while self._process.poll() is None and (left := deadline - time.monotonic()) > 0:
            if self._ending.poll(min(left, A_MOMENT) * 1000):
                self._hear_complaint()

    def close(self, grace: float = SECONDS_TO_END) -> None:  # noqa: D102
        self._stdin.close()  # an agent ends when its input does
        self._wait(grace)
        self._kill()
        self._process.wait()
        self._stdout.close()
        self._stderr.close()

    def complaints(self) -> str:  # noqa: D102
        for _ in range(STDERR_WAITING):  # pragma: no branch (only an agent that never pauses gets there)
            if not self._hear_complaint():
                break
        return self._complaints.decode("utf-8", "replace")


_abandoned: set[threading.Thread] = set()


def hung_threads() -> set[threading.Thread]:
    """The threads of implementations in this process that were left behind, and have not ended."""
    return {thread for thread in _abandoned if thread.is_alive()}


class LocalChannel:
    """An agent in a thread of this process: for debuggers, coverage and speed.

    A thread cannot be ended: one that misses its deadline is left behind, and goes away when
    the server that it waits for does.  `breakpoint()` in the implementation talks to the
    terminal, although what the implementation prints is captured.  What would end the process
    at once, with a status that is none of ours, is an exception instead.
    """

    def __init__(self) -> None:
        self._lines: queue.SimpleQueue[bytes | None] = queue.SimpleQueue()
        self._answers: queue.SimpleQueue[bytes | BaseException] = queue.SimpleQueue()
        self._thread = threading.Thread(target=self._work, name="httplib agent", daemon=True)
        self._abandoned = False
        self._hook = sys.breakpointhook
        sys.breakpointhook = debug
        self._exit, os._exit = os._exit, self._refuse_to_exit
        self._process = os.getpid()
        self._thread.start()

    def _refuse_to_exit(self, status: int) -> NoReturn:
        """What `os._exit` does meanwhile; others, such as a forked child, are free to end."""
        if os.getpid() == self._process and threading.current_thread() is self._thread:
            raise SystemExit(f"os._exit({status})")
        self._exit(status)

    def _work(self) -> None:
        agent = Agent()
        while (line := self._lines.get()) is not None:
            try:
                self._answers.put(agent.answer_line(line))
            except BaseException as error:  # the implementation broke what the agent stands on
                self._answers.put(error)
                return
        agent.answer_line(message(0, "run", steps=[{"id": "0.0", "do": "release"}]))

    def exchange(self, line: bytes, seconds: float) -> bytes:  # noqa: D102
        printing = sys.stdout
        self._lines.put(line)
        try:
            answer = self._answers.get(timeout=max(seconds, 0))
        except BaseException as error:
            # What the thread put in its place would otherwise swallow what everybody prints.
            sys.stdout = printing
            self._abandoned = True
            _abandoned.add(self._thread)
            if isinstance(error, queue.Empty):
                raise AgentTimedOut(f"no answer within {seconds:.3g} s") from None
            raise
        if isinstance(answer, BaseException):
            sys.stdout = printing
            raise AgentDied(f"the agent's thread ended with {type(answer).__name__}: {answer}") from answer
        return answer

    def close(self, grace: float = SECONDS_TO_END) -> None:  # noqa: ARG002, D102
        sys.breakpointhook = self._hook
        os._exit = self._exit
        self._lines.put(None)
        if not self._abandoned:
            self._thread.join()

    def complaints(self) -> str:  # noqa: D102
        return ""


def debug(*args: object, **kwargs: object) -> None:
    """What `breakpoint()` does in an implementation that runs in this process.

    Standard output is taken while a step is carried out: the debugger talks to the terminal
    past it.  Another debugger that the environment names is left to look after itself.
    """
    if os.environ.get("PYTHONBREAKPOINT"):
        sys.__breakpointhook__(*args, **kwargs)
    else:
        pdb.Pdb(stdin=sys.__stdin__, stdout=sys.__stdout__).set_trace(sys._getframe(1))
