"""McNemar's exact test: against statsmodels and SciPy, a published example, limits, every overlap."""

import numpy as np
import pytest
from scipy.stats import binom, binomtest
from statsmodels.stats.contingency_tables import mcnemar

import csea_stats as cs
from csea_stats.base.exact_tests import mcnemar_p
from csea_stats.errors import CountError, UnsupportedTarget

PAIRS = [(one, other) for one in range(9) for other in range(9) if one + other]


@pytest.mark.few(24)
@pytest.mark.parametrize(("one", "other"), PAIRS)
def test_against_other_software(one, other):
    table = [[3, one], [other, 4]]
    assert mcnemar_p(one, other) == pytest.approx(mcnemar(table, exact=True).pvalue)
    assert mcnemar_p(one, other) == pytest.approx(binomtest(one, one + other, 0.5).pvalue)


def test_the_published_example():
    """Bentur et al. (2009) in Fagerland, Lydersen and Laake (2013), table 1: 1, 1, 7, 12; exact .070, mid-p .039."""
    assert cs.paired_test(2, 8, 21, both=1).test.p == pytest.approx(0.0703, abs=5e-5)
    assert cs.paired_test(2, 8, 21, both=1, method="mid-p").test.p == pytest.approx(0.0391, abs=5e-5)


def test_mid_p_by_its_definition():
    for one, other in PAIRS:
        masses = binom.pmf(np.arange(one + other + 1), one + other, 0.5)
        here = binom.pmf(one, one + other, 0.5)
        alike = np.isclose(masses, here)
        by_hand = masses[masses < here * (1 - 1e-9)].sum() + masses[alike].sum() / 2
        assert mcnemar_p(one, other, mid_p=True) == pytest.approx(by_hand)


def test_nobody_differs():
    assert mcnemar_p(0, 0) == mcnemar_p(0, 0, mid_p=True) == 1.0
    assert cs.paired_test(5, 5, 9, both=5).test.p == 1.0


def test_every_overlap_is_looked_at():
    found = cs.paired_test(39, 35, 49)
    each = [cs.paired_test(39, 35, 49, both=both).test.p for both in range(25, 36)]
    assert (found.test.p_least, found.test.p) == (pytest.approx(min(each)), pytest.approx(max(each)))
    assert found.estimate.value == pytest.approx(4 / 49)


def test_the_level_is_kept_whatever_the_share():
    """Enumerated: of pairs that differ with chances p either way the test rejects at most one time in twenty."""
    for chance in (0.02, 0.1, 0.25, 0.5):
        number = np.arange(26)
        differ = binom.pmf(number, 25, 2 * chance)
        wrong = [
            binom.pmf(np.arange(m + 1), m, 0.5) @ (mcnemar_p(np.arange(m + 1), m - np.arange(m + 1)) <= 0.05)
            for m in number
        ]
        assert differ @ wrong <= 0.05


def test_what_is_refused():
    with pytest.raises(CountError):
        cs.paired_test(10, 3, 9)
    with pytest.raises(UnsupportedTarget, match="paired_test has no form"):
        cs.paired_test(3, 8, 21, target=cs.Respondents())
