"""The settings of a pocket run."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Annotated

from annotated_types import Interval

from train.pocket.augmentation import Chances
from train.settings import Above, BelowOne, Count, Rate, Seed, Settings, Share

__all__ = ["PocketRecipe"]


@dataclass(frozen=True)
class PocketRecipe(Settings):
    """All settings of a run; a recipe file holds only differences from these defaults."""

    encoder: str = "sentence-transformers/all-MiniLM-L6-v2"
    start: str | None = None  # the folder of a pocket model to start from, with its sizes
    minutes: Above | None = None  # end after this long instead of after ``steps``
    steps: Count | None = None  # end after so many steps instead of after ``epochs``
    epochs: Count = 10
    batch_size: Count = 24
    rate: Rate = 5e-4
    text_rate: Share = 6e-5
    layer_decay: Rate = 0.85
    warmup: BelowOne = 0.03
    weight_decay: Share = 0.01
    max_norm: Above = 5.0
    dropout: BelowOne = 0.15
    average: BelowOne = 0.998  # of the weights, over steps
    mention_weight: Annotated[float, Interval(ge=0, le=1000)] = 0.2
    held_out: BelowOne = 0.04
    evaluations: Count = 8
    judged: Count = 200  # held-out questions of each collection that an evaluation asks
    spider: Share = 1.0  # of Spider's questions that each epoch takes
    reworded: Share = 0.5  # of Spider-Syn's rewordings of them
    respoken: Share = 1.0  # of train/asked's rewordings of them
    asked: Share = 1.0  # of train/asked's own questions
    bird: Share = 0.5  # of BIRD's questions
    bird_respoken: Share = 1.0  # of train/asked's wordings of them
    data: str | None = None  # your own questions alone; see corrections.py
    own: Share = 1.0  # of them that each epoch takes
    rehearsed: Count = 160  # of train/asked's questions, beside your own
    most_nodes: Count = 44
    frozen_layers: Annotated[int, Interval(ge=0, le=100)] = (
        3  # text layers that stay as they were, from below
    )
    frozen_share: Share = 0.1  # of the run, in which all text layers are frozen
    width: Count = 256
    encoder_layers: Count = 5
    decoder_layers: Count = 3
    chances: Chances = field(default_factory=Chances)
    workers: Annotated[int, Interval(ge=0, le=256)] = 1  # processes that load batches; 0: none
    seed: Seed = 0
    limit: Count | None = None
