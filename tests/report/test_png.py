from __future__ import annotations

import builtins
import struct
import sys
import zlib

import pytest

from csea_stats.errors import MissingPackage
from csea_stats.report.drawing import Placed, Sheet, Text, sheet_svg
from csea_stats.report.png import ENOUGH, ZOOM, png_bytes, png_files


def sheet(text: str) -> str:
    mark = Text(look="tl", x=0, y=1, text=text)
    piece = Placed(marks=(mark,), left=4, right=96, top=4)
    return sheet_svg(Sheet(width=100, height=40, pieces=(piece,), title="t", description="d"))


def pixels(png: bytes) -> bytes:
    """Return the unfiltered scan lines' bytes, enough to tell pictures apart."""
    data, at = b"", 8
    while at < len(png):
        length, kind = struct.unpack(">I4s", png[at : at + 8])
        if kind == b"IDAT":
            data += png[at + 8 : at + 8 + length]
        at += 12 + length
    return zlib.decompress(data)


def test_a_picture_has_its_size_its_text_and_the_same_bytes_each_time():
    first = png_bytes(sheet("poor"))
    assert struct.unpack(">II", first[16:24]) == (int(100 * ZOOM), int(40 * ZOOM))
    assert first == png_bytes(sheet("poor"))
    assert pixels(first) != pixels(png_bytes(sheet("")))  # without a font there would be no text, silently
    assert pixels(png_bytes(sheet("сиромашан"))) != pixels(png_bytes(sheet("xxxxxxxxx")))


def test_a_missing_package_says_how_to_install_it(monkeypatch):
    real = builtins.__import__

    def without(name, *args, **kwargs):
        if name == "resvg_py":
            raise ImportError(name)
        return real(name, *args, **kwargs)

    monkeypatch.setattr(builtins, "__import__", without)
    with pytest.raises(MissingPackage, match="pip install resvg-py"):
        png_bytes(sheet("poor"))


@pytest.mark.parametrize("number", [0, 1, ENOUGH, ENOUGH + 1])
def test_several_pictures_keep_their_order_wherever_they_are_drawn(number):
    sheets = [sheet(f"n{index}") for index in range(number)]
    assert png_files(sheets) == tuple(map(png_bytes, sheets))


def test_without_a_second_process_all_are_drawn_here(monkeypatch):
    sheets = [sheet(f"n{index}") for index in range(ENOUGH)]
    expected = tuple(map(png_bytes, sheets))
    monkeypatch.setattr(sys, "executable", "/nowhere/python")
    assert png_files(sheets) == expected
    monkeypatch.setattr(sys, "executable", "")
    assert png_files(sheets) == expected
