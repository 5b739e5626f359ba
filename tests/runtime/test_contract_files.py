"""
Contracts read from files, and files that are none.
"""

import functools

import pytest

from contract_files import contract_of, point_of, write_contract
from hookkit.contracts import Contract, ContractPoint, load, parse_signature
from hookkit.exceptions import ContractError

EXAMPLE = "Write it as in a def, for example '(context, name, metadata=None)'."


@pytest.fixture
def write(tmp_path):
    """
    Write a contract to a file and give its path.
    """
    return functools.partial(write_contract, tmp_path)


class TestLoad:
    def test_reads_a_contract(self, write):
        """
        What the file says is there, and what goes beyond the format is among the facts.
        """
        path = write(
            {
                **contract_of(point_of(line=3, seen=["x"]), releases=["1.0"]),
                "release_names": {"1.0": "First"},
                "source": {"tag": "1.0"},
            }
        )

        contract = load(path)

        assert contract == Contract(
            host="host",
            releases=("1.0",),
            points=contract.points,
            history=contract.points,
            release_names={"1.0": "First"},
        )
        assert contract.release_names == {"1.0": "First"}
        assert contract.facts["source"]["tag"] == "1.0"
        assert contract.point("create") == ContractPoint(
            name="create",
            group="host.hooks",
            function="host.api:create",
            signature=parse_signature("(context, name)"),
            kind="named",
            is_async=False,
            first=None,
            last=None,
        )
        assert contract.point("create").facts == {"line": 3, "seen": ("x",)}

    def test_names_a_file_that_is_not_there(self, tmp_path):
        """
        A missing file is a ContractError that names it.
        """
        path = tmp_path / "no.json"

        assert_refused(path, f"Cannot read contract {str(path)!r}: No such file or directory.")

    @pytest.mark.parametrize(
        ("content", "reason"),
        [
            (b'{"contract": \xff}', "byte 13 is not UTF-8."),
            (b'{"contract": 1\n2}', "line 2, column 1 is not JSON: Expecting ',' delimiter."),
            (b"[" * 100_000, "it is nested too deeply, or has a number too long to read."),
            (b"9" * 5000, "it is nested too deeply, or has a number too long to read."),
        ],
        ids=["not UTF-8", "not JSON", "too deep", "too long a number"],
    )
    def test_says_where_a_file_is_not_json(self, tmp_path, content, reason):
        """
        A file that is no JSON is a ContractError that says where.
        """
        path = tmp_path / "c.json"
        path.write_bytes(content)

        assert_refused(str(path), f"Cannot read contract {str(path)!r}: {reason}")

    @pytest.mark.parametrize(
        ("changes", "reason"),
        [
            ({"contract": "1"}, 'contract is "1"; it must be the number of the format\'s version, 1.'),
            ({"contract": True}, "contract is true; it must be the number of the format's version, 1."),
            (
                {"contract": 2},
                (
                    "it has version 2, and this hookkit reads version 1. "
                    "Use the hookkit that wrote it, or write it anew with this one."
                ),
            ),
            ({"host": ""}, 'host is ""; it must be a text that is not empty.'),
            ({"host": 5}, "host is 5; it must be a text that is not empty."),
            ({"releases": "1.0"}, 'releases is "1.0"; it must be a list.'),
            ({"releases": ["1.0", 2.0]}, "releases[1] is 2.0; it must be a text that is not empty."),
            ({"release_names": []}, "release_names is []; it must be an object."),
            (
                {"release_names": {"9": "First"}},
                "release_names.9 is \"First\"; it must be the name of a tag that is in 'releases'.",
            ),
            (
                {"releases": ["9"], "release_names": {"9": None}},
                "release_names.9 is null; it must be a text that is not empty.",
            ),
            ({"points": {}}, "points is {}; it must be a list."),
            ({"points": ["create"]}, 'points[0] is "create"; it must be an object.'),
            ({"points": ["x" * 70]}, f'points[0] is "{"x" * 59}...; it must be an object.'),
        ],
    )
    def test_names_what_is_wrong_with_a_key(self, write, changes, reason):
        """
        A wrong value is a ContractError that names file, key, what was found, and what is accepted.
        """
        path = write(contract_of() | changes)

        assert_refused(path, f"Cannot read contract {str(path)!r}: {reason}")

    @pytest.mark.parametrize(
        ("changes", "reason"),
        [
            ({"name": None}, "points[0].name is null; it must be a text that is not empty."),
            ({"group": None}, "points[0].group is null; it must be a text that is not empty."),
            (
                {"kind": "driver"},
                'points[0].group is "host.hooks"; it must be null, since driver hooks have no group.',
            ),
            ({"kind": "other"}, "points[0].kind is \"other\"; it must be 'named' or 'driver'."),
            ({"is_async": 0}, "points[0].is_async is 0; it must be true or false."),
            (
                {"first": "3.0"},
                "points[0].first is \"3.0\"; it must be null or a tag of a release that is in 'releases'.",
            ),
            ({"last": 2}, "points[0].last is 2; it must be null or a tag of a release that is in 'releases'."),
            (
                {"signature": "context"},
                (
                    "points[0].signature is wrong. Cannot read the signature 'context': it does not begin with '('. "
                    f"{EXAMPLE}\n  context\n  ^"
                ),
            ),
        ],
    )
    def test_names_what_is_wrong_with_a_point(self, write, changes, reason):
        """
        A wrong value in a point is named with the point's place.
        """
        path = write(contract_of(point_of(**changes), releases=["1.0"]))

        assert_refused(path, f"Cannot read contract {str(path)!r}: {reason}")

    def test_lists_the_keys_when_one_is_missing(self, write):
        """
        A missing key is a ContractError that offers the closest that is there and lists all that must be.
        """
        point = point_of()
        point["is_asink"] = point.pop("is_async")
        path = write(contract_of(point))

        assert_refused(
            path,
            f"Cannot read contract {str(path)!r}: points[0] has no 'is_async'. Did you mean 'is_asink'? It must have "
            "'name', 'group', 'function', 'signature', 'kind', 'is_async', 'first', 'last'.",
        )

    def test_refuses_what_is_no_contract_at_all(self, write):
        """
        JSON of another kind is named as such.
        """
        path = write([])

        assert_refused(path, f"Cannot read contract {str(path)!r}: the contract is []; it must be an object.")


def assert_refused(path, message):
    """
    Check the whole message with which a contract is refused.
    """
    with pytest.raises(ContractError) as caught:
        load(path)
    assert str(caught.value) == message
