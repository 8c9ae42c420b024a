"""What the Host header says of the host and port that a connection was created with."""

import pytest
from httplib_servers import Accept

from httplib_conformance.casemark import case, each_case
from httplib_conformance.cases.wire import EMPTY_REPLY, only_request, values_of
from httplib_conformance.values import Text

HOSTS = {
    "name": (("www.example.org",), "www.example.org"),
    "port-80": (("www.example.org", 80), "www.example.org"),
    "port-in-host": (("www.example.org:8080",), "www.example.org:8080"),
    "port-443": (("www.example.org", 443), "www.example.org:443"),
    "string-80": (("www.example.org", "80"), "www.example.org:80"),
    "string-8080": (("www.example.org", "8080"), "www.example.org:8080"),
    "upper-case": (("WWW.Example.ORG",), "WWW.Example.ORG"),
    "final-dot": (("www.example.org.",), "www.example.org."),
    "ipv6": (("[::1]",), "[::1]"),
    "ipv6-port-in-host": (("[::1]:8080",), "[::1]:8080"),
    "ipv6-port-argument": (("::1", 8080), "[::1]:8080"),
    "ipv6-port-80": (("::1", 80), "[::1]"),
    "ipv6-scope": (("[fe80::1%eth0]:8080",), "[fe80::1%eth0]:8080"),
    "ipv6-scope-port-80": (("fe80::1%eth0", 80), "[fe80::1%eth0]"),
    "text": ((Text("www.example.org"),), "www.example.org"),
    "beyond-bytes": ((Text("b\N{LATIN SMALL LETTER O WITH DOUBLE ACUTE}r.example"),), "xn--br-7ra.example"),
}
"""Arguments of a connection, and the Host header that comes of them."""

RULES = {
    "request.host.default-port": ["name", "port-80", "port-443", "port-in-host", "upper-case", "final-dot"],
    "request.host.port-as-string": ["string-80", "string-8080"],
    "connection.host.ipv6.host-header": ["ipv6", "ipv6-port-in-host", "ipv6-port-argument", "ipv6-port-80"],
    "request.host.scope": ["ipv6-scope", "ipv6-scope-port-80"],
    "connection.host.kinds": ["text"],
    "request.host.idna": ["beyond-bytes"],
}
"""The requirement that each is about."""


def host_header(server, python, connection):
    """The Host header of a request over a connection, to which it does not matter where that leads."""
    connection.sock = python.module("socket").create_connection((server.host, server.port))
    connection.request("GET", "/")
    connection.getresponse().read()
    return values_of(only_request(server), "Host")


@each_case(
    "form, rule",
    [(form, rule) for rule, forms in RULES.items() for form in forms],
    "host-header-of-{form}",
    "{rule}",
    "connection.sock.given",
)
def test_host_header(httplib, replay, python, form, rule):  # noqa: ARG001 (the rule is the requirement's)
    """The Host header has the host as it was given, and the port unless it is that of the class."""
    server = replay(EMPTY_REPLY)
    arguments, expected = HOSTS[form]
    assert host_header(server, python, httplib.HTTPConnection(*arguments)) == [expected]


@case("host-header-without-the-default-port-of-a-class", "request.host.default-port", "connection.sock.given")
def test_default_port_of_class(httplib, replay, python):
    """The port is left out if it is the default_port of a derived class, and 80 is not."""
    derived = python.define(
        "def derive(base): return type(base)('Derived', (base,), {'default_port': 8080})"
    ).derive(httplib.HTTPConnection)
    found = [
        host_header(replay(EMPTY_REPLY), python, derived("www.example.org", port)) for port in (8080, 80)
    ]
    assert found == [["www.example.org"], ["www.example.org:80"]]


@case("selector-beyond-bytes-is-refused", "request.selector.beyond-bytes")
def test_beyond_bytes(httplib, replay):
    """A url with a character that is no byte raises UnicodeEncodeError, and nothing is sent."""
    server = replay(script=[Accept()])
    connection = httplib.HTTPConnection(server.host, server.port)
    connection.connect()
    with pytest.raises(UnicodeEncodeError):
        connection.request("GET", Text("/\N{EURO SIGN}"))
    assert server.finish().received == (b"",)
