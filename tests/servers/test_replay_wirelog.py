"""The wire log."""

from httplib_servers import Event, Recording, render_log


def log_of(*events: Event, max_lines: int = 40, max_columns: int = 160) -> list[str]:
    """Return the lines of the wire log of `events`."""
    recording = Recording(events, (), (b"",), (b"",), (("127.0.0.1", 51234),), (None,), None)
    return render_log(recording, max_lines=max_lines, max_columns=max_columns).splitlines()


def test_an_exchange_reads_from_top_to_bottom() -> None:
    """Each event has its time, its connection and its direction; data is shown line by line."""
    assert log_of(
        Event(0.0003, 0, "open"),
        Event(0.0005, 0, "received", b"GET / HTTP/1.1\r\nHost: x\r\n\r\n"),
        Event(1.5, 0, "sent", b"HTTP/1.1 200 OK\r\n\r\nbody"),
        Event(2.0, 0, "unsent", b"rest"),
        Event(2.0, 0, "ended by client"),
    ) == [
        r"     0.30 ms  #0  *  open from 127.0.0.1 port 51234",
        r"     0.50 ms  #0  >  GET / HTTP/1.1\r\n",
        r"                  >  Host: x\r\n",
        r"                  >  \r\n",
        r"  1500.00 ms  #0  <  HTTP/1.1 200 OK\r\n",
        r"                  <  \r\n",
        r"                  <  body",
        r"  2000.00 ms  #0  *  4 bytes not sent: the client had gone, or did not read",
        r"  2000.00 ms  #0  *  ended by client",
    ]


def test_nothing_gives_no_lines() -> None:
    """A recording in which nothing happened has an empty log."""
    assert log_of() == []


def test_octets_that_cannot_be_printed_are_escaped() -> None:
    """The log is ASCII and unambiguous, whatever went over the line."""
    assert log_of(Event(0, 0, "sent", b"\x00\t\\n\xff\r'\"")) == [
        r"     0.00 ms  #0  <  \x00\t\\n\xff\r" + "'\""
    ]


def test_long_data_is_left_out_and_counted() -> None:
    """Long lines and many lines are cut, and what is not shown is counted."""
    lines = log_of(Event(0, 0, "sent", b"0123456789\nab\ncdefg\nh"), max_lines=2, max_columns=4)
    assert [line[21:] for line in lines] == ["0123... 7 more bytes", "ab\\n", "... 7 more bytes"]


def test_few_pieces_are_shown_one_by_one() -> None:
    """Where data was cut in a few places, the log shows where."""
    lines = log_of(*(Event(0, 0, "sent", piece) for piece in (b"HTTP", b"/1.1")))
    assert [line[21:] for line in lines] == ["HTTP", "/1.1"]


def test_many_pieces_are_shown_as_one() -> None:
    """Data that was sent octet by octet is shown as a whole, with the number of pieces."""
    lines = log_of(*(Event(0, 0, "sent", b"x") for _ in range(200)))
    assert [line[21:] for line in lines] == ["(200 bytes in 200 pieces)", "x" * 160 + "... 40 more bytes"]
