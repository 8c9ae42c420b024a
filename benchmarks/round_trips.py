"""Round trips a second of the agent, on each interpreter named on the command line.

    python benchmarks/round_trips.py python2.7=httplib python3=http.client jython=httplib

One round trip is one message with one step, answered.  Also shown: how long it takes to start the
interpreter and to import the module.  The figures of one run can be compared with each other, not
with those of another machine.
"""

import argparse
import sys
import time

from httplib_conformance.engine import CannotStart, Engine, Target
from httplib_conformance.protocol import IMPLEMENTATION, Program

SECONDS = 2.0


def measure(target: Target) -> str:
    engine = Engine(target)
    began = time.perf_counter()
    implementation = engine.start()
    started = time.perf_counter() - began
    program = Program()
    program.get(IMPLEMENTATION, "HTTP_PORT")
    trips = 0
    with engine.case(60):
        began = time.perf_counter()
        while (taken := time.perf_counter() - began) < SECONDS:
            engine.run(program)
            trips += 1
    engine.close()
    return f"{implementation.interpreter:16} {implementation.module:12} {trips / taken:10.0f} {started:10.2f}"


def main() -> int:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("targets", nargs="*", metavar="EXE=MODULE", default=[f"{sys.executable}=httplib27"])
    print(f"{'interpreter':16} {'module':12} {'trips a s':>10} {'start in s':>10}")
    for given in parser.parse_args().targets:
        executable, _, module = given.rpartition("=")
        if not executable or not module:
            parser.error(f"{given!r} is not of the form EXE=MODULE")
        try:
            print(measure(Target(module, python=executable)))
        except CannotStart as error:
            print(f"{executable}: {error}")
    print(f"{'(in process)':16} {'httplib27':12} {measure(Target(in_process=True)).split()[-2]:>10}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
