"""What cases say of TLS: whom the client trusts, and how it refuses a server."""

import contextlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from httplib_servers import Accept, Action, Handshake, ReplayServer, StartTLS
from httplib_servers.certificates import authority_pem, client_certificate, server_context

from httplib_conformance.cases.wire import needed
from httplib_conformance.channels import AgentDied
from httplib_conformance.proxies import Python

HOST = "localhost"
"""The name under which a client reaches a server on this machine, and which is in its certificate."""

SERVER_SECONDS = 5
"""How long a server waits at most for what must have happened already."""


def ssl_of(python: Python) -> Any:
    """The ssl module of the implementation's interpreter, if it can do what the document takes from it."""
    return needed(python, "ssl", "create_default_context")


def trusting(python: Python, folder: Path) -> Any:
    """A context of the implementation's interpreter that trusts the authority of this run."""
    return ssl_of(python).create_default_context(cafile=authority_file(folder))


def authority_file(folder: Path) -> str:
    """A file with the certificate of the authority that is to be trusted."""
    file = folder / "authority.pem"
    file.write_bytes(authority_pem())
    return str(file)


def client_files(folder: Path) -> tuple[str, str]:
    """A file with a client's key, and one with its certificate."""
    files = folder / "key.pem", folder / "certificate.pem"
    for file, content in zip(files, client_certificate(), strict=True):
        file.write_bytes(content)
    return str(files[0]), str(files[1])


@contextlib.contextmanager
def trusted_by_system(python: Python, folder: Path) -> Iterator[None]:
    """Have the interpreter take the authority of this run for one that its system trusts, for a while.

    OpenSSL looks for them in the file that is named by an environment variable, if it is set.
    """
    paths = getattr(ssl_of(python), "get_default_verify_paths", None)
    variable = paths()[2] if paths is not None else None  # openssl_cafile_env; named tuples come as tuples
    if not variable:  # pragma: no cover (an interpreter without OpenSSL)
        pytest.skip("the interpreter cannot be told which authorities its system trusts")
    environ = python.module("os").environ
    before = environ.get(variable)
    environ[variable] = authority_file(folder)
    try:
        yield
    finally:
        with contextlib.suppress(AgentDied):  # it took the setting with it
            if before is None:  # pragma: no cover (it depends on the environment)
                del environ[variable]
            else:  # pragma: no cover (likewise)
                environ[variable] = before


def refusals(python: Python) -> tuple[type[BaseException], ...]:
    """The exceptions by which a client refuses a server."""
    module = ssl_of(python)
    # In Python 2 that of a wrong host name is no SSLError.
    return module.SSLError, module.CertificateError


def refused(variant: str) -> list[Action]:
    """The script of a server that a client refuses, in the handshake or right behind it.

    The original leaves the connection open until it is told to close it, so its end is not awaited.
    """
    return [Accept(), StartTLS(server_context(variant), may_fail=True)]


def handshake_of(server: ReplayServer) -> Handshake:
    """What came of the TLS handshake on the only connection of a server, or the case fails."""
    recording = server.finish()
    assert recording.problem is None, recording.problem
    (handshake,) = recording.handshakes
    assert handshake is not None, "the connection had no TLS"
    return handshake


@contextlib.contextmanager
def timing_out(python: Python) -> Iterator[None]:
    """What is done meanwhile must end with a timeout: that of sockets, or in Python 2 one of ssl."""
    timeout = python.module("socket").timeout
    with pytest.raises((timeout, ssl_of(python).SSLError)) as caught:
        yield
    assert isinstance(caught.value, timeout) or "timed out" in str(caught.value)


def get(connection: Any) -> tuple[int, bytes]:
    """The status and the body that a GET gives."""
    connection.request("GET", "/")
    response = connection.getresponse()
    return response.status, response.read()
