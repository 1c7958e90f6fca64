"""Groups of people of whom not all answered: clean print is not accused, and what brute force refuses is found."""

import itertools
import random
from decimal import ROUND_HALF_UP, Decimal

import pytest

from csea_stats.auditing.audit import audit
from csea_stats.survey.survey import Cell, Group, Question
from tests.auditing.made import small_survey

SITES = ("m", "q")


def rounded(count, base):
    return str((Decimal(100 * count) / base).quantize(Decimal(1), rounding=ROUND_HALF_UP))


def fits(printed, count, base):
    kind, value = printed
    return value == count if kind == "count" else base > 0 and abs(100 * count - int(value) * base) * 2 <= base


def made(rng):
    """Two groups, how many of each answered, how many of these said yes, and what is printed of it."""
    sizes = rng.randint(2, 9), rng.randint(2, 9)
    answered = [rng.randint(1, size) for size in sizes]
    if sum(answered) == sum(sizes):
        answered[0] -= 1
    if not all(answered):
        return made(rng)
    yes = [rng.randint(0, base) for base in answered]
    told = {None: (sum(yes), sum(answered)), 0: (yes[0], answered[0]), 1: (yes[1], answered[1])}
    printed = {}
    for place, (count, base) in told.items():
        if place is None or rng.random() < 0.8:
            way = rng.choice(["count", "percent"])
            printed[place] = (way, count if way == "count" else rounded(count, base))
            if rng.random() < (0.7 if place is None else 0.5):
                printed["base", place] = base
    return sizes, printed


def possible(sizes, printed, *, left_out):
    """Whether some numbers of people have all that is printed.

    As everybody is of a group, those of the groups are all who answered; read leniently, a group's base may leave out
    some who did.
    """
    everybody = sum(sizes)
    known = [printed.get(("base", place)) for place in (0, 1)]
    ways = itertools.product(
        *(range(size + 1) if base is None else [base] for base, size in zip(known, sizes, strict=True))
    )
    ways = [one for one in ways if one[0] <= sizes[0] and one[1] <= sizes[1]]
    base = printed.get(("base", None))
    for total in range(everybody) if base is None else [base] if base <= everybody else []:
        for answered in ways:
            others = total - sum(answered)
            if others < 0 or (others and not left_out):
                continue
            for yes in itertools.product(range(answered[0] + 1), range(answered[1] + 1)):
                groups = all(fits(printed[k], yes[k], answered[k]) for k in (0, 1) if k in printed)
                if groups and any(fits(printed[None], sum(yes) + more, total) for more in range(others + 1)):
                    return True
    return False


def accused(sizes, printed):
    site = Question(
        id="site",
        label="Site",
        kind="single",
        categories=SITES,
        cells=tuple(Cell(item=one, where="T", count=size) for one, size in zip(SITES, sizes, strict=True)),
    )
    cells = []
    for place, one in printed.items():
        if not isinstance(place, tuple):
            among = None if place is None else Group(question="site", item=SITES[place])
            base = None if place is None else printed.get(("base", place))
            cells.append(Cell(item="yes", where="T", among=among, base=base, **dict([one])))
    base = printed.get(("base", None))
    more = {"missing": "some"} if base is None else {"base": base}
    question = Question(id="sat", label="Satisfied", kind="yes-no", cells=tuple(cells), **more)
    found = audit(small_survey(site, question, respondents=sum(sizes))).findings
    return any(one.verdict == "inconsistent" for one in found)


def changed(rng, sizes, printed):
    """Print one other number."""
    key = rng.choice(list(printed))
    everybody = sum(sizes)
    if isinstance(key, tuple):
        other = rng.choice([n for n in range(1, everybody + 1) if n != printed[key]])
        return printed | {key: other}
    kind, value = printed[key]
    values = range(everybody + 1) if kind == "count" else [str(n) for n in range(101)]
    return printed | {key: (kind, rng.choice([one for one in values if one != value]))}


def check(seed):
    """Whether clean print is accused; whether a change can be found, however it is read, or as groups are; is found."""
    rng = random.Random(seed)
    sizes, printed = made(rng)
    assert possible(sizes, printed, left_out=False)
    wrong = changed(rng, sizes, printed)
    strictly, anyhow = (not possible(sizes, wrong, left_out=left_out) for left_out in (False, True))
    return accused(sizes, printed), anyhow, strictly, accused(sizes, wrong)


def rates(seeds):
    results = [check(seed) for seed in seeds]
    between = [told for _, anyhow, strictly, told in results if strictly and not anyhow]
    tally = {
        "clean": len(results),
        "false alarms": sum(alarm for alarm, *_ in results),
        "detectable however a base is read": sum(anyhow for _, anyhow, _, _ in results),
        "found": sum(anyhow and told for _, anyhow, _, told in results),
        "detectable as groups are all who answered": len(between),
        "found of these": sum(between),
        "wrongly found": sum(told and not strictly for *_, strictly, told in results),
    }
    print(tally)  # noqa: T201
    assert tally["false alarms"] == tally["wrongly found"] == 0
    assert tally["found"] == tally["detectable however a base is read"]
    assert tally["found of these"] == tally["detectable as groups are all who answered"]
    return tally["found"], tally["found of these"]


@pytest.mark.slow
def test_changes_of_a_few_are_found():
    assert sum(rates(range(40))) > 10


@pytest.mark.sizes("number", slow=400, long=2_000)
def test_changes_of_thousands_are_found(number):
    anyhow, strictly = rates(range(1_000, 1_000 + number))
    assert anyhow > number / 4
    assert strictly > number / 40
