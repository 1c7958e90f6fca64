"""The subcommands that need no file: estimates of counts, bases of percentages, certificates, plans."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from csea_stats.cli.commands import main
from csea_stats.cli.parameters import SHIPPED, AnswersFile, Named, json_option, level_option, read_answers
from csea_stats.cli.terminal import echo, json_text
from csea_stats.errors import InputError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from csea_stats.targets.populations import Target


@main.command("certify")
@click.argument("what")
@click.option("--method", help="By default the first of that call; of a model laplace, slice or nuts.")
@click.option("--n", "bases", multiple=True, help="A base, or two numbers: 24/25; may be given several times.")
@click.option("--data", type=AnswersFile(), help="Of a model: respondents' answers, whose predictors are taken.")
@click.option("--codebook", type=Named("codebook"), help="A codebook file, or the survey that was answered.")
@click.option("--replicates", type=int, help="Of a model: sets of answers drawn and fitted.  [default: 100]")
@click.option("--workers", type=int, default=1, show_default=True, help="Of a model: processes.")
@click.option("--scheduler", help="Of a model: address of a Dask scheduler, such as tcp://10.0.0.1:8786.")
@click.option("--folder", type=click.Path(path_type=Path), help="Where fits are kept: what was stopped goes on there.")
@level_option
@json_option
def certify_command(
    what: str, bases: Sequence[str], data: Path | None, codebook: str | None, *, as_json: bool, **settings: Any
) -> None:
    """Work out how often the intervals of WHAT cover, and how often verdicts err and decide.

    WHAT is a call, such as proportion, or a model (a shipped name, a file, or a formula).
    """
    from csea_stats.calibration.certifying import bases_of, certify

    answers = None if data is None else read_answers(data, codebook, SHIPPED)
    made = certify(what, n=bases_of(bases), data=answers, progress=not as_json, **settings)
    echo(json_text(made) if as_json else made)


@main.command("plan")
@click.option("--width", type=float, help="How wide an interval of a share may be: .1 is ten points.")
@click.option("--truth", type=float, multiple=True, help="Or the share that is supposed; of two groups both.")
@click.option("--observed", metavar="COUNT/BASE", help="Or answers at hand, with --more.")
@click.option(
    "--claim", type=click.Choice(["above", "below"]), help="The side to be supported; by default the truth's."
)
@click.option("--threshold", type=float, help="Of one share; by default .5.")
@click.option(
    "--n", "bases", type=int, multiple=True, help="So many answers, of two groups each; by default looked for."
)
@click.option("--more", type=int, default=0, help="What so many further answers would add.")
@click.option("--tau", type=float, help="The share is a population's, and the claim of it, at this selection strength.")
@click.option("--power", type=float, default=0.8, show_default=True, help="Probability that the claim is supported.")
@level_option
@json_option
def plan_command(
    truth: tuple[float, ...],
    observed: str | None,
    bases: tuple[int, ...],
    tau: float | None,
    *,
    as_json: bool,
    **settings: Any,
) -> None:
    """Say how many answers a width, or a verdict, takes, and what so many or some more would show."""
    from csea_stats import Selection, plan

    made = plan(
        truth=truth[0] if len(truth) == 1 else truth or None,  # type: ignore[arg-type]
        observed=None if observed is None else _pair(observed),
        n=bases[0] if len(bases) == 1 else bases or None,  # type: ignore[arg-type]
        selection=None if tau is None else Selection(tau=tau),
        **settings,
    )
    echo(json_text(made) if as_json else made)


@main.command("estimate", context_settings={"ignore_unknown_options": True})
@click.argument("counts", nargs=-1, required=True, metavar="COUNT/BASE [COUNT/BASE]")
@click.option("--method", help="The interval's method; by default Jeffreys, or Logistic for an odds ratio.")
@click.option("--measure", help="Of two shares: difference (by default), ratio or odds-ratio.")
@click.option("--tau", type=float, multiple=True, help="Estimate for the population at this selection strength.")
@level_option
@json_option
def estimate_command(
    counts: Sequence[str], method: str | None, measure: str | None, tau: Sequence[float], level: float, *, as_json: bool
) -> None:
    """Estimate a share (35/49), or the difference of two (7/7 28/42)."""
    pairs = [_pair(text) for text in counts]
    from csea_stats import Population, Selection, Superpopulation, difference, proportion

    targets: list[Target] = [Population(Selection(tau=value)) for value in tau] or [Superpopulation()]
    chosen: dict[str, Any] = {"target": targets, "level": level} | ({"method": method} if method else {})
    if len(pairs) == 1 and measure is None:
        found = proportion(*pairs[0], **chosen)
    elif len(pairs) == 1:
        message = f"--measure {measure} compares two shares; found one ({counts[0]}); allowed is 7/7 28/42"
        raise InputError(message)
    elif len(pairs) == 2:
        chosen |= {"measure": measure} if measure else {}
        found = difference(pairs[0], pairs[1], **chosen)
    else:
        message = f"found {len(pairs)} shares; allowed is one (35/49) or two (7/7 28/42)"
        raise InputError(message)
    echo(found.to_json() if as_json else found, nl=not as_json)


def _pair(text: str) -> tuple[int, int]:
    count, _, base = text.partition("/")
    try:
        return int(count), int(base)
    except ValueError:
        message = f"{text!r}: allowed is COUNT/BASE in whole numbers, such as 35/49"
        raise InputError(message) from None


@main.command("bases", context_settings={"ignore_unknown_options": True})
@click.argument("percents", nargs=-1, required=True, metavar="PERCENT...")
@click.option("--at-most", type=int, default=1000, show_default=True, help="The largest base that is tried.")
@click.option("--ticks", is_flag=True, help="They are shares of one total: the counts sum to the base.")
@json_option
def bases_command(percents: Sequence[str], at_most: int, *, ticks: bool, as_json: bool) -> None:
    """Say of how many people (or ticks) printed percentages can be: 18.3 21.7 60."""
    from csea_stats import bases_for
    from csea_stats.auditing.bases import runs

    found = bases_for(percents, at_most=at_most, ticks=ticks)
    if as_json:
        echo(json_text({"percents": percents, "at_most": at_most, "ticks": ticks, "bases": found}))
        return
    told = [f"{percent.rstrip(' %')}%" for percent in percents]
    printed = " and ".join(filter(None, (", ".join(told[:-1]), told[-1]))) + (", all of one total" if ticks else "")
    if found:
        echo(f"{len(found)} of the bases 1 to {at_most} allow{'s' * (len(found) == 1)} {printed}: {runs(found)}")
    else:
        echo(f"None of the bases 1 to {at_most} allows {printed}")
