"""``python -m csea_stats`` is the command ``csea-stats``."""

from csea_stats.cli import main

if __name__ == "__main__":
    main(prog_name="csea-stats")
