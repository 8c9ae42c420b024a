"""Tunnels through a proxy."""

import pytest
from httplib27 import BadStatusLine, HTTPSConnection, InvalidURL, LineTooLong, NotConnected, ResponseNotReady

from .loopback import client_context, reply, server_context

OPENED = b"HTTP/1.1 200 Connection established\r\n\r\n"


def through(line, *script, tunnel=("dest",), request=("GET", "/")):
    """Send a request through a tunnel, and return the proxy's end, the connection and the response."""
    server = line.server(*script)
    connection = line.client(server)
    connection.set_tunnel(*tunnel)
    connection.request(*request)
    return server, connection, connection.getresponse()


@pytest.mark.parametrize(
    ("tunnel", "connect", "host"),
    [
        (("dest",), b"dest:80", b"dest"),
        (("dest", 8080), b"dest:8080", b"dest:8080"),
        (("dest:99",), b"dest:99", b"dest:99"),
        (("dest", 80), b"dest:80", b"dest"),
        (("::1", 99), b"::1:99", b"[::1]:99"),
        (("\u1234.example", 80), b"xn--ryd.example:80", b"xn--ryd.example"),
    ],
)
def test_the_proxy_is_asked_for_the_destination(line, tunnel, connect, host):
    """CONNECT names the destination, and so does the Host header of the request behind it."""
    server, connection, response = through(line, OPENED, reply(b"hello"), tunnel=tunnel)
    assert response.read() == b"hello"
    assert server.requests == [
        b"CONNECT " + connect + b" HTTP/1.0\r\n\r\n",
        b"GET / HTTP/1.1\r\nHost: " + host + b"\r\nAccept-Encoding: identity\r\n\r\n",
    ]
    assert (connection.host, connection.port) == (server.host, server.port)


def test_extra_headers_go_to_the_proxy(line):
    """The headers argument is sent with the CONNECT request, and not with others."""
    server, _, _ = through(line, OPENED, reply(), tunnel=("dest", 1, {"A": "b", "C": 5}))
    assert server.requests[0] == b"CONNECT dest:1 HTTP/1.0\r\nA: b\r\nC: 5\r\n\r\n"
    assert b"A: b" not in server.requests[1]


@pytest.mark.parametrize(
    "answer",
    [
        b"HTTP/1.0 200 OK\r\nA: b\r\nC: d\r\n\r\n",
        b"HTTP/1.1 200\r\n\r\n",
        b"HTTP/2 200 OK\r\n" + b"a: b\r\n" * 150 + b"\r\n",
        b"HTTP/1.1 200 OK\r\n \r\n\r\n",
    ],
)
def test_the_proxys_headers_are_skipped(line, answer):
    """An answer of 200 opens the tunnel, whatever its version and its headers."""
    _, _, response = through(line, answer, reply(b"hello"))
    assert response.read() == b"hello"


def test_what_follows_the_answer_comes_from_the_destination(line):
    """An answer to CONNECT has no body: what follows its headers is the destination's."""
    _, _, response = through(line, b"HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\n" + reply(b"first"), b"")
    assert response.read() == b"first"


@pytest.mark.parametrize(
    ("answer", "message"),
    [
        (b"HTTP/1.1 407 Proxy Auth\r\nA: b\r\n\r\n", "Tunnel connection failed: 407 Proxy Auth"),
        (b"HTTP/1.1 201 Made\r\n\r\n", "Tunnel connection failed: 201 Made"),
        (b"HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK\r\n\r\n", "Tunnel connection failed: 100 Continue"),
        (b"junk\r\n\r\n", "Invalid response from tunnel request"),
        (b"HTTP/0.9 200 OK\r\n\r\n", "Invalid response from tunnel request"),
    ],
)
def test_a_refusal_is_an_oserror(line, answer, message):
    """A proxy that answers anything but 200 raises OSError; the connection is closed and usable."""
    server = line.server(answer)
    connection = line.client(server)
    connection.set_tunnel("dest")
    with pytest.raises(OSError, match=message) as caught:
        connection.request("GET", "/")
    assert caught.value.args == (message,)
    assert connection.sock is None
    with pytest.raises(ResponseNotReady):
        connection.getresponse()


@pytest.mark.parametrize(
    ("answer", "error"),
    [
        (b"", BadStatusLine),
        (b"HTTP/1.1 abc\r\n\r\n", BadStatusLine),
        (b"HTTP/1.1 200 " + b"x" * 65536, LineTooLong),
        (b"HTTP/1.1 200 OK\r\nA: " + b"x" * 65536, LineTooLong),
    ],
)
def test_an_answer_that_is_none_is_refused(line, answer, error):
    """What cannot be understood raises its exception, and leaves no socket open."""
    server = line.server(answer)
    connection = line.client(server)
    connection.set_tunnel("dest")
    with pytest.raises(error):
        connection.request("GET", "/")
    assert connection.sock is None
    with pytest.raises(NotConnected):
        connection.getresponse()
    server.close()


def test_strict_applies_to_the_proxy(line):
    """If `strict` is true, an answer without a status line raises BadStatusLine."""
    server = line.server(b"junk\r\n\r\n")
    connection = line.client(server, strict=True)
    connection.set_tunnel("dest")
    with pytest.raises(BadStatusLine):
        connection.connect()
    server.close()


def test_a_tunnel_cannot_be_set_when_connected(line):
    """set_tunnel() must be called before the connection is made."""
    connection, _peer = line.connection()
    with pytest.raises(RuntimeError, match="established connection"):
        connection.set_tunnel("dest")


def test_the_last_tunnel_counts(line):
    """A second set_tunnel() replaces the first one, headers included."""
    server = line.server(OPENED, reply())
    connection = line.client(server)
    connection.set_tunnel("dest", 81, {"A": "b"})
    connection.set_tunnel("other")
    connection.request("GET", "/")
    connection.getresponse()
    assert server.requests[0] == b"CONNECT other:80 HTTP/1.0\r\n\r\n"


@pytest.mark.parametrize("host", ["", "[]"])
def test_a_destination_without_a_host_is_no_tunnel(line, host):
    """With an empty host, requests go to the server itself again."""
    server = line.server(reply())
    connection = line.client(server)
    connection.set_tunnel("dest")
    connection.set_tunnel(host)
    connection.request("GET", "/")
    assert connection.getresponse().status == 200
    assert server.requests[0].startswith(b"GET / HTTP/1.1\r\nHost: 127.0.0.1:")


@pytest.mark.parametrize("arguments", [("dest:",), ("dest:abc",), ("de st",), ("dest\r\nA: b:1",)])
def test_a_destination_that_is_none_is_refused(arguments):
    """InvalidURL is raised for a port that is no number, and for a host that would inject a header."""
    with pytest.raises(InvalidURL):
        HTTPSConnection("proxy").set_tunnel(*arguments)


def test_a_header_for_the_proxy_may_not_break_its_line(line):
    """ValueError is raised for a header that would inject another one, and no connection is left."""
    connection = line.client(line.server(b""))
    connection.set_tunnel("dest", 1, {"A": "b\r\nC: d"})
    with pytest.raises(ValueError, match="Invalid header value"):
        connection.connect()
    assert connection.sock is None


def test_every_connection_opens_its_tunnel(line):
    """After close() the next connection goes through the tunnel again."""
    bodies = []
    connection = None
    for body in (b"one", b"two"):
        server = line.server(OPENED, reply(body))
        if connection is None:
            connection = line.client(server)
            connection.set_tunnel("dest", 81)
        connection.port = server.port
        connection.request("GET", "/")
        bodies.append(connection.getresponse().read())
        connection.close()
        assert server.requests[0] == b"CONNECT dest:81 HTTP/1.0\r\n\r\n"
    assert bodies == [b"one", b"two"]


def test_tls_goes_through_the_tunnel(line):
    """The proxy is asked in the clear, and the destination proves its name."""
    server = line.server(OPENED, server_context(), reply(b"hello"))
    connection = HTTPSConnection(server.host, server.port, timeout=10, context=client_context("localhost"))
    connection.set_tunnel("localhost")
    connection.request("GET", "/")
    assert connection.getresponse().read() == b"hello"
    connection.close()
    assert server.close() is None
    assert server.server_names == ["localhost"]
    assert server.requests[0] == b"CONNECT localhost:443 HTTP/1.0\r\n\r\n"
    assert b"Host: localhost\r\n" in server.requests[1]


def test_the_proxys_side_is_printed_line_by_line(line, capsys):
    """At debug level 1, each line of the CONNECT request is printed as it is sent."""
    server = line.server(OPENED, reply())
    connection = line.client(server)
    connection.set_debuglevel(1)
    connection.set_tunnel("dest")
    connection.putrequest("GET", "/", 1, 1)
    connection.endheaders()
    assert capsys.readouterr().out == (
        "send: 'CONNECT dest:80 HTTP/1.0\\r\\n'\nsend: '\\r\\n'\nsend: 'GET / HTTP/1.1\\r\\n\\r\\n'\n"
    )
