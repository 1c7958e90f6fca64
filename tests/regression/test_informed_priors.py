"""Priors of single coefficients: centres with a reason, told in every sentence; what the answers then change."""

import numpy as np
import pandas as pd
import pytest
from scipy.special import log_expit
from scipy.stats import norm

import csea_stats as cs
from csea_stats.errors import InputError, UnknownName
from csea_stats.regression.library import read_model

WHY = "Two surveys of the region found about that."


@pytest.fixture(scope="module")
def people():
    rng = np.random.default_rng(11)
    sex = rng.choice(["man", "woman"], 40)
    yes = rng.random(40) < np.where(sex == "woman", 0.6, 0.4)
    frame = pd.DataFrame({"yes": pd.Categorical(np.where(yes, "yes", "no"), ["no", "yes"])})
    frame["rating"] = pd.Categorical(rng.choice(["poor", "fair", "good"], 40), ["poor", "fair", "good"], ordered=True)
    frame["age"] = pd.Categorical(rng.choice(["young", "middle", "old"], 40), ["young", "middle", "old"], ordered=True)
    return frame.assign(sex=pd.Categorical(sex, ["man", "woman"]), years=rng.integers(0, 30, 40).astype(float))


def informed(formula, each, **more):
    return cs.Model.from_formula(formula).with_priors(each=each, reason=WHY, **more)


def test_the_posterior_is_that_of_a_grid(people):
    """Two unknowns, the density written again: a normal prior about 1 of the one slope."""
    found = cs.fit(informed("yes ~ sex", {"sex": "normal(1, 0.3)"}), people)
    woman, yes = (people["sex"] == "woman").to_numpy(float), (people["yes"] == "yes").to_numpy()
    level, slope = np.meshgrid(np.linspace(-3, 3, 301), np.linspace(-1, 3, 301), indexing="ij")
    log = 0.5 * (log_expit(level) + log_expit(-level)) + norm.logpdf(slope, 1, 0.3)
    for x in (0.0, 1.0):
        eta = level + slope * (x - woman.mean())
        log = log + (yes & (woman == x)).sum() * log_expit(eta) + (~yes & (woman == x)).sum() * log_expit(-eta)
    weights = np.exp(log - log.max())
    shares = np.cumsum(weights.sum(axis=0) / weights.sum())
    ends = np.interp([0.025, 0.5, 0.975], shares, slope[0])
    told = found.coefficients()[0]
    assert (told.interval.lower, told.value, told.interval.upper) == pytest.approx(ends, abs=0.012)


def test_without_information_it_is_the_prior(people):
    """A prior far narrower than what 40 people tell stays where it was put; its centre moves with the sign."""
    for centre in (-1.5, 2.0):
        found = cs.fit(informed("rating ~ sex + years", {"years": f"normal({centre}, 0.02)"}), people)
        drawn = found.draws["years"]
        assert (drawn.mean(), drawn.std()) == pytest.approx((centre, 0.02), abs=0.004)
        other = cs.fit("rating ~ sex + years", people).draws["sex[woman]"]
        assert found.draws["sex[woman]"].std() == pytest.approx(other.std(), rel=0.15)


@pytest.mark.parametrize("prior", ["logistic(0.7, 0.4)", "normal(0.7, 0.4)", "student-t(4, 0.7, 0.4)"])
def test_gradient(people, prior):
    from csea_stats.regression.engines.families import posterior_of
    from csea_stats.regression.fitting import design_of
    from csea_stats.regression.rows import frame_answers

    model = informed("rating ~ sex + mo(age)", {"mo(age)": prior, "sex[woman]": prior})
    posterior = posterior_of(design_of(model, frame_answers(model, people)[0]).problem())
    points = np.random.default_rng(1).normal(size=(posterior.layout.size, 2))
    steps = 1e-5 * np.eye(posterior.layout.size)
    rise = [
        (posterior.log_density(points + s[:, None]) - posterior.log_density(points - s[:, None])) / 2e-5 for s in steps
    ]
    assert posterior.gradient(points) == pytest.approx(np.array(rise), abs=1e-6)


def test_names(people):
    """Of a coefficient, of all of a predictor, the former first; of interactions and tilts, too."""
    each = {"age": "normal(0, 0.2)", "age[old]": "normal(1, 0.1)", "sex:years": "normal(0.5, 0.1)"}
    model = informed("rating ~ cat(age) + sex * years", each)
    found = cs.fit(model, people)
    priors = dict(zip(found.design.linear_items, found.design.problem().linear_priors, strict=True))
    assert (priors["age[middle]"].scale, priors["age[old]"].centre) == (0.2, 1.0)
    assert (priors["sex[woman]:years"].centre, priors["sex[woman]"].family) == (0.5, "logistic")
    free = cs.fit(informed("rating ~ free(sex)", {"sex[woman]: tilt 2": "normal(0, 0.01)"}), people)
    assert free.draws["sex[woman]: tilt 2"].std() < 0.02
    steps = cs.fit(informed("rating ~ mo(age)", {"age": "normal(1, 0.5)"}), people)
    assert steps.design.problem().monotonic_priors[0].centre == 1.0
    assert steps.design.freed.problem().linear_priors[0].centre == 0.0


def test_every_sentence_tells_it(people):
    found = cs.fit(informed("yes ~ sex + years", {"sex[woman]": "normal(1, 0.3)"}), people)
    effect = found.effects("sex")[0]
    text = next(one.text for one in effect.caveats if one.code == "prior-informed")
    assert (
        text
        == f"Assumes, before any answer is seen, that the log odds ratio of sex[woman] follows normal(1, 0.3): {WHY}"
    )
    assert "knowledge from elsewhere" in effect.sentence("in-text").text
    assert "prior of sex[woman]: normal(1, 0.3)" in found.summary()
    narrow = cs.fit(informed("yes ~ sex", {"sex[woman]": "normal(0, 0.3)"}), people).effects("sex")[0]
    assert "sex[woman] normal(0, 0.3)" in next(one.text for one in narrow.caveats if one.code == "prior-chosen")
    penalised = cs.fit(informed("yes ~ sex", {"sex": "normal(1, 0.3)"}), people, method="frequentist")
    assert "prior-informed" not in {one.code for one in penalised.effects("sex")[0].caveats}


def test_the_strip_is_without_it(people):
    """So that a verdict that the centre decides alone is told to be decided by the prior."""
    found = cs.fit(informed("yes ~ sex", {"sex[woman]": "normal(-3, 0.2)"}), people).effects("sex")[0]
    usual = cs.fit("yes ~ sex", people).effects("sex")[0]
    assert found.interval.upper < -0.3
    names = [name for name, _ in found.sensitivity]
    logistic = dict(found.sensitivity)[next(name for name in names if "logistic" in name)]
    assert (logistic.lower, logistic.upper) == pytest.approx((usual.interval.lower, usual.interval.upper), abs=1e-6)
    assert found.verdict.word == "not settled"
    assert "prior-decides" in {one.code for one in found.caveats}


def test_files_calls_and_saved_fits(people, tmp_path):
    model = informed("yes ~ sex + years", {"sex[woman]": "normal(1, 0.3)", "years": "student-t(3, 0, 1)"})
    assert read_model(model.to_toml().encode(), "x") == model
    found = cs.fit(model, people)
    again = cs.load_fit(found.save(tmp_path / "fit"))
    assert again.coefficients()[0].interval == found.coefficients()[0].interval
    assert again.effects()[0].sensitivity == found.effects()[0].sensitivity
    assert "coefficient_prior" in found.provenance.call


def test_what_is_refused(people):
    model = cs.Model.from_formula("yes ~ sex + years")
    with pytest.raises(InputError, match="reason="):
        model.with_priors(each={"sex": "normal(1, 0.3)"})
    with pytest.raises(InputError, match="about any number"):
        model.with_priors(each={"sex": "normal(1, -0.3)"}, reason=WHY)
    with pytest.raises(UnknownName, match=r"sex\[women\]"):
        cs.fit(model.with_priors(each={"sex[women]": "normal(0, 0.3)"}), people)
    nominal = people.assign(rating=pd.Categorical(people["rating"].astype(str)))
    with pytest.raises(InputError, match="no order"):
        cs.fit(informed("rating ~ sex", {"sex": "normal(1, 0.3)"}), nominal)
