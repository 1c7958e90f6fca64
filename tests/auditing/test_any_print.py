"""Whatever a survey file may hold, the audit answers: no question without a reading, no finding without words."""

from hypothesis import given, settings
from hypothesis import strategies as st

from csea_stats.auditing.audit import audit
from csea_stats.survey.source import Event, Source, TargetWords
from csea_stats.survey.survey import Battery, BatteryCell, Cell, Group, Question, Survey

WORDS = (
    "none",
    "all",
    "all seven",
    "half",
    "a third",
    "more than half",
    "nearly all",
    "one in five",
    "twenty",
    "forty percent",
)
NAMES = ("a", "b", "c", "d")
percents = st.one_of(
    st.integers(0, 100).map(str), st.integers(0, 1000).map(lambda value: f"{value // 10}.{value % 10}")
)
items = st.one_of(
    st.sampled_from(NAMES), st.lists(st.sampled_from(NAMES), min_size=1, max_size=4, unique=True).map(tuple)
)
groups = st.sampled_from([Group(question=q, item=i) for q in ("q0", "q1") for i in NAMES])


@st.composite
def cells(draw):
    told = draw(
        st.one_of(
            st.fixed_dictionaries({"percent": percents}),
            st.fixed_dictionaries({"count": st.integers(0, 60)}),
            st.fixed_dictionaries({"percent": percents, "count": st.integers(0, 60)}),
            st.fixed_dictionaries({"words": st.sampled_from(WORDS)}),
            st.fixed_dictionaries({"range": st.tuples(percents, percents)}),
            st.fixed_dictionaries({"unlabelled": st.lists(percents, min_size=1, max_size=4).map(tuple)}),
        )
    )
    base = draw(st.sampled_from([None, None, None, 0, 1, 7, 49, 70]))
    among = draw(st.one_of(st.none(), st.none(), groups))
    where = draw(st.sampled_from(["Figure 1", "Text", "Table 2"]))
    return Cell(item=draw(items), where=where, base=base, among=among, **told)


@st.composite
def surveys(draw):
    questions = []
    for number in range(2):
        kind = draw(st.sampled_from(["single", "ordinal", "multiple", "pick", "open-coded"]))
        questions.append(
            Question(
                id=f"q{number}",
                label="q",
                kind=kind,
                categories=NAMES,
                cells=tuple(draw(st.lists(cells(), max_size=6))),
                base=draw(st.sampled_from([None, None, 0, 24, 60])),
                among=draw(st.one_of(st.none(), st.none(), groups)),
                chosen=draw(st.sampled_from([None, 1, 3])) if kind == "pick" else None,
                list_length=draw(st.sampled_from([None, 3, 4, 9])),
                partial=draw(st.booleans()),
            )
        )
    told = draw(
        st.lists(
            st.one_of(
                st.builds(BatteryCell, item=items, where=st.just("Text"), range=st.tuples(percents, percents)),
                st.builds(
                    BatteryCell,
                    item=items,
                    where=st.just("F"),
                    unlabelled=st.lists(percents, min_size=1, max_size=8).map(tuple),
                ),
            ),
            max_size=2,
        )
    )
    batteries = (Battery(id="both", label="both", questions=("q0", "q1"), cells=tuple(told)),) if told else ()
    dates = draw(st.lists(st.text(max_size=12).filter(bool), max_size=2))
    return Survey(
        format="csea-survey/1",
        id="any",
        title="Any",
        respondents=draw(st.integers(1, 60)),
        source=Source(title="t", publisher=("p",), country="c", year=2021, mode="m", recruitment="r"),
        targets=TargetWords(respondents="a", superpopulation="b", population="c"),
        question=tuple(questions),
        battery=batteries,
        event=tuple(Event(name="e", label="e", printed=printed, where="Text") for printed in dates),
    )


@settings(max_examples=settings.default.max_examples // 2)
@given(surveys())
def test_any_survey_is_audited(survey):
    found = audit(survey)
    for finding in found.findings:
        assert finding.printed
        assert finding.expected
        assert finding.cells
        assert finding.verdict != "inconsistent" or finding.explanations
    for question in survey.question:
        readings = found.feasible(question.id)
        assert readings
        groups_told = {cell.among for cell in question.cells}
        for group in groups_told - {None}:
            assert found.book.readings(question.id, group)
            for inside, outside in found.complement(question.id, "a", group):
                assert 0 <= inside[0] <= inside[1]
                assert 0 <= outside[0] <= outside[1]
        base = found.base(question.id)
        for reading in readings:
            assert all(count >= 0 for count in reading.counts)
            assert reading.missing >= 0
            if question.one_answer:
                assert sum(reading.counts) + reading.missing in (base if isinstance(base, tuple) else (base,))
        for item in NAMES:
            counts = found.counts_of(question.id, item)
            assert list(counts) == sorted(set(counts))
            shown = {reading.counts[NAMES.index(item)] for reading in readings}
            assert (min(shown), max(shown)) == (counts[0], counts[-1])
