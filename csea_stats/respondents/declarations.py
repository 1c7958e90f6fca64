"""What a codebook declares of a data file, checked when made: variables, who counts, how the file is laid out."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, fields
from typing import TYPE_CHECKING, Any, cast

from pydantic import ValidationError

from csea_stats.errors import InputError, UnknownName, check_kind, in_short
from csea_stats.respondents.coding import codes_of
from csea_stats.respondents.columns import CHOSEN, option_name, option_of
from csea_stats.respondents.disclosure_rules import Disclosure, declared_rule
from csea_stats.respondents.kinds import Categories, Kind, Multiple, Number
from csea_stats.respondents.layouts import FileLayout, layout_of
from csea_stats.respondents.texts import Value, declared_text, declared_texts, is_nothing, plain
from csea_stats.results.numbers import number_of
from csea_stats.survey.draft_marks import ReadFromFile
from csea_stats.survey.source import Source, TargetWords

if TYPE_CHECKING:
    from csea_stats.respondents.kind_parts import Pairs

Shares = tuple[tuple[str, float], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Invention:
    """What a variable of synthetic answers is drawn from.

    Parameters
    ----------
    given : str or None
        A variable on whose answer it hangs.
    shares : tuple of (answer of ``given``, ((label, weight), ...))
        For coded variables; the answer is "" where nothing is given.
    between : tuple of (answer of ``given``, (lowest, highest))
        For numbers: whole numbers, each as likely.
    """

    given: str | None = None
    shares: tuple[tuple[str, Shares], ...] = ()
    between: tuple[tuple[str, tuple[int, int]], ...] = ()

    def table(self) -> dict[str, Any]:
        """Return the table of a codebook file."""
        shares = {answer: dict(weights) for answer, weights in self.shares}
        between = dict(self.between)
        key, found = ("shares", shares) if shares else ("between", between)
        return ({"given": self.given} if self.given is not None else {}) | {
            key: found if self.given is not None else found[""]
        }

    def words(self) -> str:
        """Return the distribution in words."""
        head = f"given {self.given}: " if self.given else ""
        parts = [
            f"{f'{answer!r}: ' if answer else ''}" + ", ".join(f"{label!r} {weight:g}" for label, weight in weights)
            for answer, weights in self.shares
        ]
        parts += [
            f"{f'{answer!r}: ' if answer else ''}whole numbers {low} to {high}" for answer, (low, high) in self.between
        ]
        return head + "; ".join(parts)


def option_kind(question: str, kind: Kind, item: str) -> Categories:
    """Return one option of a question with several answers each as a variable: whether it was chosen."""
    says, nouns = ({}, {}) if isinstance(kind, Number) else (dict(kind.says), dict(kind.named))
    return Categories(
        *CHOSEN,
        label=f"{kind.label or question}: {item}",
        off_scale=kind.off_scale,
        says={CHOSEN[1]: says[item]} if item in says else None,
        named={CHOSEN[1]: nouns[item]} if item in nouns else None,
        asked=dict(kind.asked),
    )


CUSTOMARY = ("", "NA")
"""What means "no answer" unless a codebook says otherwise; a declared label of the same text stays a label."""

AT_END = " "
"""The key of remarks at the end of a written codebook; no variable has such a name."""

Limits = tuple[float | None, float | None]

Hurdle = tuple[str, tuple[str, ...] | Limits]


@dataclass(frozen=True, slots=True, init=False, repr=False)
class Declarations(ReadFromFile):
    """The variables of a data file, with their labels, and who counts as a respondent.

    Notes
    -----
    The parameters are told at `Codebook`, which adds what can be asked of it.
    """

    variables: tuple[tuple[str, Kind], ...]
    missing: tuple[str, ...]
    respondent: str | None
    cluster: str | None
    eligible: tuple[Hurdle, ...]
    targets: TargetWords | None
    survey: str | None
    invented: tuple[tuple[str, Invention], ...]
    file: FileLayout
    filled: tuple[str, ...]
    duplicates: str | None
    exclude: Pairs
    groups: tuple[str, ...]
    source: Source | None
    disclosure: Disclosure | None
    remarks: tuple[tuple[str, tuple[str, ...]], ...] = field(compare=False)

    def __init__(  # noqa: PLR0913 - one keyword per property of a data file
        self,
        variables: Mapping[str, Kind],
        *,
        missing: Iterable[str] = CUSTOMARY,
        respondent: str | None = "id",
        cluster: str | None = None,
        eligible: Mapping[str, object] | None = None,
        targets: TargetWords | None = None,
        survey: str | None = None,
        weights: object = None,
        invented: Mapping[str, Invention] | None = None,
        file: Mapping[str, object] | FileLayout | None = None,
        filled: Iterable[str] = (),
        duplicates: str | None = None,
        exclude: Mapping[Value, str] | None = None,
        groups: Iterable[str] = (),
        source: Mapping[str, Any] | Source | None = None,
        disclosure: Mapping[str, Any] | Disclosure | str | None = None,
        remarks: Mapping[str, Iterable[str]] | None = None,
    ) -> None:
        if weights is not None:
            message = (
                f"weights: found {weights!r}; weights are not supported: every answer counts once. Leave the key out, "
                "and the column is not used"
            )
            raise InputError(message)
        check_kind("Codebook", variables, Mapping)
        if not variables:
            message = "Codebook: found {}; allowed is a mapping from names to Ordered, Categories, ..."
            raise InputError(message)
        for key, text in {"respondent": respondent, "cluster": cluster, "survey": survey}.items():
            check_kind(key, text, str, type(None))
        check_kind("targets", targets, TargetWords, type(None))
        _check_named(eligible, invented)
        excluded = _excluded(duplicates, exclude)
        marks = _marks(missing)
        problems = _names(variables)
        sound = {name: kind for name, kind in variables.items() if _is_kind(kind)}
        hurdles, more = _hurdles(sound, eligible or {})
        by, wrong = _grouping(sound, groups)
        problems += [*_clashes(sound, marks), *_asked(sound), *more, *wrong]
        if problems:
            raise InputError("\n  ".join([f"codebook: {number_of(len(problems), 'problems')}", *problems]))
        settings: dict[str, object] = {"missing": marks, "respondent": respondent or None, "cluster": cluster}
        settings |= {"eligible": hurdles, "targets": targets, "survey": survey}
        settings |= {
            "invented": tuple((invented or {}).items()),
            "filled": declared_texts("filled", filled),
            "duplicates": duplicates,
            "exclude": excluded,
            "variables": tuple(variables.items()),
            "file": layout_of(file),
            "groups": by,
            "source": source_of(source),
            "disclosure": declared_rule(disclosure, variables),
            "remarks": tuple((name, tuple(lines)) for name, lines in (remarks or {}).items()),
        }
        for key, value in settings.items():
            object.__setattr__(self, key, value)

    def __repr__(self) -> str:
        return f"<Codebook: {len(self)} variables>"

    def __iter__(self) -> Iterator[str]:
        return iter([name for name, _ in self.variables])

    def __len__(self) -> int:
        return len(self.variables)

    def __contains__(self, name: object) -> bool:
        return isinstance(name, str) and any(plain(name) == plain(known) for known, _ in self.variables)

    def name(self, name: str) -> str:
        """Return a variable's name as declared; a hyphen and an underscore are the same.

        One option of a `Multiple` is a variable, too: ``services[legal aid]``.

        Raises
        ------
        UnknownName
            If there is no such variable, or no such option of it.
        InputError
            If it is no name.
        """
        question, item = self.part(name)
        return question if item is None else option_name(question, item)

    def part(self, name: str) -> tuple[str, str | None]:
        """Return the declared variable that a name means, and its option where the name is of one."""
        check_kind("variable", name, str)
        for known, _ in self.variables:
            if plain(known) == plain(name):
                return known, None
        heads = [known for known, _ in self.variables if plain(name).startswith(f"{plain(known)}[")]
        question = max(heads, key=len, default="")  # a name may have brackets itself
        option = option_of(f"_{name[len(question) :]}")
        if option is None or not question:
            raise UnknownName("variable", name, [known for known, _ in self.variables])
        kind = dict(self.variables)[question]
        if not isinstance(kind, Multiple):
            message = (
                f"variable {name!r}: {question!r} has one answer each; allowed in brackets are options of a Multiple"
            )
            raise InputError(message)
        for item in kind.items:
            if plain(item) == plain(option[1]):
                return question, item
        raise UnknownName(f"option of {question!r}", option[1], kind.items)

    def __getitem__(self, name: str) -> Kind:
        question, item = self.part(name)
        kind = dict(self.variables)[question]
        return kind if item is None else option_kind(question, kind, item)


def _marks(missing: object) -> tuple[str, ...]:
    """Return the texts that mean no answer."""
    if isinstance(missing, str):
        message = f'missing: found the text {in_short(missing)}; allowed is a sequence of texts, such as ("", "NA")'
        raise InputError(message)
    check_kind("missing", missing, Iterable)
    return tuple(declared_text("missing", mark) for mark in cast("Iterable[object]", missing))


def _check_named(eligible: object, invented: object) -> None:
    """Check that what is said of variables is said by their names."""
    for key, found in (("eligible", eligible), ("invented", invented)):
        check_kind(key, found, Mapping, type(None))
        for name, told in found.items() if isinstance(found, Mapping) else ():
            check_kind("eligible and invented: the name of a variable", name, str)
            check_kind(f"invented: {name!r}", told if key == "invented" else None, Invention, type(None))


def _excluded(duplicates: object, exclude: Mapping[Value, str] | None) -> Pairs:
    """Check which rows of a repeated id and which single rows do not count; freeze the latter."""
    if duplicates not in (None, "first", "last"):
        message = f'duplicates: found {in_short(duplicates)}; allowed is "first" or "last"'
        raise InputError(message)
    check_kind("exclude", exclude, Mapping, type(None))
    for key, reason in (exclude or {}).items():
        check_kind(f"exclude: {key!r}", reason, str)
    return tuple((declared_text("exclude", key), reason) for key, reason in (exclude or {}).items())


UNTOLD: dict[str, Any] = {
    **{entry.name: entry.default for entry in fields(Source)},
    "title": "answers",
    "publisher": (),
}
UNTOLD |= dict.fromkeys(("country", "year", "mode", "recruitment"), "not told")
"""What stands for the keys of a source that nobody gave."""


def source_of(found: object) -> Source | None:
    """Return where answers come from, from what is known of it."""
    check_kind("source", found, Mapping, Source, type(None))
    if not isinstance(found, Mapping):
        return found if isinstance(found, Source) else None
    for key in found:
        if key not in UNTOLD:
            raise UnknownName("key of source", str(key), list(UNTOLD))
    told = {key: tuple(one) if isinstance(one, list) else one for key, one in found.items()}
    try:
        return Source(**(UNTOLD | told))
    except ValidationError as error:
        wrong = "; ".join(f"{'.'.join(map(str, one['loc']))}: {one['msg']}" for one in error.errors())
        message = f"source: {wrong}"
        raise InputError(message) from None


def _grouping(variables: Mapping[str, Kind], groups: Iterable[str]) -> tuple[tuple[str, ...], list[str]]:
    """Return the variables by whose groups a report tells the others, and what is wrong with them."""
    found: list[str] = []
    wrong = []
    for name in declared_texts("groups", groups):
        known = next((one for one in variables if plain(str(one)) == plain(name)), None)
        if known is None:
            wrong.append(f"groups: there is no variable {name!r}")
        elif not isinstance(variables[known], Categories):
            wrong.append(f"groups: {name!r}; allowed are variables with one answer each, Ordered or Categories")
        else:
            found.append(known)
    return tuple(dict.fromkeys(found)), wrong


def _is_kind(found: object) -> bool:
    return isinstance(found, (Categories, Number, Multiple))


def _names(variables: Mapping[Any, object]) -> list[str]:
    found: list[str] = []
    seen: dict[str, str] = {}
    for name, kind in variables.items():
        if not isinstance(name, str) or not name.strip():
            found.append(f"found the name {name!r}; allowed is a text that is not empty")
            continue
        if not _is_kind(kind):
            found.append(f"{name!r}: found {in_short(kind)}; allowed is Ordered, Categories, Number or Multiple")
        if plain(name) in seen:
            found.append(
                f"{name!r}: is the same name as {seen[plain(name)]!r} (a hyphen and an underscore are the same)"
            )
        seen[plain(name)] = name
    return found


def _labels(kind: Kind) -> tuple[str, ...]:
    if isinstance(kind, Categories):
        return (*kind.labels, *kind.off_scale)
    return (*kind.items, *kind.off_scale) if isinstance(kind, Multiple) else kind.off_scale


def _clashes(variables: Mapping[str, Kind], missing: tuple[str, ...]) -> list[str]:
    """Find texts that mean an answer and a missing one; the customary marks give way."""
    marks = set(missing) - set(CUSTOMARY)
    return [
        f"{name!r}: {label!r} means an answer and also stands in missing=...; drop one of the two"
        for name, kind in variables.items()
        for label in dict.fromkeys((*_labels(kind), *codes_of(kind)))
        if label in marks | set(kind.missing) - set(CUSTOMARY)
    ]


def _known(variables: Mapping[str, Kind], name: str) -> Kind | None:
    return next((kind for known, kind in variables.items() if plain(str(known)) == plain(name)), None)


def _asked(variables: Mapping[str, Kind]) -> list[str]:
    found = []
    for name, kind in variables.items():
        for parent, labels in kind.asked:
            other = _known(variables, parent)
            if other is None:
                found.append(f"{name!r}: asked: there is no variable {parent!r}")
            elif isinstance(other, Number):
                found.append(f"{name!r}: asked: {parent!r} is a number; allowed is a variable with answers")
            else:
                answers = other.items if isinstance(other, Multiple) else other.labels
                listed = ", ".join(map(repr, answers))
                found.extend(
                    f"{name!r}: asked: {parent!r} has no answer {label!r}; there is {listed}"
                    for label in labels
                    if label not in answers
                )
    return found


def _hurdles(variables: Mapping[str, Kind], eligible: Mapping[str, object]) -> tuple[tuple[Hurdle, ...], list[str]]:
    hurdles: list[Hurdle] = []
    problems: list[str] = []
    for name, allowed in eligible.items():
        kind = _known(variables, name)
        if isinstance(kind, Categories):
            labels = (allowed,) if isinstance(allowed, str) else tuple(allowed) if isinstance(allowed, Iterable) else ()
            wrong = [label for label in labels if label not in _labels(kind)]
            if wrong or not labels:
                listed = ", ".join(map(repr, _labels(kind)))
                problems.append(f"eligible: {name!r}: found {in_short(allowed)}; allowed are labels of it, {listed}")
            else:
                hurdles.append((name, tuple(str(label) for label in labels)))
        elif isinstance(kind, Number):
            limits = tuple(allowed) if isinstance(allowed, (tuple, list)) else ()
            limits = tuple(None if isinstance(end, float) and math.isinf(end) else end for end in limits)
            numbers = [end for end in limits if end is not None]
            if len(limits) != 2 or not all(isinstance(end, (int, float)) and not is_nothing(end) for end in numbers):
                problems.append(
                    f"eligible: {name!r}: found {in_short(allowed)}; allowed is (lowest, highest), None for no limit"
                )
            else:
                hurdles.append((name, (limits[0], limits[1])))
        elif kind is None:
            problems.append(f"eligible: there is no variable {name!r}; a hurdle must be declared as a variable")
        else:
            problems.append(f"eligible: {name!r} is a Multiple; allowed are Categories, Ordered and Number")
    return tuple(hurdles), problems
