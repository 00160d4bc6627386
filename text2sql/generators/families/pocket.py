"""Pocket models: the bundled one, and those that ``train`` made."""

from __future__ import annotations

from pathlib import Path

from text2sql.generators.base import Generator
from text2sql.generators.choice import ModelChoice
from text2sql.generators.family import Family, ModelSource

_NAME = "pocket"


def _recognises(source: ModelSource) -> bool:
    return source.config.get("model_type") == _NAME


def _load(choice: ModelChoice) -> Generator:
    from text2sql.generators.pocket.generator import PocketGenerator

    return PocketGenerator.load(None if choice.model == _NAME else Path(choice.model))


FAMILY = Family((_NAME,), _recognises, _load, batches=True, one_core=True)
