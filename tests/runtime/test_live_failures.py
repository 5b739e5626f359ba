"""
Recording running hosts: how large a recording becomes, and what goes wrong.
"""

import os
import sys
from itertools import pairwise

import pytest

from runtime.live_hosts import Lines

needs_fork = pytest.mark.skipif(not hasattr(os, "fork"), reason="there is no fork here")


class TestBounds:
    def test_no_file_is_larger_than_the_bound(self, hosts):
        """
        At ``HOOKKIT_RECORD_MAX_MB`` the next file begins, each a recording of its own; of many the newest are kept.
        """
        logged = hosts.run(
            "for number in range(300): create('ctx', f'vm-{number}')",
            HOOKKIT_RECORD_MAX_MB="0.02",
            HOOKKIT_RECORD_MAX_FILES="3",
        )
        files = hosts.files()
        assert all(path.stat().st_size <= 20_000 for path in files.values())
        recordings = [Lines(path) for path in files.values()]
        numbers = [recording.header["part"] for recording in recordings]
        assert len(numbers) == 3
        assert all(later == earlier + 1 for earlier, later in pairwise(numbers))
        assert list(files) == [f"calls.<pid>.{number}.jsonl" for number in numbers]
        assert logged[-1] == f"INFO The recording goes on in '<folder>/calls.<pid>.{numbers[-1]}.jsonl'."
        names = [call["arguments"]["name"] for recording in recordings for call in recording.calls]
        assert names == [f"vm-{number}" for number in range(300 - len(names), 300)]
        for recording in recordings:  # no call has events in two files
            assert {event["call"] for event in recording.events} == {call["seq"] for call in recording.calls}

    @pytest.mark.parametrize(
        ("variable", "value", "reason"),
        [
            ("MAX_MB", "many", "'many'; it must be a number of megabytes, 0.01 or more."),
            ("MAX_MB", "0", "'0'; it must be a number of megabytes, 0.01 or more."),
            ("MAX_MB", "nan", "'nan'; it must be a number of megabytes, 0.01 or more."),
            ("MAX_MB", "inf", "'inf'; it must be a number of megabytes, 0.01 or more."),
            ("MAX_FILES", "2.5", "'2.5'; it must be a number of files, 1 or more."),
        ],
    )
    def test_a_bound_that_is_none(self, hosts, variable, value, reason):
        """
        With a bound that it cannot be the host runs, nothing is recorded, and that is logged once.
        """
        name = f"HOOKKIT_RECORD_{variable}"
        logged = hosts.run("create('ctx', 'vm'); registry.reset(); create('ctx', 'vm')", **{name: value})
        assert logged == [f"ERROR Nothing is recorded, although HOOKKIT_RECORD is set: {name} is {reason}"]
        assert hosts.files() == {}


class TestFailures:
    def test_a_path_that_cannot_be_written(self, hosts):
        """
        Where no file can be made the host runs, and that is logged once.
        """
        logged = hosts.run("create('ctx', 'vm'); registry.reset(); create('ctx', 'vm')", HOOKKIT_RECORD="host.py/calls")
        (line,) = logged
        assert line == (
            "ERROR Nothing is recorded, although HOOKKIT_RECORD is set: Cannot write recording "
            "'<folder>/host.py/calls.jsonl': File exists. Name a file in a folder that can be written."
        )

    def test_a_path_that_is_none(self, hosts):
        """
        Where nobody knows what path is meant the host runs, and that is logged once.
        """
        (line,) = hosts.run("create('ctx', 'vm')", HOOKKIT_RECORD="~nobody-of-this-name/calls.jsonl")
        reason = "RuntimeError: Could not determine home directory."
        assert line == f"ERROR Nothing is recorded, although HOOKKIT_RECORD is set: {reason}"

    @pytest.mark.skipif(sys.platform == "win32", reason="there are no such limits")
    def test_a_full_disk(self, hosts):
        """
        When no more can be written the host goes on unwatched, that is logged once, and what is there is whole.
        """
        logged = hosts.run(
            """
            import resource
            usual = resource.getrlimit(resource.RLIMIT_FSIZE)
            resource.setrlimit(resource.RLIMIT_FSIZE, (10_000, usual[1]))
            for number in range(100):
                create("ctx", f"vm-{number}")
            resource.setrlimit(resource.RLIMIT_FSIZE, usual)
            from hookkit._watching import EVERYWHERE
            assert not EVERYWHERE.current
            """
        )
        assert logged[1:] == [
            "ERROR Cannot go on with recording '<folder>/calls.<pid>.jsonl': File too large. It ends here."
        ]
        (path,) = hosts.files().values()
        assert 9_000 < path.stat().st_size <= 10_000
        assert len(Lines(path).calls) > 5

    @needs_fork
    def test_children_of_a_host_whose_disk_is_full(self, hosts):
        """
        They record nothing either.
        """
        hosts.run(
            """
            import resource
            usual = resource.getrlimit(resource.RLIMIT_FSIZE)
            resource.setrlimit(resource.RLIMIT_FSIZE, (1000, usual[1]))
            create("ctx", "x" * 1000)
            resource.setrlimit(resource.RLIMIT_FSIZE, usual)
            child = os.fork()
            create("ctx", "vm")
            child and os.waitpid(child, 0)
            """
        )
        assert len(hosts.files()) == 1

    def test_a_host_that_closes_all_files(self, hosts):
        """
        A host that closes what it did not open, and opens files of its own, has nothing written into those.
        """
        logged = hosts.run(
            """
            create("ctx", "before")
            os.closerange(3, 100)
            mine = [os.open(f"mine{number}", os.O_CREAT | os.O_RDWR) for number in range(10)]
            create("ctx", "after")
            create("ctx", "after")
            assert all(os.fstat(descriptor).st_size == 0 for descriptor in mine)
            """
        )
        (line,) = logged[1:]
        reason = "The file was closed by the host"
        assert line == f"ERROR Cannot go on with recording '<folder>/calls.<pid>.jsonl': {reason}. It ends here."
        assert [call["arguments"]["name"] for call in hosts.recording().calls] == ["before"]

    def test_hostile_values(self, hosts):
        """
        Values whose own code raises, or that hold themselves, are described or left out, and the host has its result.
        """
        logged = hosts.run(
            """
            class Hostile(Exception):
                def __raise(self, *args):
                    raise SystemExit("hostile")

                __getattr__ = __repr__ = __str__ = __eq__ = __hash__ = __len__ = __iter__ = __bool__ = __raise
                __reduce__ = __reduce_ex__ = __copy__ = __deepcopy__ = __format__ = __raise

            cycle = []
            cycle.append(cycle)
            deep = []
            for _ in range(100_000):
                deep = [deep]
            for value in (Hostile(), [Hostile()], cycle, deep, 10**10_000, "\\ud800", float("nan")):
                assert create("ctx", "vm", metadata={"value": value}) == "VM"
            create("ctx", "last")
            while deep:
                deep = deep.pop()
            """
        )
        recording = hosts.recording()
        assert not [line for line in logged if line.startswith("ERROR")]
        assert recording.calls[-1]["arguments"]["name"] == "last"
        assert len(recording.calls) >= 6
