"""Bodies to send: how long they are, and how they go out.

Contract: pure functions over the kinds of body that the document allows (HTTPConnection.request
and send): a string, or an open file. A string is `str` (one byte for each character) or
anything that holds bytes: bytes, bytearray, memoryview, array, mmap.
"""

import io
import os
from array import array
from collections.abc import Iterator
from typing import Any

from .syntax import encode

# A file is read and sent in pieces of this size. A program can see it: `read()` is its own.
BLOCK_SIZE = 8192


def length_of(body: Any) -> int | None:
    """Find out how many bytes a body has, for Content-Length.

    Document: "if the length of the body can be determined, either from the length of the `str`
    representation, or from the reported size of the file on disk".

    Args:
        body: The body that a request was given, not None.

    Returns:
        The length in bytes, or None where it cannot be determined.
    """
    # 1. A string: what its bytes are. (The original counts an array's items, whatever their size.)
    try:
        return memoryview(body).nbytes
    except TypeError:
        pass
    try:
        return len(body)
    except TypeError:
        pass
    # 2. An open file: its whole size, wherever it stands, as the document says.
    try:
        return os.fstat(body.fileno()).st_size
    except io.UnsupportedOperation:
        raise  # a file that is none, such as BytesIO, is refused as the original does
    except (AttributeError, OSError):
        return None


def is_readable(data: Any) -> bool:
    """Tell whether something is sent by reading it. An array has a `read()` that does not count."""
    return hasattr(data, "read") and not isinstance(data, array)


def blocks(file: Any) -> Iterator[bytes]:
    """Read a file to its end, from where it stands.

    Args:
        file: An open file, or whatever has `read(size)`; text is encoded.
    """
    while block := file.read(BLOCK_SIZE):
        yield to_bytes(block)


def to_bytes(data: Any) -> Any:
    """Turn text into the bytes that are sent for it, and leave anything else as it is."""
    return encode(data) if isinstance(data, str) else data
