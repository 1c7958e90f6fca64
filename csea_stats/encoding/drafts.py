"""Questions drafted from pasted tables: every number as printed, every guess marked with a comment.

A table is read as one question (answers in rows, their numbers beside them) or as a matrix (a question in each row, or
in each column); a table of `csea-stats tables --format csv` is turned back into cells. What comes out is text for a
survey file, to be checked by whoever encodes the report.
"""

from __future__ import annotations

import json
import re
from dataclasses import replace
from typing import TYPE_CHECKING, NamedTuple

from csea_stats.encoding.pasted_columns import Series, all_whole, scale_words, sorted_columns
from csea_stats.encoding.table_heads import head_of, is_total, parted, readable, without_size
from csea_stats.encoding.text_tables import PLACE
from csea_stats.survey.printed_numbers import number_keys
from csea_stats.survey.printed_rows import COLUMNS
from csea_stats.survey.short_forms import identifier
from csea_stats.survey.survey import JOIN

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from csea_stats.encoding.grids import PastedTable
    from csea_stats.encoding.pasted_columns import Columns


def draft(grids: Sequence[PastedTable]) -> str:
    r"""Draft the questions of tables as text for a survey file.

    Parameters
    ----------
    grids : sequence of PastedTable

    Returns
    -------
    str
        TOML; a comment ``# guess: ...`` stands wherever the table does not say it.

    Examples
    --------
    >>> from csea_stats.encoding.grids import grids_of
    >>> print(draft(grids_of("Sex\tn\t%\nfemale\t118\t50\nmale\t118\t50")))
    [[question]]
    id = "sex"
    label = "Sex"  # guess: the head of the first column
    kind = "single"  # guess: the numbers add up to all; "ordinal" if the answers have an order
    where = "Table 1"  # guess: the table as pasted; write the place in the report
    [question.counts]
    female = "118 (50)"
    male = "118 (50)"
    <BLANKLINE>
    """
    writer = _Draft()
    for grid in grids:
        writer.table(grid)
    return "\n".join(writer.lines)


def _comment(text: str) -> str:
    """Return a text as a comment; nothing in it can begin another line."""
    return "# " + "".join(sign if sign.isprintable() else " " for sign in text)


def _quoted(text: str) -> str:
    return json.dumps(text, ensure_ascii=False).replace("\x7f", "\\u007f")


def _key(text: str) -> str:
    return text if re.fullmatch("[A-Za-z0-9_-]+", text) else _quoted(text)


def _value(printed: str, unit: str) -> str:
    """Write a number as it is printed, bare where it is a whole one; "" for what is none."""
    if not readable(printed, unit):
        return '""'
    plain = printed.isascii() and printed.isdigit() and len(printed) <= 9 and str(int(printed)) == printed
    return printed if plain else _quoted(printed)


def _no_numbers(values: Iterable[str], unit: str) -> str:
    odd = ", ".join(repr(value) for value in values if not readable(value, unit))
    return f"  {_comment(f'guess: {odd} is no number')}" if odd else ""


def _yes_no(answers: Iterable[str]) -> bool:
    return {answer.lower() for answer in answers} <= {"yes", "no"}


def _items(answers: Sequence[str]) -> list[str]:
    """Return answers as the file has them: those of a yes-no question in small letters."""
    return [answer.lower() if _yes_no(answers) else answer for answer in answers]


class _Title(NamedTuple):
    """What a table, or a part of it, is about: its place in print, a label and why it is guessed, how many people."""

    place: str | None
    label: str
    guess: str = ""
    base: int | None = None


class _Draft:
    """The lines of a draft, and the ids that are given."""

    def __init__(self) -> None:
        self.taken: set[str] = set()
        self.lines: list[str] = []
        self.tables = 0
        self.groups: dict[tuple[str, ...], tuple[str, dict[str, int | None]]] = {}

    def say(self, key: str, value: str, guess: str = "") -> None:
        self.lines.append(f"{key} = {value}" + (f"  {_comment(f'guess: {guess}')}" if guess else ""))

    def table(self, grid: PastedTable) -> None:
        """Add what one table says."""
        self.tables += 1
        if grid.rows[0] == COLUMNS:
            self.returned([dict(zip(COLUMNS, row, strict=True)) for row in grid.rows[1:]])
            return
        said: set[str] = set()
        for heading, part in parted(grid):
            read = sorted_columns(part)
            if not read.series:
                self.lines += [_comment(f"left out: {grid.source}, which holds no column of numbers"), ""]
                continue
            aside = [note for note in read.notes if note.startswith("left out") and (heading or read.groups)]
            if new := [note for note in dict.fromkeys(aside) if note not in said]:
                self.lines += [*map(_comment, new), ""]
            said.update(new)
            read = replace(read, notes=tuple(note for note in read.notes if note not in said))
            if read.groups:
                self.grouped(part, heading, read)
            else:
                self.plain(part, heading, read)

    def plain(self, grid: PastedTable, heading: str, read: Columns) -> None:
        """Add a table of one question, or of a battery."""
        above = len(read.series) > 1 and read.answers_above
        answers = _items([one.label for one in read.series] if above else read.labels)
        rows: Sequence[Series] = read.rows() if above else read.series
        title = self.titled(grid.title, "" if grid.rows[0][0] in read.labels else grid.rows[0][0], heading)
        if len(rows) == 1 and rows[0].base is None:
            rows = [replace(rows[0], base=title.base)]
        self.lines.append("[[matrix]]" if len(rows) > 1 else "[[question]]")
        self.named(title)
        self.kind(answers, whole=all_whole(rows))
        if len(rows) == 1:
            self.question(answers, rows[0], title.place, read.notes)
        else:
            self.matrix(answers, rows, title.place, read.notes if above else (*read.notes, GROUPS))
        self.lines.append("")

    def titled(self, title: str, head: str, heading: str) -> _Title:
        """Read the place, the label and the base of what a table is about."""
        place = PLACE.search(title) or PLACE.search(head)
        texts = [without_size(PLACE.sub("", text, count=1)) for text in (heading, title, head)]
        bare = [head_of(text).label.strip(" .,:-?\N{EN DASH}\N{EM DASH}") for text, _ in texts]
        base = next((size for _, size in texts if size), None)
        guesses = ("the line above its rows", "", "the head of the first column")
        label, guess = next(
            ((text, guess) for text, guess in zip(bare, guesses, strict=True) if text), ("", "the table has no title")
        )
        return _Title(place[0] if place else None, label, guess, base)

    def named(self, title: _Title) -> str:
        """Write id and label, and return the id."""
        name = first = identifier(title.label) or f"table-{self.tables}"
        number = 1
        while name in self.taken:
            number += 1
            name = f"{first}-{number}"
        self.taken.add(name)
        self.say("id", _quoted(name))
        self.say("label", _quoted(title.label or f"Table {self.tables}"), title.guess)
        return name

    def kind(self, answers: Sequence[str], *, whole: bool) -> None:
        if _yes_no(answers):
            self.say("kind", '"yes-no"')
        elif not whole:
            self.say(
                "kind", '"multiple"', 'nothing says that the numbers add up to all; "single" if each gave one answer'
            )
        elif scale_words(answers) * 2 > len(answers):
            self.say("kind", '"ordinal"', "the answers look like a scale; put them from low to high")
        else:
            self.say("kind", '"single"', 'the numbers add up to all; "ordinal" if the answers have an order')

    # ------------------------------------------------------------ a table by groups

    def grouped(self, grid: PastedTable, heading: str, read: Columns) -> None:
        """Add the question that makes the groups, unless it is there, and the question by them."""
        total = next((one for one in read.series if is_total(one.label)), None)
        groups = [one for one in read.series if one is not total]
        head = "" if read.groups == "rows" or grid.rows[0][0] in read.labels else grid.rows[0][0]
        title = self.titled(grid.title, head, "")
        asked, _, by = title.label.partition(" by ")
        title = title._replace(label=asked.rstrip(" ,;:") or title.label)
        base = total.base if total and total.base else title.base
        names = tuple(one.label for one in groups)
        if names not in self.groups:
            above = read.above.strip(" :")
            label = _Title(title.place, f"Groups of {title.place or f'Table {self.tables}'}", UNNAMED)
            if above or by:
                head = "the head of the first column" if read.groups == "rows" else "the head above the groups"
                guess = head if above else 'what the title names after "by"'
                label = _Title(title.place, above or by[:1].upper() + by[1:], guess)
            self.groups[names] = self.groups_of(label, groups, base), {one.label: one.base for one in groups}
        if heading:
            title = self.titled(heading, "", "")._replace(place=title.place, guess="the line above its rows", base=base)
        self.lines.append("[[question]]")
        self.named(title)
        self.kind(read.labels, whole=all_whole(read.series))
        items = _items(read.labels)
        if not _yes_no(items):
            self.answers(items)
        self.place(title.place)
        self.base(base)
        self.lines += map(_comment, (*read.notes, f"guess: the {read.groups} are groups"))
        self.lines.append("cells = [")
        name, sizes = self.groups[names]
        for one in ([total] if total else []) + groups:
            among = f"{{ question = {_quoted(name)}, item = {_quoted(one.label)} }}" if one is not total else ""
            own = str(one.base) if among and one.base and one.base != sizes[one.label] else ""
            for item, printed in zip(items, one.values, strict=True):
                self.cell(item, printed, one.unit, {"base": own, "among": among})
        self.lines += ["]", ""]

    def cell(self, item: str, printed: str, unit: str, more: Mapping[str, str]) -> None:
        """Write what print says of an answer; of what is no number, that it is none."""
        if not readable(printed, unit):
            self.lines.append(f"  {_comment(f'guess: {printed!r} is no number')}")
        elif printed:
            said = number_keys(printed, unit)
            keys = {"item": _quoted(item), **{key: json.dumps(said[key]) for key in NUMBERS if key in said}, **more}
            self.lines.append(f"  {{ {', '.join(f'{key} = {value}' for key, value in keys.items() if value)} }},")

    def groups_of(self, title: _Title, groups: Sequence[Series], base: int | None) -> str:
        """Write the question that makes groups, with the sizes that print gives, and return its id."""
        self.lines.append("[[question]]")
        name = self.named(title)
        sizes = [one.base for one in groups if one.base is not None]
        known = len(sizes) == len(groups)
        made = f"the groups make {sum(sizes)} of {base}"
        if base is not None and sum(sizes) > base:
            self.say("kind", '"multiple"', made)
        else:
            self.say("kind", '"single"', "everybody is in one group at most")
        self.place(title.place)
        if known and base is None:
            self.say("base", str(sum(sizes)), "the groups together")
        self.base(base)
        if base is not None and known and sum(sizes) < base:
            self.say("partial", "true", made)
        if not known:
            self.answers([one.label for one in groups])
        if sizes:
            self.lines.append("[question.counts]")
            self.lines += [f"{_key(one.label)} = {one.base}" for one in groups if one.base is not None]
        self.lines.append("")
        return name

    # ------------------------------------------------------------ keys

    def place(self, place: str | None) -> None:
        guess = "" if place else "the table as pasted; write the place in the report"
        self.say("where", _quoted(place or f"Table {self.tables}"), guess)

    def answers(self, answers: Iterable[str]) -> None:
        self.say("answers", f"[{', '.join(map(_quoted, answers))}]")

    def base(self, base: int | None) -> None:
        if base is not None:
            self.say("base", str(base))

    def question(self, answers: Sequence[str], row: Series, place: str | None, notes: Iterable[str]) -> None:
        self.place(place)
        self.base(row.base)
        self.lines += map(_comment, notes)
        self.lines.append(f"[question.{row.unit}s]")
        for answer, value in zip(answers, row.values, strict=True):
            self.lines.append(f"{_key(answer)} = {_value(value, row.unit)}{_no_numbers([value], row.unit)}")

    def matrix(self, answers: Sequence[str], rows: Sequence[Series], place: str | None, notes: Iterable[str]) -> None:
        unit = rows[0].unit
        bases = {row.base for row in rows}
        self.answers(answers)
        self.say("unit", _quoted(unit))
        self.place(place)
        self.base(rows[0].base if len(bases) == 1 else None)
        self.lines += map(_comment, notes)
        self.lines.append("[matrix.rows]")
        for row in rows:
            written = f"[{', '.join(_value(value, unit) for value in row.values)}]"
            if len(bases) > 1 and row.base is not None:
                written = f"{{ values = {written}, base = {row.base} }}"
            self.lines.append(f"{_key(row.label)} = {written}{_no_numbers(row.values, unit)}")

    # ------------------------------------------------------------ a table of ours

    def returned(self, rows: Sequence[dict[str, str]]) -> None:
        """Turn the rows of `csea-stats tables --format csv` back into questions, facts and events."""
        rows = [{key: _unguarded(value) for key, value in row.items()} for row in rows]
        for name in dict.fromkeys(row["question"] for row in rows):
            own = [row for row in rows if row["question"] == name]
            numbers = [row for row in own if row["base"] or row["percent"] or IN_WORDS.match(row["note"])]
            if numbers or any(row["item"] in LISTS for row in own):
                self.returned_question(name, own)
                continue
            for row in own:
                fact = bool(row["count"])
                self.lines += ["[[fact]]" if fact else "[[event]]", f"name = {_quoted(name)}"]
                label = row["item"] if fact else row["note"] or name
                self.say("label", _quoted(label), "" if fact else "the note, where there was one")
                self.say("count" if fact else "printed", row["count"] if fact else _quoted(row["item"]))
                self.say("where", _quoted(row["where"]))
                if fact and row["status"] == "implied":
                    self.say("status", '"implied"')
                if fact and row["note"]:
                    self.say("note", _quoted(row["note"]))
                self.lines.append("")

    def returned_question(self, name: str, own: Sequence[dict[str, str]]) -> None:
        cells = [row for row in own if row["item"] not in LISTS]
        items = list(
            dict.fromkeys(part for row in cells for part in row["item"].split(JOIN) if row["item"] != NO_LABEL)
        )
        alone = [row for row in cells if JOIN not in row["item"] and row["item"] != NO_LABEL]
        first = [row for row in alone if row["where"] == alone[0]["where"]]
        shares = Series(label="", values=tuple(row["percent"] or row["count"] for row in first), unit="percent")
        bases = [row["base"] for row in cells if row["base"]]
        base = max(bases, key=bases.count, default="")
        self.taken.add(name)
        self.lines += ["[[question]]", f"id = {_quoted(name)}"]
        self.say("label", _quoted(name.replace("-", " ").capitalize()), "made of the id")
        self.kind(items, whole=shares.whole)
        self.say("categories", f"[{', '.join(map(_quoted, items))}]", "the answers that have numbers of their own")
        if base:
            self.say("base", base)
        for row in own:
            if row["item"] in LISTS:
                self.say(LISTS[row["item"]], row["count"])
        places = [row["where"] for row in own if row["item"] in LISTS and row["where"]]
        if places:
            self.say("where", _quoted(places[0]))
        self.lines.append("cells = [")
        seen: set[tuple[str, str]] = set()
        for row in _gathered(cells):
            again = (row["item"], row["where"]) in seen
            seen.add((row["item"], row["where"]))
            written = f"{{ {', '.join(f'{key} = {value}' for key, value in _cell(row, items, base))} }},"
            open_ = row["item"] == NO_LABEL and row["percent"].count(",") >= len(items)
            if again:
                written = _comment(f"guess: of a subgroup, which the table does not name; write its among: {written}")
            elif open_:
                written = _comment(f"guess: labels are missing; write the answers they may belong to: {written}")
            self.lines.append(f"  {written}")
        self.lines += ["]", ""]


GROUPS = "guess: each column is a question; if they are groups, write their cells with among instead"

UNNAMED = "write the question that the groups are answers to"

NUMBERS = ("count", "percent", "words", "range")
"""Keys of a cell that hold what is printed."""

NO_LABEL = "unlabelled"

LISTS = {"answers offered": "list_length", "answers named by each": "chosen"}
"""Rows of a table of ours that are keys of a question."""

IN_WORDS = re.compile(r'In words: "(.*?)"\.(?: |$)')


def _unguarded(entry: str) -> str:
    """Take away the apostrophe that keeps a spreadsheet from reading a formula."""
    return entry[1:] if re.match(r"'[=+\-@\t\r\n]", entry) else entry


def _gathered(cells: Iterable[dict[str, str]]) -> list[dict[str, str]]:
    """Put values without labels that follow each other in one place into one row."""
    made: list[dict[str, str]] = []
    for row in cells:
        last = made[-1] if made else {}
        if row["item"] == NO_LABEL and last.get("item") == NO_LABEL and row["where"] == last["where"]:
            made[-1] = last | {"percent": f"{last['percent']},{row['percent']}"}
        else:
            made.append(row)
    return made


def _cell(row: dict[str, str], items: Sequence[str], base: str) -> list[tuple[str, str]]:
    """Return the keys of a cell and their values as they are written."""
    names = list(items) if row["item"] == NO_LABEL else row["item"].split(JOIN)
    listed = f"[{', '.join(map(_quoted, names))}]"
    told = [("item", listed if len(names) > 1 or row["item"] == NO_LABEL else _quoted(names[0]))]
    if row["item"] == NO_LABEL:
        told.append(("unlabelled", f"[{', '.join(map(_quoted, row['percent'].split(',')))}]"))
    elif row["percent"]:
        told.append(("percent", _quoted(row["percent"])))
    if row["count"]:
        told.append(("count", row["count"]))
    words = IN_WORDS.match(row["note"])
    note = row["note"][words.end() :] if words else row["note"]
    told += [("words", _quoted(words[1]))] if words else []
    told += [("base", row["base"])] if row["base"] and row["base"] != base else []
    told += [("where", _quoted(row["where"]))]
    told += [("status", _quoted(row["status"]))] if row["status"] not in ("", "printed", NO_LABEL) else []
    return told + ([("note", _quoted(note))] if note else [])
