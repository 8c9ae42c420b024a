"""HTTP and HTTPS, the classes of Python 1.5.2."""

import pytest
from httplib27 import HTTP, HTTPS, LineTooLong, ResponseNotReady, UnknownProtocol

from .loopback import CERTIFICATES, chunked, client_context, reply, server_context


@pytest.fixture
def ask(line):
    """A function that sends a request and returns the HTTP object and its peer."""

    def ask(answer, method="GET", **options):
        listener = line.listener()
        http = HTTP(listener.host, listener.port, **options)
        line._open.append(http)
        http.putrequest(method, "/x")
        http.putheader("A", "b")
        http.endheaders()
        peer = listener.accept()
        peer.send(answer)
        peer.end()
        return http, peer

    return ask


def test_the_request_is_of_version_1_0(ask):
    """An HTTP object speaks HTTP/1.0 and sends no header of its own."""
    _, peer = ask(b"")
    assert peer.received() == b"GET /x HTTP/1.0\r\nA: b\r\n\r\n"


def test_the_reply_is_a_tuple(ask):
    """getreply() gives status, reason and headers; getfile() gives the body."""
    http, _ = ask(reply(b"hello", b"A: b"))
    status, reason, headers = http.getreply()
    assert (status, reason, headers.items()) == (200, "OK", [("a", "b"), ("content-length", "5")])
    assert http.headers is headers
    assert http.getfile() is http.file
    assert http.getfile().read() == b"hello"
    http.close()
    assert http.getfile() is None


def test_the_file_outlives_close(ask):
    """Who has the file can read on after close() if the server ends the connection with the reply."""
    http, _ = ask(b"HTTP/1.0 200 OK\r\n\r\nhello")
    http.getreply()
    file = http.getfile()
    http.close()
    assert file.read() == b"hello"
    file.close()


def test_the_file_looks_at_no_framing(ask):
    """getfile() gives all that follows the headers, chunks as they came."""
    http, _ = ask(chunked(b"hello"))
    http.getreply()
    assert http.getfile().read() == b"5\r\nhello\r\n0\r\n\r\n"


def test_the_file_can_be_read_by_lines(ask):
    """The file has read(), readline() and readlines()."""
    http, _ = ask(b"HTTP/1.0 200 OK\r\n\r\na\nb\nc")
    http.getreply(buffering=True)
    file = http.getfile()
    assert [file.readline(), file.readlines(), file.read()] == [b"a\n", [b"b\n", b"c"], b""]


def test_a_reply_in_http_0_9_is_a_body(ask):
    """Without `strict`, what is no status line is the first line of the file."""
    http, _ = ask(b"jun\nb\nc")
    status, reason, headers = http.getreply()
    assert (status, reason, headers.items()) == (200, "", [])
    file = http.getfile()
    assert [file.read(2), file.readline(), file.read()] == [b"ju", b"n\n", b"b\nc"]


@pytest.mark.parametrize(
    ("answer", "options", "line_shown"),
    [
        (b"junk\r\n", {"strict": 1}, "junk\r\n"),
        (b"HTTP/1.1 abc x\r\n", {}, "HTTP/1.1 abc x\r\n"),
        (b"", {}, "No status line received - the server has closed the connection"),
    ],
)
def test_a_bad_status_line_is_a_reply_of_minus_1(ask, answer, options, line_shown):
    """getreply() gives -1, the line and None where HTTPConnection raises BadStatusLine."""
    http, peer = ask(answer, **options)
    peer.received()
    assert http.getreply() == (-1, line_shown, None)
    assert http.headers is None
    assert http.getfile() is None
    assert peer.saw_end()


@pytest.mark.parametrize(
    ("answer", "error"), [(b"HTTP/2 200 OK\r\n\r\n", UnknownProtocol), (b"x" * 70000, LineTooLong)]
)
def test_other_errors_are_raised(ask, answer, error):
    """Everything else that HTTPConnection raises, getreply() raises as well."""
    http, _ = ask(answer)
    with pytest.raises(error):
        http.getreply()


def test_a_reply_is_given_once(ask):
    """A second getreply() is refused, and so is one without a request."""
    http, _ = ask(reply(b"hello"))
    http.getreply()
    for object_ in (http, HTTP("h")):
        with pytest.raises(ResponseNotReady):
            object_.getreply()


@pytest.mark.parametrize(
    ("arguments", "host", "port"),
    [((), "", 80), (("h:99",), "h", 99), (("h", 0), "h", 80), (("h", 8080), "h", 8080)],
)
def test_host_and_port_have_defaults(arguments, host, port):
    """The host may be left out, and a port of 0 is none."""
    http = HTTP(*arguments)
    assert (http._conn.host, http._conn.port) == (host, port)


@pytest.mark.parametrize("joined", [False, True])
def test_connect_may_name_the_server(line, joined):
    """connect() takes host and port, as the constructor does."""
    listener = line.listener()
    http = HTTP()
    line._open.append(http)
    http.connect(*([f"{listener.host}:{listener.port}"] if joined else [listener.host, listener.port]))
    http.putrequest("POST", "/")
    http.endheaders()
    http.send("abc")
    peer = listener.accept()
    assert peer.received() == b"POST / HTTP/1.0\r\n\r\nabc"
    peer.send(reply(b"hi"))
    assert http.getreply()[0] == 200


def test_connect_without_arguments_takes_the_constructors(line):
    """connect() connects to the server that the constructor was given."""
    listener = line.listener()
    http = HTTP(listener.host, listener.port)
    http.connect()
    listener.accept()
    http.close()
    http.close()


def test_the_debug_level_is_the_connections(ask, capsys):
    """set_debuglevel() prints what HTTPConnection prints."""
    http, _ = ask(reply(b""))
    http.set_debuglevel(1)
    http.getreply()
    assert capsys.readouterr().out.startswith("reply: 'HTTP/1.1 200 OK\\r\\n'\n")


def test_https_is_the_same_over_tls(line):
    """An HTTPS object checks the server as HTTPSConnection does."""
    server = line.server(server_context(), reply(b"hello"))
    https = HTTPS("localhost", server.port, context=client_context("localhost"))
    line._open.append(https)
    https.putrequest("GET", "/")
    https.endheaders()
    assert https.getreply()[:2] == (200, "OK")
    assert https.getfile().read() == b"hello"
    assert server.requests == [b"GET / HTTP/1.0\r\n\r\n"]


def test_https_keeps_its_files():
    """Key, certificate and strict are handed on; the default port is 443."""
    certificate = str(CERTIFICATES / "localhost.pem")
    https = HTTPS("h", None, certificate, certificate, True)
    assert (https.key_file, https.cert_file) == (certificate, certificate)
    assert (https._conn.key_file, https._conn.port, https._conn.strict) == (certificate, 443, True)
