"""What a replay server does over TLS: the same scripts, and what only TLS can have."""

import itertools
import socket
import ssl
from collections.abc import Callable, Iterator
from contextlib import ExitStack

import pytest
from httplib_servers import (
    Accept,
    Action,
    AwaitBytes,
    AwaitEnd,
    AwaitRequest,
    Close,
    HalfClose,
    Handshake,
    Kind,
    ReplayServer,
    Reset,
    Send,
    Stall,
    StartTLS,
    render_log,
    replies,
)
from httplib_servers.certificates import (
    CLIENT_NAME,
    VARIANTS,
    authority_pem,
    client_certificate,
    server_context,
)
from httplib_servers.connection import Connection
from replay_clients import BOUND, Connect, kinds, read_to_end, reset

GET = b"GET / HTTP/1.1\r\nHost: x\r\n\r\n"
REPLY = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"

# The variants that a client refuses, and the variants that it accepts under the name "localhost".
REFUSED = ["wrong-host", "expired", "not-yet-valid", "self-signed", "unknown-authority", "wildcard"]
REFUSED += ["ip-address", "missing-intermediate", "old-protocol"]
ACCEPTED = ["valid", "tls-1.2-only"]

Secure = Callable[..., ssl.SSLSocket]


def trusting() -> ssl.SSLContext:
    return ssl.create_default_context(cadata=authority_pem().decode())


@pytest.fixture
def secure(connect: Connect) -> Iterator[Secure]:
    """Return a function that connects to a server and shakes hands with it."""
    with ExitStack() as stack:

        def secured(
            server: ReplayServer,
            context: ssl.SSLContext | None = None,
            name: str | None = "localhost",
            *,
            ragged: bool = False,
        ) -> ssl.SSLSocket:
            sock = stack.enter_context(connect(server))
            context = context or trusting()
            return stack.enter_context(
                context.wrap_socket(sock, server_hostname=name, suppress_ragged_eofs=ragged)
            )

        yield secured


def test_a_script_is_played_over_tls(secure: Secure) -> None:
    """The same script, inside of TLS; what was agreed on is recorded."""
    with ReplayServer(replies(REPLY, b"bye"), tls=server_context("valid")) as server:
        client = secure(server)
        client.sendall(GET)
        assert client.recv(len(REPLY)) == REPLY
        client.sendall(GET)
        assert read_to_end(client) == b"bye"
        client.close()
        recording = server.finish()
    assert recording.problem is None
    assert [request.raw for request in recording.requests] == [GET, GET]
    assert (recording.received, recording.surplus) == ((GET + GET,), (b"",))
    assert recording.handshakes == (Handshake("localhost", client.version() or "TLSv1.3", None, None),)
    assert kinds(recording) == ["open", "secured", "sent", "sent", "closed", "ended by client"]


@pytest.mark.parametrize("variant", ACCEPTED)
def test_a_variant_is_accepted(secure: Secure, variant: str) -> None:
    """A client that trusts the authority of this run takes it."""
    with ReplayServer(replies(REPLY), tls=server_context(variant)) as server:
        client = secure(server)
        client.sendall(GET)
        assert read_to_end(client) == REPLY
        assert server.finish().problem is None
    assert (client.version() == "TLSv1.2") or variant == "valid"


@pytest.mark.parametrize("variant", REFUSED)
def test_a_variant_is_refused(secure: Secure, variant: str) -> None:
    """A client refuses it, and that is no problem where the script says so."""
    script: list[Action] = [Accept(), StartTLS(server_context(variant), may_fail=True), AwaitEnd()]
    with ReplayServer(script) as server:
        with pytest.raises(ssl.SSLError):
            secure(server)
        recording = server.finish()
    assert recording.problem is None
    (handshake,) = recording.handshakes
    assert handshake
    assert handshake.failure
    assert recording.received == (b"",)
    assert kinds(recording)[1] == "handshake failed"


def test_each_variant_is_accepted_or_refused_by_a_test() -> None:
    """No variant is forgotten."""
    assert {*ACCEPTED, *REFUSED, "client-certificate"} == set(VARIANTS)


@pytest.mark.parametrize(("variant", "name"), [("wildcard", "www.wild.example"), ("ip-address", "127.0.0.1")])
def test_a_variant_is_accepted_under_its_own_name(secure: Secure, variant: str, name: str) -> None:
    """A certificate for other names than localhost is good for those."""
    with ReplayServer(replies(REPLY), tls=server_context(variant)) as server:
        client = secure(server, name=name)
        client.sendall(GET)
        assert read_to_end(client) == REPLY
        (handshake,) = server.finish().handshakes
    # There are no server names for addresses (RFC 6066, 3).
    assert handshake
    assert handshake.server_name == (name if variant == "wildcard" else None)


def test_a_client_certificate_is_recorded(secure: Secure, tmp_path) -> None:
    """Where one is wanted, the name in it is known."""
    pem = tmp_path / "client.pem"
    pem.write_bytes(b"".join(client_certificate()))
    context = trusting()
    context.load_cert_chain(pem)
    with ReplayServer(replies(REPLY), tls=server_context("client-certificate")) as server:
        client = secure(server, context)
        client.sendall(GET)
        assert read_to_end(client) == REPLY
        recording = server.finish()
    assert recording.handshakes[0]
    assert recording.handshakes[0].client_certificate == CLIENT_NAME
    assert f"localhost'; client certificate: '{CLIENT_NAME}'" in render_log(recording)


def test_a_client_without_a_certificate_is_refused(secure: Secure) -> None:
    """Where one is wanted, the server refuses who has none."""
    script: list[Action] = [Accept(), StartTLS(server_context("client-certificate"), may_fail=True), Close()]
    with ReplayServer(script) as server:
        client = secure(server)
        with pytest.raises(ssl.SSLError, match="CERTIFICATE_REQUIRED"):
            client.recv(1)
        assert server.finish().problem is None


def test_a_handshake_that_must_not_fail_is_a_problem(secure: Secure) -> None:
    """What went wrong is said in words, in the problem and in the log."""
    with ReplayServer(replies(REPLY), tls=server_context("unknown-authority")) as server:
        with pytest.raises(ssl.SSLError):
            secure(server)
        recording = server.finish()
    assert recording.problem == "the TLS handshake on connection 0 failed: tlsv1 alert unknown ca"
    told = "*  the TLS handshake failed: tlsv1 alert unknown ca (server name asked for: 'localhost')\n"
    assert told in render_log(recording)


def test_plain_text_is_a_failed_handshake(connect: Connect) -> None:
    """A client that does not know that it should talk TLS is told apart."""
    with ReplayServer(replies(REPLY), tls=server_context("valid")) as server:
        client = connect(server)
        client.sendall(GET)
        assert read_to_end(client) == b""
        recording = server.finish()
    assert recording.problem == "the TLS handshake on connection 0 failed: http request"
    assert "http request (no server name asked for)" in render_log(recording)


@pytest.mark.parametrize(("end", "words"), [(socket.socket.close, "ended its stream on"), (reset, "reset")])
@pytest.mark.parametrize("hello", [b"", b"\x16\x03\x01"])
def test_a_client_may_leave_in_the_handshake(
    connect: Connect, end: Callable[[socket.socket], None], words: str, hello: bytes
) -> None:
    """That is a failed handshake as well."""
    with ReplayServer([Accept(), StartTLS(server_context("valid"))]) as server:
        client = connect(server)
        client.sendall(hello)
        end(client)
        recording = server.finish()
    assert recording.problem == f"the TLS handshake on connection 0 failed: the client {words} the connection"


def test_a_handshake_may_be_left_undone(connect: Connect) -> None:
    """If the client's program is over before, it is said what it has not done."""
    with ReplayServer(replies(REPLY), tls=server_context("valid")) as server:
        connect(server)
        problem = server.finish().problem
    assert problem == "the client never finished the TLS handshake on connection 0"


def test_a_second_connection_in_the_handshake_is_a_contradiction(connect: Connect) -> None:
    """The problem names the handshake that is awaited."""
    with ReplayServer([Accept(), StartTLS(server_context("valid"))]) as server:
        connect(server)
        assert read_to_end(connect(server)) == b""
        problem = server.finish().problem
    assert problem == (
        "the client opened connection 1 although the script awaits the TLS handshake on connection 0"
    )


def test_tls_may_start_in_mid_connection(connect: Connect) -> None:
    """So a script is a proxy, which then goes on as the destination."""
    script: list[Action] = [Accept(), AwaitRequest(), Send(b"go\n"), StartTLS(server_context("valid"))]
    with ReplayServer([*script, AwaitRequest(), Send(REPLY), Close()]) as server:
        client = connect(server)
        client.sendall(GET)
        assert client.recv(3) == b"go\n"
        with trusting().wrap_socket(client, server_hostname="localhost") as inside:
            inside.sendall(GET + b"more")
            assert read_to_end(inside) == REPLY
            recording = server.finish()
    assert recording.problem is None
    assert recording.received == (GET + GET + b"more",)
    assert recording.surplus == (b"more",)
    assert kinds(recording) == ["open", "sent", "secured", "sent", "closed"]


def test_a_client_need_not_wait_for_its_tls(connect: Connect) -> None:
    """What it sent before the script came to TLS belongs to TLS, and is not kept as anything else."""
    incoming, outgoing = ssl.MemoryBIO(), ssl.MemoryBIO()
    session = trusting().wrap_bio(incoming, outgoing, server_hostname="localhost")
    with pytest.raises(ssl.SSLWantReadError):
        session.do_handshake()
    tls = StartTLS(server_context("valid"))
    with ReplayServer([Accept(), AwaitBytes(1), AwaitRequest(), Accept(), tls, AwaitRequest()]) as server:
        client = connect(server)
        client.sendall(b"x" + GET + outgoing.read())
        connect(server)  # the script goes on only then
        while True:
            incoming.write(client.recv(65536))
            try:
                session.do_handshake()
            except ssl.SSLWantReadError:
                continue
            break
        session.write(GET)
        client.sendall(outgoing.read())
        recording = server.finish()
    assert recording.problem is None
    assert recording.received == (b"x" + GET + GET, b"")


def test_close_says_in_tls_that_it_is_the_end(secure: Secure) -> None:
    """By default the client can tell the end from a cut."""
    with ReplayServer(replies(REPLY), tls=server_context("valid")) as server:
        client = secure(server, ragged=False)
        client.sendall(GET)
        assert read_to_end(client) == REPLY
        assert server.finish().problem is None


def test_close_may_leave_that_out(secure: Secure) -> None:
    """Then the client reads the reply, and an end that it did not expect."""
    script: list[Action] = [Accept(), AwaitRequest(), Send(REPLY), Close(close_notify=False)]
    with ReplayServer(script, tls=server_context("valid")) as server:
        client = secure(server, ragged=False)
        client.sendall(GET)
        assert client.recv(100) == REPLY
        with pytest.raises(ssl.SSLEOFError):
            client.recv(100)
        assert server.finish().problem is None


@pytest.mark.parametrize("first", [HalfClose(), Stall()])
def test_the_client_may_end_in_tls(secure: Secure, first: Action) -> None:
    """A close_notify of the client is the end of its stream, whoever of the two is first."""
    with ReplayServer([Accept(), AwaitRequest(), first, AwaitEnd()], tls=server_context("valid")) as server:
        client = secure(server)
        client.sendall(GET)
        if isinstance(first, HalfClose):
            assert read_to_end(client) == b""
            client.unwrap()
        else:
            client.settimeout(0)
            with pytest.raises(ssl.SSLWantReadError):
                client.unwrap()
        recording = server.finish()
    assert recording.problem is None
    assert "ended by client" in kinds(recording)


def test_octets_that_are_no_tls_are_a_reset(secure: Secure) -> None:
    """So is a fatal alert; and nothing can be sent after it."""
    script: list[Action] = [Accept(), AwaitEnd(), Send(REPLY), Close()]
    with ReplayServer(script, tls=server_context("valid")) as server:
        client = secure(server)
        with socket.socket(fileno=client.detach()) as plain:
            plain.settimeout(BOUND)
            plain.sendall(b"no TLS at all")
            read_to_end(plain)
        recording = server.finish()
    assert recording.problem is None
    assert kinds(recording) == ["open", "secured", "reset by client", "unsent", "closed"]


def test_a_connection_with_tls_can_be_reset(secure: Secure) -> None:
    """Without a word in TLS."""
    with ReplayServer([Accept(), AwaitRequest(), Reset()], tls=server_context("valid")) as server:
        client = secure(server)
        client.sendall(GET)
        with pytest.raises(OSError):  # which one, depends on the version of OpenSSL
            client.recv(1)
        assert server.finish().problem is None


def test_large_data_goes_both_ways_over_tls(secure: Secure) -> None:
    """More than any buffer holds, in lock-step with a client that reads late."""
    data = bytes(range(256)) * (32 * 1024)
    script: list[Action] = [Accept(), AwaitBytes(len(data)), Send(data, cuts=(5,)), Close()]
    with ReplayServer(script, tls=server_context("valid")) as server:
        client = secure(server)
        client.sendall(data)
        assert read_to_end(client) == data
        recording = server.finish()
    assert recording.problem is None
    assert recording.received == (data,)


def test_what_the_client_does_not_read_is_unsent(secure: Secure) -> None:
    """A record that is not on its way as a whole does not count as sent."""
    data = b"x" * (32 * 1024 * 1024)
    with ReplayServer([Accept(), AwaitBytes(1), Send(data), Close()], tls=server_context("valid")) as server:
        client = secure(server)
        client.sendall(b"x")
        assert client.recv(1) == b"x"
        recording = server.finish()
    sizes: dict[Kind, int] = {event.kind: len(event.data) for event in recording.events}
    assert sizes["sent"] + sizes["unsent"] == len(data)
    assert sizes["sent"] % (16 * 1024) == 0


def test_a_record_may_go_in_parts(secure: Secure, monkeypatch: pytest.MonkeyPatch) -> None:
    """A system that takes only a part of a record, and then nothing for a while, gets the rest later."""
    write = Connection.write
    turns = itertools.count()

    def little(connection: Connection, data: memoryview) -> int:
        return write(connection, data[:7000]) if next(turns) % 2 else 0

    data = bytes(range(256)) * 200
    with ReplayServer([Accept(), AwaitBytes(1), Send(data), Close()], tls=server_context("valid")) as server:
        client = secure(server, ragged=True)
        monkeypatch.setattr(Connection, "write", little)
        client.sendall(b"x")
        assert read_to_end(client) == data
        recording = server.finish()
    assert recording.problem is None
    assert b"".join(event.data for event in recording.events if event.kind == "sent") == data


def test_a_server_may_have_tls_on_ipv6(tmp_path) -> None:
    """The address is in the certificate as well."""
    try:
        server = ReplayServer(replies(REPLY), host="::1", tls=server_context("valid")).start()
    except OSError:
        pytest.skip("this machine has no address ::1")
    with server, socket.create_connection((server.host, server.port), BOUND) as plain:
        with trusting().wrap_socket(plain, server_hostname="::1") as client:
            client.sendall(GET)
            assert read_to_end(client) == REPLY
        assert server.finish().problem is None


def test_an_unknown_variant_is_refused() -> None:
    """The message names those that there are."""
    with pytest.raises(ValueError, match="no kind of TLS is called 'vaild'; expected one of valid, wrong-"):
        server_context("vaild")


def test_contexts_are_made_once() -> None:
    """To make keys takes time."""
    assert server_context("expired") is server_context("expired")
    assert client_certificate() is client_certificate()
    assert authority_pem() == authority_pem()
