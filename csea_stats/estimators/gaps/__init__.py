"""Two independent groups: difference, ratio, odds ratio, exact tests."""
