"""Settings of the tests."""

import os

# A worker for each core is enough: BLAS threads beside them would wait for each other. NumPy reads it when imported.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

from hypothesis import settings

# The clock of a busy machine is no property of the code; and a run that decides about a change is repeatable.
settings.register_profile("here", deadline=None)
settings.register_profile("ci", deadline=None, derandomize=True)
settings.load_profile("ci" if os.environ.get("CI") else "here")
