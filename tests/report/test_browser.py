"""The page in a browser: nothing loads, nothing overflows or overlaps sideways, no accessibility violation."""

from __future__ import annotations

import os
import shutil

import pytest

from csea_stats.report.page import page_html

pytestmark = pytest.mark.slow
ARGUMENTS = ["--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--disable-background-networking"]

TEXTS = """() => {
  const faults = [], width = document.documentElement.clientWidth;
  const hidden = node => {
    const head = node.closest('thead');
    return node.closest('.vh') || head && getComputedStyle(head).position === 'absolute';
  };
  for (const svg of document.querySelectorAll('svg.strip')) {
    if (hidden(svg) || !svg.checkVisibility()) continue;
    const boxes = [...svg.querySelectorAll('text')].map(t => [t.textContent, t.getBoundingClientRect()]);
    boxes.forEach(([text, a], i) => {
      if (a.left < -0.5 || a.right > width + 0.5) faults.push(`outside the page: ${text}`);
      for (const [other, b] of boxes.slice(i + 1)) {
        if (a.left < b.right - 1 && b.left < a.right - 1 && a.top < b.bottom - 3 && b.top < a.bottom - 3)
          faults.push(`overlap: ${text} | ${other}`);
      }
    });
  }
  for (const cell of document.querySelectorAll('td, th, dd, p, li, figcaption, h1, h2, h3, h4, blockquote')) {
    if (hidden(cell) || !cell.checkVisibility()) continue;
    if (cell.scrollWidth > cell.clientWidth + 1 && getComputedStyle(cell).display !== 'inline')
      faults.push(`wider than its place: ${cell.textContent.trim().slice(0, 80)}`);
  }
  return [...new Set(faults)].slice(0, 20);
}"""


NARROW = """() => [...document.querySelectorAll('table.unchecked tbody :is(th, td)')]
  .filter(cell => cell.clientWidth < 0.9 * cell.closest('tr').clientWidth).map(cell => cell.textContent)"""
"""Cells of a table that stands as a list on a small screen, and that do not take its width."""


OPENED = "document.querySelectorAll('details').forEach(folded => folded.open = true)"


@pytest.fixture(scope="module")
def browser():
    sync_api = pytest.importorskip("playwright.sync_api", reason="browser tests skipped: playwright is not installed")
    pytest.importorskip("axe_playwright_python", reason="browser tests skipped: axe is not installed")
    found = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    if found is None:
        reason = "browser tests: skipped (no chromium on the path)"
        if os.environ.get("CI"):
            pytest.fail(reason)
        pytest.skip(reason)
    with sync_api.sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=found, args=ARGUMENTS)
        yield chromium
        chromium.close()


def inspect(browser, folder, html: str, *, width: int, scheme: str, with_axe: bool) -> None:
    path = folder / "report.html"
    path.write_text(html, encoding="utf-8")
    page = browser.new_page(viewport={"width": width, "height": 900}, color_scheme=scheme)
    requests, messages = [], []
    page.on("request", lambda request: requests.append(request.url))
    page.on("console", lambda message: messages.append(message.text))
    page.on("pageerror", lambda error: messages.append(str(error)))
    try:
        page.goto(path.as_uri())
        assert requests == [path.as_uri()]
        assert page.locator("h1").is_visible()
        for script in ("0", OPENED):
            page.evaluate(script)
            wide, room = page.evaluate("[document.documentElement.scrollWidth, document.documentElement.clientWidth]")
            assert wide <= room
            assert page.evaluate(TEXTS) == []
            if with_axe:
                from axe_playwright_python.sync_playwright import Axe

                results = Axe().run(page)
                told = [(v["id"], v["nodes"][0]["html"][:200], len(v["nodes"])) for v in results.response["violations"]]
                assert told == []
        assert messages == []
    finally:
        page.close()


@pytest.mark.parametrize(("width", "scheme"), [(1280, "light"), (360, "dark")])
def test_the_shipped_page_at_two_widths(browser, tmp_path, shipped_page, width, scheme):
    inspect(browser, tmp_path, shipped_page, width=width, scheme=scheme, with_axe=False)


def test_the_other_page_has_no_accessibility_violation(browser, tmp_path, other_of_40):
    inspect(browser, tmp_path, page_html(*other_of_40), width=360, scheme="light", with_axe=True)


def test_lists_on_a_small_screen_take_its_width_and_print_shows_what_is_folded(browser, tmp_path, shipped_page):
    path = tmp_path / "report.html"
    path.write_text(shipped_page, encoding="utf-8")
    page = browser.new_page(viewport={"width": 360, "height": 900})
    try:
        page.goto(path.as_uri())
        folded = [page.locator(place).last for place in ("#sentences li", ".row blockquote", "#methods dd")]
        assert not any(one.is_visible() for one in folded)
        page.emulate_media(media="print")
        assert all(one.is_visible() for one in folded)
        page.emulate_media(media="screen")
        page.evaluate(OPENED)
        assert page.evaluate(NARROW) == []
    finally:
        page.close()


@pytest.mark.parametrize(
    ("which", "width", "most"), [("shipped", 1280, 15_000), ("shipped", 360, 30_000), ("market", 1280, 8_000)]
)
def test_a_page_is_read_in_a_few_screens(browser, tmp_path, request, which, width, most):
    path = tmp_path / "report.html"
    path.write_text(request.getfixturevalue(f"{which}_page"), encoding="utf-8")
    page = browser.new_page(viewport={"width": width, "height": 900})
    try:
        page.goto(path.as_uri())
        assert page.evaluate("document.documentElement.scrollHeight") < most
    finally:
        page.close()


@pytest.mark.few(0, slow=3)
@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [320, 360, 768, 1280])
def test_the_shipped_page_everywhere(browser, tmp_path, shipped_page, width, scheme):
    inspect(browser, tmp_path, shipped_page, width=width, scheme=scheme, with_axe=True)


@pytest.mark.few(0, slow=5)
@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [320, 360, 1280])
def test_the_other_page_everywhere(browser, tmp_path, other_page, width, scheme):
    inspect(browser, tmp_path, other_page, width=width, scheme=scheme, with_axe=True)


STATE = """() => [...document.querySelectorAll('[data-i], [data-b], [data-a], [data-v], [data-m], [data-w], [data-n]')]
  .map(node => [node.textContent, node.getAttribute('x'), node.getAttribute('width')].join('|'))"""


def test_the_slider_moves_every_number_of_the_population_and_goes_back(browser, tmp_path, shipped_page):
    path = tmp_path / "report.html"
    path.write_text(shipped_page, encoding="utf-8")
    plain = browser.new_context(java_script_enabled=False).new_page()
    page = browser.new_page(viewport={"width": 1280, "height": 900})
    try:
        plain.goto(path.as_uri())
        assert not plain.locator("#suppose").is_visible()
        page.goto(path.as_uri())
        slider = page.locator("#ratio")
        finding = page.locator("article.finding").first
        assert "Depends on" in finding.inner_text()
        before = page.evaluate(STATE)
        slider.focus()
        page.keyboard.press("Home")
        assert slider.get_attribute("aria-valuetext") == "equally likely: chance alone"
        assert finding.locator("[data-v]").inner_text() == "Supported"
        page.keyboard.press("End")
        at_most = finding.inner_text()
        assert "assuming ratios up to about 20" in at_most
        assert finding.locator("[data-v]").inner_text() == "Not settled at 20"
        bar = finding.locator("rect[data-m]")
        assert bar.is_visible()
        wide = float(bar.get_attribute("width").rstrip("%"))
        page.get_by_role("button", name="Up to about 1.6 times").click()
        assert float(bar.get_attribute("width").rstrip("%")) < wide
        assert page.locator("#ratio-note").inner_text() == ""
        slider.focus()
        page.keyboard.press("ArrowRight")
        assert page.locator("#ratio-note").inner_text() == "Shown as computed for 2.0 times."
        assert page.evaluate(STATE) != before
        page.get_by_role("button", name="Back to all three assumptions").click()
        assert page.evaluate(STATE) == before
    finally:
        page.close()
        plain.context.close()


def test_a_link_opens_what_is_folded(browser, tmp_path, shipped_page):
    path = tmp_path / "report.html"
    path.write_text(shipped_page, encoding="utf-8")
    page = browser.new_page(viewport={"width": 1280, "height": 900})
    try:
        page.goto(path.as_uri())
        assert not page.locator("#q-awareness blockquote").is_visible()
        page.locator("#summary a[href='#q-awareness']").click()
        assert page.locator("#q-awareness blockquote").first.is_visible()
    finally:
        page.close()
