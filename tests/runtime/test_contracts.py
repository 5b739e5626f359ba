"""
Contracts: their releases and their points.
"""

import functools
import re

import pytest

from contract_files import contract_of, point_of, write_contract
from hookkit.contracts import catalogue, load
from hookkit.exceptions import ContractError

NOVA_RELEASES = (
    "2013.1 (Grizzly), 2013.2 (Havana), 2014.1 (Icehouse), 2014.2 (Juno), 2015.1.0 (Kilo), 12.0.0 (Liberty), "
    "13.0.0 (Mitaka), 14.0.0 (Newton), 15.0.0 (Ocata), 16.0.0 (Pike), 17.0.0 (Queens), 18.0.0 (Rocky), "
    "19.0.0 (Stein), 20.0.0 (Train), 21.0.0 (Ussuri)"
)


@pytest.fixture
def write(tmp_path):
    """
    Write a contract to a file and give its path.
    """
    return functools.partial(write_contract, tmp_path)


class TestContractPoint:
    def test_prints_as_it_is_written_in_the_host(self):
        """
        The text of a point is its name and its signature.
        """
        point = catalogue("nova", release="21.0.0").point("delete_instance")

        assert str(point) == "delete_instance(self, context, instance, bdms)"

    def test_cannot_be_changed(self):
        """
        The facts of a shipped point are the same for everyone in the process.
        """
        point = catalogue("nova", release="21.0.0").point("create_instance")

        with pytest.raises(TypeError):
            point.facts["line"] = 0
        assert isinstance(point.facts["changed_by"], tuple)


class TestContract:
    @pytest.mark.parametrize(
        ("asked", "found"),
        [
            ("2014.2", "2014.2"),
            ("Juno", "2014.2"),
            (" juno ", "2014.2"),
            ("2014.1.3", "2014.1"),
            ("2015.1", "2015.1.0"),
            ("2015.1.4", "2015.1.0"),
            ("13", "13.0.0"),
            ("13.1.4", "13.0.0"),
            ("13.0.0.1", "13.0.0"),
            ("20.6.1", "20.0.0"),
        ],
    )
    def test_at_finds_a_release(self, asked, found):
        """
        A release is found by its tag, by its code name in any case, and by a tag that follows it.
        """
        assert catalogue("nova").at(asked).release == found

    @pytest.mark.parametrize(
        ("asked", "found"),
        [("2023.1", "16.0.0"), ("2023.1 Antelope", "16.0.0"), ("antelope", "16.0.0"), ("head", "HEAD")],
    )
    def test_at_finds_a_release_by_either_part_of_its_name(self, asked, found):
        """
        Where the code name has two parts, each finds the release.
        """
        assert catalogue("manila").at(asked).release == found

    @pytest.mark.parametrize(
        ("asked", "question"),
        [
            ("22.0.0", " Did you mean '21.0.0'?"),
            ("Grizly", " Did you mean 'Grizzly'?"),
            ("2014", " Did you mean '2014.2'?"),
            ("12.0.0rc1", " Did you mean '12.0.0'?"),
            ("", ""),
        ],
    )
    def test_at_lists_the_releases_when_there_is_no_such(self, asked, question):
        """
        An unknown release is an error that offers the closest and lists all.
        """
        with pytest.raises(ContractError) as caught:
            catalogue("nova").at(asked)

        assert str(caught.value) == (
            f"'nova' has no release {asked!r}.{question} Use a tag or a code name of: {NOVA_RELEASES}."
        )

    def test_at_does_not_guess_between_releases(self, write):
        """
        A tag that could follow several listed ones is unknown, and one that follows a single one is that.
        """
        contract = load(write(contract_of(point_of(), releases=["1.0", "1.1", "2.0.0"])))

        assert contract.at("1.1.7").release == "1.1"
        assert contract.at("1.0.7").release == "1.0"
        assert contract.at("2.5").release == "2.0.0"
        with pytest.raises(
            ContractError, match=re.escape("'host' has no release '1.7'. Did you mean '1.1'? Use a tag or a code name")
        ):
            contract.at("1.7")

    def test_at_knows_of_no_release_where_the_contract_lists_none(self, write):
        """
        A contract without releases says so.
        """
        with pytest.raises(ContractError, match=r"^'host' has no release '1.0': its contract lists none\.$"):
            load(write(contract_of(point_of()))).at("1.0")

    def test_at_goes_on_from_a_restricted_contract(self):
        """
        Restricting a restricted contract starts from the whole.
        """
        juno = catalogue("nova", release="juno")

        assert juno.at("grizzly").at("juno") == juno
        assert len(juno.history) == 20

    def test_at_leaves_out_what_is_not_there_yet_or_no_more(self, write):
        """
        A point belongs to a release from its first tag to its last one; null means from the beginning, or still.
        """
        contract = load(
            write(
                contract_of(
                    point_of(name="always"),
                    point_of(name="early", last="1.2.3"),
                    point_of(name="late", first="2.0.0"),
                    point_of(name="middle", first="2.0.0", last="2.0.0"),
                    releases=["1.0.0", "2.0.0", "3.0.0"],
                )
            )
        )

        names = {tag: [point.name for point in contract.at(tag).points] for tag in contract.releases}
        assert names == {
            "1.0.0": ["always", "early"],
            "2.0.0": ["always", "late", "middle"],
            "3.0.0": ["always", "late"],
        }

    def test_point_gives_the_latest_period_of_a_whole_contract(self, write):
        """
        Where no release is chosen, a point is the one of the latest period.
        """
        points = [point_of(signature="(a)", last="1.0.0"), point_of(signature="(a, b)", first="2.0.0")]
        contract = load(write(contract_of(*points, releases=["1.0.0", "2.0.0"])))

        assert str(contract.point("create")) == "create(a, b)"
        assert str(contract.at("1.0.0").point("create")) == "create(a)"

    def test_point_asks_which_of_several_functions_is_meant(self, write):
        """
        A name that several functions of one release share is ambiguous.
        """
        contract = load(write(contract_of(point_of(function="api:one"), point_of(function="api:two"))))

        with pytest.raises(ContractError) as caught:
            contract.point("create")

        assert str(caught.value) == (
            "'host' has several hook points 'create': 'api:one' and 'api:two'. Choose one from 'points'."
        )

    def test_point_offers_the_closest_name(self):
        """
        An unknown name is an error that offers the closest and lists all of that release.
        """
        with pytest.raises(ContractError) as caught:
            catalogue("nova", release="juno").point("create_instanc")

        assert str(caught.value) == (
            "'nova' 2014.2 has no hook point 'create_instanc'. Did you mean 'create_instance'? "
            "It has 'create_instance', 'delete_instance', 'instance_network_info'."
        )

    def test_point_says_which_releases_have_it(self):
        """
        A name that other releases have is an error that names those.
        """
        with pytest.raises(ContractError, match=r"^'manila' HEAD has no hook point 'allow_access'; ") as caught:
            catalogue("manila").point("allow_access")

        assert "; releases a0e07a77d to 3.0.0 have it. It has 'create_replicated_snapshot', " in str(caught.value)

    def test_point_names_open_ends(self, write):
        """
        A point without first and last tag has always been there, and restricting cannot lose it.
        """
        contract = load(write(contract_of(point_of(last="1.0"), releases=["1.0", "2.0"])))

        with pytest.raises(ContractError) as caught:
            contract.at("2.0").point("create")

        assert str(caught.value) == (
            "'host' 2.0 has no hook point 'create'; releases the beginning to 1.0 have it. It has none."
        )
