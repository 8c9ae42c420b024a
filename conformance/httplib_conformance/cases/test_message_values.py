"""The values that a message gives for a header: as text, as mail addresses, as dates."""

from httplib_conformance.casemark import case, each_case
from httplib_conformance.cases.messages import HEADERS, message_of, with_line_feeds

ADDRESSES = (
    b"From: Ada Lovelace <ada@example.org>\r\n"
    b'Cc: charles@example.org (Charles Babbage), "Menabrea, Luigi" <luigi@example.org>\r\n'
    b"To: one@example.org,\r\n"
    b" two@example.org\r\n"
    b"To: Three <three@example.org>\r\n"
)
"""Headers with mail addresses."""

FORMS = {
    "comment": b"ada@example.org (Ada Lovelace)",
    "angle-brackets": b"Ada Lovelace <ada@example.org>",
    "quotes": b'"Ada Lovelace" <ada@example.org>',
}
"""Forms in which a name can stand beside an address."""

DATES = {
    "preferred": b"Sun, 06 Nov 1994 08:49:37 GMT",
    "east": b"Sun, 06 Nov 1994 08:49:37 +0130",
    "west": b"Sun, 06 Nov 1994 08:49:37 -0500",
}
"""A date in zones of every kind."""

OFFSETS = {"preferred": 0, "east": 5400, "west": -18000}
"""The distance of the zones from UTC in seconds."""


KEYWORDS = {
    "isheader": {"line": "X-Name: value\r\n"},
    "islast": {"line": "\r\n"},
    "iscomment": {"line": "X-Name: value\r\n"},
    "getrawheader": {"name": "From"},
    "getallmatchingheaders": {"name": "From"},
    "getfirstmatchingheader": {"name": "From"},
    "getaddr": {"name": "From"},
    "getaddrlist": {"name": "From"},
    "getdate": {"name": "Date"},
    "getdate-tz": {"name": "Date"},
    "getparam": {"name": "charset"},
}
"""The names of the methods' only arguments, by which they can be given; a hyphen is an underscore."""


@each_case("method", [(method,) for method in KEYWORDS], "message-{method}-by-keyword", "message.keywords")
def test_keywords(httplib, replay, method):
    """The argument of a method can be given by its name as well as by its place."""
    lines = b"Content-Type: text/html; charset=utf-8\r\nDate: " + DATES["preferred"] + b"\r\n"
    called = getattr(message_of(httplib, replay, ADDRESSES + lines), method.replace("-", "_"))
    assert called(**KEYWORDS[method]) == called(*KEYWORDS[method].values())


# -- as text


@case("message-getheader", "message.getheader", "message.name-case")
def test_getheader(httplib, replay):
    """What getheader gives is the value, by the name in any letter case."""
    message = message_of(httplib, replay, HEADERS)
    assert [message.getheader("x-name"), message.getheader("X-NAME")] == ["value", "value"]


@case("message-getheader-strips", "message.getheader.stripped")
def test_getheader_strips(httplib, replay):
    """What getheader gives has no white space around it."""
    assert message_of(httplib, replay, HEADERS).getheader("X-Spaced") == "padded"


@case("message-getheader-keeps-inner-space", "message.getheader.inner")
def test_getheader_inner(httplib, replay):
    """What getheader gives has the white space that is in the value."""
    assert message_of(httplib, replay, b"X-Name: one \t two\r\n").getheader("X-Name") == "one \t two"


@case("message-getheader-missing", "message.getheader.missing")
def test_getheader_missing(httplib, replay):
    """What getheader gives for a header that is not there is None."""
    assert message_of(httplib, replay, HEADERS).getheader("X-Missing") is None


@case("message-getheader-default", "message.getheader.default")
def test_getheader_default(httplib, replay):
    """What getheader gives for a header that is not there is its second argument."""
    assert message_of(httplib, replay, HEADERS).getheader("X-Missing", "spare") == "spare"


@case("message-getheader-default-unused", "message.getheader.default")
def test_getheader_default_unused(httplib, replay):
    """What getheader gives for an empty header is the empty string, and not its second argument."""
    assert message_of(httplib, replay, HEADERS).getheader("X-Empty", "spare") == ""


@case("message-getheader-by-keyword", "message.getheader.keywords")
def test_getheader_by_keyword(httplib, replay):
    """The arguments of getheader can be given by the keywords name and default."""
    message = message_of(httplib, replay, HEADERS)
    assert message.getheader(default="spare", name="X-Missing") == "spare"


@case("message-getrawheader", "message.getrawheader", "message.name-case")
def test_getrawheader(httplib, replay):
    """What getrawheader gives is all that follows the colon, with its white space and its line end."""
    raw = message_of(httplib, replay, HEADERS).getrawheader("x-spaced")
    assert with_line_feeds(raw) == " \t padded  \n"


@case("message-getrawheader-is-of-the-first", "message.getrawheader")
def test_getrawheader_first(httplib, replay):
    """What getrawheader gives is of the first header of that name."""
    assert with_line_feeds(message_of(httplib, replay, HEADERS).getrawheader("X-Twice")) == " one\n"


@case("message-getrawheader-folded", "message.getrawheader.folded")
def test_getrawheader_folded(httplib, replay):
    """What getrawheader gives has the continuation lines of the header, and their white space."""
    raw = message_of(httplib, replay, HEADERS).getrawheader("X-Folded")
    assert with_line_feeds(raw) == " first\n\tsecond\n"


@case("message-getrawheader-missing", "message.getrawheader.missing")
def test_getrawheader_missing(httplib, replay):
    """What getrawheader gives for a header that is not there is None."""
    assert message_of(httplib, replay, HEADERS).getrawheader("X-Missing") is None


@case("message-getheaders", "message.getheaders")
def test_getheaders(httplib, replay):
    """What getheaders gives is a list with the value of each header of that name."""
    message = message_of(httplib, replay, HEADERS)
    assert [message.getheaders(name) for name in ("X-TWICE", "X-Name")] == [["one", "two"], ["value"]]


@case("message-getheaders-strips", "message.getheaders.stripped")
def test_getheaders_strips(httplib, replay):
    """What getheaders gives has no white space around any value."""
    message = message_of(httplib, replay, b"X-Name:  one \r\nX-Name:\ttwo\t\r\n")
    assert message.getheaders("X-Name") == ["one", "two"]


@case("message-getheaders-missing", "message.getheaders.missing")
def test_getheaders_missing(httplib, replay):
    """What getheaders gives for a header that is not there is an empty list."""
    assert message_of(httplib, replay, HEADERS).getheaders("X-Missing") == []


@case("message-getallmatchingheaders", "message.getallmatchingheaders", "message.name-case")
def test_getallmatchingheaders(httplib, replay):
    """What getallmatchingheaders gives are the lines of each header of that name."""
    lines = message_of(httplib, replay, HEADERS).getallmatchingheaders("x-twice")
    assert with_line_feeds(lines) == ["X-Twice: one\n", "X-Twice: two\n"]


@case("message-getallmatchingheaders-folded", "message.getallmatchingheaders.folded")
def test_getallmatchingheaders_folded(httplib, replay):
    """What getallmatchingheaders gives has continuation lines, as lines of their own."""
    lines = message_of(httplib, replay, HEADERS).getallmatchingheaders("X-Folded")
    assert with_line_feeds(lines) == ["X-Folded: first\n", "\tsecond\n", "X-Folded: third\n"]


@case("message-getallmatchingheaders-missing", "message.getallmatchingheaders.missing")
def test_getallmatchingheaders_missing(httplib, replay):
    """What getallmatchingheaders gives for a header that is not there is an empty list."""
    assert message_of(httplib, replay, HEADERS).getallmatchingheaders("X-Missing") == []


@case("message-getfirstmatchingheader", "message.getfirstmatchingheader", "message.name-case")
def test_getfirstmatchingheader(httplib, replay):
    """What getfirstmatchingheader gives is the line of the first header of that name."""
    lines = message_of(httplib, replay, HEADERS).getfirstmatchingheader("x-twice")
    assert with_line_feeds(lines) == ["X-Twice: one\n"]


@case("message-getfirstmatchingheader-folded", "message.getfirstmatchingheader.folded")
def test_getfirstmatchingheader_folded(httplib, replay):
    """What getfirstmatchingheader gives has the continuation lines of that header, and no other lines."""
    lines = message_of(httplib, replay, HEADERS).getfirstmatchingheader("X-Folded")
    assert with_line_feeds(lines) == ["X-Folded: first\n", "\tsecond\n"]


# -- as mail addresses


@case("message-getaddr", "message.getaddr", "message.name-case")
def test_getaddr(httplib, replay):
    """What getaddr gives is a tuple of full name and mail address."""
    message = message_of(httplib, replay, ADDRESSES)
    assert message.getaddr("FROM") == ("Ada Lovelace", "ada@example.org")


@each_case("form", [(form,) for form in FORMS], "message-getaddr-with-{form}", "message.getaddr.forms")
def test_getaddr_forms(httplib, replay, form):
    """What getaddr gives is the same for each form in which name and address can stand together."""
    message = message_of(httplib, replay, b"From: " + FORMS[form] + b"\r\n")
    assert message.getaddr("From") == ("Ada Lovelace", "ada@example.org")


@case("message-getaddr-without-a-name", "message.getaddr.no-name")
def test_getaddr_no_name(httplib, replay):
    """What getaddr gives for an address alone has the empty string as full name."""
    message = message_of(httplib, replay, b"From: ada@example.org\r\n")
    assert message.getaddr("From") == ("", "ada@example.org")


@case("message-getaddr-missing", "message.getaddr.missing")
def test_getaddr_missing(httplib, replay):
    """What getaddr gives for a header that is not there is a tuple of two times None."""
    assert message_of(httplib, replay, ADDRESSES).getaddr("X-Missing") == (None, None)


@case("message-getaddrlist", "message.getaddrlist", "message.name-case")
def test_getaddrlist(httplib, replay):
    """What getaddrlist gives has each address of a header, a comma in quotes notwithstanding."""
    found = message_of(httplib, replay, ADDRESSES).getaddrlist("cc")
    assert found == [("Charles Babbage", "charles@example.org"), ("Menabrea, Luigi", "luigi@example.org")]


@case("message-getaddrlist-of-one", "message.getaddrlist.one")
def test_getaddrlist_one(httplib, replay):
    """What getaddrlist gives for one address is a list of one."""
    found = message_of(httplib, replay, ADDRESSES).getaddrlist("From")
    assert found == [("Ada Lovelace", "ada@example.org")]


@case("message-getaddrlist-of-several-headers", "message.getaddrlist.repeated")
def test_getaddrlist_repeated(httplib, replay):
    """What getaddrlist gives has the addresses of each header of that name."""
    found = message_of(httplib, replay, ADDRESSES).getaddrlist("To")
    assert found[-1] == ("Three", "three@example.org")


@case("message-getaddrlist-folded", "message.getaddrlist.folded")
def test_getaddrlist_folded(httplib, replay):
    """What getaddrlist gives has the addresses in continuation lines."""
    found = message_of(httplib, replay, ADDRESSES).getaddrlist("To")
    assert found[:2] == [("", "one@example.org"), ("", "two@example.org")]


@case("message-getaddrlist-missing", "message.getaddrlist.missing")
def test_getaddrlist_missing(httplib, replay):
    """What getaddrlist gives for a header that is not there is an empty list."""
    assert message_of(httplib, replay, ADDRESSES).getaddrlist("X-Missing") == []


# -- as dates


@each_case(
    "form", [(form,) for form in DATES], "message-getdate-{form}", "message.getdate", "message.name-case"
)
def test_getdate(httplib, replay, form):
    """What getdate gives are nine items, the first six of them those of the date."""
    date = message_of(httplib, replay, b"Date: " + DATES[form] + b"\r\n").getdate("DATE")
    assert (len(date), date[:6]) == (9, (1994, 11, 6, 8, 49, 37))


@case("message-getdate-for-mktime", "message.getdate.mktime")
def test_getdate_mktime(httplib, replay, python):
    """What getdate gives is taken by time.mktime, which gives a moment of that day."""
    date = message_of(httplib, replay, b"Date: " + DATES["preferred"] + b"\r\n").getdate("Date")
    time = python.module("time")
    assert tuple(time.localtime(time.mktime(date)))[:3] == (1994, 11, 6)


@case("message-getdate-missing", "message.getdate.missing")
def test_getdate_missing(httplib, replay):
    """What getdate gives for a header that is not there is None."""
    assert message_of(httplib, replay, HEADERS).getdate("Date") is None


@case("message-getdate-of-no-date", "message.getdate.unparsable")
def test_getdate_unparsable(httplib, replay):
    """What getdate gives for a header in which there is no date is None."""
    assert message_of(httplib, replay, b"Date: yesterday\r\n").getdate("Date") is None


@each_case("form", [(form,) for form in OFFSETS], "message-getdate-tz-{form}", "message.getdate-tz")
def test_getdate_tz(httplib, replay, form):
    """What getdate_tz gives has as its tenth item how many seconds the zone is off UTC."""
    date = message_of(httplib, replay, b"Date: " + DATES[form] + b"\r\n").getdate_tz("Date")
    assert (len(date), date[:6], abs(date[9])) == (10, (1994, 11, 6, 8, 49, 37), abs(OFFSETS[form]))


@case("message-getdate-tz-for-mktime", "message.getdate-tz.mktime", "message.name-case")
def test_getdate_tz_mktime(httplib, replay, python):
    """The first nine items of what getdate_tz gives are taken by time.mktime."""
    date = message_of(httplib, replay, b"Date: " + DATES["east"] + b"\r\n").getdate_tz("DATE")
    time = python.module("time")
    assert tuple(time.localtime(time.mktime(date[:9])))[:3] == (1994, 11, 6)


@case("message-getdate-tz-without-a-zone", "message.getdate-tz.no-zone")
def test_getdate_tz_no_zone(httplib, replay):
    """The tenth item of what getdate_tz gives for a date without a zone is None."""
    date = message_of(httplib, replay, b"Date: Sun, 06 Nov 1994 08:49:37\r\n").getdate_tz("Date")
    assert (date[:6], date[9]) == ((1994, 11, 6, 8, 49, 37), None)


@each_case(
    "form",
    [("east",), ("west",)],
    "message-getdate-tz-sign-{form}",
    "message.getdate-tz.sign",
    "message.name-case",
)
def test_getdate_tz_sign(httplib, replay, form):
    """The offset that getdate_tz gives is above 0 to the east of Greenwich and below 0 to the west."""
    date = message_of(httplib, replay, b"Date: " + DATES[form] + b"\r\n").getdate_tz("DATE")
    assert (date[9] > 0) is (OFFSETS[form] > 0)


@case("message-getdate-tz-missing", "message.getdate-tz.missing")
def test_getdate_tz_missing(httplib, replay):
    """What getdate_tz gives for a header that is not there is None."""
    assert message_of(httplib, replay, HEADERS).getdate_tz("Date") is None


@case("message-getdate-tz-of-no-date", "message.getdate-tz.unparsable")
def test_getdate_tz_unparsable(httplib, replay):
    """What getdate_tz gives for a header in which there is no date is None."""
    assert message_of(httplib, replay, b"Date: yesterday\r\n").getdate_tz("Date") is None
