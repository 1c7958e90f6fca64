"""Estimates as tables for a publication, by layout: what a row is, its columns, and what its notes are."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Literal

from csea_stats.errors import InputError, in_short
from csea_stats.publication.table import Draft, Entered, Table, lettered
from csea_stats.results import phrases
from csea_stats.results.citable import capital, methods_note, notes_of
from csea_stats.results.counted_shares import share_words
from csea_stats.results.estimate_frames import row_name, tidy
from csea_stats.results.numbers import base_words, between_words, level_words, ratio
from csea_stats.targets.populations import Population, Respondents, Selection

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    from csea_stats.results.values import EstimateFields, Interval, KindOfInterval

Layout = Literal["topline", "contrasts", "effects", "coefficients", "tiers", "ranks"]

SHARES = ("share", "weighted share")

OTHER_SHARES = ("share, jointly", "cumulative share")
"""Those of answers whose intervals hold together, and of an answer and all below: the first that there are stand where
no answer by itself does."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TableSetting:
    """How a table is told.

    Parameters
    ----------
    style : {"plain", "apa", "ama"}
    companion : bool
        Whether the interval of the other kind has a column.
    labels : mapping of str to str
        The words of questions by their ids.
    """

    style: phrases.Style = "plain"
    companion: bool = True
    labels: Mapping[str, str] = field(default_factory=dict)

    def limits(self, interval: Interval | None, estimate: EstimateFields) -> str:
        """Return an interval's limits without their unit: "58 to 83"."""
        if interval is None:
            return ""
        return phrases.span(interval.lower, interval.upper, estimate, phrases.Telling(style=self.style)).replace(
            "%", ""
        )

    def question(self, estimate: EstimateFields) -> str:
        """Return the words of an estimate's question."""
        name = estimate.question or ""
        return self.labels.get(name, name)


def _of_kind(estimate: EstimateFields, kind: KindOfInterval) -> Interval | None:
    for one in (estimate.interval, estimate.companion):
        if one is not None and one.kind == kind:
            return one
    return None


def _bare(estimate: EstimateFields) -> str:
    """Return the value without its unit."""
    return phrases.value_words(estimate).replace("%", "").removesuffix(" points").removesuffix(" point")


def _numbers(estimate: EstimateFields, setting: TableSetting) -> list[Entered]:
    """Return the value and its intervals, a column each."""
    credible, other = (_of_kind(estimate, kind) for kind in ("credible", "confidence"))
    told = [
        Entered(text=_bare(estimate), value=estimate.value),
        Entered(text=setting.limits(credible, estimate) or "—"),
    ]
    return [*told, Entered(text=setting.limits(other, estimate) or "—")] if setting.companion else told


def _interval_heads(estimates: Sequence[EstimateFields], setting: TableSetting) -> list[str]:
    levels = dict.fromkeys(level_words(one.interval.level) for one in estimates if one.interval)
    joint = any(one.interval and one.interval.simultaneous > 1 for one in estimates)
    level = " or ".join(levels) + (" simultaneous" if joint else "")
    return [
        f"{level} {phrases.LABELS[kind]}".strip()
        for kind in ("credible", "confidence")[: 2 if setting.companion else 1]
    ]


def _verdict(estimate: EstimateFields, *, same: bool) -> Entered:
    verdict = estimate.verdict
    if verdict is None:
        return Entered(text="")
    told = verdict.word if same else f"{phrases.claim(verdict, estimate)}: {verdict.word}"
    return Entered(text=told, notes=(verdict.why,) if verdict.why else ())


def _verdict_head(estimates: Sequence[EstimateFields]) -> tuple[str, bool]:
    """Return the head of the verdicts' column, and whether it tells the claim of each."""
    claims = {phrases.claim(one.verdict, one) for one in estimates if one.verdict}
    if len(claims) != 1:
        return "Verdict", False
    (told,) = claims
    told = told.removesuffix(" do").removeprefix("it is ").replace("more than", "over").replace("fewer than", "under")
    return f"{told[:1].upper()}{told[1:]}?", True


def _doubts(estimate: EstimateFields, texts: Mapping[str, str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(texts[doubt.text] for doubt in estimate.caveats))


def _texts(estimates: Sequence[EstimateFields]) -> dict[str, str]:
    """Return what tells each doubt: those that differ in one number alone are told as one."""
    return {text: note.text for (_, text), note in notes_of(estimates).items()}


def _counted(estimate: EstimateFields, place: int = 0) -> tuple[str, str, str]:
    """Return count, base and observed share of a group, as a table has them."""
    numbers = sorted({vector[place] for vector in estimate.counts})
    base = estimate.base[place] if place < len(estimate.base) else estimate.base[-1]
    share = share_words(tuple(numbers), base).rpartition(" (")[2].removesuffix(")").replace("%", "") if base else ""
    return between_words(numbers), base_words(base), share


def _name(estimate: EstimateFields) -> str:
    return row_name(estimate) or estimate.label or estimate.estimand


def _base_of(estimates: Sequence[EstimateFields]) -> str:
    """Return the one base of estimates, or nothing."""
    bases = {one.base for one in estimates}
    return base_words(next(iter(bases))[0]) if len(bases) == 1 and len(next(iter(bases))) == 1 else ""


Rows = list[list[Entered]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Body:
    """What a layout makes of the estimates that it shows.

    Parameters
    ----------
    what : str
        Begins the caption.
    heads : list of str
    rows : list of list of Entered
    dropped : tuple of str
    """

    what: str
    heads: list[str]
    rows: Rows
    dropped: tuple[str, ...] = ()


def _topline(shown: Sequence[EstimateFields], setting: TableSetting, texts: Mapping[str, str]) -> Body:
    base = _base_of(shown)
    verdict, same = _verdict_head(shown)
    rows = []
    for one in shown:
        count, of, _ = _counted(one)
        number = Entered(text=count if base else f"{count}/{of}")
        name = Entered(text=_name(one), value=one.item, notes=_doubts(one, texts))
        rows.append([name, number, *_numbers(one, setting), _verdict(one, same=same)])
    heads = ["Answer" if len(shown) > 1 else "", "n" if base else "n/N", "%", *_interval_heads(shown, setting), verdict]
    return Body(what="Share of each answer" if len(shown) > 1 else "Share", heads=heads, rows=rows, dropped=(verdict,))


def _contrasts(shown: Sequence[EstimateFields], setting: TableSetting, texts: Mapping[str, str]) -> Body:
    verdict, same = _verdict_head(shown)
    rows = []
    for one in shown:
        compared = one.comparison
        sides = (compared.level, compared.reference) if compared else ("first group", "second group")
        if compared is not None and len(compared.groups) == len(sides):  # “yes” to a question says little by itself
            sides = capital(compared.groups[0]), capital(compared.groups[1])
        told = []
        for place, side in enumerate(sides):
            count, of, share = _counted(one, place)
            told += [Entered(text=side), Entered(text=f"{count}/{of} ({share})")]
        name = Entered(text=_name(one) if compared else phrases.says(one), value=one.item, notes=_doubts(one, texts))
        rows.append([name, *told, *_numbers(one, setting), _verdict(one, same=same)])
    unit = {"difference": "Difference, points", "ratio": "Ratio"}.get(shown[0].scale, shown[0].estimand)
    groups = ["Group", "n/N (%)", "Reference", "Reference, n/N (%)"]
    heads = ["Answer", *groups, unit, *_interval_heads(shown, setting), verdict]
    return Body(what="Groups compared", heads=heads, rows=rows, dropped=("Group", "Reference"))


def _effects(shown: Sequence[EstimateFields], setting: TableSetting, texts: Mapping[str, str]) -> Body:
    verdict, same = _verdict_head(shown)
    rows = []
    for one in shown:
        change = one.comparison.change.removeprefix("with ") if one.comparison else ""
        name = Entered(text=change, value=one.item, notes=_doubts(one, texts))
        rows.append([name, Entered(text=phrases.says(one)), *_numbers(one, setting), _verdict(one, same=same)])
    heads = ["Change", "Share who", "Effect, points", *_interval_heads(shown, setting), verdict]
    return Body(what="Average effects", heads=heads, rows=rows)


def _listed(shown: Sequence[EstimateFields], setting: TableSetting, texts: Mapping[str, str]) -> Body:
    verdict, same = _verdict_head(shown)
    rows = []
    for one in shown:
        name = Entered(text=_name(one), value=one.item, notes=_doubts(one, texts))
        rows.append([name, *_numbers(one, setting), _verdict(one, same=same)])
    scales = {one.scale: None for one in shown}
    units = {"ratio": "Ratio", "log-odds": "Log odds ratio", "share": "%", "difference": "Difference, points"}
    unit = units.get(next(iter(scales)), "Estimate")
    if all("odds ratio" in one.estimand and one.scale == "ratio" for one in shown):
        unit = "Odds ratio"
    fitted = "log-odds" in scales or "ratio" in scales
    heads = ["Term" if fitted else "Of", unit if len(scales) == 1 else "Estimate"]
    what = "Coefficients" if fitted else "Estimates"
    return Body(what=what, heads=[*heads, *_interval_heads(shown, setting), verdict], rows=rows)


def _ranks(shown: Sequence[EstimateFields], setting: TableSetting, texts: Mapping[str, str]) -> Body:
    rows = []
    for one in shown:
        count, of, share = _counted(one)
        main = setting.limits(one.interval, one)
        name = Entered(text=_name(one), value=one.item, notes=_doubts(one, texts))
        told = [Entered(text=f"{count}/{of}"), Entered(text=share), Entered(text=_bare(one), value=one.value)]
        rows.append([name, *told, Entered(text=main or "—")])
    level = level_words(shown[0].interval.level) if shown[0].interval else ""
    return Body(what="Ranks", heads=["Answer", "n/N", "%", "Rank", f"{level} rank set"], rows=rows)


def _tiers(shown: Sequence[EstimateFields], setting: TableSetting, texts: Mapping[str, str]) -> Body:
    verdict, same = _verdict_head(shown)
    rows = []
    several = len({one.item for one in shown}) > 1
    for one in shown:
        credible, other = (_of_kind(one, kind) for kind in ("credible", "confidence"))
        whom = one.target.words
        if isinstance(one.target, Population) and not phrases.counted_whole(one):
            whom += f", participation within {ratio(one.target.selection.ratio)} times (assumed)"
            other = None if isinstance(one.target.selection, Selection) else other
        bound = one.companion if isinstance(one.target, Population) and other is None else None
        told = [Entered(text=setting.limits(found, one)) for found in (credible, other, bound)]
        name = Entered(text=f"{_name(one)}: {whom}" if several else whom, notes=_doubts(one, texts))
        value = Entered(text=_bare(one), value=one.value)
        rows.append([name, value, *told, _verdict(one, same=same)])
    unit = {"share": "%", "difference": "Points"}.get(shown[0].scale, "Estimate")
    heads = ["Who it speaks for", unit, *_interval_heads(shown, replace(setting, companion=True)), "Bound", verdict]
    what = "Each number" if several else "One number"
    item = "" if several else f": {phrases.says(shown[0])}"
    return Body(what=f"{what} for each of those it may speak for{item}", heads=heads, rows=rows)


def _has_counts(one: EstimateFields) -> bool:
    return bool(one.counts) and len(one.base) > 0


PICKED: dict[Layout, Callable[[EstimateFields], bool]] = {
    "topline": lambda one: (
        one.estimand in (*SHARES, *OTHER_SHARES)
        and phrases.of_people(one)
        and _has_counts(one)
        and one.comparison is None
    ),
    "contrasts": lambda one: (
        phrases.of_people(one)
        and phrases.two_groups(one)
        and not phrases.left_open(one)
        and one.estimand != "superiority"
    ),
    "effects": lambda one: phrases.of_people(one) and one.comparison is not None and bool(one.comparison.change),
    "coefficients": lambda one: phrases.of_people(one) and (one.interval is not None or phrases.counted_whole(one)),
    "tiers": lambda one: one.estimand in (*SHARES, *OTHER_SHARES, "difference"),
    "ranks": lambda one: one.scale == "rank" and phrases.of_people(one) and _has_counts(one),
}
"""Which estimates a layout shows."""

BODIES: dict[Layout, Callable[[Sequence[EstimateFields], TableSetting, Mapping[str, str]], Body]] = {
    "topline": _topline,
    "contrasts": _contrasts,
    "effects": _effects,
    "coefficients": _listed,
    "tiers": _tiers,
    "ranks": _ranks,
}


def layout_of(estimates: Sequence[EstimateFields]) -> Layout:
    """Return the layout of estimates for which none is asked."""
    if phrases.one_number(estimates) and PICKED["tiers"](estimates[0]):
        return "tiers"
    order: tuple[Layout, ...] = ("effects", "topline", "contrasts", "ranks", "coefficients", "tiers")
    return next((name for name in order if any(map(PICKED[name], estimates))), "coefficients")


def estimates_table(
    estimates: Sequence[EstimateFields],
    layout: Layout | None = None,
    setting: TableSetting | None = None,
    *,
    caption: str | None = None,
) -> Table:
    """Return estimates as a table for a publication.

    Parameters
    ----------
    estimates : sequence of Estimate
    layout : {"topline", "contrasts", "effects", "coefficients", "tiers", "ranks"}, optional
        None: by what they are.
    setting : TableSetting, optional
    caption : str, optional
        None: what is shown, of how many.

    Raises
    ------
    InputError
        For another layout, or where a layout has nothing to show of them.
    """
    if layout is not None and layout not in BODIES:
        message = f"layout: found {in_short(layout)}; allowed is one of {', '.join(map(repr, BODIES))}"
        raise InputError(message)
    if not estimates:
        message = "estimates: found none; a table needs at least one"
        raise InputError(message)
    chosen, setting = layout or layout_of(estimates), setting or TableSetting()
    shown = [one for one in estimates if PICKED[chosen](one)]
    if chosen == "topline":
        shares = (SHARES, *((name,) for name in OTHER_SHARES))
        shown = next(filter(None, ([one for one in shown if one.estimand in some] for some in shares)), [])
    if not shown:
        fitting = [repr(name) for name in BODIES if any(map(PICKED[name], estimates))]
        message = (
            f"layout: {chosen!r} has nothing to show of these {len(estimates)} estimates; "
            f"allowed is one of {', '.join(fitting) or 'none: they say nothing of others than those who answered'}"
        )
        raise InputError(message)
    body = BODIES[chosen](shown, setting, _texts(shown))
    return lettered(
        Draft(
            caption=phrases.synthetic(*shown) + (caption or _caption(body.what, shown, setting)),
            heads=body.heads,
            rows=body.rows,
            row_groups=_groups(shown, setting) if chosen in ("topline", "contrasts", "ranks") else (),
            general=tuple(_general(shown, len(estimates))),
            dropped=body.dropped,
            source=_source(shown),
            alt=f"{body.what}: {len(body.rows)} rows; columns {', '.join(filter(None, body.heads))}.",
            data=tidy(shown),
            raw=phrases.unreleased(shown),
        )
    )


def _caption(what: str, shown: Sequence[EstimateFields], setting: TableSetting) -> str:
    questions = dict.fromkeys(setting.question(one) for one in shown)
    words = f": {next(iter(questions))}" if len(questions) == 1 and next(iter(questions)) else ""
    base = _base_of(shown)
    return f"{what}{words}{f' (N = {base})' if base else ''}"


def _groups(shown: Sequence[EstimateFields], setting: TableSetting) -> list[tuple[int, str]]:
    """Return where the rows of each question begin; none where there is one question."""
    names = [setting.question(one) for one in shown]
    if len(set(names)) == 1:
        return []
    return [(index, name) for index, name in enumerate(names) if index == 0 or name != names[index - 1]]


def _general(shown: Sequence[EstimateFields], number: int) -> Iterator[str]:
    """Yield what holds for every row: the labels of intervals, for whom, and what is left out."""
    if methods := methods_note(shown):
        yield methods
    targets = {one.target.words for one in shown if not isinstance(one.target, Respondents)}
    if len(targets) == 1:
        speak = "Intervals speak" if any(one.interval for one in shown) else "Speaks"
        yield f"{speak} for {targets.pop()}."
    if any(one.scale == "difference" for one in shown):
        yield "A difference is in percentage points, the first group minus the reference."
    if any(one.counts and len(set(one.counts)) > 1 for one in shown):
        yield "Several numbers: print leaves each of them open."
    if number > len(shown):
        yield f"{number - len(shown):,} further estimates of other kinds are not in this table."


def _source(shown: Sequence[EstimateFields]) -> str:
    surveys = dict.fromkeys(one.provenance.survey for one in shown if one.provenance.survey)
    places = list(dict.fromkeys(place for one in shown for place in one.provenance.places))
    told = ", ".join(surveys)
    if told and places:
        told += ", " + "; ".join(places[:3]) + (" and others" if len(places) > 3 else "")
    return told.rstrip(".")
