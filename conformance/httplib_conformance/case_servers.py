"""The servers of one case: the fixture `replay`."""

from __future__ import annotations

from contextlib import ExitStack
from typing import TYPE_CHECKING

from httplib_servers import ReplayServer, replies
from httplib_servers.interrupts import uninterrupted

if TYPE_CHECKING:
    import ssl
    from collections.abc import Callable

    from httplib_servers import Action, Recording


class Servers:
    """Starts servers for a case, and ends them with it."""

    def __init__(self) -> None:
        self._started: list[ReplayServer] = []

    def __call__(
        self,
        *replied: bytes,
        script: list[Action] | None = None,
        close: bool = True,
        host: str = "127.0.0.1",
        tls: ssl.SSLContext | None = None,
    ) -> ReplayServer:
        """Start a server.

        Args:
            replied: What it replies to each request on its only connection, in order.
            script: What it does instead, as a script.
            close: Whether it ends its stream after the last reply.
            host: The loopback address that it listens on.
            tls: The context with which each connection starts with TLS, None for none.
        """
        played = script if script is not None else replies(*replied, close=close)
        server = ReplayServer(played, host=host, tls=tls)
        with uninterrupted():
            self._started.append(server.start())
        return server

    def finish(self) -> list[Recording]:
        """End all of them."""
        return self._end(ReplayServer.finish)

    def finish_at_once(self) -> list[Recording]:
        """End all of them, in a case that has failed already: nothing depends on what they still await."""
        return self._end(lambda server: server.finish(grace=0))

    def abort(self) -> list[Recording]:
        """End all of them at once, whatever they are at."""
        return self._end(ReplayServer.abort)

    def _end(self, end: Callable[[ReplayServer], Recording]) -> list[Recording]:
        with ExitStack() as others:  # they end even if one has a defect
            for server in self._started:
                others.enter_context(server)
            return [end(server) for server in self._started]

    @property
    def at_end(self) -> bool:
        """Whether each has come to the end of its script."""
        return all(server.at_end for server in self._started)

    def forget(self) -> None:
        """End all of them at once, and let no verdict depend on them: the case begins anew."""
        self.abort()
        self._started.clear()
