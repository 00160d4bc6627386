"""The choice of a model and of its settings for inference."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

__all__ = ["Backend", "ModelChoice"]

Backend = Literal["auto", "transformers", "ctranslate2"]


@dataclass(frozen=True)
class ModelChoice:
    """``model`` is pocket, flan-t5-large, a hub id or a folder; the rest is for text generators.

    ``base`` and ``adapter`` are hub ids or folders in place of those that ``model`` names.
    ``backend`` auto is transformers on a GPU and CTranslate2 without one. ``constrained``
    restricts the output to queries that are valid over the schema. ``endpoint`` is the address of a
    server, for ``endpoint:NAME``. ``label`` is the name to show if ``model`` is a path that the
    user did not choose.
    """

    model: str = "pocket"
    base: str | None = None
    adapter: str | None = None
    backend: Backend = "auto"
    constrained: bool = True
    endpoint: str | None = None
    label: str = ""

    @property
    def name(self) -> str:
        return self.label or self.model
