"""Sentences of a report as hypotheses on estimands, each with a verdict for every target."""
