"""Figures of a fit as files: bars end where the intervals do; what was asked for once is not worked out again."""

from dataclasses import replace
from xml.etree import ElementTree as ET

import pytest

from csea_stats.regression.effects import shared_predictions
from csea_stats.report.drawing import Rect, sheet_svg
from csea_stats.report.fit_sheets import fit_sheets
from csea_stats.results.numbers import interval_words


def filled(sheet):
    return [mark for piece in sheet.pieces for mark in piece.marks if isinstance(mark, Rect) and mark.look == "work"]


@pytest.mark.slow
def test_bars_end_at_the_limits_and_texts_tell_them(fitted):
    sheets = dict(fit_sheets(fitted))
    assert list(sheets) == ["effects", "predictions", "prior", "proportional-odds"]
    shown = {
        "effects": fitted.effects(),
        "predictions": fitted.predictions("age_band"),
        "proportional-odds": [one for one in fitted.proportional_odds() if not one.item.endswith("common")],
    }
    for kind, estimates in shown.items():
        bars, ends = filled(sheets[kind]), [(one.interval.lower, one.interval.upper) for one in estimates]
        assert len(bars) == len(ends)
        reached = [(bar.x, bar.x + bar.width) for bar in bars]
        scale = (reached[0][1] - reached[0][0]) / (ends[0][1] - ends[0][0])  # one axis for all
        zero = reached[0][0] - scale * ends[0][0]
        wide = [place for place, bar in enumerate(bars) if bar.width > 0.01]
        assert len(wide) > 1
        for place in wide:
            assert reached[place] == pytest.approx([zero + scale * end for end in ends[place]], abs=1e-9)
        root = ET.fromstring(sheet_svg(sheets[kind]))
        texts = [one.text for one in root.iter("{http://www.w3.org/2000/svg}text")]
        assert [text for text in texts if text in {interval_words(one.interval, one.scale) for one in estimates}] == [
            interval_words(one.interval, one.scale) for one in estimates
        ]


def test_what_was_asked_for_is_kept_by_its_fit_alone(fitted):
    assert shared_predictions(fitted, "age_band") is shared_predictions(fitted, "age_band")
    assert fitted.coefficients() is fitted.coefficients()
    wider = replace(fitted, level=0.5).coefficients()[0].interval
    assert wider.level == 0.5
    assert wider.lower > fitted.coefficients()[0].interval.lower
