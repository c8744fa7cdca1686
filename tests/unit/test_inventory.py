"""What is installed, and what is missing, of what runtimes' files name."""

from __future__ import annotations

from pathlib import Path

import pytest

from executor.inventory import Machine
from executor.runtime import Runtimes
from tests.unit.toolchains import Place


@pytest.fixture
def place(tmp_path: Path) -> Place:
    return Place(tmp_path)


@pytest.fixture(scope="module")
def debian() -> frozenset[str]:
    installed = Machine(Runtimes([])).debian
    if installed is None:
        pytest.skip("this is no Debian")
    return installed


def test_debians_packages_are_known_with_what_they_provide(debian: frozenset[str]) -> None:
    assert {"dash", "dpkg", "libc-dev"} <= debian, "libc-dev is provided by libc6-dev"
    assert "no-such-package" not in debian


def test_only_what_is_not_there_is_missing(place: Place, debian: frozenset[str]) -> None:
    place.runtime("a", "[install]\napt = ['dash', 'no-such-package', 'no-such-package', 'nor-such-one']")
    plan = place.plan("a")
    assert plan.apt == {"a": ("no-such-package", "nor-such-one")}
    assert [(step.tool, step.what, step.parts) for step in plan.steps()] == [
        ("apt-get", ("no-such-package", "nor-such-one"), ("a",))
    ]


def test_a_package_is_not_needed_where_the_command_exists(place: Place, debian: frozenset[str]) -> None:
    place.runtime("a", "[install]\napt = [{ package = 'no-such-package', unless = 'sh' }]")
    place.runtime("b", "[install]\napt = [{ package = 'no-such-package', unless = 'no-such-command' }]")
    assert place.installed("a", "b") == [True, False]


def test_all_runtimes_share_one_call_of_apt_get(place: Place, debian: frozenset[str]) -> None:
    place.runtime("a", "[install]\napt = ['no-such-b', 'no-such-a']")
    place.runtime("b", "[install]\napt = ['no-such-c', 'no-such-a']\n[extras.x]\napt = ['no-such-d']")
    (step,) = place.plan("a", "b", "b/x").steps()
    assert step.what == ("no-such-a", "no-such-b", "no-such-c", "no-such-d")
    assert step.parts == ("a", "b", "b/x")


def test_what_npm_and_pip_need_themselves_need_not_be_said(place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    place.runtime("a", "[install]\nnpm = ['x']\npip = ['y']\n[env]\nPATH = '/nowhere'")
    (part,) = place.parts("a")
    machine = Machine(place.runtimes())
    machine.__dict__["debian"] = frozenset[str]()
    assert machine.lacks(part) == ("npm", "python3")


def test_packages_of_a_folder_are_told_together(place: Place) -> None:
    place.runtime("a", "[install]\nnpm = ['b@1', 'a']\n[extras.x]\nnpm = ['a', 'c']")
    (step, *_) = [step for step in place.plan("a", "a/x").steps() if step.tool == "npm"]
    assert (step.what, step.parts, step.folder) == (("a", "b@1", "c"), ("a", "a/x"), place.toolchains / "a")


def test_a_runtime_without_anything_to_install_is_installed(place: Place) -> None:
    place.runtime("a", "")
    assert place.installed("a") == [True]
    assert not place.plan("a")


def test_the_interpreter_of_pips_packages_is_the_one_that_programs_run_with(place: Place) -> None:
    runtimes = Runtimes.load()
    assert Machine(runtimes).python == Path(runtimes.get("python").resolve().run[0])
    assert Machine(place.runtimes()).python is not None


def test_shipped_runtimes_name_packages_in_a_way_that_tools_understand() -> None:
    for runtime in Runtimes.load():
        for install in (runtime.install, *runtime.extras.values()):
            names = [package.name for package in install.apt] + [*install.npm, *install.pip]
            assert all(name and not name.startswith("-") for name in names), runtime.id
            assert all(" " not in package.name for package in install.apt), runtime.id
            assert all(not Path(name).is_absolute() for name in install.files), runtime.id
