"""Measure httplib27 against http.client and a bare socket loop, in one run.

    python benchmarks/run.py                 the table
    python benchmarks/run.py --memory        peak memory while 1 GiB is read in pieces
    python benchmarks/run.py small chunks    some rows only

All three talk to the same server in another process, taking turns, so that whatever disturbs
the machine disturbs them alike. A ratio is the median over the rounds of http.client's time
divided by httplib27's in the same round; the column CPU is the same for processor time, which
hardly notices what else the machine does.

Where client and server take turns, both run on one processor: on two, most of the time is that
which a sleeping processor needs to wake, the same for every client. Where a server sends on while
the client reads, they run side by side. `--spread` leaves all of it to the system.
"""

import argparse
import contextlib
import http.client
import multiprocessing
import os
import platform
import resource
import socket
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httplib27
from workloads import HUGE, MIB, WORKLOADS, Workload, wire_size

Client = Callable[[Workload], None]


@contextlib.contextmanager
def running_server() -> Iterator[int]:
    """Start the server, and give its port."""
    command = [sys.executable, str(Path(__file__).with_name("server.py"))]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        yield int(process.stdout.readline())
        process.stdin.close()
        process.wait(10)


def library_client(library: Any, port: int) -> Client:
    """Return a client that asks by a library's HTTPConnection."""
    connection = library.HTTPConnection("127.0.0.1", port)

    def fetch(workload: Workload) -> None:
        connection.request("GET", f"/{workload.name}")
        response = connection.getresponse()
        if workload.piece is None:
            size = len(response.read())
        else:
            size = 0
            while piece := response.read(workload.piece):
                size += len(piece)
        assert size == workload.size

    return fetch


def bare_client(port: int) -> Client:
    """Return a client that sends a request, and receives as many bytes as the reply has."""
    sock = socket.create_connection(("127.0.0.1", port))
    buffer = bytearray(MIB)

    def fetch(workload: Workload) -> None:
        sock.sendall(b"GET /%b HTTP/1.1\r\nHost: x\r\n\r\n" % workload.name.encode())
        left = wire_size(workload)
        while left:
            left -= sock.recv_into(buffer, min(left, MIB))

    return fetch


@dataclass
class Times:
    """What the rounds of one client took, in seconds."""

    wall: list[float] = field(default_factory=list)
    cpu: list[float] = field(default_factory=list)

    @classmethod
    def of(cls, runs: Sequence["Times"]) -> "Times":
        """Return all rounds of several runs."""
        return cls([t for run in runs for t in run.wall], [t for run in runs for t in run.cpu])

    def add_round(self, client: Client, workload: Workload) -> None:
        """Measure one round."""
        wall, cpu = time.perf_counter(), time.process_time()
        for _ in range(workload.requests):
            client(workload)
        self.cpu.append(time.process_time() - cpu)
        self.wall.append(time.perf_counter() - wall)


def measure(workload: Workload, clients: list[Client], rounds: int) -> list[Times]:
    """Return the times of all rounds for each client."""
    times = [Times() for _ in clients]
    for client in clients:
        client(workload)  # connect, and warm up
    for number in range(rounds):
        # Who begins changes from round to round.
        for place in range(len(clients)):
            index = (number + place) % len(clients)
            times[index].add_round(clients[index], workload)
    return times


def median_ratio(numerators: list[float], denominators: list[float]) -> float:
    """Return the median of the ratios of pairs."""
    return statistics.median(a / b for a, b in zip(numerators, denominators, strict=True))


def stay_on_one_processor() -> None:
    """Keep this process, and those that it starts from now on, on one processor, where that can be said."""
    if hasattr(os, "sched_setaffinity"):
        os.sched_setaffinity(0, [max(os.sched_getaffinity(0))])


def table(names: list[str], rounds: int, processes: int, *, spread: bool) -> bool:
    """Print the table, and tell whether every row reaches its floor."""
    print(f"{platform.python_implementation()} {platform.python_version()}, {processes} x {rounds} rounds")
    print(f"{'':46}{'http.client':>13}{'httplib27':>13}{'ratio':>8}{'CPU':>6}{'floor':>7}{'of bare':>9}")
    good = True
    # Each task has a process of its own: what one has made of the memory must not tell on the next.
    with multiprocessing.get_context("spawn").Pool(1, maxtasksperchild=1) as pool:
        for workload in WORKLOADS:
            if not names or workload.name in names:
                runs = pool.starmap(clients_in_turn, [(workload, rounds, spread)] * processes, chunksize=1)
                good = row(workload, [Times.of(runs) for runs in zip(*runs, strict=True)]) and good
    return good


def clients_in_turn(workload: Workload, rounds: int, spread: bool) -> list[Times]:
    """Return the times of http.client, httplib27 and a bare socket for one row; for a process of its own."""
    if workload.takes_turns and not spread:
        stay_on_one_processor()
    with running_server() as port:
        clients = [library_client(http.client, port), library_client(httplib27, port), bare_client(port)]
        return measure(workload, clients, rounds)


def row(workload: Workload, times: list[Times]) -> bool:
    """Print a row of the table, and tell whether it reaches its floor."""
    theirs, ours, bare = times
    ratio = median_ratio(theirs.wall, ours.wall)
    microseconds = [statistics.median(t.wall) / workload.requests * 1e6 for t in (theirs, ours)]
    print(
        f"{workload.title:46}{microseconds[0]:10.0f} µs{microseconds[1]:10.0f} µs{ratio:8.2f}"
        f"{median_ratio(theirs.cpu, ours.cpu):6.2f}{workload.floor:7.1f}"
        f"{median_ratio(bare.wall, ours.wall):9.0%}",
        flush=True,
    )
    return ratio >= workload.floor


def memory() -> bool:
    """Print how much reading 1 GiB adds to the peak, and tell whether it is less than 8 MiB."""
    good = True
    with running_server() as port:
        for workload in HUGE:
            client = library_client(httplib27, port)
            client(WORKLOADS[0])
            before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
            client(workload)
            added = (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) / KIB_OF_MAXRSS
            good = good and added < 8
            print(f"1 GiB, {workload.title:30}{added:6.1f} MiB added to the peak")
    return good


# The system counts in KiB, macOS in bytes.
KIB_OF_MAXRSS = MIB if sys.platform == "darwin" else 1024


def main() -> None:
    """Parse the command line, and measure."""
    parser = argparse.ArgumentParser(description="Measure httplib27 against http.client.")
    parser.add_argument(
        "rows", nargs="*", metavar="ROW", help="only these: " + ", ".join(w.name for w in WORKLOADS)
    )
    parser.add_argument("--rounds", type=int, default=15, help="how often each is measured (15)")
    parser.add_argument("--processes", type=int, default=1, help="and in how many processes, each new (1)")
    parser.add_argument("--memory", action="store_true", help="measure peak memory instead")
    parser.add_argument("--check", action="store_true", help="exit 1 if a row does not reach its floor")
    parser.add_argument("--spread", action="store_true", help="let the system choose the processors")
    arguments = parser.parse_args()
    known = {workload.name for workload in WORKLOADS}
    if unknown := [name for name in arguments.rows if name not in known]:
        parser.error(f"there is no row {unknown[0]!r}; expected some of {', '.join(sorted(known))}")
    for option in ("rounds", "processes"):
        if (count := getattr(arguments, option)) < 1:
            parser.error(f"--{option} is {count}; expected 1 or more")
    rows, rounds, processes = arguments.rows, arguments.rounds, arguments.processes
    good = memory() if arguments.memory else table(rows, rounds, processes, spread=arguments.spread)
    sys.exit(1 if arguments.check and not good else 0)


if __name__ == "__main__":
    main()
