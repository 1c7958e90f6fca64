"""What `csea_stats` offers, as type checkers see it; made from the table in __init__.py."""

from csea_stats.auditing.answers import compare_answers as compare_answers
from csea_stats.auditing.audit import Audit as Audit, audit as audit
from csea_stats.auditing.bases import bases_for as bases_for
from csea_stats.auditing.findings import Finding as Finding, Reading as Reading
from csea_stats.auditing.rounding import feasible_counts as feasible_counts, feasible_tables as feasible_tables
from csea_stats.calibration.certifying import certify as certify
from csea_stats.calibration.planning import Plan as Plan, plan as plan
from csea_stats.claims.check import check_claims as check_claims
from csea_stats.claims.format import Claim as Claim
from csea_stats.claims.results import ClaimResult as ClaimResult, Claims as Claims
from csea_stats.disclosure.folder_check import Unreleased as Unreleased, release_check as release_check
from csea_stats.disclosure.release import release as release
from csea_stats.drafting.codebook_drafts import draft_codebook as draft_codebook
from csea_stats.errors import CseaStatsError as CseaStatsError
from csea_stats.estimators.crosstab import crosstab_bounds as crosstab_bounds
from csea_stats.estimators.difference import difference as difference, difference_interval as difference_interval
from csea_stats.estimators.exact_test import exact_test as exact_test
from csea_stats.estimators.multinomial import multinomial as multinomial, ordinal as ordinal
from csea_stats.estimators.pick_k import pick_contrasts as pick_contrasts, picks as picks
from csea_stats.estimators.proportion import proportion as proportion, proportion_interval as proportion_interval
from csea_stats.estimators.ranking import rank_probabilities as rank_probabilities, ranks as ranks
from csea_stats.estimators.superiority import superiority as superiority
from csea_stats.estimators.tipping import breakdown_ratio as breakdown_ratio, difference_breakdown as difference_breakdown, tipping_difference as tipping_difference, tipping_ratio as tipping_ratio
from csea_stats.publication.lettered_notes import Note as Note
from csea_stats.publication.picture import Picture as Picture
from csea_stats.publication.saving import save_tables as save_tables
from csea_stats.publication.table import Table as Table
from csea_stats.regression.decisions import simulated_rates as simulated_rates
from csea_stats.regression.fit import Fit as Fit
from csea_stats.regression.fit_calls import fit as fit, load_fit as load_fit, prior_predictive as prior_predictive
from csea_stats.regression.library import load_model as load_model, model_names as model_names
from csea_stats.regression.model import Model as Model
from csea_stats.regression.model_comparison import ModelComparison as ModelComparison, compare_models as compare_models
from csea_stats.report.checklists import Checklist as Checklist, ChecklistItem as ChecklistItem, checklist as checklist
from csea_stats.respondents.answered_survey import as_survey as as_survey
from csea_stats.respondents.codebook import Codebook as Codebook
from csea_stats.respondents.disclosure_rules import Disclosure as Disclosure
from csea_stats.respondents.equivalence_classes import Anonymity as Anonymity
from csea_stats.respondents.kinds import Categories as Categories, Multiple as Multiple, Number as Number, Ordered as Ordered
from csea_stats.respondents.microdata import Microdata as Microdata, anonymity as anonymity, read_respondents as read_respondents
from csea_stats.results.associations import Association as Association, Associations as Associations, HypothesisTest as HypothesisTest
from csea_stats.results.certificates import Certificate as Certificate
from csea_stats.results.citable import Sentence as Sentence, Sentences as Sentences
from csea_stats.results.estimate import Estimate as Estimate
from csea_stats.results.estimates import Estimates as Estimates
from csea_stats.results.json_schemas import result_schema as result_schema
from csea_stats.results.rank_probabilities import RankProbabilities as RankProbabilities
from csea_stats.results.values import Caveat as Caveat, Interval as Interval, Provenance as Provenance, Verdict as Verdict
from csea_stats.survey.loading import load_survey as load_survey
from csea_stats.survey.named_files import survey_names as survey_names
from csea_stats.survey.survey import Survey as Survey
from csea_stats.synthesis.synthesise import synthesise as synthesise
from csea_stats.tabulation.association import association as association
from csea_stats.tabulation.characteristics import characteristics as characteristics, characteristics_table as characteristics_table
from csea_stats.tabulation.paired_answers import paired_difference as paired_difference, paired_shift as paired_shift, paired_test as paired_test
from csea_stats.tabulation.survey_comparison import compare_surveys as compare_surveys
from csea_stats.tabulation.tabulate import tabulate as tabulate
from csea_stats.tabulation.tabulation import Tabulation as Tabulation
from csea_stats.targets.data_defect import data_defect_correlation as data_defect_correlation, design_effect as design_effect, effective_sample_size as effective_sample_size
from csea_stats.targets.populations import FinitePopulation as FinitePopulation, Population as Population, Respondents as Respondents, Selection as Selection, SelectionBounds as SelectionBounds, Superpopulation as Superpopulation, TIERS as TIERS
from csea_stats.verification import Verified as Verified, verify as verify
from csea_stats.workflow import estimate as estimate, write_report as write_report

__version__: str
__all__: list[str]
