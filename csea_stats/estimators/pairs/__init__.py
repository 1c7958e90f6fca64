"""Two answers of the same people."""
