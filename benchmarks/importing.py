"""
What importing hookkit costs; `import_time` measures more of it.
"""

from collections.abc import Iterator

import import_time
from measuring import Figure


def beyond_a_bare_interpreter(seconds: float) -> Iterator[Figure]:
    """
    Measure time and modules of ``import hookkit``, and of what a host needs to declare its points.
    """
    figures = import_time.measure(max(10, int(15 * seconds)))
    for statement in ("import hookkit", "from hookkit import get_registry"):
        for what, name, goal, unit in (("time", "beyond_bare_ms", 5, "ms"), ("modules", "modules", 15, "")):
            peers = {peer: figures[f"import {peer}, to compare"][name] for peer in ("blinker", "pluggy")}
            measure = f"{statement}: {what} beyond a bare interpreter"
            yield Figure(measure, figures[statement][name], goal, peers, unit)


MEASURES = (beyond_a_bare_interpreter,)
