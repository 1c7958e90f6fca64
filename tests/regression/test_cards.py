"""Cards in the documentation are those of the shipped models."""

from pathlib import Path

import csea_stats as cs
from csea_stats.regression.telling import model_card

FOLDER = Path(__file__).parents[2] / "docs" / "models"


def test_every_model_has_its_card_as_it_stands():
    found = {path.stem: path.read_text(encoding="utf-8") for path in FOLDER.glob("*.md")}
    assert found == {name: model_card(cs.load_model(name)) for name in cs.model_names()}  # else run .ci/model_cards.py
