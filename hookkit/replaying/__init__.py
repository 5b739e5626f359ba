"""
Replay: a hook is given what was recorded, and what it does differently is told.
"""

from hookkit.replaying._differences import ReplayDifference
from hookkit.replaying._replay import PointReplay, Replay, replay

__all__ = ["PointReplay", "Replay", "ReplayDifference", "replay"]
