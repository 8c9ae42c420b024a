"""Captured transcripts: how they are read and shown, and that those that are shipped are what they say."""

import re
from dataclasses import replace
from importlib import resources
from pathlib import Path

import pytest
from click.testing import CliRunner
from httplib_conformance.__main__ import main
from httplib_conformance.engine import Engine, Target
from httplib_conformance.evidence import Evidence
from httplib_conformance.play import play_once
from httplib_conformance.reply_reader import ReplyReader
from httplib_conformance.schemas import BadData
from httplib_conformance.segmentation import whole
from httplib_conformance.transcript_writer import write
from httplib_conformance.transcripts import Captured, corpus, load
from httplib_servers.real import RECIPES

SHIPPED = {each.id: each for each in corpus() if each.captured}
SECONDS = 60

HEAD = """
id = "tried"
title = "Something is as it should be"
covers = ["module.name"]

[captured]
server = "a server"
version = "1.0"
configuration = "none"
date = "2025-11-24"
requests = ["GET / HTTP/1.1\\r\\n\\r\\n"]

[[exchange]]
request = ["GET", "/"]
reply = "HTTP/1.1 204 No Content\\r\\n\\r\\n"
"""


@pytest.fixture
def loaded(tmp_path: Path):
    def load_text(text):
        file = tmp_path / "tried.toml"
        file.write_text(text, "utf-8")
        return load(file)

    return load_text


def test_where_it_comes_from_is_read(loaded):
    read = loaded(HEAD)
    assert read.captured == Captured("a server", "1.0", "none", "2025-11-24", (b"GET / HTTP/1.1\r\n\r\n",))
    again = loaded(write(read))
    assert replace(again, source="") == replace(read, source="")


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ("2025-11-24", "2025-02-30", "captured.date: there is no day 2025-02-30"),
        ("2025-11-24", "today", "captured.date is 'today'; expected The day on which it was captured"),
        ("requests = [", 'requests = ["", ', "captured.requests: has 2 of them; expected 1, one a reply"),
        ('server = "a server"\n', "", "captured lacks the key 'server'"),
        ("date =", 'time = "now"\ndate =', "captured has no use for the key 'time'; expected one of 'conf"),
        ('version = "1.0"', 'version = ""', "captured.version is ''; expected at least 1 character"),
    ],
)
def test_what_is_said_of_a_malformed_one(loaded, old, new, words):
    assert old in HEAD
    with pytest.raises(BadData) as caught:
        loaded(HEAD.replace(old, new))
    assert words in str(caught.value)


def test_it_is_shown():
    result = CliRunner().invoke(main, ["show", "captured-nginx-head"])
    captured = SHIPPED["captured-nginx-head"].captured
    assert f"\nCaptured from nginx {captured.version} on {captured.date}\n" in result.stdout
    assert "[captured]" in result.stdout


# -- those that are shipped


def test_there_are_enough():
    servers = {each.captured.server for each in SHIPPED.values()}
    assert len(SHIPPED) >= 160
    assert servers == {each.title for each in RECIPES.values()}
    assert len(servers) >= 15


def test_they_stand_where_their_servers_have_a_folder():
    """And are called after them."""
    titles = {each.title: each.name for each in RECIPES.values()}
    folder = resources.files("httplib_fixtures").joinpath("transcripts", "captured")
    for each in SHIPPED.values():
        name = titles[each.captured.server]
        assert each.id.startswith(f"captured-{name}-")
        assert folder.joinpath(name, f"{each.id}.toml").is_file(), each.id


def test_nothing_of_a_machine_is_in_them():
    """No path of it, and no address but loopback ones."""
    for each in SHIPPED.values():
        assert not re.search(r"/(tmp|root|home|work|usr|var|etc|opt)/|pypi", each.source), each.id
        text = each.source.replace(each.captured.version, "")
        assert set(re.findall(r"\b\d+\.\d+\.\d+\.\d+\b", text)) <= {"127.0.0.1"}, each.id


def test_the_parser_finds_in_them_what_they_say():
    """The expectations were not edited, nor were the bytes."""
    for each in SHIPPED.values():
        for exchange in each.exchanges:
            if exchange.getresponse is not None:
                assert_as_parsed(exchange)


def assert_as_parsed(exchange):
    reader = ReplyReader(exchange.calls[-1].args[0])
    reader.feed(exchange.reply)
    if not reader.complete:
        reader.feed(b"")
    status, reason, version, headers, *reads = [call.expect for call in exchange.response]
    assert (status.value, reason.value, version.value) == (reader.status, reader.reason, reader.version)
    assert headers.pairs == tuple(reader.joined.items())
    assert b"".join(read.value for read in reads) == reader.body


@pytest.fixture(scope="module")
def engine():
    with_reference = Engine(Target("httplib27", in_process=True))
    yield with_reference
    with_reference.close()


def test_it_notices_another_status(engine):
    """A case that nothing could fail would prove nothing."""
    for identity, transcript in SHIPPED.items():
        with engine.case(SECONDS):
            played = play_once(with_another_status(transcript), whole, engine, Evidence())
        assert played.deviations, identity


def with_another_status(transcript):
    *others, last = transcript.exchanges
    line, rest = last.reply.split(b"\r\n", 1)[0], last.reply.partition(b"\r\n")[2]
    if b" 100 " in line:
        start = last.reply.index(b"HTTP/1.", 8)
        damaged = last.reply[:start] + last.reply[start:].replace(b" 200 ", b" 203 ", 1)
    else:
        code = line.split()[1]
        other = {b"204": b"304", b"304": b"204"}.get(code, code[:2] + b"9")
        damaged = line.replace(code, other, 1) + b"\r\n" + rest
    return replace(transcript, exchanges=(*others, replace(last, reply=damaged)))
