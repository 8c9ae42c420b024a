"""What tox cannot say in tox.ini: where interpreters and the real servers are, and what is skipped without.

A skipped environment is shown as such and does not count as passed.
"""

from __future__ import annotations

import os
import shutil
import subprocess
from typing import TYPE_CHECKING

from tox.plugin import impl
from tox.tox_env.errors import Skip

if TYPE_CHECKING:
    from tox.tox_env.api import ToxEnv

VARIABLE = "HTTPLIB_ORIGINAL"

BETWEEN = "HTTPLIB_BETWEEN"
"""The variable that says which tests run between the oldest interpreter and the newest."""

LIVE = "HTTPLIB_LIVE"
"""The variable that names the real servers for `live`."""

SERVERS = [["nginx"], ["apache"], ["squid", "tinyproxy"]]
"""The real servers that are looked for: one of each group."""

PROGRAMS = {"nginx": "nginx", "apache": "apache2", "squid": "squid", "tinyproxy": "tinyproxy"}


def find_python(version: str) -> str | None:
    """The path of an interpreter of that version on PATH that really starts, None if there is none."""
    found = shutil.which(f"python{version}")
    if found is None:
        return None
    says = "import sys; sys.stdout.write('%d.%d' % sys.version_info[:2])"
    try:
        answer = subprocess.run([found, "-c", says], capture_output=True, check=False, timeout=30)
    except (OSError, subprocess.TimeoutExpired):
        return None
    return found if answer.stdout == version.encode() else None


def missing_servers() -> list[list[str]]:
    """The groups of which no server is installed; where there are none, the variable names those that are."""
    path = os.pathsep.join([os.environ.get("PATH", os.defpath), "/usr/sbin", "/usr/local/sbin"])
    found = [[each for each in group if shutil.which(PROGRAMS[each], path=path)] for group in SERVERS]
    missing = [group for group, there in zip(SERVERS, found, strict=True) if not there]
    if not missing:
        os.environ[LIVE] = ",".join(there[0] for there in found)
    return missing


# Here, because {env:...} in tox.ini is read from this process.
if not os.environ.get(VARIABLE):
    original = find_python("2.7")
    if original is not None:
        os.environ[VARIABLE] = original
if find_python("3.11") and find_python("3.13"):
    os.environ.setdefault(BETWEEN, "tests/reference tests/servers")
missing = [] if os.environ.get(LIVE) else missing_servers()


@impl
def tox_before_run_commands(tox_env: ToxEnv) -> None:
    """Skip what needs the original where there is none."""
    if tox_env.name in {"original", "live-original"} and not os.environ.get(VARIABLE):
        raise Skip(f"there is no CPython 2.7 on PATH, and {VARIABLE} does not name one")
    if tox_env.name == "coverage" and not any(tox_env.core["work_dir"].glob(".coverage.measured*")):
        raise Skip("what is covered is measured on CPython 3.11, and py311 did not run")
    if tox_env.name in {"live", "live-original"} and missing:
        words = ", and ".join(" or ".join(group) for group in missing)
        raise Skip(
            f"there is no {words}: `httplib-conformance run --live {missing[0][0]}` says what to install"
        )
