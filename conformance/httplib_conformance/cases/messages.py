"""Messages for the cases that look at their interface."""


def message_of(httplib, replay, headers):
    """The message that holds the headers of a response."""
    server = replay(b"HTTP/1.1 200 OK\r\n" + headers + b"\r\n")
    connection = httplib.HTTPConnection(server.host, server.port)
    connection.request("GET", "/")
    return connection.getresponse().msg
