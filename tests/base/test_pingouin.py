"""Numbers that pingouin computes as well, from single answers rather than counts."""

import numpy as np
import pytest

import csea_stats as cs


@pytest.mark.parametrize(("a", "b"), [((3, 4, 9), (20, 22, 7)), ((0, 1, 35, 10, 3), (2, 8, 8, 16, 2))])
def test_superiority_observed_is_the_common_language_effect_size(a, b):
    import pingouin

    first, second = (np.repeat(np.arange(len(counts)), counts) for counts in (a, b))
    observed = cs.superiority(a, b, target=cs.Respondents()).value
    assert observed == pytest.approx(pingouin.compute_effsize(first, second, eftype="CLES"), abs=1e-12)
    assert observed == pytest.approx((1 + pingouin.mwu(first, second)["RBC"].iloc[0]) / 2, abs=1e-12)
