"""Figures of what is no estimate: who answered, what a model expects, probabilities of ranks."""

import re
from pathlib import Path

import numpy as np
import pytest

import csea_stats as cs
from csea_stats.errors import InputError, UnknownName
from csea_stats.results.coverage_figures import TRUTHS, share_curve
from tests.drawn import bars, hatches, marks_of, row_names, texts, values
from tests.publication.test_figure_kinds import inside as inside_of

EXAMPLES = Path(__file__).parents[2] / "examples"


@pytest.fixture(scope="module")
def answers(shipped_survey):
    return cs.synthesise(shipped_survey, seed=1)


@pytest.fixture(scope="module")
def fitted(answers):
    return cs.fit("awareness ~ organisation", answers, method="frequentist")


def test_who_answered_is_what_the_columns_hold():
    data = cs.read_respondents(EXAMPLES / "own_answers.csv", EXAMPLES / "own_answers.toml")
    picture = data.figure()
    told = [text for text in texts(picture.ax) if re.fullmatch(r"\d+( of \d+)?", text)]
    answered = [int(column.answered.sum()) for column in data.columns]
    assert told == ["44", "43 of 44", *(f"{number} of 43" for number in answered)]
    assert "the form was sent twice: 1" in texts(picture.ax)
    assert str(data.funnel) in picture.caption
    assert inside_of(picture) > 0.5
    assert data.figure(["years"], width="page").data.rows[-1][:3] == ("Years in libraries", 42, 43)
    with pytest.raises(UnknownName):
        data.figure(["yeras"])


@pytest.mark.slow
def test_who_was_not_asked_stands_apart(answers):
    picture = answers.figure(["boys-offender-origin"])
    column = answers.column("boys-offender-origin")
    asked = 49 - column.why["not asked"]
    assert texts(picture.ax)[-1] == f"{int(column.answered.sum())} of {asked}"
    assert (asked, 49.0) in bars(picture.ax)
    assert picture.caption.startswith("SYNTHETIC.")
    assert len(answers.figure().ax.get_yticks()) <= 40  # those with the fewest answers


def test_what_a_model_expects_is_its_check(fitted):
    picture, check = fitted.figure("expected", width="column"), fitted.check()
    unit = {one: 100 / one.people for one in check.counts}
    wanted = [(round(by * one.lower, 9), round(by * one.upper, 9)) for one, by in unit.items() if one.upper > one.lower]
    assert bars(picture.ax) == wanted
    seen = sorted(values(picture.ax))
    assert seen == sorted(round(by * one.observed[0], 9) for one, by in unit.items())
    assert len(picture.data.rows) == len(check.counts) == 15
    assert inside_of(picture) > 0.5
    with pytest.raises(UnknownName):
        fitted.figure("expected", by="age")
    with pytest.raises(InputError, match="allowed is one of"):
        fitted.figure("pie")


@pytest.mark.slow
def test_figures_of_a_fit_draw_its_numbers(fitted):
    """A heading for each level, effect or coefficient; the prior in use, and what is common to all cuts, are filled."""
    predicted = fitted.predictions(by="organisation")
    picture = fitted.figure("predictions", by="organisation")
    spans = [one.interval for one in predicted if one.interval]
    assert bars(picture.ax, 6) == [(round(100 * span.lower, 6), round(100 * span.upper, 6)) for span in spans]
    assert values(picture.ax, 6) == [round(100 * one.value, 6) for one in predicted]
    assert texts(picture.ax) == ["government", "NGO", "health or education"]
    cuts = fitted.figure("proportional-odds").ax
    assert texts(cuts) == ["organisation[NGO]", "organisation[health or education]"]
    assert row_names(cuts).count("common to all cuts") == hatches(cuts).count(None) == 2


@pytest.mark.slow
@pytest.mark.parametrize(
    "kind",
    [
        "predictions",
        pytest.param("effects", marks=pytest.mark.slow),
        pytest.param("proportional-odds", marks=pytest.mark.slow),
    ],
)
def test_figures_of_a_fit_have_room_and_say_what_they_show(fitted, kind):
    picture = fitted.figure(kind)
    assert inside_of(picture) > 0.5
    assert inside_of(fitted.figure(kind, width="column")) > 0.5
    assert len(picture.figure.texts) == 1  # no words but its head are matplotlib's own
    assert picture.alt.startswith("SYNTHETIC.")
    assert re.search(r"from .+ to .+\.", picture.alt)
    assert picture.notes
    assert picture.data.rows


def test_probabilities_of_ranks_are_written_into_their_cells():
    found = cs.rank_probabilities({"yes": 30, "no": 14, "cannot say": 5}, 49, 1)
    picture = found.figure()
    cells = [text for text in texts(picture.ax) if text.isdigit()]
    assert cells[:2] == [f"{100 * found.ranks[0][0]:.0f}", f"{100 * found.ranks[0][1]:.0f}"]
    assert [box.style["alpha"] for box in marks_of(picture.ax)] == [one for row in found.ranks for one in row]
    assert found.caveats[0].text in str(picture)
    assert inside_of(picture) > 0.5


@pytest.mark.few(1)
@pytest.mark.parametrize(("what", "method", "n"), [("proportion", "wilson", 49), ("difference", "newcombe", (7, 42))])
def test_coverage_is_what_the_certificate_says(what, method, n):
    """Of a share its least and its mean over the same truths; of two groups no less than where shares are equal."""
    found = cs.certify(what, method=method, n=n)
    picture, (row,) = found.figure(), found.coverage
    truths, covered = (100 * part for part in map(np.array, zip(*picture.data.rows, strict=True)))
    assert np.array_equal(picture.ax.lines[0].get_data(), (truths, covered))
    if what == "proportion":
        assert covered.min() == pytest.approx(100 * row.minimum, abs=1e-4)
        assert covered.mean() == pytest.approx(100 * row.mean, abs=1e-4)
    else:
        inside = (truths > 0.99) & (truths < 99.01)
        assert covered[inside].min() == pytest.approx(100 * row.alike, abs=0.05)  # a grid forty times as fine
    assert inside_of(picture) > 0.5
    assert len(picture.alt.split()) <= 60
    with pytest.raises(InputError, match="allowed is one of the certificate's"):
        found.figure(50)


def test_coverage_at_a_truth_by_drawing():
    """Of 200,000 sets of answers, the interval of each asked of the public call."""
    rng = np.random.default_rng(1)
    counts, times = np.unique(rng.binomial(14, 0.3, 200_000), return_counts=True)
    spans = [cs.proportion(int(count), 14, method="wilson").interval for count in counts]
    held = sum(number for span, number in zip(spans, times, strict=True) if span.lower <= 0.3 <= span.upper) / 200_000
    at = np.abs(TRUTHS - 0.3).argmin()
    assert share_curve(14, "wilson", 0.95)[at] == pytest.approx(held, abs=4 * (0.05 * 0.95 / 200_000) ** 0.5)


def test_other_certificates_are_not_drawn():
    with pytest.raises(InputError, match="allowed is one of 'proportion', 'difference'"):
        cs.certify("paired_difference", n=7).figure()
