"""
Where fresh processes find the hookkit that is measured: a copy of the one that this process imports.
"""

import compileall
import shutil
from pathlib import Path

import hookkit


def install_hookkit(folder: Path) -> None:
    """
    Copy the package into *folder* and compile it, as installing it does.

    What is installed in the environment may be another one, or be found through a finder that takes its own time.
    """
    copy = folder / "hookkit"
    shutil.copytree(Path(hookkit.__file__).parent, copy, ignore=shutil.ignore_patterns("__pycache__"))
    compileall.compile_dir(copy, quiet=1)
