"""Coverage, error rates and power by enumeration: shipped certificates are made again, and against SciPy."""

from __future__ import annotations

import re
import runpy
from dataclasses import asdict
from functools import partial
from itertools import product
from pathlib import Path

import numpy as np
import pytest
from click.testing import CliRunner
from scipy import special, stats

import csea_stats as cs
from csea_stats.base import binomial, error_rates, odds_ratios
from csea_stats.base.error_rates import gap_rate
from csea_stats.calibration import certifying, coverage
from csea_stats.calibration.certifying import CERTIFIED, certify
from csea_stats.calibration.fingerprints import code_fingerprint
from csea_stats.calibration.model_runs import CODE
from csea_stats.calibration.situations import jointly_held, population_rows
from csea_stats.cli import main
from csea_stats.estimators import inference
from csea_stats.estimators.proportion import Share
from csea_stats.results.certificates import certificate_name, equal_share_rate, shipped_certificates

ALL = [(what, method) for what, kind in CERTIFIED.items() for method in kind.methods]

DEAR = {
    ("ratio", "jeffreys"),
    ("odds_ratio", "logistic"),
    ("odds_ratio", "exact-conditional"),
    ("multinomial", "dirichlet"),
    *((what, method) for what, method in ALL if what in ("ranks", "superiority")),
}
"""Those of which the shortest row takes over half a second."""

DEAREST = {("superiority", "dirichlet"), ("superiority", "proportional-odds")}
"""Those of which it takes half a minute."""


def test_every_closed_form_has_a_certificate():
    kept = shipped_certificates()
    assert {key for key, one in kept.items() if not one.ranks} == set(ALL)
    assert all(
        one.level == 0.95 and re.fullmatch(r".+ [0-9a-f]{12}", one.name) for one in shipped_certificates().values()
    )


def sizes_of(shipped):
    return list(dict.fromkeys(row.n for row in (*shipped.coverage, *shipped.situations)))


def same(old, new):
    """Whether two rows hold the same words and the same numbers."""
    old, new = asdict(old), asdict(new)
    words = [name for name, value in old.items() if isinstance(value, str) or value is None]
    assert [old[name] for name in words] == [new[name] for name in words]
    for name in set(old) - set(words):
        assert np.allclose(old[name], new[name], atol=5e-6), (old, name)


def check(what, method, sizes):
    shipped = shipped_certificates()[what, method]
    again = certify(what, method=method, n=[size if len(size) > 1 else size[0] for size in sizes])
    for kept, made in (
        (shipped.coverage, again.coverage),
        (shipped.verdict, again.verdict),
        (shipped.situations, again.situations),
    ):
        for old, new in zip([row for row in kept if row.n in sizes], made, strict=True):
            same(old, new)


@pytest.mark.few(12)
@pytest.mark.parametrize(
    ("what", "method"),
    [
        pytest.param(*one, marks=pytest.mark.long if one in DEAREST else [pytest.mark.slow] if one in DEAR else [])
        for one in ALL
    ],
)
def test_the_shipped_certificate_is_what_the_code_does(what, method):
    sizes = sizes_of(shipped_certificates()[what, method])
    check(what, method, sizes[:1] if what != "proportion" else [sizes[0], sizes[5]])


@pytest.mark.few(0, slow=5)
@pytest.mark.parametrize(("what", "method"), ALL)
def test_every_row_of_it(what, method):
    check(what, method, sizes_of(shipped_certificates()[what, method]))


@pytest.mark.slow
def test_the_code_is_that_of_the_certificates():
    """Where it is not, run .ci/certificates.py: numbers that stay the same keep their names."""
    for (what, method), one in shipped_certificates().items():
        assert one.code == code_fingerprint(CERTIFIED[what].code if what in CERTIFIED else CODE[method]), what


def test_no_verdict_errs_more_often_than_one_time_in_twenty():
    assert all(row.false_sign <= 0.05 for one in shipped_certificates().values() for row in one.verdict)


def is_rounded_up(kept, rate):
    """A rate that is told is never below the one that is enumerated."""
    return 0 <= kept - rate <= 1e-5 + 1e-12


@pytest.mark.parametrize("pair", [(7, 42), (3, 5), pytest.param((24, 25), marks=pytest.mark.slow)])
def test_the_kept_rates_of_equal_shares_are_what_the_rule_does(pair):
    assert is_rounded_up(equal_share_rate(*pair, 0.95), gap_rate(*pair, 0.95))
    assert cs.difference((1, pair[0]), (2, pair[1])).verdict.rate == equal_share_rate(*pair, 0.95)


@pytest.mark.slow
def test_every_kept_rate_of_some_groups():
    for n1 in (1, 9, 16, 31):
        for n2 in range(n1, 50, 3):
            assert is_rounded_up(equal_share_rate(n2, n1, 0.95), gap_rate(n1, n2, 0.95))


def test_no_two_groups_of_up_to_forty_nine_decide_more_often_than_one_time_in_twenty():
    rates = [equal_share_rate(n1, n2, 0.95) for n1 in range(1, 50) for n2 in range(1, 50)]
    assert 0.047 < max(rates) <= 0.05
    assert equal_share_rate(24, 50, 0.95) is None
    assert cs.difference((3, 24), (12, 50)).verdict.rate == pytest.approx(0.05)


def test_guaranteed_methods_cover_everywhere():
    for method in ("blaker", "clopper-pearson"):
        assert all(row.minimum >= 0.95 for row in shipped_certificates()["proportion", method].coverage)
    assert all(row.minimum >= 0.95 for row in shipped_certificates()["difference", "clopper-pearson"].coverage)


# ---------------------------------------------------------------- mutations ring


def wald(x, n, tail):
    p = x / n
    return p + stats.norm.ppf(tail) * np.sqrt(p * (1 - p) / n)


def uniform(x, n, tail):
    return np.where(x == 0, 0.0, special.betaincinv(x + 1, n - x + 1, tail))


def left_open(x, n, tail):
    return special.betaincinv(x + 0.5, n - x + 0.5, tail)


@pytest.mark.parametrize(
    ("method", "wrong"),
    [("wilson", wald), ("jeffreys", uniform), ("jeffreys", left_open)],
    ids=["Wald for Wilson", "a wrong prior", "a closed end left open"],
)
def test_a_changed_method_of_a_share_rings(monkeypatch, method, wrong):
    check("proportion", method, [(7,)])
    monkeypatch.setitem(binomial._LOWER, method, wrong)
    with pytest.raises(AssertionError):
        check("proportion", method, [(7,)])


def test_a_sign_turned_rings(monkeypatch):
    right = coverage.gap_limits

    def turned(groups, **settings):
        lower, upper = right(groups, **settings)
        return -upper, -lower

    monkeypatch.setattr(coverage, "gap_limits", turned)
    with pytest.raises(AssertionError):
        check("difference", "newcombe", [(7, 42)])


@pytest.mark.slow
def test_a_dropped_jacobian_rings(monkeypatch):
    """Of the level at the average, whose prior is on the probability and whose nodes are log odds."""
    right, kept = odds_ratios._log_likelihood, certify("odds_ratio", n=(3, 4))

    def dropped(table, l1, l2):
        _, n1, _, n2 = table
        level = (n1 * l1 + n2 * l2) / (n1 + n2)
        return right(table, l1, l2) - special.log_expit(level) - special.log_expit(-level)

    odds_ratios.log_odds.cache_clear()
    monkeypatch.setattr(odds_ratios, "_log_likelihood", dropped)
    with pytest.raises(AssertionError):
        same(kept.coverage[0], certify("odds_ratio", n=(3, 4)).coverage[0])
    odds_ratios.log_odds.cache_clear()


def test_the_exact_interval_left_out_of_the_rule_rings(monkeypatch):
    """24 of 36 are then more than half: beyond one time in twenty."""
    rule = tuple(method for method in error_rates.SHARE_RULE if method != "blaker")
    for name in ("share_rate", "share_decisions"):
        monkeypatch.setattr(certifying, name, partial(getattr(certifying, name), rule=rule))
    assert certifying._share_power(36, 0.95).false_sign > 0.05
    with pytest.raises(AssertionError):
        check("proportion", "wilson", [(36,)])


def test_a_member_of_the_strip_left_out_rings(monkeypatch):
    """Of two groups of 3 and 5: with the prior that ties the two shares the rule decides a sixth as often."""
    kept = equal_share_rate(3, 5, 0.95)
    assert is_rounded_up(kept, error_rates.gap_rate.__wrapped__(3, 5, 0.95))

    class Sure:
        def __init__(self, table):
            pass

        def cdf(self, _value):
            return 0.0

    error_rates.gap_decisions.cache_clear()
    monkeypatch.setattr(error_rates, "LogisticGap", Sure)
    assert error_rates.gap_rate.__wrapped__(3, 5, 0.95) > 5 * kept
    error_rates.gap_decisions.cache_clear()


def test_the_verdicts_that_estimates_tell_are_those_that_are_enumerated(monkeypatch):
    """And are no more where the exact test is left out of theirs."""
    n = 36
    above, below = error_rates.share_decisions(n, (0.5, None), 0.95)
    enumerated = ["supported" if up else "contradicted" if down else "" for up, down in zip(above, below, strict=True)]

    def told():
        verdicts = [cs.proportion(x, n, claim="above").verdict.word for x in range(n + 1)]
        return [word if word in ("supported", "contradicted") else "" for word in verdicts]

    assert told() == enumerated
    monkeypatch.setattr(Share, "beyond", lambda *_: True)
    inference.supports.cache_clear()
    assert told() != enumerated
    inference.supports.cache_clear()


def test_coverage_against_scipy():
    found = certify("proportion", method="wilson", n=11).coverage[0]
    limits = [stats.binomtest(x, 11).proportion_ci(0.95, "wilson") for x in range(12)]
    grid = np.linspace(0.0005, 0.9995, 1999)
    covered = sum(
        stats.binom(11, grid).pmf(x) * ((one.low <= grid) & (grid <= one.high)) for x, one in enumerate(limits)
    )
    assert found.minimum == pytest.approx(covered.min(), abs=1e-5)
    assert found.mean == pytest.approx(covered.mean(), abs=1e-5)
    assert found.left + found.right + found.mean == pytest.approx(1, abs=1e-5)


@pytest.mark.parametrize(
    ("method", "n", "minimum", "mean"),
    [
        ("wilson", 7, 0.835, 0.955),
        ("jeffreys", 24, 0.891, 0.951),
        ("mid-p", 49, 0.925, 0.955),
    ],
)
def test_the_figures_of_the_literature(method, n, minimum, mean):
    row = certify("proportion", method=method, n=n).coverage[0]
    assert (round(row.minimum, 3), round(row.mean, 3)) == (minimum, mean)


def test_an_estimate_names_its_certificate():
    name = shipped_certificates()["proportion", "jeffreys"].name
    assert cs.proportion(35, 49).provenance.certificate == name
    assert cs.proportion(35, 49, target=cs.Superpopulation(words="teachers")).provenance.certificate == name
    assert cs.proportion(35, 49, level=0.9).provenance.certificate is None
    assert cs.proportion(35, 49, target=cs.Population()).provenance.certificate.startswith("population jeffreys")
    assert cs.proportion(35, 49, target=cs.Population(cs.Selection(tau=0.4))).provenance.certificate is None
    assert cs.difference((3, 7), (4, 9), method="newcombe").provenance.certificate.startswith("difference newcombe")


def test_each_estimand_names_its_own():
    def name(estimate):
        return (estimate.provenance.certificate or "").split()[:2]

    pair = {"method": "tango"}
    assert name(cs.paired_difference(39, 35, 49, both=30, **pair)) == ["paired_difference", "tango"]
    assert name(cs.paired_difference(39, 35, 49, **pair)) == ["paired_margins", "tango"]
    assert name(cs.paired_difference(39, 35, 49, both={30, 31}, **pair)) == []
    assert name(cs.difference((3, 7), (9, 42), measure="odds-ratio", method="log-f")) == ["odds_ratio", "log-f"]
    assert name(cs.difference((3, 7), (9, 42), measure="ratio", method="mover-wilson")) == ["ratio", "mover-wilson"]
    assert name(cs.multinomial([3, 4, 5], method="goodman")[0]) == ["multinomial", "goodman"]
    assert name(cs.ranks([3, 4, 5], 12)[0]) == ["ranks", "klein-wright-wieczorek"]
    assert name(cs.superiority([3, 4], [5, 6], method="placements")) == ["superiority", "placements"]
    for (what, method), one in shipped_certificates().items():
        assert certificate_name(what, method, 0.95) == one.name


def test_joint_coverage_against_every_table():
    shares, n = np.array([0.5, 0.3, 0.2]), 6
    lower, upper = (
        np.array([getattr(stats.binomtest(x, n).proportion_ci(0.9, "wilson"), end) for x in range(n + 1)])
        for end in ("low", "high")
    )
    held = 0.0
    for a, b in product(range(n + 1), repeat=2):
        x = np.array([a, b, n - a - b])
        if x[2] >= 0 and (lower[x] <= shares).all() and (upper[x] >= shares).all():
            held += stats.multinomial(n, shares).pmf(x)
    assert jointly_held(n, shares, lower, upper) == pytest.approx(held, abs=1e-12)


def test_coverage_of_a_population_against_draws():
    rows = {row.situation: row for row in population_rows(24, "jeffreys", 0.95)}
    rng, number = np.random.default_rng(8), 200_000
    like, log = rng.beta(0.5, 0.5, number), rng.normal(0, 0.5, number)
    truth = special.expit(special.logit(like) - log)
    x = rng.binomial(24, like)
    for target, part in ((cs.Population(), "coverage"), (cs.Superpopulation(), "naive")):
        spans = [cs.proportion(k, 24, target=target).interval for k in range(25)]
        lower, upper = (np.array([getattr(span, end) for span in spans])[x] for end in ("lower", "upper"))
        held = ((lower <= truth) & (truth <= upper)).mean()
        assert getattr(rows["tau 0.5: as its prior supposes"], part) == pytest.approx(held, abs=0.003)
    fixed = special.expit(special.logit(np.linspace(0.05, 0.95, 91)) + 1)
    ends = cs.proportion_interval(np.arange(25), 24)
    inside = (ends[0] <= np.linspace(0.05, 0.95, 91)[:, None]) & (ends[1] >= np.linspace(0.05, 0.95, 91)[:, None])
    law = stats.binom(24, fixed[:, None]).pmf(np.arange(25))
    assert rows["tau 0.5: participation ratio 2.7"].naive == pytest.approx((inside * law).sum(axis=1).mean(), abs=1e-5)


def test_margins_alone_cover_at_the_truth_that_hurts_most_against_draws():
    """Nobody gives both answers; the tables are drawn one by one, and the interval is told from the margins."""
    rng = np.random.default_rng(4)
    row = certify("paired_margins", method="tango", n=7).coverage[0]
    (first, second), number = row.at, 4_000
    drawn = rng.multinomial(7, [first, second, 1 - first - second], size=number)
    tables, times = np.unique(drawn[:, :2], axis=0, return_counts=True)
    spans = [cs.paired_difference(int(b), int(c), 7, method="tango").interval for b, c in tables]
    held = sum(n for n, one in zip(times, spans, strict=True) if one.lower <= first - second <= one.upper)
    assert held / number == pytest.approx(row.minimum, abs=4 * (0.25 / number) ** 0.5)


def test_what_the_certificates_say_of_the_choices_made():
    """Guaranteed sets hold everywhere; the bands of long lists and of proportional odds do not, and carry a doubt."""
    kept = {
        key: {(row.n, row.situation): row.coverage for row in one.situations}
        for key, one in shipped_certificates().items()
    }
    for key in (
        ("multinomial", "bonferroni-clopper-pearson"),
        *(("ranks", method) for method in ("pairwise", "klein-wright-wieczorek")),
    ):
        assert min(kept[key].values()) >= 0.95 - 0.01
    assert min(kept["multinomial", "goodman"].values()) < 0.85
    assert kept["multinomial", "dirichlet"][(49, 12), "all equal"] < 0.87
    assert min(kept["superiority", "proportional-odds"].values()) < 0.6
    assert min(held for (n, _), held in kept["superiority", "placements"].items() if n == (7, 42)) > 0.95
    margins, known = (
        shipped_certificates()[what, "tango"].coverage for what in ("paired_margins", "paired_difference")
    )
    assert set(margins) <= set(known)  # at the truth that hurts most nothing is lost
    assert cs.multinomial([6, 5, 5, 4, 4, 4, 4])[0].companion.method == "bonferroni-clopper-pearson"
    assert "long-list" in [doubt.code for doubt in cs.multinomial([6, 5, 5, 4, 4, 4, 4])[0].caveats]
    assert "long-list" not in [doubt.code for doubt in cs.multinomial([6, 5, 5, 4, 4, 4])[0].caveats]


def test_a_certificate_and_back():
    made = cs.certify("difference", method="newcombe", n=(5, 8))
    assert cs.Certificate.from_json(made.to_json()) == made


@pytest.mark.parametrize(
    "call",
    [
        {"what": "medians"},
        {"what": "ranks", "n": 9},
        {"what": "proportion", "n": 0},
        {"what": "difference", "n": 9},
        {"what": "proportion", "method": "wald"},
    ],
)
def test_what_cannot_be_certified_is_said(call):
    with pytest.raises(cs.CseaStatsError, match="allowed is"):
        cs.certify(**call)


def test_a_width_is_that_of_every_count_and_larger_base():
    made = cs.plan(width=0.25)

    def widest(n):
        ends = [cs.proportion_interval(np.arange(n + 1), n, method=method) for method in ("jeffreys", "wilson")]
        return max((upper - lower).max() for lower, upper in ends)

    assert widest(made.n) == pytest.approx(made.width)
    assert widest(made.n) <= 0.25 < widest(made.n - 1)


@pytest.mark.slow
def test_a_verdict_is_as_probable_as_planned():
    made = cs.plan(truth=0.75)
    words = [cs.proportion(x, made.n, claim="above").verdict.word for x in range(made.n + 1)]
    law = stats.binom(made.n, 0.75).pmf(range(made.n + 1))
    assert made.power == pytest.approx(law @ [word == "supported" for word in words], abs=1e-9)
    assert made.power >= 0.8
    decided = np.array([word in ("supported", "contradicted") for word in words])
    far = abs(np.arange(made.n + 1) / made.n - 0.5) / 0.25
    assert made.type_m == pytest.approx((law * far)[decided].sum() / law[decided].sum())
    assert cs.plan(truth=0.25, claim="below").n == made.n


def test_two_groups_are_planned_and_what_no_number_supports_is_said():
    made = cs.plan(truth=(0.9, 0.2))
    assert made.power >= 0.8
    assert cs.plan(truth=(0.2, 0.9)).n == made.n
    for wrong in ({}, {"width": 0.1, "truth": 0.7}, {"truth": 0.7, "claim": "below"}, {"truth": 1.2}, {"width": 1e-4}):
        with pytest.raises(cs.CseaStatsError):
            cs.plan(**wrong)


@pytest.mark.parametrize(
    ("what", "asked", "told"),
    [
        ("proportion", {"n": []}, r"n: found \[\]; allowed is a base of 1 to 1000"),
        ("proportion", {"n": 0}, "allowed is a base of 1 to 1000"),
        ("proportion", {"n": 2.5}, "allowed is a base of 1 to 1000"),
        ("difference", {"n": (24, 25, 26)}, "allowed is two numbers of 1 to 120"),
        ("multinomial", {"n": (49, 1)}, "a base of 1 to 1000 and 2 to 50 answers"),
        ("ranks", {"n": (49, 200)}, "a base of 1 to 1000 and 2 to 50 answers"),
        ("proportion", {"replicates": 5}, "replicates: found 5; 'proportion' is no model"),
        ("proportion", {"workers": 2}, "workers: found 2; 'proportion' is no model"),
        ("proportion", {"scheduler": "tcp://127.0.0.1:1"}, "scheduler: found"),
        ("scenario-uncle-by-experience", {"n": 49}, "n: found 49; a model's people"),
        ("awareness-by-age", {}, "or a model: a shipped name"),
    ],
)
def test_what_cannot_be_certified_says_so(what, asked, told):
    with pytest.raises(cs.CseaStatsError, match=told):
        certify(what, **asked)


def test_shortest_lists_and_odd_levels_are_told():
    assert certify("multinomial", method="goodman", n=(5, 2)).situations
    told = str(certify("proportion", method="uniform", n=7, level=0.999999))
    assert "level 0.999999: " in told
    assert "-0.000" not in told


def test_the_commands():
    certified = CliRunner().invoke(main, ["certify", "difference", "--method", "newcombe", "--n", "7/9"])
    assert "n 7 and 9: least" in certified.output
    planned = CliRunner().invoke(main, ["plan", "--width", "0.2"])
    assert planned.output == "94 answers: both intervals of a share are at most 20.0 points wide.\n"
    assert CliRunner().invoke(main, ["certify", "proportion", "--n", "x"]).exit_code == 2


def test_the_page_on_calibration_is_made_from_the_certificates():
    maker = runpy.run_path(str(Path(__file__).parents[2] / ".ci" / "certificates.py"))
    assert maker["PAGE"].read_text(encoding="utf-8") == maker["page"](), "run: uv run python .ci/certificates.py"
