"""What goes with every estimate: the caveats of its target and counts, and how to make it again."""

from __future__ import annotations

import hashlib
import math
from typing import TYPE_CHECKING

from csea_stats.results.caveats import caveat
from csea_stats.results.numbers import count_words, integer, number_of, percent, ratio
from csea_stats.results.values import Base, Caveat, Provenance, versions
from csea_stats.targets.populations import FinitePopulation, Respondents, SelectionBounds, Superpopulation, Target

if TYPE_CHECKING:
    from collections.abc import Iterable

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
