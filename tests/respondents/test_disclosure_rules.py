"""The rule of a release in a codebook: read, written, checked."""

import pandas as pd
import pytest

import csea_stats as cs
from csea_stats.errors import SurveyFileError
from csea_stats.respondents.codebook_files import load_codebook
from csea_stats.survey.toml_values import toml_lines

VARIABLES = {"age_band": cs.Ordered("under 30", "over 30"), "licence": cs.Categories("state", "private")}

RULES = [
    "light",
    "standard",
    cs.Disclosure(minimum=10, group=12, most=0.9),
    cs.Disclosure(minimum=2, group=4, spread=2, reason="A census of a public register."),
    {"rule": "strict", "key": ["age-band"], "public": {"licence": "The register lists it."}},
]


@pytest.mark.parametrize("rule", RULES)
def test_a_rule_is_written_and_read_again(rule, tmp_path):
    book = cs.Codebook(VARIABLES, disclosure=rule)
    (tmp_path / "book.toml").write_text(book.to_toml(), encoding="utf-8")
    again = load_codebook(tmp_path / "book.toml")
    assert again == book
    assert again.disclosure == book.disclosure


def test_variables_are_named_as_declared():
    rule = cs.Codebook(VARIABLES, disclosure=RULES[-1]).disclosure
    assert (rule.minimum, rule.key, dict(rule.public)) == (10, ("age_band",), {"licence": "The register lists it."})
    assert "licence: The register lists it." in rule.text


@pytest.mark.parametrize(
    ("rule", "says"),
    [
        ("laxest", "standard"),
        ({"rule": "laxest"}, "standard"),
        ({"least": 3}, "minimum"),
        ({"minimum": "five"}, "whole number"),
        ({"minimum": 2, "group": 4, "spread": 2}, "say why"),
        ({"reason": 5}, "reason"),
        ({"most": "all"}, "most"),
        ({"key": ["shoe size"]}, "age_band"),
        ({"key": "age_band"}, "list of texts"),
        ({"public": ["licence"]}, "reason of each"),
        ({"public": {"licence": " "}}, "reason of each"),
        ({"public": {"shoe size": "seen"}}, "age_band"),
        (5, "disclosure"),
    ],
)
def test_a_wrong_rule_is_refused_here_and_in_a_file(rule, says, tmp_path):
    with pytest.raises(cs.CseaStatsError, match=says):
        cs.Codebook(VARIABLES, disclosure=rule)
    if isinstance(rule, dict):
        lines = ["[disclosure]", *toml_lines(rule)]
        (tmp_path / "book.toml").write_text(cs.Codebook(VARIABLES).to_toml() + "\n".join(lines), encoding="utf-8")
        with pytest.raises(SurveyFileError, match=says):
            load_codebook(tmp_path / "book.toml")


def people(licence=("state",) * 48 + ("private",) * 2):
    ages = ["under 30", "over 30"] * 25
    return pd.DataFrame({"age_band": ages, "licence": licence})


def told(survey, name):
    (question,) = (one for one in survey.question if one.id == name)
    return [cell.count for cell in question.cells if cell.among is None]


@pytest.mark.parametrize("public", [{}, {"licence": "The register lists it."}])
def test_what_is_no_secret_is_told_as_it_is(public):
    book = cs.Codebook(VARIABLES, respondent=None, groups=("age_band",), disclosure={"public": public})
    survey = cs.release(cs.read_respondents(people(), book))
    assert told(survey, "licence") == ([48, 2] if public else [None, None])


def test_an_answer_that_some_lack_is_a_secret():
    licence = ("state",) * 46 + ("private",) * 2 + (None,) * 2
    book = cs.Codebook(VARIABLES, respondent=None, disclosure={"public": {"licence": "The register lists it."}})
    assert None in told(cs.release(cs.read_respondents(people(licence), book)), "licence")


@pytest.mark.few(1)
@pytest.mark.parametrize(("asked", "minimum"), [(None, 3), ("strict", 10), ("none", None)])
def test_the_rule_of_a_codebook_is_that_of_its_report(asked, minimum, tmp_path):
    data = cs.read_respondents(people(), cs.Codebook(VARIABLES, respondent=None, disclosure="light"))
    cs.write_report(data, tmp_path, release=asked)
    rule = cs.load_survey(tmp_path / "survey.toml").sample.release
    assert (rule is None) if minimum is None else f"fewer than {minimum} people are told" in rule
