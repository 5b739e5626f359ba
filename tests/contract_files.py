"""
The JSON of small contracts, and files that hold it.
"""

import json


def contract_of(*points, releases=()):
    """
    Give the JSON of a contract.
    """
    return {"contract": 1, "host": "host", "releases": list(releases), "points": list(points)}


def point_of(**changes):
    """
    Give the JSON of a hook point, changed in the keys that matter to the test.
    """
    return {
        "name": "create",
        "group": "host.hooks",
        "function": "host.api:create",
        "signature": "(context, name)",
        "kind": "named",
        "is_async": False,
        "first": None,
        "last": None,
        **changes,
    }


def write_contract(folder, raw):
    """
    Write the JSON of a contract to a file in *folder*; return its path.
    """
    path = folder / "contract.json"
    path.write_text(json.dumps(raw))
    return path
