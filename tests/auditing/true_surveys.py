"""Surveys whose print is true: people answer, their answers are counted, some of the counts are printed.

The package is told what is printed; what people answered is kept beside it, so that a test can ask whether the truth
lies within everything that is told.
"""

import decimal
from dataclasses import dataclass, field
from decimal import Decimal

from csea_stats.survey.survey import NOT_PRINTED, Battery, BatteryCell, Cell, Group, Question
from tests.auditing.made import small_survey

NAMES = tuple("abcdefghijkl")
SITES = ("m", "q", "r", "s")


def percent(count, base, places, mode=decimal.ROUND_HALF_UP):
    with decimal.localcontext(decimal.Context(prec=60)):
        return str((Decimal(100 * count) / base).quantize(Decimal(1).scaleb(-places), rounding=mode))


@dataclass
class Truth:
    """What people answered: for each question a set of answers a person, or None for whoever is not counted."""

    rng: object
    people: int
    places: int
    mode: str
    answers: dict = field(default_factory=dict)
    questions: list = field(default_factory=list)
    battery: tuple = ()
    respondents: object = None
    apart: set = field(default_factory=set)
    """Questions whose numbers are of some of those who answered, no one knows how many."""

    def counted(self, question, group=None):
        """Who answered a question, of all or of a group."""
        return [i for i, given in enumerate(self.answers[question]) if given is not None and self.within(i, group)]

    def within(self, person, group):
        """Whether a person is in a group; of several answers to a question each member gave at least one."""
        if group is None:
            return True
        return all(set(part.items) & (self.answers[part.question][person] or set()) for part in group.parts)

    def count(self, question, items, group=None):
        """How often answers were given; a sum of several counts each."""
        return sum(len(self.answers[question][i] & set(items)) for i in self.counted(question, group))

    def base(self, question, group=None):
        return len(self.counted(question, group))

    def cell(self, question, items, group=None, *, ways=("percent", "percent", "count", "both"), **more):
        """Print an answer, or a sum of several."""
        count, base = self.count(question, items, group), self.base(question, group)
        way = self.rng.choice(ways) if 0 < base >= count else "count"
        told = {"count": count} if way != "percent" else {}
        told |= {"percent": percent(count, base, self.places, self.mode)} if way != "count" else {}
        item = items[0] if len(items) == 1 else tuple(items)
        return Cell(item=item, where=more.pop("where", "Table"), among=group, **told, **more)

    def survey(self):
        respondents = self.people if self.respondents is None else self.respondents
        return small_survey(*self.questions, respondents=respondents, battery=self.battery)


def begun(rng, people=None):
    """Some people, and how percentages are rounded: to whole ones or to one decimal, halves up or to even."""
    people = people or rng.choice(
        [rng.randint(3, 30), rng.randint(10, 80), rng.randint(50, 400), rng.randint(300, 3000)]
    )
    mode = rng.choice([decimal.ROUND_HALF_UP, decimal.ROUND_HALF_UP, decimal.ROUND_HALF_EVEN])
    return Truth(rng=rng, people=people, places=rng.choice([0, 0, 1]), mode=mode)


def answer(truth, name, kind, names, *, among=None, silent=0.0, chosen=None):
    """Let everybody who is asked answer, each with a probability of saying nothing."""
    rng = truth.rng
    weights = [rng.random() ** 2 + 0.01 for _ in names]
    chances = [rng.random() for _ in names]
    given = []
    for person in range(truth.people):
        if not truth.within(person, among) or rng.random() < silent:
            given.append(None)
        elif kind == "multiple":
            given.append({one for one, chance in zip(names, chances, strict=True) if rng.random() < chance})
        elif kind == "pick":
            given.append(set(rng.sample(names, chosen)))
        else:
            given.append(set(rng.choices(names, weights)))
    truth.answers[name] = given


def asked(truth, name, kind, names, cells, **more):
    """Add a question with what is printed of it."""
    told = {} if kind == "yes-no" else {"categories": tuple(names)}
    truth.questions.append(Question(id=name, label=name, kind=kind, cells=tuple(cells), **told, **more))


def drawn_kind(rng, most=5):
    kind = rng.choice(["single", "ordinal", "yes-no", "multiple"])
    return kind, ("yes", "no") if kind == "yes-no" else NAMES[: rng.randint(2, most)]


def some(rng, values, chance=0.8):
    return [one for one in values if rng.random() < chance] or [rng.choice(list(values))]


def sums(truth, name, names, number, group=None):
    """Print sums of answers."""
    cells = []
    for _ in range(number):
        few = sorted(truth.rng.sample(names, truth.rng.randint(2, max(len(names) - 1, 2))))
        if len(few) < len(names) and all(cell.items != tuple(few) for cell in cells):
            cells.append(truth.cell(name, few, group, where="Text"))
    return cells


def hidden(truth, names, kind):
    """Leave an answer out of the list, which print then shows in part."""
    if kind in ("single", "multiple") and len(names) > 2 and truth.rng.random() < 0.3:
        return names[:-1], {"partial": True}
    return names, {}


def plain(rng):
    truth = begun(rng)
    for k in range(rng.randint(1, 3)):
        kind, names = drawn_kind(rng)
        answer(truth, f"q{k}", kind, names)
        shown, more = hidden(truth, names, kind)
        asked(truth, f"q{k}", kind, shown, [truth.cell(f"q{k}", [one]) for one in some(rng, shown)], **more)
    return truth


def of_sums(rng):
    truth = begun(rng)
    for k in range(rng.randint(1, 2)):
        kind, names = rng.choice(["single", "ordinal", "multiple"]), NAMES[: rng.randint(3, 8)]
        answer(truth, f"q{k}", kind, names)
        shown, more = hidden(truth, names, kind)
        cells = sums(truth, f"q{k}", shown, rng.randint(1, 4))
        cells += [truth.cell(f"q{k}", [one]) for one in shown if rng.random() < 0.4]
        asked(truth, f"q{k}", kind, shown, cells or [truth.cell(f"q{k}", [shown[0]])], **more)
    return truth


def of_groups(rng, *, silent=(0.0, 0.0), people=None):
    """An answer, or several, by the groups of another question, whose sizes print may give or not."""
    truth = begun(rng, people)
    sites = SITES[: rng.randint(2, 4)]
    answer(truth, "site", "single", sites, silent=silent[0] if rng.random() < 0.5 else 0.0)
    told = rng.choice(["all", "all", "some", "none"])
    shown = {"all": sites, "some": some(rng, sites, 0.5), "none": ()}[told]
    more = {}
    if truth.base("site") < truth.people:
        more = rng.choice([{"base": truth.base("site")}, {"missing": "some"}])
    asked(truth, "site", "single", sites, [truth.cell("site", [one]) for one in shown], partial=told == "none", **more)
    for k in range(rng.randint(1, 2)):
        kind, names = drawn_kind(rng, 3)
        name = f"q{k}"
        answer(truth, name, kind, names, silent=silent[1])
        cells = [truth.cell(name, [one]) for one in names if rng.random() < 0.7]
        groups = [Group(question="site", item=one) for one in some(rng, sites, 0.7)]
        if len(sites) > 2 and rng.random() < 0.2:
            groups.append(Group(question="site", item=sites[:2]))
        for group in groups:
            if truth.base(name, group):
                base = {"base": truth.base(name, group)} if rng.random() < (0.8 if silent[1] else 0.4) else {}
                cells += [truth.cell(name, [one], group, **base) for one in some(rng, names, 0.5)]
        whole = {}
        if truth.base(name) < truth.people:
            whole = rng.choice([{"base": truth.base(name)}, {"missing": "some"}])
        asked(truth, name, kind, names, cells, **whole)
    return truth


def of_values(rng):
    """Values without labels, and a few other facts."""
    truth = begun(rng)
    kind, names = rng.choice(["single", "ordinal", "multiple"]), NAMES[: rng.randint(3, 8)]
    answer(truth, "q", kind, names)
    listed = rng.sample(names, rng.randint(2, len(names))) if rng.random() < 0.4 else list(names)
    values = [percent(truth.count("q", [one]), truth.people, truth.places, truth.mode) for one in listed]
    rng.shuffle(values)
    values = values[: rng.randint(2, len(values))] if rng.random() < 0.2 else values
    cells = [Cell(item=tuple(sorted(listed)), where="Figure", unlabelled=tuple(values), status="unlabelled")]
    for _ in range(rng.randint(0, 3)):
        few = sorted(rng.sample(names, rng.choice([1, 1, 2])))
        if all(cell.items != tuple(few) or cell.unlabelled for cell in cells):
            cells.append(truth.cell("q", few, where="Text"))
    asked(truth, "q", kind, names, cells)
    return truth


def of_bases(rng):
    """Percentages of numbers of people that print does not give: of all, of who answered, of who was asked."""
    truth = begun(rng)
    kind, names = drawn_kind(rng, 4)
    way = rng.choice(["question", "respondents", "asked", "cell"])
    if way == "respondents" and truth.people <= 2000:  # of more is not thought where print says nothing
        truth.respondents = NOT_PRINTED
    answer(truth, "p", "yes-no", ("yes", "no"))
    asked(truth, "p", "yes-no", ("yes", "no"), [truth.cell("p", ["yes"], ways=("percent",))])
    among = Group(question="p", item="yes")
    among = among if way == "asked" and truth.count("p", ["yes"]) else None
    answer(truth, "q", kind, names, among=among, silent=rng.choice([0.05, 0.3]) if way in ("question", "cell") else 0.0)
    if not truth.base("q"):
        return of_bases(rng)
    more = {"base": NOT_PRINTED} if way == "question" else {}
    cell = {"base": NOT_PRINTED} if way == "cell" else {}
    ways = ("percent",) if way == "cell" else ("percent", "percent", "both")
    cells = [truth.cell("q", [one], ways=ways, **cell) for one in some(rng, names)]
    asked(truth, "q", kind, names, cells, among=among, **more)
    if cell:
        truth.apart.add("q")
    return truth


def of_silence(rng):
    """Not everybody answered each question."""
    if rng.random() < 0.5:
        return of_groups(rng, silent=(rng.choice([0.03, 0.2]), rng.choice([0.03, 0.1, 0.3])))
    truth = begun(rng)
    for k in range(rng.randint(1, 3)):
        kind, names = drawn_kind(rng)
        name, among = f"q{k}", None
        if k and rng.random() < 0.5 and truth.questions[0].cells[0].among is None:
            among = Group(question="q0", item=truth.questions[0].cells[0].items[0])
        answer(truth, name, kind, names, silent=rng.choice([0.03, 0.2]), among=among)
        if not truth.base(name):
            return of_silence(rng)
        asked_of = truth.people if among is None else truth.count("q0", among.items)
        less = truth.base(name) < asked_of
        more = rng.choice([{"base": truth.base(name)}, {"missing": "some"}]) if less else {}
        asked(truth, name, kind, names, [truth.cell(name, [one]) for one in some(rng, names)], among=among, **more)
    return truth


def of_several(rng):
    """Several questions of the same people: a battery told together, a list of which each names as many."""
    truth = begun(rng, rng.choice([rng.randint(5, 30), rng.randint(20, 200)]))
    names, ids = NAMES[: rng.randint(2, 4)], [f"b{k}" for k in range(rng.randint(2, 3))]
    for name in ids:
        answer(truth, name, "ordinal", names)
        cells = [truth.cell(name, [one]) for one in names if rng.random() < 0.4]
        asked(truth, name, "ordinal", names, cells)
    told = []
    if rng.random() < 0.7:
        few = tuple(names[: rng.randint(1, 2)]) if len(names) > 2 else names[:1]
        counts = [truth.count(name, few) for name in ids]
        ends = tuple(percent(pick(counts), truth.people, truth.places, truth.mode) for pick in (min, max))
        told.append(BatteryCell(item=few[0] if len(few) == 1 else few, where="Text", range=ends))
    if rng.random() < 0.6:
        counts = [truth.count(name, [one]) for name in ids for one in names]
        values = [percent(count, truth.people, truth.places, truth.mode) for count in counts]
        rng.shuffle(values)
        told.append(BatteryCell(item=names, where="Figure", unlabelled=tuple(values), status="unlabelled"))
    truth.battery = (Battery(id="battery", label="battery", questions=tuple(ids), cells=tuple(told)),)
    size = rng.randint(3, 6)
    chosen = rng.randint(1, 2)
    answer(truth, "pick", "pick", NAMES[:size], chosen=chosen)
    shown = NAMES[: size - 1] if rng.random() < 0.3 else NAMES[:size]
    more = {"partial": True} if len(shown) < size else {}
    cells = [truth.cell("pick", [one]) for one in some(rng, shown, 0.9)]
    asked(truth, "pick", "pick", shown, cells, chosen=chosen, **more)
    return truth


KINDS = {
    "plain": plain,
    "sums": of_sums,
    "groups": of_groups,
    "unlabelled": of_values,
    "bases": of_bases,
    "silence": of_silence,
    "several": of_several,
}
