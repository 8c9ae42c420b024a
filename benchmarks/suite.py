"""How fast the suite runs, on the reference and on each interpreter named on the command line.

    python benchmarks/suite.py                                   the reference, at level observed
    python benchmarks/suite.py python2.7=httplib                 the reference, and the original
    python benchmarks/suite.py --level documented --runs 5

Each run is a process of its own, and the time of its start counts, too.  Of several runs, the fastest is
shown.  The shares are processor time, divided by the time of the run by the clock:

    harness   what chooses, plays and judges cases
    server    the threads that play the server's side
    agent     the implementation's interpreter, with the implementation in it
    waiting   what is left: nobody ran, for a timeout that a case is about, or for a processor that
              another program had.  Where several ran at the same time, less is left than was.
"""

import argparse
import json
import os
import resource
import subprocess
import sys
import time
from typing import Any

from httplib_conformance import runner
from httplib_conformance.report import console_for_run
from httplib_servers.player import Player

SHARES = ("harness", "server", "agent")


def processor_seconds(who: int) -> float:
    """Return the processor time in seconds that this process, or its children, have used so far."""
    usage = resource.getrusage(who)
    return usage.ru_utime + usage.ru_stime


def measure_servers() -> list[float]:
    """Have each server's thread add its processor time in seconds to the list that is returned."""
    play, seconds = Player.run, []

    def run(player: Player) -> None:
        began = time.thread_time()
        try:
            play(player)
        finally:
            seconds.append(time.thread_time() - began)

    Player.run = run  # type: ignore[method-assign]
    return seconds


def run_here(options: list[str], result: int) -> int:
    """Run the suite in this process, and write what it took to a file descriptor."""
    servers = measure_servers()
    counted: dict[str, int] = {}

    class Counting(runner.Show):
        def pytest_collection_finish(self, session: Any) -> None:
            super().pytest_collection_finish(session)
            counted["cases"] = len(self.cases)

    runner.Show = Counting  # type: ignore[misc]
    status = runner.run(options, console_for_run(), True, 1)
    seconds = {
        "harness": processor_seconds(resource.RUSAGE_SELF) - sum(servers),
        "server": sum(servers),
        "agent": processor_seconds(resource.RUSAGE_CHILDREN),
    }
    os.write(result, json.dumps(counted | seconds).encode())
    return status


def run_apart(options: list[str]) -> dict[str, float]:
    """Run the suite in a process of its own, and return what it took."""
    reading, writing = os.pipe()
    command = [sys.executable, __file__, "--here", str(writing), *options]
    began = time.perf_counter()
    done = subprocess.run(command, pass_fds=[writing], stdout=subprocess.PIPE, text=True, check=False)
    wall = time.perf_counter() - began
    os.close(writing)
    with open(reading, "rb") as result:  # noqa: PTH123 (a descriptor)
        took = json.loads(result.read() or b"{}")
    if done.returncode or not took:
        sys.exit(f"the run with {' '.join(options)} did not pass:\n{done.stdout}")
    return took | {"wall": wall}


def row(name: str, took: dict[str, float]) -> str:
    """Return the line of the table for one run."""
    wall = took["wall"]
    shares = [took[share] / wall for share in SHARES]
    shares.append(max(0, 1 - sum(shares)))
    cells = "".join(f"{share:9.0%}" for share in shares)
    return f"{name:32} {took['cases']:5} {wall:7.1f} {took['cases'] / wall:8.0f}{cells}"


def main() -> int:
    if sys.argv[1:2] == ["--here"]:
        return run_here(sys.argv[3:], int(sys.argv[2]))
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("targets", nargs="*", metavar="EXE=MODULE")
    parser.add_argument("--level", choices=["documented", "observed"], default="observed")
    parser.add_argument("--runs", type=int, default=3)
    given = parser.parse_args()
    columns = "".join(f"{name:>9}" for name in (*SHARES, "waiting"))
    print(f"{'':32} {'cases':>5} {'wall s':>7} {'cases/s':>8}{columns}", flush=True)
    for target in [f"{sys.executable}=httplib27", *given.targets]:
        executable, _, module = target.rpartition("=")
        if not executable or not module:
            parser.error(f"{target!r} is not of the form EXE=MODULE")
        options = [f"--httplib={module}", f"--httplib-python={executable}", f"--httplib-level={given.level}"]
        runs = [run_apart(options) for _ in range(given.runs)]
        print(row(f"{module} in {os.path.basename(executable)}", min(runs, key=lambda run: run["wall"])))  # noqa: PTH119
    return 0


if __name__ == "__main__":
    sys.exit(main())
