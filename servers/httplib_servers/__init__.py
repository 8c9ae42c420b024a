"""Local test servers that go in lock-step with the client under test."""

from httplib_servers.replay import (
    Accept,
    Action,
    AwaitBytes,
    AwaitEnd,
    AwaitRequest,
    Close,
    Event,
    HalfClose,
    Kind,
    Recording,
    ReplayServer,
    Request,
    Reset,
    Send,
    Stall,
    replies,
)
from httplib_servers.wirelog import render_log

__all__ = [
    "Accept",
    "Action",
    "AwaitBytes",
    "AwaitEnd",
    "AwaitRequest",
    "Close",
    "Event",
    "HalfClose",
    "Kind",
    "Recording",
    "ReplayServer",
    "Request",
    "Reset",
    "Send",
    "Stall",
    "render_log",
    "replies",
]
