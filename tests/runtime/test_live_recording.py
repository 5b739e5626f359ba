"""
Recording running hosts: what is recorded, in which processes, and how it ends.
"""

import os
import re
import sys
import time

import pytest

from runtime.live_hosts import IMPORTS_WARN, Lines, phases

needs_fork = pytest.mark.skipif(not hasattr(os, "fork"), reason="there is no fork here")


class TestWhatIsRecorded:
    def test_nothing_without_the_variable(self, hosts):
        """
        A host without ``HOOKKIT_RECORD``, or with an empty one, writes and logs nothing, and imports no recorder.
        """
        body = "create('ctx', 'vm'); assert 'hookkit.recording' not in sys.modules"
        assert hosts.run(body, HOOKKIT_RECORD="") == []
        assert hosts.files() == {}

    def test_named_hooks_from_their_first_call_on(self, hosts):
        """
        The very call that loads the first hooks is in the file, whose name has the process id, and the log says where.
        """
        logged = hosts.run("create('ctx', 'vm', metadata={}, admin_password='hunter2')")
        assert logged == ["INFO Recording hook calls to '<folder>/calls.<pid>.jsonl', as HOOKKIT_RECORD says."]
        assert hosts.files().keys() == {"calls.<pid>.jsonl"}
        recording = hosts.recording()
        (call,) = recording.calls
        arguments = {"context": "ctx", "name": "vm", "metadata": {}, "admin_password": "***"}
        assert (call["arguments"], call["result"]) == (arguments, "VM")
        assert phases(recording) == [("create", "pre"), ("create", "body")]
        assert recording.header["part"] == 1

    def test_hooks_that_are_installed(self, hosts):
        """
        A hook that an entry point names is recorded with its distribution.
        """
        info = hosts.folder / "audit-1.0.dist-info"
        info.mkdir()
        (info / "METADATA").write_text("Metadata-Version: 2.1\nName: audit\nVersion: 1.0\n")
        (info / "entry_points.txt").write_text("[other.hooks]\nstop = audit:Audit\n")
        (hosts.folder / "audit.py").write_text("class Audit:\n    def pre(self): ...\n")
        hosts.run("sys.path.append('.'); get_registry('other.hooks').add_hook('stop')(lambda: None)()")
        assert hosts.recording().events[0]["hook"] == {
            "class": "audit:Audit",
            "entry_point": "stop = audit:Audit",
            "distribution": "audit",
            "version": "1.0",
        }

    def test_calls_of_points_without_hooks(self, hosts):
        """
        Where no hook is found the calls are there all the same, so that one sees that none ran.
        """
        hosts.run("get_registry('other.hooks').add_hook('stop')(lambda: None)()")
        assert phases(hosts.recording()) == [("stop", "body")]

    @pytest.mark.parametrize(
        "made",
        ["load_hook_drivers({**ON, 'hook_drivers': [Notify]})", "[Notify(ON, 'alpha')]"],
        ids=["loaded", "made by hand"],
    )
    def test_driver_hooks_and_their_ticks(self, hosts, made):
        """
        Driver hooks are recorded, whether the configuration names them or the host makes them.
        """
        hosts.run(
            f"""
            ON = {{"enable_pre_hooks": True, "enable_post_hooks": True, "enable_periodic_hooks": True}}

            class Manager:
                def __init__(self):
                    self.hooks = {made}

                @add_hooks
                def extend(self, context, size):
                    return size

            manager = Manager()
            manager.extend("ctx", 3)
            PeriodicHooks(manager.hooks).tick()
            """
        )
        assert phases(hosts.recording()) == [
            ("extend", "pre"),
            ("extend", "body"),
            ("extend", "post"),
            ("periodic", "periodic"),
        ]

    def test_other_driver_hooks_that_are_loaded(self, hosts):
        """
        A driver hook that has another base than hookkit's is recorded once it is loaded.
        """
        hosts.run(
            """
            class Other:
                def __init__(self, configuration, host): ...
                def execute_pre_hook(self, context, func_name): ...

            class Manager:
                hooks = load_hook_drivers({"hook_drivers": [Other]})
                stop = add_hooks(func_name="stop")(lambda self, context: None)

            Manager().stop("ctx")
            """
        )
        assert phases(hosts.recording()) == [("stop", "pre"), ("stop", "body")]

    @pytest.mark.parametrize("hooks", ["[Audit()]", "registry.point('create')"], ids=["objects", "a hook point"])
    def test_periodic_hooks_from_their_first_tick_on(self, hosts, hooks):
        """
        The first tick of a schedule is in the file.
        """
        hosts.run(f"PeriodicHooks({hooks}, lambda context: [1, 2]).tick()")
        (event,) = hosts.recording().events
        assert (event["phase"], event["returned"]) == ("periodic", 2)

    def test_asyncio(self, hosts):
        """
        Calls in tasks name their task and the call in whose course they were made.
        """
        hosts.run(
            """
            async def main():
                await asyncio.gather(*(asyncio.create_task(acreate("ctx", f"vm{n}"), name=f"t{n}") for n in range(3)))

            asyncio.run(main())
            """
        )
        calls = {call["arguments"]["name"]: call for call in hosts.recording().calls}
        for number in range(3):
            outer, inner = calls[f"vm{number}"], calls[f"vm{number}-inner"]
            assert inner["parent"] == outer["seq"]
            assert (inner["task"], outer["task"]) == (f"t{number}",) * 2

    def test_more_names_of_secrets(self, hosts):
        """
        ``HOOKKIT_RECORD_SECRETS`` adds names to those that are secret anyway.
        """
        hosts.run(
            "create('ctx', 'vm', user_data='a', Owner='b', token='c')", HOOKKIT_RECORD_SECRETS="user_data, owner,"
        )
        (call,) = hosts.recording().calls
        secrets = {"user_data": "***", "Owner": "***", "token": "***"}
        assert call["arguments"] == {"context": "ctx", "name": "vm", **secrets}


class TestProcesses:
    def test_threads(self, hosts):
        """
        All calls of all threads are there, with whole lines, each call with its own events.
        """
        hosts.run(
            """
            def work():
                for number in range(50):
                    create("ctx", threading.current_thread().name)

            threads = [threading.Thread(target=work, name=f"worker-{n}") for n in range(8)]
            for thread in threads:
                thread.start()
            for thread in threads:
                thread.join()
            """
        )
        recording = hosts.recording()
        threads = {call["seq"]: call["thread"] for call in recording.calls}
        assert sorted(threads.values()) == [f"worker-{n}" for n in range(8) for _ in range(50)]
        assert all(threads[event["call"]] == event["arguments"]["name"] for event in recording.events)
        assert len(recording.events) == 800

    def test_several_hosts_at_once(self, hosts):
        """
        Processes with the same path have a file each.
        """
        begun = [hosts.begin("for _ in range(20): create('ctx', 'vm')") for _ in range(4)]
        for host in begun:
            hosts.end(host)
        assert [len(recording.calls) for recording in hosts.recordings()] == [20] * 4
        assert {recording.header["pid"] for recording in hosts.recordings()} == {host.pid for host in begun}

    @pytest.mark.parametrize("method", ["spawn", pytest.param("fork", marks=needs_fork)])
    def test_multiprocessing(self, hosts, method):
        """
        Each process of a pool has a file of its own, whose first line has its id.
        """
        hosts.run(
            f"""
            import multiprocessing

            def work(number):
                create("ctx", f"child{{number}}")

            if __name__ == "__main__":
                create("ctx", "parent")
                context = multiprocessing.get_context("{method}")
                children = [context.Process(target=work, args=(n,)) for n in range(3)]
                for child in children:
                    child.start()
                for child in children:
                    child.join()
                create("ctx", "parent")
            """,
            **IMPORTS_WARN,
        )
        recordings = hosts.recordings()
        assert all(str(recording.header["pid"]) in recording.path.name for recording in recordings)
        names = sorted([call["arguments"]["name"] for call in recording.calls] for recording in recordings)
        assert names == [["child0"], ["child1"], ["child2"], ["parent", "parent"]]

    @needs_fork
    def test_a_call_that_forks_is_the_parents(self, hosts):
        """
        The child records what it begins itself, numbered from 1, and nothing of the call that it was forked in.
        """
        hosts.run(
            """
            @registry.add_hook("serve")
            def serve():
                child = os.fork()
                create("ctx", "parent" if child else "child")
                if child:
                    os.waitpid(child, 0)

            serve()
            """
        )
        parent, child = sorted(hosts.recordings(), key=lambda recording: len(recording.calls), reverse=True)
        assert [(call["point"], call["seq"]) for call in parent.calls] == [("serve", 1), ("create", 2)]
        (call,) = child.calls
        assert (call["arguments"]["name"], call["seq"], "parent" in call) == ("child", 1, False)
        assert [event["seq"] for event in child.events] == [1, 2]

    @needs_fork
    def test_forking_while_threads_record(self, hosts):
        """
        Whatever locks other threads hold at the moment of a fork, the child records and ends, and no file is torn.
        """
        hosts.run(
            """
            is_over = False

            def work():
                while not is_over:
                    create("ctx", "thread", metadata={"numbers": list(range(100))})

            threads = [threading.Thread(target=work) for _ in range(3)]
            create("ctx", "thread")
            for thread in threads:
                thread.start()
            for number in range(12):
                child = os.fork()
                if not child:
                    create("ctx", f"child{number}")
                    os._exit(0)
                os.waitpid(child, 0)
            is_over = True
            for thread in threads:
                thread.join()
            """,
            is_measured=False,
            **IMPORTS_WARN,
        )
        names = [{call["arguments"]["name"] for call in recording.calls} for recording in hosts.recordings()]
        assert sorted(map(sorted, names)) == [[f"child{n}"] for n in (0, 1, 10, 11, *range(2, 10))] + [["thread"]]

    @needs_fork
    def test_a_child_that_calls_no_hook_writes_no_file(self, hosts):
        """
        A process has a file when it has something to write.
        """
        hosts.run("create('ctx', 'vm'); child = os.fork(); child and os.waitpid(child, 0)")
        assert len(hosts.recordings()) == 1

    @pytest.mark.skipif(sys.platform == "win32", reason="there is no such signal")
    def test_kill(self, hosts):
        """
        A host that is killed in the midst leaves all that was over.
        """
        host = hosts.begin("print('begun', flush=True)\nwhile True: create('ctx', 'vm', text='x' * 2000)")
        host.stdout.readline()
        while sum(path.stat().st_size for path in hosts.files().values()) < 100_000:
            time.sleep(0.01)
        host.kill()
        hosts.end(host)
        recording = hosts.recording()
        assert recording.path.stat().st_size > 100_000
        assert [event["seq"] for event in recording.events] == list(range(1, len(recording.events) + 1))
        assert len(recording.events) // 2 in (len(recording.calls), len(recording.calls) + 1)


class TestEnds:
    def test_what_is_under_way_at_the_end_is_unfinished(self, hosts):
        """
        A daemon thread that waits in a hook when the interpreter ends leaves that as unfinished, and no noise.
        """
        logged = hosts.run(
            """
            inside = threading.Event()

            class Waits:
                def pre(self):
                    inside.set()
                    threading.Event().wait()

            registry.register("wait", Waits)
            threading.Thread(target=registry.add_hook("wait")(lambda: None), daemon=True).start()
            inside.wait()
            """
        )
        assert len(logged) == 1
        recording = hosts.recording()
        assert [event["unfinished"] for event in recording.events] == [True]
        assert [call["unfinished"] for call in recording.calls] == [True]

    def test_daemon_threads_that_go_on(self, hosts):
        """
        Daemon threads that call hooks until the interpreter is gone are no trouble.
        """
        logged = hosts.run(
            """
            def work():
                while True:
                    create("ctx", "vm")

            for _ in range(3):
                threading.Thread(target=work, daemon=True).start()
            create("ctx", "vm")
            """,
            is_measured=False,
        )
        assert len(logged) == 1
        assert len(hosts.recording().calls) > 0

    def test_first_hooks_that_load_while_the_interpreter_ends(self, hosts):
        """
        A host that calls its first hook among the last things it does is recorded as well.
        """
        assert len(hosts.run("import atexit; atexit.register(create, 'ctx', 'vm')")) == 1
        assert len(hosts.recording().calls) == 1

    def test_hooks_that_are_called_after_the_end(self, hosts):
        """
        What is called when the interpreter has let go of nearly all is not recorded, and works as ever.
        """
        logged = hosts.run(
            """
            class Last:
                def __del__(self, create=create):
                    assert create("ctx", "last") == "LAST"

            create("ctx", "vm")
            sys.modules["last"] = Last()
            """
        )
        assert len(logged) == 1
        assert [call["arguments"]["name"] for call in hosts.recording().calls] == ["vm"]


class TestTogether:
    def test_with_pytest_and_a_recorder(self, pytester, monkeypatch):
        """
        ``pytest --hooks-record`` and recorders in tests hear what they hear without it.
        """
        monkeypatch.setenv("HOOKKIT_RECORD", "live/")
        pytester.makepyfile(
            """
            from hookkit import HookRegistry, Recorder

            def test_it(hook_recorder):
                registry = HookRegistry("host.hooks")
                with Recorder() as recorder:
                    registry.add_hook("stop")(lambda: None)()
                assert [event.phase for event in recorder.events] == ["body"]
                assert [event.phase for event in hook_recorder.events] == ["body"]
            """
        )
        result = pytester.runpytest_subprocess(
            "--hooks-record-to=run.jsonl", "-p", "no:asyncio", "-p", "no:hypothesispytest"
        )
        result.assert_outcomes(passed=1)
        (live,) = (pytester.path / "live").iterdir()
        assert re.fullmatch(r"recording\.\d+\.jsonl", live.name)
        assert phases(Lines(live)) == phases(Lines(pytester.path / "run.jsonl")) == [("stop", "body")]
