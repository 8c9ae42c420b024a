"""HTTP and HTTPS, the interface of Python 1.5.2."""

from httplib_servers import Accept
from httplib_servers.certificates import server_context

from httplib_conformance.casemark import case
from httplib_conformance.cases.tls import HOST, handshake_of, trusted_by_system
from httplib_conformance.cases.wire import requests_of

REPLY = b"HTTP/1.0 404 Not Here\r\nX-Name: value\r\nContent-Length: 5\r\n\r\nsorry"
"""A reply whose reason is not the name of its code."""


def ask(legacy):
    """Send a request in the way of 1.5.2."""
    legacy.putrequest("GET", "/")
    legacy.endheaders()
    return legacy


@case("http-without-a-host", "legacy.http.no-host")
def test_no_host(httplib):
    """HTTP can be created without a host."""
    assert isinstance(httplib.HTTP(), httplib.HTTP)


@case("http-connect-opens-the-connection", "legacy.http.connect")
def test_connect(httplib, replay):
    """`connect` opens a connection to the host and port that it is given."""
    server = replay(script=[Accept()])
    legacy = httplib.HTTP()
    legacy.connect(server.host, server.port)
    assert len(server.finish().clients) == 1


@case("http-connect-then-request", "legacy.http.connect")
def test_connect_used(httplib, replay):
    """A request after `connect` goes to the host and port that it was given."""
    server = replay(REPLY)
    legacy = httplib.HTTP()
    legacy.connect(server.host, server.port)
    ask(legacy)
    assert len(requests_of(server)) == 1


@case("http-getreply-gives-three", "legacy.http.getreply")
def test_getreply(httplib, replay):
    """What getreply gives is a tuple of three."""
    server = replay(REPLY)
    reply = ask(httplib.HTTP(server.host, server.port)).getreply()
    assert (type(reply), len(reply)) == (tuple, 3)


@case("http-getreply-status", "legacy.http.getreply.status")
def test_status(httplib, replay):
    """The first item of what getreply gives is the status code, an integer."""
    server = replay(REPLY)
    assert ask(httplib.HTTP(server.host, server.port)).getreply()[0] == 404


@case("http-getreply-reason", "legacy.http.getreply.reason")
def test_reason(httplib, replay):
    """The second item of what getreply gives is the reason that the server sent."""
    server = replay(REPLY)
    assert ask(httplib.HTTP(server.host, server.port)).getreply()[1] == "Not Here"


@case("http-getreply-headers", "legacy.http.getreply.headers")
def test_headers(httplib, replay):
    """The third item of what getreply gives has the headers, to be found by name."""
    server = replay(REPLY)
    headers = ask(httplib.HTTP(server.host, server.port)).getreply()[2]
    assert [headers.getheader("X-NAME"), headers["content-length"]] == ["value", "5"]


@case("http-getfile-has-the-body", "legacy.http.getfile")
def test_getfile(httplib, replay):
    """What getfile gives after getreply is a file from which the body is read."""
    server = replay(REPLY)
    legacy = ask(httplib.HTTP(server.host, server.port))
    legacy.getreply()
    assert legacy.getfile().read() == b"sorry"


@case("https-speaks-tls", "legacy.https")
def test_https(httplib, replay, python, tmp_path):
    """HTTPS does over TLS what HTTP does without."""
    server = replay(REPLY, tls=server_context("valid"))
    with trusted_by_system(python, tmp_path):
        legacy = ask(httplib.HTTPS(HOST, server.port))
        assert legacy.getreply()[0] == 404
    assert legacy.getfile().read() == b"sorry"
    assert handshake_of(server).protocol is not None
