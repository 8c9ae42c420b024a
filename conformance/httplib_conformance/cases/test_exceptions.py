"""The exception classes: their hierarchy, and what their instances carry."""

import pytest

from httplib_conformance.casemark import case, each_case

BASES = {
    "NotConnected": "HTTPException",
    "InvalidURL": "HTTPException",
    "UnknownProtocol": "HTTPException",
    "UnknownTransferEncoding": "HTTPException",
    "UnimplementedFileMode": "HTTPException",
    "IncompleteRead": "HTTPException",
    "ImproperConnectionState": "HTTPException",
    "CannotSendRequest": "ImproperConnectionState",
    "CannotSendHeader": "ImproperConnectionState",
    "ResponseNotReady": "ImproperConnectionState",
    "BadStatusLine": "HTTPException",
}
"""The class that the document says each exception is derived from."""

SLUGS = {
    "not-connected": "NotConnected",
    "invalid-url": "InvalidURL",
    "unknown-protocol": "UnknownProtocol",
    "unknown-transfer-encoding": "UnknownTransferEncoding",
    "unimplemented-file-mode": "UnimplementedFileMode",
    "incomplete-read": "IncompleteRead",
    "improper-connection-state": "ImproperConnectionState",
    "cannot-send-request": "CannotSendRequest",
    "cannot-send-header": "CannotSendHeader",
    "response-not-ready": "ResponseNotReady",
    "bad-status-line": "BadStatusLine",
}

WRONG_CALLS = {
    "cannot-send-request": ("putrequest", "GET", "/"),
    "cannot-send-header": ("putheader", "X-Name", "value"),
    "response-not-ready": ("getresponse",),
}
"""The calls that raise the exceptions for a wrong connection state: the first one when it is repeated."""


def exception_class(httplib, name):
    """The exception class of that name, which must be one."""
    found = getattr(httplib, name)
    assert isinstance(found, type), f"{name} is no class of exceptions"
    assert issubclass(found, BaseException)
    return found


@case("http-exception-is-an-exception", "exceptions.http-exception.base")
def test_base_class(httplib):
    """HTTPException is derived from Exception."""
    assert issubclass(exception_class(httplib, "HTTPException"), Exception)


@each_case("slug", [(slug,) for slug in SLUGS], "{slug}-has-its-base", "exceptions.{slug}.base")
def test_base(httplib, slug):
    """The exception is derived from the class that the document names."""
    name = SLUGS[slug]
    assert issubclass(exception_class(httplib, name), exception_class(httplib, BASES[name]))


@each_case(
    "slug", [(slug,) for slug in SLUGS], "{slug}-is-an-http-exception", "exceptions.all-from-http-exception"
)
def test_all_are_http_exceptions(httplib, slug):
    """A handler for HTTPException catches the exception."""
    assert issubclass(exception_class(httplib, SLUGS[slug]), exception_class(httplib, "HTTPException"))


@each_case("slug", [(slug,) for slug in SLUGS], "{slug}-is-no-sibling", "exceptions.siblings")
def test_siblings(httplib, slug):
    """A handler for another exception than its documented bases does not catch the exception."""
    name = SLUGS[slug]
    found = exception_class(httplib, name)
    others = {*BASES} - {name, BASES[name]}
    assert [each for each in sorted(others) if issubclass(found, exception_class(httplib, each))] == []


@case("error-is-http-exception", "module.error")
def test_error(httplib):
    """The name `error` of older programs is HTTPException."""
    assert httplib.error is httplib.HTTPException


@case("line-too-long-is-an-http-exception", "exceptions.line-too-long.base")
def test_line_too_long(httplib):
    """There is a class LineTooLong, derived from HTTPException."""
    found = exception_class(httplib, "LineTooLong")
    assert issubclass(found, httplib.HTTPException)


@case(
    "incomplete-read-attributes", "exceptions.incomplete-read.partial", "exceptions.incomplete-read.expected"
)
def test_incomplete_read_attributes(httplib):
    """IncompleteRead keeps what was read and how many bytes are missing."""
    error = httplib.IncompleteRead(b"abc", 5)
    assert (error.partial, error.expected) == (b"abc", 5)


@case("incomplete-read-args", "exceptions.incomplete-read.partial")
def test_incomplete_read_args(httplib):
    """The only argument of IncompleteRead is what was read."""
    assert httplib.IncompleteRead(b"abc", 5).args == (b"abc",)


@case("incomplete-read-expected-default", "exceptions.incomplete-read.expected")
def test_incomplete_read_expected_default(httplib):
    """IncompleteRead has None for the number of missing bytes where that is not known."""
    assert httplib.IncompleteRead(b"abc").expected is None


@case("incomplete-read-text", "exceptions.incomplete-read.text")
def test_incomplete_read_text(httplib):
    """The text of IncompleteRead counts the bytes that were read and those that are missing."""
    assert str(httplib.IncompleteRead(b"abc", 5)) == "IncompleteRead(3 bytes read, 5 more expected)"


@case("incomplete-read-text-without-expected", "exceptions.incomplete-read.text")
def test_incomplete_read_text_without_expected(httplib):
    """The text of IncompleteRead does not speak of missing bytes where their number is not known."""
    assert str(httplib.IncompleteRead(b"abc")) == "IncompleteRead(3 bytes read)"


@case("incomplete-read-representation", "exceptions.incomplete-read.text")
def test_incomplete_read_representation(httplib, python):
    """The representation of IncompleteRead is its text, and does not show the data."""
    error = httplib.IncompleteRead(b"abc", 5)
    assert python.module("builtins").repr(error) == "IncompleteRead(3 bytes read, 5 more expected)"


@case("bad-status-line-attributes", "exceptions.bad-status-line.line")
def test_bad_status_line(httplib):
    """BadStatusLine has the line as its attribute, argument and text."""
    error = httplib.BadStatusLine("HTTP/1.1 x\r\n")
    assert [error.line, *error.args, str(error)] == ["HTTP/1.1 x\r\n"] * 3


@case("bad-status-line-of-nothing", "exceptions.bad-status-line.empty")
def test_bad_status_line_of_nothing(httplib):
    """BadStatusLine has an empty line as repr shows it, so that its text is not empty."""
    error = httplib.BadStatusLine("")
    assert [error.line, *error.args, str(error)] == ["''"] * 3


@case("unknown-protocol-version", "exceptions.unknown-protocol.version")
def test_unknown_protocol(httplib):
    """UnknownProtocol has the version as attribute, argument and text."""
    error = httplib.UnknownProtocol("HTTP/2")
    assert [error.version, *error.args, str(error)] == ["HTTP/2"] * 3


@case("line-too-long-text", "exceptions.line-too-long.text")
def test_line_too_long_text(httplib):
    """The text of LineTooLong says how long a line may be and what was being read."""
    error = httplib.LineTooLong("header line")
    assert str(error) == "got more than 65536 bytes when reading header line"


@each_case(
    "slug", [(slug,) for slug in WRONG_CALLS], "{slug}-has-no-arguments", "exceptions.state.no-arguments"
)
def test_state_exceptions_have_no_arguments(httplib, slug):
    """The exception for a wrong connection state carries no arguments."""
    connection = httplib.HTTPConnection("127.0.0.1")
    method, *args = WRONG_CALLS[slug]
    if method == "putrequest":
        connection.putrequest(*args)
    with pytest.raises(exception_class(httplib, SLUGS[slug])) as raised:
        getattr(connection, method)(*args)
    assert raised.value.args == ()
