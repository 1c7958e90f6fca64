"""Formulas of any kind, and numbers of any scale in a model."""

from functools import cache

import numpy as np
import pandas as pd

import csea_stats as cs
from tests.fuzz.hostile_texts import some_text

WORDS = (
    "region",
    "rating",
    "agrees",
    "years",
    "chosen",
    "nobody",
    "1",
    "0",
    "-1",
    "x y",
    "`region`",
    "`x y`",
    "Q('x')",
)
SIGNS = (
    "~",
    "+",
    "*",
    ":",
    "|",
    "(",
    ")",
    "^2",
    "-",
    "/",
    ",",
    "%in%",
    "mo(",
    "per(",
    "free(",
    "(1 |",
    "trials(",
    "`",
    " ",
)
SIGNS += (
    "cat(",
    "log(",
    "C(",
    "**",
    "==",
    "\n",
    "\t",
    "\0",
    "é",
    "10",
    "1e999",
    "0.5",
    "-3",
    "'",
    '"',
    "\\",
    "{0}",
    "[",
    "]",
)


@cache
def answers():
    rng = np.random.default_rng(1)
    frame = pd.DataFrame(
        {
            "region": rng.choice(["north", "south", "west"], 40),
            "rating": rng.choice(["low", "middle", "high"], 40),
            "agrees": rng.choice(["no", "yes"], 40),
            "years": rng.integers(0, 30, 40).astype(str),
            "chosen": rng.choice(["x", "y", "x;y", ""], 40),
        }
    )
    book = cs.Codebook(
        {
            "region": cs.Categories("north", "south", "west"),
            "rating": cs.Ordered("low", "middle", "high"),
            "agrees": cs.Categories("no", "yes"),
            "years": cs.Number(),
            "chosen": cs.Multiple(items=("x", "y"), separator=";"),
        }
    )
    return cs.read_respondents(frame, book)


def some_formula(rng):
    """Draw a formula of the grammar, one with a change, or signs in no order."""
    way = rng.random()
    if way < 0.3:
        return "".join(rng.choice([*WORDS, *SIGNS, some_text(rng)]) for _ in range(rng.randint(0, 12)))
    terms = ["region", "agrees", "years", "mo(rating)", "rating", "per(years, 5)", "1", "(1 | region)", "free(years)"]
    terms += ["region:years", "(agrees + years)^2", "chosen[x]", "(1 + years | region)", "(1 | agrees:region)"]
    right = rng.choice([" + ", " + ", " * ", ":", " - "]).join(rng.sample(terms, rng.randint(1, 4)))
    text = f"{rng.choice(['rating', 'agrees', 'years', 'region', 'chosen', 'chosen[x]'])} ~ {right}"
    if way < 0.7:
        place = rng.randint(0, len(text))
        text = text[:place] + rng.choice([*SIGNS, *WORDS]) + text[place + rng.choice([0, 0, 1, 3]) :]
    return text


def formulas(rng, folder, ask):
    """Formulas: a model that writes itself back, or the place where it goes wrong; some are fitted."""
    del folder
    text = some_formula(rng)
    model = ask("formula", lambda: cs.Model.from_formula(text))
    if model is None:
        return
    path = ask("model file", model.to_toml)
    assert path is not None
    assert cs.load_model(path) == model
    if rng.random() < 0.05:
        fit = ask("fit", lambda: cs.fit(text, answers(), method="frequentist"))
        effects = None if fit is None else ask("effects", fit.effects)
        for one in effects or ():
            assert np.isfinite(one.value)
            assert one.interval is None or one.interval.lower <= one.interval.upper


def scales(rng, folder, ask):
    """Numbers of any scale as a predictor: the same effects as in another unit, or an error that says so."""
    del folder
    made = np.random.default_rng(rng.getrandbits(60))
    n = rng.randint(8, 40)
    plain = made.choice([made.normal(size=n), made.integers(0, 5, n).astype(float), made.lognormal(0, 2, n)])
    answer = made.choice(["low", "middle", "high"], n)
    scale, start = 10.0 ** rng.choice([-300, -150, -20, -9, -3, 0, 1, 3, 6, 9, 20, 99, 150, 300]), 0.0
    if rng.random() < 0.3:
        start = scale * 10.0 ** rng.randint(0, 8)
    if rng.random() < 0.2:
        plain = np.full(n, plain[0])
    formula, method = (
        rng.choice(["t ~ x", "t ~ x", "t ~ per(x, 1)"]),
        rng.choice(["frequentist", "frequentist", "bayes"]),
    )
    told = []
    for numbers in (plain, plain * scale + start):
        frame = pd.DataFrame({"x": numbers, "t": answer})
        book = cs.Codebook({"x": cs.Number(), "t": cs.Ordered("low", "middle", "high")})
        data = ask("read", lambda frame=frame, book=book: cs.read_respondents(frame, book))
        fit = None if data is None else ask(method, lambda data=data: cs.fit(formula, data, method=method))
        told.append(None if fit is None else ask("effects", fit.effects))
    for effects in told:
        for one in effects or ():
            assert np.isfinite(one.value)
            assert one.interval is None or -1 <= one.interval.lower <= one.interval.upper <= 1
    first, second = told
    if first and second and (formula, method) == ("t ~ x", "frequentist"):
        assert np.allclose([one.value for one in first], [one.value for one in second], rtol=0, atol=1e-4)


KINDS = {"formulas": formulas, "scales": scales}
