"""Recipes: the call that makes a number again, written, read, and as JSON of a closed grammar; never run as text."""

from __future__ import annotations

import ast
import math
from dataclasses import fields
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from csea_stats.errors import InputError, in_short, plain_value
from csea_stats.targets.populations import (
    FinitePopulation,
    Population,
    Respondents,
    Selection,
    SelectionBounds,
    Superpopulation,
    Target,
)

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

PACKAGE = "csea_stats"

Recipe = Any
"""A plain value, a list of them, or an object of one of the forms that `recipe_of` lists."""


@lru_cache(maxsize=4096)
def call_tree(call: str) -> ast.expr:
    """Return a call as a tree, of which nothing is run.

    Raises
    ------
    InputError
        If it is no expression.
    """
    try:
        return ast.parse(call, mode="eval").body
    except (SyntaxError, ValueError, RecursionError, MemoryError) as error:
        message = f"the call cannot be read: {call[:80]!r}"
        raise InputError(message) from error


def recipe_of(call: str) -> Recipe:
    """Return a call as JSON.

    Parameters
    ----------
    call : str
        As `Provenance.call` has it; "" for none.

    Returns
    -------
    object
        Of a call {"function", "arguments", "options"}; of what is asked of a result {"of", "method", "arguments",
        "options"}, {"of", "part"} or {"of", "place"}; of the answers {"data": true}; {"tuple": [...]}, {"set": [...]},
        {"mapping": [[key, value], ...]}, {"number": "inf"}; a call with anything else is {"text": call}; None of none.

    Examples
    --------
    >>> recipe_of("csea_stats.proportion(35, 49, level=0.9)")
    {'function': 'proportion', 'arguments': [35, 49], 'options': {'level': 0.9}}
    """
    if not call:
        return None
    try:
        found = read_call(call)
    except InputError:
        return {"text": call}
    return found if call_of(found) == call else {"text": call}


def read_call(call: str) -> Recipe:
    """Return a call as JSON, whatever its spaces and quotes.

    Raises
    ------
    InputError
        If it holds anything but calls, lists and plain values.
    """
    return _recipe(call_tree(call))


def _recipe(node: ast.expr) -> Recipe:  # noqa: C901, PLR0911 - a case for each kind of node
    match node:
        case ast.Constant(value=str() | int() | float() | None as value):
            return value
        case ast.UnaryOp(op=ast.USub(), operand=ast.Constant(value=int() | float() as value)):
            return -value
        case ast.Name(id="data"):
            return {"data": True}
        case ast.Name(id="inf") | ast.Attribute(value=ast.Name(id="math"), attr="inf"):
            return {"number": "inf"}
        case ast.Call(func=ast.Name(id="float"), args=[ast.Constant(value="inf")], keywords=[]):
            return {"number": "inf"}
        case ast.List(elts=members):
            return [_recipe(one) for one in members]
        case ast.Tuple(elts=members):
            return {"tuple": [_recipe(one) for one in members]}
        case ast.Set(elts=members):
            return {"set": [_recipe(one) for one in members]}
        case ast.Dict(keys=keys, values=values) if all(key is not None for key in keys):
            pairs = zip(keys, values, strict=True)
            return {"mapping": [[_recipe(key), _recipe(value)] for key, value in pairs if key is not None]}
        case ast.Subscript(value=value, slice=ast.Constant(value=int() as place)):
            return {"of": _recipe(value), "place": place}
        case ast.Call(func=ast.Attribute(value=value, attr=name) as called) if all(one.arg for one in node.keywords):
            function = function_name(called)
            head = {"function": function} if function else {"of": _recipe(value), "method": name}
            options = {one.arg: _recipe(one.value) for one in node.keywords}
            more = {"arguments": [_recipe(one) for one in node.args], "options": options}
            return head | {key: told for key, told in more.items() if told}
        case ast.Attribute(value=value, attr=name):
            return {"of": _recipe(value), "part": name}
    message = f"the call holds what no recipe may: {ast.unparse(node)[:60]!r}"
    raise InputError(message)


def function_name(called: ast.expr) -> str:
    """Return the name of a function of the package, or of a maker of one of its classes; "" of anything else."""
    match called:
        case ast.Attribute(value=ast.Name(id=package), attr=name) if package == PACKAGE:
            return name
        case ast.Attribute(value=ast.Attribute(value=ast.Name(id=package), attr=kind), attr=name) if package == PACKAGE:
            return f"{kind}.{name}"
    return ""


def call_of(recipe: Recipe) -> str:
    """Return the call that a recipe stands for, as it would be typed; the inverse of `recipe_of`.

    Raises
    ------
    InputError
        If it is no recipe.

    Examples
    --------
    >>> call_of({"function": "proportion", "arguments": [{"set": [34, 35]}, 49]})
    'csea_stats.proportion({34, 35}, 49)'
    """
    return "" if recipe is None else _call(recipe)


def _call(recipe: Recipe) -> str:  # noqa: C901, PLR0911 - a case for each form
    match recipe:
        case str() | int() | float() | None:
            return repr(recipe)
        case list():
            return f"[{_listed(recipe)}]"
        case {"data": True}:
            return "data"
        case {"number": "inf"}:
            return 'float("inf")'
        case {"text": str() as text}:
            return text
        case {"tuple": list() as members}:
            return f"({_listed(members)}{',' * (len(members) == 1)})"
        case {"set": list() as members} if members:
            return f"{{{_listed(members)}}}"
        case {"mapping": list() as pairs}:
            return f"{{{', '.join(f'{_call(key)}: {_call(value)}' for key, value in pairs)}}}"
        case {"of": value, "place": int() as place}:
            return f"{_call(value)}[{place}]"
        case {"of": value, "part": str() as name} if name.isidentifier():
            return f"{_call(value)}.{name}"
        case {"of": value, "method": str() as name} if name.isidentifier():
            return f"{_call(value)}.{name}({_given(recipe)})"
        case {"function": str() as name} if name.replace(".", "_").isidentifier():
            return f"{PACKAGE}.{name}({_given(recipe)})"
    message = f"recipe: found {str(recipe)[:80]}; allowed are calls, lists and plain values"
    raise InputError(message)


def _listed(members: list[Recipe]) -> str:
    return ", ".join(map(_call, members))


def _given(recipe: dict[str, Any]) -> str:
    told = [_call(one) for one in recipe.get("arguments", [])]
    told += [f"{name}={_call(value)}" for name, value in recipe.get("options", {}).items()]
    return ", ".join(told)


def asks_for_data(call: str) -> bool:
    """Whether a call needs the answers that it was made of."""
    try:
        return (
            any(isinstance(node, ast.Name) and node.id == "data" for node in ast.walk(call_tree(call)))
            if call
            else False
        )
    except InputError:
        return False


class Verbatim(str):
    """A text that stands in a call as it is: the name of a value that cannot be written there."""

    __slots__ = ()
    __repr__ = str.__str__


def call_words(name: str, arguments: Iterable[object], settings: Mapping[str, tuple[object, object]]) -> str:
    """Return a call as it would be typed; settings at their default are left out.

    Parameters
    ----------
    settings : mapping of name to (value, default)

    Examples
    --------
    >>> call_words("proportion", [{10, 9}, 24], {"level": (0.9, 0.95), "label": (None, None)})
    'csea_stats.proportion({9, 10}, 24, level=0.9)'
    """
    told = [argument_words(argument) for argument in arguments]
    return f"csea_stats.{name}({', '.join([*told, *_changed(settings)])})"


def method_words(of: str, name: str, settings: Mapping[str, tuple[object, object]]) -> str:
    """Return what is asked of the result of a call, as it would be typed; settings as in `call_words`.

    Examples
    --------
    >>> method_words("csea_stats.tabulate(data, 'seen', by='team')", "contrasts", {"level": (0.9, 0.95)})
    "csea_stats.tabulate(data, 'seen', by='team').contrasts(level=0.9)"
    """
    return f"{of}.{name}({', '.join(_changed(settings))})"


def _changed(settings: Mapping[str, tuple[object, object]]) -> Iterator[str]:
    for name, (value, default) in settings.items():
        if not _same(value, default):
            try:
                words = argument_words(value)
            except Exception:  # noqa: BLE001 - it is checked later: it may hold itself, or raise anything
                words = in_short(value)
            yield f"{name}={words}"


def _same(value: object, default: object) -> bool:
    """Whether a setting is at its default; an array never is."""
    try:
        same: object = value == default
    except Exception:  # noqa: BLE001 - an object of one's own may raise anything
        return False
    return same is True


def argument_words(value: object) -> str:
    """Return a value as it would be typed."""
    if isinstance(value, (set, frozenset)):
        return "{" + ", ".join(argument_words(member) for member in sorted(value)) + "}"
    if isinstance(value, (tuple, list)):
        inner = ", ".join(argument_words(member) for member in value)
        return f"[{inner}]" if isinstance(value, list) else f"({inner},)" if len(value) == 1 else f"({inner})"
    if isinstance(value, dict):
        return "{" + ", ".join(f"{key!r}: {argument_words(member)}" for key, member in value.items()) + "}"
    if isinstance(value, (Respondents, Superpopulation, FinitePopulation, Population, Selection, SelectionBounds)):
        return _target_words(value)
    if type(value).__module__ == "numpy":
        return argument_words(value.tolist())  # type: ignore[attr-defined]
    plain = value if isinstance(value, Verbatim) else plain_value(value)
    return 'float("inf")' if isinstance(value, float) and value == math.inf else repr(plain)


def _target_words(value: Target | Selection | SelectionBounds) -> str:
    told: list[str] = []
    for field in fields(value):
        found = getattr(value, field.name)
        if field.name in ("selection", "ratio") or found != field.default:
            text = argument_words(found)
            positional = not field.kw_only and field.name in ("size", "selection") and not told
            told.append(text if positional else f"{field.name}={text}")
    return f"csea_stats.{type(value).__name__}({', '.join(told)})"
