"""docs/architecture.md says how to add a method, an estimand, a writer, a check of print: each is added here."""

import csv
import io
import math
from dataclasses import dataclass, replace
from typing import ClassVar

import numpy as np
import pytest
from click.testing import CliRunner
from scipy import special

import csea_stats as cs
from csea_stats.auditing import audit as auditing
from csea_stats.auditing.findings import Finding
from csea_stats.base import binomial
from csea_stats.cli import main
from csea_stats.estimators import proportion as shares
from csea_stats.estimators.estimand import Method, Participation, Setting
from csea_stats.estimators.inference import estimate
from csea_stats.estimators.proportion import Share
from csea_stats.report import tables
from csea_stats.report.print_checks import name_of


def test_an_interval_method_of_a_share(monkeypatch):
    """The logit interval: a function in base/binomial, a row in the table of `Share`."""

    def logit(x, n, tail):
        """Return the lower limit; the upper one is that of the others, turned over."""
        spread = np.sqrt(1 / (x + 0.5) + 1 / (n - x + 0.5))
        return special.expit(np.log((x + 0.5) / (n - x + 0.5)) + special.ndtri(tail) * spread)

    monkeypatch.setitem(binomial._LOWER, "logit", logit)
    monkeypatch.setattr(shares, "SHARE_METHODS", (*binomial.SHARE_METHODS, "logit"))
    monkeypatch.setattr(Share, "methods", {**Share.methods, "logit": Method()})
    found = cs.proportion(35, 49, method="logit")
    assert found.interval.method == "logit"
    assert found.interval.kind == "confidence"
    assert found.companion.method == "jeffreys"
    assert found.interval.lower < 35 / 49 < found.interval.upper
    # within bounds and in the verdict without another line; refused where the row has no form, with what to use
    assert cs.proportion(35, 49, method="logit", target=cs.Population(cs.SelectionBounds(ratio=2))).interval.lower < 0.5
    with pytest.raises(cs.CseaStatsError, match="use method='jeffreys'"):
        cs.proportion(35, 49, method="logit", target=cs.Population())


def odds_of(share):
    return share / (1 - share) if share < 1 else math.inf


@dataclass(frozen=True, slots=True, kw_only=True)
class Odds(Share):
    """The odds of a share, for every target: formulas alone."""

    name: ClassVar[str] = "odds"
    scale: ClassVar[str] = "ratio"

    def observed(self):
        return [x / (n - x) for x, n in self.pairs]

    def limits(self, method, level, who):
        return tuple(map(odds_of, Share.limits(self, method, level, who)))

    def medians(self, prior, level, who):
        return tuple(
            middle / (1 - middle) if middle < 1 else math.inf for middle in Share.medians(self, prior, level, who)
        )

    def shifted(self, who):
        return tuple(map(odds_of, Share.shifted(self, who)))

    def above(self, threshold, prior, who):
        return Share.above(self, threshold / (1 + threshold), prior, who)


@pytest.mark.parametrize("target", [*cs.TIERS, cs.Population(cs.SelectionBounds(ratio=2))])
def test_an_estimand_with_all_its_targets(target):
    share = cs.proportion(35, 49, target=target)
    setting = Setting(method="jeffreys", level=0.95, threshold=1.0)
    odds = estimate(Odds(pairs=((35, 49),)), target, setting, call="odds(35, 49)")
    assert odds.verdict.word == share.verdict.word
    for one, other in ((odds.interval, share.interval), (odds.companion, share.companion)):
        if one is None:
            assert other is None
            continue
        assert [end / (1 + end) for end in (one.lower, one.upper)] == pytest.approx([other.lower, other.upper])
        assert (one.kind, one.method) == (other.kind, other.method)
    assert [caveat.code for caveat in odds.caveats] == [caveat.code for caveat in share.caveats]
    assert [name for name, _ in odds.sensitivity] == [name for name, _ in share.sensitivity]


def test_what_a_target_supposes_is_a_participation():
    """A target of one's own is these numbers: here a known ratio of 2, which divides the odds by 2."""
    known = Participation(centre=2.0)
    lower, upper = Odds(pairs=((35, 49),)).limits("wilson", 0.95, known)
    alone = Odds(pairs=((35, 49),)).limits("wilson", 0.95, Participation())
    assert (lower, upper) == pytest.approx((alone[0] / 2, alone[1] / 2))


def test_a_writer_of_tables(monkeypatch):
    def tabbed(table):
        text = io.StringIO()
        csv.writer(text, delimiter="\t", lineterminator="\n").writerows([table.columns, *table.rows])
        return text.getvalue()

    monkeypatch.setitem(tables.WRITERS, "tsv", tabbed)
    written = tables.write_table(tables.survey_table(cs.load_survey("bosnia-herzegovina-2021")), "tsv")
    assert written.startswith("question\titem\t")
    assert "[table|csv|json|tsv]" in CliRunner().invoke(main, ["tables", "--help"]).output


def test_a_check_of_print(monkeypatch):
    """A function that yields findings, called where the audit runs them all."""

    def check_dozens(survey):
        for question in survey.question:
            if question.base == 36:
                yield Finding(
                    code="base-in-dozens",
                    question=question.id,
                    cells=(),
                    printed="base 36",
                    expected="nothing: a base may be three dozen",
                    verdict="consistent",
                )

    ours = auditing.check_dates
    monkeypatch.setattr(auditing, "check_dates", lambda survey: [*ours(survey), *check_dozens(survey)])
    survey = replace(cs.load_survey("bosnia-herzegovina-2021"), id="another")  # audits of a survey are kept
    audit = cs.audit(survey)
    (one, *_) = (finding for finding in audit.findings if finding.code == "base-in-dozens")
    assert one.id in set(audit.to_frame()["id"])
    assert name_of(one) == "Base in dozens"  # a code without a title on the page is told as it stands
