"""Claims about respondents' answers: who is in no count is said, and print is not spoken of."""

from __future__ import annotations

import pandas as pd
import pytest

import csea_stats as cs

APART = "23 of 34 gave an answer that is counted here; not counted: no answer 11."


@pytest.fixture(scope="module")
def survey():
    """34 people: 14 of the 23 who answered use e-mail; of the 17 of B all answered, of the 17 of A 6."""
    book = cs.Codebook(
        {
            "mail": cs.Categories("no", "yes", says={"yes": "use e-mail"}),
            "chat": cs.Categories("no", "yes"),
            "seen": cs.Categories("no", "yes"),
            "team": cs.Categories("A", "B"),
        },
        groups=("team",),
        respondent=None,
    )
    frame = pd.DataFrame(
        {
            "mail": [*["yes"] * 14, *["no"] * 9, *[""] * 11],
            "chat": [*[""] * 11, *["yes"] * 14, *["no"] * 9],
            "seen": ["yes", "no"] * 17,
            "team": [*["B"] * 17, *["A"] * 17],
        }
    )
    return cs.as_survey(cs.read_respondents(frame, book))


@pytest.fixture
def tested(survey, tmp_path):
    def check(test):
        path = tmp_path / "claims.toml"
        head = f'format = "csea-claims/1"\nsurvey = "{survey.id}"\n\n[[claim]]\n'
        path.write_text(f'{head}id = "one"\nsection = "S"\ntext = "Said."\ntest = {test}\n', encoding="utf-8")
        (result,) = cs.check_claims(survey, path)
        return result

    return check


def apart(result):
    return {doubt.text for one in result.estimates for doubt in one.caveats if doubt.code == "apart"}


def test_estimates_and_sentence_of_a_share_say_who_is_not_counted(tested):
    found = tested('{ kind = "share", question = "mail", item = "yes", above = 0.5 }')
    assert all(APART in [doubt.text for doubt in one.caveats] for one in found.estimates)
    assert f"true of them (14 of 23 (61%) use e-mail). {APART} People like these" in found.paragraph
    whole = tested('{ kind = "share", question = "seen", item = "yes", above = 0.5 }')
    assert not apart(whole)
    assert "counted here" not in whole.paragraph


def test_of_a_group_and_of_a_difference_each_side_says_it(tested):
    among = 'among = { question = "team", item = "A" }'
    found = tested(f'{{ kind = "share", question = "mail", item = "yes", above = 0.5, {among} }}')
    assert apart(found) == {APART.replace("23 of 34", "6 of 17")}
    group = 'group = { question = "team", item = "B" }'
    gap = tested(f'{{ kind = "difference", question = "mail", item = "yes", above = 0, {group} }}')
    assert apart(gap) == {f"the rest: {APART.replace('23 of 34', '6 of 17')}"}
    assert "the rest: 6 of 17 gave an answer" in gap.paragraph


def test_of_several_questions_each_says_it_by_name(tested):
    found = tested('{ kind = "each", questions = ["mail", "chat"], item = "yes", above = 0.5 }')
    assert f"mail: {APART} chat: {APART}" in found.paragraph


def test_a_pair_of_answers_points_to_the_answers_themselves(tested):
    def pair(one, other):
        first, second = (f'{{ question = "{name}", item = "yes" }}' for name in (one, other))
        return tested(f'{{ kind = "paired", first = {first}, second = {second}, above = 0 }}')

    for one, other in (("mail", "seen"), ("mail", "chat")):  # the second two have bases of the same size
        found = pair(one, other)
        assert "csea_stats.paired_difference(data, " in found.paragraph
        assert "print" not in found.paragraph.lower()


def test_print_is_not_spoken_of(tested):
    seen = 'group = { question = "seen", item = "yes" }'
    for test in (
        '{ kind = "no-number", needs = "a question about fax" }',
        '{ kind = "printed", question = "mail", item = "yes", count = 13 }',
        f'{{ kind = "crosstab", question = "mail", item = "yes", {seen}, above = 0 }}',
    ):
        assert "print" not in tested(test).paragraph.lower()
