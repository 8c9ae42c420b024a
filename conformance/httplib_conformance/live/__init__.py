"""The live check: cases that talk to real servers of this machine, instead of transcripts.

    httplib-conformance run --live nginx,squid
    httplib-conformance run --live installed

The servers are those of `httplib_servers.real`; each is started when its first case needs it, and ended with
the run. A case is there once for each server that can serve what it asks for, as `live-SERVER-WHAT`.
"""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass

from httplib_servers.real import RECIPES, Missing, Recipe, find

INSTALLED = "installed"
"""What stands for all servers that are installed."""


class Unusable(Exception):
    """The servers that were asked for cannot be had; the message is for the user.

    Attributes:
        unknown: Whether there is no server of that name; otherwise it is not installed.
    """

    def __init__(self, message: str, unknown: bool) -> None:
        super().__init__(message)
        self.unknown = unknown


@dataclass(frozen=True)
class Chosen:
    """A server that cases are to talk to.

    Attributes:
        recipe: How it is started.
        title: What it calls itself, with its version.
    """

    recipe: Recipe
    title: str


def choose(names: str) -> list[Chosen]:
    """The servers of some names.

    Args:
        names: The names, parted by commas, or "installed" for all that are installed.

    Raises:
        Unusable: One of them is unknown, or is not installed, or "installed" is one of several.
    """
    given = list(dict.fromkeys(each.strip() for each in names.split(",")))
    if given == [INSTALLED]:
        chosen = []
        for recipe in RECIPES.values():
            with suppress(Missing):
                chosen.append(_chosen(recipe))
        if not chosen:
            raise Unusable("none of the real servers is installed", unknown=False)
        return chosen
    if INSTALLED in given:
        raise Unusable(
            f"{INSTALLED!r} stands alone, for all real servers that are installed; got {names!r}",
            unknown=True,
        )
    try:
        recipes = [find(name) for name in given]
    except ValueError as error:
        raise Unusable(f"{error}, or {INSTALLED!r} for all that are installed", unknown=True) from error
    try:
        return [_chosen(recipe) for recipe in recipes]
    except Missing as error:
        raise Unusable(str(error), unknown=False) from error


def _chosen(recipe: Recipe) -> Chosen:
    return Chosen(recipe, f"{recipe.title} {recipe.version()}")
