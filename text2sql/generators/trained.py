"""The models of finished training runs in a folder, which the page can offer."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterator
from pathlib import Path

from text2sql.generators.choice import ModelChoice

__all__ = ["trained_models"]

_PLACES = (("adapter", "adapter_config.json"), ("model", "config.json"))


def trained_models(runs: Path, taken: Collection[str] = ()) -> list[ModelChoice]:
    """Return a choice for each finished run in ``runs``, named after its folder.

    If the name is in ``taken``, it is preceded by the name of ``runs``. No model is loaded.
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
    """Return the folder of a run's model, which for a pocket run is the folder of the run."""
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
