"""TLS that breaks off: in the handshake, or without a word at the end of the stream."""

from pathlib import Path

import pytest
from httplib_servers import Accept, Action, AwaitBytes, AwaitEnd, AwaitRequest, Close, Reset, Send
from httplib_servers.certificates import server_context

from httplib_conformance.case_servers import Servers
from httplib_conformance.casemark import case, each_case
from httplib_conformance.cases.tls import HOST, SERVER_SECONDS, refusals, refused, ssl_of, trusting
from httplib_conformance.proxies import Python

HANDSHAKES: dict[str, list[Action]] = {
    "closed-at-once": [Accept(), Close()],
    "closed-after-the-hello": [Accept(), AwaitBytes(1), Close()],
    "reset-after-the-hello": [Accept(), AwaitBytes(1), Reset()],
    "cut-in-a-record": [Accept(), AwaitBytes(1), Send(b"\x16\x03\x03\x00\x7a\x02\x00\x00\x76\x03"), Close()],
    "refused-by-an-alert": [Accept(), AwaitBytes(1), Send(b"\x15\x03\x03\x00\x02\x02\x28"), Close()],
    "answered-in-plain-text": [
        Accept(),
        AwaitBytes(1),
        Send(b"HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\n\r\n"),
        Close(),
    ],
}
"""What a server may do to a handshake, after it has had the first byte of it at most."""

KNOWN_LENGTH = {
    "length": b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello",
    "chunked": b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n",
}
"""Replies that end by themselves."""

TO_THE_END = b"HTTP/1.1 200 OK\r\n\r\nhello"
"""A reply that ends with the connection."""


def ending(reply: bytes, *, close_notify: bool) -> list[Action]:
    """The script of a server that closes the connection behind its reply, with a word in TLS or without."""
    return [Accept(), AwaitRequest(), Send(reply), Close(close_notify=close_notify)]


def is_error_to_ssl(replay: Servers, python: Python, folder: Path) -> bool:
    """Whether an end without a word in TLS is an error to the interpreter's ssl module."""
    script: list[Action] = [Accept(), AwaitBytes(1), Close(close_notify=False)]
    server = replay(script=script, tls=server_context("valid"))
    plain = python.module("socket").create_connection((server.host, server.port), SERVER_SECONDS)
    secure = trusting(python, folder).wrap_socket(plain, server_hostname=HOST)
    secure.sendall(b"x")
    try:
        return bool(secure.recv(1))
    except ssl_of(python).SSLError:  # pragma: no cover (it depends on the ssl module)
        return True
    finally:
        secure.close()


@each_case("how", [(how,) for how in HANDSHAKES], "tls-handshake-{how}", "tls.handshake.broken")
def test_broken_handshake(httplib, replay, python, tmp_path, how):
    """A handshake that breaks off raises an error of sockets, of which those of TLS are some."""
    server = replay(script=HANDSHAKES[how])
    context = trusting(python, tmp_path)
    connection = httplib.HTTPSConnection(HOST, server.port, timeout=5, context=context)
    with pytest.raises(python.module("socket").error):
        connection.connect()


@each_case(
    "variant",
    [("unknown-authority",), ("wrong-host",)],
    "tls-close-after-refusing-{variant}",
    "tls.handshake.failed.close",
)
def test_close_after_failure(httplib, replay, python, tmp_path, variant):
    """When a handshake has failed, close ends the connection to the server, if it is still there."""
    server = replay(script=[*refused(variant), AwaitEnd()])
    context = trusting(python, tmp_path)
    connection = httplib.HTTPSConnection(HOST, server.port, timeout=5, context=context)
    with pytest.raises(refusals(python)):
        connection.connect()
    connection.close()
    ended = server.wait(SERVER_SECONDS)
    assert ended, "the connection is still open"


@each_case(
    "framing", [(framing,) for framing in KNOWN_LENGTH], "tls-cut-behind-{framing}", "tls.end.known-length"
)
def test_cut_behind_known_length(httplib, replay, python, tmp_path, framing):
    """A body of known length that came whole is read, though the connection ends without a word in TLS."""
    server = replay(script=ending(KNOWN_LENGTH[framing], close_notify=False), tls=server_context("valid"))
    context = trusting(python, tmp_path)
    connection = httplib.HTTPSConnection(HOST, server.port, context=context)
    connection.request("GET", "/")
    assert connection.getresponse().read() == b"hello"


@case("tls-end-ends-the-body", "framing.to-end", "tls.exchange")
def test_end_with_notice(httplib, replay, python, tmp_path):
    """A body without a length ends where the server says in TLS that its stream is at its end."""
    server = replay(script=ending(TO_THE_END, close_notify=True), tls=server_context("valid"))
    context = trusting(python, tmp_path)
    connection = httplib.HTTPSConnection(HOST, server.port, context=context)
    connection.request("GET", "/")
    assert connection.getresponse().read() == b"hello"


@case("tls-cut-ends-the-body", "tls.end.cut")
def test_cut_in_unknown_length(httplib, replay, python, tmp_path):
    """A cut ends a body without a length, unless it is an error to the ssl module; then it is raised."""
    is_error = is_error_to_ssl(replay, python, tmp_path)
    server = replay(script=ending(TO_THE_END, close_notify=False), tls=server_context("valid"))
    context = trusting(python, tmp_path)
    connection = httplib.HTTPSConnection(HOST, server.port, context=context)
    connection.request("GET", "/")
    response = connection.getresponse()
    if is_error:  # pragma: no cover (it depends on the ssl module)
        with pytest.raises(ssl_of(python).SSLError):
            response.read()
    else:
        assert response.read() == b"hello"


@case("tls-cut-in-known-length", "tls.end.cut")
def test_cut_in_known_length(httplib, replay, python, tmp_path):
    """A cut in a body of known length raises IncompleteRead, or what it raises in the ssl module."""
    is_error = is_error_to_ssl(replay, python, tmp_path)
    reply = b"HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhello"
    server = replay(script=ending(reply, close_notify=False), tls=server_context("valid"))
    context = trusting(python, tmp_path)
    connection = httplib.HTTPSConnection(HOST, server.port, context=context)
    connection.request("GET", "/")
    response = connection.getresponse()
    with pytest.raises(ssl_of(python).SSLError if is_error else httplib.IncompleteRead):
        response.read()
