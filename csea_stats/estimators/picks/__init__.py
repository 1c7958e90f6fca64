"""Questions of which each respondent names exactly k answers."""
