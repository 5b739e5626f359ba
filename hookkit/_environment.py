"""
What the environment asks for: that a running host is recorded.
"""

import os
from _thread import RLock

from hookkit.exceptions import HookkitError, RecordingError

VARIABLE = "HOOKKIT_RECORD"


class Asking:
    """
    Asking the environment, once in a process.

    Attributes:
        is_over: Whether it has been asked, and what it asks for was done.
    """

    def __init__(self) -> None:
        self.is_over = False
        self._has_begun = False
        self._is_torn = False
        self._lock = RLock()  # re-entrant: what begins may call a hooked function

    def ask(self) -> None:
        """
        Begin to record if the environment says so; threads that come meanwhile wait.

        Raises:
            RecordingError: If that cannot be.
        """
        if not os.environ.get(VARIABLE):
            self.is_over = True
            return
        if self._is_torn:
            msg = "This process was forked at the moment when its parent began to record."
            raise RecordingError(msg)
        tell = None
        with self._lock:
            if not self._has_begun:
                self._has_begun = True
                if hasattr(os, "register_at_fork"):  # pragma: no branch - it is missing on Windows
                    os.register_at_fork(after_in_child=self.go_on_in_child)
                from hookkit.recording._live import begin

                tell = begin()
                self.is_over = True
        if tell is not None:  # not while the lock is held: a log handler has one, too
            tell()

    def go_on_in_child(self) -> None:
        """
        Go on in the child of a fork.

        What another thread was in the midst of importing can never be imported there.
        """
        self._lock = RLock()
        self._is_torn = not self.is_over


ASKING = Asking()


def record_if_asked() -> None:
    """
    Begin to record this process if ``HOOKKIT_RECORD`` names a file: called when hooks are loaded or attached.

    Only the first call of a process asks. None fails: what is wrong is logged, once.
    """
    if not ASKING.is_over:
        try:
            ASKING.ask()
        except Exception as exc:  # noqa: BLE001 - the host goes on, whatever it was
            _tell(exc)
        ASKING.is_over = True


def _tell(exc: Exception) -> None:
    try:
        from logging import getLogger

        from hookkit._messages import explain

        reason = str(exc) if isinstance(exc, HookkitError) else explain(exc)
        getLogger("hookkit.recording").error("Nothing is recorded, although %s is set: %s", VARIABLE, reason)
    except Exception:  # noqa: BLE001, S110 - the interpreter is shutting down, or a log handler of the host raises
        pass
