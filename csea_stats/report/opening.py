"""What opens the page: the sample and its limits, a summary, the key to the strips, the headline findings."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING

from csea_stats.report.comparisons import contrast_words
from csea_stats.report.context import (
    LISTS,
    Tiers,
    has_open_pairs,
    headline_of,
    is_open,
    key_of,
    limits,
    ranked,
    ratio_of,
    widest_split,
)
from csea_stats.report.drawing import Drawing, Mark, Text, fluid_svg
from csea_stats.report.notes import check_reference, tipping_line, tipping_values
from csea_stats.report.strips import (
    MOST_CELLS,
    axis,
    bar,
    compact_strip,
    grid,
    nested,
    notch,
    respondents_lane,
    tipping_track,
)
from csea_stats.report.target_tables import asked, bound, claim_of, count_text, description, few_words, share_text, span
from csea_stats.report.text import (
    PEOPLE,
    THESE,
    assumed_words,
    capital,
    in_words,
    quoted_name,
    shown_name,
    the_workforce,
    workforce_name,
)
from csea_stats.report.views import Headline, Lane, SentenceView, TargetRow
from csea_stats.results.numbers import ratio
from csea_stats.results.sentences import counted, method_words
from csea_stats.survey.survey import groups_within

if TYPE_CHECKING:
    from markupsafe import Markup

    from csea_stats.report.context import Contrast, PageContext
    from csea_stats.survey.survey import Question

MOST_HEADLINES = 6

LABEL_ROOM = 0.07
"""Share of the axis between two labels of nested bars."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Lead:
    """What leads the page: a question's item, or a battery's questions by the answer that they differ most in."""

    question: Question
    tiers: Tiers
    battery: tuple[Tiers, ...] = ()


def leads(context: PageContext) -> tuple[Lead, ...]:
    """Return the findings that open the page: those the file names, else the firmest, but for who is in which group.

    A list is led by the answer named most often, a battery by the answer that its questions differ most in.
    """
    survey = context.survey
    split = {n: rows for b in survey.battery if (rows := widest_split(b, context)) for n in b.questions}
    told: set[str] = set()
    found: list[Lead] = []
    dividing = {part.question for q in survey.question for g in groups_within(q) for part in g.parts}
    others = [question for question in survey.question if question.id not in dividing] or survey.question
    for question in map(context.question, survey.headlines) if survey.headlines else others:
        tiers = lead_of(context, question)
        rows = () if survey.headlines else split.get(question.id, ())
        if tiers is None or question.id in told:
            continue
        told.update(t.question for t in rows)
        found.append(
            Lead(question=context.question(rows[0].question), tiers=rows[0], battery=rows)
            if rows
            else Lead(question=question, tiers=tiers)
        )
    if survey.headlines:
        return tuple(found)
    return tuple(sorted(found, key=_firmness)[:MOST_HEADLINES])


def lead_of(context: PageContext, question: Question) -> Tiers | None:
    """Return the item that a question leads with; of a list whose file names none, that named most often."""
    if question.kind in LISTS and question.headline is None:
        return next((t for t in ranked(question, context.items[question.id]) if not is_open(t)), None)
    return headline_of(context, question)


def _track(tiers: Tiers) -> Markup | None:
    """Return where on the scale of participation ratios a claim turns; None where there is nothing to lose."""
    found, shown = tipping_values(tiers), tiers.shown_population
    if found is None or found[0] < 1 or not claim_of(tiers) or shown is None:
        return None
    lower, _, low, high = found
    return fluid_svg(tipping_track(lower, (low, high), ratio_of(shown)), look="strip track")


FIRM = ("supported", "contradicted", "depends on who took part", "not settled", "too few answers", "cannot be checked")


def _firmness(lead: Lead) -> tuple[int, int]:
    if not claim_of(lead.tiers) or is_open(lead.tiers):
        return len(FIRM), len(FIRM) + is_open(lead.tiers)
    words = [e.verdict.word for e in (lead.tiers.people, lead.tiers.shown_population) if e and e.verdict]
    return (FIRM.index(words[0]), FIRM.index(words[-1])) if words and set(words) <= set(FIRM) else (9, 9)


def headlines(context: PageContext) -> tuple[Headline, ...]:
    """Return the headline findings, the last with an axis."""
    found = leads(context)
    return tuple(_headline(lead, context, last=lead is found[-1]) for lead in found)


def _headline(lead: Lead, context: PageContext, *, last: bool) -> Headline:
    question, tiers = lead.question, lead.tiers
    name = f"{question.label}: {shown_name(question, tiers.item)}"
    drawing = compact_strip(tiers, title=name, description=description(tiers, context), with_axis=last)
    shown = tiers.shown_population
    rows = [
        TargetRow(lane="k1", name=THESE, how="", interval=count_text(tiers), judged=asked(tiers, tiers.counted)),
    ]
    if tiers.people and tiers.people.interval:
        rows.append(
            TargetRow(lane="k2", name=PEOPLE, how="", interval=span(tiers.people), judged=asked(tiers, tiers.people))
        )
    if shown and shown.interval:
        rows.append(
            TargetRow(
                lane="k3",
                name=workforce_name(context.survey),
                how=assumed_words(shown),
                interval=span(shown),
                bound=bound(shown),
                judged=asked(tiers, shown),
            )
        )
    findings = context.findings(question.id)
    touching = tuple(n for n in findings if not n.finding.items or tiers.item in n.finding.items)
    return Headline(
        label=name,
        href=f"#q-{question.id}",
        references=tuple(check_reference(n) for n in touching),
        tipping=tipping_line(tiers) if claim_of(tiers) else "",
        track=_track(tiers),
        svg=fluid_svg(drawing, name=f"head-{question.id}"),
        rows=tuple(rows),
        key=key_of(tiers),
    )


def lanes(context: PageContext) -> tuple[Lane, ...]:
    """Return the key: each lane of a headline's strip, what it is, and what it assumes."""
    found = leads(context)
    if not found:
        return ()
    tiers = max((lead.tiers for lead in found), key=_spacing)
    return tuple(
        Lane(svg=_lane_svg(marks, tall=tall), name=name, text=text)
        for name, marks, text, tall in (
            (THESE, respondents_lane(tiers, 0.75, 0.625), _these(tiers), False),
            (PEOPLE, _people_marks(tiers), _people(tiers, context), False),
            (
                workforce_name(context.survey),
                _population_marks(tiers),
                _population(tiers, context),
                True,
            ),
        )
        if marks
    )


def _spacing(tiers: Tiers) -> float:
    """Return how far apart the nested bars begin, so that the key's labels have room."""
    starts = sorted(e.interval.lower for e in tiers.population if e.interval)
    return min((b - a for a, b in pairwise(starts)), default=0.0)


def _lane_svg(marks: list[Mark], *, tall: bool) -> Markup:
    height = 3.1 if tall else 2.4
    return fluid_svg(Drawing(marks=(*grid(0.0, height), *marks), height=height))


def lane_axis() -> Markup:
    """Return the axis under the key."""
    return fluid_svg(Drawing(marks=tuple(axis(0.95)), height=1.2), look="strip axis")


def _people_marks(tiers: Tiers) -> list[Mark]:
    marks = bar(limits(tiers.people.interval) if tiers.people else None, "work", 1.06, 0.5)
    return [*marks, *(mark for mark in notch(tiers, 0.0, 1.06, 0.5) if mark.look == "gap")] if marks else []


def _population_marks(tiers: Tiers) -> list[Mark]:
    told = [(ends, ratio_of(e)) for e in tiers.population if (ends := limits(e.interval)) is not None]
    marks = nested([ends for ends, _ in told], 1.06, 0.625)
    wide = [(ends, value) for ends, value in told if ends[1] - ends[0] > 0.0]
    last = 1.0
    for (low, _), value in wide:
        if last - low > LABEL_ROOM or last == 1.0:
            marks.append(Text(look="ax", x=low, y=2.5, text=ratio(value), anchor="middle" if low > 0.03 else "start"))
            last = low
    return marks


def _these(tiers: Tiers) -> str:
    if isinstance(tiers.base, int) and tiers.base <= MOST_CELLS:
        unit = f"One cell is one person; filled cells gave the answer (here {few_words(tiers)})."
    else:
        unit = (
            f"The dark part of the bar gave the answer (here {few_words(tiers)}); they are too many to draw one by one."
        )
    return (
        f"are counted. {unit} Nothing is estimated, so there is no interval; this says nothing about anyone who did "
        "not answer."
    )


def _people(tiers: Tiers, context: PageContext) -> str:
    interval = tiers.people.interval if tiers.people else None
    method = f" ({interval.kind} interval, {method_words(interval.method)})" if interval else ""
    many = context.survey.targets.many
    return (
        f"are estimated: all {many} who could have been recruited the same way. Their share lies in this bar with "
        f"{context.level_text} probability{method}, allowing for chance alone, as if the respondents were a random "
        "draw from them; bias from who took part is not in it."
    )


def _population(tiers: Tiers, context: PageContext) -> str:
    told = [ratio(ratio_of(e)) for e in tiers.population]
    listed = f"{', '.join(told[:-1])} or {told[-1]}" if len(told) > 1 else told[0]
    many = context.survey.targets.many
    return (
        f"is conditional. {capital(many)} of one view may have been more, or less, likely to take part. The figure "
        f"assumes that this ratio lies within about {listed} times either way (thick to thin), with 95% probability; "
        "the survey cannot tell which. The bound beside an interval is what is possible if the ratio is anywhere "
        "within that limit, without any probability for it."
    )


def headline_note(context: PageContext) -> str:
    """Return what the headline rows are printed for."""
    found = leads(context)
    shown = next((lead.tiers.shown_population for lead in found if lead.tiers.shown_population), None)
    if shown is None:
        return ""
    others = [ratio(ratio_of(e)) for e in found[0].tiers.population if e != shown]
    return (
        f"Rows on {the_workforce(context.survey)} are for ratios within about {ratio(ratio_of(shown))} times; "
        f"their verdicts need about {' and '.join(others)} as well. “Allowing for chance” takes the lower of the "
        "Jeffreys and Wilson lower limits. Intervals are credible ones, by Jeffreys; bounds start from the limits of "
        "Wilson's confidence intervals."
    )


def summary(context: PageContext) -> tuple[SentenceView, ...]:
    """Return a sentence for each finding that opens the page, and one on the groups that are compared."""
    return (*(_sentence(lead, context) for lead in leads(context)), *_contrast_line(context))


def whom(context: PageContext) -> str:
    """Return who is meant by each target, by the survey file's own words."""
    words = context.survey.targets
    name = the_workforce(context.survey)
    told = f"{capital(name)}: {words.population}" if words.population.lower() != name else capital(name)
    return (
        f"{PEOPLE}: {words.superpopulation}, allowing for chance alone. {told}; it depends on who took part, which the "
        "survey cannot tell: shown for several ratios of how likely those of one view and of another were to take part."
    )


def _sentence(lead: Lead, context: PageContext) -> SentenceView:
    tiers = lead.tiers
    strong, rest = f"{capital(counted(tiers.first))}.", ""
    if lead.battery:
        strong = split_words(lead.battery, context)
    elif lead.question.kind in LISTS:
        rest = after_words(lead.question, tiers, context)
    told = (
        (f"More than half of {PEOPLE.lower()}", asked(tiers, tiers.people), ""),
        (f"of {the_workforce(context.survey)}", asked(tiers, tiers.shown_population), key_of(tiers)),
    )
    majority = claim_of(tiers) == "More than half" and not lead.battery
    ends = (lead.battery[0], lead.battery[-1]) if lead.battery else (tiers,)
    shown = [] if majority else [(t, t.shown_population) for t in ends]
    return SentenceView(
        strong=strong,
        href=f"#b-{_battery_of(lead, context)}" if lead.battery else f"#q-{lead.question.id}",
        rest=rest,
        verdicts=tuple((name, mark, key) for name, mark, key in told if mark) if majority else (),
        people="" if majority else " and ".join(span(t.people) for t in ends if t.people and t.people.interval),
        assumed=next((assumed_words(e) for _, e in shown if e and e.interval), ""),
        population=tuple((span(e), key_of(t)) for t, e in shown if e and e.interval),
    )


def _battery_of(lead: Lead, context: PageContext) -> str:
    return next(b.id for b in context.survey.battery if lead.question.id in b.questions)


NAMED = 3
"""Answers of a list that its sentence names."""


def list_words(question: Question, context: PageContext) -> str:
    """Return what stands first in a list: the leading answer in full, then the next with their counts."""
    tiers = lead_of(context, question)
    if tiers is None:
        return "Print leaves open how often each answer was given."
    return f"{capital(counted(tiers.first))}. {after_words(question, tiers, context)}".strip()


def after_words(question: Question, tiers: Tiers, context: PageContext) -> str:
    """Return what follows the leading answer of a list, and whether it comes first for others too."""
    order = [t for t in ranked(question, context.items[question.id]) if not is_open(t)]
    if order[:1] != [tiers]:
        return ""
    told = [f"{quoted_name(question, t.item)} ({_alone(t)})" for t in order[1:NAMED]]
    text = f"Next: {' and '.join(told)}." if told else ""
    ranks = tiers.ranks.interval if tiers.ranks else None
    if ranks is None:
        return text
    place = f"has rank {ranks.lower:.0f} to {ranks.upper:.0f}"
    if ranks.upper <= 2:
        place = "comes first too" if ranks.upper == 1 else "comes first or second"
    return f"Among {PEOPLE.lower()}, this answer {place}. {text}".strip()


def _alone(tiers: Tiers) -> str:
    """Return how many gave an answer, without the base; the share where each base has its own count."""
    return share_text(tiers) if has_open_pairs(tiers) else few_words(tiers).partition(" of ")[0]


def split_words(rows: tuple[Tiers, ...], context: PageContext) -> str:
    """Return the two ends of a battery: which question has the largest share of an answer, and which the smallest."""
    first, last = rows[0], rows[-1]
    name = quoted_name(context.question(first.question), first.item)
    most, fewest = (f"{count_text(t)} to “{context.question(t.question).label}”" for t in (first, last))
    return f"“{capital(name[1:])} is the answer of {most}, the largest share, and of {fewest}, the smallest."


def _apart(one: Contrast) -> str:
    """Return a comparison in numbers: both groups, and how far they are apart among people like these."""
    sides = " against ".join(count_text(side) for side in one.sides)
    return ", ".join(part for part in (sides, span(one.gap.people)) if part)


def _so_many(some: int, of: int) -> str:
    """Return how many of some differences, in words or in digits: "one of two differences", "both differences"."""
    if some == of:
        return {1: "the one difference", 2: "both differences"}.get(of, f"all {in_words(of)} differences")
    known, whole = (in_words(some), in_words(of)) if in_words(of) != str(of) else (str(some), str(of))
    return f"{known if some else 'none'} of {whole} differences"


def _contrast_line(context: PageContext) -> tuple[SentenceView, ...]:
    """Return how many comparisons of groups are settled, and which."""
    told = [(one, one.gap.people.verdict) for one in context.contrasts if one.gap.people and one.gap.people.verdict]
    if not told:
        return ()
    firm = [one for one, verdict in told if verdict.word in ("supported", "contradicted")]
    if firm:
        number = f"{capital(_so_many(len(firm), len(told)))} between groups"
        verb = "is" if len(firm) == 1 else "are"
        rest = " ".join(f"{contrast_words(one, context)}, {_apart(one)}." for one in firm[:NAMED])
        more = " The others stand below." if len(firm) > NAMED else ""
        return (
            SentenceView(
                strong=f"{number} {verb} supported for people like these, with no correction for their number.",
                href="#comparisons",
                rest=rest + more,
            ),
        )
    text = "The one difference between groups that print allows is not settled for people like these."
    if len(told) > 1:
        text = f"{capital(_so_many(0, len(told)))} between groups is settled for people like these."
    return (
        SentenceView(strong=text, href="#comparisons", rest="The groups are shown neither to differ nor to be alike."),
    )
