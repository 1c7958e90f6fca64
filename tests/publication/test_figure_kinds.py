"""Every kind of figure of estimates: marks are the numbers, nothing is cut off, awkward data are drawn or refused."""

import warnings
from pathlib import Path

import pytest

import csea_stats as cs
from csea_stats.errors import InputError
from csea_stats.publication import canvas, fonts
from csea_stats.results.answer_figures import Asked, stacks_of
from tests.drawn import bars, hatches, row_names, texts

SCALE = ("none", "poor", "fair", "good", "excellent")


def inside(picture):
    """Return how far what is drawn lies inside the figure, in millimetres, at its nearest edge."""
    from matplotlib import rc_context

    with rc_context(canvas.SETTINGS):
        drawn = picture.figure.get_tightbbox()
    wide, high = picture.figure.get_size_inches()
    return 25.4 * min(drawn.x0, drawn.y0, wide - drawn.x1, high - drawn.y1)


@pytest.mark.slow
def test_stacks_part_at_the_split_and_add_up():
    question = cs.ordinal(dict(zip(SCALE, (1, 34, 10, 3, 1), strict=True)))
    (stack,) = stacks_of(question, Asked(labels={}))
    assert stack.sure == (1, 34, 10, 3, 1)
    assert stack.answers == ("none", "poor", "fair", "good", "higher than good")
    assert sum(length for _, _, length in stack.pieces) == pytest.approx(100)
    assert min(start for _, start, _ in stack.pieces) == pytest.approx(-100 * 35 / 49)
    shown = bars(question.figure("diverging").ax)
    assert (round(-100 * 35 / 49, 9), round(-100 * 34 / 49, 9)) in shown
    poor = question[1]
    assert poor.item == "poor"
    for span in (poor.interval, poor.companion):
        assert (round(-100 * span.upper, 9), round(-100 * span.lower, 9)) in shown
    (later,) = stacks_of(question, Asked(labels={}, split="good"))
    assert later.cut == 4
    assert min(start for _, start, _ in later.pieces) == pytest.approx(-100 * 48 / 49)


@pytest.mark.slow
def test_stacks_leave_open_what_print_leaves_open(shipped_survey, shipped_estimates):
    """Held against every table that print allows."""
    for name in ("awareness", "police-knowledge", "government-funding", "collaboration", "boys-age"):
        (stack,) = stacks_of(
            [one for one in shipped_estimates if one.question == name and _whole(one)], Asked(labels={})
        )
        tables = [one.counts[0] for one in cs.tabulate(shipped_survey, name).tables]
        assert stack.sure == tuple(map(min, zip(*tables, strict=True)))
        left = [sum(one[:2]) for one in tables]
        assert stack.unclear == max(left) - min(left)
        assert sum(stack.sure) + stack.left + stack.right + stack.unclear == stack.base
        assert stack.left + sum(stack.sure[:2]) == min(left)


def test_a_printed_sum_of_answers_is_no_answer(shipped_estimates):
    """Print gives "11-15 years or higher" beside each age."""
    members = [one for one in shipped_estimates if one.question == "girls-age" and _whole(one)]
    assert any(one.item == "11-15 years or higher" for one in members)
    (stack,) = stacks_of(members, Asked(labels={}))
    assert stack.answers == ("0-5 years", "6-10 years", "11-15 years", "16-17 years")
    assert sum(length for _, _, length in stack.pieces) == pytest.approx(100)
    both = [*cs.ordinal({"a": 3, "b": 2, "c": 1}), cs.proportion(1, 6)]
    assert len(stacks_of(both, Asked(labels={}))) == 1


@pytest.mark.slow
def test_groups_of_a_tabulation_are_rows(shipped_survey):
    table = cs.tabulate(shipped_survey, "awareness", by="age")
    stacks = stacks_of([one for one in cs.estimate(table) if _whole(one)], Asked(labels={}))
    assert [(one.name, one.base, one.sure) for one in stacks] == [
        ("under 30", 7, (0, 7, 0, 0, 0)),
        ("30 and over", 42, (0, 28, 10, 3, 0)),
    ]
    assert row_names(cs.estimate(table).figure("diverging").ax)[0] == "under 30"
    answers = ("poor among friends", "fair", "good")  # no group, though the word is in it
    (alone,) = stacks_of(cs.ordinal(dict(zip(answers, (3, 2, 1), strict=True))), Asked(labels={}))
    assert alone.answers[:2] == answers[:2]


def _whole(one):
    kinds = one.estimand in ("share", "cumulative share")
    return kinds and one.comparison is None and isinstance(one.target, cs.Superpopulation) and bool(one.counts)


@pytest.mark.slow
def test_ranks_are_the_sets_and_bounds_the_boxes():
    ranks = cs.ranks({"yes": 30, "no": 14, "cannot say": 5}, 49)
    wanted = [(one.interval.lower - 0.4, one.interval.upper + 0.4) for one in ranks]
    assert bars(ranks.figure("ranks").ax) == [(round(low, 9), round(high, 9)) for low, high in wanted]
    open_ones = cs.crosstab_bounds(35, 7, 49)
    shown = bars(open_ones.figure("bounds").ax)
    for one in open_ones.where(estimand="difference between groups"):
        assert (round(100 * one.bounds[0], 9), round(100 * one.bounds[1], 9)) in shown
        assert (round(100 * one.interval.lower, 9), round(100 * one.interval.upper, 9)) in shown


def test_the_kind_follows_from_what_the_estimates_are():
    kinds = {"tiers": cs.proportion(3, 7, target=cs.TIERS), "ranks": cs.ranks({"yes": 5, "no": 4}, 9)}
    kinds |= {"bounds": cs.crosstab_bounds(35, 7, 49), "forest": cs.multinomial({"yes": 5, "no": 4})}
    for kind, estimates in kinds.items():
        assert estimates.figure().caption == estimates.figure(kind).caption
    assert "the bound without a prior" in kinds["tiers"].figure().figure.texts[0].get_text().replace("\n", " ")


def test_shares_tell_counts_and_what_is_left_open(shipped_estimates):
    picture = shipped_estimates.where(question="awareness").figure(
        "shares", labels={"awareness": "How aware is the public?"}
    )
    told = texts(picture.ax)
    assert [text for text in told if " of " in text][:3] == ["0 or 1 of 49", "35 of 49", "10 of 49"]
    assert "How aware is the public?, under 30" in told
    assert hatches(picture.ax).count("xxxxxx") == 2
    assert "crossed: left open by print" in picture.figure.texts[0].get_text().replace("\n", " ")


@pytest.mark.slow
def test_rows_that_would_be_alike_tell_their_group():
    """And their question, where the group is one too; a group of the yes to a question is told in words."""
    market = cs.estimate(cs.load_survey(Path(__file__).parents[1] / "report" / "data" / "market.toml"))
    again = market.where(question="again")
    contrasts = cs.Estimates(one for one in again if one.comparison and one.comparison.reference)
    assert row_names(contrasts.figure("forest").ax) == [
        "visitors with age “under 30”: yes",
        "visitors with “yes” to “Lives in town”: yes",
    ]
    table = contrasts.table("contrasts")
    assert [row[1].text for row in table.rows] == [
        "Visitors with age “under 30”",
        "Visitors with “yes” to “Lives in town”",
    ]
    assert len({column.head for column in table.columns}) == len(table.columns)


LONG = "finds that the agencies, the police and the schools of the place work together rather poorly than well"

AWKWARD = {
    "long labels": (
        lambda: cs.Estimates([cs.proportion(35, 49, label=LONG), cs.proportion(1, 49, label="x" * 90)]),
        "forest",
    ),
    "a long answer": (lambda: cs.ordinal({LONG: 3, "poor": 5, "good": 9}), "diverging"),
    "20 answers": (lambda: cs.ordinal({f"step {k}": k for k in range(20)}), "diverging"),
    "0 of n": (lambda: cs.proportion(0, 7), "forest"),
    "0 of n, tipping": (lambda: cs.proportion(0, 7), "tipping"),
    "n of n": (lambda: cs.ordinal({"poor": 7, "good": 0, "best": 0}), "diverging"),
    "a set": (lambda: cs.proportion({14, 15, 16}, 49), "shares"),
    "a set, tipping": (lambda: cs.proportion({14, 15}, 49), "tipping"),
    "Arabic": (lambda: cs.ordinal({"ضعيف جداً": 7, "جيد": 2, "ممتاز": 1}), "diverging"),
    "Hebrew": (lambda: cs.proportion(3, 7, label="מודעות ציבורית נמוכה"), "shares"),
    "two answers": (lambda: cs.ranks({"yes": 5, "no": 4}, 9), "ranks"),
    "many ranks": (lambda: cs.ranks({f"an answer with the number {k}": 5 + k for k in range(25)}, 49), "ranks"),
}

CHEAP = ("long labels", "a long answer", "a set", "Arabic")


@pytest.mark.few(3)
@pytest.mark.parametrize(
    "case", [case if case in CHEAP else pytest.param(case, marks=pytest.mark.slow) for case in AWKWARD]
)
def test_nothing_is_cut_off(case):
    made, kind = AWKWARD[case]
    estimates = made()
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        picture = estimates.figure(kind, width="page" if "20" in case or "many" in case else "column")
    assert inside(picture) > 0.5, case
    assert len(picture.alt.split()) <= 60
    assert "people like these" in picture.figure.texts[0].get_text().lower().replace("\n", " ")


def test_another_font_is_asked_for_signs_that_the_usual_one_lacks(monkeypatch):
    """Of a machine that has one; the shipped ones stand in for it: ∰ is in STIX, 中 in none."""
    lacking = next(chr(code) for code in sorted(fonts._has("STIXGeneral") - fonts._has(fonts.FONT)) if code > 0x24F)
    monkeypatch.setattr(fonts, "FALLBACKS", ("No such font", "STIXGeneral"))
    assert fonts.families(f"a {lacking}") == [fonts.FONT, "STIXGeneral"]
    assert fonts.families("plain", "é") == [fonts.FONT] == fonts.families("中")
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        cs.proportion(3, 7, label=f"say {lacking}").figure().to_svg()


def test_refusals_say_what_is_allowed():
    first, other = cs.ordinal({"poor": 3, "fair": 2, "good": 1}), cs.ordinal({"low": 3, "high": 2, "top": 1})
    with pytest.raises(InputError, match="allowed are questions with the same answers"):
        (first + other).figure("diverging")
    with pytest.raises(InputError, match="split: found 'best'; allowed is one of 'poor', 'fair'"):
        first.figure("diverging", split="best")
    for kind in ("ranks", "bounds", "diverging"):
        with pytest.raises(InputError, match="nothing to draw"):
            cs.proportion(3, 7).figure(kind)


@pytest.mark.slow
def test_made_up_answers_are_stamped_in_the_figure_itself():
    data = cs.synthesise(cs.load_survey("bosnia-herzegovina-2021"), seed=1)
    contrast = cs.tabulate(data, "awareness", by="organisation").contrasts(target=cs.Superpopulation(), outcome="poor")
    assert contrast.figure().figure.texts[0].get_text().startswith("SYNTHETIC.")
