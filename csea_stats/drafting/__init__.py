"""Drafts of codebooks, made from the structure of a file of answers."""
