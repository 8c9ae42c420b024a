"""The exceptions: their hierarchy, and what they carry."""

import httplib27
import pytest

PARENTS = {
    "HTTPException": Exception,
    "NotConnected": httplib27.HTTPException,
    "InvalidURL": httplib27.HTTPException,
    "UnknownProtocol": httplib27.HTTPException,
    "UnknownTransferEncoding": httplib27.HTTPException,
    "UnimplementedFileMode": httplib27.HTTPException,
    "IncompleteRead": httplib27.HTTPException,
    "ImproperConnectionState": httplib27.HTTPException,
    "CannotSendRequest": httplib27.ImproperConnectionState,
    "CannotSendHeader": httplib27.ImproperConnectionState,
    "ResponseNotReady": httplib27.ImproperConnectionState,
    "BadStatusLine": httplib27.HTTPException,
    "LineTooLong": httplib27.HTTPException,
}


@pytest.mark.parametrize("name", PARENTS)
def test_an_exception_has_its_place_in_the_hierarchy(name):
    """Each exception's base class is the one that the document names."""
    assert getattr(httplib27, name).__bases__ == (PARENTS[name],)


def test_error_is_another_name_for_httpexception():
    """`error` is HTTPException itself."""
    assert httplib27.error is httplib27.HTTPException


@pytest.mark.parametrize(
    ("expected", "text"),
    [(None, "IncompleteRead(3 bytes read)"), (7, "IncompleteRead(3 bytes read, 7 more expected)")],
)
def test_incomplete_read_tells_how_much_there_was(expected, text):
    """IncompleteRead carries the partial body and the missing length, and shows only lengths."""
    error = httplib27.IncompleteRead(b"abc", expected)
    assert (error.partial, error.expected, error.args) == (b"abc", expected, (b"abc",))
    assert str(error) == repr(error) == text


@pytest.mark.parametrize(("line", "shown"), [("junk\r\n", "junk\r\n"), ("", "''")])
def test_bad_status_line_carries_the_line(line, shown):
    """BadStatusLine carries the line, an empty one as a literal."""
    error = httplib27.BadStatusLine(line)
    assert (error.line, error.args) == (shown, (shown,))


def test_unknown_protocol_carries_the_version():
    """UnknownProtocol carries the version that the server named."""
    error = httplib27.UnknownProtocol("HTTP/2")
    assert (error.version, error.args) == ("HTTP/2", ("HTTP/2",))


def test_line_too_long_tells_what_was_read():
    """LineTooLong says which kind of line was too long, and what the limit is."""
    assert str(httplib27.LineTooLong("chunk size")) == "got more than 65536 bytes when reading chunk size"
