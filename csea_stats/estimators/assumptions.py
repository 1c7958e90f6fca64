"""What goes with every estimate: the caveats of its target and counts, and how to make it again."""

from __future__ import annotations

import hashlib
import math
from dataclasses import fields
from typing import TYPE_CHECKING

from csea_stats.results.caveats import caveat
from csea_stats.results.numbers import count_words, integer, number_of, percent, ratio
from csea_stats.results.values import Base, Caveat, Provenance, versions
from csea_stats.targets.populations import (
    FinitePopulation,
    Population,
    Respondents,
    Selection,
    SelectionBounds,
    Superpopulation,
    Target,
)

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from csea_stats.estimators.arguments import Pair

FEW = 15
"""Below so many people a share carries a caveat."""


def target_caveats(target: Target, *, groups: bool = False) -> list[Caveat]:
    """Return what a target itself makes doubtful, for one number or for one that compares groups."""
    if isinstance(target, Respondents):
        return [caveat("counted")]
    found: list[Caveat] = []
    if isinstance(target, Superpopulation):
        found.append(caveat("chance-alone"))
    elif isinstance(target, FinitePopulation):
        found.append(caveat("who-took-part-ignored", size=integer(target.size)))
    elif target.selection == SelectionBounds(ratio=math.inf):
        found.append(caveat("nothing-assumed"))
    elif isinstance(target.selection, SelectionBounds):
        found.append(caveat("selection-bounded", ratio=ratio(target.selection.ratio)))
    elif target.selection.mean == 0 and groups:
        alike = _alike(target.selection.correlation)
        found.append(caveat("selection-by-group", ratio=ratio(target.selection.ratio), correlation=alike))
    elif target.selection.mean == 0:
        found.append(caveat("selection-assumed", ratio=ratio(target.selection.ratio)))
    else:
        centre = ratio(math.exp(target.selection.mean))
        found.append(caveat("selection-centred", centre=centre, ratio=ratio(target.selection.ratio)))
        found.append(caveat("selection-direction", reason=(target.selection.reason or "").strip().rstrip(".")))
        if groups:
            found.append(caveat("selection-correlated", correlation=_alike(target.selection.correlation)))
    if target.design_effect > 1:
        found.append(caveat("equal-clusters", effect=f"{target.design_effect:g}"))
    return found


def _alike(correlation: float) -> str:
    """Return how who took part in one group hangs together with who took part in the other."""
    return f"with a correlation of {correlation:g} between them" if correlation else "independently of each other"


def count_caveats(pairs: tuple[Pair, ...], target: Target) -> list[Caveat]:
    """Return what counts and bases make doubtful: several of them, few people."""
    counts, bases = sorted({x for x, _ in pairs}), sorted({n for _, n in pairs})
    found = []
    if len(counts) > 1:
        found.append(caveat("print-ambiguous", counts=count_words(tuple(counts))))
    if len(bases) > 1:
        found.append(caveat("base-uncertain", bases=count_words(tuple(bases), "bases")))
    if isinstance(target, Respondents):
        return found
    if bases[0] < FEW:
        found.append(caveat("few", base=number_of(bases[0], "people"), points=percent(1 / bases[0])))
    return found


def everyone(pairs: tuple[Pair, ...], target: Target) -> bool:
    """Whether those who answered are the whole population that the target speaks of."""
    size = getattr(target, "size", None)
    return size is not None and all(n == size for _, n in pairs)


def share_caveats(pairs: tuple[Pair, ...], target: Target) -> list[Caveat]:
    """Return what the target and the counts make doubtful about a share; of a census only the counts do."""
    if everyone(pairs, target):
        return [caveat("census"), *count_caveats(pairs, Respondents())]
    return [*target_caveats(target), *count_caveats(pairs, target)]


def base_of(bases: Iterable[int]) -> Base:
    """Return a base, or the several that print allows."""
    found = sorted(set(bases))
    return found[0] if len(found) == 1 else tuple(found)


def provenance(call: str, data: object, certificate: str | None = None) -> Provenance:
    """Return the origin of an estimate made from counts alone."""
    return Provenance(call=call, data_hash=hash_of(data), versions=versions(), certificate=certificate)


def hash_of(data: object) -> str:
    """Return the fingerprint of counts."""
    return hashlib.sha256(repr(data).encode()).hexdigest()


class Verbatim(str):
    """A text that stands in a call as it is: the name of a value that cannot be written there."""

    __slots__ = ()
    __repr__ = str.__str__


def call_words(name: str, arguments: Iterable[object], settings: Mapping[str, tuple[object, object]]) -> str:
    """Return a call as it would be typed; settings at their default are left out.

    Parameters
    ----------
    settings : mapping of name to (value, default)

    Examples
    --------
    >>> call_words("proportion", [{10, 9}, 24], {"level": (0.9, 0.95), "label": (None, None)})
    'csea_stats.proportion({9, 10}, 24, level=0.9)'
    """
    told = [argument_words(argument) for argument in arguments]
    return f"csea_stats.{name}({', '.join([*told, *_changed(settings)])})"


def method_words(of: str, name: str, settings: Mapping[str, tuple[object, object]]) -> str:
    """Return what is asked of the result of a call, as it would be typed; settings as in `call_words`.

    Examples
    --------
    >>> method_words("csea_stats.tabulate(data, 'seen', by='team')", "contrasts", {"level": (0.9, 0.95)})
    "csea_stats.tabulate(data, 'seen', by='team').contrasts(level=0.9)"
    """
    return f"{of}.{name}({', '.join(_changed(settings))})"


def _changed(settings: Mapping[str, tuple[object, object]]) -> Iterator[str]:
    for name, (value, default) in settings.items():
        if not _same(value, default):
            yield f"{name}={argument_words(value)}"


def _same(value: object, default: object) -> bool:
    """Whether a setting is at its default; an array never is."""
    same: object = value == default
    return same is True


def argument_words(value: object) -> str:
    """Return a value as it would be typed."""
    if isinstance(value, (set, frozenset)):
        return "{" + ", ".join(argument_words(member) for member in sorted(value)) + "}"
    if isinstance(value, (tuple, list)):
        inner = ", ".join(argument_words(member) for member in value)
        return f"[{inner}]" if isinstance(value, list) else f"({inner},)" if len(value) == 1 else f"({inner})"
    if isinstance(value, dict):
        return "{" + ", ".join(f"{key!r}: {argument_words(member)}" for key, member in value.items()) + "}"
    if isinstance(value, (Respondents, Superpopulation, FinitePopulation, Population, Selection, SelectionBounds)):
        return _target_words(value)
    if type(value).__module__ == "numpy":
        return argument_words(value.tolist())  # type: ignore[attr-defined]
    return 'float("inf")' if isinstance(value, float) and value == math.inf else repr(value)


def _target_words(value: Target | Selection | SelectionBounds) -> str:
    told: list[str] = []
    for field in fields(value):
        found = getattr(value, field.name)
        if field.name in ("selection", "ratio") or found != field.default:
            text = argument_words(found)
            positional = not field.kw_only and field.name in ("size", "selection") and not told
            told.append(text if positional else f"{field.name}={text}")
    return f"csea_stats.{type(value).__name__}({', '.join(told)})"
