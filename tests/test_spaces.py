"""The Space's own files agree with the repository's."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml
from packaging.requirements import Requirement

ROOT = Path(__file__).parents[1]


def requirements(file: Path) -> dict[str, Requirement]:
    lines = (line.partition("#")[0].strip() for line in file.read_text().splitlines())
    return {r.name: r for r in map(Requirement, filter(None, lines))}


@pytest.fixture
def front_matter() -> dict[str, object]:
    _, matter, _ = (ROOT / "spaces" / "README.md").read_text(encoding="utf-8").split("---\n", 2)
    loaded: dict[str, object] = yaml.safe_load(matter)
    return loaded


def test_the_space_runs_the_gradio_that_the_page_is_built_for(
    front_matter: dict[str, object],
) -> None:
    pinned = requirements(ROOT / "requirements.txt")["gradio"]
    assert f"gradio=={front_matter['sdk_version']}" == str(pinned)


def test_the_space_runs_a_python_that_these_packages_need(front_matter: dict[str, object]) -> None:
    major, minor = str(front_matter["python_version"]).split(".")
    assert (int(major), int(minor)) >= (3, 11)


def test_the_application_it_starts_is_there(front_matter: dict[str, object]) -> None:
    assert (ROOT / str(front_matter["app_file"])).is_file()


def test_the_short_description_fits_its_60_characters(front_matter: dict[str, object]) -> None:
    assert len(str(front_matter["short_description"])) <= 60


def test_the_packages_are_those_of_the_repository_but_for_torch() -> None:
    ours = requirements(ROOT / "requirements.txt")
    theirs = requirements(ROOT / "spaces" / "requirements.txt")
    own = {name: str(r) for name, r in theirs.items() if name not in {"spaces", "torch"}}
    assert own == {name: str(ours[name]) for name in own}


def test_the_package_that_gradio_imports_on_a_space_is_listed() -> None:
    assert "spaces" in requirements(ROOT / "spaces" / "requirements.txt")
