"""What an independent parser makes of a reply: h11, which knows nothing of the implementations under test."""

from __future__ import annotations

import h11

from httplib_conformance.values import count

MOST = 1 << 20
"""How many bytes a reply may have: each of them would stand in a transcript, which is read and played."""


class BadReply(Exception):
    """The parser makes nothing of it; the message says why."""


class ReplyReader:
    """Reads the reply to one request, from pieces of any size.

    Args:
        method: The method of the request, which says whether the reply has a body.

    Attributes:
        informational: The status codes of the replies before the final one.
        status: The status code, None as long as it is not known.
        reason: The reason phrase.
        version: The version, 10 or 11.
        fields: The header fields in their order, names in lower case.
        body: The body so far, its coding undone.
        complete: Whether the reply is there to its end.
        size: How many bytes have come.
        closes: Whether the reply says, by its version, framing or Connection field, that its connection is
            not used again. (A keep-alive of HTTP/1.0 does not count: the parser knows none.)
    """

    def __init__(self, method: str) -> None:
        self.informational: list[int] = []
        self.status: int | None = None
        self.reason = ""
        self.version = 0
        self.fields: list[tuple[str, str]] = []
        self.body = b""
        self.complete = False
        self.size = 0
        self._ended = False
        self._connection = h11.Connection(h11.CLIENT)
        self._connection.send(h11.Request(method=method, target="/", headers=[("Host", "localhost")]))
        self._connection.send(h11.EndOfMessage())

    @property
    def closes(self) -> bool:
        """See the class."""
        return self._ended or self._connection.their_state is h11.MUST_CLOSE

    def feed(self, data: bytes) -> None:
        """Take a piece; an empty one is the end of the stream.

        Raises:
            BadReply: It is no reply, is cut short, is too long, or goes on beyond its end.
        """
        self.size += len(data)
        if self.size > MOST:
            raise BadReply(f"it has more than {count(MOST, 'byte')}")
        if self.complete:
            raise _beyond(data)
        if not data:
            if self.status is None:
                raise BadReply("the connection ends before its head does")
            self._ended = True
        try:
            self._connection.receive_data(data)
            while not isinstance(event := self._connection.next_event(), h11.EndOfMessage):
                if event is h11.NEED_DATA:
                    return
                if event is h11.PAUSED:  # a tunnel begins
                    break
                self._take(event)
        except h11.RemoteProtocolError as error:
            raise BadReply(str(error)) from error
        self.complete = True
        beyond, _ = self._connection.trailing_data
        if beyond:
            raise _beyond(beyond)

    def _take(self, event: object) -> None:
        if isinstance(event, h11.InformationalResponse):
            self.informational.append(event.status_code)
        elif isinstance(event, h11.Response):
            self.status = event.status_code
            self.reason = event.reason.decode("latin-1")
            self.version = {b"1.0": 10, b"1.1": 11}[event.http_version]
            self.fields = [(name.decode("latin-1"), value.decode("latin-1")) for name, value in event.headers]
        else:
            assert isinstance(event, h11.Data)
            self.body += event.data

    @property
    def joined(self) -> dict[str, str]:
        """The fields, those of one name joined by commas (RFC 9110, 5.3)."""
        joined: dict[str, str] = {}
        for name, value in self.fields:
            joined[name] = f"{joined[name]}, {value}" if name in joined else value
        return joined


def _beyond(data: bytes) -> BadReply:
    return BadReply(f"it goes on for {count(len(data), 'byte')} after its end")
