"""
The catalogue of real hosts.
"""

import pytest

from hookkit.contracts import catalogue, hosts
from hookkit.exceptions import ContractError


class TestCatalogue:
    def test_gives_the_latest_release(self):
        """
        Without a release it is the latest, and all releases are listed still.
        """
        nova, manila = catalogue("nova"), catalogue("manila")

        assert (nova.release, manila.release) == ("21.0.0", "HEAD")
        assert (nova.releases[0], manila.releases[0]) == ("2013.1", "a0e07a77d")
        assert [point.kind for point in nova.points] == ["named"] * 4
        assert {(point.kind, point.group) for point in manila.points} == {("driver", None)}

    def test_is_read_once(self):
        """
        Two askers share what was read.
        """
        assert catalogue("nova").history is catalogue("nova", release="juno").history

    def test_lists_the_hosts(self):
        """
        An unknown host is an error that lists those that there are.
        """
        assert hosts() == ("manila", "nova")
        with pytest.raises(ContractError) as caught:
            catalogue("nove")

        assert str(caught.value) == (
            "The catalogue has no host 'nove'. Did you mean 'nova'? "
            "It has 'manila' and 'nova'; for another one, load its contract with load(path)."
        )

    @pytest.mark.parametrize(
        ("host", "release", "count"),
        [
            ("nova", "grizzly", 2),
            ("nova", "icehouse", 2),
            ("nova", "juno", 3),
            ("nova", "kilo", 4),
            ("nova", "ussuri", 4),
            ("manila", "a0e07a77d", 13),
            ("manila", "1.0.0", 13),
            ("manila", "2.0.0", 21),
            ("manila", "4.0.0", 21),
            ("manila", "8.0.0", 23),
            ("manila", "11.0.0", 29),
            ("manila", "22.0.0", 29),
            ("manila", "HEAD", 29),
        ],
    )
    def test_knows_how_many_points_a_release_has(self, host, release, count):
        """
        Each release has as many hook points as were counted in its sources, each name once.
        """
        names = [point.name for point in catalogue(host, release).points]

        assert len(set(names)) == len(names) == count

    @pytest.mark.parametrize("host", hosts())
    def test_leaves_no_gap_between_periods(self, host):
        """
        From its first release to its last, a point has one signature in each release.
        """
        contract = catalogue(host)
        for name in {point.name for point in contract.history}:
            having = [tag for tag in contract.releases if name in [point.name for point in contract.at(tag).points]]
            first, last = contract.releases.index(having[0]), contract.releases.index(having[-1])
            assert tuple(having) == contract.releases[first : last + 1]

    def test_tells_which_releases_have_a_point(self):
        """
        The releases of a hook point are those that it can be asked for in, whatever release is at hand.
        """
        nova = catalogue("nova", release="juno")

        assert nova.releases_of("build_instance") == nova.releases[nova.releases.index("2015.1.0") :]
        for name in {point.name for point in nova.history}:
            assert [nova.at(tag).point(name).name for tag in nova.releases_of(name)]
        assert catalogue("manila").releases_of("allow_access") == ("a0e07a77d", "1.0.0", "2.0.0", "3.0.0")
        with pytest.raises(ContractError) as caught:
            nova.releases_of("build_instances")
        assert str(caught.value) == (
            "No release of 'nova' has a hook point 'build_instances'. Did you mean 'build_instance'?"
        )

    def test_has_all_periods(self):
        """
        Nova has 4 points in 20 signature periods, Manila 49 entries of which 29 are live.
        """
        nova, manila = catalogue("nova").history, catalogue("manila").history

        assert (len(nova), len({point.name for point in nova})) == (20, 4)
        assert (len(manila), sum(point.facts["live_at_head"] is True for point in manila)) == (49, 29)

    @pytest.mark.parametrize("host", hosts())
    def test_names_functions_by_the_facts(self, host):
        """
        A point's function is the one that its file, class and name lead to.
        """
        for point in catalogue(host).history:
            module, _, qualname = point.function.partition(":")
            owner = "".join(f"{name}." for name in [point.facts["class"]] if name)
            assert point.facts["file"] == f"{module.replace('.', '/')}.py"
            assert qualname.startswith(owner)
