"""The settings of a pocket run."""

from __future__ import annotations

from dataclasses import dataclass, field

from train.pocket.augmentation import Chances

__all__ = ["PocketRecipe"]


@dataclass(frozen=True)
class PocketRecipe:
    """Everything that decides a run; a recipe file holds only what differs from this."""

    encoder: str = "sentence-transformers/all-MiniLM-L6-v2"
    start: str | None = None  # the folder of a pocket model to go on from, whose sizes it keeps
    minutes: float | None = None  # end after this long instead of after ``steps``
    steps: int | None = None  # end after so many, if any, instead of after ``epochs``
    epochs: int = 10
    batch_size: int = 24
    rate: float = 5e-4
    text_rate: float = 6e-5
    layer_decay: float = 0.85
    warmup: float = 0.03
    weight_decay: float = 0.01
    max_norm: float = 5.0
    dropout: float = 0.15
    average: float = 0.998  # of the weights, over steps
    mention_weight: float = 0.2
    held_out: float = 0.04
    evaluations: int = 8
    judged: int = 200  # held-out questions that an evaluation asks
    reworded: float = 0.5  # share of the rewordings that each epoch takes
    made_up: int = 600  # questions made up over each training database
    made_up_share: float = 0.1  # of them that each epoch takes
    most_nodes: int = 44
    frozen_layers: int = 3  # text layers that stay as they were, from below
    frozen_share: float = 0.1  # of the run in which all of them do
    width: int = 256
    encoder_layers: int = 5
    decoder_layers: int = 3
    chances: Chances = field(default_factory=Chances)
    workers: int = 1
    seed: int = 0
    limit: int | None = None
