"""What is measured: replies, and how a client reads them.

A workload has a name, the reply that the server gives for its path, and the size of the pieces
in which the body is read (None: all at once).
"""

from dataclasses import dataclass

KIB = 1024
MIB = 1024 * KIB


@dataclass(frozen=True)
class Workload:
    """One row of the table.

    Attributes:
        name: The path of the request, and the row's key.
        title: The row's text.
        piece: How many bytes each read() asks for, or None.
        requests: How many requests make one measurement.
        floor: The ratio to http.client that the project asks for.
        framing: How the body is framed: `length`, `chunked` or `stream`.
        size: The body's length in bytes.
        chunk: The length of one chunk in bytes.
        fields: How many header fields the reply has besides the one that frames it.
    """

    name: str
    title: str
    piece: int | None
    requests: int
    floor: float
    framing: str = "length"
    size: int = 13
    chunk: int = 0
    fields: int = 4

    @property
    def takes_turns(self) -> bool:
        """Whether a reply goes in one piece, so that the server waits while the client works."""
        return self.size < 64 * KIB


WORKLOADS = [
    Workload("small", "small exchanges", None, 400, 1.5),
    Workload("fields", "replies with 30 header fields", None, 200, 1.8, fields=29),
    Workload("large", "64 MiB read at once", None, 1, 1.0, size=64 * MIB),
    Workload("pieces", "64 MiB in pieces of 64 KiB", 64 * KIB, 1, 1.0, size=64 * MIB),
    Workload("chunks", "16 MiB in chunks of 8 KiB, at once", None, 1, 1.2, "chunked", 16 * MIB, 8 * KIB),
    Workload(
        "chunk-pieces",
        "16 MiB in chunks of 8 KiB, pieces of 64 KiB",
        64 * KIB,
        1,
        2.0,
        "chunked",
        16 * MIB,
        8 * KIB,
    ),
    Workload("tiny-chunks", "1 MiB in chunks of 64 bytes, at once", None, 1, 1.5, "chunked", MIB, 64),
]

# For the measurement of memory: a body of 1 GiB, in each framing.
HUGE = [
    Workload("huge-length", "Content-Length", 64 * KIB, 1, 0, "length", 1024 * MIB),
    Workload("huge-chunked", "chunks of 8 KiB", 64 * KIB, 1, 0, "chunked", 1024 * MIB, 8 * KIB),
    Workload("huge-stream", "to the end of the stream", 64 * KIB, 1, 0, "stream", 1024 * MIB),
]


def head(workload: Workload) -> bytes:
    """Return a reply up to the empty line behind its headers."""
    lines = ["HTTP/1.1 200 OK"]
    lines += [f"X-Header-Number-{number}: the value of header {number}" for number in range(workload.fields)]
    if workload.framing == "length":
        lines.append(f"Content-Length: {workload.size}")
    elif workload.framing == "chunked":
        lines.append("Transfer-Encoding: chunked")
    return "\r\n".join([*lines, "", ""]).encode()


def blocks(workload: Workload) -> tuple[bytes, int, bytes]:
    """Return a body as a block, how often it is repeated, and what stands behind it."""
    if workload.framing == "chunked":
        chunk = b"%x\r\n%b\r\n" % (workload.chunk, b"x" * workload.chunk)
        together = max(1, min(workload.size, MIB) // workload.chunk)
        return chunk * together, workload.size // (together * workload.chunk), b"0\r\n\r\n"
    together = min(workload.size, MIB)
    return b"x" * together, workload.size // together, b""


def wire_size(workload: Workload) -> int:
    """Return how many bytes a reply has."""
    block, count, tail = blocks(workload)
    return len(head(workload)) + len(block) * count + len(tail)
