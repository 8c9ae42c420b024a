"""The content type of a message, its parameters, and its transfer encoding."""

from httplib_conformance.casemark import case
from httplib_conformance.cases.messages import HEADERS, message_of

TYPED = (
    b'Content-Type: TEXT/Html; CharSet=UTF-8; title="A; B"; q=1; q=2\r\n'
    b"Content-Transfer-Encoding: Quoted-Printable\r\n"
)
"""Headers with a content type that has parameters, and with a transfer encoding."""

SPAM = b"Content-type: text/html; spam=1; Spam=2; Spam\r\n"
"""The example of the document of mimetools.Message."""


@case("message-gettype", "message.gettype")
def test_gettype(httplib, replay):
    """What gettype gives are type and subtype, without parameters."""
    assert message_of(httplib, replay, SPAM).gettype() == "text/html"


@case("message-gettype-in-lower-case", "message.gettype.case")
def test_gettype_case(httplib, replay):
    """What gettype gives is in lower case."""
    assert message_of(httplib, replay, TYPED).gettype() == "text/html"


@case("message-gettype-missing", "message.gettype.default")
def test_gettype_missing(httplib, replay):
    """What gettype gives without a Content-Type is text/plain."""
    assert message_of(httplib, replay, HEADERS).gettype() == "text/plain"


@case("message-getmaintype", "message.getmaintype")
def test_getmaintype(httplib, replay):
    """What getmaintype gives is what stands before the slash."""
    assert message_of(httplib, replay, b"Content-Type: image/png\r\n").getmaintype() == "image"


@case("message-getmaintype-in-lower-case", "message.getmaintype.case")
def test_getmaintype_case(httplib, replay):
    """What getmaintype gives is in lower case."""
    assert message_of(httplib, replay, TYPED).getmaintype() == "text"


@case("message-getmaintype-missing", "message.getmaintype.default")
def test_getmaintype_missing(httplib, replay):
    """What getmaintype gives without a Content-Type is text."""
    assert message_of(httplib, replay, HEADERS).getmaintype() == "text"


@case("message-getsubtype", "message.getsubtype")
def test_getsubtype(httplib, replay):
    """What getsubtype gives is what stands behind the slash, without parameters."""
    assert message_of(httplib, replay, SPAM).getsubtype() == "html"


@case("message-getsubtype-in-lower-case", "message.getsubtype.case")
def test_getsubtype_case(httplib, replay):
    """What getsubtype gives is in lower case."""
    assert message_of(httplib, replay, TYPED).getsubtype() == "html"


@case("message-getsubtype-missing", "message.getsubtype.default")
def test_getsubtype_missing(httplib, replay):
    """What getsubtype gives without a Content-Type is plain."""
    assert message_of(httplib, replay, HEADERS).getsubtype() == "plain"


@case("message-getplist", "message.getplist", "message.getplist.case")
def test_getplist(httplib, replay):
    """What getplist gives has name=value for each parameter, names in lower case and values unchanged."""
    message = message_of(httplib, replay, b"Content-Type: text/html; CharSet=UTF-8; Level=1\r\n")
    assert message.getplist() == ["charset=UTF-8", "level=1"]


@case("message-getplist-without-a-value", "message.getplist.no-value")
def test_getplist_no_value(httplib, replay):
    """What getplist gives has a parameter without a value as it came, letter case included."""
    assert message_of(httplib, replay, SPAM).getplist()[-1] == "Spam"


@case("message-getplist-repeated", "message.getplist.repeated")
def test_getplist_repeated(httplib, replay):
    """What getplist gives has each parameter of a name, in the order in which they came."""
    assert message_of(httplib, replay, SPAM).getplist()[:2] == ["spam=1", "spam=2"]


@case("message-getplist-missing", "message.getplist.none")
def test_getplist_missing(httplib, replay):
    """What getplist gives without a Content-Type is an empty list."""
    assert message_of(httplib, replay, HEADERS).getplist() == []


@case("message-getplist-of-no-parameters", "message.getplist.none")
def test_getplist_none(httplib, replay):
    """What getplist gives for a Content-Type without parameters is an empty list."""
    assert message_of(httplib, replay, b"Content-Type: text/html\r\n").getplist() == []


@case("message-getparam", "message.getparam")
def test_getparam(httplib, replay):
    """What getparam gives is the value of the first parameter of that name."""
    message = message_of(httplib, replay, TYPED)
    assert [message.getparam(name) for name in ("charset", "q")] == ["UTF-8", "1"]


@case("message-getparam-quoted", "message.getparam.quotes")
def test_getparam_quoted(httplib, replay):
    """What getparam gives has no quotes around it."""
    message = message_of(httplib, replay, b'Content-Type: text/html; title="A B"\r\n')
    assert message.getparam("title") == "A B"


@case("message-getparam-in-angle-brackets", "message.getparam.angle-brackets")
def test_getparam_brackets(httplib, replay):
    """What getparam gives has no angle brackets around it."""
    message = message_of(httplib, replay, b"Content-Type: multipart/related; start=<a@b>\r\n")
    assert message.getparam("start") == "a@b"


@case("message-getencoding", "message.getencoding")
def test_getencoding(httplib, replay):
    """What getencoding gives is what Content-Transfer-Encoding says."""
    assert message_of(httplib, replay, b"Content-Transfer-Encoding: base64\r\n").getencoding() == "base64"


@case("message-getencoding-in-lower-case", "message.getencoding.case")
def test_getencoding_case(httplib, replay):
    """What getencoding gives is in lower case."""
    assert message_of(httplib, replay, TYPED).getencoding() == "quoted-printable"


@case("message-getencoding-missing", "message.getencoding.default")
def test_getencoding_missing(httplib, replay):
    """What getencoding gives without Content-Transfer-Encoding is 7bit."""
    assert message_of(httplib, replay, HEADERS).getencoding() == "7bit"
