from __future__ import annotations

import builtins
import io

import numpy as np
import pytest
from PIL import Image

from csea_stats.errors import MissingPackage
from csea_stats.report.drawing import PAPER, RESPONDENTS, RULE, BlockMark, Line, Placed, Rect, Sheet, Text
from csea_stats.report.png import ZOOM, png_bytes


def drawn(*marks):
    """Return the pixels of marks on a sheet of 100 by 40, whose axis is from 4 to 96 and begins at 4."""
    piece = Placed(marks=marks, left=4, right=96, top=4)
    content = png_bytes(Sheet(width=100, height=41, pieces=(piece,), title="t", description="d"))
    assert content == png_bytes(Sheet(width=100, height=41, pieces=(piece,), title="t", description="d"))
    return np.asarray(Image.open(io.BytesIO(content))).astype(int)


def colour(code):
    return np.array(tuple(bytes.fromhex(code[1:])))


def test_a_picture_has_its_size_and_its_text():
    poor = drawn(Text(look="tl", x=0, y=1, text="poor"))
    assert poor.shape == (62, int(100 * ZOOM), 3)
    assert (poor != drawn(Text(look="tl", x=0, y=1, text=""))).any()
    assert (poor != drawn(Text(look="tv", x=0, y=1, text="poor"))).any()  # bold
    assert (drawn(Text(look="tl", x=0, y=1, text="сиромашан")) != drawn(Text(look="tl", x=0, y=1, text="xxxxx"))).any()


@pytest.mark.parametrize(
    ("mark", "inside"),
    [
        (Rect(look="c1", x=0.1, width=0.3, y=0.2, height=0.7), (19.8, 61.2, 10.8, 27.6)),
        (BlockMark(look="c1", x=0.5, y=0.5, width=0.5, height=1.0), (69.0, 81.0, 18.0, 42.0)),
    ],
)
def test_a_rectangle_covers_each_pixel_as_much_as_it_does(mark, inside):
    """By the mean over the whole picture, which holds the area, and where it is full."""
    found, (left, right, top, bottom) = drawn(mark), inside
    ink = (found - colour(PAPER)) / (colour(RESPONDENTS) - colour(PAPER))
    assert ink.sum(axis=(0, 1)) == pytest.approx([(right - left) * (bottom - top)] * 3, rel=0.01)
    assert ink[int(top) + 1 : int(bottom), int(left) + 1 : int(right)] == pytest.approx(1)
    ink[int(top) : int(bottom) + 1, int(left) : int(right) + 1] = 0
    assert not ink.any()


def test_lines_outlines_dashes_and_hatches():
    rule = (drawn(Line(look="rule", x1=0, x2=1, y1=1, y2=1)) - colour(PAPER)) / (colour(RULE) - colour(PAPER))
    assert rule.sum(axis=(0, 1)) == pytest.approx([92 * ZOOM * ZOOM] * 3, rel=0.02)
    place = {"x": 0.1, "width": 0.5, "y": 0.5, "height": 1.0}
    outline = drawn(Rect(look="c0", **place))
    assert (outline[36, 45] == colour(PAPER)).all()
    assert (outline[18, 30:60] != colour(PAPER)).all()
    dashes = drawn(Rect(look="cmiss", **place))[18, 30:60]
    assert 0.2 < (dashes == colour(PAPER)).all(axis=1).mean() < 0.6
    hatch = (drawn(Rect(look="cm", **place))[21:39, 24:84] - colour(PAPER)) / (colour(RESPONDENTS) - colour(PAPER))
    assert hatch.mean() == pytest.approx(0.4, abs=0.03)
    assert (hatch[3:, :-3] == pytest.approx(hatch[:-3, 3:], abs=0.01)) is True  # rising to the right


def test_a_missing_package_says_how_to_install_it(monkeypatch):
    real = builtins.__import__

    def without(name, *args, **kwargs):
        if name == "PIL":
            raise ImportError(name)
        return real(name, *args, **kwargs)

    monkeypatch.setattr(builtins, "__import__", without)
    with pytest.raises(MissingPackage, match="pip install pillow"):
        drawn(Text(look="tl", x=0, y=1, text="poor"))
