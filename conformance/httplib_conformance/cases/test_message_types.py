"""The content type of a message: how it and its parameters are taken apart."""

from httplib_conformance.casemark import case, each_case
from httplib_conformance.cases.messages import message_of

TYPES = {
    "spaces-around-type": (b" text / html ; q=1", ("text/html", "text", "html"), "spaces"),
    "no-break-space-in-type": (b"text\xa0/html", ("text\xa0/html", "text\xa0", "html"), "spaces"),
    "two-slashes": (b"a/b/c", ("a/b/c", "a", "b/c"), "slashes"),
    "no-slash": (b"text", ("text", "text", ""), "slashes"),
    "empty-type": (b"", ("", "", ""), "slashes"),
    "letters-beyond-ascii": (b"\xc4A/\xc4B", ("\xc4a/\xc4b", "\xc4a", "\xc4b"), "case"),
}
"""Values of Content-Type, with what gettype, getmaintype and getsubtype give, and the rule."""

PARAMETERS = {
    "spaces-around-parameters": (b"D = e", ["d=e"], "spaces"),
    "no-break-space-in-parameters": (b"Q\xa0=\xa01", ["q\xa0=\xa01"], "spaces"),
    "semicolon-in-quotes": (b'a="A; B"', ['a="A', 'B"'], "parameters"),
    "two-equals-signs": (b"A=B=C", ["a=B=C"], "parameters"),
    "no-name": (b"=X", ["=X"], "parameters"),
    "no-value": (b"A=", ["a="], "parameters"),
    "no-equals-sign": (b"Flag; a=1", ["Flag", "a=1"], "flags"),
    "nothing-between-semicolons": (b"a=1;; b=2", ["a=1", "", "b=2"], "flags"),
}
"""Parameters, with what getplist gives, and the rule."""

VALUES = {
    "quote-in-quotes": (rb'"a\"b"', 'a"b'),
    "backslash-in-quotes": (rb'"a\\b"', r"a\b"),
    "angle-brackets": (b"<a b>", "a b"),
    "empty-quotes": (b'""', ""),
    "empty-angle-brackets": (b"<>", ""),
    "one-quote": (b'"', '"'),
    "opening-quote": (b'"a', '"a'),
    "closing-quote": (b'a"', 'a"'),
    "opening-angle-bracket": (b"<a", "<a"),
    "closing-angle-bracket": (b"a>", "a>"),
    "quote-and-angle-bracket": (b'"a>', '"a>'),
    "nothing": (b"", ""),
}
"""Values of a parameter, with what getparam gives."""


def typed(httplib, replay, value):
    """The message of a response with that Content-Type."""
    return message_of(httplib, replay, b"Content-Type: " + value + b"\r\n")


@each_case(
    "form, rule",
    [(form, rule) for form, (_, _, rule) in TYPES.items()],
    "message-type-{form}",
    "message.type.{rule}",
)
def test_types(httplib, replay, form, rule):  # noqa: ARG001 (the rule is the requirement's)
    """A content type is taken apart at its slash."""
    value, expected, _ = TYPES[form]
    message = typed(httplib, replay, value)
    assert (message.gettype(), message.getmaintype(), message.getsubtype()) == expected


@each_case(
    "form, rule",
    [(form, rule) for form, (_, _, rule) in PARAMETERS.items()],
    "message-type-{form}",
    "message.type.{rule}",
)
def test_parameters(httplib, replay, form, rule):  # noqa: ARG001 (likewise)
    """Parameters are taken apart at each semicolon, and at their first equals sign."""
    text, expected, _ = PARAMETERS[form]
    assert typed(httplib, replay, b"text/html; " + text).getplist() == expected


@case("message-type-has-no-flag-as-parameter", "message.type.flags")
def test_flags(httplib, replay):
    """A parameter without an equals sign is not found by its name."""
    message = typed(httplib, replay, b"text/html; q; q=2; r")
    assert (message.getparam("q"), message.getparam("r")) == ("2", None)


@each_case("form", [(form,) for form in VALUES], "message-type-parameter-{form}", "message.type.unquoted")
def test_values(httplib, replay, form):
    """Quotes or angle brackets are taken off a parameter's value where both stand."""
    text, expected = VALUES[form]
    assert typed(httplib, replay, b"text/html; a=" + text).getparam("a") == expected


@case("message-getparamnames", "message.getparamnames")
def test_getparamnames(httplib, replay):
    """What getparamnames gives are the names of all parameters that have a value, in lower case."""
    message = typed(httplib, replay, b"text/html; CharSet=UTF-8; Flag; q=1=2; \xc4A=1; q=2; =x")
    assert message.getparamnames() == ["charset", "q", "\xc4a", "q", ""]


@case("message-getparamnames-missing", "message.getparamnames")
def test_getparamnames_missing(httplib, replay):
    """What getparamnames gives without a Content-Type is an empty list."""
    assert message_of(httplib, replay, b"X-Name: value\r\n").getparamnames() == []
