"""What respondents answered: codebooks, and files read by them into frozen columns."""
