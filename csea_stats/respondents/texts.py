"""Values of a data file as texts, and the one form in which texts are compared."""

import math
import unicodedata
from collections.abc import Iterable
from numbers import Real

import numpy as np

from csea_stats.errors import InputError, check_list, described, in_short, is_of, plain_value

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
    return str(plain_value(value))


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
    return is_of(value, float, np.floating) and math.isnan(value)


def declared_text(what: str, value: object) -> str:
    """Return a value of the data that a codebook declares as the text it is compared by.

    Raises
    ------
    InputError
        None and its like: no cell holds them, and the text "None" may be an answer; and whatever is no single value.
    """
    if not is_nothing(value) and is_of(value, str, Real, np.bool_):
        try:
            return text_of(value)
        except Exception:  # noqa: BLE001,S110 - a number of very many digits; one of one's own may raise anything
            pass
    message = f"{what}: found {described(value)}; allowed is a text, a number, True or False; for a blank say ''"
    raise InputError(message)


def declared_texts(what: str, found: Iterable[object]) -> tuple[str, ...]:
    """Return texts of a codebook, none of which is empty."""
    if is_of(found, str):
        message = f"{what}: found the text {in_short(found)}; allowed is a list of texts, such as ({in_short(found)},)"
        raise InputError(message)
    labels = tuple(plain_value(label) for label in check_list(what, found))
    for label in labels:
        if not is_of(label, str) or not label.strip() or label != label.strip():
            message = (
                f"{what}: found {in_short(label)}; allowed is a text that is not empty and has no blanks around it"
            )
            raise InputError(message)
        check_length(what, label)
    return labels


LONGEST = 2_000
"""Letters of a text that a survey holds too: a label, an answer."""


def check_length(what: str, text: str) -> None:
    """Refuse a text that is longer than any survey holds."""
    if len(text) > LONGEST:
        message = f"{what}: found {in_short(text)}, of {len(text):,} letters; allowed are {LONGEST:,}"
        raise InputError(message)
