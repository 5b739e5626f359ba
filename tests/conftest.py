"""
What all tests share.
"""

from hypothesis import settings

# The oracle has an environment of its own in tox.ini; what is in typing is read by type checkers, never run.
collect_ignore = ["oracle", "typing"]

# A slow machine is no fault of the code.
settings.register_profile("hookkit", deadline=None)
settings.load_profile("hookkit")
