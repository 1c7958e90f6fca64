"""A column with one answer in each cell: numbers, bands, scales, categories, or free text."""

from __future__ import annotations

import json
import math
import re
from collections import Counter
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

from csea_stats.drafting.bands import band, bands_alike, is_number
from csea_stats.drafting.cell_answers import CODED, FORMS, is_endless, parted_by_blanks, parting_sign, several_answers
from csea_stats.drafting.column_facts import by_frequency, given_once, is_date, of_one_person, other_of, share_words
from csea_stats.drafting.number_texts import (
    MOSTLY,
    as_number,
    codes_of_no_answer,
    ends_of_scale,
    is_thousands,
    may_be_decimals,
    measures,
    whole_scale,
)
from csea_stats.drafting.word_lists import is_nothing, is_off_scale, no_yes, same_form, scale_of
from csea_stats.respondents.kinds import Categories, Kind, Multiple, Number, Ordered

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence

    from csea_stats.drafting.column_facts import ColumnFacts
    from csea_stats.drafting.word_lists import AnswerScale, ToolMarks
    from csea_stats.respondents.texts import Value

MOST_CODES = 11
"""Different whole numbers of a scale, and codes of a statistics file."""

MOST_CATEGORIES = 12
GIVEN = 2
"""How often each category is given on average."""

LONG = 20
"""Signs of a number that may be too large, or is written with an exponent."""

_SHORT_DATE = re.compile(r"\d{1,2}[-.] ?[^\W\d_]{3}\.?|[^\W\d_]{3}\.?-\d{1,2}")
"""What a spreadsheet writes for a band that it took for a date: "5-Mar"."""

_BEFORE = re.compile(
    r"(?:\((?P<inside>\d{1,3})\)|(?P<code>\d{1,3}))\s*(?:[-–—=:.)]\s*|(?<=\))\s*)(?P<label>.*[^\W\d_].*)"
    r"|(?P<first>\d{1,3}) \((?P<told>.*[^\W\d_].*)\)"
    r"|\[(?P<square>\d{1,3})\]\s*(?P<named>.*[^\W\d_].*)|(?P<before>.*[^\W\d_].*) [(\[](?P<last>\d{1,3})[)\]]",
    re.DOTALL,
)
"""A code with its answer: "1 - never", "(2) no", "5 = agree", "1 (very bad)", "[3] often", "good (4)"."""

_CODE_PARTS = (("inside", "code", "first", "square", "last"), ("label", "told", "named", "before"))


@dataclass(frozen=True, slots=True, kw_only=True)
class DraftSetting:
    """What holds for all columns of a file.

    Parameters
    ----------
    tool : ToolMarks or None
    decimal : str
        The sign of decimals.
    semicolons : bool
        Whether semicolons part the cells, as where commas are the sign of decimals.
    fixed : bool
        Whether the answers are those of the form: of a question whose texts stand in a column of their own.
    """

    tool: ToolMarks | None = None
    decimal: str = "."
    semicolons: bool = False
    fixed: bool = False

    @property
    def tool_name(self) -> str:
        """The tool, or "" for none that is known."""
        return self.tool.name if self.tool is not None else ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Common:
    """What neighbours with one stem have in common.

    Parameters
    ----------
    whole : tuple of int
        The whole numbers from the lowest to the highest of those that are scales of numbers.
    texts : dict
        From each text of those with words to the answer that it is.
    scale : str
        The scale on which they are; "" for categories.
    answers : tuple of str
        In order.
    times : mapping
        How often each answer was given in all of them.
    """

    whole: tuple[int, ...] = ()
    texts: dict[str, str]
    scale: str = ""
    answers: tuple[str, ...] = ()
    times: Mapping[str, int] = field(default_factory=dict)


Outcome = tuple[Kind, tuple[str, ...]] | str
"""A kind with remarks, or why a column is not read."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Apart:
    """The answers of a column, apart from those off the scale.

    Parameters
    ----------
    times : dict
        Distinct answers, the most frequent first.
    off : tuple of str
        Off the scale.
    values : dict
        Other texts to the answer off the scale that they are.
    """

    times: dict[str, int]
    off: tuple[str, ...]
    values: dict[str, str]


def answers_apart(facts: ColumnFacts, setting: DraftSetting) -> Apart:
    """Return a column's answers and those off the scale."""
    codes = setting.tool.off_scale if setting.tool is not None else {}
    coded = {text: codes[text] for text in facts.texts if text in codes}
    if coded and 2 * sum(as_number(text, setting.decimal) is not None for text in facts.texts) <= len(facts.texts):
        coded = {}
    words = [text for text in facts.texts if is_off_scale(text)]
    first: dict[tuple[str, str], str] = {}
    for text in [*words, *coded.values()]:
        first.setdefault(same_form(text), text)
    values = {text: first[same_form(text)] for text in words}
    values |= {text: first[same_form(label)] for text, label in coded.items()}
    rest = {text: count for text, count in facts.texts.items() if text not in values}
    return Apart(
        times=rest,
        off=tuple(dict.fromkeys(values.values())),
        values={text: label for text, label in values.items() if text != label},
    )


def _codes(values: Mapping[str, str]) -> dict[Value, str]:
    return {code: label for code, label in values.items()}  # noqa: C416 - for the wider type of its keys


def joined(times: dict[str, int]) -> dict[str, str]:
    """Return for each text the most frequent one of the same form."""
    first: dict[tuple[str, str], str] = {}
    for text, _ in by_frequency(times):
        first.setdefault(same_form(text), text)
    return {text: first[same_form(text)] for text in times}


def single_answer(facts: ColumnFacts, setting: DraftSetting, shared: Common | None) -> Outcome:
    """Return the kind of a column with its remarks, or why it is not read; the first rule that fits takes it.

    Parameters
    ----------
    facts : ColumnFacts
    setting : DraftSetting
    shared : Common or None
        Of a battery.
    """
    if facts.many:
        return _many(facts, setting)
    if facts.labels and (found := _labelled(facts, setting)) is not None:
        return found
    apart = answers_apart(facts, setting)
    if not apart.times:
        return 'only answers off the scale, such as "don\'t know"'
    for rule in (_numbers, *_RULES, _measured, _several, _mostly_numbers, _but_for_texts):
        if (made := rule(facts, apart, setting, shared)) is not None:
            break
    else:
        made = _categories(facts, apart, setting, shared)
    if setting.decimal == "," or not may_be_decimals(apart.times):
        return made
    say = 'decimal = "," under [file] and kind = "number"'
    if isinstance(made, str):
        return f"numbers with commas for decimals? then say {say}"
    return made[0], (*made[1][:-1], f"{made[1][-1]}; or commas for decimals? then say {say}")


def _several(facts: ColumnFacts, apart: Apart, setting: DraftSetting, shared: Common | None) -> Outcome | None:
    del apart, shared
    return several_answers(facts.texts, setting.tool_name, fixed=setting.fixed)


def _many(facts: ColumnFacts, setting: DraftSetting) -> Outcome:
    """Return a column with very many distinct texts: a number, several answers in one cell, or free text."""
    looked_at = facts.looked_at
    if 2 * sum(as_number(text, setting.decimal) is not None for text in looked_at) >= len(looked_at):
        known = re.compile(r"[+-]?(\d+(\.\d*)?|\.\d+)" if setting.decimal == "." else r"[+-]?\d+(,\d*)?").fullmatch
        few = dict(by_frequency({text: count for text, count in facts.texts.items() if not known(text)}))
        apart = answers_apart(replace(facts, texts=few), setting)
        seen = {*looked_at, *apart.times, *(text for text in facts.texts if text[0] == "-" or len(text) > LONG)}
        rest = {text: facts.texts[text] for text in sorted(seen) if text not in few or text in apart.times}
        apart = replace(apart, times=rest)
        made = _numbers(facts, apart, setting, None) if len(few) <= MOST_CODES else None
        if made is None and not is_endless(looked_at):
            made = several_answers(dict(sorted(facts.texts.items())), setting.tool_name, fixed=setting.fixed)
        return made or _mostly_numbers(facts, apart, setting, None) or free_text(facts)
    several = None
    if not is_endless(looked_at):
        several = several_answers(dict(sorted(facts.texts.items())), setting.tool_name, fixed=setting.fixed)
    return several or free_text(facts)


def _measured(facts: ColumnFacts, apart: Apart, setting: DraftSetting, shared: Common | None) -> Outcome | None:
    """Return numbers that most cells give with one unit, as in "45 %"."""
    del shared
    found = measures(apart.times, setting.decimal)
    if not isinstance(found, tuple):
        return found
    unit, numbers = found
    times = Counter[str]()
    for text, count in apart.times.items():
        times[numbers.get(text, text)] += count
    bare = replace(facts, texts=times | {text: facts.texts[text] for text in facts.texts if text not in apart.times})
    rest = replace(apart, times=dict(times))
    made = _numbers(bare, rest, setting, None) or _mostly_numbers(bare, rest, setting, None)
    if not isinstance(made, tuple):
        return made
    kind = Number(unit, off_scale=made[0].off_scale)
    remark = f'? a number in "{unit}": say what is possible (minimum, maximum)'
    return kind, (*(line for line in made[1] if line.startswith("!")), remark)


def _mostly_numbers(facts: ColumnFacts, apart: Apart, setting: DraftSetting, shared: Common | None) -> Outcome | None:
    """Return a column of numbers in which a few cells are words, which are not shown."""
    words = {text: facts.texts[text] for text in apart.times if as_number(text, setting.decimal) is None}
    bands = _bands_in(words)
    odd = {text: count for text, count in words.items() if not (text in bands or is_nothing(text))}
    cells = facts.answers - sum(facts.texts.get(text, 0) for text in {*apart.off, *apart.values})
    if not odd or cells - sum(words.values()) < MOSTLY * cells:
        return None
    made = _numbers(
        facts, replace(apart, times={t: c for t, c in apart.times.items() if t not in odd}), setting, shared
    )
    if not isinstance(made, tuple) or (isinstance(made[0], Ordered) and max(odd.values()) > 1):
        return None  # a text that stands more than once among codes may be one of them
    one = sum(odd.values()) == 1
    told = "the other is none: mend the cell, or say it" if one else "the others are none: mend the cells, or say them"
    what = "numbers" if len(words) == len(odd) else "numbers or bands"
    line = (
        f"! {share_words(cells - sum(odd.values()), cells)} cells are {what}; {told} in values = {{ ... }} or off_scale"
    )
    return made[0], (line, *made[1])


def free_text(facts: ColumnFacts) -> str:
    """Return why a column of free text is not read."""
    return f"free text ({share_words(facts.answers, facts.rows)} wrote something); never shown here"


def _labelled(facts: ColumnFacts, setting: DraftSetting) -> Outcome | None:
    """Return a column of a statistics file by its labels."""
    amounts = {code: number for code in facts.labels if (number := as_number(code, ".")) is not None}
    apart = {*facts.declared, *(code for code in codes_of_no_answer(amounts) if amounts[code] < 0)}
    outside = {code: label for code, label in facts.labels.items() if code in apart or is_off_scale(label)}
    inside = {code: label for code, label in facts.labels.items() if code not in outside}
    there = {text for text in facts.texts if text not in outside}
    off = tuple(dict.fromkeys(outside[code] for code in sorted(outside, key=_code_order)))
    codes = sorted({*inside, *there}, key=_code_order)
    bare = [code for code in codes if code not in inside]
    if not inside:
        return None if whole_scale(there) else _plain_number(facts, there, off, setting)
    if len(codes) > MOST_CODES:
        return _plain_number(facts, there, off, setting)
    if bare and (whole := whole_scale(codes)):
        codes = [str(code) for code in range(whole[0], whole[-1] + 1)]
        bare = [code for code in codes if code not in inside]
    labels = tuple(dict.fromkeys(inside.get(code, code) for code in codes))
    if len(labels) < 2:
        return "one answer only"
    values = {code: inside[code] for code in codes if code in inside and code != inside[code]}
    values |= {code: outside[code] for code in sorted(outside, key=_code_order) if code != outside[code]}
    if bare or scale_of(labels) is not None:
        more = "some codes have none" if bare else "their order is that of the codes"
        return Ordered(*labels, values=_codes(values), off_scale=off), (f"? labels from the file; {more}",)
    return Categories(*labels, values=_codes(values), off_scale=off), (
        "? labels from the file; their order is that of the codes",
    )


def _plain_number(facts: ColumnFacts, there: set[str], off: tuple[str, ...], setting: DraftSetting) -> Outcome | None:
    if not there or not all(as_number(text, setting.decimal) is not None for text in there):
        return None
    if len(there) < 2:
        return "one answer only"
    labelled = [code for code in facts.labels if code in there]
    remark = '? most codes have labels; if they are answers: kind = "categories", with labels and values'
    return Number(off_scale=off), ((remark,) if labelled else ())


def _code_order(code: str) -> tuple[int, float, str]:
    try:
        return 0, float(code), ""
    except ValueError:
        return 1, 0.0, code


def _numbers(facts: ColumnFacts, apart: Apart, setting: DraftSetting, shared: Common | None) -> Outcome | None:
    texts = apart.times
    numbers = {text: as_number(text, setting.decimal) for text in texts}
    found = {text: value for text, value in numbers.items() if value is not None}
    rest = [text for text in texts if text not in found]
    bands = _bands_in({text: texts[text] for text in rest})
    if not found or not all(text in bands or is_nothing(text) for text in rest) or len(rest) > len(texts) / 2:
        return None
    reasons = codes_of_no_answer(found)
    kept = [text for text in found if text not in reasons]
    off = tuple(dict.fromkeys((*apart.off, *rest, *reasons)))
    listed = " and ".join(f'"{text}"' for text in reasons)
    told = f"; {listed} {'is' if len(reasons) == 1 else 'are'} taken for no answer" if reasons else ""
    whole = whole_scale(kept) if not rest else None
    if high := ends_of_scale(whole or ()):
        listed = ", ".join(f'"{code}"' for code in high)
        told += f"; nobody gave the numbers below {high[0]}: if such codes mean no answer, take them out of labels "
        told += f"and say missing = [{listed}]"
    if whole and shared is not None and shared.whole:
        whole = [*whole, shared.whole[0], shared.whole[-1]]
    if whole and 2 <= len(set(whole)) <= MOST_CODES:
        labels = [str(number) for number in range(min(whole), max(whole) + 1)]
        remark = f'? codes without labels: put in what they mean; kind = "number" if it is a count{told}'
        return Ordered(*labels, off_scale=off, values=_codes(apart.values)), (remark,)
    if len(kept) + len(rest) < 2:
        return "one answer only"
    if any(not math.isfinite(found[text]) for text in kept):
        return "numbers that are too large"
    signed = [text for text in kept if setting.decimal in text]
    if (setting.decimal == "," or setting.semicolons) and signed and all(map(is_thousands, signed)):
        return f'numbers in which "{setting.decimal}" may part the thousands: take it out, or write decimals otherwise'
    if rest:
        words = ", ".join(json.dumps(text, ensure_ascii=False) for text in rest)
        lines = "; to read them as numbers: values = { " + f"{json.dumps(rest[0], ensure_ascii=False)} = ... }}"
        remark = f"? {words}: no single number, counted apart{lines}{told}"
    else:
        remark = f"? a number: say its unit, and what is possible (minimum, maximum){told}"
    # the reader has no values for reasons of a number: the codes themselves stand in off_scale
    off = tuple(dict.fromkeys((*off, *apart.values)))
    used = {*facts.texts, *rest}
    return Number(off_scale=tuple(text for text in off if text in used)), (remark,)


def _bands_in(times: Mapping[str, int]) -> dict[str, tuple[float, float, str]]:
    """Return the bands among texts, but for one with words behind it that stand nowhere else."""
    found = {text: known for text in times if (known := band(text)) is not None}
    units = Counter(unit for _, _, unit in found.values())
    return {
        text: known
        for text, known in found.items()
        if times[text] > 1 or units[known[2]] > 1 or len(known[2].split()) < 2
    }


def _bands(facts: ColumnFacts, apart: Apart, setting: DraftSetting, shared: Common | None) -> Outcome | None:
    del facts, shared
    canon = joined(apart.times)
    texts = [text for text in apart.times if canon[text] == text]
    bands = _bands_in(apart.times)
    found = {text: bands[text] for text in texts if text in bands}
    dates = [text for text in texts if text not in found and (is_date(text) or _SHORT_DATE.fullmatch(text))]
    ends: dict[str, tuple[float, float]] = {text: known[:2] for text, known in found.items()}
    for text in texts:
        if text not in found and (value := as_number(text, setting.decimal)) is not None:
            ends[text] = (value, value)
        elif text not in found and is_nothing(text):
            ends[text] = (0.0, 0.0)
    rest = [text for text in texts if text not in ends and text not in dates]
    given = sum(apart.times[text] for text in dates)
    repeated = given >= GIVEN * len(dates) and len(dates) + len(found) <= MOST_CODES
    if rest or len(found) < 2 - bool(dates and repeated) or not (len(dates) <= len(found) or repeated):
        return None
    if not bands_alike(texts):
        return None
    order = sorted(ends, key=lambda text: (ends[text][0], ends[text][1], text))
    values = {text: label for text, label in canon.items() if text != label and label in order} | apart.values
    if len(order) < 2:
        return "! dates beside a band: a spreadsheet makes one of 3-5; mend the cells, or declare them by values"
    remarks = ["? bands, from low to high"]
    if dates:
        listed = ", ".join(f'"{text}"' for text in sorted(dates))
        remarks.insert(
            0,
            f"! dates among other answers ({listed}): a spreadsheet makes one of 3-5; correct the cells, or say "
            "values = { ... }",
        )
    return Ordered(*order, off_scale=apart.off, values=_codes(values)), tuple(remarks)


def _codes_before(facts: ColumnFacts, apart: Apart, setting: DraftSetting, shared: Common | None) -> Outcome | None:
    """Return answers that stand behind their codes, as in "1 - never"."""
    del apart, setting, shared
    found: dict[str, tuple[int, str]] = {}
    bare: dict[str, int] = {}
    for text in facts.texts:
        match = _BEFORE.fullmatch(text)
        if match is not None and not is_number(text):
            code, label = (next(filter(None, map(match.__getitem__, names))) for names in _CODE_PARTS)
            found[text] = (int(code), label.strip())
        elif re.fullmatch(r"\d{1,2}", text):
            bare[text] = int(text)
        else:
            return None
    codes = {*(code for code, _ in found.values()), *bare.values()}
    labels = {label for _, label in found.values()}
    if len(found) < 2 or len(codes) != len(found) + len(bare) or len(labels) != len(found):
        return None
    if bare:  # only the ends of a scale are told
        both = bare | {text: code for text, (code, _) in found.items()}
        remark = "? codes, some with an answer behind them; their order is that of the codes"
        return Ordered(*sorted(both, key=lambda text: both[text])), (remark,)
    order = sorted(found, key=lambda text: found[text][0])
    off = [found[text][1] for text in order if is_off_scale(found[text][1])]
    kept = [found[text][1] for text in order if found[text][1] not in off]
    if len(kept) < 2:
        return None
    values = {text: found[text][1] for text in order}
    remark = "? codes stand before the answers; their order is that of the codes"
    return Ordered(*kept, values=_codes(values), off_scale=off), (remark,)


def _words(facts: ColumnFacts, apart: Apart, setting: DraftSetting, shared: Common | None) -> Outcome | None:
    """Return no and yes, or a scale."""
    del facts, setting
    canon = joined(apart.times)
    texts = [text for text in apart.times if canon[text] == text]
    values = {text: label for text, label in canon.items() if text != label} | apart.values
    if (pair := no_yes(texts)) is not None:
        return Categories(*pair, off_scale=apart.off, values=_codes(values)), ()
    if shared is not None and shared.scale and set(texts) <= set(shared.texts):
        values = {text: shared.texts[text] for text in apart.times if shared.texts[text] != text} | apart.values
        return Ordered(*shared.answers, off_scale=apart.off, values=_codes(values)), (_scale_remark(shared.scale),)
    scale = scale_of(texts)
    if scale is None:
        return None
    return Ordered(*scale.answers, off_scale=apart.off, values=_codes(values)), (_scale_remark(scale.name),)


def _scale_remark(name: str) -> str:
    return f"? a scale of {name}, from low to high"


_RULES = (_bands, _codes_before, _words)
"""Rules for texts that say what they are."""


def _but_for_texts(facts: ColumnFacts, apart: Apart, setting: DraftSetting, shared: Common | None) -> Outcome | None:
    """Return answers that a rule takes but for a few texts of one person, which are read as "other"."""
    once = of_one_person(in_all(apart.times, joined(apart.times)), facts.answers)
    hidden = once if not setting.fixed and len(once) <= (1 - MOSTLY) * facts.answers else set()

    def made(rule: Any, without: Collection[str]) -> Outcome | None:
        texts, times = ({t: n for t, n in all_.items() if t not in without} for all_ in (facts.texts, apart.times))
        found: Outcome | None = None
        if len(times) > 1:
            found = rule(replace(facts, texts=texts), replace(apart, times=times), setting, shared)
        return found

    for rule in _RULES if hidden else ():
        if made(rule, hidden) is None:
            continue
        for text in sorted(hidden):  # a point of the scale may have been given once
            if made(rule, hidden - {text}) is not None:
                hidden = hidden - {text}
        found = made(rule, hidden)
        if isinstance(found, tuple):
            kind = with_other(found[0], other_of(labels_of(found[0])))
            return kind, (*found[1], given_once(hidden, "labels"))
    return None


def labels_of(kind: Kind) -> tuple[str, ...]:
    """Return the answers of a kind that has any."""
    return kind.labels if isinstance(kind, Categories) else kind.items if isinstance(kind, Multiple) else ()


def with_other(kind: Kind, other: str | dict[str, str]) -> Kind:
    """Return a kind made again, with texts of one's own: in the cell, or in a column."""
    values: Any = dict(kind.values)
    if isinstance(kind, Multiple):
        settings: dict[str, Any] = {"items": kind.items, "separator": kind.separator, "nothing": kind.nothing}
        return Multiple(**settings, off_scale=kind.off_scale, values=values, other=other)
    made = Ordered if isinstance(kind, Ordered) else Categories
    return made(*labels_of(kind), off_scale=kind.off_scale, values=values, other=other)


def _categories(facts: ColumnFacts, apart: Apart, setting: DraftSetting, shared: Common | None) -> Outcome:
    if setting.tool_name in CODED and parted_by_blanks(apart.times):
        return '? several answers parted by blanks, perhaps: list them as items, with separator = " "'
    if shared is not None and shared.answers and not shared.scale and set(apart.times) <= set(shared.texts):
        return _labels(facts, apart, setting, shared)
    if all(text[0] + text[-1] in ("[]", "{}") for text in apart.times):
        return "lists in brackets: take the brackets and the quotation marks out of the cells"
    canon = joined(apart.times)
    texts = [text for text in apart.times if canon[text] == text]
    if len(texts) < 2:
        return "one answer only"
    if len(texts) > MOST_CATEGORIES or sum(apart.times.values()) < GIVEN * len(texts):
        return free_text(facts)
    own = Common(texts=canon, answers=tuple(texts), times=in_all(apart.times, canon))
    return _labels(facts, apart, setting, own)


def in_all(times: Mapping[str, int], canon: Mapping[str, str]) -> Counter[str]:
    """Return how often each answer was given, in all of its forms."""
    found: Counter[str] = Counter()
    for text, count in times.items():
        found[canon[text]] += count
    return found


def _labels(facts: ColumnFacts, apart: Apart, setting: DraftSetting, common: Common) -> Outcome:
    """Return categories; texts of one person are read as another answer, and not shown."""
    once = set() if setting.fixed else of_one_person(common.times, facts.answers)
    labels = [text for text in common.answers if text not in once]
    values = {text: common.texts[text] for text in apart.times if text != common.texts[text]} | apart.values
    if len(labels) < 2:
        return "one answer only, but for texts given once; never shown here"
    remarks = ["? in no order; the first is the reference"]
    if setting.tool_name in FORMS and any(common.times[text] == 1 for text in labels):
        remarks[0] += '; what was given once may be a text of one\'s own: take it out and say other = "other"'
    if (sign := parting_sign(labels)) is not None:
        remarks[0] += f'; several answers, parted by "{sign}"? then kind = "multiple", with items and separator'
    here = once & set(apart.times)
    if here:
        remarks.append(given_once(here, "labels"))
    other = other_of(labels) if here else None
    return Categories(*labels, off_scale=apart.off, values=_codes(values), other=other), tuple(remarks)


def shared_answers(members: Sequence[ColumnFacts], setting: DraftSetting) -> Common | None:
    """Return what the columns of a battery have in common.

    Parameters
    ----------
    members : sequence of ColumnFacts
        Neighbours with one stem.
    setting : DraftSetting
    """
    apart = [answers_apart(facts, setting).times for facts in members if not facts.labels]
    wholes = [found for times in apart if times and (found := whole_scale(_scored(times)))]
    numbers = {number for found in wholes for number in found}
    whole = tuple(range(min(numbers), max(numbers) + 1)) if 2 <= len(numbers) <= MOST_CODES else ()
    worded = [times for times in apart if times and not any(is_number(text) or band(text) for text in times)]
    total: Counter[str] = Counter()
    for times in worded:
        total.update(times)
    canon = joined(total)
    answers = [text for text, _ in by_frequency(total) if canon[text] == text]
    shared = Common(whole=whole, texts=canon)
    if len(worded) < 2 or len(answers) < 2:
        return shared if whole else None
    if (scale := _scale_but_for_texts(answers, in_all(total, canon))) is not None:
        texts = {text: answer for text, answer in canon.items() if answer in scale.answers}
        return Common(whole=whole, texts=texts, scale=scale.name, answers=scale.answers)
    sets = [{canon[text] for text in times} for times in worded]
    alike = all(
        2 * len(one & set().union(*(sets[:place] + sets[place + 1 :]))) >= len(one) for place, one in enumerate(sets)
    )
    if alike and len(answers) <= MOST_CATEGORIES and sum(total.values()) >= GIVEN * len(answers):
        return Common(whole=whole, texts=canon, answers=tuple(sorted(answers)), times=in_all(total, canon))
    return shared if whole else None


def _scale_but_for_texts(answers: Sequence[str], times: Mapping[str, int]) -> AnswerScale | None:
    """Return the scale of answers, but for texts of one person that are on none."""
    once = of_one_person(times, sum(times.values()))
    kept = [text for text in answers if text not in once]
    for text in sorted(once):
        kept = [*kept, text] if scale_of([*kept, text]) is not None else kept
    return scale_of(answers) or (scale_of(kept) if len(answers) - len(kept) <= (1 - MOSTLY) * len(times) else None)


def _scored(times: dict[str, int]) -> list[str]:
    values = {text: float(text) for text in times if re.fullmatch(r"-?\d+", text)}
    reasons = codes_of_no_answer(values)
    return [text for text in times if text not in reasons]
