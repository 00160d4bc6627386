"""The layers of the pocket network: attention with an additive bias, without work on padding.

A batch is padded to its longest question, and over a third of it is padding. Operations on single
positions (projections, feed-forward, norms) therefore read a *packed* tensor, [positions, width],
which holds only the real positions of the batch; attention alone needs the padded form.
"""

from __future__ import annotations

import torch
from torch import Tensor, nn

__all__ = [
    "Attention",
    "DecoderLayer",
    "Dropout",
    "EncoderLayer",
    "Packing",
    "TextLayer",
]


def packs(device: torch.device) -> bool:
    """Whether operations on single positions leave out padding on ``device``."""
    return device.type == "cpu"


class Packing:
    """The real positions of a padded [batch, length] tensor.

    On a GPU, all positions count as real: finding the padding would make each step wait for the
    device, which costs more. Attention never reads padding, and losses leave it out.
    """

    def __init__(self, mask: Tensor) -> None:
        self.shape = mask.shape
        whole = not packs(mask.device) or bool(mask.all())
        self.places = None if whole else mask.flatten().nonzero().squeeze(1)

    def pack(self, x: Tensor) -> Tensor:
        """[batch, length, width] to [positions, width]."""
        flat = x.flatten(0, 1)
        return flat if self.places is None else flat.index_select(0, self.places)

    def pad(self, x: Tensor) -> Tensor:
        """[positions, width] to [batch, length, width], with zeros as padding."""
        if self.places is not None:
            padded = x.new_zeros(self.shape[0] * self.shape[1], x.shape[-1])
            x = padded.index_copy(0, self.places, x)
        return x.view(*self.shape, -1)


class Dropout(nn.Module):
    """Dropout that takes eight masks from each random number, because drawing is slow on a CPU."""

    def __init__(self, p: float) -> None:
        super().__init__()
        self.p = p

    def forward(self, x: Tensor) -> Tensor:
        dropped = round(256 * self.p)
        if not self.training or not dropped:
            return x
        words = torch.empty(-(-x.numel() // 8), dtype=torch.int64, device=x.device)
        draws = words.random_(-(2**63), None).view(torch.uint8)[: x.numel()].view(x.shape)
        return x * (draws >= dropped).to(x.dtype).mul_(256 / (256 - dropped))


class Attention(nn.Module):
    """Multi-head attention with an additive bias on its logits."""

    def __init__(self, width: int, heads: int) -> None:
        super().__init__()
        self.heads = heads
        self.query, self.key, self.value, self.out = (nn.Linear(width, width) for _ in range(4))

    def split(self, x: Tensor) -> Tensor:
        """[batch, length, width] to [batch, heads, length, width of a head]."""
        return x.view(*x.shape[:2], self.heads, -1).transpose(1, 2)

    def keys_values(self, memory: Tensor) -> tuple[Tensor, Tensor]:
        """Keys and values of a padded memory, [batch, length, width]."""
        return self.split(self.key(memory)), self.split(self.value(memory))

    def attend(
        self,
        x: Tensor,
        packing: Packing,
        keys: Tensor,
        values: Tensor,
        bias: Tensor | None,
        causal: bool = False,
    ) -> Tensor:
        """Attention of packed positions to padded keys and values."""
        mixed = nn.functional.scaled_dot_product_attention(
            self.split(packing.pad(self.query(x))), keys, values, attn_mask=bias, is_causal=causal
        )
        out: Tensor = self.out(packing.pack(mixed.transpose(1, 2).flatten(2)))
        return out

    def forward(
        self, x: Tensor, packing: Packing, bias: Tensor | None, causal: bool = False
    ) -> Tensor:
        """Packed positions attend to one another."""
        keys, values = (self.split(packing.pad(part(x))) for part in (self.key, self.value))
        return self.attend(x, packing, keys, values, bias, causal)


class _FeedForward(nn.Sequential):
    def __init__(self, width: int) -> None:
        super().__init__(nn.Linear(width, 4 * width), nn.GELU(), nn.Linear(4 * width, width))


class TextLayer(nn.Module):
    """A BERT layer, with normalisation after each sublayer."""

    def __init__(self, width: int, heads: int, dropout: float) -> None:
        super().__init__()
        self.attention = Attention(width, heads)
        self.feed_forward = _FeedForward(width)
        self.norm_attention, self.norm_feed_forward = (
            nn.LayerNorm(width, eps=1e-12) for _ in range(2)
        )
        self.dropout = Dropout(dropout)

    def forward(self, x: Tensor, packing: Packing, bias: Tensor | None) -> Tensor:
        x = self.norm_attention(x + self.dropout(self.attention(x, packing, bias)))
        out: Tensor = self.norm_feed_forward(x + self.dropout(self.feed_forward(x)))
        return out


class EncoderLayer(nn.Module):
    """A layer over nodes, with normalisation before each sublayer."""

    def __init__(self, width: int, heads: int, dropout: float) -> None:
        super().__init__()
        self.attention = Attention(width, heads)
        self.feed_forward = _FeedForward(width)
        self.norm_attention, self.norm_feed_forward = (nn.LayerNorm(width) for _ in range(2))
        self.dropout = Dropout(dropout)

    def forward(self, x: Tensor, packing: Packing, bias: Tensor) -> Tensor:
        x = x + self.dropout(self.attention(self.norm_attention(x), packing, bias))
        out: Tensor = x + self.dropout(self.feed_forward(self.norm_feed_forward(x)))
        return out


class DecoderLayer(nn.Module):
    """A decoder layer: attends to the tokens so far, then to the encoded nodes."""

    def __init__(self, width: int, heads: int, dropout: float) -> None:
        super().__init__()
        self.own, self.cross = (Attention(width, heads) for _ in range(2))
        self.feed_forward = _FeedForward(width)
        self.norm_own, self.norm_cross, self.norm_feed_forward = (
            nn.LayerNorm(width) for _ in range(3)
        )
        self.dropout = Dropout(dropout)

    def forward(self, x: Tensor, packing: Packing, memory: Tensor, memory_bias: Tensor) -> Tensor:
        """All positions at once, each attending to those before it; ``Steps`` decodes stepwise."""
        x = x + self.dropout(self.own(self.norm_own(x), packing, None, causal=True))
        keys, values = self.cross.keys_values(memory)
        crossed = self.cross.attend(self.norm_cross(x), packing, keys, values, memory_bias)
        x = x + self.dropout(crossed)
        out: Tensor = x + self.dropout(self.feed_forward(self.norm_feed_forward(x)))
        return out
