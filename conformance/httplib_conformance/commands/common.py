"""What several subcommands share."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import NoReturn

import click

from httplib_conformance.catalogue import Level
from httplib_conformance.report import visible

LEVELS = click.Choice([Level.documented.name, Level.observed.name])

level_option = click.option(
    "--level",
    type=LEVELS,
    default=Level.documented.name,
    show_default=True,
    help="documented (which includes referenced), or observed as well.",
)
cases_option = click.option(
    "--case", "cases", metavar="ID", multiple=True, help="Only this case; repeatable, * and ? match."
)


def file_named(given: str) -> Path:
    """The file of a name.

    Raises:
        click.BadParameter: The name is empty, which otherwise stands for the current folder.
    """
    if not given:
        raise click.BadParameter("the name of the file is empty")
    return Path(given)


def selection(level: str, cases: tuple[str, ...]) -> list[str]:
    """The options of the plugin that select cases."""
    return [f"--httplib-level={level}", *(f"--httplib-case={each}" for each in cases)]


def fail(message: str, status: int) -> NoReturn:
    """Say what is wrong, and end."""
    click.echo(f"Error: {visible(message)}", err=True)
    sys.exit(status)
