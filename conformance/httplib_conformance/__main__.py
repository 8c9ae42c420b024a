"""The command line: `httplib-conformance`, also `python -m httplib_conformance`."""

from __future__ import annotations

import fnmatch
import json
import sys
import time
from typing import TYPE_CHECKING

import click
from rich.table import Table
from rich.text import Text

from httplib_conformance import __version__, faults, runner, serving, start
from httplib_conformance.catalogue import Level, catalogue
from httplib_conformance.checker import CANNOT_START, WRONG_USAGE
from httplib_conformance.commands.common import cases_option, fail, file_named, level_option, selection
from httplib_conformance.commands.export import export
from httplib_conformance.commands.record import record_
from httplib_conformance.commands.requirements import requirements
from httplib_conformance.commands.run import run
from httplib_conformance.report import Bar, console_for_run
from httplib_conformance.results import probe
from httplib_conformance.schemas import BadData
from httplib_conformance.start import INTERRUPTED
from httplib_conformance.values import count

if TYPE_CHECKING:
    from pathlib import Path

ROOM_FOR_TITLES = 40
"""How many columns of a terminal are kept for the levels and titles of cases in a list."""


class _Commands(click.Group):
    """Commands that can be interrupted."""

    def invoke(self, ctx: click.Context) -> object:
        try:
            return super().invoke(ctx)
        except KeyboardInterrupt:
            fail("interrupted", INTERRUPTED)


@click.group(cls=_Commands, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="httplib-conformance")
def main() -> None:
    """Check implementations of the httplib client API that Python 2.7.10 documents.

    Exit status: 0 the implementation conforms, 1 it deviates, 2 wrong usage, 3 it could not be
    started or the agent broke the protocol, 5 nothing was selected, 6 all passed but the run left
    something behind, 130 it was interrupted, 141 nobody reads the output any more.
    """


@main.command("list")
@level_option
@cases_option
@click.option("-q", "--quiet", is_flag=True, help="Only the ids.")
def list_(level: str, cases: tuple[str, ...], quiet: bool) -> None:
    """List the cases."""
    try:
        found = runner.collect(selection(level, cases))
    except runner.RunFailed as error:
        fail(str(error), error.status)
    if not found:
        fail(f"nothing was selected at level {level}", runner.NOTHING_SELECTED)
    if quiet:
        for case in found:
            click.echo(case.id)
        return
    console = console_for_run()
    table = Table.grid(padding=(0, 2))
    # Ids are what one types: whole if there is room for the titles as well, and never cut.
    longest = max(len(case.id) for case in found)
    table.add_column(overflow="fold", min_width=min(longest, console.width - ROOM_FOR_TITLES))
    table.add_column(overflow="fold")
    table.add_column(overflow="fold")
    for case in found:
        table.add_row(Text(case.id, style="bold"), case.level.name, Text(case.title))
    console.print(table)
    transcripts = sum(case.transcript is not None for case in found)
    console.print(f"\n{count(len(found), 'case')}, {transcripts} of them transcripts")


@main.command()
@click.argument("case")
def show(case: str) -> None:
    """Show CASE: what it checks, where that stands in the document, and its source."""
    try:
        found = [each for each in runner.collect(selection("observed", ())) if each.id == case]
    except runner.RunFailed as error:
        fail(str(error), error.status)
    if not found:
        fail(f"no case has the id {case!r}; `httplib-conformance list` names them all", WRONG_USAGE)
    (shown,) = found
    console = console_for_run()
    console.print(Text(shown.id, style="bold"), f"({shown.level.name})")
    console.print(Text(shown.title))
    if shown.transcript is not None and (captured := shown.transcript.captured) is not None:
        console.print(Text(f"Captured from {captured.server} {captured.version} on {captured.date}"))
    console.print()
    for identity in shown.covers:
        requirement = catalogue()[identity]
        console.print(Text.assemble((identity, "bold"), f" ({requirement.level.name})"))
        console.print(Text(f"  {requirement.text}"))
        console.print(Text(f"  [{requirement.heading}] {requirement.source}".rstrip(), style="dim"))
    console.print()
    console.out(shown.source.rstrip("\n"), highlight=False)


@main.command("faults")
@click.option(
    "--fault", "patterns", metavar="ID", multiple=True, help="Only this fault; repeatable, * and ? match."
)
@click.option("--check", is_flag=True, help="Exit with 1 unless every fault is caught and every case bites.")
@click.option(
    "--others", is_flag=True, help="Also run the cases that do not cite what a fault breaks (slow)."
)
@click.option(
    "--jobs",
    metavar="N",
    type=click.IntRange(1, 64),
    default=faults.JOBS,
    show_default=True,
    help="How many faults at the same time.",
)
@click.option(
    "--timeout",
    metavar="SECONDS",
    type=click.FloatRange(min=0, min_open=True, max=86400),
    default=faults.SECONDS_A_CASE,
    show_default=True,
    help="How long a case may take.",
)
@click.option(
    "--json", "json_file", metavar="FILE", type=file_named, help="Write what came of each fault to FILE."
)
@click.option("-q", "--quiet", is_flag=True, help="No table, only what is wrong, and the verdict.")
def faults_(
    patterns: tuple[str, ...],
    check: bool,
    others: bool,
    jobs: int,
    timeout: float,
    json_file: Path | None,
    quiet: bool,
) -> None:
    """Run the cases on faulty implementations: each fault must be caught, each case must bite."""
    began = time.monotonic()
    console = console_for_run()
    _write_outcomes(json_file, None)
    try:
        known = faults.all_faults()
        for pattern in patterns:
            if not fnmatch.filter(known, pattern):
                fail(f"no fault has the id {pattern!r}", WRONG_USAGE)
        chosen = [
            fault
            for fault in known.values()
            if not patterns or any(fnmatch.fnmatchcase(fault.id, pattern) for pattern in patterns)
        ]
        cases = runner.collect(selection(Level.observed.name, ()))
        _write_outcomes(json_file, "")  # those of an earlier run must not pass for those of this one
        bar = Bar(console, len(chosen))
        try:
            outcomes = faults.sweep_in_parallel(
                chosen, others, timeout, jobs, lambda outcome: bar.advance(outcome.fault.id)
            )
        finally:
            bar.stop()
    except runner.RunFailed as error:
        fail(str(error), error.status)
    except BadData as error:
        fail(str(error), CANNOT_START)
    judgement = faults.judge(outcomes, cases, everything=not patterns)
    _write_outcomes(json_file, json.dumps(faults.as_json(outcomes, judgement), indent=1) + "\n")
    if not quiet:
        console.print(faults.render_table(outcomes, judgement))
        console.print()
    for problem in judgement.problems:
        console.print(Text(problem), soft_wrap=True)
    console.print(faults.render_verdict(judgement, outcomes, time.monotonic() - began), soft_wrap=True)
    if check and judgement.problems:
        sys.exit(1)


def _write_outcomes(file: Path | None, text: str | None) -> None:
    """Write the outcomes to a file if one is given; without a text, see only whether that can be done."""
    if file is not None:
        try:
            if text is None:
                probe(file)
            else:
                file.write_text(text, encoding="utf-8")
        except OSError as error:
            fail(f"the outcomes cannot be written to {str(file)!r}: {error.strerror}", WRONG_USAGE)


@main.command()
@click.argument("name", required=False)
@click.option(
    "--tls", metavar="NAME", type=click.Choice(list(serving.TLS_KINDS)), help="Serve over TLS, of this kind."
)
@click.option("--host", default="127.0.0.1", show_default=True, help="The loopback address to listen on.")
@click.option(
    "--port", type=click.IntRange(0, 65535), default=0, help="The port to listen on (default: any)."
)
@click.option("--once", is_flag=True, help="End when the first client has gone.")
def serve(name: str | None, tls: str | None, host: str, port: int, once: bool) -> None:
    """Play the server of NAME for your own client: a transcript's id or file, or a server's name.

    Without NAME, list the servers that are no transcripts, and the kinds of TLS.
    """
    if name is None:
        for kind, described in (("", serving.servers()), ("--tls ", serving.TLS_KINDS.items())):
            for each, title in described:
                click.echo(f"{kind}{each:{28 - len(kind)}}  {title}")
        return
    try:
        serving.serve(name, serving.Place(host, port, tls, once), click.echo)
    except serving.CannotServe as error:
        fail(str(error), WRONG_USAGE)


main.add_command(run)
main.add_command(record_)
main.add_command(export)
main.add_command(requirements)

if __name__ == "__main__":  # pragma: no cover (`python -m` is tried in a process of its own)
    start.run(lambda: main)
