"""Programs of the standard library that talk to real servers over the reference."""

import http.server
import io
import threading
import urllib.error
import urllib.parse
import urllib.request
import urllib.response
import xmlrpc.client
import xmlrpc.server

import pytest
from httplib27 import HTTPConnection, HTTPSConnection

from .loopback import PATIENCE, client_context, server_context


@pytest.fixture
def serve():
    """A function that runs a server of the standard library in a thread until the test is over."""
    running = []

    def serve(server):
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
        thread.start()
        running.append((server, thread))
        return server.server_address[1]

    yield serve
    for server, thread in running:
        server.shutdown()
        server.server_close()
        thread.join(PATIENCE)
        assert not thread.is_alive()


# -- xmlrpc ---------------------------------------------------------------------------------------


class XMLRPCHandler(xmlrpc.server.SimpleXMLRPCRequestHandler):
    """Keeps its connections, and notes how many there were."""

    protocol_version = "HTTP/1.1"
    timeout = PATIENCE

    def setup(self):
        self.server.connections += 1
        super().setup()


class Transport(xmlrpc.client.Transport):
    """A transport over the reference."""

    def make_connection(self, host):
        if self._connection[1] is None:
            self._connection = host, HTTPConnection(host, timeout=PATIENCE)
        return self._connection[1]


def test_xmlrpc_calls_go_over_one_connection(serve):
    """xmlrpc.client talks to xmlrpc.server over a connection that is kept."""
    server = xmlrpc.server.SimpleXMLRPCServer(
        ("127.0.0.1", 0), requestHandler=XMLRPCHandler, logRequests=False
    )
    server.connections = 0
    server.register_function(lambda *numbers: sum(numbers), "add")
    server.register_function(lambda text, count: text * count, "repeat")
    port = serve(server)
    with xmlrpc.client.ServerProxy(f"http://127.0.0.1:{port}/", transport=Transport()) as proxy:
        assert proxy.add(1, 2, 3) == 6
        assert proxy.repeat("caf\xe9 & <b>", 5000) == "caf\xe9 & <b>" * 5000
        with pytest.raises(xmlrpc.client.Fault, match="not supported"):
            proxy.missing()
        assert proxy.add(4) == 4
    assert server.connections == 1


# -- urllib ---------------------------------------------------------------------------------------


class PageHandler(http.server.BaseHTTPRequestHandler):
    """Serves a page, a form, a redirect to the page, and an error."""

    protocol_version = "HTTP/1.1"
    timeout = PATIENCE

    def do_GET(self):
        if self.path == "/moved":
            self.answer(302, b"", Location="/page")
        elif self.path == "/page":
            self.answer(200, b"the page", Kind=self.headers["Kind"])
        else:
            self.send_error(404)

    def do_POST(self):
        self.answer(200, self.rfile.read(int(self.headers["Content-Length"])))

    def answer(self, status, body, **headers):
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name, value or "")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_arguments):
        pass


class Body(io.RawIOBase):
    """A file over a response, which has only read()."""

    def __init__(self, response):
        self.response = response

    def readable(self):
        return True

    def readinto(self, buffer):
        data = self.response.read(len(buffer))
        buffer[: len(data)] = data
        return len(data)

    def close(self):
        self.response.close()
        super().close()


def fetch(connection, request):
    """Send a request of urllib's over a connection, and return a response of urllib's."""
    headers = {**request.headers, **request.unredirected_hdrs, "Connection": "close"}
    connection.request(request.get_method(), request.selector, request.data, headers)
    response = connection.getresponse()
    if connection.sock is not None:
        # The response lives on with its own hold of the socket, as urllib expects.
        connection.sock.close()
        connection.sock = None
    answer = urllib.response.addinfourl(Body(response), response.msg, request.full_url, response.status)
    answer.msg = response.reason
    return answer


class PlainHandler(urllib.request.HTTPHandler):
    """Opens http URLs over the reference."""

    def http_open(self, request):
        return fetch(HTTPConnection(request.host, timeout=request.timeout), request)


class SecureHandler(urllib.request.HTTPSHandler):
    """Opens https URLs over the reference."""

    def https_open(self, request):
        context = client_context("localhost")
        return fetch(HTTPSConnection(request.host, timeout=request.timeout, context=context), request)


@pytest.fixture(params=["http", "https"])
def site(request, serve):
    """The address of a server, once in the clear and once over TLS, and urllib's way to open it."""
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), PageHandler)
    if request.param == "https":
        server.socket = server_context().wrap_socket(server.socket, server_side=True)
    opener = urllib.request.build_opener(PlainHandler, SecureHandler, urllib.request.ProxyHandler({}))
    return f"{request.param}://127.0.0.1:{serve(server)}", opener


@pytest.mark.parametrize("path", ["/page", "/moved"])
def test_urllib_fetches_a_page(site, path):
    """urllib.request fetches a page, and follows a redirect to it."""
    address, opener = site
    request = urllib.request.Request(address + path, headers={"Kind": "test"})
    with opener.open(request) as answer:
        assert (answer.status, answer.msg, answer.read()) == (200, "OK", b"the page")
        assert answer.url == address + "/page"
        assert answer.headers["kind"] == "test"


def test_urllib_posts_a_form(site):
    """urllib.request sends data."""
    address, opener = site
    data = urllib.parse.urlencode({"a": "b c"}).encode()
    with opener.open(address + "/form", data) as answer:
        assert answer.read() == b"a=b+c"


def test_urllib_sees_an_error(site):
    """urllib.request raises HTTPError for an error response, and its body can be read."""
    address, opener = site
    with pytest.raises(urllib.error.HTTPError) as caught:
        opener.open(address + "/missing")
    with caught.value as error:
        assert error.code == 404
        assert b"404" in error.read()
