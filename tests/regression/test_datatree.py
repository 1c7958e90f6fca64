"""A fit as ArviZ takes it."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

import csea_stats as cs
from csea_stats.errors import InputError


@pytest.mark.slow
def test_arviz_works_on_it(fitted):
    import arviz as az

    tree = fitted.to_datatree()
    assert {"posterior", "prior", "log_likelihood", "log_prior", "posterior_predictive", "observed_data"} <= set(
        tree.children
    )
    table = az.summary(tree, round_to="none")
    assert table.loc["experience", "mean"] == pytest.approx(fitted.draws["experience"].mean())
    assert az.loo(tree).elpd < 0
    sensitive = az.psense_summary(tree, round_to=6)
    for one in fitted.prior_sensitivity().power:
        assert sensitive.loc[one.item, "prior"] == pytest.approx(one.prior, abs=2e-3)
        assert sensitive.loc[one.item, "likelihood"] == pytest.approx(one.likelihood, abs=2e-3)


@pytest.mark.slow
def test_what_the_model_predicts_has_the_observed_margin(fitted):
    tree, model = fitted.to_datatree(), fitted.pymc_model()
    assert "experience" in model.named_vars
    observed = tree["observed_data"]["answers"].to_numpy()
    assert len(observed) == 47
    predicted = tree["posterior_predictive"]["answers"].to_numpy()
    shares = [(predicted == answer).mean() for answer in range(5)]
    counted = np.bincount(observed, minlength=5) / 47
    assert np.allclose(shares, counted, atol=0.06)  # the model reproduces the margin


@pytest.mark.slow
def test_a_frequentist_fit_has_no_draws(profiled):
    with pytest.raises(InputError, match="bayes"):
        profiled.to_datatree()
    assert profiled.draws == {}
    with pytest.raises(InputError, match="no prior"):
        profiled.prior_sensitivity()


@pytest.mark.slow
def test_both_engines_agree(data, fitted):
    other = cs.fit("awareness-by-age-and-experience", data, engine="nuts")
    for one, two in zip(fitted.coefficients(), other.coefficients(), strict=True):
        spread = one.interval.upper - one.interval.lower
        assert two.interval.lower == pytest.approx(one.interval.lower, abs=0.08 * spread)
        assert two.interval.upper == pytest.approx(one.interval.upper, abs=0.08 * spread)


@pytest.fixture(scope="module")
def team_book():
    return cs.Codebook(
        {
            "rating": cs.Ordered("poor", "fair", "good", off_scale=("don't know",)),
            "aware": cs.Categories("no", "yes"),
            "years": cs.Number(unit="years", minimum=0, maximum=60),
            "team": cs.Categories(*"abcdef"),
            "needs": cs.Multiple(items=("time", "money", "training"), separator="; ", chosen=2),
        },
        cluster="team",
        eligible={"years": (1, None)},
    )


@pytest.fixture(scope="module")
def teams(team_book):
    """Forty who answered a little incompletely; the first is not eligible."""
    rng = np.random.default_rng(8)
    people = 41
    table = pd.DataFrame(
        {
            "id": [f"p{place:02d}" for place in range(people)],
            "rating": rng.choice(["poor", "fair", "good"], people),
            "aware": rng.choice(["no", "yes"], people),
            "years": rng.integers(1, 20, people).astype(float),
            "team": rng.choice(list("abcdef"), people),
            "needs": ["; ".join(rng.choice(["time", "money", "training"], 2, replace=False)) for _ in range(people)],
        }
    )
    table.loc[0, "years"] = 0
    table.loc[5, "aware"] = None
    table.loc[9, "rating"] = "don't know"
    table.loc[12, "needs"] = None
    return cs.read_respondents(table, team_book)


def _probability(fit, setting):
    """P(answer) of a person at the first draw, from the definition."""
    draws = {name: values[0] for name, values in fit.draws.items()}
    eta = draws["aware[yes]"] * (setting - fit.design.variables[0].means[0])
    low = 1 / (1 + np.exp(-(draws["thresholds"] - eta)))
    return np.diff(np.concatenate([[0.0], low, [1.0]]))


def test_every_value_stands_with_its_respondent(teams, tmp_path):
    fit = cs.fit("rating ~ aware", teams)
    frame = teams.to_frame()
    left = frame.index[(frame.rating == "don't know") | frame.aware.isna()]
    kept = [place for place in range(40) if place not in set(left)]
    assert len(kept) == 38
    for one, ids in ((fit, True), (cs.load_fit(fit.save(tmp_path / "fit")), False)):
        tree = one.to_datatree()
        for group in ("log_likelihood", "observed_data", "posterior_predictive", "prior_predictive"):
            found = tree[group]["answers"]
            assert found.coords["row"].to_numpy().tolist() == kept
            assert ("respondent" in found.coords) is ids  # a saved fit is passed on: it holds no ids
            if ids:
                assert found.coords["respondent"].to_numpy().tolist() == [teams.ids[place] for place in kept]
        observed = tree["observed_data"]["answers"].to_numpy()
        assert [("poor", "fair", "good")[code] for code in observed] == frame.rating[kept].tolist()
        logs = tree["log_likelihood"]["answers"].to_numpy()[0, 0]
        expected = [_probability(fit, float(frame.aware[place] == "yes")) for place in kept]
        assert np.allclose(np.exp(logs), [shares[code] for shares, code in zip(expected, observed, strict=True)])
        assert "in their order" in tree.attrs["rows"]
        assert tree.attrs["left_out"] == "1 rating: don't know; 1 aware: missing"


def test_models_that_left_out_others_have_other_rows(teams):
    one, two = (cs.fit(formula, teams).to_datatree() for formula in ("rating ~ aware", "rating ~ (1 | team)"))
    rows = [tree["log_likelihood"].coords["row"].to_numpy() for tree in (one, two)]
    assert set(rows[1]) - set(rows[0]) == {4}
    same = np.intersect1d(*rows)
    told = [tree["observed_data"]["answers"].sel(row=same).to_numpy() for tree in (one, two)]
    assert np.array_equal(*told)


@pytest.mark.slow_for("False")
@pytest.mark.parametrize("exactly", [False, True])
def test_several_answers_of_each_stand_with_respondent_and_item(teams, exactly):
    model = cs.Model.from_formula("needs ~ aware")
    if exactly:
        outcome = replace(model.outcome, chosen=2)
        more = replace(model.predictor[0], name="item", term="group", role="group")
        model = replace(
            model, outcome=outcome, family="conditional-bernoulli", predictor=(*model.predictor, more), id="exactly"
        )
    tree = cs.fit(model, teams).to_datatree()
    marks, items = teams.column("needs").marks, teams.column("needs").items
    for group in ("observed_data", "posterior_predictive", "prior_predictive"):
        found = tree[group]["answers"]
        rows, names = found.coords["row"].to_numpy(), found.coords["item"].to_numpy()
        assert found.coords["answer"].to_numpy()[:3].tolist() == ["0: time", "0: money", "0: training"]
        assert len(rows) == 3 * 38
        assert found.coords["respondent"].to_numpy().tolist() == [teams.ids[row] for row in rows]
    observed = tree["observed_data"]["answers"].to_numpy()
    expected = [marks[row, items.index(name)] for row, name in zip(rows, names, strict=True)]
    assert observed.tolist() == expected
    logs = tree["log_likelihood"]["answers"]
    assert logs.dims[-1] == ("row" if exactly else "answer")
    assert sorted(set(logs.coords["row"].to_numpy())) == sorted(set(rows))


def test_people_of_a_table_are_named_by_their_cell(teams):
    tree = cs.fit("rating ~ aware", cs.tabulate(teams, "rating", by="aware")).to_datatree()
    rows = tree["observed_data"].coords["row"].to_numpy()
    assert rows[0] == "no: poor #1"
    assert len(set(rows)) == len(rows) == 38
    observed = tree["observed_data"]["answers"].to_numpy()
    assert all(f": {('poor', 'fair', 'good')[code]} #" in row for row, code in zip(rows, observed, strict=True))
    assert "no single respondent" in tree.attrs["rows"]


@pytest.mark.slow
def test_arviz_compares_the_same_people(teams):
    import arviz as az

    trees = {formula: cs.fit(formula, teams).to_datatree() for formula in ("rating ~ years", "rating ~ (1 | team)")}
    by_person = {name: az.loo(tree, pointwise=True).elpd_i for name, tree in trees.items()}
    gap = by_person["rating ~ years"] - by_person["rating ~ (1 | team)"]  # paired by row
    table = az.compare(trees, round_to="none")
    worse = table.loc[table["rank"] == 1]
    assert abs(float(gap.sum())) == pytest.approx(abs(worse["elpd_diff"].iloc[0]), rel=1e-6)
    assert float(worse["dse"].iloc[0]) == pytest.approx(np.sqrt(gap.size) * float(gap.std()), rel=1e-6)


def _codes(estimates):
    return [{doubt.code for doubt in one.caveats} for one in estimates]


@pytest.mark.slow
def test_what_a_tabulation_doubts_a_fit_doubts_too(teams, tmp_path):
    told = {code for code, _ in cs.tabulate(teams, "rating").doubts}
    assert told == {"excluded", "clustered"}
    fit = cs.fit("rating ~ aware", teams)
    assert all(told <= codes for codes in _codes((*fit.effects(), *fit.coefficients(), *fit.predictions())))
    assert cs.load_fit(fit.save(tmp_path / "fit")).caveats == fit.caveats
    several = cs.fit("needs ~ aware", teams)
    assert told | {"choices-compete"} <= {doubt.code for doubt in several.caveats}
    table = cs.fit("rating ~ aware", cs.tabulate(teams, "rating", by="aware"))
    assert told <= {doubt.code for doubt in table.caveats}


def test_a_group_effect_of_the_clusters_allows_for_them(teams):
    codes = {doubt.code for doubt in cs.fit("rating ~ aware + (1 | team)", teams).caveats}
    assert "excluded" in codes
    assert "clustered" not in codes


def test_few_and_unanswered_are_told(teams):
    few = cs.fit("rating ~ years", teams.taken(np.arange(12)))
    assert "Only 11 people" in " ".join(doubt.text for doubt in few.caveats)
    asked = replace(cs.Model.from_formula("both ~ (1 | item) + (1 | respondent)"), id="both")
    asked = replace(asked, outcome=replace(asked.outcome, questions=("aware", "knows")))
    table = pd.DataFrame({"aware": ["yes", "no", None, "yes", None] * 5, "knows": ["no", "?", "yes", "no", None] * 5})
    book = cs.Codebook(
        {"aware": cs.Categories("no", "yes"), "knows": cs.Categories("no", "yes", off_scale=("?",))}, respondent=None
    )
    fit = cs.fit(asked, cs.read_respondents(table, book))
    texts = [doubt.text for doubt in fit.caveats]
    assert "5 of 25 respondents are not in the model: 5 missing (both)." in texts
    assert "30 of 40 answers of these respondents are in the model; not: missing 5, ? 5." in texts


@pytest.mark.slow
def test_made_up_answers_are_stamped_on_all_that_a_fit_hands_out(tmp_path):
    data = cs.synthesise(cs.load_survey("bosnia-herzegovina-2021"), seed=1)
    fit = cs.fit("awareness ~ age", data)
    found = fit.prior_sensitivity()
    for text in (fit.summary(), fit.methods_text(), str(found), repr(fit)):
        assert "SYNTHETIC" in text
    for text in (fit.summary(), fit.methods_text(), str(found)):
        assert text.startswith(fit.stamp)
    assert found.to_frame()["synthetic"].all()
    assert all(one.synthetic for one in fit.influence())
    everything = (*fit.effects(), *fit.coefficients(), *fit.thresholds(), *fit.predictions(), *fit.tipping_points())
    assert all("synthetic" in codes for codes in _codes((*everything, *(e for _, part in found.strip for e in part))))
    tree = fit.to_datatree()
    assert all(group.attrs["stamp"] == fit.stamp for group in (tree, *tree.children.values()))
    assert cs.load_fit(fit.save(tmp_path / "fit")).stamp == fit.stamp


@pytest.mark.slow
@pytest.mark.parametrize("formula", ["awareness ~ organisation", "awareness ~ (1 | organisation)"])
def test_a_model_in_pymc_is_stamped(formula):
    data = cs.synthesise(cs.load_survey("bosnia-herzegovina-2021"), seed=1)
    fit = cs.fit(formula, data)
    model = fit.pymc_model()
    assert "SYNTHETIC" in model.named_vars
    assert model.coords["stamp"] == (fit.stamp,)
