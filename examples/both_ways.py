"""The same model in both ways: posterior and penalised profile likelihood, side by side."""

import sys
from pathlib import Path

import matplotlib as mpl

import csea_stats as cs

mpl.use("Agg")
import matplotlib.pyplot as plt

data = cs.synthesise(cs.load_survey("bosnia-herzegovina-2021"), seed=1)  # made-up answers: put your own here
model = cs.load_model("police-knowledge-by-age-and-experience")
bayes = cs.fit(model, data)
frequentist = cs.fit(model, data, method="frequentist")

for one, other in zip(bayes.coefficients(), frequentist.coefficients(), strict=True):
    print(
        f"{one.item}: {one.interval.lower:+.2f} to {one.interval.upper:+.2f} (credible), "
        f"{other.interval.lower:+.2f} to {other.interval.upper:+.2f} (confidence)"
    )

figure, panels = plt.subplots(1, 2, figsize=(14, 4), layout="constrained")
bayes.plot("effects", ax=panels[0]).set_title("Bayesian")
frequentist.plot("effects", ax=panels[1]).set_title("Frequentist")
figure.savefig(Path(sys.argv[1] if len(sys.argv) > 1 else ".") / "both_ways.png")

print(bayes.effects()[0])
