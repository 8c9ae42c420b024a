"""From what a case ended with to its verdict, and to words on what was expected."""

from __future__ import annotations

import traceback
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from httplib_conformance.channels import AgentDied, AgentTimedOut
from httplib_conformance.evidence import Deviates, Deviation, Evidence, Unsupported, Verdict
from httplib_conformance.protocol import ProtocolError
from httplib_conformance.proxies import MissingName

if TYPE_CHECKING:
    from httplib_conformance.protocol import Raised

CASES = {"cases", "live"}
"""The names of the folders with cases."""


def judge(error: BaseException | None, statement: str, evidence: Evidence) -> Verdict:
    """The verdict on a case that ended with an exception, or with none.

    Args:
        error: The exception.
        statement: The statement of the case that raised it.
        evidence: Where to put what a person should know of it.
    """
    if error is None:
        return Verdict.passed
    raised: Raised | None = getattr(error, "__remote__", None)
    if raised is not None:
        evidence.deviations.append(Deviation(statement, "no exception", f"raised {raised}"))
        return Verdict.failed
    match error:
        case Deviates():
            return Verdict.failed
        case AgentTimedOut():
            verdict = Verdict.timeout
        case AgentDied():
            verdict = Verdict.crash
        case ProtocolError():
            verdict = Verdict.harness_error
        case Unsupported() | pytest.skip.Exception():
            verdict = Verdict.unsupported
        case MissingName() | AssertionError() | pytest.fail.Exception():
            verdict = Verdict.failed
        case AttributeError() | LookupError() | TypeError() | ValueError() if _is_raised_by_a_case(error):
            # What the implementation gave is not of the kind that the case goes on with, or not long enough.
            if _is_raised_by_pytest(error):
                observed = "it is no class of exceptions"
            else:
                observed = repr(error) if isinstance(error, LookupError) else str(error)
            evidence.deviations.append(Deviation(statement, "a value with which this can be done", observed))
            return Verdict.failed
        case _:
            return Verdict.harness_error
    evidence.message = str(error)
    evidence.stderr = "\n".join(getattr(error, "__notes__", ()))
    return verdict


def _is_raised_by_a_case(error: BaseException) -> bool:
    """Whether a statement of a case raised it, and nothing that the statement called but pytest.raises.

    That one complains if what it is given is no class of exceptions.
    """
    files = _files_of(error)
    while files and "_pytest" in files[-1].parts:
        files.pop()
    return bool(files) and files[-1].parent.name in CASES


def _is_raised_by_pytest(error: BaseException) -> bool:
    return "_pytest" in _files_of(error)[-1].parts


def _files_of(error: BaseException) -> list[Path]:
    """The files of the functions that an exception came through; the one that raised it comes last."""
    return [Path(frame.f_code.co_filename) for frame, _ in traceback.walk_tb(error.__traceback__)]


def statement_of(excinfo: pytest.ExceptionInfo[BaseException]) -> str:
    """The statement of the case in which an exception was raised."""
    for entry in reversed(excinfo.traceback):
        if Path(entry.path).parent.name in CASES:
            return str(entry.statement).strip()
    return ""


def explain(
    error: AssertionError, statement: str, compared: tuple[str, str] | None, evidence: Evidence
) -> None:
    """Say of an assertion that does not hold what was expected and what was observed.

    Args:
        error: What it raised.
        statement: The assertion.
        compared: What was expected and what was observed, if it compared two values.
        evidence: Where to put it.
    """
    message = str(error)
    if compared is not None:
        expected, observed = compared
        evidence.deviations.append(Deviation(statement, expected, observed))
        # The assertion's own words say more; pytest's would say the same again.
        message = "" if message.startswith("assert ") else message.partition("\nassert ")[0]
    evidence.message = message
