"""HTTP and HTTPS, the interface of Python 1.5.2."""

import pytest
from httplib_servers import Accept, AwaitEnd
from httplib_servers.certificates import server_context

from httplib_conformance.casemark import case, each_case
from httplib_conformance.cases.legacy import REPLY, ask
from httplib_conformance.cases.tls import (
    HOST,
    client_files,
    handshake_of,
    refused,
    ssl_of,
    trusted_by_system,
    trusting,
)
from httplib_conformance.cases.wire import requests_of

# -- as it is created


@case("http-without-a-host", "legacy.http.no-host")
def test_no_host(httplib):
    """HTTP can be created without a host."""
    assert isinstance(httplib.HTTP(), httplib.HTTP)


@case("http-of-a-host-and-port", "legacy.http.server")
def test_server(httplib, replay):
    """A request goes to the host and port that HTTP was created with."""
    server = replay(REPLY)
    ask(httplib.HTTP(server.host, server.port))
    assert len(requests_of(server)) == 1


@case("http-arguments-by-position", "legacy.http.arguments")
def test_by_position(httplib, replay):
    """HTTP takes host, port and strict by position."""
    server = replay(REPLY)
    assert ask(httplib.HTTP(server.host, server.port, True)).getreply()[0] == 404


@case("http-arguments-by-keyword", "legacy.http.keywords")
def test_by_keyword(httplib, replay):
    """HTTP takes host, port and strict by these keywords."""
    server = replay(REPLY)
    assert ask(httplib.HTTP(strict=True, port=server.port, host=server.host)).getreply()[0] == 404


@case("http-debuglevel", "legacy.http.debuglevel")
def test_debuglevel(httplib):
    """The attribute debuglevel of HTTP is 0."""
    assert httplib.HTTP("www.example.org").debuglevel == 0


# -- connect and close


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


@case("http-connect-by-keyword", "legacy.http.connect.keywords")
def test_connect_by_keyword(httplib, replay):
    """`connect` takes host and port by these keywords."""
    server = replay(script=[Accept()])
    httplib.HTTP().connect(port=server.port, host=server.host)
    assert len(server.finish().clients) == 1


@case("http-connect-without-arguments", "legacy.http.connect.nothing")
def test_connect_nothing(httplib, replay):
    """`connect` without arguments connects to the host and port that HTTP was created with."""
    server = replay(script=[Accept()])
    httplib.HTTP(server.host, server.port).connect()
    assert len(server.finish().clients) == 1


@case("http-close-ends-the-connection", "legacy.http.close")
def test_close(httplib, replay):
    """After close the server sees the end of the connection."""
    server = replay(script=[Accept(), AwaitEnd()])
    legacy = httplib.HTTP(server.host, server.port)
    legacy.connect()
    legacy.close()
    assert server.finish().problem is None


# -- the reply


@case("http-getreply-gives-three", "legacy.http.getreply")
def test_getreply(httplib, replay):
    """What getreply gives is a tuple of three."""
    server = replay(REPLY)
    reply = ask(httplib.HTTP(server.host, server.port)).getreply()
    assert (type(reply), len(reply)) == (tuple, 3)


@case("http-getreply-status", "legacy.http.getreply.status")
def test_status(httplib, replay):
    """The first item of what getreply gives is the status code, as a number or in its digits."""
    server = replay(REPLY)
    assert int(ask(httplib.HTTP(server.host, server.port)).getreply()[0]) == 404


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


@each_case(
    "form",
    [("position",), ("keyword",)],
    "http-getreply-buffering-by-{form}",
    "legacy.http.getreply.buffering",
)
def test_buffering(httplib, replay, form):
    """`getreply` takes buffering, and gives the same with it."""
    server = replay(REPLY)
    legacy = ask(httplib.HTTP(server.host, server.port))
    reply = legacy.getreply(True) if form == "position" else legacy.getreply(buffering=True)
    assert (reply[1], legacy.getfile().read()) == ("Not Here", b"sorry")


@case("http-getfile-has-the-body", "legacy.http.getfile")
def test_getfile(httplib, replay):
    """What getfile gives after getreply is a file from which the body is read."""
    server = replay(REPLY)
    legacy = ask(httplib.HTTP(server.host, server.port))
    legacy.getreply()
    assert legacy.getfile().read() == b"sorry"


# -- over TLS


@case("https-is-derived-from-http", "legacy.https.subclass")
def test_https_subclass(httplib, python):
    """HTTPS is derived from HTTP."""
    ssl_of(python)
    assert isinstance(httplib.HTTPS("www.example.org"), httplib.HTTP)


@case("https-without-a-host", "legacy.https.no-host")
def test_https_no_host(httplib, python):
    """HTTPS can be created without a host."""
    ssl_of(python)
    assert isinstance(httplib.HTTPS(), httplib.HTTPS)


@case("https-speaks-tls", "legacy.https")
def test_https(httplib, replay, python, tmp_path):
    """HTTPS does over TLS what HTTP does without."""
    server = replay(REPLY, tls=server_context("valid"))
    with trusted_by_system(python, tmp_path):
        legacy = ask(httplib.HTTPS(HOST, server.port))
        assert int(legacy.getreply()[0]) == 404
    assert legacy.getfile().read() == b"sorry"
    assert handshake_of(server).protocol is not None


@case("https-arguments-by-position", "legacy.https.arguments", "legacy.https.context")
def test_https_by_position(httplib, replay, python, tmp_path):
    """HTTPS takes host, port, key_file, cert_file, strict and context by position, in this order."""
    server = replay(REPLY, tls=server_context("valid"))
    context = trusting(python, tmp_path)
    legacy = httplib.HTTPS(HOST, server.port, *client_files(tmp_path), True, context)
    assert int(ask(legacy).getreply()[0]) == 404


@case("https-arguments-by-keyword", "legacy.https.keywords", "legacy.https.context")
def test_https_by_keyword(httplib, replay, python, tmp_path):
    """HTTPS takes host, port, key_file, cert_file, strict and context by these keywords."""
    server = replay(REPLY, tls=server_context("valid"))
    context = trusting(python, tmp_path)
    key, certificate = client_files(tmp_path)
    legacy = httplib.HTTPS(
        context=context,
        strict=True,
        cert_file=certificate,
        key_file=key,
        port=server.port,
        host=HOST,
    )
    assert int(ask(legacy).getreply()[0]) == 404


@case("https-context-is-looked-at", "legacy.https.context")
def test_https_context(httplib, replay, python, tmp_path):
    """A context that trusts nobody has HTTPS refuse a server that would be trusted without it."""
    module = ssl_of(python)
    context = module.SSLContext(module.PROTOCOL_TLS)
    context.verify_mode = module.CERT_REQUIRED
    server = replay(script=refused("valid"))
    with trusted_by_system(python, tmp_path), pytest.raises(module.SSLError):
        ask(httplib.HTTPS(HOST, server.port, context=context))
