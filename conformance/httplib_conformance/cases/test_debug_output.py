"""The debugging output, which goes to standard output."""

from httplib_conformance.casemark import case, each_case
from httplib_conformance.cases.wire import HELLO_REPLY


def exchange(httplib, server, *levels):
    """A request and its response on a connection with these debug levels, one after the other."""
    connection = httplib.HTTPConnection(server.host, server.port)
    for level in levels:
        connection.set_debuglevel(level)
    connection.request("POST", "/", "name=value")
    connection.getresponse().read()


@case("debuglevel-default-prints-nothing", "connection.set-debuglevel.default")
def test_default(httplib, replay, python):
    """Unless a debug level was set nothing is printed."""
    exchange(httplib, replay(HELLO_REPLY))
    assert python.take_printed() == ""


@case("debuglevel-of-zero-prints-nothing", "connection.set-debuglevel.zero")
def test_zero(httplib, replay, python):
    """At debug level 0 nothing is printed."""
    exchange(httplib, replay(HELLO_REPLY), 0)
    assert python.take_printed() == ""


@case("debuglevel-back-to-zero-prints-nothing", "connection.set-debuglevel.zero")
def test_back_to_zero(httplib, replay, python):
    """At debug level 0 nothing is printed, also after another level was set."""
    exchange(httplib, replay(HELLO_REPLY), 1, 0)
    assert python.take_printed() == ""


@each_case(
    "level", [(1,), (2,)], "debuglevel-of-{level}-prints-something", "connection.set-debuglevel.positive"
)
def test_positive(httplib, replay, python, level):
    """At a debug level above 0 something is printed about the exchange."""
    exchange(httplib, replay(HELLO_REPLY), level)
    assert len(python.take_printed()) > 0, f"nothing is printed at debug level {level}"


@case("debuglevel-is-of-one-connection", "connection.set-debuglevel.default")
def test_of_one_connection(httplib, replay, python):
    """The debug level of one connection is not that of another."""
    httplib.HTTPConnection("127.0.0.1").set_debuglevel(1)
    exchange(httplib, replay(HELLO_REPLY))
    assert python.take_printed() == ""


@case("debug-output-of-sending", "request.debuglevel.send")
def test_sending(httplib, replay, python):
    """With a debug level above 0, the word send: and what is sent are printed."""
    server = replay(HELLO_REPLY)
    connection = httplib.HTTPConnection(server.host, server.port)
    connection.set_debuglevel(1)
    connection.request("POST", "/", "name=value")
    sent = (
        f"POST / HTTP/1.1\r\nHost: {server.host}:{server.port}\r\n"
        "Accept-Encoding: identity\r\nContent-Length: 10\r\n\r\nname=value"
    )
    assert python.take_printed() == f"send: {sent!r}\n"


@case("debug-output-of-the-reply", "connection.set-debuglevel.reply")
def test_reply(httplib, replay, python):
    """With a debug level above 0, the status line and the headers of the reply are printed."""
    server = replay(b"HTTP/1.1 200 OK\r\nX-Name: value\r\nContent-Length: 0\r\n\r\n")
    connection = httplib.HTTPConnection(server.host, server.port)
    connection.set_debuglevel(1)
    connection.request("GET", "/")
    python.take_printed()
    connection.getresponse()
    lines = [line.rstrip() for line in python.take_printed().splitlines()]
    assert lines == ["reply: 'HTTP/1.1 200 OK\\r\\n'", "header: X-Name: value", "header: Content-Length: 0"]
