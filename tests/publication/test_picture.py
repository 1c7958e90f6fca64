"""Figures for a publication: what they show is what the numbers say, in every kind of file."""

import re
import warnings
from itertools import pairwise
from xml.etree import ElementTree as ET

import pytest
from PIL import Image

import csea_stats as cs
from csea_stats.base.selection import shift_odds
from csea_stats.errors import InputError, OutputError
from csea_stats.results.interval_figures import tips_at
from tests.drawn import bars, hatches, row_names

TIERS = cs.proportion(35, 49, target=cs.TIERS, label="rate it poor")
PEOPLE = TIERS[1]


def test_bars_are_the_limits():
    wanted = [(100 * span.lower, 100 * span.upper) for span in (PEOPLE.interval, PEOPLE.companion)]
    assert sorted(bars(PEOPLE.figure().ax, 6)) == sorted((round(low, 6), round(high, 6)) for low, high in wanted)
    prior = sorted(bars(PEOPLE.figure("prior").ax, 6))
    assert prior == sorted((round(100 * s.lower, 6), round(100 * s.upper, 6)) for _, s in PEOPLE.sensitivity)
    assert len(bars(TIERS.figure().ax)) == 8  # of four targets, two each; respondents have no interval


def test_a_share_moves_with_who_took_part_and_meets_its_threshold():
    at = tips_at(PEOPLE, 0.5)
    ends = min(PEOPLE.interval.lower, PEOPLE.companion.lower)
    assert shift_odds(ends, 1 / at) == pytest.approx(0.5, abs=1e-12)
    assert shift_odds(0.3, 1.0) == 0.3
    assert shift_odds(0.0, 1 / 5.0) == 0.0
    assert tips_at(cs.proportion(24, 49), 0.5) is None
    curve = PEOPLE.figure("tipping").ax.lines[0]
    ratios, shares = curve.get_data()
    assert shares[60] == pytest.approx(100 * PEOPLE.interval.lower)
    assert ratios[60] == pytest.approx(1)
    assert all(one > other for one, other in pairwise(shares))


@pytest.mark.parametrize(
    "ending", ["svg", "png", *(pytest.param(one, marks=pytest.mark.slow) for one in ("pdf", "tiff"))]
)
def test_every_kind_of_file_is_written_and_the_same_twice(ending, tmp_path):
    first = PEOPLE.figure().save(tmp_path / f"a.{ending}").read_bytes()
    assert len(first) > 2_000
    assert PEOPLE.figure().save(tmp_path / f"b.{ending}").read_bytes() == first


def test_svg_tells_what_it_shows():
    root = ET.fromstring(TIERS.figure().to_svg().partition("?>")[2])
    assert root.get("role") == "img"
    title, desc = list(root)[:2]
    assert title.tag.endswith("title")
    assert "rate it poor" in title.text
    assert "58 to 83%" in PEOPLE.figure().alt
    assert 5 < len(desc.text.split()) <= 60


@pytest.mark.slow
def test_png_has_its_final_size_and_its_words(tmp_path):
    with Image.open(PEOPLE.figure().save(tmp_path / "a.png")) as image:
        assert image.width == pytest.approx(89 / 25.4 * 600, abs=2)
        assert "58 to 83%" in image.info["Description"]
    with Image.open(PEOPLE.figure(width="page").save(tmp_path / "b.png")) as image:
        assert image.width == pytest.approx(182 / 25.4 * 600, abs=2)


def test_signs_of_labels_are_text():
    """A dollar sign begins no formula; signs that the font lacks are named once."""
    one = cs.proportion(35, 49, label=r"earn $0 to $500 $\frac$ & <b>")
    assert r"$0 to $500 $\frac$" in row_names(one.figure().ax)[0]
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        one.figure().to_svg()
    with pytest.warns(UserWarning, match=r"the font of figures has no '中' \(U\+4E2D\)"):
        cs.proportion(35, 49, label="中").figure().to_svg()


def test_grey_differs_by_more_than_colour():
    assert len(set(hatches(PEOPLE.figure(look="grey").ax))) == 2


def test_numbers_are_saved_beside(tmp_path):
    path = PEOPLE.figure().save(tmp_path / "a.svg", data=True)
    assert re.search(r"^id,question", path.with_suffix(".csv").read_text())


def test_mistakes_say_what_is_allowed(tmp_path, shipped_estimates):
    for bad in ({"kind": "pie"}, {"look": "neon"}, {"width": "poster"}, {"width": 5}, {"width": True}):
        with pytest.raises(InputError, match="allowed is"):
            PEOPLE.figure(**bad)
    with pytest.raises(InputError, match=r"allowed is one of \.svg"):
        PEOPLE.figure().save(tmp_path / "a.gif")
    with pytest.raises(InputError, match="nothing to draw"):
        cs.difference((7, 7), (28, 42)).figure("tipping")
    with pytest.raises(InputError, match="40 rows at most"):
        shipped_estimates.figure("forest")
    (tmp_path / "f.svg").mkdir()
    with pytest.raises(OutputError, match="folder"):
        PEOPLE.figure().save(tmp_path / "f.svg")


def test_given_axes_are_drawn_on():
    from matplotlib.figure import Figure

    axes = Figure().subplots(1, 2)
    assert PEOPLE.plot("forest", ax=axes[0]) is axes[0]
    assert cs.Estimates(TIERS).plot(ax=axes[1]) is axes[1]
    assert len(bars(axes[1])) == 8
