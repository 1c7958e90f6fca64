"""Read a codebook: by the name of a survey, or from a TOML file of the reader's own, ``csea-codebook/1``.

Nothing in a file is run; everything that is wrong with it is told at once, with its line.
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING, Any

from csea_stats.errors import CseaStatsError, InputError, SurveyFileError, UnknownName
from csea_stats.respondents.codebook import MAKERS, Codebook, make_kind, question_tables
from csea_stats.respondents.declarations import AT_END, CUSTOMARY, Invention
from csea_stats.respondents.kinds import Categories, Kind, Number
from csea_stats.respondents.layouts import layout_of
from csea_stats.respondents.texts import plain
from csea_stats.survey.documents import Problem, decoded, file_error, parsed, shown, unknown
from csea_stats.survey.draft_marks import remember
from csea_stats.survey.loading import is_shipped, load_survey
from csea_stats.survey.named_files import content_of, name_of, shipped_folder, survey_names
from csea_stats.survey.source import TargetWords
from csea_stats.survey.survey import Survey
from csea_stats.survey.toml_places import comments_of

if TYPE_CHECKING:
    from collections.abc import Iterator

FORMAT = "csea-codebook/1"

_TOP = (
    "format",
    "survey",
    "missing",
    "respondent",
    "cluster",
    "eligible",
    "weights",
    "targets",
    "variable",
    "invented",
    "file",
    "filled",
    "duplicates",
    "exclude",
    "groups",
    "source",
    "disclosure",
)

_FILE = ("header", "names", "labels", "skip", "separator", "encoding", "decimal", "sheet")

_ANY = ("off_scale", "missing", "column", "label", "asked")

_ONE = ("labels", "values", "columns", "yes", "no", "own", "marked", "other", "says", "named", *_ANY)

_KEYS: dict[str, tuple[str, ...]] = {
    "ordered": _ONE,
    "categories": _ONE,
    "number": ("unit", "minimum", "maximum", "values", "bands", *_ANY),
    "multiple": (
        *("items", "separator", "nothing", "mentions", "values", "chosen", "empty", "nothing_column"),
        *("columns", "yes", "no", "own", "marked", "other", "says", "named", *_ANY),
    ),
}

_LIST = (list,)

_TYPES: dict[str, tuple[tuple[type, ...], str]] = {
    "labels": (_LIST, "a list of texts in brackets"),
    "items": (_LIST, "a list of texts in brackets"),
    "off_scale": ((list, dict), "a list of texts in brackets, or a table from column to answer"),
    "mentions": (_LIST, "a list of columns in brackets"),
    "other": ((str, dict), 'a text, or a table such as { column = "...", label = "other" }'),
    "own": ((bool,), "true or false"),
    "marked": ((str,), '"anything": whatever is not blank marks an answer'),
    "missing": (_LIST, "a list of texts in brackets"),
    "columns": ((list, dict), "a list of columns, or a table from column to answer"),
    "values": ((dict,), 'a table from code to label, such as { 1 = "none" }'),
    "says": ((dict,), "a table from answer to verb phrase"),
    "named": ((dict,), "a table from answer to noun phrase"),
    "asked": ((dict,), 'a table such as { supported-girls = "yes" }'),
    "eligible": ((dict,), 'a table such as { works_with_children = "yes" }'),
    "chosen": ((int,), "a whole number"),
    "bands": (_LIST, "a list of numbers in brackets, where each further band begins"),
    "minimum": ((int, float), "a number"),
    "maximum": ((int, float), "a number"),
    "yes": ((str, int, list), "a text, a whole number, or a list of them"),
    "no": ((str, int, list), "a text, a whole number, or a list of them"),
    "variable": ((dict,), "tables [variable.NAME]"),
    "invented": ((dict,), "tables [invented.NAME]"),
    "file": ((dict,), "a table with header, names, labels, skip, separator, encoding, decimal, sheet"),
    "filled": (_LIST, "a list of columns in brackets"),
    "exclude": ((dict,), 'a table from id to reason, such as { "17" = "a test" }'),
    "groups": (_LIST, "a list of variables in brackets"),
    "source": ((dict,), "a table with any of title, publisher, country, year, mode, recruitment"),
    "disclosure": ((dict,), 'a table such as { rule = "standard", key = ["age"] }'),
    "targets": ((dict,), "a table with respondents, superpopulation and population"),
}

_TEXT = ((str,), "a text in quotes")


def load_codebook(source: object) -> Codebook:
    """Read the codebook of a survey, or a codebook file.

    Parameters
    ----------
    source : str, path or Survey
        The name of a shipped survey; a `Survey`; or a TOML file, a codebook's or a survey's.

    Returns
    -------
    Codebook

    Raises
    ------
    UnknownName
        There is neither such a survey nor such a file.
    SurveyFileError
        The file cannot be read or is wrong.

    Examples
    --------
    >>> book = load_codebook("bosnia-herzegovina-2021")
    >>> book["age_band"].labels, book["barriers"].chosen
    (('under 30', '30-39', '40-49', '50 and over'), 3)
    """
    if isinstance(source, Survey):
        return codebook_of(source)
    name = name_of("codebook", source, "a Codebook, the name of a survey, or the path of a TOML file")
    if name in survey_names():
        return codebook_of(load_survey(name))
    path = Path(name)
    there = bool(name.strip()) and os.path.exists(path)  # noqa: PTH110 - False of no possible path
    if not isinstance(source, os.PathLike) and not name.endswith(".toml") and not there:
        raise UnknownName("codebook", name, survey_names(), "Or give the path of a codebook file, which ends in .toml.")
    text = decoded(name, content_of(name, path))
    document = parsed(name, text)
    if str(document.get("format", "")).startswith("csea-survey/"):
        return remember(codebook_of(load_survey(path)), text)
    return remember(_book(name, text, document, path.parent), text)


def codebook_of(survey: Survey) -> Codebook:
    """Return the codebook of a survey: the shipped one, or what follows from its questions.

    Parameters
    ----------
    survey : Survey
    """
    shipped = shipped_folder("respondents", "codebooks") / f"{survey.id}.toml"
    if shipped.is_file() and is_shipped(survey):
        text = shipped.read_text(encoding="utf-8")
        return _book(shipped.name, text, parsed(shipped.name, text), None)
    variables = {name: make_kind(table) for name, table in question_tables(survey).items()}
    return Codebook(variables, targets=survey.targets, survey=survey.id)


def _book(source: str, text: str, document: dict[str, Any], folder: Path | None) -> Codebook:
    problems = list(_top(document))
    try:
        layout_of(document.get("file") if not problems else None)
    except InputError as error:
        problems.append(Problem(path=("file",), text=str(error)))
    survey: Survey | None = None
    if isinstance(document.get("survey"), str):
        try:
            survey = load_survey(_survey_name(document["survey"], folder))
        except CseaStatsError as error:
            problems.append(Problem(path=("survey",), text=str(error).replace("\n", " ")))
    variables, more = _variables(document.get("variable", {}), survey)
    problems += more
    inventions: dict[str, Invention] = {}
    if not problems:
        inventions, problems = _inventions(document.get("invented", {}), variables)
    if problems:
        raise file_error(source, text, problems)
    try:
        words = TargetWords(**document["targets"]) if "targets" in document else survey.targets if survey else None
        return Codebook(
            variables,
            missing=document.get("missing", CUSTOMARY),
            respondent=document.get("respondent", "id"),
            cluster=document.get("cluster"),
            eligible=document.get("eligible"),
            targets=words,
            survey=survey.id if survey else None,
            weights=document.get("weights"),
            invented=inventions,
            file=document.get("file"),
            filled=document.get("filled", ()),
            duplicates=document.get("duplicates"),
            exclude=document.get("exclude"),
            groups=document.get("groups", ()),
            source=document.get("source"),
            disclosure=document.get("disclosure"),
            remarks=_remarks(text),
        )
    except (UnknownName, ValueError) as error:  # InputError and pydantic's own are ValueErrors
        raise SurveyFileError(source, str(error).split("\n")) from None


def _remarks(text: str) -> dict[str, list[str]]:
    """Return the comments of a codebook file by variable."""
    found: dict[str, list[str]] = {}
    for path, remark in comments_of(text):
        name = str(path[1]) if path[:1] == ("variable",) and path[1:] else "" if path else AT_END
        found.setdefault(name, []).append(remark)
    return found


def _survey_name(name: str, folder: Path | None) -> str | Path:
    return name if name in survey_names() or folder is None or not name.endswith(".toml") else folder / name


def _top(document: dict[str, Any]) -> Iterator[Problem]:
    if document.get("format") != FORMAT:
        found = shown(document["format"]) if "format" in document else "no format"
        yield Problem(path=("format",), text=f'found {found}; allowed is "{FORMAT}"')
    for key, value in document.items():
        if key not in _TOP:
            yield unknown((key,), "key", key, _TOP)
        elif key != "weights":
            yield from _typed((key,), key, value)
    layout = document.get("file")
    for key in layout if isinstance(layout, dict) else ():
        if key not in _FILE:
            yield _no_key(("file", key), key, _FILE)
    if not document.get("variable") and "survey" not in document:
        yield Problem(path=(), text="there are no variables; needed are tables [variable.NAME], or the key 'survey'")


def _no_key(path: tuple[str | int, ...], key: str, known: tuple[str, ...]) -> Problem:
    """Say that a table has no such key, and where it stands if it is one of the codebook's own."""
    problem = unknown(path, "key", key, known)
    if key not in _TOP:
        return problem
    where = f"{key!r} is a key of the codebook and stands above the first table, that is, the first [...]"
    return Problem(path=path, text=f"{problem.text} {where}")


def _typed(path: tuple[str | int, ...], key: str, value: object) -> Iterator[Problem]:
    kinds, allowed = _TYPES.get(key, _TEXT)
    wrong = not isinstance(value, kinds) or (isinstance(value, bool) and bool not in kinds)
    if wrong:
        yield Problem(path=path, text=f"found {shown(value)}; allowed is {allowed}")
    elif isinstance(value, list) and key not in ("columns", "bands"):
        for place, entry in enumerate(value):
            if not isinstance(entry, str):
                yield Problem(path=(*path, place), text=f"found {shown(entry)}; allowed is a text in quotes")


def _variables(tables: object, survey: Survey | None) -> tuple[dict[str, Kind], list[Problem]]:
    known = {} if survey is None else question_tables(survey)
    problems: list[Problem] = []
    merged: dict[str, tuple[dict[str, Any], bool]] = {name: (table, False) for name, table in known.items()}
    for name, table in tables.items() if isinstance(tables, dict) else ():
        path = ("variable", name)
        if not isinstance(table, dict):
            problems.append(Problem(path=path, text=f"found {shown(table)}; allowed is a table with the key 'kind'"))
            continue
        asked_of = next((one for one in known if plain(one) == plain(name)), name)
        before = known.get(asked_of, {})
        kind = table.get("kind", before.get("kind"))
        if not isinstance(kind, str) or kind not in MAKERS:
            if kind is None:
                problems.append(Problem(path=(*path, "kind"), text="the key 'kind' is missing; it must be given"))
            else:
                problems.append(unknown((*path, "kind"), "kind", str(kind), MAKERS))
            continue
        found = [
            _no_key((*path, key), key, ("kind", *_KEYS[kind])) for key in table if key not in ("kind", *_KEYS[kind])
        ]
        for key, value in table.items():
            found += _typed((*path, key), key, value) if key in _KEYS[kind] else ()
        problems += found
        if not found:
            kept = {key: value for key, value in before.items() if key in _KEYS[kind]}
            merged[asked_of] = (kept | table | {"kind": kind}, True)
    made: dict[str, Kind] = {}
    for name, (table, _) in merged.items():
        try:
            made[name] = make_kind(table)
        except InputError as error:
            problems.append(Problem(path=("variable", name), text=str(error)))
    return made, problems


def _inventions(tables: dict[str, Any], variables: dict[str, Kind]) -> tuple[dict[str, Invention], list[Problem]]:
    made: dict[str, Invention] = {}
    problems: list[Problem] = []
    for name, table in tables.items():
        path = ("invented", name)
        kind = next((kind for known, kind in variables.items() if plain(known) == plain(name)), None)
        if kind is None:
            problems.append(unknown(path, "variable", name, variables))
            continue
        key = "between" if isinstance(kind, Number) else "shares"
        wrong = [one for one in table if one not in ("given", key)] if isinstance(table, dict) else [name]
        if wrong or key not in table:
            problems.append(
                Problem(path=path, text=f"allowed are the keys 'given' and {key!r}, of which {key!r} must be given")
            )
            continue
        try:
            made[name] = _invention(kind, table, key, variables)
        except (InputError, TypeError, ValueError, AttributeError) as error:
            problems.append(Problem(path=(*path, key), text=f"found {shown(table[key])}: {error}"))
    return made, problems


def _invention(kind: Kind, table: dict[str, Any], key: str, variables: dict[str, Kind]) -> Invention:
    given = table.get("given")
    found = table[key] if given is not None else {"": table[key]}
    if given is not None:
        parent = next((one for name, one in variables.items() if plain(name) == plain(given)), None)
        answers = set(parent.labels) if isinstance(parent, Categories) else set()
        if set(found) != answers:
            message = (
                f"needed is an entry for each answer of {given!r}: {', '.join(map(repr, sorted(answers))) or 'none'}"
            )
            raise InputError(message)
    if key == "between":
        ends = {answer: tuple(int(end) for end in limits) for answer, limits in found.items()}
        if any(len(limits) != 2 or limits[0] > limits[1] for limits in ends.values()):
            message = "allowed are two whole numbers, the smaller first"
            raise InputError(message)
        return Invention(
            given=given, between=tuple((answer, (limits[0], limits[1])) for answer, limits in ends.items())
        )
    labels = kind.labels if isinstance(kind, Categories) else ()
    shares = tuple(
        (answer, tuple((label, float(weight)) for label, weight in weights.items()))
        for answer, weights in found.items()
    )
    for _, weights in shares:
        if not all(label in labels and weight >= 0 for label, weight in weights) or sum(w for _, w in weights) <= 0:
            message = f"allowed are the labels {', '.join(map(repr, labels))}, each with a weight of 0 or more"
            raise InputError(message)
    return Invention(given=given, shares=shares)
