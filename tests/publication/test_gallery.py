"""The gallery of the docs: its pictures are its lines' figures, with their own words."""

import runpy
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest

ROOT = Path(__file__).parents[2]


@pytest.mark.slow
def test_the_gallery_shows_what_its_lines_draw(tmp_path):
    gallery = runpy.run_path(str(ROOT / ".ci" / "gallery.py"))
    shown = gallery["draw"](tmp_path)
    page = gallery["PAGE"].read_text(encoding="utf-8")
    assert gallery["worded"](page, shown) == page, "run .ci/gallery.py"
    assert len(shown) == page.count("![") >= 14
    assert not [name for name in shown if f">>> {name} = " not in page]
    for name, figure in shown.items():
        root = ET.fromstring((tmp_path / f"{name}.svg").read_bytes().partition(b"?>")[2])
        assert figure.alt in [child.text for child in root if child.tag.endswith("desc")]
        assert (tmp_path / f"{name}.svg").stat().st_size < 120_000
