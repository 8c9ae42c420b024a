"""The thread of a replay server: plays its script, and writes down what happens.

The script is carried out action by action, by one method each. An action that must wait for the client
does so in `_turn`, the only place that blocks, and what the client does meanwhile is taken up there:

- What it sends on any connection is read at once and kept until an action takes it.
- A connection that it opens is refused as a contradiction, unless the script awaits it, or will await it
  before it awaits any further octet: a client may open its next connection while the server still
  sends on the last one, or before it closes the last one. Such a connection waits in the listener's
  queue for its `Accept`. Octets that were sent before a connection was opened are looked at first.
- The runner may say that the client's program is over: what the client has done until then is still taken
  up, and the script goes on as far as it can with that. Or that it gives up: all is closed at once.
"""

import os
import selectors
import socket
import threading
import time
from collections import deque
from typing import Final

from httplib_servers import problems
from httplib_servers.connection import Connection
from httplib_servers.handover import Handover
from httplib_servers.recording import Event, Kind, Recording, Request
from httplib_servers.request_extent import RequestExtent
from httplib_servers.script import (
    Accept,
    Action,
    AwaitBytes,
    AwaitEnd,
    AwaitRequest,
    Close,
    HalfClose,
    Reset,
    Send,
    StartTLS,
)
from httplib_servers.secure import SecureConnection

# A client that sends without end must not take all of the runner's memory.
RECEIVE_LIMIT: Final = 512 * 1024 * 1024
# What a client has sent is in our queue when its program is over, except that a busy kernel may hand it
# over late. So if the script still awaits something then, it does so for this many seconds.
GRACE: Final = 0.02
# What can be queued in the kernel when the client's program is over is read in far fewer turns than this.
# A client that goes on sending cannot put off the end for longer.
LAST_TURNS: Final = 4096
# The actions that await something which a client sends only when it means to go on.
_FROM_CLIENT = (Accept, StartTLS, AwaitRequest, AwaitBytes)


class _Stopped(Exception):
    """The runner wants the recording."""


class _Contradicted(Exception):
    """The client did something else than the script awaits."""


class Player:
    """Plays one script on one listener; `run` is the thread's function.

    Attributes:
        recording: What happened, once the thread has ended.
        defect: The exception that ended the thread, if one did: a defect of the server itself.
        over: Set once the script is at its end, or contradicted, and every client has gone.
    """

    def __init__(self, script: tuple[Action, ...], listener: socket.socket) -> None:
        self.recording: Recording
        self.defect: Exception | None = None
        self.over = threading.Event()
        self._finishing = False
        self._aborting = False
        self._ended = False
        self._alarm_lock = threading.Lock()
        self._script = script
        self._position = 0  # of the current action
        self._listener = listener
        self._started = time.perf_counter()
        self._connections: list[Connection] = []
        self._events: list[Event] = []
        self._requests: list[Request] = []
        self._problem: str | None = None
        self._received = 0
        self._last_turns = 0
        self._grace = GRACE
        self._grace_ends: float | None = None
        self._alarm, self._alarm_bell = socket.socketpair()
        self._selector = selectors.DefaultSelector()
        self._selector.register(self._alarm, selectors.EVENT_READ)
        self._selector.register(listener, selectors.EVENT_READ)
        self._listening = True

    @property
    def at_end(self) -> bool:
        """Whether all of the script was carried out."""
        return self._position == len(self._script)

    def stop(self, *, aborting: bool, grace: float = GRACE) -> None:
        """Have the thread end (called by another thread).

        Args:
            aborting: Whether the client is out of time; else its program is over.
            grace: How many seconds to wait at most for what the script still awaits.
        """
        self._grace = grace
        if aborting:
            self._aborting = True
        self._finishing = True
        with self._alarm_lock:
            if not self._ended:
                self._alarm_bell.send(b"!")

    def run(self) -> None:
        """Play the script, then keep the connections open until the runner wants the recording."""
        try:
            self._play()
        except _Stopped:
            self._note_problem(problems.unmet(self._script[self._position :], self._connections))
            if self._aborting:
                self._drop_connections()
        except _Contradicted as contradiction:
            self._note_problem(str(contradiction))
            self._drop_connections()
        except Exception as defect:
            self.defect = defect
        finally:
            self._selector.close()
            sockets = [connection.socket for connection in self._connections]
            with self._alarm_lock:
                self._ended = True
                for each in [self._listener, self._alarm, self._alarm_bell, *sockets]:
                    each.close()
            self.recording = Recording(
                events=tuple(self._events),
                requests=tuple(self._requests),
                received=tuple(b"".join(connection.received) for connection in self._connections),
                surplus=tuple(bytes(connection.unread) for connection in self._connections),
                clients=tuple(connection.client for connection in self._connections),
                handshakes=tuple(connection.handshake for connection in self._connections),
                problem=self._problem,
            )
            self.over.set()

    # The actions

    def _play(self) -> None:
        for action in self._script:
            self._watch_listener()
            self._carry_out(action)
            self._position += 1
        self._watch_listener()
        while True:
            if not any(connection.open for connection in self._connections):
                self.over.set()
            self._turn()

    def _carry_out(self, action: Action) -> None:
        match action:
            case Accept():
                self._accept()
            case StartTLS():
                self._start_tls(action)
            case AwaitRequest(on=on, body=body):
                self._await_request(self._connections[on], body)
            case AwaitBytes(on=on, count=count):
                self._await_bytes(self._connections[on], count)
            case AwaitEnd(on=on):
                self._await_end(self._connections[on])
            case Send(on=on):
                self._send(self._connections[on], action)
            case HalfClose(on=on):
                self._connections[on].end_stream(close_notify=True)
                self._note(on, "half-closed")
            case Close(on=on, close_notify=close_notify):
                self._connections[on].end_stream(close_notify=close_notify)
                self._note(on, "closed")
            case Reset(on=on):
                self._reset(self._connections[on])
            case stall:
                self._note(stall.on, "stalled")

    def _accept(self) -> None:
        expected = len(self._connections) + 1
        while len(self._connections) < expected:
            self._turn()

    def _start_tls(self, action: StartTLS) -> None:
        connection = SecureConnection(self._connections[action.on], action.context)
        self._connections[action.on] = connection
        self._watch(connection)
        while not connection.handshake:
            self._turn()
        failure = connection.handshake.failure
        self._note(connection.number, "handshake failed" if failure else "secured")
        if not failure:
            self._read_what_is_there(connection)
        elif not action.may_fail:
            raise _Contradicted(problems.insecure(connection, failure))

    def _await_request(self, connection: Connection, body: int | None) -> None:
        extent = RequestExtent(connection.unread, body)
        for _ in extent.search():
            self._turn_for_octets(connection)
        reads = connection.take(extent.end)
        raw = b"".join(reads)
        self._requests.append(Request(connection.number, raw[: extent.head], raw[extent.head :], reads))
        if extent.defect:
            self._note_problem(problems.unframed(connection, extent.defect))

    def _await_bytes(self, connection: Connection, count: int) -> None:
        while len(connection.unread) < count:
            self._turn_for_octets(connection)
        connection.take(count)

    def _await_end(self, connection: Connection) -> None:
        while connection.ended is None:
            self._turn()

    def _send(self, connection: Connection, action: Send) -> None:
        pieces = deque(action.pieces())
        try:
            with Handover(connection.socket) as handover:
                while pieces and not connection.deaf:
                    while action.cuts and not self._finishing and handover.is_pending():
                        os.sched_yield()
                    if self._aborting:
                        raise _Stopped
                    self._send_piece(connection, pieces.popleft())
        finally:
            if left := b"".join(pieces):
                self._note(connection.number, "unsent", left)

    def _send_piece(self, connection: Connection, piece: bytes) -> None:
        rest = memoryview(piece)
        try:
            while rest and not connection.deaf:
                rest = rest[connection.write(rest) :]
                if rest:
                    self._turn(writing=connection)
        finally:
            sent = len(piece) - len(rest)
            if sent:
                self._note(connection.number, "sent", piece[:sent])
            if rest:
                self._note(connection.number, "unsent", piece[sent:])

    def _reset(self, connection: Connection) -> None:
        # A reset destroys what is still on its way (RFC 9293, 3.10.5). The more so where the client is slow
        # to read: its system holds back acknowledgements, and ours all but the first few segments.
        while connection.undelivered and not self._finishing:
            self._turn(writing=connection)
        self._read_what_is_there(connection)
        if connection.open:  # else it is watched no more
            self._selector.unregister(connection.socket)
        connection.reset()
        self._note(connection.number, "reset")

    # What the client does

    def _turn(self, writing: Connection | None = None) -> None:
        """Wait until the client does something, and take it up.

        Args:
            writing: A connection on which room to send is waited for as well.
        """
        if writing:
            self._watch(writing, to_write=True)
        ready = self._selector.select(self._patience())
        if writing:
            self._watch(writing)
        if self._aborting or (self._finishing and not ready):
            raise _Stopped
        readable = [key.data for key, events in ready if key.data and events & selectors.EVENT_READ]
        for connection in readable:
            self._read(connection)
        if self._received > RECEIVE_LIMIT:
            raise _Contradicted(f"the client sent more than {RECEIVE_LIMIT} bytes")
        others = [key.fileobj for key, _ in ready if key.data is None]
        if self._alarm in others:
            self._alarm.recv(16)
        # Only when nothing is left to read, because that was sent before the connection was opened.
        if self._listener in others and not readable:
            self._take_up_connection()

    def _turn_for_octets(self, connection: Connection) -> None:
        """Take a turn to get more of what the current action awaits, if there can be more."""
        if connection.ended:
            raise _Contradicted(problems.ended_early(connection, self._current()))
        self._turn()

    def _patience(self) -> float | None:
        """Return how long to wait for the client, in seconds; None for as long as it takes."""
        if not self._finishing:
            return None
        self._last_turns += 1
        if self._last_turns > LAST_TURNS:
            raise _Stopped
        if not problems.unmet(self._script[self._position :], self._connections):
            return 0
        now = time.perf_counter()
        self._grace_ends = self._grace_ends or now + self._grace
        return max(0, self._grace_ends - now)

    def _take_up_connection(self) -> None:
        try:
            sock, client = self._listener.accept()
        except (BlockingIOError, ConnectionError):
            return  # it has gone while it was in the queue
        connection = Connection(len(self._connections), sock, client[:2])
        self._connections.append(connection)
        self._note(connection.number, "open")
        self._watch(connection)
        if not isinstance(self._current(), Accept):
            raise _Contradicted(problems.unexpected(connection, self._current()))

    def _read(self, connection: Connection) -> bool:
        """Read one piece from a connection, and return whether there was one."""
        piece = connection.read()
        if piece:
            self._note(connection.number, "received", piece)
            self._received += len(piece)
        if connection.ended:
            self._note(connection.number, connection.ended)
            self._watch(connection)
        return bool(piece)

    def _read_what_is_there(self, connection: Connection) -> None:
        turns = LAST_TURNS
        while turns and connection.open and self._read(connection):
            turns -= 1

    def _drop_connections(self) -> None:
        for connection in self._connections:
            if connection.open:
                self._read_what_is_there(connection)
                self._note(connection.number, "dropped")

    # Book-keeping

    def _current(self) -> Action | None:
        """Return the current action, None behind the last one."""
        return self._script[self._position] if self._position < len(self._script) else None

    def _watch(self, connection: Connection, *, to_write: bool = False) -> None:
        """Have `_turn` wait for what there is to await on a connection."""
        if connection.socket in self._selector.get_map():
            self._selector.unregister(connection.socket)
        reading = selectors.EVENT_READ if connection.open else 0
        writing = selectors.EVENT_WRITE if to_write else 0
        if reading | writing:
            self._selector.register(connection.socket, reading | writing, connection)

    def _watch_listener(self) -> None:
        """Have `_turn` look at new connections, unless one may come before the script takes it up."""
        awaiting = next(
            (each for each in self._script[self._position :] if isinstance(each, _FROM_CLIENT)), None
        )
        may_come_early = isinstance(awaiting, Accept) and not isinstance(self._current(), Accept)
        if may_come_early and self._listening:
            self._selector.unregister(self._listener)
        elif not may_come_early and not self._listening:
            self._selector.register(self._listener, selectors.EVENT_READ)
        self._listening = not may_come_early

    def _note(self, connection: int, kind: Kind, data: bytes = b"") -> None:
        self._events.append(Event(time.perf_counter() - self._started, connection, kind, data))

    def _note_problem(self, problem: str | None) -> None:
        """Keep the first problem: those behind it follow from it, as often as not."""
        self._problem = self._problem or problem
