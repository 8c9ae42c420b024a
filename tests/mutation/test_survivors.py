"""What is said of the mutants, held against the list of survivors that are explained."""

from dataclasses import replace

import pytest
import survivors
from survivors import BadList, Change, Mutant, judge, load, mutants_of, render

ENTRY = """
[[survivor]]
function = "mail.MailMessage.getaddr"
old = "return a"
new = "return b"
reason = "Both are the same."
"""
CHANGE = Change("mail.MailMessage.getaddr", "return a", "return b")
DIFF = """--- reference/httplib27/mail.py
+++ reference/httplib27/mail.py
@@ -1,3 +1,3 @@
 def getaddr(self):
-    return a
+    return b
"""
NAME = "reference.httplib27.mail.xǁMailMessageǁgetaddr__mutmut_3"


def mutant(status, change=CHANGE):
    return Mutant(NAME, status, change)


KILLED = [mutant("killed", replace(CHANGE, nth=number)) for number in range(2, 102)]
"""So many that a few survivors do not matter."""


def listed(tmp_path, text):
    file = tmp_path / "survivors.toml"
    file.write_text(text, "utf-8")
    return file


def test_the_list_that_is_shipped_can_be_read():
    assert all(reason.endswith(".") for reason in load().values())


def test_an_entry_is_a_change_with_its_reason(tmp_path):
    assert load(listed(tmp_path, ENTRY)) == {CHANGE: "Both are the same."}


def test_an_entry_may_stand_for_several_changes_of_the_same_lines(tmp_path):
    text = ENTRY.replace('"return b"', '["return b", "return c"]').replace("reason", "nth = 2\nreason")
    expected = {replace(CHANGE, new=f"return {name}", nth=2) for name in "bc"}
    assert set(load(listed(tmp_path, text))) == expected


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("[[survivor]", "survivors.toml: Expected"),
        ("[[mutant]]", "expected tables"),
        ("survivor = 3", "expected tables"),
        ("survivor = [3]", "survivor 1: expected the keys function, old, new and reason"),
        (ENTRY.replace("reason", "why"), "survivor 1: expected the keys function, old, new and reason"),
        (ENTRY.replace('"Both are the same."', '" "'), "survivor 1: expected texts, none of them empty"),
        (ENTRY.replace('"return b"', "[]"), "survivor 1: expected texts, none of them empty"),
        (ENTRY.replace('"return b"', "[1]"), "survivor 1: expected texts, none of them empty"),
        (ENTRY + "nth = 0", "survivor 1: nth: expected a number from 1 on, not 0"),
        (ENTRY + "nth = '1'", "survivor 1: nth: expected a number from 1 on, not '1'"),
        (ENTRY * 2, "survivor 2: it is there twice: mail.MailMessage.getaddr"),
    ],
)
def test_a_malformed_list_is_refused(tmp_path, text, words):
    with pytest.raises(BadList) as caught:
        load(listed(tmp_path, text))
    assert words in str(caught.value)


@pytest.mark.parametrize(
    ("name", "function"),
    [
        (NAME, "mail.MailMessage.getaddr"),
        ("reference.httplib27.mime.x_unquote__mutmut_12", "mime.unquote"),
        ("reference.httplib27.addresses.xǁ_Parserǁ__init____mutmut_1", "addresses._Parser.__init__"),
    ],
)
def test_a_function_has_its_own_name(name, function):
    assert survivors.function_of(name) == function


def test_what_looks_the_same_is_counted():
    found = mutants_of([(NAME, "killed", DIFF), (NAME.replace("_3", "_4"), "survived", DIFF)])
    assert [(each.status, each.change) for each in found] == [
        ("killed", CHANGE),
        ("survived", replace(CHANGE, nth=2)),
    ]


def test_what_is_killed_is_no_problem():
    assert judge([*KILLED, mutant("killed"), mutant("timeout")], {}).problems == []


@pytest.mark.parametrize(
    ("status", "words"), [("survived", "survived"), ("no tests", "is called by no case")]
)
def test_a_survivor_without_a_reason_is_a_problem(status, words):
    (problem,) = judge([*KILLED, mutant(status)], {}).problems
    assert problem.startswith(
        f"{NAME} {words}, and survivors.toml does not say why: mail.MailMessage.getaddr"
    )
    assert problem.endswith("\n  - return a\n  + return b")


def test_a_survivor_with_a_reason_is_no_problem():
    judgement = judge([*KILLED, mutant("survived")], {CHANGE: "Both are the same."})
    assert (judgement.problems, judgement.stale) == ([], [])


def test_a_reason_is_for_one_of_those_that_look_the_same():
    survived = [mutant("survived"), mutant("survived", replace(CHANGE, nth=2))]
    (problem,) = judge([*KILLED[1:], *survived], {CHANGE: "Both are the same."}).problems
    assert "getaddr (number 2)" in problem


@pytest.mark.parametrize("status", ["suspicious", "segfault", "not checked", "skipped"])
def test_a_mutant_that_was_not_tried_is_a_problem(status):
    """Also if it is explained: what the harness could not do tells nothing."""
    (problem,) = judge([*KILLED, mutant(status)], {CHANGE: "Both are the same."}).problems
    assert problem.startswith(f"{NAME} was not tried ({status})")


def test_too_many_survivors_are_a_problem_even_if_they_are_explained():
    few = [mutant("killed", replace(CHANGE, nth=number)) for number in range(2, 20)]
    (problem,) = judge([*few, mutant("survived")], {CHANGE: "Both are the same."}).problems
    assert problem == "94.7 % of the mutants were killed; expected at least 95 %"


def test_a_run_without_mutants_is_a_problem():
    assert judge([], {}).problems == ["0.0 % of the mutants were killed; expected at least 95 %"]


def test_of_some_mutants_only_what_was_tried_is_judged():
    mutants = [mutant("not checked", replace(CHANGE, nth=2)), mutant("survived")]
    judgement = judge(mutants, {CHANGE: "So.", replace(CHANGE, nth=2): "So."}, everything=False)
    assert (judgement.problems, judgement.stale) == ([], [])
    assert judgement.table.splitlines()[-1].split()[:2] == ["all", "1"]


def test_a_reason_for_what_is_killed_or_gone_is_reported():
    gone = replace(CHANGE, new="return c")
    judgement = judge([*KILLED, mutant("killed")], {CHANGE: "It was so.", gone: "It was so, too."})
    assert judgement.problems == []
    assert [line.partition("\n")[0] for line in judgement.stale] == [
        "killed: mail.MailMessage.getaddr",
        "no longer there: mail.MailMessage.getaddr",
    ]


def test_all_of_it_is_told():
    other = mutant("survived", Change("dates._split", "a", "b"))
    mutants = [mutant("killed"), mutant("timeout"), mutant("survived", replace(CHANGE, nth=4)), other]
    lines = "\n".join(render(judge(mutants, {replace(CHANGE, nth=4): "So.", CHANGE: "So."}))).splitlines()
    assert lines[0].startswith(f"{NAME} survived, and survivors.toml does not say why: dates._split")
    assert "50.0 % of the mutants were killed; expected at least 95 %" in lines
    assert "survivors.toml explains what is killed: mail.MailMessage.getaddr" in lines
    assert [line.split() for line in lines[-4:]] == [
        ["module", "mutants", "killed", "timeout", "explained", "open", "share"],
        ["dates", "1", "0", "0", "0", "1", "0.0", "%"],
        ["mail", "3", "1", "1", "1", "0", "66.7", "%"],
        ["all", "4", "1", "1", "1", "1", "50.0", "%"],
    ]
