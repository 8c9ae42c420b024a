"""Lines of a message that are folded, or odd, and the places of its lines in a file."""

import pytest

from httplib_conformance.casemark import case, each_case
from httplib_conformance.cases.messages import MAKING, message_of
from httplib_conformance.values import Text

VALUES = {
    "folded": (b"X-Name: one\r\n\ttwo \r\n  three\r\n", ["one\n two\n three"], "folds"),
    "folded-at-once": (b"X-Name:\r\n one\r\n two\r\n", ["one\n two"], "folds"),
    "folded-around-nothing": (b"X-Name:\r\n \r\n one\r\n", ["one"], "folds"),
    "one-of-several-folded": (b"X-Name: a\r\nX-Name: b\r\n c\r\nX-Name: d\r\n", ["a", "b\n c", "d"], "folds"),
    "with-a-colon": (b"X-Name: one:two\r\n", ["one:two"], "values"),
    "with-no-break-spaces": (b"X-Name: \xa0a\xa0\r\n \xa0b\xa0\r\n", ["\xa0a\xa0\n \xa0b\xa0"], "values"),
    "with-a-no-break-space-first": (b"X-Name:\r\n \xa0a\r\n", ["\xa0a"], "values"),
}
"""Lines of a header, with what getheaders gives of it, and the rule."""


@each_case(
    "form, rule",
    [(form, rule) for form, (_, _, rule) in VALUES.items()],
    "message-getheaders-{form}",
    "message.getheaders.{rule}",
)
def test_getheaders(httplib, replay, form, rule):  # noqa: ARG001 (the rule is the requirement's)
    """What getheaders gives are the values with their folds."""
    lines, expected, _ = VALUES[form]
    assert message_of(httplib, replay, lines).getheaders("x-name") == expected


@case("message-first-line-begins-with-a-space", "message.first-line-folded")
def test_first_line(httplib, replay):
    """A first line that begins with a space is a header of its own."""
    message = message_of(httplib, replay, b" Odd: 1\r\nX-Name: 2\r\n")
    found = [message.getallmatchingheaders(name) for name in (" odd", "x-name")]
    assert (found, sorted(message.keys())) == ([[" Odd: 1\r\n"], ["X-Name: 2\r\n"]], [" odd", "x-name"])


@case("message-name-beyond-ascii", "message.names.beyond-ascii")
def test_name_beyond_ascii(httplib, replay):
    """A letter beyond ASCII in a header's name is not made small, and must be asked for as it is."""
    message = message_of(httplib, replay, b"X-\xc4: 1\r\n")
    found = [message.isheader("X-\xc4: 1"), message.getheader("X-\xc4"), message.getheader("X-\xe4")]
    assert (found, message.keys()) == (["x-\xc4", "1", None], ["x-\xc4"])


@case("message-line-begins-with-a-colon", "message.names.empty")
def test_empty_name(httplib, replay):
    """A line that begins with a colon is skipped, and status says nothing of it."""
    message = message_of(httplib, replay, b": 0\r\nX-Name: 1\r\n")
    assert (message.isheader(": 0"), message.headers, message.status) == ("", ["X-Name: 1\r\n"], "")


@case("message-set-lines", "message.setitem.line-feeds")
def test_setitem_lines(httplib, replay):
    """Assigning a value with a line feed puts two lines."""
    message = message_of(httplib, replay, b"X-Name: 1\r\n")
    message["X-New"] = "a b\n c"
    assert message.headers == ["X-Name: 1\r\n", "X-New: a b\n", " c\n"]


@case("message-of-a-file", "message.seekable")
def test_seekable(httplib, python):
    """A message of a file knows where its headers begin, and where the body behind them does."""
    file = python.module("io").BytesIO(b"before\nX-Name: 1\r\n\r\nbody")
    file.readline()
    message = httplib.HTTPMessage(file)
    assert (message.seekable, message.startofheaders, message.startofbody) == (1, 7, 20)


@each_case(
    "how",
    [("without-tell",), ("by-argument",)],
    "message-of-a-file-without-places-{how}",
    "message.unseekable",
)
def test_unseekable(httplib, python, how):
    """A message of a file without places knows none."""
    lines = b"X-Name: 1\r\n\r\n"
    if how == "by-argument":
        message = httplib.HTTPMessage(python.module("io").BytesIO(lines), 0)
    else:
        message = httplib.HTTPMessage(python.define(MAKING).Lines(lines))
    assert (message.seekable, message.startofheaders, message.startofbody) == (0, None, None)
    with pytest.raises(OSError, match=r"^unseekable file$"):
        message.rewindbody()


@case("message-unixfrom-with-a-colon", "message.unixfrom.colon")
def test_unixfrom_colon(httplib, replay):
    """A line of a mail box that has a colon is no header."""
    line = "From ada@example.org Sun Nov  6 08:49:37 1994\r\n"
    message = message_of(httplib, replay, line.encode() + b"X-Name: 1\r\n")
    assert (message.unixfrom, message.items()) == (line, [("x-name", "1")])


@case("message-unixfrom-of-a-hundred-lines", "message.unixfrom.colon")
def test_unixfrom_hundred(httplib, replay):
    """A hundred lines of a mail box are kept."""
    lines = "From ada\r\n" * 100
    message = message_of(httplib, replay, lines.encode() + b"X-Name: 1\r\n")
    assert (message.unixfrom, message.items()) == (lines, [("x-name", "1")])


@case("message-of-a-file-of-text", "message.of-text")
def test_text(httplib, python):
    """A message of a file of text has its headers."""
    message = httplib.HTTPMessage(python.module("io").StringIO(Text("X-Name: 1\n 2\n\n")))
    assert message.getheader("X-Name") == "1\n 2"
