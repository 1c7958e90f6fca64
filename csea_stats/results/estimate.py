"""`Estimate`: a number that cannot be told without its target, intervals, caveats and origin."""

from __future__ import annotations

from dataclasses import dataclass
from html import escape

from csea_stats.results.sentences import sentence
from csea_stats.results.values import EstimateFields


@dataclass(frozen=True, slots=True, kw_only=True)
class Estimate(EstimateFields):
    """A number with its target, intervals, caveats and origin; `str` of it is a sentence to cite.

    Parameters
    ----------
    question, item : str or None
        Id of the question and the answer; None for bare counts.
    label : str or None
        Verb phrase that completes "35 of 49 ...".
    estimand : str
        The quantity in words, such as "share".
    scale : {"share", "difference", "ratio", "log-odds", "correlation", "rank", "count", "score"}
    target : Respondents, Superpopulation, FinitePopulation or Population
    value : float or None
        The observed value, or the posterior median for a population; None where print leaves several.
    bounds : (float, float) or None
        What print or design leaves open; None where a point is identified.
    interval : Interval or None
        By the method asked for.
    companion : Interval or None
        The default interval of the other kind.
    threshold : float or None
        What the verdict and the probability are about.
    probability : (float, float) or None
        Posterior probability that the estimand is above the threshold: lowest and highest over feasible counts.
    sensitivity : sequence of (setting, Interval)
        The interval under each member of the prior strip, equal to a tuple of them.
    verdict : Verdict or None
    counts : tuple of tuple of int
        Feasible count vectors.
    base : tuple
        One per group; a tuple of ints where print allows several.
    caveats : tuple of Caveat
        Never empty.
    provenance : Provenance
    """

    def __str__(self) -> str:
        return sentence(self)

    def _repr_html_(self) -> str:
        return f"<p>{escape(str(self))}</p>"
