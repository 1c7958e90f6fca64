"""The model that print alone is enough for: which tables are fitted, and that the page tells the same numbers."""

from __future__ import annotations

import re
from dataclasses import replace

import numpy as np
import pytest

import csea_stats as cs
from csea_stats.regression.from_print import fits_from_print, reading_words
from csea_stats.report.page import page_html
from csea_stats.results.numbers import percent_range, points_range
from csea_stats.survey.survey import Cell, Group, Question
from tests.report.test_page import Outline


@pytest.fixture(scope="module")
def fits(shipped):
    return fits_from_print(shipped[1])


@pytest.fixture(scope="module")
def page(shipped, fits):
    return page_html(*shipped, fits=fits)


def section(page):
    start = page.index('<section id="fitted"')
    return page[start : page.index('<section id="', start + 10)]


@pytest.mark.slow
def test_the_hull_covers_each_reading_and_touches_its_ends(fits):
    (found,) = fits
    assert found.fit.model.id == "awareness-by-age-from-print"
    assert len(found.readings) == len(found.fit.readings) == 3
    for kind in ("interval", "companion"):
        ends = [(getattr(one, kind).lower, getattr(one, kind).upper) for _, one in found.readings]
        hull = getattr(found.effect, kind)
        assert hull.lower == pytest.approx(min(low for low, _ in ends), abs=1e-9)
        assert hull.upper == pytest.approx(max(high for _, high in ends), abs=1e-9)


@pytest.mark.slow
def test_the_effect_is_that_of_a_fit_asked_for_by_itself(fits, shipped):
    """Also by the formula, the other way round: the same draws with the sign turned."""
    (found,) = fits
    plain = cs.fit("awareness ~ age", cs.tabulate(shipped[0], "awareness", by="age"))
    turned = plain.effects("age", ("under 30", "30 and over"), "poor")[0]
    assert found.effect.interval.lower == pytest.approx(-turned.interval.upper, abs=1e-12)
    assert found.effect.interval.upper == pytest.approx(-turned.interval.lower, abs=1e-12)
    shares = [one.bounds for one in found.predictions if one.item.startswith("age[under 30]")]
    assert sum(low for low, _ in shares) < 1 < sum(high for _, high in shares)


def test_what_makes_it_doubtful_goes_with_it(fits):
    codes = {doubt.code for doubt in fits[0].effect.caveats}
    assert {"few", "exaggerates", "ambiguous-fit", "chosen-after", "chance-alone", "association"} <= codes
    assert fits[0].effect.provenance.places == ("Awareness",)


def test_words_of_a_reading_are_the_cells_that_differ(fits):
    words = reading_words(fits[0].tabulation)
    assert len(set(words)) == 3
    assert set(words) == {f"30 and over: none {a}, excellent {b}" for a, b in ((0, 0), (1, 0), (0, 1))}


@pytest.mark.slow
def test_the_page_tells_the_numbers_of_the_estimates(fits, page):
    (found,) = fits
    text = Outline(section(page)).text
    for interval in (found.effect.interval, found.effect.companion):
        assert points_range(interval.lower, interval.upper) in text
    for words, one in found.readings:
        assert words in text
        assert points_range(one.interval.lower, one.interval.upper).removesuffix(" points") in text
    for _, interval in found.effect.sensitivity:
        assert points_range(interval.lower, interval.upper).removesuffix(" points") in text
    for one in found.predictions:
        assert percent_range(one.interval.lower, one.interval.upper) in text
    assert " ".join(str(found.effect).split()) in text
    for doubt in found.effect.caveats:
        assert doubt.text in text
    assert 'href="#fitted"' in page


def test_what_is_random_on_the_page_is_told(page, shipped_page):
    origin = Outline(page[page.index('id="provenance"') :]).text
    assert "Random numbers only in the model from print, seed 1." in origin
    assert "No random numbers are used." in shipped_page  # without a model


def test_bars_lie_where_the_intervals_are(fits, page):
    """Axis from -20 to +60 points: the place of a bar, read back from the page."""
    svg = section(page)[: section(page).index("</figure>")]
    x, width = map(float, re.search(r'class="work" x="([\d.]+)%" y="1.4em" width="([\d.]+)%"', svg).groups())
    found = fits[0].effect.interval
    assert np.allclose([x, x + width], [100 * (found.lower + 0.2) / 0.8, 100 * (found.upper + 0.2) / 0.8], atol=0.01)


def test_markup_is_closed_and_nothing_is_loaded(page):
    outline = Outline(page)
    assert outline.faults == outline.open == []
    ids = [attributes["id"] for _, attributes in outline.tags if "id" in attributes]
    assert len(ids) == len(set(ids))
    assert not {tag for tag, _ in outline.tags} & {"link", "img", "iframe"}


def test_a_survey_without_such_a_table_has_no_section(other_of_40):
    assert fits_from_print(other_of_40[1]) == ()
    assert 'id="fitted"' not in page_html(*other_of_40)


@pytest.mark.slow
def test_another_survey_is_fitted_by_the_formula(samples):
    """Any ordered question by a group, whatever its name; complete counts leave one reading."""
    base = samples.other_survey(40)
    group = Group(question="visited", item="yes")
    whole, inside = (6, 14, 12, 8), (3, 9, 10, 6)
    names = ("never", "seldom", "often", "always")
    question = Question(
        id="reads",
        label="Reading",
        kind="ordinal",
        categories=names,
        cells=(
            *(Cell(item=name, count=count, where="T") for name, count in zip(names, whole, strict=True)),
            *(
                Cell(item=name, count=count, base=28, among=group, where="T")
                for name, count in zip(names, inside, strict=True)
            ),
        ),
    )
    survey = replace(base, question=(*base.question, question))
    checked = cs.audit(survey)
    (found,) = fits_from_print(checked, level=0.9)
    assert found.fit.model.formula == "reads ~ visited"
    assert found.readings == ()
    assert found.effect.interval.level == 0.9
    page = page_html(survey, checked, cs.estimate(survey), fits=(found,))
    assert " ".join(str(found.effect).split()) in Outline(page).text
