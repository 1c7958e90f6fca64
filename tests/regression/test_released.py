"""What of a fit may be passed on: numbers to two figures, and only where tables that tell as much may be."""

import json
import re

import numpy as np
import pandas as pd
import pytest

import csea_stats as cs
from csea_stats.errors import InputError

BOOK = cs.Codebook(
    {
        "seen": cs.Categories("no", "yes"),
        "team": cs.Categories("a", "b"),
        "role": cs.Categories("field", "desk"),
        "years": cs.Number(minimum=0, maximum=40),
    }
)
CELLS = {("a", "field"): (12, 5), ("a", "desk"): (6, 7), ("b", "field"): (5, 11), ("b", "desk"): (9, 8)}


def answers(cells=CELLS):
    rng = np.random.default_rng(3)
    rows = [
        (seen, *cell, int(rng.integers(0, 40)))
        for cell, counts in cells.items()
        for seen, count in zip(("no", "yes"), counts, strict=True)
        for _ in range(count)
    ]
    return cs.read_respondents(pd.DataFrame(rows, columns=["seen", "team", "role", "years"]), BOOK)


@pytest.mark.parametrize("method", ["bayes", "frequentist"])
def test_effects_coefficients_and_covariance_leave_to_two_figures(method, tmp_path):
    fit = cs.fit("seen ~ team + role + years", answers(), method=method)
    fit.save(tmp_path, release=True)
    assert {path.name for path in tmp_path.iterdir()} == {"fit-released.json", "model.toml"}
    body = json.loads((tmp_path / "fit-released.json").read_text())
    for part in ("effects", "coefficients"):
        for row, one in zip(body[part], getattr(fit, part)(), strict=True):
            pairs = [(row["estimate"], one.value), (row["interval"]["lower"], one.interval.lower)]
            pairs.append((row["interval"]["upper"], one.interval.upper))
            for told, held in pairs:
                assert told == pytest.approx(held, rel=0.05)
                assert told == float(f"{told:.2g}")
    assert ("covariance" in body) == fit.bayes
    if fit.bayes:
        named = dict(zip(body["covariance"]["names"], np.diag(body["covariance"]["values"]), strict=True))
        for name in ("team[b]", "role[desk]", "years"):
            assert named[name] == pytest.approx(fit.draws[name].var(), rel=0.06)
    assert "left_out" not in body
    with pytest.raises(InputError, match=r"allowed is a folder that Fit\.save wrote"):
        cs.load_fit(tmp_path)


def test_it_does_not_stand_beside_what_is_private(tmp_path):
    fit = cs.fit("seen ~ team", answers())
    fit.save(tmp_path)
    with pytest.raises(InputError, match="holds a fit with each respondent's answers"):
        fit.save(tmp_path, release=True)


SMALL = {**CELLS, ("b", "desk"): (9, 2)}


@pytest.mark.parametrize(
    ("formula", "cells", "rule", "message"),
    [
        ("seen ~ team * role", SMALL, True, "“seen” by “team” and “role” has an answer of fewer than 5"),
        ("seen ~ team", {("a", "desk"): (12, 9), ("b", "desk"): (30, 4)}, True, "“seen” by “team” has an answer"),
        ("seen ~ team", {("a", "desk"): (12, 9), ("b", "desk"): (5, 5)}, cs.Disclosure(group=11), "a group of fewer"),
        ("seen ~ years", {("a", "desk"): (30, 4)}, "standard", "“seen” has an answer of fewer than 5"),
        ("seen ~ years", {("a", "desk"): (5, 6)}, "standard", "11 respondents and 2 coefficients"),
    ],
)
def test_a_fit_that_tells_as_much_as_a_hidden_table_is_refused(formula, cells, rule, message, tmp_path):
    fit = cs.fit(formula, answers(cells))
    for passed_on in (lambda: fit.save(tmp_path, release=rule), lambda: fit.to_datatree(release=rule)):
        with pytest.raises(InputError, match=re.escape(message)):
            passed_on()
    assert not list(tmp_path.iterdir())


@pytest.mark.slow
def test_a_laxer_rule_lets_it_pass_and_what_is_public_always_does(tmp_path):
    cs.fit("seen ~ team * role", answers(SMALL)).save(
        tmp_path / "lax", release=cs.Disclosure(minimum=2, group=5, spread=2, reason="agreed with all")
    )
    assert "agreed with all" in (tmp_path / "lax" / "fit-released.json").read_text()
    table = cs.tabulate(cs.load_survey("bosnia-herzegovina-2021"), "awareness", by="age")
    cs.fit("awareness-by-age-from-print", table).save(tmp_path / "print", release=True)
    assert json.loads((tmp_path / "print" / "fit-released.json").read_text())["rule"] is None


def test_a_tree_that_may_be_passed_on_holds_nothing_of_single_people():
    tree = cs.fit("seen ~ team", answers()).to_datatree(release="light")
    assert set(tree.children) == {"posterior", "prior", "log_prior"}
    assert tree.attrs["release"].startswith("Counts of fewer than 3")
    assert tree.attrs["left_out"] == "not told"
