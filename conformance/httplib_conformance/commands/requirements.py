"""`httplib-conformance requirements`: the catalogue with its cases, and the gate of CI."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING

import click

from httplib_conformance import faults, gate, runner
from httplib_conformance.catalogue import Level, catalogue
from httplib_conformance.checker import CANNOT_START, WRONG_USAGE
from httplib_conformance.commands.common import fail, file_named
from httplib_conformance.disputes import disputes
from httplib_conformance.report import console_for_run, visible
from httplib_conformance.schemas import BadData
from httplib_conformance.start import INTERRUPTED
from httplib_conformance.values import count

if TYPE_CHECKING:
    from pathlib import Path

MOST_NAMES = 10
"""How many unknown ids are named."""


def read_version(_context: click.Context, _option: click.Parameter, given: str | None) -> str | None:
    """The version of a release.

    Raises:
        click.BadParameter: It is none.
    """
    if given is not None and not re.fullmatch(r"[0-9]+(\.[0-9]+)+", given):
        raise click.BadParameter(f"{given!r} is no version; expected numbers joined by dots, such as 0.2.0")
    return given


@click.command("requirements")
@click.argument("results", nargs=-1, type=file_named)
@click.option(
    "--level",
    type=click.Choice([Level.documented.name, Level.observed.name]),
    default=Level.observed.name,
    show_default=True,
    help="As for run.",
)
@click.option("--json", "json_file", metavar="FILE", type=file_named, help="Write the same to FILE, as JSON.")
@click.option("--check", "check_", is_flag=True, help="Exit with 1 if something is left unchecked: for CI.")
@click.option(
    "--faults",
    "outcomes_file",
    metavar="FILE",
    type=file_named,
    help="What `faults --json` wrote: with it, --check refuses a fault that survived.",
)
@click.option(
    "--renew",
    metavar="VERSION",
    callback=read_version,
    help="Keep all ids, as they are now, as those of this release.",
)
def requirements(
    results: tuple[Path, ...],
    level: str,
    json_file: Path | None,
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
    if results and (check_ or renew is not None):
        raise click.UsageError(
            "neither --check nor --renew has a use for RESULTS: they are for what is shown"
        )
    if outcomes_file is not None and not check_ and renew is None:
        raise click.UsageError("--faults is of no use without --check or --renew")
    console = console_for_run()
    try:
        columns = [gate.load_results(file) for file in results]
        outcomes = None if outcomes_file is None else gate.load_outcomes(outcomes_file)
    except BadData as error:
        fail(str(error), WRONG_USAGE)
    try:
        released = gate.load_released(gate.RELEASED)
        cases, probes = runner.collect_all([f"--httplib-level={Level.observed.name}"])
        suite = gate.Suite(
            catalogue(), cases, disputes(), {probe.id for probe in probes}, faults.all_faults()
        )
    except (BadData, runner.RunFailed) as error:
        if isinstance(error, runner.RunFailed) and error.status == INTERRUPTED:
            fail(str(error), INTERRUPTED)
        fail(str(error), 1 if check_ else CANNOT_START)
    for file, column in zip(results, columns, strict=True):
        if unknown := column.unknown_in(suite):
            names = ", ".join(unknown[:MOST_NAMES]) + (" and others" if len(unknown) > MOST_NAMES else "")
            told = f"{file}: there are no cases or disputes called {names}: it is of another version, or live"
            click.echo(visible(told), err=True)
    if json_file is not None:
        _write(json_file, json.dumps(gate.as_json(suite, Level[level], columns), indent=1) + "\n")
    if check_ or renew is not None:
        _pass_gate(suite, released, outcomes)
    else:
        for part in gate.render(suite, Level[level], columns):
            console.print(part)
    if renew is not None:
        _write(gate.RELEASED, gate.renewed(suite, released, renew))
        click.echo(f"{gate.RELEASED}: the ids of {renew}")
    console.print(gate.render_count(suite), soft_wrap=True)


def _pass_gate(suite: gate.Suite, released: gate.Released, outcomes: gate.Outcomes | None) -> None:
    """End with 1 if something is wrong."""
    wrong = list(gate.violations(suite, released, outcomes))
    for each in wrong:
        click.echo(each)
    if wrong:
        fail(count(len(wrong), "violation"), 1)


def _write(file: Path, text: str) -> None:
    """Write a file, or end with 2 if that cannot be done."""
    try:
        file.write_text(text, encoding="utf-8")
    except OSError as error:
        fail(f"{str(file)!r} cannot be written: {error.strerror}", WRONG_USAGE)
