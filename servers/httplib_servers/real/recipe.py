"""Recipes: how each real server is found, started and asked for its version; recipes.toml has them all."""

import hashlib
import os
import re
import shutil
import stat
import subprocess
import sys
import tempfile
import tomllib
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass, field
from email.utils import parsedate_to_datetime
from pathlib import Path
from types import MappingProxyType
from typing import Final, Literal

from httplib_servers.certificates import server_certificate
from httplib_servers.real.process import CannotStart, reserved, serving
from httplib_servers.real.sites.small_site import HELLO, MODIFIED

HERE: Final = Path(__file__).parent
PYTHON: Final = "HTTPLIB_SERVERS_PYTHON"
"""The variable that names the interpreter with the servers from PyPI; the one that runs this otherwise."""

ORIGIN: Final = "http-server"
"""What serves the site behind servers that pass requests on."""

_HOST: Final = "127.0.0.1"
_SYSTEM_FOLDERS: Final = ("/usr/sbin", "/usr/local/sbin", "/sbin")
_TEMPORARY_FOLDERS: Final = ("/tmp", "/var/tmp")
_ASKING: Final = 60
_DIGITS: Final = 16


class Missing(Exception):
    """A server is not installed; the message is one sentence that says what to install."""


@dataclass(frozen=True)
class Running:
    """A server that serves.

    Attributes:
        host: Its address.
        port: Its port.
        scheme: "http", or "https" if it serves over TLS; a proxy does not, but the origin behind it does.
        origin: Host and port of the origin, if it passes requests on.
        proxy: Whether it is a proxy, to be asked for whole URLs and for tunnels, both to the origin.
        configuration: What it was told: the command with its placeholders, and the digest of the template
            of its configuration, if it has one.
    """

    host: str
    port: int
    scheme: Literal["http", "https"]
    origin: tuple[str, int] | None
    proxy: bool
    configuration: str

    def target(self, path: str) -> str:
        """What a request for a page of the site has in its first line."""
        return "http://{}:{}{}".format(*self.origin, path) if self.proxy and self.origin else path


@dataclass(frozen=True)
class Recipe:
    """One real server; the keys of recipes.toml.

    Attributes:
        name: What it is called here.
        title: What it calls itself.
        command: What starts it in the foreground, with placeholders.
        version_command: What makes it tell its version.
        debian: The Debian package that has it.
        program: The program to look for.
        pypi: The package on PyPI that has it; None for what is no package of Python, or comes with it.
        configuration: The template of its configuration file, in `configurations`.
        files: What else is written into its folder, by name.
        origin: Whether it passes requests on to an origin.
        proxy: Whether it is a proxy that clients know of.
        keep_alive: Whether it takes several requests on a connection.
        reasons: Whether its status lines have reason phrases.
        says_close: Whether its reply says so when it closes a connection as it was asked.
        tls: What is added to the command for TLS.
        ssl: What stands for @ssl@ in its configuration, by "plain" and "tls".
    """

    name: str
    title: str
    command: tuple[str, ...]
    version_command: tuple[str, ...] = ()
    debian: str | None = None
    program: str | None = None
    pypi: str | None = None
    configuration: str | None = None
    files: Mapping[str, str] = field(default_factory=dict)
    origin: bool = False
    proxy: bool = False
    keep_alive: bool = True
    reasons: bool = True
    says_close: bool = True
    tls: tuple[str, ...] = ()
    ssl: Mapping[str, str] = field(default_factory=dict)

    @property
    def can_tls(self) -> bool:
        """Whether it can serve over TLS, or what a tunnel through it leads to can."""
        return bool(self.tls or self.ssl or self.proxy)

    @property
    def to_install(self) -> str:
        """Where to get it, in words."""
        if self.debian:
            return f"install it from Debian (apt-get install {self.debian})"
        if self.pypi:
            return f"install it from PyPI ({_python()} -m pip install {self.pypi})"
        return "it comes with CPython"

    def version(self) -> str:
        """Ask it for its version, such as "1.22.1".

        Raises:
            Missing: It is not installed.
        """
        if self.pypi:
            return self._version_of_package(self.pypi)
        places = self._places()
        command = [_filled(part, places) for part in self.version_command]
        said = _asked(command)
        found = re.search(r"\d+(?:\.\d+)+\S*", said)
        if not found:
            raise Missing(f"{self.title} does not tell its version: {command[0]} says {said[:200]!r}")
        return found[0].rstrip(",;)")

    @contextmanager
    def start(self, *, tls: bool = False, port: int = 0) -> Iterator[Running]:
        """Run it until the context is left.

        Args:
            tls: Whether it is to serve over TLS, with a certificate of `certificates.authority_pem()`; a
                proxy has an origin that does.
            port: The port; 0 for any that is free.

        Yields:
            Where it is.

        Raises:
            Missing: It is not installed.
            CannotStart: It does not serve.
            ValueError: It cannot serve over TLS.
            OSError: There is no place for temporary files.
        """
        if tls and not self.can_tls:
            raise ValueError(f"{self.title} cannot serve over TLS here")
        places = self._places()
        if self.pypi:
            self._version_of_package(self.pypi)
        with ExitStack() as stack:
            origin = None
            if self.origin:
                behind = stack.enter_context(find(ORIGIN).start(tls=tls and self.proxy))
                origin = behind.host, behind.port
                places |= {"origin": f"{behind.host}:{behind.port}", "origin_port": str(behind.port)}
            place = _open_place()
            folder = Path(
                stack.enter_context(tempfile.TemporaryDirectory(prefix="httplib-servers-", dir=place))
            )
            try:
                port = stack.enter_context(reserved(_HOST, port))
                places |= {"host": _HOST, "port": str(port), "folder": str(folder)}
                places["ssl"] = _filled(self.ssl.get("tls" if tls else "plain", ""), places)
                template = self._furnish(folder, places)
                parts = self.command + (self.tls if tls else ())
                command = [_filled(part, places) for part in parts]
                stack.enter_context(serving(command, folder, _environment(folder), (_HOST, port)))
            except CannotStart as error:
                raise CannotStart(f"{self.title} does not start: {error}") from error
            told = " ".join(parts) + (f" ({self.configuration}: SHA-256 {template})" if template else "")
            yield Running(_HOST, port, "https" if tls else "http", origin, self.proxy, told)

    def _places(self) -> dict[str, str]:
        """What stands for the placeholders before it is started.

        Raises:
            Missing: Its program is not installed.
        """
        places = {"python": _python(), "sites": str(HERE / "sites")}
        if self.program:
            path = os.pathsep.join((os.environ.get("PATH", os.defpath), *_SYSTEM_FOLDERS))
            found = shutil.which(self.program, path=path)
            if not found:
                raise Missing(f"{self.title} is not installed: there is no {self.program}; {self.to_install}")
            places["program"] = found
        return places

    def _furnish(self, folder: Path, places: Mapping[str, str]) -> str:
        """Write its configuration, the static page, key and certificate; return the template's digest."""
        site = folder / "site"
        site.mkdir()
        page = site / "hello.txt"
        page.write_bytes(HELLO)
        modified = parsedate_to_datetime(MODIFIED).timestamp()
        os.utime(page, (modified, modified))
        (folder / "server.pem").write_bytes(b"".join(server_certificate()))
        for name, content in self.files.items():
            (folder / name).write_text(content, "utf-8")
        digest = ""
        if self.configuration:
            template = (HERE / "configurations" / self.configuration).read_text("utf-8")
            (folder / self.configuration).write_text(_filled(template, places), "utf-8")
            digest = hashlib.sha256(template.encode()).hexdigest()[:_DIGITS]
        for path in (folder, *folder.rglob("*")):  # whatever the umask: some servers give up root's rights
            path.chmod(0o755 if path.is_dir() else 0o644)
        return digest

    def _version_of_package(self, package: str) -> str:
        """The version of a package in the interpreter for servers from PyPI."""
        program = "import importlib.metadata as m; print(m.version('{}'))"
        python = _python()
        try:
            said = _asked([python, "-c", program.format(package)], check=True)
        except subprocess.CalledProcessError as error:
            raise Missing(
                f"{self.title} is not installed: {python} has no {package}; {self.to_install}, "
                f"or name another interpreter in {PYTHON}"
            ) from error
        return said.strip()


def _open_place() -> Path | None:
    """Where the folder of a server can be that gives up root's rights: where everybody may go.

    Returns:
        Such a place; None for the usual one for temporary files, if there is none or nobody is root.
    """
    if os.geteuid() == 0:
        for place in (tempfile.gettempdir(), *_TEMPORARY_FOLDERS):
            with suppress(OSError):
                path = Path(place).resolve(strict=True)
                if all(step.stat().st_mode & stat.S_IXOTH for step in (path, *path.parents)):
                    return path
    return None


def _python() -> str:
    return os.environ.get(PYTHON) or sys.executable


def _asked(command: list[str], check: bool = False) -> str:
    """What a command says."""
    try:
        answer = subprocess.run(
            command,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            errors="replace",
            timeout=_ASKING,
            check=check,
        )
    except OSError as error:
        raise Missing(f"{command[0]} cannot be started: {error.strerror}") from error
    except subprocess.TimeoutExpired as error:
        raise Missing(f"{command[0]} does not tell its version within {_ASKING:g} seconds") from error
    return answer.stdout


def _environment(folder: Path) -> dict[str, str]:
    """What a server's environment has: nothing of ours but the path."""
    return {
        "PATH": os.environ.get("PATH", os.defpath),
        "HOME": str(folder),
        "TMPDIR": str(folder),
        "LC_ALL": "C.UTF-8",
        "TZ": "UTC",
        "PYTHONPATH": str(HERE / "sites"),
        "PYTHONDONTWRITEBYTECODE": "1",
    }


def _filled(text: str, places: Mapping[str, str]) -> str:
    """A text with what stands for its placeholders."""
    return re.sub(r"@([a-z_]+)@", lambda found: places[found[1]], text)


def _read() -> dict[str, Recipe]:
    tables = tomllib.loads((HERE / "recipes.toml").read_text("utf-8"))
    recipes = {}
    for name, table in tables.items():
        lists = {key: tuple(value) for key, value in table.items() if isinstance(value, list)}
        version = lists.pop("version", ())
        table.pop("version", None)
        recipes[name] = Recipe(**{**table, **lists, "name": name, "version_command": version})
    return recipes


RECIPES: Final[Mapping[str, Recipe]] = MappingProxyType(_read())
"""All real servers, by name."""


def find(name: str) -> Recipe:
    """Return the recipe of that name.

    Raises:
        ValueError: There is none.
    """
    if name not in RECIPES:
        raise ValueError(f"no real server is called {name!r}; expected one of {', '.join(RECIPES)}")
    return RECIPES[name]
