"""What a fit leaves behind as files: tables, sentences, figures, the model's card."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING

from csea_stats.regression.plots import kinds_of, size
from csea_stats.regression.telling import methods_paragraph, model_card

if TYPE_CHECKING:
    from csea_stats.regression.fit import Fit
    from csea_stats.results.estimates import Estimates


def fit_files(fit: Fit) -> list[tuple[str, bytes]]:
    """Make the files of a fit.

    Parameters
    ----------
    fit : Fit

    Returns
    -------
    list of (name, content)
        effects.csv, coefficients.csv, predictions.csv, sentences.txt, summary.txt, methods.md, model-card.md,
        model.toml and a figure of each kind that the fit has as SVG.
    """
    effects = fit.effects()
    first = fit.design.variables[0].name if fit.design.variables else None
    tables = {"effects": effects, "coefficients": fit.coefficients(), "predictions": fit.predictions(by=first)}
    found = [(f"{name}.csv", told.to_frame().to_csv(index=False).encode()) for name, told in tables.items()]
    found += [
        ("effects.json", effects.to_json().encode()),
        ("sentences.txt", ("\n\n".join(map(str, effects)) + "\n").encode()),
        ("summary.txt", (fit.summary() + "\n").encode()),
        ("methods.md", (methods_paragraph(fit) + "\n").encode()),
        ("model-card.md", model_card(fit.design.resolved).encode()),
        ("model.toml", fit.model.to_toml().encode()),
    ]
    return [*found, *((f"{kind}.svg", _svg(fit, kind, effects)) for kind in kinds_of(fit))]


def _svg(fit: Fit, kind: str, effects: Estimates) -> bytes:
    import matplotlib as mpl
    from matplotlib.backends.backend_svg import FigureCanvasSVG
    from matplotlib.figure import Figure

    with mpl.rc_context({"svg.hashsalt": "csea", "svg.fonttype": "path"}):
        figure = Figure(figsize=size(fit, kind, effects), layout="constrained")
        FigureCanvasSVG(figure)
        fit.plot(kind, ax=figure.add_subplot())
        content = io.BytesIO()
        figure.savefig(content, format="svg", metadata={"Date": None})
    return content.getvalue()
