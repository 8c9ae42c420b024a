"""Ctrl-C while something is taken: whoever frees it is told first."""

import signal
import socket
import threading
from collections.abc import Iterator

import pytest
from httplib_servers import Accept, ReplayServer, replay
from httplib_servers.interrupts import uninterrupted


@pytest.fixture(autouse=True)
def _ctrl_c_interrupts() -> Iterator[None]:
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, before)


def test_it_waits_for_the_end_of_the_block() -> None:
    done = []

    def block() -> None:
        with uninterrupted():
            signal.raise_signal(signal.SIGINT)
            done.append("the rest of the block")

    with pytest.raises(KeyboardInterrupt):
        block()
    assert done
    assert signal.getsignal(signal.SIGINT) is signal.default_int_handler


def test_a_block_within_a_block_waits_for_the_end_of_both() -> None:
    done = []

    def block() -> None:
        with uninterrupted():
            with uninterrupted():
                signal.raise_signal(signal.SIGINT)
            done.append("the rest of the outer block")

    with pytest.raises(KeyboardInterrupt):
        block()
    assert done


def test_without_ctrl_c_nothing_is_different() -> None:
    with uninterrupted():
        pass
    with pytest.raises(ValueError, match="of the block"), uninterrupted():
        raise ValueError("of the block")
    assert signal.getsignal(signal.SIGINT) is signal.default_int_handler


@pytest.mark.parametrize("other", [signal.SIGTERM, signal.SIGHUP])
def test_another_signal_that_interrupts_waits_as_well(other: signal.Signals) -> None:
    before = signal.signal(other, signal.default_int_handler)
    done = []

    def block() -> None:
        with uninterrupted():
            signal.raise_signal(other)
            signal.raise_signal(signal.SIGINT)
            done.append("the rest of the block")

    try:
        with pytest.raises(KeyboardInterrupt):
            block()
    finally:
        signal.signal(other, before)
    assert done


def test_where_ctrl_c_is_ignored_it_stays_so() -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    with uninterrupted():
        signal.raise_signal(signal.SIGINT)
    assert signal.getsignal(signal.SIGINT) is signal.SIG_IGN


def test_only_the_main_thread_is_interrupted() -> None:
    handlers = []

    def look() -> None:
        with uninterrupted():
            handlers.append(signal.getsignal(signal.SIGINT))

    thread = threading.Thread(target=look)
    thread.start()
    thread.join()
    assert handlers == [signal.default_int_handler]


def test_a_server_that_is_being_started_is_ended(monkeypatch: pytest.MonkeyPatch) -> None:
    """Neither its sockets nor its thread are left, as is looked at after each test."""
    create = socket.create_server

    def create_and_interrupt(*args: object, **kwargs: object) -> socket.socket:
        signal.raise_signal(signal.SIGINT)
        return create(*args, **kwargs)

    monkeypatch.setattr(replay.socket, "create_server", create_and_interrupt)
    with pytest.raises(KeyboardInterrupt):
        ReplayServer([Accept()]).start()


def test_a_server_that_was_not_begun_needs_no_end(monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupt(*args: object, **kwargs: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(replay.socket, "create_server", interrupt)
    with pytest.raises(KeyboardInterrupt):
        ReplayServer([Accept()]).start()
