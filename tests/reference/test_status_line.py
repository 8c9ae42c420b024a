"""The first line of a response: version, status code, reason, and what is no status line."""

import pytest
from httplib27 import BadStatusLine, LineTooLong, UnknownProtocol


@pytest.mark.parametrize(
    ("start", "version", "status", "reason"),
    [
        (b"HTTP/1.1 200 OK", 11, 200, "OK"),
        (b"HTTP/1.0 404 Not Found", 10, 404, "Not Found"),
        (b"HTTP/1.1 200", 11, 200, ""),
        (b"HTTP/1.1 200 ", 11, 200, ""),
        (b"HTTP/1.1  200 \t OK  x \t", 11, 200, "OK  x"),
        (b"HTTP/1.1 200 O\xe9\x85", 11, 200, "O\xe9\x85"),
        (b" HTTP/1.1 200 OK", 11, 200, "OK"),
        (b"HTTP/1.1 +200 OK", 11, 200, "OK"),
        (b"HTTP/1.1 999 ?", 11, 999, "?"),
        (b"HTTP/1.2 200 OK", 11, 200, "OK"),
        (b"HTTP/1.10 200 OK", 11, 200, "OK"),
    ],
)
@pytest.mark.parametrize("strict", [False, True])
def test_a_status_line_is_taken_apart(line, start, version, status, reason, strict):
    """Version, status code and reason phrase are the status line's; a higher minor version is 11."""
    response = line.begun(start + b"\r\nContent-Length: 0\r\n\r\n", strict=strict)
    assert (response.version, response.status, response.reason) == (version, status, reason)


def test_a_bare_line_feed_ends_the_line(line):
    """A server that ends its lines with LF alone is understood."""
    response = line.begun(b"HTTP/1.1 200 OK\nA: b\n\nbody")
    assert (response.reason, response.getheader("a"), response.read()) == ("OK", "b", b"body")


@pytest.mark.parametrize("code", [b"abc", b"99", b"1000", b"-200", b"20.0", b"2_0_0", b"\xb2", b"200OK"])
@pytest.mark.parametrize("strict", [False, True])
def test_a_code_that_is_none_is_refused(line, code, strict):
    """BadStatusLine is raised for a status code that we don't understand, and carries the line."""
    with pytest.raises(BadStatusLine) as caught:
        line.begun(b"HTTP/1.1 " + code + b" X\r\n\r\n", strict=strict)
    assert caught.value.line == f"HTTP/1.1 {code.decode('iso-8859-1')} X\r\n"


@pytest.mark.parametrize("start", [b"junk", b"", b"HTTP/1.1", b"http/1.1 200 OK", b"ICY 200 OK", b"HTTP 200"])
def test_strict_refuses_what_is_no_status_line(line, start):
    """If `strict` is true, BadStatusLine is raised if the status line can't be parsed."""
    with pytest.raises(BadStatusLine) as caught:
        line.begun(start + b"\r\n\r\n", strict=True)
    assert caught.value.line == start.decode() + "\r\n"


@pytest.mark.parametrize("start", [b"junk", b"", b"HTTP/1.1", b"http/1.1 200 OK", b"ICY 200 OK", b"HTTP 200"])
def test_without_strict_it_is_a_body(line, start):
    """By default, a response without a status line is one in HTTP/0.9: nothing but a body."""
    data = start + b"\r\nA: b\r\n\r\nbody"
    response = line.begun(data)
    assert (response.version, response.status, response.reason) == (9, 200, "")
    assert response.getheaders() == []
    assert (response.length, response.chunked, response.will_close) == (None, False, True)
    assert response.read() == data
    assert response.isclosed()


def test_a_body_in_http_0_9_can_be_read_in_pieces(line):
    """The line that was taken for a status line is the beginning of the body."""
    response = line.begun(b"junk\nmore")
    assert [response.read(n) for n in (3, 4, 0, 9, 9)] == [b"jun", b"k\nmo", b"", b"re", b""]
    assert response.isclosed()


def test_a_declared_http_0_9_has_no_headers(line):
    """What follows a status line of HTTP/0.9 is body."""
    response = line.begun(b"HTTP/0.9 201 Made\r\nA: b\r\n\r\n")
    assert (response.version, response.status, response.reason) == (9, 201, "Made")
    assert response.read() == b"A: b\r\n\r\n"


def test_a_response_to_head_in_http_0_9_is_empty(line):
    """HEAD never returns any data, in no version."""
    response = line.begun(b"junk\r\nmore", method="HEAD")
    assert response.read() == b""
    assert response.isclosed()


@pytest.mark.parametrize("version", ["HTTP/2", "HTTP/2.0", "HTTP/1", "HTTP/0.8", "HTTP/", "HTTP/x"])
def test_another_protocol_is_refused(line, version):
    """UnknownProtocol is raised for a version that is not HTTP/0.9 or HTTP/1.x."""
    with pytest.raises(UnknownProtocol) as caught:
        line.begun(version.encode() + b" 200 OK\r\n\r\n")
    assert caught.value.version == version


@pytest.mark.parametrize("strict", [False, True])
def test_a_stream_that_ends_at_once_is_no_response(line, strict):
    """BadStatusLine is raised where the server closes the connection without a response."""
    with pytest.raises(BadStatusLine, match="No status line received"):
        line.begun(b"", strict=strict)


def test_an_interim_response_is_skipped(line):
    """`100 Continue`, with its headers, is not the response; there may be several."""
    response = line.begun(
        b"HTTP/1.1 100 Continue\r\nA: b\r\n\r\n"
        b"HTTP/1.0 100 Continue\r\n \r\n"
        b"HTTP/1.1 201 Made\r\nC: d\r\n\r\n"
    )
    assert (response.status, response.getheaders()) == (201, [("c", "d")])


def test_only_100_is_skipped(line):
    """Any other interim response is the response, and has no body."""
    response = line.begun(b"HTTP/1.1 102 Processing\r\nA: b\r\n\r\nHTTP/1.1 200 OK\r\n\r\n")
    assert (response.status, response.getheaders(), response.read()) == (102, [("a", "b")], b"")


def test_the_stream_may_not_end_behind_an_interim_response(line):
    """An interim response without one behind it is none."""
    with pytest.raises(BadStatusLine, match="No status line received"):
        line.begun(b"HTTP/1.1 100 Continue\r\nA: b")


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (b"HTTP/1.1 200 ", b"\r\n\r\n"),
        (b"HTTP/1.1 200 OK\r\nA: ", b"\r\n\r\n"),
        (b"HTTP/1.1 100 Continue\r\nA: ", b"\r\n\r\nHTTP/1.1 200 OK\r\n\r\n"),
    ],
)
def test_a_line_has_at_most_65536_bytes(line, before, after):
    """LineTooLong is raised for a line of more than 65536 bytes, its end counted."""
    used = len(before.rpartition(b"\r\n")[2]) + 2
    line.begun(before + b"x" * (65536 - used) + after)
    with pytest.raises(LineTooLong, match="65536 bytes when reading header line"):
        line.begun(before + b"x" * (65537 - used) + after)


def test_begin_reads_one_response(line):
    """Calling begin() again does nothing."""
    response = line.begun(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nhi")
    response.begin()
    assert response.read() == b"hi"


def test_before_begin_nothing_is_known(line):
    """Until begin() was called, the attributes are unknown, and there are no headers and no body."""
    from httplib27 import ResponseNotReady

    response = line.response(b"HTTP/1.1 200 OK\r\n\r\n")
    assert {response.status, response.reason, response.version, response.will_close} == {"UNKNOWN"}
    assert {response.chunked, response.length, response.chunk_left} == {"UNKNOWN"}
    assert response.msg is None
    assert not response.isclosed()
    for call in (response.read, response.getheaders, lambda: response.getheader("a")):
        with pytest.raises(ResponseNotReady):
            call()
