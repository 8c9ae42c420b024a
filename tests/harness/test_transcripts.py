"""Transcripts and requirements: what is read, and what is said of files that are not as they should be."""
# ruff: noqa: E501 (what is said is quoted whole)

from datetime import date

import pytest
from httplib_conformance import catalogue, transcripts
from httplib_conformance.catalogue import Level
from httplib_conformance.schemas import BadData, Schema, check
from httplib_conformance.transcripts import Call, Fields, Gives, Raises, Sent
from httplib_conformance.values import Text

HEAD = 'id = "tried"\ntitle = "Something is as it should be"\ncovers = ["module.name"]\n'


@pytest.fixture
def load(tmp_path):
    """Reads a transcript that is written here; the keys at its top are there already."""

    def read(text, head=HEAD):
        file = tmp_path / "tried.toml"
        file.write_text(head + text, "utf-8")
        return transcripts.load(file)

    return read


@pytest.fixture
def complaint(load, tmp_path):
    """What is said of a transcript, after the name of its file."""

    def complain(text, head=HEAD):
        with pytest.raises(BadData) as caught:
            load(text, head)
        name = f"{tmp_path / 'tried.toml'}: "
        assert str(caught.value).startswith(name)
        return str(caught.value).removeprefix(name)

    return complain


# -- what is read

WHOLE = r"""
notes = "n"
connection = { strict = true, source_address = { tuple = ["{host}", 0] }, timeout = { none = true } }

[[exchange]]
request = ["POST", "/", { data = "x" }, { A = { pieces = ["a", { repeat = "b", times = 2 }] } }]
wire = "POST / HTTP/1.1\r\nHost: {authority}\r\n\r\n"
reply = ["HTTP/1.1 ", { base64 = "MjAw" }, " OK\r\n\r\n"]
then = "close"
response = { status = 200, reason = "OK", version = 11, header = { A = "b", C = { none = true } }, headers = [["A", "b"]], body = "x" }

[[exchange]]
connects = true
calls = [{ call = "putrequest", args = ["GET", { text = "/" }], kwargs = { skip_host = true }, prints = "send" }, { get = "port", gives = 80 }]
sent = { line = "GET /{port} HTTP/1.1", fields = ["A: b"], once = ["Host"], absent = ["B"], body = "y" }
reply = ""
response = { raises = { type = "BadStatusLine", args = [""], attributes = { line = "" }, text = "''" }, prints = "reply" }

[[exchange]]
request = ["GET", "/", { list = "no form of a value" }]
response = { reads = [{ amt = 2, gives = "ab" }, { raises = "IncompleteRead" }], calls = [{ call = "close", raises = "ValueError" }] }
"""


def test_a_transcript_becomes_objects(load):
    read = load(WHOLE)
    assert (read.id, read.title, read.covers, read.notes) == (
        "tried",
        "Something is as it should be",
        ("module.name",),
        "n",
    )
    assert read.connection == (("strict", True), ("source_address", ("{host}", 0)), ("timeout", None))
    first, second, third = read.exchanges
    assert first.connects
    assert first.calls == (Call("request", args=("POST", "/", b"x", {"A": "abb"})),)
    assert first.wire == b"POST / HTTP/1.1\r\nHost: {authority}\r\n\r\n"
    assert (first.reply, first.then) == (b"HTTP/1.1 200 OK\r\n\r\n", "close")
    assert first.getresponse == Call("getresponse")
    assert first.response == (
        Call("status", is_call=False, expect=Gives(200)),
        Call("reason", is_call=False, expect=Gives("OK")),
        Call("version", is_call=False, expect=Gives(11)),
        Call("getheader", args=("A",), expect=Gives("b")),
        Call("getheader", args=("C",), expect=Gives(None)),
        Call("getheaders", expect=Fields((("A", "b"),))),
        Call("read", expect=Gives(b"x")),
    )
    assert second.connects
    assert second.calls == (
        Call("putrequest", args=("GET", Text("/")), kwargs=(("skip_host", True),), prints="send"),
        Call("port", is_call=False, expect=Gives(80)),
    )
    assert isinstance(second.calls[0].args[1], Text)
    assert second.sent == Sent("GET /{port} HTTP/1.1", ("A: b",), ("Host",), ("B",), b"y")
    assert second.getresponse == Call(
        "getresponse", expect=Raises("BadStatusLine", ("",), (("line", ""),), "''"), prints="reply"
    )
    assert (third.connects, third.reply, third.wire, third.sent) == (False, None, None, None)
    assert third.calls[0].args[2] == {"list": "no form of a value"}
    assert third.response == (
        Call("read", args=(2,), expect=Gives(b"ab")),
        Call("read", expect=Raises("IncompleteRead")),
        Call("close", expect=Raises("ValueError")),
    )


def test_objects_in_words():
    call = Call("request", args=("GET", "x" * 100), kwargs=(("a", 1),))
    assert str(call) == f"request('GET', '{'x' * 44}... (102 characters), a=1)"
    assert str(Call("status", is_call=False)) == "status"
    assert str(Raises("E")) == "raised E"
    assert str(Raises("E", ("a",), (("b", 1),), "c")) == "raised E('a', b=1), in words 'c'"
    assert str(Gives(b"x")) == "b'x'"
    assert str(Fields((("a", "b"),))) == "[('a', 'b')]"


def test_an_exchange_without_a_reply_opens_no_connection(load):
    first, second, third = load(
        '[[exchange]]\nrequest = ["GET", "/"]\n'
        '[[exchange]]\nrequest = ["GET", "/"]\nreply = ""\n'
        '[[exchange]]\nrequest = ["GET", "/"]\nreply = ""\n'
    ).exchanges
    assert (first.connects, second.connects, third.connects) == (False, True, False)


# -- what is said of a malformed one


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"id = ", "is not TOML: Invalid value (at end of document)"),
        (b"id = 'a'\nid = 'b'\n", "is not TOML: Cannot overwrite a value (at line 2, column 9)"),
        (b'id = "\xe4"', "is not UTF-8: invalid continuation byte at byte 6"),
        (b"", "the file lacks the key 'id', 'title', 'covers', 'exchange'"),
        (b"id = " + b"[" * 5000, "is nested too deeply to be read"),
        (b"id = " + b"1" * 5000, "has a number of too many digits to be read"),
        (b"id = 0x" + b"f" * 5000, "has a number of too many digits to be read"),
    ],
)
def test_a_file_that_is_none(tmp_path, content, words):
    file = tmp_path / "tried.toml"
    file.write_bytes(content)
    with pytest.raises(BadData) as caught:
        transcripts.load(file)
    assert str(caught.value) == f"{file}: {words}"


def test_a_file_that_cannot_be_read(tmp_path):
    with pytest.raises(BadData, match=r"gone\.toml: cannot be read: No such file or directory"):
        transcripts.load(tmp_path / "gone.toml")


EXCHANGE = '[[exchange]]\nrequest = ["GET", "/"]\nreply = ""\n'


@pytest.mark.parametrize(
    ("head", "words"),
    [
        (HEAD.replace("tried", "other"), "id is 'other'; expected the name of the file without its ending"),
        (
            HEAD.replace("tried", "Tried It"),
            "id is 'Tried It'; expected words in lower case, letters and digits, joined by hyphens",
        ),
        (
            HEAD.replace("title", "tittle"),
            "the file has no use for the key 'tittle'; expected one of 'captured', ",
        ),
        ('id = "tried"\ntitle = "Something is"\n', "the file lacks the key 'covers'"),
        (HEAD + "notes = 1\n", "notes is 1; expected string"),
        (HEAD.replace('["module.name"]', "[]"), "covers is []; expected at least 1 item"),
        (HEAD.replace('["module.name"]', '["a", "a"]'), "covers is ['a', 'a']; expected no item twice"),
        (HEAD.replace('["module.name"]', '"module.name"'), "covers is 'module.name'; expected array"),
        (
            HEAD.replace("Something is as it should be", "Short"),
            "title is 'Short'; expected at least 10 characters",
        ),
        (
            HEAD + "connection = { a = 1979-05-27 }\n",
            "connection.a is datetime.date(1979, 5, 27); expected A value.",
        ),
        (
            HEAD + 'connection = { a = "{hots}" }\n',
            "connection: {hots} is no placeholder; expected one of {host}, {port}, {authority}",
        ),
        (HEAD + 'connection = { a = { data = [{ base64 = "a" }] } }\n', "connection: 'a' is not base64: "),
    ],
)
def test_malformed_heads(complaint, head, words):
    assert complaint(EXCHANGE, head).startswith(words)


@pytest.mark.parametrize(
    ("exchange", "words"),
    [
        (
            'requests = ["GET", "/"]',
            "exchange[0] has no use for the key 'requests'; expected one of 'calls', 'connects'",
        ),
        ('reply = ""', "exchange[0]: expected either request or calls"),
        (
            'request = ["GET", "/"]\ncalls = [{ call = "close" }]',
            "exchange[0]: expected either request or calls",
        ),
        ('request = ["GET"]', "exchange[0].request is ['GET']; expected at least 2 items"),
        (
            'request = ["A", "B", "C", {}, 5]',
            "exchange[0].request is ['A', 'B', 'C', {}, 5]; expected at most 4 items",
        ),
        ('request = "GET"', "exchange[0].request is 'GET'; expected array"),
        (
            'request = ["GET", "/{x}"]\nreply = ""',
            "exchange[0].request: {x} is no placeholder; expected one of {host}, ",
        ),
        (
            "calls = [{ gives = 1 }]",
            "exchange[0].calls[0] is {'gives': 1}; expected either 'call' or 'get' in it",
        ),
        (
            'calls = [{ call = "a", get = "b" }]',
            "exchange[0].calls[0] is {'call': 'a', 'get': 'b'}; expected either 'call' or 'get' in it",
        ),
        (
            'calls = [{ call = "a", gives = 1, raises = "E" }]',
            "exchange[0].calls[0] has 'gives' and 'raises'; expected one of them at most",
        ),
        ('calls = [{ get = "a", args = [] }]', "exchange[0].calls[0] has 'args'; expected 'call' with it"),
        ('calls = [{ call = "a", args = 1 }]', "exchange[0].calls[0].args is 1; expected array"),
        ('calls = [{ call = "a", kwargs = { b = "{x}" } }]', "exchange[0].a: {x} is no placeholder"),
        (
            'calls = [{ call = "a", raises = 1 }]',
            "exchange[0].calls[0].raises is 1; expected An exception: the name",
        ),
        ('calls = [{ call = "a", raises = {} }]', "exchange[0].calls[0].raises lacks the key 'type'"),
        (
            'calls = [{ call = "a", raises = { type = 1 } }]',
            "exchange[0].calls[0].raises.type is 1; expected string",
        ),
        (
            'calls = [{ call = "a", raises = { type = "E", tetx = "" } }]',
            "exchange[0].calls[0].raises has no use for the key 'tetx'; expected one of 'args', 'attributes', 'text', 'type'",
        ),
        (
            'calls = [{ call = "a", gives = { none = false } }]',
            "exchange[0].calls[0].gives.none is False; expected True",
        ),
        (
            'calls = [{ call = "a", gives = { data = 1 } }]',
            "exchange[0].calls[0].gives.data is 1; expected Bytes: ",
        ),
        (
            'calls = [{ call = "a", gives = { data = "\u20ac" } }]',
            "exchange[0].calls[0].gives.data is '\u20ac'; expected characters up to U+00FF only, for each stands for a byte",
        ),
        (
            'calls = [{ call = "a", gives = { data = "x", more = 1 } }]',
            "exchange[0].calls[0].gives is {'data': 'x', 'more': 1}; expected A value. ",
        ),
        (
            'calls = [{ call = "a", gives = [1, { tuple = 1 }] }]',
            "exchange[0].calls[0].gives[1].tuple is 1; expected array",
        ),
        (
            'request = ["GET", "/"]\nreply = 1',
            "exchange[0].reply is 1; expected Bytes: a string with one character",
        ),
        (
            'request = ["GET", "/"]\nreply = "\u20ac"',
            "exchange[0].reply is '\u20ac'; expected characters up to U+00FF only",
        ),
        ('request = ["GET", "/"]\nreply = [1]', "exchange[0].reply[0] is 1; expected "),
        (
            'request = ["GET", "/"]\nreply = [{ repeat = "a" }]',
            "exchange[0].reply[0] is {'repeat': 'a'}; expected ",
        ),
        (
            'request = ["GET", "/"]\nreply = [{ repeat = "a", times = -1 }]',
            "exchange[0].reply[0].times is -1; expected 0 or more",
        ),
        (
            'request = ["GET", "/"]\nreply = [{ repeat = "a", times = 99999999 }]',
            "exchange[0].reply[0].times is 99999999; expected 16777216 or less",
        ),
        (
            'request = ["GET", "/"]\nreply = [{ base64 = "!" }]',
            "exchange[0].reply[0].base64 is '!'; expected base64",
        ),
        (
            'request = ["GET", "/"]\nreply = [{ base64 = "abc" }]',
            "exchange[0]: 'abc' is not base64: Incorrect padding",
        ),
        (
            'request = ["GET", "/"]\nreply = ""\nthen = "vanish"',
            "exchange[0].then is 'vanish'; expected one of 'keep', 'close', 'reset'",
        ),
        (
            'request = ["GET", "/"]\nthen = "close"',
            "exchange[0].then: there is no reply that it could come after",
        ),
        (
            'request = ["GET", "/"]\nwire = ""',
            "exchange[0]: what the client sends is awaited before a reply; expected",
        ),
        (
            'request = ["GET", "/"]\nwire = ""\nsent = { line = "" }\nreply = ""',
            "exchange[0]: has wire and sent; expected one of them at most",
        ),
        ('request = ["GET", "/"]\nwire = "{x}"\nreply = ""', "exchange[0].wire: {x} is no placeholder"),
        ('request = ["GET", "/"]\nsent = {}\nreply = ""', "exchange[0].sent is {}; expected at least 1 key"),
        (
            'request = ["GET", "/"]\nsent = { lines = "" }',
            "exchange[0].sent has no use for the key 'lines'; expected",
        ),
        (
            'request = ["GET", "/"]\nsent = { line = "{x}" }\nreply = ""',
            "exchange[0].sent: {x} is no placeholder",
        ),
        (
            'request = ["GET", "/"]\nsent = { fields = ["{x}"] }\nreply = ""',
            "exchange[0].sent: {x} is no placeholder",
        ),
        (
            'request = ["GET", "/"]\nsent = { body = "{x}" }\nreply = ""',
            "exchange[0].sent: {x} is no placeholder",
        ),
        (
            'request = ["GET", "/"]\nresponse = { calls = [{ call = "a", args = ["{x}"] }] }',
            "exchange[0].a: {x} is no placeholder",
        ),
        (
            'request = ["GET", "/"]\nconnects = false\nreply = ""',
            "exchange[0].connects: is false, but no connection is open that a reply could come on",
        ),
        ('request = ["GET", "/"]\nconnects = "yes"', "exchange[0].connects is 'yes'; expected boolean"),
        (
            'request = ["GET", "/"]\nresponse = { statsu = 1 }',
            "exchange[0].response has no use for the key 'statsu'; ",
        ),
        (
            'request = ["GET", "/"]\nresponse = { status = "1" }',
            "exchange[0].response.status is '1'; expected integer",
        ),
        (
            'request = ["GET", "/"]\nresponse = { raises = "E", status = 1 }',
            "exchange[0].response has no use for the key 'status'; expected one of 'prints', 'raises'",
        ),
        (
            'request = ["GET", "/"]\nresponse = { body = "", reads = [{ gives = "" }] }',
            "exchange[0].response has 'body' and 'reads'; expected one of them at most",
        ),
        (
            'request = ["GET", "/"]\nresponse = { reads = [{ amt = 1 }] }',
            "exchange[0].response.reads[0] is {'amt': 1}; expected either 'gives' or 'raises' in it",
        ),
        (
            'request = ["GET", "/"]\nresponse = { reads = [{ gives = "", raises = "E" }] }',
            "exchange[0].response.reads[0] is {'gives': '', 'raises': 'E'}; expected either 'gives' or 'raises' in it",
        ),
        (
            'request = ["GET", "/"]\nresponse = { headers = [["a"]] }',
            "exchange[0].response.headers[0] is ['a']; expected",
        ),
    ],
)
def test_malformed_exchanges(complaint, exchange, words):
    assert complaint(f"[[exchange]]\n{exchange}\n").startswith(words)


def test_the_exchange_is_counted_from_0(complaint):
    words = complaint(f"{EXCHANGE}[[exchange]]\nrequest = 7\n")
    assert words == "exchange[1].request is 7; expected array"


def test_folders(tmp_path):
    (tmp_path / "b").mkdir()
    for name in ("b/two.toml", "one.toml"):
        text = HEAD.replace("tried", name.removeprefix("b/").removesuffix(".toml")) + EXCHANGE
        (tmp_path / name).write_text(text)
    (tmp_path / "README.md").write_text("not a transcript")
    assert [each.id for each in transcripts.load_folder(tmp_path)] == ["one", "two"]
    (tmp_path / "b/one.toml").write_text((tmp_path / "one.toml").read_text())
    with pytest.raises(BadData) as caught:
        transcripts.load_folder(tmp_path)
    assert str(caught.value) == (
        f"{tmp_path / 'one.toml'}: the id 'one' is that of {tmp_path / 'b' / 'one.toml'} already"
    )


def test_an_error_that_has_no_words_of_its_own():
    schema = Schema({"anyOf": [{"multipleOf": 2, "minimum": 10}, {"multipleOf": 3, "minimum": 10}]})
    with pytest.raises(BadData, match=r"^it: the file is 7; expected 7 is not valid under any of"):
        check(7, schema, "it")


def test_what_only_the_quick_check_minds_is_right():
    """It does not know dates, for JSON has none."""
    check({"day": date(2026, 1, 2)}, Schema({"type": "object"}), "it")
    with pytest.raises(BadData, match=r"^it: day is datetime.date\(2026, 1, 2\); expected string"):
        check({"day": date(2026, 1, 2)}, Schema({"properties": {"day": {"type": "string"}}}), "it")


def nested(depth, data):
    """Data in a list in a list, and so on."""
    for _ in range(depth):
        data = [data]
    return data


def test_what_cannot_be_checked_for_its_depth():
    deep = {"$ref": "#/$defs/deep", "$defs": {"deep": {"type": "array", "items": {"$ref": "#/$defs/deep"}}}}
    with pytest.raises(BadData, match=r"^it: is nested too deeply to be read$"):
        check(nested(5000, "no list"), Schema(deep), "it")


def test_values_that_are_nested_too_deeply(complaint, monkeypatch):
    """How deep that is depends on the version of Python."""
    monkeypatch.setattr(transcripts, "arguments", lambda data: repr(nested(200000, "")))
    said = complaint('[[exchange]]\nrequest = ["GET", "/"]\n')
    assert said == "exchange[0]: is nested too deeply to be read"


# -- requirements

REQUIREMENTS = """
heading = "Examples"
[[requirement]]
id = "a.b"
level = "observed"
text = "Something is as it should be."
"""


def test_requirements(tmp_path):
    (tmp_path / "a.toml").write_text(REQUIREMENTS)
    (tmp_path / "b.txt").write_text("none")
    (found,) = catalogue.load_folder(tmp_path).values()
    assert (found.id, found.area, found.level, found.heading) == ("a.b", "a", Level.observed, "Examples")
    assert (found.source, found.untestable) == ("", "")


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        (
            "observed",
            "disputed",
            "requirement[0].level is 'disputed'; expected one of 'documented', 'referenced', ",
        ),
        ("observed", "documented", "requirement[0] lacks the key 'source'"),
        ("a.b", "a", "requirement[0].id is 'a'; expected words in lower case, parted by dots"),
        (
            "text",
            "txet",
            "requirement[0] has no use for the key 'txet'; expected one of 'heading', 'id', 'level', 'source'",
        ),
        ("Examples", "Exmaples", "heading is 'Exmaples'; expected one of 'httplib', "),
        (
            "Something is as it should be.",
            "Short.",
            "requirement[0].text is 'Short.'; expected at least 15 characters",
        ),
        ('id = "a.b"', "id = 1", "requirement[0].id is 1; expected string"),
        ("heading", "= ", "is not TOML: "),
    ],
)
def test_malformed_requirements(tmp_path, old, new, words):
    file = tmp_path / "a.toml"
    file.write_text(REQUIREMENTS.replace(old, new))
    with pytest.raises(BadData) as caught:
        catalogue.load_folder(tmp_path)
    assert str(caught.value).startswith(f"{file}: {words}")


@pytest.mark.parametrize("names", [("a.toml", "b.toml"), ("a.toml",)])
def test_requirements_there_twice(tmp_path, names):
    twice = REQUIREMENTS + REQUIREMENTS.partition('"\n')[2]
    for name in names:
        (tmp_path / name).write_text(REQUIREMENTS if len(names) == 2 else twice)
    with pytest.raises(BadData) as caught:
        catalogue.load_folder(tmp_path)
    assert str(caught.value) == f"{tmp_path / names[-1]}: the id 'a.b' is there twice"
