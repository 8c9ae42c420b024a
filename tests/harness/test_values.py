"""Values as they travel, and the names of classes on both versions of Python."""

import math

import pytest
from httplib_conformance.values import (
    MalformedValue,
    Native,
    RemoteObject,
    Text,
    canonical_class,
    count,
    decode,
    encode,
    is_class,
    shorten,
    without_middle,
)


@pytest.mark.parametrize(
    ("value", "travels"),
    [
        (None, None),
        (True, True),
        (7, 7),
        (1.5, 1.5),
        ((1 << 63) - 1, (1 << 63) - 1),
        (1 << 63, {"hexadecimal": "8000000000000000"}),
        (-(1 << 63), {"hexadecimal": "-8000000000000000"}),
        (math.inf, {"float": "inf"}),
        ("x", {"native": "x"}),
        (Text("x"), {"text": "x"}),
        (b"\xff", {"data": "\xff"}),
        ([1], {"list": [1]}),
        ((1,), {"tuple": [1]}),
        ({"a": b""}, {"dict": [[{"native": "a"}, {"data": ""}]]}),
        (RemoteObject("7", ("m.C",)), {"ref": "7"}),
    ],
)
def test_what_is_sent(value, travels):
    assert encode(value) == travels
    assert type(encode(value)) is type(travels)


@pytest.mark.parametrize("value", [{1}, object(), print, 1j])
def test_what_cannot_be_sent(value):
    with pytest.raises(TypeError, match="cannot be sent to an agent"):
        encode(value)


@pytest.mark.parametrize(
    ("travels", "value"),
    [
        (None, None),
        (False, False),
        (7, 7),
        (0.5, 0.5),
        ({"hexadecimal": "-8000000000000000"}, -(1 << 63)),
        ({"float": "-inf"}, -math.inf),
        ({"text": "\u20ac"}, "\u20ac"),
        ({"data": "\xff"}, b"\xff"),
        ({"native": "\xff"}, Native("\xff")),
        ({"list": [{"tuple": [1]}]}, [(1,)]),
        ({"dict": [[{"text": "a"}, 1]]}, {"a": 1}),
        ({"object": "7", "type": ["m.C"]}, RemoteObject("7", ("m.C",))),
        (
            {"object": "7", "type": ["builtins.type"], "class": ["m.C", "m.D"]},
            RemoteObject("7", ("builtins.type",), ("m.C", "m.D")),
        ),
    ],
)
def test_what_is_received(travels, value):
    assert decode(travels) == value
    assert type(decode(travels)) is type(value)


@pytest.mark.parametrize(
    "travels",
    [
        "x",
        [],
        {},
        {"text": 1},
        {"data": "\u20ac"},
        {"native": "\u20ac"},
        {"data": 1},
        {"hexadecimal": "one"},
        {"hexadecimal": 1},
        {"float": "one"},
        {"float": None},
        {"list": 1},
        {"list": ["x"]},
        {"tuple": None},
        {"dict": [[1]]},
        {"dict": [[{"list": []}, 1]]},
        {"dict": 1},
        {"set": []},
        {"text": "a", "data": "a"},
        {"object": 1, "type": ["m.C"]},
        {"object": "1"},
        {"object": "1", "type": []},
        {"object": "1", "type": "m.C"},
        {"object": "1", "type": [1]},
        {"object": "1", "type": ["m.C"], "class": [1]},
        {"object": "1", "type": ["m.C"], "other": 1},
    ],
)
def test_what_is_malformed(travels):
    with pytest.raises(MalformedValue, match="is not a"):
        decode(travels)


@pytest.mark.parametrize(
    ("travels", "words"),
    [
        ({"text": 5}, "{'text': 5} is not a value: expected a string"),
        ({"float": None}, "{'float': None} is not a value: expected a string"),
        ({"list": "x"}, "{'list': 'x'} is not a value: expected a list"),
        ({"dict": ["ab"]}, "{'dict': ['ab']} is not a value: expected a list of pairs"),
        ({"list": [{"data": 1}]}, "{'data': 1} is not a value: expected a string"),
    ],
)
def test_what_was_expected_is_told(travels, words):
    with pytest.raises(MalformedValue) as caught:
        decode(travels)
    assert str(caught.value) == words


def test_objects_in_words():
    assert repr(RemoteObject("1", ("m.C", "m.D"))) == "<m.C object>"
    assert repr(RemoteObject("1", ("t",), ("m.C",))) == "<class m.C>"


def test_long_values_are_shortened():
    assert shorten("x" * 300) == f"'{'x' * 179}... (302 characters)"
    assert shorten("x") == "'x'"


def test_long_words_lose_their_middle():
    assert without_middle("ab" * 500) == "ab" * 500
    assert without_middle("a" + "b" * 5000 + "c") == f"a{'b' * 499} ... {'b' * 499}c (5002 characters)"


def test_what_python_does_not_write_is_told():
    assert shorten([16**5000]) == "<a number of more digits than Python writes>"
    assert (count(0, "case"), count(1, "case"), count(2, "case")) == ("0 cases", "1 case", "2 cases")


@pytest.mark.parametrize(
    ("name", "canonical"),
    [
        ("exceptions.IOError", "builtins.OSError"),
        ("__builtin__.object", "builtins.object"),
        ("socket.error", "builtins.OSError"),
        ("_socket.timeout", "builtins.TimeoutError"),
        ("httplib.BadStatusLine", "httplib.BadStatusLine"),
        ("BadStatusLine", "BadStatusLine"),
    ],
)
def test_names_of_python_2(name, canonical):
    assert canonical_class(name) == canonical


@pytest.mark.parametrize(
    ("wanted", "matches"),
    [
        ("E", True),
        ("m.E", True),
        ("n.E", False),
        ("error", True),
        ("socket.error", True),
        ("OSError", True),
        ("IOError", True),
        ("exceptions.IOError", True),
        ("builtins.OSError", True),
        ("ValueError", False),
    ],
)
def test_classes_by_name(wanted, matches):
    assert is_class(["m.E", "socket.error", "exceptions.IOError"], wanted) is matches
