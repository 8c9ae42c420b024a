"""What a run looks like in the terminal.

In a terminal it has colours and a progress bar; elsewhere the same words, plain.
"""

from __future__ import annotations

import io
import re
import sys
from collections import Counter
from typing import TYPE_CHECKING, TextIO, cast

from rich.console import Console, Group, RenderableType
from rich.padding import Padding
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn
from rich.table import Table
from rich.text import Text

from httplib_conformance import __version__
from httplib_conformance.catalogue import Level, catalogue
from httplib_conformance.disputes import Side
from httplib_conformance.evidence import Verdict
from httplib_conformance.generated import SEED
from httplib_conformance.values import count

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from rich.console import ConsoleOptions, RenderResult

    from httplib_conformance.disputes import Shown
    from httplib_conformance.evidence import Deviation
    from httplib_conformance.protocol import Implementation
    from httplib_conformance.results import CaseResult

STYLES = {
    Verdict.passed: "green",
    Verdict.failed: "bold red",
    Verdict.timeout: "bold magenta",
    Verdict.crash: "bold magenta",
    Verdict.unsupported: "yellow",
    Verdict.harness_error: "bold white on red",
}

SIDES = {
    Side.document: "the document",
    Side.original: "the original",
    Side.both: "both",
    Side.neither: "neither",
}
"""As which an implementation behaves in a dispute, in words."""

MOST_COMPLAINTS = 20
"""How many of the last lines of what an agent complained are shown; the results have more."""

NARROW = 60
"""The width from which on expected and observed stand side by side."""

PLAIN_WIDTH = 110
"""The width of lines in characters where there is no terminal that has one."""


class _Plain:
    """A stream whose lines end where their words do; rich fills the columns of a table with blanks."""

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream

    def write(self, text: str) -> int:
        self._stream.write(re.sub(r" +$", "", text, flags=re.MULTILINE))
        return len(text)

    def flush(self) -> None:
        self._stream.flush()


def visible(words: str) -> str:
    """Words that came from elsewhere, with an escape for what would do something to a terminal."""
    return re.sub(r"[\x00-\x08\x0b-\x1f\x7f-\x9f]", lambda found: f"\\x{ord(found[0]):02x}", words)


def console_for_run() -> Console:
    """A console on standard output: as wide as the terminal, or plain."""
    if sys.stdout.isatty():
        return Console(file=sys.stdout, highlight=False)
    return _plain_console(sys.stdout)


def _plain_console(stream: TextIO) -> Console:
    plain = cast("TextIO", _Plain(stream))
    return Console(file=plain, highlight=False, width=PLAIN_WIDTH, color_system=None, force_terminal=False)


def render_header(
    implementation: Implementation,
    module_asked_for: str,
    examples: int,
    servers: Sequence[str] = (),
    shuffled: int | None = None,
) -> RenderableType:
    """What is being checked, and by what.

    Args:
        implementation: What runs.
        module_asked_for: The name by which it was asked for.
        examples: How many examples each generated case tries.
        servers: The real servers that it talks to; there are no generated cases then.
        shuffled: The seed from which the order of the cases is made, if it is not the usual one.
    """
    table = Table.grid(padding=(0, 2))
    version = f" {implementation.version}" if implementation.version else ""
    rows = [
        ("implementation", f"{module_asked_for}{version}"),
        ("module file", implementation.file or "(it does not say)"),
        ("interpreter", f"{implementation.interpreter} on {implementation.platform}"),
        ("executable", implementation.executable or "(it does not say)"),
        ("agent", implementation.agent),
        ("suite", f"httplib-conformance {__version__}, run by CPython {sys.version.split()[0]}"),
        ("servers", ", ".join(servers))
        if servers
        else ("generated", f"{count(examples, 'example')} a case, with the seed {SEED}"),
    ]
    if shuffled is not None:
        rows.append(("order", f"shuffled with the seed {shuffled}"))
    for name, value in rows:
        table.add_row(Text(name, style="dim"), Text(visible(value), overflow="fold"))
    return Group(Text("httplib conformance", style="bold"), table)


class _Deviations:
    """Expected and observed, side by side; below each other where code would be cut to small pieces."""

    def __init__(self, deviations: Sequence[Deviation]) -> None:
        self._deviations = deviations

    def __rich_console__(self, _: Console, options: ConsoleOptions) -> RenderResult:
        if options.max_width < NARROW:
            for each in self._deviations:
                yield Text(visible(each.what))
                rows = Table.grid(padding=(0, 2))
                for name, words, style in (
                    ("expected", each.expected, "green"),
                    ("observed", each.observed, "red"),
                ):
                    rows.add_row(Text(name, style="dim"), Text(visible(words), style=style, overflow="fold"))
                yield _indented(rows)
            return
        table = Table(box=None, padding=(0, 2, 0, 0), show_edge=False, pad_edge=False)
        for name, style in (("", ""), ("expected", "green"), ("observed", "red")):
            table.add_column(name, style=style, overflow="fold", ratio=1)
        for each in self._deviations:
            cells = (each.what, each.expected, each.observed)
            table.add_row(*(Text(visible(words)) for words in cells))
        yield table


def render_failure(result: CaseResult) -> RenderableType:
    """A case that did not pass: its requirements, expected and observed side by side, the wire log."""
    evidence = result.evidence
    parts: list[RenderableType] = [
        Text.assemble(
            (result.verdict.upper(), STYLES[result.verdict]), "  ", (result.id, "bold"), f"  ({result.level})"
        ),
        _indented(Text(result.title)),
    ]
    facts = Table.grid(padding=(0, 2))
    for identity in result.requirements:
        requirement = catalogue().get(identity)
        words = f"{identity}: {requirement.text} [{requirement.heading}]" if requirement else identity
        facts.add_row(Text("requirement", style="dim"), Text(words, overflow="fold"))
    if evidence.segmentation:
        facts.add_row(Text("replayed", style="dim"), Text(evidence.segmentation, overflow="fold"))
    if evidence.message:
        facts.add_row(Text("because", style="dim"), Text(visible(evidence.message), overflow="fold"))
    parts.append(_indented(facts))
    if evidence.deviations:
        parts.append(_indented(_Deviations(evidence.deviations)))
    for number, log in enumerate(evidence.wire, 1):
        which = f", server {number}" if len(evidence.wire) > 1 else ""
        name = f"on the wire{which} (> client, < server)"
        parts.append(_indented(Text(name, style="dim")))
        parts.append(_indented(Text(log.rstrip("\n") or "nothing", overflow="fold"), 4))
    if evidence.stderr:
        parts.append(_indented(Text("the agent", style="dim")))
        lines = evidence.stderr.rstrip().split("\n")
        shown = lines if len(lines) <= MOST_COMPLAINTS else ["...", *lines[-MOST_COMPLAINTS:]]
        parts.append(_indented(Text(visible("\n".join(shown)), overflow="fold"), 4))
    return Group(*parts)


def _indented(what: RenderableType, by: int = 2) -> Padding:
    return Padding(what, (0, 0, 0, by))


def print_failure(console: Console, result: CaseResult) -> None:
    """Show a case that did not pass; a transcript that shows the same comes last, ready to be copied."""
    console.print(render_failure(result))
    if result.evidence.reproduction:
        console.print(Text("  the same as a transcript, to be saved in a file", style="dim"))
        console.print()
        console.out(result.evidence.reproduction, highlight=False)


def render_plain(result: CaseResult) -> str:
    """A case that did not pass, as plain text."""
    text = io.StringIO()
    print_failure(_plain_console(text), result)
    return text.getvalue()


def render_summary(results: list[CaseResult]) -> RenderableType:
    """How many cases there are of each area and level, and how many of them passed."""
    levels = [level.name for level in Level if any(result.level == level.name for result in results)]
    table = Table(box=None, padding=(0, 3, 0, 0), show_edge=False, pad_edge=False)
    table.add_column("passed of", style="dim")
    for level in levels:
        table.add_column(level, justify="right")
    for area, members in [*_by_area(results), ("all", results)]:
        table.add_row(area, *(_share(each for each in members if each.level == level) for level in levels))
    return table


def _by_area(results: list[CaseResult]) -> Iterator[tuple[str, list[CaseResult]]]:
    areas: dict[str, list[CaseResult]] = {}
    for result in results:
        areas.setdefault(result.requirements[0].partition(".")[0], []).append(result)
    yield from sorted(areas.items())


def _share(results: Iterable[CaseResult]) -> Text:
    verdicts = [result.verdict for result in results]
    if not verdicts:
        return Text("-", style="dim")
    passed = verdicts.count(Verdict.passed)
    return Text(f"{passed}/{len(verdicts)}", style="green" if passed == len(verdicts) else "bold red")


def render_disputes(shown: Iterable[Shown]) -> RenderableType:
    """Where document and original disagree: which side the implementation takes."""
    table = Table(box=None, padding=(0, 3, 0, 0), show_edge=False, pad_edge=False)
    for name in ("disputed", "as", "seen"):
        table.add_column(name, style="dim", overflow="fold")
    for each in sorted(shown, key=lambda each: each.id):
        table.add_row(each.id, SIDES[each.side], Text(visible(each.saw)))
    return table


def render_verdict(
    implementation: Implementation,
    results: list[CaseResult],
    status: int,
    seconds: float,
    some_only: bool = False,
) -> Text:
    """One line that says what came of the run.

    Args:
        implementation: What was checked.
        results: What came of each case that ended.
        status: The exit status of the run.
        seconds: How long it took.
        some_only: Whether only some cases were selected: that is too little to conform by.
    """
    counts = Counter(result.verdict for result in results)
    told = [count(len(results), "case")]
    told += [f"{counts[verdict]} {verdict}" for verdict in Verdict if counts[verdict]]
    name = f"{implementation.module} in {implementation.interpreter}"
    if status == 0:
        words = f"{name} {'passes what was selected' if some_only else 'conforms'}"
        style = "bold green"
    elif status == 1:
        words, style = f"{name} deviates", "bold red"
    else:
        words, style = f"{name}: no verdict", "bold white on red"
    return Text.assemble((visible(words), style), f": {', '.join(told)}, in {seconds:.1f} s")


class Bar:
    """The progress of a run, in a terminal only."""

    def __init__(self, console: Console, total: int) -> None:
        self._progress = Progress(
            TextColumn("{task.description}"),
            BarColumn(),
            MofNCompleteColumn(),
            TimeElapsedColumn(),
            console=console,
            transient=True,
            disable=not console.is_terminal,
        )
        self._task = self._progress.add_task("running", total=total)
        self._progress.start()

    def advance(self, identity: str) -> None:
        """A case has ended."""
        self._progress.update(self._task, advance=1, description=identity[:40].ljust(40))

    def stop(self) -> None:
        """The run is over."""
        self._progress.stop()
