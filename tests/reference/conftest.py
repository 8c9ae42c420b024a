"""Fixtures of the reference's tests."""

import pytest

from .loopback import Line


@pytest.fixture
def line():
    """Both ends of connections, closed when the test is over."""
    made = Line()
    yield made
    made.close()
