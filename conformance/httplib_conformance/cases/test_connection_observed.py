"""What the original's connections were seen to do: their sockets, and how they open, end and are outlived."""

import pytest
from httplib_servers import Accept, AwaitBytes, AwaitEnd, AwaitRequest, Close, HalfClose, Send

from httplib_conformance.casemark import case, each_case
from httplib_conformance.cases.tls import get
from httplib_conformance.cases.wire import EMPTY_REPLY, HELLO_REPLY, only_request, requests_of

LAST_REPLY = b"HTTP/1.1 200 OK\r\nConnection: close\r\n\r\nhello"
"""A response with which the connection ends."""

OUTLIVING = """
import gc


def read_alone(make, host, port):
    connection = make(host, port)
    connection.request("GET", "/")
    response, sock = connection.getresponse(), connection.sock
    connection = None
    gc.collect()
    read = response.read()
    sock.close()
    return read
"""

RECEIVING = """
import socket


class Socket(socket.socket):
    def recv(self, size):
        return socket.socket.recv(self, size)
"""
"""A class of sockets, for `python.define`."""


# -- the socket


@case("sock-that-is-given-is-used", "connection.sock.given")
def test_sock_given(httplib, replay, python):
    """A request goes over the socket that was put into the attribute sock."""
    server = replay(EMPTY_REPLY)
    connection = httplib.HTTPConnection("host.invalid")
    connection.sock = python.module("socket").create_connection((server.host, server.port))
    connection.request("GET", "/")
    assert connection.getresponse().status == 200


@case("sock-with-a-recv-of-its-own-is-used", "connection.sock.own-recv")
def test_sock_with_recv(httplib, replay, python):
    """A response is read from a socket of a class that has a recv of its own, with one argument."""
    server = replay(HELLO_REPLY)
    connection = httplib.HTTPConnection("host.invalid")
    connection.sock = python.define(RECEIVING).Socket()
    connection.sock.connect((server.host, server.port))
    assert get(connection) == (200, b"hello")


@each_case("seconds", [("none",), ("seven",)], "sock-has-a-timeout-of-{seconds}", "connection.sock.timeout")
def test_sock_timeout(httplib, replay, seconds):
    """The socket has the timeout of the connection."""
    given = {"none": None, "seven": 7}[seconds]
    server = replay(script=[Accept()])
    connection = httplib.HTTPConnection(server.host, server.port, timeout=given)
    connection.connect()
    assert connection.sock.gettimeout() == given


@case("sock-after-close", "connection.sock.after-close")
def test_sock_after_close(httplib, replay):
    """The attribute sock is None after close, and was not before."""
    server = replay(script=[Accept()])
    connection = httplib.HTTPConnection(server.host, server.port)
    connection.connect()
    before = connection.sock is not None
    connection.close()
    assert (before, connection.sock) == (True, None)


@case("sock-of-the-last-response", "connection.sock.handed-over")
def test_sock_handed_over(httplib, replay):
    """The attribute sock is None as soon as a response is fetched with which the connection ends."""
    server = replay(LAST_REPLY, close=True)
    connection = httplib.HTTPConnection(server.host, server.port)
    connection.request("GET", "/")
    response = connection.getresponse()
    assert (connection.sock, response.read()) == (None, b"hello")


@case("sock-of-another-response", "connection.sock.handed-over")
def test_sock_kept(httplib, replay):
    """The attribute sock stays when the connection does not end with a response."""
    server = replay(HELLO_REPLY)
    connection = httplib.HTTPConnection(server.host, server.port)
    connection.request("GET", "/")
    connection.getresponse().read()
    assert connection.sock is not None


# -- opening


@case("connect-again", "connection.connect.again")
def test_connect_again(httplib, replay):
    """`connect` on an open connection opens another, over which the next request goes."""
    server = replay(script=[Accept(), Accept(), AwaitRequest(on=1), Send(HELLO_REPLY, on=1)])
    connection = httplib.HTTPConnection(server.host, server.port)
    connection.connect()
    first = connection.sock
    connection.connect()
    connection.request("GET", "/")
    assert connection.getresponse().read() == b"hello"
    first.close()


@case("auto-open-of-a-class", "connection.auto-open.class")
def test_auto_open_class(httplib, python):
    """The auto_open of a derived class holds for its connections, and for no others."""
    derived = python.define(
        "def derive(base): return type(base)('Derived', (base,), {'auto_open': 0})"
    ).derive(httplib.HTTPConnection)
    with pytest.raises(httplib.NotConnected):
        derived("127.0.0.1").request("GET", "/")
    assert bool(httplib.HTTPConnection("127.0.0.1").auto_open) is True


@case("auto-open-of-one-connection", "connection.auto-open.class")
def test_auto_open_instance(httplib):
    """The auto_open of one connection is not that of another."""
    httplib.HTTPConnection("127.0.0.1").auto_open = 0
    assert bool(httplib.HTTPConnection("127.0.0.1").auto_open) is True


@case("no-request-without-auto-open", "connection.auto-open.refused")
def test_no_request(httplib, replay):
    """Without auto_open, a request raises NotConnected and opens nothing."""
    server = replay(script=[])
    connection = httplib.HTTPConnection(server.host, server.port)
    connection.auto_open = 0
    with pytest.raises(httplib.NotConnected):
        connection.request("GET", "/")
    assert server.finish().problem is None


@case("no-second-request-without-auto-open", "connection.auto-open.refused")
def test_no_second_request(httplib, replay):
    """Without auto_open, connect opens the connection, and nothing opens it again once it has ended."""
    server = replay(LAST_REPLY, close=True)
    connection = httplib.HTTPConnection(server.host, server.port)
    connection.auto_open = 0
    connection.connect()
    connection.request("GET", "/")
    connection.getresponse().read()
    with pytest.raises(httplib.NotConnected):
        connection.request("GET", "/")
    assert len(requests_of(server)) == 1


@case("not-connected-has-no-arguments", "exceptions.not-connected.raised")
def test_not_connected(httplib):
    """NotConnected is raised by send, whatever is to be sent, and says nothing."""
    connection = httplib.HTTPConnection("127.0.0.1")
    connection.auto_open = 0
    with pytest.raises(httplib.NotConnected) as caught:
        connection.send(b"")
    assert caught.value.args == ()


# -- ending


@case("response-outlives-its-connection", "connection.outlived")
def test_outlived(httplib, replay, python):
    """A response is read though the program has let go of its connection."""
    server = replay(HELLO_REPLY)
    alone = python.define(OUTLIVING)
    assert alone.read_alone(httplib.HTTPConnection, server.host, server.port) == b"hello"


@case("close-while-a-response-is-read", "connection.close.partly-read")
def test_close_partly_read(httplib, replay):
    """`close` ends a response that was read in part, and leaves what its head said."""
    server = replay(script=[Accept(), AwaitRequest(), Send(HELLO_REPLY), AwaitEnd()])
    connection = httplib.HTTPConnection(server.host, server.port)
    connection.request("GET", "/")
    response = connection.getresponse()
    begun = response.read(2)
    connection.close()
    assert server.finish().problem is None
    found = begun, response.read(), response.read(1), response.isclosed(), response.status
    assert (*found, response.getheader("Content-Length")) == (b"he", b"", b"", True, 200, "5")


@case("close-leaves-the-last-response", "connection.close.will-close")
def test_close_will_close(httplib, replay):
    """`close` leaves a response with which the connection ends to be read."""
    server = replay(script=[Accept(), AwaitRequest(), Send(LAST_REPLY), Close()])
    connection = httplib.HTTPConnection(server.host, server.port)
    connection.request("GET", "/")
    response = connection.getresponse()
    begun = response.read(2)
    connection.close()
    assert (begun, response.read(), response.isclosed()) == (b"he", b"llo", True)


@case("close-leaves-the-request", "connection.close.before-response")
def test_close_leaves_request(httplib, replay):
    """What was sent before close has reached the server."""
    server = replay(script=[Accept(), AwaitRequest(), AwaitEnd()])
    connection = httplib.HTTPConnection(server.host, server.port)
    connection.request("POST", "/", "hello")
    connection.close()
    assert only_request(server).body == b"hello"


# -- servers that end their side


@case("request-after-the-server-ended", "persistence.closed-by-server")
def test_closed_by_server(httplib, replay):
    """A request over a connection that the server has ended gets BadStatusLine, and no other connection."""
    server = replay(
        script=[Accept(), AwaitRequest(), Send(HELLO_REPLY), HalfClose(), AwaitRequest(), AwaitEnd()]
    )
    connection = httplib.HTTPConnection(server.host, server.port)
    connection.request("GET", "/first")
    connection.getresponse().read()
    connection.request("GET", "/second")
    with pytest.raises(httplib.BadStatusLine):
        connection.getresponse()
    connection.close()
    assert len(requests_of(server)) == 2


@case("body-after-the-server-ended", "persistence.half-closed")
def test_half_closed(httplib, replay):
    """What is sent to a server that has ended its own stream still reaches it."""
    head = b"PUT / HTTP/1.1\r\n\r\n"
    server = replay(script=[Accept(), AwaitBytes(len(head)), HalfClose(), AwaitBytes(5), AwaitEnd()])
    connection = httplib.HTTPConnection(server.host, server.port)
    connection.putrequest("PUT", "/", True, True)
    connection.endheaders()
    connection.send(b"hello")
    with pytest.raises(httplib.BadStatusLine):
        connection.getresponse()
    connection.close()
    assert server.finish().received == (head + b"hello",)


@case("response-of-a-server-that-ended", "persistence.half-closed")
def test_half_closed_reply(httplib, replay):
    """A reply behind which the server ended its stream is whole, and keeps the connection for the client."""
    server = replay(script=[Accept(), AwaitRequest(), Send(HELLO_REPLY), HalfClose(), AwaitEnd()])
    connection = httplib.HTTPConnection(server.host, server.port)
    connection.request("GET", "/")
    found = connection.getresponse().read(), connection.sock is not None
    connection.close()
    assert (found, server.finish().problem) == ((b"hello", True), None)
