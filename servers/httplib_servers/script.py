"""What a replay server is to do: a script, which is one flat sequence of actions.

The actions happen in the order in which they stand. `on` says on which connection; connections are
numbered from 0 in the order of their `Accept`. Some actions await something of the client (`Accept`,
`StartTLS`, `AwaitRequest`, `AwaitBytes`, `AwaitEnd`), the others (`Send`, `HalfClose`, `Close`, `Reset`,
`Stall`) are the server's own and never wait for the client, except that it must make room for what is
sent.

`check` refuses a script that no client could follow, before anything is started.
"""

import ssl
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise


@dataclass(frozen=True, slots=True)
class Accept:
    """Wait for the client to open the next connection."""


@dataclass(frozen=True, slots=True)
class StartTLS:
    """Wait for the client's TLS handshake, and carry it out; all that follows goes through TLS.

    Attributes:
        context: The server's side of it (`httplib_servers.certificates` makes such contexts).
        may_fail: Whether the client may refuse the server, or the server the client. Then the script
            goes on behind a failed handshake as well, with nothing but the client's end to await.
            A client may also finish the handshake first, and leave then.
        on: The connection.
    """

    context: ssl.SSLContext
    may_fail: bool = False
    on: int = 0


@dataclass(frozen=True, slots=True)
class AwaitRequest:
    """Wait for one whole request: its header section, up to the empty line, and its body.

    Attributes:
        on: The connection.
        body: How many octets of body to wait for; None to go by the request's own framing
            (Transfer-Encoding, then Content-Length, else no body; RFC 9112, 6.3).
    """

    on: int = 0
    body: int | None = None


@dataclass(frozen=True, slots=True)
class AwaitBytes:
    """Wait for `count` octets, whatever they are."""

    count: int
    on: int = 0


@dataclass(frozen=True, slots=True)
class AwaitEnd:
    """Wait for the client to end its stream, by closing it (FIN) or by resetting it (RST).

    Octets that come before the end stay unread: a later `AwaitBytes` may take them, else they are surplus.
    """

    on: int = 0


@dataclass(frozen=True, slots=True)
class Send:
    """Send `data`, cut into separate segments at the offsets `cuts` (ascending, inside of the data).

    A client that has gone, or does not read, is not held against it: what could not be sent is dropped.
    """

    data: bytes
    cuts: tuple[int, ...] = ()
    on: int = 0

    def pieces(self) -> list[bytes]:
        """Return the data as it is cut; an empty send has no piece."""
        borders = [0, *self.cuts, len(self.data)]
        return [self.data[start:end] for start, end in pairwise(borders) if start < end]


@dataclass(frozen=True, slots=True)
class HalfClose:
    """End the server's stream (FIN); the script may still await what the client sends."""

    on: int = 0


@dataclass(frozen=True, slots=True)
class Close:
    """End the connection as a well-behaved server does (RFC 9112, 9.6).

    FIN first, then what the client still sends is read and kept until the client ends too: closing a
    socket with unread input would reset the connection, and could destroy the reply on its way.

    Attributes:
        on: The connection.
        close_notify: Whether a connection with TLS says in TLS, too, that its stream is at its end, so
            that the client can tell the end from a cut.
    """

    on: int = 0
    close_notify: bool = True


@dataclass(frozen=True, slots=True)
class Reset:
    """Break the connection off (RST), once the client's system has all that was sent before."""

    on: int = 0


@dataclass(frozen=True, slots=True)
class Stall:
    """Leave the connection open and send nothing more on it, until the client goes away.

    The script goes on at once: other connections may act, and `AwaitEnd` may await that the client goes.
    """

    on: int = 0


Action = Accept | StartTLS | AwaitRequest | AwaitBytes | AwaitEnd | Send | HalfClose | Close | Reset | Stall


def replies(*messages: bytes, close: bool = True) -> list[Action]:
    """Return the script of one connection on which each request gets the next of `messages`.

    Args:
        *messages: What the server sends, one for each request.
        close: Whether the server closes the connection after the last one.
    """
    script: list[Action] = [Accept()]
    for message in messages:
        script += [AwaitRequest(), Send(message)]
    if close:
        script.append(Close())
    return script


def secured(script: Iterable[Action], context: ssl.SSLContext) -> list[Action]:
    """Return the same script with TLS from the start of each connection."""
    result: list[Action] = []
    accepted = 0
    for action in script:
        result.append(action)
        if isinstance(action, Accept):
            result.append(StartTLS(context, on=accepted))
            accepted += 1
    return result


def check(script: Iterable[Action]) -> None:
    """Refuse a script that contradicts itself.

    Raises:
        ValueError: It says which action (numbered from 0) is wrong, and what was expected.
    """
    # For each connection that is accepted so far, the action that ended what can be done on it.
    last_word: list[Action | None] = []
    secured: set[int] = set()
    for index, action in enumerate(script):
        if isinstance(action, Accept):
            last_word.append(None)
            continue
        expected = _missing(action, last_word)
        if expected is not None:
            raise ValueError(f"{_place(index, action)}: {expected}")
        if isinstance(action, StartTLS):
            if action.on in secured:
                raise ValueError(f"{_place(index, action)}: connection {action.on} has its TLS already")
            secured.add(action.on)
        if isinstance(action, HalfClose | Close | Reset | Stall):
            last_word[action.on] = action


def _missing(
    action: StartTLS | AwaitRequest | AwaitBytes | AwaitEnd | Send | HalfClose | Close | Reset | Stall,
    last_word: Sequence[Action | None],
) -> str | None:
    """Return what was expected where `action` stands, or None if nothing is wrong with it."""
    if not 0 <= action.on < len(last_word):
        return f"connection {action.on} is not open here, expected an Accept for it before"
    last = last_word[action.on]
    if isinstance(last, Close | Reset):
        return f"expected no action on connection {action.on} after its {type(last).__name__}"
    if isinstance(last, Stall) and not isinstance(action, AwaitEnd):
        return f"expected nothing but AwaitEnd on connection {action.on} after its Stall"
    if isinstance(last, HalfClose) and isinstance(action, StartTLS | Send | HalfClose):
        return f"expected nothing to be sent on connection {action.on} after its HalfClose"
    match action:
        case AwaitBytes(count=count) if count < 0:
            return "expected a count of 0 or more"
        case AwaitRequest(body=int(body)) if body < 0:
            return "expected a body of 0 or more octets"
        case Send(data=data, cuts=cuts):
            borders = [0, *cuts, len(data)]
            if cuts and any(start >= end for start, end in pairwise(borders)):
                most = len(data) - 1
                return f"expected ascending cuts between 1 and {most}" if most > 0 else "expected no cuts"
    return None


def _place(index: int, action: Action) -> str:
    """Return the action as a person would write it, without its data, and where it stands."""
    match action:
        case Send(data=data, cuts=cuts, on=on):
            shown = f"Send({len(data)} bytes, cuts={cuts!r}, on={on})"
        case StartTLS(may_fail=may_fail, on=on):
            shown = f"StartTLS(may_fail={may_fail}, on={on})"
        case _:
            shown = repr(action)
    return f"action {index} of the script, {shown}"
