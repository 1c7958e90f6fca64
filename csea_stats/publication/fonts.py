"""The fonts of figures: the usual one, and what a machine has for signs that it lacks."""

from __future__ import annotations

from functools import cache

FONT = "DejaVu Sans"

FALLBACKS = (
    *("Noto Sans CJK SC", "Noto Sans CJK JP", "Source Han Sans SC", "PingFang SC", "Hiragino Sans", "Microsoft YaHei"),
    *("WenQuanYi Micro Hei", "WenQuanYi Zen Hei", "Droid Sans Fallback", "Yu Gothic", "Malgun Gothic", "Nirmala UI"),
    *(
        "Noto Sans",
        "Noto Sans Devanagari",
        "Noto Sans Bengali",
        "Noto Sans Thai",
        "Noto Sans Ethiopic",
        "Noto Sans Khmer",
    ),
    *("Leelawadee UI", "Ebrima", "Arial Unicode MS", "Unifont"),
)
"""Fonts that are asked, where a machine has them, for signs that `FONT` has not."""


@cache
def _has(font: str) -> frozenset[int]:
    """Return the signs of a font; none where the machine has not the font."""
    from matplotlib.font_manager import FontProperties, fontManager, get_font

    try:  # the upright one: a slanted one of the same name may have fewer
        path = fontManager.findfont(FontProperties(family=[font]), fallback_to_default=False)
    except ValueError:
        return frozenset()
    return frozenset(get_font(path).get_charmap())


def _asked(text: str) -> set[int]:
    """Return the signs of which it is not known that the usual font has them."""
    return set() if text.isascii() else {ord(sign) for sign in text if ord(sign) > 0x24F and sign != "\n"}


def families(*texts: str) -> list[str]:
    """Return the fonts that some texts are drawn with: the usual one, and those found that have the signs it lacks."""
    missing = set().union(*map(_asked, texts))
    chosen = [FONT]
    for font in (FONT, *FALLBACKS):
        if not missing:
            break
        if font != FONT and missing & _has(font):
            chosen.append(font)
        missing -= _has(font)
    return chosen


def lacking(text: str) -> set[str]:
    """Return the signs of a text that none of the fonts has."""
    missing = _asked(text)
    for font in families(text) if missing else ():
        missing -= _has(font)
    return set(map(chr, missing))
