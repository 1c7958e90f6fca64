"""Clean surveys give no contradiction; one printed digit changed gives exactly one, wherever arithmetic can tell.

Whether it can tell is decided here by other code: brute force over every assignment of counts, with the decimal module
for rounding.
"""

import decimal
import itertools
import random
from dataclasses import replace
from decimal import Decimal
from fractions import Fraction

import pytest

from csea_stats.auditing.audit import audit
from csea_stats.survey.survey import Cell, Group, Question, cell_name
from tests.auditing.made import small_survey

FRACTIONS = {
    "half": Fraction(1, 2),
    "a third": Fraction(1, 3),
    "a quarter": Fraction(1, 4),
    "two thirds": Fraction(2, 3),
}
NUMBERS = ("none", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve")


def printed(count, base, places, mode=decimal.ROUND_HALF_UP):
    with decimal.localcontext(decimal.Context(prec=60)):
        return str((Decimal(100 * count) / base).quantize(Decimal(1).scaleb(-places), rounding=mode))


def wrap(questions, respondents):
    return small_survey(*questions, respondents=respondents)


def told(rng, item, count, base, where, places):
    """A cell that tells a count in one of the ways of print."""
    way = rng.choice(["percent", "percent", "count", "both", "words"])
    if way == "words":
        exact = [name for name, share in FRACTIONS.items() if abs(share * base - count) < 1]
        if exact and rng.random() < 0.5:
            return Cell(item=item, where=where, words=rng.choice(exact))
        if count < len(NUMBERS):
            return Cell(item=item, where=where, words=NUMBERS[count])
        if 2 * count > base:
            return Cell(item=item, where=where, words="more than half")
        way = "count"
    percent = printed(count, base, places) if way in ("percent", "both") else None
    return Cell(item=item, where=where, percent=percent, count=count if way in ("count", "both") else None)


def split(rng, total, parts):
    cuts = sorted(rng.randint(0, total) for _ in range(parts - 1))
    return [b - a for a, b in itertools.pairwise([0, *cuts, total])]


def made_question(rng, name, base, *, size=None, kind=None, among=None):
    kind = kind or rng.choice(["single", "ordinal", "yes-no", "multiple", "open-coded"])
    size = 2 if kind == "yes-no" else size or rng.randint(2, 5)
    names = ("yes", "no") if kind == "yes-no" else tuple("abcde"[:size])
    one = kind in ("single", "ordinal", "yes-no")
    counts = split(rng, base, size) if one else [rng.randint(0, base) for _ in range(size)]
    places = rng.choice([0, 0, 0, 1])
    shown = [i for i in range(size) if rng.random() < 0.85] or [0]
    cells = [told(rng, names[i], counts[i], base, "Figure 1", places) for i in shown]
    again = rng.sample(range(size), rng.randint(0, size))
    cells += [told(rng, names[i], counts[i], base, "Text", places) for i in again]
    if size > 2 and one and rng.random() < 0.5:
        few = sorted(rng.sample(range(size), 2))
        cells.append(told(rng, tuple(names[i] for i in few), sum(counts[i] for i in few), base, "Text", places))
    return Question(
        id=name, label=name, kind=kind, categories=names, cells=tuple(cells), base=base if among else None, among=among
    ), counts


def made_list(rng, name, base):
    """A list of which everybody names exactly k answers."""
    size = rng.randint(3, 5)
    names, chosen = tuple("abcde"[:size]), rng.randint(1, 2)
    counts = [0] * size
    for _ in range(base):
        for i in rng.sample(range(size), chosen):
            counts[i] += 1
    cells = [told(rng, names[i], counts[i], base, "Figure 1", 0) for i in range(size)]
    return Question(id=name, label=name, kind="pick", categories=names, cells=tuple(cells), chosen=chosen)


def made_unlabelled(rng, name, base):
    """Values without labels, one or two of which the text gives a label."""
    size, names = 3, ("a", "b", "c")
    counts = split(rng, base, size)
    values = [printed(count, base, 0) for count in counts]
    rng.shuffle(values)
    cells = [Cell(item=names, where="Figure 1", unlabelled=tuple(values), status="unlabelled")]
    cells += [told(rng, names[i], counts[i], base, "Text", 0) for i in rng.sample(range(size), rng.randint(0, 2))]
    kind = rng.choice(["single", "multiple"])
    return Question(id=name, label=name, kind=kind, categories=names, cells=tuple(cells))


def made_survey(rng):
    """A clean survey: a question whose answer defines a group, a nested one, a subgroup's cells, and others."""
    respondents = rng.randint(5, 60)
    root, counts = made_question(rng, "root", respondents, size=rng.randint(2, 3), kind="single")
    questions = [root]
    size = counts[0]
    if size and any(cell.items == ("a",) and cell.count is not None for cell in root.cells):
        group = Group(question="root", item="a")
        if rng.random() < 0.5:
            questions.append(made_question(rng, "nested", size, size=3, among=group)[0])
        else:
            whole, some = made_question(rng, "split", respondents, size=3, kind="ordinal")
            low, high = max(0, some[0] - (respondents - size)), min(some[0], size)
            inside = rng.randint(low, high)
            cell = Cell(item="a", where="Text", percent=printed(inside, size, 0), count=inside, base=size, among=group)
            questions.append(replace(whole, cells=(*whole.cells, cell)))
    questions += [made_question(rng, f"q{i}", respondents)[0] for i in range(rng.randint(1, 3))]
    if rng.random() < 0.4:
        questions.append(made_list(rng, "pick", respondents))
    if rng.random() < 0.4:
        questions.append(made_unlabelled(rng, "open", respondents))
    return wrap(questions, respondents)


def changed_digit(rng, survey):
    """Change one printed digit of one cell; return the survey and the cell's name."""
    spots = []
    for place, question in enumerate(survey.question):
        for number, cell in enumerate(question.cells):
            for field, text in (("percent", cell.percent), ("count", None if cell.count is None else str(cell.count))):
                spots += [(place, number, field, text, i) for i, sign in enumerate(text or "") if sign.isdigit()]
            for which, text in enumerate(cell.unlabelled or ()):
                spots += [(place, number, which, text, i) for i in range(len(text))]
    rng.shuffle(spots)
    for place, number, field, text, i in spots:
        digit = rng.choice([d for d in "0123456789" if d != text[i]])
        changed = text[:i] + digit + text[i + 1 :]
        whole = changed.partition(".")[0]
        if (len(whole) > 1 and whole[0] == "0") or Fraction(changed) > (10**6 if field == "count" else 100):
            continue
        question = survey.question[place]
        cell = question.cells[number]
        if isinstance(field, int):
            values = (*cell.unlabelled[:field], changed, *cell.unlabelled[field + 1 :])
            cell = replace(cell, unlabelled=values)
        else:
            cell = replace(cell, **{field: changed if field == "percent" else int(changed)})
        if field == "count" and int(changed) > (cell.base or question.base or survey.respondents):
            continue  # refused when a file is loaded
        cells = (*question.cells[:number], cell, *question.cells[number + 1 :])
        questions = list(survey.question)
        questions[place] = replace(question, cells=cells)
        return replace(survey, question=tuple(questions)), cell_name(question, cell)
    return None


def cell_holds(cell, total, base):
    if cell.percent is not None:
        places = len(cell.percent.partition(".")[2])
        modes = (decimal.ROUND_HALF_UP, decimal.ROUND_HALF_DOWN)
        if cell.percent not in {printed(total, base, places, mode) for mode in modes}:
            return False
    if cell.count is not None and cell.count != total:
        return False
    if cell.words is None:
        return True
    if cell.words in NUMBERS:
        return NUMBERS.index(cell.words) == total
    if cell.words == "more than half":
        return 2 * total > base
    return abs(FRACTIONS[cell.words] * base - total) < 1


def possible_counts(question, cells, base):
    """Every count vector that meets all cells, over every way to label values without labels."""
    for number, cell in enumerate(cells):
        if cell.unlabelled is not None:
            rest = [*cells[:number], *cells[number + 1 :]]
            ways = set(itertools.permutations(cell.unlabelled))
            each = [[Cell(item=i, where="?", percent=v) for i, v in zip(cell.items, way, strict=True)] for way in ways]
            found = [possible_counts(question, [*rest, *labelled], base) for labelled in each]
            fitting = [one for one in found if one and all(one)]
            return [vector for one in fitting for vector in one] if question.one_answer else next(iter(fitting), [])
    return labelled_counts(question, cells, base)


def labelled_counts(question, cells, base):
    """Every count vector that meets all cells; by brute force over single answers, then over their product."""
    names = question.categories
    singles = []
    for i in range(len(names)):
        mine = [cell for cell in cells if cell.items == (names[i],)]
        singles.append([c for c in range(base + 1) if all(cell_holds(cell, c, cell.base or base) for cell in mine)])
    sums = [cell for cell in cells if len(cell.items) > 1]
    shown = {item for cell in cells for item in cell.items}
    one = question.one_answer
    found = []
    if question.chosen is not None:
        total = question.chosen * base
        fits = any(sum(vector) == total for vector in itertools.product(*singles))
        return singles if fits else []
    if not one:
        return singles  # independent: any product
    for vector in _products(singles, base):
        total = sum(vector)
        if total > base or (shown == set(names) and not question.partial and total != base):
            continue
        if all(cell_holds(cell, sum(vector[names.index(i)] for i in cell.items), cell.base or base) for cell in sums):
            found.append(vector)
    return found


def _products(singles, base):
    """The product of the single answers' counts, without prefixes that are above the base already."""
    vectors = [()]
    for values in singles:
        vectors = [(*vector, value) for vector in vectors for value in values if sum(vector) + value <= base]
    return vectors


def agrees(survey):
    """Whether some assignment of counts meets everything that the survey prints."""
    answers = {}
    for question in survey.question:
        base = question.base or survey.respondents
        found = possible_counts(question, [cell for cell in question.cells if cell.among is None], base)
        if not found or not all(found):
            return False
        answers[question.id] = {vector[0] for vector in found} if question.one_answer else set(found[0])
        if question.among and base not in answers["root"]:
            return False
        for cell in question.cells:
            if cell.among is None:
                continue
            inside = [c for c in range(cell.base + 1) if cell_holds(cell, c, cell.base)]
            rest = survey.respondents - cell.base
            if not any(0 <= whole - c <= rest for c in inside for whole in answers[question.id]):
                return False
            if cell.base not in answers["root"]:
                return False
    return True


def contradictions(survey):
    return [finding for finding in audit(survey).findings if finding.verdict == "inconsistent"]


def run(surveys, seed):
    rng = random.Random(seed)
    tally = dict.fromkeys(
        ("clean", "false alarms", "detectable", "found", "found once, in its place", "not detectable", "wrongly found"),
        0,
    )
    wrong = []
    for _ in range(surveys):
        survey = made_survey(rng)
        assert agrees(survey)
        tally["clean"] += 1
        found = contradictions(survey)
        if found:
            tally["false alarms"] += 1
            wrong.append(("false alarm", survey, found))
        changed = changed_digit(rng, survey)
        if changed is None:
            continue
        mutant, name = changed
        found = contradictions(mutant)
        if agrees(mutant):
            tally["not detectable"] += 1
            if found:
                tally["wrongly found"] += 1
                wrong.append(("wrongly found", mutant, found))
        else:
            tally["detectable"] += 1
            tally["found"] += bool(found)
            tally["found once, in its place"] += len(found) == 1 and name in found[0].cells
            if len(found) != 1 or name not in found[0].cells:
                wrong.append((f"{len(found)} findings", mutant, found))
    return tally, wrong


def check(surveys, seed):
    tally, wrong = run(surveys, seed)
    share = tally["found"] / tally["detectable"]
    print(f"{tally}; share of detectable ones found {share:.1%}, false alarms {tally['false alarms']}")  # noqa: T201
    for kind, survey, found in wrong[:4]:
        print(kind, *((q.id, q.kind, q.base, q.cells) for q in survey.question), sep="\n  ")  # noqa: T201
        print(*(f"    {one.code} {one.question}: {one.printed} | {one.expected}" for one in found), sep="\n")  # noqa: T201
    assert tally["false alarms"] == 0
    assert tally["wrongly found"] == 0
    assert tally["found once, in its place"] == tally["found"] == tally["detectable"] > surveys / 4
    return tally


def several(surveys, changes, seed):
    """Change several digits: a contradiction is told if and only if there is one, and no more than were made."""
    rng = random.Random(seed)
    clashes = 0
    for _ in range(surveys):
        survey, made = made_survey(rng), 0
        for _ in range(changes):
            changed = changed_digit(rng, survey)
            survey, made = (survey, made) if changed is None else (changed[0], made + 1)
        found = contradictions(survey)
        assert bool(found) != agrees(survey)
        assert len(found) <= made
        clashes += bool(found)
        for question in survey.question:
            assert audit(survey).feasible(question.id)
    return clashes


def test_several_changed_digits():
    assert several(20, 3, seed=3) > 10


@pytest.mark.sizes("surveys", slow=60, long=300)
@pytest.mark.parametrize("changes", [2, 3, 5])
def test_several_changed_digits_in_hundreds(changes, surveys):
    assert several(surveys, changes, seed=changes) > 2 / 3 * surveys


@pytest.mark.few(1)
@pytest.mark.parametrize("seed", range(3))
def test_a_changed_digit_is_found_where_arithmetic_can_tell(seed):
    check(20, seed)


@pytest.mark.sizes("surveys", slow=50, long=300)
@pytest.mark.parametrize("seed", range(2, 6))
def test_hundreds_of_changed_digits(seed, surveys):
    check(surveys, seed)
