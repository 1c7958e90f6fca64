"""Figures of all answers to questions: shares with their counts, and stacks that part where a scale is split."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import partial
from itertools import accumulate, pairwise
from typing import TYPE_CHECKING, Any

from csea_stats.errors import InputError, in_short
from csea_stats.results.estimate_frames import outcome_name
from csea_stats.results.interval_figures import FigureKind, capital, draw_limits, extremes, frame_of, key_of
from csea_stats.results.numbers import base_words, between_words, number_of
from csea_stats.results.phrases import left_open, of_people, value_words

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Mapping, Sequence

    from csea_stats.publication.canvas import Canvas
    from csea_stats.results.values import EstimateFields

CUMULATIVE = "cumulative share"

LOWER = " or lower"
"""How the item of a cumulative share ends."""

AMONG = " among "
"""What stands in an item before a group of a tabulation."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """What a figure of answers is told beside the estimates.

    Parameters
    ----------
    labels : mapping of str to str
        The words of questions by their ids.
    split : str or None
        The last answer left of the line; None: the scale is split in its middle.
    """

    labels: Mapping[str, str]
    split: str | None = None

    def question(self, one: EstimateFields) -> str:
        """Return the words of an estimate's question."""
        name = one.question or ""
        return self.labels.get(name, capital(name.replace("-", " ").replace("_", " ")))


@dataclass(frozen=True, slots=True, kw_only=True)
class StackedAnswers:
    """The answers of one question, from low to high.

    Parameters
    ----------
    name : str
    answers : tuple of str
    sure : tuple of int
        Who gave each answer in every reading of print.
    left, right : int
        Further people of whom print tells the side of the split alone.
    unclear : int
        People of whom it does not tell the side.
    base : int
    cut : int
        Answers left of the split.
    share : Estimate
        Of those left of the split.
    """

    name: str
    answers: tuple[str, ...]
    sure: tuple[int, ...]
    left: int
    right: int
    unclear: int
    base: int
    cut: int
    share: EstimateFields

    @property
    def pieces(self) -> list[tuple[int, float, float]]:
        """Where each answer's piece begins and how long it is, in percent from the split; -1: what is left open."""
        unit = 100 / self.base if self.base else 0.0
        low, high = self.sure[: self.cut], self.sure[self.cut :]
        lengths = [self.left, *low, *high, self.right, self.unclear]
        places = [-1, *range(len(self.answers)), -1, -1]
        starts = accumulate(lengths, initial=-(self.left + sum(low)))
        return [
            (place, unit * start, unit * length)
            for place, start, length in zip(places, starts, lengths, strict=False)
            if length
        ]


def stacks_of(shown: Sequence[EstimateFields], asked: Asked) -> list[StackedAnswers]:
    """Return the answers of each question that is a scale, split where it is asked.

    Raises
    ------
    InputError
        There is no scale, questions have different answers, or there is no answer at which they are to be split.
    """
    found: list[StackedAnswers] = []
    questions = _questions(shown)
    several = len({one.question for _, (one, *_) in questions}) > 1
    for number, (group, members) in enumerate(questions, 1):
        if any(one.estimand == CUMULATIVE for one in members):
            question = asked.question(members[0]) or f"Question {number}"
            name = group if group and not several else ", ".join(filter(None, (question, group)))
            stack = _stack(members, asked, name, f"{AMONG}{group}" if group else "")
            if found and stack.answers != found[0].answers:
                message = (
                    f"estimates: found the answers {', '.join(stack.answers)} of {stack.name!r} beside "
                    f"{', '.join(found[0].answers)} of {found[0].name!r}; allowed are questions with the same answers"
                )
                raise InputError(message)
            found.append(stack)
    if not found:
        message = "kind: 'diverging' has nothing to draw: found no ordered answers; allowed are those of a scale"
        raise InputError(message)
    return found


def _questions(shown: Sequence[EstimateFields]) -> list[tuple[str, list[EstimateFields]]]:
    """Return estimates by question and group, or by the call that made them, each under its group.

    Another begins where an answer comes again.
    """
    groups: list[tuple[str, list[EstimateFields]]] = []
    among = groups_of(shown)
    for one in shown:
        group = among(one)
        same = groups and groups[-1][0] == group and _source(groups[-1][1][-1]) == _source(one)
        if not same or (one.estimand, one.item) in {(other.estimand, other.item) for other in groups[-1][1]}:
            groups.append((group, []))
        groups[-1][1].append(one)
    return groups


def groups_of(shown: Sequence[EstimateFields]) -> Callable[[EstimateFields], str]:
    """Return what tells the group of a tabulation that an estimate is of: "" where it is of all.

    Only what stands after "or lower among" of some sum is a group: an answer may have the word in it, too.
    """
    items = [one.item or "" for one in shown if one.estimand == CUMULATIVE]
    known = {item.partition(LOWER + AMONG)[2] for item in items} - {""}

    def group(one: EstimateFields) -> str:
        return max((name for name in known if (one.item or "").endswith(AMONG + name)), key=len, default="")

    return group


def _source(one: EstimateFields) -> str:
    return one.question or one.provenance.call.rpartition("[")[0]


def _ends(one: EstimateFields) -> tuple[int, int]:
    """Return the least and the most that are counted."""
    numbers = [vector[0] for vector in one.counts]
    return min(numbers), max(numbers)


def _is_sum(item: str, items: Collection[str]) -> bool:
    """Whether a printed item is several of the answers together: "good or higher", "poor + fair"."""
    parts = item.split(" + ")
    return any(item.removesuffix(end) in items for end in (LOWER, " or higher") if item.endswith(end)) or (
        len(parts) > 1 and all(part in items for part in parts)
    )


def _stack(members: Sequence[EstimateFields], asked: Asked, name: str, among: str) -> StackedAnswers:
    items = [(one.item or "").removesuffix(among) for one in members]
    pairs = list(zip(items, members, strict=True))
    shares_of = {item: one for item, one in pairs if one.estimand == "share"}
    single = {item: one for item, one in shares_of.items() if not _is_sum(item, shares_of)}
    sums = {item.removesuffix(LOWER): one for item, one in pairs if one.estimand == CUMULATIVE}
    answers = tuple(single) or (*sums, f"higher than {list(sums)[-1]}")
    shares = {**({answers[0]: single[answers[0]]} if single else {}), **sums}
    last = asked.split or answers[len(answers) // 2 - 1]
    if last not in shares:
        message = f"split: found {in_short(last)}; allowed is one of {', '.join(map(repr, shares))}"
        raise InputError(message)
    share, cut = shares[last], answers.index(last) + 1
    base = share.base[0] if isinstance(share.base[0], int) else max(share.base[0])
    if single:
        sure = tuple(_ends(one)[0] for one in single.values())
    else:
        ends = [(0, 0), *map(_ends, sums.values()), (base, base)]
        sure = tuple(max(0, low - high) for (_, high), (low, _) in pairwise(ends))
    low, high = _ends(share)
    left, right = low - sum(sure[:cut]), base - high - sum(sure[cut:])
    if left < 0 or right < 0:
        message = f"estimates: found counts of {name!r} that add up to more than {base}; allowed are answers apart"
        raise InputError(message)
    return StackedAnswers(
        name=name,
        answers=answers,
        sure=sure,
        left=left,
        right=right,
        unclear=high - low,
        base=base,
        cut=cut,
        share=share,
    )


RAMP = ("#1B1D21", "#4A4F58", "#8D9299", "#D3D4D3", "#FFFFFF")
"""Shades of a scale, from its lowest answer to its highest."""


def shade_of(place: int, answers: int) -> str:
    """Return the colour of an answer: the ramp spread over the scale.

    Examples
    --------
    >>> [shade_of(place, 3) for place in range(3)], shade_of(1, 9)
    (['#1b1d21', '#8d9299', '#ffffff'], '#32363c')
    """
    at = place * (len(RAMP) - 1) / max(answers - 1, 1)
    left, right = RAMP[int(at)], RAMP[min(int(at) + 1, len(RAMP) - 1)]
    parts = [(int(left[k : k + 2], 16), int(right[k : k + 2], 16)) for k in (1, 3, 5)]
    return "#" + "".join(f"{int(low + (high - low) * (at - int(at))):02x}" for low, high in parts)


def _paint(canvas: Canvas, stack: StackedAnswers, place: int) -> dict[str, Any]:
    """Return how the piece of an answer is painted; -1: what print leaves open."""
    edge = {"edgecolor": canvas.colours["ink"], "linewidth": 0.5}
    if place < 0:
        return {"facecolor": "none", "hatch": "xxxxxx", **edge}
    return {"facecolor": shade_of(place, len(stack.answers)), **edge}


def _diverging(asked: Asked, canvas: Canvas, shown: Sequence[EstimateFields]) -> float:
    """Draw a stack for each question, the split at zero, and below it both intervals of the share on the left."""
    stacks, ax, ink = stacks_of(shown, asked), canvas.ax, canvas.colours["ink"]
    used = {place for stack in stacks for place, _, _ in stack.pieces}
    for place in sorted(used, key=lambda place: (place < 0, place)):
        ax.barh(
            0,
            0,
            label="left open" if place < 0 else stacks[0].answers[place],
            **_paint(canvas, stacks[0], place),
        )
    least, most = 0.0, 0.0
    for row, stack in enumerate(stacks):
        for place, start, length in stack.pieces:
            canvas.box(row - 0.14, (start, start + length), 0.46, _paint(canvas, stack, place))
            if place >= 0 and length > 7:
                dark = place < (len(stack.answers) - 1) / 2
                canvas.text(
                    start + length / 2,
                    row - 0.13,
                    str(stack.sure[place]),
                    ha="center",
                    colour="#FFFFFF" if dark else ink,
                )
            least, most = min(least, start), max(most, start + length)
        spans = [(span, main) for span, main in ((stack.share.interval, True), (stack.share.companion, False)) if span]
        for index, (span, main) in enumerate(spans):
            canvas.bar(row + 0.2 + 0.15 * index, (-100 * span.upper, -100 * span.lower), main=main, height=0.11)
            least = min(least, -100 * span.upper)
        canvas.at_right(row - 0.13, f"{value_words(stack.share)} of {base_words(stack.share.base[0])}")
    ax.axvline(0, color=ink, linewidth=0.9)
    ends = [25 * int(least / 25 - 0.999), 25 * int(most / 25 + 0.999)]
    canvas.frame("percent, from the split", ticks=range(ends[0], ends[1] + 1, 25), grid=True, signs=False)
    ax.set_xlim(ends)
    return canvas.rows([stack.name for stack in stacks], least=9.0)


def _left(asked: Asked, shown: Sequence[EstimateFields]) -> tuple[list[StackedAnswers], str]:
    """Return the stacks, and what stands left of the split in words."""
    stacks = stacks_of(shown, asked)
    first = stacks[0]
    return stacks, f"{first.answers[first.cut - 1]}{LOWER if first.cut > 1 else ''}"


def _diverging_key(asked: Asked, shown: Sequence[EstimateFields]) -> str:
    stacks, left = _left(asked, shown)
    marks = key_of([replace(stack.share, value=None, bounds=None) for stack in stacks]).rstrip(".")
    numbers = "Numbers: people; left open: by print."
    return f"Left of the line: “{left}”; its share is at the right. {numbers} {marks}, of that share."


def _diverging_alt(asked: Asked, shown: Sequence[EstimateFields]) -> str:
    stacks, left = _left(asked, shown)
    told = [f"{stack.name} {value_words(stack.share)}" for stack in stacks[:4]]
    told += [f"{len(stacks) - 4} more"] * (len(stacks) > 4)
    return f"{number_of(len(stacks), 'stacks')} of answers; left of the line “{left}”: {'; '.join(told)}."


def diverging(asked: Asked) -> FigureKind:
    """Return the figure of scales that part at a split: one row for each question of a battery."""
    return FigureKind(
        fits=lambda one: (
            one.estimand in ("share", CUMULATIVE) and one.comparison is None and of_people(one) and bool(one.counts)
        ),
        draw=partial(_diverging, asked),
        key=partial(_diverging_key, asked),
        caption=lambda shown: f"All answers, parted at “{_left(asked, shown)[1]}”.",
        alt=partial(_diverging_alt, asked),
        longest=400,
    )


def _shares(asked: Asked, canvas: Canvas, shown: Sequence[EstimateFields]) -> float:
    """Draw a row for each answer: both intervals, the counted share, and at the right the count."""
    names: list[str] = []
    heads: list[int] = []
    groups = [_group(asked, one) for one in shown]
    several = len(set(groups)) > 1
    for one, group in zip(shown, groups, strict=True):
        if several and (not heads or names[heads[-1]] != group):
            heads.append(len(names))
            names.append(group)
        draw_limits(canvas, len(names), one)
        if one.counts:
            counts = between_words(tuple(sorted({vector[0] for vector in one.counts})))
            canvas.at_right(len(names), f"{counts} of {base_words(one.base[0])}")
        names.append(_answer(one))
    frame_of(canvas, shown[0], told=len({one.base for one in shown}) == 1)
    return canvas.rows(names, heads=heads, least=5.6)


def _group(asked: Asked, one: EstimateFields) -> str:
    """Return what stands above the rows of a question, or of a group in it."""
    level = one.comparison.level if one.comparison else ""
    if not level and one.item and "]: " in one.item:
        level = one.item.rpartition("]: ")[0].partition("[")[2]
    return ", ".join(filter(None, (asked.question(one), level)))


def _answer(one: EstimateFields) -> str:
    item = outcome_name(one) or one.label or one.estimand
    return item.rpartition("]: ")[2]


def shares(asked: Asked) -> FigureKind:
    """Return the figure of the shares of each answer, under a heading for each question or group."""
    return FigureKind(
        fits=lambda one: (
            one.scale == "share"
            and one.estimand not in (CUMULATIVE, "share, jointly", "share of all who began")
            and of_people(one)
            and one.interval is not None
            and not left_open(one)
        ),
        draw=partial(_shares, asked),
        key=key_of,
        caption=lambda shown: f"Share of each answer among {shown[0].target.words}.",
        alt=lambda shown: f"{number_of(len(shown), 'shares')} with intervals{extremes(shown)}.",
    )


ANSWERS: dict[str, Callable[[Asked], FigureKind]] = {"shares": shares, "diverging": diverging}
"""The kinds of figure of whole questions."""
