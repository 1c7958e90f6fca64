"""How often intervals cover and verdicts err, by exact enumeration; and how many answers a question takes."""
