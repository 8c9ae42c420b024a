"""The probes of the disputes about interfaces that the document names: messages, and the class HTTP."""

from httplib_conformance.casemark import dispute
from httplib_conformance.cases.legacy import REPLY, ask
from httplib_conformance.cases.messages import HEADERS, message_of
from httplib_conformance.cases.test_disputes import outcome, told


@dispute("lines-of-a-header-that-is-not-there")
def test_missing_lines(httplib, replay, shows):
    message = message_of(httplib, replay, HEADERS)
    seen = outcome(lambda: message.getfirstmatchingheader("X-Missing"))
    shows(document=seen is None, original=seen == [], saw=told(seen))


@dispute("line-ends-of-a-message")
def test_line_ends(httplib, replay, shows):
    message = message_of(httplib, replay, b"X-Name: value\r\n")
    seen = outcome(lambda: message.headers)
    shows(document=seen == ["X-Name: value\n"], original=seen == ["X-Name: value\r\n"], saw=told(seen))


@dispute("value-of-a-header-that-is-repeated")
def test_repeated(httplib, replay, shows):
    message = message_of(httplib, replay, b"X-Name: one\r\nX-Name: two\r\n")
    seen = outcome(lambda: message.getheader("X-Name"))
    shows(document=seen == "two", original=seen == "one, two", saw=told(seen))


@dispute("line-that-is-no-header")
def test_no_header(httplib, replay, shows):
    message = message_of(httplib, replay, b"X-One: 1\r\nno header\r\nX-Two: 2\r\n")
    seen = outcome(lambda: [message.getheader("X-One"), message.getheader("X-Two")])
    shows(document=seen == ["1", None], original=seen == ["1", "2"], saw=told(seen))


@dispute("date-of-white-space")
def test_white_date(httplib, replay, shows):
    message = message_of(httplib, replay, b"Date:\r\n \r\n")
    seen = outcome(lambda: message.getdate("Date"))
    shows(document=seen is None, original=isinstance(seen, IndexError), saw=told(seen))


@dispute("address-in-an-empty-header")
def test_empty_address(httplib, replay, shows):
    message = message_of(httplib, replay, b"From:\r\n")
    seen = outcome(lambda: message.getaddr("From"))
    shows(document=seen == ("", ""), original=seen == (None, None), saw=told(seen))


@dispute("file-of-the-message-of-a-response")
def test_file(httplib, replay, shows):
    message = message_of(httplib, replay, HEADERS)
    seen = outcome(lambda: message.fp)
    refused = isinstance(seen, Exception)
    shows(document=not refused and seen is not None, original=seen is None, saw=told(seen))


@dispute("status-code-in-quotes")
def test_status(httplib, replay, shows):
    server = replay(REPLY)
    seen = outcome(lambda: ask(httplib.HTTP(server.host, server.port)).getreply()[0])
    shows(document=seen == "404", original=seen == 404, saw=told(seen))
