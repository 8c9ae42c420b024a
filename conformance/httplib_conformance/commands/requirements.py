"""`httplib-conformance requirements`: the catalogue with its cases, and the gate of CI."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import NoReturn

import click

from httplib_conformance import faults, gate, runner
from httplib_conformance.catalogue import Level, catalogue
from httplib_conformance.checker import CANNOT_START, WRONG_USAGE
from httplib_conformance.disputes import disputes
from httplib_conformance.report import console_for_run
from httplib_conformance.schemas import BadData
from httplib_conformance.start import INTERRUPTED
from httplib_conformance.values import count


@click.command("requirements")
@click.argument("results", nargs=-1, type=click.Path(path_type=Path))
@click.option(
    "--level",
    type=click.Choice([Level.documented.name, Level.observed.name]),
    default=Level.observed.name,
    show_default=True,
    help="As for run.",
)
@click.option("--json", "json_file", metavar="FILE", help="Write the same to FILE, as JSON.")
@click.option("--check", "check_", is_flag=True, help="Exit with 1 if something is left unchecked: for CI.")
@click.option(
    "--faults",
    "outcomes_file",
    metavar="FILE",
    type=click.Path(path_type=Path),
    help="What `faults --json` wrote: with it, --check refuses a fault that survived.",
)
@click.option("--renew", metavar="VERSION", help="Keep all ids, as they are now, as those of this release.")
def requirements(
    results: tuple[Path, ...],
    level: str,
    json_file: str | None,
    check_: bool,
    outcomes_file: Path | None,
    renew: str | None,
) -> None:
    """Show the requirements with their cases, and what implementations did.

    RESULTS are files that `run --json` wrote: each makes a column.  With --check nothing is shown
    but what is wrong, one line each: a requirement with neither a case nor a reason, or without a
    fault that breaks it, a case or a fault that cites an unknown one, an id that vanished or stands
    for something else since the last release, and with --faults a fault that survived.
    """
    console = console_for_run()
    try:
        columns = [gate.load_results(file) for file in results]
        outcomes = None if outcomes_file is None else gate.load_outcomes(outcomes_file)
    except BadData as error:
        _fail(str(error), WRONG_USAGE)
    try:
        released = gate.load_released(gate.RELEASED)
        cases, probes = runner.collect_all([f"--httplib-level={Level.observed.name}"])
        suite = gate.Suite(
            catalogue(), cases, disputes(), {probe.id for probe in probes}, faults.all_faults()
        )
    except (BadData, runner.RunFailed) as error:
        if isinstance(error, runner.RunFailed) and error.status == INTERRUPTED:
            _fail(str(error), INTERRUPTED)
        _fail(str(error), 1 if check_ else CANNOT_START)
    try:
        if json_file is not None:
            text = json.dumps(gate.as_json(suite, Level[level], columns), indent=1) + "\n"
            Path(json_file).write_text(text, encoding="utf-8")
        if check_ or renew is not None:
            _pass_gate(suite, released, outcomes, renew)
        else:
            for part in gate.render(suite, Level[level], columns):
                console.print(part)
    except OSError as error:
        _fail(f"{error.filename!r} cannot be written: {error.strerror}", WRONG_USAGE)
    console.print(gate.render_count(suite), soft_wrap=True)


def _pass_gate(
    suite: gate.Suite, released: gate.Released, outcomes: gate.Outcomes | None, renew: str | None
) -> None:
    """End with 1 if something is wrong; else keep the ids as those of a release, if asked to."""
    wrong = list(gate.violations(suite, released, outcomes))
    for each in wrong:
        click.echo(each)
    if wrong:
        _fail(count(len(wrong), "violation"), 1)
    if renew is not None:
        gate.RELEASED.write_text(gate.renewed(suite, released, renew), encoding="utf-8")


def _fail(message: str, status: int) -> NoReturn:
    """Say what is wrong, and end."""
    click.echo(f"Error: {message}", err=True)
    sys.exit(status)
