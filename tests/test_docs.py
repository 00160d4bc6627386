"""The documentation: complete, and its links lead somewhere."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

from tests.command_page import PAGE, page

ROOT = Path(__file__).parents[1]
PAGES = [ROOT / "README.md", ROOT / "CONTRIBUTING.md", ROOT / "SECURITY.md"]
PAGES += [*sorted((ROOT / "docs").glob("*.md")), ROOT / "train" / "README.md"]


def test_every_command_and_flag_is_documented() -> None:
    assert PAGE.read_text(encoding="utf-8") == page(), "run make docs"


@pytest.mark.parametrize("path", PAGES, ids=lambda path: path.relative_to(ROOT).as_posix())
def test_every_link_leads_to_a_file(path: Path) -> None:
    links = re.findall(r"\]\((?!https?:|#|mailto:)([^)#\s]+)", path.read_text(encoding="utf-8"))
    assert [link for link in links if not (path.parent / link).exists()] == []


def test_every_page_is_in_the_readme() -> None:
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    pages = [path.relative_to(ROOT).as_posix() for path in (ROOT / "docs").glob("*.md")]
    assert [name for name in pages if f"({name})" not in readme] == []


def test_the_readme_s_first_example_says_what_it_prints() -> None:
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    code = re.findall(r"```python\n(.*?)```", readme, re.DOTALL)[0]
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, cwd=ROOT, check=True
    )
    said = re.findall(r"# (.*)", code)
    assert done.stdout.splitlines() == said


def test_every_recipe_has_a_machine_of_the_hub() -> None:
    text = (ROOT / "docs" / "train.md").read_text(encoding="utf-8")
    rows = [line for line in text.partition("| `--recipe` |")[2].splitlines() if line[:3] == "| `"]
    named = {name for row in rows for name in re.findall(r"`([^`]+)`", row.split("|")[1])}
    assert named == {path.stem for path in (ROOT / "train" / "recipes").glob("*.json")}


def test_the_model_card_gives_the_hub_the_figures_of_its_table() -> None:
    text = (ROOT / "text2sql" / "assets" / "pocket" / "README.md").read_text(encoding="utf-8")
    settings = yaml.safe_load(text.split("---\n")[1])
    spider, *outside = settings["model-index"][0]["results"]
    given = {metric["name"]: metric["value"] for metric in spider["metrics"]}
    table = re.findall(r"^\| ([a-z ]+ match) \| ([\d.]+) \(", text, re.MULTILINE)
    assert given == {name: float(value) for name, value in table[:3]}
    rows = re.findall(r"^\| outside Spider: .*match \| \d+ \| ([\d.]+)", text, re.MULTILINE)
    figures = [result["metrics"][0]["value"] for result in outside]
    assert sorted(figures) == sorted(map(float, rows))
    assert settings["pipeline_tag"] == "text-generation"
