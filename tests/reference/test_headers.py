"""The headers of a response, as HTTPResponse gives them and as HTTPMessage keeps them."""

import io

import pytest
from httplib27 import HTTPException, HTTPMessage, LineTooLong

from .loopback import reply


def message(text):
    """Return a message with these lines; the line that ends them is added."""
    return HTTPMessage(io.BytesIO(text.encode("iso-8859-1") + b"\r\n"))


def test_getheader_gives_the_value_in_any_case(line):
    """getheader() finds a header whatever the case of its name."""
    response = line.begun(reply(b"", b"Content-Type: text/plain"))
    for name in ("Content-Type", "content-type", "CONTENT-TYPE"):
        assert response.getheader(name) == "text/plain"


def test_getheader_gives_the_default_where_there_is_none(line):
    """getheader() gives `default`, or None, if there is no matching header."""
    response = line.begun(reply(b""))
    assert response.getheader("X") is None
    assert response.getheader("X", "d") == "d"
    assert response.getheader("X", 5) == 5


def test_getheaders_gives_pairs(line):
    """getheaders() gives (header, value) tuples, with names in lower case."""
    response = line.begun(reply(b"", b"A: 1", b"B-C:2", b"a: 3"))
    assert response.getheaders() == [("a", "1, 3"), ("b-c", "2"), ("content-length", "0")]


@pytest.mark.parametrize(
    ("lines", "fields"),
    [
        ("A:b\r\n", {"a": "b"}),
        ("A: \t b \t\r\n", {"a": "b"}),
        ("A: \vb\f\r\n", {"a": "b"}),
        ("A:\r\n", {"a": ""}),
        ("A: b:c\r\n", {"a": "b:c"}),
        ("A: b\nB: c\n", {"a": "b", "b": "c"}),
        ("A: b\r\r\n", {"a": "b"}),
        ("A: b\rc\r\n", {"a": "b\rc"}),
        ("A : b\r\n", {"a ": "b"}),
        ("\xc9: \xa0\xe9\x85\r\n", {"\xc9": "\xa0\xe9\x85"}),
        ("A: b\r\na: c\r\nA:\r\n", {"a": "b, c, "}),
        ("A: b\r\n c\r\n\t d \r\n", {"a": "b\n c\n d"}),
        ("A:\r\n b\r\n", {"a": "\n b"}),
        ("A: b\r\n c: d\r\n", {"a": "b\n c: d"}),
        ("A: b\r\n \r\nB: c\r\n", {"a": "b\n ", "b": "c"}),
        ("A: b\r\n c\r\nA: d\r\n e\r\n", {"a": "b\n c, d\n e"}),
        (" A: b\r\n", {" a": "b"}),
        (": b\r\nC: d\r\n", {"c": "d"}),
    ],
)
def test_a_line_makes_a_field(lines, fields):
    """Name and value stand around the first colon; repeats are joined, and folds are kept."""
    made = message(lines)
    assert made.dict == fields
    assert made.status == ""


@pytest.mark.parametrize(
    ("lines", "kept"),
    [
        ("junk\r\nB: c\r\n", ["B: c\r\n"]),
        ("A: b\r\njunk\r\n more\r\nB: c\r\n", ["A: b\r\n", "B: c\r\n"]),
        ("A: b\r\nFrom x\r\n", ["A: b\r\n"]),
        (" junk\r\nA: b\r\n", ["A: b\r\n"]),
        ("A: b\r\n\v c\r\n", ["A: b\r\n"]),
    ],
)
def test_a_line_that_is_no_header_is_skipped(lines, kept):
    """A line without a colon is left out, with what would continue it, and `status` tells about it."""
    made = message(lines)
    assert made.headers == kept
    assert made.status == "Non-header line where header expected"


def test_a_mail_box_line_may_come_first():
    """A first line of `From ` is kept apart."""
    made = message("From x y\r\nA: b\r\n")
    assert (made.unixfrom, made.headers, made.status) == ("From x y\r\n", ["A: b\r\n"], "")


@pytest.mark.parametrize("lines", [b"", b"A: b", b"A: b\r\n"])
def test_the_stream_may_end_before_the_headers(lines):
    """What was read is kept, and `status` tells that the end is missing."""
    made = HTTPMessage(io.BytesIO(lines))
    assert made.status == "EOF in headers"
    assert made.dict == ({"a": "b"} if lines else {})


def test_lines_of_text_are_as_good():
    """A message can be read from a file in text mode."""
    assert HTTPMessage(io.StringIO("A: b\n\nbody")).dict == {"a": "b"}


def test_there_are_at_most_100_lines(line):
    """HTTPException is raised for more than 100 header lines, folds counted."""
    assert len(line.begun(reply(b"", *[b"A: b"] * 99)).msg.headers) == 100
    for lines in ([b"A: b"] * 100, [b"A: b"] + [b" c"] * 99):
        with pytest.raises(HTTPException, match="got more than 100 headers"):
            line.begun(reply(b"", *lines))


def test_a_long_line_is_refused():
    """LineTooLong is raised for a header of more than 65536 bytes."""
    with pytest.raises(LineTooLong):
        message("A: " + "x" * 65536 + "\r\n")


def test_the_lines_are_kept_as_they_came(line):
    """`headers` are the raw lines, and str() puts them together."""
    response = line.begun(reply(b"", b"a:  B ", b"\tc"))
    assert response.msg.headers == ["a:  B \r\n", "\tc\r\n", "Content-Length: 0\r\n"]
    assert str(response.msg) == "a:  B \r\n\tc\r\nContent-Length: 0\r\n"
    assert list(response.msg) == ["a", "content-length"]


def test_the_message_of_a_response_has_no_file(line):
    """The rest of the stream belongs to the response, so `msg.fp` is None."""
    assert line.begun(reply(b"")).msg.fp is None
