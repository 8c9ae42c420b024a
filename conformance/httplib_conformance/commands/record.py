"""`httplib-conformance record`: captures what real servers reply, and writes transcripts of it."""

from __future__ import annotations

import re
from contextlib import contextmanager
from dataclasses import dataclass
from ipaddress import ip_address
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import click
from httplib_servers.real import RECIPES, CannotStart, Missing, Recipe, find

from httplib_conformance.capture import CannotRecord, NotAnswered, Subject, record
from httplib_conformance.checker import CANNOT_START, WRONG_USAGE
from httplib_conformance.commands.common import fail
from httplib_conformance.runner import NOTHING_SELECTED
from httplib_conformance.serving import terminated_like_interrupted
from httplib_conformance.shots import SHOTS, Shot
from httplib_conformance.start import INTERRUPTED
from httplib_conformance.transcript_writer import write
from httplib_conformance.values import count

if TYPE_CHECKING:
    from collections.abc import Iterator

_NAME = re.compile("[a-z0-9]+(-[a-z0-9]+)*")


@dataclass(frozen=True)
class _Named:
    """What the user says of a server that was started otherwise."""

    name: str
    server: str
    version: str
    configuration: str


@dataclass(frozen=True)
class _Address:
    """A server that runs already, as a URL names it."""

    named: _Named
    host: str
    port: int
    authority: str
    path: str


def _words(_context: click.Context, _option: click.Parameter, words: str | None) -> str | None:
    """What an option says of a server; bytes that are no text come as surrogates, which no file can hold.

    Raises:
        click.BadParameter: There are such bytes in it.
    """
    try:
        (words or "").encode()
    except UnicodeEncodeError:
        raise click.BadParameter(f"{words!r} is no text; expected UTF-8") from None
    return words


def _folder(_context: click.Context, _option: click.Parameter, name: str) -> Path:
    """The folder of that name.

    Raises:
        click.BadParameter: The name is empty, which would be the current folder.
    """
    if not name:
        raise click.BadParameter("the name is empty; expected that of a folder")
    return Path(name)


@click.command("record")
@click.argument("servers", metavar="[SERVER_OR_URL]...", nargs=-1)
@click.option(
    "--to",
    "folder",
    metavar="DIR",
    callback=_folder,
    default="captured",
    show_default=True,
    help="Where the transcripts are written, in a folder for each server.",
)
@click.option(
    "--shot",
    "shots",
    metavar="NAME",
    multiple=True,
    type=click.Choice(list(SHOTS)),
    help="Only this; repeatable.",
)
@click.option("--force", is_flag=True, help="Write over files that are there already.")
@click.option("--name", help="With a URL: what it is called in ids (default: server).")
@click.option("--server", metavar="WORDS", callback=_words, help="With a URL: what the server is.")
@click.option("--server-version", metavar="VERSION", callback=_words, help="With a URL: its version.")
@click.option("--configuration", metavar="WORDS", callback=_words, help="With a URL: how it is configured.")
def record_(
    servers: tuple[str, ...],
    folder: Path,
    shots: tuple[str, ...],
    force: bool,
    name: str | None,
    server: str | None,
    server_version: str | None,
    configuration: str | None,
) -> None:
    """Capture what real servers reply, and write transcripts of it.

    SERVER is the name of a server that is started from its package; URL, such as
    http://127.0.0.1:8080/page, is a page of a server that runs already. Without any, list the servers.
    """
    said = {
        "--name": name,
        "--server": server,
        "--server-version": server_version,
        "--configuration": configuration,
    }
    given = [option for option, words in said.items() if words is not None]
    if given and not any("://" in each for each in servers):
        raise click.UsageError(f"{given[0]} goes with a URL; expected one, such as http://127.0.0.1:8080/")
    if not servers:
        _list()
        return
    chosen = tuple(SHOTS[each] for each in shots or SHOTS)
    named = None
    if server and server_version:
        named = _Named("server" if name is None else name, server, server_version, configuration or "")
    subjects = [_address(each, named) if "://" in each else _recipe(each) for each in dict.fromkeys(servers)]
    if sum(isinstance(each, _Address) for each in subjects) > 1:
        fail("there is one --name; expected one URL at most", WRONG_USAGE)
    plans = [(subject, _applying(subject, chosen)) for subject in subjects]
    files = [_file(folder, _name(subject), shot) for subject, shots in plans for shot in shots]
    if not files:
        fail("nothing was selected: none of the servers can be asked that", NOTHING_SELECTED)
    there = [str(file) for file in files if file.exists()]
    if there and not force:
        more = f" (and {count(len(there) - 1, 'more')})" if len(there) > 1 else ""
        fail(f"{there[0]!r} exists{more}; --force writes over it", WRONG_USAGE)
    try:
        with terminated_like_interrupted():
            written = 0
            for subject in subjects:
                if isinstance(subject, Recipe):
                    subject.version()  # so that what is missing is told before anything is started
            for subject, wanted in plans:
                written += _record(subject, wanted, folder)
    except (Missing, CannotStart, CannotRecord) as error:
        fail(str(error), CANNOT_START)
    except KeyboardInterrupt:
        fail("interrupted", INTERRUPTED)
    click.echo(f"{count(written, 'transcript')} written")


def _list() -> None:
    for recipe in RECIPES.values():
        try:
            says = f"{recipe.title} {recipe.version()}"
        except Missing as error:
            says = str(error)
        click.echo(f"{recipe.name:12}  {says}")


def _recipe(name: str) -> Recipe:
    try:
        return find(name)
    except ValueError as error:
        fail(str(error), WRONG_USAGE)


def _address(url: str, named: _Named | None) -> _Address:
    """What a URL names.

    Only this machine is talked to, and only without TLS, in which nothing could be captured.
    """
    try:
        parts = urlsplit(url)
        host, port = parts.hostname or "", 80 if parts.port is None else parts.port
        is_own = parts.scheme == "http" and ip_address(host).is_loopback
    except ValueError:
        is_own = False
    if not re.fullmatch("[!-~]+", url):
        fail(f"{url!r} is no URL; expected nothing but visible characters of ASCII in it", WRONG_USAGE)
    if not is_own:
        fail(
            f"{url!r} is no page of this machine; expected http:// and a loopback address, "
            "such as http://127.0.0.1:8080/",
            WRONG_USAGE,
        )
    if port == 0:
        fail(f"{url!r} has port 0, where nobody can listen; expected one from 1 to 65535", WRONG_USAGE)
    if named is None:
        fail(f"nobody knows what serves {url!r}; say it with --server and --server-version", WRONG_USAGE)
    if not _NAME.fullmatch(named.name):
        fail(
            f"{named.name!r} is no name for ids; expected words in lower case, joined by hyphens",
            WRONG_USAGE,
        )
    path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    return _Address(named, host, port, parts.netloc.rpartition("@")[2], path)


def _name(subject: Recipe | _Address) -> str:
    return subject.name if isinstance(subject, Recipe) else subject.named.name


def _applying(subject: Recipe | _Address, shots: tuple[Shot, ...]) -> list[Shot]:
    """What a server can be asked."""
    if isinstance(subject, _Address):
        return [shot for shot in shots if shot.everywhere]
    return [
        shot
        for shot in shots
        if (not shot.tunnel or subject.proxy) and (not shot.keep_alive or subject.keep_alive)
    ]


def _file(folder: Path, name: str, shot: Shot) -> Path:
    return folder / name / f"captured-{name}-{shot.name}.toml"


@contextmanager
def _running(subject: Recipe | _Address) -> Iterator[Subject]:
    """Start a server, if that is to be done."""
    if isinstance(subject, _Address):
        address, named = subject, subject.named
        yield Subject(
            named.name,
            named.server,
            named.version,
            named.configuration,
            address.host,
            address.port,
            lambda _: address.path,
            address.authority,
        )
        return
    version = subject.version()
    with subject.start() as running:
        host, port = running.origin if running.proxy and running.origin else (running.host, running.port)
        yield Subject(
            subject.name,
            subject.title,
            version,
            running.configuration,
            running.host,
            running.port,
            running.target,
            f"{host}:{port}",
            subject.keep_alive,
            running.origin,
        )


def _record(subject: Recipe | _Address, shots: list[Shot], folder: Path) -> int:
    """Record a server, and write its transcripts once all are there; return how many that are."""
    files = {}
    try:
        with _running(subject) as running:
            for shot in shots:
                try:
                    files[_file(folder, running.name, shot)] = write(record(running, shot))
                except NotAnswered as answer:
                    click.echo(f"no {shot.name}: {answer}")
        for file, text in files.items():
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(text, "utf-8", newline="\n")
            click.echo(file)
    except OSError as error:
        where = f"{error.filename!r}" if error.filename else "the transcripts"
        fail(f"{where} cannot be written: {error.strerror}", WRONG_USAGE)
    return len(files)
