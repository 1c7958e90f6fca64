"""A published cross-tabulation fitted by the same call as rows."""

import numpy as np
import pytest

import csea_stats as cs
from csea_stats.errors import InputError, UnknownName


@pytest.fixture(scope="module")
def table():
    return cs.tabulate(cs.load_survey("bosnia-herzegovina-2021"), "awareness", by="age")


@pytest.fixture(scope="module")
def from_print(table):
    return cs.fit("awareness ~ age", table)


@pytest.mark.slow
def test_every_reading_is_fitted_and_the_hull_told(from_print):
    assert len(from_print.readings) == 3
    b = from_print.coefficients()[0]
    draws = [reading.weigh(reading.whole.linear[:, 0]) for reading in from_print.readings]
    each = [(one.quantile(0.025), one.quantile(0.975)) for one in draws]
    assert b.interval.lower == pytest.approx(min(low for low, _ in each), rel=1e-12)
    assert b.interval.upper == pytest.approx(max(high for _, high in each), rel=1e-12)
    assert b.value is None
    assert b.bounds[0] < b.bounds[1]
    assert b.base == ((48, 49),)
    assert "ambiguous-fit" in [doubt.code for doubt in b.caveats]


def test_numbers_of_the_worked_example(from_print):
    """If the open answer is 'none': b (-.47, 3.02); 'excellent': (-.24, 3.95), towards later answers; within .1."""
    none, excellent = (
        next(reading for reading in from_print.readings if reading.table[1, answer] == 1) for answer in (0, 4)
    )
    for reading, expected in ((none, (-0.47, 3.02)), (excellent, (-0.24, 3.95))):
        draws = reading.weigh(reading.whole.linear[:, 0])
        assert [draws.quantile(at) for at in (0.025, 0.975)] == pytest.approx(expected, abs=0.05)
    gap = from_print.effects("age", ("30 and over", "under 30"), "poor")[0]
    assert (round(gap.interval.lower, 1), round(gap.interval.upper, 1)) == (-0.1, 0.4)


@pytest.mark.slow
def test_the_same_call_as_rows(table):
    """Rows with the same counts give the same posterior, draw for draw."""
    book = cs.Codebook({"awareness": cs.Ordered(*table.labels), "age": cs.Ordered(*table.groups)}, respondent=None)
    counts = np.array(table.tables[0].counts)
    rows = [(table.labels[k], table.groups[g]) for g in range(2) for k in range(5) for _ in range(counts[g, k])]
    import pandas as pd

    data = cs.read_respondents(pd.DataFrame(rows, columns=["awareness", "age"]), book)
    by_rows = cs.fit("awareness ~ age", data)
    by_table = cs.fit("awareness ~ age", cs.tabulate(data, "awareness", by="age"))
    assert np.array_equal(by_rows.draws["thresholds"], by_table.draws["thresholds"])
    assert by_rows.coefficients()[0].interval == by_table.coefficients()[0].interval


def test_what_a_table_does_not_hold(table):
    with pytest.raises(UnknownName, match="experience"):
        cs.fit("awareness ~ age + experience", table)
    with pytest.raises(InputError, match="awareness"):
        cs.fit("age ~ awareness", table)


@pytest.mark.slow
def test_print_is_saved_too(from_print, tmp_path):
    again = cs.load_fit(from_print.save(tmp_path / "fit"))
    assert list(again.effects()) == list(from_print.effects())


@pytest.mark.slow
def test_doubts_of_the_source_go_with_every_number_and_are_saved(from_print, tmp_path):
    """The report singled the group out after the answers were in; where it is printed is told, too."""
    again = cs.load_fit(from_print.save(tmp_path / "fit"))
    for fit in (from_print, again):
        assert "chosen-after" in [doubt.code for doubt in fit.caveats]
        assert all("chosen-after" in [doubt.code for doubt in one.caveats] for one in fit.effects())
        assert fit.effects()[0].provenance.places == ("Awareness",)
