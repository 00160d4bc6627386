"""Chooses patterns and writes questions with their queries over one database."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from functools import partial
from typing import TypeVar

from text2sql.linking.cell_index import CellIndex
from text2sql.schema import Schema
from train.pocket.synthesis.asked import Asked, Patterns, sentence
from train.pocket.synthesis.bridged import BRIDGED
from train.pocket.synthesis.grouped import GROUPED
from train.pocket.synthesis.joined import JOINED, lean
from train.pocket.synthesis.listed import LISTED
from train.pocket.synthesis.observed import things_of
from train.pocket.synthesis.opposed import OPPOSED, OPPOSED_PARENTS
from train.pocket.synthesis.parents import PARENTS
from train.pocket.synthesis.ranked import RANKED
from train.pocket.synthesis.single import SINGLE
from train.pocket.synthesis.things import Link, Thing, bridges_of

__all__ = ["OF_LINKS", "OF_THINGS", "compose"]

Subject = TypeVar("Subject")

OF_THINGS: Patterns[Thing] = (*SINGLE, *LISTED, *RANKED, *GROUPED, *OPPOSED)
OF_LINKS: Patterns[Link] = (*JOINED, *PARENTS, *OPPOSED_PARENTS)

_TRIES = 8  # per question that is wanted; not every pattern fits every table


def compose(
    schema: Schema, index: CellIndex, count: int, rng: random.Random
) -> Iterator[tuple[str, str]]:
    """Up to ``count`` questions over a database, each with its query in SQL.

    Args:
        index: the database's cells, of which the questions speak.
    """
    askers, shares = _askers(schema, index)
    written: set[str] = set()
    for _ in range(_TRIES * count if askers else 0):
        if len(written) >= count:
            return
        asked = rng.choices(askers, shares)[0](rng)
        if asked is not None and asked.text not in written:
            written.add(asked.text)
            yield sentence(asked.text, rng), asked.sql


_Asker = Callable[[random.Random], Asked | None]


def _askers(schema: Schema, index: CellIndex) -> tuple[list[_Asker], list[float]]:
    """Who asks about one, two and three tables, and the share of each; none without a subject."""
    things, links = things_of(schema, index)
    bridges = bridges_of(links)
    found: list[tuple[_Asker, float]] = []
    if things:
        found.append((partial(_ask, things, OF_THINGS, ""), 0.5))
    if links:
        found.append((partial(_ask, links, OF_LINKS, "T2"), 0.36))
    if bridges:
        found.append((partial(_ask, bridges, BRIDGED, "T3"), 0.14))
    return [asker for asker, _ in found], [share for _, share in found]


def _ask(
    subjects: Sequence[Subject], patterns: Patterns[Subject], last: str, rng: random.Random
) -> Asked | None:
    """A question about one of the subjects; ``last`` is the alias of a table to spare."""
    functions, weights = zip(*patterns, strict=True)
    asked: Asked | None = rng.choices(functions, weights)[0](rng.choice(subjects), rng)
    return replace(asked, sql=lean(asked.sql, last)) if asked is not None and last else asked
