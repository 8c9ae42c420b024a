"""One connection of a replay server from the start of TLS on.

The octets of TLS are kept apart from the socket (`ssl.MemoryBIO`). So what the client sends may have been
read before the script comes to its TLS, nothing ever waits in here, and what goes over the line at the
end, or does not, is for the script to say.
"""

import contextlib
import ssl
from typing import Any

from httplib_servers.connection import READ_SIZE, Connection
from httplib_servers.recording import Handshake

# So much goes into one record of TLS at most (RFC 8446, 5.1).
_RECORD = 16 * 1024


class _Session(ssl.SSLObject):
    """TLS over memory, which remembers the name that the client asked for."""

    asked_name: str | None = None


def _note_name(session: ssl.SSLObject, name: str | None, _: ssl.SSLContext) -> None:
    assert isinstance(session, _Session)
    session.asked_name = name


class SecureConnection(Connection):
    """A connection whose octets go through TLS: `received`, `unread` and `write` are about what is inside.

    A fatal alert of the client, or octets that are no TLS, count as a reset.

    Args:
        plain: The connection until now. What it has received and nobody has taken belongs to TLS.
        context: The server's side of TLS.
    """

    def __init__(self, plain: Connection, context: ssl.SSLContext) -> None:
        super().__init__(plain.number, plain.socket, plain.client)
        early = bytes(plain.unread)
        self.received = [b"".join(plain.received).removesuffix(early)]
        self.ended = plain.ended
        self.deaf = plain.deaf
        context.sslobject_class = _Session
        context.sni_callback = _note_name
        self._incoming, self._outgoing = ssl.MemoryBIO(), ssl.MemoryBIO()
        session = context.wrap_bio(self._incoming, self._outgoing, server_side=True)
        assert isinstance(session, _Session)
        self._session = session
        self._incoming.write(early)
        self._sealed = b""  # what is to go over the line
        self._in_flight = 0  # how many octets of the data that is being written are in it
        self._shake_hands()

    def read(self) -> bytes | None:
        """Read one piece, and keep what is inside.

        Returns:
            As `Connection.read`; but None as well if the piece has only taken TLS itself further.
        """
        sealed = self._receive()
        if sealed:
            self._incoming.write(sealed)
        if not self.handshake:
            self._shake_hands()
            piece = b""
        elif self.handshake.failure:
            piece = b""
        else:
            piece = self._open()
        if piece:
            self._keep(piece)
        return piece if piece or self.ended else None

    def write(self, data: memoryview) -> int:
        """Send as `Connection.write` does. Octets count as sent when their whole record is on its way.

        Until it is, `data` must be the same each time.
        """
        if not self._in_flight:
            try:
                self._in_flight = self._session.write(data[:_RECORD])
            except ssl.SSLError:  # there is no TLS on this connection, or it is broken
                self.deaf = True
                return 0
        self._flush()
        if self._sealed:
            return 0
        sent, self._in_flight = self._in_flight, 0
        return sent

    def end_stream(self, *, close_notify: bool) -> None:
        """End the stream in TLS if so asked, and then as `Connection.end_stream`."""
        if close_notify:
            with contextlib.suppress(ssl.SSLError):  # it wants the client's too, or there is no TLS
                self._session.unwrap()
            self._flush()
        super().end_stream(close_notify=close_notify)

    def _shake_hands(self) -> None:
        """Take the handshake as far as it goes with what the client has sent."""
        failure = None
        try:
            self._session.do_handshake()
        except ssl.SSLWantReadError:
            if not self.ended:
                self._flush()
                return
            did = "ended its stream on" if self.ended == "ended by client" else "reset"
            failure = f"the client {did} the connection"
        except ssl.SSLError as error:
            failure = error.reason.replace("_", " ").lower() if error.reason else str(error)
        self._flush()
        self.handshake = Handshake(
            server_name=self._session.asked_name,
            protocol=self._session.version(),
            client_certificate=None if failure else _common_name(self._session.getpeercert()),
            failure=failure,
        )

    def _open(self) -> bytes:
        """Return what is inside of what the client has sent."""
        pieces: list[bytes] = []
        try:
            while piece := self._session.read(READ_SIZE):
                pieces.append(piece)
            self.ended = self.ended or "ended by client"  # by close_notify
        except ssl.SSLWantReadError:
            pass
        except ssl.SSLZeroReturnError:  # the same behind our own close_notify
            self.ended = self.ended or "ended by client"
        except ssl.SSLError:
            self.ended = "reset by client"
        self._flush()
        return b"".join(pieces)

    def _flush(self) -> None:
        """Send as much of what TLS has to say as there is room for; the rest goes before anything else."""
        self._sealed += self._outgoing.read()
        while self._sealed and (sent := super().write(memoryview(self._sealed))):
            self._sealed = self._sealed[sent:]


def _common_name(certificate: dict[str, Any] | None) -> str | None:
    """Return the common name of a certificate's subject, if it has one."""
    subject = certificate.get("subject", ()) if certificate else ()
    return next((value for part in subject for name, value in part if name == "commonName"), None)
