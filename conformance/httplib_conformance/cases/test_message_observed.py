"""What the original's messages were seen to do where no document says so."""

import pytest

from httplib_conformance.casemark import case, each_case
from httplib_conformance.cases.messages import HEADERS, MAKING, NAMES, message_of

TROUBLES = {
    "a-line-without-a-colon": (b"X-One: 1\r\nno header\r\n\r\n", "Non-header line where header expected"),
    "an-early-end": (b"X-One: 1\r\n", "EOF in headers"),
}
"""Lines that are no whole headers, and what the original says of them."""


@case("message-joins-with-comma-and-space", "message.repeated")
def test_repeated(httplib, replay):
    """Several headers of a name are joined by a comma and a space, by each method that gives one value."""
    message = message_of(httplib, replay, HEADERS)
    one = [
        message["X-Twice"],
        message.get("X-Twice"),
        message.getheader("X-Twice"),
        dict(message.items())["x-twice"],
    ]
    assert one == ["one, two"] * 4


@case("message-names-are-in-lower-case", "message.keys.lower-case")
def test_lower_case(httplib, replay):
    """A message gives names in lower case, whichever method gives them."""
    message = message_of(httplib, replay, HEADERS)
    pairs = sorted(name for name, _ in message.items())
    found = [sorted(message.keys()), pairs, sorted(message), [message.isheader("X-Name: value")]]
    assert found == [NAMES, NAMES, NAMES, ["x-name"]]


@case("message-str", "message.str")
def test_str(httplib, replay):
    """The string of a message are its header lines as they came."""
    assert str(message_of(httplib, replay, HEADERS)) == HEADERS.decode()


@case("message-headers-as-they-came", "message.headers.as-they-came")
def test_headers_as_they_came(httplib, replay):
    """Each line in the attribute headers has the line end with which it came."""
    message = message_of(httplib, replay, b"X-One: 1\nX-Two: 2\r\n")
    assert message.headers == ["X-One: 1\n", "X-Two: 2\r\n"]


@case("message-skips-what-is-no-header", "message.invalid-line")
def test_invalid_line(httplib, replay):
    """A line that is no header is none of the headers, and those before and after it are."""
    message = message_of(httplib, replay, b"X-One: 1\r\nno header\r\nX-Two: 2\r\n")
    assert (len(message), message.getheader("X-One"), message.getheader("X-Two")) == (2, "1", "2")


@case("message-status-good", "message.status.good")
def test_status_good(httplib, replay):
    """The attribute status is the empty string when all lines were headers."""
    assert message_of(httplib, replay, HEADERS).status == ""


@each_case("what", [(what,) for what in TROUBLES], "message-status-tells-of-{what}", "message.status")
def test_status(httplib, python, what):
    """The attribute status has the words of the original for what was wrong."""
    lines, status = TROUBLES[what]
    assert httplib.HTTPMessage(python.module("io").BytesIO(lines)).status == status


@case("message-getparam-missing", "message.getparam.missing")
def test_getparam_missing(httplib, replay):
    """What getparam gives for a parameter that is not there, or has no value, is None."""
    message = message_of(httplib, replay, b"Content-Type: a/b; x=1; z\r\n")
    assert [message.getparam("level"), message.getparam("z")] == [None, None]


@case("message-getparam-in-any-case", "message.getparam.case")
def test_getparam_case(httplib, replay):
    """A parameter is found by getparam in any letter case of its name."""
    assert message_of(httplib, replay, b"Content-Type: a/b; Level=1\r\n").getparam("LEVEL") == "1"


@case("message-attributes-of-the-type", "message.attributes.type")
def test_type_attributes(httplib, replay):
    """The attributes type, maintype, subtype and plist have what the methods give."""
    message = message_of(httplib, replay, b"Content-Type: Text/HTML; A=B\r\n")
    assert [message.type, message.maintype, message.subtype, message.plist] == [
        "text/html",
        "text",
        "html",
        ["a=B"],
    ]


@case("message-attributes-as-they-came", "message.attributes.typeheader")
def test_typeheader(httplib, replay):
    """The attributes typeheader and encodingheader are what the headers say, letter case included."""
    message = message_of(
        httplib, replay, b"Content-Type: Text/HTML; A=B\r\nContent-Transfer-Encoding: Base64\r\n"
    )
    assert [message.typeheader, message.encodingheader] == ["Text/HTML; A=B", "Base64"]


@case("message-attributes-of-no-type", "message.attributes.typeheader")
def test_no_typeheader(httplib, replay):
    """The attributes typeheader and encodingheader are None without the headers."""
    message = message_of(httplib, replay, HEADERS)
    assert [message.typeheader, message.encodingheader] == [None, None]


@case("message-dict", "message.attributes.dict")
def test_dict(httplib, replay):
    """The attribute dict has each value by its name in lower case."""
    assert message_of(httplib, replay, b"X-One: 1\r\nX-Two: 2\r\n").dict == {"x-one": "1", "x-two": "2"}


@case("message-lists", "message.lists")
def test_lists(httplib, replay):
    """What keys, values and items give are lists."""
    message = message_of(httplib, replay, b"X-One: 1\r\n")
    assert [message.keys(), message.values(), message.items()] == [["x-one"], ["1"], [("x-one", "1")]]


@case("message-set-again-moves-the-line", "message.setitem.replaces")
def test_setitem_replaces(httplib, replay):
    """A header that is assigned loses its lines, and has a new one, ended by a line feed, at the end."""
    message = message_of(httplib, replay, b"X-One: 1\r\n more\r\nX-Two: 2\r\nX-One: 3\r\n")
    message["X-ONE"] = "new"
    assert message.headers == ["X-Two: 2\r\n", "X-ONE: new\n"]


@case("message-headers-stay-one-list", "message.setitem.list")
def test_setitem_list(httplib, replay, python):
    """The list of lines is the same one after headers were assigned and deleted."""
    changes = python.define(
        "def change(message):\n"
        "    held = message.headers\n"
        "    message['X-New'] = '3'\n"
        "    del message['X-One']\n"
        "    return held is message.headers"
    )
    message = message_of(httplib, replay, b"X-One: 1\r\nX-Two: 2\r\n")
    assert (changes.change(message), message.headers) == (True, ["X-Two: 2\r\n", "X-New: 3\n"])


@case("message-delete-missing", "message.delitem.missing")
def test_delitem_missing(httplib, replay):
    """To delete a header that is not there does nothing."""
    message = message_of(httplib, replay, HEADERS)
    del message["X-Missing"]
    assert len(message) == len(NAMES)


@each_case("what, headers", [("empty", b""), ("full", HEADERS)], "message-truth-{what}", "message.truth")
def test_truth(httplib, replay, what, headers):
    """A message is true if it has headers, and false if it has none."""
    assert bool(message_of(httplib, replay, headers)) is (what == "full")


@case("message-getaddr-of-several", "message.getaddr.several")
def test_getaddr_several(httplib, replay):
    """What getaddr gives is the first of several addresses."""
    message = message_of(httplib, replay, b"To: One <one@example.org>, two@example.org\r\n")
    assert message.getaddr("To") == ("One", "one@example.org")


@case("message-unixfrom-of-several", "message.unixfrom.several")
def test_unixfrom_several(httplib, replay):
    """All lines beginning with From before the first header are kept, and none after it."""
    message = message_of(httplib, replay, b"From one\r\nFrom two\r\nX-One: 1\r\nFrom three\r\n")
    assert (message.unixfrom, message.headers) == ("From one\r\nFrom two\r\n", ["X-One: 1\r\n"])


@case("message-addheader", "message.addheader")
def test_addheader(httplib, replay):
    """Values are added by addheader and addcontinue, and no lines."""
    message = message_of(httplib, replay, b"X-One: 1\r\n")
    message.addheader("x-one", "2")
    message.addcontinue("x-one", "more")
    message.addheader("x-new", "3")
    assert [message["x-one"], message["x-new"], message.headers] == ["1, 2\n more", "3", ["X-One: 1\r\n"]]


@each_case(
    "what", [("lines",), ("seekable-0",)], "message-rewindbody-with-{what}", "message.rewindbody.unseekable"
)
def test_rewindbody(httplib, python, what):
    """There is no going back in what has no tell, or was said to have none."""
    if what == "lines":
        message = httplib.HTTPMessage(python.define(MAKING).Lines(b"X-One: 1\r\n\r\nbody"))
    else:
        message = httplib.HTTPMessage(python.module("io").BytesIO(b"X-One: 1\r\n\r\nbody"), 0)
    with pytest.raises(OSError, match="unseekable"):
        message.rewindbody()


@case("message-fp-of-a-response", "message.fp.response")
def test_fp(httplib, replay):
    """The message of a response does not have the file that the response is read from."""
    assert message_of(httplib, replay, HEADERS).fp is None
