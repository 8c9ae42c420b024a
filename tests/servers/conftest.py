"""What the tests of the servers share: a client's hands, and the check that nothing is left behind."""

import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest
from httplib_servers import ReplayServer
from replay_clients import BOUND


def _open_sockets() -> int:
    """Return how many sockets this process holds open; 0 where the system does not tell."""
    descriptors = Path("/proc/self/fd")
    links = [entry for entry in descriptors.iterdir() if entry.is_symlink()] if descriptors.is_dir() else []
    return sum(str(link.readlink()).startswith("socket:") for link in links)


@pytest.fixture(autouse=True)
def _nothing_is_left_behind() -> Iterator[None]:
    sockets, threads = _open_sockets(), threading.enumerate()
    yield
    assert threading.enumerate() == threads, "a thread outlived the test"
    assert _open_sockets() == sockets, "a socket outlived the test"


@pytest.fixture
def connect() -> Iterator[Callable[[ReplayServer], socket.socket]]:
    """Return a function that connects to a server; the connections are closed with the test."""
    with ExitStack() as stack:

        def connect_to(server: ReplayServer) -> socket.socket:
            return stack.enter_context(socket.create_connection((server.host, server.port), BOUND))

        yield connect_to
