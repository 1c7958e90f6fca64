"""One root in plain numbers is what the array routine finds, to the last bit."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from csea_stats.base.roots import increasing_root, one_root

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


def test_a_bracket_without_a_root_gives_its_end():
    assert one_root(lambda x: x - 5, 0.0, 1.0) == 1.0
    assert one_root(lambda x: x + 5, 0.0, 1.0) == 0.0
