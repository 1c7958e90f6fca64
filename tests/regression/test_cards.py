"""Cards in the documentation, and the figures of their priors, are those of the shipped models."""

import re
import runpy
from pathlib import Path

import numpy as np
import pytest

import csea_stats as cs
from csea_stats.errors import InputError
from csea_stats.regression.effects import effects
from csea_stats.regression.predictive import expected, prior_fit
from csea_stats.respondents.codebook_files import load_codebook

FOLDER = Path(__file__).parents[2] / "docs" / "models"
MAKER = runpy.run_path(str(Path(__file__).parents[2] / ".ci" / "model_cards.py"))
blank_answers, card_files = MAKER["blank_answers"], MAKER["card_files"]


@pytest.fixture(scope="module")
def book():
    return load_codebook("bosnia-herzegovina-2021")


def test_every_model_has_its_card_and_no_card_is_left_over():
    assert sorted(path.stem for path in FOLDER.glob("*.md")) == cs.model_names()
    assert sorted(path.stem for path in FOLDER.glob("*.svg")) == cs.model_names()


@pytest.mark.few(7)
@pytest.mark.parametrize("name", cs.model_names())
def test_a_card_as_it_stands(name, book):
    for file, content in card_files(cs.load_model(name), book, seed=1):  # else run .ci/model_cards.py
        assert (FOLDER / file).read_bytes() == content


@pytest.mark.parametrize("name", cs.model_names())
def test_rows_of_a_cards_tables_have_three_cells(name):
    rows = [line for line in (FOLDER / f"{name}.md").read_text(encoding="utf-8").splitlines() if line.startswith("|")]
    assert rows
    assert {len(re.findall(r"(?<!\\)\|", row)) for row in rows} == {4}


def test_shares_before_any_answer_are_those_of_the_dirichlet(book):
    """At the averages of the predictors each share is Beta(.5, 2); moved by predictors it keeps about that mean."""
    model = cs.load_model("awareness-by-age-and-experience").with_priors(coefficients="normal(0, 0.001)")
    found = expected(prior_fit(model, blank_answers(model, book), draws=8_000), draws=8_000)
    shares = found.prior / found.base
    spread = np.sqrt(shares.var(axis=0) / 8_000)
    assert np.all(np.abs(shares.mean(axis=0) - 0.2) < 5 * spread)
    beta = 0.5 * 2.0 / (2.5**2 * 3.5)  # variance of Beta(.5, 2), and that of a count beside it: beta-binomial
    n = found.base
    expected_variance = beta * (n + 2.5) / n
    assert np.allclose(shares.var(axis=0), expected_variance, rtol=0.08)


def test_answers_are_not_looked_at(book):
    model = cs.load_model("awareness-by-age-from-print")
    data = blank_answers(model, book)
    made = cs.synthesise(cs.load_survey("bosnia-herzegovina-2021"), seed=2)
    ends = [effects(prior_fit(model, one, seed=3))[0].interval for one in (data, made)]
    # two groups: the effect of the prior hangs on the groups' sizes alone, and is symmetric but for chance
    assert abs(ends[0].lower + ends[0].upper) < 0.1
    again = effects(prior_fit(model, made, seed=3))[0].interval
    assert again == ends[1]


def test_of_a_codebook_alone():
    """Every mixture equally often; shares are those of the Dirichlet, and every number says that no answer is in it."""
    kinds = {"rating": cs.Ordered("poor", "fair", "good"), "team": cs.Categories("north", "south")}
    kinds |= {"years": cs.Number(unit="years", minimum=0, maximum=40)}
    found = cs.prior_predictive("rating ~ team * per(years, 5)", cs.Codebook(kinds), draws=20_000)
    shares = [one.interval for one in found.predictions()]
    assert [shares[0].lower, shares[0].upper] == pytest.approx([shares[2].lower, shares[2].upper], abs=0.03)
    gap = found.effects("team", outcome="poor")[0]
    assert abs(gap.interval.lower + gap.interval.upper) < 0.03
    assert {"prior-alone", "synthetic"} <= {one.code for one in gap.caveats}
    assert gap.verdict is None
    assert gap.companion is None
    slope = found.coefficients()[0].interval  # of a logistic
    assert (slope.lower, slope.upper) == pytest.approx((-np.log(39), np.log(39)), abs=0.1)
    assert "before any answer" in gap.sentence("in-text").text
    known = cs.Model.from_formula("rating ~ team").with_priors(each={"team": "normal(1, 0.3)"}, reason="Known.")
    assert cs.prior_predictive(known, cs.Codebook(kinds)).effects("team", outcome="poor")[0].interval.upper < 0
    grouped = cs.Codebook({**kinds, "office": cs.Categories(*"abcdef")})
    assert cs.prior_predictive("rating ~ team + (1 | office)", grouped).effects("team")[0].interval.lower < 0
    with pytest.raises(InputError, match="minimum"):
        cs.prior_predictive("rating ~ years", cs.Codebook({**kinds, "years": cs.Number(unit="years")}))
    many = {f"x{place}": cs.Categories(*"abcd") for place in range(9)}
    wide = cs.prior_predictive(f"rating ~ {' + '.join(many)}", cs.Codebook({**kinds, **many}))
    assert wide.design.people == 2_000
