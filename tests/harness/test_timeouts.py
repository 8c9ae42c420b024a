"""Cases with a timeout: it is as short as it can be, and no shorter."""

import inspect

import pytest
from httplib_conformance.case_servers import Servers
from httplib_conformance.cases.timeouts import TIMEOUTS, with_short_timeout
from httplib_conformance.protocol import Raised
from httplib_servers import Accept

FIRST, SECOND, LAST = TIMEOUTS


class FakeServers:
    """Servers that are at their end, or not, as they are told."""

    def __init__(self, *ends: bool) -> None:
        self._ends = list(ends)
        self.forgotten = 0

    @property
    def at_end(self) -> bool:
        return self._ends.pop(0)

    def forget(self) -> None:
        self.forgotten += 1


def remote(text: str) -> Exception:
    """An exception as an implementation raises it."""
    error = OSError(text)
    error.__remote__ = Raised(("builtins.OSError",), (text,), {}, text)
    return error


def trying(*outcomes: Exception | None):
    """A case that comes out so, one time after the other, and the timeouts that it is tried with."""
    tried: list[float] = []
    left = list(outcomes)

    @with_short_timeout
    def test(replay, soon):
        tried.append(soon)
        outcome = left.pop(0)
        if outcome is not None:
            raise outcome

    return test, tried


def test_the_shortest_is_tried_first():
    test, tried = trying(None)
    servers = FakeServers(True)
    test(replay=servers)
    assert (tried, servers.forgotten) == ([FIRST], 0)


def test_a_timeout_that_comes_too_soon_counts_for_nothing():
    test, tried = trying(remote("timed out"), remote("The read operation timed out"), None)
    servers = FakeServers()
    test(replay=servers)
    assert (tried, servers.forgotten) == ([FIRST, SECOND, LAST], 2)


def test_a_server_that_was_given_no_time_counts_for_nothing():
    test, tried = trying(None, None)
    servers = FakeServers(False, True)
    test(replay=servers)
    assert (tried, servers.forgotten) == ([FIRST, SECOND], 1)


def test_with_the_longest_everything_counts():
    test, tried = trying(*[remote("timed out")] * 3)
    with pytest.raises(OSError, match="timed out"):
        test(replay=FakeServers())
    assert tried == [FIRST, SECOND, LAST]


@pytest.mark.parametrize("error", [remote("refused"), OSError("timed out"), AssertionError("timed out")])
def test_whatever_else_goes_wrong_counts_at_once(error):
    test, tried = trying(error)
    with pytest.raises(type(error), match=str(error)):
        test(replay=FakeServers())
    assert tried == [FIRST]


def test_a_case_without_servers():
    tried = []

    @with_short_timeout
    def test(httplib, soon):
        tried.append(soon)
        if len(tried) == 1:
            raise remote("timed out")

    test(httplib=None)
    assert tried == [FIRST, SECOND]
    assert list(inspect.signature(test).parameters) == ["httplib"]


def test_servers_that_are_forgotten():
    servers = Servers()
    server = servers(script=[Accept()])
    assert not servers.at_end
    servers.forget()
    assert (servers.finish(), servers.at_end) == ([], True)
    assert server.finish().problem == "the client never opened connection 0", "it has ended"
    other = servers(script=[])
    assert servers.finish() == [other.finish()]
    assert servers.at_end
