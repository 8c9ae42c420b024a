"""What came of the mutants, held against the list of survivors that are explained."""

from __future__ import annotations

import tomllib
from collections import Counter
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

LIST = Path(__file__).with_name("survivors.toml")
"""The survivors that are explained."""

LEAST_KILLED = 95.0
"""How many of a hundred mutants have to be killed."""

KILLED = ("killed", "timeout")
SURVIVED = ("survived", "no tests")
UNTRIED = "not checked"
"""What mutmut calls it; a mutant with no tests is in a function that no case calls."""


class BadList(Exception):
    """The list of survivors is malformed; the message says where, and what was expected."""


@dataclass(frozen=True, order=True)
class Change:
    """What a mutant changes: one that is numbered anew is still the same.

    Attributes:
        function: The module and the function, such as `mail.MailMessage.getaddr`.
        old: The lines that it changes, without their indentation.
        new: What it makes of them.
        nth: Which one it is, where a function has the same lines more than once.
    """

    function: str
    old: str
    new: str
    nth: int = 1

    def __str__(self) -> str:
        lines = [self.function if self.nth == 1 else f"{self.function} (number {self.nth})"]
        lines += [f"  - {line}" for line in self.old.splitlines()]
        lines += [f"  + {line}" for line in self.new.splitlines()]
        return "\n".join(lines)


@dataclass(frozen=True)
class Mutant:
    """A mutant, and what came of it.

    Attributes:
        name: What mutmut calls it.
        status: What mutmut says came of it.
        change: What it changes.
    """

    name: str
    status: str
    change: Change

    @property
    def module(self) -> str:
        """The module that it is in."""
        return self.change.function.partition(".")[0]


def function_of(name: str) -> str:
    """The function of a mutant, from what mutmut calls it."""
    path, _, mangled = name.removeprefix("reference.httplib27.").partition("__mutmut_")[0].rpartition(".")
    parts = mangled.split("ǁ")  # x_function, or xǁClassǁmethod
    return ".".join([path, *(parts[1:] if len(parts) > 1 else [mangled.removeprefix("x_")])])


def mutants_of(found: Iterable[tuple[str, str, str]]) -> list[Mutant]:
    """The mutants, from what mutmut calls them, what it says came of them, and their diffs, in its order."""
    seen: Counter[Change] = Counter()
    mutants = []
    for name, status, diff in found:
        lines = [line for line in diff.splitlines() if not line.startswith(("---", "+++"))]
        old, new = ("\n".join(line[1:].strip() for line in lines if line.startswith(sign)) for sign in "-+")
        change = Change(function_of(name), old, new)
        seen[change] += 1
        mutants.append(Mutant(name, status, replace(change, nth=seen[change])))
    return mutants


def load(file: Path = LIST) -> dict[Change, str]:
    """The survivors that are explained, each with the reason why no caller can tell the difference.

    Raises:
        BadList: The list is malformed.
    """
    try:
        data = tomllib.loads(file.read_text("utf-8"))
    except tomllib.TOMLDecodeError as error:
        raise BadList(f"{file}: {error}") from None
    if set(data) - {"survivor"} or not isinstance(data.get("survivor", []), list):
        raise BadList(f"{file}: expected tables [[survivor]], and nothing else")
    reasons: dict[Change, str] = {}
    for number, entry in enumerate(data.get("survivor", []), 1):
        try:
            changes, reason = _read(entry)
        except ValueError as error:
            raise BadList(f"{file}: survivor {number}: {error}") from None
        for change in changes:
            if change in reasons:
                raise BadList(f"{file}: survivor {number}: it is there twice: {change}")
            reasons[change] = reason
    return reasons


def _read(entry: object) -> tuple[list[Change], str]:
    """The changes of an entry, and the reason for all of them.

    Raises:
        ValueError: It is malformed.
    """
    if not isinstance(entry, dict) or set(entry) - {"nth"} != {"function", "old", "new", "reason"}:
        raise ValueError("expected the keys function, old, new and reason, and perhaps nth")
    news = entry["new"] if isinstance(entry["new"], list) else [entry["new"]]
    texts = [entry["function"], entry["old"], *news, entry["reason"]]
    if not news or not all(isinstance(text, str) and text.strip() for text in texts):
        raise ValueError("expected texts, none of them empty; new may be a list of them")
    nth = entry.get("nth", 1)
    if not isinstance(nth, int) or nth < 1:
        raise ValueError(f"nth: expected a number from 1 on, not {nth!r}")
    changes = [Change(entry["function"], entry["old"].strip(), new.strip(), nth) for new in news]
    return changes, entry["reason"].strip()


@dataclass(frozen=True)
class Judgement:
    """What is to be said of the mutants.

    Attributes:
        problems: What makes the run fail, in words.
        stale: The explained survivors that were killed, or are no longer there.
        table: How many mutants of each module came to what.
    """

    problems: list[str]
    stale: list[str]
    table: str


def judge(mutants: Sequence[Mutant], reasons: dict[Change, str], everything: bool = True) -> Judgement:
    """Hold the mutants against the list.

    Args:
        mutants: All mutants.
        reasons: The survivors that are explained.
        everything: Whether all of them were to be tried. Otherwise nothing is said of those that were
            not, of the reasons, and of how many were killed.
    """
    tried = [mutant for mutant in mutants if everything or mutant.status != UNTRIED]
    survivors = [mutant for mutant in tried if mutant.status in SURVIVED]
    problems = [
        f"{mutant.name} {_said_of(mutant)}, and {LIST.name} does not say why: {mutant.change}"
        for mutant in survivors
        if mutant.change not in reasons
    ]
    problems += [
        f"{mutant.name} was not tried ({mutant.status}): {mutant.change}"
        for mutant in tried
        if mutant.status not in (*KILLED, *SURVIVED)
    ]
    stale = []
    if everything:
        killed = _share_killed(mutants)
        if killed < LEAST_KILLED:
            problems.append(
                f"{killed:.1f} % of the mutants were killed; expected at least {LEAST_KILLED:g} %"
            )
        alive = {mutant.change for mutant in survivors}
        known = {mutant.change for mutant in mutants}
        stale = [
            f"{'killed' if change in known else 'no longer there'}: {change}"
            for change in reasons
            if change not in alive
        ]
    return Judgement(problems, stale, _table(tried, reasons))


def _said_of(mutant: Mutant) -> str:
    return "survived" if mutant.status == "survived" else "is called by no case"


def _share_killed(mutants: Sequence[Mutant]) -> float:
    return 100 * sum(mutant.status in KILLED for mutant in mutants) / len(mutants) if mutants else 0.0


def _table(mutants: Sequence[Mutant], reasons: dict[Change, str]) -> str:
    lines = [
        f"{'module':14} {'mutants':>7} {'killed':>7} {'timeout':>7} {'explained':>9} {'open':>7} {'share':>8}"
    ]
    lines += [
        _row(module, [mutant for mutant in mutants if mutant.module == module], reasons)
        for module in sorted({mutant.module for mutant in mutants})
    ]
    lines.append(_row("all", mutants, reasons))
    return "\n".join(lines)


def _row(title: str, mutants: Sequence[Mutant], reasons: dict[Change, str]) -> str:
    counts = Counter(_column(mutant, reasons) for mutant in mutants)
    numbers = f"{counts['killed']:7} {counts['timeout']:7} {counts['explained']:9} {counts['open']:7}"
    return f"{title:14} {len(mutants):7} {numbers} {_share_killed(mutants):6.1f} %"


def _column(mutant: Mutant, reasons: dict[Change, str]) -> str:
    if mutant.status in KILLED:
        return mutant.status
    return "explained" if mutant.status in SURVIVED and mutant.change in reasons else "open"


def render(judgement: Judgement) -> Iterable[str]:
    """The lines that say it."""
    yield from judgement.problems
    for stale in judgement.stale:
        yield f"{LIST.name} explains what is {stale}"
    yield judgement.table
