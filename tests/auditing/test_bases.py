"""Bases that allow printed percentages: every count of every base tried, in whole numbers."""

from __future__ import annotations

import itertools

import pytest
from click.testing import CliRunner
from hypothesis import given
from hypothesis import strategies as st

import csea_stats as cs
from csea_stats.auditing.bases import MOST_TRIED, runs
from csea_stats.cli import main
from csea_stats.errors import InputError

PERCENTS = st.one_of(
    st.integers(0, 100).map(str),
    st.integers(0, 1000).map(lambda n: f"{n // 10}.{n % 10}"),
    st.integers(0, 10000).map(lambda n: f"{n // 100}.{n % 100:02}"),
)


def fits(count, base, percent):
    """Whether |hundred * count / base - units| is at most a half, in whole numbers."""
    hundred = 100 * 10 ** len(percent.partition(".")[2])
    return abs(2 * hundred * count - 2 * int(percent.replace(".", "")) * base) <= base


def brute(percents, at_most, ticks):
    found = []
    for base in range(1, at_most + 1):
        counts = [[count for count in range(base + 1) if fits(count, base, percent)] for percent in percents]
        if all(counts) and (not ticks or any(sum(vector) == base for vector in itertools.product(*counts))):
            found.append(base)
    return tuple(found)


@given(st.lists(PERCENTS, min_size=1, max_size=4), st.booleans())
def test_bases_against_every_count_of_every_base(percents, ticks):
    assert cs.bases_for(percents, at_most=70, ticks=ticks) == brute(percents, 70, ticks)


@given(st.integers(1, 400), st.data(), st.integers(0, 2))
def test_a_base_allows_the_percentages_of_its_own_counts(base, data, decimals):
    cuts = sorted(data.draw(st.lists(st.integers(0, base), min_size=1, max_size=3)))
    counts = [high - low for low, high in zip([0, *cuts], [*cuts, base], strict=True)]
    percents = [f"{100 * count / base:.{decimals}f}" for count in counts]
    assert base in cs.bases_for(percents, at_most=base)
    assert base in cs.bases_for(percents, at_most=base, ticks=True)


def test_by_hand():
    assert cs.bases_for(["33", "67"], at_most=9) == (3, 6, 9)
    assert cs.bases_for(["12.5"], at_most=30) == (8, 16, 24)
    assert cs.bases_for(["12"], at_most=9) == (8,)  # 12.5% may be rounded down
    assert cs.bases_for(["13"], at_most=8) == (8,)  # or up
    assert cs.bases_for(["18.3", "21.7", "60"], at_most=100) == (60,)
    assert cs.bases_for(["50"], at_most=5) == (2, 4)
    assert cs.bases_for(["37,0%", "<1", "29-31"], at_most=60) == (27, 46, 54)
    assert 166 in cs.bases_for(["37", "27", "36"], at_most=200, ticks=True)  # 61, 45 and 60 ticks of 166
    assert cs.bases_for(["37", "27", "37"], at_most=60, ticks=True) == brute(["37", "27", "37"], 60, ticks=True)


def test_every_large_base_allows_anything():
    assert cs.bases_for(["1", "99", "50"], at_most=300)[-201:] == tuple(range(100, 301))


@pytest.mark.parametrize(
    ("percents", "at_most", "says"),
    [
        ([], 10, "percents: found list of nothing; allowed is a sequence"),
        ("60", 10, "percents: found '60'; allowed is a sequence"),
        ([60], 10, 'write it in quotes, such as "60"'),
        (["160"], 10, "allowed is 0 to 100"),
        (["60"], 0, "at_most: found 0; allowed is a whole number"),
        (["60"], 2.0, "at_most: found 2.0"),
        (["60"], True, "at_most: found True"),
        (["60", "40"], MOST_TRIED, "with 2 percentages at most 500,000"),
        (7, 10, "percents: found 7; allowed is a sequence"),
    ],
)
def test_a_wrong_argument_is_told(percents, at_most, says):
    with pytest.raises(InputError, match=says):
        cs.bases_for(percents, at_most=at_most)


def test_runs_are_told_as_such():
    assert runs(()) == ""
    assert runs((3,)) == "3"
    assert runs((1, 2, 4, 6, 7, 8)) == "1, 2, 4, 6-8"


# ---------------------------------------------------------------- the command


def run(*arguments):
    done = CliRunner().invoke(main, ["bases", *arguments])
    return done.exit_code, done.output


def test_the_command_lists_bases():
    assert run("18.3", "21.7", "60", "--at-most", "130") == (
        0,
        "3 of the bases 1 to 130 allow 18.3%, 21.7% and 60%: 60, 115, 120\n",
    )
    status, told = run("18.3", "21.7", "60")
    assert status == 0
    assert told.startswith("341 of the bases 1 to 1000 allow 18.3%, 21.7% and 60%: 60, 115, 120,")
    assert run("18", "27", "55", "--ticks", "--at-most", "35") == (
        0,
        "3 of the bases 1 to 35 allow 18%, 27% and 55%, all of one total: 11, 22, 33\n",
    )


def test_the_command_says_where_there_is_none():
    assert run("18.3", "--at-most", "9") == (0, "None of the bases 1 to 9 allows 18.3%\n")
    assert run("18.3", "x")[0] == 2
    assert "found 'x'" in run("18.3", "x")[1]
    assert run("--at-most", "9")[0] == 2
