"""What a response's headers can be asked for: the interface of mimetools.Message and rfc822.Message."""

import io

import pytest
from httplib27 import HTTPMessage

LINES = "A: 1\r\nB:  2 \r\n x\r\nA: 3\r\nC: 4\r\n"


def message(text=LINES, seekable=0):
    """Return a message with these lines; the line that ends them, and a body, are added."""
    return HTTPMessage(io.BytesIO(text.encode("iso-8859-1") + b"\r\nbody"), seekable)


# -- values and lines -----------------------------------------------------------------------------


def test_a_value_is_found_by_its_name():
    """getheader(), get() and the brackets give the joined value, whatever the name's case."""
    made = message()
    for name in ("a", "A"):
        assert made.getheader(name) == made.get(name) == made[name] == "1, 3"
    assert made.getheader("x", 7) == made.get("x", 7) == 7
    assert made.getheader("x") is made.get("x") is None
    with pytest.raises(KeyError):
        made["x"]


@pytest.mark.parametrize(
    ("name", "values", "lines", "first", "raw"),
    [
        ("a", ["1", "3"], ["A: 1\r\n", "A: 3\r\n"], ["A: 1\r\n"], " 1\r\n"),
        ("B", ["2\n x"], ["B:  2 \r\n", " x\r\n"], ["B:  2 \r\n", " x\r\n"], "  2 \r\n x\r\n"),
        ("x", [], [], [], None),
        ("a:", [], [], [], None),
    ],
)
def test_the_lines_of_a_field_are_found(name, values, lines, first, raw):
    """Values one by one, all lines, the first field's lines, and its text as it came."""
    made = message()
    assert made.getheaders(name) == values
    assert made.getallmatchingheaders(name) == lines
    assert made.getfirstmatchingheader(name) == first
    assert made.getrawheader(name) == raw


@pytest.mark.parametrize(
    ("lines", "values"),
    [("A:\r\n b\r\n", ["b"]), ("A: b\r\n \r\n", ["b\n "]), ("A:\r\nA: b\r\n", ["", "b"])],
)
def test_values_one_by_one_are_stripped(lines, values):
    """A field that begins with a fold has no empty line before its value."""
    assert message(lines).getheaders("a") == values


def test_a_name_with_white_space_before_it_is_taken_at_its_word():
    """Lines are matched as they came: a fold may look like a header, and a header like a fold."""
    made = message(" A: 1\r\nB: 2\r\n A: 3\r\n")
    assert made.getallmatchingheaders(" a") == [" A: 1\r\n", " A: 3\r\n"]
    assert made.getfirstmatchingheader(" a") == [" A: 1\r\n"]
    assert made.getheaders(" a") == []


# -- the mapping ----------------------------------------------------------------------------------


def test_a_message_is_a_mapping():
    """Length, iteration, membership, keys, values and items, with names in lower case."""
    made = message()
    assert len(made) == 3
    assert list(made) == made.keys() == ["a", "b", "c"]
    assert made.values() == ["1, 3", "2\n x", "4"]
    assert made.items() == [("a", "1, 3"), ("b", "2\n x"), ("c", "4")]
    assert "A" in made
    assert "x" not in made
    assert made.has_key("A")
    assert not made.has_key("x")
    assert not message("")


def test_a_field_that_is_set_replaces_all_of_its_name():
    """The new line stands at the end, with a bare line feed."""
    made = message()
    made["A"] = "5\n6"
    assert made["a"] == "5\n6"
    assert made.headers == ["B:  2 \r\n", " x\r\n", "C: 4\r\n", "A: 5\n", "6\n"]


def test_a_field_can_be_deleted():
    """All its lines go, folds included; deleting what is not there does nothing."""
    made = message()
    headers = made.headers
    del made["B"]
    del made["x"]
    assert "b" not in made
    assert made.headers is headers
    assert headers == ["A: 1\r\n", "A: 3\r\n", "C: 4\r\n"]


def test_a_default_can_be_set():
    """setdefault() gives the value, and makes the field where there is none."""
    made = message()
    assert made.setdefault("A", "z") == "1, 3"
    assert made.setdefault("X", "z") == made["x"] == "z"
    assert made.setdefault("Y") == ""
    assert made.headers[-2:] == ["X: z\n", "Y: \n"]


def test_values_can_be_added_to():
    """addheader() and addcontinue() change the value, and not the lines."""
    made = message()
    made.addheader("a", "9")
    made.addheader("n", "9")
    made.addcontinue("n", "more")
    assert (made["a"], made["n"]) == ("1, 3, 9", "9\n more")
    assert made.headers == message().headers
    with pytest.raises(KeyError):
        made.addcontinue("x", "more")


# -- reading --------------------------------------------------------------------------------------


def test_a_seekable_file_can_be_rewound():
    """rewindbody() goes back to the place behind the headers."""
    made = message(seekable=1)
    assert (made.startofheaders, made.startofbody) == (0, len(LINES) + 2)
    assert made.fp.read() == b"body"
    made.rewindbody()
    assert made.fp.read() == b"body"


def test_a_stream_cannot_be_rewound():
    """rewindbody() raises OSError where the file has no places, or shall not be asked for them."""

    class Stream:
        def __init__(self):
            self.lines = [b"A: b\r\n", b"\r\n"]

        def readline(self, _limit):
            return self.lines.pop(0)

    for made in (message(seekable=0), HTTPMessage(Stream(), 1)):
        assert (made.seekable, made.startofheaders, made.startofbody) == (0, None, None)
        with pytest.raises(OSError, match="unseekable file"):
            made.rewindbody()


def test_a_subclass_may_read_another_format():
    """isheader(), islast() and iscomment() decide what the lines are."""

    class Other(HTTPMessage):
        def isheader(self, line):
            name, equals, _ = line.partition("=")
            return name.lower() if equals else None

        def islast(self, line):
            return line.startswith("--")

        def iscomment(self, line):
            return line.startswith("#")

    made = Other(io.StringIO("A=1\n#c\n B\n\nC=2\r\n--\nD=3\n"), 0)
    assert made.items() == [("a", "1\n B"), ("c", "2")]
    assert made.status == "Non-header line where header expected"


def test_a_comment_comes_before_the_end_and_the_end_before_a_header():
    """A line is asked about in this order, so a header's line may be made either."""

    class Ending(HTTPMessage):
        def islast(self, line):
            return line.startswith("L:")

    class Commented(Ending):
        def iscomment(self, line):
            return line.startswith("L:")

    lines = "A: b\nL: x\nC: d\n"
    assert Ending(io.StringIO(lines), 0).items() == [("a", "b")]
    assert Commented(io.StringIO(lines), 0).items() == [("a", "b"), ("c", "d")]


@pytest.mark.parametrize(
    ("line", "header", "last"),
    [
        ("A: b", "a", False),
        ("A : b", "a ", False),
        (": b", "", False),
        ("A", None, False),
        ("\r\n", None, True),
    ],
)
def test_the_hooks_can_be_asked(line, header, last):
    """isheader() gives the name in lower case or None, islast() tells about the empty line."""
    made = message()
    assert (made.isheader(line), made.islast(line), made.iscomment(line)) == (header, last, False)


def test_lines_of_a_mail_box_are_kept_apart():
    """Several `From ` lines may come first; behind a header they are none."""
    made = message("From x\r\nFrom y\r\nA: b\r\nFrom z\r\n")
    assert (made.unixfrom, made.headers) == ("From x\r\nFrom y\r\n", ["A: b\r\n"])


# -- the content type -----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("header", "kind", "main", "sub", "parameters"),
    [
        ("text/html", "text/html", "text", "html", []),
        ("TEXT/Html; Charset=UTF-8", "text/html", "text", "html", ["charset=UTF-8"]),
        ('a / b ;x = "y"; Z', "a/b", "a", "b", ['x="y"', "Z"]),
        ('a/b; c="d;e"', "a/b", "a", "b", ['c="d', 'e"']),
        ("text", "text", "text", "", []),
        ("a/b/c", "a/b/c", "a", "b/c", []),
        ("text/html;", "text/html", "text", "html", [""]),
        ("", "", "", "", []),
    ],
)
def test_the_content_type_is_taken_apart(header, kind, main, sub, parameters):
    """Type and subtype in lower case, and parameters with their names in lower case."""
    made = message(f"Content-Type: {header}\r\n")
    assert (made.gettype(), made.getmaintype(), made.getsubtype()) == (kind, main, sub)
    assert made.getplist() == parameters
    assert made.typeheader == header.strip()


def test_without_a_content_type_it_is_plain_text():
    """The default is text/plain without parameters, and 7bit."""
    made = message()
    assert (made.gettype(), made.getmaintype(), made.getsubtype()) == ("text/plain", "text", "plain")
    assert (made.getplist(), made.getparamnames(), made.getparam("charset")) == ([], [], None)
    assert (made.getencoding(), made.typeheader, made.encodingheader) == ("7bit", None, None)


def test_the_content_type_can_be_parsed_again():
    """parsetype() and parseplist() look at the header as it came, and so change nothing."""
    for lines, kind, parameters in (
        (LINES, "text/plain", []),
        ("Content-Type: a/b; c=d\r\n", "a/b", ["c=d"]),
    ):
        made = message(lines)
        made["Content-Type"] = "x/y"
        made.parsetype()
        made.parseplist()
        assert (made.gettype(), made.getplist()) == (kind, parameters)


@pytest.mark.parametrize(
    ("value", "plain"),
    [
        ("utf-8", "utf-8"),
        ('"utf-8"', "utf-8"),
        ('"a\\"b\\\\c"', 'a"b\\c'),
        ("<x>", "x"),
        ('"<x>"', "<x>"),
        ("'x'", "'x'"),
        ('"', '"'),
        ("", ""),
    ],
)
def test_a_parameter_is_unquoted(value, plain):
    """getparam() gives the value without quotes or angle brackets, for the name in any case."""
    made = message(f"Content-Type: a/b; n; Charset={value}; charset=second\r\n")
    assert made.getparam("charset") == made.getparam("CHARSET") == plain
    assert made.getparamnames() == ["charset", "charset"]
    assert made.getparam("n") is None


def test_the_encoding_is_in_lower_case():
    """getencoding() gives Content-Transfer-Encoding."""
    assert message("Content-Transfer-Encoding: Quoted-Printable\r\n").getencoding() == "quoted-printable"


# -- addresses ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "addresses"),
    [
        ("a@b", [("", "a@b")]),
        ("Guido van Rossum <guido@cwi.nl>", [("Guido van Rossum", "guido@cwi.nl")]),
        ("guido@cwi.nl (Guido van Rossum)", [("Guido van Rossum", "guido@cwi.nl")]),
        ('"Rossum, Guido" <guido@cwi.nl>', [("Rossum, Guido", "guido@cwi.nl")]),
        ("J. R. Doe <j@d>, a@b", [("J. R. Doe", "j@d"), ("", "a@b")]),
        ("C (d) <e@f> (g)", [("C (d)", "e@f")]),
        ("a (b (c) d) <e@f>", [("a (b c d)", "e@f")]),
        ("(a\\)b) c@d", [("a)b", "c@d")]),
        ('"q\\"r" <a@b>', [('q"r', "a@b")]),
        ('"a b"@c', [("", '"a b"@c')]),
        ('a"b"c@d', [("", 'a"b"c@d')]),
        ("a @ b . c", [("", "a@b.c")]),
        ("a@(x)b", [("x", "a@b")]),
        ("a@[1.2.3.4]", [("", "a@[1.2.3.4]")]),
        ("a@[1.2", [("", "a@[1.2]")]),
        ("Group: a <b@c>, d;, e@f", [("a", "b@c"), ("", "d"), ("", "e@f")]),
        ("Group:;", []),
        ("<@route:a@b>", [("", "a@b")]),
        ("<@r1,@r2:a@b>", [("", ""), ("", "@r2"), ("", "a@b")]),
        ("x <y@z", [("x", "y@z")]),
        ("<>", [("", "")]),
        ("<", [("", "")]),
        ("a", [("", "a")]),
        ("a b c", [("", "a")]),
        ("a@b c@d", [("", "a@bc"), ("", "@d")]),
        ("a@b,, c@d", [("", "a@b")]),
        ("a@b; c@d", [("", "a@b")]),
        ("(unclosed", []),
        ('"unclosed', [("", "unclosed")]),
        ("]", []),
        ("", []),
    ],
)
def test_addresses_are_read(text, addresses):
    """getaddrlist() gives (name, address) pairs, and getaddr() the first of them or two Nones."""
    made = message(f"A: {text}\r\n")
    assert made.getaddrlist("a") == addresses
    assert made.getaddr("a") == (addresses[0] if addresses else (None, None))


def test_addresses_of_several_fields_are_put_together():
    """getaddrlist() scans all fields of that name, and their folds."""
    made = message("To: a@b\r\nTo: c@d,\r\n e@f\r\n")
    assert made.getaddrlist("To") == [("", "a@b"), ("", "c@d"), ("", "e@f")]
    assert made.getaddrlist("x") == []


@pytest.mark.parametrize("hostile", ["(" * 30000, "a:" * 20000, "<" * 30000, '"' * 30000, "a@" * 20000])
def test_hostile_addresses_do_no_harm(hostile):
    """What is nested without end is understood up to some depth, or not at all."""
    message(f"A: {hostile}\r\n").getaddrlist("a")


# -- dates ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "date", "offset"),
    [
        ("Sun, 06 Nov 1994 08:49:37 GMT", (1994, 11, 6, 8, 49, 37), 0),
        ("Sunday, 06-Nov-94 08:49:37 GMT", (94, 11, 6, 8, 49, 37), 0),
        ("Sun Nov  6 08:49:37 1994", (1994, 11, 6, 8, 49, 37), None),
        ("Sun Nov  6 08:49:37 GMT 1994", (1994, 11, 6, 8, 49, 37), 0),
        ("6 November 1994 8:49", (1994, 11, 6, 8, 49, 0), None),
        ("Mon,20 Nov 1995 19:12:08 -0130", (1995, 11, 20, 19, 12, 8), -5400),
        ("Mon, 20 Nov 1995 19:12:08+0530", (1995, 11, 20, 19, 12, 8), 19800),
        ("Mon, 20 Nov 1995 19:12:08 EST", (1995, 11, 20, 19, 12, 8), -18000),
        ("Mon, 20 Nov 1995 19:12:08 pdt extra", (1995, 11, 20, 19, 12, 8), -25200),
        ("Mon, 20 Nov 1995 19:12:08 +01:00", (1995, 11, 20, 19, 12, 8), None),
        ("Mon, 20, Nov 1995, 19:12:08, GMT", (1995, 11, 20, 19, 12, 8), 0),
    ],
)
def test_a_date_is_read(text, date, offset):
    """getdate() gives a tuple for time.mktime(), getdate_tz() the distance from UTC as well."""
    made = message(f"Date: {text}\r\n")
    assert made.getdate("date") == (*date, 0, 1, 0)
    assert made.getdate_tz("date") == (*date, 0, 1, 0, offset)


@pytest.mark.parametrize(
    "text",
    ["", ",", "junk", "Mon, 20 Nov 1995", "20 Foo 1995 19:12:08 GMT", "20 Nov 1995 19.12.08 GMT",
     "x Nov 1995 19:12:08 GMT", "20 Nov 1995 a:b:c GMT", "20 Nov 1995 1:2:3:4 GMT", "20 Nov , 19:12:08 GMT"],
)  # fmt: skip
def test_what_is_no_date_gives_none(text):
    """getdate() and getdate_tz() give None for anything else, and for a header that is missing."""
    made = message(f"Date: {text}\r\n")
    assert made.getdate("date") is made.getdate_tz("date") is None
    assert made.getdate("x") is None
