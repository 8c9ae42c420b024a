r"""A server that plays a script to one client, in lock-step, and keeps all that the client sent.

    with ReplayServer(replies(b"HTTP/1.1 204 No Content\r\n\r\n")) as server:
        ...  # let the client talk to server.host, server.port
        recording = server.finish()
    assert recording.problem is None

The server listens on an ephemeral port of a loopback address, and plays in a thread of this process. It
never sleeps: each step follows from something that the client did, so what the client sees does not
depend on how fast either side is. Whatever the client does, `finish` and `abort` return soon, and leave
no socket and no thread behind.
"""

import socket
import ssl
import threading
from collections.abc import Sequence
from types import TracebackType
from typing import Final, Self

from httplib_servers.interrupts import uninterrupted
from httplib_servers.player import GRACE, Player
from httplib_servers.recording import Event, Handshake, Kind, Recording, Request
from httplib_servers.script import (
    Accept,
    Action,
    AwaitBytes,
    AwaitEnd,
    AwaitRequest,
    Close,
    HalfClose,
    Reset,
    Send,
    Stall,
    StartTLS,
    check,
    replies,
    secured,
)

__all__ = [
    "Accept",
    "Action",
    "AwaitBytes",
    "AwaitEnd",
    "AwaitRequest",
    "Close",
    "Event",
    "HalfClose",
    "Handshake",
    "Kind",
    "Recording",
    "ReplayServer",
    "Request",
    "Reset",
    "Send",
    "Stall",
    "StartTLS",
    "replies",
]

# The thread ends in milliseconds once it is told to. If it does not, that is a defect, not a slow client.
STOP_SECONDS: Final = 30


class ReplayServer:
    """A scripted server for one run of a client; also a context manager.

    Args:
        script: What to do, in order.
        host: The loopback address to listen on, as a literal.
        port: The port to listen on; 0 for any that is free.
        tls: The context with which each connection starts with TLS; None for none. Where connections
            differ, or TLS comes later, or its handshake may fail, the script says so: `StartTLS`.

    Attributes:
        host: The address to connect to.
        port: The port to connect to, once the server is started.

    Raises:
        ValueError: The script contradicts itself.
    """

    def __init__(
        self,
        script: Sequence[Action],
        *,
        host: str = "127.0.0.1",
        port: int = 0,
        tls: ssl.SSLContext | None = None,
    ) -> None:
        self.host = host
        self.port = port
        self._script = tuple(secured(script, tls) if tls else script)
        self._player: Player | None = None
        self._thread: threading.Thread | None = None
        check(self._script)

    def __enter__(self) -> Self:
        return self if self._player else self.start()

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if error is None:
            self.finish()
        else:
            self._stop()  # what went wrong in the block matters more than what may be wrong here

    def start(self) -> Self:
        """Listen, and play the script from its beginning.

        Raises:
            OSError: The address cannot be listened on.
            RuntimeError: The server was started before: a script is played once.
        """
        if self._player:
            raise RuntimeError("a replay server can be started only once")
        family = socket.AF_INET6 if ":" in self.host else socket.AF_INET
        try:
            with uninterrupted():
                listener = socket.create_server((self.host, self.port), family=family)
                self.port = listener.getsockname()[1]
                self._player = Player(self._script, listener)
                self._thread = threading.Thread(
                    target=self._player.run, name=f"replay server {self.port}", daemon=True
                )
                self._thread.start()
        except KeyboardInterrupt:
            if self._thread:
                self._stop()
            raise
        return self

    @property
    def at_end(self) -> bool:
        """Whether the script is at its end: nothing is left of it to do."""
        return self._player is not None and self._player.at_end

    def wait(self, seconds: float | None = None) -> bool:
        """Wait until the script is at its end, or contradicted, and every client has gone.

        For a client of which nobody else knows when it is done: a person's own, say. The server goes on
        listening until `finish` or `abort`.

        Args:
            seconds: How long to wait at most; None for as long as it takes.

        Returns:
            Whether it has come to that.

        Raises:
            RuntimeError: The server was never started.
        """
        if self._player is None:
            raise RuntimeError("the replay server was not started")
        return self._player.over.wait(seconds)

    def finish(self, *, grace: float = GRACE) -> Recording:
        """Take up what the client has done so far, end, and return what happened.

        To be called when the client's program is over. May be called again, for the same recording.

        Args:
            grace: If the script still awaits something then, how many seconds to wait for it at most: a
                busy system may hand over late what the client has done. 0 where nothing depends on it.

        Raises:
            RuntimeError: The server was never started, or its thread does not end.
            Exception: A defect of the server itself, as it was raised.
        """
        return self._recording(self._stop(grace=grace))

    def abort(self) -> Recording:
        """Close everything at once, so that a client that hangs on the server wakes; return what happened.

        To be called when the client is out of time. Otherwise as `finish`.

        Raises:
            RuntimeError: The server was never started, or its thread does not end.
            Exception: A defect of the server itself, as it was raised.
        """
        return self._recording(self._stop(aborting=True))

    def _stop(self, *, aborting: bool = False, grace: float = 0) -> Player:
        """End the thread."""
        if self._player is None or self._thread is None:
            raise RuntimeError("the replay server was not started")
        self._player.stop(aborting=aborting, grace=grace)
        self._thread.join(STOP_SECONDS)
        if self._thread.is_alive():
            raise RuntimeError(f"the replay server's thread has not ended within {STOP_SECONDS} seconds")
        return self._player

    def _recording(self, player: Player) -> Recording:
        if player.defect:
            raise player.defect
        return player.recording
