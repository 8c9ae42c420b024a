"""Bodies to send, of every kind."""

import io
import mmap
import os
from array import array

import pytest

from .loopback import Line


class Recorder:
    """Stands in for a socket, and keeps what each sendall() was given."""

    def __init__(self):
        self.packets = []

    def sendall(self, data):
        self.packets.append(bytes(data))

    def close(self):
        pass


@pytest.fixture
def packets():
    """A function that sends a POST with a body, and returns the packets after the headers' one."""
    line = Line()

    def send(body, method="POST"):
        connection, _peer = line.connection()
        with connection.sock:
            connection.sock = Recorder()
            connection.request(method, "/", body)
            return connection.sock.packets

    yield send
    line.close()


def length(packets):
    """Return the Content-Length that was sent, or None."""
    fields = [line for line in packets[0].split(b"\r\n") if line.startswith(b"Content-Length: ")]
    return int(fields[0][16:]) if fields else None


@pytest.mark.parametrize("body", ["ab", b"ab"])
def test_a_string_goes_in_one_packet_with_the_headers(packets, body):
    """The body is sent in the same packet as the headers if it is a string."""
    sent = packets(body)
    assert len(sent) == 1
    assert sent[0].endswith(b"Content-Length: 2\r\n\r\nab")


def test_text_is_one_byte_a_character(packets):
    """A str is sent as ISO-8859-1."""
    assert packets("\xe9")[0].endswith(b"Content-Length: 1\r\n\r\n\xe9")


@pytest.mark.parametrize("body", [bytearray(b"ab"), memoryview(b"ab"), array("b", b"ab")])
def test_other_data_goes_in_a_packet_of_its_own(packets, body):
    """What holds bytes and is no string is sent in a separate packet."""
    sent = packets(body)
    assert length(sent) == 2
    assert sent[1:] == [b"ab"]


def test_the_length_counts_bytes(packets):
    """Content-Length is the number of bytes, not of an array's items."""
    sent = packets(array("H", [1, 2, 3]))
    assert length(sent) == len(sent[1]) == 6


def test_a_map_is_sent_by_reading_it(packets):
    """A mmap has a length, and is read from where it stands."""
    with mmap.mmap(-1, 5) as memory:
        memory[:] = b"hello"
        assert packets(memory)[1:] == [b"hello"]


def test_a_file_is_sent_with_its_size(packets, tmp_path):
    """An open file's contents are sent, and Content-Length is its size on disk."""
    path = tmp_path / "body"
    path.write_bytes(b"hello world")
    with path.open("rb") as file:
        sent = packets(file)
    assert length(sent) == 11
    assert sent[1:] == [b"hello world"]


def test_a_file_in_text_mode_is_encoded(packets, tmp_path):
    """What a file's read() gives as text is sent as ISO-8859-1."""
    path = tmp_path / "body"
    path.write_bytes(b"caf\xe9")
    with path.open(encoding="iso-8859-1") as file:
        assert packets(file)[1:] == [b"caf\xe9"]


def test_a_file_at_an_offset_is_sent_from_there_with_its_whole_size(packets, tmp_path):
    """Content-Length is the size on disk, wherever the file stands."""
    path = tmp_path / "body"
    path.write_bytes(b"hello world")
    with path.open("rb") as file:
        file.seek(6)
        sent = packets(file)
    assert length(sent) == 11
    assert sent[1:] == [b"world"]


def test_a_long_file_goes_in_blocks(packets, tmp_path):
    """A file is sent in blocks of 8192 bytes."""
    path = tmp_path / "body"
    path.write_bytes(b"x" * 20000)
    with path.open("rb") as file:
        assert [len(packet) for packet in packets(file)[1:]] == [8192, 8192, 3616]


def test_a_pipe_is_sent_with_the_size_that_the_system_reports(packets):
    """A pipe has no size on disk: Content-Length is 0, and the contents follow."""
    reading, writing = os.pipe()
    os.write(writing, b"hello")
    os.close(writing)
    with os.fdopen(reading, "rb") as file:
        sent = packets(file)
    assert length(sent) == 0
    assert sent[1:] == [b"hello"]


def test_what_can_only_be_read_has_no_length(packets):
    """Where the length cannot be determined, no Content-Length is sent."""

    class Readable:
        def __init__(self):
            self.blocks = [b"he", "llo", b""]

        def read(self, size):
            assert size == 8192
            return self.blocks.pop(0)

    sent = packets(Readable())
    assert length(sent) is None
    assert sent[1:] == [b"he", b"llo"]


def test_a_length_that_is_declared_is_used(packets):
    """An object with a len() has that for its length."""

    class Sized:
        def __init__(self):
            self.data = b"hello"

        def __len__(self):
            return len(self.data)

        def read(self, _size):
            data, self.data = self.data, b""
            return data

    sent = packets(Sized())
    assert length(sent) == 5
    assert sent[1:] == [b"hello"]


@pytest.mark.parametrize("error", [OSError("no descriptor"), AttributeError("no descriptor")])
def test_a_file_without_a_descriptor_has_no_length(packets, error):
    """A descriptor that cannot be had means that the length cannot be determined."""

    class File(io.BytesIO):
        def fileno(self):
            raise error

    assert length(packets(File(b"hello"))) is None


def test_a_file_in_memory_is_refused(packets):
    """A file object must support fileno(): BytesIO says that it does not, as in the original."""
    with pytest.raises(io.UnsupportedOperation):
        packets(io.BytesIO(b"hello"))


@pytest.mark.parametrize("body", [["a"], iter([b"a"]), 5, 1.5, object()])
def test_anything_else_is_refused_by_the_socket(line, body):
    """A body that is neither string nor file raises TypeError, after the headers went out."""
    connection, peer = line.connection()
    with pytest.raises(TypeError):
        connection.request("POST", "/", body)
    assert peer.received().endswith(b"\r\n\r\n")


def test_data_may_be_sent_after_the_headers(line):
    """send() sends strings and files as they are, after endheaders()."""
    connection, peer = line.connection()
    connection.putrequest("POST", "/", 1, 1)
    connection.endheaders()
    for data in ("a", b"b", bytearray(b"c"), io.BytesIO(b"d"), io.StringIO("e")):
        connection.send(data)
    assert peer.received() == b"POST / HTTP/1.1\r\n\r\nabcde"


def test_endheaders_takes_a_body(line):
    """`message_body` is sent behind the headers."""
    sent = line.sent(("putrequest", "POST", "/", 1, 1), ("endheaders", io.BytesIO(b"body")))
    assert sent == b"POST / HTTP/1.1\r\n\r\nbody"
