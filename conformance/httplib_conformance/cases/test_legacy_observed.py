"""What the original's HTTP and HTTPS were seen to do where their docstrings do not say so."""

import pytest
from httplib_servers import Accept, AwaitRequest, Close, Send

from httplib_conformance.casemark import case, each_case
from httplib_conformance.cases.legacy import REPLY, ask
from httplib_conformance.cases.tls import ssl_of
from httplib_conformance.cases.wire import only_request, request_line, requests_of

NO_STATUS_LINE = b"no status line\r\nat all"

RAW_BODIES = {
    "chunks": (b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n", b"2\r\nab\r\n0\r\n\r\n"),
    "what-follows-the-length": (b"HTTP/1.0 200 OK\r\nContent-Length: 2\r\n\r\n", b"abcd"),
}
"""Heads of replies, and what comes behind them up to the end of the connection."""

RECORDING = """
seen = []


def derived(base):
    class Recording(base):
        def __init__(self, *args, **kwargs):
            seen.append(kwargs.get("buffering"))
            base.__init__(self, *args, **kwargs)

    return Recording
"""
"""A class of responses that takes down whether it was given buffering."""

LOOKING_UP = """
import socket


def looked_up_by(legacy):
    seen = []
    original = socket.getaddrinfo

    def getaddrinfo(host, port, *more):
        seen.append([host, port])
        raise socket.gaierror(socket.EAI_NONAME, "not looked up")

    socket.getaddrinfo = getaddrinfo
    try:
        legacy.connect()
    except socket.gaierror:
        pass
    finally:
        socket.getaddrinfo = original
    return seen
"""
"""What takes down which addresses are looked up for a connection, and has none found."""


@each_case(
    "name, port",
    [("http", 80), ("https", 443)],
    "{name}-connects-without-a-host",
    "legacy.http.no-host.connect",
)
def test_no_host(httplib, python, name, port):
    """`connect` of what was created without a host looks for the empty name, and for no other."""
    if name == "https":
        ssl_of(python)
    looking_up = python.define(LOOKING_UP)
    assert looking_up.looked_up_by(getattr(httplib, name.upper())()) == [["", port]]


@case("http-sends-steps", "legacy.http.send", "legacy.http.wire")
def test_steps(httplib, replay):
    """HTTP sends a request of HTTP/1.0 step by step, and no header that it was not given."""
    server = replay(REPLY)
    legacy = httplib.HTTP(server.host, server.port)
    legacy.putrequest("POST", "/path")
    legacy.putheader("Content-Length", "5")
    legacy.endheaders()
    legacy.send(b"hello")
    request = only_request(server)
    assert (request.head, request.body) == (b"POST /path HTTP/1.0\r\nContent-Length: 5\r\n\r\n", b"hello")


@each_case(
    "by", [("constructor",), ("connect",)], "http-port-in-the-host-of-{by}", "legacy.http.host-with-port"
)
def test_host_with_port(httplib, replay, by):
    """The host may have the port in it."""
    server = replay(REPLY)
    host = f"{server.host}:{server.port}"
    legacy = httplib.HTTP(host) if by == "constructor" else httplib.HTTP()
    if by == "connect":
        legacy.connect(host)
    ask(legacy)
    assert len(requests_of(server)) == 1


@case("http-port-of-zero", "legacy.http.port-zero")
def test_port_zero(httplib, replay):
    """With a port of 0, the port is that of the host string."""
    server = replay(REPLY)
    ask(httplib.HTTP(f"{server.host}:{server.port}", 0))
    assert len(requests_of(server)) == 1


@case("http-strict", "legacy.http.strict")
def test_strict(httplib, replay):
    """With strict, a reply without a status line is a bad one: -1, the line, and None."""
    server = replay(NO_STATUS_LINE, close=True)
    legacy = ask(httplib.HTTP(server.host, server.port, 1))
    assert legacy.getreply() == (-1, "no status line\r\n", None)


@case("http-bad-status-line", "legacy.http.bad-status-line")
def test_bad_status_line(httplib, replay):
    """`getreply` gives -1, the line and None for a status line whose code is none."""
    server = replay(b"HTTP/1.0 what\r\n\r\n")
    legacy = ask(httplib.HTTP(server.host, server.port))
    assert legacy.getreply() == (-1, "HTTP/1.0 what\r\n", None)


@case("http-after-a-bad-status-line", "legacy.http.bad-status-line", "legacy.http.headers-attribute")
def test_after_bad_status_line(httplib, replay):
    """After a bad status line there are no headers and no file, and another request opens a connection."""
    server = replay(
        script=[
            Accept(),
            AwaitRequest(on=0),
            Send(b"HTTP/1.0 what\r\n\r\n", on=0),
            Accept(),
            AwaitRequest(on=1),
            Send(REPLY, on=1),
        ]
    )
    legacy = ask(httplib.HTTP(server.host, server.port))
    legacy.getreply()
    assert [legacy.headers, legacy.getfile()] == [None, None]
    assert ask(legacy).getreply()[0] == 404


@case("http-getreply-status-is-an-integer", "legacy.http.getreply.integer")
def test_integer(httplib, replay):
    """The status code that getreply gives is an integer."""
    server = replay(REPLY)
    status, _, _ = ask(httplib.HTTP(server.host, server.port)).getreply()
    assert (type(status), status) == (int, 404)


@case("http-no-status-line", "legacy.http.no-status-line")
def test_no_status_line(httplib, replay):
    """Without strict, what has no status line is all body, with status 200 and no reason."""
    server = replay(NO_STATUS_LINE, close=True)
    legacy = ask(httplib.HTTP(server.host, server.port))
    status, reason, headers = legacy.getreply()
    assert (status, reason, headers.items(), legacy.getfile().read()) == (200, "", [], NO_STATUS_LINE)


@case("http-headers-attribute", "legacy.http.headers-attribute")
def test_headers_attribute(httplib, replay):
    """After getreply the attribute headers has the headers."""
    server = replay(REPLY)
    legacy = ask(httplib.HTTP(server.host, server.port))
    legacy.getreply()
    assert legacy.headers["x-name"] == "value"


@each_case("what", [(what,) for what in RAW_BODIES], "http-getfile-has-{what}", "legacy.http.getfile.framing")
def test_raw(httplib, replay, what):
    """What getfile gives is all that comes, whatever the headers say of it."""
    head, body = RAW_BODIES[what]
    server = replay(head + body, close=True)
    legacy = ask(httplib.HTTP(server.host, server.port))
    legacy.getreply()
    assert legacy.getfile().read() == body


@case("http-getfile-of-head", "legacy.http.getfile.framing")
def test_head(httplib, replay):
    """What getfile gives for a reply to HEAD is what comes behind its headers."""
    server = replay(REPLY, close=True)
    legacy = httplib.HTTP(server.host, server.port)
    legacy.putrequest("HEAD", "/")
    legacy.endheaders()
    legacy.getreply()
    assert legacy.getfile().read() == b"sorry"


@case("http-getfile-by-lines", "legacy.http.getfile.lines")
def test_lines(httplib, replay):
    """The file that getfile gives has readline and readlines, which give what comes next."""
    server = replay(b"HTTP/1.0 200 OK\r\n\r\none\ntwo\nthree", close=True)
    legacy = ask(httplib.HTTP(server.host, server.port))
    legacy.getreply()
    file = legacy.getfile()
    assert [file.readline(), file.read(1), file.readlines()] == [b"one\n", b"t", [b"wo\n", b"three"]]


@case("http-getfile-after-close", "legacy.http.getfile.none")
def test_getfile_none(httplib, replay):
    """What getfile gives after close is None."""
    server = replay(REPLY)
    legacy = ask(httplib.HTTP(server.host, server.port))
    legacy.getreply()
    legacy.close()
    assert legacy.getfile() is None


@case("http-file-outlives-close", "legacy.http.close.file")
def test_file_outlives(httplib, replay):
    """The file of a reply that ends the connection is read after close."""
    server = replay(script=[Accept(), AwaitRequest(), Send(REPLY), Close()])
    legacy = ask(httplib.HTTP(server.host, server.port))
    legacy.getreply()
    file = legacy.getfile()
    legacy.close()
    assert file.read() == b"sorry"


@case("http-close-twice", "legacy.http.close.twice")
def test_close_twice(httplib, replay):
    """`close` does nothing on what is not connected, or not any more."""
    server = replay(REPLY)
    legacy = httplib.HTTP(server.host, server.port)
    legacy.close()
    ask(legacy).getreply()
    assert [legacy.close(), legacy.close()] == [None, None]


@case("http-getreply-without-a-request", "legacy.http.getreply.state")
def test_no_request(httplib):
    """`getreply` without a request raises ResponseNotReady."""
    with pytest.raises(httplib.ResponseNotReady):
        httplib.HTTP("www.example.org").getreply()


@case("http-getreply-twice", "legacy.http.getreply.state")
def test_getreply_twice(httplib, replay):
    """`getreply` for the second time raises ResponseNotReady."""
    server = replay(REPLY)
    legacy = ask(httplib.HTTP(server.host, server.port))
    legacy.getreply()
    with pytest.raises(httplib.ResponseNotReady):
        legacy.getreply()


@case("http-asks-again", "legacy.http.again")
def test_again(httplib, replay):
    """The next request opens another connection after a reply that ended the first one."""
    server = replay(
        script=[
            Accept(),
            AwaitRequest(on=0),
            Send(REPLY, on=0),
            Accept(),
            AwaitRequest(on=1),
            Send(b"HTTP/1.0 200 OK\r\n\r\n", on=1),
        ]
    )
    legacy = ask(httplib.HTTP(server.host, server.port))
    legacy.getreply()
    assert ask(legacy).getreply()[0] == 200
    assert [request_line(each) for each in requests_of(server)] == ["GET / HTTP/1.0"] * 2


@case("http-debug-output", "legacy.http.debug-output")
def test_debug_output(httplib, replay, python):
    """HTTP prints what is sent and what is received at a debug level above 0."""
    server = replay(REPLY)
    legacy = httplib.HTTP(server.host, server.port)
    legacy.set_debuglevel(1)
    ask(legacy).getreply()
    lines = [line.rstrip() for line in python.take_printed().splitlines()]
    assert lines == [
        "send: 'GET / HTTP/1.0\\r\\n\\r\\n'",
        "reply: 'HTTP/1.0 404 Not Here\\r\\n'",
        "header: X-Name: value",
        "header: Content-Length: 5",
    ]


@case("https-attributes", "legacy.https.attributes")
def test_https_attributes(httplib, python):
    """HTTPS has key_file and cert_file as it was given them: None without them."""
    ssl_of(python)
    legacy = httplib.HTTPS("www.example.org")
    assert [legacy.key_file, legacy.cert_file] == [None, None]


@case("http-getfile-before-a-reply", "legacy.http.getfile.before")
def test_getfile_before(httplib):
    """What getfile gives before there is a reply is None."""
    assert httplib.HTTP("www.example.org").getfile() is None


@case("http-headers-attribute-before-a-reply", "legacy.http.headers-attribute.before")
def test_headers_attribute_before(httplib):
    """Before there is a reply, there is no attribute headers."""
    legacy = httplib.HTTP("www.example.org")
    with pytest.raises(AttributeError):
        _ = legacy.headers


@case("http-getreply-hands-buffering-on", "legacy.http.getreply.buffering.handed-on")
def test_buffering_handed_on(httplib, replay, python):
    """The class of the response is given buffering if getreply is given it, and not otherwise."""
    owner, recording = httplib.HTTPConnection, python.define(RECORDING)
    original = owner.response_class
    owner.response_class = recording.derived(original)
    try:
        for arguments in ((), (False,), (True,)):
            server = replay(REPLY)
            ask(httplib.HTTP(server.host, server.port)).getreply(*arguments)
    finally:
        owner.response_class = original
    assert recording.seen == [None, None, True]
