"""What makes a comparison of two shares doubtful: its target, its counts, methods and priors that disagree."""

from __future__ import annotations

from typing import TYPE_CHECKING

from csea_stats.estimators.gaps.log_odds import PRIORS
from csea_stats.estimators.gaps.relative_marks import relative_caveats
from csea_stats.estimators.gaps.relative_tiers import RelativeSetting
from csea_stats.estimators.gaps.tiers import CHANCE_ALONE, CREDIBLE, GapSetting
from csea_stats.estimators.marks import Shown, pair_caveats, target_caveats
from csea_stats.results.caveats import caveat
from csea_stats.results.verdicts import side
from csea_stats.targets.populations import Population, Respondents, Target

if TYPE_CHECKING:
    from csea_stats.estimators.gaps.spans import Sides
    from csea_stats.results.values import Caveat, Interval

Setting = GapSetting | RelativeSetting


def gap_caveats(sides: Sides, target: Target, setting: Setting, shown: Shown) -> list[Caveat]:
    """Return every doubt about a difference, a ratio or an odds ratio."""
    if _everybody(sides, setting):
        counted = [
            doubt for pairs in sides for doubt in pair_caveats(pairs, Respondents(), level=setting.level, closed=False)
        ]
        return [caveat("census"), *dict.fromkeys(counted)]
    found = target_caveats(target, groups=True)
    for pairs in sides:
        found.extend(pair_caveats(pairs, target, level=setting.level, closed=False))
    if not isinstance(target, Respondents):
        found.append(caveat("independent-groups"))
    if isinstance(target, Population):
        found.append(caveat("group-tiers"))
    if isinstance(setting, RelativeSetting):
        found.extend(relative_caveats(sides, target, setting))
    asked, main, other = setting.threshold, shown.interval, shown.companion
    if asked is not None and main and other and shown.verdict and shown.verdict.word == "not settled":
        if not isinstance(target, Population) and side([main], asked) != side([other], asked):
            found.append(caveat("methods-disagree"))
        if len({side([member], asked) for member in _priors(shown, main, asked)}) > 1:
            found.append(caveat("prior-decides"))
    return list(dict.fromkeys(found))


def _everybody(sides: Sides, setting: Setting) -> bool:
    """Whether all people of both groups answered."""
    sizes = setting.sizes if isinstance(setting, GapSetting) else None
    return sizes is not None and all(n == size for side, size in zip(sides, sizes, strict=True) for _, n in side)


def _priors(shown: Shown, main: Interval, threshold: float) -> list[Interval]:
    """Return the interval under each customary prior, where they can be held against each other."""
    alone = [member for name, member in shown.strip if name in CHANCE_ALONE]
    if not alone:
        return [main, *(member for name, member in shown.strip if name in CREDIBLE or name in PRIORS)]
    # With a prior on who took part the interval is the wider one: only if it is settled does another prior decide.
    return [main, *alone] if side([main], threshold) else []
