"""A fit as ArviZ takes it."""

import numpy as np
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
    observed = tree["observed_data"]["answers"].values
    assert len(observed) == 47
    predicted = tree["posterior_predictive"]["answers"].values
    shares = [(predicted == answer).mean() for answer in range(5)]
    counted = np.bincount(observed, minlength=5) / 47
    assert np.allclose(shares, counted, atol=0.06)  # the model reproduces the margin


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
