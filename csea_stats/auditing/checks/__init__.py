"""The checks, a file per family; each takes the tables of a survey and returns findings."""
