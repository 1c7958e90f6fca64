"""What the classes cannot check on their own: names that must exist, counts within their base, words that fit.

Whether the printed numbers can be true together is no matter for here: a survey that contradicts itself is a
survey still, and the audit tells.
"""

from __future__ import annotations

from collections import Counter
from fractions import Fraction
from typing import TYPE_CHECKING

from csea_stats.survey.documents import Problem, key_path, shown, unknown
from csea_stats.survey.survey import JOIN, Group, battery_cell_name, cell_name

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from csea_stats.survey.survey import Battery, BatteryCell, Cell, Question, Survey
    from csea_stats.survey.toml_places import Keys


def check_survey(survey: Survey) -> list[Problem]:
    """Find all that is wrong with a survey whose values are each of the right kind.

    Parameters
    ----------
    survey : Survey
        A survey whose keys and kinds of values are right.

    Returns
    -------
    list of Problem
        Empty where nothing is wrong.
    """
    problems = list(_repeated_ids(survey))
    for number, question in enumerate(survey.question):
        path = ("question", number)
        problems += _question(question, path)
        problems += _groups(survey, question, path)
        for place, cell in enumerate(question.cells):
            problems += _cell(question, cell, (*path, "cells", place))
        problems += _names(path, [cell_name(question, cell) for cell in question.cells])
        problems += _names(path, [cell_name(question, one) for one in question.averages], "averages")
        problems += _averages(question, path)
        problems += _apart(question, path)
    problems += _circles(survey)
    for number, battery in enumerate(survey.battery):
        problems += _battery(survey, battery, ("battery", number))
    problems += _facts(survey)
    problems += _events(survey)
    problems += _references(survey)
    return problems


def _again(values: Iterable[str]) -> list[int]:
    """Positions of values that stood before."""
    seen: set[str] = set()
    again = []
    for place, value in enumerate(values):
        if value in seen:
            again.append(place)
        seen.add(value)
    return again


def _repeated_ids(survey: Survey) -> Iterator[Problem]:
    ids = [(("question", place), question.id) for place, question in enumerate(survey.question)]
    ids += [(("battery", place), battery.id) for place, battery in enumerate(survey.battery)]
    names = [name for _, name in ids]
    for place in _again(names):
        path, name = ids[place]
        first = key_path(ids[names.index(name)][0])
        text = f"found {name!r} again, which is the id of {first}; each id of a question or battery may stand once: "
        yield Problem(path=(*path, "id"), text=f"{text}give one of them another, or take out what is only an example")


def _names(path: Keys, names: list[str], key: str = "cells") -> Iterator[Problem]:
    for place in _again(names):
        text = f"found {shown(names[place])} twice; say the place (where) of one of them more exactly"
        yield Problem(path=(*path, key, place), text=text)


# ---------------------------------------------------------------- questions


def _question(question: Question, path: Keys) -> Iterator[Problem]:
    names = question.categories
    for place in _again(names):
        yield Problem(
            path=(*path, "categories", place), text=f"found {names[place]!r} again; each answer may stand once"
        )
    for place, name in enumerate(names):
        if JOIN in name:
            text = f"found {name!r}; an answer may not hold {JOIN!r}, which joins the answers of a sum"
            yield Problem(path=(*path, "categories", place), text=text)
    if not names and not (question.partial and not question.cells):
        text = "found no answers; allowed is an empty list only for a question with partial = true and no cells"
        yield Problem(path=(*path, "categories"), text=text)
    yield from _choices(question, path)
    for place, item in enumerate(question.leading):
        if item not in names:
            yield unknown((*path, "headline"), "answer", item, names)
        elif item in question.leading[:place]:
            yield Problem(path=(*path, "headline"), text=f"found {item!r} twice; each answer of a sum may stand once")
    for key in question.says:
        if key not in names and not set(key.split(JOIN)) <= set(names):
            yield unknown((*path, "says", key), "answer", key, names)


def _choices(question: Question, path: Keys) -> Iterator[Problem]:
    offered = question.list_length if question.list_length is not None else len(question.categories)
    if question.kind == "pick" and question.chosen is None:
        text = "the key 'chosen' is missing; kind = \"pick\" needs how many answers each respondent names"
        yield Problem(path=path, text=text)
    if question.kind != "pick" and question.chosen is not None:
        text = f'found {question.chosen} with kind = {question.kind!r}; allowed only with kind = "pick"'
        yield Problem(path=(*path, "chosen"), text=text)
    if question.chosen is not None and question.chosen > offered and not question.partial:
        text = f"found {question.chosen}; allowed is at most the number of answers, {offered}"
        yield Problem(path=(*path, "chosen"), text=text)
    if question.list_length is not None and question.list_length < len(question.categories):
        text = f"found {question.list_length}; allowed is at least the number of answers, {len(question.categories)}"
        yield Problem(path=(*path, "list_length"), text=text)
    if question.exclusive is False and question.kind in ("single", "ordinal", "yes-no"):
        text = f"found false with kind = {question.kind!r}, whose respondents each give one answer; leave it out"
        yield Problem(path=(*path, "exclusive"), text=text)
    if question.exclusive and question.kind in ("pick", "multiple"):
        text = f"found true with kind = {question.kind!r}, whose respondents may give several answers; leave it out"
        yield Problem(path=(*path, "exclusive"), text=text)


def _groups(survey: Survey, question: Question, path: Keys) -> Iterator[Problem]:
    holders = [((*path, "among"), question.among)]
    holders += [((*path, "cells", place, "among"), cell.among) for place, cell in enumerate(question.cells)]
    holders += [((*path, "averages", place, "among"), one.among) for place, one in enumerate(question.averages)]
    holders += [((*path, "apart", place, "among"), one.among) for place, one in enumerate(question.apart)]
    for holder, group in holders:
        if group is not None:
            parts = [(holder, group)] if not group.also else [((*holder, k), one) for k, one in enumerate(group.parts)]
            for place, part in parts:
                yield from _group(survey, question, part, place)
            names = [part.question for part in group.parts]
            for again in _again(names):
                text = f"found {names[again]!r} again; for several answers to one question give a list as its item"
                yield Problem(path=(*holder, again, "question"), text=text)


def _group(survey: Survey, question: Question, group: Group, path: Keys) -> Iterator[Problem]:
    parents = [other for other in survey.question if other.id == group.question]
    if not parents:
        yield unknown((*path, "question"), "question", group.question, (other.id for other in survey.question))
    elif group.question == question.id:
        yield Problem(path=(*path, "question"), text=f"found {question.id!r}, the question itself; allowed is another")
    else:
        yield from _items(group, parents[0].categories, path)


def _circles(survey: Survey) -> Iterator[Problem]:
    """Questions asked of those who gave an answer to a question that was asked of those who ..."""
    parents = {q.id: tuple(part.question for part in q.among.parts) if q.among else () for q in survey.question}

    def back(trail: tuple[str, ...]) -> tuple[str, ...] | None:
        for name in parents.get(trail[-1], ()):
            if name == trail[0]:
                return (*trail, name)
            found = None if name in trail else back((*trail, name))
            if found is not None:
                return found
        return None

    for place, question in enumerate(survey.question):
        found = back((question.id,))
        if found is not None and len(found) > 2:
            text = f"found a circle: {' among '.join(found)}; a group must rest on a question asked of all"
            yield Problem(path=("question", place, "among"), text=text)


# ---------------------------------------------------------------- cells


def _items(cell: Cell | BatteryCell | Group, names: tuple[str, ...], path: Keys) -> Iterator[Problem]:
    repeated = _again(cell.items)
    for place, item in enumerate(cell.items):
        here = (*path, "item") if isinstance(cell.item, str) else (*path, "item", place)
        if item not in names:
            yield unknown(here, f"answer of {cell.question!r}" if isinstance(cell, Group) else "answer", item, names)
        elif place in repeated:
            what = "group" if isinstance(cell, Group) else "cell"
            yield Problem(path=here, text=f"found {item!r} again; each answer of a {what} may stand once")


def _range(cell: Cell | BatteryCell, path: Keys) -> Iterator[Problem]:
    if cell.range is not None and Fraction(cell.range[0]) > Fraction(cell.range[1]):
        yield Problem(path=(*path, "range"), text=f"found {list(cell.range)}; allowed is the smaller percentage first")


def _statement(
    cell: Cell | BatteryCell, names: tuple[str, ...], path: Keys, numbers: tuple[str, ...], questions: int = 1
) -> Iterator[Problem]:
    """Find what is wrong with a cell of one question, or of several, whose keys for numbers are these."""
    yield from _items(cell, names, path)
    yield from _range(cell, path)
    given = [key for key in numbers if getattr(cell, key) is not None]
    if cell.unlabelled is not None:
        yield from _unlabelled(cell, given, path, questions)
        return
    if not given:
        yield Problem(path=path, text=f"found no number; needed is one of {', '.join(numbers)}, unlabelled")
    if cell.status == "unlabelled":
        text = "found 'unlabelled'; allowed only for a cell with the key 'unlabelled'"
        yield Problem(path=(*path, "status"), text=text)


def _cell(question: Question, cell: Cell, path: Keys) -> Iterator[Problem]:
    yield from _statement(cell, question.categories, path, ("percent", "count", "words", "range"))
    if cell.effective is not None and not (cell.weighted and cell.percent is not None):
        text = (
            "found it without weighted = true and a percent; it is the effective number of respondents of such a cell"
        )
        yield Problem(path=(*path, "effective"), text=text)


def _averages(question: Question, path: Keys) -> Iterator[Problem]:
    size, scores, integers = len(question.categories), question.scores, question.integers
    if scores is not None and len(scores) != size:
        text = f"found {len(scores)} numbers; needed is one for each answer, {size}"
        yield Problem(path=(*path, "scores"), text=text)
    if integers is not None and (integers[0] >= integers[1] or size):
        text = f"found {list(integers)}; allowed is the smaller number first, for a question without answers to list"
        yield Problem(path=(*path, "integers"), text=text)
    for place, average in enumerate(question.averages):
        if average.mean is None and average.median is None:
            yield Problem(path=(*path, "averages", place), text="found no number; needed is one of mean, median")
        elif average.sd is not None and (average.mean is None or average.sd.startswith("-")):
            text = f"found {average.sd!r}; allowed is a number of at least 0, beside a mean"
            yield Problem(path=(*path, "averages", place, "sd"), text=text)
        if average.quartiles is not None and (
            average.median is None or float(average.quartiles[0]) > float(average.quartiles[1])
        ):
            text = f"found {list(average.quartiles)}; allowed is the lower first, beside a median"
            yield Problem(path=(*path, "averages", place, "quartiles"), text=text)
    if question.averages and ((question.values or question.measured_in) is None or not question.one_answer):
        text = 'found it without numbers to average; needed is kind = "ordinal", scores, integers, or measured_in'
        yield Problem(path=(*path, "averages"), text=text)


def _apart(question: Question, path: Keys) -> Iterator[Problem]:
    told = [(one.reason, str(one.among or "")) for one in question.apart]
    for place, one in enumerate(question.apart):
        if told[place] in told[:place]:
            text = f"found {one.reason!r} again; each reason may stand once for everybody and once for each group"
            yield Problem(path=(*path, "apart", place, "reason"), text=text)


def _unlabelled(cell: Cell | BatteryCell, given: list[str], path: Keys, questions: int) -> Iterator[Problem]:
    values = cell.unlabelled or ()
    if given:
        text = (
            f"found it together with {', '.join(given)}; a cell with 'unlabelled' holds nothing else: use another cell"
        )
        yield Problem(path=(*path, "unlabelled"), text=text)
    most = len(cell.items) * questions
    if len(values) > most:
        text = f"found {len(values)} values; allowed is at most one for each answer in 'item', {most}"
        yield Problem(path=(*path, "unlabelled"), text=text)


# ---------------------------------------------------------------- the rest


def _battery(survey: Survey, battery: Battery, path: Keys) -> Iterator[Problem]:
    known = {question.id: question for question in survey.question}
    first = next((known[name] for name in battery.questions if name in known), None)
    repeated = _again(battery.questions)
    for place, name in enumerate(battery.questions):
        here = (*path, "questions", place)
        if name not in known:
            yield unknown(here, "question", name, known)
        elif place in repeated:
            yield Problem(path=here, text=f"found {name!r} again; each question may stand once")
        elif first is not None and known[name].categories != first.categories:
            text = f"found {name!r}, whose answers differ from those of {first.id!r}; allowed are the same answers"
            yield Problem(path=here, text=text)
    if first is not None:
        for place, cell in enumerate(battery.cells):
            here = (*path, "cells", place)
            yield from _statement(cell, first.categories, here, ("range", "words"), len(battery.questions))
    yield from _names(path, [battery_cell_name(battery, cell) for cell in battery.cells])


def _facts(survey: Survey) -> Iterator[Problem]:
    names = list(dict.fromkeys(fact.name for fact in survey.fact))
    for number, fact in enumerate(survey.fact):
        for place, name in enumerate(fact.sum_of):
            path = ("fact", number, "sum_of", place)
            if name == fact.name:
                yield Problem(path=path, text=f"found {name!r}, the fact itself; allowed are others")
            elif name not in names:
                yield unknown(path, "fact", name, names)
    places = Counter((fact.name, fact.where) for fact in survey.fact)
    for number, fact in enumerate(survey.fact):
        if places[fact.name, fact.where] > 1:
            text = f"found {fact.name!r} twice at {fact.where!r}; say the place (where) of one of them more exactly"
            yield Problem(path=("fact", number, "where"), text=text)


def _events(survey: Survey) -> Iterator[Problem]:
    names = list(dict.fromkeys(event.name for event in survey.event))
    for number, event in enumerate(survey.event):
        path = ("event", number, "after")
        if event.after == event.name:
            yield Problem(path=path, text=f"found {event.after!r}, the event itself; allowed is another")
        elif event.after is not None and event.after not in names:
            yield unknown(path, "event", event.after, names)


def _references(survey: Survey) -> Iterator[Problem]:
    known = {question.id: question for question in survey.question}
    for number, crosstab in enumerate(survey.crosstab):
        path = ("crosstab", number)
        for key, name in (("outcome", crosstab.outcome), ("by", crosstab.by)):
            if name not in known:
                yield unknown((*path, key), "question", name, known)
        if crosstab.outcome == crosstab.by:
            yield Problem(
                path=(*path, "by"), text=f"found {crosstab.by!r}, the outcome itself; allowed is another question"
            )
    for place, name in enumerate(survey.headlines):
        if name not in known:
            yield unknown(("headlines", place), "question", name, known)
        elif name in survey.headlines[:place]:
            yield Problem(path=("headlines", place), text=f"found {name!r} again; each question may stand once")
        elif known[name].headline is None:
            text = f"found {name!r}, a question without the key 'headline'; give that question one"
            yield Problem(path=("headlines", place), text=text)
