"""The choice of patterns, and the questions and queries they give over one database."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from functools import partial
from typing import TypeVar

from text2sql.linking.cell_index import CellIndex
from text2sql.schema import Schema
from train.pocket.synthesis.children import CHILDREN, without_needless_join
from train.pocket.synthesis.groups import GROUPS
from train.pocket.synthesis.lists import LISTS
from train.pocket.synthesis.made_up_question import MadeUpQuestion, Patterns, sentence
from train.pocket.synthesis.one_table import ONE_TABLE
from train.pocket.synthesis.opposites import OPPOSITE_CHILDREN, OPPOSITES
from train.pocket.synthesis.parents import PARENTS
from train.pocket.synthesis.rankings import RANKINGS
from train.pocket.synthesis.things import Link, Thing, bridges_of
from train.pocket.synthesis.things_in_database import things_of
from train.pocket.synthesis.three_tables import THREE_TABLES

__all__ = ["OF_LINKS", "OF_THINGS", "compose"]

Subject = TypeVar("Subject")

OF_THINGS: Patterns[Thing] = (*ONE_TABLE, *LISTS, *RANKINGS, *GROUPS, *OPPOSITES)
OF_LINKS: Patterns[Link] = (*CHILDREN, *PARENTS, *OPPOSITE_CHILDREN)

_TRIES = 8  # for each question wanted; not every pattern fits every table


def compose(
    schema: Schema, index: CellIndex, count: int, rng: random.Random
) -> Iterator[tuple[str, str]]:
    """Yield up to ``count`` different questions over a database, each with its query in SQL.

    Args:
        index: the database's cells, from which values are taken.
    """
    makers, shares = _question_makers(schema, index)
    written: set[str] = set()
    for _ in range(_TRIES * count if makers else 0):
        if len(written) >= count:
            return
        asked = rng.choices(makers, shares)[0](rng)
        if asked is not None and asked.text not in written:
            written.add(asked.text)
            yield sentence(asked.text, rng), asked.sql


_QuestionMaker = Callable[[random.Random], MadeUpQuestion | None]


def _question_makers(schema: Schema, index: CellIndex) -> tuple[list[_QuestionMaker], list[float]]:
    """Functions that ask about one, two and three tables, and the share of each.

    A function is left out if the database has nothing for it to ask about.
    """
    things, links = things_of(schema, index)
    bridges = bridges_of(links)
    found: list[tuple[_QuestionMaker, float]] = []
    if things:
        found.append((partial(_ask, things, OF_THINGS, ""), 0.5))
    if links:
        found.append((partial(_ask, links, OF_LINKS, "T2"), 0.36))
    if bridges:
        found.append((partial(_ask, bridges, THREE_TABLES, "T3"), 0.14))
    return [maker for maker, _ in found], [share for _, share in found]


def _ask(
    subjects: Sequence[Subject], patterns: Patterns[Subject], last: str, rng: random.Random
) -> MadeUpQuestion | None:
    """A question about one of the subjects; ``last`` is the alias of a table to spare."""
    functions, weights = zip(*patterns, strict=True)
    asked: MadeUpQuestion | None = rng.choices(functions, weights)[0](rng.choice(subjects), rng)
    return (
        replace(asked, sql=without_needless_join(asked.sql, last))
        if asked is not None and last
        else asked
    )
