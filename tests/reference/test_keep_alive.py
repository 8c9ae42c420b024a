"""When a connection is kept, when it is closed, and what that means for its responses."""

import socket

import pytest
from httplib27 import BadStatusLine, HTTPConnection, NotConnected

from .loopback import reply


@pytest.mark.parametrize(
    ("version", "headers", "will_close"),
    [
        ("1.1", [], False),
        ("1.1", ["Connection: close"], True),
        ("1.1", ["Connection: Close"], True),
        ("1.1", ["Connection: upgrade, close"], True),
        ("1.1", ["Connection: keep-alive, close"], True),
        ("1.1", ["Connection: x", "Connection: close"], True),
        ("1.1", ["Connection: disclosed"], True),
        ("1.1", ["Connection: "], False),
        ("1.1", ["Proxy-Connection: close"], False),
        ("1.0", [], True),
        ("1.0", ["Connection: keep-alive"], False),
        ("1.0", ["Connection: Keep-Alive, close"], False),
        ("1.0", ["Keep-Alive: timeout=5"], False),
        ("1.0", ["Keep-Alive: "], True),
        ("1.0", ["Proxy-Connection: Keep-Alive"], False),
        ("1.0", ["Connection: close"], True),
    ],
)
def test_version_and_headers_decide_whether_the_connection_is_kept(line, version, headers, will_close):
    """HTTP/1.1 keeps the connection unless told to close it, and HTTP/1.0 the other way round."""
    start = f"HTTP/{version} 200 OK".encode()
    response, connection = line.fetch(reply(b"hello", *[h.encode() for h in headers], start=start))
    assert response.will_close is will_close
    assert (connection.sock is None) is will_close
    assert response.read() == b"hello"
    assert (connection.sock is None) is will_close


@pytest.mark.parametrize("start", [b"HTTP/1.1 200 OK", b"HTTP/1.0 200 OK\r\nConnection: keep-alive"])
def test_a_body_without_an_end_takes_the_connection_with_it(line, start):
    """Where only the end of the connection ends the body, it is not kept, whatever the headers say."""
    response, connection = line.fetch(start + b"\r\n\r\nhello")
    assert response.will_close
    assert connection.sock is None
    assert response.read() == b"hello"


def test_a_kept_connection_is_used_again(line):
    """A second request goes over the same socket."""
    listener = line.listener()
    connection = line.client(listener)
    for body in (b"one", b"two"):
        connection.request("GET", "/")
        peer = listener.peers[0] if listener.peers else listener.accept()
        peer.send(reply(body))
        assert connection.getresponse().read() == body
    assert len(listener.peers) == 1


def test_a_connection_that_was_closed_is_opened_again(line):
    """After a response that closes the connection, the next request opens another."""
    listener = line.listener()
    connection = line.client(listener)
    responses = []
    for body in (b"one", b"two"):
        connection.request("GET", "/")
        listener.accept().send(reply(body, start=b"HTTP/1.0 200 OK"))
        responses.append(connection.getresponse())
    assert len(listener.peers) == 2
    assert [response.read() for response in responses] == [b"one", b"two"]


def test_a_response_outlives_the_connection_that_it_ends(line):
    """A response after which the server closes can be read when the connection is closed already."""
    response, connection = line.fetch(reply(b"hello", b"Connection: close"))
    connection.close()
    assert not response.isclosed()
    assert response.fileno() >= 0
    assert response.read() == b"hello"


def test_close_ends_the_response_of_a_kept_connection(line):
    """close() closes the response that is still being read; its headers stay."""
    response, connection = line.fetch(reply(b"hello"))
    assert response.read(2) == b"he"
    connection.close()
    assert connection.sock is None
    assert response.isclosed()
    assert response.read() == response.read(1) == b""
    assert response.getheader("content-length") == "5"
    with pytest.raises(AttributeError):
        response.fileno()


def test_closing_a_response_frees_the_connection_and_leaves_the_body(line):
    """A response that is closed unread counts as read, and its body stays on the wire."""
    response, connection = line.fetch(reply(b"hello"))
    response.close()
    response.close()
    connection.request("GET", "/")
    following = connection.getresponse()
    assert (following.version, following.read()) == (9, b"hello")


def test_close_can_be_repeated(line):
    """close() on a closed connection does nothing."""
    connection, _peer = line.connection()
    connection.close()
    connection.close()
    assert connection.sock is None


def test_the_server_sees_the_connection_end(line):
    """close() closes the socket."""
    connection, peer = line.connection()
    connection.request("GET", "/")
    connection.close()
    assert peer.received().startswith(b"GET /")
    assert peer.saw_end()


def test_the_socket_is_closed_with_the_last_of_connection_and_response(line):
    """Reading a response that ends its connection to the end closes the socket."""
    connection, peer = line.connection(reply(b"hello", b"Connection: close"))
    connection.request("GET", "/")
    response = connection.getresponse()
    assert peer.received().startswith(b"GET /")
    response.read()
    assert peer.saw_end()


@pytest.mark.parametrize("call", [("request", "GET", "/"), ("send", b"x")])
def test_without_auto_open_the_caller_connects(line, call):
    """NotConnected is raised for sending without a connection if `auto_open` is false."""
    listener = line.listener()
    connection = line.client(listener)
    connection.auto_open = 0
    name, *arguments = call
    with pytest.raises(NotConnected):
        getattr(connection, name)(*arguments)
    connection.close()
    connection.connect()
    getattr(connection, name)(*arguments)
    assert connection.sock is not None


def unused_port():
    """Return a port at which nobody listens, because it is bound and not listening."""
    sock = socket.socket()
    sock.bind(("127.0.0.1", 0))
    return sock


def test_a_refused_connection_leaves_nothing_open():
    """OSError is raised where the connection is refused; close() makes the object usable again."""
    with unused_port() as sock:
        connection = HTTPConnection(*sock.getsockname())
        with pytest.raises(ConnectionRefusedError):
            connection.request("GET", "/")
        assert connection.sock is None
        with pytest.raises(NotConnected):
            connection.getresponse()
        connection.close()
        with pytest.raises(ConnectionRefusedError):
            connection.request("GET", "/")


def test_after_a_bad_status_line_the_request_is_still_unanswered(line):
    """A response that was refused leaves connection and state; what follows it can be fetched."""
    connection, _peer = line.connection(b"junk\r\n" + reply(b"hi"), strict=True)
    connection.request("GET", "/")
    with pytest.raises(BadStatusLine):
        connection.getresponse()
    assert connection.sock is not None
    assert connection.getresponse().read() == b"hi"


def test_a_server_that_hangs_up_is_told_from_one_that_answers(line):
    """BadStatusLine is raised where a kept connection was closed by the server meanwhile."""
    listener = line.listener()
    connection = line.client(listener)
    connection.request("GET", "/")
    listener.accept().end()
    with pytest.raises(BadStatusLine, match="closed the connection"):
        connection.getresponse()
    connection.close()
    connection.request("GET", "/")
    listener.accept().send(reply(b"hi"))
    assert connection.getresponse().read() == b"hi"


def test_a_reset_is_an_oserror(line):
    """A connection that breaks off raises OSError, and the body that was cut off is incomplete."""
    from httplib27 import IncompleteRead

    listener = line.listener()
    connection = line.client(listener)
    connection.request("GET", "/")
    peer = listener.accept()
    assert peer.received().startswith(b"GET /")
    peer.send(reply(b"", b"Content-Length: 5") + b"he")
    response = connection.getresponse()
    assert response.read(2) == b"he"
    peer.reset()
    with pytest.raises(ConnectionResetError):
        response.read()
    assert (response.length, response.isclosed()) == (3, False)
    with pytest.raises(IncompleteRead):
        response.read()
    assert response.isclosed()


@pytest.mark.parametrize(
    "data",
    [b"", b"HTTP/1.1 200 OK\r\nConte", reply(b"", b"Content-Length: 5") + b"he"],
)
def test_a_timeout_is_an_oserror(line, data):
    """TimeoutError is raised where the server does not go on within the timeout."""
    connection, _peer = line.connection(data, end=False)
    connection.sock.settimeout(0.01)
    connection.request("GET", "/")
    with pytest.raises(TimeoutError):
        connection.getresponse().read()


def test_the_response_class_is_given_what_the_original_gives(line):
    """A class of the program's own gets the socket, the level if there is one, strict and method."""
    made = []

    class Response:
        will_close = False

        def __init__(self, sock, *arguments, **options):
            made.append((arguments, options))

        def begin(self):
            pass

        def isclosed(self):
            return True

        def close(self):
            pass

    connection, _peer = line.connection()
    connection.response_class = Response
    for level, buffering in ((0, False), (2, True)):
        connection.set_debuglevel(level)
        connection.putrequest("HEAD", "/")
        connection.endheaders()
        connection.getresponse(buffering)
    assert made == [
        ((), {"strict": 0, "method": "HEAD"}),
        ((2,), {"strict": 0, "method": "HEAD", "buffering": True}),
    ]


def test_buffering_changes_nothing(line):
    """A response that is asked to buffer takes nothing that comes after it either."""
    connection, _peer = line.connection(reply(b"one"), reply(b"two"))
    for body in (b"one", b"two"):
        connection.request("GET", "/")
        assert connection.getresponse(buffering=True).read() == body
