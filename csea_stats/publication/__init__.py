"""Notes, tables and pictures as values, and how each is written into a file."""
