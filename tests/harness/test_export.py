"""The corpus for others: that all of it is in the export, and what comes of bad input."""

import base64
import copy
import json
import os
import tomllib
from importlib import resources
from pathlib import Path

import jsonschema
import pytest
from click.testing import CliRunner
from httplib_conformance import __version__, export, transcripts
from httplib_conformance.__main__ import main
from httplib_conformance.catalogue import catalogue
from httplib_conformance.schemas import BadData, Schema, check
from httplib_conformance.transcripts import corpus
from httplib_conformance.values import is_class, names_of_class

from harness.processes import run_python

CORPUS = {transcript.id: transcript for transcript in corpus()}


@pytest.fixture(scope="module")
def files():
    return export.files()


def read(files, name):
    return json.loads(files[name])


def in_base64(data: bytes):
    return {"base64": base64.b64encode(data).decode()}


# -- what is exported


def test_all_files_are_as_the_schema_says(files):
    schema = read(files, "schema.json")
    parts = {"index.json": "index", "requirements.json": "requirements"}
    for name in files.keys() - {"README.md", "runner.mjs", "schema.json"}:
        part = schema | {"oneOf": [{"$ref": f"#/$defs/{parts.get(name, 'transcript')}"}]}
        check(read(files, name), Schema(part), name)


def test_the_index_names_every_transcript(files):
    index = read(files, "index.json")
    assert index["suite"] == {"name": "httplib-conformance", "version": __version__}
    assert [each["id"] for each in index["transcripts"]] == list(CORPUS)
    assert index["counts"]["transcripts"] == sum(index["counts"]["levels"].values()) == len(CORPUS)
    named = {each["file"] for each in index["transcripts"]}
    assert {name for name in files if name.startswith("transcripts/")} == named
    for entry in index["transcripts"]:
        exported = read(files, entry["file"])
        assert {key: exported[key] for key in ("id", "level", "title")} == {
            key: entry[key] for key in ("id", "level", "title")
        }


def test_every_requirement_that_is_covered_is_told(files):
    told = read(files, "requirements.json")["requirements"]
    covered = {identity for each in CORPUS.values() for identity in each.covers}
    assert [each["id"] for each in told] == sorted(covered)
    assert read(files, "index.json")["counts"]["requirements"] == len(covered)
    for each in told:
        known = catalogue()[each["id"]]
        assert (each["level"], each["text"], each["heading"], each["source"]) == (
            known.level.name,
            known.text,
            known.heading,
            known.source,
        )


# -- one transcript with all that a transcript can say

WHOLE = r"""
id = "whole"
title = "A transcript with every key that there is"
covers = ["request.line"]
notes = "Notes"
captured = { server = "S", version = "1", configuration = "c", date = "2026-01-02", requests = ["GET", ""] }
connection = { strict = true, ratio = 1.5 }

[[exchange]]
request = ["PUT", "/", { pieces = ["a", { repeat = "b", times = 2 }, { base64 = "/w==" }] }, { X = "{host}" }]
reply = ["HTTP/1.1 200 OK\r\n", "\r\n"]
then = "close"
wire = "PUT / HTTP/1.1\r\nHost: {authority}\r\n\r\nabb"

[exchange.response]
prints = "reply: "
status = 200
reason = "OK"
version = 11
header = { A = "b", C = { none = true } }
headers = [["A", "b"]]
reads = [
    { amt = 3, gives = "hel" },
    { raises = { type = "IncompleteRead", args = [{ data = "x" }], attributes = { n = 1 }, text = "words" } },
]
calls = [
    { get = "length", gives = 3 },
    { call = "isclosed", gives = true, prints = "y" },
]

[[exchange]]
calls = [
    { call = "send", args = [{ tuple = ["a", { text = "t" }] }, ["l", { k = "m" }]], kwargs = { w = 1.5 } },
    { call = "send", args = [{ data = "d" }] },
    { call = "close", raises = "socket.error" },
]
connects = true
reply = ""
sent = { line = "PUT {port}", fields = ["X-A: B"], once = ["Host"], absent = ["Via"], body = "abc" }
response = { body = "h" }

[[exchange]]
calls = [{ call = "close" }]
response = { raises = { type = "ValueError" }, prints = "z" }
"""


def toml(value) -> str:
    if isinstance(value, dict):
        return "{ " + ", ".join(f"{json.dumps(key)} = {toml(each)}" for key, each in value.items()) + " }"
    if isinstance(value, list):
        return "[" + ", ".join(map(toml, value)) + "]"
    return json.dumps(value)


def exported(data, folder: Path) -> str:
    """The export of a transcript that is given as what a TOML reader makes of it."""
    file = folder / f"{data['id']}.toml"
    file.write_text("\n".join(f"{key} = {toml(value)}" for key, value in data.items()), "utf-8")
    return export.laid_out(export.plain(transcripts.load(file))).decode("ascii")


SCHEMA = json.loads(resources.files("httplib_fixtures").joinpath("transcript.schema.json").read_text("utf-8"))


def keys_of_schema(node, place="") -> set[str]:
    """Every key that the schema knows, with its place in the schema."""
    found = set()
    if isinstance(node, dict):
        for key in node.get("properties", {}):
            found.add(f"{place}/properties/{key}")
        for name, each in node.items():
            if name not in {"if", "then", "not"} or place.endswith("/properties"):
                found |= keys_of_schema(each, f"{place}/{name}")
    elif isinstance(node, list):
        for number, each in enumerate(node):
            found |= keys_of_schema(each, f"{place}/{number}")
    return found


def keys_in_use(data, node, place="") -> set[str]:
    """The keys of the schema that some data makes use of."""
    whole = jsonschema.Draft202012Validator({"$defs": SCHEMA["$defs"], "allOf": [node]})
    if not isinstance(node, dict) or not whole.is_valid(data):
        return set()
    found = set()
    if "$ref" in node:
        name = node["$ref"].rpartition("/")[2]
        found |= keys_in_use(data, SCHEMA["$defs"][name], f"/$defs/{name}")
    for several in ("anyOf", "oneOf"):
        for number, each in enumerate(node.get(several, [])):
            found |= keys_in_use(data, each, f"{place}/{several}/{number}")
    if isinstance(data, dict):
        for key, each in data.items():
            if key in node.get("properties", {}):
                found.add(f"{place}/properties/{key}")
                found |= keys_in_use(each, node["properties"][key], f"{place}/properties/{key}")
            else:
                found |= keys_in_use(each, node.get("additionalProperties"), f"{place}/additionalProperties")
    elif isinstance(data, list):
        for each in data:
            found |= keys_in_use(each, node.get("items"), f"{place}/items")
    return found


def test_the_sample_has_every_key():
    assert keys_in_use(tomllib.loads(WHOLE), SCHEMA) == keys_of_schema(SCHEMA)


def paths_in(data, path=()):
    """The way to each value that has no parts."""
    if isinstance(data, dict | list):
        for key, each in data.items() if isinstance(data, dict) else enumerate(data):
            yield from paths_in(each, (*path, key))
    else:
        yield path


def another(value, path):
    """Another value that could stand in the same place."""
    match path, value:
        case (*_, "covers", _), _:
            return "response.status"
        case (*_, "then"), _:
            return "reset"
        case (*_, "base64"), _:
            return "AAEC"
        case (*_, "date"), _:
            return "1999-12-31"
        case _, bool():
            return not value
        case _, int() | float():
            return value + 1
    return f"{value}x"


@pytest.mark.parametrize(
    "path", list(paths_in(tomllib.loads(WHOLE))), ids=lambda path: ".".join(map(str, path))
)
def test_nothing_that_a_transcript_says_is_lost(path, tmp_path):
    """Whatever is changed in a transcript, its export is another."""
    data = tomllib.loads(WHOLE)
    changed = copy.deepcopy(data)
    *way, last = path if path[-1] != "none" else path[:-1]
    part = changed
    for step in way:
        part = part[step]
    part[last] = another(part[last], path)
    assert exported(changed, tmp_path) != exported(data, tmp_path)


def test_names_of_fields_and_arguments_are_not_lost(tmp_path):
    text = exported(tomllib.loads(WHOLE), tmp_path)
    for name in ("strict", "ratio", "X", "A", "C", "n", "k", "w"):
        assert f'"{name}"' in text


def test_what_a_runner_would_have_to_work_out(tmp_path):
    whole = json.loads(exported(tomllib.loads(WHOLE), tmp_path))
    assert whole["level"] == "documented"
    assert " ".join(step["do"] for step in whole["server"]) == "accept await send close accept await send"
    assert [step["on"] for step in whole["server"]] == [0, 0, 0, 0, 1, 1, 1]
    assert [step.get("body_length") for step in whole["server"] if step["do"] == "await"] == [3, 3]
    first = whole["server"][2]
    assert first["bytes"] == in_base64(b"HTTP/1.1 200 OK\r\n\r\n")
    assert first["cuts"]["whole"] == []
    assert first["cuts"]["byte by byte"] == list(range(1, 19))
    assert whole["server"][5]["sent"] == {
        "line": "PUT {port}",
        "fields": ["x-a: B"],
        "once": ["host"],
        "absent": ["via"],
        "body": in_base64(b"abc"),
    }


@pytest.mark.parametrize(
    ("fields", "length"),
    [
        ('wire = "GET / HTTP/1.1\\r\\nContent-Length: 2\\r\\n\\r\\nab"', None),
        ('wire = "GET / HTTP/1.1\\r\\nTransfer-Encoding: chunked\\r\\n\\r\\n0\\r\\n\\r\\n"', 5),
        ('wire = "GET / HTTP/1.1\\r\\n\\r\\n"', None),
        ('sent = { once = ["Transfer-Encoding", "Content-Length"], body = "0\\r\\n\\r\\n" }', 5),
        ('sent = { once = ["Transfer-Encoding"], body = "0\\r\\n\\r\\n" }', 5),
        ('sent = { once = ["Content-Length"], body = "ab" }', None),
        ('sent = { line = "GET / HTTP/1.1" }', None),
        ("", None),
    ],
)
def test_the_length_of_a_body_is_told_where_no_content_length_tells_it(tmp_path, fields, length):
    text = (
        'id = "whole"\ntitle = "A request of some length"\ncovers = ["request.line"]\n'
        f'[[exchange]]\nrequest = ["GET", "/"]\nreply = ""\n{fields}\n'
    )
    (awaited,) = [
        step
        for step in json.loads(exported(tomllib.loads(text), tmp_path))["server"]
        if step["do"] == "await"
    ]
    assert awaited.get("body_length") == length


CLASSES = [
    "socket.error",
    "OSError",
    "IOError",
    "builtins.OSError",
    "ValueError",
    "BadStatusLine",
    "socket.timeout",
]
NAMES = [
    *CLASSES,
    *(
        f"{module}.{name}"
        for module in ("builtins", "exceptions", "__builtin__")
        for name in ("OSError", "IOError")
    ),
    "exceptions.EnvironmentError",
    "_socket.error",
    "select.error",
    "httplib.BadStatusLine",
    "httplib.error",
    "builtins.ValueError",
    "builtins.TimeoutError",
    "mine.OSError",
]


@pytest.mark.parametrize("wanted", CLASSES)
def test_the_names_of_a_class_are_those_that_our_runner_takes_for_it(wanted):
    names = names_of_class(wanted)
    for name in NAMES:
        assert (name in names or name.rpartition(".")[2] in names) == is_class([name], wanted), name


def test_json_is_laid_out_in_lines_that_fit():
    data = {"a": [1] * 200, "b": {"c": ["x" * 60, {}], "d": ["y" * 60, []]}, "e": {}, "f": [[], "z" * 99]}
    text = export.laid_out(data).decode()
    assert json.loads(text) == data
    assert text.splitlines()[:3] == ["{", f' "a": {[1] * 200},', ' "b": {']
    assert text.endswith(f' "e": {{}},\n "f": [\n  [],\n  "{"z" * 99}"\n ]\n}}\n')


# -- the command


@pytest.fixture
def made_before(monkeypatch, files):
    """Saves the time in which the files are made."""
    monkeypatch.setattr(export, "files", lambda: files)


def run_export(*args):
    ran = CliRunner().invoke(main, ["export", *map(str, args)])
    assert not isinstance(ran.exception, Exception), ran.exception
    return ran


def contents(folder: Path) -> dict[str, bytes]:
    return {str(file.relative_to(folder)): file.read_bytes() for file in folder.rglob("*") if file.is_file()}


@pytest.mark.parametrize("made", [True, False], ids=["an empty folder", "a new folder"])
@pytest.mark.usefixtures("made_before")
def test_export(tmp_path, files, made):
    folder = tmp_path / "corpus"
    if made:
        folder.mkdir()
    ran = run_export(folder)
    assert ran.exit_code == 0
    assert contents(folder) == files
    assert ran.stdout.startswith(f"{folder}: {len(CORPUS)} transcripts (")
    assert ran.stdout.endswith(" requirements\n")


def test_a_folder_that_holds_something_is_left_alone(tmp_path):
    (tmp_path / "mine").write_text("mine", "utf-8")
    ran = run_export(tmp_path)
    assert ran.exit_code == 2
    assert ran.stderr == f"Error: {str(tmp_path)!r} is not empty; expected a folder that is new or empty\n"
    assert contents(tmp_path) == {"mine": b"mine"}


def test_a_file_is_no_folder(tmp_path):
    file = tmp_path / "file"
    file.write_text("mine", "utf-8")
    ran = run_export(file)
    assert ran.exit_code == 2
    assert ran.stderr == f"Error: {str(file)!r} is a file; expected a folder that is new or empty\n"
    ran = run_export(file / "corpus")
    assert ran.exit_code == 2
    assert ran.stderr == f"Error: {str(file / 'corpus')!r} cannot be written: Not a directory\n"
    assert contents(tmp_path) == {"file": b"mine"}


def test_the_folder_above_must_be_there(tmp_path):
    ran = run_export(tmp_path / "above" / "corpus")
    assert ran.exit_code == 2
    assert ran.stderr.endswith("/corpus' cannot be written: No such file or directory\n")
    assert not any(tmp_path.iterdir())


@pytest.mark.parametrize("made", [True, False], ids=["an empty folder", "a new folder"])
@pytest.mark.parametrize(
    "error", [OSError(28, "No space left on device"), KeyboardInterrupt()], ids=["full", "Ctrl-C"]
)
@pytest.mark.usefixtures("made_before")
def test_nothing_half_written_is_left(tmp_path, monkeypatch, error, made):
    folder = tmp_path / "corpus"
    if made:
        folder.mkdir()
    original, written = Path.write_bytes, []

    def write(self, data):
        written.append(self)
        original(self, data[: len(data) // 2] if len(written) == 20 else data)
        if len(written) == 20:
            raise error
        return len(data)

    monkeypatch.setattr(Path, "write_bytes", write)
    ran = CliRunner().invoke(main, ["export", str(folder)])
    assert ran.exit_code == (2 if isinstance(error, OSError) else 130)
    if isinstance(error, OSError):
        assert ran.stderr == f"Error: {str(folder)!r} cannot be written: No space left on device\n"
    assert len(written) == 20
    assert not any(folder.iterdir()) if made else not folder.exists()


def test_a_malformed_transcript_is_told_before_anything_is_written(tmp_path, monkeypatch):
    def malformed():
        raise BadData("bad.toml: id is 'a'; expected the name of the file without its ending")

    monkeypatch.setattr(export, "corpus", malformed)
    ran = run_export(tmp_path / "corpus")
    assert ran.exit_code == 3
    assert ran.stderr.startswith("Error: bad.toml: id is 'a'; ")
    assert not any(tmp_path.iterdir())


def test_as_a_user_starts_it_and_the_same_each_time(tmp_path, files):
    """In another process, too, whatever order it gives to sets."""
    folder = tmp_path / "corpus"
    environment = os.environ | {"PYTHONHASHSEED": "1"}
    ran = run_python("-m", "httplib_conformance", "export", os.fspath(folder), env=environment)
    assert (ran.returncode, ran.stderr) == (0, "")
    assert contents(folder) == files
