"""Arrays in, arrays out: distributions, limits and sets, with NumPy and SciPy alone."""
