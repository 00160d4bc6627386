"""A model family: models that are recognised, loaded and asked in one way."""

from __future__ import annotations

import json
from collections.abc import Callable, Collection
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from text2sql.generators.base import Generator
from text2sql.generators.choice import ModelChoice

__all__ = ["Family", "Source"]


@dataclass(frozen=True)
class Source:
    """The name that a person chose a model by; ``folder`` is None where it is no folder."""

    name: str
    folder: Path | None = None

    @cached_property
    def config(self) -> dict[str, Any]:
        """The folder's ``config.json``; empty where there is none that can be read."""
        return self._read("config.json")

    @cached_property
    def adapter_config(self) -> dict[str, Any]:
        """The folder's ``adapter_config.json``; empty where there is none that can be read."""
        return self._read("adapter_config.json")

    def holds(self, file: str) -> bool:
        """Whether the folder has a file of that name."""
        return self.folder is not None and (self.folder / file).is_file()

    def _read(self, file: str) -> dict[str, Any]:
        if self.folder is None:
            return {}
        try:
            found = json.loads((self.folder / file).read_text(encoding="utf-8"))
        except (OSError, ValueError):
            return {}
        return found if isinstance(found, dict) else {}


@dataclass(frozen=True)
class Family:
    """How the models of one kind are recognised and loaded.

    Args:
        names: models that are chosen by a name of their own, such as ``pocket``.
        recognises: whether a folder or hub id is one of these models. It loads nothing and asks
            no other machine.
        load: the model of a choice, ready to answer; raises ``ModelError``.
        options: the fields of ``ModelChoice`` beside ``model`` that these models take.
        batches: whether a model answers several questions at once faster than one by one.
        one_core: whether a model answers on one core, so that further processes use the others.
    """

    names: tuple[str, ...]
    recognises: Callable[[Source], bool]
    load: Callable[[ModelChoice], Generator]
    options: Collection[str] = ()
    batches: bool = False
    one_core: bool = False
