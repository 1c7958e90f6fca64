"""A CSV of your own with a codebook: from answers to a sentence; the twenty answers are invented."""

import sys
from pathlib import Path

import matplotlib as mpl

import csea_stats as cs

mpl.use("Agg")
codebook = cs.Codebook(
    {
        "rating": cs.Ordered("poor", "fair", "good", off_scale=("don't know",), label="Rating of services"),
        "years": cs.Number(unit="years", minimum=0, maximum=60),
        "employer": cs.Categories("government", "NGO"),  # the first is what others are compared with
    }
)
data = cs.read_respondents(Path(__file__).with_name("own_answers.csv"), codebook)
print(cs.tabulate(data, "rating", by="employer"))  # counts first

fit = cs.fit("rating ~ per(years, 5) + employer", data)
print(fit.summary())

axes = fit.plot("predictions", by="employer")
axes.figure.savefig(Path(sys.argv[1] if len(sys.argv) > 1 else ".") / "own_answers.png")

print(fit.effects("years", 5, "poor")[0])
