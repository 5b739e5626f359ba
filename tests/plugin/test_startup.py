"""
Tests of what the plugin costs a run that uses none of it.
"""

import json
import os
import subprocess
import sys

RUN = """
import json, sys
import pytest
before = set(sys.modules)
assert pytest.main(sys.argv[1:]) == 0
print(json.dumps(sorted(set(sys.modules) - before)))
"""


def modules(folder, *args):
    """
    Give the modules that a run of an empty test brings in.
    """
    (folder / "test_empty.py").write_text("def test_nothing(): pass")
    environment = {**os.environ, "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1"}
    command = [sys.executable, "-c", RUN, "-p", "no:cacheprovider", *args, "test_empty.py"]
    done = subprocess.run(command, check=True, capture_output=True, text=True, cwd=folder, env=environment)
    return set(json.loads(done.stdout.splitlines()[-1]))


class TestStartUp:
    def test_a_run_that_uses_nothing_imports_next_to_nothing(self, tmp_path):
        """
        Beyond pytest's own, the plugin brings in three modules, and none of the runtime.
        """
        assert modules(tmp_path, "-p", "pytest_hookkit.plugin") - modules(tmp_path) == {
            "pytest_hookkit",
            "pytest_hookkit._warnings",
            "pytest_hookkit.plugin",
        }
