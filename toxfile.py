"""What tox cannot say in tox.ini: where CPython 2.7 is, and that `original` is skipped without it.

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


def find_original() -> str | None:
    """The path of a CPython 2.7 on PATH that really starts, None if there is none."""
    found = shutil.which("python2.7")
    if found is None:
        return None
    says = "import sys; sys.stdout.write('%d.%d' % sys.version_info[:2])"
    try:
        answer = subprocess.run([found, "-c", says], capture_output=True, check=False, timeout=30)
    except (OSError, subprocess.TimeoutExpired):
        return None
    return found if answer.stdout == b"2.7" else None


# Here, because {env:...} in tox.ini is read from this process.
if not os.environ.get(VARIABLE):
    original = find_original()
    if original is not None:
        os.environ[VARIABLE] = original


@impl
def tox_before_run_commands(tox_env: ToxEnv) -> None:
    """Skip what needs the original where there is none."""
    if tox_env.name == "original" and not os.environ.get(VARIABLE):
        raise Skip(f"there is no CPython 2.7 on PATH, and {VARIABLE} does not name one")
