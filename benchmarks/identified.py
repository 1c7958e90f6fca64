"""How long the identified sets of a table take: `uv run python benchmarks/identified.py`.

A table of five ordered answers by four groups of which print gives the margins, and the same with printed cells. Every
cell, every share of an answer and of "answer or lower" in a group and outside it, every difference.
"""

import time

import csea_stats as cs

ANSWERS = {"none": 3, "poor": 20, "fair": 17, "good": 7, "excellent": 2}
GROUPS = {"a": 20, "b": 14, "c": 8, "d": 7}
CELLS = {("poor", "a"): range(5, 10), ("good", "b"): {1, 3}, (("none", "poor"), "d"): 2}


def main() -> None:
    """Print the seconds of each, the best of three."""
    cases = {
        "margins, these respondents": {"target": cs.Respondents()},
        "margins, region of the set": {},
        "margins, Imbens-Manski": {"region": "parameter"},
        "margins, population": {"target": cs.Population()},
        "printed cells, these respondents": {"given": CELLS, "target": cs.Respondents()},
        "printed cells, over every table": {"given": CELLS},
    }
    cs.crosstab_bounds(ANSWERS, GROUPS, 49, given=CELLS)  # loads what is imported at first use
    for name, settings in cases.items():
        seconds = []
        for _ in range(3):
            start = time.perf_counter()
            found = cs.crosstab_bounds(ANSWERS, GROUPS, 49, ordered=True, **settings)
            seconds.append(time.perf_counter() - start)
        print(f"{name:36} {len(found):4} estimates {min(seconds):8.3f} s")


if __name__ == "__main__":
    main()
