"""Both ends of a connection in one thread, in lock-step.

A reply is handed to the system before the client reads it, and what the client has sent is
read afterwards: no threads, no waiting, nothing to time out. Only `Feeder` needs a thread,
for bodies that are larger than what the system buffers.
"""

import socket
import struct
import threading

from httplib27 import HTTPConnection, HTTPResponse

# No test waits for a peer. Should one do so by mistake, it fails after this many seconds.
PATIENCE = 10


class Peer:
    """The server's end of a connection."""

    def __init__(self, sock):
        self.sock = sock
        sock.settimeout(PATIENCE)

    def send(self, data):
        """Send to the client."""
        self.sock.sendall(data)

    def end(self):
        """Send nothing more, but go on receiving."""
        self.sock.shutdown(socket.SHUT_WR)

    def reset(self):
        """Break the connection off, so that the client's next call fails."""
        self.sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.sock.close()

    def received(self):
        """Return what the client has sent and was not returned before."""
        self.sock.setblocking(False)
        pieces = []
        try:
            while piece := self.sock.recv(65536):
                pieces.append(piece)
        except BlockingIOError:
            pass
        finally:
            self.sock.settimeout(PATIENCE)
        return b"".join(pieces)

    def saw_end(self):
        """Tell whether the client has closed the connection; its data must be received before."""
        return self.sock.recv(1) == b""


class Listener:
    """A listening socket on an ephemeral port of the loopback interface."""

    def __init__(self, family=socket.AF_INET, address="127.0.0.1"):
        self.sock = socket.socket(family)
        self.sock.bind((address, 0))
        self.sock.listen(5)
        self.sock.settimeout(PATIENCE)
        self.host, self.port = self.sock.getsockname()[:2]
        self.peers = []

    def accept(self):
        """Return the next connection's server end; the system has accepted it already."""
        peer = Peer(self.sock.accept()[0])
        self.peers.append(peer)
        return peer

    def close(self):
        """Close the listening socket and every accepted one."""
        for peer in self.peers:
            peer.sock.close()
        self.sock.close()


class Feeder:
    """Sends a long body from a thread while the test reads it."""

    def __init__(self, peer, data):
        self._thread = threading.Thread(target=peer.send, args=(data,), daemon=True)
        self._thread.start()

    def join(self):
        """Wait until everything was sent."""
        self._thread.join(PATIENCE)
        assert not self._thread.is_alive(), "the client did not read the whole body"


class Line:
    """Makes connected pairs of client and peer, and closes them when the test is over."""

    def __init__(self):
        self._open = []

    def pair(self):
        """Return a client socket and the peer at its other end."""
        near, far = socket.socketpair()
        near.settimeout(PATIENCE)
        self._open += [near, far]
        return near, Peer(far)

    def connection(self, *replies, end=True, **options):
        """Return an HTTPConnection that is connected, and its peer, which has replied already."""
        near, peer = self.pair()
        peer.send(b"".join(replies))
        if end:
            peer.end()
        connection = HTTPConnection("example.com", **options)
        connection.sock = near
        self._open.append(connection)
        return connection, peer

    def response(self, data, end=True, **options):
        """Return an HTTPResponse to which `data` has arrived; its head is not read yet."""
        near, peer = self.pair()
        peer.send(data)
        if end:
            peer.end()
        response = HTTPResponse(near, **options)
        self._open.append(response)
        return response

    def begun(self, data, **options):
        """Return an HTTPResponse whose head has been read."""
        response = self.response(data, **options)
        response.begin()
        return response

    def fetch(self, reply, method="GET", **options):
        """Send a request, and return the response and its connection."""
        connection, _peer = self.connection(reply, **options)
        connection.request(method, "/")
        return connection.getresponse(), connection

    def sent(self, *calls, **options):
        """Return what goes over the wire when the calls are made on a fresh connection."""
        connection, peer = self.connection(**options)
        for name, *arguments in calls:
            getattr(connection, name)(*arguments)
        return peer.received()

    def listener(self, *arguments):
        """Return a Listener."""
        listener = Listener(*arguments)
        self._open.append(listener)
        return listener

    def client(self, listener, **options):
        """Return an HTTPConnection for a listener, not connected yet."""
        options.setdefault("timeout", PATIENCE)
        connection = HTTPConnection(listener.host, listener.port, **options)
        self._open.append(connection)
        return connection

    def close(self):
        """Close everything that was made."""
        for item in reversed(self._open):
            item.close()


def reply(body=b"", *headers, start=b"HTTP/1.1 200 OK"):
    """Put a response together; Content-Length is given unless a header frames the body."""
    lines = [start, *headers]
    framed = any(line.lower().startswith((b"content-length", b"transfer-encoding")) for line in headers)
    if not framed:
        lines.append(b"Content-Length: %d" % len(body))
    return b"\r\n".join([*lines, b"", body])


def chunked(*chunks, trailer=b""):
    """Put a chunked response together."""
    parts = [b"%x\r\n%b\r\n" % (len(chunk), chunk) for chunk in chunks]
    return reply(b"".join([*parts, b"0\r\n", trailer, b"\r\n"]), b"Transfer-Encoding: chunked")
