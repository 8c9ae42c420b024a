"""Whether the client has read all that was sent, so that the next segment reaches it on its own.

TCP is free to join segments, and does so when the reader is slower than the writer. On Linux the kernel
can be asked how much lies unread in the client's receive queue, for the client is on this machine
(sock_diag(7), INET_DIAG). Where it cannot be asked, the answer is always that all was read.

This only makes it likely that cuts are seen as they were made. No outcome may depend on it.
"""

import socket
import struct
import time
from types import TracebackType
from typing import Final, Self

_NETLINK_SOCK_DIAG = 4
_SOCK_DIAG_BY_FAMILY = 20
_REQUEST = 1
_ALL_STATES = 0xFFFFFFFF
_NO_COOKIE = b"\xff" * 8
_HEADER = struct.Struct("=IHHII")  # length, type, flags, sequence, port (nlmsghdr)
_QUERY = struct.Struct("=BBBxI")  # family, protocol, extensions, states (inet_diag_req_v2)
_SOCKET_ID = struct.Struct("!HH16s16s4x8s")  # ports, addresses, interface, cookie (inet_diag_sockid)
# Where the receive queue's length is in an answer: behind nlmsghdr, 4 octets, inet_diag_sockid, 4 octets.
_QUEUE = struct.Struct(f"={_HEADER.size + 4 + _SOCKET_ID.size + 4}xI")
# A client that reads needs microseconds for it, on a busy machine milliseconds. One that does something
# else first may never need it.
PATIENCE: Final = 0.2


class Handover:
    """Watches the client at the other end of `sock` read; a context manager that frees what it takes."""

    def __init__(self, sock: socket.socket) -> None:
        self._socket = sock
        self._netlink: socket.socket | None = None
        self._query = b""
        self._since: float | None = None
        self._given_up = False

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._netlink:
            self._netlink.close()

    def is_pending(self) -> bool:
        """Return whether it is worth while to wait on for the client to read what was sent.

        It is so for `PATIENCE` seconds at a time, and never again once that was in vain.
        """
        now = time.perf_counter()
        if self._given_up or not self._unread():
            self._since = None
            return False
        self._since = self._since or now
        self._given_up = now - self._since > PATIENCE
        return True

    def _unread(self) -> int:
        """Return the number of octets in the client's receive queue; 0 if it cannot be known."""
        try:
            self._netlink = self._netlink or self._open()
            self._netlink.send(self._query)
            answer = self._netlink.recv(4096)
        except (AttributeError, OSError):  # not Linux, or not permitted
            self._given_up = True
            return 0
        # An error message is shorter than that, or has another type: the client has gone.
        if len(answer) < _QUEUE.size or _HEADER.unpack_from(answer)[1] != _SOCK_DIAG_BY_FAMILY:
            return 0
        return int(_QUEUE.unpack_from(answer)[0])

    def _open(self) -> socket.socket:
        """Open the way to the kernel, and prepare the question."""
        sock = self._socket
        here, there = sock.getsockname(), sock.getpeername()
        addresses = (socket.inet_pton(sock.family, host) for host, *_ in (there, here))
        self._query = (
            _HEADER.pack(_HEADER.size + _QUERY.size + _SOCKET_ID.size, _SOCK_DIAG_BY_FAMILY, _REQUEST, 0, 0)
            + _QUERY.pack(sock.family, socket.IPPROTO_TCP, 0, _ALL_STATES)
            + _SOCKET_ID.pack(there[1], here[1], *addresses, _NO_COOKIE)
        )
        netlink = socket.socket(socket.AF_NETLINK, socket.SOCK_DGRAM, _NETLINK_SOCK_DIAG)
        netlink.setblocking(False)
        return netlink
