"""The arguments of HTTPSConnection: a client's certificate, timeouts, source addresses, and their order."""

from pathlib import Path

import pytest
from httplib_servers import Accept, AwaitBytes, AwaitRequest, Close, Send, Stall
from httplib_servers.certificates import CLIENT_NAME, server_context
from httplib_servers.unreachable import NeverAccepts, Unavailable

from httplib_conformance.casemark import case, each_case
from httplib_conformance.cases.addresses import can_bind
from httplib_conformance.cases.timeouts import with_short_timeout
from httplib_conformance.cases.tls import (
    HOST,
    client_files,
    get,
    handshake_of,
    refused,
    ssl_of,
    timing_out,
    trusted_by_system,
    trusting,
)
from httplib_conformance.cases.wire import HELLO_REPLY, outcome

# Not every system has more than one loopback address.
SOURCE = "127.0.0.2" if can_bind("127.0.0.2") else "127.0.0.1"
"""Where a client may come from."""

# -- the client's certificate


@case("tls-client-certificate-by-position", "tls.client-certificate", "tls.arguments.order")
def test_client_certificate_by_position(httplib, replay, python, tmp_path):
    """The third and fourth argument are the client's key and certificate, which are presented."""
    server = replay(HELLO_REPLY, tls=server_context("client-certificate"))
    with trusted_by_system(python, tmp_path):
        connection = httplib.HTTPSConnection(HOST, server.port, *client_files(tmp_path))
        assert get(connection) == (200, b"hello")
    assert handshake_of(server).client_certificate == CLIENT_NAME


@case("tls-client-certificate-by-keyword", "tls.client-certificate", "tls.arguments.keywords")
def test_client_certificate_by_keyword(httplib, replay, python, tmp_path):
    """The key in key_file and the certificate in cert_file are presented."""
    server = replay(HELLO_REPLY, tls=server_context("client-certificate"))
    key, certificate = client_files(tmp_path)
    with trusted_by_system(python, tmp_path):
        connection = httplib.HTTPSConnection(HOST, server.port, key_file=key, cert_file=certificate)
        assert get(connection) == (200, b"hello")
    assert handshake_of(server).client_certificate == CLIENT_NAME


@case("tls-client-certificate-of-one-file", "tls.client-certificate.one-file")
def test_client_certificate_of_one_file(httplib, replay, python, tmp_path):
    """A certificate with its key in one file is presented."""
    server = replay(HELLO_REPLY, tls=server_context("client-certificate"))
    key, certificate = (Path(file) for file in client_files(tmp_path))
    certificate.write_bytes(key.read_bytes() + certificate.read_bytes())
    with trusted_by_system(python, tmp_path):
        connection = httplib.HTTPSConnection(HOST, server.port, cert_file=str(certificate))
        assert get(connection) == (200, b"hello")
    assert handshake_of(server).client_certificate == CLIENT_NAME


@case("tls-key-without-a-certificate", "tls.client-certificate.key-alone")
def test_key_alone(httplib, python, tmp_path):
    """A key alone is refused when the connection is created."""
    ssl_of(python)
    key, _ = client_files(tmp_path)
    with pytest.raises(TypeError):
        httplib.HTTPSConnection(HOST, key_file=key)


@case("tls-attributes", "tls.attributes")
def test_attributes(httplib, python, tmp_path):
    """A connection has the names of the files that it was given."""
    ssl_of(python)
    files = client_files(tmp_path)
    connection, other = httplib.HTTPSConnection(HOST, 443, *files), httplib.HTTPSConnection(HOST)
    assert (connection.key_file, connection.cert_file) == files
    assert (other.key_file, other.cert_file) == (None, None)


@case("tls-client-certificate-of-the-context", "tls.context")
def test_client_certificate_of_context(httplib, replay, python, tmp_path):
    """The certificate that was loaded into the context is presented."""
    server = replay(HELLO_REPLY, tls=server_context("client-certificate"))
    context = trusting(python, tmp_path)
    key, certificate = client_files(tmp_path)
    context.load_cert_chain(certificate, key)
    connection = httplib.HTTPSConnection(HOST, server.port, context=context)
    assert get(connection) == (200, b"hello")
    assert handshake_of(server).client_certificate == CLIENT_NAME


@case("tls-client-certificate-missing", "tls.client-certificate.missing")
def test_client_certificate_missing(httplib, replay, python, tmp_path):
    """When the server wants a certificate and the client has none, an error of sockets says so."""
    server = replay(script=[*refused("client-certificate"), Close()])
    context = trusting(python, tmp_path)
    connection = httplib.HTTPSConnection(HOST, server.port, context=context)
    with pytest.raises(python.module("socket").error):
        get(connection)


# -- the other arguments


@case("tls-arguments-by-position", "tls.arguments.order")
def test_arguments_by_position(httplib, replay, python, tmp_path):
    """All arguments of HTTPSConnection can be given by position, in the document's order."""
    server = replay(HELLO_REPLY, tls=server_context("valid"))
    context = trusting(python, tmp_path)
    connection = httplib.HTTPSConnection(HOST, server.port, None, None, True, 5, ("127.0.0.1", 0), context)
    assert get(connection) == (200, b"hello")


@case("tls-arguments-by-keyword", "tls.arguments.keywords")
def test_arguments_by_keyword(httplib, replay, python, tmp_path):
    """All arguments of HTTPSConnection can be given by keyword."""
    server = replay(HELLO_REPLY, tls=server_context("valid"))
    context = trusting(python, tmp_path)
    connection = httplib.HTTPSConnection(
        host=HOST,
        port=server.port,
        key_file=None,
        cert_file=None,
        strict=True,
        timeout=5,
        source_address=("127.0.0.1", 0),
        context=context,
    )
    assert get(connection) == (200, b"hello")


@case("tls-client-certificate-beside-a-context", "tls.client-certificate.beside-a-context")
def test_client_certificate_and_context(httplib, replay, python, tmp_path):
    """The client's certificate is presented although there is a context, which has none."""
    server = replay(HELLO_REPLY, tls=server_context("client-certificate"))
    context = trusting(python, tmp_path)
    connection = httplib.HTTPSConnection(HOST, server.port, *client_files(tmp_path), context=context)
    assert get(connection) == (200, b"hello")
    assert handshake_of(server).client_certificate == CLIENT_NAME


@case("tls-strict-by-position", "tls.arguments.order")
def test_strict_by_position(httplib, replay, python, tmp_path):
    """With a true fifth argument, a reply without a status line raises BadStatusLine."""
    server = replay(b"no status line\r\n\r\n", tls=server_context("valid"))
    with trusted_by_system(python, tmp_path):
        connection = httplib.HTTPSConnection(HOST, server.port, None, None, True)
        connection.request("GET", "/")
    with pytest.raises(httplib.BadStatusLine):
        connection.getresponse()


@each_case("value", [("true",), ("false",), ("default",)], "tls-strict-{value}", "tls.strict")
def test_strict(httplib, replay, python, tmp_path, value):
    """A reply without a status line raises BadStatusLine with strict true, and not otherwise."""
    strict = {"true": {"strict": True}, "false": {"strict": False}, "default": {}}[value]
    server = replay(b"no status line\r\n\r\n", tls=server_context("valid"))
    context = trusting(python, tmp_path)
    connection = httplib.HTTPSConnection(HOST, server.port, context=context, **strict)
    connection.request("GET", "/")
    assert isinstance(outcome(connection.getresponse), httplib.BadStatusLine) is (value == "true")


@case("tls-arguments-of-none", "tls.arguments.none")
def test_arguments_of_none(httplib, replay, python, tmp_path):
    """With None for everything but the host and the port, it is as if nothing had been given."""
    server = replay(HELLO_REPLY, tls=server_context("valid"))
    with trusted_by_system(python, tmp_path):
        connection = httplib.HTTPSConnection(
            HOST, server.port, key_file=None, cert_file=None, strict=None, context=None
        )
        assert (connection.strict, get(connection)) == (0, (200, b"hello"))


@case("tls-port-of-none", "tls.arguments.none")
def test_port_of_none(httplib, python):
    """With None as port, the port is that of the host string, or 443."""
    ssl_of(python)
    found = [httplib.HTTPSConnection(host, None).port for host in ("www.example.org:8443", "www.example.org")]
    assert found == [8443, 443]


@case("tls-timeout-by-position", "tls.arguments.order")
@with_short_timeout
def test_timeout_by_position(httplib, replay, python, tmp_path, soon):
    """The sixth argument is the timeout, which ends the wait for a reply."""
    server = replay(script=[Accept(), AwaitRequest(), Stall()], tls=server_context("valid"))
    with trusted_by_system(python, tmp_path):
        connection = httplib.HTTPSConnection(HOST, server.port, None, None, False, soon)
        connection.request("GET", "/")
    with timing_out(python):
        connection.getresponse()


@case("tls-timeout-while-reading-the-body", "tls.timeout")
@with_short_timeout
def test_timeout_in_body(httplib, replay, python, tmp_path, soon):
    """The timeout ends the wait for the rest of a body."""
    half = b"HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhello"
    server = replay(script=[Accept(), AwaitRequest(), Send(half), Stall()], tls=server_context("valid"))
    context = trusting(python, tmp_path)
    connection = httplib.HTTPSConnection(HOST, server.port, timeout=soon, context=context)
    connection.request("GET", "/")
    response = connection.getresponse()
    with timing_out(python):
        response.read()


@case("tls-timeout-in-the-handshake", "tls.timeout")
@with_short_timeout
def test_timeout_in_handshake(httplib, replay, python, tmp_path, soon):
    """The timeout ends the wait for a server that never shakes hands."""
    server = replay(script=[Accept(), AwaitBytes(1), Stall()])
    context = trusting(python, tmp_path)
    connection = httplib.HTTPSConnection(HOST, server.port, timeout=soon, context=context)
    with timing_out(python):
        connection.connect()


@case("tls-timeout-while-connecting", "tls.timeout")
@with_short_timeout
def test_timeout_while_connecting(httplib, python, tmp_path, soon):
    """The timeout ends the attempt to connect to a server that does not answer."""
    context = trusting(python, tmp_path)
    try:
        with NeverAccepts() as server:
            connection = httplib.HTTPSConnection(server.host, server.port, timeout=soon, context=context)
            with timing_out(python):
                connection.connect()
    except Unavailable as error:  # pragma: no cover (not on Linux)
        pytest.skip(str(error))


@case("tls-source-address-is-used", "tls.source-address")
def test_source_address(httplib, replay, python, tmp_path):
    """The connection comes from the host in source_address."""
    server = replay(HELLO_REPLY, tls=server_context("valid"))
    context = trusting(python, tmp_path)
    connection = httplib.HTTPSConnection(HOST, server.port, source_address=(SOURCE, 0), context=context)
    get(connection)
    assert [client[0] for client in server.finish().clients] == [SOURCE]


@case("tls-source-address-by-position", "tls.arguments.order")
def test_source_address_by_position(httplib, replay, python, tmp_path):
    """The seventh argument is the source address, from which the connection comes."""
    server = replay(HELLO_REPLY, tls=server_context("valid"))
    with trusted_by_system(python, tmp_path):
        connection = httplib.HTTPSConnection(HOST, server.port, None, None, False, 5, (SOURCE, 0))
        get(connection)
    assert [client[0] for client in server.finish().clients] == [SOURCE]
