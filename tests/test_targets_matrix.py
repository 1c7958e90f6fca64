"""The table of methods and targets in the docs is what the package does."""

from pathlib import Path

import pytest

import csea_stats as cs
from csea_stats.errors import UnsupportedTarget
from csea_stats.estimators.comparison import Difference, OddsRatio, Ratio
from csea_stats.estimators.multinomial import JointShare
from csea_stats.estimators.paired_difference import PairedDifference, PairedShift
from csea_stats.estimators.proportion import Share
from csea_stats.estimators.superiority import Superiority

PAGE = (Path(__file__).parents[1] / "docs" / "targets.md").read_text(encoding="utf-8")
TABLE = [
    [cell.strip() for cell in line.strip("|").split("|")]
    for line in PAGE.partition("## Which method")[2].splitlines()
    if line.startswith("|") and "---" not in line
]
TARGETS = {
    "Respondents": cs.Respondents(),
    "Superpopulation": cs.Superpopulation(),
    "FinitePopulation": cs.FinitePopulation(200),
    "Population, prior": cs.Population(),
    "the same, sized": cs.Population(size=200),
    "Population, bounds": cs.Population(cs.SelectionBounds(ratio=2)),
}
CALLS = {
    "proportion": lambda **keys: cs.proportion(35, 49, **keys),
    "difference": lambda **keys: cs.difference((7, 7), (28, 42), **keys),
    "paired_difference": lambda **keys: cs.paired_difference(39, 35, 49, **keys),
    "paired_shift": lambda **keys: cs.paired_shift([[3, 9], [2, 6]], **keys),
    "superiority": lambda **keys: cs.superiority([2, 8, 9, 4, 1], [1, 12, 8, 3, 1], **keys),
    "difference, sizes": lambda target, **keys: cs.difference(
        (7, 7), (28, 42), sizes=(20, 150) if getattr(target, "size", None) else None, target=target, **keys
    ),
    "difference, ratio": lambda **keys: cs.difference((7, 7), (28, 42), measure="ratio", **keys),
    "difference, odds ratio": lambda **keys: cs.difference((7, 7), (28, 42), measure="odds-ratio", **keys),
    "tipping_difference": lambda **keys: cs.tipping_difference((7, 7), (28, 42), **keys),
    "exact_test": lambda **keys: cs.exact_test((7, 7), (28, 42), **keys),
    "multinomial": lambda **keys: cs.multinomial([1, 2, 3], **keys),
    "ordinal": lambda **keys: cs.ordinal([1, 2, 3], ["a", "b", "c"], **keys),
    "picks": lambda **keys: cs.picks([3, 2, 1], 3, chosen=2, **keys),
    "pick_contrasts": lambda **keys: cs.pick_contrasts([3, 2, 1], 3, 2, **keys),
    "ranks": lambda **keys: cs.ranks([3, 2, 1], 3, **keys),
    "crosstab_bounds": lambda method, **keys: cs.crosstab_bounds(35, 24, 49, region=method, **keys),
    "tipping_ratio": lambda method, **keys: cs.tipping_ratio(35, 49, **keys),  # noqa: ARG005
}
DECLARED = {
    "proportion": Share,
    "difference": Difference,
    "difference, sizes": Difference,
    "difference, ratio": Ratio,
    "difference, odds ratio": OddsRatio,
    "paired_difference": PairedDifference,
    "paired_shift": PairedShift,
    "multinomial": JointShare,
    "ordinal": Share,
    "superiority": Superiority,
    "picks": Share,
    "pick_contrasts": PairedDifference,
}
"""The estimand behind each call; the rows of the table are what its methods declare."""
CELLS = [(row[0], row[1], name, word) for row in TABLE[1:] for name, word in zip(TABLE[0][2:], row[2:], strict=True)]


def test_the_table_has_every_call_and_target():
    assert {call for call, *_ in CELLS} == set(CALLS)
    assert TABLE[0][2:] == list(TARGETS)


@pytest.mark.parametrize("call", DECLARED)
def test_a_row_is_what_the_methods_declare(call):
    estimand, told = DECLARED[call], {row[1]: row for row in TABLE[1:] if row[0] == call}
    for name, method in estimand.methods.items():
        has = [True, True, method.size, method.prior, method.size and method.prior, method.bounds]
        if call == "difference":  # the size of the whole says nothing of the groups'
            has[2] = has[4] = False
        row = [call, name, *("yes" if one else "no" for one in has)]
        if name in told:
            assert told.pop(name) == row
        elif method.offered and call not in ("ordinal", "picks", "difference, sizes"):  # told by the default alone
            pytest.fail(f"docs/targets.md needs | {' | '.join(row)} |")
    assert not told


HEAVY = {
    ("proportion", "jeffreys", "the same, sized"),
    ("picks", "jeffreys", "the same, sized"),
    ("crosstab_bounds", "tables", "Population, prior"),
    ("crosstab_bounds", "tables", "Population, bounds"),
}


def check(call, method, target, word):
    if word == "yes":
        assert CALLS[call](method=method, target=TARGETS[target])
    else:
        with pytest.raises(UnsupportedTarget, match=r"\w+"):
            CALLS[call](method=method, target=TARGETS[target])


@pytest.mark.few(6)
@pytest.mark.parametrize(("call", "method"), dict.fromkeys(cell[:2] for cell in CELLS))
def test_a_row(call, method):
    for cell in CELLS:
        if cell[:2] == (call, method) and cell[:3] not in HEAVY:
            check(*cell)


@pytest.mark.slow
def test_cells_that_take_long():
    heavy = [cell for cell in CELLS if cell[:3] in HEAVY]
    assert len(heavy) == len(HEAVY)
    for cell in heavy:
        check(*cell)
