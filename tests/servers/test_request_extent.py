"""Where a request ends."""

import pytest
from httplib_servers.request_extent import RequestExtent

HEAD = b"POST / HTTP/1.1\r\nHost: x\r\n"


def extent_of(octets: bytes, body: int | None = None) -> RequestExtent | None:
    """Return the extent of the request at the start of `octets`, None if more octets are needed."""
    extent = RequestExtent(bytearray(octets), body)
    for _ in extent.search():
        return None
    return extent


WHOLE = [
    pytest.param(b"GET / HTTP/1.1\r\n\r\n", b"", id="no-body"),
    pytest.param(b"GET / HTTP/1.1\n\n", b"", id="bare-line-feeds"),
    pytest.param(b"\r\n\r\n", b"", id="nothing-but-empty-lines"),
    pytest.param(HEAD + b"Content-Length: 5\r\n\r\n", b"hello", id="length"),
    pytest.param(HEAD + b"content-length :0\r\n\r\n", b"", id="zero-length"),
    pytest.param(HEAD + b"Content-Length: 2\r\nContent-Length: 2\r\n\r\n", b"ab", id="same-length-twice"),
    pytest.param(HEAD + b"Transfer-Encoding: chunked\r\n\r\n", b"0\r\n\r\n", id="last-chunk-only"),
    pytest.param(
        HEAD + b"Content-Length: 1\r\nTransfer-Encoding: gzip, Chunked\r\n\r\n",
        b'2;a="b"\r\nab\r\n0A\r\n0123456789\r\n00\r\nX: 1\r\nY: 2\r\n\r\n',
        id="chunked-beats-length",
    ),
]


@pytest.mark.parametrize(("head", "body"), WHOLE)
def test_the_end_of_a_request_is_found(head: bytes, body: bytes) -> None:
    """A request ends where its own framing says, whatever comes behind it."""
    extent = extent_of(head + body + b"GET /next")
    assert extent is not None
    assert (extent.head, extent.end, extent.defect) == (len(head), len(head + body), None)


@pytest.mark.parametrize(("head", "body"), WHOLE)
def test_no_end_is_found_before_it_is_there(head: bytes, body: bytes) -> None:
    """However a request is cut, its end is found with its last octet and not before."""
    buffer = bytearray()
    extent = RequestExtent(buffer, None)
    search = extent.search()
    for octet in head + body:
        next(search)
        buffer.append(octet)
    assert list(search) == []
    assert (extent.head, extent.end) == (len(head), len(head + body))


@pytest.mark.parametrize(("body", "end"), [(0, 0), (3, 3), (7, 7)])
def test_a_given_length_overrides_the_framing(body: int, end: int) -> None:
    """Where the script says how long the body is, the request's own framing is not looked at."""
    head = HEAD + b"Content-Length: 5\r\n\r\n"
    extent = extent_of(head + b"0123456789", body)
    assert extent is not None
    assert extent.end == len(head) + end


@pytest.mark.parametrize(
    ("fields", "body", "words"),
    [
        (b"Content-Length: five\r\n", b"hello", "malformed Content-Length, b'five'"),
        (b"Content-Length:\r\n", b"", "malformed Content-Length, b''"),
        (b"Content-Length: -1\r\n", b"", "malformed Content-Length, b'-1'"),
        (b"Content-Length: 1\r\nContent-Length: 2\r\n", b"ab", "malformed Content-Length, b'1, 2'"),
        (b"Content-Length: " + b"9" * 5000 + b"\r\n", b"", "malformed Content-Length"),
        (b"Transfer-Encoding: gzip\r\n", b"", "Transfer-Encoding that does not end in chunked, b'gzip'"),
        (b"Transfer-Encoding: chunked\r\n", b"x\r\n", "malformed chunk size, b'x"),
        (b"Transfer-Encoding: chunked\r\n", b"\r\n", "malformed chunk size"),
        (b"Transfer-Encoding: chunked\r\n", b"1\nab", "malformed chunk size"),
        (b"Transfer-Encoding: chunked\r\n", b"1\r\nabc\r\n", "chunk of 1 bytes without a line end behind it"),
    ],
)
def test_a_request_without_a_knowable_end_is_its_head(fields: bytes, body: bytes, words: str) -> None:
    """Where the body's length cannot be known, the request ends with its header section, and why is said."""
    head = HEAD + fields + b"\r\n"
    extent = extent_of(head + body)
    assert extent is not None
    assert (extent.head, extent.end) == (len(head), len(head))
    assert words in str(extent.defect)
