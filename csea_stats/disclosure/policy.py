"""The rule of a release: which counts are hidden, which groups are told, and what a reader must be left unsure of."""

from __future__ import annotations

from dataclasses import dataclass, replace

from csea_stats.errors import InputError, UnknownName, check_kind
from csea_stats.results.numbers import number_of

FEWEST_HIDDEN = 3
"""The laxest rule that needs no reason hides counts below this, and tells of no group below `FEWEST_TOLD`."""

FEWEST_TOLD = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class Disclosure:
    """A rule for what may be told of respondents' answers.

    Parameters
    ----------
    minimum : int, default 5
        Counts of fewer people, 0 included, are told as "under 5".
    group : int, default 10
        No distribution of a smaller group is told; smaller groups are joined.
    spread : int, default 3
        So many values of every hidden count are left to a reader at least; to a respondent, who knows their own answer,
        one fewer but at least two.
    most : float or None
        No answer is seen to be given by this share of a group or more; None: by all of a group but one. Whoever is in a
        group thereby never learns what all others in it answered.
    reason : str or None
        Why the rule is laxer than "light", if it is; it stands with the release.

    Examples
    --------
    >>> Disclosure().text
    'Counts of fewer than 5 people are told as "under 5", and no group of fewer than 10 people by itself.'
    """

    minimum: int = 5
    group: int = 10
    spread: int = 3
    most: float | None = None
    reason: str | None = None

    def __post_init__(self) -> None:
        """Refuse a rule that hides nothing, or cannot be met."""
        for name, least in (("minimum", 2), ("group", 3), ("spread", 2)):
            found = getattr(self, name)
            if type(found) is not int or found < least:
                message = f"Disclosure: {name}={found!r}; allowed is a whole number of at least {least}"
                raise InputError(message)
        if self.spread > self.minimum or self.minimum > self.group:
            message = (
                f"Disclosure: spread {self.spread}, minimum {self.minimum}, group {self.group}; allowed is a spread of "
                "at most the minimum, and a minimum of at most the group"
            )
            raise InputError(message)
        if self.most is not None and not 0.5 < self.most <= 1:
            message = f"Disclosure: most={self.most!r}; allowed is None or a share above 0.5 and at most 1"
            raise InputError(message)
        if (self.minimum < FEWEST_HIDDEN or self.group < FEWEST_TOLD) and not (self.reason or "").strip():
            message = (
                f"Disclosure: minimum {self.minimum} and group {self.group} are laxer than 'light' ({FEWEST_HIDDEN} "
                f'and {FEWEST_TOLD}); say why: Disclosure(..., reason="...")'
            )
            raise InputError(message)

    def cap(self, people: int) -> int:
        """Return how many of a group may be seen to have given one answer at most."""
        least = people - 2
        return least if self.most is None else min(least, -int(-self.most * people // 1) - 1)

    @property
    def spread_within(self) -> int:
        """How many values of every hidden count are left to a respondent, who knows their own answer."""
        return max(self.spread - 1, 2)

    @property
    def text(self) -> str:
        """The rule in words."""
        why = f" Reason for this rule: {self.reason}" if self.reason else ""
        return (
            f'Counts of fewer than {number_of(self.minimum, "people")} are told as "under {self.minimum}", and no '
            f"group of fewer than {number_of(self.group, 'people')} by itself.{why}"
        )


PRESETS = {
    "light": Disclosure(minimum=3, group=5, spread=2),
    "standard": Disclosure(),
    "strict": Disclosure(minimum=10, group=10, most=0.9),
}
"""The rules that have a name."""


def rule_of(policy: Disclosure | str) -> Disclosure:
    """Return a rule by its name, or as it is.

    Examples
    --------
    >>> rule_of("strict").minimum
    10
    """
    check_kind("policy", policy, str, Disclosure)
    if isinstance(policy, Disclosure):
        return replace(policy)
    if policy not in PRESETS:
        raise UnknownName("policy", policy, PRESETS)
    return PRESETS[policy]
