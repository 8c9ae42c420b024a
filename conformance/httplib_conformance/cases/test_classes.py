"""The classes of the module, and how the document relates them."""

from httplib_servers.scenarios import proxy

from httplib_conformance.casemark import case, each_case
from httplib_conformance.cases.tls import get, ssl_of
from httplib_conformance.cases.wire import EMPTY_REPLY, request_line, requests_of, values_of

CLASSES = {
    "http-connection": "HTTPConnection",
    "https-connection": "HTTPSConnection",
    "http-response": "HTTPResponse",
    "http-message": "HTTPMessage",
    "http": "HTTP",
}


@each_case("slug", [(slug,) for slug in CLASSES], "class-{slug}", "module.class.{slug}")
def test_class(httplib, python, slug):
    """The module has the class."""
    if "https" in slug:
        ssl_of(python)
    assert python.module("inspect").isclass(getattr(httplib, CLASSES[slug])) is True


@each_case(
    "slug, name",
    [(slug, name) for slug, name in {**CLASSES, "https": "HTTPS"}.items()],
    "class-{slug}-can-be-derived-from",
    "module.classes.class-attributes",
)
def test_derive(httplib, python, slug, name):
    """A class can be derived from it."""
    if "https" in slug:
        ssl_of(python)
    base = getattr(httplib, name)
    derived = python.define(
        "def derive(base):\n    class Derived(base):\n        pass\n    return Derived"
    ).derive(base)
    assert python.module("builtins").issubclass(derived, base) is True


@each_case(
    "slug, name",
    [
        ("https", "HTTPS"),
        ("http-message", "HTTPMessage"),
        ("line-too-long", "LineTooLong"),
        ("http-port", "HTTP_PORT"),
        ("ok", "OK"),
    ],
    "name-{slug}-is-beyond-all",
    "module.names.beyond-all",
)
def test_beyond_all(httplib, python, slug, name):
    """The name is in the module, and a star import does not bring it."""
    if "https" in slug:
        ssl_of(python)
    brought = python.define(f"from {httplib._name} import *")
    has = python.module("builtins").hasattr
    assert (has(python.module(httplib._name), name), has(brought, name)) == (True, False)


@case("https-connection-is-an-http-connection", "tls.subclass")
def test_https_connection(httplib, python):
    """HTTPSConnection is derived from HTTPConnection."""
    ssl_of(python)
    assert issubclass(httplib.HTTPSConnection, httplib.HTTPConnection)


@case("set-tunnel-takes-a-host-alone", "tunnel.arguments.defaults")
def test_set_tunnel_with_host_alone(httplib, replay):
    """For set_tunnel the host is enough."""
    server = replay(script=proxy("grants"))
    connection = httplib.HTTPConnection(server.host, server.port)
    connection.set_tunnel("dest.example")
    assert get(connection) == (200, b"hello")
    assert request_line(requests_of(server)[0]).startswith("CONNECT dest.example")


@case("set-tunnel-takes-arguments-by-position", "tunnel.arguments")
def test_set_tunnel_by_position(httplib, replay):
    """The method set_tunnel takes host, port and headers by position."""
    server = replay(script=proxy("grants"))
    connection = httplib.HTTPConnection(server.host, server.port)
    connection.set_tunnel("dest.example", 8443, {"X-Name": "value"})
    assert_tunnel_was_asked_for(connection, server)


@case("set-tunnel-takes-arguments-by-keyword", "tunnel.arguments")
def test_set_tunnel_by_keyword(httplib, replay):
    """The method set_tunnel takes host, port and headers by keyword."""
    server = replay(script=proxy("grants"))
    connection = httplib.HTTPConnection(server.host, server.port)
    connection.set_tunnel(headers={"X-Name": "value"}, port=8443, host="dest.example")
    assert_tunnel_was_asked_for(connection, server)


def assert_tunnel_was_asked_for(connection, server):
    """Each argument that the connection was given is where it should be."""
    assert get(connection) == (200, b"hello")
    asked = requests_of(server)[0]
    assert request_line(asked).startswith("CONNECT dest.example:8443 ")
    assert values_of(asked, "X-Name") == ["value"]


@case("getresponse-gives-an-http-response", "connection.getresponse.type")
def test_getresponse(httplib, replay):
    """What getresponse gives is an HTTPResponse."""
    server = replay(EMPTY_REPLY)
    connection = httplib.HTTPConnection(server.host, server.port)
    connection.request("GET", "/")
    assert isinstance(connection.getresponse(), httplib.HTTPResponse)


@case("msg-is-an-http-message", "response.msg.http-message")
def test_msg(httplib, replay):
    """The headers of a response are an HTTPMessage."""
    server = replay(EMPTY_REPLY)
    connection = httplib.HTTPConnection(server.host, server.port)
    connection.request("GET", "/")
    assert isinstance(connection.getresponse().msg, httplib.HTTPMessage)
