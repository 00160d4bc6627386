"""A workaround for T5's output layer in transformers and peft, for training and inference."""

from __future__ import annotations

from typing import Any

__all__ = ["declare_untied_output"]


def declare_untied_output(model: Any) -> bool:
    """Remove an untied output layer from the model's list of tied weights; return whether it was.

    transformers 5 lists the output layer of every T5 as tied to its embedding. Flan-T5's is not
    tied, but peft relies on the list: an adapter that trains rows of both would silently get the
    same rows for both. Call it on a base before an adapter is created or loaded.
    """
    embedding, output = model.get_input_embeddings().weight, model.get_output_embeddings().weight
    if embedding.data_ptr() == output.data_ptr():
        return False
    copies = model._tied_weights_keys.items()
    model._tied_weights_keys = {k: v for k, v in copies if not k.startswith("lm_head.")}
    return True
