"""Things of classes of one's own that raise when they are looked at, and others that no argument can be.

Each is made anew by a call, as some are used up.
"""

import decimal
import fractions
import itertools

import numpy as np
import pandas as pd


def raising(*names, base=object, error=RuntimeError):
    """Return a class of which each of the methods named raises."""

    def raises(*_, **__):
        raise error("from the object")

    body = dict.fromkeys(names, raises)
    if "__eq__" in names and "__hash__" not in names:
        body["__hash__"] = base.__hash__
    return type("Raising", (base,), body)


WRITES = ("__repr__", "__str__", "__format__")


def deep():
    found = []
    for _ in range(5_000):
        found = [found]
    return found


def within_itself(kind):
    if kind is dict:
        found = {}
        found["a"] = found
    else:
        found = []
        found.append(found)
    return found


def stopping():
    yield 1
    raise RuntimeError("from the generator")


ODD = {
    "raises when written": raising(*WRITES),
    "raises when compared": raising("__eq__"),
    "raises when compared or hashed": raising("__eq__", "__hash__"),
    "raises when asked for truth": raising("__bool__"),
    "raises when made a number": raising("__float__", "__int__", "__index__"),
    "raises when made an array": raising("__array__"),
    "raises when gone through": raising("__iter__", "__len__"),
    "raises as a path": raising("__fspath__"),
    "raises when asked for what it lacks": raising("__getattr__"),
    "raises with every error there is": raising(*WRITES, error=MemoryError),
    "list without a length": lambda: raising("__len__", base=list)([1, 2]),
    "list that is not gone through": lambda: raising("__iter__", base=list)([1, 2]),
    "text that is not written": lambda: raising(*WRITES, base=str)("abc"),
    "text that is not compared": lambda: raising("__eq__", base=str)("abc"),
    "text that equals all others": lambda: type("Text", (str,), {"__eq__": lambda *_: True, "__hash__": str.__hash__})(
        "zzz"
    ),
    "text of one's own": lambda: type("Text", (str,), {})("awareness"),
    "whole number that is not written": lambda: raising(*WRITES, base=int)(3),
    "whole number that is not compared": lambda: raising("__eq__", base=int)(3),
    "number that is not written": lambda: raising(*WRITES, base=float)(0.5),
    "mapping that is not written": lambda: raising(*WRITES, base=dict)(a=1),
    "mapping without its keys": lambda: raising("items", "keys", "values", "__getitem__", base=dict)(a=1),
    "list of what is not written": lambda: [raising(*WRITES)()],
    "list of what is not compared": lambda: [raising("__eq__")()],
    "set of what is not written": lambda: {raising(*WRITES)()},
    "mapping of what is not written": lambda: {"a": raising(*WRITES, "__eq__")()},
    "pair of what is not written": lambda: (raising(*WRITES, "__eq__")(), 1),
    "array of one thing that is not written": lambda: np.array(raising(*WRITES)(), dtype=object),
    "list that holds itself": lambda: within_itself(list),
    "mapping that holds itself": lambda: within_itself(dict),
    "list in 5,000 lists": deep,
    "generator": lambda: (one for one in (1, 2)),
    "generator that stops": stopping,
    "generator without an end": itertools.count,
    "decimal that signals": lambda: decimal.Decimal("sNaN"),
    "decimal of a million digits": lambda: decimal.Decimal("1e1000000"),
    "large fraction": lambda: fractions.Fraction(10**400, 10**399 + 1),
    "NA in a list": lambda: [pd.NA, 1],
    "many digits": lambda: 10**5_000,
    "text of many digits": lambda: "9" * 5_000,
    "bytes of a text": lambda: bytearray(b"abc"),
    "array of texts": lambda: np.array([["a", "b"], ["c", "d"]]),
    "array of dates": lambda: np.array(["2020-01-01"], dtype="datetime64[D]"),
    "array of no numbers": lambda: np.array([np.nan, 1.0]),
    "categories": lambda: pd.Categorical(["a", "b", None]),
    "frame of nothing": pd.DataFrame,
}
"""What each is, with what makes it."""
