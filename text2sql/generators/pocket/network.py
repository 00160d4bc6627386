"""The pocket network: a MiniLM encoder, a relation-aware schema encoder, a pointer decoder.

Sources: the text encoder is all-MiniLM-L6-v2 (Wang et al. 2020). It reads the question and each
table separately, so that a database's schema is read only once. Attention is biased by relations
as in RAT-SQL (Wang et al., ACL 2020). The decoder points at nodes under a grammar as in IRNet (Guo
et al., ACL 2019).
"""

from __future__ import annotations

import json
import math
from collections.abc import Sequence
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Self, cast

import torch
from safetensors import SafetensorError
from torch import Tensor, nn

from text2sql.errors import ModelError
from text2sql.generators.pocket.batch import Batch
from text2sql.generators.pocket.features import NODE_KINDS
from text2sql.generators.pocket.ir import FIRST_KEYWORDS, KEYWORDS
from text2sql.generators.pocket.keywords import with_new_keywords
from text2sql.generators.pocket.layers import (
    DecoderLayer,
    Dropout,
    EncoderLayer,
    Packing,
    TextLayer,
)
from text2sql.generators.pocket.relations import CELL_LINKS, FLAGS, RELATIONS
from text2sql.generators.pocket.steps import Encoded, Output, Steps
from text2sql.generators.pocket.weights import load_weights

__all__ = ["WEIGHTS", "Encoded", "Network", "Sizes"]

CONFIG = "config.json"
WEIGHTS = "model.safetensors"

_NEVER = -1e4  # added to attention logits of hidden positions; finite in half precision


@dataclass(frozen=True)
class Sizes:
    """Sizes of the network."""

    vocabulary: int = 30_522
    text_width: int = 384
    text_layers: int = 6
    text_heads: int = 12
    width: int = 256
    heads: int = 8
    encoder_layers: int = 5
    decoder_layers: int = 3
    dropout: float = 0.15
    max_tokens: int = 100

    @classmethod
    def read(cls, path: Path) -> Sizes:
        """The sizes in a ``config.json``; a missing one has its default."""
        stored = json.loads(path.read_text(encoding="utf-8"))
        return cls(**{f.name: stored[f.name] for f in fields(cls) if f.name in stored})


class Network(nn.Module):
    """Reads a ``batch.Batch`` and writes tokens of ``ir`` one by one.

    This is all that answering needs. Training uses ``model.PocketModel``, which adds what
    transformers expects of a model and takes twice as long to import.
    """

    sizes: Sizes
    #: Whether the weights know the keywords after ``FIRST_KEYWORDS``; the grammar depends on it.
    extended: bool = True

    def __init__(self, sizes: Sizes) -> None:
        nn.Module.__init__(self)
        self._build(sizes)

    @staticmethod
    def load(folder: Path) -> Network:
        """The network of a folder that ``PocketModel.save_pretrained`` wrote, ready for use.

        Raises:
            ModelError: a file of the folder is missing, damaged or has another shape.
        """
        try:
            sizes = Sizes.read(folder / CONFIG)
        except (OSError, ValueError, TypeError) as error:
            raise _unreadable(folder, error) from error
        return Network(sizes).fill(folder)

    def fill(self, folder: Path) -> Self:
        """Load the weights in ``folder``; keywords that they lack start as copies of similar ones.

        Raises:
            ModelError: the weights are missing, damaged or have another shape.
        """
        try:
            state = load_weights(folder / WEIGHTS)
            known = len(state.get("keywords.weight", KEYWORDS))
            self.load_state_dict(with_new_keywords(state), assign=True)
        except (OSError, RuntimeError, SafetensorError) as error:
            raise _unreadable(folder, error) from error
        self.extended = known > len(FIRST_KEYWORDS)
        self.train(False)
        return self

    def _build(self, sizes: Sizes) -> None:
        self.sizes = sizes
        width, biases = sizes.width, sizes.encoder_layers * sizes.heads
        self.pieces = nn.Embedding(sizes.vocabulary, sizes.text_width)
        self.places = nn.Embedding(512, sizes.text_width)
        self.norm_pieces = nn.LayerNorm(sizes.text_width, eps=1e-12)
        self.text = nn.ModuleList(
            TextLayer(sizes.text_width, sizes.text_heads, sizes.dropout)
            for _ in range(sizes.text_layers)
        )
        self.from_context = nn.Linear(sizes.text_width, width)
        self.from_name = nn.Linear(sizes.text_width, width)
        self.kinds = nn.Embedding(len(NODE_KINDS), width)
        self.flags = nn.Linear(len(FLAGS), width)
        self.relations = nn.Embedding(len(RELATIONS), biases)
        self.cells = nn.Embedding(len(CELL_LINKS), biases)
        self.likeness = nn.Linear(2, biases, bias=False)
        self.encoder = nn.ModuleList(
            EncoderLayer(width, sizes.heads, sizes.dropout) for _ in range(sizes.encoder_layers)
        )
        self.norm_encoder = nn.LayerNorm(width)
        self.mentioned = nn.Linear(width, 1)
        self.keywords = nn.Embedding(len(KEYWORDS), width)
        self.node_input, self.node_key = nn.Linear(width, width), nn.Linear(width, width)
        self.positions = nn.Embedding(sizes.max_tokens, width)
        self.decoder = nn.ModuleList(
            DecoderLayer(width, sizes.heads, sizes.dropout) for _ in range(sizes.decoder_layers)
        )
        self.norm_decoder = nn.LayerNorm(width)
        self.keyword_logits = nn.Linear(width, len(KEYWORDS))
        self.pointer_query = nn.Linear(width, width)
        self.dropout = Dropout(sizes.dropout)

    # encoding

    def embed(self, pieces: Tensor) -> Tensor:
        """[segments, pieces, text width], the input of the first text layer."""
        places = torch.arange(pieces.shape[1], device=pieces.device)
        embedded: Tensor = self.norm_pieces(self.pieces(pieces) + self.places(places))
        return embedded

    def read(self, x: Tensor, pieces: Tensor, start: int = 0, stop: int | None = None) -> Tensor:
        """Run ``x`` through the text layers from ``start`` to ``stop``, each segment separately."""
        packing, bias = Packing(pieces != 0), _hide(pieces == 0, x.dtype)
        packed = packing.pack(x)
        for layer in self.text[start:stop]:
            packed = layer(packed, packing, bias)
        return packing.pad(packed)

    def context(self, batch: Batch, states: Sequence[Tensor] | None = None) -> Tensor:
        """[batch, nodes, text width], the text encoder's output for each node's name.

        Args:
            states: the text encoder's output for each group of segments, if it is known.
        """
        if states is None:
            states = [self.read(self.embed(pieces), pieces) for pieces in batch.pieces]
        table = _pool(states, batch.rows, batch.row_count)
        return table[batch.node_rows]

    def name_states(self, names: Tensor) -> Tensor:
        """[batch, nodes, text width], the mean of each name's piece embeddings, without context."""
        present = (names != 0).unsqueeze(-1)
        total: Tensor = (self.pieces(names) * present).sum(2)
        return total / present.sum(2).clamp(min=1)

    def encode(self, batch: Batch, context: Tensor | None = None) -> Encoded:
        """Encode a batch; ``context`` is the result of ``self.context``, if it is known."""
        if context is None:
            context = self.context(batch)
        context = context + _pool_spans(context, batch.spans)
        names = self.name_states(batch.names)
        bias = self._bias(batch, context, names)
        packing = Packing(batch.mask)
        x = self.from_context(packing.pack(context)) + self.from_name(packing.pack(names))
        x = x + packing.pack(self.kinds(batch.kinds))
        x = self.dropout(x + self.flags(packing.pack(batch.flags).to(x.dtype)))
        for layer, layer_bias in zip(self.encoder, bias, strict=True):
            x = layer(x, packing, layer_bias)
        return self._encoded(packing.pad(self.norm_encoder(x)), batch)

    def _bias(self, batch: Batch, context: Tensor, names: Tensor) -> Tensor:
        """[layers, batch, heads, nodes, nodes] from relations and similarity of meaning."""
        alike = [_cosine(context), _cosine(names)]
        bias = self.relations(batch.relations.long()) + self.cells(batch.cells.long())
        bias = 8 * bias + self.likeness(10 * torch.stack(alike, -1))
        size, nodes = batch.mask.shape
        bias = bias.view(size, nodes, nodes, self.sizes.encoder_layers, self.sizes.heads)
        bias = bias.permute(3, 0, 4, 1, 2)
        hidden = ~batch.mask[None, :, None, None, :]
        masked: Tensor = bias.masked_fill(hidden, _NEVER).contiguous()
        return masked

    def _encoded(self, memory: Tensor, batch: Batch) -> Encoded:
        nodes = self.node_input(memory) + self.kinds(batch.kinds)
        keywords = self.keywords.weight.expand(len(memory), -1, -1)
        return Encoded(
            memory=memory,
            inputs=torch.cat([keywords, nodes.to(keywords.dtype)], 1),
            keys=self.node_key(memory),
            bias=_hide(~batch.mask, memory.dtype),
        )

    # decoding

    def forward(
        self, batch: Batch, inputs: Tensor, states: Sequence[Tensor] | None = None
    ) -> tuple[Tensor, Tensor]:
        """Logits for training.

        Args:
            inputs: [batch, length], the output before each position, 0 after the last.
            states: as for ``context``.

        Returns:
            [batch, length, keywords + nodes] logits of the outputs, and [batch, nodes] logits that
            the query uses the node.
        """
        encoded = self.encode(batch, self.context(batch, states))
        index = inputs.unsqueeze(-1).expand(-1, -1, self.sizes.width)
        x = torch.gather(encoded.inputs, 1, index)
        packing = Packing(inputs != 0)
        x = self.dropout(packing.pack(x + self.positions.weight[: x.shape[1]]))
        for layer in self.decoder:
            x = layer(x, packing, encoded.memory, encoded.bias)
        logits = self._logits(x, packing, encoded.keys)
        return logits, self.mentioned(encoded.memory).squeeze(-1)

    def start(self, encoded: Encoded) -> Steps:
        """Start decoding ``encoded``, without dropout."""
        output = Output(
            self.positions.weight, self.norm_decoder, self.keyword_logits, self.pointer_query
        )
        return Steps(output, encoded, (cast(DecoderLayer, layer) for layer in self.decoder))

    def _logits(self, x: Tensor, packing: Packing, keys: Tensor) -> Tensor:
        x = self.norm_decoder(x)
        query = packing.pad(self.pointer_query(x))
        pointers = query @ keys.transpose(1, 2) / math.sqrt(self.sizes.width)
        return torch.cat([packing.pad(self.keyword_logits(x)), pointers], -1)


def _unreadable(folder: Path, error: Exception) -> ModelError:
    reason = str(error).split("\n")[0]
    return ModelError(
        f"The model in {str(folder)!r} cannot be read ({reason}); copy the folder again "
        "or train it again with `text2sql train --recipe pocket`."
    )


def _hide(mask: Tensor, dtype: torch.dtype) -> Tensor:
    """[batch, 1, 1, length], the bias on attention logits that hides positions where ``mask``."""
    bias = torch.zeros(mask.shape, dtype=dtype, device=mask.device)
    return bias.masked_fill_(mask, _NEVER)[:, None, None]


def _pool(states: Sequence[Tensor], rows: Sequence[Tensor], count: int) -> Tensor:
    """[count, width] means of the pieces of each row; row 0, for nodes without text, is zero."""
    flat = torch.cat([state.flatten(0, 1) for state in states])
    index = torch.cat([row.flatten() for row in rows])
    # bincount would wait for the device
    size = flat.new_zeros(count, 1).index_add(0, index, torch.ones_like(flat[:, :1])).clamp(min=1)
    pooled = flat.new_zeros(count, flat.shape[-1]).index_add(0, index, flat) / size
    keep = torch.ones(count, 1, dtype=flat.dtype, device=flat.device)
    keep[0] = 0
    return pooled * keep


def _pool_spans(context: Tensor, spans: Tensor) -> Tensor:
    """[batch, nodes, width] means of the words of each node's span; zero without a span."""
    places = torch.arange(context.shape[1], device=context.device)
    inside = (places >= spans[..., :1]) & (places < spans[..., 1:])
    weight = inside.to(context.dtype)
    return (weight @ context) / weight.sum(-1, keepdim=True).clamp(min=1)


def _cosine(states: Tensor) -> Tensor:
    unit = nn.functional.normalize(states.float(), dim=-1, eps=1e-4)
    return (unit @ unit.transpose(1, 2)).to(states.dtype)
