"""The distribution: what it exports, what it needs, what its wheel holds."""

from __future__ import annotations

import subprocess
import sys
import tomllib
from importlib.metadata import packages_distributions
from pathlib import Path
from zipfile import ZipFile

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

import text2sql
from tests.test_imports import files, imports
from text2sql import errors
from text2sql.extras import DISTRIBUTION, EXTRAS

ROOT = Path(__file__).parents[1]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]


# what it exports


def test_everything_exported_is_there() -> None:
    assert len(set(text2sql.__all__)) == len(text2sql.__all__)
    assert [name for name in text2sql.__all__ if not hasattr(text2sql, name)] == []
    assert {"Answer", "Catalog", "Database", "Failure", "QueryResult", "Schema", "Text2SQL"} | {
        *("__version__", "evaluate", "predict", "run_query")
    } <= set(text2sql.__all__)


def test_every_error_is_exported_and_drawn_in_the_tree() -> None:
    assert set(errors.__all__) <= set(text2sql.__all__)
    tree = (errors.__doc__ or "").split("\n\n")[1]
    drawn = [line.lstrip(" │├└─").split()[0] for line in tree.splitlines()]
    assert sorted(drawn) == sorted(errors.__all__)


def test_an_unknown_name_is_no_export() -> None:
    with pytest.raises(AttributeError, match="module 'text2sql' has no attribute 'Text2Sql'"):
        text2sql.Text2Sql  # noqa: B018


# what it needs


def needed(*extras: str) -> dict[str, Requirement]:
    """The core's requirements and those of extras, by canonical name."""
    lines = list(PROJECT["dependencies"])
    for extra in extras:
        lines += PROJECT["optional-dependencies"][extra]
    found = [Requirement(line) for line in lines]
    inner = [extra for r in found if r.name == PROJECT["name"] for extra in sorted(r.extras)]
    own = {canonicalize_name(r.name): r for r in found if r.name != PROJECT["name"]}
    return (needed(*inner) if inner else {}) | own


def read(file: str) -> dict[str, Requirement]:
    """The lines of a requirements file, by canonical name."""
    lines = (ROOT / file).read_text(encoding="utf-8").splitlines()
    found = [Requirement(line) for line in lines if line and not line.startswith("#")]
    return {canonicalize_name(requirement.name): requirement for requirement in found}


def test_requirements_txt_names_what_the_extra_all_does() -> None:
    assert sorted(read("requirements.txt")) == sorted(needed("all"))


@pytest.mark.parametrize("extra", ["all", "dev"])
def test_the_tested_versions_are_within_the_ranges(extra: str) -> None:
    tested = {
        name: next(iter(r.specifier)).version for name, r in read("requirements.lock").items()
    }
    ranges = [r for name, r in needed(extra).items() if name != "setuptools"]
    for requirement in [*ranges, *read("requirements.txt").values()]:
        assert requirement.specifier.contains(tested[canonicalize_name(requirement.name)])


def test_a_missing_module_is_led_to_the_extra_that_brings_it() -> None:
    assert PROJECT["name"] == DISTRIBUTION
    distributions = packages_distributions()
    for module, extra in EXTRAS.items():
        brought = set(needed(extra)) - set(needed())
        assert {canonicalize_name(name) for name in distributions[module]} & brought, module


def test_every_optional_package_that_is_imported_has_an_extra() -> None:
    optional = set(needed("all")) - set(needed())
    modules = {
        module
        for module, names in packages_distributions().items()
        if {canonicalize_name(name) for name in names} & optional and not module.startswith("_")
    }
    imported = {
        name.split(".")[0]
        for folder in ("text2sql", "train")
        for file in files(folder)
        for name in imports(file)
    }
    assert imported & modules == set(EXTRAS) & imported


# its wheel


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> ZipFile:
    """The wheel as `make wheel` builds it, without a network."""
    copy, out = tmp_path_factory.mktemp("source"), tmp_path_factory.mktemp("wheel")
    for name in ("text2sql", "train", "pyproject.toml", "README.md", "LICENSE"):
        (copy / name).symlink_to(ROOT / name)
    command = [sys.executable, "-m", "pip", "wheel", "--quiet", "--no-deps", "--no-index"]
    command += ["--no-build-isolation", "--wheel-dir", str(out), str(copy)]
    done = subprocess.run(command, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    return ZipFile(next(out.glob("*.whl")))


def test_the_wheel_holds_every_file_of_the_packages(wheel: ZipFile) -> None:
    written = {
        path.relative_to(ROOT).as_posix()
        for folder in ("text2sql", "train")
        for path in (ROOT / folder).rglob("*")
        if path.is_file() and "__pycache__" not in path.parts
    }
    notes = {name for name in written if name.startswith("train/") and name.endswith("README.md")}
    assert written - set(wheel.namelist()) == notes


def test_the_wheel_has_nothing_else_at_the_top(wheel: ZipFile) -> None:
    tops = {name.split("/")[0] for name in wheel.namelist()}
    assert tops == {"text2sql", "train", f"text2sql_workbench-{text2sql.__version__}.dist-info"}


def test_the_wheel_installs_the_command(wheel: ZipFile) -> None:
    info = f"text2sql_workbench-{text2sql.__version__}.dist-info"
    entry_points = wheel.read(f"{info}/entry_points.txt").decode()
    assert entry_points.split() == ["[console_scripts]", "text2sql", "=", "text2sql.cli:main"]
    assert b"Provides-Extra: page" in wheel.read(f"{info}/METADATA")


# its releases


def test_the_newest_release_in_the_changelog_is_this_version() -> None:
    changelog = (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")
    released = [line for line in changelog.splitlines() if line.startswith("## [")][1]
    citation = (ROOT / "CITATION.cff").read_text(encoding="utf-8")
    assert released.startswith(f"## [{text2sql.__version__}] - ")
    assert f"\nversion: {text2sql.__version__}\n" in citation
