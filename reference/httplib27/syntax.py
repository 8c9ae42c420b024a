"""Words and characters: what a line, a number, a header and a URL may hold.

Contract: pure functions without state. Text travels as `str` with one character for each byte
(ISO-8859-1), and every rule here looks at ASCII only: a byte that is not ASCII is never a
space, a digit, or a capital letter, whatever Unicode says about the character of that number.
"""

import re
from decimal import Decimal
from functools import lru_cache
from string import ascii_lowercase, ascii_uppercase

# Limits that keep a hostile server from filling the memory. The document is silent; these are
# the original's.
MAX_LINE = 65536
MAX_HEADERS = 100

WHITESPACE = " \t\n\r\v\f"

_TO_LOWER = str.maketrans(ascii_uppercase, ascii_lowercase)
_DECIMAL = re.compile(r"[+-]?[0-9]+")
_HEXADECIMAL = re.compile(r"[+-]?(0[xX])?[0-9a-fA-F]+")
_FIELD_NAME = re.compile(r"[^:\s][^:\r\n]*", re.ASCII)
_LINE_END_WITHOUT_FOLD = re.compile(r"\n(?![ \t])|\r(?![ \t\n])")
_NOT_IN_URL = re.compile(r"[\x00-\x20\x7f-\xff]")


def encode(text: str) -> bytes:
    """Turn text into what goes on the wire: one byte for each character.

    Raises:
        UnicodeEncodeError: A character is beyond ISO-8859-1 (this is a ValueError).
    """
    return text.encode("iso-8859-1")


def decode(data: bytes | bytearray) -> str:
    """Turn bytes from the wire into text: one character for each byte. Never fails."""
    return data.decode("iso-8859-1")


def to_text(value: object) -> str:
    """Turn what a program gave into text: bytes one character each, anything else by `str()`."""
    if isinstance(value, str):
        return value
    return decode(value) if isinstance(value, (bytes, bytearray)) else str(value)


def lower(name: str) -> str:
    """Fold the case of a header's name, which is case-insensitive."""
    return name.lower() if name.isascii() else name.translate(_TO_LOWER)


def decimal(text: str) -> int:
    """Read a decimal number, with white space around it and a sign if there is one.

    `int()` alone would also take underscores and the digits of other scripts.

    Raises:
        ValueError: It is no number.
    """
    digits = text if text.isdigit() and text.isascii() else _matching(text, _DECIMAL)
    try:
        return int(digits)
    except ValueError:  # more digits than it takes
        return int(Decimal(digits))


def hexadecimal(text: str) -> int:
    """Read a hexadecimal number, with white space, sign and `0x` if they are there.

    Raises:
        ValueError: It is no number.
    """
    return int(_matching(text, _HEXADECIMAL), 16)


def _matching(text: str, form: re.Pattern[str]) -> str:
    digits = text.strip(WHITESPACE)
    if not form.fullmatch(digits):
        raise ValueError
    return digits


def in_decimal(number: object) -> str:
    """Write a number in decimal digits, however many there are: `str()` refuses too many."""
    try:
        return str(number)
    except ValueError:
        return str(Decimal(number))  # type: ignore[arg-type]  # nothing else has too many digits


@lru_cache(maxsize=256)  # a program uses the same names again and again
def is_field_name(name: str) -> bool:
    """Tell whether a name can go before a header's colon.

    It must not be empty, begin with white space, or hold a colon or a line end: each of these
    would make another header, or another message, out of it.
    """
    return _FIELD_NAME.fullmatch(name) is not None


def is_field_value(value: str) -> bool:
    """Tell whether a value stays inside its header.

    A line end is only allowed where the next line begins with a space or a tab, which makes it
    a fold. Any other one would end the header, and let the value inject what it likes.
    """
    return _LINE_END_WITHOUT_FOLD.search(value) is None


def forbidden_in_url(text: str) -> str | None:
    """Find the first character that no URL and no host can hold, or None.

    Control characters and spaces would break the request line apart, and a byte that is not
    ASCII has to be percent-encoded.
    """
    found = _NOT_IN_URL.search(text)
    return found.group() if found else None


def field_line(name: object, *values: object) -> bytes:
    """Write a header without its line end: the name, a colon and a space, and the value.

    Further values make continuation lines, each of a tab and the value.

    Raises:
        ValueError: The name or a value would break out of its line, or cannot be encoded.
    """
    name = to_text(name)
    if not is_field_name(name):
        raise ValueError(f"Invalid header name {name!a}")
    value = to_text(values[0]) if len(values) == 1 else "\r\n\t".join(map(to_text, values))
    if "\r" in value or "\n" in value:
        for text in map(to_text, values):
            if not is_field_value(text):
                raise ValueError(f"Invalid header value {text!a}")
    return encode(f"{name}: {value}")
