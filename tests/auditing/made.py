"""A small survey for a test: its questions, and whatever else matters."""

from csea_stats.survey.source import Source, TargetWords
from csea_stats.survey.survey import Survey


def small_survey(*questions, respondents=49, **more):
    return Survey(
        format="csea-survey/1",
        id="small",
        title="Small",
        respondents=respondents,
        source=Source(title="t", publisher=("p",), country="c", year=2021, mode="m", recruitment="r"),
        targets=TargetWords(respondents="a", superpopulation="b", population="c"),
        question=questions,
        **more,
    )
