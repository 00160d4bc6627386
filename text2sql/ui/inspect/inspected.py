"""A detailed comparison of one item: both queries run again and compared by clause."""

from __future__ import annotations

from dataclasses import dataclass

from text2sql.compare import ClauseDifference, Verdict, query_differences
from text2sql.compare.verdict import explain, measured_exact_set
from text2sql.databases import Catalog, Database
from text2sql.errors import QueryError, Text2SQLError
from text2sql.evaluation.items import Item
from text2sql.metrics import ExactSet, Execution, execution
from text2sql.metrics.pair import QueryPair
from text2sql.sandbox import Limits

__all__ = ["Inspected", "inspect_item"]

_LIMITS = Limits(timeout_s=5.0, max_rows=10_000)
"""Stricter than in an evaluation, because a visitor is waiting."""


@dataclass(frozen=True)
class Inspected:
    """The comparison of an item; ``match``, ``run`` and ``verdict`` may be None, see ``note``.

    ``differences`` includes differences that no metric counts.
    """

    item: Item
    match: ExactSet | None = None
    run: Execution | None = None
    verdict: Verdict | None = None
    differences: tuple[ClauseDifference, ...] = ()
    note: str | None = None


def inspect_item(item: Item, catalog: Catalog) -> Inspected:
    """Compare the item's prediction with its gold query, on the database if that is available.

    Both queries run in the sandbox. Errors are not raised; ``note`` describes them.
    """
    try:
        database = catalog.get(item.example.db_id)
        run = _run(item, database)
    except Text2SQLError as error:
        return Inspected(item, note=str(error))
    pair = QueryPair(item.example.query, item.prediction, database.schema)
    try:
        match = measured_exact_set(pair)
    except QueryError as error:
        return Inspected(item, run=run, note=f"The gold query cannot be read: {error}")
    verdict = explain(pair, match, run)
    differences = (query_differences(pair) or ()) if item.prediction.strip() else ()
    note = None if run is not None else "Only the schema is available, so neither query was run."
    return Inspected(item, match, run, verdict, differences, note)


def _run(item: Item, database: Database) -> Execution | None:
    if database.path is None:
        return None
    return execution(item.example.query, item.prediction, database, limits=_LIMITS)
