"""What cases say of a request as the server received it, and the replies that they have it give."""

from httplib_servers import Accept, Action, AwaitRequest, ReplayServer, Request, Send

from httplib_conformance.play import split_head

EMPTY_REPLY = b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n"
"""A whole response without a body, after which the connection stays open."""

HELLO_REPLY = b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello"
"""A whole response with a body of five bytes, after which the connection stays open."""


def request_line(request: Request) -> str:
    """The first line of a request."""
    return split_head(request.head.decode("latin-1"))[0]


def values_of(request: Request, name: str) -> list[str]:
    """The value of each header of that name, in order; letter case does not matter."""
    pairs = [line.partition(":") for line in split_head(request.head.decode("latin-1"))[1]]
    return [value.strip() for found, _, value in pairs if found.lower() == name.lower()]


def awaiting_body(size: int, reply: bytes = EMPTY_REPLY) -> list[Action]:
    """The script of a server that awaits one request with so many bytes of body, framed or not."""
    return [Accept(), AwaitRequest(body=size), Send(reply)]


def requests_of(server: ReplayServer) -> tuple[Request, ...]:
    """The requests that a server took: as many as it was to, or the case fails."""
    recording = server.finish()
    assert recording.problem is None, recording.problem
    return recording.requests


def only_request(server: ReplayServer) -> Request:
    """The request that a server took, which was to be one, or the case fails."""
    (request,) = requests_of(server)
    return request
