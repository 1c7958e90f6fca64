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
from numbers import Integral, Real
from typing import Any

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
    "check_choice",
    "check_flag",
    "check_kind",
    "check_list",
    "check_seed",
    "check_whole",
    "described",
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
        close = get_close_matches(found, names, n=1)
        nearest = f" Did you mean {close[0]!r}?" if close else ""
        listed = ", ".join(repr(name) for name in names[:40]) + (", ..." if len(names) > 40 else "")
        self.text = f"there is no {what} {found!r}.{nearest} There is: {listed or 'none'}.{' ' + hint if hint else ''}"
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
        head = f"{source}: {count} problem{'s' if count != 1 else ''}"
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
        head = f"{source}: {count} problem{'s' if count != 1 else ''}{f' ({rows})' if rows else ''}"
        super().__init__("\n".join([head, *(f"  {problem}" for problem in self.problems)]))


class MissingPackage(CseaStatsError, ImportError):  # noqa: N818
    """An optional package is not installed."""

    def __init__(self, package: str, purpose: str) -> None:
        super().__init__(
            f"{purpose} needs the package {package!r}, which is not installed: run `pip install {package}`"
        )


class OutputError(CseaStatsError, OSError):
    """A file or a folder could not be written; nothing was replaced."""


LONGEST = 10**8
"""Numbers of a range that is gone through."""

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
    if not isinstance(found, Real) or isinstance(found, bool):
        return None
    try:
        number = float(found)
    except (OverflowError, ValueError):
        return None
    return None if math.isnan(number) else number


def whole_number(found: object, least: int = 0, most: int = MOST) -> int | None:
    """Return a whole number as Python has it; None for anything else, and for one out of bounds."""
    if type(found) is not int and (not isinstance(found, Integral) or isinstance(found, bool)):
        return None
    number = int(found)
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
        upper = f" and at most {most:,}" if isinstance(found, Integral) and int(found) > most else ""
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
    if isinstance(found, bool) or (type(found).__module__ == "numpy" and type(found).__name__ in ("bool", "bool_")):
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
    if isinstance(found, str) and found in names:
        return str(found)
    message = f"{what}: found {described(found)}; allowed is one of {', '.join(names)}{hint}"
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
    if isinstance(found, Iterable) and not isinstance(found, (str, bytes, type)):
        try:
            if not isinstance(found, range) or len(found) <= LONGEST:
                return tuple(found)
        except (TypeError, MemoryError, OverflowError):  # an array without dimensions, more than there is room for
            pass
    message = f"{what}: found {described(found)}; allowed is {allowed}"
    raise InputError(message)


def described(found: object) -> str:
    """Return what was found in a few words: a plain value as it is written, of anything else its type.

    Examples
    --------
    >>> described("answers.csv"), described(None), described({"a": 1})
    ("'answers.csv'", 'None', 'dict')
    """
    plain = isinstance(found, (str, bytes, int, float, os.PathLike, type, type(None)))
    try:
        text = repr(found) if plain else type(found).__name__
    except ValueError:
        return "a whole number of very many digits"
    return text if len(text) <= 80 else f"{text[:77]}..."


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
    if isinstance(found, kinds) and not (isinstance(found, bool) and bool not in kinds):
        return
    names = [_KINDS.get(kind.__name__, kind.__name__) for kind in kinds]
    allowed = " or ".join([", ".join(names[:-1]), names[-1]] if names[:-1] else names)
    message = f"{what}: found {described(found)}; allowed is {allowed}"
    raise InputError(message)
