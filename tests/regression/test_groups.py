"""Several answers of one person: designs by hand, exactly-k probabilities, fits, and what ArviZ makes of them."""

# ruff: noqa: PD011 (the values of a sample are no pandas object's)

import json
from dataclasses import replace
from itertools import combinations, product

import numpy as np
import pandas as pd
import pytest
from scipy import special
from scipy.stats import norm, t

import csea_stats as cs
from csea_stats.base.two_binomials import gap_limits
from csea_stats.errors import InputError, ModelFileError
from csea_stats.regression import averages, engines
from csea_stats.regression.archive import packed, read_archive
from csea_stats.regression.averages import everybody
from csea_stats.regression.datatree import _sets
from csea_stats.regression.densities import log_likelihood, log_priors
from csea_stats.regression.engines import sample as drawn
from csea_stats.regression.engines import slices
from csea_stats.regression.engines.group_cells import inclusion, symmetric
from csea_stats.regression.fitted import STRIP, FittedTable
from csea_stats.regression.fitting import SPREADS, design_of
from csea_stats.regression.groups import named_effects
from csea_stats.regression.problem import Sample
from csea_stats.regression.quantities import Quantity, unpooled
from csea_stats.regression.settings import OutcomeEvent, PredictorSetting, comparisons

SERVICES = ("counselling", "legal", "supplies", "money")
BARRIERS = ("fear", "shame", "distrust", "silence", "distance")


@pytest.fixture(scope="module")
def data():
    rng = np.random.default_rng(5)
    people = 49
    organisation = np.repeat(["government", "NGO", "other"], [27, 14, 8])
    table = pd.DataFrame({"organisation": organisation, "country": rng.choice(list("abcdef"), people)})
    for service in SERVICES:
        table[service] = np.where(rng.random(people) < np.where(organisation == "NGO", 0.8, 0.4), "yes", "no")
    picks = np.stack([np.isin(np.arange(5), rng.choice(5, 3, replace=False)) for _ in range(people)])
    for place, barrier in enumerate(BARRIERS):
        table[barrier] = np.where(picks[:, place], "yes", "no")
    table["aware"] = rng.choice(["no", "yes"], people, p=[0.3, 0.7])
    table["rating"] = rng.choice(["poor", "fair", "good"], people)
    table["age"] = rng.choice(["young", "middle", "old"], people)
    table["city"] = rng.choice(["north", "south"], people)
    table["years"] = rng.integers(1, 30, people).astype(float)
    book = cs.Codebook(
        {
            "services": cs.Multiple(columns=SERVICES),
            "barriers": cs.Multiple(columns=BARRIERS, chosen=3),
            "organisation": cs.Categories("government", "NGO", "other"),
            "country": cs.Categories(*"abcdef"),
            "rating": cs.Ordered("poor", "fair", "good"),
            "age": cs.Ordered("young", "middle", "old"),
            "aware": cs.Categories("no", "yes"),
            "city": cs.Categories("north", "south"),
            "years": cs.Number(unit="years"),
        }
    )
    return cs.read_respondents(table, book)


def test_exactly_k_probabilities_by_enumeration():
    scores = np.random.default_rng(2).normal(size=5)
    sets = list(combinations(range(5), 3))
    mass = np.array([np.exp(scores[list(one)].sum()) for one in sets])
    mass /= mass.sum()
    for item in range(5):
        expected = sum(share for one, share in zip(sets, mass, strict=True) if item in one)
        assert inclusion(scores[None, None, :], 3, item)[0, 0] == pytest.approx(expected, rel=1e-12)
    assert symmetric(np.exp(scores), 3)[3] == pytest.approx(sum(np.exp(scores[list(one)].sum()) for one in sets))


def test_sets_are_drawn_with_those_probabilities():
    scores = np.tile(np.array([1.0, 0.0, -1.0, 0.5]), (40_000, 1, 1))
    found = _sets(scores, 2, np.random.default_rng(1))[:, 0]
    assert np.all(found.sum(axis=1) == 2)
    expected = [float(inclusion(scores[:1], 2, item)[0, 0]) for item in range(4)]
    assert np.allclose(found.mean(axis=0), expected, atol=4 * 0.5 / np.sqrt(40_000))


def test_design_holds_an_answer_a_row(data):
    design = design_of(cs.load_model("services-by-organisation"), data)
    answer = design.rows_answered()[2]
    assert len(answer) == 49 * 4
    assert design.people == 49
    assert design.items == SERVICES
    assert design.spreads == ("sd(item:organisation)", "sd(respondent)")
    assert answer.sum() == sum(data.column("services").counts)
    implied = design_of(cs.Model.from_formula("services ~ organisation"), data)
    assert implied.persons
    assert implied.items == SERVICES


def test_what_is_refused(data):
    with pytest.raises(InputError, match=r"several answers each.*bayes"):
        cs.fit("services ~ organisation", data, method="frequentist")
    with pytest.raises(InputError, match="'city' has fewer than 5 groups"):
        cs.fit("aware ~ organisation + (1 | city)", data, method="frequentist")
    with pytest.raises(InputError, match="allowed is 'log-f'"):
        cs.fit(MODELS[3], data, method="frequentist", engine="ml")
    with pytest.raises(InputError, match=r"leave \(1 \| respondent\) out"):
        cs.fit("rating ~ years + (1 | respondent)", data)
    with pytest.raises(InputError, match=r"no predictor by which anything could differ"):
        cs.fit(replace(cs.load_model("barriers-by-organisation"), predictor=(), estimand=()), data)
    predictor = cs.Model.from_formula("barriers ~ mo(rating)").predictor
    model = replace(cs.load_model("barriers-by-organisation"), predictor=predictor, estimand=())
    with pytest.raises(InputError, match=r"only how the items compare.*cat\(x\)"):
        cs.fit(model, data)


MODELS = [
    "services-by-organisation",
    "barriers-by-organisation",
    "rating ~ organisation + (1 | country)",
    "aware ~ organisation + (1 | country)",
    "rating ~ mo(age) + organisation + (1 | country)",
    "rating ~ years + organisation + (1 + years + organisation | country)",
    "aware ~ years + (1 | country/city)",
]


@pytest.fixture(
    scope="module",
    params=[
        pytest.param(MODELS[0], marks=pytest.mark.slow),
        *MODELS[1:5],
        *(pytest.param(one, marks=pytest.mark.slow) for one in MODELS[5:]),
    ],
)
def fitted(request, data):
    return request.param, cs.fit(request.param, data)


@pytest.mark.few(1)
def test_a_fit_is_saved_without_loss_and_taken_by_arviz(fitted, tmp_path):
    _, fit = fitted
    assert fit.engine == "laplace"
    assert {one.state for one in fit.diagnostics} <= {"pass", "warn"}
    assert any("nested" in one.text.lower() for one in fit.diagnostics)
    again = cs.load_fit(fit.save(tmp_path / "fit"))
    assert list(again.coefficients()) == list(fit.coefficients())
    assert again.caveats == fit.caveats
    assert again.strip[0][1][0].design.model == fit.strip[0][1][0].design.model
    assert all(np.array_equal(again.draws[name], values) for name, values in fit.draws.items())


@pytest.mark.few(1)
def test_draws_that_were_saved_by_name_are_read(fitted, tmp_path):
    """As a fit with group effects was saved before: a row for each answer, and draws by their names."""
    _, fit = fitted
    folder = fit.save(tmp_path / "fit")
    texts, arrays = read_archive(folder / "fit.zip")
    body, reading = json.loads(texts["fit.json"]), fit.readings[0]
    (told,) = body["readings"]
    values = {name: value for name, value in reading.named.items() if name not in fit.design.linear_terms}
    if fit.design.linear_terms:
        values["b"] = reading.sample.linear
    rows = dict(zip(("people", "which", "given"), fit.design.rows_answered(), strict=True))
    kept = {
        name: value for name, value in arrays.items() if not name.startswith(("readings", "table", "strip", "count"))
    }
    kept |= rows | {f"readings-0-values-{name}": value for name, value in values.items()}
    told = {name: told[name] for name in ("name", "place", "diagnostics", "engine", "chains", "versions")}
    told |= {"kind": "StackedSample", "values": list(values)}
    body = {name: value for name, value in body.items() if name != "tables"}
    body |= {"readings": [told], "counterpart": [], "strip": []}
    (folder / "fit.zip").write_bytes(packed({**texts, "fit.json": json.dumps(body)}, kept))
    again = cs.load_fit(folder)
    assert all(np.array_equal(again.draws[name], value) for name, value in fit.draws.items())
    assert np.array_equal(again.design.tables[0], fit.design.tables[0])
    assert [one.interval for one in again.effects()] == [one.interval for one in fit.effects()]


@pytest.mark.slow
@pytest.mark.few(1)
def test_a_tree_holds_every_prior(fitted):
    name, fit = fitted
    tree = fit.to_datatree()
    assert {"prior", "prior_predictive", "log_prior", "log_likelihood"} <= set(tree.children)
    assert set(tree["prior"].data_vars) == set(tree["posterior"].data_vars)
    own = {"shares"} if "rating" in name else {"levels"}
    own |= {f"{item} simplex" for item in fit.design.monotonic_items}
    assert set(tree["log_prior"].data_vars) == own | {*fit.design.linear_items, *fit.design.monotonic_items}
    # a draw's answers have the probability that the predictions say
    noisy = tree["posterior_predictive"]["answers"].to_numpy().reshape(fit.readings[0].draws, -1)
    if name == MODELS[3]:
        observed = tree["observed_data"]["answers"].to_numpy()
        shares = {one.item: one.value for one in fit.predictions()}
        assert shares["yes"] == pytest.approx(noisy.mean(), abs=0.02)
        assert shares["yes"] == pytest.approx(observed.mean(), abs=0.1)
    if name == MODELS[1]:
        assert np.all(noisy.reshape(len(noisy), -1, 5).sum(axis=2) == 3)
        assert sum(one.value for one in fit.predictions()) == pytest.approx(3, abs=0.05)


@pytest.mark.slow
@pytest.mark.parametrize("name", [MODELS[0], *MODELS[2:], "services ~ mo(age)"])
def test_log_priors_and_likelihoods_are_those_of_the_model_in_pymc(name, data):
    """Both densities at one point, from PyMC's graph and from ours."""
    import pymc

    fit = cs.fit(name, data)
    reading = fit.readings[0]
    with fit.pymc_model() as model:
        place, sample = 7, reading.named
        point = {item: sample[item][place] for item in fit.design.linear_terms}
        for item in fit.design.monotonic_items:
            point |= {key: sample[key][place] for key in (item, f"{item} steps")}
        if "rating" in name:
            low = 1 / (1 + np.exp(-sample["levels"][place]))
            point["shares"] = np.diff(np.concatenate([[0.0], low, [1.0]]))
        else:
            point["shares"] = 1 / (1 + np.exp(-sample["levels"][place]))
        for sd, (effect, _) in zip(fit.design.spreads, named_effects(fit.design), strict=True):
            point[sd] = sample[sd][place]
            point[f"z {sd[3:-1]}"] = sample[effect][place] / sample[sd][place]
        values = {model.rvs_to_values[model[key]]: value for key, value in point.items()}
        inner = {}
        for key, value in values.items():
            rv = model.values_to_rvs[key]
            transform = model.rvs_to_transforms[rv]
            inner[key.name] = transform.forward(value, *rv.owner.inputs).eval() if transform else value
        parts = model.compile_logp([model["answers"]], sum=True)(inner)
    # cells of several respondents may be ordered in so many ways
    counts = fit.design.problem().counts
    ways = special.gammaln(counts.sum(axis=1) + 1).sum() - special.gammaln(counts + 1).sum()
    assert log_likelihood(fit.design, reading.sample)[place] + ways == pytest.approx(float(parts), rel=1e-6)
    logs = {key: values[place] for key, values in log_priors_of(reading).items()}
    for sd in fit.design.spreads:
        assert logs[sd] == pytest.approx(0.5 * np.log(2 / np.pi) - point[sd] ** 2 / 2, rel=1e-9)
    for item in fit.design.monotonic_items:
        dirichlet = pymc.logp(pymc.Dirichlet.dist(np.ones(2)), point[f"{item} steps"])
        assert logs[f"{item} simplex"] == pytest.approx(float(dirichlet.eval()), abs=1e-9)
    items = (*fit.design.linear_terms, *fit.design.monotonic_items)
    coefficients = sum(logs[item] for item in items)
    values = np.array([point[item] for item in items])
    prior = pymc.Logistic.dist(0, 1) if name != MODELS[0] else pymc.Normal.dist(0, 1)
    assert coefficients == pytest.approx(float(pymc.logp(prior, values).sum().eval()), rel=1e-9)


def log_priors_of(reading):
    design = reading.design
    names = {"linear": design.linear_terms, "monotonic": design.monotonic_terms, "spreads": design.spreads}
    return log_priors(design.problem(), reading.sample, **names)


@pytest.mark.slow
def test_effects_that_differ_between_groups_by_hand(data):
    """Each person's linear predictor from the draws by their names; groups within others are those of both columns."""
    fit = cs.fit("aware ~ years + organisation + (1 + years + organisation | country) + (1 | country:city)", data)
    design, draws = fit.design, fit.readings[0].named
    assert design.spreads == (
        "sd(country)",
        "sd(country:city)",
        "sd(country:years)",
        "sd(country:organisation)",
    )
    columns = {name: data.column(name) for name in ("years", "organisation", "country", "city")}
    years = columns["years"].values
    apart = (years - years.mean()) / (2 * years.std(ddof=1))
    shares = np.array([[columns["organisation"].codes == place] for place in (1, 2)]).mean(axis=2)[:, 0]
    whole = everybody(design, fit.readings[0].sample)
    found = whole[:50]
    names = [
        f"{'abcdef'[c]}: {('north', 'south')[t]}"
        for c, t in zip(columns["country"].codes, columns["city"].codes, strict=True)
    ]
    for person in (0, 20, 48):
        country, kind = columns["country"].codes[person], columns["organisation"].codes[person]
        eta = draws["years"][:50] * apart[person]
        for place, label in enumerate(("NGO", "other")):
            eta += draws[f"organisation[{label}]"][:50] * ((kind == place + 1) - shares[place])
        inner = design.groups[1][1].index(names[person])
        eta += draws["group country"][:50, country] + draws["group country:city"][:50, inner]
        eta += draws["slope country:years"][:50, country, 0] * apart[person]
        eta += draws["slope country:organisation"][:50, country, kind]
        assert found[:, person] == pytest.approx(eta, abs=1e-12)
        people = {
            name: columns[name].labels[columns[name].codes[person]] for name in ("organisation", "country", "city")
        }
        told = fit.predict({**people, "years": years[person]}, outcome="yes")[0]
        assert told.value == pytest.approx(
            np.median(1 / (1 + np.exp(-whole[:, person] - draws["levels"][:, 0]))), abs=1e-3
        )


@pytest.mark.slow
def test_a_new_group_has_effects_of_its_own(data):
    fit = cs.fit("aware ~ years + (1 + years | country/city)", data)
    known, half, new = fit.predict(
        [
            {"years": 25, "country": "a", "city": "north"},
            {"years": 25, "country": "a"},
            {"years": 25, "country": "g", "city": "north"},
        ],
        outcome="yes",
    )
    codes = [[one.code for one in told.caveats if one.code.startswith("group")] for told in (known, half, new)]
    assert codes == [["group-seen"] * 2, ["group-seen", "group-new"], ["group-new"] * 2]
    widths = [told.interval.upper - told.interval.lower for told in (known, half, new)]
    assert widths == sorted(widths)
    assert "slopes-unrelated" in [one.code for one in known.caveats]
    with pytest.raises(ModelFileError, match="is no predictor; allowed are"):
        cs.load_model(
            cs.Model.from_formula("aware ~ years + (1 + years | country)").to_toml().replace('["years"]', '["age"]')
        )


def test_pooling_narrows_and_is_shown_under_each_prior(fitted):
    name, fit = fitted
    if name != MODELS[0]:
        return
    effects = [one for one in fit.effects() if "NGO" in one.item]
    assert all(one.companion.method == "newcombe, unpooled" for one in effects)
    pooled = sum(one.interval.upper - one.interval.lower for one in effects)
    assert pooled < sum(one.companion.upper - one.companion.lower for one in effects)
    settings = [setting for setting, _ in effects[0].sensitivity]
    assert settings == ["normal(0, 1)", "logistic(0, 1)", "normal(0, 2.5)", "half-normal(0.5)", "half-normal(1)"]
    assert all(one.verdict is not None for one in effects)


@pytest.mark.slow
def test_a_likelihood_averaged_over_groups_stands_beside(data, tmp_path):
    fit, other = cs.fit(MODELS[3], data), cs.fit(MODELS[3], data, method="frequentist")
    again = cs.load_fit(other.save(tmp_path / "fit"))
    for one, two, three in zip(fit.effects(), other.effects(), again.effects(), strict=True):
        assert one.companion.method == "log-f, averaged over groups"
        assert (one.companion, one.interval) == (two.interval, two.companion)
        assert one.verdict == two.verdict
        assert one.verdict is not None
        assert one.companion.lower == pytest.approx(one.interval.lower, abs=0.08)
        assert three == two
    assert [one.item for one in other.coefficients()] == ["organisation[NGO]", "organisation[other]", "sd(country)"]
    assert all(one.interval.lower < one.value < one.interval.upper for one in other.coefficients())
    assert all(one.companion is None for one in (*fit.predictions(), *other.predictions()))
    few = cs.fit("aware ~ organisation + (1 | city)", data).effects()[0]
    assert (few.companion, few.verdict) == (None, None)
    assert any("'city' has fewer than 5 groups" in one.text for one in few.caveats if one.code == "no-companion")
    described = cs.fit("aware ~ organisation + (1 | city)", data).effects(target=cs.Respondents())[0]
    assert "no-companion" not in {one.code for one in described.caveats}  # beside no interval there is none to miss


def several_questions():
    """Three questions on one scale, two groups of three."""
    table = pd.DataFrame({"group": ["a"] * 3 + ["b"] * 3})
    told = {"one": "gffppp", "two": "ggfppp", "three": "ggg-pp"}
    labels = {"g": "good", "f": "fair", "p": "poor", "-": None}
    for name, answers in told.items():
        table[name] = [labels[one] for one in answers]
    scale = cs.Ordered("poor", "fair", "good")
    people = cs.read_respondents(table, cs.Codebook({"group": cs.Categories("a", "b"), **dict.fromkeys(told, scale)}))
    model = replace(
        cs.load_model("ratings-by-organisation"),
        outcome=replace(cs.load_model("ratings-by-organisation").outcome, questions=tuple(told)),
        predictor=(
            *cs.Model.from_formula("y ~ group").predictor,
            *cs.load_model("ratings-by-organisation").predictor[1:],
        ),
        estimand=(),
    )
    return design_of(model, people)


@pytest.mark.parametrize("cells", [averages.CELLS, 7], ids=["cells", "many blocks"])
def test_shares_over_several_questions_are_those_of_everybody(cells, monkeypatch):
    """Each person's and question's probability by itself, moved or not, against odds multiplied."""
    monkeypatch.setattr(averages, "CELLS", cells)
    design, rng = several_questions(), np.random.default_rng(3)
    shapes = {name: (20, *shape) for name, shape in named_effects(design)}
    effects = {name: rng.normal(size=shape) for name, shape in shapes.items()}
    drawn = Sample(
        thresholds=np.sort(rng.normal(size=(20, 2)), axis=1),
        linear=rng.normal(size=(20, 1)),
        monotonic=np.empty((20, 0)),
        zetas=(),
        diagnostics=(),
        engine="laplace",
        effects=tuple(one.reshape(20, -1) for one in effects.values()),
    )
    shift, ends = rng.normal(size=20), np.full((20, 1), np.inf)
    cuts = np.concatenate([-ends, drawn.thresholds, ends], axis=1)
    events = [(low, high, ()) for low in range(3) for high in range(low, 3)] + [(0, 2, (1,))]
    for value, (low, high, without), moved in product((None, 1), events, (None, shift)):
        total = np.zeros(20)
        for person, item in product(range(6), range(3)):
            level = int(design.patterns[person, 0]) if value is None else value
            eta = drawn.linear[:, 0] * (level - 0.5) + effects["item"][:, item] + effects["person"][:, person]
            below = special.expit(cuts - (eta + effects["gamma group"][:, item, level])[:, None])
            share = sum(below[:, one + 1] - below[:, one] for one in range(low, high + 1) if one not in without)
            total += share if moved is None else special.expit(special.logit(np.minimum(share, 1)) - moved)
        setting = PredictorSetting(place=-1) if value is None else PredictorSetting(place=0, values=(1,), weights=(1,))
        event = OutcomeEvent(low=low, high=high, words="", without=without)
        assert averages.share(design, drawn, setting, event, moved) == pytest.approx(total / 18, abs=1e-12)


def test_over_several_questions_each_respondents_share_counts_once():
    """Two groups of three, by hand; where all of a group answer alike, as many answers as respondents."""
    design = several_questions()
    start, end = (PredictorSetting(place=0, values=(value,), weights=(1.0,)) for value in (0.0, 1.0))
    found = unpooled(design, Quantity(start=end, end=start, event=OutcomeEvent(low=2, high=2, words="good")), 0.95)
    shares = np.array([1.0, 2 / 3, 1 / 3])  # of those in a; nobody in b, and they are three
    number = 2 / 9 / (shares.var(ddof=1) / 3) * (norm.ppf(0.975) / t.ppf(0.975, 2)) ** 2
    low, high = gap_limits((2 / 3 * number, number, 0.0, 3.0), method="newcombe", level=0.95)
    assert found == pytest.approx((float(low), float(high)), abs=1e-12)


@pytest.mark.slow
def test_what_stands_beside_a_fit_never_compiles(data, monkeypatch):
    whole = engines.nested.nested

    def failing(problem, *, seed):
        sample = whole(problem, seed=seed)
        wide = any(prior.scale == 2.5 for prior in problem.linear_priors)
        return replace(sample, diagnostics=(replace(sample.diagnostics[0], state="fail" if wide else "pass"),))

    def compiling(*_, **__):
        message = "a model is compiled"
        raise AssertionError(message)

    monkeypatch.setattr(engines.nested, "nested", failing)
    monkeypatch.setattr(slices, "slices", failing)
    monkeypatch.setattr(engines.nuts, "nuts", compiling)
    effect = cs.fit(MODELS[3], data).effects()[0]
    assert [name for name, _ in effect.sensitivity] == ["normal(0, 1)", "logistic(0, 1)", *SPREADS]
    assert effect.verdict is None
    assert any("normal(0, 2.5)" in one.text for one in effect.caveats if one.code == "prior-not-fitted")


@pytest.mark.slow
def test_a_fit_by_nuts_has_strip_and_verdict(data, monkeypatch):
    def chains(problem, *, seed, draws):
        assert draws == 2_000
        return replace(engines.nested.nested(problem, seed=seed), engine="nuts", chains=4)

    monkeypatch.setattr(engines.nuts, "nuts", chains)
    effect = cs.fit(MODELS[3], data, engine="nuts").effects()[0]
    assert effect.interval.method == "nuts"
    assert [name for name, _ in effect.sensitivity] == [*STRIP, *SPREADS]
    assert effect.verdict is not None


@pytest.mark.slow
def test_priors_decide_is_asked_of_the_spreads_alone_where_there_are_no_coefficients(data):
    found = cs.fit(MODELS[1], data).prior_sensitivity()
    assert [prior for prior, _ in found.strip] == ["half-normal(0.5)", "half-normal(1)"]
    assert [one.item for one in found.power] == ["sd(item:organisation)"]
    assert all(np.isfinite([one.prior, one.likelihood]).all() for one in found.power)


def test_a_failed_fit_is_never_passed_on(data, monkeypatch):
    design = design_of(cs.Model.from_formula(MODELS[2]), data)
    whole = engines.nested.nested

    def failing(problem, *, seed):
        sample = whole(problem, seed=seed)
        wrong = replace(sample.diagnostics[0], state="fail", text="too heavy a tail.")
        return replace(sample, diagnostics=(wrong, *sample.diagnostics[1:]))

    monkeypatch.setattr(engines.nested, "nested", failing)
    with pytest.raises(InputError, match="too heavy a tail"):
        cs.fit(MODELS[2], data, engine="laplace")
    other = replace(whole(design.problem(), seed=1), diagnostics=(), engine="slice")
    monkeypatch.setattr(slices, "slices", lambda *_, **__: other)
    found = drawn(design.problem())
    assert found.engine == "slice"
    assert found.diagnostics[0].name == "fallback"
    assert "too heavy a tail" in found.diagnostics[0].text


@pytest.mark.slow
def test_influence_is_a_fit_without_the_respondent(data):
    fit = cs.fit(MODELS[3], data)
    found, reading, event = fit.influence(), fit.readings[0], fit.events(None)[0]
    design = fit.design
    assert sum(one.respondents for one in found) == design.people
    (contrast, *_) = comparisons(design, "organisation", None)
    for one in (found[0], found[-1]):
        told = dict(one.pattern)
        codes = [design.variables[0].labels.index(told["organisation"]), design.groups[0][1].index(told["country"])]
        alike = (design.patterns[:, 0] == codes[0]) & (design.groups[0][2] == codes[1])
        table = design.tables[0].copy()
        table[np.flatnonzero(alike & (table[:, ("no", "yes").index(one.answer)] == 1))[0]] = 0
        again = reading.with_sample(drawn(design.problem(table=table), engine="laplace", seed=7))
        values = again.share(contrast.end, event) - again.share(contrast.start, event)
        ends = np.quantile(values, [0.025, 0.5, 0.975])
        assert [one.lower, one.value, one.upper] == pytest.approx(ends, abs=0.025)  # five Monte Carlo errors


@pytest.mark.slow
def test_answers_are_checked_by_predictor_and_group(data):
    found = cs.fit(MODELS[3], data).check().to_frame().set_index(["predictor", "level", "answer"])
    country, aware = data.column("country"), data.column("aware")
    for code, label in enumerate(country.labels):
        yes = int(((country.codes == code) & (aware.codes == 1)).sum())
        row = found.loc["country", label, "yes"]
        assert (row["observed"], row["people"]) == (yes, int((country.codes == code).sum()))
        assert 0 <= row["lower"] <= row["upper"] <= row["people"]
    assert not found.loc["organisation"]["outside"].any()  # the answers are of no organisation's own
    several = cs.fit("services ~ organisation", data)
    assert {one.answer for one in several.check().counts} == set(SERVICES)
    with pytest.raises(InputError, match="several answers of each"):
        several.influence()
    assert cs.fit(MODELS[3], data, method="frequentist").check().to_frame()["people"].tolist() == [*found["people"]]


@pytest.mark.slow
def test_interactions_and_own_priors_go_together_with_groups(data):
    """Where groups hardly differ by the prior the numbers are those of the fit without them."""
    model = cs.Model.from_formula("aware ~ organisation * years + (1 | country)")
    model = model.with_priors(scales="half-normal(0.0001)", each={"years": "normal(0.5, 0.3)"}, reason="A test.")
    alone = cs.Model.from_formula("aware ~ organisation * years").with_priors(
        each={"years": "normal(0.5, 0.3)"}, reason="A test."
    )
    one, two = cs.fit(model, data), cs.fit(alone, data)
    items = [told.item for told in two.coefficients()]
    assert "organisation[NGO]:years" in items
    found = {told.item: told.interval for told in one.coefficients()}
    for told in two.coefficients():
        ends = found[told.item].lower, found[told.item].upper
        width = told.interval.upper - told.interval.lower
        assert ends == pytest.approx((told.interval.lower, told.interval.upper), abs=0.05 * width)
    logs = log_priors_of(one.readings[0])
    own = one.draws["years"]
    assert logs["years"] == pytest.approx(norm.logpdf(own, 0.5, 0.3), abs=1e-9)
    shipped, pair = cs.load_model("barriers-by-organisation"), cs.Model.from_formula("y ~ organisation * years")
    with pytest.raises(InputError, match="exactly k answers"):
        cs.fit(replace(shipped, predictor=pair.predictor, interaction=pair.interaction, estimand=()), data)


def test_a_mode_is_of_no_spread(data):
    fit = cs.fit(MODELS[2], data)
    with pytest.raises(InputError, match="group effects"):
        _ = fit.log_likelihood


ALARM = 0.001


@pytest.mark.few(0, slow=4)
@pytest.mark.parametrize(
    "name", ["services-by-organisation", "ratings-by-organisation", *MODELS[1:], "services ~ mo(age)"]
)
def test_both_engines_agree(name, data):
    """Quantiles of every draw, within the Monte Carlo error of both."""
    shipped = name.endswith("by-organisation")
    people = cs.synthesise(cs.load_survey("bosnia-herzegovina-2021"), seed=1) if shipped else data
    model = cs.load_model(name) if shipped else cs.Model.from_formula(name)
    design = design_of(model, people)
    near, far = (drawn(design.problem(), engine=engine) for engine in ("laplace", "nuts"))
    ours, theirs = ({one.name: one.value for one in sample.diagnostics} for sample in (near, far))
    size = min(ours["effective sample size"], ours["effective sample size of the spreads"])
    variance = 1 / size + 1 / 4_000 + 1 / theirs["effective sample size"]
    ours, theirs = (FittedTable(design=design, sample=one).named for one in (near, far))
    assert ours.keys() == theirs.keys()
    pairs = [(ours[key].reshape(4_000, -1), theirs[key].reshape(8_000, -1)) for key in ours]
    levels = (0.05, 0.25, 0.5, 0.75, 0.95)
    bound = norm.ppf(1 - ALARM / 2 / (len(levels) * sum(one.shape[1] for one, _ in pairs)))
    for one, other in pairs:
        for level in levels:
            share = (other <= np.quantile(one, level, axis=0)).mean(axis=0)
            assert np.all(np.abs(share - level) <= bound * np.sqrt(level * (1 - level) * variance))


@pytest.mark.slow
def test_nuts_gives_the_same_draws_for_the_same_seed(data):
    design = design_of(cs.Model.from_formula(MODELS[3]), data)
    one, two = (drawn(design.problem(), engine="nuts", seed=3) for _ in range(2))
    assert np.array_equal(one.linear, two.linear)
    assert all(np.array_equal(*pair) for pair in zip(one.effects, two.effects, strict=True))
