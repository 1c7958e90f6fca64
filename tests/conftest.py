"""Settings of the tests."""

import os

from hypothesis import settings

# The clock of a busy machine is no property of the code; and a run that decides about a change is repeatable.
settings.register_profile("here", deadline=None)
settings.register_profile("ci", deadline=None, derandomize=True)
settings.load_profile("ci" if os.environ.get("CI") else "here")
