"""One odds ratio for every cut: where the answers contradict it, and that it is not called wrong where it holds."""

import math

import numpy as np
import pandas as pd
import pytest
from scipy.special import expit

import csea_stats as cs
from csea_stats.regression.engines.departures import departures

ANSWERS = list("abcde")
APART = ([12, 0, 0, 0, 12], [0, 3, 19, 3, 0])
ONE = np.ones(1)


def answers(*counts, groups="uv"):
    answered = [answer for row in counts for answer, number in zip(ANSWERS, row, strict=False) for _ in range(number)]
    group = [name for name, row in zip(groups, counts, strict=True) for _ in range(sum(row))]
    labels = ANSWERS[: len(counts[0])]
    return pd.DataFrame({"y": pd.Categorical(answered, labels, ordered=True), "g": pd.Categorical(group)})


def codes(one):
    return {doubt.code: doubt for doubt in one.caveats}


@pytest.mark.slow
@pytest.mark.parametrize("method", ["bayes", "frequentist"])
def test_groups_that_differ_in_spread_alone_ring_at_every_cut(method):
    fit = cs.fit("y ~ g", answers(*APART), method=method)
    observed = np.cumsum(APART[1])[:-1] / 25 - np.cumsum(APART[0])[:-1] / 24
    for one, share in zip(fit.effects(), observed, strict=True):
        assert one.verdict.word == "not settled"
        assert "one odds ratio for every cut does not fit" in one.verdict.why
        doubt = codes(one)["odds-ratios-differ"]
        assert doubt.severity == "serious"
        assert "“a or lower”, “b or lower”, “c or lower”, “d or lower”" in doubt.text
        value = float(doubt.text.partition("difference is ")[2].partition(" points")[0].replace("−", "-"))
        assert np.sign(value) == np.sign(share)
        assert abs(value) == pytest.approx(100 * abs(share), abs=12)  # the prior draws it in
    assert "odds-ratios-differ" in codes(fit.coefficients()[0])
    assert fit.coefficients()[0].verdict.word == "not settled"


@pytest.mark.slow
def test_what_stands_beside_is_the_fit_of_the_two_answers():
    table = answers(*APART)
    table["low"] = pd.Categorical(np.where(table["y"] == "a", "yes", "no"), ["no", "yes"])
    for method in ("bayes", "frequentist"):
        alone = cs.fit("low ~ g", table, method=method).effects()[0].interval
        text = codes(cs.fit("y ~ g", table, method=method).effects()[0])["odds-ratios-differ"].text
        shown = text.split(", ")[-1].removesuffix(" points.").split(" to ")
        found = [float(end.replace("−", "-")) for end in shown]
        near = 2.5 if method == "bayes" else 0.5  # other draws
        assert found == pytest.approx([100 * alone.lower, 100 * alone.upper], abs=near)


def test_an_answer_between_two_cuts_rests_on_both():
    fit = cs.fit("y ~ g", answers([40, 40, 10, 10], [40, 40, 10, 10]))
    assert fit.departures[0].apart(ONE, 0.05) == ()
    fit = cs.fit("y ~ g", answers([50, 0, 25, 25], [25, 25, 25, 25]))
    departed = fit.departures[0].apart(ONE, 0.05)
    assert 0 in departed
    one = fit.effects("g", ("u", "v"), "b or higher")[0]
    assert "odds-ratios-differ" in codes(one)
    assert "Fitted at this cut" in codes(one)["odds-ratios-differ"].text


@pytest.mark.slow
def test_the_assumption_is_told_where_nothing_contradicts_it(fitted):
    one = fitted.effects()[0]
    assert codes(one)["one-odds-ratio"].severity == "note"
    assert "do not contradict" in codes(one)["one-odds-ratio"].text
    two = cs.fit("y ~ g", answers([10, 14], [16, 9]))
    assert "one-odds-ratio" not in codes(two.effects()[0])
    assert two.departures == ()


@pytest.mark.parametrize("number", [100, pytest.param(400, marks=pytest.mark.slow)])
def test_the_spread_of_a_departure_is_that_of_sets_of_answers(number):
    """The covariance, the common fit's estimation allowed for, against refits of multinomial sets."""
    rng = np.random.default_rng(2)
    people, columns = np.array([300, 300]), np.array([[0.5], [-0.5]])
    below = expit(np.array([-1.0, 0.3, 1.2]) - 0.8 * columns)
    shares = np.diff(np.pad(below, ((0, 0), (1, 1)), constant_values=(0, 1)), axis=1)
    sets = [np.stack([rng.multinomial(n, p) for n, p in zip(people, shares, strict=True)]) for _ in range(number)]
    found = [departures(one.astype(float), columns) for one in sets]
    steps = np.array([np.einsum("gy,cgyp->c", one.counts, one.moves) for one in found])
    spread = np.sqrt(np.einsum("g,gy,cgyp->c", people, found[0].shares, found[0].moves ** 2))
    assert steps.mean(axis=0) == pytest.approx(0, abs=4 * spread.max() / math.sqrt(number))
    assert steps.std(axis=0) == pytest.approx(spread, rel=3 / math.sqrt(number))  # four standard errors


def test_no_single_respondent_rings():
    """One of ten gave the lowest answer, nine the highest: five standard errors, and one person's doing."""
    table = np.array([[1.0, 0, 0, 0, 9], [12, 12, 10, 6, 0]])
    found = departures(table, np.array([[0.8], [-0.2]]))
    spread = np.sqrt(np.einsum("g,gy,cgyp->c", found.people, found.shares, found.moves**2))
    assert np.abs(np.einsum("gy,cgyp->c", found.counts, found.moves) / spread).max() > 5
    assert found.apart(ONE, 0.05) == ()
    table[0] = [2, 0, 0, 0, 8]
    assert departures(table, np.array([[0.8], [-0.2]])).apart(ONE, 0.05) != ()


def rate(sizes, shares, effect, sets, other=None, seed=1):
    rng, x = np.random.default_rng(seed), np.array([1.0, 0.0])
    people, cut = np.array(sizes), np.cumsum(shares)[:-1]
    below = expit(np.log(cut / (1 - cut)) - effect * x[:, None])
    p = np.diff(np.pad(below, ((0, 0), (1, 1)), constant_values=(0, 1)), axis=1)
    p[0] = p[0] if other is None else other
    columns = (x - people @ x / people.sum())[:, None]
    rings = 0
    for _ in range(sets):
        table = np.stack([rng.multinomial(n, q) for n, q in zip(people, p, strict=True)]).astype(float)
        rings += bool(departures(table, columns).apart(ONE, 0.05))
    return rings / sets


EVEN, STEEP, THREE = (0.2,) * 5, (0.1, 0.6, 0.2, 0.07, 0.03), (0.5, 0.3, 0.2)


@pytest.mark.few(0, slow=6)
@pytest.mark.parametrize("sizes", [(24, 25), (7, 42), (100, 100)])
@pytest.mark.parametrize("shares", [EVEN, STEEP, THREE])
@pytest.mark.parametrize("effect", [0.0, 1.0, 2.5])
def test_one_odds_ratio_that_holds_is_called_wrong_in_at_most_five_of_a_hundred(sizes, shares, effect):
    assert rate(sizes, shares, effect, 600) <= 0.05


@pytest.mark.slow
def test_it_is_seen_where_it_fails():
    shares = (0.1, 0.25, 0.3, 0.25, 0.1)
    assert rate((24, 25), shares, 0, 200, other=(0.5, 0, 0, 0, 0.5)) > 0.95
    assert rate((24, 25), shares, 0, 200, other=(0.3, 0.1, 0.2, 0.1, 0.3)) > 0.45
    assert rate((50, 50), shares, 0, 200, other=(0.3, 0.1, 0.2, 0.1, 0.3)) > 0.85


# ------------------------------------------------------------------ with effects of groups


def grouped_set(rng, groups, people, sd, *, effect=1.0, between=False, other=None):
    """Draw counts of cells, their column, and what a group's effect of one standard deviation adds to each."""
    place = np.arange(groups) if between else np.repeat(np.arange(groups), 2)
    x = (place % 2).astype(float) if between else np.tile([0.0, 1.0], groups)
    cut = np.array([0.1, 0.35, 0.65, 0.9])
    below = expit(np.log(cut / (1 - cut)) - (effect * x + rng.normal(0, sd, groups)[place])[:, None])
    p = np.diff(np.pad(below, ((0, 0), (1, 1)), constant_values=(0, 1)), axis=1)
    p[x == 1] = p[x == 1] if other is None else other
    table = np.stack([rng.multinomial(people if between else people // 2, q) for q in p]).astype(float)
    return table, (x - x.mean())[:, None], sd * np.eye(groups)[place]


def rate_in_groups(sets, *sizes, **kinds):
    rng = np.random.default_rng(4)
    return sum(bool(departures(*grouped_set(rng, *sizes, **kinds)).apart(ONE, 0.05)) for _ in range(sets)) / sets


def test_groups_without_a_spread_change_nothing():
    table, columns, effects = grouped_set(np.random.default_rng(1), 6, 10, 0.5)
    plain, grouped = departures(table, columns), departures(table, columns, 1e-6 * effects)
    assert grouped.moves == pytest.approx(plain.moves, abs=1e-8)


@pytest.mark.parametrize("between", [pytest.param(False, marks=pytest.mark.slow), True])
@pytest.mark.parametrize("number", [80, pytest.param(600, marks=pytest.mark.slow)])
def test_the_spread_of_a_departure_in_groups_is_that_of_sets_of_answers(number, between):
    rng = np.random.default_rng(2)
    steps, spreads = [], []
    for _ in range(number):
        found = departures(*grouped_set(rng, 20, 30, 0.8, between=between))
        steps.append(np.einsum("gy,cgyp->c", found.counts, found.moves))
        spreads.append(np.einsum("g,gy,cgyp->c", found.people, found.shares, found.moves**2))
    assert np.std(steps, axis=0) == pytest.approx(np.sqrt(np.mean(spreads, axis=0)), rel=3 / math.sqrt(number))


def test_one_odds_ratio_of_groups_is_seldom_called_wrong_where_it_holds():
    assert rate_in_groups(80, 10, 10, 0.5) <= 0.08
    assert rate_in_groups(40, 10, 10, 0.5, effect=0.0, other=(0.5, 0, 0, 0, 0.5)) > 0.9


@pytest.mark.slow
@pytest.mark.parametrize("sizes", [(6, 8), (10, 10), (30, 4), (20, 20)])
@pytest.mark.parametrize("effect", [0.0, 1.0, 2.5])
@pytest.mark.parametrize("between", [False, True])
def test_one_odds_ratio_of_groups_is_called_wrong_in_at_most_five_of_a_hundred(sizes, effect, between):
    for sd in (0.3, 1.0):
        rate = rate_in_groups(300, *sizes, sd, effect=effect, between=between)
        assert rate <= 0.05 + 3 * math.sqrt(0.05 * 0.95 / 300)  # three standard errors of a rate of .05


def in_groups(table, number=6):
    group = np.random.default_rng(1).permutation(np.arange(len(table)) % number).astype(str)
    return table.assign(team=pd.Categorical(group))


@pytest.mark.few(1)
@pytest.mark.parametrize("method", [pytest.param("bayes", marks=pytest.mark.slow), "frequentist"])
def test_groups_do_not_hide_that_one_odds_ratio_fails(method):
    one = cs.fit("y ~ g + (1 | team)", in_groups(answers(*APART)), method=method).effects(outcome="a")[0]
    assert one.verdict.word == "not settled"
    assert "one odds ratio for every cut does not fit" in one.verdict.why
    text = codes(one)["odds-ratios-differ"].text
    assert -70 < float(text.partition("difference is ")[2].partition(" points")[0].replace("−", "-")) < -35


@pytest.mark.slow
@pytest.mark.parametrize("method", ["bayes", "frequentist"])
def test_monotonic_terms_in_groups_ring_too(method):
    ages = answers([8, 0, 0, 0, 8], [6, 2, 2, 2, 6], [1, 5, 5, 3, 1], [0, 4, 9, 3, 0], groups="pqrs")
    ages["g"] = ages["g"].cat.as_ordered()
    fit = cs.fit("y ~ mo(g) + (1 | team)", in_groups(ages), method=method)
    assert "odds-ratios-differ" in codes(fit.effects("g", ("p", "s"), "a")[0])
    told = {one.item: codes(one) for one in fit.coefficients()}
    assert "odds-ratios-differ" in told["mo(g)"]
    assert "one-odds-ratio" in told["sd(team)"]  # a spread has no cut of its own
    quiet = answers([4, 5, 4, 2, 1], [3, 4, 4, 3, 2], [2, 3, 4, 4, 3], [1, 2, 4, 5, 4], groups="pqrs")
    quiet["g"] = quiet["g"].cat.as_ordered()
    still = cs.fit("y ~ mo(g) + (1 | team)", in_groups(quiet), method=method).effects("g", ("p", "s"), "a")[0]
    assert "do not contradict" in codes(still)["one-odds-ratio"].text
