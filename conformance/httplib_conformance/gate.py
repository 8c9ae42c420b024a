"""The gate: nothing that the document says is left unchecked, and no id changes its meaning.

It holds the requirement catalogue, the cases, the faults, the register of disputes, and the ids of
the last release (released-ids.toml) against each other.
"""

from __future__ import annotations

import json
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from rich.console import Group
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from httplib_conformance.catalogue import Level
from httplib_conformance.evidence import Verdict
from httplib_conformance.report import STYLES, visible
from httplib_conformance.schemas import BadData, check, load_toml, schema_of, too_much
from httplib_conformance.transcript_writer import quoted

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from rich.console import RenderableType

    from httplib_conformance.casemark import Case
    from httplib_conformance.catalogue import Requirement
    from httplib_conformance.disputes import Dispute
    from httplib_conformance.faults import Fault

SCHEMA = "httplib-conformance/requirements/1"
"""What the JSON form says that it is; the number goes up when it changes."""

RELEASED = Path(__file__).with_name("released-ids.toml")
"""The ids of the last release."""


@dataclass(frozen=True)
class Released:
    """The ids of a release, and what they stood for.

    Attributes:
        version: The release, empty if there has been none.
        requirements: The sentence of each requirement.
        cases: The requirements that each case checked.
        disputes: The disputes.
        retired: The ids that are in use no more, each with the reason.
        reworded: The ids whose sentence or requirements are others now, each with the reason why
            they still mean the same.
    """

    version: str
    requirements: dict[str, str]
    cases: dict[str, list[str]]
    disputes: list[str]
    retired: dict[str, str]
    reworded: dict[str, str]


def load_released(file: Path) -> Released:
    """The ids of the last release.

    Raises:
        BadData: The file is malformed.
    """
    return Released(**load_toml(file, schema_of("httplib_conformance", "released-ids.schema.json")))


@dataclass(frozen=True)
class Suite:
    """What there is now.

    Attributes:
        requirements: The catalogue.
        cases: The cases.
        disputes: The register of disputes.
        probes: The ids of the disputes for which there is a probe.
        faults: The implementations with one fault each.
        citing: The ids of the cases that check a requirement, by its id.
    """

    requirements: dict[str, Requirement]
    cases: list[Case]
    disputes: dict[str, Dispute]
    probes: set[str]
    faults: Mapping[str, Fault]
    citing: dict[str, list[str]] = field(init=False)

    def __post_init__(self) -> None:
        citing: dict[str, list[str]] = {identity: [] for identity in self.requirements}
        for case in self.cases:
            for identity in case.covers:
                citing.setdefault(identity, []).append(case.id)
        object.__setattr__(self, "citing", {identity: sorted(cases) for identity, cases in citing.items()})


Outcomes = dict[str, list[str]]
"""What came of a run of the faults: for each the cases that caught it."""


def load_outcomes(file: Path) -> Outcomes:
    """What a run of all faults wrote with `faults --json`.

    Raises:
        BadData: It cannot be read, or is no such file.
    """
    data = _load_json(file, "faults.schema.json")
    return {fault["id"]: sorted(fault["caught"]) for fault in data["faults"]}


def violations(suite: Suite, released: Released, outcomes: Outcomes | None = None) -> Iterator[str]:
    """What is not as it should be, one line each.

    Args:
        suite: What there is now.
        released: The ids of the last release.
        outcomes: What came of the faults, None if they were not tried.
    """
    yield from _uncovered(suite)
    yield from _unbroken(suite)
    if outcomes is not None:
        yield from _surviving(suite, outcomes)
    yield from _vanished(suite, released)
    yield from _reused(suite, released)


def _uncovered(suite: Suite) -> Iterator[str]:
    """Requirements without a case, cases without a requirement, disputes without a probe."""
    for requirement in suite.requirements.values():
        cases = suite.citing[requirement.id]
        if not cases and not requirement.untestable:
            yield (
                f"requirement {requirement.id} ({requirement.level.name}): has neither a case "
                "nor a reason why it is untestable"
            )
        if cases and requirement.untestable:
            yield f"requirement {requirement.id}: is said to be untestable, yet checked by {', '.join(cases)}"
    for identity in sorted(suite.citing.keys() - suite.requirements.keys()):
        cases = suite.citing[identity]
        yield f"requirement {identity}: is not in the catalogue, yet cited by {', '.join(cases)}"
    for identity in sorted(suite.disputes.keys() - suite.probes):
        yield f"dispute {identity}: has no probe"


def _unbroken(suite: Suite) -> Iterator[str]:
    """Requirements that no fault breaks: nobody knows whether their cases notice anything."""
    broken = {fault.breaks for fault in suite.faults.values()}
    for requirement in suite.requirements.values():
        needed = requirement.level <= Level.referenced and not requirement.untestable
        if needed and requirement.id not in broken:
            yield f"requirement {requirement.id} ({requirement.level.name}): no fault breaks it"


def _surviving(suite: Suite, outcomes: Outcomes) -> Iterator[str]:
    """Faults that no case caught, or that were not tried."""
    for fault in suite.faults.values():
        if fault.breaks and fault.id not in outcomes:
            yield f"fault {fault.id}: was not tried in the run of the faults that was given"
        elif fault.breaks and not outcomes[fault.id]:
            yield f"fault {fault.id}: survives, for no case notices that it breaks {fault.breaks}"


def _vanished(suite: Suite, released: Released) -> Iterator[str]:
    """Ids of the release that are in use no more."""
    for kind, before, now in (
        ("requirement", released.requirements.keys(), suite.requirements.keys()),
        ("case", released.cases.keys(), {case.id for case in suite.cases}),
        ("dispute", set(released.disputes), suite.disputes.keys()),
    ):
        for identity in sorted(before - now - released.retired.keys()):
            yield (
                f"{kind} {identity}: was there in release {released.version}, and is gone; "
                "if it must go, list it under [retired] with the reason"
            )


def _reused(suite: Suite, released: Released) -> Iterator[str]:
    """Ids that stand for something else than before."""
    in_use = {
        **dict.fromkeys(suite.requirements, "requirement"),
        **{case.id: "case" for case in suite.cases},
        **dict.fromkeys(suite.disputes, "dispute"),
    }
    for identity in sorted(released.retired.keys() & in_use.keys()):
        yield f"{in_use[identity]} {identity}: is retired ({released.retired[identity]}), yet used again"
    for identity, before in released.requirements.items():
        if identity in suite.requirements and identity not in released.reworded:
            now = suite.requirements[identity].text
            if now != before:
                yield (
                    f"requirement {identity}: had another sentence in release {released.version}: "
                    f"{before!r}, now {now!r}; if it means the same, list it under [reworded] with the reason"
                )
    covers = {case.id: case.covers for case in suite.cases}
    for identity, checked in released.cases.items():
        if identity in covers and identity not in released.reworded and not {*checked} & {*covers[identity]}:
            yield (
                f"case {identity}: checks nothing of what it checked in release {released.version} "
                f"({', '.join(checked)}); if it is the same, list it under [reworded] with the reason"
            )


def renewed(suite: Suite, released: Released, version: str) -> str:
    """The text of the list of ids for a new release."""
    requirements = sorted((each.id, each.text) for each in suite.requirements.values())
    cases = sorted((each.id, each.covers) for each in suite.cases)
    retired = sorted(released.retired.items())
    return "\n".join(
        [
            "# The ids as of the last release: see released-ids.schema.json.",
            "# Written by `httplib-conformance requirements --renew VERSION`;",
            "# only the last two tables are written by hand.",
            "",
            f"version = {quoted(version)}",
            "disputes = [",
            *(f"    {quoted(identity)}," for identity in sorted(suite.disputes)),
            "]",
            "",
            "[requirements]",
            *(f"{quoted(identity)} = {quoted(text)}" for identity, text in requirements),
            "",
            "[cases]",
            *(f"{quoted(identity)} = [{', '.join(map(quoted, covers))}]" for identity, covers in cases),
            "",
            "[retired]",
            *(f"{quoted(identity)} = {quoted(reason)}" for identity, reason in retired),
            "",
            "[reworded]",
            "",
        ]
    )


# -- what implementations did


@dataclass(frozen=True)
class Column:
    """What one implementation did, as a result file tells.

    Attributes:
        name: What to call it.
        verdicts: What came of each case, by its id.
        sides: Which side it takes in each dispute.
    """

    name: str
    verdicts: dict[str, Verdict]
    sides: dict[str, str]

    def of(self, cases: Iterable[str]) -> dict[str, Verdict]:
        """What came of those of the cases that ran."""
        return {case: self.verdicts[case] for case in cases if case in self.verdicts}

    def unknown_in(self, suite: Suite) -> list[str]:
        """The ids that the suite does not know: the results may come from another version of it."""
        known = {case.id for case in suite.cases} | suite.disputes.keys()
        return sorted((self.verdicts.keys() | self.sides.keys()) - known)


def load_results(file: Path) -> Column:
    """What a run wrote with `--json`.

    Raises:
        BadData: It cannot be read, is no such file, or has two results for the same id.
    """
    data = _load_json(file, "results.schema.json")
    for key in ("cases", "disputes"):
        ids = Counter(each["id"] for each in data[key])
        for identity in (each for each, times in ids.items() if times > 1):
            raise BadData(f"{file}: {key}: the id {identity!r} is there twice; expected one result for each")
    return Column(
        name=f"{data['target']['module']} in {data['target']['interpreter']}",
        verdicts={case["id"]: Verdict(case["verdict"]) for case in data["cases"]},
        sides={each["id"]: each["side"] for each in data["disputes"]},
    )


def _load_json(file: Path, schema: str) -> Any:
    """What a command wrote with `--json`.

    Raises:
        BadData: It cannot be read, or is not of that schema.
    """
    try:
        data = json.loads(file.read_bytes())
    except OSError as error:
        raise BadData(f"{file}: cannot be read: {error.strerror}") from error
    except (json.JSONDecodeError, UnicodeDecodeError) as error:
        raise BadData(f"{file}: is not JSON: {error}") from error
    except (ValueError, RecursionError) as error:
        raise BadData(f"{file}: {too_much(error)}") from error
    check(data, schema_of("httplib_conformance", schema), str(file))
    return data


def render(suite: Suite, most: Level, columns: list[Column]) -> Iterator[RenderableType]:
    """The catalogue with its cases, by heading and area, and what implementations did."""
    if columns:
        legend = Table.grid(padding=(0, 2))
        for number, column in enumerate(columns, 1):
            legend.add_row(Text(f"[{number}]", style="bold"), Text(visible(column.name), overflow="fold"))
        yield legend
        yield Text()
    groups: dict[tuple[str, str], list[Requirement]] = {}
    for requirement in suite.requirements.values():
        if requirement.level <= most:
            groups.setdefault((requirement.heading, requirement.area), []).append(requirement)
    for (heading, area), members in groups.items():
        table = Table(box=None, padding=(0, 2, 0, 0), show_edge=False, pad_edge=False)
        table.add_column(f"{heading}: {area}", ratio=1, header_style="bold", overflow="fold")
        for number in range(1, len(columns) + 1):
            table.add_column(f"[{number}]", justify="right")
        for requirement in members:
            cases = suite.citing[requirement.id]
            table.add_row(_told(requirement, cases), *(_share(column.of(cases)) for column in columns))
        yield table
        yield Text()
    table = Table(box=None, padding=(0, 2, 0, 0), show_edge=False, pad_edge=False)
    table.add_column(
        "disputed: which side an implementation takes", ratio=1, header_style="bold", overflow="fold"
    )
    for number in range(1, len(columns) + 1):
        table.add_column(f"[{number}]", justify="right")
    for dispute in suite.disputes.values():
        words = _entry(
            Text(dispute.id, style="bold"),
            Text(f"the document: {dispute.document}"),
            Text(f"the original: {dispute.original}"),
            Text(f"the reference: as the {dispute.reference}. {dispute.why}"),
        )
        table.add_row(words, *(Text(column.sides.get(dispute.id, "-")) for column in columns))
    yield table


def _entry(head: Text, *lines: Text) -> RenderableType:
    return Group(head, *(Padding(line, (0, 0, 0, 2)) for line in lines))


def _told(requirement: Requirement, cases: list[str]) -> RenderableType:
    if requirement.untestable:
        checked = Text(f"untestable: {requirement.untestable}", style="dim")
    else:
        checked = Text(", ".join(cases) or "no case", style="dim" if cases else "yellow")
    head = Text.assemble((requirement.id, "bold"), f" ({requirement.level.name})")
    return _entry(head, Text(requirement.text), checked)


def _share(verdicts: dict[str, Verdict]) -> Text:
    if not verdicts:
        return Text("-", style="dim")
    passed = sum(verdict is Verdict.passed for verdict in verdicts.values())
    return Text(
        f"{passed}/{len(verdicts)}", STYLES[Verdict.passed if passed == len(verdicts) else Verdict.failed]
    )


def render_count(suite: Suite) -> Text:
    """How much there is of each level."""
    parts = []
    for level in (Level.documented, Level.referenced, Level.observed):
        members = [each for each in suite.requirements.values() if each.level is level]
        checked = sum(bool(suite.citing[each.id]) for each in members)
        untestable = sum(bool(each.untestable) for each in members)
        parts.append(f"{len(members)} {level.name} ({checked} with cases, {untestable} untestable)")
    return Text(f"requirements: {', '.join(parts)}; {len(suite.cases)} cases; {len(suite.disputes)} disputes")


def as_json(suite: Suite, most: Level, columns: list[Column]) -> dict[str, Any]:
    """The same for `json.dumps`."""
    return {
        "schema": SCHEMA,
        "implementations": [column.name for column in columns],
        "requirements": [
            {
                "id": each.id,
                "level": each.level.name,
                "heading": each.heading,
                "source": each.source,
                "text": each.text,
                "untestable": each.untestable,
                "cases": suite.citing[each.id],
                "verdicts": [
                    {case: verdict.value for case, verdict in column.of(suite.citing[each.id]).items()}
                    for column in columns
                ],
            }
            for each in suite.requirements.values()
            if each.level <= most
        ],
        "disputes": [
            {
                "id": each.id,
                "heading": each.heading,
                "source": each.source,
                "document": each.document,
                "original": each.original,
                "reference": each.reference.value,
                "why": each.why,
                "sides": [column.sides.get(each.id) for column in columns],
            }
            for each in suite.disputes.values()
        ],
    }
