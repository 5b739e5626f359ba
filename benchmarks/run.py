"""
Measure what hookkit costs, as ratios to what it is compared with in the same run.

Each ratio is one of least times: all that is compared takes turns, so that a busy moment of the machine hits all alike.
"""

import argparse
import json
from collections.abc import Callable, Iterator

import calls
import drivers
import finding
import importing
import live
import plugin_startup
import recorded
import ticker
import unwatched
import xdist_run
from measuring import HEADING, Figure

PARTS = (calls, drivers, finding, importing, live, plugin_startup, recorded, ticker, unwatched, xdist_run)
MODULES = {module.__name__: module for module in PARTS}


def measures(only: list[str]) -> Iterator[Callable[[float], Iterator[Figure]]]:
    """
    Give what there is to measure, or of it what *only* names.
    """
    for name, module in MODULES.items():
        for measure in module.MEASURES:
            if not only or name in only or measure.__name__ in only:
                yield measure


def main() -> None:
    """
    Measure, and print the figures as a table or as JSON.
    """
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("only", nargs="*", help=f"what to measure: {', '.join(MODULES)}, or a function there")
    parser.add_argument("--seconds", type=float, default=2.0, help="how long each measure takes turns (default: 2)")
    parser.add_argument("--json", action="store_true", help="print JSON for programs")
    options = parser.parse_args()
    figures = []
    if not options.json:
        print(HEADING)
    for measure in measures(options.only):
        for figure in measure(options.seconds):
            figures.append(figure)
            if not options.json:
                print(figure.row(), flush=True)
    if options.json:
        print(json.dumps([figure.as_json() for figure in figures], indent=2))


if __name__ == "__main__":
    main()
