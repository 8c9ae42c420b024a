"""What all tests share."""

import os


def pytest_collection() -> None:
    """Measure coverage in the workers among which the tests are divided, but not in what the tests start.

    The workers have been started by now.
    """
    os.environ.pop("COVERAGE_PROCESS_CONFIG", None)
