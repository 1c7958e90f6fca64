"""Numbers that pingouin computes as well, from single answers rather than counts."""

import numpy as np
import pandas as pd
import pytest

import csea_stats as cs
from csea_stats.base.rank_sets import worst_p

pytestmark = pytest.mark.slow  # the import alone takes seconds


@pytest.mark.few(4)
@pytest.mark.parametrize(("b", "c"), [(14, 4), (16, 6), (7, 1), (9, 0)])
def test_exact_mcnemar(b, c):
    """Of b + c people who each gave one of two answers nobody can have given both, so the overlap is known."""
    import pingouin

    cells = np.repeat([(1, 0), (0, 1), (1, 1), (0, 0)], (b, c, 3, 2), axis=0)  # the last two do not count
    _, told = pingouin.chi2_mcnemar(pd.DataFrame(cells, columns=["first", "second"]), "first", "second")
    assert 2 * worst_p(b, c, b + c) == pytest.approx(told.loc["mcnemar", "p_exact"], rel=1e-9)


@pytest.mark.parametrize(("a", "b"), [((3, 4, 9), (20, 22, 7)), ((0, 1, 35, 10, 3), (2, 8, 8, 16, 2))])
def test_superiority_observed_is_the_common_language_effect_size(a, b):
    import pingouin

    first, second = (np.repeat(np.arange(len(counts)), counts) for counts in (a, b))
    observed = cs.superiority(a, b, target=cs.Respondents()).value
    assert observed == pytest.approx(pingouin.compute_effsize(first, second, eftype="CLES"), abs=1e-12)
    assert observed == pytest.approx((1 + pingouin.mwu(first, second)["RBC"].iloc[0]) / 2, abs=1e-12)
