"""The recipes of the package ``train``, read from its JSON files.

The page never imports ``train``, because a Space is served without it.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import Any

__all__ = ["Recipe", "command", "read_recipes", "recipes_folder"]


@dataclass(frozen=True)
class Recipe:
    """A recipe file; ``values`` holds what differs from the defaults of its trainer."""

    name: str
    trainer: str
    about: str
    values: Mapping[str, Any]


def recipes_folder() -> Path | None:
    """Return the folder of recipes in the package ``train``, or None if it is not installed."""
    found = find_spec("train")
    for folder in (found.submodule_search_locations or ()) if found is not None else ():
        if (recipes := Path(folder) / "recipes").is_dir():
            return recipes
    return None


def read_recipes(folder: Path | None) -> tuple[Recipe, ...]:
    """Return the recipes in ``folder`` by name, or none if the folder does not exist.

    Files that are not recipes are skipped; the command line reports what is wrong with them.
    """
    found = []
    files = folder.glob("*.json") if folder is not None and folder.is_dir() else ()
    for path in sorted(files, key=lambda path: path.stem):
        try:
            values = json.loads(path.read_text(encoding="utf-8"))
        except (OSError, ValueError):
            continue
        if isinstance(values, dict) and isinstance(values.get("trainer"), str):
            trainer, about = values.pop("trainer"), str(values.pop("about", ""))
            found.append(Recipe(path.stem, trainer, about, values))
    return tuple(found)


def command(recipe: Recipe, runs: Path) -> str:
    """Return the terminal command that trains ``recipe`` into the folder ``runs``."""
    parts = [f"text2sql train --recipe {recipe.name}"]
    if recipe.values.get("data") != "samples":
        parts.append("--spider-dir ~/spider")
    parts.append(f"--out {runs / recipe.name}")
    return " \\\n    ".join(parts)
