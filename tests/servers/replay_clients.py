"""A client's hands for the tests of the servers."""

import socket
import struct
from collections.abc import Callable

from httplib_servers import Event, Recording, ReplayServer

# No wait in these tests is longer, in seconds; only a defect makes one that long.
BOUND = 30

Connect = Callable[[ReplayServer], socket.socket]


def reset(sock: socket.socket) -> None:
    """Close a connection with RST."""
    sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    sock.close()


def read_to_end(sock: socket.socket) -> bytes:
    """Return all that comes until the server ends its stream."""
    return b"".join(iter(lambda: sock.recv(65536), b""))


def kinds(recording: Recording, connection: int = 0) -> list[str]:
    """Return what happened on a connection, without what the client sent."""

    def told(event: Event) -> bool:
        return event.connection == connection and event.kind != "received"

    return [event.kind for event in recording.events if told(event)]
