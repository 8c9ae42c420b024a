"""What goes over the wire: request lines, automatic headers, and headers of the caller's."""

import pytest
from httplib27 import CannotSendRequest, HTTPConnection, InvalidURL

HOST = b"Host: example.com\r\n"
ENCODING = b"Accept-Encoding: identity\r\n"


@pytest.mark.parametrize("method", ["GET", "HEAD", "DELETE", "OPTIONS", "TRACE", "get", "X"])
def test_a_request_without_a_body_has_no_content_length(line, method):
    """A method that expects no body gets no Content-Length where there is none."""
    sent = line.sent(("request", method, "/x"))
    assert sent == b"%b /x HTTP/1.1\r\n%b%b\r\n" % (method.encode(), HOST, ENCODING)


@pytest.mark.parametrize("method", ["PUT", "POST", "PATCH", "post"])
def test_a_method_that_expects_a_body_says_that_there_is_none(line, method):
    """PUT, POST and PATCH without a body have Content-Length: 0."""
    sent = line.sent(("request", method, "/"))
    assert sent == b"%b / HTTP/1.1\r\n%b%bContent-Length: 0\r\n\r\n" % (method.encode(), HOST, ENCODING)


@pytest.mark.parametrize("method", ["GET", "POST"])
def test_a_body_has_its_length_for_every_method(line, method):
    """Content-Length is added for all methods if the length can be determined."""
    sent = line.sent(("request", method, "/", "body"))
    assert sent == b"%b / HTTP/1.1\r\n%b%bContent-Length: 4\r\n\r\nbody" % (method.encode(), HOST, ENCODING)


def test_an_empty_body_is_a_body(line):
    """A body of no bytes has Content-Length: 0, whatever the method."""
    assert b"Content-Length: 0\r\n" in line.sent(("request", "GET", "/", b""))


@pytest.mark.parametrize(
    ("name", "replaced"),
    [
        ("Host", HOST),
        ("hOST", HOST),
        ("accept-encoding", ENCODING),
        ("Content-length", b"Content-Length: 4\r\n"),
    ],
)
def test_a_header_of_the_caller_replaces_the_automatic_one(line, name, replaced):
    """Host, Accept-Encoding and Content-Length are not added where the caller gives them."""
    sent = line.sent(("request", "POST", "/", "body", {name: "mine"}))
    assert replaced not in sent
    assert sent.count(name.encode() + b": mine\r\n") == 1


def test_headers_of_the_caller_follow_in_their_order(line):
    """Extra headers come after the automatic ones, in the mapping's order."""
    sent = line.sent(("request", "POST", "/", "x", {"B": "1", "A": 2, b"C": b"\xe9", "D": None}))
    assert sent.endswith(b"Content-Length: 1\r\nB: 1\r\nA: 2\r\nC: \xe9\r\nD: None\r\n\r\nx")


@pytest.mark.parametrize("url", ["", None])
def test_an_empty_url_is_the_root(line, url):
    """An empty selector is sent as `/`."""
    assert line.sent(("request", "GET", url)).startswith(b"GET / HTTP/1.1\r\n")


def test_method_and_url_may_be_bytes(line):
    """Where Python 2 had one type, bytes are good as well."""
    assert line.sent(("request", b"POST", b"/x")).startswith(b"POST /x HTTP/1.1\r\n")


@pytest.mark.parametrize("url", ["/a b", "/a\r\nX: y", "/\n", "/\x00", "/\x7f", "/\xe9", "/\t"])
def test_a_url_that_breaks_the_request_line_is_refused(line, url):
    """InvalidURL is raised for a URL with control characters, spaces, or unencoded bytes."""
    connection, peer = line.connection()
    with pytest.raises(InvalidURL, match="control characters"):
        connection.request("GET", url)
    assert peer.received() == b""


@pytest.mark.parametrize("url", [5, ["/"], object()])
def test_a_url_is_a_string(line, url):
    """TypeError is raised for a URL that is no string."""
    connection, peer = line.connection()
    with pytest.raises(TypeError):
        connection.request("GET", url)
    assert peer.received() == b""


def test_a_url_beyond_iso_8859_1_cannot_be_encoded(line):
    """Text goes on the wire one byte a character, and nothing else is guessed."""
    connection, _peer = line.connection()
    with pytest.raises(UnicodeEncodeError):
        connection.request("GET", "/\u1234")


@pytest.mark.parametrize(
    ("name", "value"), [("A\r\nB", "c"), ("A:", "c"), ("", "c"), ("A", "b\r\nC: d"), ("A", "b\n")]
)
def test_a_header_that_breaks_its_line_is_refused(line, name, value):
    """ValueError is raised for a name or value that would inject another header."""
    connection, peer = line.connection()
    with pytest.raises(ValueError, match="Invalid header"):
        connection.request("GET", "/", headers={name: value})
    assert peer.received() == b""


def test_a_refused_header_leaves_the_request_open(line):
    """After a refused header, others may be put and the request sent."""
    connection, peer = line.connection()
    connection.putrequest("GET", "/", True, True)
    with pytest.raises(ValueError, match="Invalid header value"):
        connection.putheader("A", "1\r\n", "2")
    connection.putheader("A", "1")
    connection.endheaders()
    assert peer.received() == b"GET / HTTP/1.1\r\nA: 1\r\n\r\n"


def test_a_refused_url_leaves_the_request_started(line):
    """After a refused URL the connection has to be closed before the next request."""
    connection, _peer = line.connection()
    with pytest.raises(InvalidURL):
        connection.putrequest("GET", "/ ")
    with pytest.raises(CannotSendRequest):
        connection.putrequest("GET", "/")


@pytest.mark.parametrize(
    ("arguments", "headers"),
    [
        ((), HOST + ENCODING),
        ((True,), ENCODING),
        ((0, "yes"), HOST),
        ((1, 1), b""),
    ],
)
def test_automatic_headers_can_be_left_out(line, arguments, headers):
    """`skip_host` and `skip_accept_encoding` leave out one automatic header each."""
    sent = line.sent(("putrequest", "GET", "/", *arguments), ("endheaders",))
    assert sent == b"GET / HTTP/1.1\r\n" + headers + b"\r\n"


def test_several_values_make_continuation_lines(line):
    """Further arguments of putheader() are continuation lines, each of a tab and the argument."""
    sent = line.sent(
        ("putrequest", "GET", "/", 1, 1),
        ("putheader", "A", "1", 2, b"3"),
        ("putheader", "B"),
        ("endheaders",),
    )
    assert sent == b"GET / HTTP/1.1\r\nA: 1\r\n\t2\r\n\t3\r\nB: \r\n\r\n"


def test_every_header_goes_through_putheader(line):
    """A subclass that overrides putheader() sees the automatic headers as well, as strings."""

    class Connection(HTTPConnection):
        def putheader(self, *arguments):
            seen.append(arguments)

    seen = []
    connection = Connection("h")
    connection.sock, _peer = line.pair()
    connection.request("POST", "/", "x", {"A": "b"})
    assert seen == [("Host", "h"), ("Accept-Encoding", "identity"), ("Content-Length", "1"), ("A", "b")]


def test_nothing_is_sent_before_the_headers_end(line):
    """The request goes out with endheaders(), and not before."""
    connection, peer = line.connection()
    connection.putrequest("GET", "/", 1, 1)
    connection.putheader("A", "b")
    assert peer.received() == b""
    connection.endheaders()
    assert peer.received() == b"GET / HTTP/1.1\r\nA: b\r\n\r\n"
