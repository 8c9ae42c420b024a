"""What a replay server does with a client that departs from the script."""

import contextlib
import select
import socket
import threading

import pytest
from httplib_servers import (
    Accept,
    Action,
    AwaitBytes,
    AwaitEnd,
    AwaitRequest,
    Close,
    ReplayServer,
    Reset,
    Send,
    connection,
    player,
    replies,
)
from httplib_servers.connection import Connection
from httplib_servers.handover import Handover
from replay_clients import BOUND, Connect, kinds, read_to_end, reset

GET = b"GET / HTTP/1.1\r\nHost: x\r\n\r\n"
LARGE = bytes(64 * 1024 * 1024)


@pytest.mark.parametrize(
    ("script", "sent", "problem"),
    [
        ([Accept(), Accept()], b"", "never opened connection 1"),
        ([Accept(), AwaitRequest()], b"", "sent nothing on connection 0, where the script awaits a request"),
        (
            [Accept(), AwaitRequest(body=9)],
            b"",
            "sent nothing on connection 0, where the script awaits a request with a body of 9 bytes",
        ),
        (
            [Accept(), AwaitBytes(100)],
            b"x" * 99,
            f"sent only 99 bytes (b'{'x' * 60}'...) on connection 0, where the script awaits 100 bytes",
        ),
        ([Accept(), AwaitEnd()], b"x", "never ended its stream on connection 0"),
    ],
)
def test_what_was_not_reached_is_said(
    script: list[Action], sent: bytes, problem: str, connect: Connect
) -> None:
    """At the end of the run, the first action that the client did not satisfy is the problem."""
    with ReplayServer(script) as server:
        client = connect(server)
        client.sendall(sent)
        recording = server.finish()
    assert recording.problem == f"the client {problem}"
    assert recording.received == recording.surplus == (sent,)


def test_a_client_that_never_came_is_said() -> None:
    """A run without any connection has a problem, unless the script awaits none."""
    with ReplayServer(replies()) as server:
        assert server.finish().problem == "the client never opened connection 0"
    with ReplayServer([]) as server:
        assert server.finish().problem is None


@pytest.mark.parametrize(
    ("sent", "awaiting", "problem"),
    [
        (b"", AwaitRequest(), "ended its stream on connection 0, where the script awaits a request"),
        (
            b"GET",
            AwaitRequest(),
            "ended its stream on connection 0 after 3 bytes (b'GET'), where the script awaits a request",
        ),
        (
            b"GET",
            AwaitBytes(4),
            "ended its stream on connection 0 after 3 bytes (b'GET'), where the script awaits 4 bytes",
        ),
    ],
)
def test_a_client_that_ends_early_is_noticed_at_once(
    sent: bytes, awaiting: Action, problem: str, connect: Connect
) -> None:
    """A client that ends its stream in mid-request gets the end at once; the problem says how far it got."""
    with ReplayServer([Accept(), awaiting, Close()]) as server:
        client = connect(server)
        client.sendall(sent)
        client.shutdown(socket.SHUT_WR)
        assert read_to_end(client) == b""
        recording = server.finish()
    assert recording.problem == f"the client {problem}"
    assert recording.surplus == (sent,)


def test_a_client_that_resets_is_noticed(connect: Connect) -> None:
    """A reset in mid-request is told from an end."""
    with ReplayServer([Accept(), AwaitBytes(1), AwaitBytes(1)]) as server:
        client = connect(server)
        client.sendall(b"x")
        reset(client)
        recording = server.finish()
    assert recording.problem == "the client reset connection 0, where the script awaits 1 bytes"
    assert kinds(recording) == ["open", "reset by client"]


def test_a_client_that_has_ended_can_be_reset(connect: Connect) -> None:
    """A client may be quicker to leave than the script is to reset its connection."""
    with ReplayServer([Accept(), AwaitEnd(), Reset()]) as server:
        client = connect(server)
        client.shutdown(socket.SHUT_WR)
        with pytest.raises(ConnectionResetError):
            client.recv(1)
        recording = server.finish()
    assert recording.problem is None
    assert kinds(recording) == ["open", "ended by client", "reset"]


@pytest.mark.parametrize(
    ("script", "problem"),
    [
        (
            [Accept(), AwaitRequest(), Accept()],
            "although the script awaits a request on connection 0",
        ),
        ([Accept(), AwaitBytes(9)], "although the script awaits 9 bytes on connection 0"),
        (
            [Accept(), Send(LARGE)],
            "although the script was still sending on connection 0, and awaits no other",
        ),
        ([Accept(), AwaitEnd()], "although the script awaits the end of the client's stream on connection 0"),
        ([Accept()], "although the script was at its end"),
    ],
)
def test_an_unexpected_connection_is_noticed_at_once(
    script: list[Action], problem: str, connect: Connect
) -> None:
    """A connection that the script has no place for ends the run: the client gets an end, not a hang."""
    with ReplayServer(script) as server:
        first = connect(server)
        first.sendall(b"GET")
        second = connect(server)
        with contextlib.suppress(ConnectionError):
            assert read_to_end(second) == b""
        with contextlib.suppress(ConnectionError):
            assert LARGE.startswith(read_to_end(first))
        recording = server.finish()
    assert recording.problem == f"the client opened connection 1 {problem}"
    assert recording.received[0] == b"GET"
    assert kinds(recording, 1) == ["open", "dropped"]
    assert kinds(recording)[-1] == "dropped"


def test_a_second_connection_is_judged_after_what_was_sent_before(connect: Connect) -> None:
    """A request that was sent before the next connection was opened satisfies the script first."""
    with ReplayServer([Accept(), AwaitBytes(500_000), Accept(), Close(on=1)]) as server:
        first = connect(server)
        first.sendall(b"x" * 500_000)
        assert read_to_end(connect(server)) == b""
        assert server.finish().problem is None


def test_garbage_is_recorded(connect: Connect) -> None:
    """What is no request never ends as one, and is kept as it came."""
    garbage = bytes(range(256)).replace(b"\n", b"") * 10
    with ReplayServer(replies(b"no")) as server:
        connect(server).sendall(garbage)
        recording = server.finish()
    assert recording.problem is not None
    assert recording.surplus == (garbage,)


def test_a_request_without_a_knowable_end_is_a_problem(connect: Connect) -> None:
    """A malformed length is said, and the script goes on behind the header section."""
    head = b"POST / HTTP/1.1\r\nContent-Length: five\r\n\r\n"
    with ReplayServer(replies(b"no")) as server:
        client = connect(server)
        client.sendall(head + b"hello")
        assert read_to_end(client) == b"no"
        recording = server.finish()
    assert recording.problem == (
        "the request on connection 0 has a malformed Content-Length, b'five': "
        "only its header section was taken as the request"
    )
    assert recording.requests[0].raw == head
    assert recording.surplus == (b"hello",)


@pytest.mark.parametrize("cuts", [(), (1, 2)])
def test_a_client_that_has_gone_is_sent_nothing(cuts: tuple[int, ...], connect: Connect) -> None:
    """What cannot be sent any more is recorded, and is no problem: the client may know enough."""
    with ReplayServer([Accept(), AwaitEnd(), Send(b"late", cuts), Close()]) as server:
        reset(connect(server))
        recording = server.finish()
    assert recording.problem is None
    unsent = b"".join(event.data for event in recording.events if event.kind == "unsent")
    assert unsent == b"late"
    assert kinds(recording)[:2] == ["open", "reset by client"]


@pytest.mark.parametrize("cuts", [(), (len(LARGE) - 1,)])
def test_a_client_that_does_not_read_cannot_keep_the_server(cuts: tuple[int, ...], connect: Connect) -> None:
    """A large reply that the client does not read is broken off with the run, and is no problem."""
    with ReplayServer([Accept(), AwaitRequest(), Send(LARGE, cuts), Close()]) as server:
        client = connect(server)
        client.sendall(GET)
        assert len(client.recv(1000)) > 0
        recording = server.finish()
    assert recording.problem is None
    data = [event.data for event in recording.events if event.kind in ("sent", "unsent")]
    assert sum(map(len, data)) == len(LARGE)


def test_what_a_blocked_reply_kept_from_happening_is_a_problem(connect: Connect) -> None:
    """A client that does not read its reply has not sent its next request either."""
    with ReplayServer([Accept(), AwaitBytes(1), Send(LARGE), AwaitBytes(1)]) as server:
        connect(server).sendall(b"x")
        recording = server.finish()
    assert recording.problem == "the client sent nothing on connection 0, where the script awaits 1 bytes"


@pytest.mark.parametrize("awaiting", [AwaitRequest(), AwaitEnd(), Send(LARGE, (1,)), Send(LARGE)])
def test_abort_wakes_a_client_that_hangs(awaiting: Action, connect: Connect) -> None:
    """A client that waits for the server gets an end or an error when the run is aborted."""
    with ReplayServer([Accept(), Send(b"."), awaiting]) as server:
        client = connect(server)
        assert client.recv(1) == b"."
        woken = threading.Event()

        def hang() -> None:
            with contextlib.suppress(ConnectionError):
                client.sendall(LARGE)
                read_to_end(client)
            woken.set()

        hanging = threading.Thread(target=hang)
        hanging.start()
        recording = server.abort()
        assert woken.wait(BOUND)
        hanging.join(BOUND)
    assert kinds(recording)[-1] == "dropped"


def test_abort_does_not_wait_for_a_reader(connect: Connect, monkeypatch: pytest.MonkeyPatch) -> None:
    """A reply in pieces, of which the client has yet to read one, is broken off with the run."""
    asked = threading.Event()

    def unread(_: Handover) -> bool:
        asked.set()
        return True

    monkeypatch.setattr(Handover, "is_pending", unread)
    with ReplayServer([Accept(), Send(b"abc", (1, 2))]) as server:
        connect(server)
        assert asked.wait(BOUND)
        recording = server.abort()
    assert [event.data for event in recording.events if event.kind == "unsent"] == [b"abc"]


def test_abort_says_what_was_not_reached(connect: Connect) -> None:
    """At the deadline the problem is what the script was waiting for."""
    with ReplayServer([Accept(), Send(b"."), AwaitBytes(1)]) as server:
        assert connect(server).recv(1) == b"."
        recording = server.abort()
    assert recording.problem == "the client sent nothing on connection 0, where the script awaits 1 bytes"


def test_a_client_that_floods_the_server_is_stopped(
    connect: Connect, monkeypatch: pytest.MonkeyPatch
) -> None:
    """More than a sensible amount is not kept: the run ends with a problem."""
    monkeypatch.setattr(player, "RECEIVE_LIMIT", 1000)
    with ReplayServer([Accept()]) as server:
        client = connect(server)
        with contextlib.suppress(ConnectionError):
            client.sendall(LARGE)
            read_to_end(client)
        recording = server.finish()
    assert recording.problem == "the client sent more than 1000 bytes"


def test_a_client_that_never_stops_sending_cannot_keep_the_server(connect: Connect) -> None:
    """The end of the run comes while the client still sends."""
    with ReplayServer([Accept(), AwaitBytes(1)]) as server:
        client = connect(server)

        def flood() -> None:
            with contextlib.suppress(OSError):
                while True:
                    client.sendall(b"x" * 1000)

        flooding = threading.Thread(target=flood)
        flooding.start()
        server.finish()
        flooding.join(BOUND)
        assert not flooding.is_alive()


def test_a_reset_that_shows_first_in_sending_is_still_a_reset() -> None:
    """Whichever call meets the reset first, it is recorded as one."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        client = socket.create_connection(listener.getsockname())
        accepted, address = listener.accept()
        with accepted:
            connection = Connection(0, accepted, address)
            reset(client)
            select.select([accepted], [], [], BOUND)
            assert connection.write(memoryview(b"x")) == 0
            assert connection.read() == b""
            assert connection.ended == "reset by client"


def test_a_system_may_acknowledge_late(connect: Connect, monkeypatch: pytest.MonkeyPatch) -> None:
    """What can be done about that on Linux is not needed elsewhere."""
    monkeypatch.setattr(connection, "_ACKNOWLEDGE_NOW", None)
    with ReplayServer(replies(b"bye")) as server:
        client = connect(server)
        client.sendall(GET)
        assert read_to_end(client) == b"bye"
        assert server.finish().problem is None
