"""Every transcript of the corpus is a case."""

import pytest

from httplib_conformance.casemark import case
from httplib_conformance.play import play
from httplib_conformance.transcripts import corpus


@pytest.mark.parametrize(
    "transcript",
    [pytest.param(each, id=each.id, marks=case(each.id, *each.covers)) for each in corpus()],
)
def test_transcript(transcript, engine, evidence):
    """The implementation does what the transcript says, however its replies are cut."""
    play(transcript, engine, evidence)
