"""Who is alike in what others know, and rows that may be passed on."""

import numpy as np
import pandas as pd
import pytest

import csea_stats as cs


def people(seed, n=60):
    rng = np.random.default_rng(seed)
    frame = pd.DataFrame(
        {
            "id": [f"person-{i}" for i in range(n)],
            "age": rng.choice(["young", "old", None], n, p=[0.5, 0.4, 0.1]),
            "years": rng.integers(0, 3, n).astype(float),
            "tools": [";".join(x for x in ("map", "phone") if rng.random() < 0.5) for _ in range(n)],
            "seen": rng.choice(["yes", "no"], n),
        }
    )
    kinds = {
        "age": cs.Ordered("young", "old"),
        "years": cs.Number(unit="years"),
        "tools": cs.Multiple(items=("map", "phone"), separator=";"),
        "seen": cs.Categories("no", "yes"),
    }
    return frame, kinds


@pytest.mark.parametrize("keys", [["age"], ["age", "years"], ["tools", "age", "years"]])
@pytest.mark.parametrize("seed", range(3))
def test_groups_are_those_of_pandas(keys, seed):
    frame, kinds = people(seed)
    found = cs.anonymity(cs.read_respondents(frame, cs.Codebook(kinds)), keys)
    grouped = frame.groupby(keys, dropna=False)
    sizes = grouped.size()
    assert (found.k, found.uniques, found.people) == (sizes.min(), (sizes == 1).sum(), len(frame))
    assert found.within(5) == sizes[sizes >= 5].sum()
    for name, number in found.diversity:
        assert number == grouped[name].nunique(dropna=False).min()
    assert sorted(found.to_frame()["people"]) == sorted(sizes)


def test_limits():
    frame, kinds = people(1)
    data = cs.read_respondents(frame.assign(age="old"), cs.Codebook(kinds))
    assert cs.anonymity(data, "age").k == len(frame)
    assert cs.anonymity(data, list(kinds)).least_answers is None
    assert repr(cs.anonymity(data, "age")).startswith("<Anonymity: 60 respondents, k = 60, l = 2, 0 alone>")
    assert "60 respondents in 1 group by age" in str(cs.anonymity(data, "age"))


@pytest.mark.parametrize(("keys", "says"), [(None, "key = "), ([], "one or more of both"), ("shoe size", "age")])
def test_what_others_know_has_to_be_named(keys, says):
    frame, kinds = people(1)
    with pytest.raises(cs.CseaStatsError, match=says):
        cs.anonymity(cs.read_respondents(frame, cs.Codebook(kinds)), keys)


def test_rows_are_written_for_whom_they_are_for():
    frame, kinds = people(1)
    data = cs.read_respondents(frame, cs.Codebook(kinds, disclosure={"key": ["age"]}))
    with pytest.raises(cs.CseaStatsError, match="private=True"):
        data.to_csv()
    assert "person-1" in data.to_csv(private=True)
    released = data.to_csv(release=True)
    assert "person-" not in released
    assert len(released.splitlines()) == 61


def test_the_order_of_released_rows_tells_nothing():
    frame, kinds = people(1)
    book = cs.Codebook(kinds, disclosure={"key": ["age"]})
    other = frame.sample(frac=1, random_state=3).reset_index(drop=True)
    assert len({cs.read_respondents(one, book).to_csv(release=True) for one in (frame, other)}) == 1


@pytest.mark.parametrize(
    ("keys", "change", "says"),
    [
        (["age", "years"], {}, "are in groups of fewer than 5"),
        ((), {}, "are in groups of fewer than 5 by age, years, tools, seen"),
        (["age"], {"seen": "yes"}, "answered alike: seen"),
    ],
)
def test_rows_that_tell_who_somebody_is_are_refused(keys, change, says):
    frame, kinds = people(2)
    book = cs.Codebook(kinds, disclosure={"key": keys})
    with pytest.raises(cs.CseaStatsError, match=says):
        cs.read_respondents(frame.assign(**change), book).to_csv(release=True)
