"""Two integers are enough: a share, a difference, and what each allows to say."""

import sys
from pathlib import Path

import matplotlib as mpl

import csea_stats as cs

mpl.use("Agg")
import matplotlib.pyplot as plt

share = cs.proportion(35, 49, label="rate public awareness poor")
print(share)

# All 7 workers under 30 say so, and 28 of the 42 others: is that a difference?
gap = cs.difference((7, 7), (28, 42), label="rate public awareness poor")

figure, axes = plt.subplots(figsize=(8, 2.5), layout="constrained")
for place, interval in enumerate((gap.interval, gap.companion)):
    axes.plot([100 * interval.lower, 100 * interval.upper], [place, place], lw=4, color=("#1b4965", "#ca6702")[place])
names = [f"95% {interval.kind} ({interval.method.title()})" for interval in (gap.interval, gap.companion)]
axes.set_yticks([0, 1], names)
axes.axvline(0, color="#6c757d", ls=":")
axes.set(ylim=(1.7, -0.7), xlabel="7 of 7 against 28 of 42: difference, percentage points")
figure.savefig(Path(sys.argv[1] if len(sys.argv) > 1 else ".") / "two_integers.png")

print(gap)
