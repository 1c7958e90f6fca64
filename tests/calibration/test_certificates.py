"""Coverage, error rates and power by enumeration: shipped certificates are made again, and against SciPy."""

from __future__ import annotations

import re
import runpy
from dataclasses import asdict
from pathlib import Path

import numpy as np
import pytest
from click.testing import CliRunner
from scipy import stats

import csea_stats as cs
from csea_stats.base import binomial
from csea_stats.base.error_rates import gap_rate
from csea_stats.calibration.certifying import CERTIFIED, certify, code_fingerprint
from csea_stats.cli import main
from csea_stats.results.certificates import equal_share_rate, shipped_certificates

ALL = [(what, method) for what, kind in CERTIFIED.items() for method in kind.offered()]


def test_every_closed_form_has_a_certificate():
    assert set(shipped_certificates()) == set(ALL)
    assert all(
        one.level == 0.95 and re.fullmatch(r".+ [0-9a-f]{12}", one.name) for one in shipped_certificates().values()
    )


def check(what, method, places):
    shipped = shipped_certificates()[what, method]
    rows = [shipped.coverage[place] for place in places]
    again = certify(what, method=method, n=[row.n if len(row.n) > 1 else row.n[0] for row in rows])
    for old, new in zip(rows, again.coverage, strict=True):
        assert old.n == new.n
        for name, value in asdict(old).items():
            assert value is None or np.allclose(value, asdict(new)[name], atol=5e-6), (what, method, name)
    for place, new in zip(places, again.verdict, strict=True):
        assert shipped.verdict[place].false_sign == pytest.approx(new.false_sign, abs=5e-6)
        assert np.allclose(shipped.verdict[place].supported, new.supported, atol=5e-6)


@pytest.mark.parametrize(("what", "method"), ALL)
def test_the_shipped_certificate_is_what_the_code_does(what, method):
    check(what, method, (0,) if what != "proportion" else (0, 5))


@pytest.mark.slow
@pytest.mark.parametrize(("what", "method"), ALL)
def test_every_row_of_it(what, method):
    check(what, method, range(len(shipped_certificates()[what, method].coverage)))


@pytest.mark.slow
def test_the_code_is_that_of_the_certificates():
    """Where it is not, run .ci/certificates.py: numbers that stay the same keep their names."""
    assert {one.code for one in shipped_certificates().values()} == {code_fingerprint()}


def test_no_verdict_errs_more_often_than_one_time_in_twenty():
    assert all(row.false_sign <= 0.05 for one in shipped_certificates().values() for row in one.verdict)


@pytest.mark.parametrize("pair", [(7, 42), (3, 5), pytest.param((24, 25), marks=pytest.mark.slow)])
def test_the_kept_rates_of_equal_shares_are_what_the_rule_does(pair):
    assert equal_share_rate(*pair, 0.95) == pytest.approx(gap_rate(*pair, 0.95), abs=6e-6)
    assert cs.difference((1, pair[0]), (2, pair[1])).verdict.rate == equal_share_rate(*pair, 0.95)


@pytest.mark.slow
def test_every_kept_rate_of_some_groups():
    for n1 in (1, 9, 16, 31):
        for n2 in range(n1, 50, 3):
            assert equal_share_rate(n2, n1, 0.95) == pytest.approx(gap_rate(n1, n2, 0.95), abs=6e-6)


def test_no_two_groups_of_up_to_forty_nine_decide_more_often_than_one_time_in_twenty():
    rates = [equal_share_rate(n1, n2, 0.95) for n1 in range(1, 50) for n2 in range(1, 50)]
    assert 0.047 < max(rates) <= 0.05
    assert equal_share_rate(24, 50, 0.95) is None
    assert cs.difference((3, 24), (12, 50)).verdict.rate == pytest.approx(0.05)


def test_guaranteed_methods_cover_everywhere():
    for method in ("blaker", "clopper-pearson"):
        assert all(row.minimum >= 0.95 for row in shipped_certificates()["proportion", method].coverage)
    assert all(row.minimum >= 0.95 for row in shipped_certificates()["difference", "clopper-pearson"].coverage)


def test_a_changed_method_is_noticed(monkeypatch):
    def wald(x, n, tail):
        p = x / n
        return p + stats.norm.ppf(tail) * np.sqrt(p * (1 - p) / n)

    monkeypatch.setitem(binomial._LOWER, "wilson", wald)
    with pytest.raises(AssertionError):
        check("proportion", "wilson", (0,))


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
    assert cs.proportion(35, 49, target=cs.Population()).provenance.certificate is None
    assert cs.difference((3, 7), (4, 9), method="newcombe").provenance.certificate.startswith("difference newcombe")


def test_a_certificate_and_back():
    made = cs.certify("difference", method="newcombe", n=(5, 8))
    assert cs.Certificate.from_json(made.to_json()) == made


@pytest.mark.parametrize(
    "call",
    [
        {"what": "ranks"},
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


def test_the_commands():
    certified = CliRunner().invoke(main, ["certify", "difference", "--method", "newcombe", "--n", "7/9"])
    assert "n 7 and 9: least" in certified.output
    planned = CliRunner().invoke(main, ["plan", "--width", "0.2"])
    assert planned.output == "94 answers: both intervals of a share are at most 20.0 points wide.\n"
    assert CliRunner().invoke(main, ["certify", "proportion", "--n", "x"]).exit_code == 2


def test_the_page_on_calibration_is_made_from_the_certificates():
    maker = runpy.run_path(str(Path(__file__).parents[2] / ".ci" / "certificates.py"))
    assert maker["PAGE"].read_text(encoding="utf-8") == maker["page"](), "run: uv run python .ci/certificates.py"
