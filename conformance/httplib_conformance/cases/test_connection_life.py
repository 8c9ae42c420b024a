"""How a connection is opened, closed and opened again."""

import socket

import pytest
from httplib_servers import Accept, AwaitEnd, AwaitRequest, Send

from httplib_conformance.casemark import case
from httplib_conformance.cases.wire import EMPTY_REPLY, HELLO_REPLY, request_line, requests_of


@case("connect-opens-the-connection", "connection.connect")
def test_connect(httplib, replay):
    """`connect` opens the connection at once."""
    server = replay(script=[Accept()])
    connection = httplib.HTTPConnection(server.host, server.port)
    connection.connect()
    assert len(server.finish().clients) == 1


@case("connect-sends-nothing", "connection.connect")
def test_connect_sends_nothing(httplib, replay):
    """`connect` sends the server nothing."""
    server = replay(script=[Accept()])
    connection = httplib.HTTPConnection(server.host, server.port)
    connection.connect()
    assert server.finish().received == (b"",)


@case("connection-of-connect-is-used", "connection.connect.used")
def test_connect_used(httplib, replay):
    """A request after connect goes over the connection that connect opened."""
    server = replay(EMPTY_REPLY)
    connection = httplib.HTTPConnection(server.host, server.port)
    connection.connect()
    connection.request("GET", "/")
    assert connection.getresponse().status == 200


@case("connect-refused", "connection.refused")
def test_connect_refused(httplib, python):
    """`connect` to a port where nobody listens raises the error of sockets."""
    with socket.socket() as deaf:
        deaf.bind(("127.0.0.1", 0))
        connection = httplib.HTTPConnection("127.0.0.1", deaf.getsockname()[1])
        with pytest.raises(python.module("socket").error):
            connection.connect()


@case("request-opens-the-connection", "request.connects")
def test_request_connects(httplib, replay):
    """The first request opens the connection if connect was not called."""
    server = replay(EMPTY_REPLY)
    connection = httplib.HTTPConnection(server.host, server.port)
    connection.request("GET", "/")
    assert len(requests_of(server)) == 1


@case("connection-is-open-until-close", "connection.close")
def test_close(httplib, replay):
    """After close the server sees the end of the connection."""
    server = replay(script=[Accept(), AwaitEnd()])
    connection = httplib.HTTPConnection(server.host, server.port)
    connection.connect()
    connection.close()
    assert server.finish().problem is None


@case("close-after-a-response-ends-the-connection", "connection.close")
def test_close_after_response(httplib, replay):
    """After close the server sees the end of a connection that a response was read from."""
    server = replay(script=[Accept(), AwaitRequest(), Send(HELLO_REPLY), AwaitEnd()])
    connection = httplib.HTTPConnection(server.host, server.port)
    connection.request("GET", "/")
    connection.getresponse().read()
    connection.close()
    assert server.finish().problem is None


@case("connection-stays-open-without-close", "persistence.11.default")
def test_no_close(httplib, replay):
    """Without close the connection is still open after a response of HTTP/1.1 was read."""
    server = replay(EMPTY_REPLY, close=False)
    connection = httplib.HTTPConnection(server.host, server.port)
    connection.request("GET", "/")
    connection.getresponse().read()
    ended = [event.kind for event in server.finish().events if event.kind.endswith("by client")]
    assert ended == []


@case("close-twice", "connection.close.twice")
def test_close_twice(httplib, replay):
    """`close` on a connection that is closed does nothing."""
    server = replay(script=[Accept(), AwaitEnd()])
    connection = httplib.HTTPConnection(server.host, server.port)
    connection.connect()
    connection.close()
    assert connection.close() is None


@case("close-before-connecting", "connection.close.twice")
def test_close_before_connecting(httplib, replay):
    """`close` on a connection that was never opened does nothing."""
    server = replay(EMPTY_REPLY)
    connection = httplib.HTTPConnection(server.host, server.port)
    connection.close()
    connection.request("GET", "/")
    assert connection.getresponse().status == 200


@case("request-after-close-opens-again", "connection.close.reopens", "connection.auto-open")
def test_reopens(httplib, replay):
    """A request after close opens the connection anew."""
    server = replay(
        script=[
            Accept(),
            AwaitRequest(on=0),
            Send(EMPTY_REPLY, on=0),
            AwaitEnd(on=0),
            Accept(),
            AwaitRequest(on=1),
            Send(HELLO_REPLY, on=1),
        ]
    )
    connection = httplib.HTTPConnection(server.host, server.port)
    connection.request("GET", "/first")
    connection.getresponse().read()
    connection.close()
    connection.request("GET", "/second")
    assert connection.getresponse().read() == b"hello"


@case("connect-after-close-opens-again", "connection.close.reopens")
def test_connect_after_close(httplib, replay):
    """`connect` after close opens the connection anew."""
    server = replay(script=[Accept(), AwaitEnd(on=0), Accept()])
    connection = httplib.HTTPConnection(server.host, server.port)
    connection.connect()
    connection.close()
    connection.connect()
    assert len(server.finish().clients) == 2


@case("no-connection-without-auto-open", "exceptions.not-connected.raised", "connection.auto-open")
def test_auto_open(httplib):
    """Where auto_open is false, sending without a connection raises NotConnected."""
    connection = httplib.HTTPConnection("127.0.0.1")
    connection.auto_open = 0
    connection.putrequest("GET", "/")
    with pytest.raises(httplib.NotConnected):
        connection.endheaders()


@case("auto-open-default", "connection.auto-open")
def test_auto_open_default(httplib):
    """The attribute auto_open is true unless it is set."""
    assert bool(httplib.HTTPConnection("127.0.0.1").auto_open) is True


@case("close-forgets-the-request", "connection.close.before-response")
def test_close_forgets_request(httplib, replay):
    """After a request and close there is no response to get."""
    server = replay(script=[Accept(), AwaitRequest()])
    connection = httplib.HTTPConnection(server.host, server.port)
    connection.request("GET", "/")
    connection.close()
    with pytest.raises(httplib.ResponseNotReady):
        connection.getresponse()


@case("close-ends-an-unread-response", "connection.close.ends-response")
def test_close_ends_response(httplib, replay):
    """`close` ends a response that was not read: it then gives nothing."""
    server = replay(HELLO_REPLY)
    connection = httplib.HTTPConnection(server.host, server.port)
    connection.request("GET", "/")
    response = connection.getresponse()
    connection.close()
    assert response.read() == b""


@case("refused-request-sends-nothing", "state.refused-calls-send-nothing")
def test_refused_sends_nothing(httplib, replay):
    """A request that is refused, because another awaits its response, is not sent."""
    server = replay(EMPTY_REPLY, close=False)
    connection = httplib.HTTPConnection(server.host, server.port)
    connection.request("GET", "/first")
    with pytest.raises(httplib.CannotSendRequest):
        connection.request("GET", "/refused")
    connection.getresponse().read()
    lines = [request_line(each) for each in requests_of(server)]
    assert (lines, server.finish().surplus) == (["GET /first HTTP/1.1"], (b"",))


@case("refused-putheader-is-not-sent", "state.refused-calls-send-nothing")
def test_refused_header_is_not_sent(httplib, replay):
    """A header that was refused, because no request had been begun, is not sent with the next one."""
    server = replay(EMPTY_REPLY)
    connection = httplib.HTTPConnection(server.host, server.port)
    with pytest.raises(httplib.CannotSendHeader):
        connection.putheader("X-Refused", "value")
    connection.request("GET", "/")
    connection.getresponse().read()
    (request,) = requests_of(server)
    assert b"X-Refused" not in request.head


@case("refused-call-leaves-the-request", "state.refused-calls-change-nothing")
def test_refused_leaves_request(httplib, replay):
    """After a refused putrequest the request that was begun can be completed."""
    server = replay(EMPTY_REPLY)
    connection = httplib.HTTPConnection(server.host, server.port)
    connection.putrequest("GET", "/first")
    with pytest.raises(httplib.CannotSendRequest):
        connection.putrequest("GET", "/refused")
    connection.putheader("X-Name", "value")
    connection.endheaders()
    assert connection.getresponse().status == 200


@case("close-allows-a-new-request", "state.close-resets")
def test_close_resets(httplib):
    """After close a request can be begun, whatever had been begun before."""
    connection = httplib.HTTPConnection("127.0.0.1")
    connection.putrequest("GET", "/first")
    connection.close()
    connection.putrequest("GET", "/second")
