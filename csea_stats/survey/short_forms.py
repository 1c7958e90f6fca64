"""Short forms of a survey file, written out before anything is checked.

``[defaults]`` and ``[answers]`` are shared by questions, ``[[matrix]]`` is a battery as a table, ``counts`` and
``percents`` are lists of printed numbers, cells take the place of their question, and numbers may be written as they
are printed. What comes out is the plain document of docs/survey-format.md and where each of its parts was typed, so
that an error names the line and the key that the user wrote.
"""

import re
import unicodedata
from dataclasses import dataclass, field, fields
from typing import Any

from csea_stats.survey.documents import Plain, Problem, shown, unknown
from csea_stats.survey.printed_numbers import UNITS, number_keys, percent_keys, plain_percent
from csea_stats.survey.survey import AVERAGES, JOIN, Question
from csea_stats.survey.toml_places import Keys, key_lines, line_of

Table = dict[str, Any]

DEFAULTS = ("where", "base", "answers")
"""Keys of ``[defaults]``."""

MORE_OF_FILE = ("defaults", "answers", "matrix")
"""Keys of the file that are short forms."""

MORE_OF_QUESTION = ("answers", "counts", "percents")
"""Keys of a question that are short forms."""

NOT_SHARED = ("id", "label", "cells", "categories", "averages", "apart")

SHARED = tuple(entry.name for entry in fields(Question) if entry.name not in NOT_SHARED)
"""Keys of a matrix that each of its questions takes."""

MATRIX = ("id", "label", "answers", "columns", "unit", "rows", *SHARED, "cells")
"""Keys of ``[[matrix]]``; its cells are those of the battery."""

LIST_OF_ANSWERS = ("single", "ordinal")
"""Kinds of question that take the answers of ``[defaults]``."""


def identifier(label: str) -> str:
    """Make an id from a label; "" if no letter or digit of it has an ASCII form.

    Parameters
    ----------
    label : str
        Such as the row of a table.

    Returns
    -------
    str
        Lower-case letters and digits with single hyphens, at most 60 characters.

    Examples
    --------
    >>> identifier("Police & courts (all)"), identifier("Señales")
    ('police-courts-all', 'senales')
    """
    plain = unicodedata.normalize("NFKD", label[:400]).encode("ascii", "ignore").decode().lower()
    return "-".join(re.findall("[a-z0-9]+", plain))[:60].rstrip("-")


def plain(document: Table, text: str) -> Plain:
    """Write out the short forms of a survey file.

    Parameters
    ----------
    document : dict
        As the TOML reader gives it; it is left as it is.
    text : str
        The file's text, which tells in what order questions and matrices stand.

    Returns
    -------
    Plain
        The document without short forms. What is no short form and is wrong stays, for the checks that follow.

    Examples
    --------
    >>> typed = {"question": [{"kind": "multiple", "where": "Table 1", "counts": {"radio": 12}}]}
    >>> plain(typed, "").document["question"][0]["cells"]
    [{'where': 'Table 1', 'item': 'radio', 'count': 12}]
    """
    return _Writer(document).written(text)


def _is_name(value: object) -> bool:
    return isinstance(value, str) and bool(value)


def _entries(document: Table, key: str) -> list[Any]:
    found = document.get(key)
    return found if isinstance(found, list) else []


def _as_printed(cell: Any, where: object) -> Any:
    """Return a cell with its place, and with what its percentages say."""
    if not isinstance(cell, dict):
        return cell
    made: Table = dict(cell) if where is None else {"where": where} | cell
    for key in ("unlabelled", "range"):
        if isinstance(made.get(key), list):
            made[key] = [plain_percent(v) or v if isinstance(v, str) else v for v in made[key]]
    if isinstance(made.get("percent"), str):
        said = percent_keys(made["percent"]) or {}
        if said and not (set(said) - {"percent"}) & set(made):
            del made["percent"]
            made |= said
    return made


def _average(average: Any, where: object) -> Any:
    """Return an average with its place, and with points in its numbers."""
    if not isinstance(average, dict):
        return average
    made: Table = dict(average) if where is None else {"where": where} | average
    points = {key: made[key].replace(",", ".") for key in AVERAGES if isinstance(made.get(key), str)}
    return made | points


@dataclass(frozen=True, slots=True, kw_only=True)
class _Entry:
    """A question as it is typed, or a row of a matrix as the question that it stands for.

    Parameters
    ----------
    keys : dict
        Its keys, and those it takes from its matrix.
    at : Keys
        Where it stands.
    taken : dict
        Where its keys stand that are the matrix's.
    values, spot, columns, unit
        What a row prints, where that stands, for which answers, and as what.
    """

    keys: Table
    at: Keys
    taken: dict[str, Keys] = field(default_factory=dict)
    values: Any = None
    spot: Keys = ()
    columns: Any = None
    unit: str = "percent"

    def path(self, key: str) -> Keys:
        return self.taken.get(key, (*self.at, key))


class _Writer:
    """The plain document while it is written: what is shared, what is done, where it stood, what is wrong."""

    def __init__(self, document: Table) -> None:
        self.typed = document
        self.stood: dict[Keys, Keys] = {}
        self.problems: list[Problem] = []
        self.wrong: list[Keys] = []
        self.questions: list[Any] = []
        self.batteries: list[Any] = []
        self.defaults = self.table("defaults", f"a table with some of the keys {', '.join(DEFAULTS)}")
        self.answers = self.table("answers", 'a table of lists, such as agree = ["no", "partly", "yes"]')

    def table(self, key: str, allowed: str) -> Table:
        found = self.typed.get(key, {})
        if isinstance(found, dict):
            return found
        self.tell((key,), found, allowed)
        return {}

    def tell(self, path: Keys, found: object, allowed: str) -> None:
        self.problems.append(Problem(path=path, text=f"found {shown(found)}; allowed is {allowed}"))

    def keys_of(self, found: Table, at: Keys, known: tuple[str, ...]) -> None:
        self.problems += [unknown((*at, name), "key", name, known) for name in found if name not in known]

    def written(self, text: str) -> Plain:
        self.keys_of(self.defaults, ("defaults",), DEFAULTS)
        for name, values in self.answers.items():
            if not isinstance(values, list) or not values or not all(map(_is_name, values)):
                self.tell(("answers", name), values, "a list of answers, each a text in quotes")
        for key, place in self.ordered(text):
            entry: Any = self.typed[key][place]
            if key == "matrix":
                self.matrix(entry, (key, place))
            elif isinstance(entry, dict):
                self.question(_Entry(keys=entry, at=(key, place)))
            else:
                self.stood["question", len(self.questions)] = (key, place)
                self.questions.append(entry)
        for place, entry in enumerate(_entries(self.typed, "battery")):
            self.battery(entry, ("battery", place), self.defaults.get("where"))
        document = {key: value for key, value in self.typed.items() if key not in MORE_OF_FILE}
        for key, made in (("question", self.questions), ("battery", self.batteries)):
            if made and isinstance(document.get(key, []), list):
                document[key] = made
        problems = tuple(dict.fromkeys(self.problems))
        return Plain(document=document, stood=self.stood, problems=problems, wrong=tuple(self.wrong))

    def ordered(self, text: str) -> list[tuple[str, int]]:
        """List the questions and matrices in the order of the file."""
        if not isinstance(self.typed.get("matrix", []), list):
            self.tell(("matrix",), self.typed["matrix"], "tables, each headed [[matrix]]")
        listed = [(key, place) for key in ("question", "matrix") for place in range(len(_entries(self.typed, key)))]
        if len({key for key, _ in listed}) == 2:
            lines = key_lines(text)
            listed.sort(key=lambda entry: line_of(lines, entry))
        return listed

    # ------------------------------------------------------------ questions

    def question(self, entry: _Entry) -> None:
        """Add a question: the keys it is given, those it takes, its lists of numbers, its cells."""
        here: Keys = ("question", len(self.questions))
        self.stood[here] = entry.at
        self.stood |= {(*here, key): path for key, path in entry.taken.items()}
        made = {key: value for key, value in entry.keys.items() if key not in MORE_OF_QUESTION}
        self.take(made, entry, here)
        lists = self.lists(entry)
        names = list(dict.fromkeys(name for values in lists.values() for name in values))
        alone = [name for name in names if JOIN not in name]
        if (
            alone
            and "categories" not in made
            and made.get("kind") != "yes-no"
            and (*here, "categories") not in self.wrong
        ):
            made["categories"] = alone
        printed = self.row(made, entry, here)
        for name in names:
            said: Table = {}
            for key in lists:
                said |= number_keys(lists[key][name], key.removesuffix("s")) if name in lists[key] else {}
            path = (*entry.at, "counts" if name in lists.get("counts", {}) else "percents", name)
            printed.append((name.split(JOIN) if JOIN in name else name, said, path, path))
        cells: list[Any] = []
        for item, said, path, head in printed:
            if said:
                spot = (*here, "cells", len(cells))
                self.stood |= {spot: path, (*spot, "item"): head, (*spot, "where"): entry.path("where")}
                self.stood |= {(*spot, key): path for key in said}
                cells.append(_as_printed({"item": item} | said, made.get("where")))
        own = made.get("cells", [])
        if isinstance(own, list):
            for place, cell in enumerate(own):
                self.stood[*here, "cells", len(cells)] = (*entry.at, "cells", place)
                cells.append(_as_printed(cell, made.get("where")))
            made |= {"cells": cells} if cells else {}
        averages = made.get("averages")
        if isinstance(averages, list):
            made["averages"] = [_average(one, made.get("where")) for one in averages]
        names = made.get("categories", ["yes"])
        if made.get("kind") == "yes-no" and "headline" not in made and isinstance(names, list) and names:
            made["headline"] = "yes" if "yes" in names else names[0]
        self.questions.append(made)

    def take(self, made: Table, entry: _Entry, here: Keys) -> None:
        """Give a question the answers and the place that it, its matrix, or the file names."""
        found, at = entry.keys.get("answers"), entry.path("answers")
        if found is not None and "categories" in made:
            self.problems.append(Problem(path=at, text="found beside 'categories'; keep one of the two"))
        elif "integers" in made and found is None:  # answered by a number: there is no list of answers
            made |= {"categories": made.get("categories", []), "partial": made.get("partial", True)}
        elif found is None and "categories" not in made and made.get("kind") in LIST_OF_ANSWERS:
            found, at = self.defaults.get("answers"), ("defaults", "answers")
        if isinstance(found, str) and found in self.answers:
            found, at = self.answers[found], ("answers", found)
        elif isinstance(found, str):
            self.problems.append(unknown(at, "list in [answers]", found, self.answers))
            self.wrong.append((*here, "categories"))
        if found is not None and not isinstance(found, str):
            made["categories"] = found
            self.stood[*here, "categories"] = at
        for key in ("where", "base"):
            if key in self.defaults and key not in made and not (key == "base" and "among" in made):
                made[key] = self.defaults[key]
                self.stood[*here, key] = ("defaults", key)

    def lists(self, entry: _Entry) -> dict[str, Table]:
        """Return a question's lists of printed numbers."""
        found: dict[str, Table] = {}
        for key in [key for key in ("counts", "percents") if key in entry.keys]:
            values = entry.keys[key]
            if isinstance(values, dict):
                found[key] = values
            else:
                allowed = '{ answer = number, ... }, such as { radio = 12, "by phone" = 9 }'
                self.tell((*entry.at, key), values, allowed)
        return found

    # ------------------------------------------------------------ batteries

    def battery(self, entry: Any, at: Keys, where: object) -> None:
        """Add a battery, its statements with their place and with plain percentages."""
        self.stood["battery", len(self.batteries)] = at
        if isinstance(entry, dict) and isinstance(entry.get("cells"), list):
            entry = entry | {"cells": [_as_printed(cell, where) for cell in entry["cells"]]}
        self.batteries.append(entry)

    def matrix(self, entry: Any, at: Keys) -> None:
        """Add a question for each row, and the battery of all."""
        if not self.readable(entry, at):  # its questions are not known: what names one of them is not blamed
            self.wrong.append(("question", len(self.questions)))
            self.stood["question", len(self.questions)] = at
            self.questions.append({})
            return
        shared = {key: entry[key] for key in (*SHARED, "answers") if key in entry}
        names: list[str] = []
        for number, (label, row) in enumerate(entry["rows"].items(), 1):
            own = row if isinstance(row, dict) else {"values": row}
            keys = shared | {"id": _row_id(entry.get("id"), label, number, names), "label": label} | own
            taken = {key: (*at, key) for key in (*SHARED, "answers") if key not in own}
            path = (*at, "rows", label)
            self.stood["battery", len(self.batteries), "questions", len(names)] = path
            names.append(keys["id"])
            self.question(
                _Entry(
                    keys={key: value for key, value in keys.items() if key != "values"},
                    at=path,
                    taken=taken,
                    values=own["values"],
                    spot=(*path, "values") if own is row else path,
                    columns=entry.get("columns"),
                    unit=entry["unit"],
                )
            )
        whole = {key: entry[key] for key in ("id", "label", "cells") if key in entry} | {"questions": names}
        self.stood["battery", len(self.batteries), "questions"] = (*at, "rows")
        self.battery(whole, at, entry.get("where", self.defaults.get("where")))

    def readable(self, entry: Any, at: Keys) -> bool:
        """Whether a matrix can be read at all; what is wrong is noted."""
        if not isinstance(entry, dict):
            self.tell(at, entry, "a table of keys and values")
            return False
        before = len(self.problems)
        for key in [key for key in ("unit", "rows") if key not in entry]:
            self.problems.append(Problem(path=(*at, key), text=f"the key {key!r} is missing; it must be given"))
        if entry.get("unit", "count") not in UNITS:
            self.tell((*at, "unit"), entry["unit"], f"one of {', '.join(map(repr, UNITS))}")
        if not isinstance(entry.get("columns", []), list):
            self.tell((*at, "columns"), entry["columns"], "a list of answers; in it a list stands for their sum")
        rows = entry.get("rows", {"": []})
        if not isinstance(rows, dict) or not rows:
            self.tell((*at, "rows"), rows, '{ "label" = [12, 30], ... }: a list of numbers for each question')
        for label, row in rows.items() if isinstance(rows, dict) else ():
            if not isinstance(row.get("values") if isinstance(row, dict) else row, list):
                what = "a list of numbers, or { values = [12, 30], id = ..., base = ... } with any key of a question"
                self.tell((*at, "rows", label), row, what)
        fatal = len(self.problems) > before
        self.keys_of(entry, at, MATRIX)
        return not fatal

    def row(self, made: Table, entry: _Entry, here: Keys) -> list[tuple[Any, Table, Keys, Keys]]:
        """Read the numbers of a row: answer, what is printed of it, where that stands and where the answer stands."""
        if entry.values is None or (*here, "categories") in self.wrong:
            return []
        columns = made.get("categories", ["yes", "no"] if made.get("kind") == "yes-no" else None)
        columns = columns if entry.columns is None else entry.columns
        if columns is None:
            self.problems.append(
                Problem(path=entry.path("answers"), text="the key 'answers' is missing; it must be given")
            )
            self.wrong.append((*here, "categories"))
            return []
        if not isinstance(columns, list):
            return []
        if len(entry.values) != len(columns):
            listed = ", ".join(map(shown, columns[:8])) + (", ..." if len(columns) > 8 else "")
            text = (
                f"found {len(entry.values)} numbers; allowed is {len(columns)}, one for each of {listed}: "
                'write "" where print shows none'
            )
            self.problems.append(Problem(path=entry.at, text=text))
            return []
        read = []
        for place, (column, value) in enumerate(zip(columns, entry.values, strict=True)):
            path = (*entry.spot, place)
            head = path if entry.columns is None else (*entry.at[:2], "columns", place)
            read.append((column, number_keys(value, entry.unit), path, head))
        return read


def _row_id(matrix: object, label: str, number: int, names: list[str]) -> str:
    """Make the id of a row that has none: the matrix's and the label's, once each."""
    whole = f"{identifier(str(matrix))}-{identifier(label) or number}"[:76].rstrip("-")
    return f"{whole}-{number}" if whole in names else whole
