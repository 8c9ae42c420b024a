"""Bodies that are files, or what may stand for one."""

import pytest

from httplib_conformance.casemark import case
from httplib_conformance.cases.wire import EMPTY_REPLY, awaiting_body, content_of, only_request, values_of

CONTENTS = bytes(range(256)) * 100
"""More than is usually read at a time."""

FILES = """
class File(object):
    '''Reads from a file, and gives its descriptor: what the document asks of a file.'''

    def __init__(self, path):
        self._file = open(path, "rb")

    def read(self, *size):
        return self._file.read(*size)

    def fileno(self):
        return self._file.fileno()

    def close(self):
        self._file.close()


class Reader(object):
    '''Has nothing but read.'''

    def __init__(self, data):
        self._data = data

    def read(self, size=-1):
        if size < 0:
            size = len(self._data)
        read, self._data = self._data[:size], self._data[size:]
        return read


class SizedReader(Reader):
    '''Has a length as well.'''

    def __len__(self):
        return len(self._data)


class CountingReader(Reader):
    '''Keeps the sizes that it is asked for.'''

    def __init__(self, data):
        Reader.__init__(self, data)
        self.sizes = []

    def read(self, *size):
        self.sizes.extend(size)
        return Reader.read(self, *size)
"""


@pytest.fixture
def path(tmp_path):
    """The path of a file with `CONTENTS`."""
    file = tmp_path / "body"
    file.write_bytes(CONTENTS)
    return str(file)


@case("open-file-is-sent", "request.body.file")
def test_file(httplib, replay, python, path):
    """The contents of an open file are sent as the body."""
    server = replay(EMPTY_REPLY, close=False)
    connection = httplib.HTTPConnection(server.host, server.port)
    connection.request("PUT", "/", python.module("builtins").open(path, "rb"))
    content = content_of(server)
    assert (len(content), content == CONTENTS) == (len(CONTENTS), True)


@case("open-file-has-content-length", "request.content-length.file")
def test_file_length(httplib, replay, python, path):
    """The size of an open file on disk is sent as Content-Length."""
    server = replay(EMPTY_REPLY, close=False)
    connection = httplib.HTTPConnection(server.host, server.port)
    connection.request("PUT", "/", python.module("builtins").open(path, "rb"))
    request = only_request(server)
    assert values_of(request, "Content-Length") == [str(len(CONTENTS))]


@case("open-file-is-not-chunked", "request.content-length.file")
def test_file_framing(httplib, replay, python, path):
    """An open file, whose size is known, is sent without Transfer-Encoding."""
    server = replay(EMPTY_REPLY, close=False)
    connection = httplib.HTTPConnection(server.host, server.port)
    connection.request("PUT", "/", python.module("builtins").open(path, "rb"))
    request = only_request(server)
    assert values_of(request, "Transfer-Encoding") == []


@case("empty-file-has-content-length", "request.content-length.file")
def test_empty_file(httplib, replay, python, tmp_path):
    """The size of an empty file is sent as well: a Content-Length of 0."""
    (tmp_path / "empty").touch()
    server = replay(EMPTY_REPLY, close=False)
    connection = httplib.HTTPConnection(server.host, server.port)
    connection.request("GET", "/", python.module("builtins").open(str(tmp_path / "empty"), "rb"))
    request = only_request(server)
    assert values_of(request, "Content-Length") == ["0"]


@case("open-file-with-given-content-length", "request.content-length.given", "request.body.file")
def test_file_given_length(httplib, replay, python, path):
    """A Content-Length that is given for an open file is the only one that is sent."""
    server = replay(script=awaiting_body(len(CONTENTS)))
    connection = httplib.HTTPConnection(server.host, server.port)
    file = python.module("builtins").open(path, "rb")
    connection.request("PUT", "/", file, {"content-length": "7"})
    request = only_request(server)
    assert values_of(request, "Content-Length") == ["7"]


@case("object-with-fileno-and-read-is-sent", "request.body.file.methods")
def test_own_file(httplib, replay, python, path):
    """An object with fileno and read is enough of a file: what it reads is sent."""
    server = replay(EMPTY_REPLY, close=False)
    connection = httplib.HTTPConnection(server.host, server.port)
    connection.request("PUT", "/", python.define(FILES).File(path))
    content = content_of(server)
    assert (len(content), content == CONTENTS) == (len(CONTENTS), True)


@case(
    "object-with-fileno-and-read-has-content-length",
    "request.body.file.methods",
    "request.content-length.file",
)
def test_own_file_length(httplib, replay, python, path):
    """An object with fileno and read gets the size of its file as Content-Length."""
    server = replay(EMPTY_REPLY, close=False)
    connection = httplib.HTTPConnection(server.host, server.port)
    connection.request("PUT", "/", python.define(FILES).File(path))
    request = only_request(server)
    assert values_of(request, "Content-Length") == [str(len(CONTENTS))]


@case("file-is-sent-from-where-it-stands", "request.body.file.position")
def test_position(httplib, replay, python, path):
    """An open file is sent from where it stands, with its whole size as Content-Length."""
    server = replay(script=awaiting_body(len(CONTENTS) - 100))
    connection = httplib.HTTPConnection(server.host, server.port)
    file = python.module("builtins").open(path, "rb")
    file.seek(100)
    connection.request("PUT", "/", file)
    request = only_request(server)
    sent = values_of(request, "Content-Length"), request.body == CONTENTS[100:]
    assert sent == ([str(len(CONTENTS))], True)


@case("file-is-left-open", "request.body.file.left-open")
def test_left_open(httplib, replay, python, path):
    """An open file is still open after it was sent."""
    server = replay(EMPTY_REPLY, close=False)
    connection = httplib.HTTPConnection(server.host, server.port)
    file = python.module("builtins").open(path, "rb")
    connection.request("PUT", "/", file)
    assert file.closed is False


@case(
    "object-with-read-alone-has-no-content-length",
    "request.content-length.undetermined",
    "request.body.file-like",
)
def test_reader_length(httplib, replay, python):
    """An object with read alone, whose length cannot be told, gets no Content-Length."""
    server = replay(EMPTY_REPLY, close=False)
    connection = httplib.HTTPConnection(server.host, server.port)
    connection.request("PUT", "/", python.define(FILES).Reader(b"hello"))
    connection.getresponse()
    assert values_of(only_request(server), "Content-Length") == []


@case("object-with-read-alone-is-sent", "request.body.file-like", "request.content-length.undetermined")
def test_reader(httplib, replay, python):
    """An object with read alone is sent, without a Content-Length."""
    server = replay(script=awaiting_body(5))
    connection = httplib.HTTPConnection(server.host, server.port)
    connection.request("PUT", "/", python.define(FILES).Reader(b"hello"))
    request = only_request(server)
    assert (values_of(request, "Content-Length"), request.body) == ([], b"hello")


@case("object-with-read-and-length-is-sent", "request.body.file-like")
def test_sized_reader(httplib, replay, python):
    """An object with read and a length is sent with that as its Content-Length."""
    server = replay(script=awaiting_body(5))
    connection = httplib.HTTPConnection(server.host, server.port)
    connection.request("PUT", "/", python.define(FILES).SizedReader(b"hello"))
    request = only_request(server)
    assert (values_of(request, "Content-Length"), request.body) == (["5"], b"hello")


@case("file-is-read-in-blocks", "request.body.file.blocks")
def test_blocks(httplib, replay, python):
    """A file is read in blocks of 8192 bytes, up to one that is empty."""
    server = replay(script=awaiting_body(10000))
    connection = httplib.HTTPConnection(server.host, server.port)
    file = python.define(FILES).CountingReader(bytes(10000))
    connection.request("PUT", "/", file)
    assert file.sizes == [8192, 8192, 8192]
