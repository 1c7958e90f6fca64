"""The page of a fit: numbers are those of the estimates, nothing is loaded, made-up answers are stamped."""

from __future__ import annotations

import html
import itertools
import re

import numpy as np
import pandas as pd
import pytest
from click.testing import CliRunner

import csea_stats as cs
from csea_stats.cli import main
from csea_stats.regression.effects import shared_predictions
from csea_stats.regression.predictive import expected
from csea_stats.regression.problem import each_once
from csea_stats.regression.settings import PredictorSetting
from csea_stats.report.fit_page import fit_html, fit_page
from csea_stats.report.fit_tables import _number_words, event_and_sides, targets_of
from csea_stats.results.caveats import caveat
from csea_stats.results.certificates import shipped_certificate
from csea_stats.results.numbers import percent_range, points_range, points_span
from tests.report.test_page import Outline

SCALE = ("none", "poor", "fair")


@pytest.fixture(scope="module")
def answers():
    rng = np.random.default_rng(5)
    table = pd.DataFrame(
        {
            "rating": np.array(SCALE)[rng.integers(0, 3, 60)],
            "years": rng.integers(0, 30, 60).astype(float),
            "kind": rng.choice(["<b>state & co</b>", "other"], 60),
            "works": ["yes"] * 57 + ["no"] * 3,
            "knows": rng.choice(["no", "yes"], 60),
        }
    )
    table.loc[4, "rating"] = None
    book = cs.Codebook(
        {
            "rating": cs.Ordered(*SCALE),
            "years": cs.Number(unit="years", minimum=0, maximum=60),
            "kind": cs.Categories("<b>state & co</b>", "other"),
            "works": cs.Categories("yes", "no"),
            "knows": cs.Categories("no", "yes"),
        },
        eligible={"works": "yes"},
    )
    return cs.read_respondents(table, book)


def made(kind, answers):
    if kind == "bayes":
        return cs.fit("rating ~ per(years, 5) + kind", answers, level=0.9)
    if kind == "frequentist":
        return cs.fit("rating ~ kind", answers, method="frequentist")
    if kind == "two answers":
        return cs.fit("knows ~ kind", answers)
    table = cs.tabulate(cs.load_survey("bosnia-herzegovina-2021"), "awareness", by="age")
    return cs.fit("awareness-by-age-from-print", table)


@pytest.fixture(
    scope="module",
    params=["bayes", "two answers", *(pytest.param(kind, marks=pytest.mark.slow) for kind in ("frequentist", "print"))],
)
def told(request, answers):
    fit = made(request.param, answers)
    return fit, fit_html(fit, None if request.param == "print" else answers.funnel)


def test_markup_is_closed_ids_are_unique_and_links_lead_somewhere(told):
    outline = Outline(told[1])
    assert outline.faults == outline.open == []
    ids = [attributes["id"] for _, attributes in outline.tags if "id" in attributes]
    assert len(ids) == len(set(ids))
    targets = [a["href"] for tag, a in outline.tags if tag in ("a", "use")]
    assert all(t.startswith("#") and t[1:] in ids for t in targets)
    levels = [int(tag[1]) for tag, _ in outline.tags if re.fullmatch("h[1-6]", tag)]
    assert levels[0] == 1
    assert levels.count(1) == 1
    assert all(after <= before + 1 for before, after in itertools.pairwise(levels))


def test_nothing_runs_nothing_is_loaded_and_markup_of_data_is_text(told):
    page = told[1]
    outline = Outline(page)
    assert {tag for tag, _ in outline.tags} & {"script", "link", "img", "iframe", "object", "form"} == set()
    assert not any(name.startswith("on") or name == "src" for _, attributes in outline.tags for name in attributes)
    css = page[page.index("<style>") : page.index("</style>")]
    assert "@import" not in css
    assert re.findall(r"url\(([^)]*)\)", css) == ["#hatch"]
    assert "<b>state" not in page


@pytest.mark.few(1)
def test_effects_of_every_target_are_those_of_the_fit(told):
    fit, page = told
    text = Outline(page).text
    for target in targets_of(fit)[1:]:
        for one in fit.effects(target=target):
            for interval in (one.interval, one.companion if target is targets_of(fit)[1] else None):
                if interval is not None:
                    assert points_range(interval.lower, interval.upper).removesuffix(" points") in text
            if one.verdict:
                assert one.verdict.word in text
            for doubt in one.caveats:
                assert doubt.text in text
            assert all(part in text for part in event_and_sides(fit, one))
    for one in fit.effects():
        assert " ".join(str(one).split()) in text
        for prior, interval in one.sensitivity:
            assert prior in text
            assert points_range(interval.lower, interval.upper).removesuffix(" points") in text


def test_predicted_shares_expectations_and_checks_are_told(told):
    fit, page = told
    text = Outline(page).text
    for variable in fit.design.variables:
        for one in shared_predictions(fit, variable.name):
            if one.interval:
                assert percent_range(one.interval.lower, one.interval.upper) in text
    found = expected(fit)
    for place, label in enumerate(found.labels):
        assert label.lower() in text.lower()
        assert percent_range(*found.span(place, fit.level)) in text
    assert all(one.text in text for one in each_once(fit.diagnostics))
    assert fit.provenance.call in text
    assert all(version in text for _, version in fit.provenance.versions)
    assert ("Single respondents" in text) == fit.bayes


@pytest.mark.slow
@pytest.mark.parametrize("method", ["frequentist", pytest.param("bayes", marks=pytest.mark.slow)])
def test_many_sentences_are_folded_and_all_there(method):
    from csea_stats.report.fit_page import MOST_SHOWN

    rng = np.random.default_rng(5)
    named = {"rating": rng.choice(SCALE, 60), "kind": rng.choice([*"abcde"], 60)}
    book = cs.Codebook({"rating": cs.Ordered(*SCALE), "kind": cs.Categories(*"abcde")})
    fit = cs.fit("rating ~ kind", cs.read_respondents(pd.DataFrame(named), book), method=method)
    said = [str(one) for one in fit.effects()]
    page = html.unescape(fit_html(fit))
    assert len(said) > MOST_SHOWN
    assert all(text in page for text in said)
    folded = page[page.index("<details") : page.index("</details>")]
    assert f"{len(said) - 2} more sentences" in folded
    assert [text in folded for text in said] == [False, False] + [True] * (len(said) - 2)


def test_who_answered_is_told_step_by_step(told):
    fit, page = told
    text = Outline(page).text
    if fit.design.outcome != "awareness":
        assert "Began – 60" not in text  # 60 began, 57 count; of these one rating is missing
        assert re.search(r"Count as respondents \W*(People )?57", text)
        assert "3 out: has to be 'yes' ('no' 3)" in text
    assert re.search(r"In the model (People )?" + ("48 or 49" if fit.design.outcome == "awareness" else r"5\d"), text)
    assert "SYNTHETIC" not in text


@pytest.mark.slow
def test_made_up_answers_are_stamped_everywhere():
    data = cs.synthesise(cs.load_survey("bosnia-herzegovina-2021"), seed=1)
    page = fit_html(cs.fit("girls-supported ~ age", data, method="frequentist"))
    outline = Outline(page)
    assert caveat("synthetic").text in outline.text
    assert page.index('class="stamp"') < page.index("<h1")
    captions = re.findall(r"<caption>(.*?)</caption>", page, re.DOTALL)
    assert captions
    assert all(caption.startswith("SYNTHETIC · ") for caption in captions)
    assert re.search(r"<title>SYNTHETIC · ", page)
    assert "SYNTHETIC, evidence of nothing" in outline.text[-300:]


@pytest.mark.slow
def test_the_same_fit_makes_the_same_page(answers):
    fit = made("two answers", answers)
    assert fit_html(fit) == fit_html(fit)


def test_counts_that_the_fit_expects_hold_those_observed_and_add_up(told):
    found = expected(told[0])
    for counts in (*found.fitted, *(() if found.prior is None else (found.prior,))):
        sums = counts.sum(axis=1)
        assert set(np.unique(sums)) <= {found.base, found.base + 1}  # print leaves one answer open
    assert found.outside(0.999) == ()
    assert (found.prior is None) == (not told[0].bayes)


@pytest.mark.slow
def test_expected_counts_have_the_moments_of_the_posterior(answers):
    """The mean count of an answer is n times its posterior mean share; draws kept apart, so within chance."""
    fit = made("bayes", answers)
    found = expected(fit, draws=8_000)
    for place, one in enumerate(fit.predictions()):
        reading = fit.readings[0]
        drawn = reading.share(PredictorSetting(place=-1), fit.single_answers()[place])
        mean = np.average(drawn, weights=reading.whole.weights)
        share = found.fitted[0][:, place] / found.base
        assert abs(share.mean() - mean) < 5 * np.sqrt(share.var() * (1 / 8_000 + 1 / 2_000))
        assert one.value == pytest.approx(reading.weigh(drawn).quantile(0.5))


@pytest.mark.few(1)
@pytest.mark.parametrize("formula", ["knows ~ kind + (1 | post)", "rating ~ kind + (1 | post)"])
def test_sets_of_answers_under_group_effects_hold_what_was_observed(formula):
    """Seven of eight say yes: turned round, the sets would lie at one of eight."""
    rng = np.random.default_rng(9)
    table = pd.DataFrame(
        {
            "knows": ["yes"] * 140 + ["no"] * 20,
            "rating": ["none"] * 120 + ["poor"] * 30 + ["fair"] * 10,
            "kind": rng.choice(["a", "b"], 160),
            "post": rng.choice(list("stuvwx"), 160),
        }
    )
    book = cs.Codebook(
        {
            "knows": cs.Categories("no", "yes"),
            "rating": cs.Ordered(*("none", "poor", "fair")),
            "kind": cs.Categories("a", "b"),
            "post": cs.Categories(*"stuvwx"),
        }
    )
    fit = cs.fit(formula, cs.read_respondents(table, book))
    found = expected(fit)
    assert found.outside(0.95) == ()
    assert found.prior is not None
    assert set(found.prior.sum(axis=1)) == set(found.fitted[0].sum(axis=1)) == {160}
    assert all(high - low < 0.3 for k in range(len(found.labels)) for low, high in [found.span(k, 0.95)])


@pytest.mark.slow
def test_the_command_takes_print_as_data():
    run = CliRunner().invoke(main, ["fit", "awareness-by-age-from-print", "bosnia-herzegovina-2021"])
    assert run.exit_code == 0, run.stderr
    assert "Print leaves 3 tables of counts possible" in run.output
    assert (run.output.count("pareto k: "), run.output.count("effective sample size: ")) == (1, 1)
    assert run.output.count("(The worst of 3 fits.)") == 2
    assert run.output.count("Allows for chance alone") == 1
    wrong = CliRunner().invoke(main, ["fit", "awareness ~ age + experience", "bosnia-herzegovina-2021"])
    assert wrong.exit_code == 2
    assert "2 predictors" in wrong.stderr


@pytest.mark.slow
def test_a_model_with_an_interaction_shows_effects_within_levels():
    rng = np.random.default_rng(2)
    table = pd.DataFrame(
        {
            "aware": pd.Categorical(rng.choice(["no", "yes"], 60)),
            "org": pd.Categorical(rng.choice(["state", "NGO"], 60), ["state", "NGO"]),
            "sex": pd.Categorical(rng.choice(["man", "woman"], 60)),
        }
    )
    fit = cs.fit("aware ~ org * sex", table, method="frequentist")
    (part,) = (one for one in fit_page(fit).sections if one.anchor == "within")
    told = fit.effects("org", within="sex")
    assert len(part.effects.rows) == len(told) == 3
    for row, one in zip(part.effects.rows, told, strict=True):
        assert row.people == points_span(one.interval.lower, one.interval.upper)
        assert row.judged.text.endswith(one.verdict.word)
    assert [row.sides for row in part.effects.rows] == [
        "from state to NGO, if all had sex man",
        "from state to NGO, if all had sex woman",
        "change of the effect: from state to NGO, if all had sex woman instead of man",
    ]
    plain = cs.fit("aware ~ org + sex", table, method="frequentist")
    assert "within" not in [one.anchor for one in fit_page(plain).sections]


def calibration(fit):
    (section,) = (one for one in fit_page(fit).sections if one.anchor == "methods")
    return [fact.text for fact in section.facts if fact.head == "Calibration"]


@pytest.mark.slow
def test_the_page_tells_how_often_the_fit_of_a_shipped_model_is_right(answers):
    shipped = made("print", answers)
    held = shipped_certificate(shipped.model.id, "laplace")
    (text,) = calibration(shipped)
    assert text.startswith(f"{held.replicates:,} sets of answers")
    for truth in ("no effect", "odds ratio 2.7 throughout"):
        rows = [row for row in held.situations if row.situation.startswith(truth)]
        least = f"{100 * min(row.coverage for row in rows):.1f}%"
        assert f"of {rows[0].replicates} sets of 49 made-up respondents with {truth} they held it in {least}" in text


@pytest.mark.slow
def test_of_another_fit_it_tells_how_to_find_out(answers):
    assert ["csea_stats.certify(model, data)" in text for text in calibration(made("two answers", answers))] == [True]
    assert calibration(made("frequentist", answers)) == []


def test_a_number_below_zero_has_a_minus_sign():
    assert _number_words("-0.5") == "−0.5"
    assert [_number_words(one) for one in ("0.5", "-", "a-b", "-x")] == ["0.5", "-", "a-b", "-x"]
