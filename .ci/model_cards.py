"""Write docs/models/: a card and the figure of its prior for each shipped model, from its specification.

Run by hand after a model changes; a test says when a card no longer fits its model.
"""

from pathlib import Path

from csea_stats import load_model, model_names
from csea_stats.report.cards import card_files
from csea_stats.respondents.codebook_files import load_codebook

FOLDER = Path(__file__).parents[1] / "docs" / "models"
CODEBOOK = "bosnia-herzegovina-2021"
"""Whose labels and limits the shipped models are made for."""


def main() -> None:
    """Write them all."""
    FOLDER.mkdir(exist_ok=True)
    codebook = load_codebook(CODEBOOK)
    for name in model_names():
        for file, content in card_files(load_model(name), codebook, seed=1):
            (FOLDER / file).write_bytes(content)


if __name__ == "__main__":
    main()
