"""Several surveys as the groups of a model: tables as rows, quadrature, readings of print, a new survey."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from scipy import special, stats

import csea_stats as cs
from csea_stats.errors import InputError
from csea_stats.regression.cuts import at_cut
from csea_stats.regression.plots import kinds_of
from csea_stats.regression.predictive import pattern_shares
from csea_stats.regression.settings import OutcomeEvent, PredictorSetting

ANSWERS = ("poor", "fair", "good")
NAMES = ("a", "b", "c", "d", "e")
BOOK = cs.Codebook(
    {
        "rating": cs.Ordered(*ANSWERS),
        "team": cs.Categories("north", "south"),
        "aware": cs.Categories("no", "yes"),
        "survey": cs.Categories(*NAMES),
    }
)
MODEL = "rating ~ team + (1 | survey)"


@pytest.fixture(scope="module")
def people():
    rng = np.random.default_rng(4)
    sizes = [30, 24, 40, 28, 36]
    survey = np.repeat(NAMES, sizes)
    team = rng.choice(["north", "south"], len(survey))
    latent = 0.6 * (team == "south") + np.repeat(rng.normal(scale=0.7, size=5), sizes) + rng.logistic(size=len(survey))
    rating = np.array(ANSWERS)[(latent[:, None] > [-0.5, 1.0]).sum(axis=1)]
    return pd.DataFrame({"rating": rating, "team": team, "survey": survey, "aware": np.where(latent > 0, "yes", "no")})


def tables_of(people, outcome="rating", by="team"):
    parts = {name: cs.read_respondents(part, BOOK) for name, part in people.groupby("survey")}
    return {name: cs.tabulate(part, outcome, by=by) for name, part in parts.items()}


@pytest.fixture(scope="module")
def fitted(people):
    return cs.fit(MODEL, tables_of(people))


@pytest.mark.slow
@pytest.mark.parametrize("formula", ["rating ~ free(team) + (1 | survey)", "rating ~ free(team) + (1 + team | survey)"])
def test_an_odds_ratio_at_each_cut_is_told_of_tables_as_of_rows(people, formula):
    tables, rows = cs.fit(formula, tables_of(people)), cs.fit(formula, cs.read_respondents(people, BOOK))
    for one, two in zip(tables.coefficients(), rows.coefficients(), strict=True):
        assert (one.item, one.value) == (two.item, pytest.approx(two.value, abs=1e-9))
    assert "later than poor" in tables.coefficients()[0].item


@pytest.mark.slow
def test_tables_tell_what_their_rows_tell(people, fitted):
    rows = cs.fit(MODEL, cs.read_respondents(people, BOOK))
    assert all(np.array_equal(fitted.draws[name], values) for name, values in rows.draws.items())
    for one, two in zip(fitted.predictions(by="team"), rows.predictions(by="team"), strict=True):
        assert (one.base, one.value) == (two.base, pytest.approx(two.value, abs=1e-12))
        assert one.interval.lower == pytest.approx(two.interval.lower, abs=1e-12)
    told = [one.code for one in fitted.caveats]
    assert "surveys-pooled" in told
    assert "surveys-pooled" not in [one.code for one in rows.caveats]
    assert (
        fitted.check()
        .to_frame()[["predictor", "level", "observed"]]
        .equals(rows.check().to_frame()[["predictor", "level", "observed"]])
    )
    names = fitted.to_datatree()["log_likelihood"]["row"].to_numpy()
    assert len(set(names)) == len(people)
    assert names[0].startswith("a, north: ")


@pytest.mark.slow
def test_a_fit_of_surveys_is_saved_and_says_where_it_comes_from(people, fitted, tmp_path):
    again = cs.load_fit(fitted.save(tmp_path / "fit"))
    assert again.predictions()[0].interval == fitted.predictions()[0].interval
    tables = tables_of(people)
    other = {**tables, "f": tables["a"]}
    assert len(fitted.provenance.data_hash) == 64
    made_up = {**tables, "a": replace(tables["a"], synthetic=True)}
    assert not fitted.synthetic
    assert cs.prior_predictive(MODEL, made_up).synthetic
    with pytest.raises(InputError, match="'a' and 'f' are the same survey"):
        cs.fit(MODEL, other)


@pytest.mark.slow
def test_pooling_and_a_new_survey_by_quadrature(people):
    """Of two answers and no predictor: the posterior on a grid of level and spread, each survey's effect summed out."""
    tables = tables_of(people, "aware", None)
    fit = cs.fit("aware ~ (1 | survey)", tables)
    counts = np.array([one.tables[0].counts[0] for one in tables.values()], dtype=float)
    nodes, masses = np.polynomial.hermite_e.hermegauss(41)
    masses = masses / masses.sum()
    level, sd = np.meshgrid(np.linspace(-3, 4, 141), np.linspace(0.01, 4, 200), indexing="ij")
    log_post = 0.5 * special.log_expit(level) + 0.5 * special.log_expit(-level) + stats.halfnorm.logpdf(sd)
    share = special.expit(level[..., None] + sd[..., None] * nodes)
    each = [(share**yes * (1 - share) ** no) for no, yes in counts]
    log_post = log_post + sum(np.log(one @ masses) for one in each)
    weight = np.exp(log_post - log_post.max())
    weight /= weight.sum()
    for name, one in (("b", each[1]), ("new", None)):
        inner = masses if one is None else one * masses
        inner = inner / inner.sum(axis=-1, keepdims=True)
        expected = float((weight * (share * inner).sum(axis=-1)).sum())
        told = fit.predict({"survey": name}, "yes", new=1)[1]
        assert told.value == pytest.approx(expected, abs=0.012)  # four errors of 1,000 draws with a spread of .1
    codes = [one.code for one in fit.predict({"survey": "new"}, "yes")[0].caveats]
    assert "group-new" in codes
    rough = counts[:, 1] / counts.sum(axis=1)
    pooled = [fit.predict({"survey": name}, "yes")[0].value for name in NAMES]
    assert np.ptp(pooled) < np.ptp(rough)


@pytest.mark.slow
def test_every_combination_of_readings_is_fitted(people, fitted):
    tables = tables_of(people)
    first = tables["a"]
    (north, south) = first.tables[0].counts
    other = replace(first.tables[0], counts=((north[0] + 1, north[1] - 1, north[2]), south))
    open_ = {**tables, "a": replace(first, tables=(first.tables[0], other))}
    both = cs.fit(MODEL, open_)
    alone = cs.fit(MODEL, {**tables, "a": replace(first, tables=(other,))})
    assert len(both.readings) == 2
    spans = [fit.predictions()[0].interval for fit in (fitted, alone)]
    hull = both.predictions()[0].interval
    assert (hull.lower, hull.upper) == (min(one.lower for one in spans), max(one.upper for one in spans))
    counts = [int(((people["team"] == "north") & (people["rating"] == "poor")).sum()) + more for more in (0, 1)]
    assert [*both.check().counts[0].observed] == counts
    many = {
        name: replace(one, tables=tuple(replace(one.tables[0], counts=((k, 9, 9), (9, 9, 9))) for k in range(5, 10)))
        for name, one in tables.items()
    }
    with pytest.raises(InputError, match=r"3,125 combinations .*'a' 5, 'b' 5"):
        cs.fit(MODEL, many)


def test_what_is_refused(people):
    tables = tables_of(people)
    for model in ("rating ~ team", "rating ~ team + (1 | survey) + (1 | year)", "rating ~ team + (1 | year/survey)"):
        with pytest.raises(InputError, match=r"one group effect, which the surveys are: \+ \(1 \| survey\)"):
            cs.fit(model, tables)
    with pytest.raises(InputError, match="names of two surveys or more"):
        cs.fit(MODEL, {"a": tables["a"]})
    with pytest.raises(InputError, match="a column that says which"):
        cs.fit(MODEL, {"a": tables["a"], "b": cs.read_respondents(people, BOOK)})
    with pytest.raises(InputError, match=r"'a' has the answers .* 'b' 'fair', 'poor', 'good'"):
        cs.fit(MODEL, {**tables, "b": replace(tables["b"], labels=("fair", "poor", "good"))})
    shipped = cs.load_survey("bosnia-herzegovina-2021")
    with pytest.raises(InputError, match="two questions"):
        cs.fit("awareness ~ age + experience + (1 | survey)", {"a": shipped, "b": shipped})
    with pytest.raises(InputError, match="'a' and 'b' are the same survey"):
        cs.fit("awareness ~ cat(age) + (1 | survey)", {"a": shipped, "b": shipped})
    with pytest.raises(InputError, match="family 'adjacent': found group effects"):
        cs.fit(cs.Model.from_formula(MODEL, family="adjacent"), tables)


def test_the_cuts_of_a_model_with_groups_are_those_of_its_answers_cut_in_two(people, fitted):
    cut = tables_of(people.assign(aware=np.where(people["rating"] == "poor", "no", "yes")), "aware")
    alone, parted = cs.fit("aware ~ team + (1 | survey)", cut), at_cut(fitted, fitted.readings[0], 0)
    assert all(np.array_equal(parted.named[name], values) for name, values in alone.draws.items())
    likely, other = (
        cs.fit(f"{outcome} ~ team + (1 | survey)", tables, method="frequentist").readings[0].profiled
        for outcome, tables in (("rating", tables_of(people)), ("aware", cut))
    )
    found = at_cut(replace(fitted, method="frequentist"), replace(fitted.readings[0], sample=None, profiled=likely), 0)
    assert found.profiled.linear == pytest.approx(other.linear, abs=1e-6)


@pytest.mark.slow
def test_each_cut_is_told_beside_the_common_odds_ratio(people, fitted):
    found = {one.item: one for one in fitted.proportional_odds()}
    assert list(found) == ["team[south]: common", "team[south]: later than poor", "team[south]: later than fair"]
    cut = tables_of(people.assign(aware=np.where(people["rating"] == "poor", "no", "yes")), "aware")
    alone = cs.fit("aware ~ team + (1 | survey)", cut).coefficients()[0]
    assert found["team[south]: later than poor"].interval == alone.interval
    assert "proportional-odds" in kinds_of(fitted)


def test_an_estimate_averaged_over_groups_is_checked_in_groups_drawn_anew(people):
    likely = cs.fit(MODEL, tables_of(people), method="frequentist")
    reading, event = likely.readings[0], OutcomeEvent(low=0, high=0, words="poor")
    shares = pattern_shares(reading, np.random.default_rng(1), 40_000)[:, :, 0]
    for place in (0, 1):
        setting = PredictorSetting(place=0, values=(float(place),), weights=(1.0,))
        expected = reading.point_share(setting, event)(reading.profiled.thresholds[None], reading.profiled.linear[None])
        own = shares[:, reading.design.patterns[:, 0] == place]
        assert own.mean() == pytest.approx(expected[0], abs=4 * own.std() / np.sqrt(own.size))
    assert likely.check().counts


@pytest.mark.slow
def test_effects_and_companions_of_tables_are_those_of_rows(people, fitted):
    rows = cs.fit(MODEL, cs.read_respondents(people, BOOK))
    for one, two in zip(fitted.effects(), rows.effects(), strict=True):
        assert one.verdict == two.verdict
        assert one.companion.upper == pytest.approx(two.companion.upper, abs=1e-9)
