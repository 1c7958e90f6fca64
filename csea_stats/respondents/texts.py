"""Values of a data file as texts, and the one form in which texts are compared."""

import math
import unicodedata
from collections.abc import Iterable
from numbers import Real

import numpy as np

from csea_stats.errors import InputError, check_list, described

Value = str | int | float | bool
"""A value as a data file holds it."""

_ALIKE = str.maketrans(
    dict.fromkeys("\u00a0\u2007\u202f", " ")
    | dict.fromkeys("\u200b\u200c\u200d\u2060\ufeff", "")
    | dict.fromkeys("\u2019\u02bc", "'")
)
"""No-break blanks are blanks, zero-width signs are nothing, apostrophes are one sign."""


def compared(text: str) -> str:
    """Return the form in which texts are compared: NFC, one kind of blank, apostrophe and line end, cut around."""
    if "\r" in text:
        text = text.replace("\r\n", "\n").replace("\r", "\n")
    return text.strip() if text.isascii() else unicodedata.normalize("NFC", text.translate(_ALIKE)).strip()


def text_of(value: object) -> str:
    """Return a value of a data file as the text it is compared by: 1.0 is "1"; blanks around a text are cut.

    Examples
    --------
    >>> text_of(1.0), text_of(" poor "), text_of(2.5), text_of(True)
    ('1', 'poor', '2.5', 'True')
    """
    if isinstance(value, str):
        return compared(value)
    if isinstance(value, float) and value.is_integer() and abs(value) < 1e15:
        return str(int(value))
    return str(value)


def plain(name: str) -> str:
    """Return the form in which names are compared: an underscore and a hyphen are the same.

    Examples
    --------
    >>> plain("police_knowledge") == plain("police-knowledge")
    True
    """
    return name.replace("_", "-")


def is_nothing(value: object) -> bool:
    """Whether a library means "nothing here" by a value: None, NA, NaT, NaN."""
    if value is None or type(value).__name__ in ("NAType", "NaTType"):
        return True
    return isinstance(value, (float, np.floating)) and math.isnan(value)


def declared_text(what: str, value: object) -> str:
    """Return a value of the data that a codebook declares as the text it is compared by.

    Raises
    ------
    InputError
        None and its like: no cell holds them, and the text "None" may be an answer; and whatever is no single value.
    """
    if is_nothing(value) or not isinstance(value, (str, Real, np.bool_)):
        message = f"{what}: found {described(value)}; allowed is a text, a number, True or False; for a blank say ''"
        raise InputError(message)
    return text_of(value)


def declared_texts(what: str, found: Iterable[object]) -> tuple[str, ...]:
    """Return texts of a codebook, none of which is empty."""
    if isinstance(found, str):
        message = f"{what}: found the text {found!r}; allowed is a list of texts, such as ({found!r},)"
        raise InputError(message)
    labels = check_list(what, found)
    for label in labels:
        if not isinstance(label, str) or not label.strip() or label != label.strip():
            message = f"{what}: found {label!r}; allowed is a text that is not empty and has no blanks around it"
            raise InputError(message)
    return tuple(str(label) for label in labels)
