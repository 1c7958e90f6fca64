"""Whether younger workers, or those with less experience, rate public awareness differently."""

import sys
from pathlib import Path

import matplotlib as mpl

import csea_stats as cs

mpl.use("Agg")
survey = cs.load_survey("bosnia-herzegovina-2021")

# From print alone: it tells what the seven workers under 30 said, and leaves one answer open.
table = cs.tabulate(survey, "awareness", by="age")
from_print = cs.fit("awareness ~ age", table)
print(from_print.effects("age", ("under 30", "30 and over"), "poor")[0])

# With respondents' answers the shipped model takes experience in, too. These answers are made up, and say so.
data = cs.synthesise(survey, seed=1)
fit = cs.fit("awareness-by-age-and-experience", data)
print(fit.prior_sensitivity().sentence)
first = fit.influence()[0]  # the respondent without whom the first effect would move most
print(f"Without one who said {first.answer!r}: {100 * first.lower:+.0f} to {100 * first.upper:+.0f} points")

axes = fit.plot("effects")
axes.figure.savefig(Path(sys.argv[1] if len(sys.argv) > 1 else ".") / "awareness_by_age_and_experience.png")

print(fit.effects()[0])
