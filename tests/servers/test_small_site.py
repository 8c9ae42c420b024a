"""The small site: what it answers, over WSGI and ASGI and on http.server."""

import asyncio
import hashlib
import importlib
import io
import socket
import ssl
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httplib27 as httplib
import pytest
from httplib_servers.certificates import authority_pem, server_certificate
from httplib_servers.real import recipe
from httplib_servers.real.sites.small_site import ETAG, HELLO, MODIFIED, PIECES, asgi, wsgi
from replay_clients import BOUND

Answer = tuple[int, dict[str, str], list[bytes]]


def over_wsgi(method: str, path: str, fields: dict[str, str], body: bytes, chunked: bool = False) -> Answer:
    environ = {"REQUEST_METHOD": method, "PATH_INFO": path, "wsgi.input": io.BytesIO(body)}
    environ |= {f"HTTP_{name.upper().replace('-', '_')}": value for name, value in fields.items()}
    environ |= {"wsgi.input_terminated": True} if chunked else {"CONTENT_LENGTH": str(len(body) or "")}
    began = []
    pieces = list(wsgi(environ, lambda status, fields: began.append((int(status[:3]), dict(fields)))))
    return (*began[0], pieces)


def over_asgi(method: str, path: str, fields: dict[str, str], body: bytes, chunked: bool = False) -> Answer:
    scope = {"type": "http", "method": method, "path": path}
    scope["headers"] = [(name.encode(), value.encode()) for name, value in fields.items()]
    come = [{"body": body[:3], "more_body": True}, {"body": body[3:]}]
    gone = []

    async def receive():
        return come.pop(0)

    async def send(event):
        gone.append(event)

    asyncio.run(asgi(scope, receive, send))
    told = {name.decode(): value.decode() for name, value in gone[0]["headers"]}
    return gone[0]["status"], told, [event["body"] for event in gone[1:] if event["body"]]


WAYS = pytest.mark.parametrize("over", [over_wsgi, over_asgi])


@WAYS
@pytest.mark.parametrize(
    ("path", "fields", "status", "told", "pieces"),
    [
        ("/hello.txt", {}, 200, {"Content-Length": str(len(HELLO)), "ETag": ETAG}, [HELLO]),
        ("/hello.txt", {"If-None-Match": ETAG}, 304, {"ETag": ETAG}, []),
        ("/hello.txt", {"If-Modified-Since": MODIFIED}, 304, {"ETag": ETAG}, []),
        ("/hello.txt", {"Range": "bytes=7-10"}, 206, {"Content-Range": "bytes 7-10/53"}, [b"this"]),
        ("/hello.txt", {"Range": "bytes=47-"}, 206, {"Content-Range": "bytes 47-52/53"}, [b"lines\n"]),
        (
            "/hello.txt",
            {"Range": "bytes=53-"},
            416,
            {"Content-Range": "bytes */53"},
            [b"there is no such range\n"],
        ),
        ("/chunked", {}, 200, {}, list(PIECES)),
        ("/empty", {}, 204, {}, []),
        ("/moved", {}, 302, {"Location": "/hello.txt"}, [b"it is at /hello.txt\n"]),
        ("/fails", {}, 500, {}, [b"this page fails\n"]),
        ("/missing", {}, 404, {}, [b"there is no such page\n"]),
        ("/chunked/7", {}, 404, {}, [b"there is no such page\n"]),
        ("/large/x", {}, 404, {}, [b"there is no such page\n"]),
        ("/large/20", {}, 200, {"Content-Length": "20"}, [b"000000000000000\n0000"]),
        ("/large-chunked/0", {}, 200, {}, []),
    ],
)
def test_what_it_answers(over, path, fields, status, told, pieces):
    answered, given, got = over("GET", path, fields, b"")
    assert (answered, got) == (status, pieces)
    assert given.items() >= told.items()
    if "chunked" in path and status == 200:
        assert "Content-Length" not in given


@WAYS
@pytest.mark.parametrize("chunked", [False, True])
def test_bodies_come_back(over, chunked):
    assert over("POST", "/echo", {}, b"some body", chunked)[2] == [b"some body"]
    said = f"9 {hashlib.sha256(b'some body').hexdigest()}\n"
    assert over("PUT", "/digest", {}, b"some body", chunked)[2] == [said.encode()]


@WAYS
def test_head_has_no_body(over):
    assert over("HEAD", "/hello.txt", {}, b"")[1:] == (over("GET", "/hello.txt", {}, b"")[1], [])


def test_it_has_no_lifespan():
    with pytest.raises(NotImplementedError, match="lifespan"):
        asyncio.run(asgi({"type": "lifespan"}, None, None))


@contextmanager
def http_server(monkeypatch: pytest.MonkeyPatch, *more: str) -> Iterator[int]:
    """The site on http.server in this process, which a process of its own hides from the coverage."""
    monkeypatch.syspath_prepend(str(recipe.HERE / "sites"))
    module = importlib.import_module("httplib_servers.real.sites.http_server_site")
    made = []

    class Server(module.Server):
        daemon_threads = False

        def serve_forever(self):
            made.append(self)
            ready.set()
            super().serve_forever(0.01)

    monkeypatch.setattr(module, "Server", Server)
    ready = threading.Event()
    thread = threading.Thread(target=module.main, args=("127.0.0.1", "0", *more))
    thread.start()
    assert ready.wait(BOUND)
    try:
        yield made[0].server_port
    finally:
        made[0].shutdown()
        made[0].server_close()
        thread.join()


def test_on_http_server(monkeypatch):
    with http_server(monkeypatch) as port:
        connection = httplib.HTTPConnection("127.0.0.1", port, timeout=BOUND)
        for method, path, body, status, given in [
            ("GET", "/hello.txt?query", None, 200, HELLO),
            ("GET", "/chunked", None, 200, HELLO),
            ("HEAD", "/chunked", None, 200, b""),
            ("GET", "/empty", None, 204, b""),
            ("POST", "/echo", b"abc", 200, b"abc"),
        ]:
            connection.request(method, path, body)
            response = connection.getresponse()
            assert (response.status, response.read()) == (status, given)
        connection.request("GET", "/missing")
        response = connection.getresponse()
        assert (response.status, b"Error code: 404" in response.read()) == (404, True)
        connection.putrequest("POST", "/echo")
        connection.putheader("Transfer-Encoding", "chunked")
        connection.endheaders(b"3\r\nabc\r\n2;x=y\r\nde\r\n0\r\nX-Trailer: one\r\n\r\n")
        assert connection.getresponse().read() == b"abcde"
        connection.close()


def test_on_http_server_for_a_client_of_http_10(monkeypatch):
    """What has no length then ends with the connection."""
    with http_server(monkeypatch) as port, socket.create_connection(("127.0.0.1", port), BOUND) as client:
        client.sendall(b"GET /chunked HTTP/1.0\r\nConnection: keep-alive\r\n\r\n")
        reply = b"".join(iter(lambda: client.recv(65536), b""))
    assert reply.endswith(b"Connection: close\r\n\r\n" + HELLO)


def test_on_http_server_over_tls(monkeypatch, tmp_path: Path):
    pem = tmp_path / "server.pem"
    pem.write_bytes(b"".join(server_certificate()))
    with http_server(monkeypatch, str(pem)) as port:
        context = ssl.create_default_context(cadata=authority_pem().decode())
        connection = httplib.HTTPSConnection("127.0.0.1", port, timeout=BOUND, context=context)
        connection.request("GET", "/hello.txt")
        assert connection.getresponse().read() == HELLO
        connection.close()
