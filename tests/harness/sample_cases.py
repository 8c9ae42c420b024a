"""Sample cases, one for each thing that can come of a case; not collected where it stands."""

import os
import signal
import sys
import tempfile
from pathlib import Path

import pytest
from httplib_conformance.casemark import case, each_case
from httplib_conformance.play import play
from httplib_conformance.transcripts import load_folder


@case("passes", "module.class.http-connection")
def test_passes(httplib, replay):
    """A response to HEAD has an empty body."""
    server = replay(b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n")
    connection = httplib.HTTPConnection(server.host, server.port)
    connection.request("HEAD", "/")
    assert connection.getresponse().read() == b""


@case("passes-observed", "connection.close.twice")
def test_observed(httplib):
    """A connection can be closed twice."""
    connection = httplib.HTTPConnection("127.0.0.1", 1)
    connection.close()
    connection.close()


@each_case("slug, code", [("ok", 200), ("created", 201)], "constant-{slug}", "constants.status.{slug}")
def test_constants(httplib, slug, code):
    """Constants have their values."""
    assert getattr(httplib, slug.upper()) == code


@case("fails-compare", "response.status")
def test_fails_compare(httplib, replay):
    """A body is given as it was sent."""
    server = replay(b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello")
    connection = httplib.HTTPConnection(server.host, server.port)
    connection.request("GET", "/")
    assert connection.getresponse().read() == b"hellO"


@case("fails-words", "response.status")
def test_fails_words(httplib):
    """A failure may be told in the case's own words."""
    assert httplib.OK == 201, "the constant is off"


@case("fails-truth", "response.status")
def test_fails_truth(httplib):
    """An assertion need not compare."""
    assert not httplib.OK


@case("fails-kind", "response.status")
def test_fails_kind(httplib):
    """The value is of another kind than the case goes on with."""
    assert httplib.OK.upper() == "OK"


@case("fails-lookup", "responses.dictionary")
def test_fails_lookup(httplib):
    """The value lacks what the case looks up in it."""
    assert httplib.responses[1] == "One"


@case("fails-no-exception-class", "response.status")
def test_no_exception_class(httplib):
    """What is given as a class of exceptions is none."""
    with pytest.raises(httplib.HTTPConnection):
        pass


@case("fails-no-class", "response.status")
def test_no_class(httplib):
    """What is given as a class is none."""
    assert isinstance(httplib.HTTPConnection, httplib.HTTPConnection("127.0.0.1"))


@case("fails-name", "module.class.http-connection")
def test_fails_name(httplib):
    """The module has a name that it lacks."""
    httplib.nope()


@case("fails-raises", "connection.timeout.connect")
def test_fails_raises(httplib):
    """Nobody listens on port 1."""
    httplib.HTTPConnection("127.0.0.1", 1).connect()


@case("fails-does-not-raise", "module.class.http-connection")
def test_does_not_raise(httplib):
    """A good host is no invalid URL."""
    with pytest.raises(httplib.InvalidURL):
        httplib.HTTPConnection("h")


@case("fails-conversation", "response.status")
def test_fails_conversation(httplib, replay):
    """The server awaits a request that never comes."""
    server = replay(b"HTTP/1.1 200 OK\r\n\r\n")
    httplib.HTTPConnection(server.host, server.port).connect()


@case("crashes", "module.class.http-connection")
def test_crashes(python):
    """The interpreter ends."""
    python.module("sys").stderr.write("last words\n")
    python.module("os")._exit(3)


@case("killed", "module.class.http-connection")
def test_killed(engine):
    """The interpreter is killed from outside."""
    os.kill(engine._channel.pid, signal.SIGKILL)
    engine.run(engine_program())


def engine_program():
    from httplib_conformance.protocol import Program

    program = Program()
    program.describe("0")
    return program


@case("hangs", "response.status")
def test_hangs(httplib, replay):
    """The body never ends."""
    server = replay(b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhell", close=False)
    connection = httplib.HTTPConnection(server.host, server.port)
    connection.request("GET", "/")
    connection.getresponse().read()


@case("hangs-in-release", "response.status")
def test_hangs_in_release(python):
    """What the case made cannot be closed, and the case fails besides."""
    made = python.define(
        "import time\nclass Slow(object):\n    def close(self):\n        time.sleep(60)\nslow = Slow()"
    )
    assert made.slow is None


@case("unsupported", "module.class.https-connection")
def test_unsupported():
    """The interpreter cannot do it."""
    pytest.skip("this interpreter has no TLS")


@case("harness-error", "module.class.http-connection")
def test_harness_error():
    """The case itself is wrong."""
    raise RuntimeError("x")


@pytest.fixture
def broken():
    raise OSError("no such thing")


@case("harness-error-in-setup", "module.class.http-connection")
def test_harness_error_in_setup(broken):
    """A fixture of the case is wrong."""


@pytest.fixture
def broken_end():
    yield
    raise OSError("no such end")


@case("harness-error-in-teardown", "module.class.http-connection")
def test_harness_error_in_teardown(broken_end):
    """What comes after the case is wrong."""


@case("deviates-and-breaks-down", "module.class.http-connection")
def test_deviates_and_breaks_down(httplib, broken_end):
    """The case fails, and what comes after it is wrong."""
    assert httplib.OK == 201


@case("interrupted", "module.class.http-connection")
def test_interrupted(httplib):
    """Somebody presses Ctrl-C."""
    httplib.OK  # noqa: B018
    raise KeyboardInterrupt


@case("kills-its-worker", "module.class.http-connection")
def test_kills_its_worker():
    """A worker process of the run itself dies."""
    assert os.environ["PYTEST_XDIST_WORKER"], "not in the process of the tests"
    os._exit(1)


TRANSCRIPT = """
id = "{0}"
title = "A reply has the status {1}"
covers = ["response.status"]
[[exchange]]
request = ["GET", "/"]
reply = "HTTP/1.1 200 OK\\r\\n\\r\\n"
then = "close"
response = {{ status = {1} }}
"""


def transcripts():
    with tempfile.TemporaryDirectory() as folder:
        for identity, status in (("transcript-passes", 200), ("transcript-fails", 201)):
            Path(folder, f"{identity}.toml").write_text(TRANSCRIPT.format(identity, status), "utf-8")
        return load_folder(Path(folder))


@pytest.mark.parametrize(
    "transcript",
    [pytest.param(each, id=each.id, marks=case(each.id, *each.covers)) for each in transcripts()],
)
def test_transcript(transcript, engine, evidence):
    play(transcript, engine, evidence)


def test_no_case_at_all():
    """A test that is no case."""


@case("hangs-until-interrupted", "module.class.http-connection")
def test_hangs_until_interrupted(python):
    """It says so, and hangs."""
    sys.stderr.write("it hangs now\n")
    sys.stderr.flush()
    python.module("time").sleep(3600)
