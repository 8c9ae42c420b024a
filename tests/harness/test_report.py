"""What a run looks like: plain, and in a terminal."""
# ruff: noqa: E501 (what is shown is quoted whole)

import io
import re

import pytest
from httplib_conformance.disputes import Shown, Side
from httplib_conformance.evidence import Deviation, Evidence, Verdict
from httplib_conformance.protocol import Implementation
from httplib_conformance.report import (
    Bar,
    console_for_run,
    render_disputes,
    render_failure,
    render_header,
    render_plain,
    render_summary,
    render_verdict,
)
from httplib_conformance.results import CaseResult
from rich.console import Console

IMPLEMENTATION = Implementation(
    module="httplib",
    file="/lib/httplib.py",
    version="1.2",
    interpreter="CPython 2.7.18",
    executable="/bin/python",
    platform="linux2",
    agent="an agent",
)


def result(
    identity="a", verdict=Verdict.passed, level="documented", requirements=("module.name",), **evidence
):
    return CaseResult(identity, "A title", level, list(requirements), verdict, 0.0, Evidence(**evidence))


def plain(*what, **how):
    """What a plain console makes of it."""
    stream = io.StringIO()
    console = Console(file=stream, width=100, highlight=False, color_system=None)
    for each in what:
        console.print(each, **how)
    return "".join(line.rstrip() + "\n" for line in stream.getvalue().splitlines())


def test_header():
    told = plain(render_header(IMPLEMENTATION, "httplib", 20))
    for words in (
        "implementation  httplib 1.2\n",
        "module file     /lib/httplib.py\n",
        "interpreter     CPython 2.7.18 on linux2\n",
        "executable      /bin/python\n",
        "agent           an agent\n",
        "suite           httplib-conformance 0.1.0, run by CPython 3.",
        "generated       20 examples a case, with the seed ",
    ):
        assert words in told


def test_header_of_one_that_says_little():
    silent = Implementation("m", None, None, "X 1", None, "p", "a")
    told = plain(render_header(silent, "m", 1))
    assert "implementation  m\n" in told
    assert told.count("(it does not say)") == 2


def test_a_failure_shows_all_that_there_is():
    told = render_plain(
        result(
            "some-case",
            Verdict.failed,
            requirements=("module.name", "not.there"),
            deviations=[Deviation("status", "200", "201"), Deviation("body", "b'x'", "b'[bold]y'")],
            segmentation="byte by byte",
            wire=["first log\n", ""],
            stderr="last words\n",
            message="words of the case",
        )
    )
    assert told == (
        "FAIL  some-case  (documented)\n"
        "  A title\n"
        "  requirement  module.name: The module that conforms can be imported by one name, which the user of the suite\n"
        "               gives. [httplib]\n"
        "  requirement  not.there\n"
        "  replayed     byte by byte\n"
        "  because      words of the case\n"
        "          expected  observed\n"
        "  status  200       201\n"
        "  body    b'x'      b'[bold]y'\n"
        "  on the wire, server 1 (> client, < server)\n"
        "    first log\n"
        "  on the wire, server 2 (> client, < server)\n"
        "    nothing\n"
        "  the agent\n"
        "    last words\n"
    )


def test_what_would_do_something_to_a_terminal_is_escaped():
    """What an agent or an implementation says is not for the terminal to obey."""
    red = "\x1b[31mred\x00\x07\x9b"
    told = render_plain(
        result(
            verdict=Verdict.failed, deviations=[Deviation(red, red, red)], stderr=f"a\tb\n{red}", message=red
        )
    )
    told += plain(render_header(Implementation(red, red, red, red, red, "p", red), red, 1))
    told += plain(render_verdict(Implementation(red, None, None, red, None, "p", "a"), [], 0, 1.0))
    told += plain(render_disputes([Shown("empty-port", Side.both, red)]))
    assert not re.search(r"[^\n -~]", told)
    assert told.count("\\x1b[31mred\\x00\\x07\\x9b") == 14


def test_of_long_complaints_the_end_is_shown():
    stderr = "".join(f"line {number}\n" for number in range(100))
    told = render_plain(result(verdict=Verdict.crash, stderr=stderr))
    assert told.endswith("  the agent\n    ...\n" + "".join(f"    line {each}\n" for each in range(80, 100)))


@pytest.mark.parametrize("verdict", list(Verdict))
def test_every_verdict_has_its_name(verdict):
    assert render_plain(result(verdict=verdict)).startswith(f"{verdict.upper()}  a  (documented)\n")


def test_what_is_long_is_folded():
    told = render_plain(result(verdict=Verdict.failed, deviations=[Deviation("x" * 90, "y" * 90, "z" * 90)]))
    assert max(map(len, told.splitlines())) <= 110
    assert (told.count("xx"), told.count("yy"), told.count("zz")) == (45, 45, 45), "and nothing is lost"
    assert not re.search(r" $", told, re.MULTILINE)


@pytest.mark.parametrize("width", [40, 80, 120])
def test_ids_are_folded_and_not_cut(width):
    """They are what one types."""
    failed = result(verdict=Verdict.failed, requirements=("W" * 100,), segmentation="X" * 100)
    told = plain(
        render_failure(failed), render_disputes([Shown("Y" * 100, Side.both, "Z" * 100)]), width=width
    )
    assert max(map(len, told.splitlines())) <= width
    assert [told.count(letter) for letter in "WXYZ"] == [100] * 4
    assert "\N{HORIZONTAL ELLIPSIS}" not in told


def test_where_there_is_no_room_expected_and_observed_stand_below_each_other():
    deviations = [Deviation("connection.getresponse().read() == b'hello'", "b'hello'", "b'world'")] * 2
    told = plain(render_failure(result(verdict=Verdict.failed, deviations=deviations)), width=50)
    assert told.endswith(
        "  connection.getresponse().read() == b'hello'\n    expected  b'hello'\n    observed  b'world'\n" * 2
    )


def test_summary():
    results = [
        result("a", level="documented"),
        result("b", Verdict.failed),
        result("c", level="observed", requirements=("state.x",)),
        result("d", level="referenced", requirements=("state.x",)),
    ]
    assert plain(render_summary(results)) == (
        "passed of   documented   referenced   observed\n"
        "module             1/2            -          -\n"
        "state                -          1/1        1/1\n"
        "all                1/2          1/1        1/1\n"
    )


def test_verdict_on_some_cases():
    """It is none on the others."""
    told = plain(render_verdict(IMPLEMENTATION, [result()], 0, 1.24, some_only=True))
    assert told == "httplib in CPython 2.7.18 passes what was selected: 1 case, 1 pass, in 1.2 s\n"


@pytest.mark.parametrize(
    ("results", "status", "words"),
    [
        ([result()], 0, "httplib in CPython 2.7.18 conforms: 1 case, 1 pass, in 1.2 s\n"),
        (
            [result(), result(verdict=Verdict.failed), result(verdict=Verdict.timeout)],
            1,
            "httplib in CPython 2.7.18 deviates: 3 cases, 1 pass, 1 fail, 1 timeout, in 1.2 s\n",
        ),
        ([result()], 3, "httplib in CPython 2.7.18: no verdict: 1 case, 1 pass, in 1.2 s\n"),
        ([], 2, "httplib in CPython 2.7.18: no verdict: 0 cases, in 1.2 s\n"),
    ],
)
def test_verdict(results, status, words):
    assert plain(render_verdict(IMPLEMENTATION, results, status, 1.24)) == words


# -- in a terminal


@pytest.fixture
def terminal():
    """A console that takes its stream for a terminal."""
    return Console(
        file=io.StringIO(), force_terminal=True, width=100, color_system="standard", legacy_windows=False
    )


def test_colours_in_a_terminal(terminal):
    terminal.print(render_failure(result(verdict=Verdict.failed)))
    assert "\x1b[1;31mFAIL\x1b[0m" in terminal.file.getvalue()


def test_progress_in_a_terminal(terminal):
    bar = Bar(terminal, 2)
    bar.advance("the-case")
    bar.stop()
    told = terminal.file.getvalue()
    assert "the-case" in told
    assert "1/2" in told
    assert told.endswith("\x1b[2K"), "nothing of it stays"


def test_no_progress_elsewhere():
    stream = io.StringIO()
    bar = Bar(Console(file=stream, force_terminal=False), 2)
    bar.advance("a")
    bar.stop()
    assert stream.getvalue() == ""


def test_the_console_of_a_terminal(monkeypatch):
    class Terminal(io.StringIO):
        def isatty(self):
            return True

    monkeypatch.setattr("sys.stdout", Terminal())
    monkeypatch.setenv("TERM", "xterm-256color")
    monkeypatch.delenv("NO_COLOR", raising=False)
    console = console_for_run()
    assert console.is_terminal
    console.print("x", style="bold")
    assert console.file.getvalue() == "\x1b[1mx\x1b[0m\n"
