"""A fit with group effects that can hardly differ, beside the fit without them."""

import pytest

import csea_stats as cs


def ends(interval):
    return interval.lower, interval.upper


def held_and_alone(formula, table):
    """Return both fits, whose coefficients are the same."""
    model = cs.Model.from_formula(f"{formula} + (1 | team)")
    held = cs.fit(model.with_priors(scales="half-normal(0.001)", reason="None."), table)
    alone = cs.fit(formula, table)
    told = {one.item: one.interval for one in held.coefficients()}
    for one in alone.coefficients():
        assert ends(told[one.item]) == pytest.approx(ends(one.interval), abs=0.12)
    return held, alone
