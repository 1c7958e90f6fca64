"""Checklists: every list has its items, what is known is filled in, and nothing else is."""

import tomllib
from collections import Counter
from pathlib import Path

import pytest

import csea_stats as cs
from csea_stats.report import checklists

NAME = "bosnia-herzegovina-2021"
LISTS = tomllib.loads(Path(checklists.__file__).with_suffix(".toml").read_text(encoding="utf-8"))
ITEMS = {"barg": 30, "cross": 40, "aapor": 11, "strobe": 32, "cherries": 30, "robust": 7}


@pytest.fixture(scope="module")
def survey():
    return cs.load_survey(NAME)


@pytest.fixture(scope="module")
def answers(survey):
    return cs.synthesise(survey, seed=1)


def states(items):
    return {item.id: item.state for item in items}


@pytest.mark.parametrize("name", LISTS)
def test_every_list_has_its_items_once_and_of_bare_counts_no_source_is_told(name):
    items = cs.checklist(name, cs.Estimates((cs.proportion(35, 49),)))
    assert len(items) == len({item.id for item in items}) == ITEMS[name]
    fields = {field for item in items for field in item.field.split(", ") if field}
    assert fields <= {"methods_text()", "provenance.versions", "provenance.call", "verdict", "sensitivity", "caveats"}
    told = str(items) + str(items.table())
    assert "margin of error" not in told
    assert "significant" not in told
    assert items.open == tuple(item for item in items if item.state == "asked")
    assert "\n" not in repr(items)
    assert "<table" in items._repr_html_()


def test_barg_has_its_parts():
    assert Counter(item["id"][0] for item in LISTS["barg"]["items"]) == dict(
        zip("p123456", (2, 5, 4, 3, 5, 5, 6), strict=True)
    )


@pytest.mark.slow
def test_print_fills_what_its_file_says(survey):
    items = {item.id: item for item in cs.checklist("aapor", survey)}
    assert items["5"].text.startswith(survey.source.recruitment)
    assert items["5"].text.endswith("Not a probability sample.")
    assert items["1"].field == "source.mode"
    assert [name for name, item in items.items() if item.state == "asked"] == ["2", "3", "7", "8", "9", "10"]
    cross = states(cs.checklist("cross", cs.audit(survey)))
    assert (cross["6b"], cross["9a"], cross["10e"], cross["11c"]) == ("filled", "asked", "does not apply", "asked")
    of_estimates = cs.checklist("aapor", cs.estimate(survey)[:3])
    assert [item.id for item in of_estimates.open] == ["2", "3", "7", "9", "10"]


def test_answers_tell_their_funnel_and_nothing_that_the_codebook_does_not():
    book = cs.Codebook({"rating": cs.Ordered("poor", "good"), "adult": cs.Categories("no", "yes")}, respondent=None,
                       eligible={"adult": "yes"})  # fmt: skip
    import pandas as pd

    frame = pd.DataFrame({"rating": ["poor", "good", "", "poor"], "adult": ["yes", "yes", "yes", "no"]})
    items = {item.id: item for item in cs.checklist("cross", cs.read_respondents(frame, book))}
    assert items["11a"].text.startswith("4 rows, of which 3 count as respondents")
    assert "adult has to be 'yes'" in items["6a"].text
    assert "rating 1" in items["10c"].text
    assert items["10f"].state == "filled"
    assert items["7a"].state == items["6b"].state == "asked"
    assert items["7a"].text == items["6b"].text == ""


@pytest.mark.slow
def test_a_bayesian_fit_tells_priors_and_checks_and_a_frequentist_one_has_none(answers):
    items = cs.checklist("barg", fit := cs.fit("awareness ~ organisation", answers))
    told = {item.id: item for item in items}
    assert all(
        stated.prior in told["1C"].text for stated in (fit.model.priors.coefficients, fit.model.priors.thresholds)
    )
    assert told["2B"].state == told["3C"].state == told["5B"].state == "does not apply"
    assert "effective sample size" in told["2C"].text
    assert "pareto k" in told["2D"].text
    assert told["3A"].text == fit.check().sentence
    assert [item.id for item in items.open] == ["preamble-A", "1E", "4A", "4B", "6B", "6C", "6D", "6E", "6F"]
    assert items.note.startswith("SYNTHETIC")
    assert "SYNTHETIC" in items.table().to_text()
    other = states(cs.checklist("robust", cs.fit("awareness ~ organisation", answers, method="frequentist")))
    assert [other[key] for key in "1234"] == [*["does not apply"] * 3, "filled"]


def test_what_the_author_writes_stands_behind_what_is_known(survey, tmp_path):
    path = tmp_path / "checklist.toml"
    path.write_text('2 = "Paid by nobody."\n9 = "None."\n', encoding="utf-8")
    items = {item.id: item for item in cs.checklist("aapor", survey, answers=path)}
    assert items["2"].text.startswith("Published by")
    assert items["2"].text.endswith("Paid by nobody.")
    assert (items["9"].state, items["9"].text, items["9"].field) == ("filled", "None.", "answers")
    saved = cs.checklist("aapor", survey, answers=path).save(tmp_path / "list.md")
    assert "Paid by nobody." in saved.read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("content", "told"),
    [
        (b'12 = "x"', "there is no item '12'; there is: '1', '2'"),
        (b"2 = 3", "found 3; allowed is a text that is not empty"),
        (b'2 = " "', "allowed is a text that is not empty"),
        (b'2 = "\\u001b[31m"', "control sign U\\+001B"),
        (b"2 = ", "this is no TOML"),
        (b"2 = '\xff'", "no UTF-8"),
        (b"a." * 40 + b"a = 1", "deeper"),
        (b"[2]\nb = 'x'", "allowed is a text"),
    ],
)
def test_a_wrong_file_of_answers_is_refused(survey, tmp_path, content, told):
    path = tmp_path / "checklist.toml"
    path.write_bytes(content)
    with pytest.raises(cs.CseaStatsError, match=told):
        cs.checklist("aapor", survey, answers=path)


def test_other_lists_and_other_things_are_refused(survey, tmp_path):
    with pytest.raises(cs.CseaStatsError, match="checklist: found 'consort'; allowed is one of barg, cross"):
        cs.checklist("consort", survey)
    with pytest.raises(cs.CseaStatsError, match="x: found 3; allowed is Estimates"):
        cs.checklist("barg", 3)
    with pytest.raises(cs.CseaStatsError, match="there is no such file"):
        cs.checklist("barg", survey, answers=tmp_path / "none.toml")
