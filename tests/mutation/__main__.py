"""Mutation testing of the reference, driven by the suite: `tox -e mutation`; see docs/mutation.md.

python tests/mutation               try all mutants, and hold the survivors against the list
python tests/mutation NAME...       try these again (globs), and show what survives
"""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import survivors
from mutmut.mutation.diff_apply import get_diff_for_mutant
from mutmut.stats import status_by_exit_code

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOT = Path(__file__).parents[2]
PACKAGE = Path("reference", "httplib27")
JOBS = 2 * (os.cpu_count() or 1)
"""How many mutants are tried at the same time: twice as many as can run, for many cases only wait."""

PROGRESS = re.compile(r"\S (Generating mutants|Running \w+ \w+|Running stats)|\S (?P<tried>\d+)/\d+ .*|")
"""What mutmut writes again and again over itself, to show that it is alive."""

STEP = 100
"""How many mutants are tried between two lines of it that are shown."""


def run(names: list[str]) -> int:
    """Have mutmut try mutants, and return its exit status."""
    places = [str(Path(__file__).parent.resolve()), os.environ.get("PYTHONPATH", "")]
    environment = os.environ | {"PYTHONPATH": os.pathsep.join(filter(None, places))}
    mutmut = Path(sys.executable).with_name("mutmut")
    command = [str(mutmut), "run", "--max-children", str(JOBS), *names]
    with subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        last, steps = "", 0
        for line in process.stdout:
            progress = PROGRESS.fullmatch(line.strip())
            if progress is None:
                print(last + line, end="", flush=True)
                last = ""
            elif progress["tried"] is not None:
                last = line
                if int(progress["tried"]) // STEP > steps:
                    steps = int(progress["tried"]) // STEP
                    print(line, end="", flush=True)
    return process.returncode


def results() -> Iterator[tuple[str, str, str]]:
    """What mutmut calls each mutant, what it says came of it, and its diff."""
    for file in sorted(Path("mutants", PACKAGE).glob("*.meta")):
        source = PACKAGE / file.name.removesuffix(".meta")
        for name, code in json.loads(file.read_text("utf-8"))["exit_code_by_key"].items():
            yield name, status_by_exit_code[code], get_diff_for_mutant(name, path=source)


def main(names: list[str]) -> int:
    """Do what the command line asks for, and return the exit status."""
    os.chdir(ROOT)
    try:
        reasons = survivors.load()
    except survivors.BadList as error:
        print(f"Error: {error}", file=sys.stderr)
        return 2
    if not names:
        shutil.rmtree("mutants", ignore_errors=True)
    if status := run(names):
        print(f"Error: mutmut ended with {status}", file=sys.stderr)
        return status
    judgement = survivors.judge(survivors.mutants_of(results()), reasons, everything=not names)
    for line in survivors.render(judgement):
        print(line)
    return 1 if judgement.problems else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
