"""The command ``csea-stats``: each subcommand is one call of the package and prints what it returns."""

from csea_stats.cli import count_commands, model_commands, starting_commands, survey_commands
from csea_stats.cli.commands import main

__all__ = ["count_commands", "main", "model_commands", "starting_commands", "survey_commands"]
