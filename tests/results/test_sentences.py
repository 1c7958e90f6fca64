"""A sentence cannot be made without its target, level, kind, base and caveats; every one is of a closed grammar."""

import json
import re
import string
from dataclasses import replace

import pytest

import csea_stats as cs
from csea_stats.errors import InputError
from csea_stats.publication.lettered_notes import marks, merged
from csea_stats.results.caveats import CAVEATS
from csea_stats.results.citable import notes_of
from csea_stats.results.phrases import CLAUSES
from csea_stats.results.sentences import citation

TIERS = cs.proportion(35, 49, target=cs.TIERS, label="rate public awareness poor")
EVERY = [
    *TIERS,
    *cs.proportion({34, 35}, 49, target=cs.TIERS),
    *cs.difference((7, 7), (28, 42), target=cs.TIERS),
    *cs.difference((7, 7), (28, 42), measure="ratio", target=cs.TIERS[:2]),
    *cs.paired_difference(39, 35, 49, target=cs.TIERS),
    *cs.crosstab_bounds(35, 24, 49),
    *cs.multinomial([11, 13, 9, 1, 15]),
    *cs.ordinal([3, 20, 17, 7, 2], ["none", "poor", "fair", "good", "excellent"]),
    *cs.picks([35, 30, 24, 18, 14, 12, 9, 5], 49, chosen=3),
    *cs.ranks([35, 30, 24], 49),
    cs.superiority([1, 5, 9], [7, 4, 2]),
    cs.breakdown_ratio(35, 49),
    cs.proportion(0, 7),
    cs.proportion(1, 1),
    cs.proportion(7, 7, level=0.9, method="blaker"),
    cs.proportion(35, 49, target=cs.FinitePopulation(200)),
    cs.proportion(35, 49, target=cs.Population(cs.SelectionBounds(ratio=2))),
]
LENGTHS = ("full", "in-text", "note")
STYLES = ("plain", "apa", "ama")

AMOUNT = r"(?:(?:over|under|at least) )?[+−]?[\d,.]+"
LIMITS = rf"(?:{AMOUNT}|unlimited)%?(?:(?: to |-)(?:{AMOUNT}|unlimited)%?)?"
SPAN = rf"(?:,? {LIMITS}| \[{LIMITS.replace(' to |-', ', ')}\])"
LEVEL = r"[\d.]+% "
LABEL = rf"{LEVEL}(?:simultaneous |sim\. )?(?:CrI|CI)"
BOUND = rf"(?:; (?:bound without a prior|bound){SPAN})"
PAIR = rf"{LABEL}(?:{SPAN})?(?:[;,] (?:{LEVEL})?(?:CrI|CI){SPAN})?"
INTERVALS = rf"{PAIR}(?:; \d+ (?:answers|comparisons))?(?:, over (?:both counts|every count))?"
CHANCE = r"(?:, all else in the model alike)?, allowing for chance alone(?: among [\d,]+ people)?"
TIMES = r"(?:about )?[\d.,]+(?: to [\d.,]+)? times"
ASSUMED = (
    rf"if (?:readiness to take part differed within {TIMES} either way"
    rf"|those who say so were {TIMES} as ready to take part) \(assumed\)"
)
CLAIM = rf"(?:(?:more|fewer) than .+? do|it is (?:above|below) (?:zero|half|{AMOUNT}%?(?: points?)?)|it is so)"
VERDICT = (
    rf"(?: (?:The data (?:support|contradict) that {CLAIM}\.|Whether {CLAIM} (?:is not settled|cannot be checked"
    rf"|cannot be shown by so few answers)\."
    rf"|That {CLAIM} is (?:not )?true of .+?\.|For .+?, print leaves open whether {CLAIM}\."
    rf"|That {CLAIM} holds up to a participation ratio of [\d.,]+, of those tried\.))?"
)
PEOPLE = (
    r"Among .+?, (?:.+? (?:is|lies) (?:estimated )?(?:at |between |within )?.+? "
    rf"\((?:.+?; )?(?:{INTERVALS}|{LEVEL}bounds)\){CHANCE}"
    rf"|.+? is {LIMITS}(?: points)?(?: \(.+?\))?)"
)
POPULATION = (
    rf"For .+? is {LIMITS}(?: points)?(?: \((?:.+?; )?{LABEL}(?:{BOUND}|; {PAIR})?\) {ASSUMED}"
    r"|, whatever those who are not counted would say|)"
)
NOT = r"(?!\. |CrI|CI\b|credible|confidence|margin of)"
WORDS = rf"(?:{NOT}.)+?"
NUMBERS = r"[\d,]+(?:(?:, | to | or )[\d,]+)*"
BASES = rf"{NUMBERS}(?: of {NUMBERS})*"
COUNTS = rf"{BASES} of {BASES} (?!\(){WORDS} \({LIMITS}(?: or {AMOUNT}%)?\)"
COUNTED = (
    rf"(?:{COUNTS}(?: and {COUNTS})?(?: |, a difference of ){WORDS}|{BASES} of {NUMBERS} (?!\(){WORDS}"
    rf"|Print does not tell {WORDS}: (?:it|the {WORDS}) can be (?:anything from )?{LIMITS}(?: points)?(?:{WORDS})?"
    rf"|The {WORDS} is {LIMITS}(?:{WORDS})?)"
)
CLAUSE = rf"(?:; (?:{'|'.join(map(re.escape, filter(None, CLAUSES.values())))}))*"
STAMP = r"(?:SYNTHETIC\. )?"
FULL = re.compile(
    rf"{STAMP}(?:(?:{COUNTED}{CLAUSE}\. )?(?:{PEOPLE}|{POPULATION}){CLAUSE}\.{VERDICT}|{COUNTED}{CLAUSE}\.{VERDICT})"
)
MARKS = r"[ᵃᵇᶜᵈᵉᶠᵍʰⁱʲᵏˡᵐⁿᵒᵖʳˢᵗᵘᵛʷˣʸᶻ,]+"
SHORT = r"(?:(?!(?<!sim)\. |credible|confidence|margin of).)+?"
IN_TEXT = re.compile(rf"{STAMP}{SHORT} ?[(;] ?{SHORT}\)\.{MARKS}")
FRAGMENT = re.compile(rf"{STAMP}{SHORT}\.{MARKS}")


def accepts(estimate, length, style="plain"):
    text = estimate.sentence(length, style=style).text
    return {"full": FULL, "in-text": IN_TEXT, "note": FRAGMENT}[length].fullmatch(text), text


def ids(estimate):
    return f"{estimate.estimand}-{type(estimate.target).__name__}"


@pytest.mark.parametrize("estimate", EVERY, ids=ids)
def test_nothing_is_left_out(estimate):
    told = estimate.sentence()
    text, whole = told.text, str(estimate)
    assert whole == str(told)
    assert estimate.target.words in text or not estimate.interval
    for doubt in estimate.caveats:
        assert doubt.text in whole
        assert doubt.severity != "serious" or CLAUSES[doubt.code] in text
    for interval in filter(None, (estimate.interval, estimate.companion)):
        if not any(doubt.code == "not-identified" for doubt in estimate.caveats):
            label = {"credible": "CrI", "confidence": "CI"}[interval.kind]
            assert label in text or "bound without a prior" in text
        assert f"{interval.level * 100:g}%" in text
    for base in estimate.base:
        if not any(doubt.code == "not-identified" for doubt in estimate.caveats):
            assert str(base) in text, base
    assert text[0].isupper() or text[0].isdigit()
    assert text.endswith(".")
    assert ".." not in text
    assert "  " not in text


@pytest.mark.parametrize("style", STYLES)
@pytest.mark.parametrize("length", LENGTHS)
def test_every_sentence_is_of_the_grammar(length, style):
    for estimate in EVERY:
        found, text = accepts(estimate, length, style)
        assert found, text


def test_the_grammar_takes_no_other_sentence():
    """What earlier releases told, and what nobody should."""
    for text in (
        "35 of 49 (71%) rate it poor. Among people like these the share is 58 to 83% (95% credible interval).",
        "35 of 49 workers (71%) rate it poor. Among people like these, the share is estimated at 71% (58 to 83%).",
        "35 of 49 workers (71%) rate it poor. Among people like these, it is estimated at 71% (95% CrI, 58 to 83%).",
        "Above zero: not settled.",
        "The share is 71%, margin of error 13%.",
    ):
        assert not FULL.fullmatch(text), text


@pytest.fixture(scope="module")
def shipped(shipped_estimates):
    return shipped_estimates


@pytest.mark.slow_for("in-text-40", "note-25")
@pytest.mark.parametrize(("length", "most"), [("full", 65), ("in-text", 40), ("note", 25)])
def test_sentences_of_a_survey_are_short_and_of_the_grammar(shipped, length, most):
    """A population's full sentence has 40 words more."""
    are_short_and_of_the_grammar(shipped, length, most)


@pytest.mark.slow
@pytest.mark.parametrize(("length", "most"), [("full", 65), ("in-text", 40), ("note", 25)])
@pytest.mark.parametrize("name", sorted(set(cs.survey_names()) - {"bosnia-herzegovina-2021"}))
def test_so_are_those_of_the_other_surveys(name, length, most):
    are_short_and_of_the_grammar(cs.estimate(cs.load_survey(name)), length, most)


def are_short_and_of_the_grammar(estimates, length, most):
    for estimate in estimates:
        found, text = accepts(estimate, length)
        assert found, text
        more = 40 if length == "full" and isinstance(estimate.target, cs.Population) else 0
        assert len(text.split()) <= most + more, text


def test_notes_of_a_set_stand_once_the_serious_first(shipped):
    told = shipped.sentences("note")
    assert len({note.text for note in told.notes}) == len(told.notes) < 80
    order = ["serious", "caution", "note"]
    severities = [order.index(note.severity) for note in told.notes]
    assert severities == sorted(severities)
    for estimate, line in zip(shipped, told, strict=True):
        assert line.text.endswith(marks(line.notes))
        assert len(line.notes) <= len(estimate.caveats) + 1
    jointly = [note.text for note in told.notes if note.code == "all-at-once"]
    assert len(jointly) == 1  # the numbers for which levels hold are told in one note
    assert " or " in jointly[0]
    assert str(told).count("Notes:") == 1


def test_texts_that_differ_in_one_number_are_one_note():
    texts = ("Of 5 answers.", "Of 18 answers.", "Of 25 answers.")
    assert set(merged(texts).values()) == {"Of 5, 18 or 25 answers."}
    assert merged(("Only 7: 14.", "Only 24: 4.")) == {"Only 7: 14.": "Only 7: 14.", "Only 24: 4.": "Only 24: 4."}


def test_every_serious_doubt_has_a_clause():
    assert set(CLAUSES) == {code for code, (severity, _) in CAVEATS.items() if severity == "serious"}


def test_the_three_lengths_in_three_styles():
    share = TIERS[1]
    assert share.sentence().text == (
        "35 of 49 respondents (71%) rate public awareness poor. Among people like these, the share is estimated at 71% "
        "(95% CrI, 58 to 83%; 95% CI, 58 to 82%), allowing for chance alone. The data support that more than half do."
    )
    assert share.sentence("in-text", style="apa").text == (
        "35 of 49 respondents rate public awareness poor (71%, 95% CrI [58, 83], 95% CI [58, 82], chance alone; "
        "over half: supported).ᵃᵇ"
    )
    assert "95% CrI, 58%-83%; 95% CI, 58%-82%" in share.sentence("in-text", style="ama").text
    assert share.sentence("note").text == "35/49; 71% (95% CrI 58 to 83%, CI 58 to 82%); over half: supported.ᵃᵇ"
    assert "Holds for people like these." in share.sentence(reader="policy").text
    population = TIERS[3].sentence().text
    assert (
        "For the population it is 44 to 89% (95% CrI; bound without a prior, 34 to 92%) if readiness to take part "
        "differed within about 2.7 times either way (assumed)." in population
    )


def test_a_threshold_is_never_reached_by_rounding():
    """24 of 36: the lower limit is .5045 by Jeffreys."""
    assert "50.5" in cs.proportion(24, 36).sentence().text


@pytest.mark.parametrize("estimate", EVERY, ids=ids)
def test_words_that_mislead_do_not_occur(estimate):
    text = str(estimate).lower()
    for word in ("margin of error", "significant", "proves", "no difference", "*", " nan ", " none of"):
        assert word not in text


def test_a_citation_tells_all_tiers_and_their_caveats():
    assert citation(TIERS) == (
        "35 of 49 (71%) rate public awareness poor, counted among these respondents; "
        "among people like these the share is 58 to 83% [58 to 82%], allowing for chance alone; "
        "among the population it is 44 to 89% [34 to 92%], if participation differed within about 2.7 times either way "
        "(assumed, with 95% probability). "
        "More than half: supported allowing for chance alone; not settled for the population. "
        "Intervals: 95% credible interval, Jeffreys; in brackets 95% confidence interval, Wilson, with no prior on "
        "participation for the population."
    )


def test_a_citation_keeps_every_doubt_it_does_not_tell_itself():
    tiers = cs.proportion({34, 35}, 49, target=cs.TIERS)
    assert "Print leaves several counts possible (34 or 35)" in citation(tiers)
    few = cs.proportion(7, 7, target=cs.TIERS)
    assert "Only 7 people" in citation(few)


def test_a_citation_is_of_one_item():
    with pytest.raises(InputError, match="one item"):
        citation([])
    other = cs.difference((7, 7), (28, 42))
    with pytest.raises(InputError, match="one item"):
        citation([TIERS[0], other])


def test_a_difference_names_both_groups(shipped):
    text = shipped.where(question="awareness", estimand="difference", target=cs.Superpopulation)[0].sentence().text
    assert text.startswith(
        "7 of 7 workers under 30 (100%) and 28 of 42 others (67%) rate public awareness poor, a difference of +33 "
        "points; a group chosen after the answers were seen. Among frontline workers like those who answered, it is "
        "estimated at +33 points (95% CrI, +2 to +45; 95% CI, −4 to +48), allowing for chance alone. Whether it is "
        "above zero is not settled."
    )


def test_a_tipping_point_names_its_threshold_and_its_value():
    half, quarter = (str(cs.breakdown_ratio(35, 49, threshold=at)) for at in (0.5, 0.25))
    assert "participation ratio at which the share is half is estimated at 2.5 (95% CrI, 1.4 to 4.7" in half
    assert "participation ratio at which the share is a quarter is estimated at 7.5" in quarter


def test_a_direction_of_selection_is_in_the_condition():
    believed = cs.Selection(tau=0.25, mean=0.693, reason="keen")
    text = cs.proportion(35, 49, target=cs.Population(believed)).sentence().text
    assert "if those who say so were 1.2 to 3.3 times as ready to take part (assumed)" in text
    assert "1.6 times" not in text
    assert "a direction of who took part is assumed" in text


def test_halves_are_rounded_as_print_rounds_them():
    assert "3 of 24 respondents (13%)" in str(cs.proportion(3, 24))
    assert "9 of 24 respondents (38%)" in str(cs.proportion(9, 24))


@pytest.mark.slow
def test_a_model_of_these_respondents_is_no_count():
    survey = cs.load_survey("bosnia-herzegovina-2021")
    fit = cs.fit("awareness ~ cat(age)", cs.tabulate(survey, "awareness", by="age"))
    text = str(fit.effects(target=cs.Respondents())[0])
    assert " of the model among " in text
    assert "counted among" not in text


def test_letters_are_raised_and_never_run_out():
    many = notes_of(cs.proportion(x, 400) for x in range(0, 400, 3))
    letters = [note.letter for note in dict.fromkeys(many.values())]
    assert len(letters) == len(set(letters))
    assert all(set(letter) <= set(string.ascii_lowercase) for letter in letters)


def test_a_test_is_told_with_its_estimate():
    found = cs.association({"30 and over": [14, 28], "under 30": [0, 7]})
    for style, p in (("plain", "p = 0.16"), ("apa", "p = .16"), ("ama", "P = .16")):
        for length, most in (("full", 65), ("in-text", 45), ("note", 25)):
            text = found.sentences(length, style=style).lines[0]
            null = f"{'of the null hypothesis ' * (length == 'full')}that the answers and the groups are independent"
            assert f"Fisher's exact test {null}, {p}" in text
            assert "95% CI" in text
            assert "7 and 42 respondents" in text  # the base
            assert "people like these" in text or length != "full"
            assert "chance alone" in text or length == "note"
            assert len(text.split()) <= most, text
            accepted = {"full": r"(?:.+)", "in-text": IN_TEXT.pattern, "note": FRAGMENT.pattern}[length]
            assert re.fullmatch(accepted, text), text


@pytest.mark.parametrize("length", LENGTHS)
def test_every_test_tells_its_null_hypothesis(length):
    told = "the null hypothesis that " if length == "full" else "that "
    for found in (cs.exact_test((7, 7), (28, 42)), cs.paired_test(2, 8, 21, both=1), cs.paired_test(39, 35, 49)):
        text = found.sentence(length).text
        assert f"test {'of ' * (length == 'full')}{told}the shares are equal, p = " in text
        assert f"Null hypothesis: {found.test.null}." in " ".join(str(cs.Associations([found]).table()).split())
        assert json.loads(cs.Associations([found]).to_json())["associations"][0]["test"]["null"] == found.test.null
    (several, _) = cs.association([[[1, 2], [3, 4]], [[4, 5], [6, 2]]])
    assert several.test.null in several.sentence(length).text


@pytest.mark.parametrize("length", LENGTHS)
def test_a_test_of_several_estimates_is_told_with_all_of_them(length):
    """Of odds ratios in strata, or of every group: the p-value is of all together, never of the first."""
    _, alike = cs.association([[[1, 2], [3, 4]], [[4, 5], [6, 2]]])
    text = alike.sentence(length).text
    null = " that the odds ratio is the same in every stratum" * (length == "note")
    assert f"Breslow-Day test{null}, Tarone's correction, p = 0.61" in text
    for value in ("−0.37", "−1.24"):
        assert value in text
    assert "that the odds ratio is the same in every stratum" in text.lower() or length == "note"
    if length == "full":
        assert "at −0.37 for stratum 1 (7 and 3 respondents" in text
    else:
        assert "of 27 respondents" in text
    (groups,) = cs.association(
        cs.tabulate(cs.synthesise(cs.load_survey("bosnia-herzegovina-2021"), seed=1), "awareness", by="organisation")
    )
    told = groups.sentence("full").text
    for group in ("government", "NGO", "health or education"):
        assert f"for {group} against the rest (" in told


def test_a_difference_called_by_its_answers_tells_who_gave_which():
    one = replace(cs.paired_difference(39, 35, 49), item="girls: yes minus boys: yes")
    text = one.sentence().text
    assert text.startswith("39 of 49 respondents gave “girls: yes” (80%) and 35 of 49 gave “boys: yes” (71%), a diff")
    assert FULL.fullmatch(text), text


@pytest.mark.parametrize("length", LENGTHS)
@pytest.mark.parametrize("target", [*cs.TIERS[:3], cs.Population(cs.SelectionBounds(ratio=1.5))], ids=str)
def test_a_superiority_has_its_subject_and_base(target, length):
    estimate = cs.superiority([1, 5, 9], [7, 4, 2], target=target)
    text = estimate.sentence(length).text
    assert "15 and 13 respondents" in text
    assert "%" in text
    assert length == "note" or "he chance of a higher answer among the first group than among the second" in text


@pytest.mark.parametrize("length", LENGTHS)
def test_probabilities_of_ranks_name_their_model(length):
    found = cs.rank_probabilities({"yes": 30, "no": 14, "cannot say": 5}, 49, 1)
    told = found.sentence(length)
    assert "99%" in told.text
    assert "49" in told.text
    assert "model" in told.text
    assert {note.text for note in told.notes} == {doubt.text for doubt in found.caveats}
    with pytest.raises(InputError, match="length"):
        found.sentence("short")


@pytest.mark.parametrize(("length", "most"), [("full", 65), ("in-text", 40), ("note", 25)])
def test_findings_are_short(length, most):
    for finding in cs.audit(cs.load_survey("bosnia-herzegovina-2021")).findings:
        text = finding.sentence(length).text
        assert len(text.split()) <= most, text
        assert text.endswith(".")
        assert finding.verdict in text


@pytest.mark.parametrize("ending", [".docx", ".tex", ".md", ".txt"])
def test_sentences_are_written(ending, tmp_path):
    told = TIERS.sentences()
    path = told.save(tmp_path / f"results{ending}")
    if ending == ".docx":
        from docx import Document

        text = "\n".join(paragraph.text for paragraph in Document(str(path)).paragraphs)
    else:
        text = path.read_text(encoding="utf-8")
    for number in range(1, 1 + len(told)):
        assert f"{number}. " in text
    for note in told.notes:
        assert note.text.split(".")[0][:40] in text.replace("\\", "")
    assert "rate public awareness poor" in text
    with pytest.raises(InputError, match="ending"):
        told.save(tmp_path / "results.pdf")


def test_who_is_counted_whole_has_no_interval():
    everybody = cs.FinitePopulation(9, words="local lawyers")
    for one in (
        cs.proportion(7, 9, target=everybody),
        cs.proportion({3, 4}, 9, target=everybody),
        cs.difference((3, 4), (5, 5), sizes=(4, 5), target=everybody),
        cs.proportion(7, 9, target=cs.Population(cs.Selection(), size=9)),
        *cs.multinomial({"poor": 3, "fair": 4, "good": 2}, target=everybody),
    ):
        told = f"{one!r} {one} {one.table()} {one.sentence('in-text')} {one.sentence('note')} {one.figure().alt}"
        assert one.interval is one.companion is None
        assert not one.sensitivity
        assert "true of them" in repr(one) or one.verdict is None
        for word in ("CrI", "interval (", "chance", "assum", "jointly"):
            assert word not in told, told
        assert "all answered" in repr(one)


@pytest.mark.parametrize(
    ("estimate", "told"),
    [
        (
            cs.proportion(9, 9, target=cs.FinitePopulation(9, words="local lawyers"), label="agree"),
            "all of whom answered, the share is 100%. That more than half do is true of local lawyers.",
        ),
        (
            cs.proportion(3, 9, target=cs.Population(size=9), label="agree"),
            "all of whom answered, the share is 33%. That fewer than half do is true of the population.",
        ),
        (
            cs.difference((5, 9), (3, 11), target=cs.FinitePopulation(20), sizes=(9, 11)),
            "the difference is +28 points. That it is above zero is true of the population of that size.",
        ),
        (
            cs.proportion(20, 49, threshold=2 / 3),
            "allowing for chance alone. The data support that fewer than two thirds do.",
        ),
    ],
)
def test_everybody_who_answered_and_thirds_in_words(estimate, told):
    right, text = accepts(estimate, "full")
    assert text.endswith(told)
    assert right
