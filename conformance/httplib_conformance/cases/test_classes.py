"""The classes of the module, and how the document relates them."""

from httplib_conformance.casemark import case, each_case
from httplib_conformance.cases.wire import EMPTY_REPLY

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
    assert python.module("inspect").isclass(getattr(httplib, CLASSES[slug])) is True


@case("https-connection-is-an-http-connection", "tls.subclass")
def test_https_connection(httplib):
    """HTTPSConnection is derived from HTTPConnection."""
    assert issubclass(httplib.HTTPSConnection, httplib.HTTPConnection)


@case("set-tunnel-takes-a-host-alone", "tunnel.arguments.defaults")
def test_set_tunnel_with_host_alone(httplib):
    """A connection has a method set_tunnel, for which the host is enough."""
    httplib.HTTPConnection("127.0.0.1").set_tunnel("www.example.org")


@case("set-tunnel-takes-arguments-by-position", "tunnel.arguments")
def test_set_tunnel_by_position(httplib):
    """The method set_tunnel takes host, port and headers by position."""
    httplib.HTTPConnection("127.0.0.1").set_tunnel("www.example.org", 443, {"X-Name": "value"})


@case("set-tunnel-takes-arguments-by-keyword", "tunnel.arguments")
def test_set_tunnel_by_keyword(httplib):
    """The method set_tunnel takes host, port and headers by keyword."""
    connection = httplib.HTTPConnection("127.0.0.1")
    connection.set_tunnel(host="www.example.org", port=443, headers={"X-Name": "value"})


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
