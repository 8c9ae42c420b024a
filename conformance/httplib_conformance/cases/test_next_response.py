"""The response after another one, whether the connection was kept or not.

The document leaves open when a connection is used again, so these cases have a server that gives
each request the next reply, on whichever connection it comes.
"""

import contextlib
import socket
import threading
from collections.abc import Iterator

import pytest
from httplib_servers import Accept, AwaitRequest, Send
from httplib_servers.certificates import server_context

from httplib_conformance.casemark import case, each_case
from httplib_conformance.cases.tls import HOST, trusting
from httplib_conformance.cases.wire import EMPTY_REPLY, HELLO_REPLY, needed

CHUNKED = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nfirst\r\n0\r\n"
"""A chunked reply up to its last chunk; what ends it is missing."""


@contextlib.contextmanager
def answering(*replied: bytes) -> Iterator[int]:
    """A server for requests without bodies; gives its port."""
    replies = iter(replied)
    sockets = [socket.create_server(("127.0.0.1", 0))]

    def answer(client: socket.socket) -> None:
        received = b""
        with contextlib.suppress(OSError):
            while data := client.recv(4096):
                received += data
                while b"\r\n\r\n" in received:
                    received = received.partition(b"\r\n\r\n")[2]
                    client.sendall(next(replies, b""))

    def accept() -> None:
        with contextlib.suppress(OSError):
            while True:
                client, _ = sockets[0].accept()
                sockets.append(client)
                threading.Thread(target=answer, args=(client,), daemon=True).start()

    thread = threading.Thread(target=accept, daemon=True)
    thread.start()
    try:
        yield sockets[0].getsockname()[1]
    finally:
        for each in sockets:
            with contextlib.suppress(OSError):
                each.shutdown(socket.SHUT_RDWR)
            each.close()
        thread.join()


def ask(connection, method="GET"):
    """The status and the body of the response to a request."""
    connection.request(method, "/")
    response = connection.getresponse()
    return response.status, response.read()


@case("response-after-head-begins-behind-its-headers", "framing.head.next")
def test_after_head(httplib):
    """After a reply to HEAD, the next response is found where it is: right behind the headers."""
    with answering(b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n", HELLO_REPLY) as port:
        connection = httplib.HTTPConnection("127.0.0.1", port)
        assert [ask(connection, "HEAD"), ask(connection)] == [(200, b""), (200, b"hello")]


@case("response-after-trailers-begins-behind-them", "framing.chunked.trailers.consumed")
def test_after_trailers(httplib):
    """After a chunked body with trailers, the next response is found where it is: right behind them."""
    with answering(CHUNKED + b"X-One: 1\r\nX-Two: 2\r\n\r\n", HELLO_REPLY) as port:
        connection = httplib.HTTPConnection("127.0.0.1", port)
        assert [ask(connection), ask(connection)] == [(200, b"first"), (200, b"hello")]


@case("response-after-an-unread-one-is-refused", "connection.getresponse.read-before-next")
def test_unread(httplib):
    """As long as a response is unread, a request or the getresponse after it is refused."""
    with answering(HELLO_REPLY, EMPTY_REPLY) as port:
        connection = httplib.HTTPConnection("127.0.0.1", port)
        connection.request("GET", "/first")
        response = connection.getresponse()
        with pytest.raises(httplib.ImproperConnectionState):
            ask(connection)
        assert response.read() == b"hello"


@each_case(
    "rest",
    [("line",), ("lines",)],
    "line-too-long-leaves-the-rest-of-{rest}",
    "persistence.line-too-long.rest",
)
def test_line_too_long(httplib, replay, python, rest):
    """Behind a line that is too long, nothing is taken."""
    flags = needed(python, "socket", "MSG_WAITALL")
    behind = b"a" * 99 if rest == "line" else b"a\r\nX: b\r\n\r\n"
    server = replay(b"HTTP/1.1 200 " + b"a" * (65537 - 13) + behind)
    connection = httplib.HTTPConnection(server.host, server.port)
    connection.request("GET", "/")
    with pytest.raises(httplib.LineTooLong):
        connection.getresponse()
    assert connection.sock.recv(1000, flags.MSG_WAITALL) == behind


@case("next-reply-may-come-early-over-tls", "persistence.early-reply-over-tls")
def test_early_reply(httplib, replay, python, tmp_path):
    """A reply that came with the one before it is that of the next request, over TLS, too."""
    script = [Accept(), AwaitRequest(), Send(HELLO_REPLY + EMPTY_REPLY), AwaitRequest()]
    server = replay(script=script, tls=server_context("valid"))
    context = trusting(python, tmp_path)
    connection = httplib.HTTPSConnection(HOST, server.port, context=context)
    assert [ask(connection), ask(connection)] == [(200, b"hello"), (200, b"")]
