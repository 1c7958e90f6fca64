"""Counts, or sets of counts, and a target, into estimates."""
