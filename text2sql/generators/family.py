"""A family of models that are recognized and loaded in the same way."""

from __future__ import annotations

import json
from collections.abc import Callable, Collection
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from text2sql.generators.base import Generator
from text2sql.generators.choice import ModelChoice

__all__ = ["Family", "ModelSource"]


@dataclass(frozen=True)
class ModelSource:
    """The name of a chosen model; ``folder`` is None if the name is not a folder."""

    name: str
    folder: Path | None = None

    @cached_property
    def config(self) -> dict[str, Any]:
        """The folder's ``config.json``, empty if it is missing or unreadable."""
        if self.folder is None:
            return {}
        try:
            found = json.loads((self.folder / "config.json").read_text(encoding="utf-8"))
        except (OSError, ValueError):
            return {}
        return found if isinstance(found, dict) else {}

    def holds(self, file: str) -> bool:
        """Whether the folder has a file with that name."""
        return self.folder is not None and (self.folder / file).is_file()


@dataclass(frozen=True)
class Family:
    """The way to recognize and load the models of a family.

    Args:
        names: models that are chosen by a name of their own, such as ``pocket``.
        recognises: whether a folder or hub id is one of these models. It loads nothing and
            makes no network request.
        load: loads the model of a choice; raises ``ModelError``.
        options: the fields of ``ModelChoice`` beside ``model`` that these models take.
        batches: whether a model answers several questions at once faster than one by one.
        one_core: whether a model answers on one core, so that further processes use the others.
    """

    names: tuple[str, ...]
    recognises: Callable[[ModelSource], bool]
    load: Callable[[ModelChoice], Generator]
    options: Collection[str] = ()
    batches: bool = False
    one_core: bool = False
