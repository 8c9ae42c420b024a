"""Whether the client has read all that was sent."""

import select
import socket
from collections.abc import Iterator

import pytest
from httplib_servers import handover
from httplib_servers.handover import Handover


@pytest.fixture(params=["127.0.0.1", "::1"])
def ends(request: pytest.FixtureRequest) -> Iterator[tuple[socket.socket, socket.socket]]:
    """Return the two ends of a connection, the server's first."""
    host = str(request.param)
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    try:
        listener = socket.create_server((host, 0), family=family)
    except OSError:
        pytest.skip(f"this machine has no address {host}")
    with listener, socket.create_connection(listener.getsockname()[:2]) as client:
        server, _ = listener.accept()
        with server:
            yield server, client


def test_unread_octets_are_pending(ends: tuple[socket.socket, socket.socket]) -> None:
    """What was sent is pending until the client has read all of it."""
    server, client = ends
    with Handover(server) as watched:
        assert not watched.is_pending()
        server.sendall(b"abc")
        select.select([client], [], [])
        if not watched.is_pending():
            pytest.skip("the kernel of this machine does not tell")
        client.recv(2)
        assert watched.is_pending()
        client.recv(1)
        assert not watched.is_pending()


def test_a_client_that_has_gone_is_not_waited_for(ends: tuple[socket.socket, socket.socket]) -> None:
    """Nothing is pending at a client that is no more."""
    server, client = ends
    with Handover(server) as watched:
        assert not watched.is_pending()
        client.close()
        server.sendall(b"abc")
        select.select([server], [], [])
        assert not watched.is_pending()


def test_a_client_that_does_not_read_is_given_up(
    ends: tuple[socket.socket, socket.socket], monkeypatch: pytest.MonkeyPatch
) -> None:
    """After a while in vain, nothing is waited for any more."""
    monkeypatch.setattr(handover, "PATIENCE", 0)
    server, client = ends
    server.sendall(b"abc")
    select.select([client], [], [])
    with Handover(server) as watched:
        while watched.is_pending():
            pass
        client.recv(3)
        server.sendall(b"abc")
        assert not watched.is_pending()


def test_a_system_without_the_question_is_no_obstacle(
    ends: tuple[socket.socket, socket.socket], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where the kernel has no such interface, everything counts as read."""
    monkeypatch.delattr(socket, "AF_NETLINK", raising=False)
    server, _ = ends
    server.sendall(b"abc")
    with Handover(server) as watched:
        assert not watched.is_pending()
        assert not watched.is_pending()


def test_a_system_that_forbids_the_question_is_no_obstacle(
    ends: tuple[socket.socket, socket.socket], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where the question is not permitted, everything counts as read."""

    def forbidden(*_: object) -> None:
        raise PermissionError

    server, _ = ends
    server.sendall(b"abc")
    monkeypatch.setattr(socket, "socket", forbidden)
    with Handover(server) as watched:
        assert not watched.is_pending()
