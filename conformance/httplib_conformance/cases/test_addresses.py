"""Where a connection leads, when that is a name or an IPv6 address."""

import socket

import pytest
from httplib_servers import Action, ReplayServer, replies
from httplib_servers.scenarios import proxy

from httplib_conformance.case_servers import Servers
from httplib_conformance.casemark import case, each_case
from httplib_conformance.cases.tls import HOST, get
from httplib_conformance.cases.wire import EMPTY_REPLY, HELLO_REPLY, only_request, values_of

IPV6_FORMS = {
    "brackets": lambda httplib, port: httplib.HTTPConnection(f"[::1]:{port}"),
    "bare": lambda httplib, port: httplib.HTTPConnection("::1", port),
}
"""Ways to give an IPv6 address."""


def on_ipv6(replay: Servers, script: list[Action]) -> ReplayServer:
    """A server at the IPv6 loopback address, if this machine has one."""
    try:
        return replay(script=script, host="::1")
    except OSError as error:  # pragma: no cover (a machine without IPv6)
        pytest.skip(f"this machine has no address ::1: {error.strerror}")


@case("host-name-is-looked-up", "connection.host.name")
def test_name(httplib, replay):
    """The host may be a name: localhost is this machine."""
    server = replay(HELLO_REPLY)
    connection = httplib.HTTPConnection(HOST, server.port)
    assert get(connection) == (200, b"hello")


@each_case(
    "form", [(form,) for form in IPV6_FORMS], "ipv6-connection-{form}", "connection.host.ipv6.connects"
)
def test_connects(httplib, replay, form):
    """The connection is made to the IPv6 address."""
    server = on_ipv6(replay, replies(HELLO_REPLY))
    assert get(IPV6_FORMS[form](httplib, server.port)) == (200, b"hello")


@each_case(
    "form", [(form,) for form in IPV6_FORMS], "ipv6-host-header-{form}", "connection.host.ipv6.host-header"
)
def test_host_header(httplib, replay, form):
    """The Host header has the IPv6 address in brackets, whether it was given in them or not."""
    server = on_ipv6(replay, replies(EMPTY_REPLY))
    get(IPV6_FORMS[form](httplib, server.port))
    assert values_of(only_request(server), "Host") == [f"[::1]:{server.port}"]


@case("ipv6-source-address", "connection.source-address", "connection.host.ipv6.connects")
def test_source(httplib, replay):
    """The connection to an IPv6 address comes from the IPv6 address and the port in source_address."""
    server = on_ipv6(replay, replies(HELLO_REPLY))
    with socket.socket(socket.AF_INET6) as probe:
        probe.bind(("::1", 0))
        source = probe.getsockname()[:2]
    connection = httplib.HTTPConnection("::1", server.port, source_address=source)
    assert get(connection) == (200, b"hello")
    assert list(server.finish().clients) == [source]


@case("ipv6-proxy", "tunnel.connects-to-proxy", "connection.host.ipv6.connects")
def test_proxy(httplib, replay):
    """The proxy of a tunnel may have an IPv6 address."""
    server = on_ipv6(replay, proxy("grants"))
    connection = httplib.HTTPConnection("::1", server.port)
    connection.set_tunnel("dest.example", 8080)
    assert get(connection) == (200, b"hello")
