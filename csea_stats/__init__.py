"""Honest conclusions from a small published survey.

What was printed, what counts it allows, an interval, and whom it speaks for. Names are loaded when first used, so
importing the package is cheap.
"""

from __future__ import annotations

from importlib import import_module

_HOME = {
    "TIERS": "targets.populations",
    "Anonymity": "respondents.equivalence_classes",
    "Association": "results.associations",
    "Associations": "results.associations",
    "Audit": "auditing.audit",
    "Categories": "respondents.kinds",
    "Caveat": "results.values",
    "Certificate": "results.certificates",
    "Checklist": "report.checklists",
    "ChecklistItem": "report.checklists",
    "Claim": "claims.format",
    "ClaimResult": "claims.results",
    "Claims": "claims.results",
    "Codebook": "respondents.codebook",
    "CseaStatsError": "errors",
    "Disclosure": "respondents.disclosure_rules",
    "Estimate": "results.estimate",
    "Estimates": "results.estimates",
    "Finding": "auditing.findings",
    "FinitePopulation": "targets.populations",
    "Fit": "regression.fit",
    "HypothesisTest": "results.associations",
    "Interval": "results.values",
    "Microdata": "respondents.microdata",
    "Model": "regression.model",
    "ModelComparison": "regression.model_comparison",
    "Multiple": "respondents.kinds",
    "Note": "publication.lettered_notes",
    "Number": "respondents.kinds",
    "Ordered": "respondents.kinds",
    "Picture": "publication.picture",
    "Plan": "calibration.planning",
    "Population": "targets.populations",
    "Provenance": "results.values",
    "RankProbabilities": "results.rank_probabilities",
    "Reading": "auditing.findings",
    "Respondents": "targets.populations",
    "Selection": "targets.populations",
    "SelectionBounds": "targets.populations",
    "Sentence": "results.citable",
    "Sentences": "results.citable",
    "Superpopulation": "targets.populations",
    "Survey": "survey.survey",
    "Table": "publication.table",
    "Tabulation": "tabulation.tabulation",
    "Unreleased": "disclosure.folder_check",
    "Verdict": "results.values",
    "Verified": "verification",
    "anonymity": "respondents.microdata",
    "as_survey": "respondents.answered_survey",
    "association": "tabulation.association",
    "audit": "auditing.audit",
    "bases_for": "auditing.bases",
    "breakdown_ratio": "estimators.tipping",
    "certify": "calibration.certifying",
    "characteristics": "tabulation.characteristics",
    "characteristics_table": "tabulation.characteristics",
    "check_claims": "claims.check",
    "checklist": "report.checklists",
    "compare_answers": "auditing.answers",
    "compare_models": "regression.model_comparison",
    "compare_surveys": "tabulation.survey_comparison",
    "crosstab_bounds": "estimators.crosstab",
    "data_defect_correlation": "targets.data_defect",
    "design_effect": "targets.data_defect",
    "difference": "estimators.difference",
    "difference_breakdown": "estimators.tipping",
    "difference_interval": "estimators.difference",
    "draft_codebook": "drafting.codebook_drafts",
    "effective_sample_size": "targets.data_defect",
    "estimate": "workflow",
    "exact_test": "estimators.exact_test",
    "feasible_counts": "auditing.rounding",
    "feasible_tables": "auditing.rounding",
    "fit": "regression.fit_calls",
    "load_fit": "regression.fit_calls",
    "load_model": "regression.library",
    "load_survey": "survey.loading",
    "model_names": "regression.library",
    "multinomial": "estimators.multinomial",
    "ordinal": "estimators.multinomial",
    "paired_difference": "tabulation.paired_answers",
    "paired_shift": "tabulation.paired_answers",
    "paired_test": "tabulation.paired_answers",
    "pick_contrasts": "estimators.pick_k",
    "picks": "estimators.pick_k",
    "plan": "calibration.planning",
    "prior_predictive": "regression.fit_calls",
    "proportion": "estimators.proportion",
    "proportion_interval": "estimators.proportion",
    "rank_probabilities": "estimators.ranking",
    "ranks": "estimators.ranking",
    "read_respondents": "respondents.microdata",
    "release": "disclosure.release",
    "release_check": "disclosure.folder_check",
    "result_schema": "results.json_schemas",
    "save_tables": "publication.saving",
    "simulated_rates": "regression.decisions",
    "superiority": "estimators.superiority",
    "survey_names": "survey.named_files",
    "synthesise": "synthesis.synthesise",
    "tabulate": "tabulation.tabulate",
    "tipping_difference": "estimators.tipping",
    "tipping_ratio": "estimators.tipping",
    "verify": "verification",
    "write_report": "workflow",
}
"""The public names, and the module each lives in; __init__.pyi tells type checkers the same."""

__all__ = list(_HOME)


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
