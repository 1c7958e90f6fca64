"""`Estimate`: a number that cannot be told without its target, intervals, caveats and origin."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Self

from csea_stats.results.citable import Sentence, sentence_of, shortened
from csea_stats.results.phrases import Length, Reader, Style, Telling
from csea_stats.results.published import Published
from csea_stats.results.values import EstimateFields


@dataclass(frozen=True, slots=True, kw_only=True)
class Estimate(EstimateFields, Published):
    """A number with its target, intervals, caveats and origin; `str` of it is a sentence to cite.

    Parameters
    ----------
    question, item : str or None
        Id of the question and the answer; None for bare counts.
    label : str or None
        Verb phrase that completes "35 of 49 ...", with the groups of a comparison in brackets.
    says : str or None
        The same without the groups; None: `label`.
    comparison : Comparison or None
        Which groups, or settings of a predictor, are compared.
    estimand : str
        The quantity in words, such as "share".
    scale : {"share", "difference", "ratio", "log-odds", "correlation", "rank", "count", "score", "average"}
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

    def sentence(self, length: Length = "full", *, style: Style = "plain", reader: Reader = "journal") -> Sentence:
        """Return a sentence to cite, with its notes.

        Parameters
        ----------
        length : {"full", "in-text", "note"}
            Sentences, one clause with its numbers in brackets, or what a table's note has room for.
        style : {"plain", "apa", "ama"}
            Of intervals: "58 to 83%", "[58, 83]", "58%-83%".
        reader : {"journal", "policy"}
            Of verdicts.

        Returns
        -------
        Sentence

        Examples
        --------
        >>> from csea_stats import proportion
        >>> share = proportion(35, 49, label="rate public awareness poor")
        >>> print(share.sentence("note").text)
        35/49; 71% (95% CrI 58 to 83%, CI 58 to 82%); over half: supported.ᵃᵇ
        """
        return sentence_of(self, Telling(length=length, style=style, reader=reader))

    @property
    def _told(self) -> tuple[Self]:
        return (self,)

    def __str__(self) -> str:
        return str(self.sentence())

    def __repr__(self) -> str:
        return shortened(f"<Estimate: {self.sentence('note').text}")

    def _repr_html_(self) -> str:
        return self.sentence()._repr_html_()
