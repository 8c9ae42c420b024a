"""Servers that nobody reaches, and the waiting for clients of which nobody knows when they are done."""

import socket
import sys

import pytest
from httplib_servers import Accept, AwaitRequest, Close, ReplayServer, Stall
from httplib_servers.scenarios import PROXY_REPLIES, SCENARIOS, STAGES
from httplib_servers.unreachable import NeverAccepts, Refuses, Unavailable
from replay_clients import BOUND, Connect, read_to_end


def test_a_connection_is_refused() -> None:
    """Nobody listens there, nor can anybody else."""
    with Refuses() as server:
        with pytest.raises(ConnectionRefusedError):
            socket.create_connection((server.host, server.port), BOUND)
        with pytest.raises(OSError), Refuses(port=server.port):
            pass


@pytest.mark.skipif(sys.platform != "linux", reason="only on Linux")
def test_a_connection_is_never_answered() -> None:
    """However often one tries, the attempt hangs."""
    with NeverAccepts() as server:
        for _ in range(3):
            with socket.socket() as client:
                client.settimeout(0.01)
                with pytest.raises(TimeoutError):
                    client.connect((server.host, server.port))


def test_elsewhere_it_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    """A system that cannot do it says so, and keeps nothing."""
    monkeypatch.setattr(sys, "platform", "other")
    with pytest.raises(Unavailable, match="only on Linux"), NeverAccepts():
        pass


@pytest.mark.parametrize("last", [Close(), Stall()])
def test_one_can_wait_until_the_client_has_gone(connect: Connect, last: Close | Stall) -> None:
    """Not before the script is at its end, and not while the client is still there."""
    with ReplayServer([Accept(), AwaitRequest(), last]) as server:
        assert not server.wait(0)
        client = connect(server)
        client.sendall(b"GET / HTTP/1.1\r\n\r\n")
        if last == Close():
            assert read_to_end(client) == b""
        assert not server.wait(0.01)
        client.close()
        assert server.wait(BOUND)
        assert server.finish().problem is None


def test_waiting_ends_with_a_contradiction(connect: Connect) -> None:
    """Behind it, nothing can come any more."""
    with ReplayServer([Accept(), AwaitRequest()]) as server:
        connect(server).close()
        assert server.wait(BOUND)
        assert server.finish().problem


def test_nobody_waits_for_what_was_not_started() -> None:
    """A defect of the caller."""
    with pytest.raises(RuntimeError, match="not started"):
        ReplayServer([]).wait()


@pytest.mark.parametrize("name", SCENARIOS)
def test_a_scenario_is_a_script(name: str) -> None:
    """Each can be played, with TLS or without, and says what it does."""
    from httplib_servers.certificates import server_context

    ReplayServer(SCENARIOS[name].make(None))
    ReplayServer(SCENARIOS[name].make(server_context("valid")))
    assert SCENARIOS[name].title


def test_scenarios_are_named_after_what_they_do() -> None:
    """There is one for each stage and each reply of a proxy."""
    assert {f"{by}-{stage}" for by in ("stalls", "resets") for stage in STAGES} <= set(SCENARIOS)
    assert {f"proxy-{reply}" for reply in PROXY_REPLIES} <= set(SCENARIOS)
