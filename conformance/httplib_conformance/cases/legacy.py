"""What the cases of the interface of 1.5.2 share."""

REPLY = b"HTTP/1.0 404 Not Here\r\nX-Name: value\r\nContent-Length: 5\r\n\r\nsorry"
"""A reply whose reason is not the name of its code."""


def ask(legacy):
    """Send a request in the way of 1.5.2."""
    legacy.putrequest("GET", "/")
    legacy.endheaders()
    return legacy
