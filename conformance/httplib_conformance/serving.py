"""Plays the server's side of a transcript, or a server that has a name, for a person's own client.

It is played again and again, each time from its beginning, until it is interrupted. After each time
the wire log is printed, and what the client did otherwise than the script has it.
"""

from __future__ import annotations

import signal
import tempfile
import threading
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass
from ipaddress import ip_address
from pathlib import Path
from typing import TYPE_CHECKING

from httplib_servers import Action, Recording, ReplayServer, render_log
from httplib_servers.certificates import VARIANTS, authority_pem, client_certificate, server_context
from httplib_servers.scenarios import SCENARIOS
from httplib_servers.script import secured
from httplib_servers.unreachable import NeverAccepts, Refuses, Unavailable

from httplib_conformance.play import script
from httplib_conformance.report import visible
from httplib_conformance.schemas import BadData
from httplib_conformance.segmentation import whole
from httplib_conformance.start import ENDINGS, end_as_by_interruption
from httplib_conformance.transcripts import Transcript, corpus, load

if TYPE_CHECKING:
    import ssl
    from collections.abc import Callable, Iterator

UNREACHABLE: dict[str, tuple[str, type[Refuses]]] = {
    "refuses": ("a port where nobody listens", Refuses),
    "never-accepts": ("a server whose queue of connections is full", NeverAccepts),
}
"""Servers that nobody reaches, by name."""

TLS_KINDS = VARIANTS
"""What there is of TLS, by name."""


class CannotServe(Exception):
    """It cannot be done; the message is one sentence for the user."""


@dataclass(frozen=True)
class Place:
    """Where to serve, and how.

    Attributes:
        host: The loopback address to listen on.
        port: The port, 0 for any that is free.
        tls: The kind of TLS, a key of TLS_KINDS; None for none.
        once: Whether to end when the first client has gone.
    """

    host: str = "127.0.0.1"
    port: int = 0
    tls: str | None = None
    once: bool = False


def servers() -> Iterator[tuple[str, str]]:
    """The names of the servers that are no transcripts, each with what it does."""
    yield from ((name, scenario.title) for name, scenario in SCENARIOS.items())
    yield from ((name, title) for name, (title, _) in UNREACHABLE.items())


def serve(name: str, place: Place, say: Callable[[str], None]) -> None:
    """Serve until interrupted.

    Args:
        name: The id or the file of a transcript, or the name of a server.
        place: Where and how.
        say: Called with each line for the user.

    Raises:
        CannotServe: It cannot be done.
    """
    try:
        is_own = ip_address(place.host).is_loopback
    except ValueError:
        is_own = False
    if not is_own:
        raise CannotServe(f"{place.host!r} is no loopback address, such as 127.0.0.1 or ::1")
    if name in UNREACHABLE and place.tls is not None:
        raise CannotServe(f"nobody gets as far as TLS with {name!r}; expected no --tls")
    with suppress(KeyboardInterrupt), ExitStack() as stack:
        stack.enter_context(terminated_like_interrupted())
        if name in UNREACHABLE:
            _refuse(name, place, say, stack)
        else:
            context = _context(place.tls, say, stack) if place.tls is not None else None
            title, actions = _found(name, context)
            _replay(title, actions, place, say)


def _replay(title: str, actions: list[Action], place: Place, say: Callable[[str], None]) -> None:
    server = _listening(actions, place.host, place.port)
    try:
        scheme = "http" if place.tls is None else "https"
        _announce(title, f"{scheme}://{_authority(server.host, server.port)}/", say)
        going_on = True
        while going_on:
            recording, interrupted = _play(server)
            going_on = not (interrupted or place.once)
            if going_on:  # before the log is printed, at which the next client may come
                server = _listening(actions, server.host, server.port)
            _report(recording, interrupted, say)
    except KeyboardInterrupt:  # pragma: no cover (between two statements of this loop: nobody can aim at it)
        _report(server.abort(), True, say)
    finally:
        server.abort()


def _listening(actions: list[Action], host: str, port: int) -> ReplayServer:
    try:
        return ReplayServer(actions, host=host, port=port).start()
    except OSError as error:
        raise _cannot_listen(host, port, error) from error


def _play(server: ReplayServer) -> tuple[Recording, bool]:
    """Wait for a client to come and go; return what happened, and whether that was interrupted."""
    try:
        server.wait()
        return server.finish(), False
    except KeyboardInterrupt:
        return server.abort(), True


def _report(recording: Recording, interrupted: bool, say: Callable[[str], None]) -> None:
    """Print what happened."""
    if recording.events:
        say(render_log(recording).removesuffix("\n"))
    if not interrupted:
        say(recording.problem or "The client did what the script awaits.")
        say("")


def _refuse(name: str, place: Place, say: Callable[[str], None], stack: ExitStack) -> None:
    title, kind = UNREACHABLE[name]
    try:
        server = stack.enter_context(kind(host=place.host, port=place.port))
    except Unavailable as error:
        raise CannotServe(str(error)) from error
    except OSError as error:
        raise _cannot_listen(place.host, place.port, error) from error
    _announce(title, _authority(server.host, server.port), say)
    threading.Event().wait()


def _found(name: str, context: ssl.SSLContext | None) -> tuple[str, list[Action]]:
    """What is served by that name: in words, and as a script."""
    if name in SCENARIOS:
        return SCENARIOS[name].title, SCENARIOS[name].make(context)
    try:
        transcript = _transcript(name)
    except BadData as error:
        raise CannotServe(str(error)) from error
    except OSError as error:
        raise CannotServe(f"the transcript {name!r} cannot be read: {error.strerror}") from error
    actions = script(transcript, whole)
    return transcript.title, secured(actions, context) if context else actions


def _transcript(name: str) -> Transcript:
    file = Path(name)
    if file.suffix == ".toml" or len(file.parts) > 1:
        if not file.is_file():
            raise CannotServe(f"there is no transcript file {name!r}")
        return load(file)
    for transcript in corpus():
        if transcript.id == name:
            return transcript
    raise CannotServe(
        f"no transcript and no server is called {name!r}; `httplib-conformance list` names the "
        "transcripts, and `httplib-conformance serve` the servers"
    )


def _context(tls: str, say: Callable[[str], None], stack: ExitStack) -> ssl.SSLContext:
    """Make the server's side of TLS, and write down what a client needs for the other one."""
    files = {"authority to trust": authority_pem()}
    if tls == "client-certificate":
        files["client's key"], files["client's certificate"] = client_certificate()
    try:
        folder = stack.enter_context(tempfile.TemporaryDirectory(prefix="httplib-conformance-"))
        for number, content in enumerate(files.values()):
            Path(folder, f"{number}.pem").write_bytes(content)
        context = server_context(tls)
    except OSError as error:
        raise CannotServe(f"the certificates cannot be written: {error.strerror}") from error
    say(f"TLS with {TLS_KINDS[tls]}")
    for number, what in enumerate(files):
        say(f"the {what}: {Path(folder, f'{number}.pem')}")
    return context


def _announce(title: str, address: str, say: Callable[[str], None]) -> None:
    say(visible(title))
    say(f"at {address} until interrupted (Ctrl-C)")
    say("")


def _authority(host: str, port: int) -> str:
    return f"[{host}]:{port}" if ":" in host else f"{host}:{port}"


def _cannot_listen(host: str, port: int, error: OSError) -> CannotServe:
    where = f"port {port} of {host}" if port else host
    reason = str(error.strerror).partition(" (while ")[0]  # Python adds what it was about
    return CannotServe(f"nobody can listen on {where}: {reason}")


@contextmanager
def terminated_like_interrupted() -> Iterator[None]:
    """Let SIGTERM and SIGHUP end it as Ctrl-C does, so that nothing is left behind then either."""
    before = {number: signal.getsignal(number) for number in ENDINGS}
    end_as_by_interruption()
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
