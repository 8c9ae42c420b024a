"""A relay between a client and a server on this machine, which keeps what the server sends, byte for byte.

    with Relay(server.host, server.port) as relay:
        ...  # let a client talk to relay.host, relay.port
        relay.conversations[0].received

What the server sends is kept before the client gets it: a client that has its reply whole knows that the
relay has it, too.
"""

import selectors
import socket
import threading
from contextlib import ExitStack, suppress
from dataclasses import dataclass, field
from types import TracebackType
from typing import Final, Self

_READ_SIZE: Final = 64 * 1024
_BOUND: Final = 30.0
"""How long, in seconds, one side may take to be reached, or to read what the other one sent."""


@dataclass
class Conversation:
    """One connection of a client, passed on to the server.

    Attributes:
        received: What the server has sent so far.
        ended: Whether the server has ended its stream, or was not to be reached.
        unreached: Why the server was not to be reached, if it was not.
    """

    received: bytearray = field(default_factory=bytearray)
    ended: bool = False
    unreached: OSError | None = None


class Relay:
    """A relay to one server; a context manager, which ends all that it holds.

    Args:
        host: The server's address, a literal.
        port: The server's port.

    Attributes:
        host: The address that clients connect to, once it was entered.
        port: The port that clients connect to, once it was entered.
        conversations: The connections so far, in the order in which they were accepted.
    """

    def __init__(self, host: str, port: int) -> None:
        self.host = "127.0.0.1"
        self.port = 0
        self.conversations: list[Conversation] = []
        self._server = host, port
        self._selector = selectors.DefaultSelector()
        self._sockets = ExitStack()
        self._thread = threading.Thread(target=self._run, name="relay")

    def __enter__(self) -> Self:
        """Listen.

        Raises:
            OSError: There is no port to be had.
        """
        with ExitStack() as sockets:
            self._listener = sockets.enter_context(socket.create_server((self.host, 0)))
            self.port = self._listener.getsockname()[1]
            self._waker, wakened = socket.socketpair()
            sockets.enter_context(self._waker)
            sockets.enter_context(wakened)
            self._selector.register(self._listener, selectors.EVENT_READ)
            self._selector.register(wakened, selectors.EVENT_READ)
            self._thread.start()
            self._sockets = sockets.pop_all()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        with self._sockets:
            self._waker.shutdown(socket.SHUT_WR)
            self._thread.join()
            self._selector.close()

    def _run(self) -> None:
        """Pass on what comes, until `_waker` says that it is over."""
        while True:
            for key, _ in self._selector.select():
                if key.fileobj is self._listener:
                    self._accept()
                elif key.data is None:
                    return
                else:
                    self._pass_on(*key.data)

    def _accept(self) -> None:
        """Take a connection, and make the one to the server that belongs to it."""
        client = self._sockets.enter_context(self._listener.accept()[0])
        conversation = Conversation()
        self.conversations.append(conversation)
        try:
            server = self._sockets.enter_context(socket.create_connection(self._server, _BOUND))
        except OSError as error:
            conversation.ended = True
            conversation.unreached = error
            client.close()
            return
        client.settimeout(_BOUND)
        for side in (client, server):
            side.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self._selector.register(client, selectors.EVENT_READ, (client, server, None))
        self._selector.register(server, selectors.EVENT_READ, (server, client, conversation))

    def _pass_on(self, source: socket.socket, sink: socket.socket, conversation: Conversation | None) -> None:
        """Pass on one piece, or the end of a stream; what nobody takes any more is kept all the same."""
        try:
            data = source.recv(_READ_SIZE)
        except OSError:
            data = b""
        if conversation is not None:
            conversation.received += data
            conversation.ended = not data
        if not data:
            self._selector.unregister(source)
        with suppress(OSError):
            if data:
                sink.sendall(data)
            else:
                sink.shutdown(socket.SHUT_WR)
