"""Decoding token by token: the decoder's layers for the next position of a few hypotheses.

The results equal those of ``DecoderLayer.forward``. With only four rows, overhead matters: torch's
modules, copies of the memory for each hypothesis, and the way BLAS multiplies a few rows by a tall
matrix together took half of a step's time.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import torch
from torch import Tensor, nn
from torch.nn.functional import gelu, layer_norm, scaled_dot_product_attention

from text2sql.generators.pocket.layers import Attention, DecoderLayer, Packing

__all__ = ["Encoded", "Output", "Steps"]


@dataclass
class Encoded:
    """The encoded batch that the decoder reads.

    ``memory`` [batch, nodes, width]; ``inputs`` [batch, outputs, width], how each output is fed
    back; ``keys`` [batch, nodes, width], what pointers compare with; ``bias`` [batch, 1, 1, nodes].
    """

    memory: Tensor
    inputs: Tensor
    keys: Tensor
    bias: Tensor


@dataclass(frozen=True)
class Output:
    """The decoder's input and output parameters, outside its layers."""

    positions: Tensor
    norm: nn.LayerNorm
    keyword_logits: nn.Module
    pointer_query: nn.Module


class Steps:
    """The decoding of a batch, starting with one hypothesis for each question."""

    def __init__(self, output: Output, encoded: Encoded, layers: Iterable[DecoderLayer]) -> None:
        self.inputs = encoded.inputs
        self.positions = output.positions
        self.layers = [_Layer(layer, encoded.memory) for layer in layers]
        self.norm = output.norm
        self.keywords = _weights(output.keyword_logits)
        self.pointer = _weights(output.pointer_query)
        self.keys = encoded.keys.transpose(1, 2) / math.sqrt(encoded.keys.shape[-1])
        self.bias = encoded.bias
        self.going = torch.arange(len(encoded.memory), device=self.keys.device)

    def logits(self, rows: Tensor, outputs: Tensor, place: int) -> Tensor:
        """[hypotheses, keywords + nodes] logits after ``outputs``, the last of each hypothesis.

        Args:
            rows: the row of the batch that each hypothesis belongs to, in ascending order.
        """
        self._drop_finished(rows.unique_consecutive())  # type: ignore[no-untyped-call]
        packing = _by_question(torch.searchsorted(self.going, rows), len(self.going))
        x = self.inputs[rows, outputs] + self.positions[place]
        for layer in self.layers:
            x = layer.step(x, packing, self.bias)
        x = _normed(x, self.norm)
        pointers = packing.pack(packing.pad(_linear(x, *self.pointer)) @ self.keys)
        return torch.cat([_linear(x, *self.keywords), pointers], 1)

    def _drop_finished(self, going: Tensor) -> None:
        """Drop the questions that have no hypothesis left."""
        if len(going) == len(self.going):
            return
        kept = torch.searchsorted(self.going, going)
        self.going, self.keys, self.bias = going, self.keys[kept], self.bias[kept]
        for layer in self.layers:
            layer.memory = (layer.memory[0][kept], layer.memory[1][kept])

    def select(self, hypotheses: Sequence[int]) -> None:
        """Keep these hypotheses; one may be kept several times."""
        index = torch.tensor(hypotheses, device=self.keys.device)
        for layer in self.layers:
            layer.past = (layer.past[0][index], layer.past[1][index])


def _by_question(questions: Tensor, count: int) -> Packing:
    """Positions of hypotheses in [questions, most of any]. Those of a question share its memory,
    because copying it for each would take longer than attending to it."""
    sizes = torch.bincount(questions, minlength=count)
    places = torch.arange(int(sizes.max()), device=questions.device)
    return Packing(places < sizes.unsqueeze(1))


class _Layer:
    """A decoder layer with the keys and values of the memory and of the positions so far."""

    def __init__(self, layer: DecoderLayer, memory: Tensor) -> None:
        self.heads = layer.own.heads
        self.norms = (layer.norm_own, layer.norm_cross, layer.norm_feed_forward)
        self.own = [_weights(part) for part in _parts(layer.own)]
        self.query, _, _, self.out = (_weights(part) for part in _parts(layer.cross))
        self.memory = layer.cross.keys_values(memory)
        self.widen, self.narrow = (_weights(layer.feed_forward[i]) for i in (0, 2))
        nothing = memory.new_empty(len(memory), self.heads, 0, memory.shape[-1] // self.heads)
        self.past = (nothing, nothing)

    def step(self, x: Tensor, packing: Packing, bias: Tensor) -> Tensor:
        """[hypotheses, width] of the next position."""
        x = x + self._attend_past(_normed(x, self.norms[0]))
        x = x + self._attend_memory(_normed(x, self.norms[1]), packing, bias)
        wide = gelu(_linear(_normed(x, self.norms[2]), *self.widen))
        return x + _linear(wide, *self.narrow)

    def _attend_past(self, x: Tensor) -> Tensor:
        query, key, value = (
            _linear(x, *part).view(len(x), self.heads, 1, -1) for part in self.own[:3]
        )
        keys, values = torch.cat([self.past[0], key], 2), torch.cat([self.past[1], value], 2)
        self.past = keys, values
        mixed = scaled_dot_product_attention(query, keys, values)
        return _linear(mixed.reshape(x.shape), *self.own[3])

    def _attend_memory(self, x: Tensor, packing: Packing, bias: Tensor) -> Tensor:
        query = packing.pad(_linear(x, *self.query)).view(*packing.shape, self.heads, -1)
        mixed = scaled_dot_product_attention(query.transpose(1, 2), *self.memory, attn_mask=bias)
        return _linear(packing.pack(mixed.transpose(1, 2).flatten(2)), *self.out)


def _parts(attention: Attention) -> tuple[nn.Module, ...]:
    return attention.query, attention.key, attention.value, attention.out


def _weights(module: nn.Module) -> tuple[Tensor, Tensor]:
    """Weight and bias of a plain linear layer.

    Raises:
        TypeError: the layer has an adapter, which would be ignored.
    """
    if not isinstance(module, nn.Linear):
        raise TypeError(
            f"Decoding needs plain linear layers, not {type(module).__name__}; "
            "merge an adapter into the model first."
        )
    return module.weight, module.bias


def _linear(x: Tensor, weight: Tensor, bias: Tensor) -> Tensor:
    """As torch's own, which takes up to twice as long for a few rows of a wide ``x``."""
    return ((weight @ x.t()).t() + bias).contiguous()


def _normed(x: Tensor, norm: nn.LayerNorm) -> Tensor:
    return layer_norm(x, norm.normalized_shape, norm.weight, norm.bias, norm.eps)
