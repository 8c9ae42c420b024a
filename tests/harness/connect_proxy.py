"""A proxy that opens tunnels and does nothing else, to try the live check where no real one is installed.

python connect_proxy.py HOST PORT
"""

import socket
import socketserver
import sys
import threading


def copy(source: socket.socket, target: socket.socket) -> None:
    """Pass on what comes, to its end."""
    while data := source.recv(65536):
        target.sendall(data)
    target.shutdown(socket.SHUT_WR)


class Tunnel(socketserver.StreamRequestHandler):
    """One connection of a client."""

    def handle(self) -> None:
        head = b""
        while not head.endswith(b"\r\n\r\n"):
            line = self.rfile.readline()
            if not line:
                return
            head += line
        host, _, port = head.split()[1].decode().partition(":")
        try:
            with socket.create_connection((host, int(port))) as destination:
                self.wfile.write(b"HTTP/1.0 200 Go on\r\n\r\n")
                back = threading.Thread(target=copy, args=(destination, self.connection))
                back.start()
                copy(self.connection, destination)
                back.join()
        except OSError:
            self.wfile.write(b"HTTP/1.0 502 Nobody There\r\n\r\n")


class Server(socketserver.ThreadingTCPServer):
    allow_reuse_address = True
    daemon_threads = True


if __name__ == "__main__":
    Server((sys.argv[1], int(sys.argv[2])), Tunnel).serve_forever()
