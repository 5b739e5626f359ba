"""
What all tests share.
"""

from hypothesis import settings

# Oracle and plugins have environments of their own in tox.ini; what is in typing is read by type checkers, never run.
collect_ignore = ["oracle", "plugins", "typing"]

# A slow machine is no fault of the code.
settings.register_profile("hookkit", deadline=None)
settings.load_profile("hookkit")
