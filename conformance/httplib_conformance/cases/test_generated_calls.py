"""Generated cases on sequences of calls: a model of a connection says what each of them does.

`Connection` knows what the document says of the order of calls, and no more: a call that is
refused ends what it knows.  `ObservedConnection` knows how the final 2.7 release goes on.
"""

from hypothesis import strategies as st
from hypothesis.stateful import precondition, rule

from httplib_conformance.casemark import case
from httplib_conformance.cases.strategies import CUTS, scenario
from httplib_conformance.generated import Machine
from httplib_conformance.transcripts import Call, Exchange, Gives, Raises, Sent

IDLE, BEGUN, SENT, UNKNOWN = "no request", "a request is begun", "a request is sent", "anything"
"""The states of a connection."""


def reply(body, *lines):
    """A reply with a body."""
    head = "\r\n".join(["HTTP/1.1 200 OK", f"Content-Length: {len(body)}", *lines])
    return f"{head}\r\n\r\n{body}".encode("ascii")


class Connection(Machine):
    """What the document says of the order of calls.

    Attributes:
        state: What the connection is in.
        is_open: Whether the server is still there after the last response.
        connects: Whether the request in hand opens a connection.
    """

    goes_on = False
    """Whether it is known what becomes of a connection that refused a call."""

    def __init__(self):
        super().__init__()
        self.state = IDLE
        self.is_open = False
        self.connects = False
        self.requests = 0
        self.cuts = ()
        self._calls = []
        self._sent = None
        self._exchanges = []

    def call(self, name, *args, refused=None):
        """Take down a call on the connection."""
        self._calls.append(Call(name, args=args, expect=refused and Raises(refused)))
        if refused and not self.goes_on:
            self.end()
            self.state = UNKNOWN

    def sends(self, line, *fields):
        """The calls so far send a request."""
        self.connects = self.connects or not self.is_open
        self.is_open = True
        self._sent = Sent(line=line, fields=fields, body=b"")
        self.state = SENT

    def end(self, answer=None, then="keep", getresponse=None, response=()):
        """End an exchange: what the server replies, and what is called on the response."""
        if self._sent is not None and answer is None:
            answer = reply("")  # which nobody asks for
        if self._calls or answer is not None:
            self._exchanges.append(
                Exchange(
                    connects=self.connects,
                    calls=tuple(self._calls),
                    wire=None,
                    sent=self._sent,
                    reply=answer,
                    then=then,
                    getresponse=getresponse,
                    response=response,
                )
            )
        self._calls, self._sent, self.connects = [], None, False

    def scenario(self):
        """The calls that were taken down."""
        if self.state == SENT:
            self.answer("last")
        self.end()
        return scenario(*self._exchanges, cuts=self.cuts)

    @rule(cuts=CUTS)
    def cut(self, cuts):
        """Cut the replies somewhere."""
        self.cuts = cuts

    # -- what sends a request

    @precondition(lambda self: self.state == IDLE)
    @rule(method=st.sampled_from(["GET", "POST", "DELETE"]))
    def request(self, method):
        """A whole request at once."""
        self.requests += 1
        self.call("request", method, f"/{self.requests}")
        self.sends(f"{method} /{self.requests} HTTP/1.1")

    @precondition(lambda self: self.state == IDLE)
    @rule()
    def putrequest(self):
        """A request is begun."""
        self.requests += 1
        self.call("putrequest", "GET", f"/{self.requests}")
        self.fields = []
        self.state = BEGUN

    @precondition(lambda self: self.state == BEGUN)
    @rule(value=st.sampled_from(["one", "two"]))
    def putheader(self, value):
        """It gets a header."""
        name = f"X-{len(self.fields)}"
        self.call("putheader", name, value)
        self.fields.append(f"{name}: {value}")

    @precondition(lambda self: self.state == BEGUN)
    @rule()
    def endheaders(self):
        """It is sent."""
        self.call("endheaders")
        self.sends(f"GET /{self.requests} HTTP/1.1", *self.fields)

    # -- what answers it

    @precondition(lambda self: self.state == SENT)
    @rule(body=st.sampled_from(["", "hello", "HTTP/1.1 200 OK\r\n\r\n"]))
    def answer(self, body):
        """The reply is read whole; the server closes the connection."""
        read = (Call("status", is_call=False, expect=Gives(200)), Call("read", expect=Gives(body.encode())))
        self.end(reply(body, "Connection: close"), "close", Call("getresponse"), read)
        self.is_open = False
        self.state = IDLE

    # -- what is refused

    @precondition(lambda self: self.state == IDLE)
    @rule(call=st.sampled_from(["putheader", "endheaders", "getresponse"]))
    def refused_without_a_request(self, call):
        """There is no request that these could belong to."""
        args = ("X-Name", "value") if call == "putheader" else ()
        refused = {"putheader": "CannotSendHeader", "getresponse": "ResponseNotReady"}
        self.call(call, *args, refused=refused.get(call, "ImproperConnectionState"))

    @precondition(lambda self: self.state == BEGUN)
    @rule(call=st.sampled_from(["putrequest", "request", "getresponse"]))
    def refused_within_a_request(self, call):
        """The request in hand is not complete."""
        args = () if call == "getresponse" else ("GET", "/refused")
        self.call(call, *args, refused="CannotSendRequest" if args else "ResponseNotReady")

    @precondition(lambda self: self.state == SENT)
    @rule(call=st.sampled_from(["putrequest", "request", "putheader"]))
    def refused_before_the_response(self, call):
        """The request in hand is complete, and its response is to be fetched."""
        if call == "putheader":
            self.call(call, "X-Name", "value", refused="CannotSendHeader")
        else:
            self.call(call, "GET", "/refused", refused="CannotSendRequest")


class ObservedConnection(Connection):
    """How the final 2.7 release goes on after a call that it refused, and when a connection is kept."""

    goes_on = True

    @precondition(lambda self: self.state == SENT)
    @rule(body=st.sampled_from(["", "hello"]))
    def answer_and_keep(self, body):
        """The reply is read whole; the connection is kept."""
        self.end(reply(body), "keep", Call("getresponse"), (Call("read", expect=Gives(body.encode())),))
        self.state = IDLE

    @precondition(lambda self: self.state == SENT)
    @rule()
    def refused_after_the_headers(self):
        """The headers are ended only once."""
        self.call("endheaders", refused="CannotSendHeader")

    @precondition(lambda self: self.state == IDLE)
    @rule()
    def close(self):
        """The connection is closed; what becomes of a request in hand is disputed."""
        self.call("close")
        self.end()
        self.is_open = False

    @precondition(lambda self: self.state in {IDLE, BEGUN} and not self.is_open)
    @rule()
    def connect(self):
        """The connection is opened before anything is sent."""
        self.call("connect")
        self.connects = self.is_open = True

    @precondition(lambda self: self.state == SENT)
    @rule()
    def close_unread(self):
        """The connection is closed while the response is unread."""
        read = (Call("read", args=(2,), expect=Gives(b"he")),)
        self.end(reply("hello"), "keep", Call("getresponse"), read)
        self.call("close")
        self.is_open = False
        self.state = IDLE


@case(
    "generated-calls",
    "state.getresponse.no-request",
    "state.getresponse.headers-not-ended",
    "state.putheader.no-request",
    "state.putheader.after-end",
    "state.endheaders.no-request",
    "state.putrequest.headers-not-ended",
    "state.request.headers-not-ended",
    "state.request.response-outstanding",
    "state.putrequest.response-outstanding",
    "state.refused-calls-send-nothing",
    "connection.next-request-after-read",
)
def test_calls(examples):
    """In any order of calls, those that the state of the connection forbids are refused, and no others."""
    examples.check_calls(Connection)


@case(
    "generated-observed-calls",
    "state.refused-calls-change-nothing",
    "state.endheaders.after-end",
    "state.putheader.after-response",
    "state.getresponse.again-read",
    "state.close-resets",
    "connection.close.reopens",
    "persistence.11.default",
)
def test_observed_calls(examples):
    """A connection goes on after a call that it refused as if that had not been made."""
    examples.check_calls(ObservedConnection)
