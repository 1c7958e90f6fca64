"""The works behind the methods, and which method rests on which: what an analysis that used one cites."""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class CitedWork:
    """A work to cite.

    Parameters
    ----------
    key : str
        Stable: a family name and a year.
    authors : tuple of (family, given)
        A group has its name as family.
    year : int
    title : str
    journal : str
        Or the publisher of a book.
    volume, pages : str
    doi : str
        Empty where there is none.
    kind : {"article-journal", "book", "software", "report"}
        As the Citation Style Language calls it.
    url, version : str
    """

    key: str
    authors: tuple[tuple[str, str], ...]
    year: int
    title: str
    journal: str = ""
    volume: str = ""
    pages: str = ""
    doi: str = ""
    kind: str = "article-journal"
    url: str = ""
    version: str = ""


TEXT = """
Student (1908). The probable error of a mean
= Biometrika | 6 | 1-25
10.1093/biomet/6.1.1

Brown L, Cai T, DasGupta A (2001). Interval estimation for a binomial proportion
= Statistical Science | 16 | 101-133
10.1214/ss/1009213286

Wilson E (1927). Probable inference, the law of succession, and statistical inference
= Journal of the American Statistical Association | 22 | 209-212
10.1080/01621459.1927.10502953

Clopper C, Pearson E (1934). The use of confidence or fiducial limits illustrated in the case of the binomial
= Biometrika | 26 | 404-413
10.1093/biomet/26.4.404

Blaker H (2000). Confidence curves and improved exact confidence intervals for discrete distributions
= Canadian Journal of Statistics | 28 | 783-798
10.2307/3315916

Agresti A, Coull B (1998). Approximate is better than exact for interval estimation of binomial proportions
= The American Statistician | 52 | 119-126
10.1080/00031305.1998.10480550

Agresti A, Caffo B (2000). Simple and effective confidence intervals for proportions and differences of proportions
result from adding two successes and two failures
= The American Statistician | 54 | 280-288
10.1080/00031305.2000.10474560

Agresti A (2003). Dealing with discreteness: making exact confidence intervals for proportions, differences of
proportions, and odds ratios more exact
= Statistical Methods in Medical Research | 12 | 3-21
10.1191/0962280203sm311ra

Tuyl F, Gerlach R, Mengersen K (2008). A comparison of Bayes-Laplace, Jeffreys, and other priors: the case of zero
events
= The American Statistician | 62 | 40-44
10.1198/000313008X267839

Newcombe R (1998). Interval estimation for the difference between independent proportions: comparison of eleven
methods
= Statistics in Medicine | 17 | 873-890
10.1002/(SICI)1097-0258(19980430)17:8<873::AID-SIM779>3.0.CO;2-I

Miettinen O, Nurminen M (1985). Comparative analysis of two rates
= Statistics in Medicine | 4 | 213-226
10.1002/sim.4780040211

Donner A, Zou G (2012). Closed-form confidence intervals for functions of the normal mean and standard deviation
= Statistical Methods in Medical Research | 21 | 347-359
10.1177/0962280210383082

Tango T (1998). Equivalence test and confidence interval for the difference in proportions for the paired-sample
design
= Statistics in Medicine | 17 | 891-908
10.1002/(SICI)1097-0258(19980430)17:8<891::AID-SIM780>3.0.CO;2-B

Bonett D, Price R (2012). Adjusted Wald confidence interval for a difference of binomial proportions based on paired
data
= Journal of Educational and Behavioral Statistics | 37 | 479-488
10.3102/1076998611411915

Barnard G (1947). Significance tests for 2 x 2 tables
= Biometrika | 34 | 123-138
10.1093/biomet/34.1-2.123

Boschloo R (1970). Raised conditional level of significance for the 2 x 2-table when testing the equality of two
probabilities
= Statistica Neerlandica | 24 | 1-9
10.1111/j.1467-9574.1970.tb00104.x

McNemar Q (1947). Note on the sampling error of the difference between correlated proportions or percentages
= Psychometrika | 12 | 153-157
10.1007/BF02295996

Agresti A, Hitchcock D (2005). Bayesian inference for categorical data analysis
= Statistical Methods and Applications | 14 | 297-330
10.1007/s10260-005-0121-y

Besag J, Green P, Higdon D, Mengersen K (1995). Bayesian computation and stochastic systems
= Statistical Science | 10 | 3-66
10.1214/ss/1177010123

Goodman L (1965). On simultaneous confidence intervals for multinomial proportions
= Technometrics | 7 | 247-254
10.1080/00401706.1965.10490252

Klein M, Wright T, Wieczorek J (2020). A joint confidence region for an overall ranking of populations
= Journal of the Royal Statistical Society, Series C | 69 | 589-606
10.1111/rssc.12402

Brunner E, Munzel U (2000). The nonparametric Behrens-Fisher problem: asymptotic theory and a small-sample
approximation
= Biometrical Journal | 42 | 17-25
10.1002/(SICI)1521-4036(200001)42:1<17::AID-BIMJ17>3.0.CO;2-U

McCullagh P (1980). Regression models for ordinal data
= Journal of the Royal Statistical Society, Series B | 42 | 109-142
10.1111/j.2517-6161.1980.tb01109.x

Agresti A (2010). Analysis of ordinal categorical data, 2nd edition
= Wiley
book 10.1002/9780470594001

David H, Nagaraja H (2003). Order statistics, 3rd edition
= Wiley
book 10.1002/0471722162

Greenland S, Mansournia M (2015). Penalization, bias reduction, and default priors in logistic and related
categorical and survival regressions
= Statistics in Medicine | 34 | 3133-3143
10.1002/sim.6537

Firth D (1993). Bias reduction of maximum likelihood estimates
= Biometrika | 80 | 27-38
10.1093/biomet/80.1.27

Heinze G, Schemper M (2002). A solution to the problem of separation in logistic regression
= Statistics in Medicine | 21 | 2409-2419
10.1002/sim.1047

Gelman A, Jakulin A, Pittau M, Su Y (2008). A weakly informative default prior distribution for logistic and other
regression models
= Annals of Applied Statistics | 2 | 1360-1383
10.1214/08-AOAS191

Tierney L, Kadane J (1986). Accurate approximations for posterior moments and marginal densities
= Journal of the American Statistical Association | 81 | 82-86
10.1080/01621459.1986.10478240

Vehtari A, Simpson D, Gelman A, Yao Y, Gabry J (2024). Pareto smoothed importance sampling
= Journal of Machine Learning Research | 25 | 1-58
10.48550/arXiv.1507.02646

Hoffman M, Gelman A (2014). The No-U-Turn sampler: adaptively setting path lengths in Hamiltonian Monte Carlo
= Journal of Machine Learning Research | 15 | 1593-1623
10.48550/arXiv.1111.4246

Nishihara R, Murray I, Adams R (2014). Parallel MCMC with generalized elliptical slice sampling
= Journal of Machine Learning Research | 15 | 2087-2112
10.48550/arXiv.1210.7477

Abril-Pla O, Andreani V, Carroll C (2023). PyMC: a modern, and comprehensive probabilistic programming framework in
Python
= PeerJ Computer Science | 9 | e1516
10.7717/peerj-cs.1516

Bürkner P, Charpentier E (2020). Modelling monotonic effects of ordinal predictors in Bayesian regression models
= British Journal of Mathematical and Statistical Psychology | 73 | 420-451
10.1111/bmsp.12195

Andridge R, West B, Little R, Boonstra P, Alvarado-Leiton F (2019). Indices of non-ignorable selection bias for
proportions estimated from non-probability samples
= Journal of the Royal Statistical Society, Series C | 68 | 1465-1483
10.1111/rssc.12371

Manski C (1989). Anatomy of the selection problem
= Journal of Human Resources | 24 | 343-360
10.2307/145818

Duncan O, Davis B (1953). An alternative to ecological correlation
= American Sociological Review | 18 | 665-666
10.2307/2088122

Imbens G, Manski C (2004). Confidence intervals for partially identified parameters
= Econometrica | 72 | 1845-1857
10.1111/j.1468-0262.2004.00555.x

Brown N, Heathers J (2017). The GRIM test: a simple technique detects numerous anomalies in the reporting of results
in psychology
= Social Psychological and Personality Science | 8 | 363-369
10.1177/1948550616673876

Gelman A, Carlin J (2014). Beyond power calculations: assessing Type S (sign) and Type M (magnitude) errors
= Perspectives on Psychological Science | 9 | 641-651
10.1177/1745691614551642

Bergsma W (2013). A bias-correction for Cramér's V and Tschuprow's T
= Journal of the Korean Statistical Society | 42 | 323-328
10.1016/j.jkss.2012.10.002

Kallioinen N, Paananen T, Bürkner P, Vehtari A (2024). Detecting and diagnosing prior and likelihood sensitivity
with power-scaling
= Statistics and Computing | 34 | 57
10.1007/s11222-023-10366-5

Vehtari A, Gelman A, Gabry J (2017). Practical Bayesian model evaluation using leave-one-out cross-validation and
WAIC
= Statistics and Computing | 27 | 1413-1432
10.1007/s11222-016-9696-4
"""
"""Every work: authors, year and title; after "=" journal, volume and pages, or publisher; its DOI."""


def _work(text: str) -> CitedWork:
    """Return a work from its paragraph of `TEXT`."""
    head, where, link = text.rpartition("\n= ")[0], *text.rpartition("\n= ")[2].split("\n")
    names, _, rest = " ".join(head.split()).partition(" (")
    authors = []
    for name in names.split(", "):
        family, _, given = name.rpartition(" ")
        authors.append((family, " ".join(f"{letter}." for letter in given)) if family else (given, ""))
    plain = unicodedata.normalize("NFKD", authors[0][0].lower())
    journal, volume, pages = [*where.split(" | "), "", ""][:3]
    return CitedWork(
        key="".join(sign for sign in plain if sign.isascii() and sign.isalpha()) + rest[:4],
        authors=tuple(authors),
        year=int(rest[:4]),
        title=rest[7:],
        journal=journal,
        volume=volume,
        pages=pages,
        doi=link.removeprefix("book "),
        kind="book" if link.startswith("book ") else "article-journal",
    )


WORKS = tuple(map(_work, TEXT.strip().split("\n\n")))

KNOWN = {one.key: one for one in WORKS}

OF_METHOD: dict[str, tuple[str, ...]] = {
    "jeffreys": ("brown2001",),
    "uniform": ("tuyl2008",),
    "wilson": ("wilson1927", "brown2001"),
    "clopper-pearson": ("clopper1934",),
    "blaker": ("blaker2000",),
    "mid-p": ("agresti2003",),
    "agresti-coull": ("agresti1998",),
    "agresti-caffo": ("agresti2000",),
    "newcombe": ("newcombe1998",),
    "miettinen-nurminen": ("miettinen1985",),
    "mover-wilson": ("donner2012", "newcombe1998"),
    "exact-conditional": ("agresti2003",),
    "exact-unconditional": ("barnard1947",),
    "tango": ("tango1998",),
    "bonett-price": ("bonett2012",),
    "dirichlet": ("agresti2005",),
    "goodman": ("goodman1965",),
    "bonferroni-clopper-pearson": ("clopper1934",),
    "klein-wright-wieczorek": ("klein2020",),
    "pairwise": ("mcnemar1947",),
    "brunner-munzel": ("brunner2000",),
    "placements": ("wilson1927", "brunner2000"),
    "proportional-odds": ("mccullagh1980",),
    "order-statistics": ("david2003",),
    "logistic": ("greenland2015",),
    "log-f": ("greenland2015",),
    "firth": ("firth1993", "heinze2002"),
    "normal": ("gelman2008",),
    "half-normal": ("gelman2008",),
    "laplace": ("tierney1986", "vehtari2024"),
    "slice": ("nishihara2014",),
    "nuts": ("hoffman2014", "abrilpla2023"),
    "ml": ("agresti2010",),
    "least-squares": ("student1908",),
    "prior": ("greenland2015",),
    "steps free": ("burkner2020",),
    "bergsma": ("bergsma2013",),
}
"""The works that each method of an interval rests on, by its name before a comma or bracket."""

OF_CAVEAT: dict[str, tuple[str, ...]] = {
    "selection-assumed": ("andridge2019",),
    "selection-bounded": ("manski1989",),
    "not-identified": ("duncan1953",),
    "exaggerates": ("gelman2014",),
}
"""The works that what is said about a number rests on, by the code of the caveat."""
