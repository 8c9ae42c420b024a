"""Where a connection comes from, as the server sees it."""

from httplib_conformance.casemark import case
from httplib_conformance.cases.addresses import can_bind, free_port
from httplib_conformance.cases.wire import EMPTY_REPLY


@case("source-host-is-used", "connection.source-address", "connection.arguments.keywords")
def test_host(httplib, replay):
    """The connection comes from the host in source_address."""
    server = replay(EMPTY_REPLY)
    # Not every system has more than one loopback address.
    host = "127.0.0.2" if can_bind("127.0.0.2") else "127.0.0.1"
    connection = httplib.HTTPConnection(server.host, server.port, source_address=(host, 0))
    connection.request("GET", "/")
    connection.getresponse()
    assert [client[0] for client in server.finish().clients] == [host]


@case("source-port-is-used", "connection.source-address", "connection.arguments.keywords")
def test_port(httplib, replay):
    """The connection comes from the port in source_address."""
    server = replay(EMPTY_REPLY)
    source = ("127.0.0.1", free_port())
    connection = httplib.HTTPConnection(server.host, server.port, source_address=source)
    connection.request("GET", "/")
    connection.getresponse()
    assert list(server.finish().clients) == [source]


@case("source-address-by-position", "connection.source-address", "connection.arguments.order")
def test_by_position(httplib, replay):
    """The fifth argument of HTTPConnection is source_address."""
    server = replay(EMPTY_REPLY)
    source = ("127.0.0.1", free_port())
    connection = httplib.HTTPConnection(server.host, server.port, False, 5, source)
    connection.request("GET", "/")
    connection.getresponse()
    assert list(server.finish().clients) == [source]


@case("source-address-not-given", "connection.source-address.default")
def test_default(httplib, replay):
    """Without source_address the system chooses it: two connections at a time come from two ports."""
    servers = [replay(EMPTY_REPLY), replay(EMPTY_REPLY)]
    connections = [httplib.HTTPConnection(server.host, server.port) for server in servers]
    for connection in connections:
        connection.request("GET", "/")
        connection.getresponse()
    ((first,), (second,)) = (server.finish().clients for server in servers)
    assert (first[0], second[0], first[1] == second[1]) == ("127.0.0.1", "127.0.0.1", False)
