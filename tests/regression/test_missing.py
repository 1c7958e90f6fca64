"""Tables of counts with a frequency column, weights, and what stands in for answers that are missing."""

import numpy as np
import pandas as pd
import pytest

import csea_stats as cs
from csea_stats.errors import InputError, UnknownName


@pytest.fixture(scope="module")
def frame():
    rng = np.random.default_rng(8)
    n = 60
    org = rng.choice(["gov", "NGO", "other"], n)
    answers = ["poor", "fair", "good"]
    scale = np.searchsorted([-0.5, 1.0], rng.logistic(size=n) + (org == "NGO"))
    return pd.DataFrame(
        {
            "rating": pd.Categorical.from_codes(scale, answers, ordered=True),
            "org": pd.Categorical(org, categories=["gov", "NGO", "other"]),
            "age": pd.Categorical(rng.choice(["young", "mid", "old"], n), ["young", "mid", "old"], ordered=True),
            "years": rng.integers(1, 6, n) * 5.0,
        }
    )


@pytest.fixture(scope="module")
def gaps(frame):
    rng = np.random.default_rng(9)
    return frame.assign(org=frame.org.where(rng.random(60) > 0.2), age=frame.age.where(rng.random(60) > 0.1))


@pytest.mark.slow
def test_a_frequency_column_counts_people(frame):
    table = frame.groupby(["rating", "org"], observed=False).size().rename("n").reset_index()
    whole, counted = cs.fit("rating ~ org", frame), cs.fit("rating ~ org", table, frequency="n")
    assert counted.design.people == 60
    assert counted.effects().to_frame().value.tolist() == whole.effects().to_frame().value.tolist()
    assert counted.design.rows is None
    assert counted.provenance.call == "csea_stats.fit('rating ~ org', data, frequency='n')"


def test_frequencies_are_whole_numbers_of_a_frame(frame):
    for wrong in ([0.5] * 60, [-1] * 60, [np.nan] * 60, ["1"] * 60):
        with pytest.raises(InputError, match="whole numbers"):
            cs.fit("rating ~ org", frame.assign(n=wrong), frequency="n")
    with pytest.raises(UnknownName, match="frequencies"):
        cs.fit("rating ~ org", frame, frequency="frequencies")
    read = cs.read_respondents(frame, cs.Codebook.from_frame(frame))
    with pytest.raises(UnknownName, match="'n'"):
        cs.fit("rating ~ org", read, frequency="n")
    with pytest.raises(InputError, match="whole numbers"):
        cs.fit("rating ~ org", read, frequency="org")
    with pytest.raises(InputError, match="a frame, or respondents"):
        cs.fit("rating ~ org", cs.tabulate(read, "rating", by="org"), frequency="n")


def test_weights_are_declined_with_what_to_do(frame):
    with pytest.raises(InputError, match="frequency='w'"):
        cs.fit("rating ~ org", frame.assign(w=1.0), weights="w")


@pytest.mark.slow
def test_without_an_answer_is_a_level(gaps):
    complete, level = cs.fit("rating ~ org", gaps), cs.fit("rating ~ org", gaps, missing="level")
    lacking = int(gaps.org.isna().sum())
    assert complete.design.left_out == (("org: missing", lacking),)
    assert "incomplete" in [doubt.code for doubt in complete.caveats]
    assert (level.design.people, level.design.left_out) == (60, ())
    assert [one.item for one in level.coefficients()] == ["org[NGO]", "org[other]", "org[missing]"]
    assert "missing-level" in [doubt.code for doubt in level.caveats]
    by_hand = gaps.assign(org=gaps.org.cat.add_categories("missing").fillna("missing"))
    same = cs.fit("rating ~ org", by_hand).effects()
    assert level.effects().to_frame().value.tolist() == same.to_frame().value.tolist()


def test_what_cannot_have_a_level_is_named(gaps):
    with pytest.raises(InputError, match="an order, mo\\(age\\)"):
        cs.fit("rating ~ mo(age)", gaps, missing="level")
    with pytest.raises(InputError, match="a number"):
        cs.fit("rating ~ years", gaps.assign(years=gaps.years.where(gaps.years > 5)), missing="level")
    assert cs.fit("rating ~ cat(age)", gaps, missing="level").design.people == 60
    with pytest.raises(InputError, match="missing: found 'mean'"):
        cs.fit("rating ~ org", gaps, missing="mean")


# ---------------------------------------------------------------- multiple imputation


@pytest.mark.slow
def test_where_nothing_lacks_imputation_changes_nothing(frame):
    whole, imputed = cs.fit("rating ~ org", frame), cs.fit("rating ~ org", frame, missing="impute", imputations=3)
    assert imputed.design.people == 60
    assert np.array_equal(imputed.design.tables[0], whole.design.tables[0])
    for one, other in zip(imputed.effects(), whole.effects(), strict=True):
        width = one.interval.upper - one.interval.lower
        assert one.value == pytest.approx(other.value, abs=0.03 * width)
        assert one.interval.lower == pytest.approx(other.interval.lower, abs=0.04 * width)
        assert one.companion.lower == pytest.approx(other.companion.lower, abs=1e-9)


@pytest.fixture(scope="module")
def imputed(gaps):
    return cs.fit("rating ~ org + cat(age)", gaps, missing="impute", imputations=5)


@pytest.mark.slow
def test_everybody_who_gave_the_outcome_is_in_and_what_was_done_is_told(imputed, gaps):
    assert imputed.design.people == 60
    doubt = next(one for one in imputed.caveats if one.code == "imputed")
    assert f"org of {int(gaps.org.isna().sum())}, age of {int(gaps.age.isna().sum())}" in doubt.text
    assert "5 times" in doubt.text
    assert imputed.provenance.call.endswith("missing='impute', imputations=5)")
    effect = imputed.effects("org")[0]
    assert effect.companion.kind == "confidence"
    assert len(effect.sensitivity) == 3
    assert imputed.check().counts
    known = np.array([table.sum(axis=0) for table in imputed.design.imputed])
    assert np.array_equal(known, np.tile(known[0], (5, 1)))  # the outcome is nobody's to impute


def test_draws_are_those_of_the_completed_sets(imputed):
    design = imputed.design
    assert np.mean(design.imputed, axis=0) == pytest.approx(design.tables[0])
    each = imputed.draws["org[NGO]"].reshape(5, -1)
    spread = each.mean(axis=1).std()
    assert imputed.draws["org[NGO]"].std() == pytest.approx(np.sqrt(each.var(axis=1).mean() + spread**2))
    assert spread > 0


@pytest.mark.slow
def test_the_same_seed_imputes_the_same_and_a_fit_comes_back(imputed, gaps, tmp_path):
    again = cs.fit("rating ~ org + cat(age)", gaps, missing="impute", imputations=5)
    assert again.effects().to_json() == imputed.effects().to_json()
    assert cs.load_fit(imputed.save(tmp_path / "fit")).effects().to_json() == imputed.effects().to_json()


def test_what_goes_with_known_answers_alone_is_refused(imputed, gaps):
    for ask in (imputed.influence, imputed.to_datatree, imputed.pymc_model):
        with pytest.raises(InputError, match="imputed answers"):
            ask()
    with pytest.raises(InputError, match="imputations: found 1"):
        cs.fit("rating ~ org", gaps, missing="impute", imputations=1)
    with pytest.raises(InputError, match="method='bayes'"):
        cs.fit("rating ~ org", gaps, missing="impute", method="frequentist")
    with pytest.raises(InputError, match="group effects"):
        cs.fit("rating ~ org + (1 | age)", gaps, missing="impute")


def test_imputed_answers_follow_from_the_others():
    rng = np.random.default_rng(3)
    first = rng.integers(0, 3, 200)
    labels = np.array(["a", "b", "c"])
    second, number = pd.Categorical(labels[first]), first * 10.0 + rng.normal(size=200)
    lacking = rng.random(200) < 0.3
    frame = pd.DataFrame(
        {
            "said": pd.Categorical(rng.choice(["no", "yes"], 200), categories=["no", "yes"]),
            "kind": pd.Series(second).where(~lacking).astype("category"),
            "amount": pd.Series(number).round(1).where(rng.random(200) > 0.3),
        }
    )
    fit = cs.fit("said ~ kind + per(amount, 10)", frame, missing="impute", imputations=2)
    kinds, amounts = fit.design.patterns.T
    weights = fit.design.weights
    far = np.abs(amounts - 10 * kinds) > 5
    assert weights[far].sum() < 0.1  # both lack 9 of 100; a blind guess would be wrong for a third of all gaps


@pytest.mark.slow
def test_intervals_of_imputed_answers_hold_the_truth():
    """40% lack a predictor, the more often the higher the outcome: 150 sets, a log odds ratio of 1."""
    rng = np.random.default_rng(10)
    held, sets = 0, 150
    for _ in range(sets):
        x = rng.integers(0, 2, 120)
        y = rng.random(120) < 1 / (1 + np.exp(-(x - 0.5)))
        lacking = rng.random(120) < np.where(y, 0.55, 0.25)
        frame = pd.DataFrame(
            {
                "y": pd.Categorical(np.where(y, "yes", "no"), categories=["no", "yes"]),
                "x": pd.Series(pd.Categorical(np.where(x, "b", "a"))).where(~lacking),
            }
        )
        fit = cs.fit("y ~ x", frame, missing="impute", imputations=10, seed=int(rng.integers(1000)))
        low, high = np.quantile(fit.draws["x[b]"], [0.025, 0.975])
        held += low < 1 < high
    assert held >= 0.95 * sets - 3 * np.sqrt(0.95 * 0.05 * sets)
