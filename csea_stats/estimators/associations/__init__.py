"""Tests of association, each with its estimates and intervals."""
