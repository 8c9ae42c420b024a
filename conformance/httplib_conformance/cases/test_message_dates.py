"""Dates in headers: in which forms they are understood, and what is made of them."""

from httplib_conformance.casemark import case, each_case
from httplib_conformance.cases.messages import message_of

WEEKDAYS = {
    "missing": "06 Nov 1994 08:49:37 GMT",
    "without-comma": "Sun 06 Nov 1994 08:49:37 GMT",
    "without-space": "Sun,06 Nov 1994 08:49:37 GMT",
    "in-full": "Sunday, 06 Nov 1994 08:49:37 GMT",
    "wrong": "Mon, 06 Nov 1994 08:49:37 GMT",
    "with-commas-in-it": "on,Sun,06 Nov 1994 08:49:37 GMT",
}
"""One date with the weekday before it in several forms."""

HYPHENS = {
    "with-weekday": "Sunday, 06-Nov-94 08:49:37 GMT",
    "without-weekday": "06-Nov-94 08:49:37 GMT",
}
"""A date in the form of RFC 850."""

MONTHS = {
    "in-full": "Sun, 06 November 1994 08:49:37 GMT",
    "in-capitals": "Sun, 06 NOV 1994 08:49:37 GMT",
    "first": "Nov 06 1994 08:49:37 GMT",
    "first-in-full": "november 6 1994 08:49:37 GMT",
}
"""A date with its month in several forms and places."""

MONTH_NAMES = [
    *("January", "February", "March", "April", "May", "June"),
    *("July", "August", "September", "October", "November", "December"),
]

ORDERS = {
    "year-behind-time": "Sun, 06 Nov 08:49:37 1994 GMT",
    "year-behind-zone": "Sun, 06 Nov GMT 08:49:37 1994",
}
"""A date with its year in other places than usual."""

COMMAS = {
    "day": "Nov 06, 1994 08:49:37 GMT",
    "year": "Sun, 06 Nov 1994, 08:49:37 GMT",
    "time": "Sun, 06 Nov 1994 08:49:37, GMT",
}
"""A date with a comma behind one of its parts."""

HOURS = {
    0: ["UT", "UTC", "GMT", "Z", "gmt"],
    -3: ["ADT"],
    -4: ["AST", "EDT"],
    -5: ["EST", "CDT"],
    -6: ["CST", "MDT"],
    -7: ["MST", "PDT", "pdt"],
    -8: ["PST"],
}
"""Hours east of Greenwich, with the zones that are so far from it."""

NUMBERS = {
    "minutes-east": ("+0130", 5400),
    "minutes-west": ("-0130", -5400),
    "minute-west": ("-0001", -60),
    "without-sign": ("0130", 5400),
    "of-three-digits": ("-130", -5400),
    "of-one-digit": ("+5", 300),
    "zero-east": ("+0000", 0),
    "zero-west": ("-0000", 0),
}
"""Zones as numbers, with the seconds that they are east of Greenwich."""

UNKNOWN = {
    "named": "Sun, 06 Nov 1994 08:49:37 CET",
    "with-underscore": "Sun, 06 Nov 1994 08:49:37 +01_0",
    "behind-a-space": "Sun, 06 Nov 1994 08:49:37 + 0100",
    "missing": "Sun, 06 Nov 1994 08:49:37",
    "missing-behind-a-signed-time": "Sun, 06 Nov 1994 +08:49:37",
    "attached-twice": "Sun, 06 Nov 1994 08:49:37+0100+0200",
}
"""A date with a zone that tells nothing."""

NO_DATES = {
    "empty": "",
    "weekday-alone": "Sun,",
    "three-words": "Sun, 06 Nov",
    "without-month": "Sun, 06 07 1994 08:49:37 GMT",
    "month-before-the-comma": "Nov, 06 1994 08:49:37 GMT",
    "comma-behind-month": "06 Nov, 1994 08:49:37 GMT",
    "day-that-is-no-number": "xx Nov 1994 08:49:37 GMT",
    "year-that-is-no-number": "06 Nov x1994 08:49:37 GMT",
    "year-with-underscore": "06 Nov 19_94 08:49:37 GMT",
    "time-that-is-no-number": "06 Nov 1994 aa:bb:cc GMT",
    "time-with-dots": "06 Nov 1994 08.49.37 GMT",
    "hour-alone": "06 Nov 1994 08 GMT",
    "four-numbers-in-time": "06 Nov 1994 08:49:37:11 GMT",
    "zone-in-the-west-attached": "Sun, 06 Nov 1994 08:49:37-0100",
    "hyphens-without-zone": "06-Nov-94 08:49:37",
    "hyphens-with-surplus": "06-Nov-94 08:49:37 GMT x",
    "zone-without-time": "06 Nov 1994 +0100",
}
"""What nearly is a date."""

MOMENT = (1994, 11, 6, 8, 49, 37)


def date_of(httplib, replay, text):
    """What getdate_tz makes of a header."""
    return message_of(httplib, replay, b"Date: " + text.encode() + b"\r\n").getdate_tz("Date")


@each_case("form", [(form,) for form in WEEKDAYS], "message-date-weekday-{form}", "message.date.weekday")
def test_weekday(httplib, replay, form):
    """The weekday before a date says nothing."""
    assert date_of(httplib, replay, WEEKDAYS[form])[:6] == MOMENT


@case("message-date-weekdays", "message.date.weekday")
def test_weekdays(httplib, replay):
    """Each of the seven weekdays may stand before a date without a comma."""
    names = ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"]
    fields = "".join(f"X-{name}: {name} 06 Nov 1994 08:49:37 GMT\r\n" for name in names)
    message = message_of(httplib, replay, fields.encode())
    assert [message.getdate_tz(f"X-{name}")[:6] for name in names] == [MOMENT] * 7


@each_case("form", [(form,) for form in HYPHENS], "message-date-hyphens-{form}", "message.date.rfc850")
def test_hyphens(httplib, replay, form):
    """Day, month and year may be joined by hyphens."""
    assert date_of(httplib, replay, HYPHENS[form])[:6] == (94, *MOMENT[1:])


@each_case("form", [(form,) for form in MONTHS], "message-date-month-{form}", "message.date.month")
def test_month(httplib, replay, form):
    """A month may be named in several forms, and before the day."""
    assert date_of(httplib, replay, MONTHS[form])[:6] == MOMENT


@case("message-date-months", "message.date.month")
def test_months(httplib, replay):
    """Each month is known by its name and by the first three letters of it."""
    fields = "".join(
        f"X-{name}: 06 {name} 1994 08:49:37 GMT\r\nY-{name}: 06 {name[:3]} 1994 08:49:37 GMT\r\n"
        for name in MONTH_NAMES
    )
    message = message_of(httplib, replay, fields.encode())
    found = [(message.getdate(f"X-{name}")[1], message.getdate(f"Y-{name}")[1]) for name in MONTH_NAMES]
    assert found == [(number, number) for number in range(1, 13)]


@each_case("form", [(form,) for form in ORDERS], "message-date-{form}", "message.date.order")
def test_order(httplib, replay, form):
    """The year is found behind the time, and in the place of the zone."""
    date = date_of(httplib, replay, ORDERS[form])
    assert (date[:6], date[9]) == (MOMENT, 0)


@each_case("part", [(part,) for part in COMMAS], "message-date-comma-behind-{part}", "message.date.commas")
def test_commas(httplib, replay, part):
    """A comma behind a part of a date does not count."""
    assert date_of(httplib, replay, COMMAS[part])[:6] == MOMENT


@case("message-date-without-seconds", "message.date.seconds")
def test_seconds(httplib, replay):
    """Without seconds, a time is that of the full minute."""
    assert date_of(httplib, replay, "Sun, 06 Nov 1994 08:49 GMT")[:6] == (*MOMENT[:5], 0)


@case("message-date-year-of-two-digits", "message.date.year")
def test_year(httplib, replay):
    """A year of two digits is given as it is."""
    assert date_of(httplib, replay, "Sun, 06 Nov 69 08:49:37 GMT")[0] == 69


@case("message-date-with-surplus-words", "message.date.surplus")
def test_surplus(httplib, replay):
    """Words behind the zone do not count."""
    date = date_of(httplib, replay, "Sun, 06 Nov 1994 08:49:37 +0100 (CET) or so")
    assert (date[:6], date[9]) == (MOMENT, 3600)


@case("message-date-rest", "message.date.rest")
def test_rest(httplib, replay):
    """Behind the time come 0, 1 and 0."""
    assert date_of(httplib, replay, "Sun, 06 Nov 1994 08:49:37 GMT")[6:9] == (0, 1, 0)


@case("message-date-zone-names", "message.date.zone-names")
def test_zone_names(httplib, replay):
    """Each zone that has a name is as far from UTC as it should be."""
    hours = {name: hour for hour, names in HOURS.items() for name in names}
    fields = "".join(f"X-{number}: 06 Nov 1994 08:49:37 {name}\r\n" for number, name in enumerate(hours))
    message = message_of(httplib, replay, fields.encode())
    found = {name: message.getdate_tz(f"X-{number}")[9] for number, name in enumerate(hours)}
    assert found == {name: hour * 3600 for name, hour in hours.items()}


@each_case("form", [(form,) for form in NUMBERS], "message-date-zone-{form}", "message.date.zone-numbers")
def test_zone_numbers(httplib, replay, form):
    """A number as the zone gives hours and minutes."""
    zone, distance = NUMBERS[form]
    assert date_of(httplib, replay, f"Sun, 06 Nov 1994 08:49:37 {zone}")[9] == distance


@case("message-date-zone-attached", "message.date.zone-attached")
def test_zone_attached(httplib, replay):
    """A zone with a plus may follow the time without a space."""
    date = date_of(httplib, replay, "Sun, 06 Nov 1994 08:49:37+0100")
    assert (date[:6], date[9]) == (MOMENT, 3600)


@each_case("form", [(form,) for form in UNKNOWN], "message-date-zone-{form}", "message.date.zone-unknown")
def test_zone_unknown(httplib, replay, form):
    """Where the zone tells nothing, the date has none."""
    date = date_of(httplib, replay, UNKNOWN[form])
    assert (date[:6], date[9]) == (MOMENT, None)


@each_case("form", [(form,) for form in NO_DATES], "message-no-date-{form}", "message.date.none")
def test_no_date(httplib, replay, form):
    """What cannot be understood as a date gives None."""
    assert date_of(httplib, replay, NO_DATES[form]) is None
