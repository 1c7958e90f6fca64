"""The page of a fit in a browser: nothing loads, nothing overflows or overlaps, no accessibility violation."""

from __future__ import annotations

import pytest

import csea_stats as cs
from csea_stats.report.fit_page import fit_html
from tests.report.test_browser import browser, inspect

__all__ = ["browser"]  # a fixture
pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def made_up():
    return cs.synthesise(cs.load_survey("bosnia-herzegovina-2021"), seed=1)


@pytest.fixture(scope="module")
def page(made_up):
    return fit_html(cs.fit("scenario-uncle ~ age", made_up), made_up.funnel)


NARROW = """() => [...document.querySelectorAll('table.fx tbody th > .bl > span, table.plain tbody th')]
  .filter(e => e.getBoundingClientRect().height > 8 * parseFloat(getComputedStyle(e).fontSize) * 1.5)
  .map(e => e.textContent)"""
"""Names of rows that are squeezed into many lines."""


def squeezed(browser, folder, width):
    view = browser.new_page(viewport={"width": width, "height": 900})
    try:
        view.goto((folder / "report.html").as_uri())
        return view.evaluate(NARROW)
    finally:
        view.close()


@pytest.mark.parametrize(("width", "scheme"), [(1280, "light"), (768, "light"), (360, "dark")])
def test_the_page_of_a_fit_at_three_widths(browser, tmp_path, page, width, scheme):
    inspect(browser, tmp_path, page, width=width, scheme=scheme, with_axe=width == 360)
    assert squeezed(browser, tmp_path, width) == []


@pytest.mark.few(0, slow=3)
@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [320, 360, 768, 1280])
@pytest.mark.parametrize("model", ["awareness-by-age-and-experience", "services-by-organisation"])
def test_other_pages_everywhere(browser, tmp_path, made_up, width, scheme, model):
    html = fit_html(cs.fit(model, made_up), made_up.funnel)
    inspect(browser, tmp_path, html, width=width, scheme=scheme, with_axe=True)
    assert squeezed(browser, tmp_path, width) == []
