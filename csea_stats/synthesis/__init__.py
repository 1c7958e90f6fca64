"""A reading of the audit into stamped, synthetic rows."""
