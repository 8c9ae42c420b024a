"""The server of the benchmarks, to be run in a process of its own.

It prints its port, and serves any number of connections, each in a thread, until its standard
input ends. A request's path is the name of a workload; replies are made beforehand, so that the
server costs as little as it can.
"""

import socket
import sys
import threading

from workloads import HUGE, WORKLOADS, blocks, head


def serve(connection: socket.socket, replies: dict[bytes, list[bytes]], last: set[bytes]) -> None:
    """Answer the requests of one connection."""
    with connection:
        request = b""
        while True:
            while not request.endswith(b"\r\n\r\n"):
                data = connection.recv(65536)
                if not data:
                    return
                request += data
            path = request.split(b" ", 2)[1][1:]
            request = b""
            try:
                for piece in replies[path]:
                    connection.sendall(piece)
            except OSError:
                return  # the client has seen enough
            if path in last:
                return


def main() -> None:
    """Serve until standard input ends."""
    replies = {}
    for workload in [*WORKLOADS, *HUGE]:
        block, count, tail = blocks(workload)
        pieces = [head(workload), *[block] * count, tail]
        if workload.takes_turns:
            pieces = [b"".join(pieces)]
        replies[workload.name.encode()] = pieces
    last = {workload.name.encode() for workload in HUGE if workload.framing == "stream"}

    listener = socket.create_server(("127.0.0.1", 0))
    print(listener.getsockname()[1], flush=True)

    def accept() -> None:
        while True:
            connection, _ = listener.accept()
            connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            threading.Thread(target=serve, args=(connection, replies, last), daemon=True).start()

    threading.Thread(target=accept, daemon=True).start()
    sys.stdin.read()


if __name__ == "__main__":
    main()
