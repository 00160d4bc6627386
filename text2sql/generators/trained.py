"""The models that training runs left in a folder: what a page can offer beside its own."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterator
from pathlib import Path

from text2sql.generators.choice import ModelChoice

__all__ = ["trained_models"]

_PLACES = (("adapter", "adapter_config.json"), ("model", "config.json"))


def trained_models(runs: Path, taken: Collection[str] = ()) -> list[ModelChoice]:
    """A choice for each finished run in ``runs``, called like its folder; nothing is loaded.

    Where one of ``taken`` is called so already, the name of ``runs`` comes before.
    """
    try:
        folders = sorted(path for path in runs.iterdir() if path.is_dir())
    except OSError:
        return []
    found = []
    for folder in folders:
        for model in _models(folder):
            name = f"{runs.name}/{folder.name}" if folder.name in taken else folder.name
            found.append(ModelChoice(str(model), label=name))
    return found


def _models(run: Path) -> Iterator[Path]:
    """The folder of a run's model; a pocket run is itself one."""
    for place, file in _PLACES:
        if (run / place / file).is_file():
            yield run / place
            return
    try:
        kind = json.loads((run / "config.json").read_text(encoding="utf-8")).get("model_type")
    except (OSError, ValueError, AttributeError):
        return
    if kind == "pocket":
        yield run
