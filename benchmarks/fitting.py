"""Time of an ordinal fit, against what it could cost at least and against NUTS: `uv run python benchmarks/fitting.py`.

Processor time, so that other programs disturb less; every ratio is of two times from this one run. The least a fit by
importance sampling costs: the normals it draws, one exponential for each draw and cell, and the mode. With `--nuts`
also PyMC with nutpie, compiled before the clock starts, at equal effective sample size.

Then models with group effects at 49 respondents (target: 1.5 s), answers made up for the shipped models. Of both
engines the effective sample size is the smallest: of draws and of settings of the spreads; of bulk and tails of any
variable. Measured on a busy machine with two slow cores, processor seconds, November 2026:

    services   81 unknowns  0.33 s, ESS 7041 (spreads 1119); NUTS warm  4.2 s, ESS  944: 15 times slower at equal ESS
    ratings   106 unknowns  1.01 s, ESS 5202 (spreads 1087); NUTS warm  8.1 s, ESS 1541:  6 times slower
    barriers   69 unknowns  0.49 s, ESS 1678 (spreads  898); NUTS warm 15.8 s, ESS 1254: 23 times slower
"""

import argparse
import statistics
import time

import numpy as np

from csea_stats.regression.engines.laplace import laplace
from csea_stats.regression.engines.likelihood import LogPosterior
from csea_stats.regression.engines.proposal import modes
from csea_stats.regression.problem import EngineProblem, Prior


def made(people, columns, levels, seed=1, repeat=1):
    rng = np.random.default_rng(seed)
    linear = rng.normal(size=(people, columns))
    linear -= linear.mean(axis=0)
    steps = []
    for number in levels:
        step = (rng.integers(0, number, people)[:, None] >= np.arange(1, number)).astype(float)
        steps.append(step - step.mean(axis=0))
    eta = linear @ np.full(columns, 0.7) + sum(0.8 * step.mean(axis=1) for step in steps)
    chosen = ((eta + rng.logistic(size=people))[:, None] > np.linspace(-1.5, 1.5, 4)).sum(axis=1)
    return EngineProblem(
        counts=np.eye(5)[chosen] * repeat,
        linear=linear,
        steps=tuple(steps),
        linear_priors=(Prior(),) * columns,
        monotonic_priors=(Prior(),) * len(levels),
    )


def seconds(task, repeats=15):
    task()
    taken = []
    for _ in range(repeats):
        start = time.process_time()
        task()
        taken.append(time.process_time() - start)
    return statistics.median(taken)


def effective(sample):
    return next(diagnostic.value for diagnostic in sample.diagnostics if diagnostic.name == "effective sample size")


def drawn(sample):
    text = next(diagnostic.text for diagnostic in sample.diagnostics if diagnostic.name == "effective sample size")
    return int(text.split()[1].replace(",", ""))


def grouped(*, nuts_too):
    """Print the rows of models with group effects."""
    import csea_stats as cs
    from csea_stats.regression.engines.nested import nested
    from csea_stats.regression.fitting import design_of

    people = cs.synthesise(cs.load_survey("bosnia-herzegovina-2021"), seed=1)
    print(f"{'49 respondents, groups':<26}{'unknowns':>9}{'fit s':>8}{'ESS':>8}{'spreads':>9}{'target s':>10}")
    for name in ("services-by-organisation", "ratings-by-organisation", "barriers-by-organisation"):
        design = design_of(cs.load_model(name), people)
        problem = design.problem()
        values = {one.name: one.value for one in nested(problem).diagnostics}
        own, spreads = values["effective sample size"], values["effective sample size of the spreads"]
        fit = seconds(lambda problem=problem: nested(problem), 3)
        unknowns = sum(one.members + 1 for one in problem.spreads) + problem.linear.shape[1]
        unknowns += problem.items or problem.answers - 1
        print(f"{name:<26}{unknowns:>9}{fit:>8.2f}{own:>8.0f}{spreads:>9.0f}{'<= 1.5':>10}")
        if nuts_too:
            warm, size = warm_nuts(design)
            ratio = (warm / size) / (fit / min(own, spreads))
            print(f"  NUTS, warm: {warm:.1f} s, ESS {size:.0f}; at equal ESS {ratio:.0f} times slower")


def warm_nuts(design):
    """Return processor time and effective sample size of a compiled model."""
    import nutpie

    from csea_stats.regression.engines import GROUPED
    from csea_stats.regression.engines.nuts import TUNE, chain_diagnostics, pymc_model

    compiled = nutpie.compile_pymc_model(pymc_model(design.problem()))
    settings = {"draws": GROUPED, "tune": TUNE, "chains": 4, "target_accept": 0.95, "save_warmup": False}
    start = time.process_time()
    trace = nutpie.sample(compiled, seed=1, progress_bar=False, **settings)
    taken = time.process_time() - start
    found = {one.name: one.value for one in chain_diagnostics(trace, (4, GROUPED))}
    return taken, found["effective sample size"]


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--nuts", action="store_true", help="also time PyMC with nutpie (compiles for a minute)")
    nuts_too = parser.parse_args().nuts
    print(f"{'49 rows, 5 answers':<26}{'fit ms':>8}{'draws':>8}{'ESS':>8}{'least ms':>10}{'ratio':>7}{'target':>8}")
    for name, columns, levels, target in (
        ("two columns", 2, (), 5),
        ("one monotonic, one column", 1, (4,), 10),
        ("two monotonic, one column", 1, (4, 5), 10),
    ):
        problem = made(49, columns, levels)
        sample = laplace(problem)
        posterior, number = LogPosterior(problem), drawn(sample)
        cells = int(np.count_nonzero(problem.counts[:, :-1] + problem.counts[:, 1:]))
        rng = np.random.default_rng(0)
        block = rng.normal(size=(cells, 1024))
        out = np.empty_like(block)

        def least(posterior=posterior, number=number, rng=rng, block=block, out=out):
            rng.standard_normal((posterior.layout.size, number))
            for _ in range(number // 1024 + 1):
                np.exp(block, out=out)
            modes(posterior)

        fit, floor = seconds(lambda problem=problem: laplace(problem)), seconds(least)
        print(
            f"{name:<26}{1e3 * fit:>8.1f}{number:>8}{effective(sample):>8.0f}"
            f"{1e3 * floor:>10.1f}{fit / floor:>7.1f}{'<= ' + str(target):>8}"
        )
        if nuts_too:
            from csea_stats.regression.engines.nuts import nuts

            far = nuts(problem)
            slow = seconds(lambda problem=problem: nuts(problem), 3)
            ratio = (slow / effective(far)) / (fit / effective(sample))
            print(f"  NUTS, warm: {slow:.2f} s, ESS {effective(far):.0f}; at equal ESS {ratio:.0f} times slower")
    small, large = made(10, 1, ()), made(10, 1, (), repeat=100_000)
    ratio = seconds(lambda: laplace(large)) / seconds(lambda: laplace(small))
    print(f"a million people in 10 patterns: {ratio:.2f} times the fit of ten")
    grouped(nuts_too=nuts_too)
    fits = seconds(lambda: [laplace(made(49, 1, (4,), seed), draws=99) for seed in range(20)], 3) * 50
    print(f"1,000 calibration fits, one monotonic effect: {fits:.0f} s (target 30)")


if __name__ == "__main__":
    main()
