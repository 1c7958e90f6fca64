"""What the page says of its methods, with references, and of its own origin."""

from __future__ import annotations

from typing import TYPE_CHECKING

from csea_stats.report.text import the_workforce, workforce_name
from csea_stats.report.views import HeadedText, MethodEntry
from csea_stats.results.numbers import at_most, level_words, ratio
from csea_stats.survey.named_files import survey_names
from csea_stats.targets.populations import TAUS, Selection

if TYPE_CHECKING:
    from collections.abc import Iterable

    from csea_stats.report.context import PageContext
    from csea_stats.survey.survey import Survey

BROWN = ("Brown, Cai and DasGupta 2001, Statistical Science 16:101–133", "10.1214/ss/1009213286")
WILSON = ("Wilson 1927, Journal of the American Statistical Association 22:209–212", "10.1080/01621459.1927.10502953")
NEWCOMBE = (
    "Newcombe 1998, Statistics in Medicine 17:873–890",
    "10.1002/(SICI)1097-0258(19980430)17:8<873::AID-SIM779>3.0.CO;2-I",
)
MANSKI = ("Manski 1989, Journal of Human Resources 24:343–360", "10.2307/145818")
ANDRIDGE = ("Andridge, West, Little, Boonstra and Alvarado-Leiton 2019, JRSS C 68:1465–1483", "10.1111/rssc.12371")
MENG = ("Meng 2018, Annals of Applied Statistics 12:685–726", "10.1214/18-AOAS1161SF")
DUNCAN = ("Duncan and Davis 1953, American Sociological Review 18:665–666", "10.2307/2088122")
GOODMAN = ("Goodman 1965, Technometrics 7:247–254", "10.1080/00401706.1965.10490252")
BESAG = ("Besag, Green, Higdon and Mengersen 1995, Statistical Science 10:3–66", "10.1214/ss/1177010123")
CLOPPER = ("Clopper and Pearson 1934, Biometrika 26:404–413", "10.1093/biomet/26.4.404")
GRIM = ("Brown and Heathers 2017, Social Psychological and Personality Science 8:363–369", "10.1177/1948550616673876")
KLINE = ("Kline and Tamer 2016, Quantitative Economics 7:329–366", "10.3982/QE399")


def methods(context: PageContext) -> tuple[MethodEntry, ...]:
    """Return the methods used, each with its references."""
    return (*_shares(context), *_claims(context), *_others(context))


def _shares(context: PageContext) -> tuple[MethodEntry, ...]:
    level = context.level_text
    many = context.survey.targets.many
    ratios = ", ".join(ratio(Selection(tau=tau).ratio) for tau in TAUS)
    taus = ", ".join(f"{tau:g}" for tau in TAUS)
    return (
        MethodEntry(
            head="Share of these respondents",
            text="The count."
            + (
                " Where print leaves several counts possible, all are kept, and every interval is the hull over them."
                if context.survey.sample is None
                else ""
            ),
        ),
        MethodEntry(
            head="Share, people like these",
            text=f"Jeffreys interval: equal-tailed {level} credible, from Beta(x + ½, n − x + ½), closed at 0 if "
            f"nobody and at 1 if everybody gave the answer. Beside it the Wilson score interval, {level} "
            f"confidence. Both allow for chance alone, as if the respondents were a random draw from {many} "
            "recruited the same way.",
            references=(BROWN, WILSON),
        ),
        MethodEntry(
            head=f"Share, {the_workforce(context.survey).removeprefix('the ')}",
            text=f"logit(share in the population) = logit(share of people like these) − λ, with λ the log of the "
            f"ratio of participation, those who give the answer to those who do not: exact by Bayes’ theorem. λ ~ "
            f"N(0, τ²) is an assumption. With τ = {taus} the ratio lies within about {ratios} times either way with "
            "95% probability. Computed by quadrature. The survey cannot tell τ.",
            references=(ANDRIDGE, MENG),
        ),
        MethodEntry(
            head="Bound",
            text="Wilson’s limits with the participation ratio anywhere up to exp(1.96 τ) either way: odds divided "
            "and multiplied by it. No prior, and no probability for where in the range it lies.",
            references=(MANSKI,),
        ),
    )


def _claims(context: PageContext) -> tuple[MethodEntry, ...]:
    return (
        MethodEntry(
            head="Tipping point",
            text="The participation ratio at which the share in the population is one half: the odds of the share. "
            "This needs no assumption about the ratio, and no prior. “Allowing for chance” is its value at the lower "
            "of the Jeffreys and Wilson lower limits, named beside it. Where that is below 1 there may be no "
            "majority, so none is given; estimates.csv keeps its value.",
        ),
        MethodEntry(
            head="Verdict (sign rule)",
            text="Against a named threshold. Supported: the credible and the confidence interval both lie on the "
            "claimed side, under every prior of the strip (Jeffreys and uniform; for a difference also Logistic on the "
            f"log odds ratio){' and every count that print allows' if context.survey.sample is None else ''}; "
            f"{workforce_name(context.survey).lower()}: interval and bound at every ratio shown. An exact test at the "
            "same level must agree: Blaker’s interval for a share, Boschloo’s test for two groups, McNemar’s for two "
            "answers of the same people. At some ratios only: depends on who took part. Otherwise not settled. Were "
            f"the truth at the threshold, chance alone would settle at most {at_most(1 - context.level)} of such "
            "claims, for or against. "
            "Asked only where an interval reaches one half. No correction is made for how many claims a page holds.",
        ),
        MethodEntry(
            head="Difference of two groups",
            text="A group against the rest, never against the total it is part of. Jeffreys: independent Beta(½, ½) "
            "priors, by quadrature. Newcombe: hybrid score interval. In the population each group has its own λ, "
            "correlated ½.",
            references=(NEWCOMBE,),
        ),
    )


def _of_print() -> tuple[MethodEntry, ...]:
    return (
        MethodEntry(
            head="Feasible counts",
            text="Exact rational arithmetic: a count fits a printed percentage of a base if some rounding rule "
            "named turns the one into the other. All statements on a question are taken together; the largest sets "
            "that can be true together give the readings.",
            references=(GRIM,),
        ),
        MethodEntry(
            head="Not identified",
            text="For two printed margins of the same respondents, the number in both lies between max(0, r + c − "
            "n) and min(r, c); shares and differences follow. Nothing printed says where between. For people like "
            "these, a credible region of the bounds.",
            references=(DUNCAN, KLINE),
        ),
    )


def _others(context: PageContext) -> tuple[MethodEntry, ...]:
    kinds = {question.kind for question in context.survey.question}
    found = [
        MethodEntry(
            head="All answers at once",
            text="One answer each: joint balanced band of a Dirichlet(½) posterior. Several answers each: "
            f"Clopper-Pearson at 1 − {1 - context.level:.2g}/K, which holds however the choices hang together. Only "
            "these back a comparison of answers.",
            references=(BESAG, CLOPPER, GOODMAN),
        ),
        *(_of_print() if context.survey.sample is None else ()),
    ]
    if "ordinal" in kinds:
        found.append(
            MethodEntry(
                head="Ordered scales",
                text="Cumulative shares, each cut as a share of its own. No mean of scale points: it would assume "
                "equal steps.",
            )
        )
    found.append(
        MethodEntry(
            head="Not allowed for",
            text="Respondents who know each other, or were found at one place, may answer alike; that would widen the "
            "intervals. Wording, translation and recall could shift them.",
        )
    )
    return tuple(found)


def provenance(context: PageContext, seeds: Iterable[int] = (), again: str = "") -> tuple[HeadedText, ...]:
    """Return where the numbers come from, how to make them again and how to cite them.

    Parameters
    ----------
    context : PageContext
    seeds : iterable of int
        Of the models fitted from print, the only numbers on the page that are drawn at random.
    again : str
        The command that makes the page again, with the file's own name; without it that of a shipped survey is known.
    """
    survey = context.survey
    source = survey.source
    first = next(iter(context.estimates), None)
    versions = dict(first.provenance.versions) if first else {}
    ours = versions.get("csea_stats", versions.get("csea-stats", ""))
    fingerprint = first.provenance.data_hash if first else ""
    drawn = " and ".join(map(str, seeds))
    random = f"Random numbers only in the model from print, seed {drawn}." if drawn else "No random numbers are used."
    random = random if survey.sample is None or not drawn else f"Random numbers only in the models, seed {drawn}."
    software = HeadedText(head="Software", text=", ".join(f"{name} {version}" for name, version in versions.items()))
    level = HeadedText(
        head="Level", text=f"{level_words(context.level)} intervals. {random} {_certified(context)}".strip()
    )
    if survey.sample is not None:
        return _of_answers(survey, fingerprint, software, level, again)
    publishers = ", ".join(source.publisher)
    origin = f"{publishers} ({source.year}). {source.title}."
    facts = [
        HeadedText(
            head="Source",
            text=origin
            + ("" if source.country in source.title else f" {source.country}.")
            + (f" {source.url}" if source.url else ""),
        ),
        HeadedText(head="Terms", text=source.terms or ""),
        HeadedText(head="Text, SHA-256", text=source.text_sha256 or "", look="code"),
        HeadedText(
            head="Encoded as",
            text=f"Survey “{survey.id}”. Printed cells are kept as the strings they were printed as, each with its "
            "place; labels and phrases are the encoder’s.",
        ),
        HeadedText(head="Survey file, SHA-256", text=fingerprint, look="code"),
        software,
        level,
        HeadedText(head="Make it again", text=again or _command(context), look="code"),
        HeadedText(head="Cite the survey", text=f"{origin} Give the figure or section."),
        HeadedText(
            head="Cite this page",
            text=f"csea-stats{f' (version {ours})' if ours else ''}: estimates from the survey “{survey.id}” "
            f"(n = {survey.respondents}), after {publishers} ({source.year}). Give the target with every number.",
        ),
    ]
    return tuple(fact for fact in facts if fact.text)


def _certified(context: PageContext) -> str:
    """Say by which certificates the coverage of the page's methods is known."""
    names = {one.provenance.certificate for one in context.estimates} - {None}
    told = sorted({" ".join(str(name).split()[:2]) for name in names})
    return f"How often the intervals cover is kept in certificates: {', '.join(told)}." if told else ""


def _of_answers(
    survey: Survey, fingerprint: str, software: HeadedText, level: HeadedText, again: str
) -> tuple[HeadedText, ...]:
    """Return where counts of respondents' answers come from; their hash is one of the counts, not of the answers."""
    version = software.text.partition(",")[0]
    made = again or 'csea_stats.write_report(data, "FOLDER")'
    return (
        HeadedText(head="Source", text=f"{survey.title}, counted question by question; no row leaves on this page."),
        HeadedText(head="Counts, SHA-256", text=fingerprint, look="code"),
        software,
        level,
        HeadedText(head="Make it again", text=made, look="code"),
        HeadedText(
            head="Cite this page",
            text=f"{version}: estimates from “{survey.title}” (n = {survey.respondents}). Give the target with every "
            "number.",
        ),
    )


def _command(context: PageContext) -> str:
    level = "" if context.level == 0.95 else f" --level {context.level:g}"
    name = context.survey.id
    if name in survey_names():
        return f"csea-stats report {name}{level}"
    return f"csea-stats report FILE{level} (FILE: that of the survey “{name}”)"
