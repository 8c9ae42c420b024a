"""What subclasses and attributes can change: the hooks that programs have used."""

import pytest
from httplib_servers import Accept, AwaitRequest, Close, Send

from httplib_conformance.casemark import case
from httplib_conformance.cases.wire import EMPTY_REPLY, HELLO_REPLY, only_request

RECORDING = """
def connection_class(base):
    '''A connection that takes down how its methods are called.'''

    class Recording(base):
        def __init__(self, *args):
            base.__init__(self, *args)
            self.taken = []

        def took(self, name):
            return [call[1:] for call in self.taken if call[0] == name]

        def putrequest(self, *args, **kwargs):
            self.taken.append(("putrequest", args, sorted(kwargs.items())))
            return base.putrequest(self, *args, **kwargs)

        def putheader(self, *args):
            self.taken.append(("putheader", args))
            return base.putheader(self, *args)

        def endheaders(self, *args, **kwargs):
            self.taken.append(("endheaders", args, sorted(kwargs)))
            return base.endheaders(self, *args, **kwargs)

        def send(self, data):
            self.taken.append(("send", data))
            return base.send(self, data)

        def close(self):
            self.taken.append(("close",))
            return base.close(self)

    return Recording


def short_class(base):
    '''A connection whose putrequest knows nothing of skipping.'''

    class Short(base):
        def putrequest(self, method, url):
            return base.putrequest(self, method, "/short" + url)

    return Short


def elsewhere_class(base, address):
    '''A connection to another address than that of its host.'''
    import socket

    class Elsewhere(base):
        def connect(self):
            self.sock = socket.create_connection(tuple(address))

    return Elsewhere


def response_class(base):
    '''A response that takes down how it was made.'''

    class Recording(base):
        taken = []
        begun = []

        def __init__(self, sock, *args, **kwargs):
            self.taken.append((len([sock]), args, sorted(kwargs.items())))
            base.__init__(self, sock, *args, **kwargs)

        def begin(self):
            self.begun.append(1)
            return base.begin(self)

    return Recording
"""


@pytest.fixture
def hooks(python):
    """The classes, in the implementation's interpreter."""
    return python.define(RECORDING)


def recorded(httplib, hooks, server, *request):
    """A connection that took down how its methods were called for a request and its response."""
    connection = hooks.connection_class(httplib.HTTPConnection)(server.host, server.port)
    connection.request(*request)
    connection.getresponse().read()
    return connection


@case("response-class-of-a-connection", "hooks.response-class")
def test_response_class(httplib, replay, hooks):
    """What getresponse gives is of the class in response_class."""
    server = replay(HELLO_REPLY)
    connection = httplib.HTTPConnection(server.host, server.port)
    connection.response_class = hooks.response_class(httplib.HTTPResponse)
    connection.request("GET", "/")
    response = connection.getresponse()
    assert (response.begun, response.read()) == ([1], b"hello")


@case("response-class-is-of-one-connection", "hooks.response-class")
def test_response_class_of_one(httplib, replay, hooks):
    """The response_class of one connection is not that of another."""
    server = replay(HELLO_REPLY)
    derived = hooks.response_class(httplib.HTTPResponse)
    httplib.HTTPConnection(server.host, server.port).response_class = derived
    connection = httplib.HTTPConnection(server.host, server.port)
    connection.request("GET", "/")
    connection.getresponse()
    assert derived.taken == []


@case("response-class-arguments", "hooks.response-class.arguments")
def test_response_class_arguments(httplib, replay, hooks):
    """The class in response_class is given the socket by position, and strict and method by keyword."""
    server = replay(EMPTY_REPLY)
    connection = httplib.HTTPConnection(server.host, server.port, 1)
    connection.response_class = hooks.response_class(httplib.HTTPResponse)
    connection.request("HEAD", "/")
    connection.getresponse()
    assert connection.response_class.taken == [(1, (), [("method", "HEAD"), ("strict", 1)])]


@case("response-class-debuglevel", "hooks.response-class.arguments")
def test_response_class_debuglevel(httplib, replay, hooks):
    """The class in response_class is given a debug level above 0 as its second argument."""
    server = replay(EMPTY_REPLY)
    connection = httplib.HTTPConnection(server.host, server.port)
    connection.response_class = hooks.response_class(httplib.HTTPResponse)
    connection.request("GET", "/")
    connection.set_debuglevel(3)
    connection.getresponse()
    assert connection.response_class.taken == [(1, (3,), [("method", "GET"), ("strict", 0)])]


@case("response-class-buffering", "hooks.response-class.buffering")
def test_response_class_buffering(httplib, replay, hooks):
    """The class in response_class is given buffering where getresponse is."""
    server = replay(EMPTY_REPLY)
    connection = httplib.HTTPConnection(server.host, server.port)
    connection.response_class = hooks.response_class(httplib.HTTPResponse)
    connection.request("GET", "/")
    connection.getresponse(True)
    taken = [("buffering", True), ("method", "GET"), ("strict", 0)]
    assert connection.response_class.taken == [(1, (), taken)]


@case("response-class-begin", "hooks.response-class.begin")
def test_response_class_begin(httplib, replay, hooks):
    """The begin of a response is called once, though the response is read."""
    server = replay(HELLO_REPLY)
    connection = httplib.HTTPConnection(server.host, server.port)
    connection.response_class = hooks.response_class(httplib.HTTPResponse)
    connection.request("GET", "/")
    response = connection.getresponse()
    response.read(2)
    response.read()
    assert connection.response_class.begun == [1]


@case("connect-of-a-subclass", "hooks.connect")
def test_connect(httplib, replay, hooks):
    """The socket that a subclass's own connect provides is used."""
    server = replay(EMPTY_REPLY)
    elsewhere = hooks.elsewhere_class(httplib.HTTPConnection, [server.host, server.port])
    connection = elsewhere("host.invalid")
    connection.request("GET", "/")
    assert connection.getresponse().status == 200


@case("send-of-a-subclass-with-a-string", "hooks.send")
def test_send(httplib, replay, hooks):
    """Headers and a body that is a string are given to send in one call."""
    server = replay(EMPTY_REPLY)
    connection = recorded(httplib, hooks, server, "PUT", "/", b"hello")
    request = only_request(server)
    assert connection.took("send") == [(request.head + b"hello",)]


@case("send-of-a-subclass-with-another-body", "hooks.send")
def test_send_apart(httplib, replay, hooks, python):
    """Headers, and a body that is no string, are given to send in two calls."""
    server = replay(EMPTY_REPLY)
    body = python.module("array").array("B", [104, 105])
    connection = recorded(httplib, hooks, server, "PUT", "/", body)
    request = only_request(server)
    first, second = connection.took("send")
    assert (first, list(second[0])) == ((request.head,), [104, 105])


@case("putrequest-of-a-subclass", "hooks.putrequest")
def test_putrequest(httplib, replay, hooks):
    """`request` calls putrequest with the method and the url, and nothing else."""
    connection = recorded(httplib, hooks, replay(EMPTY_REPLY), "GET", "/path")
    assert connection.took("putrequest") == [(("GET", "/path"), [])]


@case("putrequest-of-a-subclass-without-skips", "hooks.putrequest.skip")
def test_putrequest_short(httplib, replay, hooks):
    """A putrequest that knows nothing of skipping will do where nothing is skipped."""
    server = replay(EMPTY_REPLY)
    connection = hooks.short_class(httplib.HTTPConnection)(server.host, server.port)
    connection.request("GET", "/path", None, {"X-Name": "value"})
    assert only_request(server).head.startswith(b"GET /short/path HTTP/1.1\r\n")


@case("putrequest-of-a-subclass-with-skips", "hooks.putrequest.skip")
def test_putrequest_skips(httplib, replay, hooks):
    """`request` tells putrequest to skip what is given, by keyword, with a 1."""
    headers = {"HOST": "example.org", "accept-encoding": "gzip"}
    connection = recorded(httplib, hooks, replay(EMPTY_REPLY), "GET", "/", None, headers)
    skips = [("skip_accept_encoding", 1), ("skip_host", 1)]
    assert connection.took("putrequest") == [(("GET", "/"), skips)]


@case("putheader-of-a-subclass", "hooks.putheader")
def test_putheader(httplib, replay, hooks):
    """Each header is given to putheader, values as they were given."""
    server = replay(EMPTY_REPLY)
    connection = recorded(httplib, hooks, server, "PUT", "/", "hello", {"X-Number": 5})
    assert connection.took("putheader") == [
        (("Host", f"{server.host}:{server.port}"),),
        (("Accept-Encoding", "identity"),),
        (("Content-Length", "5"),),
        (("X-Number", 5),),
    ]


@case("endheaders-of-a-subclass", "hooks.endheaders")
def test_endheaders(httplib, replay, hooks):
    """`request` calls endheaders with the body, by position."""
    connection = recorded(httplib, hooks, replay(EMPTY_REPLY), "PUT", "/", "hello")
    assert connection.took("endheaders") == [(("hello",), [])]


@case("endheaders-of-a-subclass-without-a-body", "hooks.endheaders")
def test_endheaders_none(httplib, replay, hooks):
    """`request` calls endheaders with None where there is no body."""
    connection = recorded(httplib, hooks, replay(EMPTY_REPLY), "GET", "/")
    assert connection.took("endheaders") == [((None,), [])]


@case("close-of-a-subclass", "hooks.close")
def test_close(httplib, replay, hooks):
    """`getresponse` calls close where the connection ends with the response."""
    reply = b"HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n"
    server = replay(script=[Accept(), AwaitRequest(), Send(reply), Close()])
    assert recorded(httplib, hooks, server, "GET", "/").took("close") == [()]


@case("close-of-a-subclass-is-not-called", "hooks.close")
def test_no_close(httplib, replay, hooks):
    """`getresponse` does not call close where the connection goes on."""
    assert recorded(httplib, hooks, replay(HELLO_REPLY), "GET", "/").took("close") == []


@case("http-version-as-a-number", "hooks.http-version")
def test_version_number(httplib, replay):
    """With a _http_vsn of 10, no header is automatic but Content-Length."""
    server = replay(EMPTY_REPLY)
    connection = httplib.HTTPConnection(server.host, server.port)
    connection._http_vsn = 10
    connection.request("PUT", "/", "hello")
    assert only_request(server).head == b"PUT / HTTP/1.1\r\nContent-Length: 5\r\n\r\n"


@case("http-version-as-a-string", "hooks.http-version")
def test_version_string(httplib, replay):
    """The _http_vsn_str is what stands in the request line."""
    server = replay(EMPTY_REPLY)
    connection = httplib.HTTPConnection(server.host, server.port)
    connection._http_vsn_str = "HTTP/1.0"
    connection.request("GET", "/")
    assert only_request(server).head.startswith(b"GET / HTTP/1.0\r\nHost: ")
