"""The forms in which an HTTPConnection is created: host, port, and its other arguments."""

import select
import socket

import pytest
from httplib_servers import Accept, AwaitRequest, Send

from httplib_conformance.casemark import case, each_case
from httplib_conformance.cases.addresses import assert_asks_for, can_bind, own_loopback_address
from httplib_conformance.cases.tls import get
from httplib_conformance.cases.wire import EMPTY_REPLY, HELLO_REPLY, outcome

NO_STATUS_LINE = b"no status line\r\n\r\n"

PORT_80 = {
    "host-alone": ("{host}",),
    "port-in-host": ("{host}:80",),
    "port-argument": ("{host}", 80),
    "port-and-timeout": ("{host}", 80, {"timeout": 10}),
    "port-of-none": ("{host}", None),
}
"""Arguments that all mean port 80, in the forms of the document's example and in one more."""

FALSE = {"false": False, "zero": 0, "none": None, "empty": ""}
"""What is false."""

NO_NUMBERS = {
    "word": "http",
    "digits-then-letters": "80x",
    "letters-then-digits": "x80",
}
"""What stands where a port should, and is no number."""

OTHER_NUMBERS = {"fraction": "80.5", "hexadecimal": "0x50"}
"""What stands where a port should, and is a number that no port can have, or not in this form."""

IPV6_HOSTS = {"with-port": ("[::1]:8080", "::1", 8080), "without-port": ("[::1]", "::1", 80)}
"""What is given, and the host and port that it means."""


def create(httplib, form, host):
    """A connection, created in one of the forms of `PORT_80`."""
    args = [each.format(host=host) if isinstance(each, str) else each for each in PORT_80[form]]
    kwargs = args.pop() if isinstance(args[-1], dict) else {}
    return httplib.HTTPConnection(*args, **kwargs)


def assert_port_80(httplib, python, form):
    """A connection that was created in that form is made to port 80."""
    host = own_loopback_address()
    connection = create(httplib, form, host)
    if host == "127.0.0.1" or not can_bind(host, 80):  # pragma: no cover (a user who may not listen there)
        assert_asks_for(python, connection, host, 80)
        return
    with socket.create_server((host, 80)) as listening:
        connection.connect()
        assert select.select([listening], [], [], 1)[0] == [listening]


@each_case(
    "form", [(form,) for form in list(PORT_80)[:4]], "port-80-by-{form}", "connection.port.equivalent-forms"
)
def test_port_80(httplib, python, form):
    """The form leads to port 80 of the host."""
    assert_port_80(httplib, python, form)


@case("port-is-80-by-default", "connection.port.default")
def test_default_port(httplib, python):
    """Without a port, neither as an argument nor in the host string, the port is 80."""
    assert_port_80(httplib, python, "host-alone")


@each_case(
    "form", [(form,) for form in PORT_80], "host-and-port-80-by-{form}", "connection.attributes.host-port"
)
def test_host_and_port_attributes(httplib, form):
    """The connection has the host and port 80 as its attributes."""
    connection = create(httplib, form, "www.cwi.nl")
    assert (connection.host, connection.port) == ("www.cwi.nl", 80)


@case("port-in-host-string-is-connected-to", "connection.port.from-host", "connection.host")
def test_port_in_host(httplib, replay):
    """Without a port argument the port is that of the host string."""
    server = replay(EMPTY_REPLY)
    connection = httplib.HTTPConnection(f"{server.host}:{server.port}")
    connection.request("GET", "/")
    assert connection.getresponse().status == 200


@case("port-argument-is-connected-to", "connection.port.argument", "connection.host")
def test_port_argument(httplib, replay):
    """The connection is made to the port that is given as the second argument."""
    server = replay(EMPTY_REPLY)
    connection = httplib.HTTPConnection(server.host, server.port)
    connection.request("GET", "/")
    assert connection.getresponse().status == 200


@each_case("form", [("alone",), ("with-port",)], "host-{form}-is-connected-to", "connection.host")
def test_host(httplib, form):
    """The connection is made to the host that is given, and not to another address of this machine."""
    host = own_loopback_address()
    with socket.create_server((host, 0)) as listening:
        port = listening.getsockname()[1]
        args = {"alone": (host, port), "with-port": (f"{host}:{port}",)}[form]
        httplib.HTTPConnection(*args).connect()
        assert select.select([listening], [], [], 1)[0] == [listening]


@case("port-argument-wins-over-host-string", "connection.port.over-host")
def test_port_argument_wins(httplib):
    """A port argument leaves the host string as it is, and is the port."""
    connection = httplib.HTTPConnection("www.example.org:8080", 8081)
    assert (connection.host, connection.port) == ("www.example.org:8080", 8081)


@each_case("form", [(form,) for form in IPV6_HOSTS], "ipv6-host-{form}", "connection.host.ipv6")
def test_ipv6_host(httplib, form):
    """A host in square brackets is an IPv6 address, with or without a port behind them."""
    given, *expected = IPV6_HOSTS[form]
    connection = httplib.HTTPConnection(given)
    assert [connection.host, connection.port] == expected


@each_case("form", [(form,) for form in NO_NUMBERS], "port-is-{form}", "exceptions.invalid-url.non-numeric")
def test_port_is_no_number(httplib, form):
    """A port in the host string that is no number raises InvalidURL."""
    with pytest.raises(httplib.InvalidURL):
        httplib.HTTPConnection(f"www.example.org:{NO_NUMBERS[form]}")


@each_case(
    "form", [(form,) for form in OTHER_NUMBERS], "port-is-{form}", "exceptions.invalid-url.no-whole-decimal"
)
def test_port_is_another_number(httplib, form):
    """A port in the host string that is no whole number in decimal digits raises InvalidURL."""
    with pytest.raises(httplib.InvalidURL):
        httplib.HTTPConnection(f"www.example.org:{OTHER_NUMBERS[form]}")


@each_case("port", [("1",), ("8080",), ("65535",)], "port-{port}-is-accepted", "connection.port.numeric")
def test_port_is_a_number(httplib, port):
    """A port in the host string that is a number raises nothing."""
    assert isinstance(httplib.HTTPConnection(f"www.example.org:{port}"), httplib.HTTPConnection)


@case("host-is-required", "connection.host.required")
def test_host_is_required(httplib):
    """There is no connection without a host."""
    with pytest.raises(TypeError):
        httplib.HTTPConnection()


@case("creating-opens-no-connection", "connection.instance.no-network")
def test_creating_opens_nothing(httplib, replay):
    """To create an HTTPConnection does not connect it: only one of two is seen that is used."""
    server = replay(HELLO_REPLY)
    used, _ = [httplib.HTTPConnection(server.host, server.port) for _ in range(2)]
    assert get(used) == (200, b"hello")
    assert server.finish().problem is None


@case("connections-are-not-shared", "connection.instance.one-transaction")
def test_connections_are_not_shared(httplib, replay):
    """A second HTTPConnection to a server has a connection of its own, which has its own state."""
    server = replay(
        script=[
            Accept(),
            AwaitRequest(on=0),
            Accept(),
            AwaitRequest(on=1),
            Send(HELLO_REPLY, on=1),
            Send(EMPTY_REPLY, on=0),
        ]
    )
    one, other = [httplib.HTTPConnection(server.host, server.port) for _ in range(2)]
    one.request("GET", "/one")
    other.request("GET", "/other")
    answers = other.getresponse().read(), one.getresponse().read()
    assert answers == (b"hello", b"")


@case("constructor-arguments-by-position", "connection.arguments.order")
def test_arguments_by_position(httplib, replay):
    """Host, port, strict, timeout and source_address can be given by position, in this order."""
    server = replay(EMPTY_REPLY)
    connection = httplib.HTTPConnection(server.host, server.port, True, 5, ("127.0.0.1", 0))
    connection.request("GET", "/")
    assert connection.getresponse().status == 200


@case("constructor-arguments-by-keyword", "connection.arguments.keywords")
def test_arguments_by_keyword(httplib, replay):
    """Host, port, strict, timeout and source_address can be given by these keywords."""
    server = replay(EMPTY_REPLY)
    connection = httplib.HTTPConnection(
        host=server.host, port=server.port, strict=True, timeout=5, source_address=("127.0.0.1", 0)
    )
    connection.request("GET", "/")
    assert connection.getresponse().status == 200


@case("strict-by-position", "connection.strict.true", "connection.arguments.order")
def test_strict_by_position(httplib, replay):
    """With a true third argument, a reply without a status line raises BadStatusLine."""
    server = replay(NO_STATUS_LINE)
    connection = httplib.HTTPConnection(server.host, server.port, True)
    connection.request("GET", "/")
    with pytest.raises(httplib.BadStatusLine):
        connection.getresponse()


@case("strict-by-keyword", "connection.strict.true", "connection.arguments.keywords")
def test_strict_by_keyword(httplib, replay):
    """With strict=True, a reply without a status line raises BadStatusLine."""
    server = replay(NO_STATUS_LINE)
    connection = httplib.HTTPConnection(server.host, server.port, strict=True)
    connection.request("GET", "/")
    with pytest.raises(httplib.BadStatusLine):
        connection.getresponse()


@case("strict-not-given", "connection.strict.default")
def test_strict_not_given(httplib, replay):
    """Without strict, a reply without a status line does not raise BadStatusLine."""
    server = replay(NO_STATUS_LINE)
    connection = httplib.HTTPConnection(server.host, server.port)
    connection.request("GET", "/")
    assert not isinstance(outcome(connection.getresponse), httplib.BadStatusLine)


@each_case(
    "value", [("false",), ("zero",), ("none",), ("empty",)], "strict-{value}", "connection.strict.false"
)
def test_strict_false(httplib, replay, value):
    """With a false third argument, a reply without a status line does not raise BadStatusLine."""
    server = replay(NO_STATUS_LINE)
    connection = httplib.HTTPConnection(server.host, server.port, FALSE[value])
    connection.request("GET", "/")
    assert not isinstance(outcome(connection.getresponse), httplib.BadStatusLine)


@case("strict-attribute-default", "connection.attributes.strict")
def test_strict_attribute_default(httplib):
    """A connection that was created without strict has a false attribute strict: 0."""
    assert httplib.HTTPConnection("www.example.org").strict == 0


@case("strict-attribute", "connection.attributes.strict")
def test_strict_attribute(httplib):
    """A connection has strict as it was given as its attribute."""
    assert httplib.HTTPConnection("www.example.org", strict=True).strict is True


@case("timeout-attribute", "connection.attributes.timeout")
def test_timeout_attribute(httplib):
    """A connection has its timeout and source address as they were given as its attributes."""
    connection = httplib.HTTPConnection("www.example.org", timeout=7, source_address=("127.0.0.1", 0))
    assert (connection.timeout, connection.source_address) == (7, ("127.0.0.1", 0))


@case("sock-attribute", "connection.attributes.sock")
def test_sock_attribute(httplib):
    """The attribute sock is None while there is no connection."""
    assert httplib.HTTPConnection("www.example.org").sock is None


@case("default-port-attribute", "connection.attributes.default-port")
def test_default_port_attribute(httplib, python):
    """A subclass says by its attribute default_port which port is the default."""
    kinds = python.define("def derive(base): return type(base)('Derived', (base,), {'default_port': 8080})")
    derived = kinds.derive(httplib.HTTPConnection)
    assert (httplib.HTTPConnection.default_port, derived("www.example.org").port) == (80, 8080)
