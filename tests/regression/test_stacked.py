"""Several answers of one person: designs by hand, exactly-k probabilities, fits, and what ArviZ makes of them."""

from itertools import combinations

import numpy as np
import pandas as pd
import pytest

import csea_stats as cs
from csea_stats.errors import InputError
from csea_stats.regression.datatree import _sets
from csea_stats.regression.fitting import design_of
from csea_stats.regression.stacking import inclusion, symmetric

SERVICES = ("counselling", "legal", "supplies", "money")
BARRIERS = ("fear", "shame", "distrust", "silence", "distance")


@pytest.fixture(scope="module")
def data():
    rng = np.random.default_rng(5)
    people = 49
    organisation = np.repeat(["government", "NGO", "other"], [27, 14, 8])
    table = pd.DataFrame({"organisation": organisation, "country": rng.choice(list("abcdef"), people)})
    for service in SERVICES:
        table[service] = np.where(rng.random(people) < np.where(organisation == "NGO", 0.8, 0.4), "yes", "no")
    picks = np.stack([np.isin(np.arange(5), rng.choice(5, 3, replace=False)) for _ in range(people)])
    for place, barrier in enumerate(BARRIERS):
        table[barrier] = np.where(picks[:, place], "yes", "no")
    table["rating"] = rng.choice(["poor", "fair", "good"], people)
    book = cs.Codebook(
        {
            "services": cs.Multiple(columns=SERVICES),
            "barriers": cs.Multiple(columns=BARRIERS, chosen=3),
            "organisation": cs.Categories("government", "NGO", "other"),
            "country": cs.Categories(*"abcdef"),
            "rating": cs.Ordered("poor", "fair", "good"),
        }
    )
    return cs.read_respondents(table, book)


def test_exactly_k_probabilities_by_enumeration():
    scores = np.random.default_rng(2).normal(size=5)
    sets = list(combinations(range(5), 3))
    mass = np.array([np.exp(scores[list(one)].sum()) for one in sets])
    mass /= mass.sum()
    for item in range(5):
        expected = sum(share for one, share in zip(sets, mass, strict=True) if item in one)
        assert inclusion(scores[None, None, :], 3, item)[0, 0] == pytest.approx(expected, rel=1e-12)
    assert symmetric(np.exp(scores), 3)[3] == pytest.approx(sum(np.exp(scores[list(one)].sum()) for one in sets))


def test_sets_are_drawn_with_those_probabilities():
    scores = np.tile(np.array([1.0, 0.0, -1.0, 0.5]), (40_000, 1, 1))
    found = _sets(scores, 2, np.random.default_rng(1))[:, 0]
    assert np.all(found.sum(axis=1) == 2)
    expected = [float(inclusion(scores[:1], 2, item)[0, 0]) for item in range(4)]
    assert np.allclose(found.mean(axis=0), expected, atol=4 * 0.5 / np.sqrt(40_000))


def test_design_holds_an_answer_a_row(data):
    design = design_of(cs.load_model("services-by-organisation"), data)
    assert len(design.answer) == 49 * 4
    assert design.people == 49
    assert design.items == SERVICES
    assert design.spreads == ("sd(item:organisation)", "sd(respondent)")
    assert design.answer.sum() == sum(data.column("services").counts)
    implied = design_of(cs.Model.from_formula("services ~ organisation"), data)
    assert implied.persons
    assert implied.items == SERVICES


def test_what_is_refused(data):
    with pytest.raises(InputError, match="bayes"):
        cs.fit("services ~ organisation", data, method="frequentist")
    with pytest.raises(InputError, match="monotonic"):
        cs.fit("services ~ mo(rating)", data)


@pytest.mark.slow
@pytest.mark.parametrize(
    "model", ["services-by-organisation", "barriers-by-organisation", "rating ~ organisation + (1 | country)"]
)
def test_fits_are_saved_and_taken_by_arviz(model, data, tmp_path):
    import arviz as az

    fit = cs.fit(model, data)
    assert fit.engine == "nuts"
    assert all(one.state == "pass" for one in fit.diagnostics if one.name in ("R-hat", "effective sample size"))
    again = cs.load_fit(fit.save(tmp_path / "fit"))
    assert list(again.effects()) == list(fit.effects())
    tree = fit.to_datatree()
    assert az.loo(tree).elpd < 0
    assert len(az.psense_summary(tree))
    assert type(fit.pymc_model()).__name__ == "Model"
    if model == "barriers-by-organisation":
        shares = fit.predictions()
        assert sum(one.value for one in shares) == pytest.approx(3, abs=0.02)
    if model == "services-by-organisation":
        effects = [one for one in fit.effects() if "NGO" in one.item]
        assert all(one.companion.method == "newcombe, unpooled" for one in effects)
        pooled = sum(one.interval.upper - one.interval.lower for one in effects)
        assert pooled < sum(one.companion.upper - one.companion.lower for one in effects)
