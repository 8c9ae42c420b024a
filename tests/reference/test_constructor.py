"""What HTTPConnection makes of its arguments, and the Host header that follows from them."""

import socket

import pytest
from httplib27 import HTTPConnection, InvalidURL

from .loopback import reply


@pytest.mark.parametrize(
    ("arguments", "host", "port"),
    [
        (("www.cwi.nl",), "www.cwi.nl", 80),
        (("www.cwi.nl:80",), "www.cwi.nl", 80),
        (("www.cwi.nl", 80), "www.cwi.nl", 80),
        (("h:8080",), "h", 8080),
        (("h", 8080), "h", 8080),
        (("h", "8080"), "h", "8080"),
        (("h:80", 90), "h:80", 90),
        (("h", 0), "h", 0),
        (("[::1]",), "::1", 80),
        (("[::1]:8080",), "::1", 8080),
        (("::1", 8080), "::1", 8080),
        (("[::1]", 80), "[::1]", 80),
        (("h:1:2",), "h:1", 2),
        (("",), "", 80),
    ],
)
def test_host_and_port_are_found(arguments, host, port):
    """The port is the argument, or stands behind the host's colon, or is the default one."""
    connection = HTTPConnection(*arguments)
    assert (connection.host, connection.port) == (host, port)


@pytest.mark.parametrize("arguments", [("h:",), ("h:abc",), ("[::1]:",), ("h:8_0",), ("h", ""), ("h", "abc")])
def test_a_port_that_is_no_number_is_refused(arguments):
    """InvalidURL is raised if a port is given and is either non-numeric or empty."""
    with pytest.raises(InvalidURL, match="nonnumeric port"):
        HTTPConnection(*arguments)


@pytest.mark.parametrize("host", ["a b", "h\r\n", "h\x00", "h\x7f", "h\xe9", "h\r\nX: y:80"])
def test_a_host_with_a_control_character_is_refused(host):
    """InvalidURL is raised for a host that would break out of the Host header."""
    with pytest.raises(InvalidURL, match="control characters"):
        HTTPConnection(host)


def test_a_new_connection_is_not_connected():
    """The constructor opens nothing, and its optional arguments have their documented defaults."""
    connection = HTTPConnection("h")
    assert connection.sock is None
    assert (connection.strict, connection.debuglevel, connection.source_address) == (0, 0, None)
    assert (connection.default_port, bool(connection.auto_open)) == (80, True)


@pytest.mark.parametrize(("strict", "kept"), [(True, True), (False, False), (None, 0)])
def test_strict_is_kept_where_it_is_given(strict, kept):
    """`strict` is an attribute, and the class's own where it is not given."""
    assert HTTPConnection("h", strict=strict).strict == kept


def test_the_timeout_applies_to_the_socket(line):
    """A timeout is given to the socket, in seconds; None is for ever."""
    listener = line.listener()
    for timeout in (3.5, None):
        connection = line.client(listener, timeout=timeout)
        connection.connect()
        assert connection.timeout == timeout
        assert connection.sock.gettimeout() == timeout


def test_without_a_timeout_the_global_default_applies(line):
    """If no timeout is given, the global default timeout setting is used."""
    listener = line.listener()
    connection = HTTPConnection(listener.host, listener.port)
    before = socket.getdefaulttimeout()
    socket.setdefaulttimeout(7)
    try:
        connection.connect()
    finally:
        socket.setdefaulttimeout(before)
    with connection.sock as sock:
        assert sock.gettimeout() == 7


def test_the_source_address_is_where_the_connection_comes_from(line):
    """`source_address` is the (host, port) that the connection is made from."""
    listener = line.listener()
    connection = line.client(listener, source_address=("127.0.0.2", 0))
    connection.connect()
    assert connection.sock.getsockname()[0] == "127.0.0.2"


def test_a_port_in_digits_connects(line):
    """A port given as a string of digits is good for connecting, and stands in the Host header."""
    listener = line.listener()
    connection = line.client(listener)
    connection.port = str(listener.port)
    connection.request("GET", "/")
    assert b"Host: 127.0.0.1:%d\r\n" % listener.port in listener.accept().received()


@pytest.mark.parametrize(
    ("arguments", "host"),
    [
        (("h",), b"h"),
        (("h", 80), b"h"),
        (("h:8080",), b"h:8080"),
        (("h", 443), b"h:443"),
        (("[::1]",), b"[::1]"),
        (("::1", 8080), b"[::1]:8080"),
        (("\u1234.example",), b"xn--ryd.example"),
    ],
)
def test_the_host_header_names_host_and_port(line, arguments, host):
    """The Host header leaves out the default port, brackets IPv6, and encodes other scripts."""
    near, peer = line.pair()
    connection = HTTPConnection(*arguments)
    connection.sock = near
    connection.request("GET", "/")
    assert peer.received().split(b"\r\n")[1] == b"Host: " + host


@pytest.mark.parametrize(
    ("url", "host"),
    [
        ("http://other:99/x", b"other:99"),
        ("http://other/x", b"other"),
        ("https://other:443/x", b"other:443"),
        ("http://u:p@other/x", b"u:p@other"),
        ("HTTP://other/x", b"example.com"),
        ("//other/x", b"example.com"),
        ("http:///x", b"example.com"),
        ("*", b"example.com"),
    ],
)
def test_an_absolute_url_names_the_host(line, url, host):
    """Where the URL is absolute, as for a proxy, the Host header names its authority."""
    assert line.sent(("request", "GET", url)).split(b"\r\n")[:2] == [
        b"GET " + url.encode() + b" HTTP/1.1",
        b"Host: " + host,
    ]


def test_half_a_bracket_in_the_authority_is_refused(line):
    """ValueError is raised for an absolute URL with one square bracket and not the other."""
    connection, _peer = line.connection()
    with pytest.raises(ValueError, match="Invalid IPv6 URL"):
        connection.request("GET", "http://[::1/")


def test_an_address_of_version_6_is_connected_to(line):
    """An IPv6 address connects."""
    try:
        listener = line.listener(socket.AF_INET6, "::1")
    except OSError:  # pragma: no cover - a machine without IPv6
        pytest.skip("this machine has no IPv6 loopback")
    connection = HTTPConnection(f"[::1]:{listener.port}", timeout=10)
    connection.request("GET", "/")
    peer = listener.accept()
    peer.send(reply(b"six"))
    response = connection.getresponse()
    assert response.read() == b"six"
    connection.close()
