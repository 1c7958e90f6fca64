"""Write docs/models/: a card for each shipped model, from its specification.

Run by hand after a model changes; a test says when a card no longer fits its model.
"""

from pathlib import Path

from csea_stats import load_model, model_names
from csea_stats.regression.telling import model_card

FOLDER = Path(__file__).parents[1] / "docs" / "models"


def main() -> None:
    """Write them all."""
    FOLDER.mkdir(exist_ok=True)
    for name in model_names():
        (FOLDER / f"{name}.md").write_text(model_card(load_model(name)), encoding="utf-8")


if __name__ == "__main__":
    main()
