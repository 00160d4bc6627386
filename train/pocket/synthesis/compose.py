"""Chooses patterns and writes questions with their queries over one database."""

from __future__ import annotations

import random
from collections.abc import Iterator

from text2sql.generators.pocket.values import CellIndex
from text2sql.schema import Schema
from train.pocket.synthesis.bridged import BRIDGED, bridges_of
from train.pocket.synthesis.joined import JOINED
from train.pocket.synthesis.single import SINGLE
from train.pocket.synthesis.things import things_of
from train.pocket.synthesis.wording import asked

__all__ = ["compose"]

_SHARES = {"single": 0.5, "joined": 0.36, "bridged": 0.14}
_TRIES = 8  # per question that is wanted; not every pattern fits every table


def compose(
    schema: Schema, index: CellIndex, count: int, rng: random.Random
) -> Iterator[tuple[str, str]]:
    """Up to ``count`` questions over a database, each with its query in SQL.

    Args:
        index: the database's cells, of which the questions speak.
    """
    things, links = things_of(schema, index)
    ends = {"single": things, "joined": links, "bridged": bridges_of(links)}
    patterns = {"single": SINGLE, "joined": JOINED, "bridged": BRIDGED}
    kinds = [kind for kind in _SHARES if ends[kind]]
    written: set[str] = set()
    for _ in range(_TRIES * count):
        if len(written) >= count or not kinds:
            return
        kind = rng.choices(kinds, [_SHARES[k] for k in kinds])[0]
        functions, weights = zip(*patterns[kind], strict=True)
        pair = rng.choices(functions, weights)[0](rng.choice(ends[kind]), rng)
        if pair is not None and pair[0] not in written:
            written.add(pair[0])
            yield asked(pair[0], rng), pair[1]
