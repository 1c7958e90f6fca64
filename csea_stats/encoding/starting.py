"""A survey file to start from, and what a file holds so far."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from importlib import resources
from pathlib import Path
from typing import TYPE_CHECKING

from csea_stats.auditing.number_words import amount_in_words
from csea_stats.errors import InputError, in_short
from csea_stats.results.numbers import number_of, people_words
from csea_stats.survey.short_forms import identifier
from csea_stats.survey.survey import rows

if TYPE_CHECKING:
    from collections.abc import Mapping

    from csea_stats.survey.survey import Survey

SCHEMA = "csea-survey-1.schema.json"
"""The JSON Schema, shipped beside the surveys and written beside a new file."""

SKELETON = """\
#:schema ./csea-survey-1.schema.json
# An editor with a TOML extension that knows this line (Even Better TOML, Tombi) completes and checks the keys.
# Check the file with: csea-stats check NAME.toml. Replace whatever begins with TODO; a line after # is left out.

format = "csea-survey/1"
id = "ID"
title = "TODO a short title of yours"
respondents = 100                          # TODO how many answered
# headlines = ["example"]                  # questions whose headline answers open the page
# limits = "What the survey can and cannot show."

[source]
title = "TODO title of the report"
publisher = ["TODO publisher"]
country = "TODO country"
year = 2024                                # TODO year of the report
mode = "TODO how they answered, such as an online form"
recruitment = "TODO how they were found, such as an open invitation"
# questions = 24                           # how many were asked
# started = 130                            # how many began
# url = "https://..."

[targets]                                  # words for those that a number speaks for
respondents = "the 100 people who answered"
superpopulation = "people like those who answered"
population = "TODO everybody the report speaks of"
one = "respondent"
many = "respondents"

[defaults]                                 # taken by every question and matrix that does not say otherwise
where = "TODO Table 1"
# base = 96

[answers]                                  # lists of answers that questions share, from low to high
agree5 = ["strongly disagree", "disagree", "neither", "agree", "strongly agree"]

[[question]]
id = "example"                             # TODO an id of yours; take the whole question out once there are others
label = "TODO knows the law"
kind = "yes-no"                            # single, ordinal, yes-no, pick (with chosen = 3), multiple, open-coded
says = { yes = "know the law" }
# percents = { yes = "41.5", no = "58.5" } # as printed: 41, "41.5", "41,5 %", "<1", "29-31", "41 (n=40)"

# [[question]]                             # several answers each
# id = "channels"
# label = "Where they heard of it"
# kind = "multiple"
# where = "Figure 2"
# counts = { radio = 12, "by phone" = 9 }

# [[question]]                             # a question asked of some, a number printed of some, a number in words
# id = "reported"
# label = "Reported a case"
# kind = "yes-no"
# among = { question = "example", item = "yes" }
# cells = [
#   { item = "yes", percent = "12", count = 5 },
#   { item = "yes", words = "a quarter", base = 12, among = { question = "channels", item = "radio" } },
# ]

# [[matrix]]                               # a battery: a question in each row, an answer in each column
# id = "trust"
# label = "Trust in institutions"
# kind = "ordinal"
# answers = "agree5"
# unit = "percent"                         # or "count"
# where = "Table 4"
# [matrix.rows]
# "The police" = [12, 20, "8.5", 40, ""]   # "" where print shows none
# "The courts" = { values = [10, 20, 30, 25, 15], base = 80 }
"""
"""What `skeleton` writes, but for the id."""


def skeleton(name: str) -> list[tuple[str, bytes]]:
    """Make a commented survey file, valid as it stands, and the schema that editors read.

    Parameters
    ----------
    name : str
        Of the file, with or without .toml; its id is made of it.

    Returns
    -------
    list of (name, content)
        The survey file and the schema.

    Raises
    ------
    InputError
        If no id can be made of the name, or it ends in something else.

    Examples
    --------
    >>> [file for file, _ in skeleton("my-survey")]
    ['my-survey.toml', 'csea-survey-1.schema.json']
    """
    stem = name.removesuffix(".toml")
    if not identifier(stem) or Path(stem).name != stem or "\\" in stem:
        message = (
            f"NAME: found {in_short(name)}; allowed is a name with letters or digits, with or without .toml: my-survey"
        )
        raise InputError(message)
    schema = resources.files("csea_stats") / "survey" / "data" / SCHEMA
    text = SKELETON.replace('id = "ID"', f'id = "{identifier(stem)}"', 1).replace("NAME.toml", f"{stem}.toml", 1)
    return [(f"{stem}.toml", text.encode()), (SCHEMA, schema.read_bytes())]


@dataclass(frozen=True, slots=True, kw_only=True)
class Inventory:
    """What a survey holds, and what of it is not printed or cannot be checked; `str` has a line for each.

    Parameters
    ----------
    id, people : str
    respondents : int or None
    kinds : mapping of str to int
        Questions of each kind.
    batteries : int
    printed : int
        Printed numbers, of which each is a row of `csea-stats tables`; one may be of several kinds, as in "12 (58%)".
    numbers : mapping of str to int
        Of each kind, where there are any.
    no_cells, vague : tuple of str
        Questions of which nothing is printed, numbers in words that cannot be checked.
    """

    id: str
    people: str
    respondents: int | None
    kinds: Mapping[str, int]
    batteries: int
    printed: int
    numbers: Mapping[str, int]
    no_cells: tuple[str, ...]
    vague: tuple[str, ...]

    def __str__(self) -> str:
        made = ", ".join(f"{count} {kind}" for kind, count in self.kinds.items())
        batteries = f"; {number_of(self.batteries, 'batteries')}" if self.batteries else ""
        held = ", ".join(f"{count} {what}" for what, count in self.numbers.items())
        lines = [
            f"Right     {self.id}: {self.people}",
            f"Questions {sum(self.kinds.values())}: {made}{batteries}",
            f"Numbers   {self.printed} printed{f': {held}' if held else ''}",
        ]
        for what, found in (("No cells ", self.no_cells), ("Vague    ", self.vague)):
            if found:
                lines.append(f"{what} {', '.join(found[:8])}" + (f" and {len(found) - 8} more" if found[8:] else ""))
        return "\n".join(lines)


def inventory(survey: Survey) -> Inventory:
    """Say what a survey holds, and what of it is not printed or cannot be checked.

    Parameters
    ----------
    survey : Survey

    Returns
    -------
    Inventory

    Examples
    --------
    >>> from csea_stats.survey.loading import load_survey
    >>> print(str(inventory(load_survey("bosnia-herzegovina-2021"))).splitlines()[0])
    Right     bosnia-herzegovina-2021: 49 respondents
    """
    table = rows(survey)
    numbers = {
        "percentages": sum(row.percent is not None for row in table),
        "counts": sum(row.count is not None for row in table),
        "in words": sum(row.words is not None for row in table),
        "dates": len(survey.event),
    }
    empty = [question.id for question in survey.question if not question.cells and not _in_battery(survey, question.id)]
    vague = [row.name for row in table if row.words is not None and amount_in_words(row.words).vague]
    return Inventory(
        id=survey.id,
        people=people_words(survey.people),
        respondents=survey.people,
        kinds=dict(Counter(question.kind for question in survey.question)),
        batteries=len(survey.battery),
        printed=len(table),
        numbers={what: count for what, count in numbers.items() if count},
        no_cells=tuple(empty),
        vague=tuple(vague),
    )


def _in_battery(survey: Survey, name: str) -> bool:
    return any(name in battery.questions and battery.cells for battery in survey.battery)
