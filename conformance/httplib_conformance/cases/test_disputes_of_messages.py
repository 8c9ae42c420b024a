"""The probes of the disputes about interfaces that the document names: messages, and the class HTTP."""

from httplib_conformance.casemark import dispute
from httplib_conformance.cases.legacy import REPLY, ask
from httplib_conformance.cases.messages import HEADERS, MAKING, message_of, with_line_feeds
from httplib_conformance.cases.test_disputes import told
from httplib_conformance.cases.wire import outcome


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
    message = message_of(httplib, replay, b"Date:\r\n \r\nExpires: 06 Nov , 08:49:37 GMT\r\n")
    seen = [outcome(lambda name=name: message.getdate(name)) for name in ("Date", "Expires")]
    refused = [isinstance(each, IndexError) for each in seen]
    shows(document=seen == [None, None], original=all(refused), saw=", then ".join(map(told, seen)))


@dispute("year-of-two-digits")
def test_short_year(httplib, replay, shows):
    message = message_of(httplib, replay, b"Date: Sunday, 06-Nov-94 08:49:37 GMT\r\n")
    seen = outcome(lambda: message.getdate("Date")[0])
    shows(document=seen == 1994, original=seen == 94, saw=told(seen))


@dispute("date-of-a-header-that-is-repeated")
def test_repeated_date(httplib, replay, shows):
    dates = b"Date: Sun, 06 Nov 1994 08:49:37 GMT\r\nDate: Mon, 07 Nov 1994 08:49:37 GMT\r\n"
    message = message_of(httplib, replay, dates)
    seen = outcome(lambda: [message.getdate_tz("Date")[place] for place in (2, 9)])
    shows(document=seen == [7, 0], original=seen == [6, None], saw=told(seen))


@dispute("addresses-behind-an-empty-place")
def test_empty_place(httplib, replay, shows):
    message = message_of(httplib, replay, b"To: one@example.org, , two@example.org\r\n")
    seen = outcome(lambda: [address for _, address in message.getaddrlist("To")])
    both = ["one@example.org", "two@example.org"]
    shows(document=seen == both, original=seen == both[:1], saw=told(seen))


@dispute("address-across-a-fold")
def test_folded_name(httplib, replay, shows):
    message = message_of(httplib, replay, b"From: Ada\r\n Lovelace <ada@example.org>\r\n")
    seen = outcome(lambda: [address for _, address in message.getaddrlist("From")])
    document, original = ["ada@example.org"], ["Ada", "ada@example.org"]
    shows(document=seen == document, original=seen == original, saw=told(seen))


@dispute("white-space-at-a-fold")
def test_folded_value(httplib, replay, shows):
    message = message_of(httplib, replay, b"X-Name: one \t\r\n\t  two\r\n")
    seen = outcome(lambda: with_line_feeds(message.getheader("X-Name")))
    shows(document=seen == "one \t\n\t  two", original=seen == "one\n two", saw=told(seen))


@dispute("white-space-around-an-assigned-value")
def test_assigned_white_space(httplib, replay, shows):
    message = message_of(httplib, replay, HEADERS)
    message["X-New"] = "  padded "
    seen = outcome(lambda: message.getheader("X-New"))
    shows(document=seen == "padded", original=seen == "  padded ", saw=told(seen))


@dispute("last-line-without-an-end")
def test_unended_line(httplib, replay, shows):
    server = replay(b"HTTP/1.1 200 OK\r\nX-Name: value")
    connection = httplib.HTTPConnection(server.host, server.port)
    connection.request("GET", "/")
    seen = outcome(lambda: with_line_feeds(connection.getresponse().msg.headers))
    shows(document=seen == ["X-Name: value\n"], original=seen == ["X-Name: value"], saw=told(seen))


@dispute("name-that-no-header-may-have")
def test_odd_name(httplib, replay, shows):
    message = message_of(httplib, replay, HEADERS)
    seen = outcome(lambda: message.isheader("X Name: value\r\n"))
    shows(document=seen is None, original=seen == "x name", saw=told(seen))


@dispute("lines-that-the-hooks-are-not-asked-about")
def test_unasked_hooks(httplib, python, shows):
    derived = python.define(MAKING).derive(httplib.HTTPMessage)
    file = python.module("io").BytesIO(b"Name=value\r\n # a note\r\n--\r\n")
    seen = outcome(lambda: with_line_feeds(derived(file).headers))
    document, original = ["Name=value\n"], ["Name=value\n", " # a note\n"]
    shows(document=seen == document, original=seen == original, saw=told(seen))


@dispute("lines-of-a-header-by-an-isheader-of-its-own")
def test_lines_of_other_forms(httplib, python, shows):
    derived = python.define(MAKING).derive(httplib.HTTPMessage)
    file = python.module("io").BytesIO(b"Name=value\r\n--\r\n")
    seen = outcome(lambda: with_line_feeds(derived(file).getallmatchingheaders("name")))
    shows(document=seen == ["Name=value\n"], original=seen == [], saw=told(seen))


@dispute("readline-without-a-limit")
def test_bare_readline(httplib, python, shows):
    lines = python.define(MAKING).BareLines(b"X-Name: value\r\n\r\n")
    seen = outcome(lambda: httplib.HTTPMessage(lines)["X-Name"])
    shows(document=seen == "value", original=isinstance(seen, TypeError), saw=told(seen))


@dispute("type-of-a-message-that-was-changed")
def test_changed_type(httplib, replay, shows):
    message = message_of(httplib, replay, b"Content-Type: text/html\r\n")
    message["Content-Type"] = "image/png"
    seen = outcome(message.gettype)
    shows(document=seen == "image/png", original=seen == "text/html", saw=told(seen))


@dispute("type-without-a-slash")
def test_type_without_slash(httplib, replay, shows):
    message = message_of(httplib, replay, b"Content-Type: text\r\n")
    seen = outcome(message.gettype)
    shows(document="/" in str(seen), original=seen == "text", saw=told(seen))


@dispute("semicolon-in-a-parameter")
def test_semicolon(httplib, replay, shows):
    message = message_of(httplib, replay, b'Content-Type: text/html; title="A; B"\r\n')
    seen = outcome(lambda: message.getparam("title"))
    shows(document=seen == "A; B", original=seen == '"A', saw=told(seen))


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
