"""One connection of a replay server: its non-blocking socket, and all that was read from it.

Nothing here waits, and no way in which a client may behave is an error: a client that has gone is a state.
"""

import contextlib
import fcntl
import socket
import struct
import termios
from collections import deque
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from httplib_servers.recording import Handshake

READ_SIZE = 64 * 1024
# Linux can be asked to acknowledge at once what it would acknowledge up to 40 ms later. A client may wait
# for that before it sends the rest of a request (RFC 9293, 3.7.4), and its program may be over meanwhile:
# when it closes its side without having read everything, what it still had to send is destroyed.
_ACKNOWLEDGE_NOW: int | None = getattr(socket, "TCP_QUICKACK", None)
_RESET_ON_CLOSE = struct.pack("ii", 1, 0)


class Connection:
    """A connection that the script has taken up.

    Attributes:
        number: Its number, from 0 in the order in which connections are taken up.
        client: The client's address: host and port.
        received: Every octet that the client sent, in the pieces in which they were read.
        unread: The octets that no action has taken yet.
        ended: How the client has ended its stream, once that was read; else None.
        deaf: Whether sending has failed: the client takes nothing more.
        handshake: What came of the TLS handshake; None while there was none, or it goes on.
    """

    def __init__(self, number: int, sock: socket.socket, client: tuple[str, int]) -> None:
        self.number = number
        self.socket = sock
        self.client = client
        self.received: list[bytes] = []
        self.unread = bytearray()
        self.ended: Literal["ended by client", "reset by client"] | None = None
        self.deaf = False
        self.handshake: Handshake | None = None
        self._unread_pieces: deque[bytes] = deque()
        sock.setblocking(False)
        sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self._acknowledge()

    @property
    def open(self) -> bool:
        """Whether neither side has ended it for good."""
        return self.ended is None and self.socket.fileno() >= 0

    def read(self) -> bytes | None:
        """Read one piece of what the client has sent, and keep it.

        Returns:
            The piece; None if there is nothing to read just now; empty if the client has ended its
            stream, in which case `ended` says how.
        """
        piece = self._receive()
        if piece:
            self._keep(piece)
        return piece

    def _receive(self) -> bytes | None:
        """Take one piece from the socket; otherwise as `read`."""
        try:
            piece = self.socket.recv(READ_SIZE)
        except BlockingIOError:
            return None
        except OSError:
            self.ended = "reset by client"
            return b""
        if not piece:
            # Where sending failed first, that has used up the error by which a reset shows here.
            self.ended = "reset by client" if self.deaf else "ended by client"
        else:
            self._acknowledge()
        return piece

    def _acknowledge(self) -> None:
        """Have the client's next octets acknowledged at once; every transfer may undo that."""
        if _ACKNOWLEDGE_NOW is not None:
            with contextlib.suppress(OSError):
                self.socket.setsockopt(socket.IPPROTO_TCP, _ACKNOWLEDGE_NOW, 1)

    def _keep(self, piece: bytes) -> None:
        """Keep a piece of what the client has sent."""
        self.received.append(piece)
        self.unread += piece
        self._unread_pieces.append(piece)

    def take(self, count: int) -> tuple[bytes, ...]:
        """Return the first `count` unread octets in the pieces in which they were read, as read now."""
        taken = []
        del self.unread[:count]
        while count:
            piece = self._unread_pieces.popleft()
            if len(piece) > count:
                self._unread_pieces.appendleft(piece[count:])
                piece = piece[:count]
            taken.append(piece)
            count -= len(piece)
        return tuple(taken)

    def write(self, data: memoryview) -> int:
        """Send as much of `data` as there is room for just now, and return how many octets that was."""
        try:
            count = self.socket.send(data)
        except BlockingIOError:
            return 0
        except OSError:
            self.deaf = True
            return 0
        self._acknowledge()
        return count

    @property
    def undelivered(self) -> bool:
        """Whether the client's system has yet to acknowledge some of what was sent, and still can."""
        try:
            self.socket.getpeername()  # there is none after a reset
            return any(fcntl.ioctl(self.socket, termios.TIOCOUTQ, bytes(4)))
        except OSError:
            return False

    def end_stream(self, *, close_notify: bool) -> None:  # noqa: ARG002 (there is no TLS here)
        """Send FIN behind what was sent, unless the client has gone.

        Args:
            close_notify: Whether a connection with TLS says in TLS, too, that its stream is at its end.
        """
        try:
            self.socket.shutdown(socket.SHUT_WR)
        except OSError:
            self.deaf = True
        else:
            self._acknowledge()

    def reset(self) -> None:
        """Send RST and forget the socket."""
        self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _RESET_ON_CLOSE)
        self.socket.close()
