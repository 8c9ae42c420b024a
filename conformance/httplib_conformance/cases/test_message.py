"""The headers of a response as a message: the interface of mimetools.Message and rfc822.Message."""

import pytest

from httplib_conformance.casemark import case, each_case
from httplib_conformance.cases.messages import message_of

HEADERS = (
    b"X-Name: value\r\n"
    b"X-Twice: one\r\n"
    b"X-Folded: first\r\n"
    b"\tsecond\r\n"
    b"X-Twice: two\r\n"
    b"X-Spaced: \t padded  \r\n"
    b"X-Folded: third\r\n"
    b"X-Empty:\r\n"
)
"""Headers of every kind: plain, repeated, folded, padded, empty."""

NAMES = ["x-empty", "x-folded", "x-name", "x-spaced", "x-twice"]
"""Their names, each once, in lower case."""

ADDRESSES = (
    b"From: Ada Lovelace <ada@example.org>\r\n"
    b'Cc: charles@example.org (Charles Babbage), "Menabrea, Luigi" <luigi@example.org>\r\n'
)
"""Headers with mail addresses."""

DATES = {
    "preferred": b"Sun, 06 Nov 1994 08:49:37 GMT",
    "east": b"Sun, 06 Nov 1994 08:49:37 +0130",
    "west": b"Sun, 06 Nov 1994 08:49:37 -0500",
    "of-asctime": b"Sun Nov  6 08:49:37 1994",
}
"""A date in several forms; that of asctime has no zone."""

OFFSETS = {"preferred": 0, "east": 5400, "west": -18000}
"""The distance of their zones from UTC in seconds."""

TYPED = (
    b'Content-Type: TEXT/Html; CharSet=UTF-8; title="A; B"; q=1; q=2\r\n'
    b"Content-Transfer-Encoding: Quoted-Printable\r\n"
)
"""Headers with a content type that has parameters, and with a transfer encoding."""

METHODS = [
    "getaddr",
    "getaddrlist",
    "getallmatchingheaders",
    "getdate",
    "getdate_tz",
    "getencoding",
    "getfirstmatchingheader",
    "getheader",
    "getheaders",
    "getmaintype",
    "getparam",
    "getplist",
    "getrawheader",
    "getsubtype",
    "gettype",
    "has_key",
    "iscomment",
    "isheader",
    "islast",
    "items",
    "keys",
    "values",
]
"""The methods that rfc822.Message and mimetools.Message are documented to have."""


@case("message-has-the-methods-of-mimetools", "message.mimetools")
def test_class(httplib, python):
    """HTTPMessage has the methods of mimetools.Message and of its base."""
    names = set(python.module("builtins").dir(httplib.HTTPMessage))
    assert sorted(set(METHODS) - names) == []


@case("msg-has-the-methods-of-mimetools", "response.msg.message-interface")
def test_msg(httplib, replay, python):
    """The message of a response has the methods of mimetools.Message and of its base."""
    message = message_of(httplib, replay, HEADERS)
    names = set(python.module("builtins").dir(message))
    assert sorted(set(METHODS) - names) == []


# -- as a mapping


@case("message-index", "message.getitem")
def test_getitem(httplib, replay):
    """Indexing finds a header by its name in any letter case."""
    message = message_of(httplib, replay, HEADERS)
    assert [message["x-name"], message["X-NAME"]] == ["value", "value"]


@case("message-index-missing", "message.getitem.missing")
def test_getitem_missing(httplib, replay):
    """Indexing with a name that is not there raises KeyError."""
    message = message_of(httplib, replay, HEADERS)
    with pytest.raises(KeyError):
        message["X-Missing"]


@case("message-set-new", "message.setitem")
def test_setitem_new(httplib, replay):
    """Assigning to a name that is not there makes a header."""
    message = message_of(httplib, replay, HEADERS)
    message["X-New"] = "fresh"
    assert message["x-new"] == "fresh"


@case("message-set-again", "message.setitem")
def test_setitem_again(httplib, replay):
    """Assigning to a name that is there replaces its value."""
    message = message_of(httplib, replay, HEADERS)
    message["X-NAME"] = "other"
    assert (message["x-name"], len(message)) == ("other", len(NAMES))


@case("message-delete", "message.delitem")
def test_delitem(httplib, replay):
    """Deleting a name, in any letter case, removes the header."""
    message = message_of(httplib, replay, HEADERS)
    del message["X-NAME"]
    assert ("x-name" in message, message.getheader("x-name"), len(message)) == (False, None, len(NAMES) - 1)


@case("message-in", "message.contains")
def test_contains(httplib, replay):
    """The operator in tells whether a header is there, in any letter case."""
    message = message_of(httplib, replay, HEADERS)
    assert [name in message for name in ("x-name", "X-NAME", "x-missing")] == [True, True, False]


@case("message-has-key", "message.has-key")
def test_has_key(httplib, replay):
    """The method has_key tells whether a header is there, in any letter case."""
    message = message_of(httplib, replay, HEADERS)
    found = [bool(message.has_key(name)) for name in ("x-name", "X-NAME", "x-missing")]
    assert found == [True, True, False]


@case("message-length", "message.len")
def test_len(httplib, replay):
    """The length is the number of names, each of which counts once."""
    assert len(message_of(httplib, replay, HEADERS)) == len(NAMES)


@case("message-iteration", "message.iter")
def test_iter(httplib, replay):
    """Iteration gives each name once, in any letter case."""
    assert sorted(name.lower() for name in message_of(httplib, replay, HEADERS)) == NAMES


@case("message-keys", "message.keys")
def test_keys(httplib, replay):
    """What keys gives are the names in lower case, each once."""
    assert sorted(message_of(httplib, replay, HEADERS).keys()) == NAMES


@case("message-values", "message.values")
def test_values(httplib, replay):
    """What values gives has the value of each header, without white space around it."""
    values = list(message_of(httplib, replay, b"X-One: first \r\nX-Two: second\r\n").values())
    assert sorted(values) == ["first", "second"]


@case("message-items", "message.items")
def test_items(httplib, replay):
    """What items gives are tuples of name, in lower case, and value."""
    items = list(message_of(httplib, replay, b"X-One: first\r\nX-Two: second\r\n").items())
    assert sorted(items) == [("x-one", "first"), ("x-two", "second")]


@case("message-get", "message.get")
def test_get(httplib, replay):
    """What get gives is the value, or its second argument, which is None unless it is given."""
    message = message_of(httplib, replay, HEADERS)
    found = [message.get("X-NAME", "spare"), message.get("X-Missing", "spare"), message.get("X-Missing")]
    assert found == ["value", "spare", None]


@case("message-setdefault-there", "message.setdefault")
def test_setdefault_there(httplib, replay):
    """What setdefault gives for a header that is there is its value, which stays."""
    message = message_of(httplib, replay, HEADERS)
    assert (message.setdefault("X-NAME", "other"), message["x-name"]) == ("value", "value")


@case("message-setdefault-missing", "message.setdefault")
def test_setdefault_missing(httplib, replay):
    """A header that is not there is made by setdefault."""
    message = message_of(httplib, replay, HEADERS)
    assert (message.setdefault("X-New", "fresh"), message["x-new"]) == ("fresh", "fresh")


# -- values and lines


@case("message-getheader-strips", "message.getheader")
def test_getheader_strips(httplib, replay):
    """What getheader gives has no white space around it."""
    assert message_of(httplib, replay, HEADERS).getheader("X-Spaced") == "padded"


@case("message-getheader-default", "message.getheader")
def test_getheader_default(httplib, replay):
    """What getheader gives for a header that is not there is its second argument, or None."""
    message = message_of(httplib, replay, HEADERS)
    found = [message.getheader("X-Missing"), message.getheader("X-Missing", "spare")]
    assert found == [None, "spare"]


@case("message-getrawheader", "message.getrawheader")
def test_getrawheader(httplib, replay):
    """What getrawheader gives is all that follows the colon of the first header of that name."""
    message = message_of(httplib, replay, HEADERS)
    raw = [message.getrawheader(name) for name in ("x-spaced", "X-Twice", "X-Folded", "X-Missing")]
    assert raw == [" \t padded  \r\n", " one\r\n", " first\r\n\tsecond\r\n", None]


@case("message-getheaders", "message.getheaders")
def test_getheaders(httplib, replay):
    """What getheaders gives is a list with the value of each header of that name."""
    message = message_of(httplib, replay, HEADERS)
    assert [message.getheaders(name) for name in ("X-TWICE", "X-Name")] == [["one", "two"], ["value"]]


@case("message-getheaders-missing", "message.getheaders")
def test_getheaders_missing(httplib, replay):
    """What getheaders gives for a header that is not there is an empty list."""
    assert message_of(httplib, replay, HEADERS).getheaders("X-Missing") == []


@case("message-getallmatchingheaders", "message.getallmatchingheaders")
def test_getallmatchingheaders(httplib, replay):
    """What getallmatchingheaders gives are the lines of each header of that name, with its folds."""
    message = message_of(httplib, replay, HEADERS)
    found = [message.getallmatchingheaders(name) for name in ("x-folded", "X-Missing")]
    assert found == [["X-Folded: first\r\n", "\tsecond\r\n", "X-Folded: third\r\n"], []]


@case("message-getfirstmatchingheader", "message.getfirstmatchingheader")
def test_getfirstmatchingheader(httplib, replay):
    """What getfirstmatchingheader gives are the lines of the first header of that name, with its folds."""
    message = message_of(httplib, replay, HEADERS)
    found = [message.getfirstmatchingheader(name) for name in ("x-folded", "X-Missing")]
    assert found == [["X-Folded: first\r\n", "\tsecond\r\n"], []]


@case("message-headers", "message.headers")
def test_headers(httplib, replay):
    """The attribute headers has every line as it came, in its order."""
    lines = HEADERS.decode().splitlines(keepends=True)
    assert message_of(httplib, replay, HEADERS).headers == lines


@case("message-unixfrom", "message.unixfrom")
def test_unixfrom(httplib, replay):
    """The attribute unixfrom is the line beginning with From that came before the headers."""
    line = "From ada@example.org Sun Nov  6 08:49:37 1994\r\n"
    message = message_of(httplib, replay, line.encode() + HEADERS)
    assert (message.unixfrom, message.getheader("X-Name")) == (line, "value")


@case("message-unixfrom-empty", "message.unixfrom")
def test_unixfrom_empty(httplib, replay):
    """The attribute unixfrom is the empty string where no such line came."""
    assert message_of(httplib, replay, HEADERS).unixfrom == ""


@case("message-isheader", "message.isheader")
def test_isheader(httplib, replay):
    """What isheader gives is the name of the header that a line begins, in any letter case, or None."""
    message = message_of(httplib, replay, HEADERS)
    names = [message.isheader(line) for line in ("X-Name: value\r\n", "no header\r\n")]
    assert [name and name.lower() for name in names] == ["x-name", None]


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


# -- addresses and dates


@case("message-getaddr", "message.getaddr")
def test_getaddr(httplib, replay):
    """What getaddr gives is a tuple of full name and mail address."""
    assert message_of(httplib, replay, ADDRESSES).getaddr("From") == ("Ada Lovelace", "ada@example.org")


@case("message-getaddrlist", "message.getaddrlist")
def test_getaddrlist(httplib, replay):
    """What getaddrlist gives has each address of a header, a comma in quotes notwithstanding."""
    found = message_of(httplib, replay, ADDRESSES).getaddrlist("cc")
    assert found == [("Charles Babbage", "charles@example.org"), ("Menabrea, Luigi", "luigi@example.org")]


@each_case("form", [(form,) for form in DATES], "message-getdate-{form}", "message.getdate")
def test_getdate(httplib, replay, form):
    """What getdate gives are nine numbers that time.mktime takes, the first six of them those of the date."""
    date = message_of(httplib, replay, b"Date: " + DATES[form] + b"\r\n").getdate("Date")
    assert (len(date), date[:6]) == (9, (1994, 11, 6, 8, 49, 37))


@case("message-getdate-of-no-date", "message.getdate")
def test_getdate_none(httplib, replay):
    """What getdate gives is None where there is no header, or no date in it."""
    message = message_of(httplib, replay, b"Date: yesterday\r\n")
    assert [message.getdate("Date"), message.getdate("X-Missing")] == [None, None]


@each_case("form", [(form,) for form in OFFSETS], "message-getdate-tz-{form}", "message.getdate-tz")
def test_getdate_tz(httplib, replay, form):
    """What getdate_tz gives has as its tenth item how many seconds the zone is east of UTC."""
    date = message_of(httplib, replay, b"Date: " + DATES[form] + b"\r\n").getdate_tz("Date")
    assert (len(date), date[:6], date[9]) == (10, (1994, 11, 6, 8, 49, 37), OFFSETS[form])


# -- the content type


@case("message-gettype", "message.gettype")
def test_gettype(httplib, replay):
    """What gettype gives are type and subtype in lower case, without parameters."""
    assert message_of(httplib, replay, TYPED).gettype() == "text/html"


@case("message-gettype-missing", "message.gettype")
def test_gettype_missing(httplib, replay):
    """What gettype gives without a Content-Type is text/plain."""
    assert message_of(httplib, replay, HEADERS).gettype() == "text/plain"


@case("message-getmaintype", "message.getmaintype")
def test_getmaintype(httplib, replay):
    """What getmaintype gives is what stands before the slash."""
    assert message_of(httplib, replay, TYPED).getmaintype() == "text"


@case("message-getmaintype-missing", "message.getmaintype")
def test_getmaintype_missing(httplib, replay):
    """What getmaintype gives without a Content-Type is text."""
    assert message_of(httplib, replay, HEADERS).getmaintype() == "text"


@case("message-getsubtype", "message.getsubtype")
def test_getsubtype(httplib, replay):
    """What getsubtype gives is what stands behind the slash, without parameters."""
    assert message_of(httplib, replay, TYPED).getsubtype() == "html"


@case("message-getsubtype-missing", "message.getsubtype")
def test_getsubtype_missing(httplib, replay):
    """What getsubtype gives without a Content-Type is plain."""
    assert message_of(httplib, replay, HEADERS).getsubtype() == "plain"


@case("message-getplist", "message.getplist", "message.getplist.case")
def test_getplist(httplib, replay):
    """What getplist gives has name=value for each parameter, names in lower case and values unchanged."""
    message = message_of(httplib, replay, b"Content-Type: text/html; CharSet=UTF-8; Level=1\r\n")
    assert message.getplist() == ["charset=UTF-8", "level=1"]


@case("message-getplist-missing", "message.getplist")
def test_getplist_missing(httplib, replay):
    """What getplist gives without a Content-Type is an empty list."""
    assert message_of(httplib, replay, HEADERS).getplist() == []


@case("message-getparam", "message.getparam")
def test_getparam(httplib, replay):
    """What getparam gives is the value of the first parameter of that name, in any letter case."""
    message = message_of(httplib, replay, TYPED)
    assert [message.getparam(name) for name in ("charset", "CHARSET", "q")] == ["UTF-8", "UTF-8", "1"]


@case("message-getparam-quoted", "message.getparam")
def test_getparam_quoted(httplib, replay):
    """What getparam gives has no quotes around it."""
    message = message_of(httplib, replay, b'Content-Type: text/html; title="A B"\r\n')
    assert message.getparam("title") == "A B"


@case("message-getparam-missing", "message.getparam")
def test_getparam_missing(httplib, replay):
    """What getparam gives for a parameter that is not there is None."""
    assert message_of(httplib, replay, TYPED).getparam("level") is None


@case("message-getencoding", "message.getencoding")
def test_getencoding(httplib, replay):
    """What getencoding gives is Content-Transfer-Encoding in lower case."""
    assert message_of(httplib, replay, TYPED).getencoding() == "quoted-printable"


@case("message-getencoding-missing", "message.getencoding")
def test_getencoding_missing(httplib, replay):
    """What getencoding gives without Content-Transfer-Encoding is 7bit."""
    assert message_of(httplib, replay, HEADERS).getencoding() == "7bit"
