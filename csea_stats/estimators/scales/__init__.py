"""Which of two groups answers higher on an ordered scale."""
