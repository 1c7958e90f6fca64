"""Honest conclusions from a small published survey.

What was printed, what counts it allows, an interval, and whom it speaks for. Names are loaded when first used, so
importing the package is cheap.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from csea_stats.auditing.answers import compare_answers
    from csea_stats.auditing.audit import Audit, audit
    from csea_stats.auditing.findings import Finding, Reading
    from csea_stats.auditing.rounding import feasible_counts, feasible_tables
    from csea_stats.claims.checking import check_claims
    from csea_stats.claims.format import Claim
    from csea_stats.claims.results import ClaimResult, Claims
    from csea_stats.errors import CseaStatsError
    from csea_stats.estimators.answered.tabulations import Tabulation, tabulate
    from csea_stats.estimators.associations.association import association
    from csea_stats.estimators.crosstabs.crosstabs import crosstab_bounds
    from csea_stats.estimators.gaps.breakdown import difference_breakdown
    from csea_stats.estimators.gaps.differences import difference, difference_interval
    from csea_stats.estimators.gaps.exact_tests import exact_test
    from csea_stats.estimators.pairs.pairs import paired_difference
    from csea_stats.estimators.picks.pick_k import picks
    from csea_stats.estimators.picks.pick_pairs import pick_contrasts
    from csea_stats.estimators.ranks.chances import rank_probabilities
    from csea_stats.estimators.ranks.rankings import ranks
    from csea_stats.estimators.scales.dominance import superiority
    from csea_stats.estimators.shares.breakdown import breakdown_ratio
    from csea_stats.estimators.shares.intervals import proportion_interval
    from csea_stats.estimators.shares.multinomials import multinomial
    from csea_stats.estimators.shares.ordinals import ordinal
    from csea_stats.estimators.shares.proportions import proportion
    from csea_stats.regression.fits import Fit
    from csea_stats.regression.fitting import fit
    from csea_stats.regression.library import load_model, model_names
    from csea_stats.regression.spec import Model
    from csea_stats.regression.storing import load_fit
    from csea_stats.results.associations import Association, Associations, HypothesisTest
    from csea_stats.results.collection import Estimates
    from csea_stats.results.rank_tables import RankProbabilities
    from csea_stats.results.values import Caveat, Estimate, Interval, Provenance, Verdict
    from csea_stats.survey.codebook import Codebook
    from csea_stats.survey.format import Survey
    from csea_stats.survey.kinds import Categories, Multiple, Number, Ordered
    from csea_stats.survey.loading import load_survey, survey_names
    from csea_stats.survey.respondents import Microdata, read_respondents
    from csea_stats.synthesis.synthesising import synthesise
    from csea_stats.targets.defects import data_defect_correlation, design_effect, effective_sample_size
    from csea_stats.targets.populations import (
        TIERS,
        FinitePopulation,
        Population,
        Respondents,
        Selection,
        SelectionBounds,
        Superpopulation,
    )
    from csea_stats.workflow import estimate, write_report

_HOME = {
    "Association": "results.associations",
    "Associations": "results.associations",
    "Audit": "auditing.audit",
    "Categories": "survey.kinds",
    "Caveat": "results.values",
    "Claim": "claims.format",
    "ClaimResult": "claims.results",
    "Claims": "claims.results",
    "Codebook": "survey.codebook",
    "CseaStatsError": "errors",
    "Estimate": "results.values",
    "Estimates": "results.collection",
    "Finding": "auditing.findings",
    "FinitePopulation": "targets.populations",
    "Fit": "regression.fits",
    "HypothesisTest": "results.associations",
    "Interval": "results.values",
    "Microdata": "survey.respondents",
    "Model": "regression.spec",
    "Multiple": "survey.kinds",
    "Number": "survey.kinds",
    "Ordered": "survey.kinds",
    "Population": "targets.populations",
    "Provenance": "results.values",
    "RankProbabilities": "results.rank_tables",
    "Reading": "auditing.findings",
    "Respondents": "targets.populations",
    "Selection": "targets.populations",
    "SelectionBounds": "targets.populations",
    "Superpopulation": "targets.populations",
    "Survey": "survey.format",
    "TIERS": "targets.populations",
    "Tabulation": "estimators.answered.tabulations",
    "Verdict": "results.values",
    "association": "estimators.associations.association",
    "audit": "auditing.audit",
    "breakdown_ratio": "estimators.shares.breakdown",
    "check_claims": "claims.checking",
    "compare_answers": "auditing.answers",
    "crosstab_bounds": "estimators.crosstabs.crosstabs",
    "data_defect_correlation": "targets.defects",
    "design_effect": "targets.defects",
    "difference": "estimators.gaps.differences",
    "difference_breakdown": "estimators.gaps.breakdown",
    "difference_interval": "estimators.gaps.differences",
    "effective_sample_size": "targets.defects",
    "estimate": "workflow",
    "exact_test": "estimators.gaps.exact_tests",
    "feasible_counts": "auditing.rounding",
    "feasible_tables": "auditing.rounding",
    "fit": "regression.fitting",
    "load_fit": "regression.storing",
    "load_model": "regression.library",
    "load_survey": "survey.loading",
    "model_names": "regression.library",
    "multinomial": "estimators.shares.multinomials",
    "ordinal": "estimators.shares.ordinals",
    "paired_difference": "estimators.pairs.pairs",
    "pick_contrasts": "estimators.picks.pick_pairs",
    "picks": "estimators.picks.pick_k",
    "proportion": "estimators.shares.proportions",
    "proportion_interval": "estimators.shares.intervals",
    "rank_probabilities": "estimators.ranks.chances",
    "ranks": "estimators.ranks.rankings",
    "read_respondents": "survey.respondents",
    "superiority": "estimators.scales.dominance",
    "survey_names": "survey.loading",
    "synthesise": "synthesis.synthesising",
    "tabulate": "estimators.answered.tabulations",
    "write_report": "workflow",
}
"""Where each public name lives."""

__all__ = [
    "TIERS",
    "Association",
    "Associations",
    "Audit",
    "Categories",
    "Caveat",
    "Claim",
    "ClaimResult",
    "Claims",
    "Codebook",
    "CseaStatsError",
    "Estimate",
    "Estimates",
    "Finding",
    "FinitePopulation",
    "Fit",
    "HypothesisTest",
    "Interval",
    "Microdata",
    "Model",
    "Multiple",
    "Number",
    "Ordered",
    "Population",
    "Provenance",
    "RankProbabilities",
    "Reading",
    "Respondents",
    "Selection",
    "SelectionBounds",
    "Superpopulation",
    "Survey",
    "Tabulation",
    "Verdict",
    "association",
    "audit",
    "breakdown_ratio",
    "check_claims",
    "compare_answers",
    "crosstab_bounds",
    "data_defect_correlation",
    "design_effect",
    "difference",
    "difference_breakdown",
    "difference_interval",
    "effective_sample_size",
    "estimate",
    "exact_test",
    "feasible_counts",
    "feasible_tables",
    "fit",
    "load_fit",
    "load_model",
    "load_survey",
    "model_names",
    "multinomial",
    "ordinal",
    "paired_difference",
    "pick_contrasts",
    "picks",
    "proportion",
    "proportion_interval",
    "rank_probabilities",
    "ranks",
    "read_respondents",
    "superiority",
    "survey_names",
    "synthesise",
    "tabulate",
    "write_report",
]


def __getattr__(name: str) -> object:
    if name == "__version__":
        from importlib.metadata import version

        return version("csea-stats")
    if name not in _HOME:
        message = f"module {__name__!r} has no attribute {name!r}"
        raise AttributeError(message)
    value = getattr(import_module(f"{__name__}.{_HOME[name]}"), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted([*globals(), *__all__])
