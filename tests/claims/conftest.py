"""Claim files of a test's own, and the shipped ones checked once."""

from __future__ import annotations

import pytest

import csea_stats as cs


@pytest.fixture(scope="session")
def survey(shipped_survey):
    return shipped_survey


@pytest.fixture(scope="session")
def shipped(shipped_claims):
    return shipped_claims


@pytest.fixture(scope="session")
def by_id(shipped):
    return {result.claim.id: result for result in shipped}


HEAD = 'format = "csea-claims/1"\nsurvey = "bosnia-herzegovina-2021"\n'


@pytest.fixture
def written(tmp_path):
    """Write a claim file of one test, or of the text of several claims."""

    def write(test="", text=None):
        body = f'\n[[claim]]\nid = "one"\nsection = "S"\ntext = "Said."\ntest = {test}\n' if text is None else text
        path = tmp_path / "my-claims.toml"
        path.write_text(HEAD + body if text is None or not text.startswith("format") else text, encoding="utf-8")
        return path

    return write


@pytest.fixture
def tested(survey, written):
    """Return the result of one test."""

    def check(test, **settings):
        (result,) = cs.check_claims(survey, written(test), **settings)
        return result

    return check
