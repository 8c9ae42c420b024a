"""`httplib-conformance export`: write the transcripts as JSON, for runners in any language."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from httplib_conformance.checker import CANNOT_START, WRONG_USAGE
from httplib_conformance.export import CannotWrite, summary, write
from httplib_conformance.schemas import BadData


@click.command("export")
@click.argument("folder", metavar="DIR", type=click.Path(path_type=Path))
def export(folder: Path) -> None:
    """Write the transcripts to DIR as JSON, for runners in any language.

    DIR is made unless it is there and empty.  Its README.md tells how to play what is in it.
    """
    try:
        exported = write(folder)
    except (BadData, CannotWrite) as error:
        click.echo(f"Error: {error}", err=True)
        sys.exit(WRONG_USAGE if isinstance(error, CannotWrite) else CANNOT_START)
    click.echo(f"{folder}: {summary(exported)}")
