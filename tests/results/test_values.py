"""Values check themselves when made."""

import copy
import dataclasses
import math

import pytest

from csea_stats.errors import InputError, UnknownName
from csea_stats.estimators.difference import difference
from csea_stats.results.caveats import CAVEATS, caveat
from csea_stats.results.estimate import Estimate
from csea_stats.results.values import Interval, Strip, intervals_of
from csea_stats.targets.populations import Population, Respondents, Selection, SelectionBounds, Superpopulation


def test_an_interval_has_an_order_and_a_level():
    with pytest.raises(InputError, match="lower <= upper"):
        Interval(lower=0.6, upper=0.5, level=0.95, kind="credible", method="x")
    with pytest.raises(InputError, match="lower <= upper"):
        Interval(lower=math.nan, upper=0.5, level=0.95, kind="credible", method="x")
    with pytest.raises(InputError, match="95"):
        Interval(lower=0.4, upper=0.5, level=95, kind="credible", method="x")


def test_an_estimate_has_a_caveat():
    with pytest.raises(InputError, match="caveat"):
        Estimate(estimand="share", scale="share", target=Respondents())


def test_a_share_stays_within_its_scale():
    wide = Interval(lower=-0.1, upper=0.5, level=0.95, kind="confidence", method="wald")
    with pytest.raises(InputError, match="share"):
        Estimate(
            estimand="share", scale="share", target=Superpopulation(), interval=wide, caveats=(caveat("chance-alone"),)
        )


def test_values_are_frozen():
    interval = Interval(lower=0.4, upper=0.5, level=0.95, kind="credible", method="x")
    with pytest.raises(dataclasses.FrozenInstanceError):
        interval.lower = 0.3


def test_every_caveat_has_a_sentence():
    for code, (severity, text) in CAVEATS.items():
        assert severity in ("note", "caution", "serious"), code
        assert text.endswith((".", "}")), code
        assert text[0].isupper() or text.startswith("{"), code
    with pytest.raises(UnknownName, match="no-such"):
        caveat("no-such")


@pytest.mark.parametrize("tau", [0, -1, math.nan, math.inf, "0.5", True])
def test_a_selection_strength_is_a_positive_number(tau):
    with pytest.raises(InputError, match="tau"):
        Selection(tau=tau)


def test_a_direction_needs_a_reason():
    with pytest.raises(InputError, match="reason"):
        Selection(mean=0.3)
    assert Selection(mean=0.3, reason="two field workers said so").mean == 0.3


def test_other_wrong_targets():
    with pytest.raises(InputError, match="ratio"):
        SelectionBounds(ratio=0.5)
    with pytest.raises(InputError, match="selection"):
        Population(0.5)
    with pytest.raises(InputError, match="size"):
        Population(size=0)
    with pytest.raises(InputError, match="design_effect"):
        Superpopulation(design_effect=0.5)
    with pytest.raises(InputError, match="correlation"):
        Selection(correlation=1.5)


def test_ratio_and_tau_are_inverse():
    # methods: tau .25, .5 and 1 are ratios within 1.63, 2.66 and 7.1
    assert [round(Selection(tau=tau).ratio, 2) for tau in (0.25, 0.5, 1.0)] == [1.63, 2.66, 7.1]
    assert Selection.from_ratio(Selection(tau=0.37).ratio).tau == pytest.approx(0.37, abs=1e-12)


def test_a_strip_makes_what_is_looked_at_and_is_equal_to_the_tuple_of_it():
    interval, asked = Interval(lower=0.1, upper=0.2, level=0.95, kind="credible", method="jeffreys"), []

    def made():
        asked.append(1)
        return interval

    strip = Strip([("tau 1", interval), ("correlation 0", made)])
    assert intervals_of(strip, lambda name: name.startswith("tau")) == [interval]
    assert (len(strip), strip.names, asked) == (2, ("tau 1", "correlation 0"), [])
    whole = (("tau 1", interval), ("correlation 0", interval))
    assert strip == whole == strip[:] == copy.deepcopy(strip)
    assert (hash(strip), repr(strip), asked) == (hash(whole), repr(whole), [1])
    assert intervals_of(whole, lambda name: name == "correlation 0") == [interval]


def test_a_verdict_makes_no_interval_at_another_correlation():
    found = difference((7, 7), (28, 42), target=Population())
    assert found.verdict is not None
    assert any(not isinstance(member, Interval) for _, member in found.sensitivity._members)
