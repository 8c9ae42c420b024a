"""What a replay server does for a client that keeps to the script."""

import contextlib
import select
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator

import pytest
from httplib_servers import (
    Accept,
    Action,
    AwaitBytes,
    AwaitEnd,
    AwaitRequest,
    Close,
    HalfClose,
    ReplayServer,
    Reset,
    Send,
    Stall,
    handover,
    player,
    replay,
    replies,
)
from replay_clients import BOUND, Connect, kinds, read_to_end, reset

GET = b"GET / HTTP/1.1\r\nHost: x\r\n\r\n"
POST = b"POST / HTTP/1.1\r\nContent-Length: 5\r\n\r\nhello"
REPLY = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"


@pytest.fixture
def narrow() -> Iterator[Connect]:
    """Return a function that connects to a server with a window too narrow for 20,000 bytes."""
    with contextlib.ExitStack() as stack:

        def connect_to(server: ReplayServer) -> socket.socket:
            client = stack.enter_context(socket.socket())
            client.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 2048)
            client.settimeout(BOUND)
            client.connect((server.host, server.port))
            return client

        yield connect_to


def test_requests_and_replies_take_turns(connect: Connect) -> None:
    """Each awaited request is recorded as it was sent, and gets its reply."""
    with ReplayServer(replies(REPLY, b"bye")) as server:
        client = connect(server)
        client.sendall(POST)
        assert client.recv(len(REPLY), socket.MSG_WAITALL) == REPLY
        client.sendall(GET)
        assert read_to_end(client) == b"bye"
        client.close()
        recording = server.finish()
    assert recording.problem is None
    first, second = recording.requests
    assert (first.connection, first.head, first.body) == (0, POST[:-5], b"hello")
    assert (second.raw, second.body) == (GET, b"")
    assert recording.received == (POST + GET,)
    assert recording.surplus == (b"",)
    assert kinds(recording) == ["open", "sent", "sent", "closed", "ended by client"]


def test_time_and_address_are_recorded(connect: Connect) -> None:
    """Events carry the time since the start, in order; the client's address is known."""
    with ReplayServer(replies(REPLY)) as server:
        client = connect(server)
        address = client.getsockname()
        client.sendall(GET)
        read_to_end(client)
        recording = server.finish()
    times = [event.seconds for event in recording.events]
    assert times == sorted(times)
    assert times[0] > 0
    assert recording.clients == (address,)


def test_requests_sent_at_once_are_taken_one_by_one(connect: Connect) -> None:
    """What is sent ahead is kept for the action that awaits it, and what nobody awaits is surplus."""
    with ReplayServer([Accept(), AwaitRequest(), AwaitBytes(3), AwaitRequest(), Close()]) as server:
        client = connect(server)
        client.sendall(GET + b"abc" + POST + b"more")
        assert read_to_end(client) == b""
        recording = server.finish()
    assert recording.problem is None
    assert [request.raw for request in recording.requests] == [GET, POST]
    assert recording.requests[0].reads == (GET,)
    assert recording.received == (GET + b"abc" + POST + b"more",)
    assert recording.surplus == (b"more",)


def test_the_pieces_in_which_a_request_came_are_known(connect: Connect) -> None:
    """Head and body that were read in two pieces are recorded as two."""
    with ReplayServer([Accept(), AwaitBytes(1), Send(b"."), AwaitRequest(body=5), Close()]) as server:
        client = connect(server)
        client.sendall(b"x" + GET)
        assert client.recv(1) == b"."
        client.sendall(b"hello")
        read_to_end(client)
        recording = server.finish()
    assert recording.requests[0].reads == (GET, b"hello")


def test_a_body_may_be_awaited_apart_from_its_head(connect: Connect) -> None:
    """A script can answer the header section before it awaits the body, as with 100 (Continue)."""
    script: list[Action] = [
        Accept(),
        AwaitRequest(body=0),
        Send(b"continue"),
        AwaitBytes(5),
        Send(REPLY),
        Close(),
    ]
    with ReplayServer(script) as server:
        client = connect(server)
        client.sendall(POST[:-5])
        assert client.recv(8, socket.MSG_WAITALL) == b"continue"
        client.sendall(b"hello")
        assert read_to_end(client) == REPLY
        assert server.finish().problem is None


def test_connections_are_numbered_in_their_order(connect: Connect) -> None:
    """Several connections may be open at once, and the script says which one it means."""
    script: list[Action] = [
        Accept(),
        Accept(),
        AwaitRequest(on=1),
        Send(b"one", on=1),
        AwaitRequest(),
        Send(b"zero"),
    ]
    with ReplayServer([*script, Close(), Close(on=1)]) as server:
        first, second = connect(server), connect(server)
        second.sendall(POST)
        assert second.recv(3, socket.MSG_WAITALL) == b"one"
        first.sendall(GET)
        assert (read_to_end(first), read_to_end(second)) == (b"zero", b"")
        recording = server.finish()
    assert recording.problem is None
    assert recording.received == (GET, POST)
    assert [request.connection for request in recording.requests] == [1, 0]


def test_the_next_connection_may_come_while_the_last_one_ends(connect: Connect) -> None:
    """A client may open its next connection before the script is through with the last one's end."""
    script: list[Action] = [
        Accept(),
        AwaitRequest(),
        Send(REPLY),
        AwaitEnd(),
        Close(),
        Accept(),
        AwaitRequest(on=1),
    ]
    with ReplayServer([*script, Close(on=1)]) as server:
        first = connect(server)
        first.sendall(GET)
        assert first.recv(len(REPLY), socket.MSG_WAITALL) == REPLY
        second = connect(server)
        second.sendall(GET)
        first.close()
        assert read_to_end(second) == b""
        recording = server.finish()
    assert recording.problem is None
    assert recording.received == (GET, GET)


def test_a_half_closed_connection_is_still_read(connect: Connect) -> None:
    """After HalfClose the client sees the end, and may go on sending."""
    with ReplayServer([Accept(), HalfClose(), AwaitBytes(5), AwaitEnd(), Close()]) as server:
        client = connect(server)
        assert read_to_end(client) == b""
        client.sendall(b"hello")
        client.shutdown(socket.SHUT_WR)
        recording = server.finish()
    assert recording.problem is None
    assert kinds(recording) == ["open", "half-closed", "ended by client", "closed"]


def test_close_does_not_destroy_the_reply(connect: Connect) -> None:
    """A client that sends more than was awaited still reads the whole reply, and then the end."""
    with ReplayServer(replies(REPLY * 1000)) as server:
        client = connect(server)
        client.sendall(GET + b"x" * 100_000)
        assert read_to_end(client) == REPLY * 1000
        recording = server.finish()
    assert recording.problem is None
    assert recording.surplus == (b"x" * 100_000,)


def test_reset_breaks_the_connection_off(connect: Connect) -> None:
    """After Reset the client reads what was sent, and then an error."""
    with ReplayServer([Accept(), AwaitBytes(1), Send(b"half"), Reset()]) as server:
        client = connect(server)
        client.sendall(b"x")
        assert client.recv(4, socket.MSG_WAITALL) == b"half"
        with pytest.raises(ConnectionResetError):
            client.recv(1)
        recording = server.finish()
    assert recording.problem is None
    assert kinds(recording) == ["open", "sent", "reset"]


def test_reset_destroys_nothing_that_was_sent(connect: Connect, monkeypatch: pytest.MonkeyPatch) -> None:
    """A client that has read nothing when it is reset still reads all, in however many pieces it was sent."""
    monkeypatch.setattr(handover, "PATIENCE", 0)
    reply = bytes(range(256))
    with ReplayServer([Accept(), AwaitBytes(1), Send(reply, cuts=tuple(range(1, 256))), Reset()]) as server:
        client = connect(server)
        client.sendall(b"x")
        assert server.wait(BOUND)
        assert client.recv(256, socket.MSG_WAITALL) == reply
        with pytest.raises(ConnectionResetError):
            client.recv(1)


def test_reset_does_not_wait_for_a_client_that_is_through(narrow: Connect) -> None:
    """When the client's program is over, nothing is on its way to it any more."""
    with ReplayServer([Accept(), AwaitBytes(1), Send(bytes(20_000)), Reset()]) as server:
        narrow(server).sendall(b"x")
        recording = server.finish()
    assert recording.problem is None
    assert kinds(recording) == ["open", "sent", "reset"]


def test_reset_does_not_wait_for_a_client_that_has_gone(narrow: Connect) -> None:
    """What is on its way to a client that has reset the connection stays there."""
    with ReplayServer([Accept(), AwaitBytes(1), Send(bytes(20_000)), Reset()]) as server:
        client = narrow(server)
        client.sendall(b"x")
        select.select([client], [], [], BOUND)
        reset(client)
        assert server.wait(BOUND)
        recording = server.finish()
    assert recording.problem is None
    assert kinds(recording)[:2] == ["open", "sent"]
    assert kinds(recording)[-1] == "reset"


def test_a_stalled_client_may_turn_to_another_connection(connect: Connect) -> None:
    """Stall leaves a connection silent but open, and lets the script go on elsewhere."""
    script: list[Action] = [
        Accept(),
        AwaitRequest(),
        Stall(),
        Accept(),
        AwaitRequest(on=1),
        Send(REPLY, on=1),
        AwaitEnd(),
    ]
    with ReplayServer(script) as server:
        first = connect(server)
        first.sendall(GET)
        second = connect(server)
        second.sendall(GET)
        assert second.recv(len(REPLY), socket.MSG_WAITALL) == REPLY
        assert select.select([first], [], [], 0)[0] == []
        first.close()
        recording = server.finish()
    assert recording.problem is None
    assert kinds(recording) == ["open", "stalled", "ended by client"]


def test_connections_stay_open_behind_the_script(connect: Connect) -> None:
    """After the last action the connection is kept alive and read, until the run is over."""
    with ReplayServer(replies(REPLY, close=False)) as server:
        client = connect(server)
        client.sendall(GET)
        assert client.recv(len(REPLY), socket.MSG_WAITALL) == REPLY
        client.sendall(b"more")
        recording = server.finish()
        assert client.recv(1) == b""
    assert recording.problem is None
    assert recording.surplus == (b"more",)


def test_data_is_sent_in_its_pieces(connect: Connect) -> None:
    """A Send with cuts sends each piece on its own; the client sees the same data."""
    cuts = tuple(range(1, len(REPLY)))
    with ReplayServer([Accept(), AwaitRequest(), Send(REPLY, cuts), Close()]) as server:
        client = connect(server)
        client.sendall(GET)
        assert read_to_end(client) == REPLY
        recording = server.finish()
    assert [event.data for event in recording.events if event.kind == "sent"] == [
        REPLY[octet : octet + 1] for octet in range(len(REPLY))
    ]


def test_a_large_reply_is_sent_whole(connect: Connect) -> None:
    """A reply larger than any buffer arrives whole, also at a client that has ended its own stream."""
    data = bytes(range(256)) * (64 * 1024)
    with ReplayServer([Accept(), AwaitRequest(), AwaitEnd(), Send(data), Close()]) as server:
        client = connect(server)
        client.sendall(GET)
        client.shutdown(socket.SHUT_WR)
        assert read_to_end(client) == data
        recording = server.finish()
    assert recording.problem is None
    assert kinds(recording) == ["open", "ended by client", "sent", "closed"]


def test_a_client_may_send_while_it_is_sent_to(connect: Connect) -> None:
    """A large request and a large reply that cross do not block each other."""
    data = b"x" * (16 * 1024 * 1024)
    with ReplayServer([Accept(), AwaitBytes(1), Send(data), AwaitBytes(len(data) - 1), Close()]) as server:
        client = connect(server)
        sender = threading.Thread(target=client.sendall, args=(data,))
        sender.start()
        assert read_to_end(client) == data
        sender.join(BOUND)
        recording = server.finish()
    assert recording.problem is None
    assert recording.received == (data,)


def test_a_client_in_another_process_is_served() -> None:
    """The client may live in another process; what it sent before it ended is all recorded."""
    program = (
        "import socket, sys\n"
        "client = socket.create_connection((sys.argv[1], int(sys.argv[2])))\n"
        "client.sendall(b'GET / HTTP/1.1\\r\\n\\r\\n')\n"
        "while client.recv(65536): pass\n"
        "client.sendall(b'y' * 100000)\n"
    )
    with ReplayServer([Accept(), AwaitRequest(), Send(REPLY), HalfClose(), AwaitEnd()]) as server:
        subprocess.run(
            [sys.executable, "-c", program, server.host, str(server.port)], timeout=BOUND, check=True
        )
        recording = server.finish()
    assert recording.problem is None
    assert recording.surplus == (b"y" * 100_000,)


def test_the_server_listens_where_it_is_told() -> None:
    """An IPv6 address is as good as an IPv4 one."""
    try:
        server = ReplayServer([Accept(), AwaitEnd()], host="::1").start()
    except OSError:
        pytest.skip("this machine has no address ::1")
    with server, socket.create_connection((server.host, server.port), BOUND) as client:
        host, port = client.getsockname()[:2]
        reset(client)
        recording = server.finish()
    assert recording.clients == ((host, port),)


def test_finish_may_be_called_again(connect: Connect) -> None:
    """The recording stays what it was, whoever asks for it, and in whatever way."""
    with ReplayServer([Accept()]) as server:
        connect(server)
        recording = server.finish()
        assert server.finish() is recording
        assert server.abort() is recording


def test_a_script_is_played_once() -> None:
    """A second start is refused, and so is an end before the start."""
    server = ReplayServer([])
    assert server.port == 0
    with pytest.raises(RuntimeError, match="not started"):
        server.finish()
    with server:
        assert server.port > 0
        with pytest.raises(RuntimeError, match="only once"):
            server.start()


def test_a_defect_of_the_server_is_not_hidden(connect: Connect, monkeypatch: pytest.MonkeyPatch) -> None:
    """What goes wrong in the server's thread is raised where the runner can see it."""

    def broken(_: socket.socket) -> None:
        raise OSError("too many open files")

    monkeypatch.setattr(socket.socket, "accept", broken)
    server = ReplayServer([Accept()]).start()
    with contextlib.suppress(ConnectionError):  # the connection may break off while it is being made
        connect(server)
    for end in (server.finish, server.abort):
        with pytest.raises(OSError, match="too many open files"):
            end()


def test_an_error_in_the_block_matters_more_than_the_server() -> None:
    """An exception leaves the block as it is, and the server is gone all the same."""
    with pytest.raises(ZeroDivisionError), ReplayServer([Accept()]) as server:
        raise ZeroDivisionError
    assert server.finish().problem == "the client never opened connection 0"


def test_a_thread_that_hangs_is_told(connect: Connect, monkeypatch: pytest.MonkeyPatch) -> None:
    """Were the thread ever to hang, the runner would not hang with it."""
    gate = threading.Event()
    accept = socket.socket.accept

    def slow(listener: socket.socket) -> tuple[socket.socket, object]:
        gate.wait(BOUND)
        return accept(listener)

    monkeypatch.setattr(socket.socket, "accept", slow)
    with ReplayServer([Accept()]) as server:
        connect(server)
        with monkeypatch.context() as patched:
            patched.setattr(replay, "STOP_SECONDS", 0)
            with pytest.raises(RuntimeError, match="has not ended within 0 seconds"):
                server.finish()
        gate.set()
        assert server.finish().problem is None


def test_a_connection_that_goes_before_it_is_accepted_is_not_one(
    connect: Connect, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Some systems take a connection that was reset out of the queue again: nothing happened then."""
    accept = socket.socket.accept
    refusals = [BlockingIOError(), ConnectionAbortedError()]

    def flaky(listener: socket.socket) -> tuple[socket.socket, object]:
        if refusals:
            raise refusals.pop()
        return accept(listener)

    monkeypatch.setattr(socket.socket, "accept", flaky)
    with ReplayServer([Accept(), Close()]) as server:
        assert read_to_end(connect(server)) == b""
        assert server.finish().problem is None


def test_a_client_that_never_stops_cannot_keep_the_server(
    connect: Connect, monkeypatch: pytest.MonkeyPatch
) -> None:
    """At the end of the run only so much is taken up, however much more comes."""
    monkeypatch.setattr(player, "LAST_TURNS", 0)
    with ReplayServer([Accept(), Close()]) as server:
        read_to_end(connect(server))
        assert server.finish().problem is None
