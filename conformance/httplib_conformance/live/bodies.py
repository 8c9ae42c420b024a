"""Large bodies of the live cases: they are made and looked at in the implementation's interpreter."""

from __future__ import annotations

import hashlib
from functools import cache
from typing import TYPE_CHECKING, Any

from httplib_servers.real.sites.small_site import large

if TYPE_CHECKING:
    from httplib_conformance.proxies import Python

LARGE = 100 * 1024 * 1024
"""The length of a large body in bytes."""

SECONDS = 300.0
"""How long a case with a large body may take."""

PIECE = b"0123456789abcde\n"
"""What large bodies are made of on their way up."""

_SOURCE = """
import hashlib
import tempfile


def large_file(piece, times):
    '''An open file with a large body.'''
    file = tempfile.TemporaryFile()
    for _ in range(times // 4096):
        file.write(piece * 4096)
    file.seek(0)
    return file


def read_in_pieces(response, size):
    '''The length of a body that is read in pieces, and its SHA-256.'''
    length, digest = 0, hashlib.sha256()
    while True:
        piece = response.read(size)
        if not piece:
            return length, digest.hexdigest()
        if len(piece) > size:
            raise ValueError("read(%d) gave %d bytes" % (size, len(piece)))
        length += len(piece)
        digest.update(piece)


def read_at_once(response):
    '''The length of a body that is read by one call, and its SHA-256.'''
    body = response.read()
    return len(body), hashlib.sha256(body).hexdigest()
"""


def large_file(python: Python) -> Any:
    """An open file of the interpreter with a large body."""
    return python.define(_SOURCE).large_file(PIECE, LARGE // len(PIECE))


def read_in_pieces(python: Python, response: Any) -> tuple[int, str]:
    """The length of a response's body that is read in pieces of 64 KiB, and its SHA-256."""
    length, digest = python.define(_SOURCE).read_in_pieces(response, 65536)
    return length, digest


def read_at_once(python: Python, response: Any) -> tuple[int, str]:
    """The length of a response's body that is read by one call, and its SHA-256."""
    length, digest = python.define(_SOURCE).read_at_once(response)
    return length, digest


@cache
def sent_down(length: int) -> tuple[int, str]:
    """Length and SHA-256 of the site's page of that length."""
    digest = hashlib.sha256()
    for block in large(length):
        digest.update(block)
    return length, digest.hexdigest()


@cache
def told_of_upload(length: int) -> bytes:
    """What the site says of a large body of that length that arrived whole."""
    digest = hashlib.sha256(PIECE * (length // len(PIECE)))
    return f"{length} {digest.hexdigest()}\n".encode()
