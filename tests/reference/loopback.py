"""Both ends of a connection in one thread, in lock-step.

A reply is handed to the system before the client reads it, and what the client has sent is
read afterwards: no threads, no waiting, nothing to time out. Two things need a thread: `Feeder`,
for bodies that are larger than what the system buffers, and `Server`, where one call of the
client needs several answers (a TLS handshake, a tunnel).
"""

import socket
import ssl
import struct
import threading
from pathlib import Path

from httplib27 import HTTPConnection, HTTPResponse, HTTPSConnection

CERTIFICATES = Path(__file__).parent / "certificates"

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


def server_context(certificate="localhost", client_certificate=None):
    """Return the TLS context of a server that proves to be `certificate`."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(CERTIFICATES / f"{certificate}.pem")
    if client_certificate is not None:
        context.load_verify_locations(CERTIFICATES / f"{client_certificate}.pem")
        context.verify_mode = ssl.CERT_REQUIRED
    return context


def client_context(*trusted):
    """Return the TLS context of a client that trusts these certificates only."""
    context = ssl.create_default_context(cafile=CERTIFICATES / f"{trusted[0]}.pem")
    for name in trusted[1:]:
        context.load_verify_locations(CERTIFICATES / f"{name}.pem")
    return context


class Server:
    """Plays a script to one client from a thread.

    The script is a list of steps: bytes are sent after a request's head has arrived, and a TLS
    context makes the handshake. After the last step the server sends no more, and waits for the
    client to close.
    """

    def __init__(self, *script):
        self._listener = Listener()
        self.host, self.port = self._listener.host, self._listener.port
        self.requests = []
        self.server_names = []
        self._script = script
        self._failure = None
        self._thread = threading.Thread(target=self._serve, daemon=True)
        self._thread.start()

    def _serve(self):
        stream = self._listener.accept().sock
        try:
            for step in self._script:
                if isinstance(step, ssl.SSLContext):
                    step.sni_callback = lambda _sock, name, _context: self.server_names.append(name)
                    stream = step.wrap_socket(stream, server_side=True)
                else:
                    self.requests.append(self._head(stream))
                    stream.sendall(step)
            stream.shutdown(socket.SHUT_WR)
            while stream.recv(65536):
                pass
        except OSError as error:
            self._failure = error
        finally:
            stream.close()

    def _head(self, stream):
        head = b""
        while not head.endswith(b"\r\n\r\n"):
            byte = stream.recv(1)
            if not byte:
                break
            head += byte
        return head

    def close(self):
        """Wait for the end of the script, and return the error that broke it off, if any."""
        self._thread.join(PATIENCE)
        self._listener.close()
        assert not self._thread.is_alive(), "the client did not close its connection"
        return self._failure


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

    def server(self, *script):
        """Return a Server that plays a script."""
        server = Server(*script)
        self._open.append(server)
        return server

    def secure_client(self, server, **options):
        """Return an HTTPSConnection for a server that proves to be `localhost`."""
        options.setdefault("timeout", PATIENCE)
        connection = HTTPSConnection("localhost", server.port, **options)
        self._open.append(connection)
        return connection

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
