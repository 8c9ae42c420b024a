"""HTTPS: certificates, host names, contexts, and reading over TLS."""

import ssl

import pytest
from httplib27 import HTTPResponse, HTTPSConnection
from httplib27.reader import TLSReader

from .loopback import CERTIFICATES, chunked, client_context, reply, server_context

LOCALHOST = str(CERTIFICATES / "localhost.pem")


def test_a_request_goes_over_tls(line):
    """The server is asked for by its name, and the response is read as any other."""
    server = line.server(server_context(), reply(b"hello"))
    connection = line.secure_client(server, context=client_context("localhost"))
    connection.request("GET", "/")
    assert isinstance(connection.sock, ssl.SSLSocket)
    assert connection.getresponse().read() == b"hello"
    connection.close()
    assert server.close() is None
    assert server.server_names == ["localhost"]
    assert server.requests == [
        b"GET / HTTP/1.1\r\nHost: localhost:%d\r\nAccept-Encoding: identity\r\n\r\n" % server.port
    ]


def test_the_default_port_is_443(line):
    """Without a port it is 443, and then the Host header leaves it out."""
    connection = HTTPSConnection("example.com")
    assert (connection.port, HTTPSConnection.default_port) == (443, 443)
    near, peer = line.pair()
    connection.sock = near
    connection.request("GET", "/")
    assert b"Host: example.com\r\n" in peer.received()


def test_the_arguments_stand_in_the_documented_order():
    """host, port, key_file, cert_file, strict, timeout, source_address, context."""
    context = client_context("localhost")
    connection = HTTPSConnection("h", 1, LOCALHOST, LOCALHOST, True, 5, ("127.0.0.1", 0), context)
    assert (connection.host, connection.port, connection.strict, connection.timeout) == ("h", 1, True, 5)
    assert (connection.key_file, connection.cert_file) == (LOCALHOST, LOCALHOST)
    assert connection.source_address == ("127.0.0.1", 0)


def test_a_certificate_that_nobody_trusts_is_refused_by_default(line):
    """All the necessary certificate checks are made by default, and no socket stays open."""
    server = line.server(server_context())
    connection = line.secure_client(server)
    with pytest.raises(ssl.SSLCertVerificationError):
        connection.request("GET", "/")
    assert connection.sock is None
    assert server.close() is not None


def test_a_certificate_for_another_name_is_refused(line):
    """The host name is checked."""
    server = line.server(server_context("other"))
    connection = line.secure_client(server, context=client_context("other"))
    with pytest.raises(ssl.CertificateError, match="mismatch"):
        connection.connect()
    assert connection.sock is None
    server.close()


def test_an_unverified_context_accepts_any_certificate(line):
    """The documented way back to the behaviour without checks."""
    server = line.server(server_context("other"), reply(b"hello"))
    connection = line.secure_client(server, context=ssl._create_unverified_context())
    connection.request("GET", "/")
    assert connection.getresponse().read() == b"hello"


def test_the_default_context_can_be_switched_for_the_whole_program(line, monkeypatch):
    """PEP 476's switch works: the default context is made by the function that it names."""
    monkeypatch.setattr(ssl, "_create_default_https_context", ssl._create_unverified_context)
    server = line.server(server_context("other"), reply(b"hello"))
    connection = line.secure_client(server)
    connection.request("GET", "/")
    assert connection.getresponse().read() == b"hello"


@pytest.mark.parametrize("key", [None, LOCALHOST])
def test_a_certificate_of_the_clients_own_is_shown(line, key):
    """`cert_file` is the client's certificate, and `key_file` its key if that is kept apart."""
    server = line.server(server_context(client_certificate="localhost"), reply(b"hello"))
    connection = line.secure_client(
        server, key_file=key, cert_file=LOCALHOST, context=client_context("localhost")
    )
    connection.request("GET", "/")
    assert connection.getresponse().read() == b"hello"


@pytest.mark.parametrize(
    ("options", "error"),
    [({"cert_file": "/nonexistent"}, FileNotFoundError), ({"key_file": LOCALHOST}, TypeError)],
)
def test_a_certificate_that_cannot_be_loaded_is_noticed_at_once(options, error):
    """A missing file, and a key without a certificate, are refused by the constructor."""
    with pytest.raises(error):
        HTTPSConnection("localhost", 1, **options)


def test_a_server_that_does_not_speak_tls_is_an_error(line):
    """A handshake that fails raises SSLError and leaves no socket open."""
    listener = line.listener()
    connection = line.secure_client(listener, context=client_context("localhost"))

    class Answering:
        """Stands in for the context, so that the answer is there when the handshake begins."""

        def wrap_socket(self, sock, **options):
            listener.accept().send(b"HTTP/1.1 400 Bad Request\r\n\r\n")
            return client_context("localhost").wrap_socket(sock, **options)

    connection._context = Answering()
    with pytest.raises(ssl.SSLError):
        connection.request("GET", "/")
    assert connection.sock is None


def test_responses_follow_one_another_over_tls(line):
    """What one response's reader has received too much belongs to the next response."""
    server = line.server(
        server_context(),
        reply(b"one") + chunked(b"t", b"wo", trailer=b"T: x\r\n") + reply(b"three"),
        b"",
        b"",
    )
    connection = line.secure_client(server, context=client_context("localhost"))
    bodies = []
    for _ in range(3):
        connection.request("GET", "/")
        response = connection.getresponse()
        assert type(response._reader) is TLSReader
        bodies.append(response.read(2) + response.read())
    assert bodies == [b"one", b"two", b"three"]


def test_a_long_body_over_tls(line):
    """A body that needs many records is read whole."""
    body = bytes(range(256)) * 4096
    server = line.server(server_context(), reply(body, b"Connection: close"))
    connection = line.secure_client(server, context=client_context("localhost"))
    connection.request("GET", "/")
    response = connection.getresponse()
    assert connection.sock is None
    assert response.read() == body


def test_a_line_of_many_records_over_tls(line):
    """A header that needs many records is put together."""
    server = line.server(server_context(), reply(b"hi", b"A: " + b"x" * 50000))
    connection = line.secure_client(server, context=client_context("localhost"))
    connection.request("GET", "/")
    response = connection.getresponse()
    assert (len(response.getheader("a")), response.read()) == (50000, b"hi")


def test_a_response_made_by_hand_over_tls(line):
    """HTTPResponse reads from a TLS socket that the program has made itself."""
    server = line.server(server_context(), b"HTTP/1.1 200 OK\r\n\r\nhello")
    connection = line.secure_client(server, context=client_context("localhost"))
    connection.connect()
    with connection.sock as sock:
        sock.sendall(b"GET / HTTP/1.1\r\n\r\n")
        response = HTTPResponse(sock)
        response.begin()
        assert response.read() == b"hello"
