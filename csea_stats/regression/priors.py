"""Priors as texts: "logistic(0, 1)", "dirichlet(0.5)"; read by one pattern, never run."""

from __future__ import annotations

import math
import re
from dataclasses import dataclass

from csea_stats.errors import InputError
from csea_stats.regression.problem import Prior, SpreadPrior

DEFAULTS = {
    "coefficients": "logistic(0, 1)",
    "interactions": "logistic(0, 0.5)",
    "departures": "logistic(0, 0.5)",
    "thresholds": "dirichlet(0.5)",
    "intercept": "beta(0.5, 0.5)",
    "simplexes": "dirichlet(1)",
    "scales": "half-normal(1)",
}
"""The prior of each kind of parameter where a model names none."""

REASONS = {
    "coefficients": (
        "Weighs as much as one more respondent for and one against: keeps a log odds ratio finite where a cell is "
        "empty, and leaves ratios up to about 10 either way plausible."
    ),
    "interactions": (
        "An effect mostly differs less between levels than it is itself, and few respondents could not tell by how "
        "much: half as much is as plausible."
    ),
    "departures": (
        "One odds ratio for every cut is the likeliest, and none is far from it unless the answers say so: an answer "
        "tilted up or down by a factor of 2 or 3 is plausible."
    ),
    "thresholds": (
        "The answers' shares at the average of the predictors: the rule of Jeffreys, which keeps answers that nobody "
        "gave possible."
    ),
    "intercept": "The share at the average of the predictors: the rule of Jeffreys.",
    "simplexes": "Every division of the effect over the steps is as plausible as another.",
    "scales": "Differences between groups of a factor of up to about 7 in the odds are plausible, larger ones hardly.",
}
"""Why, in a sentence."""

EXACTLY = (
    "normal(0, 1.5)",
    "How readily an answer is named beside the others: odds up to about 20 times either way.",
)
"""The intercept's, and why, where exactly k of a list are chosen: there only how answers compare can be told."""

AVERAGES = {
    "coefficients": (
        "logistic(0, 1)",
        "In standard deviations of the outcome: differences of up to about 3 of them either way are plausible.",
    ),
    "intercept": (
        "student-t(3, 0, 2.5)",
        "In standard deviations of the outcome from its mean: the average at the averages of the predictors.",
    ),
    "scales": (
        "half-normal(1)",
        "In standard deviations of the outcome: the errors spread hardly more than the outcome itself.",
    ),
}
"""Of an outcome that is a number; beside these the errors' degrees of freedom less 1 are gamma(2, 0.1)."""

ALLOWED = {
    "coefficients": "logistic(0, 1), normal(0, 1.5) or student-t(3, 0, 2.5), centred at 0 with a scale above 0",
    "coefficient": "logistic(0, 1), normal(0.5, 0.5) or student-t(3, 0, 2.5), about any number with a scale above 0",
    "interactions": "logistic(0, 0.5), normal(0, 0.5) or student-t(3, 0, 1), centred at 0 with a scale above 0",
    "departures": "logistic(0, 0.5), normal(0, 0.5) or student-t(3, 0, 1), centred at 0 with a scale above 0",
    "thresholds": "dirichlet(0.5), with a number above 0",
    "intercept": (
        "beta(0.5, 0.5), of the share of the later answer, with two numbers above 0; or of its log odds normal(0, 1.5) "
        "or student-t(3, 0, 2.5), about any number with a scale above 0"
    ),
    "simplexes": "dirichlet(1), with a number above 0",
    "scales": (
        "half-normal(1), half-t(3, 1) with degrees of freedom and scale, or exponential(1) with the mean, all above 0"
    ),
}
"""What each kind of parameter takes; a single coefficient may have its prior about any number."""

_FAMILIES = {
    "coefficients": {"logistic": 2, "normal": 2, "student-t": 3},
    "coefficient": {"logistic": 2, "normal": 2, "student-t": 3},
    "interactions": {"logistic": 2, "normal": 2, "student-t": 3},
    "departures": {"logistic": 2, "normal": 2, "student-t": 3},
    "thresholds": {"dirichlet": 1},
    "intercept": {"beta": 2, "normal": 2, "student-t": 3},
    "simplexes": {"dirichlet": 1},
    "scales": {"half-normal": 1, "half-t": 2, "exponential": 1},
}
_PRIOR = re.compile(r"\s*([a-z][a-z-]{0,20})\s*\(([^()]{1,100})\)\s*")
_NUMBER = re.compile(r"\s*([+-]?(?:\d{1,20}(?:\.\d{0,20})?|\.\d{1,20}))\s*")


@dataclass(frozen=True, slots=True, kw_only=True)
class Distribution:
    """A prior, read.

    Parameters
    ----------
    family : str
    numbers : tuple of float
    """

    family: str
    numbers: tuple[float, ...]

    @property
    def scale(self) -> float:
        """The last number: a scale, or a concentration."""
        return self.numbers[-1]

    @property
    def centre(self) -> float:
        """About which number it is; 0 where it is about none."""
        return self.numbers[-2] if self.family in ("logistic", "normal", "student-t") else 0.0

    def spread(self) -> SpreadPrior:
        """Return the prior as an engine takes it, of a standard deviation."""
        *freedom, scale = self.numbers
        return SpreadPrior(family=self.family, scale=scale, freedom=freedom[0] if freedom else 3.0)  # type: ignore[arg-type]

    def log_odds(self) -> Prior:
        """Return the prior as an engine takes it: of a coefficient, or of the level of two answers."""
        if self.family == "beta":
            return Prior(family="beta", shapes=(self.numbers[0], self.numbers[1]))
        *freedom, centre, scale = self.numbers
        return Prior(family=self.family, scale=scale, centre=centre, freedom=freedom[0] if freedom else 3.0)  # type: ignore[arg-type]


def read_prior(slot: str, text: object) -> Distribution:
    """Read the prior of a kind of parameter.

    Parameters
    ----------
    slot : str
        A key of `ALLOWED`.
    text : str

    Returns
    -------
    Distribution

    Raises
    ------
    InputError
        If it is not one of those that `ALLOWED` tells.

    Examples
    --------
    >>> read_prior("coefficients", "student-t(3, 0, 2.5)")
    Distribution(family='student-t', numbers=(3.0, 0.0, 2.5))
    """
    message = f"prior of {slot}: found {_cut(text)}; allowed is {ALLOWED[slot]}"
    match = _PRIOR.fullmatch(text) if isinstance(text, str) and len(text) < 200 else None
    if match is None or match[1] not in _FAMILIES[slot]:
        raise InputError(message)
    found = [_NUMBER.fullmatch(part) for part in match[2].split(",")]
    numbers = tuple(float(part[1]) for part in found if part)
    if None in found or len(numbers) != _FAMILIES[slot][match[1]] or not all(map(math.isfinite, numbers)):
        raise InputError(message)
    centre = {"logistic": 0, "normal": 0, "student-t": 1}.get(match[1])
    positive = [number for place, number in enumerate(numbers) if place != centre]
    moved = centre is not None and numbers[centre] != 0 and slot not in ("intercept", "coefficient")
    if any(number <= 0 for number in positive) or moved:
        raise InputError(message)
    return Distribution(family=match[1], numbers=numbers)


def _cut(text: object) -> str:
    shown = repr(text)
    return shown if len(shown) <= 80 else shown[:77] + "..."
