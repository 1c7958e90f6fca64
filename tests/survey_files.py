"""The head of a small survey file for tests: all that a file needs but its questions."""

HEAD = """format = "csea-survey/1"
id = "{name}"
title = "Small"
respondents = {respondents}
[source]
title = "T"
publisher = ["P"]
country = "C"
year = 2021
mode = "m"
recruitment = "r"
[targets]
respondents = "the people who answered"
superpopulation = "people like those who answered"
population = "everybody"
"""


def survey_text(questions, *, name="small", respondents=49):
    """Return a survey file of these questions as text."""
    return HEAD.format(name=name, respondents=respondents) + questions
