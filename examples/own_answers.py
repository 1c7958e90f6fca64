"""What a survey tool wrote: from a messy export to a table, a page and a sentence; the answers are invented."""

import sys
import tempfile
from pathlib import Path

import matplotlib as mpl

import csea_stats as cs

mpl.use("Agg")
here = Path(__file__).with_suffix(".csv")

draft = cs.draft_codebook(here)  # what the file's structure shows; `csea-stats codebook own_answers.csv` prints it
print(draft.to_toml().split("\n\n")[2], "\n")

data = cs.read_respondents(here, here.with_suffix(".toml"))  # the draft as a person corrected it
print(data.funnel, *data.notes, sep="\n")  # every answer that was not read as it stands
print(cs.characteristics(data, by="place", questions=["years", "trainings"]).to_string(index=False), "\n")

with tempfile.TemporaryDirectory() as folder:  # for a page of your own name a folder here
    print(f"{len(cs.write_report(data, folder))} files: the page, tables and figures\n")

fit = cs.fit("online_forms ~ per(years, 5) + place", data)
axes = fit.plot("predictions", by="place")
axes.figure.savefig(Path(sys.argv[1] if len(sys.argv) > 1 else ".") / "own_answers.png")

print(fit.effects("years", 5, "Disagree")[0])
