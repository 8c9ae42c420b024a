"""The table of states, and the calls that it refuses."""

import re
from pathlib import Path

import pytest
from httplib27 import BadStatusLine, CannotSendHeader, CannotSendRequest, InvalidURL, ResponseNotReady
from httplib27.states import REFUSALS, TRANSITIONS, Event, State

from .loopback import reply

PUT_REQUEST = ("putrequest", "GET", "/")
PUT_HEADER = ("putheader", "A", "b")


def test_the_table_names_every_state():
    """Each state has a row, and each row leads to states of the table only."""
    assert set(TRANSITIONS) == set(State)
    assert {following for row in TRANSITIONS.values() for following in row.values()} == set(State)


def test_the_end_of_a_response_is_possible_in_every_state_with_an_unread_one():
    """A response may be read to its end whatever has become of the next request."""
    unread = {state for state in State if state.name.endswith("UNREAD")}
    assert {state for state, row in TRANSITIONS.items() if Event.RESPONSE_READ in row} == unread
    assert set(REFUSALS) == set(Event) - {Event.RESPONSE_READ}


def diagram() -> str:
    """The table as a Mermaid state diagram: the one in docs/states.md is drawn by this."""
    lines = ["stateDiagram-v2", f"    [*] --> {State.IDLE.name}: HTTPConnection()"]
    for state, row in TRANSITIONS.items():
        lines += [f"    {state.name} --> {following.name}: {event.value}" for event, following in row.items()]
    return "\n".join(lines) + "\n"


def test_the_diagram_shows_the_whole_table():
    """The diagram has a line for every transition."""
    lines = diagram().splitlines()
    assert lines[0] == "stateDiagram-v2"
    assert "    UNREAD --> IDLE: the response was read to its end, or closed" in lines
    assert len(lines) == 2 + sum(len(row) for row in TRANSITIONS.values())


@pytest.fixture(scope="module")
def page():
    """The page of the documentation that shows the table."""
    return (Path(__file__).parents[2] / "docs" / "states.md").read_text(encoding="utf-8")


def test_the_page_has_the_diagram_of_the_table(page):
    """The diagram in the documentation is what the table gives."""
    _, _, rest = page.partition("```mermaid\n")
    assert rest.partition("```")[0] == diagram()


def test_the_page_explains_every_state(page):
    """The documentation has each state with its meaning, and no other."""
    rows = [f"| `{state.name}` | {state.value} |" for state in State]
    assert re.findall(r"\| `[A-Z_]+` \|.*", page) == rows


def test_the_page_tells_what_is_refused(page):
    """The documentation has each call with the states that refuse it, and the exception."""
    refusing = {
        event: [f"`{state.name}`" for state in State if event not in TRANSITIONS[state]] for event in REFUSALS
    }
    rows = [
        f"| `{event.value}` | {', '.join(refusing[event])} | `{error.__name__}` |"
        for event, error in REFUSALS.items()
    ]
    assert re.findall(r"\| `\w+\(\)` \|.*", page) == rows


@pytest.mark.parametrize(
    ("calls", "error"),
    [
        ([PUT_HEADER], CannotSendHeader),
        ([("endheaders",)], CannotSendHeader),
        ([("getresponse",)], ResponseNotReady),
        ([PUT_REQUEST, PUT_REQUEST], CannotSendRequest),
        ([PUT_REQUEST, ("request", "GET", "/")], CannotSendRequest),
        ([PUT_REQUEST, ("getresponse",)], ResponseNotReady),
        ([PUT_REQUEST, ("endheaders",), PUT_HEADER], CannotSendHeader),
        ([PUT_REQUEST, ("endheaders",), ("endheaders",)], CannotSendHeader),
        ([PUT_REQUEST, ("endheaders",), PUT_REQUEST], CannotSendRequest),
    ],
)
def test_a_call_out_of_order_is_refused(line, calls, error):
    """A method that has no meaning in the connection's state raises the documented exception."""
    connection, _peer = line.connection()
    *before, (name, *arguments) = calls
    for earlier, *given in before:
        getattr(connection, earlier)(*given)
    with pytest.raises(error) as caught:
        getattr(connection, name)(*arguments)
    assert caught.value.args == ()


def test_the_next_request_may_be_sent_before_the_response_is_read(line):
    """A request may be sent while a response is unread, but its response cannot be fetched."""
    connection, _peer = line.connection(reply(b"one"), reply(b"two"))
    connection.request("GET", "/1")
    first = connection.getresponse()
    connection.putrequest("GET", "/2")
    connection.putheader("A", "b")
    connection.endheaders()
    with pytest.raises(ResponseNotReady):
        connection.getresponse()
    assert first.read() == b"one"
    assert connection.getresponse().read() == b"two"


def test_a_response_may_be_read_between_the_steps_of_the_next_request(line):
    """Reading a response to its end does not disturb a request that was started meanwhile."""
    connection, _peer = line.connection(reply(b"one"), reply(b"two"))
    connection.request("GET", "/1")
    first = connection.getresponse()
    connection.putrequest("GET", "/2")
    assert first.read() == b"one"
    connection.endheaders()
    assert connection.getresponse().read() == b"two"


def test_a_response_is_given_once(line):
    """A second getresponse() is refused, before and after the response was read."""
    response, connection = line.fetch(reply(b"one"))
    with pytest.raises(ResponseNotReady):
        connection.getresponse()
    assert response.read() == b"one"
    with pytest.raises(ResponseNotReady):
        connection.getresponse()


def test_close_forgets_a_request_that_was_started(line):
    """close() brings the connection back to the state in which a request may be started."""
    connection, _peer = line.connection()
    connection.putrequest("GET", "/")
    connection.close()
    connection.putrequest("GET", "/")


def test_a_failed_response_leaves_the_one_before_it_read(line):
    """After a response that failed, the next one may be fetched, though the one before was read late."""
    connection, _peer = line.connection(reply(b"one"), b"HTTP/1.1 what\r\n", reply(b"two"))
    connection.request("GET", "/1")
    first = connection.getresponse()
    connection.request("GET", "/2")
    assert first.read() == b"one"
    with pytest.raises(BadStatusLine):
        connection.getresponse()
    assert connection.getresponse().read() == b"two"


def test_a_refused_url_leaves_nothing_but_the_end_of_the_headers(line):
    """Where the request line was refused, endheaders() sends what the original sends: one line end."""
    connection, peer = line.connection()
    with pytest.raises(InvalidURL):
        connection.putrequest("GET", "/a b")
    connection.endheaders()
    assert peer.received() == b"\r\n"
