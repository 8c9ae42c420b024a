"""Servers that never get as far as a script: an attempt to connect to them is refused, or never answered.

with NeverAccepts() as server:
    ...  # let the client try to connect to server.host, server.port
"""

import select
import socket
import sys
from contextlib import ExitStack
from types import TracebackType
from typing import Final, Self

# How long, in seconds, the system may take to hand over a connection on this machine.
_BOUND: Final = 30


class Unavailable(Exception):
    """This system cannot do it; the message is one sentence that says what."""


class Refuses:
    """An address where nobody listens, and nobody else can; a context manager.

    Args:
        host: The loopback address, as a literal.
        port: The port; 0 for any that is free.

    Attributes:
        host: The address to connect to.
        port: The port to connect to, once it was entered.
    """

    def __init__(self, *, host: str = "127.0.0.1", port: int = 0) -> None:
        self.host = host
        self.port = port
        self._sockets = ExitStack()

    def __enter__(self) -> Self:
        """Take the address.

        Raises:
            OSError: It cannot be had.
            Unavailable: This system cannot do it.
        """
        with ExitStack() as sockets:
            family = socket.AF_INET6 if ":" in self.host else socket.AF_INET
            bound = sockets.enter_context(socket.socket(family))
            bound.bind((self.host, self.port))
            self.port = bound.getsockname()[1]
            self._prepare(bound, sockets)
            self._sockets = sockets.pop_all()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._sockets.close()

    def _prepare(self, bound: socket.socket, sockets: ExitStack) -> None:
        """Do what is to be done with the address; `sockets` closes what is opened for it."""


class NeverAccepts(Refuses):
    """A server that nobody can connect to, for its queue of connections is full; a context manager.

    Linux drops attempts to connect then, so that to the client it is as if the server were not there.
    Other systems refuse them, or have longer queues than they are told.
    """

    def _prepare(self, bound: socket.socket, sockets: ExitStack) -> None:
        if sys.platform != "linux":
            raise Unavailable("only on Linux does a full queue leave attempts to connect unanswered")
        bound.listen(0)
        filler = sockets.enter_context(socket.create_connection((self.host, self.port), _BOUND))
        ready, _, _ = select.select([bound], [], [], _BOUND)
        assert ready, f"the connection of {filler} never came into the queue"
