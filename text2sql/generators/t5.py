"""A workaround for T5's output layer in transformers and peft, for training and inference."""

from __future__ import annotations

from typing import Any

__all__ = ["mark_tied_as_it_is"]


def mark_tied_as_it_is(model: Any) -> bool:
    """Let the model say that its output layer is a matrix of its own, where it is; whether so.

    transformers 5 counts the output layer of every T5 among the copies of its embedding. Flan-T5's
    is no copy, and peft believes the list: of an adapter that trains rows of both, both would
    silently get the same ones. To be called on a base before an adapter is made for it or loaded.
    """
    embedding, output = model.get_input_embeddings().weight, model.get_output_embeddings().weight
    if embedding.data_ptr() == output.data_ptr():
        return False
    copies = model._tied_weights_keys.items()
    model._tied_weights_keys = {k: v for k, v in copies if not k.startswith("lm_head.")}
    return True
