"""Exchanges with real servers. Each case is there once for each server that can serve it."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack

import pytest
from httplib_servers.real import CannotStart, Running
from httplib_servers.real.sites.small_site import HELLO
from httplib_servers.unreachable import Refuses

from httplib_conformance.casemark import case
from httplib_conformance.cases.tls import refusals, ssl_of
from httplib_conformance.checker import CANNOT_START
from httplib_conformance.live import Chosen, bodies
from httplib_conformance.live.site import SecureSite, Site
from httplib_conformance.plugin import checker_of

FORM = b"name=value&other=" + bytes(range(256))
"""A small body of any bytes."""


def live(what: str, *covers: str, needs: str = "name") -> pytest.MarkDecorator:
    """Mark a test function as a case for each server that the run talks to and that can serve it.

    Args:
        what: What it is about: the end of its id, `live-SERVER-WHAT`.
        covers: The ids of the requirements that it checks.
        needs: The attribute of a server's recipe that says whether it can serve it.
    """
    return pytest.mark.live(what, covers, needs)


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Make a case for each server."""
    marker = metafunc.definition.get_closest_marker("live")
    assert marker is not None, f"{metafunc.function.__name__} is not marked as live"
    what, covers, needs = marker.args
    rows = []
    for server in checker_of(metafunc.config).servers:
        if getattr(server.recipe, needs):
            identity = f"live-{server.recipe.name}-{what}"
            rows.append(pytest.param(server, id=identity, marks=case(identity, *covers)))
    (fixture,) = {"site", "secure_site"} & set(metafunc.fixturenames)
    metafunc.parametrize(fixture, rows, indirect=True)


@pytest.fixture(scope="session")
def started() -> Iterator[Callable[[Chosen, bool], Running]]:
    """Gives a server that runs, and starts it if it does not; all of them end with the run."""
    kept: dict[tuple[str, bool], Running] = {}
    with ExitStack() as stack:

        def start(server: Chosen, tls: bool) -> Running:
            key = server.recipe.name, tls
            if key not in kept:
                try:
                    kept[key] = stack.enter_context(server.recipe.start(tls=tls))
                except CannotStart as error:
                    pytest.exit(str(error), CANNOT_START)
            return kept[key]

        yield start


@pytest.fixture
def site(request: pytest.FixtureRequest, started: Callable[[Chosen, bool], Running]) -> Site:
    """The site of a server."""
    return Site(started(request.param, False))


@pytest.fixture
def secure_site(request: pytest.FixtureRequest, started: Callable[[Chosen, bool], Running]) -> SecureSite:
    """The site of a server over TLS."""
    return SecureSite(started(request.param, True))


# -- one exchange


@live("get", "response.status", "response.read.whole", "request.line")
def test_get(httplib, site):
    """GET gives the status and the whole page."""
    response = site.get(site.connection(httplib), "/hello.txt")
    assert (response.status, response.read()) == (200, HELLO)


@live("reasons", "response.reason", "response.reason.words", needs="reasons")
def test_reasons(httplib, site):
    """The reason phrases of the server are given."""
    found = site.get(site.connection(httplib), "/hello.txt")
    missing = site.get(site.connection(httplib), "/missing")
    assert (found.reason, missing.reason) == ("OK", "Not Found")


@live("get-step-by-step", "steps.putrequest.line", "steps.putheader.line", "steps.endheaders.blank-line")
def test_steps(httplib, site):
    """A request that is put step by step is understood."""
    connection = site.connection(httplib)
    connection.putrequest("GET", site.target("/hello.txt"))
    connection.putheader("Range", "bytes=7-10")
    connection.endheaders()
    response = connection.getresponse()
    assert (response.status, response.read()) == (206, HELLO[7:11])


@live("get-in-pieces", "response.read.amt.next", "response.read.amt.rest")
def test_pieces(httplib, site):
    """The page can be read in pieces."""
    response = site.get(site.connection(httplib), "/hello.txt")
    assert response.read(7) == HELLO[:7]
    assert response.read(11) == HELLO[7:18]
    assert response.read() == HELLO[18:]


@live("length-not-told", "response.read.whole")
def test_unknown_length(httplib, site):
    """A page whose length the server does not know beforehand is read whole, however it is framed."""
    assert site.get(site.connection(httplib), "/chunked").read() == HELLO


@live("head", "framing.head", "response.read.head")
def test_head(httplib, site):
    """HEAD gives the headers and no data."""
    connection = site.connection(httplib)
    connection.request("HEAD", site.target("/hello.txt"))
    response = connection.getresponse()
    assert (response.status, response.read()) == (200, b"")


@live("headers", "response.getheader", "response.getheader.case", "response.getheaders.all")
def test_headers(httplib, site):
    """The headers of a real server are there, by name and all together."""
    response = site.get(site.connection(httplib), "/hello.txt")
    assert response.getheader("content-length") == str(len(HELLO))
    assert response.getheader("CONTENT-TYPE").startswith("text/plain")
    names = [name.lower() for name, _ in response.getheaders()]
    assert {"content-length", "content-type", "date"} <= set(names)


@live("post", "request.body.string", "request.body.binary", "request.content-length.string")
def test_post(httplib, site):
    """The body of a POST arrives as it is."""
    connection = site.connection(httplib)
    connection.request("POST", site.target("/echo"), FORM, {"Content-Type": "application/octet-stream"})
    response = connection.getresponse()
    assert (response.status, response.read()) == (200, FORM)


@live("put-file", "request.body.file", "request.content-length.file")
def test_put(httplib, site, python, tmp_path):
    """The contents of an open file arrive as the body of a PUT."""
    (tmp_path / "body").write_bytes(FORM)
    connection = site.connection(httplib)
    connection.request("PUT", site.target("/echo"), python.module("io").open(str(tmp_path / "body"), "rb"))
    response = connection.getresponse()
    assert (response.status, response.read()) == (200, FORM)


@live("expect-100", "framing.continue", "steps.send")
def test_expect(httplib, site):
    """A server that is asked to say when to go on, and says so, is understood."""
    connection = site.connection(httplib)
    connection.putrequest("POST", site.target("/echo"))
    connection.putheader("Content-Length", str(len(FORM)))
    connection.putheader("Expect", "100-continue")
    connection.endheaders()
    connection.send(FORM)
    response = connection.getresponse()
    assert (response.status, response.read()) == (200, FORM)


@live("no-content", "framing.no-content")
def test_no_content(httplib, site):
    """A reply with status 204 has no body, and its end is not awaited."""
    response = site.get(site.connection(httplib), "/empty")
    assert (response.status, response.read()) == (204, b"")


@live("not-modified", "framing.not-modified", "request.headers.sent")
def test_not_modified(httplib, site):
    """A conditional request is answered by 304, without a body."""
    tag = site.get(site.connection(httplib), "/hello.txt").getheader("ETag")
    response = site.get(site.connection(httplib), "/hello.txt", **{"If-None-Match": tag})
    assert (response.status, response.read()) == (304, b"")


@live("redirection", "response.status.redirect-codes")
def test_redirection(httplib, site):
    """A redirection is given as it is, and not followed."""
    response = site.get(site.connection(httplib), "/moved")
    assert response.status == 302
    assert response.getheader("Location").endswith("/hello.txt")


@live("error-pages", "response.status.error-codes")
def test_errors(httplib, site):
    """Error pages are replies as any other."""
    missing = site.get(site.connection(httplib), "/missing")
    assert missing.status == 404
    assert missing.read() != b""
    failed = site.get(site.connection(httplib), "/fails")
    assert failed.status == 500
    assert failed.read() != b""


# -- several exchanges


@live("session", "connection.next-request-after-read", "examples.get", "examples.head", needs="keep_alive")
def test_session(httplib, site):
    """One connection object carries exchanges of every kind, one after the other."""
    connection = site.connection(httplib)
    assert site.get(connection, "/hello.txt").read() == HELLO
    connection.request("HEAD", site.target("/hello.txt"))
    assert connection.getresponse().read() == b""
    connection.request("POST", site.target("/echo"), FORM)
    assert connection.getresponse().read() == FORM
    assert site.get(connection, "/chunked").read() == HELLO
    assert site.get(connection, "/empty").read() == b""
    missing = site.get(connection, "/missing")
    assert missing.status == 404
    missing.read()
    assert site.get(connection, "/hello.txt").read() == HELLO
    connection.close()


@live("keep-alive", "persistence.11.default", "persistence.11.close", needs="keep_alive")
def test_keep_alive(httplib, site):
    """Several exchanges go over the same connection, until a reply says that it closes it."""
    connection = site.connection(httplib)
    connection.connect()
    own_address = connection.sock.getsockname()
    for _ in range(3):
        response = site.get(connection, "/hello.txt")
        assert response.read() == HELLO
        if "close" in response.getheader("Connection", "").lower():  # pragma: no cover (not with http.server)
            assert connection.sock is None
            break
        assert connection.sock is not None, "the connection was given up"
        assert connection.sock.getsockname() == own_address


@live("close", "persistence.11.close", "persistence.reopens", needs="says_close")
def test_close(httplib, site):  # pragma: no cover (not with http.server)
    """When the server closes the connection as asked, the next request opens another one."""
    connection = site.connection(httplib)
    assert site.get(connection, "/hello.txt", Connection="close").read() == HELLO
    assert connection.sock is None
    assert site.get(connection, "/hello.txt").read() == HELLO


# -- large bodies


@live("large-in-pieces", "response.read.amt.next", "response.read.amt.full")
def test_large_in_pieces(httplib, site, python, engine):
    """100 MiB arrive as they were sent, read in pieces."""
    engine.allow(bodies.SECONDS)
    response = site.get(site.connection(httplib), f"/large/{bodies.LARGE}")
    assert response.getheader("Content-Length") == str(bodies.LARGE)
    assert bodies.read_in_pieces(python, response) == bodies.sent_down(bodies.LARGE)


@live("large-at-once", "response.read.whole")
def test_large_at_once(httplib, site, python, engine):
    """100 MiB whose length was not told arrive as they were sent, read by one call."""
    engine.allow(bodies.SECONDS)
    response = site.get(site.connection(httplib), f"/large-chunked/{bodies.LARGE}")
    assert bodies.read_at_once(python, response) == bodies.sent_down(bodies.LARGE)


@live("large-upload", "request.body.file", "request.content-length.file")
def test_large_upload(httplib, site, python, engine):
    """100 MiB in an open file arrive as they are."""
    engine.allow(bodies.SECONDS)
    connection = site.connection(httplib)
    connection.request("PUT", site.target("/digest"), bodies.large_file(python))
    response = connection.getresponse()
    assert (response.status, response.read()) == (200, bodies.told_of_upload(bodies.LARGE))


# -- tunnels


@live("tunnel", "tunnel.connect-request", "tunnel.request-through", "tunnel.host-header", needs="proxy")
def test_tunnel(httplib, site):
    """Requests go through the tunnel that the proxy opens, over one connection."""
    connection = site.connection(httplib)
    connection.set_tunnel(*site.server.origin)
    for _ in range(2):
        connection.request("GET", "/hello.txt")
        response = connection.getresponse()
        assert (response.status, response.read()) == (200, HELLO)


@live("tunnel-large", "tunnel.request-through", "response.read.amt.next", needs="proxy")
def test_tunnel_large(httplib, site, python, engine):
    """100 MiB arrive through the tunnel as they were sent."""
    engine.allow(bodies.SECONDS)
    connection = site.connection(httplib)
    connection.set_tunnel(*site.server.origin)
    connection.request("GET", f"/large/{bodies.LARGE}")
    assert bodies.read_in_pieces(python, connection.getresponse()) == bodies.sent_down(bodies.LARGE)


@live("tunnel-refused", "tunnel.refused", needs="proxy")
def test_tunnel_refused(httplib, site, python):
    """When the proxy does not open the tunnel, the error of sockets tells the code of its reply."""
    with Refuses() as nobody:
        connection = site.connection(httplib)
        connection.set_tunnel(nobody.host, nobody.port)
        with pytest.raises(python.module("socket").error, match=r"Tunnel connection failed: [45]\d\d "):
            connection.connect()
        assert connection.sock is None


# -- TLS; that of a proxy is in a tunnel


@live("tls", "tls.handshake", "tls.exchange", needs="can_tls")
def test_tls(httplib, secure_site, python, tmp_path):
    """Over TLS, several exchanges go as they go without."""
    connection = secure_site.trusted(httplib, python, tmp_path)
    for _ in range(2):
        connection.request("GET", "/hello.txt")
        response = connection.getresponse()
        assert (response.status, response.read()) == (200, HELLO)
    connection.request("POST", "/echo", FORM)
    assert connection.getresponse().read() == FORM


@live("tls-untrusted", "tls.verifies-certificate", needs="can_tls")
def test_tls_untrusted(httplib, secure_site, python):
    """Without a context, a server whose certificate is not trusted is refused."""
    connection = secure_site.connection(httplib)
    with pytest.raises(refusals(python)):
        connection.request("GET", "/hello.txt")


@live("tls-unverified", "tls.unverified-context", needs="can_tls")
def test_tls_unverified(httplib, secure_site, python):
    """With an unverified context, any certificate is accepted."""
    connection = secure_site.connection(httplib, context=ssl_of(python)._create_unverified_context())
    connection.request("GET", "/hello.txt")
    assert connection.getresponse().read() == HELLO


@live("tls-large", "tls.exchange", "response.read.amt.next", needs="can_tls")
def test_tls_large(httplib, secure_site, python, tmp_path, engine):
    """100 MiB arrive over TLS as they were sent."""
    engine.allow(bodies.SECONDS)
    connection = secure_site.trusted(httplib, python, tmp_path)
    connection.request("GET", f"/large/{bodies.LARGE}")
    assert bodies.read_in_pieces(python, connection.getresponse()) == bodies.sent_down(bodies.LARGE)


@live("tls-large-upload", "tls.exchange", "request.body.file", needs="can_tls")
def test_tls_upload(httplib, secure_site, python, tmp_path, engine):
    """100 MiB in an open file arrive over TLS as they are."""
    engine.allow(bodies.SECONDS)
    connection = secure_site.trusted(httplib, python, tmp_path)
    connection.request("PUT", "/digest", bodies.large_file(python))
    response = connection.getresponse()
    assert (response.status, response.read()) == (200, bodies.told_of_upload(bodies.LARGE))
