"""A server's process: started in a group of its own, awaited until it serves, ended with all its children.

    with serving(command, folder, environment, host, port):
        ...

Nothing waits for a span of time: what is awaited is that a connection is taken, or that the process ends.
"""

import os
import select
import signal
import socket
import subprocess
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path
from typing import Final

from httplib_servers.interrupts import uninterrupted

STARTING: Final = 60.0
"""How long, in seconds, a server may take until it serves; one that is not broken is far from it."""

ENDING: Final = 10.0
"""How long a server that was asked to end may take before it is killed."""

_SOON: Final = 0.01
_GOING: Final = 1.0
_LAST_WORDS: Final = 2000


class CannotStart(Exception):
    """A server does not serve; the message is for the user and says what the server said."""


@contextmanager
def reserved(host: str, port: int = 0) -> Iterator[int]:
    """Keep a port for a server that is yet to be started.

    The port is bound and nobody listens on it. On Linux a server that sets SO_REUSEADDR, as all do, can
    bind it as well, while the system gives it to nobody who asks for any free port.

    Args:
        host: The address, a literal of IPv4.
        port: The port; 0 for any that is free.

    Yields:
        The port.

    Raises:
        CannotStart: The port is in use, or the address is not of this machine.
    """
    with socket.socket() as holder:
        holder.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            holder.bind((host, port))
        except OSError as error:
            where = f"port {port} of {host}" if port else host
            raise CannotStart(f"{where} cannot be had: {error.strerror}") from error
        yield holder.getsockname()[1]


@contextmanager
def serving(
    command: Sequence[str],
    folder: Path,
    environment: Mapping[str, str],
    address: tuple[str, int],
) -> Iterator[subprocess.Popen[bytes]]:
    """Run a server until the context is left.

    Args:
        command: What starts it in the foreground.
        folder: Where it is started, and where what it says is kept.
        environment: All that its environment has.
        address: Host and port where it is to take connections.

    Yields:
        Its process.

    Raises:
        CannotStart: It does not take connections.
    """
    if not hasattr(os, "pidfd_open"):
        raise CannotStart("real servers are started on Linux only")
    with ExitStack() as stack:
        with (folder / "said.log").open("wb") as log, uninterrupted():
            try:
                process = subprocess.Popen(
                    command,
                    cwd=folder,
                    env=environment,
                    stdin=subprocess.DEVNULL,
                    stdout=log,
                    stderr=log,
                    start_new_session=True,
                )
            except OSError as error:
                raise CannotStart(f"{command[0]} cannot be started: {error.strerror}") from error
            stack.callback(end, process)
        _await_service(process, address, folder)
        yield process


def _await_service(process: subprocess.Popen[bytes], address: tuple[str, int], folder: Path) -> None:
    deadline = time.monotonic() + STARTING
    while not _has_ended(process, _SOON):
        with suppress(OSError), socket.create_connection(address, ENDING):
            return
        if time.monotonic() > deadline:
            raise CannotStart(f"it took no connection within {STARTING:g} seconds{_last_words(folder)}")
    status = end(process)
    how = f"exit status {status}" if status >= 0 else f"signal {-status}"
    raise CannotStart(f"it ended before it served, with {how}{_last_words(folder)}")


def _last_words(folder: Path) -> str:
    """What it said, and what it wrote into its log."""
    words = ""
    for name in ("said.log", "error.log"):
        with suppress(OSError):
            words += (folder / name).read_text("utf-8", "replace")
    words = words.replace(f"{folder}{os.sep}", "").strip()[-_LAST_WORDS:]
    return f"; it said:\n{words}" if words else ", and said nothing"


def end(process: subprocess.Popen[bytes]) -> int:
    """End a process and all of its group, and wait until it has gone.

    It is asked to end first, and killed if it does not. Its group cannot be another's meanwhile: the id of
    a process that has not been waited for is not given away.

    Returns:
        Its exit status, or the number of the signal that ended it, negated.
    """
    if process.returncode is None:
        try:
            os.kill(process.pid, signal.SIGTERM)  # terminate() would wait for it, if it has ended already
            _has_ended(process, ENDING)
        finally:  # nor does it survive an interruption meanwhile
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()
        _await_last_of(process.pid)
    return process.returncode


def _await_last_of(group: int) -> None:
    """Wait until those of a group that were killed have gone, or only await that someone takes note of it."""
    deadline = time.monotonic() + _GOING
    with suppress(ProcessLookupError):
        while time.monotonic() < deadline:
            os.killpg(group, 0)
            select.select([], [], [], _SOON)


def _has_ended(process: subprocess.Popen[bytes], seconds: float) -> bool:
    """Whether it ends within that time; it is not waited for, so its id stays its own."""
    descriptor = os.pidfd_open(process.pid)
    try:
        return bool(select.select([descriptor], [], [], seconds)[0])
    finally:
        os.close(descriptor)
