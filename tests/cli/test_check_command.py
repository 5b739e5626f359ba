"""
``hookkit check``.
"""

import itertools
import json
import re
import sys
from pathlib import Path

import pytest

from contract_files import contract_of, point_of, write_contract
from hookkit.contracts import PROBLEM_KINDS

EXAMPLES = Path(__file__).parents[2] / "examples"
HOOKS = """\
from hookkit import HookBase


class CreateHook:
    def pre(self, api, context, instance_type): ...

    def post(self, rv, *args, **kwargs):
        return {"made": rv}


class DeleteHook:
    def post(self, rv, *args, **kwargs): ...


class AccessNotifier(HookBase):
    def _execute_pre_hook(self, context, func_name, *args, **kwargs):
        if func_name == "allow_access":
            return kwargs

    def _execute_post_hook(self, context, func_name, pre_hook_data, driver_action_results, *args, **kwargs): ...

    def _execute_periodic_hook(self, context, periodic_hook_data, *args, **kwargs): ...


exec("class Generated:\\n    def pre(self, *args, **kwargs): ...")
"""


@pytest.fixture(autouse=True)
def module(tmp_path):
    """
    Write the module of the hooks, which is forgotten after the test.
    """
    (tmp_path / "checked_hooks.py").write_text(HOOKS)
    yield
    sys.modules.pop("checked_hooks", None)


@pytest.fixture
def installed(fakes):
    """
    Install the hooks of Nova's hook points.
    """
    hooks = {"create_instance": "checked_hooks:CreateHook", "delete_instance": "checked_hooks:DeleteHook"}
    fakes.add_distribution("demo", "1.0", {"nova.hooks": hooks})


@pytest.mark.usefixtures("installed")
class TestNamedHooks:
    def test_problems(self, run):
        """
        The problems of a hook stand below it, with file and line; the last line counts them.
        """
        done = run("check", "--group", "nova.hooks", "--release", "kilo")

        assert (done.code, done.err) == (1, "")
        assert done.out.splitlines() == [
            "checked_hooks:CreateHook on create_instance",
            "  pre() takes 3 arguments; create_instance is called with up to 28   checked_hooks.py:5",
            (
                "  post() returns a dict, which is ignored; return hookkit.Replace(...) to replace the result   "
                "checked_hooks.py:8"
            ),
            "2 problems in 1 of 2 hooks, checked against nova 2015.1.0 (Kilo)",
        ]

    def test_json(self, run, tmp_path):
        """
        For programs the same is JSON, with whole paths.
        """
        done = run("check", "--group", "nova.hooks", "--json")

        raw = json.loads(done.out)
        assert (raw["host"], raw["release"], raw["problems"], len(raw["hooks"])) == ("nova", "21.0.0", 2, 2)
        assert raw["hooks"][1] == {
            "hook": "checked_hooks:DeleteHook",
            "point": "delete_instance",
            "distribution": "demo",
            "version": "1.0",
            "problems": [],
            "notes": [],
        }
        assert raw["hooks"][0]["problems"][1] == {
            "kind": "ignored-result",
            "message": "post() returns a dict, which is ignored; return hookkit.Replace(...) to replace the result",
            "file": str(tmp_path / "checked_hooks.py"),
            "line": 8,
        }

    def test_the_contract_of_another_host(self, run, fakes, tmp_path):
        """
        For a host that the catalogue does not have, the contract is a file.
        """
        fakes.add("host.hooks", "create", "checked_hooks:Generated")
        write_contract(tmp_path, contract_of(point_of()))

        done = run("check", "--group", "host.hooks", "--contract", "contract.json")

        assert done.code == 0
        assert done.out.splitlines() == [
            "checked_hooks:Generated on create",
            "  not checked: pre() has no source that can be read, so what it does with its arguments was not looked at",
            "1 hook, no problems, checked against the contract of host",
        ]

    def test_no_hook(self, run, fakes):
        """
        That there is nothing to check is no success.
        """
        fakes.isolate("nova.hooks")
        fakes.hide("demo")

        done = run("check", "--group", "nova.hooks")

        assert (done.code, done.out) == (1, "No hooks of group 'nova.hooks' are installed.\n")

    @pytest.mark.parametrize(
        ("options", "message"),
        [
            (
                ["--group", "nova.hoks"],
                (
                    "The catalogue ('manila' and 'nova') has no hook points of group 'nova.hoks'. Did you mean "
                    "'nova.hooks'? Give the contract of its host with --contract FILE; "
                    "'hookkit contract export MODULE -o FILE' writes it."
                ),
            ),
            (
                ["--group", "other", "--host", "nova"],
                "The contract of 'nova' has no hook points of group 'other'. It has those of 'nova.hooks'.",
            ),
            (
                ["--driver", "a:B", "--host", "nova"],
                "The contract of 'nova' has no hook points of driver hooks. It has those of 'nova.hooks'.",
            ),
            (
                ["--group", "nova.hooks", "--host", "manila"],
                "The contract of 'manila' has no hook points of group 'nova.hooks'. It has those of driver hooks.",
            ),
            (
                ["--driver", "a:B"],
                (
                    "Of which host are the driver hooks? Say --host with one of the catalogue's ('manila' and 'nova'), "
                    "or --contract FILE."
                ),
            ),
            (
                ["--group", "nova.hooks", "--contract", "no.json"],
                "Cannot read contract 'no.json': No such file or directory.",
            ),
        ],
    )
    def test_what_cannot_be_checked(self, run, options, message):
        """
        Without a contract that has to do with the hooks nothing can be checked.
        """
        done = run("check", *options)

        assert (done.code, done.out, done.err) == (2, "", f"hookkit: {message}\n")


class TestDriverHooks:
    def test_a_renamed_hook_point(self, run):
        """
        A driver hook that waits for a name which is called no more is told what is.
        """
        done = run("check", "--driver", "checked_hooks:AccessNotifier", "--host", "manila")

        assert done.code == 1
        assert done.out.splitlines() == [
            "checked_hooks:AccessNotifier (driver hook)",
            "  waits for func_name 'allow_access', not called since 4.0.0; 'update_access' is   checked_hooks.py:17",
            "1 problem in 1 of 1 hook, checked against manila HEAD",
        ]

    def test_ones_that_do_not_load(self, run):
        """
        A class that cannot be had is a problem; the others are checked.
        """
        paths = ("checked_hooks.AccessNotifier", "checked_hooks:Notifier", "no.such:Class")

        done = run("check", *(part for path in paths for part in ("--driver", path)), "--host", "manila", "--json")

        raw = json.loads(done.out)
        assert [(hook["hook"], hook["point"], len(hook["problems"])) for hook in raw["hooks"]] == [
            (path, None, 1) for path in paths
        ]
        assert raw["hooks"][2]["problems"] == [
            {
                "kind": "not-loadable",
                "message": "cannot be loaded: ModuleNotFoundError: No module named 'no'",
                "file": None,
                "line": None,
            }
        ]
        assert raw["hooks"][1]["problems"][0]["message"].endswith(
            " has no attribute 'Notifier', only the hook classes 'AccessNotifier'. "
            "Write it as 'package.module:ClassName' or 'package.module.ClassName'"
        )

    def test_without_place(self, run):
        """
        A problem whose file is not known stands without one.
        """
        done = run("check", "--driver", "no.such:Class", "--host", "manila")

        assert done.out.splitlines()[1] == "  cannot be loaded: ModuleNotFoundError: No module named 'no'"

    def test_a_project_that_declares_nothing(self, run, tmp_path):
        """
        The package of a driver hook need not declare anything; a folder that is not there is an error.
        """
        (tmp_path / "project" / "src").mkdir(parents=True)
        (tmp_path / "project" / "src" / "checked_elsewhere.py").write_text(HOOKS)
        before = list(sys.path)
        options = ("check", "--driver", "checked_elsewhere:AccessNotifier", "--host", "manila", "--project")

        assert run(*options, "project").out.splitlines()[1].endswith("   project/src/checked_elsewhere.py:17")
        assert sys.path == before
        del sys.modules["checked_elsewhere"]
        assert run(*options, "other").err == (
            "hookkit: There is no folder 'other'. Name the one that has the hook package's source tree.\n"
        )


class TestTheExamples:
    @pytest.mark.parametrize("release", ["kilo", "pike", "ussuri"])
    @pytest.mark.parametrize("package", ["demo_hooks", "join_hooks", "network_hooks"])
    def test_named_hooks(self, run, package, release):
        """
        The examples' hooks have no problems.
        """
        done = run("check", "--group", "nova.hooks", "--project", str(EXAMPLES / package), "--release", release)

        assert (done.code, "no problems" in done.out) == (0, True)

    @pytest.mark.parametrize("release", ["ocata", "22.0.0", "HEAD"])
    @pytest.mark.parametrize("path", ["demo_hooks.notify:ShareNotifier", "share_hooks.hooks:AccessNotifier"])
    def test_driver_hooks(self, run, path, release):
        """
        The examples' driver hooks have no problems, either.
        """
        project = str(EXAMPLES / path.partition(".")[0])

        done = run("check", "--driver", path, "--host", "manila", "--project", project, "--release", release)
        for name in [name for name in sys.modules if name.partition(".")[0] in ("demo_hooks", "share_hooks")]:
            del sys.modules[name]

        assert (done.code, "no problems" in done.out) == (0, True)


class TestTheDocs:
    def test_each_kind_has_an_example(self):
        """
        The table of the docs has each kind, with a message that the commands below it print.
        """
        page = (EXAMPLES.parent / "docs" / "reference" / "command-line.md").read_text(encoding="utf-8")
        table, _, below = page.partition("### Problems\n")[2].partition("\n```console\n")
        messages = dict(re.findall(r"^\| `([\w-]+)` \| .* \| `(.+)` \|$", table, re.MULTILINE))
        printed = [line.strip().partition("   ")[0] for line in below.partition("\n```\n")[0].splitlines()]

        assert tuple(messages) == PROBLEM_KINDS
        assert set(messages.values()) <= set(printed)


class TestProgress:
    def test_how_many_were_checked(self, run, monkeypatch):
        """
        On a terminal, work that lasts over a second says how far it has come, and takes that away.
        """
        moments = itertools.count(step=2)
        monkeypatch.setattr("hookkit._cli._progress.time.monotonic", lambda: next(moments))
        monkeypatch.setattr(sys.stderr, "isatty", lambda: True, raising=False)

        done = run("check", "--driver", "checked_hooks:AccessNotifier", "--driver", "no.such:Class", "--host", "manila")

        assert done.err == "\rchecking: 0 %\rchecking: 50 %\r              \r"
        assert done.out.splitlines()[-1] == "2 problems in 2 of 2 hooks, checked against manila HEAD"
