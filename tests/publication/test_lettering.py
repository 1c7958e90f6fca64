"""Short texts of figures: words shaped one by one stand where a line shaped whole has them, in every kind of file."""

import re
import warnings

import pytest
from matplotlib.font_manager import get_font
from matplotlib.textpath import text_to_path

import csea_stats as cs
from csea_stats.publication.canvas import SETTINGS, Canvas
from csea_stats.publication.fonts import FONT
from csea_stats.publication.lettering import UNIT, _files, line_of
from tests.drawn import texts


@pytest.mark.parametrize("line", ["AVATAR of Tot, finally: 71% (58 to 83)", "Ärzte für Óbidos", "ضعيف جداً"])
def test_words_stand_where_the_whole_line_has_them(line):
    font = get_font(_files((FONT,), "normal"))
    font.set_size(UNIT, 72)
    whole = [glyph[:2] for glyph in text_to_path.get_glyphs_with_font(font, line)[0]]
    words = [(name, begin + x) for word, begin in line_of(line, (FONT,))[0] for name, x, _ in word.glyphs]
    spaces = {text_to_path.get_glyphs_with_font(font, " ")[0][0][0]} if line.isascii() or "ü" in line else set()
    wanted = [glyph for glyph in whole if glyph[0] not in spaces]
    assert [name for name, _ in words] == [name for name, _ in wanted]
    assert [place for _, place in words] == pytest.approx([place for _, place in wanted], abs=2)  # of 100 to the size


def test_own_text_is_a_group_of_outlined_signs():
    svg = cs.proportion(35, 49, label="rate it < poor & $").figure().to_svg()
    used, outlined = set(re.findall(r'xlink:href="#(DejaVu[^"]+)"', svg)), re.findall(r'<path id="(DejaVu[^"]+)"', svg)
    assert used <= set(outlined)
    assert len(outlined) == len(set(outlined))
    assert 'id="text-' not in svg


def test_a_sign_that_no_font_has_is_told_each_time():
    for _ in range(2):
        with pytest.warns(UserWarning, match="the font of figures has no '中'"):
            cs.proportion(35, 49, label="say 中").figure()


def test_axes_follow_what_their_owner_sets():
    picture = cs.proportion(35, 49).figure()
    picture.ax.set_xlim(50, 100)
    picture.ax.set_xlabel("of all")
    picture.ax.set_yticklabels(["my row"])
    (frame,) = [one for one in picture.ax.get_children() if hasattr(one, "take")]
    assert frame.get_texts() == ["50", "75", "100", "of all", "my row"]


def test_given_axes_keep_their_own_numbers():
    from matplotlib import rc_context
    from matplotlib.figure import Figure

    with rc_context(SETTINGS):
        ax = Figure().subplots()
        cs.proportion(35, 49).plot("tipping", ax=ax)
    assert [text.get_text() for text in ax.get_xticklabels()] == ["0.1", "0.2", "0.5", "1", "2", "5", "10"]
    assert ax.get_ylabel() == "share in the population, %"
    assert not Canvas.on(ax, "paper").own


@pytest.mark.slow
def test_ratios_are_told_as_numbers(shipped_survey):
    """Matplotlib would write powers of ten, in its language for formulas."""
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        fit = cs.fit("awareness ~ organisation", cs.synthesise(shipped_survey, seed=1), method="frequentist")
        picture = fit.coefficients(scale="odds ratio").figure()
    (frame,) = [one for one in picture.ax.get_children() if hasattr(one, "take")]
    assert not [text for text in frame.get_texts() if "$" in text]
    assert {"0.5", "1", "2"} <= set(frame.get_texts())
    assert texts(picture.ax) == []
