"""`Members`: an immutable sequence of values of one class, which the collections of results are."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import ClassVar, Self, overload

from csea_stats.errors import InputError


class Members[T](Sequence[T]):
    """An immutable sequence that holds nothing but values of its class.

    Parameters
    ----------
    members : iterable

    Raises
    ------
    InputError
        If one of them is anything else.
    """

    __slots__ = ("_members",)
    _members: tuple[T, ...]
    _kind: ClassVar[type]
    """The class of its values."""
    _words: ClassVar[str]
    """How an error calls them."""

    def __init__(self, members: Iterable[T] = ()) -> None:
        found = tuple(members)
        for member in found:
            if not isinstance(member, self._kind):
                message = f"{type(self).__name__} holds {self._words}; found {member!r}"
                raise InputError(message)
        self._members = found

    def __len__(self) -> int:
        return len(self._members)

    @overload
    def __getitem__(self, index: int) -> T: ...
    @overload
    def __getitem__(self, index: slice) -> Self: ...
    def __getitem__(self, index: int | slice) -> T | Self:
        return type(self)(self._members[index]) if isinstance(index, slice) else self._members[index]

    def __iter__(self) -> Iterator[T]:
        return iter(self._members)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, type(self)) and tuple(self) == tuple(other)

    def __hash__(self) -> int:
        return hash(self._members)

    def __repr__(self) -> str:
        return f"<{type(self).__name__}: {len(self)}>"

    def __str__(self) -> str:
        return "\n".join(map(str, self._members))
