"""Host and port: how they are taken apart, and how they are written into a Host header.

Contract: pure functions without state, no look-up of names. "Authority" is the word of RFC 9110
(section 4.3.1) for `host:port`.
"""

import re

from .exceptions import InvalidURL
from .syntax import decimal, encode, forbidden_in_url

# scheme "://" authority, up to what ends it (RFC 3986, section 3.2). The scheme is looked at
# with its case: `HTTP://` is no absolute URL to the original.
_ABSOLUTE = re.compile(r"http[a-zA-Z0-9+.-]*://([^/?#]*)")


def split_host_port(host: str, port: int | str | None, default_port: int) -> tuple[str, int | str]:
    """Find host and port in what the constructor was given (document: class HTTPConnection).

    "If no port number is passed, the port is extracted from the host string if it has the form
    host:port, else the default HTTP port (80) is used."

    Args:
        host: A host, or `host:port`; an IPv6 address stands in brackets, `[::1]:8080`.
        port: The port, or None.
        default_port: The port where nothing names one.

    Returns:
        The host without brackets, and the port.

    Raises:
        InvalidURL: A port is given, and is not a number or is empty.
    """
    if port is not None:
        # The document makes no difference between the two places where a port can be given, so
        # it is InvalidURL here as well. (The original takes anything in this place.)
        if isinstance(port, str):
            port_number(port)
        return host, port
    # A colon inside of brackets belongs to an IPv6 address.
    colon = host.rfind(":")
    if colon > host.rfind("]"):
        host, port = host[:colon], port_number(host[colon + 1 :])
    else:
        port = default_port
    if host.startswith("[") and host.endswith("]"):
        host = host[1:-1]
    return host, port


def port_number(text: str) -> int:
    """Read a port.

    Raises:
        InvalidURL: "if a port is given and is either non-numeric or empty". The original takes
            the default port for an empty one; here the document decides.
    """
    try:
        return decimal(text)
    except ValueError:
        raise InvalidURL(f"nonnumeric port: '{text}'") from None


def host_field(host: str, port: int | str, default_port: int) -> str:
    """Write the value of a Host header (RFC 9110, section 7.2).

    The port is left out where it is the default one, and an IPv6 address gets its brackets.
    """
    name = ascii_host(host)
    if ":" in name:
        name = f"[{name}]"
    return name if port == default_port else f"{name}:{port}"


def authority_of(url: str) -> str:
    """Find the authority in a URL, for the Host header: empty where the URL is only a path.

    Raises:
        ValueError: It has one square bracket and not the other.
    """
    found = _ABSOLUTE.match(url)
    if not found:
        return ""
    authority = found.group(1)
    if ("[" in authority) != ("]" in authority):
        raise ValueError("Invalid IPv6 URL")
    return ascii_host(authority)


def ascii_host(host: str) -> str:
    """Return a host's name as it goes on the wire; one that is not ASCII in its international form."""
    return host if host.isascii() else host.encode("idna").decode("ascii")


def name_to_look_up(host: str) -> str | bytes:
    """Return a host as its address is to be looked up.

    What Python's IDNA takes for no name, such as one with an empty label, goes as bytes: then it
    is the system that does not find it, which is an error of sockets.
    """
    try:
        host.encode("idna")
    except UnicodeError:
        return encode(host)
    return host


def check_url(text: str) -> None:
    """Refuse what would break out of the request line, or of the Host header.

    Raises:
        InvalidURL: It holds a control character, a space, or a byte that is not ASCII.
    """
    found = forbidden_in_url(text)
    if found is not None:
        raise InvalidURL(f"URL can't contain control characters. {text!a} (found at least {found!a})")
