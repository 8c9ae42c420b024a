"""What is printed at debug level 1 and above."""

import io

from .loopback import reply


def test_at_level_0_nothing_is_printed(line, capsys):
    """The default debug level prints nothing."""
    response, _connection = line.fetch(reply(b"hello"))
    response.read()
    assert capsys.readouterr().out == ""


def test_request_and_response_are_printed(line, capsys):
    """What is sent, the status line and the headers are printed, in this order."""
    connection, _peer = line.connection(
        b"HTTP/1.1 100 Continue\r\nQ: z\r\n\r\n", reply(b"hello", b"A: b", b" folded", b"C: \xe9")
    )
    connection.set_debuglevel(1)
    connection.request("POST", "/", "x\xe9", {"Host": "h"})
    response = connection.getresponse()
    assert response.debuglevel == 1
    assert response.read() == b"hello"
    assert capsys.readouterr().out == (
        "send: 'POST / HTTP/1.1\\r\\nAccept-Encoding: identity\\r\\nContent-Length: 2\\r\\nHost: h\\r\\n"
        "\\r\\nx\\xe9'\n"
        "reply: 'HTTP/1.1 100 Continue\\r\\n'\n"
        "header: Q: z\n"
        "reply: 'HTTP/1.1 200 OK\\r\\n'\n"
        "header: A: b\r\n"
        "header:  folded\r\n"
        "header: C: \xe9\r\n"
        "header: Content-Length: 5\r\n"
    )


def test_a_file_is_announced(line, capsys):
    """A body that is read is announced instead of shown, and so is a length that cannot be told."""

    class File(io.BytesIO):
        def fileno(self):
            raise AttributeError

        def __repr__(self):
            return "<file>"

    connection, _peer = line.connection()
    connection.set_debuglevel(1)
    connection.request("GET", "/", File(b"hello"), {"Host": "h", "Accept-Encoding": "x"})
    assert capsys.readouterr().out == (
        "Cannot stat!!\n"
        "send: 'GET / HTTP/1.1\\r\\nHost: h\\r\\nAccept-Encoding: x\\r\\n\\r\\n'\n"
        "send: <file>\n"
        "sendIng a read()able\n"
    )
