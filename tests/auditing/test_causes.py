"""One cause of several contradictions, told once: percentages of ticks, and of another base than print says."""

import decimal
import random
from dataclasses import replace
from decimal import Decimal
from functools import partial
from itertools import product

import pytest

import csea_stats as cs
from csea_stats.auditing.audit import audit
from csea_stats.survey.survey import Battery, Cell, Group, Question
from tests.auditing.made import small_survey

survey = partial(small_survey, respondents=68)


def question(percents, counts, kind="multiple", name="q", **more):
    names = ("yes", "no") if kind == "yes-no" else tuple("abcdefgh"[: len(percents)])
    cells = [
        Cell(item=item, where="Figure 1", percent=percent, count=count, base=more.get("own"))
        for item, percent, count in zip(names, percents, counts, strict=False)
        if percent is not None or count is not None
    ]
    more.pop("own", None)
    return Question(id=name, label=name, kind=kind, categories=names, cells=tuple(cells), **more)


def printed(count, base, places=0):
    with decimal.localcontext(decimal.Context(prec=60)):
        share = Decimal(100 * count) / base
        return str(share.quantize(Decimal(1).scaleb(-places), rounding=decimal.ROUND_HALF_UP))


def both(count, base):
    """The whole percentages that a count may be printed as: a half may go either way."""
    with decimal.localcontext(decimal.Context(prec=60)):
        share = Decimal(100 * count) / base
        return {
            str(share.quantize(Decimal(1), rounding=way)) for way in (decimal.ROUND_HALF_UP, decimal.ROUND_HALF_DOWN)
        }


def wrong(found):
    return [finding for finding in found.findings if finding.verdict == "inconsistent"]


TICKS = (["37", "27", "36"], [61, 45, 60])


@pytest.mark.parametrize("kind", ["multiple", "open-coded"])
def test_percentages_of_ticks(kind):
    found = audit(survey(question(*TICKS, kind)))
    (finding,) = wrong(found)
    what = "ticks" if kind == "multiple" else "answers given"
    assert finding.code == "other-base"
    assert finding.expected == f"the percentages are of the 166 {what}, not of the 68 respondents"
    assert finding.printed == "a: 37%, n=61; b: 27%, n=45; c: 36%, n=60; base 68"
    assert finding.cells == ("q/a @ Figure 1", "q/b @ Figure 1", "q/c @ Figure 1")
    assert finding.items == ("a", "b", "c")
    assert "61 of 166 is 37%, 45 of 166 is 27% and 60 of 166 is 36%" in finding.explanations
    assert finding.consequence == "printed counts stand"
    assert len(found.findings) == 1
    assert [one.counts for one in found.feasible("q")] == [(61, 45, 60)]
    assert found.pairs("q", "a") == ((61, 68),)
    assert {one.cells_set_aside for one in found.feasible("q")} == {()}


def test_the_estimates_have_the_caveat_of_the_finding_and_no_other_doubt_of_print():
    estimates = [one for one in cs.estimate(survey(question(*TICKS))) if isinstance(one.target, cs.Respondents)]
    assert [one.value for one in estimates] == pytest.approx([61 / 68, 45 / 68, 60 / 68])
    for one in estimates:
        told = [caveat.code for caveat in one.caveats if caveat.code.startswith("print")]
        assert told == ["print-conflict"]


@pytest.mark.parametrize("counts", [[61, 45, None], [61, None, None], [None, 45, 60], [None, 45, None]])
def test_ticks_whose_counts_follow(counts):
    """Brute force: every table of at most 68 each whose sum prints the percentages."""
    found = audit(survey(question(TICKS[0], counts)))
    (finding,) = wrong(found)
    ways = [
        way
        for way in product(*(range(69) if count is None else (count,) for count in counts))
        if sum(way) and all(p in both(c, sum(way)) for p, c in zip(TICKS[0], way, strict=True))
    ]
    sums = sorted(set(map(sum, ways)))
    assert finding.expected.startswith(f"the percentages are of the {sums[0]}")
    assert f"{sums[-1]} ticks, not of the 68 respondents" in finding.expected
    for place, item in enumerate("abc"):
        assert set(found.counts_of("q", item)) >= {way[place] for way in ways}
        assert set(found.counts_of("q", item)) <= set(
            range(min(w[place] for w in ways), max(w[place] for w in ways) + 1)
        )


def test_ticks_of_a_list_with_a_printed_number_of_choices():
    found = audit(survey(question(["40", "35", "25"], [None] * 3, "pick", chosen=2), respondents=60))
    assert [one.code for one in wrong(found)] == ["other-base"]
    assert wrong(found)[0].expected == "the percentages are of the 120 ticks, not of the 60 respondents"
    assert [one.counts for one in found.feasible("q")] == [(48, 42, 30)]


def test_percentages_of_those_who_answered():
    found = audit(survey(question(["22", "44", "33"], [10, 20, 15], "single"), respondents=49))
    (finding,) = wrong(found)
    assert finding.expected == "the percentages are of 45, not of the 49 respondents"
    assert [(one.counts, one.missing) for one in found.feasible("q")] == [((10, 20, 15), 4)]


def test_a_base_that_print_names_elsewhere_is_named():
    asked = question(["90"], [45], "yes-no", "online", base=50)
    group = Group(question="online", item="yes")
    nested = question(["31", "40"], [14, 18], "multiple", "where", among=group)
    other = question(["24.4", "53.3", "77.8"], [None] * 3)
    (finding,) = wrong(audit(survey(asked, nested, other, respondents=50)))
    assert finding.expected == "the percentages are of 45, not of the 50 respondents"
    assert "45 is printed elsewhere: those of online = yes" in finding.explanations


def test_a_count_that_is_not_printed_takes_what_either_base_allows():
    found = audit(survey(question(["22", "44", "33"], [10, 20, None], "single"), respondents=49))
    assert len(wrong(found)) == 1
    assert found.counts_of("q", "c") == (15, 16)  # 15 of 45 is 33%; 16 of 49 is 33%


def test_a_battery_of_another_base_is_one_finding():
    told = [("24", 11), ("53", 24), ("78", 35), ("2", 1)]
    asked = [question([p], [n], "yes-no", f"q{i}") for i, (p, n) in enumerate(told)]
    battery = Battery(id="all", label="all", questions=tuple(one.id for one in asked))
    found = audit(survey(*asked, respondents=49, battery=(battery,)))
    (finding,) = wrong(found)
    assert (finding.code, finding.question) == ("other-base", "all")
    assert finding.expected == "the percentages are of 45, not of the 49 respondents"
    assert finding.cells == tuple(f"q{i}/yes @ Figure 1" for i in range(3))  # 1 of 49 is 2% too
    assert [found.counts_of(one.id, "yes") for one in asked] == [(11,), (24,), (35,), (1,)]
    doubts = [{c.code for c in one.caveats} for one in cs.estimate(found.survey)]
    assert any("print-conflict" in codes for codes in doubts)
    apart = audit(survey(*asked, respondents=49))
    assert len(wrong(apart)) == 3  # nothing says that they were asked of the same people


def test_slips_that_no_one_base_explains_stay_as_they_are():
    found = audit(survey(question(["24", "31", "90"], [11, 24, 35]), respondents=49))
    assert [one.code for one in wrong(found)] == ["percent-and-count"] * 3


def test_one_contradiction_is_no_other_base():
    found = audit(survey(question(["24", "53", "71"], [11, 26, 35]), respondents=49))
    assert [one.code for one in wrong(found)] == ["percent-and-count"]


def made(rng, kind):
    base, size = rng.randint(20, 90), rng.randint(3, 6)
    if kind == "multiple":
        return base, [rng.randint(1, base) for _ in range(size)]
    cuts = sorted(rng.randint(0, base) for _ in range(size - 1))
    return base, [b - a for a, b in zip([0, *cuts], [*cuts, base], strict=True)]


@pytest.mark.few(2)
@pytest.mark.parametrize("seed", range(4))
@pytest.mark.parametrize("kind", ["multiple", "single"])
@pytest.mark.parametrize("places", [0, 1])
def test_clean_print_is_never_accused(kind, places, seed):
    rng = random.Random(f"{kind} {places} {seed}")
    for _ in range(15):
        base, counts = made(rng, kind)
        percents = [printed(count, base, places) for count in counts]
        shown = [count if rng.random() < 0.6 else None for count in counts]
        assert not wrong(audit(survey(question(percents, shown, kind), respondents=base)))


@pytest.mark.few(1)
@pytest.mark.parametrize("kind", ["multiple", "single"])
def test_made_print_of_another_base_is_one_finding_and_the_counts_stand(kind):
    """Ticks where several answers may be given, else those who answered; where arithmetic tells twice."""
    rng = random.Random(kind)
    told = 0
    for _ in range(80):
        base, counts = made(rng, kind)
        true = sum(counts)
        respondents = base if kind == "multiple" else base + rng.randint(1, 12)
        percents = [printed(count, true) for count in counts]
        contradicted = sum(p not in both(c, respondents) for p, c in zip(percents, counts, strict=True))
        found = audit(survey(question(percents, counts, kind), respondents=respondents))
        assert bool(wrong(found)) == (contradicted > 0 or kind == "single")
        if contradicted < 2:
            continue
        told += 1
        (finding,) = wrong(found)
        assert finding.code == "other-base"
        assert [one.counts for one in found.feasible("q")] == [tuple(counts)]
    assert told > 40


def test_a_changed_digit_in_percentages_of_ticks_is_still_found():
    rng = random.Random(1)
    for _ in range(40):
        place = rng.randrange(3)
        text = TICKS[0][place]
        changed = text[0] + rng.choice([d for d in "0123456789" if d != text[1]])
        percents = [changed if i == place else p for i, p in enumerate(TICKS[0])]
        found = wrong(audit(survey(question(percents, TICKS[1]))))
        assert min(finding.code for finding in found) == "other-base"
        assert len(found) == 2  # the cause, and the slip
        assert found[1].items == ("abc"[place],)


def test_a_group_may_have_another_base_too():
    group = Group(question="sex", item="female")
    sex = question(["50", "50"], [40, 40], "single", "sex")
    sex = replace(sex, categories=("female", "male"), cells=(Cell(item="female", where="T", count=40),))
    cells = [
        Cell(item=item, where="Table 2", percent=printed(count, 36), count=count, among=group)
        for item, count in zip("abc", (9, 13, 14), strict=True)
    ]
    asked = replace(question(["x"] * 0, []), kind="single", categories=("a", "b", "c"), cells=tuple(cells))
    (finding,) = wrong(audit(survey(sex, asked, respondents=80)))
    assert finding.expected == "the percentages are of 36, not of the 40 respondents"
    assert all("among sex=female" in name for name in finding.cells)
