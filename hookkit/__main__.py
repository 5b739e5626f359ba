"""
``python -m hookkit``: the command line.
"""

import sys

from hookkit._cli import main

if __name__ == "__main__":
    sys.exit(main())
