"""Averages over respondents: the same as every respondent's own probability, one by one."""

import numpy as np
import pytest
from scipy.special import expit

from csea_stats.regression import averages
from csea_stats.regression.averages import point_share, share
from csea_stats.regression.settings import OutcomeEvent, PredictorSetting

SETTINGS = [
    PredictorSetting(place=-1),
    PredictorSetting(place=0, values=(1.0,), weights=(1.0,)),
    PredictorSetting(place=0, values=(0.0, 3.0), weights=(0.25, 0.75)),
    PredictorSetting(place=1, offset=5.0),
]
EVENTS = [
    OutcomeEvent(low=0, high=1, words=""),
    OutcomeEvent(low=2, high=2, words=""),
    OutcomeEvent(low=3, high=4, words=""),
]


def one_by_one(design, setting, event, thresholds, effect):
    """Average of P(event) over respondents, each with the whole of the formula."""
    total = np.zeros(len(thresholds))
    cuts = np.column_stack([np.full(len(thresholds), -np.inf), thresholds, np.full(len(thresholds), np.inf)])
    for pattern, people in zip(design.patterns, design.tables[0].sum(axis=1), strict=True):
        for value, weight in zip(setting.values or (None,), setting.weights or (1.0,), strict=True):
            person = pattern.copy()
            if setting.place >= 0:
                person[setting.place] = person[setting.place] + setting.offset if value is None else value
            eta = effect(person[None, :])
            total += people * weight * (expit(cuts[:, event.high + 1] - eta) - expit(cuts[:, event.low] - eta))
    return total / design.people


@pytest.mark.few(7)
@pytest.mark.parametrize("cells", [averages.CELLS, 500], ids=["cells", "many blocks"])
@pytest.mark.parametrize("event", EVENTS)
@pytest.mark.parametrize("setting", SETTINGS)
def test_share_is_the_average_of_everybody(fitted, setting, event, cells, monkeypatch):
    monkeypatch.setattr(averages, "CELLS", cells)
    reading = fitted.readings[0]
    drawn = reading.sample

    def effect(person):
        linear, steps = reading.design.columns(person)
        assert len(steps) == 1
        return drawn.linear @ linear[0] + drawn.monotonic[:, 0] * (drawn.zetas[0] @ steps[0][0])

    expected = one_by_one(reading.design, setting, event, drawn.thresholds, effect)
    assert np.allclose(share(reading.design, drawn, setting, event), expected, rtol=0, atol=1e-13)


@pytest.mark.parametrize("event", EVENTS)
@pytest.mark.parametrize("setting", SETTINGS)
def test_point_share_is_the_average_of_everybody(profiled, setting, event):
    design = profiled.design.straightened
    found = profiled.readings[0].profiled

    def effect(person):
        return found.linear @ design.columns(person)[0][0]

    expected = one_by_one(design, setting, event, found.thresholds[None, :], effect)
    rows = np.stack([found.thresholds, found.thresholds + 1]), np.stack([found.linear, found.linear])
    told = point_share(design, setting, event)(*rows)
    assert told.shape == (2,)
    assert told[0] == pytest.approx(expected[0], abs=1e-13)
