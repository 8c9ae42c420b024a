"""Words and characters."""

import pytest
from httplib27 import syntax


@pytest.mark.parametrize(("text", "number"), [("5", 5), (" +5\t", 5), ("-5", -5), ("005", 5), ("5\v", 5)])
def test_decimal_reads_digits_with_sign_and_white_space(text, number):
    """A decimal number may have a sign, leading zeros, and white space around it."""
    assert syntax.decimal(text) == number


def test_decimal_reads_more_digits_than_int():
    """A decimal number may have more digits than Python takes at once."""
    assert syntax.decimal("0" * 5000 + "5") == 5
    assert syntax.decimal("1" + "0" * 5000) == 10**5000
    assert syntax.decimal(" -1" + "0" * 5000) == -(10**5000)


def test_numbers_are_written_with_more_digits_than_by_str():
    """A decimal number can be written however many digits it has."""
    assert syntax.in_decimal(10**5000) == "1" + "0" * 5000


@pytest.mark.parametrize("text", ["", " ", "abc", "5x", "5_0", "0x5", "5.0", "\xb2", "5\x1c", "5\xa0", "+ 5"])
def test_decimal_refuses_what_only_python_takes_for_a_number(text):
    """Underscores, other bases, other scripts and other spaces make no decimal number."""
    with pytest.raises(ValueError):
        syntax.decimal(text)


@pytest.mark.parametrize(
    ("text", "number"), [("a", 10), ("FF", 255), ("0x1f", 31), (" 5 \r\n", 5), ("-1", -1)]
)
def test_hexadecimal_reads_digits_with_sign_prefix_and_white_space(text, number):
    """A hexadecimal number may have a sign, `0x`, and white space around it."""
    assert syntax.hexadecimal(text) == number


@pytest.mark.parametrize("text", ["", "g", "5 x", "0x", "5\x00", "5L", "00x5", "1_0"])
def test_hexadecimal_refuses_anything_else(text):
    """What holds anything but hexadecimal digits is no chunk size."""
    with pytest.raises(ValueError):
        syntax.hexadecimal(text)


@pytest.mark.parametrize("name", ["A", "X-Y", "A b", "A ", "A\t", "\xe9", "A\x00", "\x1cA", "\xa0A"])
def test_a_field_name_may_hold_what_cannot_break_its_line(name):
    """A header's name may hold anything that does not end it."""
    assert syntax.is_field_name(name)


@pytest.mark.parametrize("name", ["", ":A", "A:", "A:b", " A", "\tA", "\vA", "A\n", "A\r", "A\r\nB", "\n"])
def test_a_field_name_may_not_break_its_line(name):
    """A header's name is not empty, does not begin with white space, and holds no colon or line end."""
    assert not syntax.is_field_name(name)


@pytest.mark.parametrize(
    "value", ["", "a", " a ", "a\r\n b", "a\n\tb", "a\r b", "a\r\n ", "a\x00", "\xe9", "a:b"]
)
def test_a_field_value_may_be_folded(value):
    """A line end in a value is allowed where the next line begins with a space or a tab."""
    assert syntax.is_field_value(value)


@pytest.mark.parametrize("value", ["a\n", "a\r", "a\r\n", "a\r\nB: c", "a\nb", "a\rb", "\n", "a\r\n\r\n b"])
def test_a_field_value_may_not_end_its_header(value):
    """A line end that is no fold is refused."""
    assert not syntax.is_field_value(value)


@pytest.mark.parametrize(
    ("url", "found"), [("/a b", " "), ("/\r\n", "\r"), ("/\x7f", "\x7f"), ("/\xe9", "\xe9")]
)
def test_the_first_forbidden_character_of_a_url_is_found(url, found):
    """Control characters, spaces and bytes that are not ASCII have no place in a URL."""
    assert syntax.forbidden_in_url(url) == found


def test_a_plain_url_has_nothing_forbidden():
    """A URL of printable ASCII passes."""
    assert syntax.forbidden_in_url("/a?b=c#d%20~") is None


def test_only_ascii_letters_have_two_cases():
    """Names are folded byte for byte: a letter that is not ASCII stays as it is."""
    assert syntax.lower("X-\xc9\xb5") == "x-\xc9\xb5"
