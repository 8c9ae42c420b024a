"""A response that a program makes itself, from what has makefile."""

import pytest
from httplib_servers import Accept, AwaitRequest, Send
from httplib_servers.certificates import server_context

from httplib_conformance.casemark import case, each_case
from httplib_conformance.cases.tls import HOST, trusting
from httplib_conformance.cases.wire import HELLO_REPLY

SOCKETS = """
import io


class File(io.BytesIO):
    '''Takes down with which limits lines are asked for.'''

    def __init__(self, data):
        io.BytesIO.__init__(self, data)
        self.limits = set()

    def readline(self, *limit):
        self.limits.add(limit)
        return io.BytesIO.readline(self, *limit)


class Source(object):
    '''What a response needs of a socket.'''

    def __init__(self, data):
        self.file = File(data)
        self.calls = []

    def makefile(self, *args):
        self.calls.append(args)
        return self.file


def iterates(response):
    try:
        iter(response)
    except TypeError:
        return False
    return True
"""

NO_STATUS_LINE = b"no status line\r\n"


@pytest.fixture
def sockets(python):
    """What stands for sockets, in the implementation's interpreter."""
    return python.define(SOCKETS)


def begun(httplib, sockets, reply, *args, **kwargs):
    """A response of that reply, up to the end of its headers."""
    response = httplib.HTTPResponse(sockets.Source(reply), *args, **kwargs)
    response.begin()
    return response


@case("response-by-hand", "response.by-hand")
def test_by_hand(httplib, sockets):
    """A response that is made from what has makefile has status, headers and body."""
    response = begun(httplib, sockets, HELLO_REPLY)
    found = response.status, response.reason, response.version, response.getheader("Content-Length")
    assert (*found, response.read()) == (200, "OK", 11, "5", b"hello")


@case("response-by-hand-makefile", "response.by-hand.makefile")
def test_makefile(httplib, sockets):
    """`makefile` is called once, with a mode and 0 for the buffer."""
    source = sockets.Source(HELLO_REPLY)
    response = httplib.HTTPResponse(source)
    response.begin()
    response.read()
    assert source.calls == [("rb", 0)]


@case("response-by-hand-asks-for-lines-with-a-limit", "response.by-hand.line-limit")
def test_line_limit(httplib, sockets):
    """No line is asked for without a limit."""
    source = sockets.Source(HELLO_REPLY)
    httplib.HTTPResponse(source).begin()
    assert sorted(source.file.limits) == [(65537,)]


@case("response-by-hand-of-nothing", "response.by-hand.needs-makefile")
def test_no_makefile(httplib):
    """What has no makefile raises AttributeError."""
    with pytest.raises(AttributeError):
        httplib.HTTPResponse(None)


@case("response-by-hand-unknown", "response.by-hand.unknown")
def test_unknown(httplib, sockets):
    """Before begin, what is not known yet is the word UNKNOWN."""
    response = httplib.HTTPResponse(sockets.Source(HELLO_REPLY))
    names = "status", "reason", "version", "length", "chunked", "will_close"
    assert (response.msg, [getattr(response, name) for name in names]) == (None, ["UNKNOWN"] * 6)


@case("response-by-hand-is-not-closed", "response.by-hand.unknown")
def test_not_closed(httplib, sockets):
    """Before begin, a response is not closed."""
    assert httplib.HTTPResponse(sockets.Source(HELLO_REPLY)).isclosed() is False


@each_case("name", [("getheader",), ("getheaders",)], "response-by-hand-{name}", "response.by-hand.not-begun")
def test_not_begun(httplib, sockets, name):
    """Before begin, no headers can be had."""
    response = httplib.HTTPResponse(sockets.Source(HELLO_REPLY))
    with pytest.raises(httplib.ResponseNotReady):
        getattr(response, name)(*["X-Name"][: name == "getheader"])


@case("response-by-hand-begin-again", "response.by-hand.begin-again")
def test_begin_again(httplib, sockets):
    """To begin a second time reads nothing."""
    response = begun(httplib, sockets, HELLO_REPLY)
    response.begin()
    found = response.version, response.getheader("Content-Length"), response.read()
    assert found == (11, "5", b"hello")


@case("response-by-hand-arguments-by-position", "response.by-hand.arguments")
def test_by_position(httplib, sockets, python):
    """The second argument is the debug level, the fourth the method, the fifth buffering."""
    response = begun(httplib, sockets, HELLO_REPLY, 1, 0, "HEAD", True)
    assert (response.read(), python.take_printed() != "") == (b"", True)


@case("response-by-hand-arguments-by-keyword", "response.by-hand.arguments")
def test_by_keyword(httplib, sockets, python):
    """The arguments can be given by keyword."""
    source = sockets.Source(HELLO_REPLY)
    response = httplib.HTTPResponse(buffering=True, method="HEAD", strict=1, debuglevel=1, sock=source)
    response.begin()
    assert (response.read(), python.take_printed() != "") == (b"", True)


@case("response-by-hand-to-head", "response.by-hand.method")
def test_head(httplib, sockets):
    """With HEAD as method there is no body, and the headers say what they say."""
    response = begun(httplib, sockets, HELLO_REPLY, method="HEAD")
    assert (response.read(), response.getheader("Content-Length")) == (b"", "5")


@case("response-by-hand-strict", "response.by-hand.strict")
def test_strict(httplib, sockets):
    """With strict, what is no status line raises BadStatusLine."""
    with pytest.raises(httplib.BadStatusLine):
        begun(httplib, sockets, NO_STATUS_LINE, 0, 1)


@case("response-by-hand-not-strict", "response.by-hand.strict")
def test_not_strict(httplib, sockets):
    """Without strict, what is no status line is a body."""
    assert begun(httplib, sockets, NO_STATUS_LINE).read() == NO_STATUS_LINE


@case("response-by-hand-debuglevel", "response.by-hand.debuglevel")
def test_debuglevel(httplib, sockets, python):
    """With a debug level above 0, status line and headers are printed."""
    begun(httplib, sockets, HELLO_REPLY, 1)
    printed = [line.rstrip() for line in python.take_printed().splitlines()]
    assert printed == ["reply: 'HTTP/1.1 200 OK\\r\\n'", "header: Content-Length: 5"]


@case("response-by-hand-close", "response.by-hand.close")
def test_close(httplib, sockets):
    """`close` closes the file of makefile, and a second time does nothing."""
    source = sockets.Source(HELLO_REPLY)
    response = httplib.HTTPResponse(source)
    response.begin()
    before = source.file.closed
    closed = [response.close(), response.close()]
    assert (before, closed, source.file.closed, response.read()) == (False, [None, None], True, b"")


@case("response-by-hand-end", "response.by-hand.end")
def test_end(httplib, sockets):
    """The file of makefile is closed at the end of the body, whatever comes behind it."""
    source = sockets.Source(HELLO_REPLY + b"more")
    response = httplib.HTTPResponse(source)
    response.begin()
    found = response.read(4), source.file.closed, response.read(), source.file.closed
    assert found == (b"hell", False, b"o", True)


@case("response-is-no-file", "response.no-file")
def test_no_file(httplib, python, sockets):
    """A response has read, and nothing else of a file that can be read by lines."""
    response = begun(httplib, sockets, HELLO_REPLY)
    has = python.module("builtins").hasattr
    found = sockets.iterates(response), has(response, "readline"), has(response, "readlines")
    assert found == (False, False, False)


@each_case("over", [("plain",), ("tls",)], "response-by-hand-unused-over-{over}", "response.by-hand.unused")
def test_unused(httplib, replay, python, tmp_path, over):
    """A response that is closed without begin takes nothing from those before and behind it."""
    script = [Accept(), AwaitRequest(), AwaitRequest(), Send(HELLO_REPLY * 2)]
    if over == "tls":
        server = replay(script=script, tls=server_context("valid"))
        context = trusting(python, tmp_path)
        connection = httplib.HTTPSConnection(HOST, server.port, context=context)
    else:
        server = replay(script=script)
        connection = httplib.HTTPConnection(server.host, server.port)
    connection.connect()
    connection.send(b"GET / HTTP/1.1\r\n\r\n" * 2)
    unused, first = httplib.HTTPResponse(connection.sock), httplib.HTTPResponse(connection.sock)
    first.begin()
    bodies = [first.read()]
    unused.close()
    second = httplib.HTTPResponse(connection.sock)
    second.begin()
    assert [*bodies, second.read()] == [b"hello", b"hello"]
