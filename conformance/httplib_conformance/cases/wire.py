"""What cases say of a request as the server received it, and the replies that they have it give."""

import struct
from collections.abc import Callable
from typing import Any

import pytest
from httplib_servers import Accept, Action, AwaitRequest, ReplayServer, Request, Send

from httplib_conformance.play import split_head
from httplib_conformance.proxies import Python

EMPTY_REPLY = b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n"
"""A whole response without a body, after which the connection stays open."""

HELLO_REPLY = b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello"
"""A whole response with a body of five bytes, after which the connection stays open."""


MAPPING = """
try:
    from collections.abc import Mapping
except ImportError:
    from collections import Mapping


class Headers(Mapping):
    '''A mapping that is no dictionary.'''

    def __init__(self, pairs):
        self._pairs = pairs

    def __getitem__(self, name):
        for each, value in self._pairs:
            if each == name:
                return value
        raise KeyError(name)

    def __iter__(self):
        return iter([name for name, value in self._pairs])

    def __len__(self):
        return len(self._pairs)
"""
"""A class of mappings, for `python.define`."""


def outcome(call: Callable[[], Any]) -> Any:
    """What a call gives, or the exception that it raises."""
    try:
        return call()
    except Exception as error:
        if getattr(error, "__remote__", None) is None:
            raise  # of the harness, not of the implementation
        return error


def request_line(request: Request) -> str:
    """The first line of a request."""
    return split_head(request.head.decode("latin-1"))[0]


def values_of(request: Request, name: str) -> list[str]:
    """The value of each header of that name, in order; letter case does not matter."""
    pairs = [line.partition(":") for line in split_head(request.head.decode("latin-1"))[1]]
    return [value.strip() for found, _, value in pairs if found.lower() == name.lower()]


def content_of(server: ReplayServer) -> bytes:
    """What the only request to a server carries, however that is framed: chunked coding is undone."""
    request = only_request(server)
    content, rest = b"", request.body + server.finish().surplus[0]
    if [coding.lower() for coding in values_of(request, "Transfer-Encoding")] != ["chunked"]:
        return rest
    # An implementation that sends chunks deviates, but that is what another case says.
    while size := int(rest.partition(b"\r\n")[0].partition(b";")[0], 16):  # pragma: no cover
        rest = rest.partition(b"\r\n")[2]
        content, rest = content + rest[:size], rest[size + 2 :]
    return content  # pragma: no cover


def needed(python: Python, module: str, name: str) -> Any:
    """A module of the implementation's interpreter; the case cannot be played without that name in it."""
    try:
        found = python.module(module)
        getattr(found, name)
    except (ImportError, AttributeError) as error:  # pragma: no cover (Jython)
        pytest.skip(f"the interpreter has no module {module} with {name}: {error}")
    return found


MEASURING = """
def derive(base):
    class Derived(base):
        def send(self, data):
            self.sizes = getattr(self, 'sizes', []) + [len(data)]
            return base.send(self, data)
    return Derived
"""
"""Makes a class of connections that take down how much each call of send was given, for `python.define`."""


def packets_sent(python: Python, response: Any) -> int | None:
    """How many packets with data the client has sent on a response's connection.

    Linux counts them (`tcpi_data_segs_out` of `struct tcp_info`); elsewhere it is not known: None.
    The response must be unread, so that it has its descriptor.
    """
    if not python.module("sys").platform.startswith("linux"):  # pragma: no branch
        return None  # pragma: no cover (not on Linux)
    module = python.module("socket")
    try:
        same = module.fromfd(response.fileno(), module.AF_INET, module.SOCK_STREAM)
        tcp_info = same.getsockopt(module.IPPROTO_TCP, 11, 160)
        same.close()
    except (AttributeError, OSError, TypeError):  # pragma: no cover (implementations that deviate)
        return None  # there are other cases for fileno
    if isinstance(tcp_info, str):  # pragma: no cover (Python 2)
        tcp_info = tcp_info.encode("latin-1")
    # Older kernels have no such count.
    return int(struct.unpack_from("=I", tcp_info, 156)[0]) if len(tcp_info) == 160 else None


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
