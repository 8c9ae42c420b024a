"""What a replay server saw and did: the evidence that a case is judged by."""

from dataclasses import dataclass
from typing import Literal

Kind = Literal[
    "open",  # the client opened the connection, and the script took it up
    "received",  # the client sent `data`, read in one piece
    "ended by client",  # the client's stream ended (FIN)
    "reset by client",  # the client broke the connection off (RST)
    "sent",  # `data` was handed to the network, in one piece
    "unsent",  # `data` could not be sent: the client had gone, or did not read until the run was over
    "half-closed",
    "closed",
    "reset",
    "stalled",
    "secured",  # the TLS handshake succeeded; what it agreed on, Recording.handshakes says
    "handshake failed",  # why, Recording.handshakes says
    "dropped",  # closed in mid-script: the client contradicted the script, or the run was aborted
]


@dataclass(frozen=True, slots=True)
class Event:
    """One thing that happened.

    Attributes:
        seconds: When, since the server's start.
        connection: The number of the connection.
        kind: What.
        data: The octets that it is about, if it is about octets.
    """

    seconds: float
    connection: int
    kind: Kind
    data: bytes = b""


@dataclass(frozen=True, slots=True)
class Request:
    """What one `AwaitRequest` took.

    Attributes:
        connection: The number of the connection.
        head: Request line and header lines, with the empty line that ends them.
        body: What follows, as it was sent: chunked coding is not undone.
        reads: The same octets in the pieces in which they were read. Octets that the client sent in one
            piece (up to 64 KiB) are in one piece here; several pieces may have become one on their way.
    """

    connection: int
    head: bytes
    body: bytes
    reads: tuple[bytes, ...]

    @property
    def raw(self) -> bytes:
        """The whole request, as it was sent."""
        return self.head + self.body


@dataclass(frozen=True, slots=True)
class Handshake:
    """What came of one TLS handshake.

    Attributes:
        server_name: The name of the server that the client asked for (SNI); None if it asked for none.
        protocol: The version that was agreed on, such as "TLSv1.3"; None if it failed before that.
        client_certificate: The common name in the certificate that the client presented and that the
            server verified; None if there was none, or it names nothing.
        failure: Why it failed, in words; None if it succeeded.
    """

    server_name: str | None
    protocol: str | None
    client_certificate: str | None
    failure: str | None


@dataclass(frozen=True, slots=True)
class Recording:
    """All that a replay server saw and did.

    Attributes:
        events: In the order in which they happened.
        requests: What each `AwaitRequest` took, in order.
        received: For each connection, every octet that the client sent, as it was inside of TLS.
        surplus: For each connection, the octets that no action took.
        clients: For each connection, the client's address: host and port.
        handshakes: For each connection, what came of its TLS handshake; None if there was none.
        problem: None if the client did all that the script awaits, else one sentence that says which
            action was not reached or was contradicted, what was awaited, and what came instead. The
            server's own actions (a large `Send` that the client does not read, a `Close` behind it)
            may be cut short by the end of the run without being a problem.
    """

    events: tuple[Event, ...]
    requests: tuple[Request, ...]
    received: tuple[bytes, ...]
    surplus: tuple[bytes, ...]
    clients: tuple[tuple[str, int], ...]
    handshakes: tuple[Handshake | None, ...]
    problem: str | None
