"""What a published report allows to say: its numbers, its contradictions, and for whom they speak."""

import sys
from pathlib import Path

import matplotlib as mpl

import csea_stats as cs

mpl.use("Agg")
import matplotlib.pyplot as plt

survey = cs.load_survey("bosnia-herzegovina-2021")
audit = cs.audit(survey)
wrong = [finding for finding in audit.findings if finding.verdict == "inconsistent"]
print(f"{len(wrong)} contradictions in print, the first: {wrong[0].code}, {wrong[0].printed}")

# Every printed number is estimated for every target; take one answer.
poor = cs.estimate(survey).where(question="awareness", item="poor", estimand="share")

figure, axes = plt.subplots(figsize=(8, 3), layout="constrained")
told = [one for one in poor if one.interval]  # these respondents are counted, without one
for place, estimate in enumerate(told):
    axes.plot([100 * estimate.interval.lower, 100 * estimate.interval.upper], [place, place], lw=4, color="#1b4965")
names = [
    f"{e.target.words}, tau {e.target.selection.tau:g}" if isinstance(e.target, cs.Population) else e.target.words
    for e in told
]
axes.set_yticks(range(len(told)), names)
axes.axvline(50, color="#6c757d", ls=":")
axes.set(xlim=(0, 100), ylim=(3.5, -0.5), xlabel="Rate awareness poor, %, 95% credible")
figure.savefig(Path(sys.argv[1] if len(sys.argv) > 1 else ".") / "published_report.png")

print(poor.where(target=cs.Superpopulation)[0])
