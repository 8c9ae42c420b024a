"""The headers of a response as a message: as a mapping, and by the methods that every message has."""

import pytest

from httplib_conformance.casemark import case, each_case
from httplib_conformance.cases.messages import HEADERS, NAMES, message_of

METHODS = [
    "get",
    "getaddr",
    "getaddrlist",
    "getallmatchingheaders",
    "getdate",
    "getdate_tz",
    "getencoding",
    "getfirstmatchingheader",
    "getheader",
    "getmaintype",
    "getparam",
    "getplist",
    "getrawheader",
    "getsubtype",
    "gettype",
    "iscomment",
    "isheader",
    "islast",
    "items",
    "keys",
    "rewindbody",
    "setdefault",
    "values",
]
"""The methods that the documents of rfc822.Message and mimetools.Message list."""

MIMETOOLS = """
def is_one(message):
    '''Whether a class is derived from mimetools.Message; None in an interpreter without that.'''
    try:
        from mimetools import Message
    except ImportError:
        return None
    return issubclass(message, Message)
"""


@case("message-has-the-methods-of-mimetools", "message.mimetools")
def test_class(httplib, python):
    """HTTPMessage has the methods of mimetools.Message, and is derived from it where there is that class."""
    names = set(python.module("builtins").dir(httplib.HTTPMessage))
    assert sorted(set(METHODS) - names) == []
    assert python.define(MIMETOOLS).is_one(httplib.HTTPMessage) is not False


@case("msg-has-the-methods-of-mimetools", "response.msg.message-interface")
def test_msg(httplib, replay, python):
    """The message of a response has the methods of mimetools.Message and of its base."""
    message = message_of(httplib, replay, HEADERS)
    names = set(python.module("builtins").dir(message))
    assert sorted(set(METHODS) - names) == []


@each_case(
    "name",
    [("clear",), ("copy",), ("popitem",), ("update",)],
    "message-has-no-{name}",
    "message.no-other-methods",
)
def test_no_other_methods(httplib, replay, python, name):
    """A message lacks the methods of a mapping that the document says it does not support."""
    message = message_of(httplib, replay, HEADERS)
    assert python.module("builtins").hasattr(message, name) is False


# -- indexing, and what changes a message


@case("message-index", "message.getitem", "message.name-case")
def test_getitem(httplib, replay):
    """Indexing finds a header by its name in any letter case."""
    message = message_of(httplib, replay, HEADERS)
    assert [message["x-name"], message["X-NAME"]] == ["value", "value"]


@case("message-index-strips", "message.getitem.stripped")
def test_getitem_strips(httplib, replay):
    """Indexing gives a value without the white space around it, as getheader does."""
    assert message_of(httplib, replay, HEADERS)["X-Spaced"] == "padded"


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
    assert message["x-name"] == "other"


@case("message-set-has-a-line", "message.setitem.lines")
def test_setitem_lines(httplib, replay):
    """A header that was assigned has a line among those of the message, and its old line is gone."""
    message = message_of(httplib, replay, b"X-One: 1\r\nX-Two: 2\r\n")
    message["X-One"] = "one"
    lines = sorted(line.rstrip("\r\n") for line in message.headers)
    assert lines == ["X-One: one", "X-Two: 2"]


@case("message-delete", "message.delitem", "message.name-case")
def test_delitem(httplib, replay):
    """Deleting a name, in any letter case, removes the header."""
    message = message_of(httplib, replay, HEADERS)
    before = len(message)
    del message["X-NAME"]
    assert ("x-name" in message, message.get("x-name"), before - len(message)) == (False, None, 1)


@case("message-delete-drops-its-lines", "message.delitem.lines")
def test_delitem_lines(httplib, replay):
    """A header that was deleted has none of its lines left in the message, continuation lines included."""
    message = message_of(httplib, replay, HEADERS)
    del message["X-Folded"]
    assert [line for line in message.headers if line.startswith(("X-Folded", "\t"))] == []


@case("message-in", "message.contains", "message.name-case")
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


# -- all of a message


@case("message-length", "message.len")
def test_len(httplib, replay):
    """The length is the number of headers."""
    assert len(message_of(httplib, replay, b"X-One: first\r\n\tline\r\nX-Two: second\r\n")) == 2


@case("message-length-of-repeated", "message.len.repeated")
def test_len_repeated(httplib, replay):
    """Each name counts once in the length, however often it comes."""
    assert len(message_of(httplib, replay, HEADERS)) == len(NAMES)


@case("message-iteration", "message.iter")
def test_iter(httplib, replay):
    """Iteration gives each name once, in any letter case."""
    assert sorted(name.lower() for name in message_of(httplib, replay, HEADERS)) == NAMES


@case("message-keys", "message.keys")
def test_keys(httplib, replay):
    """What keys gives are the names of the headers."""
    names = message_of(httplib, replay, HEADERS).keys()
    assert sorted({name.lower() for name in names}) == NAMES


@case("message-keys-once", "message.keys.once")
def test_keys_once(httplib, replay):
    """What keys gives has each name once, however often it comes."""
    names = message_of(httplib, replay, HEADERS).keys()
    assert sorted(name.lower() for name in names) == NAMES


@case("message-keys-are-those-of-isheader", "message.keys", "message.isheader")
def test_keys_of_isheader(httplib, replay):
    """What keys gives are the names in the form in which isheader gives them."""
    message = message_of(httplib, replay, HEADERS)
    canonical = {message.isheader(f"{name}: value\r\n") for name in ("X-NAME", "x-empty", "X-Twice")}
    assert canonical <= set(message.keys())


@case("message-values", "message.values")
def test_values(httplib, replay):
    """What values gives has the value of each header."""
    values = list(message_of(httplib, replay, b"X-One: first\r\nX-Two: second\r\n").values())
    assert sorted(values) == ["first", "second"]


@case("message-items", "message.items")
def test_items(httplib, replay):
    """What items gives are tuples of name and value."""
    items = list(message_of(httplib, replay, b"X-One: first\r\nX-Two: second\r\n").items())
    told = sorted((type(item), item[0].lower(), item[1]) for item in items)
    assert told == [(tuple, "x-one", "first"), (tuple, "x-two", "second")]


@case("message-keys-values-and-items-have-one-order", "message.items.order")
def test_order(httplib, replay):
    """What keys and values give stands in the order of what items gives."""
    message = message_of(httplib, replay, HEADERS)
    assert list(zip(message.keys(), message.values(), strict=True)) == list(message.items())


# -- get and setdefault


@case("message-get", "message.get", "message.name-case")
def test_get(httplib, replay):
    """What get gives is the value of the header, whatever the second argument."""
    message = message_of(httplib, replay, HEADERS)
    assert [message.get("X-NAME"), message.get("X-Name", "spare")] == ["value", "value"]


@case("message-get-missing", "message.get.missing")
def test_get_missing(httplib, replay):
    """What get gives for a header that is not there is None."""
    assert message_of(httplib, replay, HEADERS).get("X-Missing") is None


@case("message-get-default", "message.get.default")
def test_get_default(httplib, replay):
    """What get gives for a header that is not there is its second argument."""
    assert message_of(httplib, replay, HEADERS).get("X-Missing", "spare") == "spare"


@case("message-get-by-keyword", "message.get-keywords")
def test_get_by_keyword(httplib, replay):
    """The arguments of get can be given by the keywords name and default."""
    assert message_of(httplib, replay, HEADERS).get(default="spare", name="X-Missing") == "spare"


@case("message-setdefault-there", "message.setdefault", "message.name-case")
def test_setdefault_there(httplib, replay):
    """What setdefault gives for a header that is there is its value, which stays."""
    message = message_of(httplib, replay, HEADERS)
    assert (message.setdefault("X-NAME", "other"), message["x-name"]) == ("value", "value")


@case("message-setdefault-missing", "message.setdefault.missing")
def test_setdefault_missing(httplib, replay):
    """A header that is not there is made by setdefault."""
    message = message_of(httplib, replay, HEADERS)
    assert (message.setdefault("X-New", "fresh"), message["x-new"]) == ("fresh", "fresh")


@case("message-setdefault-default", "message.setdefault.default")
def test_setdefault_default(httplib, replay):
    """What setdefault sets is the empty string unless it is given something else."""
    message = message_of(httplib, replay, HEADERS)
    assert (message.setdefault("X-New"), message["x-new"]) == ("", "")


@case("message-setdefault-has-a-line", "message.setdefault.lines")
def test_setdefault_lines(httplib, replay):
    """A header that setdefault made has a line among those of the message, behind which stands its value."""
    message = message_of(httplib, replay, b"X-One: 1\r\n")
    message.setdefault("X-New", "fresh")
    assert sorted(line.rstrip("\r\n") for line in message.headers) == ["X-New: fresh", "X-One: 1"]
