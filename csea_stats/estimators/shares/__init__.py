"""One share, or all shares of a question: intervals, targets, tipping points."""
