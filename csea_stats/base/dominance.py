"""The posterior of P(A > B) + P(A = B) / 2 for two groups' answers on one ordered scale, by a fixed rule of points."""

from __future__ import annotations

import math
from functools import cache, lru_cache
from typing import TYPE_CHECKING

import numpy as np
from scipy import special

from csea_stats.base.differences import cubic_hermite, difference_cdf, difference_quantiles, selected_group
from csea_stats.base.roots import secant_root

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

    Array = NDArray[np.float64]
    Single = NDArray[np.floating]
    Function = Callable[[Single], Single]
    Beta = tuple[float, float]

Vector = tuple[int, ...]

Limits = tuple[float, float]

Parameters = tuple[float, ...]
"""Of a Dirichlet distribution over the categories, from the lowest."""

Law = tuple["Callable[[tuple[float, ...]], tuple[float, ...]]", "Callable[[float], float]"]
"""Quantiles, and the distribution function."""

RUN = 2**14
"""Points that are looked at together: few enough for what is made of them to stay in a processor's cache."""

RUNS = (1, 2, 4, 8, 16)
"""Runs of points: the first number of them that is accurate enough, else the last."""

BITS = 18
"""Binary digits of a point: of as many points as there are at most."""

BLOCKS = 8
"""Parts of all points, each as evenly spread as all of them, whose means tell how accurate the whole is."""

ACCURACY = 5e-5
"""Largest standard error, judged by the blocks, of a probability or a limit."""

SCRAMBLE = 1
"""Seed of its scrambling: the same points every time."""

DIRECTIONS = (
    *((0, 1), (1, 1, 3), (1, 1, 3, 1), (2, 1, 1, 1), (1, 1, 1, 3, 3), (4, 1, 3, 5, 13), (2, 1, 1, 5, 5, 17)),
    *((4, 1, 1, 5, 5, 5), (7, 1, 1, 7, 11, 19), (11, 1, 1, 5, 1, 1), (13, 1, 1, 1, 3, 11), (14, 1, 3, 5, 5, 31)),
    *((1, 1, 3, 3, 9, 7, 49), (13, 1, 1, 1, 15, 21, 21), (16, 1, 3, 1, 13, 27, 49), (19, 1, 1, 1, 15, 7, 5)),
    *((22, 1, 3, 1, 15, 13, 25), (25, 1, 1, 5, 5, 19, 61), (1, 1, 3, 7, 11, 23, 15, 103)),
    (4, 1, 3, 7, 13, 13, 15, 69),
)
"""Polynomial and first direction numbers of Sobol's columns from the second on: Joe and Kuo (2008), SIAM Journal on
Scientific Computing 30, 2635-2654."""

TRIED = 2**12
"""Points, the first of them, by which the line is chosen."""

FEWER, MOVE, LOOKED_AT = 2**8, 0.1, (-1.6, 0.0, 1.6)
"""Points by which the axes are chosen, how far each score is moved for that, and where on the middle line."""

REACH = 5.0
"""Standard deviations that the line through a point covers on either side."""

LEAST = 0.02
"""Least part of a score in the direction of the line, of the largest: any score that counts runs its whole range."""

FARTHEST_SCORE = 9.0
"""Normal score beyond which nothing is left."""

FARTHEST_LOGIT = 80.0
"""Logit whose odds are still a number in single precision, which the points are in: six digits of a logit will do."""

SMALLEST = 1e-37
"""Share whose logarithm is still a number in single precision."""

NEAR = 0.02
"""Difference of logits between which the lines are next to straight."""

NEAR_ENOUGH = 1e-4
"""Change of the points' probabilities, in the mean, by a secant's step after which the next changes next to nothing."""

LEAST_STEP = 1e-3
"""Shortest step of which single precision still tells the slope."""

FARTHEST_PLACE = 8.0
"""Standard deviations from the middle of a line beyond which nothing is left."""

MOST_STEPS = 20
"""Steps along the lines, most of them one or two."""


@lru_cache(maxsize=4096)
def _logits(share: Beta) -> NDArray[np.complex64]:
    """Return the logit of a Beta share at normal scores 1/128 apart, and its step to the next beside it, as i times it.

    By betaincinv at some scores, cubic between.
    """
    scores = np.linspace(-FARTHEST_SCORE, FARTHEST_SCORE, 145)
    ends = []
    for (a, b), at in zip((share, share[::-1]), (scores, -scores), strict=True):
        found = special.betaincinv(a, b, special.ndtr(at))
        # SciPy (1.18) finds none for some a and b near 1; so low, the first term of the series is the whole of it.
        first = (special.log_ndtr(at) + math.log(a) + special.betaln(a, b)) / a
        ends.append(np.where(found > 1e-290, np.log(np.maximum(found, 1e-300)), first))
    fine = np.linspace(-FARTHEST_SCORE, FARTHEST_SCORE, 18 * 128 + 1)
    a, b = share
    slope = np.exp(special.betaln(a, b) - a * ends[0] - b * ends[1] - scores**2 / 2) / math.sqrt(2 * math.pi)
    table = np.clip(cubic_hermite(scores, ends[0] - ends[1], slope)(fine), -FARTHEST_LOGIT, FARTHEST_LOGIT)
    return (table[:-1] + 1j * np.diff(table)).astype(np.complex64)


def _logit_at(share: Beta, scores: Single) -> Single:
    table = _logits(share)
    place = np.clip((scores + FARTHEST_SCORE) * 128, 0.0, len(table) - 0.001)
    before = np.floor(place)
    place -= before
    both = table.take(before.astype(np.intp))
    place *= both.imag
    place += both.real
    return np.asarray(place)


def sobol_points(columns: int, points: int, seed: int, run: int = 0) -> Array:
    """Return a run of Sobol's points in the unit cube, scrambled linearly and shifted.

    As Matousek (1998, Journal of Complexity 14, 527-556). So many points, and so many runs of them, as are a power of
    two are evenly spread. SciPy has them too, in a module that takes longer to import than these to make. Columns
    beyond those of the table are stratified and permuted at random.

    Examples
    --------
    >>> np.sort(np.floor(sobol_points(3, 8, 1) * 8), axis=0).T.tolist()[2]  # one in each eighth
    [0.0, 1.0, 2.0, 3.0, 4.0, 5.0, 6.0, 7.0]
    """
    numbers = _direction_numbers(min(columns, len(DIRECTIONS) + 1), seed)
    told = numbers[:1] ^ np.bitwise_xor.reduce(numbers[1:][[(run * points >> bit) & 1 == 1 for bit in range(BITS)]])
    for number in numbers[1 : points.bit_length()]:
        told = np.concatenate([told, told ^ number])
    rng = np.random.default_rng([seed, run])
    found = (told + rng.random(told.shape)) / 2**BITS
    rest = [(rng.permutation(points) + rng.random(points)) / points for _ in range(columns - told.shape[1])]
    return np.column_stack([found, *rest])


@lru_cache(maxsize=8)
def _direction_numbers(columns: int, seed: int) -> NDArray[np.int64]:
    """Return the shift, and then the direction number of each binary digit of a point's place, of every column."""
    rng = np.random.default_rng(seed)
    digits = np.zeros((columns, BITS, BITS), dtype=np.int64)  # of each column's direction numbers, the highest first
    for column, (polynomial, *start) in enumerate([(0,), *DIRECTIONS][:columns]):
        numbers, degree = list(start), len(start)
        while len(numbers) < BITS:
            if column == 0:
                numbers.append(1)
                continue
            last = (numbers[-degree] << degree) ^ numbers[-degree]
            for k in range(1, degree):
                last ^= ((polynomial >> (degree - 1 - k)) & 1) * (numbers[-k] << k)
            numbers.append(last)
        for place, number in enumerate(numbers):
            digits[column, place, : place + 1] = [(number >> (place - k)) & 1 for k in range(place + 1)]
    lower = np.tril(rng.integers(0, 2, digits.shape), -1) + np.eye(BITS, dtype=np.int64)
    scrambled = np.einsum("cij,cpj->pci", lower, digits) % 2
    return np.concatenate([rng.integers(0, 2**BITS, (1, columns)), scrambled @ (1 << np.arange(BITS)[::-1])])


@lru_cache(maxsize=64)
def _normal_scores(columns: int, run: int) -> Single:
    points = sobol_points(columns, RUN, SCRAMBLE, run)
    return np.ascontiguousarray(special.ndtri(np.clip(points, 1e-15, 1 - 1e-15)).T, dtype=np.float32)


@lru_cache(maxsize=64)
def _splits(parameters: Parameters) -> list[tuple[int, int, int]]:
    """Return where the categories are cut in two, and either part again: where the two weigh most alike."""
    found, parts = [], [(0, len(parameters))]
    for low, high in parts:
        if high - low > 1:
            below = np.cumsum(parameters[low:high])
            cut = low + 1 + int(np.argmin(np.abs(2 * below[:-1] - below[-1])))
            found.append((low, cut, high))
            parts += [(low, cut), (cut, high)]
    return found


def _shares(parameters: Parameters, scores: Single) -> list[Single]:
    """Return the shares of a group's categories, from a normal score for each split."""
    found = {(0, len(parameters)): np.ones_like(scores[0])}
    for (low, cut, high), score in zip(_splits(parameters), scores, strict=True):
        odds = np.exp(-_logit_at((sum(parameters[low:cut]), sum(parameters[cut:high])), score))
        lower = found[low, high] / (1 + odds)
        found[low, cut], found[cut, high] = lower, lower * odds
    return [found[k, k + 1] for k in range(len(parameters))]


def _shifted(shares: list[Single], lost: Single) -> list[Single]:
    """Return shares whose cumulative odds are divided by exp(lost), a row for each category."""
    above = [shares[-1]]
    for each in shares[-2:0:-1]:
        above.append(above[-1] + each)
    ratio = np.exp(-np.clip(lost, -FARTHEST_LOGIT, FARTHEST_LOGIT))
    found: list[Single] = []
    below, before = np.zeros_like(lost), np.ones_like(lost)
    for each, rest in zip(shares, [*above[::-1], np.zeros_like(lost)], strict=True):
        # P_k / (P_k + (1 - P_k) / ratio) less the same of the cut before, without cancellation.
        below = below + each
        weight = rest + ratio * below
        found.append(each / before * (ratio / weight))
        before = weight
    return found


def _outcome(first: list[Single], second: list[Single]) -> Single:
    """Return the logit of P(A > B) + P(A = B) / 2, which near 1/2 is as sure as the difference of the two groups is."""
    over, under, equal, apart, below_a, below_b = (np.zeros_like(first[0]) for _ in range(6))
    for a, b in zip(first, second, strict=True):
        higher, lower = a * below_b, b * below_a
        over += higher
        under += lower
        apart += higher - lower
        equal += a * b
        below_a += a
        below_b += b
    gained = np.abs(apart) / np.maximum(np.minimum(over, under) + equal / 2, SMALLEST)
    whole = 1 + gained
    rounded = whole - 1  # log1p, which takes ten times as long
    return np.copysign(np.where(rounded > 0, np.log(whole) * (gained / np.maximum(rounded, SMALLEST)), gained), apart)


def _direction(logit_of: Function, tried: Single, rises: Array) -> Array:
    """Return a direction along which the outcome rises, about the steepest; a score that the groups share has none."""
    ranks = logit_of(tried).argsort().argsort()
    slopes = tried @ special.ndtri((ranks + 0.5) / len(ranks))
    rises = np.nan_to_num(rises)
    slopes = np.abs(rises) * np.maximum(rises * slopes, LEAST * np.abs(rises * slopes).max())
    return np.asarray(rises * slopes / np.linalg.norm(slopes))


def _axes(logit_of: Function, direction: Array, line: Array, tried: Single) -> Single:
    """Return axes across a direction, a column each: those that count most for where on the lines an outcome is, first.

    They are the eigenvectors of the mean square of its gradient, looked at where the outcome is low, middling and high.
    """
    across = np.linalg.qr(direction[:, None], mode="complete")[0][:, 1:]
    along = direction.astype(np.float32)[:, None]
    tried = tried - along * (along.T @ tried)
    table = np.array([logit_of(tried + along * np.float32(place)) for place in line])
    middles = np.median(table, axis=1)
    where = np.concatenate([_along(table, line, float(np.interp(at, line, middles)))[0] for at in LOOKED_AT])
    points = np.tile(tried, len(LOOKED_AT)) + along * where.astype(np.float32)
    moved = np.repeat(points[:, None], len(points) + 1, axis=1)
    moved[range(len(points)), range(len(points))] += np.float32(MOVE)
    values = logit_of(moved.reshape(len(points), -1)).reshape(-1, len(where)).astype(float)
    gradient = values[:-1] - values[-1]
    gradient *= np.exp(-(where**2) / 2) / np.maximum(direction @ gradient, SMALLEST)
    axes = across @ np.linalg.eigh(across.T @ gradient @ gradient.T @ across)[1][:, ::-1]
    # An eigenvector has either sign: everywhere the same.
    return np.asarray(axes * np.sign(axes[np.abs(axes).argmax(axis=0), range(axes.shape[1])]), np.float32)


def _along(table: Single, line: Array, place: float) -> tuple[Array, Array]:
    """Return where on each line, of which a column of the table tells the values, a value is reached, how steeply."""
    after = np.clip((table < place).view(np.int8).sum(axis=0, dtype=np.int8), 2, len(line) - 2).astype(np.intp)
    start = after * table.shape[1] + np.arange(-2 * table.shape[1], -table.shape[1])
    y0, y1, y2, y3 = (table.take(start + k * table.shape[1]) - place for k in range(4))
    linear, square, cube = (y2 - y0) / 2, y0 - 2.5 * y1 + 2 * y2 - y3 / 2, (y3 - y0) / 2 + 1.5 * (y1 - y2)
    part = np.clip(-y1 / np.maximum(y2 - y1, SMALLEST), 0.0, 1.0)
    slope = linear
    for _ in range(3):
        slope = linear + part * (2 * square + part * 3 * cube)
        value = y1 + part * (linear + part * (square + part * cube))
        part = np.clip(part - value / np.maximum(slope, SMALLEST), 0.0, 1.0)
    width = line[1] - line[0]
    return np.asarray(line[after - 1] + part * width), np.maximum(slope, SMALLEST) / width


def dominance(
    first: Parameters,
    second: Parameters,
    *,
    tau: float = 0.0,
    mean: float = 0.0,
    correlation: float = 0.0,
    apart: float = 0.0,
) -> Law:
    """Return quantiles and the distribution function of P(A > B) + P(A = B) / 2.

    Parameters
    ----------
    first, second : tuple of float
        Dirichlet parameters of group A and of group B.
    tau, mean, correlation : float, default 0
        Of the log participation ratio of those at or below a cut, the same at every cut; between the groups.
    apart : float, default 0
        Added to that of the first group and taken from that of the second: above 0, the first answers higher.

    Notes
    -----
    Of two categories it is 1/2 + (difference of the shares of the higher one) / 2, by quadrature.

    Of more, categories are cut in two again and again: the share of the lower part is Beta, a function of a normal
    score. Where any of these scores or a group's own log participation ratio rises, the outcome only rises or only
    falls, and so it does along a line in the space of all scores that goes the right way in each. Given the point in
    which the line meets its orthogonal plane, the probability that the outcome is at most t is the normal distribution
    function of where on the line it is t: smooth in the point, whose mean is taken over Sobol points (Liu & Owen 2023,
    SIAM Journal on Numerical Analysis 61, 495-514, for the direction). The points' axes across it are turned so that
    those along which the place moves most come first, which are the most evenly spread (the same paper's active
    subspace). Where on its line the outcome is t, a table of the outcome along it tells nearly; secants of the outcome
    itself, a step or two, tell it to 1e-5.

    The points are the worse the more of the scores count, and count unevenly: few people who mostly give one answer,
    so that each share runs over many powers of ten, and groups shifted by their participation besides. So the means of
    eight runs of points, each as evenly spread as all, judge the whole: where their standard error, as if they were
    drawn, is above 5e-5, more points are taken, up to 2^18. As they are not drawn, the error is about half of it,
    seldom more than it.

    Against 2e7 draws, and against 2^18 points of two other scramblings over random lopsided tables of 1 to 10^4 people
    in 3 to 7 categories, half of them in a population with tau up to 4 and a correlation of 0 or 0.5: limits at 50 to
    99 %, median and probability are off by at most 1e-4, limits at 99.9 % by at most 2e-4. In 8 to 10 categories limits
    at 99 % were off by up to 1.6e-4; with tau 3 and a correlation of 1 there, by 2e-3 even by all points.

    Examples
    --------
    >>> quantiles, below = dominance((2.2, 8.2, 9.2, 4.2, 1.2), (1.2, 12.2, 8.2, 3.2, 1.2))
    >>> [round(value, 3) for value in quantiles((0.025, 0.975))], round(1 - below(0.5), 3)
    ([0.39, 0.684], 0.695)
    """
    own, joint = tau * math.sqrt(1 - correlation), tau * math.sqrt(correlation)
    if len(first) == 2:
        return _two_categories(first, second, own, joint, (mean + apart, mean - apart))
    cuts = len(first) - 1
    signs = [-1.0] * cuts + [1.0] * cuts + [float(own > 0), -float(own > 0), math.nan if joint else 0.0]

    def logit_of(scores: Single) -> Single:
        groups = _shares(first, scores[:cuts]), _shares(second, scores[cuts:-3])
        if not (tau or mean or apart):
            return _outcome(*groups)
        lost = mean + joint * scores[-1]
        return _outcome(
            _shifted(groups[0], lost + apart + own * scores[-3]), _shifted(groups[1], lost - apart + own * scores[-2])
        )

    rule = _Rule(logit_of, np.array(signs), 1 + own / 2)
    quantile = cache(rule.quantile)
    return lambda probabilities: tuple(map(quantile, probabilities)), cache(rule.cdf)


def _standard_error(blocks: Array) -> float:
    return float(blocks.std(ddof=1)) / math.sqrt(BLOCKS)


class _Run:
    """A run of points, and a table of the outcome along the line through each, on the logit scale."""

    def __init__(self, logit_of: Function, points: Single, direction: Single, line: Array) -> None:
        self.logit_of, self.points, self.direction, self.line = logit_of, points, direction[:, None], line
        self.table = np.array([self._values(place) for place in line])
        self.last: tuple[float, Array, Array] = (math.inf, line, line)

    def _values(self, place: float | Array) -> Single:
        return self.logit_of(self.points + self.direction * np.asarray(place, np.float32))

    def below(self, place: float) -> Array:
        """Return each point's probability of at most so much: where on its line that is.

        That is looked up in the table, or near where it last was, and then found by secants.
        """
        where, slope = _along(self.table, self.line, place)
        if abs(self.last[0] - place) < NEAR:
            last, where, slope = self.last
            where = where + (place - last) / slope
        ends = np.array([-FARTHEST_PLACE, *self.line, FARTHEST_PLACE])
        after = (self.table < place).sum(axis=0)
        low, high = ends[after], ends[after + 1]
        where = np.clip(where, low, high)  # where a line is next to flat, its slope leads anywhere
        chance, value = special.ndtr(where), self._values(where)
        for _ in range(MOST_STEPS):
            low, high = np.where(value < place, where, low), np.where(value < place, high, where)
            moved = where + (place - value) / slope
            moved = np.where((low <= moved) & (moved <= high), moved, (low + high) / 2)
            step, where, before = moved - where, moved, chance
            chance = special.ndtr(where)
            if np.abs(chance - before).mean() < NEAR_ENOUGH:
                break
            was, value = value, self._values(where)
            with np.errstate(divide="ignore", invalid="ignore"):
                slope = np.where(np.abs(step) > LEAST_STEP, np.maximum((value - was) / step, SMALLEST), slope)
        self.last = place, where, slope
        return np.asarray(chance)


class _Rule:
    """A distribution by as many runs of points as are accurate enough."""

    def __init__(self, logit_of: Function, rises: Array, nearness: float) -> None:
        self.line = np.linspace(-REACH, REACH, 2 * math.ceil(REACH * nearness) + 1)
        self.logit_of = logit_of
        scores = _normal_scores(len(rises), 0)
        self.direction = _direction(logit_of, scores[:, :TRIED], rises)
        self.axes = _axes(logit_of, self.direction, self.line, scores[:, :FEWER])
        self.runs: list[_Run] = []

    def _first(self, number: int) -> list[_Run]:
        """Return so many runs."""
        while len(self.runs) < number:
            scores = _normal_scores(self.axes.shape[1], len(self.runs))
            points = np.einsum("ij,jk->ik", self.axes, scores)  # BLAS takes far longer for so flat a product
            # Of later runs a place or two is asked: that is not worth so fine a table.
            line = self.line[:: 2 if self.runs else 1]
            self.runs.append(_Run(self.logit_of, points, self.direction.astype(np.float32), line))
        return self.runs[:number]

    def _below(self, place: float, number: int) -> Array:
        """Return the probability of at most so much by each block of so many runs of points."""
        chances = np.concatenate([run.below(place) for run in self._first(number)])
        return np.asarray(chances.reshape(BLOCKS, -1).mean(axis=1))

    def cdf(self, value: float) -> float:
        """Return the probability of at most so much."""
        if not 0 < value < 1:
            return float(value >= 1)
        blocks = np.zeros(BLOCKS)
        for number in RUNS:
            blocks = self._below(float(special.logit(value)), number)
            if _standard_error(blocks) <= ACCURACY:
                break
        return float(blocks.mean())

    def quantile(self, probability: float) -> float:
        """Return a quantile: found by few points, then by Newton's steps with more of them."""
        value, density = self._about(probability)
        for number in RUNS:
            error = math.inf
            for _ in range(3):
                blocks = self._below(float(special.logit(value)), number)
                step, error = float(probability - blocks.mean()) / density, _standard_error(blocks)
                value = min(max(value + step, value / 2), (1 + value) / 2)
                if abs(step) < ACCURACY / 5:
                    break
            if error <= ACCURACY * density:
                break
        return value

    def _about(self, probability: float) -> tuple[float, float]:
        """Return about a quantile and the density there, by few points."""
        few, score = np.ascontiguousarray(self._first(1)[0].table[:, :TRIED]), float(special.ndtri(probability))

        @cache
        def below(place: float) -> float:
            return float(special.ndtr(_along(few, self.line, place)[0]).mean())

        weights = np.exp(-(self.line**2) / 2) / np.exp(-(self.line**2) / 2).sum()
        middle = float(weights @ few.mean(axis=1))
        spread = math.sqrt(float(weights @ ((few - middle) ** 2).mean(axis=1)))
        place = secant_root(
            lambda place: float(special.ndtri(below(place))) - score,
            middle + spread * score,
            slope=1 / spread,
            ends=(float(few.min()), float(few.max())),
            tolerance=1e-3 * spread,
        )
        value = float(special.expit(place))
        near = np.array([value - min(ACCURACY, value / 2), value + min(ACCURACY, (1 - value) / 2)])
        before, after = map(below, special.logit(near).tolist())
        return value, max((after - before) / float(near[1] - near[0]), SMALLEST)


def _two_categories(first: Parameters, second: Parameters, own: float, joint: float, lost: Limits) -> Law:
    one, other = (
        selected_group((higher, lower), tau=own, mean=-gone)
        for (lower, higher), gone in zip((first, second), lost, strict=True)
    )
    below = difference_cdf(one, other, joint)
    return (
        lambda probabilities: tuple((1 + gap) / 2 for gap in difference_quantiles(probabilities, one, other, joint)),
        lambda value: below(2 * value - 1),
    )
