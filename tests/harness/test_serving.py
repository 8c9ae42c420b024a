"""`httplib-conformance serve`: a server for a person's own client."""

import errno
import os
import signal
import socket
import ssl
import subprocess
import sys
import tempfile
import threading
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from httplib_conformance import serving
from httplib_conformance.__main__ import main
from httplib_conformance.serving import CannotServe, Place, serve, terminated_like_interrupted
from httplib_servers.unreachable import NeverAccepts, Unavailable

# No wait in these tests is longer, in seconds; only a defect makes one that long.
BOUND = 30

TRANSCRIPT = "tunnel-carries-the-request"
GET = b"GET / HTTP/1.1\r\nHost: x\r\n\r\n"


def run(*arguments: str) -> Result:
    return CliRunner().invoke(main, ["serve", *arguments])


class Served:
    """Serves in a process of its own."""

    def __init__(self, *arguments: str) -> None:
        self.process = subprocess.Popen(
            [sys.executable, "-m", "httplib_conformance", "serve", *arguments],
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        assert self.process.stdout
        self.head = list(iter(lambda: self.line().rstrip("\n"), ""))
        (self.address,) = [
            line.split()[1] for line in self.head if line.endswith("until interrupted (Ctrl-C)")
        ]

    def line(self) -> str:
        assert self.process.stdout
        line = self.process.stdout.readline()
        assert line, "the server has ended"
        return line

    def exchange(self, *, times: int = 1) -> bytes:
        """Send as many requests, and return what comes."""
        host, _, port = self.address.partition("://")[2].removesuffix("/").rpartition(":")
        received = b""
        with socket.create_connection((host, int(port)), BOUND) as client:
            for _ in range(times):
                client.sendall(GET)
                received += client.recv(65536)
        return received

    def log(self) -> str:
        """What is printed of one client, up to the empty line behind it."""
        return "".join(iter(self.line, "\n"))

    def end(self, by: int = signal.SIGINT) -> tuple[int, str]:
        self.process.send_signal(by)
        out, error = self.process.communicate(timeout=BOUND)
        assert error == ""
        return self.process.returncode, out


@pytest.fixture
def started() -> Iterator[list[Served]]:
    """Keeps what is served, and ends it with the test."""
    served: list[Served] = []
    yield served
    for each in served:
        each.process.kill()
        each.process.communicate(timeout=BOUND)


def test_a_transcript_is_played_again_and_again(started: list[Served]) -> None:
    """Each client gets it from the beginning, and its wire log is printed."""
    served = Served(TRANSCRIPT)
    started.append(served)
    assert served.address.startswith("http://127.0.0.1:")
    for _ in range(2):
        assert served.exchange(times=2).startswith(
            b"HTTP/1.0 200 Connection established\r\n\r\nHTTP/1.1 200 OK"
        )
        log = served.log()
        assert "open from 127.0.0.1" in log
        assert ">  GET / HTTP/1.1\\r\\n" in log
        assert log.endswith("The client did what the script awaits.\n")
    assert served.end() == (0, "")


def test_the_log_of_the_last_client_is_not_lost(started: list[Served]) -> None:
    """What it did until the interruption is printed; that it did no more is not held against it."""
    served = Served("stalls-in-body", "--host", "127.0.0.1")
    started.append(served)
    host, _, port = served.address.removeprefix("http://").removesuffix("/").partition(":")
    with socket.create_connection((host, int(port)), BOUND) as client:
        client.sendall(GET)
        assert client.recv(65536).endswith(b"\r\n\r\nhello")
        status, out = served.end()
    assert status == 0
    assert "stalled" in out
    assert "where the script" not in out


def test_what_the_client_did_otherwise_is_said(started: list[Served]) -> None:
    """One sentence behind the log."""
    served = Served(TRANSCRIPT)
    started.append(served)
    served.exchange()
    assert served.log().endswith(
        "the client ended its stream on connection 0, where the script awaits a request\n"
    )
    assert served.end() == (0, "")


@pytest.mark.parametrize("by", [signal.SIGTERM, signal.SIGHUP])
def test_tls_is_served_with_what_a_client_needs(started: list[Served], by: int) -> None:
    """The authority is in a file, which is gone when the server ends, however it is ended."""
    served = Served("stalls-in-body", "--tls", "client-certificate")
    started.append(served)
    authority, key, certificate = (
        line.partition(".pem")[0].partition(": ")[2] + ".pem" for line in served.head if ".pem" in line
    )
    context = ssl.create_default_context(cafile=authority)
    context.load_cert_chain(certificate, key)
    host, _, port = served.address.removeprefix("https://").removesuffix("/").partition(":")
    with (
        socket.create_connection((host, int(port)), BOUND) as plain,
        context.wrap_socket(plain, server_hostname="localhost") as client,
    ):
        client.sendall(GET)
        assert client.recv(65536).endswith(b"\r\n\r\nhello")
    assert "client certificate: 'a client'" in served.log()
    assert Path(authority).exists()
    assert served.end(by) == (0, "")
    assert not Path(authority).parent.exists()


def talk(address: str, *, secure: bool) -> bytes:
    """Send a request to an address as it is printed, and return what comes."""
    host, _, port = address.partition("://")[2].removesuffix("/").rpartition(":")
    with socket.create_connection((host.strip("[]"), int(port)), BOUND) as plain:
        context = ssl._create_unverified_context()
        with context.wrap_socket(plain) if secure else plain as client:
            client.sendall(GET)
            return client.recv(65536)


def test_a_file_is_served_as_well(tmp_path: Path) -> None:
    """A transcript that is not in the corpus, to one client."""
    file = tmp_path / "mine.toml"
    file.write_text(
        'id = "mine"\ntitle = "A transcript of mine\\u001b[2J"\ncovers = ["connection.host"]\n'
        '[[exchange]]\nrequest = ["GET", "/"]\nreply = """HTTP/1.1 204 Mine\\r\n\\r\n"""\nthen = "close"\n',
        "utf-8",
    )
    lines: list[str] = []
    with ThreadPoolExecutor() as clients:
        received: list[Future[bytes]] = []

        def say(line: str) -> None:
            lines.append(line)
            if line.startswith("at "):
                received.append(clients.submit(talk, line.split()[1], secure=True))

        serve(str(file), Place(tls="self-signed", once=True), say)
        assert received[0].result(BOUND) == b"HTTP/1.1 204 Mine\r\n\r\n"
    assert lines[2] == "A transcript of mine\\x1b[2J"
    assert lines[-2:] == ["The client did what the script awaits.", ""]


@pytest.mark.parametrize("by", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_one_client_after_the_other_is_served(by: int) -> None:
    """At the same address, until it is interrupted or terminated."""
    lines: list[str] = []
    with ThreadPoolExecutor() as clients:
        received: list[Future[bytes]] = []

        def say(line: str) -> None:
            lines.append(line)
            if line == "" and len(received) == 2:
                signal.raise_signal(by)
            elif line == "":
                address = next(each for each in lines if each.startswith("at ")).split()[1]
                received.append(clients.submit(talk, address, secure=False))

        before = signal.getsignal(by)
        serve("proxy-closes", Place(), say)
        assert [each.result(BOUND) for each in received] == [b"", b""]
    assert signal.getsignal(by) is before
    assert lines.count("The client did what the script awaits.") == 2


def test_what_is_ignored_stays_so() -> None:
    """As with nohup: a terminal that is closed does not end it."""
    before = signal.signal(signal.SIGHUP, signal.SIG_IGN)
    try:
        with terminated_like_interrupted():
            signal.raise_signal(signal.SIGHUP)
        assert signal.getsignal(signal.SIGHUP) is signal.SIG_IGN
    finally:
        signal.signal(signal.SIGHUP, before)


@pytest.mark.parametrize("name", ["refuses", "never-accepts"])
def test_a_server_that_nobody_reaches_is_served(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """It is there until it is interrupted."""
    if sys.platform != "linux":
        pytest.skip("only on Linux")
    lines: list[str] = []
    monkeypatch.setattr(threading.Event, "wait", lambda self: signal.raise_signal(signal.SIGINT))
    serve(name, Place(), lines.append)
    assert lines[1].startswith("at 127.0.0.1:")


def test_what_the_system_cannot_do_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    """In one sentence."""

    def unavailable(*_: object) -> None:
        raise Unavailable("not on this system")

    monkeypatch.setattr(NeverAccepts, "_prepare", unavailable)
    result = run("never-accepts")
    assert (result.exit_code, result.stderr) == (2, "Error: not on this system\n")


def test_without_a_name_there_is_a_list() -> None:
    """Of the servers that are no transcripts, and of the kinds of TLS."""
    result = run()
    assert result.exit_code == 0
    for line in (
        "stalls-in-chunk-size          falls silent in the chunk size",
        "proxy-refuses-407             a proxy that refuses 407",
        "never-accepts                 a server whose queue of connections is full",
        "--tls expired                 a certificate that ended yesterday",
    ):
        assert line in result.stdout.splitlines()


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (
            ["nothing"],
            "no transcript and no server is called 'nothing'; `httplib-conformance list` names the",
        ),
        (["there/is/none.toml"], "there is no transcript file 'there/is/none.toml'"),
        (["refuses", "--host", "0.0.0.0"], "'0.0.0.0' is no loopback address, such as 127.0.0.1 or ::1"),
        ([TRANSCRIPT, "--host", "localhost"], "'localhost' is no loopback address"),
        ([TRANSCRIPT, "--port", "65536"], "65536 is not in the range"),
        ([TRANSCRIPT, "--tls", "none"], "'none' is not one of 'valid', 'wrong-host'"),
        (["refuses", "--tls", "valid"], "nobody gets as far as TLS with 'refuses'; expected no --tls"),
        (["never-accepts", "--tls", "expired"], "nobody gets as far as TLS with 'never-accepts'; "),
    ],
)
def test_what_cannot_be_served_is_said(arguments: list[str], words: str) -> None:
    """In one sentence, with status 2."""
    result = run(*arguments)
    assert result.exit_code == 2
    assert words in result.stderr
    assert result.stdout == ""


@pytest.mark.parametrize("name", [TRANSCRIPT, "refuses"])
def test_a_port_in_use_is_said(name: str) -> None:
    """In one sentence, with status 2."""
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = other.getsockname()[1]
        result = run(name, "--port", str(port))
    expected = f"Error: nobody can listen on port {port} of 127.0.0.1: {os.strerror(errno.EADDRINUSE)}\n"
    assert (result.exit_code, result.stderr) == (2, expected)


def test_a_malformed_transcript_is_said(tmp_path: Path) -> None:
    """With its file and key."""
    file = tmp_path / "bad.toml"
    file.write_text("id = 5\n", "utf-8")
    result = run(str(file))
    assert result.exit_code == 2
    assert result.stderr.startswith(f"Error: {file}")


def test_a_transcript_that_cannot_be_read_is_said(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Root could read it, so it is made believe."""

    def refuse(_: object) -> None:
        raise PermissionError(errno.EACCES, os.strerror(errno.EACCES))

    monkeypatch.setattr(serving, "load", refuse)
    (tmp_path / "mine.toml").touch()
    with pytest.raises(CannotServe, match="cannot be read: Permission denied"):
        serve(str(tmp_path / "mine.toml"), Place(), print)


def test_certificates_that_cannot_be_written_are_said(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A full disk, or no place for temporary files."""
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path / "missing"))
    result = run(TRANSCRIPT, "--tls", "valid")
    assert result.exit_code == 2
    assert result.stderr == "Error: the certificates cannot be written: No such file or directory\n"


def test_an_interruption_ends_it_cleanly(monkeypatch: pytest.MonkeyPatch) -> None:
    """Also when nobody has come."""
    lines: list[str] = []
    monkeypatch.setattr(serving.ReplayServer, "wait", lambda self: signal.raise_signal(signal.SIGINT))
    host = "::1" if _has_ipv6() else "127.0.0.1"
    serve("proxy-hangs", Place(host, tls="client-certificate"), lines.append)
    assert lines[-3] == "a proxy that never replies"
    assert lines[-2].startswith("at https://[::1]:" if _has_ipv6() else "at https://127.0.0.1:")


def _has_ipv6() -> bool:
    try:
        with socket.create_server(("::1", 0), family=socket.AF_INET6):
            return True
    except OSError:
        return False
