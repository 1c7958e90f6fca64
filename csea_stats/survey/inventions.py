"""Stated made-up distributions, for synthetic answers where print tells no number."""

from __future__ import annotations

from dataclasses import dataclass

Shares = tuple[tuple[str, float], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Invention:
    """What a variable of synthetic answers is drawn from.

    Parameters
    ----------
    given : str or None
        A variable on whose answer it hangs.
    shares : tuple of (answer of ``given``, ((label, weight), ...))
        For coded variables; the answer is "" where nothing is given.
    between : tuple of (answer of ``given``, (lowest, highest))
        For numbers: whole numbers, each as likely.
    """

    given: str | None = None
    shares: tuple[tuple[str, Shares], ...] = ()
    between: tuple[tuple[str, tuple[int, int]], ...] = ()

    def words(self) -> str:
        """Return the distribution in words."""
        head = f"given {self.given}: " if self.given else ""
        parts = [
            f"{f'{answer!r}: ' if answer else ''}" + ", ".join(f"{label!r} {weight:g}" for label, weight in weights)
            for answer, weights in self.shares
        ]
        parts += [
            f"{f'{answer!r}: ' if answer else ''}whole numbers {low} to {high}" for answer, (low, high) in self.between
        ]
        return head + "; ".join(parts)
