"""Whom a number speaks for, and the mathematics of who took part."""
