"""A frequentist fit beside which nothing could be drawn: its numbers stand, without what draws would add."""

import numpy as np
import pandas as pd
import pytest

import csea_stats as cs
from csea_stats.regression.engines import laplace, slices
from csea_stats.regression.problem import Diagnostic


@pytest.mark.slow
def test_without_draws_there_is_no_probability_and_no_companion(monkeypatch):
    rng = np.random.default_rng(1)
    table = pd.DataFrame(
        {
            "y": pd.Categorical.from_codes(rng.integers(0, 3, 40), list("abc"), ordered=True),
            "g": pd.Categorical.from_codes(rng.integers(0, 2, 40), list("uv")),
        }
    )
    fit = cs.fit("y ~ g", table, method="frequentist")
    whole = fit.effects()[0]
    failed = Diagnostic(name="pareto k", value=2.0, state="fail", text="2.0: too heavy a tail.")
    for engine in (laplace, slices):
        monkeypatch.setattr(engine, "_diagnostics", lambda *_: (failed, failed))
    lone = cs.fit("y ~ g", table, method="frequentist")
    assert lone.counterpart == ()
    for one in (lone.effects()[0], lone.coefficients()[0]):
        assert one.interval is not None
        assert (one.companion, one.probability) == (None, None)
        assert one.verdict is None or one.verdict.word == "not settled"
    assert lone.effects()[0].interval == whole.interval
    assert whole.probability is not None
