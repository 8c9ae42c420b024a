"""Addresses of this machine on which cases may listen, or from which they may connect."""

import random
import socket
from typing import Any

import pytest

from httplib_conformance.proxies import Python

LOOKING = """
import socket


def asked_for(connection):
    '''Have a connection opened, and give each host and port whose addresses were looked up for that.'''
    asked, look_up = [], socket.getaddrinfo

    def getaddrinfo(host, port, *args, **kwargs):
        asked.append((host, port))
        return look_up(host, port, *args, **kwargs)

    socket.getaddrinfo = getaddrinfo
    try:
        connection.connect()
    except Exception:
        pass  # where it leads to need not be there
    finally:
        socket.getaddrinfo = look_up
    connection.close()
    return asked
"""


def can_bind(host: str, port: int = 0) -> bool:
    """Whether a socket of this process can have that address."""
    with socket.socket() as probe:
        try:
            probe.bind((host, port))
        except OSError:  # pragma: no cover (a port in use, or a right that this user lacks)
            return False
    return True


def assert_asks_for(  # pragma: no cover (called for a user who may not listen there)
    python: Python, connection: Any, host: str, port: int
) -> None:
    """A connection is made to that host and port, as far as who cannot listen there can tell."""
    asked = python.define(LOOKING).asked_for(connection)
    if not asked:
        pytest.skip(f"this user may not listen on {host}:{port}, and the module looks no address up")
    assert {(each, int(number)) for each, number in asked} == {(host, port)}


def free_port() -> int:
    """A port of 127.0.0.1 that nobody uses, outside of the ranges from which systems choose."""
    return next(port for port in random.sample(range(20000, 30000), 1000) if can_bind("127.0.0.1", port))


def own_loopback_address() -> str:
    """A loopback address that no other case uses, or 127.0.0.1 where the system has no more of them."""
    host = f"127.{random.randint(1, 254)}.{random.randint(1, 254)}.{random.randint(1, 254)}"
    return host if can_bind(host) else "127.0.0.1"
