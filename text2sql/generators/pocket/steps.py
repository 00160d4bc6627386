"""Decoding token by token: the decoder's layers for one more place of a few hypotheses.

The numbers are those of ``DecoderLayer.forward``. But four rows are so little work that what
stands around it counts: torch's modules, the copies of what all hypotheses attend to, and the way
BLAS multiplies a few rows by a tall matrix. All of that together was half of a step's time.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

import torch
from torch import Tensor, nn
from torch.nn.functional import gelu, layer_norm, scaled_dot_product_attention

from text2sql.generators.pocket.layers import Attention, DecoderLayer

if TYPE_CHECKING:
    from text2sql.generators.pocket.network import Encoded, Network

__all__ = ["Steps"]


class Steps:
    """The decoding of a batch, one hypothesis for each of its rows at first."""

    def __init__(self, network: Network, encoded: Encoded, layers: Iterable[DecoderLayer]) -> None:
        self.encoded = encoded
        self.positions = network.positions.weight
        self.layers = [_Layer(layer, encoded.memory) for layer in layers]
        self.norm = network.norm_decoder
        self.keywords = _weights(network.keyword_logits)
        self.pointer = _weights(network.pointer_query)
        self.keys = encoded.keys.transpose(1, 2) / math.sqrt(encoded.keys.shape[-1])

    def logits(self, rows: Tensor, outputs: Tensor, place: int) -> Tensor:
        """[hypotheses, keywords + nodes] logits behind ``outputs``, the last of each hypothesis.

        Args:
            rows: the row of the batch that each hypothesis belongs to.
        """
        x = self.encoded.inputs[rows, outputs] + self.positions[place]
        # what all hypotheses of a single question attend to is not copied for each of them
        shared = None if len(self.encoded.memory) == 1 else rows
        bias = self.encoded.bias if shared is None else self.encoded.bias[rows]
        for layer in self.layers:
            x = layer.step(x, shared, bias)
        x = _normed(x, self.norm)
        query = _linear(x, *self.pointer)
        if shared is None:
            pointers = query @ self.keys[0]
        else:
            pointers = (query.unsqueeze(1) @ self.keys[rows]).squeeze(1)
        return torch.cat([_linear(x, *self.keywords), pointers], 1)

    def select(self, hypotheses: Sequence[int]) -> None:
        """Go on with these hypotheses; one may go on in several ways."""
        index = torch.tensor(hypotheses, device=self.keys.device)
        for layer in self.layers:
            layer.past = (layer.past[0][index], layer.past[1][index])


class _Layer:
    """A decoder layer with its keys and values: of the memory, and of the places so far."""

    def __init__(self, layer: DecoderLayer, memory: Tensor) -> None:
        self.heads = layer.own.heads
        self.norms = (layer.norm_own, layer.norm_cross, layer.norm_feed_forward)
        self.own = [_weights(part) for part in _parts(layer.own)]
        self.query, _, _, self.out = (_weights(part) for part in _parts(layer.cross))
        self.memory = layer.cross.keys_values(memory)
        self.widen, self.narrow = (_weights(layer.feed_forward[i]) for i in (0, 2))
        nothing = memory.new_empty(len(memory), self.heads, 0, memory.shape[-1] // self.heads)
        self.past = (nothing, nothing)

    def step(self, x: Tensor, rows: Tensor | None, bias: Tensor) -> Tensor:
        """[hypotheses, width] of one more place; ``rows`` is None where all share the memory."""
        x = x + self._attend_past(_normed(x, self.norms[0]))
        x = x + self._attend_memory(_normed(x, self.norms[1]), rows, bias)
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

    def _attend_memory(self, x: Tensor, rows: Tensor | None, bias: Tensor) -> Tensor:
        query = _linear(x, *self.query).view(len(x), self.heads, 1, -1)
        if rows is None:  # the hypotheses are the places of one query
            mixed = scaled_dot_product_attention(
                query.permute(2, 1, 0, 3), *self.memory, attn_mask=bias
            ).permute(2, 1, 0, 3)
        else:
            keys, values = self.memory[0][rows], self.memory[1][rows]
            mixed = scaled_dot_product_attention(query, keys, values, attn_mask=bias)
        return _linear(mixed.reshape(x.shape), *self.out)


def _parts(attention: Attention) -> tuple[nn.Module, ...]:
    return attention.query, attention.key, attention.value, attention.out


def _weights(module: nn.Module) -> tuple[Tensor, Tensor]:
    """Weight and bias of a plain layer: those of an adapter around it would be left out.

    Raises:
        TypeError: it is not plain.
    """
    if not isinstance(module, nn.Linear):
        raise TypeError(
            f"Decoding needs plain linear layers, not {type(module).__name__}; "
            "merge an adapter into the model first."
        )
    return module.weight, module.bias


def _linear(x: Tensor, weight: Tensor, bias: Tensor) -> Tensor:
    """As torch's own, which is slower for a few rows: up to twice, for a wide ``x``."""
    return ((weight @ x.t()).t() + bias).contiguous()


def _normed(x: Tensor, norm: nn.LayerNorm) -> Tensor:
    return layer_norm(x, norm.normalized_shape, norm.weight, norm.bias, norm.eps)
