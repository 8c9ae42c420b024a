"""What all tests share."""

import os
import signal

# Some tests interrupt themselves or what they start. Who was started in the background of a shell, as
# continuous integration may be, is deaf to that, and so are all its children.
signal.signal(signal.SIGINT, signal.default_int_handler)
if signal.getsignal(signal.SIGHUP) is signal.SIG_IGN:  # by nohup
    signal.signal(signal.SIGHUP, lambda *_: None)


def pytest_collection() -> None:
    """Measure coverage in the workers among which the tests are divided, but not in what the tests start.

    The workers have been started by now.
    """
    os.environ.pop("COVERAGE_PROCESS_CONFIG", None)
