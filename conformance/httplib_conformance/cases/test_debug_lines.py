"""The lines that the original prints at a debug level above 0, one by one."""

import pytest
from httplib_servers import Accept

from httplib_conformance.casemark import case, each_case
from httplib_conformance.cases.bodies import BODIES
from httplib_conformance.cases.wire import EMPTY_REPLY, HELLO_REPLY, awaiting_body

HEAD = "send: 'PUT / HTTP/1.1\\r\\nContent-Length: 2\\r\\n\\r\\n'"
REPLY = ["reply: 'HTTP/1.1 200 OK\\r\\n'", "header: Content-Length: 0"]

QUIET = {"zero": 0, "negative": -1, "false": False, "none": None}
LOUD = {"one": 1, "two": 2, "big": 99, "true": True}
"""Debug levels."""

BAD_REPLIES = {
    "no-number": (b"HTTP/1.1 what\r\n\r\n", "reply: 'HTTP/1.1 what\\r\\n'"),
    "no-status-line": (b"no status line\r\n", "reply: 'no status line\\r\\n'"),
    "nothing": (b"", "reply: ''"),
}
"""Replies that are none, and what is printed of them."""


def lines(python):
    """What was printed, line by line, without white space at the ends of lines."""
    return [line.rstrip() for line in python.take_printed().splitlines()]


def begin(httplib, server, level=1):
    """A connection with a debug level, and a request begun that has no automatic header."""
    connection = httplib.HTTPConnection(server.host, server.port)
    connection.set_debuglevel(level)
    connection.putrequest("PUT", "/", 1, 1)
    connection.putheader("Content-Length", "2")
    return connection


@case("debug-output-in-order", "debug-output.order")
def test_order(httplib, replay, python):
    """What is sent is printed, then the status line, then each header, in the order of the exchange."""
    server = replay(b"HTTP/1.1 200 OK\r\nX-One: 1\r\nX-Two: 2\r\nContent-Length: 0\r\n\r\n")
    connection = begin(httplib, server)
    connection.endheaders()
    connection.send(b"hi")
    connection.getresponse()
    assert lines(python) == [
        HEAD,
        "send: 'hi'",
        REPLY[0],
        "header: X-One: 1",
        "header: X-Two: 2",
        "header: Content-Length: 0",
    ]


@each_case("level", [(level,) for level in LOUD], "debug-output-at-level-{level}", "debug-output.level")
def test_loud(httplib, replay, python, level):
    """Any level above 0 prints the same."""
    connection = begin(httplib, replay(EMPTY_REPLY), LOUD[level])
    connection.endheaders(b"hi")
    connection.getresponse()
    assert lines(python) == [HEAD[:-1] + "hi'", *REPLY]


@each_case("level", [(level,) for level in QUIET], "no-debug-output-at-level-{level}", "debug-output.level")
def test_quiet(httplib, replay, python, level):
    """A level that is not above 0 prints nothing."""
    connection = begin(httplib, replay(EMPTY_REPLY), QUIET[level])
    connection.endheaders(b"hi")
    connection.getresponse()
    assert lines(python) == []


@case("debug-output-of-a-class", "debug-output.class")
def test_class(httplib, replay, python):
    """The debuglevel of a derived class holds for its connections."""
    derived = python.define(
        "def derive(base): return type(base)('Derived', (base,), {'debuglevel': 1})"
    ).derive(httplib.HTTPConnection)
    server = replay(EMPTY_REPLY)
    connection = derived(server.host, server.port)
    connection.request("GET", "/")
    connection.getresponse()
    assert lines(python)[1:] == REPLY


@case("debug-output-switched-on-before-the-reply", "debug-output.when")
def test_switched_on(httplib, replay, python):
    """A level that is set behind the request prints the reply."""
    connection = begin(httplib, replay(EMPTY_REPLY), 0)
    connection.endheaders(b"hi")
    connection.set_debuglevel(1)
    connection.getresponse()
    assert lines(python) == REPLY


@case("debug-output-switched-off-before-the-reply", "debug-output.when")
def test_switched_off(httplib, replay, python):
    """A level that is taken back behind the request prints nothing of the reply."""
    connection = begin(httplib, replay(EMPTY_REPLY))
    connection.endheaders(b"hi")
    connection.set_debuglevel(0)
    connection.getresponse()
    assert lines(python) == [HEAD[:-1] + "hi'"]


@case("debug-output-of-connect-and-close", "debug-output.connection")
def test_connection(httplib, replay, python):
    """Nothing is printed when a connection is opened or closed."""
    connection = begin(httplib, replay(script=[Accept()]))
    connection.connect()
    connection.close()
    assert lines(python) == []


@case("debug-output-of-a-bytearray", "debug-output.other-body")
def test_bytearray(httplib, replay, python):
    """A body that is a bytearray is printed as its representation, behind the headers."""
    connection = begin(httplib, replay(EMPTY_REPLY))
    connection.endheaders(python.define(BODIES).octets_of(b"hi"))
    assert lines(python) == [HEAD, "send: bytearray(b'hi')"]


@case("debug-output-of-an-array", "debug-output.other-body")
def test_array(httplib, replay, python):
    """A body that is an array is printed as its representation, and not said to be read."""
    connection = begin(httplib, replay(EMPTY_REPLY))
    connection.endheaders(python.define(BODIES).octets(104, 105))
    assert lines(python) == [HEAD, "send: array('B', [104, 105])"]


@case("debug-output-of-a-file", "debug-output.file")
def test_file(httplib, replay, python):
    """A body that is read is printed as its representation, and said to be read; its pieces are not."""
    named = python.define("import io\nclass Named(io.BytesIO):\n    def __repr__(self): return 'a file'")
    connection = begin(httplib, replay(EMPTY_REPLY))
    connection.endheaders(named.Named(b"hi"))
    assert lines(python) == [HEAD, "send: a file", "sendIng a read()able"]


@case("debug-output-of-no-length", "debug-output.no-length")
def test_no_length(httplib, replay, python):
    """The first thing that is printed of a body without a length is that there is none."""
    server = replay(script=awaiting_body(5))
    connection = httplib.HTTPConnection(server.host, server.port)
    connection.set_debuglevel(1)
    connection.request("PUT", "/", python.define(BODIES).Pieces(b"hello"))
    assert lines(python)[0] == "Cannot stat!!"


@case("debug-output-of-no-length-is-none-at-level-0", "debug-output.no-length.none")
def test_no_length_silent(httplib, replay, python):
    """At debug level 0 nothing is printed of a body without a length."""
    server = replay(script=awaiting_body(5))
    connection = httplib.HTTPConnection(server.host, server.port)
    connection.request("PUT", "/", python.define(BODIES).Pieces(b"hello"))
    assert lines(python) == []


@case("debug-output-of-bytes-sent", "debug-output.bytes")
def test_bytes_sent(httplib, replay, python):
    """What is sent is printed as repr shows a string of bytes."""
    connection = begin(httplib, replay(EMPTY_REPLY))
    connection.endheaders(b"\xe9\\")
    assert lines(python) == [HEAD[:-1] + "\\xe9\\\\'"]


@case("debug-output-of-quotes-received", "debug-output.bytes")
def test_quotes_received(httplib, replay, python):
    """A status line with an apostrophe is printed in double quotes."""
    connection = begin(httplib, replay(b"HTTP/1.1 200 It's \xe9\r\nContent-Length: 0\r\n\r\n"), 0)
    connection.endheaders(b"hi")
    connection.set_debuglevel(1)
    connection.getresponse()
    assert lines(python)[0] == 'reply: "HTTP/1.1 200 It\'s \\xe9\\r\\n"'


@case("debug-output-of-odd-headers", "debug-output.headers")
def test_headers(httplib, replay, python):
    """Continuation lines are printed by themselves, and lines that are no headers are not."""
    reply = b"HTTP/1.1 200 OK\r\nX-One: 1\r\n more\r\nno header\r\nContent-Length: 0\r\n\r\n"
    connection = begin(httplib, replay(reply), 0)
    connection.endheaders(b"hi")
    connection.set_debuglevel(1)
    connection.getresponse()
    assert lines(python)[1:] == ["header: X-One: 1", "header:  more", "header: Content-Length: 0"]


@each_case(
    "what", [(what,) for what in BAD_REPLIES], "debug-output-of-a-reply-with-{what}", "debug-output.bad-reply"
)
def test_bad_reply(httplib, replay, python, what):
    """The line that should be a status line is printed before anything is raised."""
    reply, printed = BAD_REPLIES[what]
    server = replay(reply, close=True)
    connection = httplib.HTTPConnection(server.host, server.port, True)
    connection.request("GET", "/")
    connection.set_debuglevel(1)
    with pytest.raises(httplib.BadStatusLine):
        connection.getresponse()
    assert lines(python) == [printed]


@case("debug-output-of-a-body-received", "debug-output.body")
def test_body(httplib, replay, python):
    """Nothing is printed when a body is read."""
    connection = begin(httplib, replay(HELLO_REPLY))
    connection.endheaders(b"hi")
    response = connection.getresponse()
    lines(python)
    response.read()
    assert lines(python) == []


@case("debug-output-of-chunks-received", "debug-output.body")
def test_chunks(httplib, replay, python):
    """Nothing is printed when chunks and trailers are read."""
    reply = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nhi\r\n0\r\nX-One: 1\r\n\r\n"
    connection = begin(httplib, replay(reply))
    connection.endheaders(b"hi")
    response = connection.getresponse()
    lines(python)
    assert (response.read(), lines(python)) == (b"hi", [])
