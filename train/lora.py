"""The model to train: a base, and an adapter if the base is frozen."""

from __future__ import annotations

import json
import warnings
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import torch
from peft import LoraConfig, PeftModel, get_peft_model
from peft.tuners.lora import LoraLayer
from torch import nn
from transformers import (
    AutoConfig,
    AutoModelForSeq2SeqLM,
    AutoTokenizer,
    PreTrainedModel,
    PreTrainedTokenizerBase,
)

from text2sql.errors import ModelError
from train.config import Lora, TextRecipe
from train.devices import frozen_dtype
from train.less_than import with_less_than
from train.tiny import learn_tokenizer, random_t5

__all__ = [
    "add_lora",
    "build_model",
    "build_tokenizer",
    "check_precision",
    "count_trainable",
    "from_hub",
    "has_tokenizer",
    "load_adapter",
    "merged",
]


def build_tokenizer(recipe: TextRecipe, texts: Sequence[str]) -> PreTrainedTokenizerBase:
    """The base's tokenizer, or for a tiny model one learned from ``texts``; it can write ``<``.

    Raises:
        ModelError: the base can neither be found nor downloaded, or has no sentinel for ``<``.
    """
    if recipe.tiny is not None:
        tokenizer: PreTrainedTokenizerBase = learn_tokenizer(texts, recipe.tiny.vocabulary)
    else:
        source = recipe.adapter if has_tokenizer(recipe.adapter) else recipe.base
        tokenizer = from_hub(AutoTokenizer, str(source))
    return with_less_than(tokenizer)


def has_tokenizer(adapter: str | None) -> bool:
    """Whether the adapter's folder holds a tokenizer."""
    return adapter is not None and (Path(adapter) / "tokenizer.json").is_file()


def build_model(recipe: TextRecipe, tokenizer: PreTrainedTokenizerBase) -> Any:
    """Build the model: all weights in fp32, or a frozen base with an fp32 adapter.

    Raises:
        ModelError: the base is missing or not a T5, or the adapter or recipe does not fit it.
    """
    base = _base(recipe, tokenizer)
    _check_rows(base, tokenizer)
    base.generation_config.max_length = recipe.max_output
    if recipe.lora is None:
        return base
    if recipe.adapter is not None:
        return load_adapter(base, recipe.adapter)
    return add_lora(base, recipe.lora, recipe.base)


def _base(recipe: TextRecipe, tokenizer: PreTrainedTokenizerBase) -> Any:
    if recipe.tiny is not None:
        return random_t5(recipe.tiny, len(tokenizer), recipe.dropout or 0.0)
    return load_base(recipe)


def load_base(recipe: TextRecipe) -> PreTrainedModel:
    """Load the pretrained weights of ``recipe.base``, in ``frozen_dtype`` if they stay frozen.

    Raises:
        ModelError: the base is missing, or not a T5.
    """
    config = from_hub(AutoConfig, recipe.base)
    if config.model_type not in ("t5", "mt5"):
        raise ModelError(
            f"The base {recipe.base!r} is a model of type {config.model_type!r}, but these recipes "
            "train T5; name another base with --set base=google/flan-t5-large."
        )
    if recipe.dropout is not None:
        config.dropout_rate = recipe.dropout
    dtype = torch.float32 if recipe.lora is None else frozen_dtype(recipe)
    model: PreTrainedModel = from_hub(
        AutoModelForSeq2SeqLM, recipe.base, config=config, dtype=dtype
    )
    return model


def from_hub(cls: Any, name: str, **options: Any) -> Any:
    """Load the folder or hub id ``name`` with ``cls.from_pretrained``.

    Raises:
        ModelError: ``name`` can neither be found nor downloaded.
    """
    try:
        return cls.from_pretrained(name, **options)
    except (OSError, ValueError) as error:
        raise ModelError(
            f"The model {name!r} can neither be found nor downloaded "
            f"({str(error).splitlines()[0][:120]}); connect to the hub once, or name a local "
            "folder that holds it with --set base=FOLDER."
        ) from error


def _check_rows(model: Any, tokenizer: PreTrainedTokenizerBase) -> None:
    rows = model.get_input_embeddings().weight.shape[0]
    if len(tokenizer) > rows:
        raise ModelError(
            f"The tokenizer has {len(tokenizer):,} tokens but the base has only {rows:,} embedding "
            "rows; use the tokenizer that belongs to the base."
        )


def add_lora(base: Any, lora: Lora, name: str = "", task: str = "SEQ_2_SEQ_LM") -> PeftModel:
    """Freeze ``base`` and add an fp32 adapter to it.

    Raises:
        ModelError: the base lacks layers that the recipe names.
    """
    layers = {n.rsplit(".", 1)[-1] for n, m in base.named_modules() if isinstance(m, nn.Linear)}
    missing = [target for target in lora.targets if target not in layers]
    if missing:
        raise ModelError(
            f"The base {name!r} has no layers called {', '.join(missing)}, which the recipe "
            f"adapts; set lora.targets to some of: {', '.join(sorted(layers))}."
        )
    config = LoraConfig(
        task_type=task,
        r=lora.r,
        lora_alpha=lora.alpha,
        lora_dropout=lora.dropout,
        bias=lora.bias,
        target_modules=list(lora.targets),
    )
    if getattr(base, "is_loaded_in_4bit", False):
        from peft import prepare_model_for_kbit_training

        prepare: Any = prepare_model_for_kbit_training
        base = prepare(base, use_gradient_checkpointing=False)
    with warnings.catch_warnings():  # peft asks transformers by an old name
        warnings.filterwarnings("ignore", "`is_gradient_checkpointing`", FutureWarning)
        return get_peft_model(base, config)


def load_adapter(base: Any, source: str) -> PeftModel:
    """Add the adapter in the folder ``source`` to ``base``, to train it further.

    Raises:
        ModelError: the adapter is missing, fits another base, or also trained embeddings.
    """
    folder = Path(source).expanduser()
    if not (folder / "adapter_config.json").is_file():
        raise ModelError(
            f"{str(folder)!r} holds no adapter; it needs adapter_config.json beside the weights."
        )
    _check_rows_are_frozen(folder)
    try:
        return PeftModel.from_pretrained(base, folder, is_trainable=True)
    except (RuntimeError, ValueError, KeyError) as error:
        raise ModelError(
            f"The adapter in {str(folder)!r} was made for another base than "
            f"{base.config.name_or_path!r}; set base to the one that its adapter_config.json names."
        ) from error


def _check_rows_are_frozen(folder: Path) -> None:
    """Rows of an untied output layer are lost when an adapter that trained them is loaded."""
    config = json.loads((folder / "adapter_config.json").read_text(encoding="utf-8"))
    if config.get("trainable_token_indices") or config.get("modules_to_save"):
        raise ModelError(
            f"The adapter in {str(folder)!r} also trained embeddings, which cannot be loaded "
            "reliably; use an adapter of linear layers only, or start a new one."
        )


def check_precision(model: Any, base_dtype: torch.dtype = torch.bfloat16) -> None:
    """Check that trained weights are in fp32 and, with an adapter, frozen ones in ``base_dtype``.

    Loading the best checkpoint or resuming can change either without a warning.

    Raises:
        ModelError: a weight has another precision.
    """
    frozen = base_dtype if isinstance(model, PeftModel) else torch.float32
    for name, parameter in model.named_parameters():
        wanted = torch.float32 if parameter.requires_grad else frozen
        if parameter.is_floating_point() and parameter.dtype != wanted:
            raise ModelError(
                f"The weight {name!r} is in {parameter.dtype} but must be in {wanted}; "
                "this is a defect of the training code or of a library that it uses."
            )


@contextmanager
def merged(model: Any) -> Iterator[None]:
    """Merge the adapter of ``model``, if it has one, into its base within the context.

    Afterwards the base is the same to the bit, because its weights are kept and put back.
    Weights in 4 bits are not merged.
    """
    layers = list(_mergeable(model)) if isinstance(model, PeftModel) else []
    kept = [layer.get_base_layer().weight.detach().clone() for layer in layers]
    try:
        for layer in layers:
            layer.merge()
        yield
    finally:
        for layer, weight in zip(layers, kept, strict=True):
            layer.merged_adapters.clear()
            layer.get_base_layer().weight.data = weight


def _mergeable(model: PeftModel) -> Iterator[Any]:
    for module in model.modules():
        layer: Any = module  # peft's layers are untyped
        if isinstance(module, LoraLayer) and layer.get_base_layer().weight.is_floating_point():
            yield layer


def count_trainable(model: nn.Module) -> tuple[int, int]:
    """The numbers of trained parameters and of all parameters."""
    trained = sum(p.numel() for p in model.parameters() if p.requires_grad)
    return trained, sum(p.numel() for p in model.parameters())
