"""
Asking the environment whether to record, where there is no process of its own to ask in.
"""

import logging
import threading

import pytest

from hookkit import _environment
from hookkit._environment import Asking, record_if_asked
from hookkit.recording import _live


@pytest.fixture
def asking(monkeypatch):
    """
    Give the asking of a process that has not asked yet.
    """
    asking = Asking()
    monkeypatch.setattr(_environment, "ASKING", asking)
    monkeypatch.setenv("HOOKKIT_RECORD", "calls.jsonl")
    return asking


@pytest.fixture
def begun(monkeypatch):
    """
    Give a list of how often a recording began.
    """
    begun = []

    def begin():
        begun.append(threading.current_thread().name)
        record_if_asked()  # as when a log handler calls a hooked function
        return lambda: begun.append("told")

    monkeypatch.setattr(_live, "begin", begin)
    return begun


class TestRecordIfAsked:
    def test_only_the_first_asks(self, asking, begun):
        """
        However often hooks are loaded, and by what, a recording begins once.
        """
        record_if_asked()
        record_if_asked()
        assert begun == ["MainThread", "told"]
        assert asking.is_over

    def test_without_the_variable(self, asking, begun, monkeypatch):
        """
        Without the variable nothing begins, then or later.
        """
        monkeypatch.delenv("HOOKKIT_RECORD")
        record_if_asked()
        monkeypatch.setenv("HOOKKIT_RECORD", "calls.jsonl")
        record_if_asked()
        assert (begun, asking.is_over) == ([], True)

    def test_threads_wait_for_the_first(self, asking, monkeypatch):
        """
        A thread that comes while the recording begins goes on when it has begun.
        """
        begins, goes_on = threading.Event(), threading.Event()
        order = []

        def begin():
            begins.set()
            goes_on.wait()
            order.append("begun")
            return lambda: None

        def call(name):
            record_if_asked()
            order.append(name)

        monkeypatch.setattr(_live, "begin", begin)
        first, second = (threading.Thread(target=call, args=("over",)) for _ in range(2))
        first.start()
        begins.wait()
        second.start()
        goes_on.set()
        first.join()
        second.join()
        assert order == ["begun", "over", "over"]

    def test_what_is_wrong_is_logged_once(self, asking, monkeypatch, caplog):
        """
        An error of whatever kind is logged and does not reach the host.
        """

        def begin():
            raise ZeroDivisionError("of whatever kind")

        monkeypatch.setattr(_live, "begin", begin)
        with caplog.at_level(logging.INFO, "hookkit.recording"):
            record_if_asked()
            record_if_asked()
        assert caplog.messages == [
            "Nothing is recorded, although HOOKKIT_RECORD is set: ZeroDivisionError: of whatever kind."
        ]

    def test_a_fork_in_the_midst_of_it(self, asking, monkeypatch, caplog):
        """
        A child that was forked while another thread of its parent began does not wait for that, and says so.
        """

        def begin():
            asking.go_on_in_child()
            with caplog.at_level(logging.INFO, "hookkit.recording"):
                record_if_asked()
            return lambda: None

        monkeypatch.setattr(_live, "begin", begin)
        record_if_asked()
        reason = "This process was forked at the moment when its parent began to record."
        assert caplog.messages == [f"Nothing is recorded, although HOOKKIT_RECORD is set: {reason}"]

    def test_a_fork_when_it_is_over(self, asking, begun):
        """
        Once begun it is not begun anew in a child.
        """
        record_if_asked()
        asking.go_on_in_child()
        record_if_asked()
        assert begun == ["MainThread", "told"]

    def test_a_log_that_raises(self, asking, monkeypatch):
        """
        Nor does what the log raises.
        """

        def raises(*args):
            raise ZeroDivisionError

        monkeypatch.setattr(_live, "begin", raises)
        monkeypatch.setattr(logging.getLogger("hookkit.recording"), "error", raises)
        record_if_asked()
        assert asking.is_over
