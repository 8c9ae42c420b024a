"""A signal that is handled while the module waits for the server: it goes on waiting (EINTR).

The suite has no case for it: handlers run in the main thread only, where no implementation runs in process.
"""

import subprocess
import sys

import pytest
from harness.conftest import find_interpreter
from httplib_servers import Accept, AwaitRequest, Close, ReplayServer, Send

SECONDS = 60
REPLIES = {
    "length": b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello",
    "chunks": b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n",
    "the end": b"HTTP/1.0 200 OK\r\n\r\nhello",
}
# The rest of the reply comes when the fifth signal has been handled: at most of them, the module waits.
CLIENT = """
import signal, socket, sys
from %s import HTTPConnection

address = sys.argv[1], int(sys.argv[2])
left = list(range(5))

def handle(*_):
    left.pop()
    if not left:
        signal.setitimer(signal.ITIMER_REAL, 0)
        socket.create_connection(address).close()

signal.signal(signal.SIGALRM, handle)
connection = HTTPConnection(*address)
connection.request("GET", "/")
signal.setitimer(signal.ITIMER_REAL, 0.01, 0.01)
response = connection.getresponse()
print("%%s %%s" %% (response.status, response.read().decode()))
"""


@pytest.mark.parametrize("where", [b"HTTP", b"\r\n", b"he", b"hell"])
@pytest.mark.parametrize("reply", REPLIES.values(), ids=REPLIES)
@pytest.mark.parametrize("module", ["httplib27", "httplib"])
def test_a_signal_ends_no_wait(module, reply, where):
    python = sys.executable if module == "httplib27" else find_interpreter("CPython 2.7")
    if python is None:
        pytest.skip("CPython 2.7 was not found")
    cut = reply.index(where) + len(where)
    script = [Accept(), AwaitRequest(), Send(reply[:cut]), Accept(), Send(reply[cut:], on=0), Close(on=0)]
    with ReplayServer(script) as server:
        command = [python, "-c", CLIENT % module, server.host, str(server.port)]
        ran = subprocess.run(command, capture_output=True, text=True, timeout=SECONDS, check=False)
    assert (ran.stdout, ran.stderr) == ("200 hello\n", "")
