"""Scripts are checked before they are played."""

import ssl

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
    StartTLS,
    replies,
)

TLS = StartTLS(ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER))
MAY_FAIL = StartTLS(TLS.context, may_fail=True, on=1)


@pytest.mark.parametrize(
    ("script", "words"),
    [
        ([AwaitRequest()], r"action 0 .*AwaitRequest.*connection 0 is not open here, expected an Accept"),
        ([Accept(), Send(b"x", on=1)], r"action 1 .*Send\(1 bytes.*connection 1 is not open here"),
        ([Accept(), Close(on=-1)], r"action 1 .*connection -1 is not open here"),
        ([Accept(), AwaitBytes(-1)], r"action 1 .*expected a count of 0 or more"),
        ([Accept(), AwaitRequest(body=-1)], r"action 1 .*expected a body of 0 or more octets"),
        ([Accept(), Send(b"abc", (0,))], r"action 1 .*expected ascending cuts between 1 and 2"),
        ([Accept(), Send(b"abc", (3,))], r"action 1 .*expected ascending cuts between 1 and 2"),
        ([Accept(), Send(b"abc", (2, 1))], r"action 1 .*expected ascending cuts between 1 and 2"),
        ([Accept(), Send(b"abc", (1, 1))], r"action 1 .*expected ascending cuts between 1 and 2"),
        ([Accept(), Send(b"x", (1,))], r"action 1 .*expected no cuts"),
        ([Accept(), Close(), Send(b"x")], r"action 2 .*expected no action on connection 0 after its Close"),
        ([Accept(), Reset(), AwaitEnd()], r"action 2 .*expected no action on connection 0 after its Reset"),
        ([Accept(), Stall(), Close()], r"action 2 .*nothing but AwaitEnd on connection 0 after its Stall"),
        ([Accept(), HalfClose(), Send(b"x")], r"action 2 .*nothing to be sent on connection 0 after"),
        ([Accept(), HalfClose(), TLS], r"action 2 .*nothing to be sent on connection 0 after its HalfClose"),
        ([TLS], r"action 0 .*StartTLS\(may_fail=False, on=0\): connection 0 is not open here"),
        ([Accept(), Accept(), MAY_FAIL, MAY_FAIL], r"action 3 .*connection 1 has its TLS already"),
        ([Accept(), HalfClose(), HalfClose()], r"action 2 .*nothing to be sent on connection 0 after"),
    ],
)
def test_a_script_that_no_client_could_follow_is_refused(script: list[Action], words: str) -> None:
    """A script that contradicts itself is a ValueError that names the action and what was expected."""
    with pytest.raises(ValueError, match=words):
        ReplayServer(script)


@pytest.mark.parametrize(
    "script",
    [
        [],
        [Accept(), Accept(), Close(), Send(b"x", on=1), Close(on=1)],
        [Accept(), HalfClose(), AwaitBytes(0), AwaitEnd(), Reset()],
        [Accept(), Stall(), AwaitEnd()],
        [Accept(), Accept(), AwaitRequest(), Send(b"x"), TLS, MAY_FAIL, Close(close_notify=False)],
        [Accept(), Send(b""), Send(b"abc", (1, 2)), AwaitRequest(body=0)],
    ],
)
def test_a_script_that_can_be_followed_is_taken(script: list[Action]) -> None:
    """What is sensible is not refused."""
    ReplayServer(script)


def test_data_is_cut_at_its_cuts() -> None:
    """A cut is an offset at which a new piece begins."""
    assert Send(b"abcdef", (1, 4)).pieces() == [b"a", b"bcd", b"ef"]
    assert Send(b"").pieces() == []


def test_replies_await_a_request_each() -> None:
    """The convenience for one connection awaits a request for each reply, and closes unless told not to."""
    assert replies(b"1", b"2") == [
        Accept(),
        AwaitRequest(),
        Send(b"1"),
        AwaitRequest(),
        Send(b"2"),
        Close(),
    ]
    assert replies(close=False) == [Accept()]


def test_a_script_with_tls_throughout_has_no_other() -> None:
    """Each connection starts its TLS when it is accepted, so it cannot start it again."""
    ReplayServer([Accept(), Accept(), AwaitRequest(on=1)], tls=TLS.context)
    with pytest.raises(ValueError, match=r"action 2 .*connection 0 has its TLS already"):
        ReplayServer([Accept(), TLS], tls=TLS.context)
