"""`httplib-conformance run`: check an implementation."""

from __future__ import annotations

import secrets
import sys
from pathlib import Path

import click

from httplib_conformance import runner
from httplib_conformance.commands.common import cases_option, fail, level_option, selection
from httplib_conformance.engine import SECONDS_A_CASE
from httplib_conformance.generated import EXAMPLES, MOST_EXAMPLES
from httplib_conformance.live import INSTALLED
from httplib_conformance.report import console_for_run

LONGEST_NAME = 255
"""The longest setup that may be the name of a file."""

DRAWN = "random"
"""Stands for a seed that is drawn."""


def read_setup(given: str) -> str:
    """The setup code, given as such or as the name of a file that holds it.

    Raises:
        click.BadParameter: It is the name of a file that cannot be read.
    """
    if not given:
        raise click.BadParameter("the setup is empty")
    if "\n" in given or "\0" in given or len(given) > LONGEST_NAME:
        return given
    file = Path(given)
    try:
        if file.exists():
            return file.read_text("utf-8-sig")
    except OSError as error:
        raise click.BadParameter(f"the setup file {given!r} cannot be read: {error.strerror}") from error
    except UnicodeDecodeError as error:
        raise click.BadParameter(f"the setup file {given!r} is not UTF-8") from error
    if given.endswith(".py") and len(given.split()) == 1:
        raise click.BadParameter(f"there is no setup file {given!r}")
    return given


def read_seed(given: str) -> int:
    """The seed from which an order is made.

    Raises:
        click.BadParameter: It is no number.
    """
    if given == DRAWN:
        return secrets.randbelow(10**6)
    try:
        return int(given)
    except ValueError:
        raise click.BadParameter(f"the seed {given!r} is neither a number nor {DRAWN!r}") from None


@click.command()
@click.argument("module", default="httplib27")
@click.option("--python", metavar="EXE", help="The interpreter that hosts MODULE (default: this one).")
@click.option("--setup", metavar="CODE_OR_FILE", help="Python source to run before MODULE is imported.")
@click.option(
    "--in-process",
    is_flag=True,
    help="Import MODULE into this process, for speed and for debuggers: breakpoint() in it works.",
)
@click.option("--agent", metavar="COMMAND", help="A program that speaks the agent protocol, instead of ours.")
@level_option
@cases_option
@click.option(
    "--jobs", metavar="N", type=click.IntRange(1, 64), default=1, help="How many cases at the same time."
)
@click.option(
    "--timeout",
    metavar="SECONDS",
    type=click.FloatRange(min=0, min_open=True, max=86400),
    default=SECONDS_A_CASE,
    show_default=True,
    help="How long a case may take; give yourself time with a debugger (--in-process).",
)
@click.option(
    "--examples",
    metavar="N",
    type=click.IntRange(1, MOST_EXAMPLES),
    default=EXAMPLES,
    show_default=True,
    help="How many examples each generated case tries; they are the same in every run.",
)
@click.option(
    "--shuffle",
    metavar="SEED",
    help=f"Run the cases in another order, made from a number; {DRAWN!r} draws one, and it is shown.",
)
@click.option(
    "--live",
    metavar="SERVERS",
    help=f"Talk to these real servers of this machine, parted by commas, or to all that are {INSTALLED!r}.",
)
@click.option("--json", "json_file", metavar="FILE", help="Write the results to FILE.")
@click.option("-q", "--quiet", is_flag=True, help="Only what did not pass, and the verdict.")
def run(
    module: str,
    python: str | None,
    setup: str | None,
    in_process: bool,
    agent: str | None,
    level: str,
    cases: tuple[str, ...],
    jobs: int,
    timeout: float,
    examples: int,
    shuffle: str | None,
    live: str | None,
    json_file: str | None,
    quiet: bool,
) -> None:
    """Check MODULE (default: httplib27, the reference)."""
    options = {
        "--httplib": module,
        "--httplib-python": python,
        "--httplib-setup": None if setup is None else read_setup(setup),
        "--httplib-agent": agent,
        "--httplib-timeout": timeout,
        "--httplib-examples": examples,
        "--httplib-shuffle": None if shuffle is None else read_seed(shuffle),
        "--httplib-live": live,
        "--httplib-json": json_file,
    }
    given = [f"{name}={value}" for name, value in options.items() if value is not None]
    if in_process:
        given.append("--httplib-in-process")
        if not sys.flags.safe_path:  # pragma: no branch (it is a flag of the whole process)
            sys.path.insert(0, "")  # MODULE is found where the agent finds it in a process of its own
    console = console_for_run()
    try:
        status = runner.run([*given, *selection(level, cases)], console, quiet, jobs)
    except runner.RunFailed as error:
        fail(str(error), error.status)
    if status == runner.NOTHING_SELECTED:
        fail("nothing was selected" + (f" at level {level}: try --level observed" if cases else ""), status)
    sys.exit(status)
