"""`Fit`: what a model and answers gave, and everything that can be asked of it."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import TYPE_CHECKING, Any, Literal

from csea_stats.estimators.marks import FEW
from csea_stats.regression import contrasts
from csea_stats.results.caveats import caveat
from csea_stats.results.numbers import integer, number_of, percent
from csea_stats.results.values import Provenance
from csea_stats.targets.populations import Population, Respondents, Superpopulation, Target

if TYPE_CHECKING:
    import os
    from collections.abc import Sequence
    from pathlib import Path

    from csea_stats.regression.contrasts import Contrast, Event
    from csea_stats.regression.problem import Array, Diagnostic
    from csea_stats.regression.reading import Reading
    from csea_stats.regression.sensitivity import Influence, Sensitivity
    from csea_stats.regression.spec import Model
    from csea_stats.results.collection import Estimates
    from csea_stats.results.values import Caveat
    from csea_stats.survey.format import TargetWords

PEOPLE = Superpopulation()
"""The default target."""

STRIP = ("normal(0, 1)", "logistic(0, 1)", "normal(0, 2.5)")
"""The coefficient priors that every Bayesian number is shown under."""


@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class Fit:
    """A fitted model; made by `csea_stats.fit` or `csea_stats.load_fit`.

    Parameters
    ----------
    model : Model
    design : Design
        Patterns, columns and counts.
    readings : tuple of Reading
        One, or one for each table of counts that print allows.
    method : {"bayes", "frequentist"}
    engine : str
        What was used: "laplace", "nuts", "log-f", "ml", "firth".
    level : float
    seed : int
    provenance : Provenance
    words : TargetWords or None
        How sentences name the people, from the data.
    synthetic : bool

    Notes
    -----
    More methods than usual, because this is what a reader holds in hand; each is one call of the module named as it.
    """

    model: Model
    design: Any  # a Design, or a StackedDesign, which is asked the same way
    readings: tuple[Any, ...]
    method: Literal["bayes", "frequentist"]
    engine: str
    level: float
    seed: int
    provenance: Provenance = field(default_factory=Provenance)
    words: TargetWords | None = None
    synthetic: bool = False

    def __repr__(self) -> str:
        made = "; SYNTHETIC" if self.synthetic else ""
        return f"<Fit: {self.model.formula}; {self.engine}, {number_of(self.design.people, 'respondents')}{made}>"

    @property
    def stamp(self) -> str:
        """What stands before every text, and in every tree and model, that comes of made-up answers; else empty."""
        return caveat("synthetic").text if self.synthetic else ""

    # ------------------------------------------------------------------ what is asked of it

    def effects(
        self,
        variable: str | None = None,
        contrast: Contrast | None = None,
        outcome: str | None = None,
        target: Target | Sequence[Target] = PEOPLE,
    ) -> Estimates:
        """Differences of probabilities, averaged over the respondents (g-computation).

        Parameters
        ----------
        variable : str, optional
            A predictor. None: the model's estimands, or every predictor.
        contrast : (from, to) or float, optional
            Two levels, or two tuples of levels (mixed as they occur); "lowest", "highest", "reference", "others" are
            understood. A number moves everybody's number by so much. None: lowest against highest, each category
            against the first, a number by the units of its coefficient.
        outcome : str, optional
            "poor" means poor or lower; "good or higher" works, too. None: every cut.
        target : target, or sequence of targets

        Returns
        -------
        Estimates
            With the interval of the other kind beside it, the prior strip and a verdict on the sign.

        Notes
        -----
        Everybody's value of the predictor is set to the one side, then to the other, all else left as it is; the
        change of the average probability is the effect. A confidence interval holds the smallest and the largest
        value of that change over the profile likelihood region. For a population each side's probability is moved on
        the logit scale by its own log participation ratio, the two correlated as `Selection` says.
        """
        from csea_stats.regression.effects import effects

        if variable is None and contrast is None and outcome is None and target is PEOPLE:
            return self._effects
        return effects(self, variable, contrast, outcome, target)

    @cached_property
    def _effects(self) -> Estimates:
        """The model's estimands for people like these: asked for by summary, page, figure and sensitivity alike."""
        from csea_stats.regression.effects import effects

        return effects(self, None, None, None, PEOPLE)

    def predictions(
        self, by: str | None = None, outcome: str | None = None, target: Target | Sequence[Target] = PEOPLE
    ) -> Estimates:
        """Averaged probabilities of each answer, with everybody set to each level of a predictor.

        Parameters
        ----------
        by : str, optional
            A predictor; None: everybody as they are.
        outcome : str, optional
            As for `effects`; None: every answer.
        target : target, or sequence of targets

        Returns
        -------
        Estimates
        """
        from csea_stats.regression.effects import predictions

        return predictions(self, by, outcome, target)

    def coefficients(self, target: Target | Sequence[Target] = PEOPLE) -> Estimates:
        """Log odds ratios: positive means towards the later answers.

        Returns
        -------
        Estimates
            Items ``x``, ``x[label]``, ``mo(x)``, ``sd(g)``.
        """
        from csea_stats.regression.coefficients import coefficients

        return coefficients(self, target)

    def tipping_points(self) -> Estimates:
        """How strongly who took part must have depended on answer and predictor together to explain a coefficient away.

        Returns
        -------
        Estimates
            A ratio for each coefficient, never clamped.

        Notes
        -----
        If the log participation ratio of later answers is ``lambda + delta x``, the population's coefficient is the
        coefficient minus ``delta``, exactly: selection on the answer alone or on x alone leaves it as it is. It is 0
        where ``exp(delta)``, the interaction of both, is ``exp(coefficient)``.
        """
        from csea_stats.regression.tipping import tipping_points

        return tipping_points(self)

    def thresholds(self) -> Estimates:
        """Return the cutpoints of a respondent at the averages of the predictors; items ``poor|fair``."""
        from csea_stats.regression.coefficients import thresholds

        return thresholds(self)

    def proportional_odds(self) -> Estimates:
        """Every coefficient, and what it is at each cut of the scale fitted by itself: to be looked at, not tested.

        Returns
        -------
        Estimates
            Per coefficient the common one, item ``x: common``, then one for each cut that somebody is on either side
            of, item ``x: later than poor``; ``plot("proportional-odds")`` draws them. Where the cut answers are
            separated and the fit is by maximum likelihood, the cut has the log-F penalty, as its method says.

        Raises
        ------
        InputError
            With two answers, or group effects.
        """
        from csea_stats.regression.proportional_odds import proportional_odds

        return proportional_odds(self)

    @property
    def log_likelihood(self) -> float:
        """At the estimate of a frequentist fit, at the mode of a Bayesian one; of the first reading of print."""
        from csea_stats.regression.sensitivity import mode_log_likelihood

        reading = self.readings[0]
        return reading.profiled.log_likelihood if reading.profiled else mode_log_likelihood(reading)

    @property
    def draws(self) -> dict[str, Array]:
        """Posterior draws by name, of the first reading of print; empty for a frequentist fit."""
        from csea_stats.regression.datatree import named_draws

        return named_draws(self.readings[0]) if self.bayes else {}

    @property
    def diagnostics(self) -> tuple[Diagnostic, ...]:
        """How far the fit can be trusted."""
        found = [reading.sample or reading.profiled for reading in self.readings]
        return tuple(dict.fromkeys(one for result in found if result for one in result.diagnostics))

    def prior_sensitivity(self) -> Sensitivity:
        """Refit under three customary priors, and scale prior and likelihood by a little.

        Returns
        -------
        Sensitivity
            `strip`, `power` and a `sentence`.
        """
        from csea_stats.regression.sensitivity import prior_sensitivity

        return prior_sensitivity(self)

    def influence(self) -> tuple[Influence, ...]:
        """Return what the first effect would be without one respondent, for each pattern and answer that occurs."""
        from csea_stats.regression.sensitivity import influence

        return influence(self)

    def summary(self) -> str:
        """Return the model, who is in it, its checks, coefficients and effects, as text."""
        from csea_stats.regression.telling import summary

        return summary(self)

    def plot(self, kind: str = "effects", *, ax: Any = None, by: str | None = None) -> Any:
        """Draw on matplotlib axes.

        Parameters
        ----------
        kind : {"effects", "predictions", "prior", "proportional-odds"}
            A forest of effects; probabilities of each answer by a predictor; the effects under each prior; each
            coefficient beside what it is at each cut.
        ax : matplotlib Axes, optional
        by : str, optional
            For predictions; by default the first predictor.

        Returns
        -------
        matplotlib.axes.Axes
        """
        from csea_stats.regression.figures import plot

        return plot(self, kind, ax, by)

    def to_datatree(self) -> Any:
        """Return an ArviZ DataTree: posterior, prior, log_likelihood, log_prior, predictive groups and observed_data.

        Returns
        -------
        xarray.DataTree
            `arviz.summary`, `arviz.loo`, `arviz.psense_summary` take it; log_likelihood has a value per respondent, or
            per answer where each gave several. They stand in the order of the data: `row` is the respondent's place
            in it from 0, `respondent` the id (not kept in a saved fit), `item` the question, so that `arviz.compare`
            pairs the same people; look at `row` before comparing models that left out different ones. Of a table of
            counts `row` names the cell, and a number within it.
        """
        from csea_stats.regression.datatree import to_datatree

        return to_datatree(self)

    def pymc_model(self) -> Any:
        """Return the model as PyMC has it.

        Returns
        -------
        pymc.Model
        """
        from csea_stats.regression.datatree import pymc_model

        return pymc_model(self)

    def save(self, path: str | os.PathLike[str]) -> Path:
        """Write the fit to a folder; `csea_stats.load_fit` reads it back without loss.

        Parameters
        ----------
        path : path
            A folder, made if missing: fit.json, model.toml, arrays.npz.

        Returns
        -------
        Path
        """
        from csea_stats.regression.storing import save

        return save(self, path)

    # ------------------------------------------------------------------ what the modules named above stand on

    @property
    def bayes(self) -> bool:
        """Whether it has draws."""
        return self.method == "bayes"

    @cached_property
    def counterpart(self) -> tuple[Reading, ...]:
        """The default fit of the other kind, for the interval beside; empty where there is none."""
        from csea_stats.regression.fitting import counterpart

        return counterpart(self)

    @cached_property
    def strip(self) -> tuple[tuple[str, tuple[Reading, ...]], ...]:
        """The Bayesian fits under each of the customary priors; empty where refitting takes long (nuts)."""
        from csea_stats.regression.fitting import strip

        return strip(self)

    @cached_property
    def caveats(self) -> tuple[Caveat, ...]:
        """What makes every number of it doubtful."""
        found = []
        if self.synthetic:
            found.append(caveat("synthetic"))
        left = sum(number for _, number in self.design.left_out)
        if left:
            why = "; ".join(f"{integer(number)} {reason}" for reason, number in self.design.left_out)
            found.append(
                caveat(
                    "incomplete",
                    left=integer(left),
                    total=integer(left + self.design.people),
                    verb="is" if left == 1 else "are",
                    why=why,
                )
            )
        if len(self.readings) > 1:
            found.append(caveat("ambiguous-fit", number=len(self.readings)))
        if chosen := self.design.resolved.chosen_priors:
            found.append(caveat("prior-chosen", priors=", ".join(f"{slot} {prior}" for slot, prior in chosen)))
        how = "one-direction" if self.bayes else "equal-steps"
        found += [
            caveat(how, name=one.name.replace("_", " ")) for one in self.design.variables if one.shape == "monotonic"
        ]
        found += [caveat("fit-check", text=one.text) for one in self.diagnostics if one.state != "pass"]
        people = self.design.people
        few = [caveat("few", base=people, points=percent(1 / people))] if people < FEW else []
        return (*found, *few, *self.design.doubts)

    def events(self, outcome: str | None) -> tuple[Event, ...]:
        """Return the events that an outcome means."""
        own = getattr(self.design, "events", None)
        found: tuple[Event, ...] = own(outcome) if own else contrasts.events(self.design.answers, outcome)
        return found

    def single_answers(self) -> tuple[Event, ...]:
        """Every answer for itself."""
        if getattr(self.design, "events", None):
            return self.events(None)
        return tuple(
            contrasts.Event(low=place, high=place, words=answer) for place, answer in enumerate(self.design.answers)
        )

    def what(self, event: Event) -> str:
        """Return the event with its question: "public awareness: poor or lower"."""
        return f"{self.model.outcome.label or self.model.outcome.name}: {event.words}"

    @property
    def towards(self) -> str:
        """Where a positive coefficient points."""
        answers = self.design.answers
        return repr(answers[-1]) if len(answers) == 2 else f"later answers ({answers[-1]!r})"

    def named(self, target: Target) -> Target:
        """Return the target with the words of the data or the model, where the call gave none."""
        if not isinstance(target, (Respondents, Superpopulation, Population)) or target.words != type(target)().words:
            return target
        if self.words is not None:
            words = {
                Respondents: self.words.respondents,
                Superpopulation: self.words.superpopulation,
                Population: self.words.population,
            }[type(target)]
            return replace(target, words=words)
        return replace(target, words=self.model.target) if isinstance(target, Superpopulation) else target
