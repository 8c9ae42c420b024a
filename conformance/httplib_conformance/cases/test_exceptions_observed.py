"""What the original's exceptions were seen to carry, and to keep when they are copied."""

import re
from decimal import Decimal

import pytest
from httplib_servers import Accept, AwaitRequest, Close

from httplib_conformance.casemark import case, each_case
from httplib_conformance.proxies import remote_text

ARGUMENTS = {
    "HTTPException": ("one", 2),
    "NotConnected": (),
    "InvalidURL": ("nonnumeric port: 'x'",),
    "UnknownProtocol": ("HTTP/2",),
    "UnknownTransferEncoding": (),
    "UnimplementedFileMode": (),
    "IncompleteRead": (b"hello", 5),
    "CannotSendRequest": (),
    "CannotSendHeader": ("why",),
    "ResponseNotReady": (),
    "BadStatusLine": ("HTTP/1.1 what\r\n",),
}
"""Arguments of the exceptions."""

COPYING = """
import copy
import pickle

WAYS = {
    "copied": copy.copy,
    "deeply-copied": copy.deepcopy,
    "pickled": lambda error: pickle.loads(pickle.dumps(error, 2)),
}


def told(error):
    attributes = sorted((name, value) for name, value in vars(error).items())
    return [type(error).__name__, error.args, attributes, str(error)]


def same(way, cls, *args):
    error = cls(*args)
    return told(WAYS[way](error)) == told(error)
"""

WITHOUT = ["NotConnected", "CannotSendRequest", "CannotSendHeader", "ResponseNotReady"]
"""Exceptions that are raised without a word."""


def slug(name: str) -> str:
    """The name of a class as words in lower case, joined by hyphens."""
    return re.sub("(?<=[a-z])(?=[A-Z])|(?<=HTTP)", "-", name).lower()


@each_case(
    "name, words, way",
    [(name, slug(name), way) for name in ARGUMENTS for way in ("copied", "deeply-copied", "pickled")],
    "{words}-can-be-{way}",
    "exceptions.copy",
)
def test_copy(httplib, python, name, words, way):  # noqa: ARG001 (the words are the id's)
    """A copy of an exception has its class, arguments, attributes and text."""
    assert python.define(COPYING).same(way, getattr(httplib, name), *ARGUMENTS[name]) is True


@case("incomplete-read-by-keyword", "exceptions.keywords")
def test_incomplete_read_keywords(httplib):
    """IncompleteRead takes its arguments by the keywords partial and expected."""
    error = httplib.IncompleteRead(expected=5, partial=b"hello")
    assert (error.partial, error.expected) == (b"hello", 5)


@case("bad-status-line-by-keyword", "exceptions.keywords")
def test_bad_status_line_keyword(httplib):
    """BadStatusLine takes its argument by the keyword line."""
    assert httplib.BadStatusLine(line="what").line == "what"


@case("unknown-protocol-by-keyword", "exceptions.keywords")
def test_unknown_protocol_keyword(httplib):
    """UnknownProtocol takes its argument by the keyword version."""
    assert httplib.UnknownProtocol(version="HTTP/2").version == "HTTP/2"


@each_case(
    "name, words",
    [(name, slug(name)) for name in ("IncompleteRead", "BadStatusLine", "UnknownProtocol")],
    "{words}-needs-an-argument",
    "exceptions.arguments.required",
)
def test_required(httplib, name, words):  # noqa: ARG001 (the words are the id's)
    """The exception cannot be made of nothing."""
    with pytest.raises(TypeError):
        getattr(httplib, name)()


@each_case(
    "name, words",
    [(name, slug(name)) for name in ("HTTPException", "InvalidURL", *WITHOUT)],
    "{words}-takes-any-arguments",
    "exceptions.arguments.any",
)
def test_any(httplib, name, words):  # noqa: ARG001 (the words are the id's)
    """The exception takes any number of arguments, and has a text accordingly."""
    made = getattr(httplib, name)
    found = made().args, str(made()), made("one").args, str(made("one")), made("one", 2).args
    assert found == ((), "", ("one",), "one", ("one", 2))


@case("incomplete-read-text-of-none-missing", "exceptions.incomplete-read.text.zero")
def test_zero(httplib):
    """The text of IncompleteRead says that 0 bytes are missing where that was said."""
    assert str(httplib.IncompleteRead(b"", 0)) == "IncompleteRead(0 bytes read, 0 more expected)"


@case("bad-status-line-of-none", "exceptions.bad-status-line.not-a-string")
def test_none(httplib):
    """BadStatusLine has None as the word that represents it."""
    error = httplib.BadStatusLine(None)
    assert [error.line, *error.args, str(error)] == ["None"] * 3


@case("bad-status-line-of-no-reply", "exceptions.bad-status-line.no-reply.text")
def test_no_reply(httplib, replay):
    """The text of BadStatusLine for a connection that was closed says that it was."""
    server = replay(script=[Accept(), AwaitRequest(), Close()])
    connection = httplib.HTTPConnection(server.host, server.port)
    connection.request("GET", "/")
    with pytest.raises(httplib.BadStatusLine) as caught:
        connection.getresponse()
    assert str(caught.value) == "No status line received - the server has closed the connection"


@case("too-many-headers-are-told", "exceptions.too-many-headers.text")
def test_too_many_headers(httplib, replay):
    """The text of the exception for too many headers says how many are accepted."""
    server = replay(b"HTTP/1.1 200 OK\r\n" + b"X: one\r\n" * 101 + b"\r\n")
    connection = httplib.HTTPConnection(server.host, server.port)
    connection.request("GET", "/")
    with pytest.raises(httplib.HTTPException) as caught:
        connection.getresponse()
    assert str(caught.value) == "got more than 100 headers"


@case("incomplete-read-text-of-thousands-of-digits", "exceptions.incomplete-read.text.digits")
def test_incomplete_read_of_thousands_of_digits(httplib, replay):
    """The text of IncompleteRead has all of the thousands of digits of a chunk's size."""
    server = replay(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n" + b"f" * 4000 + b"\r\nhi")
    connection = httplib.HTTPConnection(server.host, server.port)
    connection.request("GET", "/")
    response = connection.getresponse()
    with pytest.raises(httplib.IncompleteRead) as caught:
        response.read()
    digits = str(Decimal(16**4000 - 1 - len(b"hi")))
    assert remote_text(caught.value) == f"IncompleteRead(2 bytes read, {digits} more expected)"
