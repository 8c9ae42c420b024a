"""Runs the command line as a user does: in a process of its own."""

import subprocess
import sys

SECONDS = 120
"""What no process of a test comes near unless it hangs."""


def run_python(*args: str, **how) -> subprocess.CompletedProcess[str]:
    """Run this interpreter to its end."""
    command = [sys.executable, *args]
    return subprocess.run(command, capture_output=True, text=True, timeout=SECONDS, check=False, **how)


def on_sample_cases(cases) -> list[str]:
    """The arguments of an interpreter that make it the command line on other cases than those shipped."""
    program = (
        "import pathlib; from httplib_conformance import __main__ as command, runner, start;"
        f"runner.CASES = pathlib.Path({str(cases)!r});"
        "start.run(lambda: command.main)"
    )
    return ["-c", program]
