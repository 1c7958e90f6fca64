"""The same ordinal regression in other software: `uv run python benchmarks/peers.py`.

49 rows, five ordered answers, one binary and one continuous predictor; every peer that is there is run, the others are
named as missing. Each fit is timed in its own process once it is loaded and warm, so that a ratio compares fitting
with fitting; the last column is a whole process from a file to printed effects. Ratios are of times from this run.

Peers: statsmodels' OrderedModel (maximum likelihood, Wald intervals), R's ordinal::clm with profile intervals (ours has
them too), rstanarm::stan_polr and brms::brm (four chains of NUTS on one core; brms compiles anew each time) and Bambi
(PyMC, NUTS). A likelihood fit and a posterior are not the same work: the kind is told.
"""

import json
import shutil
import subprocess
import sys
import tempfile
import time
from importlib.util import find_spec
from pathlib import Path

import numpy as np

OURS = """
import json, sys, time
import csea_stats as cs
codebook = cs.Codebook({
    "y": cs.Ordered("none", "poor", "fair", "good", "excellent"),
    "group": cs.Categories("a", "b"),
    "x": cs.Number(unit="years", minimum=-10, maximum=10),
})
data = cs.read_respondents(sys.argv[1], codebook)
def run():
    return cs.fit("y ~ group + per(x, 1)", data, method=METHOD)
run()
start = time.perf_counter()
for _ in range(5):
    fit = run()
fitted = (time.perf_counter() - start) / 5
print(fit.coefficients()[0].value, file=sys.stderr)
print(json.dumps(fitted))
"""

STATSMODELS = """
import json, sys, time, warnings
import pandas as pd
from statsmodels.miscmodels.ordinal_model import OrderedModel
data = pd.read_csv(sys.argv[1], keep_default_na=False)
answers = pd.Categorical(data["y"], ["none", "poor", "fair", "good", "excellent"], ordered=True)
columns = pd.DataFrame({"group": (data["group"] == "b").astype(float), "x": data["x"].astype(float)})
def run():
    return OrderedModel(answers.codes, columns.to_numpy(), distr="logit").fit(method="bfgs", disp=False)
run()
start = time.perf_counter()
for _ in range(5):
    fit = run()
print(json.dumps((time.perf_counter() - start) / 5))
"""

BAMBI = """
import json, sys, time
import bambi, pandas as pd
data = pd.read_csv(sys.argv[1], keep_default_na=False)
data["y"] = pd.Categorical(data["y"], ["none", "poor", "fair", "good", "excellent"], ordered=True)
def run():
    return bambi.Model("y ~ group + x", data, family="cumulative").fit(cores=1, progressbar=False, random_seed=1)
run()
start = time.perf_counter()
run()
print(json.dumps(time.perf_counter() - start))
"""

R = """
suppressMessages(library({package}))
data <- read.csv(commandArgs(TRUE)[1])
data$y <- factor(data$y, c("none", "poor", "fair", "good", "excellent"), ordered = TRUE)
run <- function() {call}
invisible(capture.output(run()))
start <- proc.time()[["elapsed"]]
for (i in seq_len({times})) invisible(capture.output(run()))
cat((proc.time()[["elapsed"]] - start) / {times}, "\\n")
"""
CLM = R.format(package="ordinal", call="confint(clm(y ~ group + x, data = data))", times=20)
POLR = R.format(
    package="rstanarm",
    call="stan_polr(y ~ group + x, data = data, prior = R2(0.3, 'mean'), cores = 1, refresh = 0, seed = 1)",
    times=1,
)
BRMS = R.format(
    package="brms",
    call="brm(y ~ group + x, data = data, family = cumulative(), cores = 1, refresh = 0, seed = 1)",
    times=1,
)


def answers(path):
    """Write 49 made-up rows."""
    rng = np.random.default_rng(3)
    group, x = rng.integers(0, 2, 49), rng.normal(size=49).round(3)
    chosen = ((0.8 * group + 0.5 * x + rng.logistic(size=49))[:, None] > np.linspace(-1.5, 1.5, 4)).sum(axis=1)
    names = ["none", "poor", "fair", "good", "excellent"]
    rows = [f"{names[k]},{'ab'[g]},{value}" for k, g, value in zip(chosen, group, x, strict=True)]
    path.write_text("\n".join(["y,group,x", *rows]) + "\n", encoding="utf-8")


def timed(command):
    """Return (seconds of one warm fit, seconds of the whole process), or None and why not."""
    start = time.perf_counter()
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    whole = time.perf_counter() - start
    if done.returncode:
        return None, next((line for line in done.stderr.splitlines() if "Error" in line), "failed")
    return float(json.loads(done.stdout.strip().splitlines()[-1])), whole


def main():
    r = shutil.which("Rscript")
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "answers.csv"
        answers(file)

        def script(name, text):
            path = Path(folder) / name
            path.write_text(text, encoding="utf-8")
            return str(path)

        python = lambda name, text: [sys.executable, script(name, text), str(file)]  # noqa: E731
        tasks = {
            "csea_stats, bayes": ("posterior", python("bayes.py", OURS.replace("METHOD", "'bayes'"))),
            "csea_stats, log-f": ("likelihood", python("logf.py", OURS.replace("METHOD", "'frequentist'"))),
            "statsmodels": ("likelihood", python("ordered.py", STATSMODELS)),
            "R ordinal::clm": ("likelihood", r and [r, script("clm.R", CLM), str(file)]),
            "R rstanarm::stan_polr": ("posterior", r and [r, script("polr.R", POLR), str(file)]),
            "R brms::brm": ("posterior", r and [r, script("brms.R", BRMS), str(file)]),
            "Bambi": ("posterior", find_spec("bambi") and python("bambi_.py", BAMBI)),
        }
        ours = {}
        print(f"{'':<24}{'kind':<12}{'fit, ms':>10}{'ratio':>8}{'process, s':>12}")
        for name, (kind, command) in tasks.items():
            if not command:
                print(f"{name:<24}{kind:<12}{'not installed':>18}")
                continue
            fit, whole = timed(command)
            if fit is None:
                print(f"{name:<24}{kind:<12}  {whole}")
                continue
            ours.setdefault(kind, fit)
            print(f"{name:<24}{kind:<12}{1e3 * fit:>10.1f}{fit / ours[kind]:>8.1f}{whole:>12.2f}")


if __name__ == "__main__":
    main()
