"""Make again what a saved file says, and tell whether it comes out the same.

The call that each number carries is read as data: names of a closed list, plain values, and nothing else. No text of a
file is run.
"""

from __future__ import annotations

import json
import math
import os
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, fields, is_dataclass, replace
from functools import partial
from operator import attrgetter
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, cast

import csea_stats
from csea_stats.claims.check import has_claims, tested_claims
from csea_stats.claims.claim_files import load_claims
from csea_stats.claims.results import Claims
from csea_stats.errors import CseaStatsError, InputError, path_text
from csea_stats.results.associations import Association, Associations
from csea_stats.results.estimate import Estimate
from csea_stats.results.estimate_frames import ids
from csea_stats.results.estimates import Estimates
from csea_stats.results.json_reader import apart, parsed, results_of
from csea_stats.results.json_writer import FORMAT
from csea_stats.results.recipes import Recipe, asks_for_data, call_of, read_call
from csea_stats.results.values import Interval
from csea_stats.survey.named_files import name_of, survey_names
from csea_stats.workflow import FEWEST

if TYPE_CHECKING:
    from csea_stats.respondents.microdata import Microdata
    from csea_stats.survey.survey import Survey

State = Literal["same", "differs", "cannot be checked"]

CLOSE = 1e-12
"""Relative difference within which closed forms agree."""

FUNCTIONS = frozenset(
    {
        *("proportion", "difference", "paired_difference", "paired_shift", "paired_test", "multinomial", "ordinal"),
        *("superiority", "picks", "pick_contrasts", "ranks", "rank_probabilities", "crosstab_bounds"),
        *("tipping_ratio", "tipping_difference", "breakdown_ratio", "difference_breakdown", "association", "tabulate"),
        *(
            "as_survey",
            "release",
            "Model.from_formula",
            "load_survey",
            "estimate",
            "fit",
            "compare_surveys",
            "exact_test",
            "load_model",
            "audit",
            "check_claims",
        ),
        *("Respondents", "Superpopulation", "FinitePopulation", "Population", "Selection", "SelectionBounds"),
        "Disclosure",
    }
)
"""What a recipe may call."""

METHODS = frozenset(
    {
        *("where", "effects", "coefficients", "predictions", "predict", "contrasts", "thresholds", "estimates"),
        *("with_priors", "tipping_points", "proportional_odds"),
    }
)
"""What a recipe may ask of a result."""

SEARCHED = 1e-6
"""Difference within which searches for the best fit, or a limit, agree."""

FREQUENTIST = "method='frequentist'"

DRAWN_SHARE = 0.005
"""Half a unit of the last printed digit of a probability, or a share of sets of answers, that comes of draws."""

DRAWN = ("value", "bounds", "interval", "companion", "sensitivity")
"""Fields of an estimate that hold what draws give, to their last printed digit."""

HELD = (
    *("estimand", "scale", "value", "bounds", "interval", "companion", "threshold", "probability", "sensitivity"),
    *("counts", "base"),
)
"""What a function of bare counts makes again of an estimate, beside its verdict."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Verified:
    """What became of one number of a file when it was made again.

    Parameters
    ----------
    id : str
        As in `Estimates.to_frame`; of a claim its own.
    state : {"same", "differs", "cannot be checked"}
    what : str
        Which field differs, or why it cannot be checked.
    old, new : str
        What the file says, and what was made.
    """

    id: str
    state: State
    what: str = ""
    old: str = ""
    new: str = ""

    def __str__(self) -> str:
        told = f": {self.what}" if self.what else ""
        return f"{self.id}: {self.state}{told}{f' {self.old}, made again {self.new}' if self.old or self.new else ''}"


def verify(
    file: str | os.PathLike[str], data: Microdata | Survey | None = None, codebook: str | None = None
) -> tuple[Verified, ...]:
    """Make every number of a saved file again, and say which come out the same.

    Parameters
    ----------
    file : path
        Estimates, claims, associations, an audit or a fit as JSON, by `to_json` or of a report; or a report's folder,
        of which every such file is verified.
    data : Microdata or Survey, optional
        What the numbers were made of, where it is not shipped with the package; of a folder by default the survey that
        stands in it.
    codebook : str, optional
        With ``data`` as a path: how answers are read.

    Returns
    -------
    tuple of Verified
        A row for each estimate, claim, test, finding, or question whose readings are told, in the order of the file.
        "same": every number, verdict and caveat, closed forms to 1e-12, what comes of draws to the last digit that is
        printed; "differs": with the first field that does; "cannot be checked": it needs answers that were not given.

    Raises
    ------
    InputError
        If the file is none of this package, or the folder holds none.

    Examples
    --------
    >>> import pathlib, tempfile, csea_stats as cs
    >>> path = pathlib.Path(tempfile.mkdtemp()) / "share.json"
    >>> _ = path.write_text(cs.Estimates([cs.proportion(35, 49)]).to_json())
    >>> [row.state for row in cs.verify(path)]
    ['same']
    """
    if isinstance(data, (str, os.PathLike)):
        data = csea_stats.read_respondents(data, codebook) if codebook else csea_stats.load_survey(data)
    path = Path(name_of("verify", file, "the path of a file of results, or of a folder of them"))
    if os.path.isdir(path):  # noqa: PTH112 - False of no possible path
        return tuple(_folder(path, data))
    return _file(path, data)


REPORTED = "survey.toml"
"""The survey that a report was made of, in its folder."""


def _folder(folder: Path, data: object) -> Iterator[Verified]:
    """Yield what became of the numbers of every file of results in a folder."""
    files = [path for path in sorted(folder.glob("*.json")) if _is_results(path)]
    if not files:
        message = (
            f"{path_text(folder)}: there is no file of results (.json) in it; allowed is a folder that a report wrote"
        )
        raise InputError(message)
    told = csea_stats.load_survey(folder / REPORTED) if (folder / REPORTED).is_file() else None
    for path in files:
        try:
            rows = _file(path, _made_of(path, told, data))
        except InputError as error:  # a file that contradicts itself; the others are looked at
            yield Verified(id=path.name, state="differs", what=str(error))
            continue
        yield from (replace(row, id=f"{path.name}: {row.id}") for row in rows)


def _made_of(path: Path, told: Survey | None, data: object) -> object:
    """Return what a file of a report was made of: the survey that stands beside it, or for a model its answers."""
    raw = told is not None and told.sample is not None and told.sample.release is None
    answers = data is not None and not isinstance(data, csea_stats.Survey)
    if raw and path.name.startswith("fit-"):
        return data
    return told if told is not None and (data is None or answers) else data


def _is_results(path: Path) -> bool:
    return f'"{FORMAT}"' in path.read_text(encoding="utf-8", errors="replace")[:1000]


def _file(file: Path, data: object) -> tuple[Verified, ...]:
    try:
        text = file.read_text(encoding="utf-8")
    except (OSError, ValueError) as error:
        message = f"{path_text(file)}: cannot be read: {(isinstance(error, OSError) and error.strerror) or error}"
        raise InputError(message) from error
    try:
        body = parsed(text)
    except InputError as error:
        message = f"{file}: {error}"
        raise InputError(message) from error
    kind = body.get("kind", "claims" if "results" in body else "estimates")
    return tuple(KINDS.get(kind, _estimates)(text, Workshop(data)))


class _LackingError(InputError):
    """A call needs answers, or a survey, that are not here."""

    def __init__(self) -> None:
        super().__init__("it needs the answers, or the survey, that it was made of")


class Workshop:
    """Makes again what calls say, each once.

    Parameters
    ----------
    data : Microdata or Survey or None
    """

    def __init__(self, data: object) -> None:
        self.data = data
        self._made: dict[str, object] = {}

    def made(self, call: str, survey: str | None) -> object:
        """Return what a call makes.

        Raises
        ------
        InputError
            If it is no call of the closed list, or what it needs is not there.
        """
        key = f"{survey}: {call}"
        if key not in self._made:
            try:
                self._made[key] = self._value(read_call(call), survey)
            except TypeError as error:  # a list in a set
                message = f"the call cannot be made: {error}"
                raise InputError(message) from error
        return self._made[key]

    def survey(self, name: str | None) -> object:
        """Return a shipped survey, or the one that was given."""
        if self.data is not None:
            return self.data
        if name in survey_names():
            return csea_stats.load_survey(str(name))
        raise _LackingError

    def _value(self, recipe: Recipe, survey: str | None) -> Any:  # noqa: C901, PLR0911 - a case for each form
        def inner(one: Recipe) -> Any:
            return self._value(one, survey)

        match recipe:
            case str() | int() | float() | None:
                return recipe
            case list():
                return list(map(inner, recipe))
            case {"data": True}:
                return self.survey(survey)
            case {"number": "inf"}:
                return math.inf
            case {"tuple": members}:
                return tuple(map(inner, members))
            case {"set": members}:
                return set(map(inner, members))
            case {"mapping": pairs}:
                return {inner(key): inner(value) for key, value in pairs}
            case {"of": value, "place": place}:
                return _member(inner(value), place)
            case {"of": value, "part": "estimates"}:
                return inner(value).estimates
            case {"of": value, "method": name} if name in METHODS:
                return self._called(getattr(inner(value), name), recipe, inner)
            case {"function": function} if function in FUNCTIONS:
                key = f"{survey}: {call_of(recipe)}"  # many recipes ask of one result
                if key not in self._made:
                    self._made[key] = self._called(attrgetter(function)(csea_stats), recipe, inner)
                return self._made[key]
        message = f"the call holds what no recipe may: {call_of(recipe)[:60]!r}"
        raise InputError(message)

    def _called(self, function: Callable[..., Any], recipe: Recipe, inner: Callable[[Recipe], Any]) -> Any:
        given = [inner(one) for one in recipe.get("arguments", ())]
        named = {name: inner(one) for name, one in recipe.get("options", {}).items()}
        surveys = (csea_stats.load_survey, csea_stats.as_survey, csea_stats.release)
        if function in surveys and isinstance(self.data, csea_stats.Survey):  # what that made stands here
            return self.data
        if function is csea_stats.load_survey and not set(given) <= set(survey_names()):
            raise _LackingError
        try:
            return function(*given, **named)
        except (TypeError, AttributeError) as error:
            message = f"the call does not fit its function: {error}"
            raise InputError(message) from error


def _member(made: Any, place: int) -> Any:
    try:
        return made[place]
    except (IndexError, KeyError, TypeError) as error:
        message = f"the call asks for a member that its result does not have: {place}"
        raise InputError(message) from error


def _members(made: object) -> list[Estimate]:
    """Return the estimates that a result holds."""
    if isinstance(made, Estimate):
        return [made]
    if hasattr(made, "coefficients"):  # a fit
        asked: list[Any] = [made.effects, made.predictions, made.coefficients]  # type: ignore[attr-defined]
        return [one for ask in asked for one in ask()]
    if hasattr(made, "estimates"):
        return list(made.estimates)
    return [one for one in made if isinstance(one, Estimate)] if isinstance(made, Iterable) else []


def _estimates(text: str, workshop: Workshop) -> Iterator[Verified]:
    saved = Estimates.from_json(text)
    for name, one in zip(ids(saved), saved, strict=True):
        yield _checked(name, one, workshop)


def _checked(name: str, one: Estimate, workshop: Workshop, more: str = "") -> Verified:
    candidates, why, lacking = [], "", False
    for call in filter(None, (more, one.provenance.call)):
        try:
            candidates += _members(workshop.made(call, one.provenance.survey))
        except CseaStatsError as error:
            why, lacking = str(error), isinstance(error, _LackingError)
        if any(_alike(one, other) for other in candidates):
            return Verified(id=name, state="same")
    if not candidates:  # a shipped survey is no stand-in for the answers that a model was fitted to
        lacking = lacking or (workshop.data is None and asks_for_data(one.provenance.call))
        return Verified(id=name, state="cannot be checked" if lacking else "differs", what=why)
    if not any(_key(other) == _key(one) for other in candidates):
        bare = [other for other in candidates if _held(one) == _held(other) and other.item in (None, one.item)]
        if bare and any(other.target == one.target for other in bare):
            return Verified(id=name, state="same", what="by its counts alone")
    nearest = min(candidates, key=lambda other: len(list(_apart(one, other))))
    other_data = nearest.provenance.data_hash != one.provenance.data_hash
    if other_data and workshop.data is None and "data" in one.provenance.call:
        return Verified(id=name, state="cannot be checked", what="it needs the answers that it was made of")
    return _outcome(name, one, nearest)


def _outcome(name: str, one: Estimate, other: Estimate) -> Verified:
    """Return whether two estimates are the same, and the first field in which they are not."""
    for what, old, new in _apart(one, other):
        return Verified(id=name, state="differs", what=what, old=old[:80], new=new[:80])
    return Verified(id=name, state="same")


def _key(one: Estimate) -> tuple[object, ...]:
    return one.question, one.item, one.estimand, one.target


def _held(one: Estimate) -> list[object]:
    """Return what bare counts make again: all but the names, and what is known of print."""
    verdict = one.verdict and replace(one.verdict, printed_inconsistently=False)
    return [_plain(getattr(one, name)) for name in HELD] + [_plain(verdict)]


def _alike(one: Estimate, other: Estimate) -> bool:
    return _key(one) == _key(other) and not any(True for _ in _apart(one, other))


def _apart(one: Estimate, other: Estimate) -> Iterator[tuple[str, str, str]]:
    """Yield each field in which two estimates differ, with what either says."""
    slack = _slack(one)
    for name in (field.name for field in fields(Estimate) if field.name != "provenance"):
        old, new = getattr(one, name), getattr(other, name)
        pairs = [(old, new)]
        if name == "sensitivity" and len(old) == len(new):
            pairs = list(zip(old, new, strict=True))
        if not all(_same(*pair, _allowed(one, name, pair[0], slack)) for pair in pairs):
            yield name, repr(old), repr(new)
    made = dict(one.provenance.versions), dict(other.provenance.versions)
    certified = ("certificate",) if made[0].get("csea-stats") == made[1].get("csea-stats") else ()
    for name in ("survey", "places", "data_hash", "seed", "call", *certified):
        old, new = getattr(one.provenance, name), getattr(other.provenance, name)
        if old != new:
            yield f"provenance {name}", repr(old), repr(new)


def _allowed(one: Estimate, name: str, old: object, slack: float) -> float:
    """Return how far a field of an estimate, or a member of its strip, may be apart: more for draws than a search."""
    if not slack or name not in (*DRAWN, "probability"):
        return 0.0
    if name == "probability":
        return DRAWN_SHARE
    span = old[1] if isinstance(old, tuple) and name == "sensitivity" else old
    searched = span.kind == "confidence" if isinstance(span, Interval) else FREQUENTIST in one.provenance.call
    return min(slack, SEARCHED) if searched else slack


def _slack(one: Estimate) -> float:
    """Return half a unit of the last digit that is printed of a number of a fit, by draws or by a search; else 0."""
    span = one.interval
    if not one.provenance.call.startswith("csea_stats.fit(") or span is None:
        return 0.0
    width = span.upper - span.lower
    if not math.isfinite(width):
        width = abs(one.value or 0.0)
    return 0.5 * 10.0 ** math.floor(math.log10(width) - 1) if width > 0 else 0.0


def _plain(value: object) -> object:
    """Return a value as nested tuples of plain values."""
    if is_dataclass(value) and not isinstance(value, type):
        return (type(value).__name__, *(_plain(getattr(value, field.name)) for field in fields(value)))
    if isinstance(value, Mapping):
        return tuple((key, _plain(member)) for key, member in value.items())
    if isinstance(value, (tuple, list)) or (isinstance(value, Sequence) and not isinstance(value, str)):
        return tuple(map(_plain, value))
    return value


def _same(old: object, new: object, slack: float = 0.0) -> bool:
    """Whether two values agree, numbers to the last digits of closed forms, or within what is given."""
    old, new = _plain(old), _plain(new)
    if isinstance(old, tuple) and isinstance(new, tuple):
        return len(old) == len(new) and all(_same(*pair, slack) for pair in zip(old, new, strict=True))
    if isinstance(old, float) and isinstance(new, float):
        return old == new or math.isclose(old, new, rel_tol=CLOSE, abs_tol=max(CLOSE, slack))
    return bool(old == new)


def _of_each(make: Callable[[Survey], Iterator[Verified]], workshop: Workshop, name: str | None) -> list[Verified]:
    """Return what became of a file of a survey; of answers, by the survey that they are told by, or that a page has."""
    survey = workshop.survey(name)
    told = [cast("Survey", survey)]
    if isinstance(survey, csea_stats.Microdata):
        told = [csea_stats.as_survey(survey, smallest=least) for least in (1, FEWEST)]
    rows = [list(make(one)) for one in told]
    return max(rows, key=lambda each: sum(one.state == "same" for one in each))


def _claims(text: str, workshop: Workshop) -> Iterator[Verified]:
    """Make claims again: shipped ones as they are shipped, others as the file has them."""
    saved, body = Claims.from_json(text), parsed(text)
    names = [one.provenance.survey for one in saved.estimates if one.provenance.survey]
    name = next(iter(names), body.get("made", {}).get("source", {}).get("survey"))
    try:
        yield from _of_each(partial(_claims_of, saved), workshop, name)
    except CseaStatsError as error:
        for result in saved:
            yield Verified(id=result.claim.id, state="cannot be checked", what=str(error))


def _claims_of(saved: Claims, survey: Survey) -> Iterator[Verified]:
    why, made = "", {}
    try:
        level = next((one.interval.level for one in saved.estimates if one.interval), 0.95)
        asked, known = {result.claim.id for result in saved}, load_claims(survey) if has_claims(survey) else ()
        if asked & {claim.id for claim in known}:
            made = {one.claim.id: one for one in csea_stats.check_claims(survey, level=level)}
        own = [result.claim for result in saved if result.claim.id not in made]
        made |= {one.claim.id: one for one in tested_claims(own, survey, csea_stats.audit(survey), level=level)}
    except CseaStatsError as error:
        why = str(error)
    for result in saved:
        other = made.get(result.claim.id)
        if other is None:
            yield Verified(id=result.claim.id, state="cannot be checked", what=why)
            continue
        pairs = {one.name: [_unversioned(found, one.name) for found in (result, other)] for one in fields(result)}
        apart = [name for name, (old, new) in pairs.items() if not _same(old, new)]
        yield Verified(id=result.claim.id, state="differs" if apart else "same", what=", ".join(apart))


def _unversioned(result: object, name: str) -> object:
    """Return a field, estimates without the versions that made them."""
    value = getattr(result, name)
    if name != "estimates":
        return value
    return tuple(replace(one, provenance=replace(one.provenance, versions=())) for one in value)


def _associations(text: str, workshop: Workshop) -> Iterator[Verified]:
    """Make every estimate of associations again, and every test."""
    saved, body = Associations.from_json(text), parsed(text)
    pairs = list(zip(body["associations"], saved, strict=True))
    calls = {name: member.estimate.provenance.call for row, member in pairs for name in row["estimates"]}
    numbers = results_of(body).estimates
    rows = {name: _checked(name, one, workshop, calls.get(name, "")) for name, one in numbers.items()}
    yield from rows.values()
    for row, member in pairs:
        first = rows[row["estimates"][0]]
        if first.state == "cannot be checked":
            yield replace(first, id=row["id"])
            continue
        origin = member.estimate.provenance
        try:
            made = workshop.made(origin.call, origin.survey)
        except CseaStatsError as error:
            yield Verified(id=row["id"], state="differs", what=str(error))
            continue
        tests = (made,) if isinstance(made, Association) else made
        again = [one.test for one in tests if _key(one.estimate) == _key(member.estimate)]  # type: ignore[attr-defined]
        yield _compared(row["id"], member.test, again[0] if again else None)


def _audit(text: str, workshop: Workshop) -> Iterator[Verified]:
    """Audit the survey again, and compare every finding and what print allows of every question."""
    body = results_of(parsed(text), "audit").body
    try:
        yield from _of_each(partial(_audit_of, body), workshop, body["made"]["source"]["survey"])
    except InputError as error:
        yield Verified(id="audit", state="cannot be checked", what=str(error))


def _audit_of(body: Mapping[str, Any], survey: Survey) -> Iterator[Verified]:
    made = json.loads(csea_stats.audit(survey).to_json())
    yield _compared("source", body["made"]["source"], made["made"]["source"])
    for part in ("audit", "readings"):
        old, new = ({one["id"]: one for one in rows} if part == "audit" else rows for rows in (body[part], made[part]))
        for name in dict.fromkeys((*old, *new)):
            yield _compared(f"{part}/{name}", old.get(name), new.get(name))


def _compared(name: str, old: object, new: object, slack: float = 0.0) -> Verified:
    """Return whether a part of a file says what was made."""
    if old == new or _same(old, new, slack):
        return Verified(id=name, state="same")
    pair = [asdict(one) if is_dataclass(one) and not isinstance(one, type) else one for one in (old, new)]
    where, *told = next((one for one in apart(pair[0], pair[1]) if not _same(one[1], one[2], slack)), ("", old, new))
    return Verified(id=name, state="differs", what=where.strip("/"), old=repr(told[0])[:80], new=repr(told[1])[:80])


def _fit(text: str, workshop: Workshop) -> Iterator[Verified]:
    """Fit again, and compare every estimate, then what else the file tells of the fit."""
    file = results_of(parsed(text), "fit")
    origin = file.named(file.body["coefficients"])[0].provenance
    try:
        made = results_of(parsed(workshop.made(origin.call, origin.survey).to_json()))  # type: ignore[attr-defined]
    except CseaStatsError as error:
        lacking = workshop.data is None and asks_for_data(origin.call)
        yield Verified(id="fit", state="cannot be checked" if lacking else "differs", what=str(error))
        return
    if made.body["made"]["source"] != file.body["made"]["source"] and workshop.data is None:
        yield Verified(id="fit", state="cannot be checked", what="it needs the answers that it was made of")
        return
    for name in dict.fromkeys((*file.estimates, *made.estimates)):
        old, new = file.estimates.get(name), made.estimates.get(name)
        if old is None or new is None:
            yield Verified(
                id=name, state="differs", what="it is told once only", old=repr(old)[:80], new=repr(new)[:80]
            )
        else:
            yield _outcome(name, old, new)
    for part in dict.fromkeys((*file.body, *made.body)):
        if part not in ("estimates", "notes", "made"):
            yield _compared(part, file.body.get(part), made.body.get(part), DRAWN_SHARE)


KINDS: dict[str, Callable[[str, Workshop], Iterator[Verified]]] = {
    "estimates": _estimates,
    "claims": _claims,
    "associations": _associations,
    "audit": _audit,
    "fit": _fit,
}
"""How each kind of file is made again."""
