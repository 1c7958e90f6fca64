"""Roots one by one are those of many at once, to the last bit, and lie where they should."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from csea_stats.base.roots import increasing_root, one_root, secant_root, secant_roots

SHAPES = {
    "cubic": lambda x, at, steep: steep * (x - at) ** 3,
    "saturating": lambda x, at, steep: math.tanh(steep * (x - at)),
    "exponential": lambda x, at, steep: math.expm1(steep * (x - at)),
    "flat at zero": lambda x, at, steep: 0.0 if abs(x - at) < 0.01 else steep * (x - at),
    "a jump": lambda x, at, steep: math.copysign(steep, x - at),
}


@pytest.mark.parametrize("shape", SHAPES)
@given(at=st.floats(-1.5, 1.5), steep=st.floats(0.01, 50), tolerance=st.sampled_from([1e-13, 1e-9, 1e-6]))
def test_one_root_takes_the_steps_of_many(shape, at, steep, tolerance):
    def function(x):
        return SHAPES[shape](x, at, steep)

    (found,) = increasing_root(lambda x: np.array([function(float(x[0]))]), [-1.0], [1.0], tolerance=tolerance)
    assert one_root(function, -1.0, 1.0, tolerance=tolerance) == found


BENT = {
    "straight": lambda x, at: x - at,
    "bent": lambda x, at: x - at + 0.2 * (x - at) ** 2,
    "saturating": lambda x, at: math.tanh(2 * (x - at)),
    "noisy": lambda x, at: x - at + 3e-16 * math.sin(1e17 * x),
    "infinite": lambda x, at: -math.inf if x < at - 1 else x - at,
}


@pytest.mark.parametrize("shape", BENT)
@given(at=st.floats(-1.5, 1.5), starts=st.lists(st.floats(-1.9, 1.9), min_size=1, max_size=4))
def test_secants_of_many_are_those_of_one_and_cross_where_the_function_does(shape, at, starts):
    def function(x):
        return BENT[shape](x, at)

    starts = [at, *starts]  # a start that is the root, but for rounding
    alone = [secant_root(function, start, slope=1.0, ends=(-2.0, 2.0)) for start in starts]
    ends = np.full(len(starts), -2.0), np.full(len(starts), 2.0)
    many = secant_roots(
        lambda x: np.array([*map(function, x)]), np.array(starts), slope=np.ones(len(starts)), ends=ends
    )
    assert many.tolist() == alone
    assert alone == pytest.approx([at] * len(starts), abs=1e-8)


def test_a_bracket_without_a_root_gives_its_end():
    assert one_root(lambda x: x - 5, 0.0, 1.0) == 1.0
    assert one_root(lambda x: x + 5, 0.0, 1.0) == 0.0
