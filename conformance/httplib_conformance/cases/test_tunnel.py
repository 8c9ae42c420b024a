"""Tunnels, as far as bytes alone cannot tell: TLS inside of them, time, resets, and what is left open."""

import pytest
from httplib_servers import Accept, AwaitEnd, AwaitRequest, Close, Reset, Send, Stall, StartTLS
from httplib_servers.certificates import server_context
from httplib_servers.scenarios import HELLO, PROXY_REPLIES, proxy

from httplib_conformance.casemark import case, each_case
from httplib_conformance.cases.timeouts import with_short_timeout
from httplib_conformance.cases.tls import (
    HOST,
    SERVER_SECONDS,
    get,
    handshake_of,
    refusals,
    timing_out,
    trusting,
)
from httplib_conformance.cases.wire import MAPPING, request_line, requests_of, values_of

DICTIONARY = """
class Headers(dict):
    def put(self, name, value):
        self[name] = value
"""
"""Headers that stay in the implementation's interpreter, for `python.define`."""

DESTINATION = "www.wild.example"
"""The end of a tunnel that the wildcard certificate is for. Nobody looks its address up."""

REFUSALS = ["refuses-403", "refuses-407", "refuses-502"]
"""Replies of a proxy that mean no."""

GRANTS = {
    "grants": "grants",
    "grants-with-headers": "grants-with-headers",
    "grants-in-http-10": "grants-in-http-1.0",
}
"""Replies of a proxy that mean yes."""

OTHERS = {"proxy": "valid", "other-host": "wrong-host"}
"""Kinds of certificates that are not for the tunnel's end."""

NO_MATCHES = {"two-labels": "a.b.wild.example", "no-label": "wild.example"}
"""Names that the wildcard certificate is not for."""


# -- to a plain destination


@each_case("reply", [(reply,) for reply in GRANTS], "tunnel-{reply}-byte-by-byte", "tunnel.request-through")
def test_reply_in_pieces(httplib, replay, reply):
    """The proxy's reply may come byte by byte."""
    server = replay(script=proxy(GRANTS[reply], in_pieces=True))
    connection = httplib.HTTPConnection(server.host, server.port)
    connection.set_tunnel("dest.example", 8080)
    assert get(connection) == (200, b"hello")


@case("tunnel-reply-ends-with-its-headers", "tunnel.reply-nothing-beyond")
def test_nothing_beyond(httplib, replay):
    """What comes directly behind the reply's headers is the destination's, and left for it."""
    reply = PROXY_REPLIES["grants-with-headers"] + b"220 hi"
    server = replay(script=[Accept(), AwaitRequest(), Send(reply), Close()])
    connection = httplib.HTTPConnection(server.host, server.port)
    connection.set_tunnel("dest.example", 25)
    connection.connect()
    assert connection.sock.recv(100) == b"220 hi"


@each_case("reply", [(reply,) for reply in REFUSALS], "tunnel-{reply}", "tunnel.refused")
def test_refused(httplib, replay, python, reply):
    """A refusal raises an error of sockets, and ends the connection to the proxy."""
    server = replay(script=[*proxy(reply)[:-1], AwaitEnd()])
    connection = httplib.HTTPConnection(server.host, server.port)
    connection.set_tunnel("dest.example", 8080)
    with pytest.raises(python.module("socket").error) as caught:
        connection.connect()
    assert reply.removeprefix("refuses-") in str(caught.value)
    ended = server.wait(SERVER_SECONDS)
    assert ended, "the connection to the proxy is still open"


@each_case(
    "reply",
    [("closes",), ("closes-in-status-line",)],
    "tunnel-proxy-{reply}",
    "tunnel.no-reply",
)
def test_no_reply(httplib, replay, reply):
    """A proxy that closes the connection before its status line is there raises BadStatusLine."""
    server = replay(script=proxy(reply))
    connection = httplib.HTTPConnection(server.host, server.port)
    connection.set_tunnel("dest.example", 8080)
    with pytest.raises(httplib.BadStatusLine):
        connection.connect()


@case("tunnel-proxy-resets", "tunnel.reset")
def test_reset(httplib, replay, python):
    """A proxy that resets the connection raises an error of sockets."""
    server = replay(script=[Accept(), AwaitRequest(), Reset()])
    connection = httplib.HTTPConnection(server.host, server.port)
    connection.set_tunnel("dest.example", 8080)
    with pytest.raises(python.module("socket").error):
        connection.connect()


@each_case(
    "part",
    [("before-reply",), ("in-status-line",), ("in-headers",)],
    "tunnel-proxy-stalls-{part}",
    "connection.timeout.connect",
)
@with_short_timeout
def test_timeout(httplib, replay, python, part, soon):
    """The timeout ends the wait for a proxy that does not finish its reply."""
    sent = {"before-reply": b"", "in-status-line": b"HTTP/1.1 2", "in-headers": b"HTTP/1.1 200 OK\r\nVia:"}
    server = replay(script=[Accept(), AwaitRequest(), Send(sent[part]), Stall()])
    connection = httplib.HTTPConnection(server.host, server.port, timeout=soon)
    connection.set_tunnel("dest.example", 8080)
    with pytest.raises(python.module("socket").timeout):
        connection.connect()


@case("tunnel-is-asked-for-again", "tunnel.again")
def test_again(httplib, replay):
    """A connection that was closed asks for its tunnel again when it is opened again."""
    grant = PROXY_REPLIES["grants"]
    second = [Accept(), AwaitRequest(on=1), Send(grant, on=1), AwaitRequest(on=1), Send(HELLO, on=1)]
    server = replay(script=[*proxy("grants"), *second])
    connection = httplib.HTTPConnection(server.host, server.port)
    connection.set_tunnel("dest.example", 8080)
    get(connection)
    connection.close()
    assert get(connection) == (200, b"hello")
    lines = [request_line(request).split()[0] for request in requests_of(server)]
    assert lines == ["CONNECT", "GET", "CONNECT", "GET"]


@case("tunnel-after-close", "tunnel.again")
def test_after_close(httplib, replay):
    """A connection that was closed can be given a tunnel."""
    grant = PROXY_REPLIES["grants"]
    script = [Accept(), AwaitEnd(), Accept(), AwaitRequest(on=1), Send(grant, on=1)]
    server = replay(script=script)
    connection = httplib.HTTPConnection(server.host, server.port)
    connection.connect()
    connection.close()
    connection.set_tunnel("dest.example", 8080)
    connection.connect()
    (request,) = requests_of(server)
    assert request_line(request).startswith("CONNECT dest.example:8080 ")


# -- to a destination with TLS


@case("tunnel-to-tls", "tunnel.https", "tunnel.connect-request", "tunnel.connects-to-proxy")
def test_tls(httplib, replay, python, tmp_path):
    """CONNECT goes to the proxy in plain text; TLS starts when the tunnel is granted, and holds inside."""
    server = replay(script=proxy("grants", tls=server_context("wildcard")))
    context = trusting(python, tmp_path)
    connection = httplib.HTTPSConnection(server.host, server.port, context=context)
    connection.set_tunnel(DESTINATION, 8443)
    assert get(connection) == (200, b"hello")
    connect, inside = requests_of(server)
    assert request_line(connect).startswith(f"CONNECT {DESTINATION}:8443 ")
    assert request_line(inside) == "GET / HTTP/1.1"


@case("tunnel-to-tls-several-requests", "tunnel.https", "tunnel.request-through")
def test_tls_several_requests(httplib, replay, python, tmp_path):
    """Several requests, one after the other, go through one tunnel with TLS."""
    server = replay(script=proxy("grants", then=(HELLO, HELLO), tls=server_context("wildcard")))
    context = trusting(python, tmp_path)
    connection = httplib.HTTPSConnection(server.host, server.port, context=context)
    connection.set_tunnel(DESTINATION, 443)
    assert [get(connection), get(connection)] == [(200, b"hello"), (200, b"hello")]


@case("tunnel-to-tls-in-pieces", "tunnel.https")
def test_tls_in_pieces(httplib, replay, python, tmp_path):
    """TLS starts behind the last byte of the proxy's reply, though that comes byte by byte."""
    script = proxy("grants-with-headers", in_pieces=True, tls=server_context("wildcard"))
    server = replay(script=script)
    context = trusting(python, tmp_path)
    connection = httplib.HTTPSConnection(server.host, server.port, context=context)
    connection.set_tunnel(DESTINATION, 443)
    assert get(connection) == (200, b"hello")


@each_case(
    "name",
    [(name,) for name in OTHERS],
    "tunnel-to-tls-of-{name}",
    "tunnel.https",
    "tls.verifies-host-name",
)
def test_tls_of_another(httplib, replay, python, tmp_path, name):
    """The certificate has to be for the tunnel's end; one for the proxy's own name does not do."""
    tls = StartTLS(server_context(OTHERS[name]), may_fail=True)
    server = replay(script=[*proxy("grants", then=()), tls])
    context = trusting(python, tmp_path)
    connection = httplib.HTTPSConnection(HOST, server.port, timeout=5, context=context)
    connection.set_tunnel(DESTINATION, 443)
    with pytest.raises(refusals(python)):
        connection.connect()


@each_case(
    "name",
    [(name,) for name in NO_MATCHES],
    "tunnel-to-tls-wildcard-is-for-one-label-not-{name}",
    "tls.verifies-host-name",
)
def test_wildcard(httplib, replay, python, tmp_path, name):
    """The wildcard in a certificate stands for exactly one label of a host name (RFC 6125, 6.4.3)."""
    tls = StartTLS(server_context("wildcard"), may_fail=True)
    server = replay(script=[*proxy("grants", then=()), tls])
    context = trusting(python, tmp_path)
    connection = httplib.HTTPSConnection(server.host, server.port, timeout=5, context=context)
    connection.set_tunnel(NO_MATCHES[name], 443)
    with pytest.raises(refusals(python)):
        connection.connect()


@case("tunnel-to-tls-server-name", "tls.server-name", "tunnel.https")
def test_tls_server_name(httplib, replay, python, tmp_path):
    """The server name that is asked for is that of the tunnel's end."""
    server = replay(script=proxy("grants", tls=server_context("wildcard")))
    context = trusting(python, tmp_path)
    connection = httplib.HTTPSConnection(HOST, server.port, context=context)
    connection.set_tunnel(DESTINATION, 443)
    get(connection)
    assert handshake_of(server).server_name == DESTINATION


@case("tunnel-to-tls-host-header", "tunnel.host-header", "tunnel.https")
def test_tls_host_header(httplib, replay, python, tmp_path):
    """The Host header inside of the tunnel names its end."""
    server = replay(script=proxy("grants", tls=server_context("wildcard")))
    context = trusting(python, tmp_path)
    connection = httplib.HTTPSConnection(server.host, server.port, context=context)
    connection.set_tunnel(DESTINATION, 8443)
    get(connection)
    _, inside = requests_of(server)
    assert values_of(inside, "Host") == [f"{DESTINATION}:8443"]


@case("tunnel-to-tls-default-port", "tunnel.default-port")
def test_tls_default_port(httplib, replay, python, tmp_path):
    """Without a port, the tunnel of an HTTPSConnection leads to port 443."""
    server = replay(script=proxy("grants", tls=server_context("wildcard")))
    context = trusting(python, tmp_path)
    connection = httplib.HTTPSConnection(server.host, server.port, context=context)
    connection.set_tunnel(DESTINATION)
    get(connection)
    assert request_line(requests_of(server)[0]).split()[1] == f"{DESTINATION}:443"


@case("tunnel-to-tls-headers", "tunnel.headers", "tunnel.headers.only-there", "tunnel.https")
def test_tls_headers(httplib, replay, python, tmp_path):
    """The tunnel's headers go to the proxy, and not inside of TLS."""
    server = replay(script=proxy("grants", tls=server_context("wildcard")))
    context = trusting(python, tmp_path)
    connection = httplib.HTTPSConnection(server.host, server.port, context=context)
    connection.set_tunnel(DESTINATION, 443, {"Proxy-Authorization": "Basic Zm9vOmJhcg=="})
    get(connection)
    sent = [values_of(request, "Proxy-Authorization") for request in requests_of(server)]
    assert sent == [["Basic Zm9vOmJhcg=="], []]


@each_case("reply", [(reply,) for reply in REFUSALS], "tunnel-to-tls-{reply}", "tunnel.refused")
def test_tls_refused(httplib, replay, python, tmp_path, reply):
    """When the proxy refuses, an error of sockets is raised, and TLS is not started."""
    server = replay(script=proxy(reply))
    context = trusting(python, tmp_path)
    connection = httplib.HTTPSConnection(server.host, server.port, context=context)
    connection.set_tunnel(DESTINATION, 443)
    with pytest.raises(python.module("socket").error) as caught:
        connection.connect()
    assert reply.removeprefix("refuses-") in str(caught.value)
    assert server.finish().surplus == (b"",)


@case("tunnel-to-tls-closed-after-the-grant", "tls.handshake.broken")
def test_tls_closed(httplib, replay, python, tmp_path):
    """A tunnel that ends before the handshake is over raises an error of sockets."""
    server = replay(script=[*proxy("grants", then=()), Close()])
    context = trusting(python, tmp_path)
    connection = httplib.HTTPSConnection(server.host, server.port, context=context)
    connection.set_tunnel(DESTINATION, 443)
    with pytest.raises(python.module("socket").error):
        connection.connect()


@case("tunnel-to-tls-stalls-in-the-handshake", "tls.timeout")
@with_short_timeout
def test_tls_timeout(httplib, replay, python, tmp_path, soon):
    """The timeout ends the wait for a destination that never shakes hands."""
    server = replay(script=[*proxy("grants", then=()), Stall()])
    context = trusting(python, tmp_path)
    connection = httplib.HTTPSConnection(server.host, server.port, timeout=soon, context=context)
    connection.set_tunnel(DESTINATION, 443)
    with timing_out(python):
        connection.connect()


# -- arguments


@each_case(
    "rest",
    [("port-of-none",), ("port-and-headers-of-none",), ("none-by-keyword",)],
    "tunnel-with-{rest}",
    "tunnel.arguments.none",
)
def test_none(httplib, replay, rest):
    """The CONNECT request is the same with None as with nothing."""
    args, kwargs = {
        "port-of-none": ([None], {}),
        "port-and-headers-of-none": ([None, None], {}),
        "none-by-keyword": ([], {"port": None, "headers": None}),
    }[rest]
    heads = []
    for given in (([], {}), (args, kwargs)):
        server = replay(script=[Accept(), AwaitRequest(), Send(PROXY_REPLIES["grants"])])
        connection = httplib.HTTPConnection(server.host, server.port)
        connection.set_tunnel("dest.example", *given[0], **given[1])
        connection.connect()
        heads.append(requests_of(server)[0].head)
    assert heads[0] == heads[1]


@case("tunnel-with-no-headers-in-the-mapping", "tunnel.headers.empty")
def test_empty_headers(httplib, replay):
    """The CONNECT request is the same with an empty mapping of headers as with none."""
    heads = []
    for headers in ({}, None):
        server = replay(script=[Accept(), AwaitRequest(), Send(PROXY_REPLIES["grants"])])
        connection = httplib.HTTPConnection(server.host, server.port)
        connection.set_tunnel("dest.example", 8080, headers)
        connection.connect()
        heads.append(requests_of(server)[0].head)
    assert heads[0] == heads[1]


@case("tunnel-headers-may-be-any-mapping", "tunnel.headers.mapping")
def test_headers_of_a_mapping(httplib, replay, python):
    """The headers for the CONNECT request may be a mapping that is no dictionary."""
    server = replay(script=proxy("grants"))
    connection = httplib.HTTPConnection(server.host, server.port)
    connection.set_tunnel("dest.example", 8080, python.define(MAPPING).Headers([("X-Proxy", "one")]))
    connection.request("GET", "/")
    assert values_of(requests_of(server)[0], "X-Proxy") == ["one"]


@case("tunnel-headers-are-those-of-connecting", "tunnel.headers.when")
def test_headers_when(httplib, replay, python):
    """The CONNECT request has the headers that are in the mapping when the connection is made."""
    server = replay(script=proxy("grants"))
    headers = python.define(DICTIONARY).Headers({"X-First": "one"})
    connection = httplib.HTTPConnection(server.host, server.port)
    connection.set_tunnel("dest.example", 8080, headers)
    headers.put("X-Later", "two")
    connection.request("GET", "/")
    assert values_of(requests_of(server)[0], "X-Later") == ["two"]
