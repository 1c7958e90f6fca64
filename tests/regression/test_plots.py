"""Figures of a fit: bars lie where the intervals are, nothing is cut off, made-up answers are stamped."""

import itertools

import numpy as np
import pytest

import csea_stats as cs
from csea_stats.errors import InputError
from csea_stats.regression.plots import STAMP, kinds_of, size


@pytest.fixture(scope="module")
def from_print():
    return cs.fit(
        "awareness-by-age-from-print", cs.tabulate(cs.load_survey("bosnia-herzegovina-2021"), "awareness", by="age")
    )


def drawn(fit, kind):
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure

    figure = Figure(figsize=size(fit, kind, fit.effects()), layout="constrained")
    FigureCanvasAgg(figure)
    axes = fit.plot(kind, ax=figure.add_subplot())
    return figure, axes


def bars(axes):
    return [(patch.get_x(), patch.get_x() + patch.get_width()) for patch in axes.patches]


@pytest.mark.slow
@pytest.mark.parametrize("kind", ["effects", "predictions", "prior"])
@pytest.mark.parametrize("which", ["from_print", pytest.param("fitted", marks=pytest.mark.slow)])
def test_no_text_is_cut_off(kind, which, request):
    figure, axes = drawn(request.getfixturevalue(which), kind)
    figure.canvas.draw()
    width, height = figure.get_size_inches() * figure.dpi
    low, high = axes.get_xlim()
    ticks = [t for t in axes.get_xticklabels() if low <= t.get_position()[0] <= high]  # others are not drawn
    texts = [axes.xaxis.label, *axes.texts, *axes.get_yticklabels(), *ticks]
    boxes = {text.get_text(): text.get_window_extent() for text in texts if text.get_text()}
    assert len(boxes) > 5
    cut = [
        text for text, box in boxes.items() if box.x0 < -1 or box.x1 > width + 1 or box.y0 < -1 or box.y1 > height + 1
    ]
    assert cut == []
    rows = sorted((b.y0, b.y1) for t in axes.get_yticklabels() if (b := t.get_window_extent()) and t.get_text())
    assert all(after[0] > before[1] - 2 for before, after in itertools.pairwise(rows))


@pytest.mark.slow
def test_bars_are_the_intervals(fitted):
    _, axes = drawn(fitted, "effects")
    wanted = [(100 * i.lower, 100 * i.upper) for one in fitted.effects() for i in (one.interval, one.companion) if i]
    assert np.allclose(bars(axes), wanted)
    _, axes = drawn(fitted, "prior")
    wanted = [(100 * i.lower, 100 * i.upper) for one in fitted.effects() for _, i in one.sensitivity]
    assert np.allclose(bars(axes), wanted)
    _, axes = drawn(fitted, "predictions")
    wanted = [(100 * one.interval.lower, 100 * one.interval.upper) for one in fitted.predictions(by="age_band")]
    assert np.allclose(bars(axes), wanted)


def test_a_figure_carries_base_level_method_and_target(fitted):
    told = drawn(fitted, "effects")[1].get_xlabel().replace("\n", " ")
    for part in ("47 respondents", "95% credible interval (Laplace)", "95% confidence interval", "people like these"):
        assert part in told


def test_kinds_that_a_fit_has(fitted, from_print):
    assert kinds_of(fitted) == ("effects", "predictions", "prior", "proportional-odds")
    assert kinds_of(from_print) == ("effects", "predictions", "prior")
    with pytest.raises(InputError, match="not to be had"):
        from_print.plot("proportional-odds")


@pytest.mark.slow
def test_made_up_answers_are_stamped():
    data = cs.synthesise(cs.load_survey("bosnia-herzegovina-2021"), seed=1)
    _, axes = drawn(cs.fit("girls-supported ~ age", data), "effects")
    assert STAMP in [text.get_text() for text in axes.texts]
