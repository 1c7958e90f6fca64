"""Every method has its works; what is cited reads back, each work once."""

import importlib
import json
import pkgutil
import re

import pytest

import csea_stats as cs
from csea_stats.errors import InputError
from csea_stats.estimators.estimand import Estimand
from csea_stats.results.caveats import CAVEATS
from csea_stats.results.citations import method_key
from csea_stats.results.references import KNOWN, OF_CAVEAT, OF_METHOD, WORKS


def subclasses(kind):
    for one in kind.__subclasses__():
        yield one
        yield from subclasses(one)


def test_every_method_of_every_estimand_has_a_work():
    for module in pkgutil.walk_packages(cs.__path__, "csea_stats."):
        if module.name.split(".")[1] in ("estimators", "regression", "tabulation"):
            importlib.import_module(module.name)
    names = {name for kind in subclasses(Estimand) for name in getattr(kind, "methods", {})}
    assert len(names) > 25
    assert {method_key(name) for name in names} <= set(OF_METHOD)


def test_every_interval_of_the_shipped_survey_has_a_work(shipped_estimates):
    spans = [span for one in shipped_estimates for span in (one.interval, one.companion) if span]
    assert {method_key(span.method) for span in spans} <= set(OF_METHOD)


def test_the_registry_is_consistent():
    assert len(KNOWN) == len(WORKS)
    for keys in (*OF_METHOD.values(), *OF_CAVEAT.values()):
        assert set(keys) <= set(KNOWN)
    assert set(OF_CAVEAT) <= set(CAVEATS)
    for one in WORKS:
        assert re.fullmatch(r"10\.\d{4,5}/\S+", one.doi), one
        assert 1900 < one.year < 2030
        assert one.journal
        assert all(family for family, _ in one.authors)
    assert len({one.doi for one in WORKS}) == len(WORKS)


def test_bibtex_is_balanced_and_has_each_work_once(shipped_estimates):
    text = shipped_estimates.cite("bibtex")
    keys = re.findall(r"^@\w+\{([^,]+),$", text, flags=re.MULTILINE)
    assert len(keys) == len(set(keys))
    assert {"csea_stats", "bosnia-herzegovina-2021", "brown2001", "wilson1927", "newcombe1998", "klein2020"} <= set(
        keys
    )
    assert text.count("{") == text.count("}")
    assert "barnard1947" not in keys  # only what was used


def test_csl_reads_back():
    entries = json.loads(cs.difference((7, 7), (28, 42)).cite("csl"))
    assert [one["id"] for one in entries] == ["csea_stats", "brown2001", "newcombe1998"]
    assert entries[2]["DOI"].startswith("10.1002/(SICI)1097-0258")
    assert entries[1]["author"][0] == {"family": "Brown", "given": "L."}


def test_text_has_a_line_for_each_work():
    lines = cs.proportion(35, 49, method="wilson").cite().splitlines()
    assert lines[0].startswith("The csea_stats developers (2026). csea_stats")
    assert lines[1].startswith("Wilson E. (1927). Probable inference")
    with pytest.raises(InputError, match="'bibtex'"):
        cs.proportion(35, 49).cite("ris")


def test_a_methods_text_tells_what_was_run_and_nothing_else():
    told = cs.proportion(35, 49, target=cs.TIERS).methods_text()
    for words in ("49 respondents", "Jeffreys", "Wilson", "95%", "1.6, 2.7 or 7.1 times", "not estimated", "numpy"):
        assert words in told
    assert "4 statements were tested" in told
    plain = cs.proportion(35, 49, method="wilson", threshold=None).methods_text()
    assert "population" not in plain
    assert "synthetic" not in plain.lower()
    assert "margin of error" not in told
    assert cs.proportion(35, 49).methods_text("sentence").count(".") == 1
    with pytest.raises(InputError, match="'paragraph' or 'sentence'"):
        cs.proportion(35, 49).methods_text("long")
