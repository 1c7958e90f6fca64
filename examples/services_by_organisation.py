"""Which services workers of different types of organisation say theirs offers: pooled, and each for itself."""

import sys
from pathlib import Path

import matplotlib as mpl

import csea_stats as cs

mpl.use("Agg")
data = cs.synthesise(cs.load_survey("bosnia-herzegovina-2021"), seed=1)  # made-up answers: put your own here

# One spread for how types differ from service to service: what one service says alone is drawn towards the others.
fit = cs.fit("services-by-organisation", data)
effects = fit.effects()
for effect in effects:
    pooled, alone = effect.interval, effect.companion
    print(effect.estimand)
    print(f"  pooled {pooled.lower:+.2f} to {pooled.upper:+.2f}, on its own {alone.lower:+.2f} to {alone.upper:+.2f}")

axes = fit.plot("effects")
axes.figure.set_size_inches(8, 9)
axes.figure.savefig(Path(sys.argv[1] if len(sys.argv) > 1 else ".") / "services_by_organisation.png")

print(effects[0])
