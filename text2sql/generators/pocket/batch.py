"""The model's input: several encoded questions as one batch of padded tensors."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, fields

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from text2sql.generators.pocket.features import QuestionFeatures, Segment
from text2sql.generators.pocket.relations import FLAGS

__all__ = ["Batch", "collate"]


@dataclass
class Batch:
    """Several questions as tensors, padded to the largest.

    ``pieces`` and ``rows`` hold the segments in groups of similar length, each segment once even if
    questions share it: [segments, pieces] wordpieces, 0 for none, and the row of each piece in the
    table of names, 0 for none; ``row_count`` is the length of that table.
    ``node_rows`` [batch, nodes] says which row each node takes. ``names`` is [batch, nodes, pieces
    of a name]; ``kinds``, ``mask`` [batch, nodes]; ``relations``, ``cells`` [batch, nodes, nodes];
    ``flags`` [batch, nodes, flags]; ``spans`` [batch, nodes, 2], the words a value comes from.
    """

    pieces: list[Tensor]
    rows: list[Tensor]
    row_count: int
    node_rows: Tensor
    names: Tensor
    kinds: Tensor
    mask: Tensor
    relations: Tensor
    cells: Tensor
    flags: Tensor
    spans: Tensor

    def to(self, device: torch.device) -> Batch:
        """Copy to ``device``, asynchronously from pinned memory."""
        return self._each(lambda tensor: tensor.to(device, non_blocking=True))

    def pin_memory(self) -> Batch:
        """Copy to pinned memory, for asynchronous copies to a GPU."""
        return self._each(Tensor.pin_memory)

    def _each(self, change: Callable[[Tensor], Tensor]) -> Batch:
        pieces, rows = ([change(t) for t in group] for group in (self.pieces, self.rows))
        rest = (getattr(self, f.name) for f in fields(self)[3:])
        return Batch(pieces, rows, self.row_count, *map(change, rest))


def collate(batch: Sequence[QuestionFeatures]) -> Batch:
    """Pad the features of several questions to one ``Batch``."""
    size = len(batch)
    nodes = max(f.nodes for f in batch)
    width = max(len(name) for f in batch for name in f.names)
    node_rows = np.zeros((size, nodes), np.int64)
    pieces, rows, row_count = _group_segments(batch, node_rows)
    names = np.zeros((size, nodes, width), np.int64)
    kinds, mask = np.zeros((size, nodes), np.int64), np.zeros((size, nodes), bool)
    relations, cells = (np.zeros((size, nodes, nodes), np.uint8) for _ in range(2))
    flags = np.zeros((size, nodes, len(FLAGS)), np.uint8)
    spans = np.zeros((size, nodes, 2), np.int64)
    for row, features in enumerate(batch):
        count = features.nodes
        for node, name in enumerate(features.names):
            names[row, node, : len(name)] = name
        kinds[row, :count], mask[row, :count] = features.kinds, True
        relations[row, :count, :count] = features.relations
        cells[row, :count, :count] = features.cells
        flags[row, :count] = features.flags
        for node, value in enumerate(features.values, count - len(features.values)):
            if value.span and value.span[1] <= features.words:
                spans[row, node] = value.span
    arrays = (node_rows, names, kinds, mask, relations, cells, flags, spans)
    return Batch(pieces, rows, row_count, *map(torch.from_numpy, arrays))


def _group_segments(
    batch: Sequence[QuestionFeatures], node_rows: NDArray[np.int64]
) -> tuple[list[Tensor], list[Tensor], int]:
    """Fill ``node_rows``; return the batch's segments without repeats, in groups of similar length,
    and the number of rows that their names take.
    """
    first_row: dict[tuple[int, ...], int] = {}
    segments: list[Segment] = []
    rows = 1
    for number, features in enumerate(batch):
        for segment in features.segments:
            if segment.pieces not in first_row:
                first_row[segment.pieces] = rows
                rows += len(segment.nodes)
                segments.append(segment)
            start = first_row[segment.pieces]
            node_rows[number, list(segment.nodes)] = np.arange(start, start + len(segment.nodes))
    segments.sort(key=lambda s: len(s.pieces))
    groups: list[list[Segment]] = []
    for segment in segments:
        if groups and len(segment.pieces) <= 1.3 * len(groups[-1][0].pieces) + 4:
            groups[-1].append(segment)
        else:
            groups.append([segment])
    padded = [_padded(group, first_row) for group in groups]
    return [p for p, _ in padded], [r for _, r in padded], rows


def _padded(
    group: Sequence[Segment], first_row: Mapping[tuple[int, ...], int]
) -> tuple[Tensor, Tensor]:
    length = max(len(s.pieces) for s in group)
    pieces, rows = (np.zeros((len(group), length), np.int64) for _ in range(2))
    for i, segment in enumerate(group):
        pieces[i, : len(segment.pieces)] = segment.pieces
        slots = np.array(segment.slots)
        rows[i, : len(slots)] = np.where(slots >= 0, slots + first_row[segment.pieces], 0)
    return torch.from_numpy(pieces), torch.from_numpy(rows)
