"""Fits: against computation by hand, other routes and limits; what is told with them."""

import math

import numpy as np
import pytest
from scipy import special

import csea_stats as cs
from csea_stats.errors import InputError, UnknownName, UnsupportedTarget
from csea_stats.regression.densities import cell_log_likelihood
from csea_stats.regression.design import make_design
from csea_stats.regression.profiles import Likelihood, Region, slopes
from csea_stats.regression.rows import used_levels
from csea_stats.regression.sensitivity import cumulative_distance


def by_hand(fit, level, cut):
    """P(Y <= cut) with everybody of one age band, from the frame of draws, person by person."""
    draws, design = fit.readings[0].named, fit.design
    place = [one.name for one in design.variables].index("age_band")
    total = 0.0
    for pattern, count in zip(design.patterns, design.tables[0].sum(axis=1), strict=True):
        values = pattern.copy()
        values[place] = level
        effect = np.zeros(len(draws["thresholds"]))
        for one, value in zip(design.variables, values, strict=True):
            if one.name == "age_band":
                done = np.concatenate(
                    [np.zeros((len(effect), 1)), np.cumsum(draws["mo(age_band) steps"], axis=1)], axis=1
                )
                used = design.tables[0].sum(axis=1) @ done[:, design.patterns[:, place].astype(int)].T / design.people
                effect += draws["mo(age_band)"] * (done[:, int(value)] - used)
            else:
                mean = design.tables[0].sum(axis=1) @ design.patterns[:, 1] / design.people
                effect += draws["experience"] * (value - mean) / 5
        total += count * special.expit(draws["thresholds"][:, cut] - effect)
    return total / design.people


@pytest.mark.slow
def test_effects_are_what_g_computation_by_hand_gives(fitted):
    draws = by_hand(fitted, 3, 1) - by_hand(fitted, 0, 1)
    found = fitted.effects("age_band", ("under 30", "50 and over"), "poor")[0]
    draws = fitted.readings[0].weigh(draws)
    assert found.interval.lower == pytest.approx(draws.quantile(0.025), abs=1e-12)
    assert found.interval.upper == pytest.approx(draws.quantile(0.975), abs=1e-12)
    assert found.value == pytest.approx(draws.quantile(0.5), abs=1e-12)
    assert found.probability[0] == pytest.approx(draws.above(0))


def test_a_contrast_turned_round_is_minus_itself(fitted):
    there = fitted.effects("age_band", ("under 30", "40-49"), "fair")[0]
    back = fitted.effects("age_band", ("40-49", "under 30"), "fair")[0]
    assert back.interval.lower == pytest.approx(-there.interval.upper, abs=1e-12)
    assert back.companion.lower == pytest.approx(-there.companion.upper, abs=1e-6)


@pytest.mark.slow
def test_predictions_of_all_answers_add_up_to_one(fitted):
    found = fitted.predictions(by="age_band")
    assert len(found) == 4 * 5
    shares = np.array([one.value for one in found]).reshape(4, 5)
    assert np.allclose(shares.sum(axis=1), 1, atol=0.03)  # medians
    profiled = cs.fit("awareness ~ organisation", fitted_data(fitted), method="frequentist").predictions()
    assert sum(one.value for one in profiled) == pytest.approx(1, abs=1e-9)


def fitted_data(fit):
    """A fit does not hold its rows; take a table with the same people instead."""
    return _Rows(fit)


class _Rows:
    """Rows drawn back from a design's counts, with the columns that a model asks for."""

    def __init__(self, fit):
        from csea_stats.respondents.columns import CodedColumn

        cells = np.argwhere(fit.design.tables[0] > 0)
        times = fit.design.tables[0][fit.design.tables[0] > 0].astype(int)
        answers = np.repeat(cells[:, 1], times)
        half = (np.arange(len(answers)) % 2).astype(np.int16)
        shared = {"off_scale": ()}
        self.columns = {
            "awareness": CodedColumn(
                name="awareness", labels=fit.design.answers, ordered=True, codes=answers.astype(np.int16), **shared
            ),
            "organisation": CodedColumn(name="organisation", labels=("a", "b"), ordered=False, codes=half, **shared),
        }

    def __len__(self):
        return len(self.columns["awareness"].codes)

    def column(self, name):
        return self.columns[name]


def test_likelihood_of_cells_sums_to_one(fitted):
    cells = cell_log_likelihood(fitted.design, fitted.readings[0].sample)
    assert np.allclose(np.exp(cells).sum(axis=2), 1, atol=1e-9)


@pytest.mark.slow
def test_both_methods_agree_on_sign_and_size(data, fitted):
    other = cs.fit("awareness-by-age-and-experience", data, method="frequentist")
    for one, two in zip(fitted.coefficients(), other.coefficients(), strict=True):
        assert one.item == two.item
        assert one.companion.lower == two.interval.lower
        assert two.companion == one.interval
        assert abs(one.value - two.value) < 0.5 * (one.interval.upper - one.interval.lower) / 2


def extremes(likelihood, best, function):
    """Return the limits at 95% of a function of thresholds and coefficients."""
    return Region.of(likelihood, best, 0.95).ends(function, function)


def test_two_groups_give_the_textbook_odds_ratio():
    """7 of 7 against 28 of 42: log-F limits of methods, -.11 and 6.98; and profile limits of a function agree."""
    model = cs.Model.from_formula("answer ~ group")
    coded = used_levels(model.predictor[0], ("rest", "young"), np.array([0, 1]))
    design = make_design(
        model, "answer", ("no", "yes"), [coded], patterns=np.array([[0], [1]]), tables=[np.array([[14.0, 28], [0, 7]])]
    )
    problem = design.problem()
    likelihood = Likelihood(problem, "log-f")
    from csea_stats.regression.engines.penalised import profile

    found = profile(problem)
    best = likelihood.start(found.thresholds, found.linear)
    low, high = extremes(likelihood, best, lambda _, b: b[:, 0])
    assert low == pytest.approx(found.limits[0].lower, abs=1e-4)
    assert high == pytest.approx(found.limits[0].upper, abs=1e-4)
    assert (round(low, 2), round(high, 2)) == (-0.11, 6.98)
    _, odds = extremes(likelihood, best, lambda _, b: np.exp(b[:, 0] / 4))
    assert odds == pytest.approx(math.exp(high / 4), rel=1e-4)  # limits carry over to a transform


@pytest.mark.parametrize("penalty", ["log-f", "ml"])
def test_gradient_of_the_likelihood(profiled, penalty):
    likelihood = Likelihood(profiled.readings[0].straight_problem, penalty)
    best = likelihood.start(profiled.readings[0].profiled.thresholds, profiled.readings[0].profiled.linear)
    for point in (best, best + 0.3, best * 0.5):
        assert np.allclose(likelihood.slope(point), slopes(likelihood.value, point), atol=1e-6)
    if penalty == "log-f":
        assert np.allclose(likelihood.slope(best), 0, atol=1e-5)


def test_profile_limits_of_every_coefficient_agree_with_the_engine(profiled):
    reading = profiled.readings[0]
    likelihood = Likelihood(reading.straight_problem, "log-f")
    best = likelihood.start(reading.profiled.thresholds, reading.profiled.linear)
    for place, limits in enumerate(reading.profiled.limits):
        low, high = extremes(likelihood, best, lambda _, b, place=place: b[:, place])
        assert low == pytest.approx(limits.lower, abs=1e-4)
        assert high == pytest.approx(limits.upper, abs=1e-4)


# ---------------------------------------------------------------- targets


def test_respondents_are_described_without_an_interval(fitted):
    found = fitted.effects("age_band", None, "poor", target=cs.Respondents())[0]
    assert found.interval is None
    assert found.companion is None
    assert "described" in [doubt.code for doubt in found.caveats]


def test_selection_widens_and_its_strength_matters(fitted):
    targets = [cs.Superpopulation(), *(cs.Population(cs.Selection(tau=tau)) for tau in (0.25, 0.5, 1))]
    widths = [
        one.interval.upper - one.interval.lower for one in fitted.effects("age_band", None, "poor", target=targets)
    ]
    assert widths == sorted(widths)
    slopes_ = [one.interval.upper - one.interval.lower for one in fitted.coefficients(target=targets)[:4]]
    assert slopes_ == sorted(slopes_)


def test_a_coefficient_under_selection_is_the_convolution(fitted):
    people, population = fitted.coefficients(target=[cs.Superpopulation(), cs.Population()])[:2]
    draws = fitted.draws["experience"]
    grid = np.linspace(-6, 6, 4001)
    patterns, people_ = fitted.design.patterns[:, 1], fitted.design.tables[0].sum(axis=1).astype(int)
    part = 5 / (2 * np.std(np.repeat(patterns, people_), ddof=1))  # delta is of 2 sd of a number, told per 5 years
    spread = special.ndtr((grid[:, None] - draws[None, ::4]) / (0.5 * part)).mean(axis=1)  # rho .5: its sd is tau
    assert population.interval.lower == pytest.approx(np.interp(0.025, spread, grid), abs=0.06)
    assert population.interval.upper == pytest.approx(np.interp(0.975, spread, grid), abs=0.06)
    assert population.value == pytest.approx(people.value, abs=0.05)


def test_bounds_hold_every_selection_within_them(fitted):
    inner, outer = fitted.effects(
        "age_band", None, "poor", target=[cs.Superpopulation(), cs.Population(cs.SelectionBounds(ratio=2))]
    )
    assert outer.interval.lower < inner.interval.lower
    assert outer.interval.upper > inner.interval.upper
    same = fitted.effects("age_band", None, "poor", target=cs.Population(cs.SelectionBounds(ratio=1)))[0]
    assert (same.interval.lower, same.interval.upper) == (inner.interval.lower, inner.interval.upper)


def test_targets_without_a_method(fitted, profiled):
    with pytest.raises(UnsupportedTarget, match="Superpopulation"):
        fitted.effects(target=cs.FinitePopulation(200))
    with pytest.raises(UnsupportedTarget, match="group effect"):
        fitted.effects(target=cs.Superpopulation(design_effect=1.5))
    with pytest.raises(UnsupportedTarget, match="bayes"):
        profiled.effects(target=cs.Population())


# ---------------------------------------------------------------- what is asked


def test_names_that_do_not_exist(fitted):
    with pytest.raises(UnknownName, match="there is no predictor 'height'"):
        fitted.effects("height")
    with pytest.raises(UnknownName, match="level of 'age_band'"):
        fitted.effects("age_band", ("young", "old"))
    with pytest.raises(UnknownName, match="there is no answer 'bad'"):
        fitted.effects("age_band", None, "bad")
    with pytest.raises(InputError, match="highest answer"):
        fitted.effects("age_band", None, "excellent")
    with pytest.raises(InputError, match="both sides"):
        fitted.effects("age_band", ("30-39", "30-39"))


@pytest.mark.slow
def test_others_are_mixed_as_they_occur(fitted):
    found = fitted.effects("age_band", ("lowest", "others"), "poor")[0]
    counts = [15, 14, 11]  # complete rows of 30-39, 40-49, 50 and over
    design = fitted.design
    place = [one.name for one in design.variables].index("age_band")
    totals = design.tables[0].sum(axis=1)
    counts = [totals[design.patterns[:, place] == level].sum() for level in (1, 2, 3)]
    parts = [by_hand(fitted, level, 1) for level in (1, 2, 3)]
    draws = np.average(parts, axis=0, weights=counts) - by_hand(fitted, 0, 1)
    assert found.value == pytest.approx(fitted.readings[0].weigh(draws).quantile(0.5), abs=1e-12)


def test_every_number_says_what_it_is(fitted):
    for one in (*fitted.effects(), *fitted.coefficients()):
        assert one.provenance.call.startswith("csea_stats.fit('awareness-by-age-and-experience', data")
        assert one.provenance.seed == 1
        assert "association" in [doubt.code for doubt in one.caveats]
        assert "2 of 49 respondents are not in the model" in str(one)
        assert len(one.sensitivity) == 3 + ("age" in one.item)  # free steps, too
        assert one.verdict.word in ("supported", "not settled", "contradicted")


@pytest.mark.slow
def test_prior_sensitivity_and_influence(fitted):
    found = fitted.prior_sensitivity()
    assert [prior for prior, _ in found.strip] == ["normal(0, 1)", "logistic(0, 1)", "normal(0, 2.5)"]
    assert list(dict(found.strip)["logistic(0, 1)"]) == list(fitted.effects())
    assert "prior" in found.sentence
    assert len(found.to_frame()) == 3 * len(fitted.effects())
    told = fitted.influence()
    assert sum(one.respondents for one in told) == fitted.design.people
    moves = [abs(one.value - fitted.effects()[0].value) for one in told]
    assert moves == sorted(moves, reverse=True)


@pytest.mark.slow
def test_influence_agrees_with_a_fit_without_that_one(fitted, frame, book):
    most = fitted.influence()[0]
    pattern = dict(most.pattern)
    rows = frame[
        (frame.age_band == pattern["age_band"])
        & (frame.experience == float(pattern["experience"].split()[0]))
        & (frame.awareness == most.answer)
    ]
    rest = cs.read_respondents(frame.drop(index=rows.index[0]), book)
    again = cs.fit("awareness-by-age-and-experience", rest).effects()[0]
    # the same quantity but for the average's weights, and for the centring, which moves by one of 47
    assert most.value == pytest.approx(again.value, abs=0.03)
    assert most.lower == pytest.approx(again.interval.lower, abs=0.05)


def test_distance_of_equal_weights_is_zero():
    values = np.random.default_rng(1).normal(size=500)
    assert cumulative_distance(values, np.full(500, 1 / 500)) < 0.06
    assert cumulative_distance(values, np.exp(values)) > cumulative_distance(values, np.exp(values / 10))


@pytest.mark.slow
def test_the_same_seed_gives_the_same_fit(data, fitted):
    again = cs.fit("awareness-by-age-and-experience", data)
    assert list(again.effects()) == list(fitted.effects())
    assert list(cs.fit("awareness-by-age-and-experience", data, seed=2).effects()) != list(fitted.effects())


def test_wrong_settings(data):
    with pytest.raises(InputError, match="'magic'"):
        cs.fit("awareness ~ organisation", data, method="magic")
    with pytest.raises(InputError, match="laplace, slice, nuts"):
        cs.fit("awareness ~ organisation", data, engine="ml")
    with pytest.raises(InputError, match="seed"):
        cs.fit("awareness ~ organisation", data, seed=-1)
    with pytest.raises(InputError, match="level"):
        cs.fit("awareness ~ organisation", data, level=95)
    with pytest.raises(InputError, match="a formula"):
        cs.fit(3, data)


@pytest.mark.few(1)
@pytest.mark.parametrize("kind", ["effects", "predictions", "prior"])
def test_figures_take_and_return_axes(fitted, kind):
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure

    figure = Figure()
    FigureCanvasAgg(figure)
    axes = figure.add_subplot()
    assert fitted.plot(kind, ax=axes) is axes
    assert axes.lines


def test_summary_tells_who_is_in(fitted):
    told = fitted.summary()
    assert "47 respondents" in told
    assert "logistic(0, 1)" in told
    assert "half-normal" not in told


@pytest.mark.slow
def test_an_option_is_fitted_as_a_column_of_its_own(frame, book):
    """As outcome and as predictor; who did not answer the question is left out, and told."""
    marks = frame.assign(legal=frame["aware"], other="yes").replace({"legal": {"no": ""}})
    marks.loc[7, ["legal", "other"]] = None
    several = cs.Multiple(columns=("legal", "other"), no="", empty="missing")
    kinds = dict(book.variables)
    data = cs.read_respondents(marks, cs.Codebook({**kinds, "services": several}))
    plain = cs.read_respondents(frame.assign(aware=frame["aware"].where(frame.index != 7)), book)
    for formula in ("{} ~ organisation", "awareness ~ {} + organisation"):
        option, column = (
            cs.fit(formula.format(name), source, method="frequentist")
            for name, source in (("services[legal]", data), ("aware", plain))
        )
        found, wanted = option.coefficients(), column.coefficients()
        assert [one.interval for one in found] == [one.interval for one in wanted]
        assert [one.item.replace("services[legal]", "aware") for one in found] == [one.item for one in wanted]
        assert any("missing (services[legal])" in doubt.text for doubt in found[0].caveats)
