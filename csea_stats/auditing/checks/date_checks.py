"""Dates: a closed grammar of printed dates and periods; the same event twice, and the order of events.

Understood are a year ("2021"), a half or a quarter of one ("first half of 2021", "Q2 2021"), a month ("June 2021"), a
day ("26th July 2021", "July 26, 2021", "2021-07-26") and two of these ("June - August 2021"). All else cannot be
checked.
"""

from __future__ import annotations

import re
from calendar import monthrange
from datetime import date
from typing import TYPE_CHECKING

from csea_stats.auditing.findings import Finding

if TYPE_CHECKING:
    from csea_stats.auditing.findings import Status
    from csea_stats.survey.source import Event
    from csea_stats.survey.survey import Survey

_MONTHS = (
    *("january", "february", "march", "april", "may", "june", "july", "august"),
    *("september", "october", "november", "december"),
)

_ORDINALS = {"first": 1, "1st": 1, "second": 2, "2nd": 2, "third": 3, "3rd": 3, "fourth": 4, "4th": 4, "last": 0}

_PARTS = {"half": 2, "quarter": 4, "third": 3}

_DASH = re.compile(
    r"\s*[\u2013\u2014]\s*|\s+-\s+|\s+(?:to|until|till|and|through)\s+|(?<=[a-z])-(?=[a-z])|(?<=[0-9]{4})-(?=[0-9]{4})"
)

Period = tuple[date, date]
"""First and last day."""


def _month(word: str) -> int | None:
    plain = word.rstrip(".")
    found = [i for i, name in enumerate(_MONTHS, 1) if name == plain or (len(plain) >= 3 and name.startswith(plain))]
    return found[0] if len(found) == 1 else None


def _months(year: int, first: int, last: int) -> Period:
    return date(year, first, 1), date(year, last, monthrange(year, last)[1])


def _day(year: int, month: int, day: int) -> Period | None:
    return (date(year, month, day),) * 2 if 1 <= day <= monthrange(year, month)[1] else None


def period(printed: str) -> Period | None:
    """Return the first and last day of a printed date or period; None if it is not understood.

    Examples
    --------
    >>> [day.isoformat() for day in period("June - August 2021")]
    ['2021-06-01', '2021-08-31']
    >>> [day.isoformat() for day in period("first half of 2021")]
    ['2021-01-01', '2021-06-30']
    >>> period("26th July 2021")[0].isoformat(), period("last summer")
    ('2021-07-26', None)
    """
    ends = _ends(printed)
    return None if ends is None else (ends[0][0], ends[-1][1])


def _ends(printed: str) -> tuple[Period, ...] | None:
    """Return what is printed as one period, or as the periods in which it begins and ends."""
    text = re.sub(r"\s+", " ", printed.strip().lower().rstrip("."))
    text = re.sub(r"^(?:on|in|from|between|during) (?:the )?|^the ", "", text)
    whole = _one(text)
    if whole is not None:
        return (whole,)
    ends = _DASH.split(text)
    last = _one(ends[1]) if len(ends) == 2 else None
    if last is None:
        return None
    later = _month(ends[1].split(" ")[-2]) if len(ends[1].split(" ")) > 1 else None
    candidates = [ends[0], f"{ends[0]} {last[1].year}"]
    if later is not None:
        candidates.append(f"{ends[0]} {_MONTHS[later - 1]} {last[1].year}")
    first = next((found for one in candidates if (found := _one(one)) is not None), None)
    return (first, last) if first is not None and first[0] <= last[1] else None


def _one(text: str) -> Period | None:
    """Read a year, a part of one, a month or a day."""
    if re.fullmatch(r"[12][0-9]{3}", text):
        return _months(int(text), 1, 12)
    iso = re.fullmatch(r"([12][0-9]{3})-([0-9]{2})(?:-([0-9]{2}))?", text)
    if iso:
        year, month = int(iso[1]), int(iso[2])
        if not 1 <= month <= 12:
            return None
        return _day(year, month, int(iso[3])) if iso[3] else _months(year, month, month)
    return _part(text) or _named(text)


def _part(text: str) -> Period | None:
    found = re.fullmatch(r"(\w+) (half|quarter|third) of ([12][0-9]{3})", text) or re.fullmatch(
        r"(h|q)([1-4]) ([12][0-9]{3})", text
    )
    if not found:
        return None
    if found[1] in ("h", "q"):
        parts, place = (2 if found[1] == "h" else 4), int(found[2])
    else:
        parts = _PARTS[found[2]]
        place = _ORDINALS.get(found[1], -1) or parts
    if not 1 <= place <= parts:
        return None
    months = 12 // parts
    return _months(int(found[3]), months * (place - 1) + 1, months * place)


def _named(text: str) -> Period | None:
    found = re.fullmatch(r"([a-z]+\.?) ([12][0-9]{3})", text)
    if found and (month := _month(found[1])):
        return _months(int(found[2]), month, month)
    found = re.fullmatch(r"([0-9]{1,2})(?:st|nd|rd|th)?(?: of)? ([a-z]+\.?),? ([12][0-9]{3})", text)
    if found and (month := _month(found[2])):
        return _day(int(found[3]), month, int(found[1]))
    found = re.fullmatch(r"([a-z]+\.?) ([0-9]{1,2})(?:st|nd|rd|th)?,? ([12][0-9]{3})", text)
    if found and (month := _month(found[1])):
        return _day(int(found[3]), month, int(found[2]))
    return None


def _name(event: Event) -> str:
    return f"{event.name} @ {event.where}"


def check_dates(survey: Survey) -> list[Finding]:
    """Check every printed date against the others."""
    findings = [_unread(event) for event in survey.event if period(event.printed) is None]
    events = [event for event in survey.event if period(event.printed) is not None]
    for place, event in enumerate(events):
        earlier = [other for other in events[:place] if other.name == event.name]
        findings += [_twice(other, event) for other in earlier]
    for event in events:
        before = [other for other in events if other.name == event.after]
        if before:
            findings.append(_order(before, event))
    return findings


def _unread(event: Event) -> Finding:
    return Finding(
        code="date",
        question=None,
        cells=(_name(event),),
        printed=f"{event.label}: {event.printed}",
        expected="a year, a half or quarter of one, a month, a day, or two of these",
        verdict="cannot be checked",
    )


def _twice(one: Event, other: Event) -> Finding:
    a, b = period(one.printed), period(other.printed)
    agree = a is not None and b is not None and (_holds(a, b) or _holds(b, a))
    apart = a is not None and b is not None and (a[1] < b[0] or b[1] < a[0])
    return Finding(
        code="date-twice",
        question=None,
        cells=(_name(one), _name(other)),
        printed=f"{one.label}: {one.printed} ({one.where}) and {other.printed} ({other.where})",
        expected="the same period, or one that holds the other",
        verdict="consistent" if agree else "inconsistent",
        explanations=()
        if agree
        else (
            "the two do not share a day" if apart else "the two overlap, and neither holds the other",
            "the places may speak of different rounds or countries",
            "one of them is a slip of the pen",
        ),
        consequence="" if agree else "no estimate depends on it",
        power="any period that overlaps the other in part only, or not at all, would have been caught",
    )


def _holds(one: Period, other: Period) -> bool:
    return one[0] <= other[0] and other[1] <= one[1]


def _over(other: Event, by: date) -> Status:
    """Whether an event was over by a day: one printed with its end was not before that end began."""
    ends = _ends(other.printed)
    if ends is None:
        return "cannot be checked"
    if ends[-1][0] > by:
        return "inconsistent"
    return "consistent" if ends[-1][1] <= by else "cannot be checked"


def _order(before: list[Event], event: Event) -> Finding:
    by = (period(event.printed) or (date.max, date.max))[1]
    found = {other: _over(other, by) for other in before}
    order: tuple[Status, ...] = ("inconsistent", "cannot be checked", "consistent")
    verdict = next(one for one in order if one in found.values())
    rescued = tuple(
        f"it agrees with {other.printed} ({other.where})" for other in before if found[other] != "inconsistent"
    )
    told = " and ".join(f"{other.printed} ({other.where})" for other in before)
    return Finding(
        code="date-order",
        question=None,
        cells=(_name(event), *(_name(other) for other in before)),
        printed=f"{event.label}: {event.printed}; {before[0].label}: {told}",
        expected=f"{before[0].label} over by then",
        verdict=verdict,
        explanations=(*rescued, "only what had been collected by then was used") if verdict == "inconsistent" else (),
        consequence="no estimate depends on it" if verdict == "inconsistent" else "",
        power="any earlier date would have been caught",
    )
