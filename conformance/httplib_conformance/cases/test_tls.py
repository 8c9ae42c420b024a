"""HTTPSConnection: exchanges over TLS, certificates, host names and contexts."""

from itertools import accumulate, pairwise

import pytest
from httplib_servers import Accept, AwaitRequest, ReplayServer, Send
from httplib_servers.certificates import server_context

from httplib_conformance.casemark import case, each_case
from httplib_conformance.cases.addresses import assert_asks_for, can_bind, own_loopback_address
from httplib_conformance.cases.tls import (
    HOST,
    get,
    handshake_of,
    refusals,
    refused,
    ssl_of,
    trusted_by_system,
    trusting,
)
from httplib_conformance.cases.wire import EMPTY_REPLY, HELLO_REPLY, only_request, values_of

NOT_FOUND = b"HTTP/1.1 404 Not Found\r\nContent-Length: 4\r\n\r\ngone"

UNTRUSTED = ["expired", "not-yet-valid", "self-signed", "unknown-authority", "missing-intermediate"]
"""Kinds of certificates that cannot be trusted."""

FOREIGN = ["wrong-host", "wildcard", "ip-address"]
"""Kinds of certificates that can be trusted, but are not for localhost."""


# -- exchanges


@case("tls-exchange", "tls.handshake", "tls.exchange")
def test_exchange(httplib, replay, python, tmp_path):
    """Over TLS, a request is sent and its response is read as without."""
    server = replay(HELLO_REPLY, tls=server_context("valid"))
    context = trusting(python, tmp_path)
    connection = httplib.HTTPSConnection(HOST, server.port, context=context)
    assert get(connection) == (200, b"hello")


@case("tls-session-of-the-get-example", "tls.exchange")
def test_get_example(httplib, replay, python, tmp_path):
    """The document's first example works: two requests, one after the other, and close."""
    server = replay(HELLO_REPLY, NOT_FOUND, tls=server_context("valid"))
    context = trusting(python, tmp_path)
    connection = httplib.HTTPSConnection(HOST, server.port, context=context)
    connection.request("GET", "/")
    first = connection.getresponse()
    assert (first.status, first.reason, first.read()) == (200, "OK", b"hello")
    connection.request("GET", "/")
    second = connection.getresponse()
    assert (second.status, second.reason, second.read()) == (404, "Not Found", b"gone")
    connection.close()


@case("tls-session-of-the-head-example", "tls.exchange")
def test_head_example(httplib, replay, python, tmp_path):
    """The document's second example works: a HEAD request, whose response has no data."""
    reply = b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n"
    server = replay(reply, tls=server_context("valid"))
    context = trusting(python, tmp_path)
    connection = httplib.HTTPSConnection(HOST, server.port, context=context)
    connection.request("HEAD", "/")
    response = connection.getresponse()
    assert (response.status, response.reason, response.read()) == (200, "OK", b"")


@case("tls-large-bodies", "tls.exchange")
def test_large_bodies(httplib, replay, python, tmp_path):
    """Bodies of many records of TLS go whole in both directions."""
    body = bytes(range(256)) * 400
    reply = b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n" % len(body) + body
    server = replay(reply, tls=server_context("valid"))
    context = trusting(python, tmp_path)
    connection = httplib.HTTPSConnection(HOST, server.port, context=context)
    connection.request("POST", "/", body)
    assert connection.getresponse().read() == body
    assert only_request(server).body == body


@case("tls-body-in-parts", "tls.exchange")
def test_body_in_parts(httplib, replay, python, tmp_path):
    """A chunked body whose every byte comes in a record of its own can be read in parts."""
    reply = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n7\r\n, world\r\n0\r\n\r\n"
    script = [Accept(), AwaitRequest(), Send(reply, cuts=tuple(range(1, len(reply))))]
    server = replay(script=script, tls=server_context("valid"))
    context = trusting(python, tmp_path)
    connection = httplib.HTTPSConnection(HOST, server.port, context=context)
    connection.request("GET", "/")
    response = connection.getresponse()
    parts = [response.read(4), response.read(4), response.read()]
    places = [0, *accumulate(map(len, parts))]
    assert parts == [b"hello, world"[start:end] for start, end in pairwise(places)]
    assert places[-1] == len(b"hello, world")


@case("tls-host-header", "request.automatic.host.value")
def test_host_header(httplib, replay, python, tmp_path):
    """The Host header names the host and its port, which is not the default one."""
    server = replay(EMPTY_REPLY, tls=server_context("valid"))
    context = trusting(python, tmp_path)
    connection = httplib.HTTPSConnection(HOST, server.port, context=context)
    get(connection)
    assert values_of(only_request(server), "Host") == [f"{HOST}:{server.port}"]


@case("tls-host-is-required", "tls.host-required")
def test_host_is_required(httplib, python):
    """There is no HTTPSConnection without a host."""
    ssl_of(python)
    with pytest.raises(TypeError):
        httplib.HTTPSConnection()


@case("tls-port-443-is-the-default", "tls.default-port")
def test_default_port(httplib, python):
    """Without a port the connection is made to port 443."""
    host = own_loopback_address()
    context = ssl_of(python)._create_unverified_context()
    connection = httplib.HTTPSConnection(host, timeout=5, context=context)
    if host == "127.0.0.1" or not can_bind(host, 443):  # pragma: no cover (a user who may not listen there)
        assert_asks_for(python, connection, host, 443)
        return
    with ReplayServer([Accept()], host=host, port=443, tls=server_context("valid")) as server:
        connection.connect()
        assert server.finish().problem is None


@case("tls-default-port-attribute", "tls.attributes.default-port")
def test_default_port_attribute(httplib, python):
    """HTTPSConnection has the class attribute default_port, which is the port without one."""
    ssl_of(python)
    assert httplib.HTTPSConnection.default_port == 443
    assert httplib.HTTPSConnection("www.example.org").port == 443


# -- what is refused, and what is not


@case("tls-default-context-accepts-a-valid-certificate", "tls.system-trust")
def test_system_trust(httplib, replay, python, tmp_path):
    """Without a context, a server that an authority of the system's vouches for is accepted."""
    server = replay(HELLO_REPLY, tls=server_context("valid"))
    with trusted_by_system(python, tmp_path):
        connection = httplib.HTTPSConnection(HOST, server.port)
        assert get(connection) == (200, b"hello")


@each_case(
    "variant",
    [(variant,) for variant in UNTRUSTED],
    "tls-default-context-refuses-{variant}",
    "tls.verifies-certificate",
)
def test_untrusted(httplib, replay, python, tmp_path, variant):
    """Without a context, a server whose certificate cannot be trusted is refused."""
    server = replay(script=refused(variant))
    with trusted_by_system(python, tmp_path):
        connection = httplib.HTTPSConnection(HOST, server.port, timeout=5)
        with pytest.raises(refusals(python)):
            connection.connect()
    assert server.finish().received == (b"",)


@each_case(
    "variant",
    [(variant,) for variant in FOREIGN],
    "tls-default-context-refuses-{variant}",
    "tls.verifies-host-name",
)
def test_foreign(httplib, replay, python, tmp_path, variant):
    """Without a context, a server whose certificate is trusted but for another host is refused."""
    server = replay(script=refused(variant))
    with trusted_by_system(python, tmp_path):
        connection = httplib.HTTPSConnection(HOST, server.port, timeout=5)
        with pytest.raises(refusals(python)):
            connection.connect()
    assert server.finish().received == (b"",)


@each_case(
    "variant",
    [(variant,) for variant in [*UNTRUSTED, *FOREIGN]],
    "tls-unverified-context-accepts-{variant}",
    "tls.unverified-context",
)
def test_unverified(httplib, replay, python, variant):
    """With ssl._create_unverified_context() as context, any certificate is accepted."""
    server = replay(HELLO_REPLY, tls=server_context(variant))
    context = ssl_of(python)._create_unverified_context()
    connection = httplib.HTTPSConnection(HOST, server.port, context=context)
    assert get(connection) == (200, b"hello")


@each_case(
    "variant",
    [(variant,) for variant in ["wrong-host", "unknown-authority"]],
    "tls-given-context-refuses-{variant}",
    "tls.context",
)
def test_context_verifies(httplib, replay, python, tmp_path, variant):
    """A context that verifies does so when it is given, too."""
    server = replay(script=refused(variant))
    context = trusting(python, tmp_path)
    connection = httplib.HTTPSConnection(HOST, server.port, timeout=5, context=context)
    with pytest.raises(refusals(python)):
        connection.connect()
    assert server.finish().received == (b"",)


@case("tls-context-decides-on-the-host-name", "tls.context")
def test_context_without_host_name(httplib, replay, python, tmp_path):
    """With a context that does not check host names, a trusted certificate for another host is accepted."""
    server = replay(HELLO_REPLY, tls=server_context("wrong-host"))
    context = trusting(python, tmp_path)
    context.check_hostname = False
    connection = httplib.HTTPSConnection(HOST, server.port, context=context)
    assert get(connection) == (200, b"hello")


@case("tls-context-decides-on-the-protocol", "tls.context")
def test_context_without_protocol(httplib, replay, python, tmp_path):
    """With a context that excludes the only protocol that the server has, the server is refused."""
    server = replay(script=refused("tls-1.2-only"))
    context = trusting(python, tmp_path)
    context.options = context.options | ssl_of(python).OP_NO_TLSv1_2
    connection = httplib.HTTPSConnection(HOST, server.port, timeout=5, context=context)
    with pytest.raises(ssl_of(python).SSLError):
        connection.connect()


@case("tls-1-2-is-spoken", "tls.handshake")
def test_tls_1_2(httplib, replay, python, tmp_path):
    """A server that knows nothing newer than TLS 1.2 is talked to."""
    server = replay(HELLO_REPLY, tls=server_context("tls-1.2-only"))
    context = trusting(python, tmp_path)
    connection = httplib.HTTPSConnection(HOST, server.port, context=context)
    assert get(connection) == (200, b"hello")
    assert handshake_of(server).protocol == "TLSv1.2"


@case("tls-default-context-can-be-switched", "tls.default-context.switch")
def test_switch(httplib, replay, python):
    """The context that is used without one is made by ssl._create_default_https_context."""
    server = replay(HELLO_REPLY, tls=server_context("self-signed"))
    module = ssl_of(python)
    before = module._create_default_https_context
    module._create_default_https_context = module._create_unverified_context
    try:
        connection = httplib.HTTPSConnection(HOST, server.port)
        assert get(connection) == (200, b"hello")
    finally:
        module._create_default_https_context = before


@case("tls-server-name-is-sent", "tls.server-name")
def test_server_name(httplib, replay, python, tmp_path):
    """The client says which host it wants, so that a server of several can choose its certificate."""
    server = replay(HELLO_REPLY, tls=server_context("valid"))
    context = trusting(python, tmp_path)
    connection = httplib.HTTPSConnection(HOST, server.port, context=context)
    get(connection)
    assert handshake_of(server).server_name == HOST
