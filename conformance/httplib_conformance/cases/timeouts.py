"""Timeouts that cases give to an implementation, each as short as the machine lets it be."""

import contextlib
import functools
import inspect
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any

from httplib_conformance.channels import AgentDied
from httplib_conformance.proxies import Python, remote_text

if TYPE_CHECKING:
    from httplib_conformance.case_servers import Servers

TIMEOUTS = (0.02, 0.2, 2.0)
"""Timeouts in seconds, in the order in which they are tried."""

NEVER = 3600
"""A timeout in seconds that is not over while a case runs."""


def with_short_timeout(test: Callable[..., None]) -> Callable[..., None]:
    """Try a case with a timeout, `soon`, in which a client comes as far as the wait that it is about.

    How long that takes depends on what else the machine does. If a shorter timeout ends a wait that the
    case does not expect to end, or one for a server that has not yet come to the end of its script, the
    case is tried again from its beginning, with a longer one. So nothing waits for long on a machine that
    is idle, or fails on one that is busy. Whatever else goes wrong counts at once, and with the longest
    timeout everything does.

    Args:
        test: A case that takes `soon`, in seconds, besides its fixtures.
    """
    signature = inspect.signature(test)
    fixtures = [each for name, each in signature.parameters.items() if name != "soon"]

    @functools.wraps(test)
    def tried(**given: Any) -> None:
        servers: Servers | None = given.get("replay")
        *shorter, longest = TIMEOUTS
        for soon in shorter:
            try:
                test(soon=soon, **given)
                if servers is None or servers.at_end:
                    return
            except Exception as error:
                if "timed out" not in remote_text(error):
                    raise
            if servers is not None:
                servers.forget()
        test(soon=longest, **given)

    tried.__signature__ = signature.replace(parameters=fixtures)  # type: ignore[attr-defined]
    return tried


@contextlib.contextmanager
def default_timeout(python: Python, seconds: float) -> Iterator[None]:
    """Set the global default timeout of the implementation's interpreter for a while."""
    module = python.module("socket")
    before = module.getdefaulttimeout()
    module.setdefaulttimeout(seconds)
    try:
        yield
    finally:
        with contextlib.suppress(AgentDied):  # it took the setting with it
            module.setdefaulttimeout(before)
