"""Encoder-decoder models that read and write text: T5, with or without an adapter."""

from __future__ import annotations

from text2sql.extras import require
from text2sql.generators.base import Generator
from text2sql.generators.checkpoint import FLAN_T5_LARGE
from text2sql.generators.choice import ModelChoice
from text2sql.generators.family import Family, ModelSource
from text2sql.generators.model_folder import is_hub_id


def _recognises(source: ModelSource) -> bool:
    if source.folder is None:
        return is_hub_id(source.name)
    kind = source.config.get("model_type")
    return source.holds("adapter_config.json") or kind not in (None, "pocket")


def _load(choice: ModelChoice) -> Generator:
    require("transformers")  # before the weights are fetched
    from text2sql.generators.text_models import load_text_generator

    return load_text_generator(choice)


FAMILY = Family(
    (FLAN_T5_LARGE,), _recognises, _load, options=("base", "adapter", "backend", "constrained")
)
