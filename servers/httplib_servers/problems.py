"""How a client's departure from the script is put into words for a person: one sentence for each kind."""

from collections.abc import Sequence

from httplib_servers.connection import Connection
from httplib_servers.script import Accept, Action, AwaitBytes, AwaitEnd, AwaitRequest, Send, StartTLS

_EXCERPT = 60


def unmet(rest: Sequence[Action], connections: Sequence[Connection]) -> str | None:
    """Say what the client was still to do, if anything.

    The server's own actions demand nothing of the client: it need not take all that is sent.

    Args:
        rest: What is left of the script, from the current action on.
        connections: The connections that are open so far.
    """
    for action in rest:
        match action:
            case Accept():
                return f"the client never opened connection {len(connections)}"
            case StartTLS(on=on) if connections[on].handshake is None:
                return f"the client never finished the TLS handshake on connection {on}"
            case AwaitRequest(on=on) | AwaitBytes(on=on):
                came = _came(connections[on])
                sent = f"sent only {came}" if came else "sent nothing"
                return f"the client {sent} on connection {on}, where the script awaits {_awaited(action)}"
            case AwaitEnd(on=on) if connections[on].ended is None:
                return f"the client never ended its stream on connection {on}"
    return None


def ended_early(connection: Connection, current: Action | None) -> str:
    """Say that the client ended its stream before it had sent what the current action awaits."""
    did = "ended its stream on" if connection.ended == "ended by client" else "reset"
    came = _came(connection)
    after = f" after {came}" if came else ""
    return (
        f"the client {did} connection {connection.number}{after}, where the script awaits {_awaited(current)}"
    )


def unexpected(connection: Connection, current: Action | None) -> str:
    """Say that the client opened a connection for which the script has no place."""
    match current:
        case AwaitRequest(on=on) | AwaitBytes(on=on):
            script = f"the script awaits {_awaited(current)} on connection {on}"
        case StartTLS(on=on):
            script = f"the script awaits the TLS handshake on connection {on}"
        case AwaitEnd(on=on):
            script = f"the script awaits the end of the client's stream on connection {on}"
        case Send(on=on):
            script = f"the script was still sending on connection {on}, and awaits no other"
        case _:
            script = "the script was at its end"
    return f"the client opened connection {connection.number} although {script}"


def insecure(connection: Connection, failure: str) -> str:
    """Say that the TLS handshake failed, where the script has no place for that."""
    return f"the TLS handshake on connection {connection.number} failed: {failure}"


def unframed(connection: Connection, defect: str) -> str:
    """Say that the body of a request could not be told from what follows it."""
    return (
        f"the request on connection {connection.number} has {defect}: "
        "only its header section was taken as the request"
    )


def _awaited(action: Action | None) -> str:
    match action:
        case AwaitBytes(count=count):
            return f"{count} bytes"
        case AwaitRequest(body=int(body)):
            return f"a request with a body of {body} bytes"
        case _:
            return "a request"


def _came(connection: Connection) -> str:
    """Return what has come of what is awaited now; empty if nothing has."""
    unread = bytes(connection.unread)
    if not unread:
        return ""
    more = "..." if len(unread) > _EXCERPT else ""
    return f"{len(unread)} bytes ({unread[:_EXCERPT]!r}{more})"
