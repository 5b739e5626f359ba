"""
Tests of what importing hookkit brings along.
"""

import json
import subprocess
import sys

import pytest

HEAVY = {
    "asyncio",
    "collections",
    "contextvars",
    "dataclasses",
    "enum",
    "functools",
    "importlib.metadata",
    "importlib_metadata",
    "inspect",
    "logging",
    "pytest",
    "re",
    "threading",
    "typing",
}
MOST_MODULES = 15


def imported_by(statement):
    """
    Give the modules that a statement brings into an interpreter that has imported nothing but what it starts with.
    """
    script = (
        "import sys\n"
        "bare = set(sys.modules)\n"
        f"{statement}\n"
        "brought = sorted(set(sys.modules) - bare)\n"
        "import json\n"
        "print(json.dumps(brought))\n"
    )
    # Without coverage and without what else the environment starts in each interpreter: only the path is handed on.
    command = [sys.executable, "-I", "-c", f"import sys; sys.path[:] = {sys.path!r}\n{script}"]
    done = subprocess.run(command, capture_output=True, text=True, check=True, env={})
    return set(json.loads(done.stdout))


@pytest.mark.parametrize(
    "statement",
    [
        "import hookkit",
        "from hookkit import get_registry",
        "from hookkit import add_hook, observe, reset, FatalHookException, Replace",
        "import hookkit; hookkit.get_registry('group').register('point', type('H', (), {'pre': lambda self: 1}))",
    ],
)
class TestLightness:
    def test_nothing_heavy(self, statement):
        """
        Importing hookkit's core, and registering a hook, imports nothing heavy of the standard library and no pytest.
        """
        assert imported_by(statement) & HEAVY == set()

    def test_few_modules(self, statement):
        """
        It brings at most fifteen modules, hookkit's own included.
        """
        assert len(imported_by(statement)) <= MOST_MODULES


class TestFirstCall:
    def test_nothing_heavy(self):
        """
        The first call of a hooked function, which looks for hooks, brings at most fifteen modules, and nothing heavy.
        """
        brought = imported_by("import hookkit\n@hookkit.add_hook('point')\ndef host(): pass\nhost()")

        assert brought & HEAVY == set()
        assert len(brought) <= MOST_MODULES


class TestLaziness:
    def test_the_package_alone(self):
        """
        ``import hookkit`` imports no other module of hookkit.
        """
        assert imported_by("import hookkit") == {"hookkit"}

    def test_watching_is_imported_when_somebody_watches(self):
        """
        Observers may come before what tells them is imported.
        """
        assert "hookkit._events" not in imported_by("import hookkit; hookkit.observe(print)")


class TestRecording:
    def test_what_only_records_does_not_wait_for_what_explains_and_reads(self):
        """
        A recorder and its writer bring nothing that compares, explains, decodes or reads recordings.
        """
        brought = imported_by("from hookkit.recording import BoardWriter, Recorder, RecordingWriter")
        explaining = {"_alignment", "_headlines", "_outline", "_patterns", "_sequences", "_table", "_watched_objects"}
        reading = {"_decoding", "_lines", "_loaded", "_reading", "_stand_in_classes"}

        assert brought & {f"hookkit.recording.{name}" for name in explaining | reading} == set()

    def test_what_puts_recordings_together_records_nothing(self):
        """
        The controller of pytest-xdist brings five modules of `hookkit.recording` that all have a part in it.
        """
        brought = imported_by("from hookkit.recording import RecordingLines, begin_recording, take_from_board")

        assert {name for name in brought if name.startswith("hookkit.")} == {
            "hookkit.exceptions",
            "hookkit.recording",
            "hookkit.recording._format",
            "hookkit.recording._header",
            "hookkit.recording._left_behind",
            "hookkit.recording._lines",
        }

    def test_the_first_line_needs_no_parser(self, tmp_path):
        """
        The version of hookkit is found without one of e-mails, which takes longer to import than all else takes.
        """
        brought = imported_by(
            "import pathlib; from hookkit.recording import begin_recording; "
            f"begin_recording(pathlib.Path({str(tmp_path / 'recording.jsonl')!r}), {{}})"
        )

        assert "importlib.metadata" in brought
        assert "email.parser" not in brought
