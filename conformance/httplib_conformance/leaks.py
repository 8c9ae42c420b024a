"""What a process holds: a run frees what it took, and its end is the place to see whether it has.

What is looked at: threads, temporary files, open descriptors (sockets, pipes, files; where the system
lists them in /proc/self/fd or /dev/fd), and child processes (where there is /proc: on Linux).
"""

from __future__ import annotations

import contextlib
import gc
import os
import socket
import threading
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from httplib_conformance.channels import hung_threads

if TYPE_CHECKING:
    from collections.abc import Iterator

LEFT_BEHIND = 6
"""The exit status when every case passed, and something was left behind; 4 is a usage error of pytest."""

SECONDS_TO_END = 1.0
"""How long a thread may take that has been told to end."""

FOLDERS = "folders"
"""The folder among temporary files that holds those of the cases; it goes away with the run."""

DESCRIPTORS = (Path("/proc/self/fd"), Path("/dev/fd"))
"""Where a system may list the descriptors of a process."""

PROCESSES = Path("/proc")
"""Where a system may list its processes."""


@dataclass(frozen=True)
class Held:
    """What this process holds.

    Attributes:
        threads: Its threads.
        descriptors: What each open descriptor leads to; empty where the system does not tell.
        processes: The command of each child process, by id; empty where the system does not tell.
    """

    threads: frozenset[threading.Thread]
    descriptors: dict[int, str]
    processes: dict[int, str]


def held() -> Held:
    """What this process holds now."""
    return Held(frozenset(threading.enumerate()), dict(_descriptors()), dict(_children()))


def _descriptors() -> Iterator[tuple[int, str]]:
    for folder in [folder for folder in DESCRIPTORS if folder.is_dir()][:1]:
        for name in os.listdir(folder):  # noqa: PTH208 (it is not open any more when they are looked at)
            with contextlib.suppress(OSError):  # but is one of them itself
                yield int(name), _target(folder / name)


def _target(entry: Path) -> str:
    """What a descriptor leads to, as the system tells it."""
    if entry.is_symlink():
        return str(entry.readlink())
    found = os.fstat(int(entry.name))  # in /dev/fd of systems other than Linux
    return f"{found.st_dev}:{found.st_ino}"


def _children() -> Iterator[tuple[int, str]]:
    for entry in PROCESSES.glob("[0-9]*/stat"):
        with contextlib.suppress(OSError):  # it has gone
            # The name of the program stands in parentheses, and may hold anything.
            state, parent = entry.read_text("utf-8", "replace").rpartition(")")[2].split()[:2]
            if int(parent) == os.getpid():
                command = entry.with_name("cmdline").read_text("utf-8", "replace").replace("\0", " ").strip()
                yield int(entry.parent.name), command if state != "Z" else "it has ended unnoticed"


def left_since(before: Held, folder: Path | None = None) -> list[str]:
    """What this process holds and did not hold before, in words.

    A thread of an implementation that hangs in this process cannot be ended.  Its case has said so, and
    while there is one, descriptors are no evidence of anything: it may hold them.

    Args:
        before: What it held before.
        folder: The folder of the temporary files of this run.
    """
    for thread in set(threading.enumerate()) - before.threads:
        thread.join(SECONDS_TO_END)
    hung = hung_threads()
    now = held()
    if now.descriptors.items() - before.descriptors.items():
        gc.collect()  # what nobody can reach any more is not left
        now = held()
    left = [f"the thread {thread.name!r}" for thread in now.threads - before.threads - hung]
    if not hung:
        found = now.descriptors.items() - before.descriptors.items()
        left += [f"{_in_words(number, target)} (descriptor {number})" for number, target in found]
    left += [
        f"the process {number} ({command[:80]})"
        for number, command in now.processes.items()
        if number not in before.processes
    ]
    if folder is not None:
        left += [f"the temporary file {entry.name!r}" for entry in folder.iterdir() if entry.name != FOLDERS]
    return sorted(left)


def _in_words(number: int, target: str) -> str:
    """What a descriptor leads to."""
    if target.startswith("socket:"):
        with socket.socket(fileno=os.dup(number)) as found:
            name = found.getsockname()
        return f"a socket on {name[0]}:{name[1]}" if isinstance(name, tuple) and len(name) > 1 else "a socket"
    return "a pipe" if target.startswith("pipe:") else f"the open file {target}"
