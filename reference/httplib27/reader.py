"""Reading a response from a socket, and nothing but the response.

Contract: a reader never takes from a plain socket a byte past the end of what it was asked for.
Whoever takes that socket over, after `101 Switching Protocols`, after CONNECT, or between two
responses, finds every byte there.

The simple way to keep that promise is to receive one byte at a time while a line is being
read. This reader is quicker: it *looks* at what has arrived (MSG_PEEK leaves it in the system's
buffer), serves lines and data from there, and takes exactly what it has served before it lets
the caller go on. Three kinds of source differ in how far that is possible:

    a plain socket          look ahead, then take what was served
    a TLS socket            cannot be looked into: bytes received too many wait for the next
                            reader of the same socket, and only a reader finds them
    anything else           what has `makefile()`, as tests and tunnels build them: its file is
                            asked for exactly the line or the bytes that are wanted
"""

import io
import socket
import sys
from typing import IO, Any, ClassVar, Protocol
from weakref import WeakKeyDictionary

try:
    from ssl import SSLSocket
except ImportError:  # pragma: no cover - an interpreter without TLS has no TLS sockets

    class SSLSocket:  # type: ignore[no-redef]
        """Nothing is an instance of this."""


# How much to look at when a line is wanted: enough for nearly every response's head.
LINE_WINDOW = 8192

# More than this is received straight into its final place, without joining pieces...
LARGE = 65536

# ...but no more than this at once. A server may *announce* any length; the place for it is only
# filled as bytes arrive.
LARGEST_PIECE = 1 << 28

# Where the system knows them: to throw away what has been seen without handing it over again,
# and to come back when everything is there instead of when something is. Both save time only.
DISCARD = getattr(socket, "MSG_TRUNC", 0) if sys.platform == "linux" else 0
WAIT_FOR_ALL = getattr(socket, "MSG_WAITALL", 0)


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
    # A subclass with a recv() of its own need not know how to look ahead.
    plain = isinstance(sock, socket.socket) and type(sock).recv is socket.socket.recv
    return SocketReader(sock) if plain else Reader(sock)


class Reader:
    """Lines and data from a file that is asked for no more than is wanted.

    Args:
        sock: What has `makefile()`.

    Attributes:
        file: The file. For a socket it also counts as one of its users: the descriptor lives on
            until the last of them is closed. That is how a response outlives its connection.
        window: Bytes that can be served without waiting. Here there are never any.
        served: How many bytes of the window were given away already.
    """

    def __init__(self, sock: Any) -> None:
        self._sock = sock
        self.file: IO[bytes] = sock.makefile("rb", 0)
        self.window = b""
        self.served = 0

    def readline(self, limit: int) -> bytes:
        """Read a line with its end, or what there is before `limit` bytes or the stream's end."""
        return self.file.readline(limit)

    def see_head(self) -> bytes:
        """Return what stands behind the status line up to an empty line, CR LF, if that has arrived.

        It is not served by this. Where nothing is returned, lines have to be read one by one.
        """
        return b""

    def read(self, amount: int) -> bytes:
        """Read `amount` bytes, waiting for them; fewer only at the end of the stream."""
        piece = self.receive(min(amount, LARGEST_PIECE))
        if len(piece) == amount:
            return piece
        pieces = [piece]
        while piece and (amount := amount - len(piece)):
            piece = self.receive(min(amount, LARGEST_PIECE))
            pieces.append(piece)
        return b"".join(pieces)

    def read_to_end(self) -> bytes:
        """Read all that comes until the stream ends."""
        pieces = []
        size = LARGE
        while piece := self.receive(size):
            pieces.append(piece)
            size = min(2 * size, LARGEST_PIECE)  # long bodies in few pieces, short ones in little memory
        return b"".join(pieces)

    def receive(self, amount: int) -> bytes:
        """Take up to `amount` bytes, at least one unless the stream has ended."""
        return self.file.read(amount)

    def look(self, size: int) -> None:
        """Open a window of up to `size` bytes behind those that were served."""

    def settle(self) -> None:
        """Take from the socket what was served and only looked at so far.

        To be called before control goes back to the program, which may use the socket itself.
        """

    def close(self) -> None:
        """Give up the stream. The socket is closed if nobody else uses it."""
        self.file.close()


class SocketReader(Reader):
    """Lines and data from a plain socket, looked at before they are taken.

    The window is what was looked at, and is still in the system's buffer.

    Args:
        sock: The socket.
    """

    _sock: socket.socket

    def readline(self, limit: int) -> bytes:
        """Read a line with its end, or what there is before `limit` bytes or the stream's end."""
        if self.served == len(self.window):
            self.look(LINE_WINDOW)
        start = self.served
        end = self.window.find(b"\n", start, start + limit) + 1
        if not end:
            return self._read_long_line(limit)
        self.served = end
        return self.window[start:end]

    def _read_long_line(self, limit: int) -> bytes:
        """Put a line together that does not end in the window."""
        line = self._serve(limit)
        while len(line) < limit and not line.endswith(b"\n"):
            self.look(LINE_WINDOW)
            if not self.window:
                break
            room = limit - len(line)
            line += self._serve(self.window.find(b"\n", 0, room) + 1 or room)
        return line

    def see_head(self) -> bytes:
        """Return what stands behind the status line up to an empty line, CR LF, if that has arrived."""
        start = self.served
        try:
            # The empty line may be the first one: look from the end of the status line.
            end = self.window.index(b"\n\r\n", start - 1)
        except ValueError:
            return b""
        return self.window[start : end + 3]

    def _serve(self, amount: int) -> bytes:
        """Give away up to `amount` bytes of the window."""
        start = self.served
        piece = self.window[start : start + amount]
        self.served = start + len(piece)
        return piece

    def receive(self, amount: int) -> bytes:
        """Take up to `amount` bytes, at least one unless the stream has ended."""
        if self.window:
            if self.served < len(self.window):
                return self._serve(amount)
            self.settle()
        if amount <= LARGE:
            return self._sock.recv(amount)
        # The one thing in the standard library that receives many bytes into a bytes object
        # without copying them a second time.
        return io.BufferedReader(_Allowance(self._sock, amount)).read(amount)

    def look(self, size: int) -> None:
        """Open a window of up to `size` bytes behind those that were served."""
        self.settle()
        self.window = self._sock.recv(size, socket.MSG_PEEK)

    def settle(self) -> None:
        """Take from the socket what was served and only looked at so far."""
        left = self.served
        self.window, self.served = b"", 0
        # Nothing would come only where somebody else has taken it in between.
        while left and (taken := self._sock.recv(left, DISCARD)):
            left -= len(taken)


class TLSReader(SocketReader):
    """Lines and data from a TLS socket: the window has been taken, and cannot be put back."""

    # What one response's reader has received too much belongs to the next one's.
    _left_over: ClassVar[WeakKeyDictionary[socket.socket, bytes]] = WeakKeyDictionary()

    def __init__(self, sock: socket.socket) -> None:
        super().__init__(sock)
        self.window = self._left_over.pop(sock, b"")

    def receive(self, amount: int) -> bytes:
        """Take up to `amount` bytes, at least one unless the stream has ended."""
        if self.served < len(self.window):
            return self._serve(amount)
        return self._sock.recv(min(amount, LARGE))

    def look(self, size: int) -> None:
        """Open a window of up to `size` bytes behind those that were served."""
        self.window = self.window[self.served :] or self._sock.recv(size)
        self.served = 0

    def settle(self) -> None:
        """Nothing: what was served has been taken already."""

    def close(self) -> None:
        """Give up the stream, and leave what is unread of it to the next reader."""
        if self.served < len(self.window):
            self._left_over[self._sock] = self.window[self.served :]
        super().close()


class _Allowance(io.RawIOBase):
    """A file over a socket that gives no more than a number of bytes.

    Args:
        sock: The socket.
        amount: How many bytes there are to be had.
    """

    def __init__(self, sock: socket.socket, amount: int) -> None:
        self._sock = sock
        self._left = amount

    def readable(self) -> bool:
        """Yes."""
        return True

    def readinto(self, buffer: Any) -> int:
        """Fill a buffer, or as much of it as is allowed and there is."""
        received = self._sock.recv_into(buffer, min(len(buffer), self._left), WAIT_FOR_ALL)
        self._left -= received
        return received


class StreamFile(io.RawIOBase):
    """A file over all that follows in a reader's stream, with what was read of it already.

    Args:
        reader: The stream. It is closed with the file.
        beginning: What comes first.
    """

    def __init__(self, reader: Reader, beginning: bytes) -> None:
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
