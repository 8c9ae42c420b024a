"""Reading a response from a socket, and nothing but the response.

Contract: a reader never takes from a plain socket a byte past the end of what it was asked for.
Whoever takes the socket over, after `101 Switching Protocols`, after CONNECT, or between two
responses, finds every byte there.

The simple way to keep that promise is to receive one byte at a time while a line is being
read. This reader is quicker: it *looks* at what has arrived (MSG_PEEK leaves it in the system's
buffer), serves lines and data from there, and takes exactly what it has served before it lets
the caller go on. Three kinds of source differ in how far that is possible:

    a plain socket          look ahead, then take what was served
    a TLS socket            cannot be looked into: bytes received too many wait for the next
                            reader of the same socket
    anything else           what has `makefile()`, as tests and tunnels build them: its file is
                            asked for exactly the line or the bytes that are wanted
"""

import io
import socket
from typing import IO, Any, ClassVar, Protocol, cast
from weakref import WeakKeyDictionary

try:
    from ssl import SSLSocket
except ImportError:  # pragma: no cover - an interpreter without TLS has no TLS sockets

    class SSLSocket:  # type: ignore[no-redef]
        """Nothing is an instance of this."""


# Enough for the head of nearly every response in one look.
WINDOW = 65536

# Data is received straight into its final place up to this size; a server may *announce* any
# length, so no more memory than this is ever set aside before the bytes have arrived.
LARGEST_PIECE = 1 << 20


class HasMakefile(Protocol):
    """What a response can be read from: a socket, or what imitates one."""

    def makefile(self, mode: str, buffering: int, /) -> IO[bytes]:
        """Return a binary file over the stream; `buffering` 0 asks for none."""


def open_reader(sock: Any) -> "Reader":
    """Return the reader that suits a source.

    Args:
        sock: A socket, a TLS socket, or an object with `makefile()`.

    Returns:
        A reader at the current place of the stream. It keeps the socket open until it is
        closed itself, even if the connection that owns the socket is closed first.
    """
    if isinstance(sock, SSLSocket):
        return TLSReader(sock)
    if isinstance(sock, socket.socket):
        return SocketReader(sock)
    return Reader(sock)


class Reader:
    """Lines and data from a file that is asked for no more than is wanted.

    Args:
        sock: What has `makefile()`.
    """

    def __init__(self, sock: HasMakefile) -> None:
        # For a socket, the file also counts as one of its users: the descriptor lives on until
        # the last of them is closed. That is how a response outlives its connection.
        self.file = sock.makefile("rb", 0)

    def readline(self, limit: int) -> bytes:
        """Read a line with its end, or what there is before `limit` bytes or the stream's end."""
        return self.file.readline(limit)

    def read(self, amount: int) -> bytes:
        """Read `amount` bytes, waiting for them; fewer only at the end of the stream."""
        pieces = []
        while amount > 0:
            piece = self.receive(min(amount, LARGEST_PIECE))
            if not piece:
                break
            pieces.append(piece)
            amount -= len(piece)
        return pieces[0] if len(pieces) == 1 else b"".join(pieces)

    def read_to_end(self) -> bytes:
        """Read all that comes until the stream ends."""
        pieces = []
        while piece := self.receive(LARGEST_PIECE):
            pieces.append(piece)
        return b"".join(pieces)

    def settle(self) -> None:
        """Take from the socket what was served and only looked at so far.

        To be called before control goes back to the program, which may use the socket itself.
        """

    def close(self) -> None:
        """Give up the stream. The socket is closed if nobody else uses it."""
        self.file.close()

    def receive(self, amount: int) -> bytes:
        """Take up to `amount` bytes, at least one unless the stream has ended."""
        return self.file.read(amount)


class SocketReader(Reader):
    """Lines and data from a plain socket, looked at before they are taken.

    `_window` is what was looked at, and is still in the system's buffer; `_served` is how much
    of it was given away already.
    """

    def __init__(self, sock: socket.socket) -> None:
        super().__init__(cast("HasMakefile", sock))
        self._sock = sock
        self._window = b""
        self._served = 0

    def readline(self, limit: int) -> bytes:
        """Read a line with its end, or what there is before `limit` bytes or the stream's end."""
        start = self._served
        end = self._window.find(b"\n", start, start + limit) + 1
        if end:
            self._served = end
            return self._window[start:end]
        return self._read_long_line(limit)

    def _read_long_line(self, limit: int) -> bytes:
        """Put a line together that does not end in the window."""
        line = self._serve(limit)
        while len(line) < limit and not line.endswith(b"\n"):
            self._look()
            if not self._window:
                break
            room = limit - len(line)
            line += self._serve(self._window.find(b"\n", 0, room) + 1 or room)
        return line

    def _serve(self, amount: int) -> bytes:
        """Give away up to `amount` bytes of the window."""
        piece = self._window[self._served : self._served + amount]
        self._served += len(piece)
        return piece

    def _look(self) -> None:
        """Open a new window, with what follows the bytes that were served."""
        self.settle()
        self._window = self._sock.recv(WINDOW, socket.MSG_PEEK)

    def receive(self, amount: int) -> bytes:
        """Take up to `amount` bytes, at least one unless the stream has ended."""
        if self._served < len(self._window):
            return self._serve(amount)
        self.settle()
        return self._sock.recv(amount)

    def settle(self) -> None:
        """Take from the socket what was served and only looked at so far."""
        served, self._window, self._served = self._served, b"", 0
        while served:
            served -= len(self._sock.recv(served))


class TLSReader(SocketReader):
    """Lines and data from a TLS socket: the window has been taken, and cannot be put back."""

    # What one response's reader has received too much belongs to the next one's.
    _left_over: ClassVar[WeakKeyDictionary[socket.socket, bytes]] = WeakKeyDictionary()

    def __init__(self, sock: socket.socket) -> None:
        super().__init__(sock)
        self._window = self._left_over.pop(sock, b"")

    def _look(self) -> None:
        self._window = self._sock.recv(WINDOW)
        self._served = 0

    def receive(self, amount: int) -> bytes:
        """Take up to `amount` bytes, at least one unless the stream has ended."""
        if self._served < len(self._window):
            return self._serve(amount)
        return self._sock.recv(amount)

    def settle(self) -> None:
        """Nothing: what was served has been taken already."""

    def close(self) -> None:
        """Give up the stream, and leave what is unread of it to the next reader."""
        if self._served < len(self._window):
            self._left_over[self._sock] = self._window[self._served :]
        super().close()


class StreamFile(io.RawIOBase):
    """A file over all that follows in a reader's stream, with what was read of it already.

    Args:
        reader: The stream. It is closed with the file.
        beginning: What comes first.
    """

    def __init__(self, reader: Reader, beginning: bytes = b"") -> None:
        self._reader = reader
        self._beginning = beginning

    def readable(self) -> bool:
        """Yes."""
        return True

    def readinto(self, buffer: Any) -> int:
        """Fill a buffer with what comes next, and return how much that was."""
        data = self._beginning[: len(buffer)] or self._reader.receive(len(buffer))
        self._beginning = self._beginning[len(data) :]
        buffer[: len(data)] = data
        return len(data)

    def close(self) -> None:
        """Close the file and the stream."""
        self._reader.close()
        super().close()
