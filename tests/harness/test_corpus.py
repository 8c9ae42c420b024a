"""The cases that are shipped: that they keep to the rules that no schema can hold them to."""

import re

import pytest
from httplib_conformance import runner
from httplib_conformance.catalogue import Level, catalogue, level_of
from httplib_conformance.transcripts import Call, corpus

CORPUS = {transcript.id: transcript for transcript in corpus()}


def calls_of(transcript) -> list[Call]:
    return [
        call
        for exchange in transcript.exchanges
        for call in (*exchange.calls, *exchange.response, exchange.getresponse)
        if call is not None
    ]


def test_what_binds_more_than_the_document_is_observed():
    """`wire` binds the order of fields, `prints` the words of what is printed, `text` those of exceptions."""
    for transcript in CORPUS.values():
        if level_of(transcript.covers) is Level.observed:
            continue
        assert all(exchange.wire is None for exchange in transcript.exchanges), f"{transcript.id}: `wire`"
        for call in calls_of(transcript):
            assert not call.prints, f"{transcript.id}, {call}: `prints` is for the level observed"
            text = getattr(call.expect, "text", None)
            assert text is None, f"{transcript.id}, {call}: `text` is for the level observed"


@pytest.fixture(scope="module")
def cases():
    return runner.collect(["--httplib-level=observed"])


def test_the_cases_can_be_collected(cases):
    assert {case.id for case in cases} >= set(CORPUS)
    assert all(case.title and case.source for case in cases)


def test_what_is_untestable_is_covered_by_no_case(cases):
    covered = {identity for case in cases for identity in case.covers}
    assert not [each.id for each in catalogue().values() if each.untestable and each.id in covered]


def heading_of(source: str) -> str:
    """The heading under which the document has what a source names first."""
    first = re.split("[;,]| with | and ", source)[0]
    found = re.match(r"(HTTPConnection|HTTPResponse)(\.| Objects)", first)
    return f"{found.group(1)} Objects" if found else "Examples" if first.startswith("Examples") else "httplib"


def test_each_requirement_stands_under_the_heading_of_its_source():
    """A class is described under the first heading, its methods and attributes under their own."""
    wrong = [
        f"{each.id}: {each.source} does not stand under {each.heading}"
        for each in catalogue().values()
        if each.source and each.heading != heading_of(each.source)
    ]
    assert wrong == []
