"""The probes of the register of disputes: each shows which side an implementation takes.

None of them can fail; `shows` takes down what was seen.
"""

from httplib_servers import Accept, AwaitBytes, AwaitEnd, AwaitRequest, Send

from httplib_conformance.casemark import dispute
from httplib_conformance.cases.tls import ssl_of
from httplib_conformance.cases.wire import (
    EMPTY_REPLY,
    HELLO_REPLY,
    awaiting_body,
    only_request,
    outcome,
    packets_sent,
    request_line,
    values_of,
)
from httplib_conformance.values import Text, shorten

PIPE = """
import os

def pipe_with(data):
    reader, writer = os.pipe()
    os.write(writer, data)
    os.close(writer)
    return os.fdopen(reader, "rb")
"""

FILE = """
import tempfile

def file_read_up_to(data, position):
    opened = tempfile.TemporaryFile()
    opened.write(data)
    opened.seek(0)
    opened.read(position)
    return opened
"""


def told(seen):
    """What a call gave or raised, in words."""
    return f"raised {seen!r}" if isinstance(seen, Exception) else shorten(seen)


def respond(httplib, replay, reply, **arguments):
    """The response to a GET request, or what was raised instead."""
    server = replay(reply)
    connection = httplib.HTTPConnection(server.host, server.port, **arguments)
    connection.request("GET", "/")
    return outcome(connection.getresponse)


def request_sent(replay, httplib, *steps):
    """The request that a server saw after steps on a connection to it."""
    server = replay(EMPTY_REPLY)
    connection = httplib.HTTPConnection(server.host, server.port)
    for name, *args in steps:
        getattr(connection, name)(*args)
    connection.getresponse().read()
    return only_request(server)


@dispute("empty-port")
def test_empty_port(httplib, shows):
    seen = outcome(lambda: httplib.HTTPConnection("example.com:").port)
    shows(document=isinstance(seen, httplib.InvalidURL), original=seen == 80, saw=told(seen))


@dispute("port-argument-not-a-number")
def test_port_argument(httplib, shows):
    seen = outcome(lambda: httplib.HTTPConnection("example.com", "abc").port)
    shows(document=isinstance(seen, httplib.InvalidURL), original=seen == "abc", saw=told(seen))


@dispute("status-code-of-no-known-class")
def test_status_code(httplib, replay, shows):
    seen = respond(httplib, replay, b"HTTP/1.1 999 No Such Class\r\nContent-Length: 0\r\n\r\n")
    refused = isinstance(seen, Exception)
    shows(
        document=refused and isinstance(seen, httplib.BadStatusLine),
        original=not refused and seen.status == 999,
        saw=told(seen) if refused else f"status {seen.status}",
    )


def strict(httplib, replay, line):
    """What `getresponse` gives or raises with strict for a status line."""
    return respond(httplib, replay, line + b"\r\nContent-Length: 0\r\n\r\n", strict=True)


@dispute("strict-and-http-2")
def test_strict_http_2(httplib, replay, shows):
    seen = strict(httplib, replay, b"HTTP/2.0 200 OK")
    shows(
        document=isinstance(seen, httplib.BadStatusLine),
        original=isinstance(seen, httplib.UnknownProtocol),
        saw=told(seen),
    )


@dispute("strict-and-other-versions-of-http-1")
def test_strict_http_12(httplib, replay, shows):
    seen = [strict(httplib, replay, line) for line in (b"HTTP/1.2 200 OK", b"HTTP/1.x 200 OK")]
    refused = [isinstance(each, Exception) for each in seen]
    shows(
        document=all(isinstance(each, httplib.BadStatusLine) for each in seen),
        original=not any(refused) and all(each.status == 200 for each in seen),
        saw=" and ".join(told(each) if isinstance(each, Exception) else "accepted" for each in seen),
    )


@dispute("strict-and-malformed-status-lines")
def test_strict_malformed(httplib, replay, shows):
    seen = strict(httplib, replay, b"HTTP/1.1 0200 OK")
    refused = isinstance(seen, Exception)
    shows(
        document=isinstance(seen, httplib.BadStatusLine),
        original=not refused and seen.status == 200,
        saw=told(seen) if refused else f"status {seen.status}",
    )


@dispute("timeout-of-zero")
def test_timeout_of_zero(httplib, python, replay, shows):
    module = python.module("socket")
    server = replay(script=[Accept()])
    connection = httplib.HTTPConnection(server.host, server.port, timeout=0)
    seen = outcome(connection.connect)
    timed_out = isinstance(seen, module.timeout)
    shows(
        document=timed_out,
        original=isinstance(seen, module.error) and not timed_out,
        saw=told(seen),
    )


@dispute("unknown-transfer-encoding")
def test_transfer_encoding(httplib, replay, shows):
    reply = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: unheard-of\r\nContent-Length: 5\r\n\r\nhello"
    response = respond(httplib, replay, reply)
    seen = response if isinstance(response, Exception) else outcome(response.read)
    shows(
        document=isinstance(seen, httplib.UnknownTransferEncoding), original=seen == b"hello", saw=told(seen)
    )


@dispute("step-by-step-without-a-connection")
def test_without_connect(httplib, replay, shows):
    server = replay(EMPTY_REPLY)
    connection = httplib.HTTPConnection(server.host, server.port)

    def steps():
        connection.putrequest("GET", "/")
        connection.endheaders()
        return connection.getresponse().status

    seen = outcome(steps)
    shows(document=isinstance(seen, httplib.NotConnected), original=seen == 200, saw=told(seen))


@dispute("putrequest-sends-at-once")
def test_putrequest_sends(httplib, replay, shows):
    server = replay(script=[Accept(), AwaitEnd()])
    connection = httplib.HTTPConnection(server.host, server.port)
    connection.connect()
    connection.putrequest("GET", "/", True, True)
    connection.putheader("X-Name", "value")
    connection.close()
    (sent,) = server.finish().received
    shows(document=sent == b"GET / HTTP/1.1\r\nX-Name: value\r\n", original=sent == b"", saw=f"sent {sent!r}")


@dispute("names-of-the-arguments-of-putrequest")
def test_names_of_putrequest(httplib, shows):
    connection = httplib.HTTPConnection("127.0.0.1")
    documents = outcome(lambda: connection.putrequest(request="GET", selector="/"))
    connection.close()
    originals = outcome(lambda: connection.putrequest(method="GET", url="/"))
    shows(
        document=not isinstance(documents, Exception),
        original=not isinstance(originals, Exception),
        saw=f"request=, selector=: {told(documents)}; method=, url=: {told(originals)}",
    )


@dispute("name-of-the-argument-of-putheader")
def test_name_of_putheader(httplib, shows):
    connection = httplib.HTTPConnection("127.0.0.1")
    connection.putrequest("GET", "/")
    seen = outcome(lambda: connection.putheader("X-Name", argument="value"))
    shows(document=not isinstance(seen, Exception), original=isinstance(seen, TypeError), saw=told(seen))


@dispute("putheader-without-a-value")
def test_putheader_without_value(httplib, shows):
    connection = httplib.HTTPConnection("127.0.0.1")
    connection.putrequest("GET", "/")
    seen = outcome(lambda: connection.putheader("X-Name"))
    shows(document=isinstance(seen, TypeError), original=not isinstance(seen, Exception), saw=told(seen))


@dispute("empty-selector")
def test_empty_selector(httplib, replay, shows):
    line = request_line(request_sent(replay, httplib, ("putrequest", "GET", ""), ("endheaders",)))
    shows(document=line == "GET  HTTP/1.1", original=line == "GET / HTTP/1.1", saw=line)


@dispute("content-length-of-post-in-lower-case")
def test_lower_case_post(httplib, replay, shows):
    seen = values_of(request_sent(replay, httplib, ("request", "post", "/")), "Content-Length")
    shows(document=seen == [], original=seen == ["0"], saw=f"Content-Length {seen or 'absent'}")


def file_sent(httplib, replay, body, size):
    """The values of Content-Length, and so many bytes of body, of a request with a file."""
    server = replay(script=awaiting_body(size))
    connection = httplib.HTTPConnection(server.host, server.port)
    connection.request("PUT", "/", body)
    connection.getresponse().read()
    request = only_request(server)
    return values_of(request, "Content-Length"), request.body


@dispute("file-that-was-read-from")
def test_file_position(httplib, python, replay, shows):
    body = python.define(FILE).file_read_up_to(b"0123456789", 4)
    seen = file_sent(httplib, replay, body, 6)
    shows(
        document=seen[1] == b"012345",
        original=seen == (["10"], b"456789"),
        saw=f"Content-Length {', '.join(seen[0]) or 'absent'}, body begins with {seen[1]!r}",
    )


@dispute("content-length-of-a-pipe")
def test_pipe(httplib, python, replay, shows):
    seen = file_sent(httplib, replay, python.define(PIPE).pipe_with(b"data"), 4)
    shows(
        document=seen[0] == [],
        original=seen == (["0"], b"data"),
        saw=f"Content-Length {', '.join(seen[0]) or 'absent'}, body {seen[1]!r}",
    )


@dispute("request-while-a-response-is-unread")
def test_unread(httplib, replay, shows):
    server = replay(HELLO_REPLY, EMPTY_REPLY)
    connection = httplib.HTTPConnection(server.host, server.port)
    connection.request("GET", "/first")
    response = connection.getresponse()
    seen = outcome(lambda: connection.request("GET", "/second"))
    response.read()
    refused = isinstance(seen, Exception)
    if not refused:
        connection.getresponse().read()
    shows(
        document=refused and isinstance(seen, httplib.CannotSendRequest),
        original=not refused,
        saw=told(seen) if refused else "sent",
    )


@dispute("message-body-as-text")
def test_text_in_one_packet(httplib, python, replay, shows):
    server = replay(script=awaiting_body(5))
    connection = httplib.HTTPConnection(server.host, server.port)
    connection.putrequest("PUT", "/")
    connection.putheader("Content-Length", "5")
    connection.endheaders(Text("hello"))
    packets = packets_sent(python, connection.getresponse())
    shows(document=packets == 1, original=packets == 2, saw=f"packets sent: {packets}")


@dispute("close-while-a-response-owns-the-connection")
def test_close(httplib, replay, shows):
    server = replay(
        script=[
            Accept(),
            AwaitRequest(),
            Send(b"HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 5\r\n\r\nhello"),
            AwaitEnd(),
        ]
    )
    connection = httplib.HTTPConnection(server.host, server.port)
    connection.request("GET", "/")
    response = connection.getresponse()
    connection.close()
    seen = outcome(response.read)
    shows(document=seen != b"hello", original=seen == b"hello", saw=f"read() after close: {told(seen)}")


@dispute("request-that-was-begun-before-close")
def test_close_within_a_request(httplib, replay, shows):
    request = request_sent(
        replay, httplib, ("putrequest", "GET", "/begun"), ("close",), ("request", "GET", "/next")
    )
    line = request_line(request)
    shows(document=line == "GET /next HTTP/1.1", original=line == "GET /begun HTTP/1.1", saw=line)


@dispute("fileno-of-a-response-that-was-read")
def test_fileno(httplib, replay, shows):
    server = replay(HELLO_REPLY, close=False)
    connection = httplib.HTTPConnection(server.host, server.port)
    connection.request("GET", "/")
    response = connection.getresponse()
    response.read()
    seen = outcome(response.fileno)
    shows(
        document=not isinstance(seen, Exception),
        original=isinstance(seen, AttributeError),
        saw=told(seen) if isinstance(seen, Exception) else "a descriptor",
    )


@dispute("version-of-other-protocols")
def test_version(httplib, replay, shows):
    response = respond(httplib, replay, b"HTTP/1.2 200 OK\r\nContent-Length: 0\r\n\r\n")
    seen = response if isinstance(response, Exception) else response.version
    shows(document=seen == 12, original=seen == 11, saw=told(seen))


@dispute("status-of-a-reply-without-one")
def test_status_without_one(httplib, replay, shows):
    response = respond(httplib, replay, b"hello\r\n")
    seen = response if isinstance(response, Exception) else response.status
    shows(document=seen is None, original=seen == 200, saw=told(seen))


@dispute("content-length-of-wide-items")
def test_wide_items(httplib, replay, python, shows):
    array = python.module("array").array("H", [1, 2])
    server = replay(script=awaiting_body(4))
    connection = httplib.HTTPConnection(server.host, server.port)
    connection.request("PUT", "/", array)
    seen = values_of(only_request(server), "Content-Length")
    shows(document=seen == ["4"], original=seen == ["2"], saw=told(seen))


@dispute("negative-chunk-size")
def test_negative_chunk(httplib, replay, shows):
    chunks = b"-4\r\n\r\n8\r\n01234567\r\n0\r\n\r\n"
    response = respond(httplib, replay, b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n" + chunks)
    seen = outcome(lambda: response.read(4))
    refused = isinstance(seen, Exception)
    shows(
        document=isinstance(seen, httplib.IncompleteRead) if refused else len(seen) <= 4,
        original=seen == b"01234567",
        saw=f"read(4) {told(seen)}",
    )


@dispute("negative-amount")
def test_negative_amount(httplib, replay, shows):
    response = respond(httplib, replay, HELLO_REPLY + b"HTTP/1.1 200 OK\r\n\r\n")
    seen = outcome(lambda: response.read(-1))
    refused = isinstance(seen, Exception)
    shows(
        document=seen == b"hello",
        original=not refused and b"200 OK" in seen,
        saw=f"read(-1) {told(seen)}",
    )


@dispute("response-after-a-tunnel-that-failed")
def test_response_of_the_proxy(httplib, replay, shows):
    server = replay(b"HTTP/1.1 what\r\n" + EMPTY_REPLY)
    connection = httplib.HTTPConnection(server.host, server.port)
    connection.set_tunnel("example.com")
    outcome(lambda: connection.request("GET", "/"))
    seen = outcome(connection.getresponse)
    refused = isinstance(seen, Exception)
    shows(document=refused, original=not refused and seen.status == 200, saw=told(seen))


@dispute("response-without-a-connection")
def test_response_without_a_connection(httplib, shows):
    connection = httplib.HTTPConnection("127.0.0.1")
    connection.auto_open = 0
    outcome(lambda: connection.request("GET", "/"))
    seen = outcome(connection.getresponse)
    shows(
        document=isinstance(seen, httplib.NotConnected),
        original=isinstance(seen, AttributeError),
        saw=told(seen),
    )


@dispute("request-after-a-handshake-that-failed")
def test_plain_request(httplib, replay, python, shows):
    context = ssl_of(python).create_default_context()
    server = replay(script=[Accept(), AwaitBytes(1), Send(b"no TLS\r\n"), AwaitEnd()])
    connection = httplib.HTTPSConnection(server.host, server.port, context=context)
    outcome(connection.connect)
    connection.auto_open = 0
    seen = outcome(lambda: connection.request("GET", "/secret"))
    connection.close()
    plain = b"GET /secret" in server.finish().received[0]
    shows(document=not plain, original=plain, saw="sent in plain text" if plain else told(seen))
