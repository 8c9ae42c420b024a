"""The relay: that it passes on and keeps what it should, and nothing outlives it."""

import socket
import struct
import threading

from httplib_servers import Accept, AwaitRequest, Close, ReplayServer, Reset, Send, Stall
from httplib_servers.relay import Relay
from httplib_servers.unreachable import Refuses
from replay_clients import BOUND, read_to_end

GET = b"GET / HTTP/1.1\r\n\r\n"
REPLY = b"HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\n\x00\xff\n"


def connected(relay: Relay) -> socket.socket:
    return socket.create_connection((relay.host, relay.port), BOUND)


def test_it_passes_on_and_keeps() -> None:
    """Request and reply arrive as they were sent, and the reply is kept."""
    script = [Accept(), AwaitRequest(), Send(REPLY), Stall()]
    with ReplayServer(script) as server, Relay(server.host, server.port) as relay:
        with connected(relay) as client:
            client.sendall(GET)
            assert client.recv(len(REPLY), socket.MSG_WAITALL) == REPLY
            (conversation,) = relay.conversations
            assert (bytes(conversation.received), conversation.ended) == (REPLY, False)
        assert server.wait(BOUND)  # the client's end was passed on, too
        assert server.finish().requests[0].raw == GET


def test_the_end_is_passed_on() -> None:
    """After the last byte, and before the client can know of it, it is taken down."""
    script = [Accept(), AwaitRequest(), Send(REPLY), Close()]
    with ReplayServer(script) as server, Relay(server.host, server.port) as relay, connected(relay) as client:
        client.sendall(GET)
        assert read_to_end(client) == REPLY
        assert relay.conversations[0].ended


def test_a_reset_is_an_end() -> None:
    """What came before it is kept."""
    script = [Accept(), AwaitRequest(), Reset()]
    with ReplayServer(script) as server, Relay(server.host, server.port) as relay, connected(relay) as client:
        client.sendall(GET)
        assert read_to_end(client) == b""
        assert relay.conversations[0].ended


def test_a_server_that_is_not_there() -> None:
    """The client sees the end at once."""
    with Refuses() as nobody, Relay(nobody.host, nobody.port) as relay, connected(relay) as client:
        assert read_to_end(client) == b""
        assert relay.conversations[0].ended
        assert isinstance(relay.conversations[0].unreached, ConnectionRefusedError)


def test_connections_are_kept_apart() -> None:
    """In the order in which they were made."""
    script = []
    for number, word in enumerate((b"one", b"two")):
        script += [Accept(), AwaitRequest(on=number), Send(word, on=number), Close(on=number)]
    with ReplayServer(script) as server, Relay(server.host, server.port) as relay:
        for word in (b"one", b"two"):
            with connected(relay) as client:
                client.sendall(GET)
                assert read_to_end(client) == word
        assert [bytes(each.received) for each in relay.conversations] == [b"one", b"two"]


def test_what_a_client_that_has_gone_does_not_take_is_kept() -> None:
    """The client breaks off; the server sends on."""
    with socket.create_server(("127.0.0.1", 0)) as listener, Relay(*listener.getsockname()) as relay:
        client = connected(relay)
        server, _ = listener.accept()
        with server:
            client.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            client.close()
            server.settimeout(BOUND)
            assert server.recv(1) == b""
            server.sendall(b"one")
            server.sendall(b"two")
            server.shutdown(socket.SHUT_WR)
            while not relay.conversations[0].ended:
                threading.Event().wait(0.001)
    assert bytes(relay.conversations[0].received) == b"onetwo"
