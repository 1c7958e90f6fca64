"""`Fit`: what a model and answers gave, and everything that can be asked of it."""

from __future__ import annotations

from dataclasses import dataclass, fields, replace
from functools import cached_property
from typing import TYPE_CHECKING, Any, Literal, Self

from csea_stats.errors import InputError, in_short
from csea_stats.regression.fitted import PEOPLE, FittedModel
from csea_stats.results.estimates import Estimates
from csea_stats.results.recipes import method_words

if TYPE_CHECKING:
    import os
    from collections.abc import Sequence
    from pathlib import Path

    from csea_stats.publication.canvas import Look, Width
    from csea_stats.publication.picture import Picture
    from csea_stats.publication.table import Table
    from csea_stats.regression.answer_check import AnswerCheck
    from csea_stats.regression.coefficients import Told
    from csea_stats.regression.effects_within import Within
    from csea_stats.regression.joint_influence import JointInfluence
    from csea_stats.regression.new_people import Profiles
    from csea_stats.regression.released import Release
    from csea_stats.regression.sensitivity import Influence, Sensitivity
    from csea_stats.regression.settings import Contrast
    from csea_stats.regression.thresholds import Where
    from csea_stats.results.citations import Form
    from csea_stats.results.methods_texts import MethodsLength
    from csea_stats.results.phrases import Style
    from csea_stats.targets.populations import Target


@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class Fit(FittedModel):
    """A fitted model; made by `csea_stats.fit` or `csea_stats.load_fit`.

    Notes
    -----
    Its fields are those of `FittedModel`. More methods than usual, because this is what a reader holds in hand; each is
    one call of the module named as it.
    """

    @classmethod
    def of(cls, fitted: FittedModel) -> Self:
        """Return a fitted model as a fit."""
        return cls(**{one.name: getattr(fitted, one.name) for one in fields(FittedModel) if one.init})

    def effects(
        self,
        variable: str | None = None,
        contrast: Contrast | None = None,
        outcome: str | None = None,
        target: Target | Sequence[Target] = PEOPLE,
        *,
        within: Within | None = None,
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
        within : str or mapping, optional
            Another predictor: the effect with everybody at each of its levels (of a number the outer quartiles), then
            how much more it is at each than at the first. ``{"years": (2, 20)}`` says at which. A model with the
            interaction of the two asks the answers; one without takes the odds ratio to be the same.

        Returns
        -------
        Estimates
            With the interval of the other kind beside it, the prior strip and a verdict on the sign. Items within
            others: ``organisation[NGO], sex[woman]``, then ``organisation[NGO], sex[woman] against [man]``.

        Notes
        -----
        Everybody's value of the predictor is set to the one side, then to the other, all else left as it is; the
        change of the average probability is the effect. A confidence interval holds the smallest and the largest
        value of that change over the profile likelihood region. For a population each side's probability is moved on
        the logit scale by its own log participation ratio, the two correlated as `Selection` says where they are a
        whole contrast apart: two categories, 2 standard deviations of a number, the lowest and the highest level of a
        score or a monotonic effect. Over a part of it the two ratios differ by that part of what they would differ by,
        so an effect says one thing in whatever unit, and one of almost nothing is almost nothing.
        """
        from csea_stats.regression.effects import effects

        if within is not None:
            from csea_stats.regression.effects_within import effects_within

            found = effects_within(self, variable, contrast, outcome, target, within)
        elif variable is None and contrast is None and outcome is None and target == PEOPLE:
            return self._effects
        else:
            found = effects(self, variable, contrast, outcome, target)
        asked = {"variable": variable, "contrast": contrast, "outcome": outcome, "within": within}
        return self._asked(found, "effects", target, **asked)

    def _asked(
        self, found: Estimates, method: str, target: Target | Sequence[Target] = PEOPLE, **settings: object
    ) -> Estimates:
        """Return estimates with the call that makes them again: of the fit itself, and what was asked of it."""
        changed = {name: (value, None) for name, value in settings.items()} | {"target": (target, PEOPLE)}
        call = method_words(self.provenance.call, method, changed)
        return Estimates(replace(one, provenance=replace(one.provenance, call=call)) for one in found)

    @cached_property
    def _effects(self) -> Estimates:
        """The model's estimands for people like these: asked for by summary, page, figure and sensitivity alike."""
        from csea_stats.regression.effects import effects

        return effects(self, None, None, None, PEOPLE)

    def table(
        self,
        layout: Literal["effects", "coefficients"] = "effects",
        *,
        scale: Told = "odds ratio",
        style: Style = "plain",
        caption: str | None = None,
    ) -> Table:
        """Return average effects, or what the model estimates, as a table for a publication.

        ``scale`` is of coefficients. An odds ratio is no ratio of shares: it lies farther from 1.
        """
        if layout not in ("effects", "coefficients"):
            message = f"layout: found {in_short(layout)}; allowed is 'effects' or 'coefficients'"
            raise InputError(message)
        found = self._effects if layout == "effects" else self.coefficients(scale=scale)
        return found.table(layout, style=style, caption=caption)

    def figure(
        self, kind: str = "effects", *, width: Width = "page", look: Look = "paper", by: str | None = None
    ) -> Picture:
        """Return a figure as `Estimates.figure` does: of a kind of `plot`, or "expected", which draws `check`."""
        from csea_stats.regression.plots import picture

        if kind == "effects":
            return self._effects.figure("forest", width=width, look=look)
        if kind == "expected":
            return self.check().figure(by, width=width, look=look)
        return picture(self, kind, self._plotted(kind, by), width=width, look=look, by=by)

    def cite(self, form: Form = "text") -> str:
        """Return what the fit is cited with: the package, a shipped survey, and the works behind what was run."""
        return self._effects.cite(form)

    def methods_text(self, length: MethodsLength = "paragraph") -> str:
        """Return how the fit was made, for a methods section: a paragraph, or its first sentence."""
        from csea_stats.regression.summary import methods_paragraph

        return methods_paragraph(self, length)

    def to_json(self) -> str:
        """Return all that the fit says as JSON text, for `csea_stats.verify`; docs/files.md tells every key."""
        from csea_stats.regression.effects import shared_predictions
        from csea_stats.regression.summary import fit_json

        shown = [shared_predictions(self, one.name) for one in self.design.variables] or [self.predictions()]
        parts = {"effects": self._effects, "coefficients": self.coefficients(), "thresholds": self.thresholds()}
        parts["predictions"] = sum(shown[1:], start=shown[0])
        return fit_json(self, parts, dict(self._sensitivity.strip) if self.bayes else {})

    def predictions(
        self,
        by: str | None = None,
        outcome: str | None = None,
        target: Target | Sequence[Target] = PEOPLE,
        *,
        at: Sequence[float] | None = None,
    ) -> Estimates:
        """Averaged probabilities of each answer, with everybody set to each level of a predictor.

        Parameters
        ----------
        by : str, optional
            A predictor; None: everybody as they are.
        outcome : str, optional
            As for `effects`; None: every answer.
        target : target, or sequence of targets
        at : sequence of float, optional
            Of a number the values that everybody's is set to; by default the lowest, the quartiles of those that occur,
            and the highest. Pages, figures and files take quartiles that no single respondent's numbers are.

        Returns
        -------
        Estimates
        """
        from csea_stats.regression.effects import predictions

        found = predictions(self, by, outcome, target, at)
        asked = {"by": by, "outcome": outcome, "at": None if at is None else list(at)}
        if target == PEOPLE and not any(value is not None for value in asked.values()):
            return found
        return self._asked(found, "predictions", target, **asked)

    def predict(
        self,
        profiles: Profiles,
        outcome: str | None = None,
        target: Target | Sequence[Target] = PEOPLE,
        *,
        contrast: bool = False,
        new: int | None = None,
    ) -> Estimates:
        """Share of each answer among people whose predictors are stated, one profile after the other.

        Parameters
        ----------
        profiles : mapping, sequence of mappings, or a pandas or polars frame
            Every predictor with the value that these people have: ``{"organisation": "NGO", "years": 5}``. Of a group
            effect a group that answered has its own; another, or none, is a new group. Of several questions with the
            same answers ``"item"`` names one; without it they are averaged. Of a frame other columns are not looked at.
        outcome : str, optional
            One answer by itself, "fair or higher", or "poor or lower"; of several questions at once the item. None:
            each of them.
        target : target, or sequence of targets
        contrast : bool, default False
            Each profile less the first, in place of the shares themselves.
        new : int, optional
            Adds what so many new people with the profile answer: of one the probability of each answer, of several
            an interval of how many give it. Only of a Bayesian fit.

        Returns
        -------
        Estimates
            Items ``organisation[NGO], years[5 years]: fair``.

        Raises
        ------
        InputError
            A predictor is not given, or its value is none that it can have.
        UnknownName
            There is no such predictor, level or answer.

        Notes
        -----
        The interval of a share is about the share: among many people of the kind. Answers to come have chance of their
        own: a new answer's probability is the posterior mean of the share, and a count among n has the mean of
        binomial distributions over the posterior. Effects of a new group, and of people who gave several answers each,
        follow the normal distribution whose spread the model has: a new group is drawn, people are averaged over.
        """
        from csea_stats.regression.new_people import frame_rows, predict
        from csea_stats.respondents.frames import is_frame

        found = predict(self, profiles, outcome, target, contrast=contrast, new=new)
        stated = frame_rows(self.design, profiles) if is_frame(profiles) else profiles
        asked = {"profiles": stated, "outcome": outcome, "contrast": contrast or None, "new": new}
        return self._asked(found, "predict", target, **asked)

    def coefficients(self, target: Target | Sequence[Target] = PEOPLE, *, scale: Told = "log odds") -> Estimates:
        """Log odds ratios, or odds ratios: above 0, or 1, towards the later answers.

        Parameters
        ----------
        target : target, or sequence of targets
        scale : {"log odds", "odds ratio"}
            An odds ratio is of a later answer, at whichever cut; values and limits are exponentials, a verdict is the
            same. The spread of group effects is no ratio and stays as it is.

        Returns
        -------
        Estimates
            Items ``x``, ``x[label]``, ``mo(x)``, ``sd(g)``.
        """
        from csea_stats.regression.coefficients import coefficients

        found = coefficients(self, target, scale)
        if target == PEOPLE and scale == "log odds":
            return found
        return self._asked(found, "coefficients", target, scale=None if scale == "log odds" else scale)

    def tipping_points(self) -> Estimates:
        """How strongly who took part must have depended on answer and predictor together to explain a coefficient away.

        Returns
        -------
        Estimates
            A ratio for each coefficient, never clamped, over its predictor's whole contrast: as `Selection` has it.

        Notes
        -----
        If the log participation ratio of later answers is ``lambda + delta x``, the population's coefficient is the
        coefficient minus ``delta``, exactly: selection on the answer alone or on x alone leaves it as it is. It is 0
        where ``exp(delta)``, the interaction of both, is ``exp(coefficient)``. Both are told over the whole contrast,
        so the ratio does not depend on the unit, and may be held against that of a `Selection`.
        """
        from csea_stats.regression.coefficients import tipping_points

        return self._asked(tipping_points(self), "tipping_points")

    def thresholds(self, *, at: Where = "averages") -> Estimates:
        """Return the cutpoints, as log odds of the lower answers; items ``poor|fair``.

        Parameters
        ----------
        at : {"averages", "zero"}
            Of a respondent at the averages of the predictors, or where every number is 0, every category at its first
            level: the intercepts of R's ``polr`` and ``clm``, whose coefficients have the sign of these.

        Returns
        -------
        Estimates
        """
        from csea_stats.regression.thresholds import thresholds

        return self._asked(thresholds(self, at), "thresholds", at=None if at == "averages" else at)

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
            With two answers, or answers in no order.
        """
        from csea_stats.regression.coefficients import proportional_odds

        return self._asked(proportional_odds(self), "proportional_odds")

    @property
    def log_likelihood(self) -> float:
        """At the estimate of a frequentist fit, at the mode of a Bayesian one; of the first reading of print."""
        from csea_stats.regression.sensitivity import mode_log_likelihood

        reading = self.readings[0]
        return reading.profiled.log_likelihood if reading.profiled else mode_log_likelihood(reading)

    def prior_sensitivity(self) -> Sensitivity:
        """Refit under three customary priors, and scale prior and likelihood by a little.

        Returns
        -------
        Sensitivity
            `strip`, `power` and a `sentence`.
        """
        return self._sensitivity

    @cached_property
    def _sensitivity(self) -> Sensitivity:
        """Asked for by the page in several places."""
        from csea_stats.regression.sensitivity import prior_sensitivity

        return prior_sensitivity(self, self.effects())

    def check(self) -> AnswerCheck:
        """Return how many gave each answer at each predictor's levels, beside sets of answers that the model makes.

        Returns
        -------
        AnswerCheck
            `counts`, those `outside`, a `sentence`, `to_frame()`. A number is cut at quartiles that are no single
            respondent's.
        """
        from csea_stats.regression.answer_check import answer_check

        return answer_check(self)

    def influence(self) -> tuple[Influence, ...]:
        """Return what the first effect would be without one respondent, for each pattern and answer that occurs."""
        from csea_stats.regression.sensitivity import influence

        return influence(self)

    def joint_influence(self, respondents: int = 3) -> tuple[JointInfluence, ...]:
        """Return what the first effect is without so many respondents: those who raise it most, or lower it most.

        Parameters
        ----------
        respondents : int, default 3
            Left out together; they are found to first order, and the others are fitted.

        Returns
        -------
        tuple of JointInfluence
            `change` is that of the posterior median, `left_out` says who, `changes_side` whether the interval then
            lies on another side of 0.
        """
        from csea_stats.regression.joint_influence import joint_influence

        return joint_influence(self, respondents)

    def summary(self) -> str:
        """Return the model, who is in it, its checks, coefficients and effects, as text."""
        from csea_stats.regression.summary import summary

        return summary(self, self.coefficients(), self.effects())

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
        from csea_stats.regression.plots import plot

        return plot(self, kind, self._plotted(kind, by), ax, by)

    def _plotted(self, kind: str, by: str | None) -> Estimates:
        """Return what a kind of figure shows."""
        from csea_stats.regression.effects import shared_predictions
        from csea_stats.regression.plots import check_kind_of

        check_kind_of(self, kind)
        if kind == "predictions":
            return shared_predictions(self, by or self.design.variables[0].name)
        return self.proportional_odds() if kind == "proportional-odds" else self.effects()

    def to_datatree(self, *, release: Release = False) -> Any:
        """Return an ArviZ DataTree: posterior, prior, log_likelihood, log_prior, predictive groups and observed_data.

        Parameters
        ----------
        release : bool, str or Disclosure, default False
            Whether it may be passed on, and by which rule, as of `save`: then only what tells of nobody by themselves,
            posterior, prior and log_prior.

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

        return to_datatree(self, release=release)

    def pymc_model(self) -> Any:
        """Return the model as PyMC has it.

        Returns
        -------
        pymc.Model
        """
        from csea_stats.regression.datatree import pymc_model

        return pymc_model(self)

    def save(self, path: str | os.PathLike[str], *, release: Release = False) -> Path:
        """Write the fit to a folder; `csea_stats.load_fit` reads it back without loss.

        A fit of respondents' answers holds which answers were given together, person by person: its files are the
        owner's alone, and the folder has a file PRIVATE that says so.

        Parameters
        ----------
        path : path
            A folder, made if missing: fit.zip, which holds all of it with a checksum, and model.toml to read.
        release : bool, str or Disclosure, default False
            Whether it may be passed on: then fit-released.json holds effects, coefficients and their covariance to two
            figures, and no draws, and cannot be loaded as a fit. True: by the rule "standard" of
            `csea_stats.release`. The outcome's answers in all and by each predictor (both of an interaction) must be
            tables that the rule tells as they are: no answer of fewer than its minimum, no group of fewer people than
            its smallest.

        Returns
        -------
        Path

        Raises
        ------
        InputError
            If the rule hides a table that the fit tells as much as; names the table.
        OutputError
            If a file cannot be written; a fit that was there stays as it was, also where a save is interrupted.
        """
        from csea_stats.regression.released import save_released
        from csea_stats.regression.storing import save

        if release is False:
            return save(self, path)
        return save_released(self, path, self.effects(), self.coefficients(), release=release)
