"""The lines of a message, how it is made of them, and the hooks that decide what they mean."""

from httplib_conformance.casemark import case, each_case
from httplib_conformance.cases.messages import HEADERS, MAKING, NAMES, message_of, with_line_feeds

LINES = b"X-One: 1\r\nX-Two: 2\r\n\r\nbody\r\n"
"""Headers, the empty line, and what follows."""

DERIVED = b"Name=value\r\n# a note\r\nOther=1\r\n--\r\nbody\r\n"
"""The same for the derived class of `MAKING`."""


def making(python):
    """What makes messages, in the implementation's interpreter."""
    return python.define(MAKING)


# -- the attributes


@case("message-headers", "message.headers")
def test_headers(httplib, replay):
    """The attribute headers has every line that begins a header, in its order."""
    lines = [line for line in message_of(httplib, replay, HEADERS).headers if not line.startswith("\t")]
    expected = [f"{line}\n" for line in HEADERS.decode().split("\r\n") if line and not line.startswith("\t")]
    assert with_line_feeds(lines) == expected


@case("message-headers-folded", "message.headers.folded")
def test_headers_folded(httplib, replay):
    """The attribute headers has a continuation line as a line of its own, behind that which it continues."""
    lines = message_of(httplib, replay, HEADERS).headers
    assert with_line_feeds(lines)[2:4] == ["X-Folded: first\n", "\tsecond\n"]


@case("message-headers-line-ends", "message.headers.line-ends")
def test_headers_line_ends(httplib, replay):
    """Each line in the attribute headers ends in a line feed."""
    lines = message_of(httplib, replay, HEADERS).headers
    assert [line for line in lines if not line.endswith("\n")] == []


@case("message-headers-no-blank-line", "message.headers.no-blank-line")
def test_headers_no_blank_line(httplib, replay):
    """The attribute headers does not have the empty line that ends the headers."""
    lines = message_of(httplib, replay, HEADERS).headers
    assert [line for line in lines if not line.strip()] == []


@case("message-unixfrom", "message.unixfrom")
def test_unixfrom(httplib, replay):
    """The attribute unixfrom is the line beginning with From that came before the headers."""
    line = "From ada@example.org Sun Nov  6 08:49:37 1994\r\n"
    message = message_of(httplib, replay, line.encode() + HEADERS)
    found = with_line_feeds(message.unixfrom), message.getheader("X-Name")
    assert found == (with_line_feeds(line), "value")


@case("message-unixfrom-empty", "message.unixfrom.none")
def test_unixfrom_empty(httplib, replay):
    """The attribute unixfrom is the empty string where no such line came."""
    assert message_of(httplib, replay, HEADERS).unixfrom == ""


# -- the hooks


@case("message-isheader", "message.isheader")
def test_isheader(httplib, replay):
    """What isheader gives is the name of the header that a line begins, in any letter case."""
    message = message_of(httplib, replay, HEADERS)
    assert message.isheader("X-Name: value\r\n").lower() == "x-name"


@case("message-isheader-of-no-header", "message.isheader.no-header")
def test_isheader_none(httplib, replay):
    """What isheader gives for a line that begins no header is None."""
    assert message_of(httplib, replay, HEADERS).isheader("no header\r\n") is None


@case("message-islast", "message.islast")
def test_islast(httplib, replay):
    """What islast gives is true for an empty line, and for no other."""
    message = message_of(httplib, replay, HEADERS)
    told = [bool(message.islast(line)) for line in ("\r\n", "\n", "X-Name: value\r\n", ".\r\n")]
    assert told == [True, True, False, False]


@case("message-iscomment", "message.iscomment")
def test_iscomment(httplib, replay):
    """What iscomment gives is false for any line."""
    message = message_of(httplib, replay, HEADERS)
    told = [bool(message.iscomment(line)) for line in ("# a note\r\n", "; a note\r\n", "X: 1\r\n", "\r\n")]
    assert told == [False, False, False, False]


@case("message-with-an-isheader-of-its-own", "message.isheader.override")
def test_own_isheader(httplib, python):
    """A derived class that has its own isheader says which lines are headers, and what they are called."""
    message = making(python).derive(httplib.HTTPMessage)(python.module("io").BytesIO(DERIVED))
    assert sorted(message.items()) == [("name", "value"), ("other", "1")]


@case("message-with-an-iscomment-of-its-own", "message.iscomment.override")
def test_own_iscomment(httplib, python):
    """A derived class that has its own iscomment has lines skipped, without a word in status."""
    message = making(python).derive(httplib.HTTPMessage)(python.module("io").BytesIO(DERIVED))
    assert (with_line_feeds(message.headers), message.status) == (["Name=value\n", "Other=1\n"], "")


@case("message-with-an-islast-of-its-own", "message.islast.override")
def test_own_islast(httplib, python):
    """A derived class that has its own islast says which line ends the headers."""
    file = python.module("io").BytesIO(DERIVED)
    making(python).derive(httplib.HTTPMessage)(file)
    assert file.read() == b"body\r\n"


# -- made by hand


@case("message-is-made-from-a-file", "message.create")
def test_create(httplib, python):
    """A message that is made from an open file has the headers in it."""
    message = httplib.HTTPMessage(python.module("io").BytesIO(HEADERS + b"\r\n"))
    assert sorted(name.lower() for name in message) == NAMES


@case("message-is-made-from-lines", "message.create.readline")
def test_create_readline(httplib, python):
    """A message can be made from what has readline alone."""
    message = httplib.HTTPMessage(making(python).Lines(LINES))
    assert [message["X-One"], message["X-Two"]] == ["1", "2"]


@case("message-with-seekable-0-asks-for-no-place", "message.create.no-tell")
def test_create_without_tell(httplib, python):
    """A file with which seekable is 0 is not asked for its place, for there may be none."""
    file = making(python).Told(LINES)
    httplib.HTTPMessage(file, 0)
    assert file.asked == 0


@each_case("seekable", [(0,), (1,)], "message-is-made-with-seekable-{seekable}", "message.create.arguments")
def test_create_seekable(httplib, python, seekable):
    """A message takes the file and seekable by position."""
    message = httplib.HTTPMessage(python.module("io").BytesIO(LINES), seekable)
    assert message["X-One"] == "1"


@case("message-is-made-by-keyword", "message.create.keywords")
def test_create_by_keyword(httplib, python):
    """A message takes the file and seekable by the keywords fp and seekable."""
    message = httplib.HTTPMessage(seekable=0, fp=python.module("io").BytesIO(LINES))
    assert message["X-One"] == "1"


@case("message-ends-at-the-empty-line", "message.create.blank-line", "message.create.body")
def test_create_end(httplib, python):
    """What is read for a message ends with the empty line: all that follows can be read."""
    file = python.module("io").BytesIO(LINES)
    httplib.HTTPMessage(file)
    assert file.read() == b"body\r\n"


@case("message-with-bare-line-feeds", "message.create.bare-line-feed")
def test_create_line_feeds(httplib, python):
    """Lines, and the empty one, may end in a line feed alone."""
    file = python.module("io").BytesIO(LINES.replace(b"\r\n", b"\n"))
    message = httplib.HTTPMessage(file)
    assert (message["X-One"], message["X-Two"], file.read()) == ("1", "2", b"body\n")


@case("message-fp-is-the-file", "message.fp")
def test_fp(httplib, python):
    """The attribute fp of a message is the file that it was made from."""
    file = python.module("io").BytesIO(LINES)
    assert httplib.HTTPMessage(file).fp == file


@case("message-rewindbody", "message.rewindbody")
def test_rewindbody(httplib, python):
    """After rewindbody, the body can be read again."""
    file = python.module("io").BytesIO(LINES)
    message = httplib.HTTPMessage(file)
    file.read()
    message.rewindbody()
    assert file.read() == b"body\r\n"
