"""`httplib-conformance record`: what it writes, what it refuses, and that nothing outlives it."""

import os
import re
import select
import signal
import socket
import subprocess
import sys
import tempfile
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from httplib_conformance import capture, transcripts
from httplib_conformance.__main__ import main
from httplib_conformance.commands import record
from httplib_servers import Accept, AwaitRequest, Close, ReplayServer, Send, Stall
from httplib_servers.real import RECIPES, Recipe, recipe

BOUND = 60
REPLY = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"
LISTENS = """
import os, signal, socket
server = socket.socket()
server.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
server.bind(("@host@", int("@port@")))
server.listen()
"""
DIES = LISTENS + "server.accept()[0].close(); server.accept()[0].recv(1); os._exit(3)"
HANGS = LISTENS + "open('@folder@/../pid', 'w').write(str(os.getpid()))\nwhile True: signal.pause()"
FAKES = {
    "dies": Recipe("dies", "a server that dies", ("@python@", "-c", DIES), ("@python@", "--version")),
    "hangs": Recipe("hangs", "a server that hangs", ("@python@", "-c", HANGS), ("@python@", "--version")),
    "wrong": Recipe(
        "wrong",
        "a server that is wrong",
        ("@python@", "-c", "raise SystemExit('no such directive')"),
        ("@python@", "--version"),
    ),
    "missing": Recipe("missing", "a server that is missing", (), program="no-such-program", debian="nothing"),
}


@pytest.fixture(autouse=True)
def temporary(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    """The folder for temporary files, which is empty when a test is over, whatever came of it."""
    folder = tmp_path / "temporary"
    folder.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(folder))
    monkeypatch.setattr(recipe, "_open_place", lambda: None)
    monkeypatch.delenv(recipe.PYTHON, raising=False)
    monkeypatch.chdir(tmp_path)
    known = {"http-server": RECIPES["http-server"], **FAKES}
    monkeypatch.setattr(recipe, "RECIPES", known)
    monkeypatch.setattr(record, "RECIPES", known)
    yield folder
    assert list(folder.iterdir()) == []


def run(*arguments: object) -> Result:
    result = CliRunner().invoke(main, ["record", *map(str, arguments)])
    if not isinstance(result.exception, SystemExit | None):
        raise result.exception
    return result


def refused(result: Result) -> str:
    """The sentence with which a run was refused, or broke off."""
    (line,) = result.stderr.splitlines()
    assert line.startswith("Error: ")
    return line.removeprefix("Error: ")


def test_a_server_is_recorded(tmp_path):
    """Each transcript is written under its server's name, and can be loaded."""
    result = run("http-server", "--to", tmp_path / "here")
    assert result.exit_code == 0, result.output
    found = transcripts.load_folder(tmp_path / "here")
    names = [each.id.removeprefix("captured-http-server-") for each in found]
    assert {"get-length", "get-chunked", "keep-alive", "expect-continue", "http-10", "close"} <= set(names)
    assert not {"tunnel", "tunnel-refused"} & set(names)
    for each in found:
        assert (tmp_path / "here" / "http-server" / f"{each.id}.toml").is_file()
        assert each.captured.server == "http.server of CPython"
        assert each.captured.version == ".".join(map(str, sys.version_info[:3]))
    assert result.stdout.splitlines()[-1] == f"{len(found)} transcripts written"
    (keep_alive,) = [each for each in found if each.id.endswith("keep-alive")]
    assert [each.connects for each in keep_alive.exchanges] == [True, False, False]


def test_nothing_is_written_over(tmp_path):
    """Unless one insists."""
    file = tmp_path / "captured" / "http-server" / "captured-http-server-head.toml"
    arguments = ["http-server", "http-server", "--shot", "head"]
    assert run(*arguments).stdout == f"{file.relative_to(tmp_path)}\n1 transcript written\n"
    file.write_text("mine")
    result = run(*arguments)
    assert (result.exit_code, refused(result)) == (
        2,
        "'captured/http-server/captured-http-server-head.toml' exists; --force writes over it",
    )
    assert file.read_text() == "mine"
    assert run(*arguments, "--force").exit_code == 0
    assert file.read_text().startswith('id = "captured-http-server-head"')
    (file.parent / "captured-http-server-range.toml").write_text("mine")
    result = run(*arguments, "--shot", "range")
    assert refused(result) == (
        "'captured/http-server/captured-http-server-head.toml' exists (and 1 more); --force writes over it"
    )


def test_the_servers_are_listed():
    """With their versions, or with what to install."""
    result = run()
    assert result.exit_code == 0
    lines = dict(line.split(None, 1) for line in result.stdout.splitlines())
    assert lines["http-server"] == "http.server of CPython " + ".".join(map(str, sys.version_info[:3]))
    assert lines["missing"] == (
        "a server that is missing is not installed: there is no no-such-program; install it from Debian "
        "(apt-get install nothing)"
    )


def test_a_page_of_a_server_that_runs_already(tmp_path):
    """Of which its user says what it is."""
    script = [Accept(), AwaitRequest(), Send(REPLY), Stall()]
    with ReplayServer(script) as server:
        url = f"http://{server.host}:{server.port}/page?a=b"
        result = run(
            *(url, "--name", "mine", "--server", "my server", "--server-version", "2"),
            *("--configuration", "as it comes", "--shot", "get-length", "--shot", "post"),
        )
        assert result.exit_code == 0, result.output
        request = server.finish().requests[0].raw
    (transcript,) = transcripts.load_folder(tmp_path / "captured")
    assert transcript.id == "captured-mine-get-length"
    assert transcript.exchanges[0].reply == REPLY
    captured = transcript.captured
    assert (captured.server, captured.version, captured.configuration) == ("my server", "2", "as it comes")
    assert captured.requests == (request,)
    assert request.startswith(f"GET /page?a=b HTTP/1.1\r\nHost: {server.host}:{server.port}\r\n".encode())


SAID = ("--server", "x", "--server-version", "1")


@pytest.mark.parametrize(
    ("arguments", "status", "words"),
    [
        (["apache2"], 2, "no real server is called 'apache2'; expected one of http-server, dies, hangs, "),
        *(
            (
                [url, *SAID],
                2,
                f"{url!r} is no page of this machine; expected http:// and a loopback address, ",
            )
            for url in (
                "http://example.com/",
                "http://192.0.2.1/",
                "https://127.0.0.1/",
                "http:///",
                "http://127.0.0.1:99999/",
                "http://localhost/",
                "http://[::1/",
            )
        ),
        (
            ["http://127.0.0.1/a b", *SAID],
            2,
            "'http://127.0.0.1/a b' is no URL; expected nothing but visible ",
        ),
        (["http://127.0.0.1/"], 2, "nobody knows what serves 'http://127.0.0.1/'; say it with --server and "),
        (["http://127.0.0.1/", "--server", "x"], 2, "nobody knows what serves"),
        (
            ["http://127.0.0.1/", "http://127.0.0.1/2", *SAID],
            2,
            "there is one --name; expected one URL at most",
        ),
        (
            ["http://127.0.0.1/", *SAID, "--name", "../x"],
            2,
            "'../x' is no name for ids; expected words in lower",
        ),
        (["http://127.0.0.1/", *SAID, "--name", ""], 2, "'' is no name for ids; expected words in lower"),
        (["http://127.0.0.1:0/", *SAID], 2, "'http://127.0.0.1:0/' has port 0, where nobody can listen; "),
        (["http://127.0.0.1:1/", *SAID], 3, "nobody listens on port 1 of 127.0.0.1"),
        (
            ["http-server", "--shot", "tunnel"],
            5,
            "nothing was selected: none of the servers can be asked that",
        ),
        (
            ["http-server", "missing"],
            3,
            "a server that is missing is not installed: there is no no-such-program;",
        ),
        (["dies", "--shot", "post"], 3, "a server that dies "),
    ],
)
def test_what_cannot_be_done(arguments, status, words, tmp_path):
    """It is said in one sentence, and nothing is written."""
    result = run(*arguments)
    assert (result.exit_code, refused(result)[: len(words)]) == (status, words)
    assert not (tmp_path / "captured").exists()


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["http-server", "--server", "x", "--name", "y"], "--name goes with a URL; expected one, such as "),
        (["http-server", "--configuration", ""], "--configuration goes with a URL; expected one, such as "),
        (["--server-version", "1"], "--server-version goes with a URL; expected one, such as "),
        (["--to", ""], "Invalid value for '--to': the name is empty; expected that of a folder"),
        *(
            (
                ["http://127.0.0.1:1/", *SAID, option, "x\udcff"],
                f"Invalid value for '{option}': 'x\\udcff' is no text; expected UTF-8",
            )
            for option in ("--server", "--server-version", "--configuration")
        ),
    ],
)
def test_options_that_do_not_do(arguments, words):
    """Which is said before anybody is asked."""
    result = run(*arguments)
    assert (result.exit_code, result.stdout) == (2, "")
    assert f"Error: {words}" in result.stderr


def test_what_is_said_does_nothing_to_a_terminal():
    with ReplayServer([Accept(), AwaitRequest(), Close()]) as server:
        url = f"http://{server.host}:{server.port}/"
        result = run(url, "--server", "x\x1b[2J", "--server-version", "1", "--shot", "head")
    assert refused(result).startswith("x\\x1b[2J gives no reply to 'HEAD / HTTP/1.1' that can be recorded: ")


def test_a_server_that_does_not_start():
    """It is quoted."""
    result = run("wrong")
    assert result.exit_code == 3
    assert result.stderr == (
        "Error: a server that is wrong does not start: it ended before it served, with exit status 1; "
        "it said:\nno such directive\n"
    )


def test_an_address_of_ipv6_may_be_given():
    """It is talked to, though nobody is there, or this machine has no such addresses."""
    result = run("http://[::1]:1/", *SAID, "--shot", "head")
    assert result.exit_code == 3
    assert "port 1 of ::1" in refused(result)


def test_what_is_not_answered_is_told(monkeypatch):
    """The rest is written."""

    def record_some(subject, shot):
        if shot.name == "head":
            raise capture.NotAnswered("it does not answer HEAD")
        return original(subject, shot)

    original = record.record
    monkeypatch.setattr(record, "record", record_some)
    result = run("http-server", "--shot", "head", "--shot", "range")
    assert result.exit_code == 0
    assert result.stdout.splitlines() == [
        "no head: it does not answer HEAD",
        "captured/http-server/captured-http-server-range.toml",
        "1 transcript written",
    ]


def test_a_folder_that_cannot_be_written(tmp_path):
    """Here because a file is in its way."""
    (tmp_path / "file").touch()
    result = run("http-server", "--to", tmp_path / "file", "--shot", "head")
    assert result.exit_code == 2
    folder = tmp_path / "file" / "http-server"
    assert refused(result) == f"{str(folder)!r} cannot be written: Not a directory"


def test_no_place_for_temporary_files(temporary, monkeypatch):
    """The server is not started."""
    monkeypatch.setattr(tempfile, "tempdir", str(temporary / "gone"))
    result = run("http-server", "--shot", "head")
    assert result.exit_code == 2
    assert re.fullmatch(r"'.*/gone/.*' cannot be written: No such file or directory", refused(result))


def test_no_port_for_the_relay(monkeypatch):
    """The server is stopped again."""

    def fail(*_):
        raise OSError(24, "Too many open files")

    monkeypatch.setattr(record, "record", fail)
    result = run("http-server", "--shot", "head")
    assert (result.exit_code, refused(result)) == (
        2,
        "the transcripts cannot be written: Too many open files",
    )


def test_an_interruption_is_told(monkeypatch):
    """It comes while a server is asked."""

    def interrupt(*_):
        signal.raise_signal(signal.SIGINT)

    monkeypatch.setattr(record, "record", interrupt)
    result = run("http-server", "--shot", "head")
    assert (result.exit_code, refused(result)) == (130, "interrupted")


@pytest.mark.parametrize("by", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_an_interruption_leaves_nothing(by, temporary, tmp_path):
    """The server has been asked, and does not reply, when it comes."""
    program = (
        f"import tempfile; tempfile.tempdir = {str(temporary)!r}\n"
        "from httplib_servers.real import recipe\n"
        "recipe._open_place = lambda: None\n"
        "from httplib_conformance.__main__ import main\n"
        f"recipe.RECIPES = {{'hangs': recipe.Recipe('hangs', 'it', ('@python@', '-c', {HANGS!r}), "
        "('@python@', '--version'))}\n"
        "main()"
    )
    announced = temporary / "pid"
    os.mkfifo(announced)
    announcement = os.open(announced, os.O_RDONLY | os.O_NONBLOCK)
    process = subprocess.Popen(
        [sys.executable, "-c", program, "record", "hangs", "--shot", "head"],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    try:
        assert select.select([announcement], [], [], BOUND)[0], "the server did not start"
        server = os.pidfd_open(int(os.read(announcement, 16)))
        try:
            process.send_signal(by)
            out, error = process.communicate(timeout=BOUND)
            assert select.select([server], [], [], BOUND)[0], "the server outlived the run"
        finally:
            os.close(server)
    finally:
        process.kill()
        os.close(announcement)
        announced.unlink()
    assert (process.returncode, out, error) == (130, "", "Error: interrupted\n")
    assert not (tmp_path / "captured").exists()


def test_the_servers_port_is_free_again():
    """When a run is over."""
    result = run("http-server", "--shot", "head")
    assert result.exit_code == 0
    (transcript,) = transcripts.load_folder(Path("captured"))
    port = int(re.search(rb"Host: 127\.0\.0\.1:(\d+)", transcript.captured.requests[0])[1])
    with pytest.raises(ConnectionRefusedError):
        socket.create_connection(("127.0.0.1", port), BOUND)
