"""Answers as a survey that may be passed on."""

import pandas as pd
import pytest

import csea_stats as cs
from csea_stats.auditing.number_words import amount_in_words


def people(n, awareness=(0, 1, 1, 2, 2, 2), missing=0):
    labels = ("poor", "fair", "good")
    answers = [labels[awareness[i % len(awareness)]] for i in range(n - missing)]
    frame = pd.DataFrame({"awareness": [*answers, *[None] * missing], "team": [("A", "B")[i % 2] for i in range(n)]})
    book = cs.Codebook({"awareness": cs.Ordered(*labels), "team": cs.Categories("A", "B")}, respondent=None)
    return cs.read_respondents(frame, book)


def told(survey, question="awareness", among=False):
    asked = next(one for one in survey.question if one.id == question)
    return {cell.item: cell.words or cell.count for cell in asked.cells if (cell.among is not None) == among}


@pytest.mark.parametrize("missing", [0, 2, 7])
def test_what_is_told_is_true_and_hides_small_counts(missing):
    data = people(49, (0, *[1] * 10, *[2] * 13), missing)
    survey = cs.release(data)
    counts = dict(zip(("poor", "fair", "good"), data.column("awareness").counts, strict=True))
    for answer, text in told(survey).items():
        if isinstance(text, int):
            assert text == counts[answer] >= 5
        else:
            low, high = amount_in_words(text).window(49)
            assert low <= counts[answer] <= high
            assert high - low >= 2
    assert told(survey)["poor"] == "under 5"
    assert not any(cell.among for question in survey.question for cell in question.cells if cell.count == 2)
    assert [one.count for one in survey.question[0].apart] in ([[], [7]] if missing == 7 else [[]])


@pytest.mark.slow
def test_everything_made_for_print_takes_it(tmp_path):
    survey = cs.release(people(49, missing=2), by="team")
    assert told(survey, among=True)
    path = tmp_path / "released.toml"
    path.write_text(survey.to_toml(), encoding="utf-8")
    assert cs.load_survey(path) == survey
    assert not [one for one in cs.audit(survey).findings if one.verdict == "inconsistent"]
    assert cs.estimate(survey).where(question="awareness")


def test_the_same_answers_give_the_same_release():
    assert cs.release(people(49), by="team").to_toml() == cs.release(people(49), by="team").to_toml()


@pytest.mark.parametrize("n", [1, 9])
def test_too_few_people_are_refused(n):
    with pytest.raises(cs.CseaStatsError, match="no group of fewer than 10"):
        cs.release(people(n))


def test_ten_people_and_one_group():
    assert told(cs.release(people(10, (0,)), questions="awareness")).get("poor") != 10
    assert not told(cs.release(people(49, (1, 2)), by="team", questions="awareness"), "team", among=True)


def test_small_groups_are_joined_and_nobody_is_left_over():
    frame = pd.DataFrame({"q": ["yes", "no"] * 25, "age": ["a"] * 3 + ["b"] * 20 + ["c"] * 21 + [None] * 6})
    book = cs.Codebook(
        {"q": cs.Categories("yes", "no"), "age": cs.Ordered("a", "b", "c")}, respondent=None, groups=("age",)
    )
    survey = cs.release(cs.read_respondents(frame, book))
    sizes = told(survey, "age")
    assert sum(sizes.values()) == 50
    assert min(sizes.values()) >= 10
    assert "a or b" in " ".join(sizes)


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        ({"minimum": 2, "group": 5, "spread": 2}, "say why"),
        ({"minimum": 1}, "at least 2"),
        ({"spread": 7}, "at most the minimum"),
        ({"most": 0.2}, "above 0.5"),
    ],
)
def test_a_rule_that_protects_nobody_is_refused(arguments, says):
    with pytest.raises(cs.CseaStatsError, match=says):
        cs.Disclosure(**arguments)


def test_an_unknown_rule_is_named():
    with pytest.raises(cs.CseaStatsError, match="standard"):
        cs.release(people(49), "none")
