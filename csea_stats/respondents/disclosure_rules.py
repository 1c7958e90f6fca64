"""The rule of a release: which counts are hidden, which groups are told, and what a reader must be left unsure of."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields, replace
from typing import TYPE_CHECKING, Any

from csea_stats.errors import InputError, UnknownName, check_kind
from csea_stats.respondents.texts import declared_texts, plain
from csea_stats.results.numbers import number_of

if TYPE_CHECKING:
    from collections.abc import Iterable

    from csea_stats.respondents.kind_parts import Pairs

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
    key : sequence of str
        Variables that others know of people: age, organisation. Counts are proved against who knows every variable,
        whatever is named here; rows are released by these, see `csea_stats.anonymity`.
    public : mapping of str to str
        Variables that are no secret of anybody's, such as facts on organisations that a directory lists, each with the
        reason why. How many gave each answer to them in all is told as it is, where everybody has one.

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
    key: tuple[str, ...] = ()
    public: Mapping[str, str] | Pairs = ()

    def __post_init__(self) -> None:
        """Refuse a rule that hides nothing, or cannot be met."""
        object.__setattr__(self, "key", declared_texts("key", self.key))
        object.__setattr__(self, "public", _reasons(self.public))
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
        check_kind("Disclosure: reason", self.reason, str, type(None))
        check_kind("Disclosure: most", self.most, float, int, type(None))
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
        told = "; ".join(f"{name}: {reason}" for name, reason in _reasons(self.public))
        return (
            f'Counts of fewer than {number_of(self.minimum, "people")} are told as "under {self.minimum}", and no '
            f"group of fewer than {number_of(self.group, 'people')} by itself.{why}"
            f"{f' Told as it is, as no secret: {told}.' if told else ''}"
        )

    def table(self) -> dict[str, Any]:
        """Return the table of a codebook file: what differs from "standard", else its name."""
        given = {one.name: getattr(self, one.name) for one in fields(self)} | {"public": dict(_reasons(self.public))}
        usual = {one.name: one.default for one in fields(self)}
        return {name: one for name, one in given.items() if one and one != usual[name]} or {"rule": "standard"}


def _reasons(public: object) -> Pairs:
    """Return variables that are no secret, each with the reason."""
    pairs = tuple(public.items()) if isinstance(public, Mapping) else public
    if not isinstance(pairs, tuple) or not all(
        isinstance(pair, tuple) and len(pair) == 2 and all(isinstance(text, str) and text.strip() for text in pair)
        for pair in pairs
    ):
        message = f"Disclosure: public={public!r}; allowed is a mapping from variables to the reason of each, a text"
        raise InputError(message)
    return pairs


PRESETS = {
    "light": Disclosure(minimum=3, group=5, spread=2),
    "standard": Disclosure(),
    "strict": Disclosure(minimum=10, group=10, most=0.9),
}
"""The rules that have a name."""


def rule_of(policy: Disclosure | str | None, declared: Disclosure | None = None) -> Disclosure:
    """Return a rule by its name, with what a codebook declares of variables, or as it is.

    Parameters
    ----------
    policy : Disclosure, str or None
        None: the declared rule, else "standard".
    declared : Disclosure, optional

    Examples
    --------
    >>> rule_of("strict").minimum, rule_of("light", Disclosure(key=("age",))).key
    (10, ('age',))
    """
    check_kind("policy", policy, str, Disclosure, type(None))
    if isinstance(policy, Disclosure):
        return policy
    if policy is None:
        return declared or PRESETS["standard"]
    if policy not in PRESETS:
        raise UnknownName("policy", policy, PRESETS)
    return replace(PRESETS[policy], key=declared.key, public=declared.public) if declared else PRESETS[policy]


def declared_rule(found: object, variables: Iterable[str]) -> Disclosure | None:
    """Return the rule that a codebook declares: one, a preset's name, or a table of a file.

    Parameters
    ----------
    found : Disclosure, str, mapping or None
    variables : iterable of str
        The codebook's.

    Raises
    ------
    InputError
        A key's value is not allowed.
    UnknownName
        There is no such key or variable.

    Examples
    --------
    >>> declared_rule({"rule": "light", "key": ["age-band"]}, ["age_band"]).key
    ('age_band',)
    """
    check_kind("disclosure", found, Disclosure, str, Mapping, type(None))
    if found is None:
        return None
    if isinstance(found, Mapping):
        table = dict(found)
        start = rule_of(table.pop("rule", "standard"))
        known = [one.name for one in fields(start)]
        for key in table:
            if key not in known:
                raise UnknownName("key of disclosure", str(key), ["rule", *known])
        rule = replace(start, **table)
    else:
        rule = rule_of(found)  # type: ignore[arg-type]
    names = {plain(name): name for name in variables}
    for name in (*rule.key, *dict(rule.public)):
        if plain(name) not in names:
            raise UnknownName("variable of disclosure", name, list(names.values()))
    public = {names[plain(name)]: reason for name, reason in _reasons(rule.public)}
    return replace(rule, key=tuple(names[plain(name)] for name in rule.key), public=public)
