"""Real servers: how they are found, started, awaited and ended; with http.server, and with fakes of it."""

import hashlib
import os
import re
import select
import signal
import socket
import ssl
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import httplib27 as httplib
import pytest
from httplib_servers.certificates import authority_pem
from httplib_servers.real import RECIPES, CannotStart, Missing, Recipe, find, process, recipe
from httplib_servers.real.sites.small_site import HELLO, large
from replay_clients import BOUND

HTTP_SERVER = find("http-server")
open_place = recipe._open_place
SAYS = "import sys; print('configuration is wrong', file=sys.stderr); "
LISTENS = """
import signal, socket, sys
server = socket.socket()
server.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
server.bind(("@host@", int("@port@")))
"""


@pytest.fixture(autouse=True, name="temporary")
def _temporary_folders_are_here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """And they are gone when a test is over."""
    folder = tmp_path / "temporary"
    folder.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(folder))
    monkeypatch.setattr(recipe, "_open_place", lambda: None)
    monkeypatch.delenv(recipe.PYTHON, raising=False)
    yield folder
    assert list(folder.iterdir()) == []


def fake(program: str, **more) -> Recipe:
    """A recipe whose server is a program of Python."""
    return Recipe("fake", "a fake", ("@python@", "-c", program), **more)


def fetch(connection, method: str, path: str, body=None, fields=None) -> tuple[int, bytes]:
    connection.request(method, path, body, fields or {})
    response = connection.getresponse()
    return response.status, response.read()


def test_http_server_serves_the_site() -> None:
    """From its package, on a free port, in a process of its own."""
    with HTTP_SERVER.start() as server:
        assert (server.host, server.scheme, server.origin, server.proxy) == ("127.0.0.1", "http", None, False)
        assert server.target("/echo") == "/echo"
        assert server.configuration == "@python@ @sites@/http_server_site.py @host@ @port@"
        connection = httplib.HTTPConnection(server.host, server.port, timeout=BOUND)
        assert fetch(connection, "GET", "/hello.txt") == (200, HELLO)
        assert fetch(connection, "GET", "/chunked") == (200, HELLO)
        assert fetch(connection, "HEAD", "/chunked") == (200, b"")
        assert fetch(connection, "GET", "/missing")[0] == 404
        assert fetch(connection, "PUT", "/echo", b"abc") == (200, b"abc")
        connection.close()
    with pytest.raises(ConnectionRefusedError):
        socket.create_connection((server.host, server.port), BOUND)


def test_http_server_serves_over_tls() -> None:
    """With a certificate of ours."""
    with HTTP_SERVER.start(tls=True) as server:
        assert server.scheme == "https"
        context = ssl.create_default_context(cadata=authority_pem().decode())
        connection = httplib.HTTPSConnection(server.host, server.port, timeout=BOUND, context=context)
        assert fetch(connection, "GET", "/hello.txt") == (200, HELLO)
        connection.close()


def test_a_server_that_passes_on_has_an_origin() -> None:
    """It is there as long as the server is, and a proxy is asked for its URLs."""
    passing = fake(LISTENS + "server.listen(); signal.pause()", origin=True, proxy=True)
    with passing.start(tls=True) as server:
        assert server.target("/echo") == "http://{}:{}/echo".format(*server.origin)
        context = ssl.create_default_context(cadata=authority_pem().decode())
        connection = httplib.HTTPSConnection(*server.origin, timeout=BOUND, context=context)
        assert fetch(connection, "GET", "/hello.txt") == (200, HELLO)
        connection.close()
    with pytest.raises(ConnectionRefusedError):
        socket.create_connection(server.origin, BOUND)


def test_a_server_with_a_configuration() -> None:
    """It is written where the command says, and kept as it stands, for others to see."""
    program = (
        LISTENS
        + "assert open('@folder@/tinyproxy.conf').read().startswith('Listen @host@\\n')\n"
        + "assert open('@folder@/page').read() == 'a page'\n"
        + "server.listen()\nsignal.pause()"
    )
    configured = Recipe(
        "fake",
        "a fake",
        ("@program@", "-c", program),
        program=sys.executable,
        configuration="tinyproxy.conf",
        files={"page": "a page"},
    )
    with configured.start() as server:
        assert re.search(r" \(tinyproxy\.conf: SHA-256 [0-9a-f]{16}\)$", server.configuration)


def test_a_server_that_gives_up_its_rights_can_read_its_files() -> None:
    """Whatever the umask of who starts it."""
    looking = (
        "import os; modes = {f'{os.stat(path).st_mode:o}' for path in ('.', 'site', 'site/hello.txt')}\n"
    )
    program = (
        looking + "assert modes == {'40755', '100644'}, modes\n" + LISTENS + "server.listen(); signal.pause()"
    )
    before = os.umask(0o077)
    try:
        with fake(program).start():
            pass
    finally:
        os.umask(before)


def test_the_folder_of_such_a_server_is_where_everybody_may_go(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """The first such place for temporary files; only root's servers have rights to give up."""
    (tmp_path / "closed").mkdir(mode=0o700)
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path / "missing"))
    monkeypatch.setattr(recipe, "_TEMPORARY_FOLDERS", (tmp_path / "closed", "/"))
    monkeypatch.setattr(os, "geteuid", lambda: 0)
    assert open_place() == Path("/")
    monkeypatch.setattr(recipe, "_TEMPORARY_FOLDERS", (tmp_path / "closed",))
    assert open_place() is None
    monkeypatch.setattr(tempfile, "tempdir", "/")
    assert open_place() == Path("/")
    monkeypatch.setattr(os, "geteuid", lambda: 1000)
    assert open_place() is None


def test_elsewhere_it_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    """A system that cannot do it says so."""
    monkeypatch.delattr(os, "pidfd_open")
    words = "^http.server of CPython does not start: real servers are started on Linux only$"
    with pytest.raises(CannotStart, match=words), HTTP_SERVER.start():
        pass


def test_versions() -> None:
    """As the program itself or the package tells it."""
    assert HTTP_SERVER.version() == ".".join(map(str, sys.version_info[:3]))
    assert Recipe("h11", "h11", (), pypi="h11").version() == __import__("h11").__version__
    silent = fake("", version_command=("@python@", "-c", ""))
    with pytest.raises(Missing, match=r"a fake does not tell its version: .* says ''"):
        silent.version()


def test_a_version_that_is_not_told(monkeypatch: pytest.MonkeyPatch) -> None:
    """What hangs is given up."""
    monkeypatch.setattr(recipe, "_ASKING", 0.05)
    hanging = fake("", version_command=("@python@", "-c", "import signal; signal.pause()"))
    with pytest.raises(Missing, match=r"python.* does not tell its version within 0\.05 seconds$"):
        hanging.version()


@pytest.mark.parametrize("way", ["version", "start"])
@pytest.mark.parametrize(
    ("missing", "words"),
    [
        (
            Recipe("none", "None", (), program="no-such-program", debian="nothing"),
            (
                "None is not installed: there is no no-such-program; install it from Debian "
                "(apt-get install nothing)"
            ),
        ),
        (
            Recipe("none", "None", (), pypi="no-such-package"),
            (
                f"None is not installed: {sys.executable} has no no-such-package; install it from PyPI "
                f"({sys.executable} -m pip install no-such-package), or name another interpreter in "
                "HTTPLIB_SERVERS_PYTHON"
            ),
        ),
    ],
)
def test_what_is_missing_says_what_to_install(missing: Recipe, words: str, way: str) -> None:
    """In one sentence."""
    with pytest.raises(Missing, match=f"^{re.escape(words)}$"):
        missing.version() if way == "version" else missing.start().__enter__()


def test_the_interpreter_can_be_another(monkeypatch: pytest.MonkeyPatch) -> None:
    """One that is not there is told by its name."""
    monkeypatch.setenv(recipe.PYTHON, "/no/such/python")
    with pytest.raises(Missing, match=r"^/no/such/python cannot be started: No such file or directory$"):
        Recipe("h11", "h11", (), pypi="h11").version()
    with pytest.raises(CannotStart, match="/no/such/python cannot be started: No such"), HTTP_SERVER.start():
        pass


def test_names_that_are_unknown() -> None:
    """All that are known are named."""
    with pytest.raises(
        ValueError, match="no real server is called 'apahce'; expected one of nginx, apache, "
    ):
        find("apahce")


def test_tls_that_cannot_be() -> None:
    """Nothing is started."""
    with pytest.raises(ValueError, match="a fake cannot serve over TLS here"), fake("").start(tls=True):
        pass


@pytest.mark.parametrize(
    ("program", "words"),
    [
        (SAYS + "sys.exit(4)", "with exit status 4; it said:\nconfiguration is wrong"),
        ("import os; os.kill(os.getpid(), 9)", "with signal 9, and said nothing"),
        (
            "open('error.log', 'w').write('@folder@/site is odd')",
            "with exit status 0; it said:\nsite is odd",
        ),
    ],
)
def test_a_server_that_ends_at_once(program: str, words: str) -> None:
    """It is told with its last words."""
    with pytest.raises(CannotStart) as caught, fake(program).start():
        pass
    assert str(caught.value) == f"a fake does not start: it ended before it served, {words}"


def test_a_server_that_never_serves(monkeypatch: pytest.MonkeyPatch) -> None:
    """It is ended."""
    monkeypatch.setattr(process, "STARTING", 0.05)
    with (
        pytest.raises(
            CannotStart, match=r"^a fake does not start: it took no connection within 0\.05 seconds,"
        ),
        fake(LISTENS + "signal.pause()").start(),
    ):
        pass


def test_a_port_in_use() -> None:
    """The server is not even started."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen()
        port = listener.getsockname()[1]
        words = (
            f"^http.server of CPython does not start: port {port} of 127.0.0.1 cannot be had: Address already"
        )
        with pytest.raises(CannotStart, match=words), HTTP_SERVER.start(port=port):
            pass


def test_an_address_of_another_machine() -> None:
    """Nobody can listen there."""
    with pytest.raises(CannotStart, match=r"^192\.0\.2\.1 cannot be had: "), process.reserved("192.0.2.1"):
        pass


def test_a_port_is_kept_for_a_server() -> None:
    """Until it listens, nobody else is given it."""
    with process.reserved("127.0.0.1") as port, socket.socket() as server:
        server.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        server.bind(("127.0.0.1", port))
        server.listen()
        with socket.create_connection(("127.0.0.1", port), BOUND):
            pass


CHILD = """
import os
if os.fork() == 0:
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    open("@folder@/../child", "w").write(str(os.getpid()))
    while True: signal.pause()
while not os.path.exists("@folder@/../child") or not open("@folder@/../child").read(): pass
"""


@pytest.mark.parametrize("stubborn", [False, True])
def test_children_end_with_their_server(
    stubborn: bool, monkeypatch: pytest.MonkeyPatch, temporary: Path
) -> None:
    """Also with one that does not end when asked to."""
    monkeypatch.setattr(process, "ENDING", 0.05 if stubborn else BOUND)
    child = temporary / "child"
    ignoring = "signal.signal(signal.SIGTERM, signal.SIG_IGN)\n" if stubborn else ""
    with fake(LISTENS + ignoring + CHILD + "server.listen()\nwhile True: signal.pause()").start():
        watched = os.pidfd_open(int(child.read_text()))
        assert not select.select([watched], [], [], 0)[0]
    try:
        assert select.select([watched], [], [], BOUND)[0]
    finally:
        os.close(watched)
        child.unlink()


def test_an_interruption_ends_the_server() -> None:
    """Ctrl-C comes while the server serves."""
    with pytest.raises(KeyboardInterrupt), HTTP_SERVER.start() as server:
        signal.raise_signal(signal.SIGINT)
    with pytest.raises(ConnectionRefusedError):
        socket.create_connection((server.host, server.port), BOUND)


def test_an_interruption_while_a_server_ends(monkeypatch: pytest.MonkeyPatch) -> None:
    """Ctrl-C comes again: the server is killed."""
    monkeypatch.setattr(process, "_has_ended", lambda *_: signal.raise_signal(signal.SIGINT))
    running = subprocess.Popen(
        [sys.executable, "-c", "import signal; signal.pause()"], start_new_session=True
    )
    with pytest.raises(KeyboardInterrupt):
        process.end(running)
    assert running.returncode < 0


def test_nobody_waits_long_for_those_whom_nobody_buries(monkeypatch: pytest.MonkeyPatch) -> None:
    """A group can stay for ever where the first process of a machine takes no note of the dead."""
    monkeypatch.setattr(process, "_GOING", 0.02)
    process._await_last_of(os.getpgrp())


@pytest.mark.parametrize("name", RECIPES)
def test_recipes_are_whole(name: str) -> None:
    """Each names what has it and what it is told; every placeholder stands for something."""
    known = {"host", "port", "folder", "sites", "python"}
    each = RECIPES[name]
    assert not (each.debian and each.pypi)
    assert each.to_install
    known |= {"program"} if each.program else set()
    known |= {"origin", "origin_port"} if each.origin else set()
    known |= {"ssl"} if each.ssl else set()
    texts = [*each.command, *each.version_command, *each.tls, *each.ssl.values()]
    if each.configuration:
        texts.append((recipe.HERE / "configurations" / each.configuration).read_text())
        assert f"@folder@/{each.configuration}" in " ".join(each.command)
    assert set(re.findall(r"@([a-z_]+)@", "\n".join(texts))) <= known


def test_large_bodies_are_the_same_everywhere() -> None:
    """Their blocks differ, and their length is exact."""
    body = b"".join(large(200_001))
    assert len(body) == 200_001
    assert body[: 64 * 1024] != body[64 * 1024 : 128 * 1024]
    with HTTP_SERVER.start() as server:
        connection = httplib.HTTPConnection(server.host, server.port, timeout=BOUND)
        for path in ("/large/200001", "/large-chunked/200001"):
            assert fetch(connection, "GET", path) == (200, body)
        said = f"200001 {hashlib.sha256(body).hexdigest()}\n".encode()
        assert fetch(connection, "POST", "/digest", body) == (200, said)
        connection.close()
