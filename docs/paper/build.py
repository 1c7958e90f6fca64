"""The results of two small surveys as a paper, every number of it made by the package.

`uv run python docs/paper/build.py` writes `paper.md` and its figures beside this file; with a folder as argument it
writes them there, with `paper.docx` and `paper.tex`, which pandoc makes of them.
"""

import sys
from pathlib import Path

import matplotlib as mpl

import csea_stats as cs

mpl.use("Agg")
HERE = Path(__file__).resolve().parent
EXAMPLES = HERE.parents[1] / "examples"


def told(sentences):
    """Return sentences as paragraphs, their notes last."""
    text, _, notes = str(sentences).partition("\nNotes: ")
    return f"{text}\n\n*Notes.* {notes}"


def table(frame):
    """Return a frame as a Markdown table."""
    rows = [list(frame.columns), ["---"] * len(frame.columns), *frame.astype(str).to_numpy().tolist()]
    return "\n".join(f"| {' | '.join(row)} |" for row in rows)


class Figures:
    """The figures of a paper, numbered and written as they are named in it."""

    def __init__(self, folder):
        self.folder, self.number = folder, 0

    def add(self, name, picture):
        """Write a figure; return its place in the text, with its caption."""
        self.number += 1
        for ending in ("svg", "png", "pdf") if self.folder != HERE else ("svg",):
            picture.save(self.folder / f"{name}.{ending}")
        return f"![{picture.alt}]({name}.svg)\n\n**Figure {self.number}.** {picture.caption}"


def from_print(figures):
    """Tell what a published report allows to say of one of its questions."""
    survey = cs.load_survey("bosnia-herzegovina-2021")
    counts = cs.tabulate(survey, "awareness")
    poor = cs.estimate(counts).where(item="poor", estimand="share")
    people = poor.where(target=cs.Superpopulation)
    gap = cs.tabulate(survey, "awareness", by="age").contrasts(outcome="poor", target=people[0].target)
    return (
        poor,
        f"""## From a published report

The report gives percentages, some counts and some bases; the answers are not public. Which counts its numbers allow was
worked out first, and every one of them was carried on.

{counts.table().to_markdown()}

{told(people.sentences("in-text"))}

{figures.add("awareness", poor.figure("tiers", width="page"))}

How unequal taking part would have to be for the majority to vanish is told by the next figure.

{figures.add("tipping", people.figure("tipping"))}

All of the youngest gave this answer. The comparison was made because of that, which no interval allows for.

{told(gap.sentences("in-text"))}
""",
    )


def from_answers(figures):
    """Tell what the export of a form allows to say of one of its questions."""
    data = cs.read_respondents(EXAMPLES / "own_answers.csv", EXAMPLES / "own_answers.toml")
    effects = cs.fit("online_forms ~ per(years, 5) + place", data).effects(outcome="Disagree")
    return (
        effects,
        f"""## From answers to a form

The answers are invented; they show how such a section is made. {data.funnel}

{table(cs.characteristics(data, by="place", questions=["years", "trainings"]))}

{told(effects.sentences("in-text"))}

{figures.add("effects", effects.figure("forest", width="page"))}
""",
    )


def paper(folder):
    """Return the paper as Markdown; write its figures into a folder."""
    figures = Figures(folder)
    poor, first = from_print(figures)
    effects, second = from_answers(figures)
    works = dict.fromkeys([*poor.cite().split("\n"), *effects.cite().split("\n")])
    listed = cs.checklist("cross", poor)
    return f"""# Two small surveys

In these results no number was typed by hand: `docs/paper/build.py` makes them from the shipped survey and from the
export of a form in `examples/`. The words between the numbers are an author's, and hold no digits.

## Statistical methods

{poor.methods_text()}

{effects.methods_text()}

{first}
{second}
## Reporting

{listed.title}: {len(listed) - len(listed.open)} of {len(listed)} items are filled from the numbers; the others wait for
the authors.

## References

{"\n".join(f"- {work}" for work in works)}
"""


def main(folder=None):
    """Write the paper."""
    place = HERE if folder is None else Path(folder)
    text = paper(place)
    (place / "paper.md").write_text(text, encoding="utf-8")
    if folder is not None:
        import pypandoc

        for form, ending, drawn in (("docx", "docx", "png"), ("latex", "tex", "pdf")):
            out, more = str(place / f"paper.{ending}"), ["--standalone", f"--resource-path={place}"]
            pypandoc.convert_text(text.replace(".svg)", f".{drawn})"), form, "gfm", outputfile=out, extra_args=more)


if __name__ == "__main__":
    main(*sys.argv[1:])
