"""Whose rows the rows of a join are, where its keys say so, and what it is joined for."""

from __future__ import annotations

from text2sql.query.columns import own_columns
from text2sql.query.model import STAR, Join, Query
from text2sql.schema import ForeignKey, Schema

__all__ = ["along_key", "main_source", "silent_sources"]


def main_source(query: Query, schema: Schema) -> int | None:
    """The source that gives one row each to the join; None where there is none or no telling.

    A pilot has one base: of pilots joined with airports along that key, each row is one pilot.
    """
    if len(query.sources) == 1:
        return 0
    pairs = [_ends(join, schema) for join in query.joins]
    if any(pair is None for pair in pairs):
        return None
    referred = {pair[1] for pair in pairs if pair}
    heads = [n for n in range(len(query.sources)) if n not in referred]
    connected = len(pairs) == len(query.sources) - 1 == len(referred)
    return heads[0] if connected and len(heads) == 1 else None


def silent_sources(query: Query) -> list[int]:
    """The sources of a SELECT of which it uses no column, outside its joins and inner queries."""
    refs = own_columns(query, joins=False)
    spoken = {ref.source for ref in refs if ref != STAR and not ref.outer}
    return [source for source in range(len(query.sources)) if source not in spoken]


def along_key(join: Join, schema: Schema) -> bool:
    """Whether a join condition is a foreign key of the schema."""
    return _ends(join, schema) is not None


def _ends(join: Join, schema: Schema) -> tuple[int, int] | None:
    """The sources that a key leads from and to; None where the condition is no key."""
    if join.operator != "=":
        return None
    for near, far in ((join.left, join.right), (join.right, join.left)):
        key = ForeignKey(near.table, near.column, far.table, far.column)
        if key in schema.foreign_keys and near.source != far.source:
            return near.source, far.source
    return None
