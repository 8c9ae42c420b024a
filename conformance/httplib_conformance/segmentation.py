"""Where a reply is cut into segments.

A byte stream has no borders of its own: what a client makes of a reply must not depend on
where the network cut it.  Every transcript is therefore replayed in several segmentations.
"""

from __future__ import annotations

EVERY_BYTE_UP_TO = 2048
"""Longer replies are cut at each byte of their first and last KiB, and at each KiB between."""


def whole(reply: bytes) -> tuple[int, ...]:  # noqa: ARG001 (one signature for all)
    """No cut at all."""
    return ()


def byte_by_byte(reply: bytes) -> tuple[int, ...]:
    """A cut before every byte but the first."""
    size = len(reply)
    if size <= EVERY_BYTE_UP_TO:
        return tuple(range(1, size))
    return (*range(1, 1024), *range(1024, size - 1024, 1024), *range(size - 1024, size))


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
