"""Where the command starts: what must hold before the rest of it is there, and while it is imported.

Whatever standard output, the current folder or the user's patience come to, the end is a sentence
and an exit status, and no traceback.
"""

from __future__ import annotations

import errno
import io
import os
import signal
import sys
from pathlib import Path
from typing import TYPE_CHECKING, TextIO

if TYPE_CHECKING:
    from collections.abc import Callable

UNUSABLE = 2
"""The exit status when the user's surroundings do not do; it is that of wrong usage."""

INTERRUPTED = 130
"""The exit status after Ctrl-C, SIGTERM or SIGHUP."""

ENDINGS = (signal.SIGTERM, signal.SIGHUP)
"""The signals by which others than a keyboard end a program; SIGHUP comes when a terminal is closed."""

NO_READER = 141
"""The exit status when nobody reads standard output any more, as that of any command in a pipe."""


class OutputLost(Exception):
    """Standard output cannot be written to any more; the cause is an OSError."""


class _Output(io.TextIOWrapper):
    """Standard output.  Once that fails, it says so once, and then takes anything.

    The layers below are those of Python, in C: an interruption between two statements of one of ours would
    have what was written already written again.
    """

    def write(self, text: str, /) -> int:
        try:
            return super().write(text)
        except OSError as error:
            self._lose(error)
            return len(text)

    def flush(self) -> None:
        try:
            super().flush()
        except OSError as error:
            self._lose(error)

    def _lose(self, error: OSError) -> None:
        """Let all that is still to be written go nowhere."""
        nowhere = os.open(os.devnull, os.O_WRONLY)
        os.dup2(nowhere, self.fileno())
        os.close(nowhere)
        self.report(error)

    def report(self, error: OSError) -> None:
        """Say that it has failed."""
        raise OutputLost from error


class _Complaints(_Output):
    """Standard error.  Once that fails there is nobody to tell: what is left is the exit status."""

    def report(self, error: OSError) -> None:
        """Say nothing."""


def output_to(descriptor: int, encoding: str) -> TextIO:
    """A text stream on a descriptor, for standard output.

    What its encoding lacks is written as an escape, and what goes wrong in writing is `OutputLost`.
    """
    raw = io.FileIO(descriptor, "w", closefd=False)
    return _Output(io.BufferedWriter(raw), encoding, errors="backslashreplace", line_buffering=raw.isatty())


def complaints_to(descriptor: int, encoding: str) -> TextIO:
    """A text stream on a descriptor, for standard error: nothing goes wrong in writing."""
    buffer = io.BufferedWriter(io.FileIO(descriptor, "w", closefd=False))
    return _Complaints(buffer, encoding, errors="backslashreplace", line_buffering=True)


def explain(lost: OutputLost) -> tuple[str, int]:
    """What to say when standard output is lost, nothing for a pipe that nobody reads, and the exit status."""
    error = lost.__cause__
    assert isinstance(error, OSError)
    if error.errno == errno.EPIPE:
        return "", NO_READER
    return f"standard output cannot be written to: {error.strerror}", UNUSABLE


def end_as_by_interruption() -> None:
    """Let all that ends the process do so as Ctrl-C does, so that nothing is left behind.

    What whoever started it has it ignore, as nohup does SIGHUP, stays ignored.
    """
    for number in ENDINGS:
        if signal.getsignal(number) is not signal.SIG_IGN:
            signal.signal(number, signal.default_int_handler)


def main() -> None:  # pragma: no cover (in processes of their own)
    """The command `httplib-conformance`."""

    def load() -> Callable[[], object]:
        from httplib_conformance.__main__ import main as command  # noqa: PLC0415 (it takes a while)

        return command

    run(load)


def run(load: Callable[[], Callable[[], object]]) -> None:  # pragma: no cover (in processes of their own)
    """Run the command line.

    Args:
        load: Gives the command, which ends with SystemExit.
    """
    message, status = "", 0
    try:
        _open_streams()
        sys.stderr = complaints_to(2, sys.stderr.encoding)
        end_as_by_interruption()
        sys.stdout = output_to(1, sys.stdout.encoding)
        try:
            Path.cwd()
        except FileNotFoundError:
            message, status = "the current folder does not exist any more", UNUSABLE
        else:
            command = load()
            try:
                command()
            finally:
                sys.stdout.flush()
    except KeyboardInterrupt:
        message, status = "interrupted", INTERRUPTED
    except OutputLost as lost:
        message, status = explain(lost)
    for number in (signal.SIGINT, *ENDINGS):
        signal.signal(number, signal.SIG_IGN)  # it is over
    if message:
        sys.stderr.write(f"Error: {message}\n")
    sys.exit(status)


def _open_streams() -> None:  # pragma: no cover (in processes of their own)
    """See to it that the three standard streams are there: a socket would take the place of a closed one."""
    for descriptor, (name, mode) in enumerate((("stdin", "r"), ("stdout", "w"), ("stderr", "w"))):
        if getattr(sys, name) is None:
            os.open(os.devnull, os.O_RDWR)  # it takes the lowest descriptor that is free
            stream = open(descriptor, mode, closefd=False)  # noqa: SIM115 (as long as the process)
            setattr(sys, name, stream)
            setattr(sys, f"__{name}__", stream)
