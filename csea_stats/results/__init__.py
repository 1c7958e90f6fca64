"""Estimates as frozen values, and the words they are told in."""
