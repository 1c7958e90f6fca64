"""The command itself, and how the mistakes of its subcommands are told."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import Any

import click

from csea_stats.cli.terminal import echo, make_writable
from csea_stats.errors import CseaStatsError

MISTAKE = 2
FAILED = 1


class Commands(click.Group):
    """A group whose commands turn the package's errors into a line on stderr and exit status 2."""

    def invoke(self, ctx: click.Context) -> Any:
        """Run the subcommand that was asked for."""
        make_writable()
        try:
            return super().invoke(ctx)
        except CseaStatsError as error:
            echo(f"csea-stats: {error}", err=True)
            ctx.exit(MISTAKE)
        except BrokenPipeError:  # the reader of our output has left; say nothing more
            sys.stderr.close()
            ctx.exit(0)
        except OSError as error:  # a full disk, a closed terminal
            with Path(os.devnull).open("wb") as nowhere:  # so that the end of the process does not fail for it again
                os.dup2(nowhere.fileno(), 1)
            echo(f"csea-stats: the output could not be written: {error.strerror or error}", err=True)
            ctx.exit(MISTAKE)


@click.group(cls=Commands, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="csea-stats", prog_name="csea-stats")
def main() -> None:
    """Honest conclusions from a small published survey."""
    # Before NumPy is loaded: on matrices so small further threads wait longer than they work.
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
