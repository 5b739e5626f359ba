"""
The shipped contracts hold every fact of the survey that they were made from.

The survey read the hosts' sources and had one row per signature period.
``catalogue_rows.txt`` has a checksum of each row; here the rows are put together again from the contracts.
"""

import hashlib
import json
from collections.abc import Mapping
from pathlib import Path

import pytest

from hookkit.contracts import catalogue, parse_signature

SURVEY_KINDS = {"nova": "named-hook", "manila": "add_hooks"}
BACKGROUND = {
    ("nova", "background"): ("nova-out-of-tree", "patched-in named hook"),
    ("manila", "interfaces"): ("manila", "hook-interface"),
    ("manila", "periodic"): ("manila", "periodic"),
    ("manila", "driver_callbacks"): ("manila", "driver-callback"),
}
EXPECTED = dict(
    line.split("  ", 1)[::-1] for line in (Path(__file__).parent / "catalogue_rows.txt").read_text().splitlines()
)


def rows():
    """
    Give the rows of the survey, as the contracts tell them, by title.
    """
    for host, kind in SURVEY_KINDS.items():
        for point in catalogue(host).history:
            yield f"{host} {point.name} {point.first}", survey_row(host, kind, point)
    for (host, key), (project, kind) in BACKGROUND.items():
        for index, facts in enumerate(catalogue(host).facts[key]):
            yield f"{host} {key} {index} {facts['name']}", background_row(project, kind, facts)
    for option in catalogue("manila").facts["options"]:
        yield f"manila option {option['name']}", thawed(option)
    yield "manila documentation", thawed(catalogue("manila").facts["documentation"])


def survey_row(host, kind, point):
    """
    Put the row of a hook point together.
    """
    facts = thawed(point.facts)
    owner = facts.pop("class")
    row = facts | {
        "project": host,
        "kind": kind,
        "hook_point": point.name,
        "cls": owner,
        "function": point.function.rpartition(":")[2].rpartition(".")[2],
        "signature": str(point.signature),
        "first_tag": point.first,
        "last_tag": point.last,
    }
    if host == "nova":
        contract = catalogue(host)
        row["first_release"] = contract.release_names[point.first]
        after_release = "" if point.last in contract.releases else " last"
        row["last_release"] = contract.release_names[contract.at(point.last).release] + after_release
    return row


def background_row(project, kind, facts):
    """
    Put the row of something that is no hook point of the host together.
    """
    renamed = {"name": "hook_point", "class": "cls", "first": "first_tag", "last": "last_tag"}
    row = {renamed.get(key, key): value for key, value in thawed(facts).items()}
    return row | {"project": project, "kind": kind, "function": facts["function"].rpartition(".")[2]}


def thawed(value):
    """
    Give facts as JSON would.
    """
    if isinstance(value, Mapping):
        return {key: thawed(item) for key, item in value.items()}
    return [thawed(item) for item in value] if isinstance(value, tuple) else value


def checksum(row):
    """
    Give the checksum of a row.
    """
    return hashlib.sha256(json.dumps(row, sort_keys=True).encode()).hexdigest()[:16]


@pytest.fixture(name="rows", scope="module")
def fixture_rows():
    """
    Give the rows by their title.
    """
    return dict(rows())


@pytest.mark.parametrize("title", EXPECTED)
def test_every_row_is_as_it_was_surveyed(title, rows):
    """
    A row that is put together from the contracts has the checksum of the surveyed one.
    """
    assert checksum(rows[title]) == EXPECTED[title]


def test_no_row_was_added(rows):
    """
    The contracts have the rows of the survey and no others.
    """
    assert rows.keys() == EXPECTED.keys()


def test_background_signatures_can_be_read():
    """
    The signatures of interfaces and out-of-tree points are signatures too, and print as they stand.
    """
    for host, key in BACKGROUND:
        for facts in catalogue(host).facts[key]:
            assert str(parse_signature(facts["signature"])) == facts["signature"]
