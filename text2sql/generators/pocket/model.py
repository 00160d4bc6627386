"""The pocket network: a MiniLM encoder, a relation-aware schema encoder, a pointer decoder.

Ideas: the text encoder is all-MiniLM-L6-v2 (Wang et al. 2020), which reads the question and each
table by themselves, so that a schema is read once for a database; relation-biased attention as in
RAT-SQL (Wang et al., ACL 2020); a decoder that points at nodes under a grammar as in IRNet (Guo et
al., ACL 2019).
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, cast

import torch
from safetensors import SafetensorError
from torch import Tensor, nn
from transformers import PretrainedConfig, PreTrainedModel

from text2sql.errors import ModelError
from text2sql.generators.pocket.features import NODE_KINDS, Batch
from text2sql.generators.pocket.ir import KEYWORDS
from text2sql.generators.pocket.layers import (
    DecoderLayer,
    Dropout,
    EncoderLayer,
    LayerCache,
    Packing,
    TextLayer,
)
from text2sql.generators.pocket.linking import CELL_LINKS, FLAGS, RELATIONS
from text2sql.generators.pocket.weights import load_weights, save_weights

__all__ = ["Encoded", "PocketConfig", "PocketModel"]

WEIGHTS = "model.safetensors"

_NEVER = -1e4  # added to the logit of what must not be attended to; finite in half precision


class PocketConfig(PretrainedConfig):  # type: ignore[no-untyped-call]
    """Sizes of the network."""

    model_type = "pocket"

    def __init__(
        self,
        vocabulary: int = 30_522,
        text_width: int = 384,
        text_layers: int = 6,
        text_heads: int = 12,
        width: int = 256,
        heads: int = 8,
        encoder_layers: int = 5,
        decoder_layers: int = 3,
        dropout: float = 0.15,
        max_tokens: int = 100,
        **kwargs: Any,
    ) -> None:
        self.vocabulary = vocabulary
        self.text_width = text_width
        self.text_layers = text_layers
        self.text_heads = text_heads
        self.width = width
        self.heads = heads
        self.encoder_layers = encoder_layers
        self.decoder_layers = decoder_layers
        self.dropout = dropout
        self.max_tokens = max_tokens
        super().__init__(**kwargs)


@dataclass
class Encoded:
    """What the decoder needs of a batch.

    ``memory`` [batch, nodes, width]; ``inputs`` [batch, outputs, width], how each output is fed
    back; ``keys`` [batch, nodes, width], what pointers compare with; ``bias`` [batch, 1, 1, nodes].
    """

    memory: Tensor
    inputs: Tensor
    keys: Tensor
    bias: Tensor


class PocketModel(PreTrainedModel):  # type: ignore[no-untyped-call]
    """Reads a ``features.Batch``, and writes tokens of ``ir`` one by one."""

    config_class = PocketConfig
    config: PocketConfig

    def __init__(self, config: PocketConfig) -> None:
        super().__init__(config)
        width, biases = config.width, config.encoder_layers * config.heads
        self.pieces = nn.Embedding(config.vocabulary, config.text_width)
        self.places = nn.Embedding(512, config.text_width)
        self.norm_pieces = nn.LayerNorm(config.text_width, eps=1e-12)
        self.text = nn.ModuleList(
            TextLayer(config.text_width, config.text_heads, config.dropout)
            for _ in range(config.text_layers)
        )
        self.from_context = nn.Linear(config.text_width, width)
        self.from_name = nn.Linear(config.text_width, width)
        self.kinds = nn.Embedding(len(NODE_KINDS), width)
        self.flags = nn.Linear(len(FLAGS), width)
        self.relations = nn.Embedding(len(RELATIONS), biases)
        self.cells = nn.Embedding(len(CELL_LINKS), biases)
        self.likeness = nn.Linear(2, biases, bias=False)
        self.encoder = nn.ModuleList(
            EncoderLayer(width, config.heads, config.dropout) for _ in range(config.encoder_layers)
        )
        self.norm_encoder = nn.LayerNorm(width)
        self.mentioned = nn.Linear(width, 1)
        self.keywords = nn.Embedding(len(KEYWORDS), width)
        self.node_input, self.node_key = nn.Linear(width, width), nn.Linear(width, width)
        self.positions = nn.Embedding(config.max_tokens, width)
        self.decoder = nn.ModuleList(
            DecoderLayer(width, config.heads, config.dropout) for _ in range(config.decoder_layers)
        )
        self.norm_decoder = nn.LayerNorm(width)
        self.keyword_logits = nn.Linear(width, len(KEYWORDS))
        self.pointer_query = nn.Linear(width, width)
        self.dropout = Dropout(config.dropout)
        self.post_init()  # type: ignore[no-untyped-call]

    @classmethod
    def from_pretrained(cls, folder: str | Path, *args: object, **kwargs: Any) -> PocketModel:  # type: ignore[override]
        """The model of a folder that ``save_pretrained`` wrote, ready for use.

        ``kwargs`` change its configuration, as in ``dropout=0.1``.

        Raises:
            ModelError: the folder's weights are missing, broken or of another shape.
        """
        folder = Path(folder)
        model = cls(PocketConfig.from_pretrained(folder, **kwargs))
        try:
            model.load_state_dict(load_weights(folder / WEIGHTS))
        except (OSError, RuntimeError, SafetensorError) as error:
            reason = str(error).split("\n")[0]
            raise ModelError(
                f"The weights in {str(folder)!r} cannot be read ({reason}); copy the folder again "
                "or train it anew with `python -m train --recipe pocket`."
            ) from error
        model.train(False)
        return model

    def save_pretrained(self, folder: str | Path, *args: object, **kwargs: object) -> None:  # type: ignore[override]
        """Write ``config.json`` and the weights, in 8 bits where they are matrices."""
        Path(folder).mkdir(parents=True, exist_ok=True)
        self.config.save_pretrained(folder)
        save_weights(self.state_dict(), Path(folder) / WEIGHTS)

    def _init_weights(self, module: nn.Module) -> None:
        if isinstance(module, nn.Linear):
            nn.init.xavier_uniform_(module.weight)
            if module.bias is not None:
                nn.init.zeros_(module.bias)
        elif isinstance(module, nn.Embedding):
            nn.init.normal_(module.weight, std=0.1)
        if module is self:
            for table in (self.relations, self.cells):
                nn.init.normal_(table.weight, std=0.01)
            nn.init.zeros_(self.likeness.weight)
            nn.init.constant_(self.mentioned.bias, -3.0)

    # encoding

    def embed(self, pieces: Tensor) -> Tensor:
        """[segments, pieces, text width], what the first text layer reads."""
        places = torch.arange(pieces.shape[1], device=pieces.device)
        embedded: Tensor = self.norm_pieces(self.pieces(pieces) + self.places(places))
        return embedded

    def read(self, x: Tensor, pieces: Tensor, start: int = 0, stop: int | None = None) -> Tensor:
        """``x`` through the text layers from ``start`` to ``stop``; each segment by itself."""
        packing, bias = Packing(pieces != 0), _hide(pieces == 0, x.dtype)
        packed = packing.pack(x)
        for layer in self.text[start:stop]:
            packed = layer(packed, packing, bias)
        return packing.pad(packed)

    def context(self, batch: Batch, states: Sequence[Tensor] | None = None) -> Tensor:
        """[batch, nodes, text width], what the text encoder makes of each node's name.

        Args:
            states: the text encoder's output for each group of segments, where it is known.
        """
        if states is None:
            states = [self.read(self.embed(pieces), pieces) for pieces in batch.pieces]
        table = _pool(states, batch.rows, int(batch.node_rows.max()) + 1)
        return table[batch.node_rows]

    def name_states(self, names: Tensor) -> Tensor:
        """[batch, nodes, text width], the mean of each name's piece embeddings, out of context."""
        present = (names != 0).unsqueeze(-1)
        total: Tensor = (self.pieces(names) * present).sum(2)
        return total / present.sum(2).clamp(min=1)

    def encode(self, batch: Batch, context: Tensor | None = None) -> Encoded:
        """Encode a batch; ``context`` is what the method of that name gives, where it is known."""
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
        """[layers, batch, heads, nodes, nodes] from relations and from likeness of meaning."""
        alike = [_cosine(context), _cosine(names)]
        bias = self.relations(batch.relations.long()) + self.cells(batch.cells.long())
        bias = 8 * bias + self.likeness(10 * torch.stack(alike, -1))
        size, nodes = batch.mask.shape
        bias = bias.view(size, nodes, nodes, self.config.encoder_layers, self.config.heads)
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
            inputs: [batch, length], the output before each place, 0 behind the last.
            states: as for ``context``.

        Returns:
            [batch, length, keywords + nodes] logits of the outputs, and [batch, nodes] logits that
            the query uses the node.
        """
        encoded = self.encode(batch, self.context(batch, states))
        index = inputs.unsqueeze(-1).expand(-1, -1, self.config.width)
        x = torch.gather(encoded.inputs, 1, index)
        packing = Packing(inputs != 0)
        x = self.dropout(packing.pack(x + self.positions.weight[: x.shape[1]]))
        for layer in self.decoder:
            x = layer(x, packing, encoded.memory, encoded.bias)
        logits = self._logits(x, packing, encoded.keys)
        return logits, self.mentioned(encoded.memory).squeeze(-1)

    def _decoder(self) -> list[DecoderLayer]:
        return [cast(DecoderLayer, layer) for layer in self.decoder]

    def start(self, encoded: Encoded) -> list[LayerCache]:
        """Caches for decoding ``encoded``, one hypothesis for each of its rows."""
        return [LayerCache(layer.cross.keys_values(encoded.memory)) for layer in self._decoder()]

    def step(
        self, encoded: Encoded, caches: list[LayerCache], rows: Tensor, outputs: Tensor, place: int
    ) -> Tensor:
        """[hypotheses, keywords + nodes] logits behind ``outputs``, the last of each hypothesis.

        Args:
            rows: the row of ``encoded`` that each hypothesis belongs to.
        """
        x = encoded.inputs[rows, outputs] + self.positions.weight[place]
        packing, bias = Packing(rows.new_ones(len(rows), 1, dtype=torch.bool)), encoded.bias[rows]
        for layer, cache in zip(self._decoder(), caches, strict=True):
            memory = LayerCache((cache.memory[0][rows], cache.memory[1][rows]), cache.past)
            x = layer.step(x, packing, memory, bias)
            cache.past = memory.past
        return self._logits(x, packing, encoded.keys[rows])[:, 0]

    def _logits(self, x: Tensor, packing: Packing, keys: Tensor) -> Tensor:
        x = self.norm_decoder(x)
        query = packing.pad(self.pointer_query(x))
        pointers = query @ keys.transpose(1, 2) / math.sqrt(self.config.width)
        return torch.cat([packing.pad(self.keyword_logits(x)), pointers], -1)


def _hide(mask: Tensor, dtype: torch.dtype) -> Tensor:
    """[batch, 1, 1, length], what is added to the logits of attention: little where ``mask``."""
    bias = torch.zeros(mask.shape, dtype=dtype, device=mask.device)
    return bias.masked_fill_(mask, _NEVER)[:, None, None]


def _pool(states: Sequence[Tensor], rows: Sequence[Tensor], count: int) -> Tensor:
    """[count, width] means of the pieces of each row; row 0 is for what has no text, and zero."""
    flat = torch.cat([state.flatten(0, 1) for state in states])
    index = torch.cat([row.flatten() for row in rows])
    size = torch.bincount(index, minlength=count).clamp(min=1).unsqueeze(-1)
    pooled = flat.new_zeros(count, flat.shape[-1]).index_add(0, index, flat) / size
    keep = torch.ones(count, 1, dtype=flat.dtype, device=flat.device)
    keep[0] = 0
    return pooled * keep


def _pool_spans(context: Tensor, spans: Tensor) -> Tensor:
    """[batch, nodes, width] means of the words of each node's span; zero where it has none."""
    places = torch.arange(context.shape[1], device=context.device)
    inside = (places >= spans[..., :1]) & (places < spans[..., 1:])
    weight = inside.to(context.dtype)
    return (weight @ context) / weight.sum(-1, keepdim=True).clamp(min=1)


def _cosine(states: Tensor) -> Tensor:
    unit = nn.functional.normalize(states.float(), dim=-1, eps=1e-4)
    return (unit @ unit.transpose(1, 2)).to(states.dtype)
