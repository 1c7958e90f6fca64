"""The rank each answer can have, for all answers at once."""
