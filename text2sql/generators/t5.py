"""What transformers and peft get wrong about T5 checkpoints; training and serving both need it."""

from __future__ import annotations

from typing import Any

__all__ = ["mark_tied_as_it_is"]


def mark_tied_as_it_is(model: Any) -> None:
    """Let the configuration say whether input and output embeddings are one matrix.

    transformers 5 calls every T5 tied. Flan-T5 is not, and peft believes the configuration: an
    adapter that trains rows of both matrices would silently be given one row for the two. To be
    called on the base before an adapter is made for it or loaded onto it.
    """
    shared, head = model.get_input_embeddings().weight, model.get_output_embeddings().weight
    model.config.tie_word_embeddings = shared.data_ptr() == head.data_ptr()
