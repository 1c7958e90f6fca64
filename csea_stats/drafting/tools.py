"""Which survey tool wrote a file, which columns are its own, which are personal, and who counts."""

from __future__ import annotations

import math
import re
from itertools import pairwise
from typing import TYPE_CHECKING

from csea_stats.drafting.bands import is_number
from csea_stats.drafting.column_facts import half_of, is_date, share_words
from csea_stats.drafting.word_lists import asks_who, common_names, folded, is_name, personal_pattern, tool_marks

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    from csea_stats.drafting.column_facts import ColumnFacts
    from csea_stats.drafting.word_lists import ToolMarks

ID_NAMES = (
    *("id", "no", "nr", "case", "record", "respondent", "caseid", "case id", "respid", "resp id", "respondentid"),
    *("respondent id", "participantid", "participant id", "recordid", "record id"),
)

MORE_ID_NAMES = (
    *("participant", "participant no", "respondent no", "resp no", "case no", "serial", "serial no", "serial number"),
    *("s no", "sl no", "sn", "code", "response no", "response id", "entry id", "user id", "userid", "submission id"),
    *("uid", "uuid", "objectid", "redni broj", "r br", "rbr", "br", "sifra", "kod", "id ispitanika", "id odgovora"),
    *("lfd nr", "laufende nummer", "teilnehmer", "teilnehmer id", "identifiant", "numero", "nr crt", "kodi"),
)
"""Names of ids where all cells differ."""

FEWEST_RUNNING = 5
"""Rows from which whole numbers without a gap in one of the first columns are those of the rows."""

DASHES = ("-", "--", "---", "–", "—", ".", "/", "#NULL!", "#N/A", "NULL", "null", "NaN", "nan", "<NA>")
"""Texts that mean no answer where they stand alone."""

PERSONAL = "! personal: take the column out before the file is passed on"

OWN = "the tool's own column"

FEWEST_WHO = 3
"""Cells of a column that may say who somebody is."""

MOST_DIFFER = 3 / 4
"""Share of them that differ."""

_WHO_AND_WHERE = re.compile(
    r"e-?mail|\bmail\b|ip[ _]?addr|\bip\b|(first|last|full|submitter|user|instance)[ _]?name"
    r"|^name$|latitude|longitude|\bgps|location|device|phone|^sim|subscriber|submitter|submitted_by|^city$|postal"
    r"|^country$|^state/region$|user agent|^user$|browser|^token$|externalreference|adresse|display name"
    r"|^ime$|^nom$|^nombre$|^nome$|e-pošta|correo|posta elettronica|^creator$|^editor$|^[xy]$",
    re.IGNORECASE,
)
"""Columns of a tool that hold addresses, names, places or devices."""


_SPOT = re.compile(r"-?\d{1,2}\.\d{3,}[ ,;]+-?\d{1,3}\.\d{3,}(?:[ ,;]+-?[\d.]+)*")
"""A latitude and a longitude in one cell."""


def tool_of(columns: Sequence[ColumnFacts]) -> ToolMarks | None:
    """Return the tool that has most columns of its own, two or more; by a first column of dates where it has but that.

    Parameters
    ----------
    columns : sequence of ColumnFacts
    """
    best: tuple[int, ToolMarks | None] = (1, None)
    for tool in tool_marks():
        names = [name for facts in columns if (name := own_name(facts)) in tool.metadata]
        named = len(names) if set(names) - common_names() else 0
        ends = sum(facts.bare.endswith(tool.ending) for facts in columns) if named and tool.ending else 0
        likely = sum(_like(facts.bare, tool) for facts in columns) if named else 0
        if named + ends + likely > best[0]:
            best = (named + ends + likely, tool)
    if best[1] is None and columns and columns[0].texts:
        first = columns[0]
        dated = first.answers == first.rows and all(map(is_date, first.looked_at))
        for tool in tool_marks() if dated else ():
            if folded(first.bare) in set(map(folded, tool.first)):
                return tool
    return best[1]


def own_name(facts: ColumnFacts) -> str:
    """Return what a tool calls a column of its own: without the words that LimeSurvey may write behind: "id. ID"."""
    return re.sub(r"^([a-z]+)\. .*", r"\1", facts.bare, flags=re.DOTALL)


def _like(name: str, tool: ToolMarks) -> bool:
    return any(re.fullmatch(pattern, name) for pattern in tool.like)


def is_own(facts: ColumnFacts, tool: ToolMarks) -> bool:
    """Whether a column is one that the tool adds to every file."""
    name = own_name(facts)
    first = facts.place == 0 and folded(name) in set(map(folded, tool.first))
    return first or name in tool.metadata or bool(tool.ending and name.endswith(tool.ending)) or _like(name, tool)


def is_time(facts: ColumnFacts, columns: Sequence[ColumnFacts], tool: ToolMarks) -> bool:
    """Whether a column holds how long one of the other questions took."""
    base = facts.bare.removesuffix("Time")
    timed = tool.name == "limesurvey" and base != facts.bare
    return timed and any(re.fullmatch(rf"{re.escape(base)}(\[.*)?", one.bare) for one in columns)


def own_reason(facts: ColumnFacts) -> str:
    """Return why a tool's own column is not read."""
    if found := personal_cells(facts):
        return found
    return PERSONAL if facts.texts and _WHO_AND_WHERE.search(facts.bare) else OWN


def personal_cells(facts: ColumnFacts) -> str | None:
    """Return why a column is personal by what half or more of its cells look like."""
    for kind, words in (("email", "e-mail addresses"), ("ip", "network addresses")):
        if half_of(facts, personal_pattern(kind).fullmatch):
            hits = sum(count for text, count in facts.texts.items() if personal_pattern(kind).fullmatch(text))
            look = f"{share_words(hits, facts.answers)} cells look like {words}"
            return f"! {look}: take the column out before the file is passed on"
    return None


def personal_reason(facts: ColumnFacts) -> str | None:
    """Return why a column is personal or holds dates, by its cells or its name; None where it may be read."""
    if found := personal_cells(facts) or _running(facts):
        return found
    texts = facts.looked_at
    if facts.answers >= 2 and all(map(is_date, texts)) and all(map(is_date, facts.texts)):
        return "dates or times"
    if half_of(facts, _SPOT.fullmatch):
        return PERSONAL
    digits = personal_pattern("phone")
    single = len(facts.texts) == facts.answers > 1
    if single and half_of(facts, lambda text: digits.fullmatch(text) and sum(map(str.isdigit, text)) >= 7):
        return "! cells look like phone numbers, no two alike: take the column out before the file is passed on"
    differ = facts.answers >= FEWEST_WHO and len(facts.texts) > MOST_DIFFER * facts.answers
    if facts.texts and (is_name(facts.bare) or (differ and asks_who(facts.bare))):
        return PERSONAL
    return None


def _running(facts: ColumnFacts) -> str | None:
    """Return why a column is not read that holds the numbers of the rows."""
    single = facts.place < 3 and len(facts.texts) == facts.rows >= FEWEST_RUNNING
    if not single or not all(map(str.isdecimal, facts.texts)):
        return None
    numbers = list(map(int, facts.texts))
    return "a running number" if max(numbers) - min(numbers) == facts.rows - 1 else None


def placed(columns: Sequence[ColumnFacts]) -> dict[str, str]:
    """Return columns of latitudes and longitudes side by side, with why they are not read."""
    found: dict[str, str] = {}
    for one, two in pairwise(columns):
        (north, fine), (east, fine_too) = _degrees(one), _degrees(two)
        named = re.search(r"lat", one.bare, re.IGNORECASE) and re.search(r"lo?ng?", two.bare, re.IGNORECASE)
        if north <= 90 and east <= 180 and (named or (fine and fine_too)):
            found |= dict.fromkeys((one.name, two.name), PERSONAL)
    return found


def _degrees(facts: ColumnFacts) -> tuple[float, bool]:
    """Return the largest amount of a column of decimals, infinite for any other, and whether it is told finely."""
    texts = facts.looked_at
    if not texts or not all(map(is_number, texts)) or not any(re.search(r"[.,]\d{2}", text) for text in texts):
        return math.inf, False
    return max(abs(float(text.replace(",", "."))) for text in texts), all(
        re.search(r"[.,]\d{4}", text) for text in texts
    )


def respondent_of(columns: Sequence[ColumnFacts], tool: ToolMarks | None) -> tuple[ColumnFacts | None, tuple[str, ...]]:
    """Return the column of ids, with remarks.

    Parameters
    ----------
    columns : sequence of ColumnFacts
    tool : ToolMarks or None
    """
    wanted = tool.respondent if tool is not None else ()
    own = [facts for name in wanted for facts in columns if own_name(facts) == name and facts.texts]
    if own:
        return own[0], _id_remarks(own[0])
    called = [facts for facts in columns if folded(facts.name) in ID_NAMES and facts.texts]
    for facts in [*called, *(facts for facts in columns if folded(facts.name) in MORE_ID_NAMES)]:
        if len(facts.texts) == facts.answers == facts.rows:
            return facts, ()
    for facts in called:  # most differ: ids, some of which stand twice
        if facts.answers == facts.rows > 2 and len(facts.texts) > facts.rows / 2 and facts.rows > len(facts.texts):
            return facts, _id_remarks(facts)
    return None, ()


def _id_remarks(facts: ColumnFacts) -> tuple[str, ...]:
    again = sum(count for count in facts.texts.values() if count > 1)
    remarks = []
    if again:
        take = 'to take one row of each: duplicates = "first" or "last", or a hurdle in eligible'
        remarks.append(f"! ids in {facts.name} stand more than once ({again:,} rows): {take}")
    if facts.answers < facts.rows:
        blank = share_words(facts.rows - facts.answers, facts.rows)
        remarks.append(f'! {blank} rows have no id in {facts.name}: mend the file, or say respondent = ""')
    return tuple(remarks)


def blanks_of(texts: Collection[str], tool: ToolMarks | None) -> list[str]:
    """Return the tool's texts for no answer that occur."""
    return [text for text in (tool.blank if tool is not None else ()) if text in texts]
