from __future__ import annotations

import re
from xml.etree import ElementTree as ET

from hypothesis import given
from hypothesis import strategies as st

from csea_stats.report import drawing
from csea_stats.report.drawing import (
    EM,
    BlockMark,
    Drawing,
    Line,
    Placed,
    Rect,
    Sheet,
    Text,
    fluid_svg,
    number,
    sheet_svg,
)
from csea_stats.report.templating import stylesheet

SVG = "{http://www.w3.org/2000/svg}"


def test_light_palette_is_the_stylesheets():
    light = stylesheet().partition("@media")[0]
    tokens = dict(re.findall(r"--(\w+):(#[0-9A-F]{6})", light))
    assert tokens == {
        "paper": drawing.PAPER,
        "ink": drawing.INK,
        "soft": drawing.SOFT,
        "rule": drawing.RULE,
        "grid": drawing.GRID,
        "line": drawing.OUTLINE,
        "resp": drawing.RESPONDENTS,
        "work": drawing.PEOPLE,
        "nat": drawing.POPULATION,
        **{f"o{k}": colour for k, colour in enumerate(drawing.RAMP)},
    }


def luminance(colour: str) -> float:
    channels = [int(colour[k : k + 2], 16) / 255 for k in (1, 3, 5)]
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one: str, other: str) -> float:
    high, low = sorted((luminance(one), luminance(other)), reverse=True)
    return (high + 0.05) / (low + 0.05)


def test_text_and_marks_keep_their_contrast_in_light_and_dark():
    sheets = re.findall(r":root\{(.*?)\}", stylesheet(), flags=re.DOTALL)
    light, dark = (dict(re.findall(r"--(\w+):(#[0-9A-Fa-f]{3,6})", sheet)) for sheet in sheets[:2])
    for tokens in (light, dark):
        for text in ("ink", "soft"):
            assert contrast(tokens[text], tokens["paper"]) >= 4.5
        for mark in ("resp", "work", "nat", "line"):
            assert contrast(tokens[mark], tokens["paper"]) >= 3


def test_every_look_has_a_rule_in_the_stylesheet():
    css = stylesheet()
    for look in drawing.STYLES:
        first = look.split()[0]
        if first not in {"tv", "head", "foot", "rule"}:  # text of the page's own size, or only in files
            assert f".{first}" in css, look


@given(st.text())
def test_texts_are_escaped_wherever_a_drawing_is_written(text):
    mark = Text(look="tl", x=0, y=1, text=text)
    svg = str(fluid_svg(Drawing(marks=(mark,), height=2, title=text, description=text), name="a"))
    bare = re.sub(r"</?(svg|title|desc|text)\b[^<>]*>", "", svg)
    assert "<" not in bare
    sheet = Sheet(
        width=10, height=10, pieces=(Placed(marks=(mark,), left=0, right=10, top=0),), title=text, description=text
    )
    assert re.sub(r"</?(svg|title|desc|text|defs|pattern|rect)\b[^<>]*>", "", sheet_svg(sheet)).count("<") == 0


def test_a_fixed_sheet_has_the_positions_of_the_fluid_drawing():
    marks = (
        Rect(look="work", x=0.25, width=0.5, y=1, height=2),
        Line(look="half", x1=0.5, x2=0.5, y1=0, y2=3),
        BlockMark(look="c1", x=0.75, y=0, width=0.5, height=1),
    )
    placed = Placed(marks=marks, left=100, right=300, top=10)
    root = ET.fromstring(sheet_svg(Sheet(width=400, height=100, pieces=(placed,), title="t", description="d")))
    rects = [r for r in root.iter(f"{SVG}rect") if r.get("x")]
    assert [float(rects[0].get(k)) for k in ("x", "width", "y", "height")] == [150, 100, 10 + EM, 2 * EM]
    assert float(rects[1].get("x")) == 250 - 0.25 * EM
    line = next(root.iter(f"{SVG}line"))
    assert float(line.get("x1")) == 200
    assert root.get("viewBox") == "0 0 400 100"


@given(st.floats(-1e6, 1e6))
def test_coordinates_have_at_most_three_decimals_and_no_exponent(value):
    text = number(value)
    assert re.fullmatch(r"-?\d+(\.\d{1,3})?", text)
    assert abs(float(text) - value) <= 0.0005 + 1e-9
