"""What so many answers, or some more, would show: against sums over the public verdict of every count."""

import json

import numpy as np
import pytest
from click.testing import CliRunner
from scipy import integrate, stats
from scipy.special import expit, logit

import csea_stats as cs
from csea_stats.base.error_rates import share_decisions
from csea_stats.cli import main


def supported(n, claim="above", **settings):
    """Return for every count of a base whether the claim is supported."""
    words = [cs.proportion(x, n, claim=claim, **settings).verdict.word for x in range(n + 1)]
    return np.array([word == "supported" for word in words])


def test_the_value_of_more_answers_is_that_of_draws_from_what_is_known():
    """By simulation: a share from Jeffreys' posterior, answers from it, the public verdict on all of them."""
    made = cs.plan(observed=(16, 24), more=12)
    assert (made.known, made.power, made.n, made.more.n) == (True, 0.0, 24, 36)
    widths = [np.diff(cs.proportion_interval(16, 24, method=one), axis=0)[0] for one in ("jeffreys", "wilson")]
    assert made.width == pytest.approx(float(max(widths)))
    rng = np.random.default_rng(11)
    shares = rng.beta(16.5, 8.5, 200_000)
    counts = 16 + rng.binomial(12, shares)
    chance = supported(36)[counts].mean()
    assert made.more.power == pytest.approx(chance, abs=4 * np.sqrt(chance * (1 - chance) / len(shares)))
    ends = [cs.proportion_interval(np.arange(37), 36, method=one) for one in ("jeffreys", "wilson")]
    wide = np.maximum(*(high - low for low, high in ends))[counts].mean()
    assert made.more.width == pytest.approx(wide, abs=1e-3)
    assert cs.plan(observed=(8, 24), more=12).more.power == pytest.approx(made.more.power)  # the side seen
    assert cs.plan(observed=(8, 24), more=12, claim="above").more.power < 0.01
    assert "the claim is not supported. The wider of both intervals is" in str(made)


@pytest.mark.few(1)
@pytest.mark.parametrize("reason", [None, "a register"])
def test_the_power_of_a_claim_about_a_population(reason):
    """By quadrature over the log ratio of participation, which moves the logit of the answers' share."""
    n, share, selection = 12, 0.95, cs.Selection(tau=0.25, reason=reason)
    right = supported(n, target=cs.Population(selection))

    def at(z):
        asked = expit(logit(share) + 0.25 * z)
        return stats.norm.pdf(z) * stats.binom(n, asked).pmf(range(n + 1))[right].sum()

    expected = integrate.quad(at, -9, 9, epsabs=1e-10)[0]
    made = cs.plan(truth=share, n=n, selection=selection)
    assert made.selected == pytest.approx(expected, abs=1e-8)
    assert made.power == pytest.approx(stats.binom(n, share).pmf(range(n + 1))[supported(n)].sum())
    below = cs.plan(truth=1 - share, n=n, selection=selection)
    assert below.selected == pytest.approx(made.selected, abs=1e-9)


@pytest.mark.slow
def test_the_power_within_bounds_is_at_the_ratio_that_hurts_most():
    bounds = cs.SelectionBounds(ratio=1.5)
    right = supported(20, target=cs.Population(bounds))
    asked = expit(logit(0.9) - np.log(1.5))
    made = cs.plan(truth=0.9, n=20, selection=bounds)
    assert made.selected == pytest.approx(stats.binom(20, asked).pmf(range(21))[right].sum())
    sought = cs.plan(truth=0.9, selection=cs.SelectionBounds(ratio=1.2), power=0.7)
    assert sought.selected >= 0.7
    assert sought.n > cs.plan(truth=0.9, power=0.7).n


@pytest.mark.slow
def test_a_contrast_of_two_sizes_against_every_table():
    """Power, type S and type M of a contrast, from the public verdict of every table."""
    n1, n2, truth = 3, 5, (0.9, 0.2)
    found = {
        (a, b): cs.difference((a, n1), (b, n2), level=0.8, claim="above").verdict.word
        for a in range(n1 + 1)
        for b in range(n2 + 1)
    }
    chance = {(a, b): stats.binom(n1, truth[0]).pmf(a) * stats.binom(n2, truth[1]).pmf(b) for a, b in found}
    right = sum(chance[one] for one, word in found.items() if word == "supported")
    wrong = sum(chance[one] for one, word in found.items() if word == "contradicted")
    far = sum(
        chance[a, b] * abs(a / n1 - b / n2) / 0.7 for (a, b), w in found.items() if w in ("supported", "contradicted")
    )
    made = cs.plan(truth=truth, n=(n1, n2), level=0.8, more=2)
    assert made.n == (n1, n2)
    assert (made.power, made.type_s) == (pytest.approx(right), pytest.approx(wrong / (right + wrong)))
    assert made.type_m == pytest.approx(far / (right + wrong))
    assert made.more == cs.plan(truth=truth, n=(5, 7), level=0.8)
    turned = cs.plan(truth=truth[::-1], n=(n2, n1), level=0.8)
    assert (turned.n, turned.power) == ((n2, n1), pytest.approx(made.power))
    assert str(made).startswith("3 and 5 answers: the claim is supported with probability")


@pytest.mark.slow_for("0.92-0.95-0.95-0.3")
@pytest.mark.parametrize(
    ("truth", "threshold", "level", "power"),
    [
        pytest.param(0.57, 0.5, 0.95, 0.8, marks=pytest.mark.slow),
        (0.999, 0.95, 0.95, 0.9),
        (0.92, 0.95, 0.95, 0.3),
        (0.033, 0.02, 0.8, 0.2),
    ],
)
def test_the_number_is_the_least_from_which_on_the_power_is_enough(truth, threshold, level, power):
    """By the power of every base, of which some pass by chance of where the counts fall."""
    made = cs.plan(truth=truth, threshold=threshold, level=level, power=power)

    def alone(n):
        right = share_decisions(n, (threshold, None), level)[0 if truth > threshold else 1]
        return stats.binom(n, truth).pmf(range(n + 1))[right].sum()

    enough = [alone(n) >= power for n in range(1, made.n + 21)]
    assert [n for n in range(1, made.n + 1) if all(enough[n - 1 : n + 20])] == [made.n]


@pytest.mark.slow
def test_the_number_of_each_of_two_groups_may_be_more_than_half_of_the_most():
    made = cs.plan(truth=(0.75, 0.5), power=0.9)
    assert made.n == 79
    assert [cs.plan(truth=(0.75, 0.5), n=n).power >= 0.9 for n in range(77, 82)] == [False, False, True, True, True]
    with pytest.raises(cs.CseaStatsError, match="more than 120 answers in each group"):
        cs.plan(truth=(0.55, 0.5))


@pytest.mark.parametrize(("width", "level"), [(0.9, 0.95), (0.7, 0.8), (0.35, 0.9)])
def test_the_number_for_a_width_is_the_least(width, level):
    def widest(n):
        ends = [cs.proportion_interval(np.arange(n + 1), n, method=one, level=level) for one in ("jeffreys", "wilson")]
        return max((high - low).max() for low, high in ends)

    made = cs.plan(width=width, level=level)
    assert [n for n in range(1, made.n + 1) if widest(n) <= width] == [made.n]
    assert made.width == pytest.approx(widest(made.n))


@pytest.mark.parametrize(
    ("asked", "told"),
    [
        ({"width": 0.9}, "1 answer: both intervals of a share are at most 85.3 points wide."),
        ({"truth": 0.6, "n": 1}, "1 answer cannot show this."),
        ({"truth": (0.9, 0.1), "n": (3, 1)}, "3 and 1 answers cannot show this."),
        ({"truth": (0.9, 0.1), "n": 1}, "1 answer in each group cannot show this."),
    ],
)
def test_a_plan_of_few_answers_in_words(asked, told):
    assert str(cs.plan(**asked)) == told


@pytest.mark.parametrize(
    ("wrong", "what"),
    [
        ({"observed": (3, 5), "truth": 0.7}, "width, truth, observed"),
        ({"observed": ({3, 4}, 5)}, "observed"),
        ({"observed": (3, 5), "n": 4}, "observed"),
        ({"truth": 0.7, "more": -1}, "more"),
        ({"truth": 0.7, "n": 0}, "n"),
        ({"truth": 0.7, "selection": 0.5}, "selection"),
        ({"truth": (0.7, 0.2), "selection": cs.Selection(tau=0.5)}, "selection"),
        ({"truth": (0.7, 0.2), "n": (4, "5")}, "n"),
    ],
)
def test_what_cannot_be_planned_is_said(wrong, what):
    with pytest.raises(cs.CseaStatsError, match=f"^{what}"):
        cs.plan(**wrong)


def test_the_command_writes_json():
    def run(*words):
        return json.loads(CliRunner().invoke(main, ["plan", *words, "--json"], catch_exceptions=False).output)

    assert run("--observed", "16/24", "--more", "12")["more"]["power"] == cs.plan(observed=(16, 24), more=12).more.power
    assert run("--truth", ".9", "--truth", ".6", "--n", "7", "--n", "42")["n"] == [7, 42]
    told = run("--truth", ".95", "--n", "12", "--tau", ".25", "--claim", "above")
    assert told["selected"] == cs.plan(truth=0.95, n=12, selection=cs.Selection(tau=0.25)).selected
