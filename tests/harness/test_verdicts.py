"""Whose fault it is when a case ends with an exception that is meant for nobody."""

import pytest
from httplib_conformance.evidence import Evidence, Verdict
from httplib_conformance.values import decode
from httplib_conformance.verdicts import judge


def test_what_the_harness_raises_is_its_own_fault():
    with pytest.raises((AttributeError, TypeError, ValueError)) as caught:
        decode({"no": "value"})
    evidence = Evidence()
    assert judge(caught.value, "decode()", evidence) is Verdict.harness_error
    assert evidence == Evidence()


def test_what_pytest_raises_of_itself_is_the_harnesss_fault():
    with pytest.raises(TypeError) as caught:
        pytest.raises(7)
    caught.value.__traceback__ = caught.value.__traceback__.tb_next  # without this test
    assert judge(caught.value, "", Evidence()) is Verdict.harness_error
