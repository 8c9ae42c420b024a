"""The states of a connection, as one table.

Contract: `next_state(state, event)` gives the state that follows, or raises the exception that
the document names for an event that has no meaning in that state. Nothing else in the package
decides what may be called when.

A connection has two halves that move independently: the request that is being sent, and the
response that may still be unread. "You must have read the whole response before you can send a
new request" (HTTPConnection.getresponse) is the reader's view of it; in fact the next request
may already be sent, and it is the next *response* that has to wait.
"""

from enum import Enum

from .exceptions import CannotSendHeader, CannotSendRequest, ImproperConnectionState, ResponseNotReady


class State(Enum):
    """Where a connection stands: its request, and whether a response is still unread."""

    IDLE = "no request, no unread response"
    REQUEST_STARTED = "request line put, headers may follow"
    REQUEST_SENT = "headers ended, the response may be fetched"
    UNREAD = "response fetched, its body not read to the end"
    REQUEST_STARTED_UNREAD = "next request started before the response was read"
    REQUEST_SENT_UNREAD = "next request sent before the response was read"

    __hash__ = object.__hash__  # members are what they are; Enum's own hash costs a call


class Event(Enum):
    """What may happen to a connection: four of its methods, and the end of a response."""

    PUT_REQUEST = "putrequest()"
    PUT_HEADER = "putheader()"
    END_HEADERS = "endheaders()"
    GET_RESPONSE = "getresponse()"
    RESPONSE_READ = "the response was read to its end, or closed"

    __hash__ = object.__hash__  # as above


TRANSITIONS = {
    State.IDLE: {
        Event.PUT_REQUEST: State.REQUEST_STARTED,
    },
    State.REQUEST_STARTED: {
        Event.PUT_HEADER: State.REQUEST_STARTED,
        Event.END_HEADERS: State.REQUEST_SENT,
    },
    State.REQUEST_SENT: {
        Event.GET_RESPONSE: State.UNREAD,
    },
    State.UNREAD: {
        Event.PUT_REQUEST: State.REQUEST_STARTED_UNREAD,
        Event.RESPONSE_READ: State.IDLE,
    },
    State.REQUEST_STARTED_UNREAD: {
        Event.PUT_HEADER: State.REQUEST_STARTED_UNREAD,
        Event.END_HEADERS: State.REQUEST_SENT_UNREAD,
        Event.RESPONSE_READ: State.REQUEST_STARTED,
    },
    State.REQUEST_SENT_UNREAD: {
        Event.RESPONSE_READ: State.REQUEST_SENT,
    },
}

# The exceptions of the document, by the call that they refuse. The end of a response is no
# call: it can only happen where a response is unread.
REFUSALS: dict[Event, type[ImproperConnectionState]] = {
    Event.PUT_REQUEST: CannotSendRequest,
    Event.PUT_HEADER: CannotSendHeader,
    Event.END_HEADERS: CannotSendHeader,
    Event.GET_RESPONSE: ResponseNotReady,
}


def next_state(state: State, event: Event) -> State:
    """Look up the state that follows an event.

    Args:
        state: The state that the connection is in.
        event: What is about to happen.

    Returns:
        The state after it.

    Raises:
        CannotSendRequest: A request is being sent, or awaits its response.
        CannotSendHeader: No request has been started, or its headers were ended.
        ResponseNotReady: No request was sent, or the response before it is unread.
    """
    try:
        return TRANSITIONS[state][event]
    except KeyError:
        raise REFUSALS[event] from None
