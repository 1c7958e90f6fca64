"""Every estimate's recipe: what its call makes again is the estimate, whatever was asked of it."""

import pandas as pd
import pytest

import csea_stats as cs
from csea_stats.verification import Workshop, _apart, _key, _members

BOSNIA = "bosnia-herzegovina-2021"
PEOPLE = cs.Superpopulation(design_effect=1.5)
TARGETS = [PEOPLE, cs.FinitePopulation(4000), cs.Population(cs.Selection(tau=0.3), size=5000)]
ASKED = {"level": 0.9, "label": "knows", "target": TARGETS}
BELOW = {"threshold": 0.4, "claim": "below"}
WITHIN = {"within": (0.3, 0.6)}
ONE = {"level": 0.9, "label": "knows", "target": PEOPLE}

COUNTED = {
    "proportion": lambda: cs.proportion({34, 35}, 49, method="wilson", **BELOW, **ONE),
    "proportion, prior": lambda: cs.proportion({34, 35}, 49, method="uniform", **WITHIN, **ASKED),
    "difference": lambda: cs.difference((7, 9), ({27, 28}, 42), method="newcombe", threshold=0.1, claim="above", **ONE),
    "ratio": lambda: cs.difference((7, 9), (27, 42), measure="ratio", within=(0.8, 1.2), **ONE),
    "sizes": lambda: cs.difference((7, 9), (27, 42), sizes=(40, 90), level=0.9, target=cs.FinitePopulation(130)),
    "odds ratio": lambda: cs.difference((7, 9), (27, 42), measure="odds-ratio", level=0.9, label="knows"),
    "together": lambda: cs.difference(({7, 8}, 9), (27, 42), together={((7, 9), (27, 42))}, **ONE),
    "paired": lambda: cs.paired_difference(39, 35, 49, {30, 31}, method="tango", threshold=0.1, **ONE),
    "paired within": lambda: cs.paired_difference(39, 35, 49, within=(-0.1, 0.1), **ONE),
    "shift": lambda: cs.paired_shift([[3, 2], [4, 5]], threshold=0.1, **ONE),
    "superiority": lambda: cs.superiority([1, 5, 2], [7, 4, 1], method="placements", **BELOW, **ONE),
    "superiority within": lambda: cs.superiority([1, 5, 2], [7, 4, 1], **WITHIN, **ONE),
    "multinomial": lambda: cs.multinomial({"a": 11, "b": 13}, method="goodman", **BELOW, **ONE),
    "ordinal": lambda: cs.ordinal([3, 9, 8], ["a", "b", "c"], method="clopper-pearson", **BELOW, **ONE),
    "picks": lambda: cs.picks({"a": 9, "b": {6, 7}, "c": {8, 9}}, 12, 2, method="wilson", **BELOW, **ONE),
    "pick contrasts": lambda: cs.pick_contrasts([9, 7, 8], 12, 2, versus="pairs", method="tango", **ONE),
    "ranks": lambda: cs.ranks([9, 7, 8], 12, method="pairwise", chosen=2, threshold=2, level=0.9),
    "crosstab": lambda: cs.crosstab_bounds([9, 15], [8, 16], 24, ordered=True, coupling="uniform", **ONE),
    "tipping ratio": lambda: cs.tipping_ratio(35, 49, threshold=0.4, claim="above", **ONE),
    "tipping difference": lambda: cs.tipping_difference((7, 9), (20, 42), method="firth", **ONE),
    "exact test": lambda: cs.exact_test((7, 9), (20, 42), method="fisher", level=0.9, label="knows"),
    "paired test": lambda: cs.paired_test(39, 35, 49, 30, method="mid-p", level=0.9, label="knows"),
    "association": lambda: cs.association(
        {"a": [14, 28, 3], "b": [3, 7, 9]},
        ordered="answers",
        scores="equal",
        mid_p=True,
        level=0.9,
        target=cs.Superpopulation(words="all"),
    ),
}


@pytest.fixture(scope="module")
def survey():
    return cs.load_survey(BOSNIA)


@pytest.fixture(scope="module")
def answers(survey):
    return cs.synthesise(survey, seed=1)


SOURCED = {
    "survey": lambda survey, _: cs.estimate(survey, level=0.9)[::7],
    "printed table": lambda survey, _: cs.estimate(cs.tabulate(survey, "awareness", "age"), level=0.9),
    "printed answer": lambda survey, _: cs.estimate(cs.tabulate(survey, "awareness"), outcome="fair or higher"),
    "printed contrasts": lambda survey, _: cs.tabulate(survey, "awareness", "age").contrasts(level=0.9, target=PEOPLE),
    "printed association": lambda survey, _: cs.association(survey, "awareness", "age", mid_p=True, level=0.9),
    "association of a printed table": lambda survey, _: cs.association(
        cs.tabulate(survey, "awareness", "age"), level=0.9
    ),
    "table": lambda _, data: cs.estimate(cs.tabulate(data, "awareness", "organisation"), level=0.9),
    "joined answers": lambda _, data: cs.estimate(cs.tabulate(data, "awareness"), outcome=["poor", "fair"]),
    "contrasts": lambda _, data: cs.tabulate(data, "awareness", "organisation").contrasts(
        "pairs", level=0.9, target=[PEOPLE], outcome="fair or lower"
    ),
    "pair": lambda _, data: cs.paired_difference(
        data, "medical-quality", "legal-quality", event="poor", level=0.9, threshold=0.1
    ),
    "pair shift": lambda _, data: cs.paired_shift(data, "medical-quality", "legal-quality", level=0.9, method="tango"),
    "pair test": lambda _, data: cs.paired_test(
        data, "medical-quality", "legal-quality", event="poor", method="mid-p", level=0.9
    ),
    "rows": lambda _, data: cs.association(data, "awareness", "organisation", scores="equal", level=0.9, seed=2),
}


def again(made, data=None):
    """Hold each estimate to be among what its own call makes, in all but versions."""
    workshop = Workshop(data)
    for one in [made] if isinstance(made, cs.Estimate) else getattr(made, "estimates", made):
        one = getattr(one, "estimate", one)  # noqa: PLW2901
        members = _members(workshop.made(one.provenance.call, one.provenance.survey))
        kept = [other for other in members if _key(other) == _key(one)]
        assert kept, one.provenance.call
        apart = min((list(_apart(one, other)) for other in kept), key=len)
        assert not apart, (one.provenance.call, apart[0])


@pytest.mark.slow_for("proportion, prior")
@pytest.mark.parametrize("kind", COUNTED)
def test_counts_are_estimated_again_by_their_recipe(kind):
    again(COUNTED[kind]())


@pytest.mark.slow_for("survey", "table")
@pytest.mark.few(5)
@pytest.mark.parametrize("kind", SOURCED)
def test_questions_are_estimated_again_by_their_recipe(kind, survey, answers):
    again(SOURCED[kind](survey, answers), None if "printed" in kind or "survey" in kind else answers)


@pytest.mark.slow
def test_a_survey_comparison_is_made_again_by_its_recipe():
    names = ("research-engineers-netherlands-2017", "research-engineers-south-africa-2017")
    asked = {"answers": {"yes": "yes"}, "level": 0.9}
    again(cs.compare_surveys(*map(cs.load_survey, names), "open-source", **asked))


@pytest.fixture(scope="module")
def fitted(answers):
    asked = {"method": "frequentist", "level": 0.9, "seed": 2}
    return cs.fit(cs.Model.from_formula("awareness ~ organisation + age"), answers, **asked)


FITTED = {
    "effects": lambda fit: fit.effects(),
    "effects asked": lambda fit: fit.effects("organisation", ("NGO", "others"), "fair or higher", cs.Superpopulation()),
    "effects within": lambda fit: fit.effects("organisation", outcome="poor", within="age"),
    "effects of a population": lambda fit: fit.effects("age", target=[cs.Population(cs.SelectionBounds(ratio=2.0))]),
    "predictions": lambda fit: fit.predictions("age", "poor"),
    "profiles": lambda fit: fit.predict({"organisation": "NGO", "age": "under 30"}, "poor"),
    "rows": lambda fit: fit.predict(pd.DataFrame({"organisation": ["NGO"], "age": ["under 30"], "x": [1]})),
    "coefficients": lambda fit: fit.coefficients(),
    "odds ratios": lambda fit: fit.coefficients(scale="odds ratio"),
    "tipping points": lambda fit: fit.tipping_points(),
    "thresholds": lambda fit: fit.thresholds(at="zero"),
    "cuts": lambda fit: fit.proportional_odds(),
}


@pytest.mark.slow_for("effects", "effects of a population", "odds ratios")
@pytest.mark.few(5)
@pytest.mark.parametrize("kind", FITTED)
def test_what_is_asked_of_a_fit_is_estimated_again_by_its_recipe(kind, fitted, answers):
    again(FITTED[kind](fitted), answers)


def test_what_was_fitted_to_answers_cannot_be_checked_without_them(fitted, tmp_path):
    (tmp_path / "effects.json").write_text(fitted.effects("age").to_json())
    assert {row.state for row in cs.verify(tmp_path / "effects.json")} == {"cannot be checked"}
