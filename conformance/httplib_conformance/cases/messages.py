"""What the cases of the message interface share: headers, and messages that have them."""

HEADERS = (
    b"X-Name: value\r\n"
    b"X-Twice: one\r\n"
    b"X-Folded: first\r\n"
    b"\tsecond\r\n"
    b"X-Twice: two\r\n"
    b"X-Spaced: \t padded  \r\n"
    b"X-Folded: third\r\n"
    b"X-Empty:\r\n"
)
"""Headers of every kind: plain, repeated, folded, padded, empty."""

NAMES = ["x-empty", "x-folded", "x-name", "x-spaced", "x-twice"]
"""Their names, each once, in lower case."""

MAKING = """
import io


class Lines(object):
    '''What has readline, and nothing else of a file.'''

    def __init__(self, data):
        self._file = io.BytesIO(data)

    def readline(self, *size):
        return self._file.readline(*size)


class BareLines(Lines):
    '''The same where readline takes no limit.'''

    def readline(self):
        return self._file.readline()


class Told(Lines):
    '''The same with a place, for which it writes down that it was asked.'''

    asked = 0

    def tell(self):
        self.asked += 1
        return self._file.tell()


def derive(base):
    '''A class of messages that are written otherwise: NAME=VALUE, # for a comment, -- at the end.'''

    class Derived(base):
        def isheader(self, line):
            return line.partition("=")[0].lower() if "=" in line else None

        def iscomment(self, line):
            return line.startswith("#")

        def islast(self, line):
            return line.startswith("--")

    return Derived
"""
"""What messages are made from, and of, where a case makes them itself."""


def message_of(httplib, replay, headers):
    """The message that holds the headers of a response."""
    server = replay(b"HTTP/1.1 200 OK\r\n" + headers + b"\r\n")
    connection = httplib.HTTPConnection(server.host, server.port)
    connection.request("GET", "/")
    return connection.getresponse().msg


def with_line_feeds(lines):
    """Lines, or one, with a line feed at each end: the document of rfc822 has CR LF replaced by it.

    The original leaves the ends as they came.
    """
    if isinstance(lines, str):
        return lines.replace("\r\n", "\n")
    return [line.replace("\r\n", "\n") for line in lines]
