"""Tabulations of respondents' answers, or of print, and their estimates."""
