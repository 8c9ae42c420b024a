"""Certificates for servers on this machine, made at run time.

    with ReplayServer(replies(REPLY), tls=server_context("valid")) as server:
        context = ssl.create_default_context(cadata=authority_pem().decode())  # the client's side
        ...

They are made when they are asked for, once for each process, and are nowhere but in its memory, except
while `ssl` reads one: it can do so only from a file, which is deleted at once.
"""

import ssl
import warnings
from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta
from functools import cache
from types import MappingProxyType
from typing import Final

import trustme
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

LOCAL_NAMES: Final = ("localhost", "127.0.0.1", "::1")
"""What the certificates are for, unless something else is said."""

OTHER_NAME: Final = "other.example"
WILDCARD: Final = "*.wild.example"
CLIENT_NAME: Final = "a client"
"""The common name in the client's certificate."""

_DAY: Final = timedelta(days=1)


@cache
def server_context(name: str) -> ssl.SSLContext:
    """Return the context of a server, as `VARIANTS` describes it; the same one each time.

    Raises:
        ValueError: There is none of that name.
        OSError: There is no place for temporary files.
    """
    if name not in VARIANTS:
        raise ValueError(f"no kind of TLS is called {name!r}; expected one of {', '.join(VARIANTS)}")
    return _MAKERS[name]()


def authority_pem() -> bytes:
    """Return the certificate of the authority that a client is to trust, as PEM."""
    return _authority().cert_pem.bytes()


@cache
def server_certificate() -> tuple[bytes, ...]:
    """Return the key and the chain of a valid server, each as PEM, for programs that read files."""
    leaf = _authority().issue_cert(*LOCAL_NAMES)
    return leaf.private_key_pem.bytes(), *(blob.bytes() for blob in leaf.cert_chain_pems)


@cache
def client_certificate() -> tuple[bytes, bytes]:
    """Return the key and the certificate of a client, each as PEM, for servers that want one."""
    leaf = _authority().issue_cert(*LOCAL_NAMES, common_name=CLIENT_NAME)
    return leaf.private_key_pem.bytes(), leaf.cert_chain_pems[0].bytes()


@cache
def _authority() -> trustme.CA:
    return trustme.CA()


def _context(key: trustme.Blob, chain: Sequence[trustme.Blob]) -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    # Tickets come unasked behind the handshake. A client that has not read them resets the connection
    # when it closes it, and whether it has read them is a matter of luck.
    context.num_tickets = 0
    pem = b"".join(blob.bytes() for blob in (key, *chain))
    with trustme.Blob(pem).tempfile() as file:
        context.load_cert_chain(file)
    return context


def _of(leaf: trustme.LeafCert) -> ssl.SSLContext:
    return _context(leaf.private_key_pem, leaf.cert_chain_pems)


def _for(*names: str) -> ssl.SSLContext:
    return _of(_authority().issue_cert(*names))


def _dated(not_before: timedelta, not_after: timedelta) -> ssl.SSLContext:
    now = datetime.now(UTC)
    return _of(_authority().issue_cert(*LOCAL_NAMES, not_before=now + not_before, not_after=now + not_after))


def _self_signed() -> ssl.SSLContext:
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "signed by itself")])
    theirs = x509.load_pem_x509_certificate(_authority().issue_cert(*LOCAL_NAMES).cert_chain_pems[0].bytes())
    now = datetime.now(UTC)
    builder = x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number())
    builder = builder.not_valid_before(now - _DAY).not_valid_after(now + _DAY)
    names = theirs.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    certificate = builder.add_extension(names, critical=False).sign(key, hashes.SHA256())
    private = key.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.TraditionalOpenSSL,
        serialization.NoEncryption(),
    )
    return _context(
        trustme.Blob(private), [trustme.Blob(certificate.public_bytes(serialization.Encoding.PEM))]
    )


def _missing_intermediate() -> ssl.SSLContext:
    leaf = _authority().create_child_ca().issue_cert(*LOCAL_NAMES)
    return _context(leaf.private_key_pem, leaf.cert_chain_pems[:1])


def _wanting_client_certificate() -> ssl.SSLContext:
    context = _for(*LOCAL_NAMES)
    _authority().configure_trust(context)
    context.verify_mode = ssl.CERT_REQUIRED
    return context


def _of_version(least: ssl.TLSVersion, most: ssl.TLSVersion) -> ssl.SSLContext:
    context = _for(*LOCAL_NAMES)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)  # they are old, that is the point
        context.minimum_version, context.maximum_version = least, most
    return context


def _old_protocol() -> ssl.SSLContext:
    context = _of_version(ssl.TLSVersion.TLSv1, ssl.TLSVersion.TLSv1_1)
    context.set_ciphers("ALL:@SECLEVEL=0")  # else OpenSSL 3 would not even offer them
    return context


# The name, what it is, and how it is made.
_TABLE: Final[tuple[tuple[str, str, Callable[[], ssl.SSLContext]], ...]] = (
    ("valid", "a valid certificate for this machine", lambda: _for(*LOCAL_NAMES)),
    ("wrong-host", f"a certificate for {OTHER_NAME}", lambda: _for(OTHER_NAME)),
    ("expired", "a certificate that ended yesterday", lambda: _dated(-2 * _DAY, -_DAY)),
    ("not-yet-valid", "a certificate that begins tomorrow", lambda: _dated(_DAY, 2 * _DAY)),
    ("self-signed", "a certificate that no authority has signed", _self_signed),
    (
        "unknown-authority",
        "a certificate of an authority that nobody trusts",
        lambda: _of(trustme.CA().issue_cert(*LOCAL_NAMES)),
    ),
    ("wildcard", f"a certificate for {WILDCARD}", lambda: _for(WILDCARD)),
    ("ip-address", "a certificate for the address 127.0.0.1 alone", lambda: _for("127.0.0.1")),
    (
        "missing-intermediate",
        "a certificate without that of the authority between it and the trusted one",
        _missing_intermediate,
    ),
    (
        "client-certificate",
        "a valid certificate; the client has to present one, too",
        _wanting_client_certificate,
    ),
    (
        "tls-1.2-only",
        "a valid certificate, but TLS 1.2 only",
        lambda: _of_version(ssl.TLSVersion.TLSv1_2, ssl.TLSVersion.TLSv1_2),
    ),
    ("old-protocol", "a valid certificate, but TLS 1.0 and 1.1 only", _old_protocol),
)

VARIANTS: Final = MappingProxyType({name: description for name, description, _ in _TABLE})
"""What each kind of server presents, by its name."""

_MAKERS: Final = {name: maker for name, _, maker in _TABLE}
