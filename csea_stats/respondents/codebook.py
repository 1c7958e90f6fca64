"""What each variable of a data file may hold: `Codebook`."""

from __future__ import annotations

import math
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

from csea_stats.respondents.declarations import AT_END, CUSTOMARY, UNTOLD, Declarations
from csea_stats.respondents.frames import kinds_of, opened, picked
from csea_stats.respondents.kinds import Categories, Kind, Multiple, Number, Ordered
from csea_stats.respondents.reading import AnswersCheck, checked
from csea_stats.respondents.texts import declared_texts
from csea_stats.survey.loading import load_survey
from csea_stats.survey.named_files import survey_names
from csea_stats.survey.toml_values import comment_lines, toml_key, toml_lines

if TYPE_CHECKING:
    from collections.abc import Iterable

    from csea_stats.survey.survey import Question, Survey


@dataclass(frozen=True, slots=True, init=False, repr=False)
class Codebook(Declarations):
    """The variables of a data file, with their labels, and who counts as a respondent.

    Parameters
    ----------
    variables : mapping
        From a name to `Ordered`, `Categories`, `Number` or `Multiple`. In names a hyphen and an underscore are the
        same, so that a formula can say ``police_knowledge``.
    missing : sequence of str
        Texts that mean "no answer"; by default the empty text and "NA". A declared label stays a label: to read
        "None" or "NA" as no answer, leave it out of the labels and name it here.
    respondent : str or None, default "id"
        The column of the respondents' ids, each of which may stand once. Without such a column rows have no ids; a
        name other than "id" must be there. None: there are no ids.
    cluster : str, optional
        A column whose equal values mark answers that may be alike, such as colleagues' of one organisation.
    eligible : mapping, optional
        Who counts, hurdle by hurdle: ``{"works_with_children": "yes"}``; several labels in a tuple; for a `Number` the
        lowest and highest value that counts, ``{"age": (18, None)}``.
    targets : TargetWords, optional
        How sentences name the people a number speaks for.
    survey : str, optional
        Id of the published survey that was answered.
    invented : mapping, optional
        What synthetic answers are drawn from where print tells no number; see `csea_stats.synthesise`.
    file : mapping, optional
        How the file is laid out: ``header``, ``names``, ``labels``, ``skip``, ``separator``, ``encoding``, ``decimal``,
        ``sheet``. Nothing of it is guessed; a frame has none.
    filled : sequence of str
        Columns; a row counts only where each of them holds something.
    duplicates : {"first", "last"}, optional
        Which row of an id that repeats counts; without it a repeated id is an error.
    exclude : mapping, optional
        From an id (or the row's number, where there are no ids) to the reason why that row does not count.
    groups : sequence of str
        Variables with one answer each, by whose groups a report tells every other variable; see `csea_stats.as_survey`.
    source : mapping or Source, optional
        Where the answers come from, for a report: any of ``title``, ``publisher``, ``country``, ``year``, ``mode`` (how
        they were given), ``recruitment`` (how respondents were found) and the other keys of a survey's source.
    disclosure : {"light", "standard", "strict"}, Disclosure or mapping, optional
        The rule by which a report may be passed on, which is then made by it; of a mapping the keys are ``rule`` (a
        name) and those of `csea_stats.Disclosure`.
    remarks : mapping, optional
        Comments of a written codebook, by variable ("" for those at its top, " " for those at its end); codebooks that
        differ in them only are equal.
    weights : None
        Weights are not supported; naming a column is an error.

    Raises
    ------
    InputError
        If anything contradicts itself; all of it at once.

    Examples
    --------
    >>> from csea_stats import Number, Ordered
    >>> book = Codebook({"awareness": Ordered("none", "poor", "fair"), "age": Number(unit="years")})
    >>> list(book)
    ['awareness', 'age']
    """

    @classmethod
    def from_frame(cls, frame: object, columns: Iterable[str] | None = None) -> Codebook:
        """Return the codebook that the types of a frame's columns declare.

        Parameters
        ----------
        frame : pandas or polars frame
        columns : sequence of str, optional
            Those that are looked at; by default all.

        Returns
        -------
        Codebook
            Of an ordered pandas categorical or a polars Enum an `Ordered`, from the low category to the high one; of
            other categoricals `Categories`, the first of which is the reference (a polars Categorical has no order of
            its own: sorted); of truths `Categories` "False" and "True"; of numbers a `Number`. Nobody's ids are
            guessed.

        Raises
        ------
        InputError
            Texts and objects, dates, lists, fewer than two categories, infinite numbers: what to do with the column.
        UnknownName
            There is no such column.

        Examples
        --------
        >>> import pandas as pd
        >>> frame = pd.DataFrame({"mode": pd.Categorical(["bus", "bike"]), "age": [30, 41]})
        >>> book = Codebook.from_frame(frame)
        >>> book["mode"].labels, book["age"].unit
        (('bike', 'bus'), '')
        """
        call = "Codebook.from_frame"
        chosen = frame if columns is None else picked(frame, declared_texts("columns", columns), call)
        return cls(kinds_of(opened(chosen, call)), respondent=None)

    def check(self, data: object, *, sheet: str | None = None) -> AnswersCheck:
        """Say everything that keeps a file or a frame from being read, and what reading it tells; raise nothing of it.

        Parameters
        ----------
        data : path, or pandas or polars frame
        sheet : str, optional
            Of an Excel workbook with several.

        Returns
        -------
        AnswersCheck
            ``problems`` (each with ``rows``, ``column``, ``found``, ``allowed``, and ``text``), empty where it reads;
            ``notes``, ``rows``, ``respondents``, ``columns``, ``unused``.

        Raises
        ------
        InputError
            If the data are neither a path nor a frame.
        MissingPackage
            Excel, SPSS and Stata files need a package of their own; the text says how to install it.

        Examples
        --------
        >>> import pandas as pd
        >>> from csea_stats import Categories
        >>> book = Codebook({"mode": Categories("bus", "bike")})
        >>> found = book.check(pd.DataFrame({"mode": ["bus", "bkie"], "age": [30, 41]}))
        >>> found.problems[0].rows, found.problems[0].found, found.unused
        ((1,), "'bkie'", ('age',))
        >>> print(found)
        pandas DataFrame cannot be read: 1 problem (rows counted from 0); 2 rows, read 'mode', not read 'age'
          row 1, column 'mode': found 'bkie'; allowed is 'bus', 'bike'; did you mean 'bike'?
        """
        return checked(data, self, sheet=sheet)

    def to_toml(self) -> str:
        """Write the codebook as a file, ``csea-codebook/1``; reading it gives an equal codebook.

        Of a survey that does not ship, its words and questions are written and its id is not: a file names such a
        survey by its path.

        Examples
        --------
        >>> from csea_stats import Categories
        >>> print(Codebook({"mode": Categories("bus", "bike")}).to_toml())
        format = "csea-codebook/1"
        <BLANKLINE>
        [variable.mode]
        kind = "categories"
        labels = ["bus", "bike"]
        <BLANKLINE>
        """
        remarks = dict(self.remarks)
        shipped = self.survey if self.survey in survey_names() else None
        asked = question_tables(load_survey(shipped)) if shipped else {}
        head = {"survey": shipped, "missing": None if self.missing == CUSTOMARY else self.missing}
        head |= {"respondent": None if self.respondent == "id" else self.respondent or "", "cluster": self.cluster}
        head |= {"filled": self.filled or None, "duplicates": self.duplicates, "groups": self.groups or None}
        lines = [*comment_lines(remarks.get("", ())), 'format = "csea-codebook/1"']
        lines += toml_lines({key: value for key, value in head.items() if value is not None})
        tables: dict[str, dict[str, Any]] = {"file": dict(self.file.given()), "exclude": dict(self.exclude)}
        tables["eligible"] = {name: limits_list(allowed) for name, allowed in self.eligible}
        tables["targets"] = asdict(self.targets) if self.targets is not None else {}
        if self.source is not None:
            tables["source"] = {key: one for key, one in asdict(self.source).items() if one != UNTOLD.get(key)}
        tables["disclosure"] = self.disclosure.table() if self.disclosure is not None else {}
        for name, table in tables.items():
            lines += ["", f"[{name}]", *toml_lines(table)] if table else []
        for name, kind in self.variables:
            table = kind_table(kind)
            unsaid = {key: UNSAID[key] for key in asked.get(name, {}) if key in UNSAID and key not in table}
            lines += [
                "",
                *comment_lines(remarks.get(name, ())),
                f"[variable.{toml_key(name)}]",
                *toml_lines(table | unsaid),
            ]
        for name, invention in self.invented:
            lines += ["", f"[invented.{toml_key(name)}]", *toml_lines(invention.table())]
        lines += ["", *comment_lines(remarks[AT_END])] if remarks.get(AT_END) else []
        return "\n".join(lines) + "\n"


def kind_table(kind: Kind) -> dict[str, Any]:
    """Return the table of a variable, without keys at their default.

    Examples
    --------
    >>> kind_table(Number(unit="years", values={"10+": 10}))
    {'kind': 'number', 'unit': 'years', 'values': {'10+': 10}}
    """
    found: dict[str, Any] = {}
    if isinstance(kind, Number):
        found = {"kind": "number", "unit": kind.unit, "minimum": kind.minimum, "maximum": kind.maximum}
        found["bands"] = kind.bands
    elif isinstance(kind, Multiple):
        items = kind.items[:-1] if kind.other is not None and kind.items[-1] == kind.other.label else kind.items
        found = {"kind": "multiple", "items": () if kind.columns else items, "mentions": kind.mentions}
        found |= {"columns": dict(zip(kind.columns, kind.items, strict=False)), "nothing_column": kind.nothing_column}
        found |= {"separator": kind.separator, "chosen": kind.chosen}
        found |= {"empty": "" if kind.empty == "none" else kind.empty}
    else:
        name = "ordered" if isinstance(kind, Ordered) else "categories"
        found = {"kind": name, "labels": kind.labels, "columns": dict(zip(kind.columns, kind.answers, strict=True))}
    found |= {"values": dict(kind.values), "missing": kind.missing, "off_scale": kind.off_scale}
    if isinstance(kind, Multiple) and kind.off_columns:
        found["off_scale"] = dict(zip(kind.off_columns, kind.off_scale, strict=True))
    if isinstance(kind, (Categories, Multiple)):
        marks = (("yes", kind.yes), ("no", kind.no))
        found |= {key: given[0] if len(given) == 1 else given for key, given in marks if given != (key,)}
        found |= {"own": kind.own, "marked": kind.marked, "says": dict(kind.says), "named": dict(kind.named)}
        if kind.other is not None:
            column = kind.other.column
            found["other"] = kind.other.label if column is None else {"column": column, "label": kind.other.label}
    found |= {"column": kind.column, "label": kind.label, "asked": dict(kind.asked)}
    kept = {key: value for key, value in found.items() if value is not None and value is not False}
    kept = {key: value for key, value in kept.items() if value not in ((), {}, "") or (key, value) == ("no", "")}
    return kept | ({"nothing": kind.nothing} if isinstance(kind, Multiple) and kind.nothing is not None else {})


UNSAID: dict[str, object] = {"label": "", "says": {}, "named": {}, "asked": {}, "off_scale": ()}
"""What a file says where a variable has nothing and the survey's question has something."""


def limits_list(allowed: tuple[str, ...] | tuple[float | None, float | None]) -> list[str | float]:
    """Return labels, or the lowest and the highest number, infinite where there is none.

    Examples
    --------
    >>> limits_list((18, None)), limits_list(("yes",))
    ([18, inf], ['yes'])
    """
    low, high = (allowed[0], allowed[-1])
    if low is not None and high is not None:
        return [end for end in allowed if end is not None]
    return [-math.inf if low is None else low, math.inf if high is None else high]


OTHER = "another answer"
"""Stands for the answers of a question with one answer each that print does not show."""

MAKERS: dict[str, Any] = {"ordered": Ordered, "categories": Categories, "number": Number, "multiple": Multiple}


def make_kind(table: dict[str, Any]) -> Kind:
    """Return the kind that a table of a codebook file describes."""
    keys = dict(table)
    made: Kind = MAKERS[keys.pop("kind")](*keys.pop("labels", ()), **keys)
    return made


def question_tables(survey: Survey) -> dict[str, dict[str, Any]]:
    """Return what each question of a survey says of its variable, as a codebook file would.

    A question without answers in print has none. Where several answers may be given they stand in one column.

    Examples
    --------
    >>> from csea_stats.survey.loading import load_survey
    >>> question_tables(load_survey("bosnia-herzegovina-2021"))["organisation"]["labels"]
    ('government', 'NGO', 'health or education')
    """
    kept = [question for question in survey.question if len(question.categories) > (1 if question.one_answer else 0)]
    coded = {question.id for question in kept if question.one_answer}
    known = {question.id for question in kept}
    found = {}
    for question in kept:
        table = _one_answer(question) if question.id in coded else _several(question)
        table |= {"label": question.label, "says": dict(question.says), "named": dict(question.named)}
        if question.among is not None:
            table["asked"] = {part.question: part.item for part in question.among.parts if part.question in known}
        found[question.id] = table
    return found


def _one_answer(question: Question) -> dict[str, Any]:
    labels = question.categories
    if set(labels) == {"yes", "no"}:
        labels = ("no", "yes")  # the later answer is the event of a model
    outside = {"off_scale": (OTHER,)} if question.partial and OTHER not in labels else {}
    return {"kind": "ordered" if question.kind == "ordinal" else "categories", "labels": labels, **outside}


def _several(question: Question) -> dict[str, Any]:
    separator = next(
        sign for sign in (";", "|", "~", "^", "¦") if not any(sign in item for item in question.categories)
    )
    nothing = "none of these"
    while nothing in question.categories:
        nothing = f"({nothing})"
    table = {"kind": "multiple", "items": question.categories, "separator": separator, "nothing": nothing}
    return table | ({"chosen": question.chosen} if question.chosen is not None else {})
