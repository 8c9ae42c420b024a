r"""The wire log: a recording as plain text for a person, who wants to see what went over the line.

     0.31 ms  #0  *  open from 127.0.0.1 port 51234
     0.52 ms  #0  >  GET / HTTP/1.1\r\n
                  >  \r\n
     0.60 ms  #0  <  HTTP/1.1 200 OK\r\n
                  <  ... 17 more bytes
     0.61 ms  #0  *  closed

`>` is what the client sent, `<` what the server sent, `*` what happened otherwise. The text is ASCII; each
octet that is not printable is escaped, and so is the backslash. Many small pieces in a row become one.
"""

import itertools
from collections.abc import Iterator
from dataclasses import replace

from httplib_servers.recording import Event, Handshake, Recording

_ESCAPES = {ord("\\"): "\\\\", ord("\t"): "\\t", ord("\r"): "\\r", ord("\n"): "\\n"}
_PRINTED = [
    _ESCAPES.get(octet, chr(octet) if 32 <= octet < 127 else f"\\x{octet:02x}") for octet in range(256)
]
# So many pieces in a row are shown one by one, for it may matter where they were cut.
_PIECES = 8


def render_log(recording: Recording, *, max_lines: int = 40, max_columns: int = 160) -> str:
    """Return the wire log of a recording.

    Args:
        recording: What happened.
        max_lines: How many lines of data are shown of one event; of the rest, the octets are counted.
        max_columns: How many octets are shown of one line of data; the others are counted.

    Returns:
        Lines, each with its line end; empty if nothing happened.
    """
    log: list[str] = []
    for event, pieces in _events(recording):
        margin = f"{event.seconds * 1000:9.2f} ms  #{event.connection}"
        arrow = {"received": ">", "sent": "<"}.get(event.kind, "*")
        for text in _texts(event, pieces, recording, max_lines, max_columns):
            log.append(f"{margin}  {arrow}  {text}\n")
            margin = " " * len(margin)
    return "".join(log)


def _events(recording: Recording) -> Iterator[tuple[Event, int]]:
    """Yield each event and the number of pieces it stands for."""
    for _, group in itertools.groupby(recording.events, lambda event: (event.connection, event.kind)):
        run = list(group)
        if len(run) <= _PIECES:
            yield from ((event, 1) for event in run)
        else:
            yield replace(run[0], data=b"".join(event.data for event in run)), len(run)


def _texts(
    event: Event, pieces: int, recording: Recording, max_lines: int, max_columns: int
) -> Iterator[str]:
    """Yield the lines for one event."""
    if event.kind == "open":
        host, port = recording.clients[event.connection]
        yield f"open from {host} port {port}"
    elif event.kind in ("secured", "handshake failed"):
        yield _handshake_told(recording.handshakes[event.connection])
    elif event.kind == "unsent":
        yield f"{len(event.data)} bytes not sent: the client had gone, or did not read"
    elif event.kind not in ("received", "sent"):
        yield event.kind
    else:
        if pieces > 1:
            yield f"({len(event.data)} bytes in {pieces} pieces)"
        start = 0
        for _ in range(max_lines):
            end = event.data.find(b"\n", start) + 1 or len(event.data)
            line = event.data[start : min(end, start + max_columns)]
            more = end - start - len(line)
            if line:
                yield "".join(_PRINTED[octet] for octet in line) + (f"... {more} more bytes" if more else "")
            start = end
        if start < len(event.data):
            yield f"... {len(event.data) - start} more bytes"


def _handshake_told(handshake: Handshake | None) -> str:
    """Return what came of a handshake in one line."""
    assert handshake  # there is one where there is an event of it
    asked = "no server name asked for"
    if handshake.server_name is not None:
        asked = f"server name asked for: {handshake.server_name!a}"
    if handshake.failure is not None:
        return f"the TLS handshake failed: {handshake.failure} ({asked})"
    certificate = f"; client certificate: {handshake.client_certificate!a}"
    return f"{handshake.protocol}; {asked}{certificate if handshake.client_certificate else ''}"
