"""Where a reply is cut into segments.

A byte stream has no borders of its own: what a client makes of a reply must not depend on
where the network cut it.  Every transcript is therefore replayed in several segmentations.
"""

from __future__ import annotations

EVERY_BYTE_UP_TO = 1024
"""Longer replies are not cut at every byte of the data in them, which is as good as any other."""

NEAR = 64
"""How near in bytes to a line end, or to an end of a long reply, it is cut at every byte."""

FAR = 1024
"""How far from each other in bytes the cuts in the rest of it are at most."""

MOST_CUTS = 4096
"""How many cuts a long reply has at most, half of them at its beginning and half at its end."""


def whole(reply: bytes) -> tuple[int, ...]:  # noqa: ARG001 (one signature for all)
    """No cut at all."""
    return ()


def byte_by_byte(reply: bytes) -> tuple[int, ...]:
    """A cut before every byte but the first; in long stretches of data, at their ends only."""
    size = len(reply)
    if size <= EVERY_BYTE_UP_TO:
        return tuple(range(1, size))
    borders = [0, size]
    end = -1
    while (end := reply.find(b"\r\n", end + 1)) >= 0:
        borders.append(end + 1)  # between the two
    cuts = set(range(FAR, size, FAR))
    for border in borders:
        cuts.update(range(max(1, border - NEAR), min(size, border + NEAR + 1)))
    ordered = sorted(cuts)
    if len(ordered) > MOST_CUTS:
        del ordered[MOST_CUTS // 2 : -MOST_CUTS // 2]
    return tuple(ordered)


def at_borders(reply: bytes) -> tuple[int, ...]:
    """Cuts where the structure has its borders.

    That is inside the status line, around each colon, in the middle of every line, between CR
    and LF, and after each line: so in the middle of every chunk size and of all data too.
    """
    cuts = {3, 9, 11}  # in the protocol's name, after the space, in the status code
    start = 0
    while 0 <= (end := reply.find(b"\n", start)) < len(reply):
        cuts |= {start + (end - start) // 2, end, end + 1}
        colon = reply.find(b":", start, end)
        if colon >= 0:
            cuts |= {colon, colon + 1}
        start = end + 1
    cuts.add(start + (len(reply) - start) // 2)
    return tuple(sorted(cut for cut in cuts if 0 < cut < len(reply)))


SEGMENTATIONS = {"whole": whole, "byte by byte": byte_by_byte, "at structural borders": at_borders}
"""All of them by name, in the order in which they are tried."""
