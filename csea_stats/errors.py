"""The errors of this package, drawn as a tree.

Every error raised on purpose is one of these, and its text says where, what was found, what is allowed and
what to do::

    CseaStatsError
    ├── InputError             an argument of a call (also a ValueError)
    │   ├── CountError         a count or a base that no survey can have
    │   └── UnsupportedTarget  a method and a target that do not go together
    ├── UnknownName            a survey, question or item that does not exist (also a KeyError)
    ├── SurveyFileError        everything wrong with one survey or codebook file, all at once
    │   └── ModelFileError     the same for a model file
    ├── AnswersError           everything wrong with respondents' answers, all at once
    ├── MissingPackage         an optional package, with the line that installs it (also an ImportError)
    └── OutputError            a file that could not be written (also an OSError)
"""

from __future__ import annotations

import math
import os
from collections.abc import Iterable
from difflib import get_close_matches
from itertools import islice
from numbers import Integral, Real
from typing import Any, TypeGuard

__all__ = [
    "AnswersError",
    "CountError",
    "CseaStatsError",
    "InputError",
    "MissingPackage",
    "ModelFileError",
    "OutputError",
    "SurveyFileError",
    "UnknownName",
    "UnsupportedTarget",
    "carries",
    "check_choice",
    "check_flag",
    "check_kind",
    "check_list",
    "check_seed",
    "check_whole",
    "described",
    "in_short",
    "is_of",
    "members",
    "pairs_of",
    "path_text",
    "plain_text",
    "plain_value",
    "real_number",
    "whole_number",
]

_KINDS = {
    "Fit": "a Fit (fit)",
    "Iterable": "a list",
    "Mapping": "a mapping",
    "Microdata": "Microdata (read_respondents)",
    "NoneType": "None",
    "PathLike": "a path",
    "Real": "a number",
    "Survey": "a Survey (load_survey)",
    "Tabulation": "a Tabulation (tabulate)",
    "TargetWords": "the targets of a Survey (load_survey(...).targets)",
    "str": "a text",
}
"""Kinds of argument in words, with the call that makes one."""

CONTROLS = "\\x00-\\x08\\x0b\\x0c\\x0e-\\x1f\\x7f-\\x9f"
"""Control signs but the tab and the ends of lines, as a class of a regular expression has them."""

TURNING = "\\u061c\\u200e\\u200f\\u202a-\\u202e\\u2066-\\u2069"
"""Signs that turn the direction of the text that follows, likewise."""


class CseaStatsError(Exception):
    """Root of every error this package raises on purpose; each travels to another process with all that it says."""

    def __reduce__(self) -> tuple[Any, ...]:
        return _made_again, (type(self), self.args, self.__dict__)


def _made_again(kind: type[CseaStatsError], args: tuple[Any, ...], state: dict[str, Any]) -> CseaStatsError:
    """Return a pickled error; its class is not called, as what it was called with is not kept."""
    error = kind.__new__(kind, *args)
    error.args = args
    error.__dict__.update(state)
    return error


class InputError(CseaStatsError, ValueError):
    """An argument of a call is wrong."""


class CountError(InputError):
    """A count or a base is not one that a survey can have."""


class UnsupportedTarget(InputError):  # noqa: N818 - the public name of the contract
    """There is no such method for such a target; the text names what to use."""


class UnknownName(CseaStatsError, KeyError):  # noqa: N818
    """A name that does not exist, with those that do.

    Parameters
    ----------
    what : str
        The kind of thing looked for, such as "survey".
    found : str
        The name that was given.
    allowed : iterable of str
        The names that exist.
    hint : str
        A further sentence, such as what else may be given.
    """

    def __init__(self, what: str, found: str, allowed: Iterable[str], hint: str = "") -> None:
        names = list(allowed)
        found = plain_text(found)
        close = get_close_matches(found, names, n=1)
        nearest = f" Did you mean {close[0]!r}?" if close else ""
        listed = ", ".join(repr(name) for name in names[:40]) + (", ..." if len(names) > 40 else "")
        self.text = (
            f"there is no {what} {in_short(found)}.{nearest} There is: {listed or 'none'}.{' ' + hint if hint else ''}"
        )
        super().__init__(self.text)

    def __str__(self) -> str:  # KeyError shows the repr of its argument
        return self.text


class SurveyFileError(CseaStatsError):
    """All that is wrong with one survey file.

    Parameters
    ----------
    source : str
        The file, as the user named it.
    problems : iterable of str
        One line each: line in the file, key, what was found, what is allowed.
    """

    def __init__(self, source: str, problems: Iterable[str]) -> None:
        self.source = source
        self.problems = tuple(problems)
        count = len(self.problems)
        head = f"{path_text(source)}: {count} problem{'s' if count != 1 else ''}"
        super().__init__("\n".join([head, *(f"  {problem}" for problem in self.problems)]))


class ModelFileError(SurveyFileError):
    """All that is wrong with one model file, told as for a survey file."""


class AnswersError(CseaStatsError):
    """All that is wrong with one file or frame of respondents' answers.

    Parameters
    ----------
    source : str
        The file, as the user named it, or the kind of frame.
    problems : iterable of str
        One line each: row, column, what was found, what is allowed.
    rows : str
        How rows are counted in the problems.
    """

    def __init__(self, source: str, problems: Iterable[str], rows: str = "") -> None:
        self.source = source
        self.problems = tuple(problems)
        self.rows = rows
        count = len(self.problems)
        head = f"{path_text(source)}: {count} problem{'s' if count != 1 else ''}{f' ({rows})' if rows else ''}"
        super().__init__("\n".join([head, *(f"  {problem}" for problem in self.problems)]))


class MissingPackage(CseaStatsError, ImportError):  # noqa: N818
    """An optional package is not installed."""

    def __init__(self, package: str, purpose: str) -> None:
        super().__init__(
            f"{purpose} needs the package {package!r}, which is not installed: run `pip install {package}`"
        )


class OutputError(CseaStatsError, OSError):
    """A file or a folder could not be written; nothing was replaced."""


LONGEST = 10**7
"""Members of a list that is gone through; one without an end has more."""

MOST = 10**15
"""The largest whole number taken: up to there a computer's numbers tell every count from the next."""


def real_number(found: object) -> float | None:
    """Return a number as Python has it; None for anything else: True and False, texts, NaN, a number beyond all others.

    Examples
    --------
    >>> real_number(3), real_number(True), real_number("3"), real_number(10**400)
    (3.0, None, None, None)
    """
    if type(found) is float:  # nearly always: asking an abstract class takes ten times as long
        return None if math.isnan(found) else found
    try:
        if not isinstance(found, Real) or isinstance(found, bool):
            return None
        number = float(found)
    except Exception:  # noqa: BLE001 - beyond all others; or an object of one's own, which may raise anything
        return None
    return None if math.isnan(number) else number


def whole_number(found: object, least: int = 0, most: float = MOST) -> int | None:
    """Return a whole number as Python has it; None for anything else, and for one out of bounds."""
    try:
        if type(found) is not int and (not isinstance(found, Integral) or isinstance(found, bool)):
            return None
        number = int(found)
    except Exception:  # noqa: BLE001 - an object of one's own may raise anything
        return None
    return number if least <= number <= most else None


def check_whole(what: str, found: object, least: int = 0, most: int = MOST) -> int:
    """Return a whole number that an argument has to be.

    Raises
    ------
    InputError
        If it is anything else.

    Examples
    --------
    >>> check_whole("seed", 1.0)
    Traceback (most recent call last):
    csea_stats.errors.InputError: seed: found 1.0; allowed is a whole number of at least 0
    """
    number = whole_number(found, least, most)
    if number is None:
        upper = f" and at most {most:,}" if whole_number(found, most + 1, math.inf) is not None else ""
        message = f"{what}: found {described(found)}; allowed is a whole number of at least {least}{upper}"
        raise InputError(message)
    return number


def check_flag(what: str, found: object) -> bool:
    """Return True or False, which an argument has to be.

    Raises
    ------
    InputError
        If it is anything else.

    Examples
    --------
    >>> check_flag("png", 1)
    Traceback (most recent call last):
    csea_stats.errors.InputError: png: found 1; allowed is True or False
    """
    if is_of(found, bool) or (type(found).__module__ == "numpy" and type(found).__name__ in ("bool", "bool_")):
        return bool(found)
    message = f"{what}: found {described(found)}; allowed is True or False"
    raise InputError(message)


def check_seed(found: object) -> int:
    """Return a seed: any whole number of at least 0."""
    return check_whole("seed", found, most=2**128 - 1)


def check_choice(what: str, found: object, allowed: Iterable[str], hint: str = "") -> str:
    """Return one of the texts that an argument may be.

    Raises
    ------
    InputError
        If it is anything else.

    Examples
    --------
    >>> check_choice("method", "wald", ("jeffreys", "wilson"))
    Traceback (most recent call last):
    csea_stats.errors.InputError: method: found 'wald'; allowed is one of jeffreys, wilson
    """
    names = tuple(allowed)
    if is_of(found, str) and (text := plain_text(found)) in names:
        return text
    message = f"{what}: found {described(found)}; allowed is one of {', '.join(names)}{hint}"
    raise InputError(message)


def is_of(found: object, *kinds: type) -> TypeGuard[Any]:
    """Whether something is of one of these kinds; no where it raises when it is asked what it is.

    Examples
    --------
    >>> is_of("a", str), is_of(None, str, int)
    (True, False)
    """
    try:
        return isinstance(found, kinds)
    except Exception:  # noqa: BLE001 - an object of one's own may raise anything
        return False


def carries(found: object, name: str) -> bool:
    """Whether something has such an attribute; no where it raises when it is asked.

    Examples
    --------
    >>> carries("a", "upper"), carries(None, "upper")
    (True, False)
    """
    try:
        return hasattr(found, name)
    except Exception:  # noqa: BLE001 - an object of one's own may raise anything
        return False


def plain_text(found: str) -> str:
    """Return a text of a class of one's own as a text of Python: what the class says of itself is not asked.

    Examples
    --------
    >>> plain_text("a")
    'a'
    """
    return str.__str__(found)


def plain_value(found: Any) -> Any:
    """Return a text or a number of a class of one's own as Python's; anything else as it is.

    Examples
    --------
    >>> plain_value(True), plain_value(0.5), plain_value(None)
    (True, 0.5, None)
    """
    if is_of(found, str):
        return plain_text(found)
    if is_of(found, float):
        return float.__float__(found)
    return found if is_of(found, bool) or not is_of(found, int) else int.__index__(found)


def members(found: object) -> tuple[Any, ...] | None:
    """Return what a list or a tuple holds; None for anything else, and for one that cannot be gone through.

    Examples
    --------
    >>> members([7, 9]), members("ab")
    ((7, 9), None)
    """
    try:
        return tuple(found) if isinstance(found, (list, tuple)) else None
    except Exception:  # noqa: BLE001 - a class of one's own may raise anything
        return None


def pairs_of(what: str, found: object, allowed: str = "a mapping") -> tuple[tuple[Any, Any], ...]:
    """Return what a mapping, or a Series, holds: each key with its value; of None nothing.

    Raises
    ------
    InputError
        If it is no mapping, or cannot be gone through.

    Examples
    --------
    >>> pairs_of("values", {1: "low"}), pairs_of("values", None)
    (((1, 'low'),), ())
    """
    if found is None:
        return ()
    try:
        if hasattr(found, "items") and not isinstance(found, type):
            return tuple((key, value) for key, value in found.items())
    except Exception:  # noqa: BLE001,S110 - a class of one's own may raise anything
        pass
    message = f"{what}: found {described(found)}; allowed is {allowed}"
    raise InputError(message)


def check_list(what: str, found: object, allowed: str = "a list") -> tuple[Any, ...]:
    """Return what a list, or anything else that is gone through, holds.

    Raises
    ------
    InputError
        If it is a text, or cannot be gone through.

    Examples
    --------
    >>> check_list("models", "a")
    Traceback (most recent call last):
    csea_stats.errors.InputError: models: found 'a'; allowed is a list
    """
    try:
        endless = isinstance(found, range) and len(found) > LONGEST
        if isinstance(found, Iterable) and not isinstance(found, (str, bytes, type)) and not endless:
            several = tuple(islice(found, LONGEST + 1))
            if len(several) <= LONGEST:
                return several
    except Exception:  # noqa: BLE001,S110 - an array without dimensions; an object of one's own may raise anything
        pass
    message = f"{what}: found {described(found)}; allowed is {allowed}"
    raise InputError(message)


def path_text(path: str | os.PathLike[str]) -> str:
    """Return a path as a message names it: its two ends where it is long; what no file can hold is written out.

    Examples
    --------
    >>> path_text("answers.csv"), len(path_text("x" * 5_000))
    ('answers.csv', 203)
    """
    text = "".join(sign if sign.isprintable() else repr(sign)[1:-1] for sign in str(path))
    return text if len(text) <= 203 else f"{text[:100]}...{text[-100:]}"


def described(found: object) -> str:
    """Return what was found in a few words: a plain value as it is written, of anything else its type.

    Examples
    --------
    >>> described("answers.csv"), described(None), described({"a": 1})
    ("'answers.csv'", 'None', 'dict')
    """
    try:
        plain = isinstance(found, (str, bytes, int, float, os.PathLike, type, type(None)))
        text = repr(found) if plain else type(found).__name__
    except ValueError:
        return "a whole number of very many digits"
    except Exception:  # noqa: BLE001 - an object of one's own may raise anything when asked what it is
        text = type(found).__name__
    return _cut(text)


def _cut(text: str) -> str:
    return text if len(text) <= 80 else f"{text[:77]}..."


def in_short(found: object) -> str:
    """Return what was found as Python writes it, cut where it is long; its type where writing it fails.

    Examples
    --------
    >>> in_short([1, "a"]), len(in_short("x" * 400))
    ("[1, 'a']", 80)
    """
    try:
        text = repr(found)
    except Exception:  # noqa: BLE001 - an object of one's own may raise anything
        return type(found).__name__
    return _cut(text)


def check_kind(what: str, found: object, *kinds: type) -> None:
    """Refuse an argument that is of none of the kinds that a call takes.

    Parameters
    ----------
    what : str
        The call or its argument, for the message.
    found : object
    *kinds : type

    Raises
    ------
    InputError
        What was found and what is allowed. True and False are no numbers.

    Examples
    --------
    >>> check_kind("column", 3, str, type(None))
    Traceback (most recent call last):
    csea_stats.errors.InputError: column: found 3; allowed is a text or None
    """
    if is_of(found, *kinds) and not (is_of(found, bool) and bool not in kinds):
        return
    names = [_KINDS.get(kind.__name__, kind.__name__) for kind in kinds]
    allowed = " or ".join([", ".join(names[:-1]), names[-1]] if names[:-1] else names)
    message = f"{what}: found {described(found)}; allowed is {allowed}"
    raise InputError(message)
