"""Numbers that pingouin computes as well, from single answers rather than counts."""

import numpy as np
import pandas as pd
import pytest

import csea_stats as cs
from csea_stats.base.paired import mcnemar_p


@pytest.mark.parametrize(("both", "b", "c", "neither"), [(21, 14, 4, 10), (30, 6, 16, 3), (0, 1, 7, 2), (5, 9, 0, 5)])
def test_exact_mcnemar_of_known_cells(both, b, c, neither):
    import pingouin

    answers = pd.DataFrame(
        np.repeat([(1, 1), (1, 0), (0, 1), (0, 0)], (both, b, c, neither), axis=0), columns=["first", "second"]
    )
    _, told = pingouin.chi2_mcnemar(answers, "first", "second")
    assert mcnemar_p(b, c) == pytest.approx(told.loc["mcnemar", "p_exact"], rel=1e-9)


@pytest.mark.parametrize(("a", "b"), [((3, 4, 9), (20, 22, 7)), ((0, 1, 35, 10, 3), (2, 8, 8, 16, 2))])
def test_superiority_observed_is_the_common_language_effect_size(a, b):
    import pingouin

    first, second = (np.repeat(np.arange(len(counts)), counts) for counts in (a, b))
    observed = cs.superiority(a, b, target=cs.Respondents()).value
    assert observed == pytest.approx(pingouin.compute_effsize(first, second, eftype="CLES"), abs=1e-12)
    assert observed == pytest.approx((1 + pingouin.mwu(first, second)["RBC"].iloc[0]) / 2, abs=1e-12)
