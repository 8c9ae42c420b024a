"""Dates in headers, as Date and Last-Modified have them.

Contract: `parse_date()` understands the forms of RFC 9110 (section 5.6.7) and a good deal more,
as the original was seen to do, and never fails: what is no date gives None.

    Sun, 06 Nov 1994 08:49:37 GMT       the preferred form
    Sunday, 06-Nov-94 08:49:37 GMT      the form of RFC 850
    Sun Nov  6 08:49:37 1994            the form of C's asctime()

A year is given as it is written: 94 does not become 1994.
"""

from string import digits
from typing import TypeAlias

from .syntax import decimal

# year, month, day, hour, minute, second, and three numbers that are always 0, 1 and 0
DateTuple: TypeAlias = tuple[int, int, int, int, int, int, int, int, int]
ZonedDateTuple: TypeAlias = tuple[int, int, int, int, int, int, int, int, int, int | None]

_WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_MONTHS = (
    ("january", "jan"),
    ("february", "feb"),
    ("march", "mar"),
    ("april", "apr"),
    ("may", "may"),
    ("june", "jun"),
    ("july", "jul"),
    ("august", "aug"),
    ("september", "sep"),
    ("october", "oct"),
    ("november", "nov"),
    ("december", "dec"),
)
_MONTH_NUMBERS = {name: number for number, names in enumerate(_MONTHS, 1) for name in names}

# Hours east of Greenwich, as RFC 2822 names them, and two more of North America.
_ZONES = {
    "UT": 0, "UTC": 0, "GMT": 0, "Z": 0,
    "AST": -4, "ADT": -3, "EST": -5, "EDT": -4,
    "CST": -6, "CDT": -5, "MST": -7, "MDT": -6, "PST": -8, "PDT": -7,
}  # fmt: skip


def parse_date(text: str) -> ZonedDateTuple | None:
    """Read a date.

    Args:
        text: The value of a header.

    Returns:
        Year, month, day, hour, minute, second, 0, 1, 0, and the distance from UTC in seconds,
        or None where no zone is given. None as a whole where the text is no date.
    """
    words = _split(text)
    if words is None:
        return None
    day, month, year, time, zone = words

    # 1. The month tells where it stands: `Nov 6` is as good as `6 Nov`.
    if month.lower() not in _MONTH_NUMBERS:
        day, month = month, day
        if month.lower() not in _MONTH_NUMBERS:
            return None
    # 2. So do the colons of the time (asctime), and a zone where a year should be.
    if ":" in year:
        year, time = time, year
    year = year.removesuffix(",")
    if year[:1] not in digits:
        year, zone = zone, year

    # 3. Everything else is a number.
    clock = time.removesuffix(",").split(":")
    if len(clock) == 2:
        clock.append("0")
    try:
        hour, minute, second = map(decimal, clock)
        date = decimal(year), _MONTH_NUMBERS[month.lower()], decimal(day.removesuffix(","))
    except ValueError:
        return None
    return *date, hour, minute, second, 0, 1, 0, _offset(zone)


def _split(text: str) -> list[str] | None:
    """Take a date apart: day, month, year, time and zone, in the order in which they stand."""
    words = text.split()
    if not words:
        return None
    # 1. The weekday says nothing that the date does not: leave it out.
    _, comma, rest = words[0].rpartition(",")
    if comma:
        words[0:1] = [rest] if rest else []
    elif words[0].lower() in _WEEKDAYS:
        del words[0]
    # 2. `06-Nov-94` is three words.
    if len(words) == 3 and words[0].count("-") == 2:
        words[0:1] = words[0].split("-")
    # 3. The zone may stick to the time, or be missing.
    if len(words) == 4:
        time, plus, zone = words[3].partition("+")
        words[3:] = [time, plus + zone] if time else [words[3], ""]
    return words[:5] if len(words) >= 5 else None


def _offset(zone: str) -> int | None:
    """Return the distance of a zone from UTC in seconds, or None if the zone is not known."""
    name = zone.upper()
    if name in _ZONES:
        return _ZONES[name] * 3600
    try:
        number = decimal(name)
    except ValueError:
        return None
    hours, minutes = divmod(abs(number), 100)
    distance = hours * 3600 + minutes * 60
    return -distance if number < 0 else distance
