"""A number printed both ways round: as that of one answer in one place, and of the other answer in another."""

import random

import pytest

from csea_stats.auditing.audit import audit
from csea_stats.survey.loading import load_survey
from csea_stats.survey.survey import Cell, Question
from tests.auditing.made import small_survey
from tests.survey_files import survey_text

ROUND = "the wrong way round"


def asked(*cells, **more):
    return Question(id="sat", label="Satisfied", kind="yes-no", cells=cells, **more)


def cell(item, where, **told):
    return Cell(item=item, where=where, **told)


def told(found):
    return [(one.code, one.verdict, any(ROUND in text for text in one.explanations)) for one in found]


def findings(question, respondents=49):
    every = audit(small_survey(question, respondents=respondents)).findings
    return [one for one in every if one.verdict == "inconsistent" or one.code == "both-ways"]


def test_a_file_of_print_both_ways_round(tmp_path):
    text = """
[[question]]
id = "sat"
label = "Satisfied"
kind = "yes-no"
cells = [
  { item = "yes", count = 18, where = "Figure 2" },
  { item = "no", count = 18, where = "Text" },
]
"""
    path = tmp_path / "small.toml"
    path.write_text(survey_text(text), encoding="utf-8")
    (finding,) = [one for one in audit(load_survey(path)).findings if one.verdict == "inconsistent"]
    assert finding.explanations[0] == (
        "n=18 (Figure 2) is printed for “no” too (Text): one of them may stand the wrong way round"
    )


@pytest.mark.parametrize(
    ("cells", "codes"),
    [
        ([("yes", "37"), ("no", "37")], ["total-of-answers"]),
        ([("yes", 18), ("no", 31), ("yes", 31, "Text")], ["text-and-figure"]),
        ([("yes", 18), ("no", 31), ("yes", 31, "Text"), ("no", 18, "Text")], ["text-and-figure"] * 2),
    ],
)
def test_a_contradiction_that_an_exchange_explains_says_so(cells, codes):
    made = []
    for place, (item, value, *where) in enumerate(cells):
        key = "percent" if isinstance(value, str) else "count"
        default = ("Figure", "Text")[place] if len(cells) == 2 else "Figure"
        made.append(cell(item, where[0] if where else default, **{key: value}))
    assert told(findings(asked(*made))) == [(code, "inconsistent", True) for code in codes]


def test_a_complement_that_print_does_not_tell_is_named():
    (finding,) = findings(asked(cell("yes", "Figure", count=18), cell("yes", "Text", count=31)))
    assert finding.explanations[0] == "n=18 and n=31 make all 49: one of them may be of “no”"


@pytest.mark.parametrize("more", [{"missing": "some"}, {"base": "not printed"}, {"partial": True}])
def test_it_is_told_where_nothing_can_decide(more):
    question = asked(cell("yes", "Figure", count=18), cell("no", "Text", count=18), **more)
    assert told(findings(question)) == [("both-ways", "cannot be checked", True)]


def test_two_numbers_of_one_place_are_two_numbers():
    same = asked(cell("yes", "Figure", count=18), cell("no", "Figure", count=18), missing="some")
    assert findings(same) == []


def test_a_base_that_every_cell_prints_is_that_of_the_question():
    for other, wrong in ((31, []), (18, [("total-of-answers", "inconsistent", True)])):
        cells = (cell("yes", "Figure", count=18, base=49), cell("no", "Text", count=other, base=49))
        for more in ({}, {"missing": "some"}, {"base": "not printed"}):
            question = asked(*cells, **more)
            assert told(findings(question, 60)) == wrong
            assert audit(small_survey(question, respondents=60)).base("sat") == 49


def test_a_base_that_is_not_printed_is_told_as_such():
    (finding,) = findings(asked(cell("yes", "Figure", percent="37"), cell("no", "Text", percent="37"), missing="some"))
    by_hand = [n for n in range(1, 49) if any(abs(200 * x - 74 * n) <= n for x in range(n + 1))]
    assert finding.printed == f"yes: 37%; no: 37%; base {by_hand[0]} to {by_hand[-1]} (not printed)"


def printed(rng, n, x):
    """Yes and no of n in one place, one of the two in another, in counts or percentages that round half up."""
    way = rng.choice(["count", "percent"])

    def number(count):
        return count if way == "count" else str((200 * count + n) // (2 * n))

    item = rng.choice(["yes", "no"])
    value = x if item == "yes" else n - x
    return way, item, number, value


@pytest.mark.few(8)
@pytest.mark.parametrize("seed", range(60))
def test_every_exchange_that_can_be_found_is_found_and_no_clean_print_accused(seed):
    rng = random.Random(seed)
    n = rng.randint(2, 60)
    x = rng.randint(0, n)
    way, item, number, value = printed(rng, n, x)
    first = [cell("yes", "Figure", **{way: number(x)}), cell("no", "Figure", **{way: number(n - x)})]
    clean = asked(*first, cell(item, "Text", **{way: number(value)}))
    assert findings(clean, n) == []
    exchanged = asked(*first, cell(item, "Text", **{way: number(n - value)}))
    by_hand = [
        c
        for c in range(n + 1)  # of those who gave the item: both places, and the other answer
        if number(c) == number(value) == number(n - value) and number(n - c) == number(n - value)
    ]
    assert bool(findings(exchanged, n)) == (not by_hand)
    assert all(explained for _, _, explained in told(findings(exchanged, n)))
