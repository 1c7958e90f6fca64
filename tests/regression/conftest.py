"""Answers of a small survey, made up, for every test of models."""

import numpy as np
import pandas as pd
import pytest

import csea_stats as cs

SCALE = ("none", "poor", "fair", "good", "excellent")
AGES = ("under 30", "30-39", "40-49", "50 and over")


@pytest.fixture(scope="session")
def frame():
    rng = np.random.default_rng(3)
    people = 49
    experience = rng.integers(0, 30, people).astype(float)
    table = pd.DataFrame(
        {
            "awareness": np.array(SCALE)[np.clip(rng.poisson(1.2 + 0.03 * experience), 0, 4)],
            "age_band": np.repeat(AGES, [7, 15, 15, 12]),
            "experience": experience,
            "organisation": rng.choice(["government", "NGO", "other"], people),
            "aware": rng.choice(["no", "yes"], people),
        }
    )
    table.loc[3, "awareness"] = "don't know"
    table.loc[5, "experience"] = None
    return table


@pytest.fixture(scope="session")
def book():
    return cs.Codebook(
        {
            "awareness": cs.Ordered(*SCALE, off_scale=("don't know",)),
            "age_band": cs.Ordered(*AGES),
            "experience": cs.Number(unit="years", minimum=0, maximum=60),
            "organisation": cs.Categories("government", "NGO", "other"),
            "aware": cs.Categories("no", "yes"),
        }
    )


@pytest.fixture(scope="session")
def data(frame, book):
    return cs.read_respondents(frame, book)


@pytest.fixture(scope="session")
def fitted(data):
    return cs.fit("awareness-by-age-and-experience", data)


@pytest.fixture(scope="session")
def profiled(data):
    return cs.fit("awareness ~ mo(age_band) + per(experience, 5) + organisation", data, method="frequentist")
