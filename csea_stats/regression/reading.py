"""A fit of one table of counts: its draws or its estimate, with what both kinds of fit have in common."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from csea_stats.regression.averages import share

if TYPE_CHECKING:
    from csea_stats.regression.contrasts import Event, Setting
    from csea_stats.regression.design import Design
    from csea_stats.regression.problem import Array, Problem, Profiled, Sample


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """One table of counts that print allows (with rows there is one), fitted.

    Parameters
    ----------
    design : Design
    place : int
        Which of the design's tables.
    sample : Sample or None
        Of a Bayesian fit.
    profiled : Profiled or None
        Of a frequentist fit.
    """

    design: Design
    place: int
    sample: Sample | None = None
    profiled: Profiled | None = None

    @property
    def table(self) -> Array:
        """Respondents by pattern and answer."""
        return self.design.tables[self.place]

    @property
    def drawn(self) -> Sample:
        """The draws."""
        if self.sample is None:
            message = "a frequentist fit has no draws"
            raise TypeError(message)
        return self.sample

    @property
    def draws(self) -> int:
        """How many draws."""
        return len(self.drawn.thresholds)

    @property
    def engine(self) -> str:
        """What made them."""
        return self.drawn.engine

    @property
    def straight_problem(self) -> Problem:
        """The problem as a frequentist fit takes it: monotonic terms in equal steps."""
        return self.design.straightened.problem(self.place)

    def share(self, setting: Setting, event: Event, shift: Array | float | None = None) -> Array:
        """Return the averaged probability of an event at each draw."""
        return share(self.design, self.drawn, setting, event, shift)
