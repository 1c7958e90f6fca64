"""A claim file's mistakes, all told at once: line, key, what was found, what is allowed."""

from __future__ import annotations

import pytest

import csea_stats as cs
from csea_stats.errors import InputError, SurveyFileError, UnknownName

FILE = """format = "csea-claims/1"
survey = "bosnia-herzegovina-2021"

[[claim]]
id = "a"
section = "S"
text = "Said."
test = {test}
"""

NOTHING = FILE.replace("{test}", '{ kind = "no-number", needs = "more" }')


def problems(survey, written, text):
    with pytest.raises(SurveyFileError) as caught:
        cs.check_claims(survey, written(text=text))
    return caught.value.problems


@pytest.mark.parametrize(
    ("test", "told"),
    [
        ('{ kind = "shares" }', "line 8: claim[1].test.kind: there is no kind 'shares'"),
        ('{ kind = "shares" }', "Did you mean 'share'?"),
        ('{ question = "awareness" }', "line 8: claim[1].test.kind: the key 'kind' is missing"),
        ('{ kind = "share", question = "awarenes", item = "poor", above = 0.5 }', "there is no question 'awarenes'"),
        ('{ kind = "share", question = "awarenes", item = "poor", above = 0.5 }', "Did you mean 'awareness'?"),
        ('{ kind = "share", question = "awareness", item = "pour", above = 0.5 }', "no answer of 'awareness' 'pour'"),
        ('{ kind = "share", question = "awareness", item = "pour", above = 0.5 }', "Did you mean 'poor'?"),
        ('{ kind = "share", question = "awareness", item = ["poor", "poor"], above = 0.5 }', "found 'poor' again"),
        (
            '{ kind = "share", question = "awareness", item = "pour or lower", above = 0.5 }',
            "'pour or lower'; there is",
        ),
        ('{ kind = "share", question = "awareness", item = "none or higher", above = 0.5 }', "which every answer is"),
        ('{ kind = "share", question = "organisation", item = "NGO or higher", above = 0.5 }', "no answer of 'organ"),
        ('{ kind = "share", question = "awareness", item = "poor" }', "found none; needed is exactly one of above"),
        ('{ kind = "share", question = "awareness", item = "poor", above = 0.5, below = 0.9 }', "found above, below"),
        (
            '{ kind = "share", question = "awareness", item = "poor", above = 71 }',
            "found 71; allowed is a number below 1",
        ),
        (
            '{ kind = "share", question = "awareness", item = "poor", above = "half" }',
            "found 'half'; allowed is a number",
        ),
        ('{ kind = "share", question = "awareness", item = "poor", over = 0.5 }', "there is no key 'over'"),
        ('{ kind = "share", question = "awareness", item = "poor", between = [0.9, 0.1] }', "the smaller first"),
        ('{ kind = "share", question = "awareness", item = "poor", between = [0.9] }', "allowed is two numbers"),
        (
            (
                '{ kind = "share", question = "awareness", item = "poor", above = 0.5, '
                'among = { question = "age", item = "30 and over" } }'
            ),
            "print tells nothing of 'awareness' among age = 30 and over",
        ),
        (
            (
                '{ kind = "difference", question = "awareness", item = "poor", above = 0.0, '
                'group = { question = "ages", item = "under 30" } }'
            ),
            "there is no question 'ages'",
        ),
        ('{ kind = "rank", question = "barriers", item = ["no helpline", "alcohol or drugs"] }', "found 1; allowed is"),
        (
            (
                '{ kind = "crosstab", question = "awareness", item = "poor", above = 0.0, '
                'group = { question = "awareness", item = "fair" } }'
            ),
            "found 'awareness', the question itself; allowed is another",
        ),
        ('{ kind = "printed", question = "awareness", item = "poor" }', "needed is one of count, percent"),
        ('{ kind = "printed", question = "awareness", item = "poor", percent = 71 }', "a percentage as printed"),
        (
            (
                '{ kind = "superiority", question = "organisation", above = 0.5, '
                'group = { question = "age", item = "under 30" } }'
            ),
            "whose answers have no order",
        ),
        (
            (
                '{ kind = "paired", above = 0.0, first = { question = "awareness", item = "poor" }, '
                'second = { question = "awareness", item = "poor" } }'
            ),
            "found the same answer as in 'first'",
        ),
        (
            (
                '{ kind = "paired", above = 0.0, first = { question = "awareness", item = ["none", "poor"] }, '
                'second = { question = "awareness", item = "poor" } }'
            ),
            "found 'poor' in 'first' too",
        ),
        (
            (
                '{ kind = "paired", above = 0.0, first = { question = "awareness", itm = "poor" }, '
                'second = { question = "awareness", item = "fair" } }'
            ),
            "there is no key 'itm'",
        ),
        ('{ kind = "each", questions = ["awareness"], item = "poor", above = 0.5 }', "a list of at least 2"),
        ('{ kind = "no-number" }', "the key 'needs' is missing"),
    ],
)
def test_a_wrong_test_is_told_with_its_line(survey, written, test, told):
    found = problems(survey, written, FILE.replace("{test}", test))
    assert any(told in problem for problem in found), found
    assert all(problem.startswith("line 8: claim[1].test") for problem in found), found


def test_everything_wrong_is_told_at_once(survey, written):
    text = FILE.replace("{test}", '{ kind = "share", question = "awareness", item = "pour", above = 0.5 }')
    text = text.replace("bosnia-herzegovina-2021", "elsewhere-2020")
    text += '\n[[claim]]\nid = "a"\nsection = "S"\ntext = "Said."\ntest = { kind = "no-number", needs = "more" }\n'
    found = problems(survey, written, text)
    assert [problem.partition(":")[0] for problem in found] == ["line 2", "line 8", "line 11"]
    assert "the id of the survey at hand, 'bosnia-herzegovina-2021'" in found[0]
    assert "found 'a' again" in found[2]


def test_another_format_a_text_that_is_no_toml_and_no_file(survey, written, tmp_path):
    assert 'allowed is "csea-claims/1"' in problems(survey, written, NOTHING.replace("claims/1", "claims/9"))[0]
    assert "this is no TOML" in problems(survey, written, "format = \n")[0]
    with pytest.raises(SurveyFileError, match="there is no such file"):
        cs.check_claims(survey, tmp_path / "none.toml")
    with pytest.raises(UnknownName, match="bosnia-herzegovina-2021"):
        cs.check_claims(survey, "elsewhere")
    with pytest.raises(InputError, match="allowed is the path"):
        cs.check_claims(survey, 3)
    with pytest.raises(InputError, match="allowed is a Survey"):
        cs.check_claims("bosnia-herzegovina-2021")


def test_a_name_of_many_kinds_of_file_is_a_path(survey, written):
    (result,) = cs.check_claims(survey, str(written('{ kind = "no-number", needs = "more" }')))
    assert result.claim.id == "one"


def test_an_end_of_a_scale_is_an_answer(survey, written):
    """Told with the words and the numbers of the list of its answers."""
    test = '{ kind = "share", question = "police-knowledge", item = {item}, above = 0.5 }'
    for words, answers in (("good or higher", '["good", "excellent"]'), ("fair or lower", '["none", "poor", "fair"]')):
        found, listed = (
            cs.check_claims(survey, written(text=FILE.replace("{test}", test.replace("{item}", item))))[0].estimates
            for item in (f'"{words}"', answers)
        )
        assert found == listed
        assert found[0].item == words
