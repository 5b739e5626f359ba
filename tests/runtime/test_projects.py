"""
Tests for `hookkit.testing.FakeEntryPoints.add_project`.
"""

import importlib
import importlib.metadata
import re
import sys

import pytest

from hookkit.discovery import EntryPoint, entry_points
from hookkit.exceptions import InvalidValueError
from hookkit.testing import FakeEntryPoints

PYPROJECT = """
[project]
name = "Demo-Hooks"
version = "1.5"
dependencies = ["nova>=21"]

[project.entry-points."test.projects"]
create = "demo_hooks.simple:Create"
delete = "demo_hooks.simple:Delete"
"""

GROUP = "test.projects"


@pytest.fixture
def fakes():
    """
    Give fakes that end with the test.
    """
    with FakeEntryPoints() as fakes:
        yield fakes


@pytest.fixture
def project(tmp_path):
    """
    Give a function that writes files into a new folder and gives that folder.
    """

    def write(files):
        folder = tmp_path / "project"
        for name, text in files.items():
            file = folder / name
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(text)
        return folder

    return write


@pytest.fixture(autouse=True)
def nothing_is_left():
    """
    Fail where a project stays on sys.path or in sys.modules.
    """
    path, modules = list(sys.path), set(sys.modules)
    yield
    assert sys.path == path
    assert {name for name in set(sys.modules) - modules if name.startswith(("demo", "company"))} == set()


def package(folder=""):
    return {
        f"{folder}demo_hooks/__init__.py": "",
        f"{folder}demo_hooks/simple.py": "class Create: pass\nclass Delete: pass\n",
    }


def found():
    return [(entry_point.name, entry_point.value) for entry_point in entry_points(GROUP)]


class TestReading:
    def test_pyproject(self, fakes, project):
        """
        Entry points, name, version and requirements are those of pyproject.toml.
        """
        fakes.add_project(project({"pyproject.toml": PYPROJECT, **package()}))

        assert entry_points(GROUP) == (
            EntryPoint(GROUP, "create", "demo_hooks.simple:Create", "Demo-Hooks", "1.5"),
            EntryPoint(GROUP, "delete", "demo_hooks.simple:Delete", "Demo-Hooks", "1.5"),
        )
        assert importlib.metadata.version("demo-hooks") == "1.5"
        assert importlib.metadata.requires("demo-hooks") == ["nova>=21"]

    def test_scripts_are_there_and_hide_none(self, fakes, project):
        """
        Scripts are entry points, too; those of other distributions stay.
        """
        scripts = '[project.scripts]\ndemo = "demo_hooks.simple:Create"\n'
        scripts += '[project.gui-scripts]\ngui-demo = "demo_hooks.simple:Create"\n'
        before = {entry_point.name for entry_point in entry_points("console_scripts")}

        fakes.add_project(project({"pyproject.toml": PYPROJECT + scripts, **package()}))

        assert {entry_point.name for entry_point in entry_points("console_scripts")} == before | {"demo"}
        assert "gui-demo" in {entry_point.name for entry_point in entry_points("gui_scripts")}

    def test_what_is_installed_in_its_groups_is_hidden(self, fakes, project, tmp_path, monkeypatch):
        """
        A project isolates its groups, unless it is told not to.
        """
        info = tmp_path / "site" / "installed-1.dist-info"
        info.mkdir(parents=True)
        (info / "METADATA").write_text("Name: installed\nVersion: 1\n")
        (info / "entry_points.txt").write_text(f"[{GROUP}]\nreal = m:a\n")
        monkeypatch.syspath_prepend(info.parent)
        folder = project({"pyproject.toml": PYPROJECT, **package()})

        handle = fakes.add_project(folder)
        assert [name for name, _ in found()] == ["create", "delete"]
        handle.remove()
        fakes.add_project(folder, isolate=False)
        assert [name for name, _ in found()] == ["create", "delete", "real"]
        monkeypatch.undo()

    @pytest.mark.parametrize(
        "pyproject",
        [PYPROJECT.replace('version = "1.5"', 'dynamic = ["version"]'), PYPROJECT.replace('version = "1.5"', "")],
        ids=["dynamic", "missing"],
    )
    def test_a_computed_version_is_zero(self, fakes, project, pyproject):
        """
        A version that is computed at build time is "0".
        """
        fakes.add_project(project({"pyproject.toml": pyproject, **package()}))

        assert importlib.metadata.version("demo-hooks") == "0"

    @pytest.mark.parametrize("section", ["options.entry_points", "entry_points"], ids=["setuptools", "pbr"])
    def test_setup_cfg(self, fakes, project, section):
        """
        Entry points in setup.cfg are read, in the sections of setuptools and of pbr.
        """
        setup = f"""
[metadata]
name = demo-hooks
version = 2.0
description-file: README

[options]
install_requires =
    nova>=21
    attrs; python_version < "4"

[{section}]
{GROUP} =
    # the first
    create = demo_hooks.simple:Create
    Delete=demo_hooks.simple:Delete
"""
        fakes.add_project(str(project({"setup.cfg": setup, **package()})))

        assert found() == [("create", "demo_hooks.simple:Create"), ("Delete", "demo_hooks.simple:Delete")]
        assert importlib.metadata.version("demo-hooks") == "2.0"
        assert importlib.metadata.requires("demo-hooks") == ["nova>=21", 'attrs; python_version < "4"']

    def test_both_files_together(self, fakes, project):
        """
        What pyproject.toml leaves open, setup.cfg tells; what both say, pyproject.toml decides.
        """
        setup = f"""
[metadata]
name = other-name
version = attr: demo_hooks.__version__

[options]
install_requires = file: requirements.txt

[options.entry_points]
{GROUP} =
    create = demo_hooks.simple:Other
    resize = demo_hooks.simple:Create
"""
        pyproject = PYPROJECT.replace('version = "1.5"', 'dynamic = ["version", "entry-points"]')
        fakes.add_project(project({"pyproject.toml": pyproject, "setup.cfg": setup, **package()}))

        assert found() == [
            ("create", "demo_hooks.simple:Create"),
            ("delete", "demo_hooks.simple:Delete"),
            ("resize", "demo_hooks.simple:Create"),
        ]
        assert importlib.metadata.version("demo-hooks") == "0"
        assert importlib.metadata.requires("demo-hooks") == ["nova>=21"]

    def test_a_pyproject_without_a_project_table_leaves_it_to_setup_cfg(self, fakes, project):
        """
        A pyproject.toml that only configures tools is no hindrance.
        """
        setup = f"[metadata]\nname = demo\n[entry_points]\n{GROUP} =\n    create = collections:Counter\n"
        fakes.add_project(project({"pyproject.toml": "[tool.x]\n", "setup.cfg": setup}))

        assert found() == [("create", "collections:Counter")]
        assert importlib.metadata.version("demo") == "0"


class TestImporting:
    @pytest.mark.parametrize("folder", ["", "src/", "lib/"], ids=["flat", "src", "other"])
    def test_its_modules_can_be_imported_until_the_end(self, project, folder):
        """
        Hooks load from the flat layout, from src/ and from another subfolder, and are forgotten afterwards.
        """
        with FakeEntryPoints() as fakes:
            fakes.add_project(project({"pyproject.toml": PYPROJECT, **package(folder)}))
            create = entry_points(GROUP)[0].load()
            assert create.__name__ == "Create"
            assert [fake.is_loaded for fake in fakes.fakes] == [True, False]
            assert "demo_hooks.simple" in sys.modules

        with pytest.raises(ModuleNotFoundError):
            importlib.import_module("demo_hooks")

    def test_a_changed_copy_is_imported_anew(self, project):
        """
        The next use of the same names imports what is there then.
        """
        classes = []
        for _ in range(2):
            with FakeEntryPoints() as fakes:
                fakes.add_project(project({"pyproject.toml": PYPROJECT, **package()}))
                classes.append(entry_points(GROUP)[0].load())

        assert classes[0] is not classes[1]

    def test_a_single_module_is_enough(self, fakes, project):
        """
        A project may be one module.
        """
        pyproject = PYPROJECT.replace("demo_hooks.simple", "demo_single")
        fakes.add_project(project({"pyproject.toml": pyproject, "demo_single.py": "class Create: pass"}))

        assert entry_points(GROUP)[0].load().__module__ == "demo_single"

    def test_a_namespace_package_gets_its_attribute_taken_away(self, project, tmp_path, monkeypatch):
        """
        Of a namespace package that is shared, only the project's part is forgotten.
        """
        (tmp_path / "site" / "company").mkdir(parents=True)
        (tmp_path / "site" / "company" / "other.py").write_text("")
        monkeypatch.syspath_prepend(tmp_path / "site")
        importlib.import_module("company.other")
        pyproject = PYPROJECT.replace("demo_hooks.simple", "company.hooks")
        files = {"pyproject.toml": pyproject, "src/company/hooks.py": "class Create: pass"}

        with FakeEntryPoints() as fakes:
            fakes.add_project(project(files))
            entry_points(GROUP)[0].load()
            assert sys.modules["company"].hooks is sys.modules["company.hooks"]

        assert not hasattr(sys.modules["company"], "hooks")
        assert sys.modules["company"].other is sys.modules.pop("company.other")
        del sys.modules["company"]
        monkeypatch.undo()

    def test_a_namespace_package_of_its_own_is_forgotten(self, project):
        """
        A namespace package that only the project has goes with it; what has no place at all is left alone.
        """
        pyproject = PYPROJECT.replace("demo_hooks.simple", "company.hooks")
        files = {"pyproject.toml": pyproject, "src/company/hooks.py": "class Create: pass"}

        with FakeEntryPoints() as fakes:
            fakes.add_project(project(files))
            entry_points(GROUP)[0].load()
            sys.modules["no_module"] = None

        assert "company" not in sys.modules
        assert sys.modules.pop("no_module") is None

    def test_what_was_imported_before_stays(self, project, monkeypatch):
        """
        Modules that the test itself imported from the project, before, are not forgotten.
        """
        folder = project({"pyproject.toml": PYPROJECT, **package()})
        monkeypatch.syspath_prepend(folder)
        before = importlib.import_module("demo_hooks")

        with FakeEntryPoints() as fakes:
            fakes.add_project(folder)
            # Somebody has put sys.path back already.
            sys.path[:] = [entry for entry in sys.path if entry != str(folder)]

        assert sys.modules.pop("demo_hooks") is before
        monkeypatch.undo()

    def test_a_missing_module_in_its_package_fails_when_it_is_loaded(self, fakes, project):
        """
        A project whose entry points name a module that is not there can be added, as it could be installed.
        """
        fakes.add_project(project({"pyproject.toml": PYPROJECT, "demo_hooks/__init__.py": ""}))

        with pytest.raises(ImportError, match=re.escape("there is no module 'demo_hooks.simple'.")):
            entry_points(GROUP)[0].load()

    def test_modules_may_be_installed(self, fakes, project, monkeypatch):
        """
        A target in another distribution, or in a module without a specification, needs no folder.
        """
        monkeypatch.setitem(sys.modules, "unspecified", type(sys)("unspecified"))
        pyproject = PYPROJECT.replace("demo_hooks.simple:Create", "collections:Counter")
        pyproject = pyproject.replace("demo_hooks.simple", "unspecified")
        path = list(sys.path)

        fakes.add_project(project({"pyproject.toml": pyproject}))

        assert sys.path == path


class TestErrors:
    def refused(self, fakes, folder):
        """
        Give the reason for which a project is refused; all around it is the same each time.
        """
        with pytest.raises(InvalidValueError) as raised:
            fakes.add_project(folder)
        assert fakes.fakes == ()
        before = f"Cannot add project {str(folder)!r}: "
        after = f" Put that right, or install it instead: pip install -e {folder}"
        text = str(raised.value)
        assert (text[: len(before)], text[-len(after) :]) == (before, after)
        return text[len(before) : -len(after)]

    def test_no_folder(self, fakes, tmp_path):
        """
        A path that is no folder is refused.
        """
        with pytest.raises(InvalidValueError) as raised:
            fakes.add_project(tmp_path / "nowhere")

        path = str(tmp_path / "nowhere")
        assert str(raised.value) == f"Cannot add project {path!r}: {path} is not a folder."

    @pytest.mark.parametrize(
        "files",
        [{"README": ""}, {"setup.py": ""}, {"pyproject.toml": "[project]\nname = 'demo'", "setup.cfg": "[x]\n"}],
        ids=["nothing", "setup.py", "none-declared"],
    )
    def test_no_entry_points(self, fakes, project, files):
        """
        A project without entry points that can be read is refused; the error says where they were looked for.
        """
        assert self.refused(fakes, project(files)) == (
            "it declares no entry points where they were looked for: [project.entry-points] in pyproject.toml, "
            "[options.entry_points] and [entry_points] in setup.cfg."
        )

    def test_no_name(self, fakes, project):
        """
        A project without a name is refused.
        """
        pyproject = PYPROJECT.replace('name = "Demo-Hooks"', "")

        assert self.refused(fakes, project({"pyproject.toml": pyproject})) == (
            "it has no name where that was looked for: [project] in pyproject.toml, [metadata] in setup.cfg."
        )

    def test_entry_points_that_a_build_computes(self, fakes, project):
        """
        A project that leaves its entry points to the build is refused, also if its scripts can be read.
        """
        pyproject = '[project]\nname = "demo"\ndynamic = ["entry-points"]\n[project.scripts]\ndemo = "m:main"\n'

        assert self.refused(fakes, project({"pyproject.toml": pyproject})) == (
            "it declares no entry points where they were looked for: [project.entry-points] in pyproject.toml, "
            "[options.entry_points] and [entry_points] in setup.cfg."
        )

    @pytest.mark.parametrize("name", ["pyproject.toml", "setup.cfg"])
    def test_a_file_that_cannot_be_opened(self, fakes, project, name):
        """
        What is in the place of a file and is none is said.
        """
        folder = project({f"{name}/x": ""})

        assert self.refused(fakes, folder).startswith(f"its {name} cannot be read: [Errno ")

    def test_no_module(self, fakes, project):
        """
        A project whose package is not in any of the places is refused.
        """
        files = {"pyproject.toml": PYPROJECT, **package("deep/down/"), **package("build/")}

        assert self.refused(fakes, project(files)) == (
            "there is no module 'demo_hooks.simple' in its folder, in src/ or in another of its subfolders."
        )

    @pytest.mark.parametrize(
        ("pyproject", "reason"),
        [
            ("[project", "its pyproject.toml cannot be read: Expected ']' at the end of a table declaration (at "),
            ("project = 3", "its pyproject.toml has 3 where the table of 'project' is looked for."),
            (
                "[project]\nentry-points.g = 'x'",
                "its pyproject.toml has 'x' where the table of 'g' is looked for.",
            ),
            (
                "[project.entry-points.g]\nname = 'a b'",
                "its pyproject.toml gives 'name' of 'g' as 'a b', which is not 'package.module:attribute'.",
            ),
            (
                "[project.entry-points.g]\nname = 3",
                "its pyproject.toml gives 'name' of 'g' as 3, which is not 'package.module:attribute'.",
            ),
            (
                "[project]\ndependencies = 'nova'",
                "its pyproject.toml has 'nova' where the list of 'dependencies' is looked for.",
            ),
            (
                "project.name = 'a b'\nproject.entry-points.g.x = 'sys'",
                "A distribution cannot be called 'a b': names have letters, digits, and '.', '-' or '_' inside.",
            ),
            (
                "project.name = 'a'\nproject.version = 1.0\nproject.entry-points.g.x = 'sys'",
                "The version must be a string, got 1.0.",
            ),
            (
                "project.name = 'a'\nproject.dependencies = [\"a\\nb\"]\nproject.entry-points.g.x = 'sys'",
                "The requirement must be one line of text without spaces around it, got 'a\\nb'.",
            ),
            (
                "project.entry-points.'[g]'.x = 'sys'",
                "A group cannot be called '[g]': names of groups have no brackets around them.",
            ),
            (
                "project.entry-points.g.'x=y' = 'sys'",
                "An entry point cannot be called 'x=y': names have no '=', and do not start with '#', ';' or '['.",
            ),
        ],
        ids=[
            "syntax",
            "no-table",
            "no-group",
            "no-reference",
            "no-string",
            "no-list",
            "name",
            "version",
            "requirement",
            "group",
            "entry-point",
        ],
    )
    def test_a_broken_pyproject(self, fakes, project, pyproject, reason):
        """
        What is wrong in a pyproject.toml is said.
        """
        assert self.refused(fakes, project({"pyproject.toml": pyproject})).startswith(reason)

    @pytest.mark.parametrize(
        ("setup", "reason"),
        [
            ("name = x", "its setup.cfg cannot be read: File contains no section headers."),
            (
                "[entry_points]\ng =\n    no equals sign",
                "its setup.cfg gives 'no equals sign' of 'g' as '', which is not 'package.module:attribute'.",
            ),
        ],
        ids=["syntax", "no-reference"],
    )
    def test_a_broken_setup_cfg(self, fakes, project, setup, reason):
        """
        What is wrong in a setup.cfg is said.
        """
        assert self.refused(fakes, project({"setup.cfg": setup})).startswith(reason)

    def test_another_copy_is_imported(self, fakes, project, tmp_path, monkeypatch):
        """
        A project is refused while its package is imported from elsewhere: that would be tested in its stead.
        """
        other = tmp_path / "other"
        (other / "demo_hooks").mkdir(parents=True)
        (other / "demo_hooks" / "__init__.py").write_text("")
        monkeypatch.syspath_prepend(other)
        importlib.import_module("demo_hooks")
        folder = project({"pyproject.toml": PYPROJECT, **package()})

        with pytest.raises(InvalidValueError) as raised:
            fakes.add_project(folder)

        assert str(raised.value) == (
            f"Cannot add project {str(folder)!r}: its module 'demo_hooks' has been imported from "
            f"{other / 'demo_hooks' / '__init__.py'}, and would be taken from there. "
            f"Import it from {folder} only, or after add_project()."
        )
        del sys.modules["demo_hooks"]
        monkeypatch.undo()
