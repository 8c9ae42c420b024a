"""The live check: with http.server, which comes with Python, and with a proxy of our own."""

import json
from pathlib import Path

import pytest
from httplib_conformance import runner
from httplib_conformance.live import bodies
from httplib_conformance.schemas import check, schema_of
from httplib_servers.real import RECIPES, Recipe, recipe

from harness.processes import run_python

PROXY = Recipe(
    "small-proxy",
    "a small proxy",
    ("@python@", str(Path(__file__).with_name("connect_proxy.py")), "@host@", "@port@"),
    version_command=("@python@", "--version"),
    origin=True,
    proxy=True,
)


@pytest.fixture(autouse=True)
def _servers(monkeypatch) -> None:
    """There is the proxy besides the others, and large bodies are no larger than they must be."""
    monkeypatch.setattr(recipe, "RECIPES", {**RECIPES, PROXY.name: PROXY})
    monkeypatch.setattr(bodies, "LARGE", 1024 * 1024)


def without(*servers: str) -> dict[str, Recipe]:
    return {name: each for name, each in RECIPES.items() if name in servers}


def test_conforms(command, tmp_path) -> None:
    """The reference conforms, and the results say with which server."""
    file = tmp_path / "results.json"
    ran = command("run", "--live", "http-server", "--level", "observed", "--in-process", "--json", file)
    assert ran.exit_code == 0, ran.stdout
    assert "servers         http.server of CPython 3." in ran.stdout
    assert "generated" not in ran.stdout
    results = json.loads(file.read_text("utf-8"))
    check(results, schema_of("httplib_conformance", "results.schema.json"), "the results")
    (server,) = results["servers"]
    assert server.startswith("http.server of CPython 3.")
    assert {each["id"] for each in results["cases"]} >= {"live-http-server-get", "live-http-server-tls-large"}


def test_proxy(command) -> None:
    """Through a proxy there are tunnels, to plain servers and to those with TLS."""
    ran = command("run", "--live", PROXY.name, "--level", "observed", "--case", "live-*-t[ul]*")
    assert ran.exit_code == 0, ran.stdout
    assert "8 cases, 8 pass" in ran.stdout


def test_deviates(command) -> None:
    """What is wrong with an implementation is told as with any other case."""
    setup = "import httplib27; httplib27.HTTPResponse.read = lambda self, amt=None: b'wrong'"
    ran = command(
        "run", "--live", "http-server", "--setup", setup, "--case", "live-*-get", "--case", "*-post"
    )
    assert ran.exit_code == 1
    assert "FAIL  live-http-server-get  (documented)" in ran.stdout
    assert "(200, b'wrong')" in ran.stdout
    assert "deviates: 2 cases, 2 fail" in ran.stdout


def test_large_body_is_compared_to_its_end(command) -> None:
    """A single byte that is wrong in a large body is noticed."""
    setup = """
import httplib27
read = httplib27.HTTPResponse.read
def broken(self, amt=None):
    data = read(self, amt)
    if len(data) > 1000:
        data = data[:-1] + b"?"
    return data
httplib27.HTTPResponse.read = broken
"""
    ran = command(
        "run",
        "--live",
        "http-server",
        "--setup",
        setup,
        "--case",
        "live-*-large-[ai]*",
        "--level",
        "observed",
    )
    assert ran.exit_code == 1
    assert "2 cases, 2 fail" in ran.stdout


def test_installed(command, monkeypatch) -> None:
    """`installed` takes those that are there, and leaves out the others."""
    missing = Recipe("absent", "Absent", ("@program@",), program="no-such-program", debian="absent")
    monkeypatch.setattr("httplib_conformance.live.RECIPES", {"absent": missing, **without("http-server")})
    ran = command("run", "--live", "installed", "--case", "*-head")
    assert ran.exit_code == 0, ran.stdout
    assert "1 case, 1 pass" in ran.stdout


def test_installed_stands_alone(command) -> None:
    """Whoever names others besides is told so."""
    ran = command("run", "--live", "installed, nginx")
    assert ran.exit_code == 2
    words = "'installed' stands alone, for all real servers that are installed; got 'installed, nginx'"
    assert ran.stderr == f"Error: {words}\n"


def test_nothing_installed(command, monkeypatch) -> None:
    """A run on no server is no pass."""
    monkeypatch.setattr("httplib_conformance.live.RECIPES", {})
    ran = command("run", "--live", "installed")
    assert ran.exit_code == 3
    assert ran.stderr == "Error: none of the real servers is installed\n"


def test_missing(command, monkeypatch) -> None:
    """A server that is not installed is one clear sentence."""
    missing = Recipe("absent", "Absent", ("@program@",), program="no-such-program", debian="absent")
    monkeypatch.setattr(recipe, "RECIPES", {"absent": missing})
    ran = command("run", "--live", "absent")
    assert ran.exit_code == 3
    assert ran.stderr == (
        "Error: Absent is not installed: there is no no-such-program; "
        "install it from Debian (apt-get install absent)\n"
    )


def test_unknown(command) -> None:
    ran = command("run", "--live", "http-server,nope")
    assert ran.exit_code == 2
    assert ran.stderr.startswith("Error: no real server is called 'nope'; expected one of nginx, ")
    assert ran.stderr.endswith(", or 'installed' for all that are installed\n")


def test_does_not_start(command, monkeypatch) -> None:
    """A server that does not start ends the run, with what it said."""
    program = "import sys; sys.exit('its configuration is wrong')"
    broken = Recipe(
        "broken", "Broken", ("@python@", "-c", program), version_command=("@python@", "--version")
    )
    monkeypatch.setattr(recipe, "RECIPES", {"broken": broken})
    ran = command("run", "--live", "broken")
    assert ran.exit_code == 3
    assert ran.stderr.startswith(
        "Error: Broken does not start: it ended before it served, with exit status 1"
    )
    assert "its configuration is wrong" in ran.stderr


def test_nothing_selected(command) -> None:
    ran = command("run", "--live", "http-server", "--case", "passes")
    assert ran.exit_code == 2
    assert "no case has the id 'passes'" in ran.stderr


def test_jobs(command) -> None:
    """Each worker process has servers of its own."""
    ran = command("run", "--live", "http-server", "--case", "live-*-get*", "--jobs", 2)
    assert ran.exit_code == 0, ran.stdout + ran.stderr
    assert "3 cases, 3 pass" in ran.stdout


@pytest.mark.parametrize(
    ("given", "folder"), [((), runner.CASES), (("--httplib-live=http-server",), runner.LIVE)]
)
def test_plain_pytest_takes_one_of_both(tmp_path, given, folder) -> None:
    """In plain pytest, too, the cases are those with real servers or all others."""
    options = ["-p", "no:cacheprovider", "-p", "httplib_conformance.plugin", "--collect-only", "-q", *given]
    ran = run_python("-m", "pytest", *options, "--pyargs", "httplib_conformance", cwd=tmp_path)
    assert ran.returncode == 0, ran.stdout
    files = {line.partition("::")[0] for line in ran.stdout.splitlines() if "::" in line}
    assert {Path(file).parent.name for file in files} == {folder.name}
