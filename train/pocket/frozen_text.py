"""The states of the text encoder, whose frozen layers a CPU computes once for each text."""

from __future__ import annotations

import torch
from torch import Tensor
from torch.nn.utils.rnn import pad_sequence

from text2sql.generators.pocket.batch import Batch
from text2sql.generators.pocket.model import PocketModel

__all__ = ["FrozenText"]

_CACHED_SEGMENTS = 60_000


class FrozenText:
    """Reads segments with the text encoder of ``model``, caching its frozen layers on a CPU.

    On a GPU, a cache would be slower than computing them again.
    """

    def __init__(self, model: PocketModel, device: torch.device) -> None:
        self.model = model
        self.cached = device.type == "cpu"
        self.states: dict[tuple[int, ...], Tensor] = {}

    def read(self, batch: Batch, frozen: int) -> list[Tensor]:
        """The states of each group of segments; the first ``frozen`` layers get no gradient."""
        below = self._cached if self.cached else self._computed
        return [self.model.read(below(pieces, frozen), pieces, frozen) for pieces in batch.pieces]

    @torch.no_grad()
    def _computed(self, pieces: Tensor, frozen: int) -> Tensor:
        """The states after the frozen layers."""
        return self.model.read(self.model.embed(pieces), pieces, 0, frozen)

    def _cached(self, pieces: Tensor, frozen: int) -> Tensor:
        keys = [(frozen, *(p for p in row if p)) for row in pieces.tolist()]
        missing = [i for i, key in enumerate(keys) if key not in self.states]
        if len(self.states) + len(missing) > _CACHED_SEGMENTS:
            self.states.clear()
            missing = list(range(len(keys)))
        if missing:
            states = self._computed(pieces[missing], frozen)
            for i, state in zip(missing, states, strict=True):
                self.states[keys[i]] = state[: len(keys[i]) - 1].clone()
        return pad_sequence([self.states[key] for key in keys], batch_first=True)
