"""Host, port and the other arguments of a connection, in forms that the document does not speak of."""

import pytest

from httplib_conformance.casemark import case, each_case
from httplib_conformance.cases.wire import EMPTY_REPLY, only_request, values_of
from httplib_conformance.values import Text

HOSTS = {
    "kinds-host": ((Text("www.example.org"),), "www.example.org", 80),
    "kinds-port": ((Text("www.example.org:8080"),), "www.example.org", 8080),
    "empty-alone": (("",), "", 80),
    "empty-with-port": (("", 8080), "", 8080),
    "empty-before-port": ((":8080",), "", 8080),
    "unparsed-user": (("me@example.org:8080",), "me@example.org", 8080),
    "unparsed-path": (("example.org/path",), "example.org/path", 80),
    "unparsed-upper-case": (("WWW.Example.ORG",), "WWW.Example.ORG", 80),
    "last-colon-of-two": (("example.org:80:8080",), "example.org:80", 8080),
    "last-colon-of-an-address": (("::1",), ":", 1),
    "brackets-with-port-argument": (("[::1]", 8080), "[::1]", 8080),
    "brackets-first-alone": (("[::1",), "[:", 1),
    "brackets-last-alone": (("::1]",), "::1]", 80),
    "brackets-empty": (("[]",), "", 80),
    "brackets-last-twice": (("[::1]:8080]",), "::1]:8080", 80),
    "scope-with-port": (("[fe80::1%eth0]:8080",), "fe80::1%eth0", 8080),
    "scope-without-port": (("[fe80::1%eth0]",), "fe80::1%eth0", 80),
}
"""Arguments, and the host and port that come of them; the requirement is the first words of the name."""

PORTS = {
    "forms-plus": (("example.org:+8080",), 8080),
    "forms-minus": (("example.org:-8080",), -8080),
    "forms-leading-zeros": (("example.org:0080",), 80),
    "forms-space-before": (("example.org: 8080",), 8080),
    "forms-space-behind": (("example.org:8080 ",), 8080),
    "range-zero": (("example.org:0",), 0),
    "range-big": (("example.org:99999",), 99999),
    "range-argument-zero": (("example.org", 0), 0),
    "range-argument-negative": (("example.org", -1), -1),
    "range-argument-big": (("example.org", 70000), 70000),
    "none-alone": (("example.org", None), 80),
    "none-beside-one-in-the-host": (("example.org:8080", None), 8080),
    "string-80": (("example.org", "80"), "80"),
    "string-8080": (("example.org", "8080"), "8080"),
}
"""Arguments, and the port that comes of them."""

FORBIDDEN = {
    "space": "www example.org",
    "space-before": " www.example.org",
    "space-behind": "www.example.org ",
    "line-end": "www.example.org\r\nX: one",
    "zero-byte": "www\0example.org",
    "del": "www\x7fexample.org",
    "byte-beyond-ascii": "b\xf6r.example",
}
"""What no host can hold."""

NO_NAMES = {
    "an-empty-label": "www..example",
    "an-empty-first-label": ".example",
    "a-label-of-64-characters": f"{'a' * 64}.example",
}
"""What no name can be."""

RULES = {form: "last-colon" if form.startswith("last-colon") else form.partition("-")[0] for form in HOSTS}
"""The requirement that each form of the host is about."""


@each_case("form, rule", [*RULES.items()], "host-{form}", "connection.host.{rule}")
def test_host(httplib, form, rule):  # noqa: ARG001 (the rule is the requirement's)
    """The host string means this host and this port."""
    arguments, *expected = HOSTS[form]
    connection = httplib.HTTPConnection(*arguments)
    assert [connection.host, connection.port] == expected


@each_case(
    "form, rule", [(form, form.partition("-")[0]) for form in PORTS], "port-{form}", "connection.port.{rule}"
)
def test_port(httplib, form, rule):  # noqa: ARG001 (the rule is the requirement's)
    """The arguments mean this port."""
    arguments, expected = PORTS[form]
    port = httplib.HTTPConnection(*arguments).port
    assert (type(port).__name__.replace("Native", "str"), port) == (type(expected).__name__, expected)


@case("port-string-is-connected-to", "connection.port.string")
def test_port_string(httplib, replay):
    """A port argument that is a string of digits is connected to."""
    server = replay(EMPTY_REPLY)
    connection = httplib.HTTPConnection(server.host, str(server.port))
    connection.request("GET", "/")
    assert connection.getresponse().status == 200


@case("port-that-is-none-is-shown", "connection.port.invalid.text")
def test_port_text(httplib):
    """The InvalidURL for a port that is no number shows what stands there."""
    with pytest.raises(httplib.InvalidURL) as caught:
        httplib.HTTPConnection("www.example.org:http")
    assert str(caught.value) == "nonnumeric port: 'http'"


@each_case(
    "what", [(what,) for what in FORBIDDEN], "host-with-{what}-is-refused", "connection.host.forbidden"
)
def test_forbidden(httplib, what):
    """What no host can hold raises InvalidURL when the connection is created."""
    with pytest.raises(httplib.InvalidURL):
        httplib.HTTPConnection(FORBIDDEN[what], 80)


@case("host-that-is-refused-is-shown", "connection.host.forbidden.text")
def test_forbidden_text(httplib):
    """The InvalidURL for a host shows it, and the first character that cannot be in it."""
    with pytest.raises(httplib.InvalidURL) as caught:
        httplib.HTTPConnection("www\texample org")
    text = "URL can't contain control characters. 'www\\texample org' (found at least '\\t')"
    assert str(caught.value) == text


@each_case("value", [("none",), ("word",), ("one",)], "strict-attribute-of-{value}", "connection.strict.any")
def test_strict(httplib, value):
    """The attribute strict is what was given, 0 for None."""
    given = {"none": None, "word": "yes", "one": 1}[value]
    assert httplib.HTTPConnection("www.example.org", strict=given).strict == (given or 0)


@case("source-address-attribute-default", "connection.source-address.none")
def test_source_address(httplib):
    """The attribute source_address is None unless one is given."""
    assert httplib.HTTPConnection("www.example.org").source_address is None


@case("source-address-of-none", "connection.source-address.none")
def test_source_address_none(httplib, replay):
    """A source address of None leaves the choice to the system."""
    server = replay(EMPTY_REPLY)
    connection = httplib.HTTPConnection(server.host, server.port, source_address=None)
    connection.request("GET", "/")
    assert connection.getresponse().status == 200


@case("attributes-of-the-class", "connection.attributes.of-the-class")
def test_class_attributes(httplib):
    """The class has what an instance has where nothing else was set."""
    kinds = httplib.HTTPConnection, httplib.HTTPConnection("www.example.org")
    found = [(kind.auto_open, kind.debuglevel, kind.strict) for kind in kinds]
    assert found == [(1, 0, 0)] * 2


@case("response-class-attribute", "connection.attributes.of-the-class")
def test_response_class(httplib):
    """The attribute response_class is HTTPResponse."""
    assert httplib.HTTPConnection.response_class == httplib.HTTPResponse


@case("strict-attribute-of-the-class", "connection.attributes.of-the-class")
def test_class_strict(httplib, replay, python):
    """The attribute strict of a derived class holds for its connections."""
    derived = python.define("def derive(base): return type(base)('Derived', (base,), {'strict': 1})").derive(
        httplib.HTTPConnection
    )
    server = replay(b"no status line\r\n\r\n")
    connection = derived(server.host, server.port)
    connection.request("GET", "/")
    with pytest.raises(httplib.BadStatusLine):
        connection.getresponse()


@case("host-header-with-port-as-string", "request.host.port-as-string")
def test_host_header(httplib, replay):
    """A port that was given as a string is in the Host header."""
    server = replay(EMPTY_REPLY)
    connection = httplib.HTTPConnection(server.host, str(server.port))
    connection.request("GET", "/")
    assert values_of(only_request(server), "Host") == [f"{server.host}:{server.port}"]


@each_case("form", [(form,) for form in NO_NAMES], "host-with-{form}-is-not-found", "connection.host.no-name")
def test_no_name(httplib, python, form):
    """A host that no name can be is one that is not found."""
    connection = httplib.HTTPConnection(NO_NAMES[form])
    with pytest.raises(python.module("socket").gaierror):
        connection.connect()
    assert connection.sock is None
