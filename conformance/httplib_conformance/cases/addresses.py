"""Addresses of this machine on which cases may listen, or from which they may connect."""

import random
import socket


def can_bind(host: str, port: int = 0) -> bool:
    """Whether a socket of this process can have that address."""
    with socket.socket() as probe:
        try:
            probe.bind((host, port))
        except OSError:  # pragma: no cover (a port in use, or a right that this user lacks)
            return False
    return True


def free_port() -> int:
    """A port of 127.0.0.1 that nobody uses, outside of the ranges from which systems choose."""
    return next(port for port in random.sample(range(20000, 30000), 1000) if can_bind("127.0.0.1", port))


def own_loopback_address() -> str:
    """A loopback address that no other case uses, or 127.0.0.1 where the system has no more of them."""
    host = f"127.{random.randint(1, 254)}.{random.randint(1, 254)}.{random.randint(1, 254)}"
    return host if can_bind(host) else "127.0.0.1"
