"""The named API endpoints of the page, for ``gradio_client``, HTTP clients, and MCP clients.

Their docstrings are the documentation that callers see, and that a language model reads over MCP.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import gradio as gr
from anyio.to_thread import run_sync
from gradio.events import api

from text2sql.answering.conversation.following import Previous
from text2sql.answering.service import Service
from text2sql.errors import QueryError, Text2SQLError
from text2sql.linking.engine_tables import without_engine_tables
from text2sql.linking.keys import with_keys
from text2sql.query.explanation import explanation
from text2sql.sandbox import Limits
from text2sql.ui.visitor import current_caller

if TYPE_CHECKING:
    from text2sql.databases import Catalog, Database
    from text2sql.schema import Schema
    from text2sql.spider import Example
    from text2sql.ui.model_thread import ModelThread
    from text2sql.ui.queries import Queries

__all__ = ["add_endpoints"]

_COMPARING = Limits(max_rows=10_000)  # rows of each query that are compared


def add_endpoints(
    model: ModelThread,
    catalog: Catalog,
    queries: Queries,
    examples: Callable[[str], Sequence[Example]] = lambda db_id: (),
) -> None:
    """Add ``/databases``, ``/schema``, ``/ask``, ``/run`` and ``/compare`` to a ``gr.Blocks``.

    ``examples`` returns the questions over a database whose SQL a person gave.
    A caller's mistake and a full queue are errors with a readable message. SQL that fails is not an
    error but a result with ``error`` set.
    """
    of = _Endpoints(model, catalog, queries, examples)
    # the queues of the model and of SQL limit how many requests run and how many wait
    for endpoint in (of.databases, of.schema, of.ask, of.run, of.compare):
        api(endpoint, api_name=endpoint.__name__, concurrency_limit=None)


@dataclass(frozen=True)
class _Endpoints:
    """The endpoints of the page; each public method is one, under its own name."""

    model: ModelThread
    catalog: Catalog
    queries: Queries
    examples: Callable[[str], Sequence[Example]]

    def databases(self) -> list[dict[str, Any]]:
        """List the databases. Call this first: the other endpoints need a db_id from this list.

        Returns:
            for each database: db_id, group, numbers of tables and columns, and whether SQL can run
        """
        return [_described(database) for database in self.catalog]

    def schema(self, db_id: str) -> dict[str, Any]:
        """Describe the tables, columns and keys of one database.

        Args:
            db_id: the name of a database from `databases`

        Returns:
            the tables with their columns, the foreign keys, and the schema as the model reads it
        """
        with _sentences():
            return _schema(with_keys(self.catalog.get(db_id)))

    async def ask(
        self, question: str, db_id: str, after: dict[str, Any] | None = None
    ) -> dict[str, Any]:
        """Answer a question about one database: write a SELECT, run it, and return the rows.

        Earlier questions are remembered only if `after` names them. The answer can be wrong:
        compare `reading` with what you asked, and do not rely on rows that come with a `doubt`.

        Args:
            question: the question, in English
            db_id: the name of a database from `databases`
            after: the answer that a follow-up like "only those from France" goes on from: what
                this endpoint returned for it, or its `sql`, with its `question` if you know it

        Returns:
            the SQL; `reading`, what it does in English, or "" where that is too long; its rows;
            confidence, how likely the rows are right, and answerable, how likely the database
            holds what is asked for, each from 0 to 1 or null where the model does not say; `doubt`,
            warnings in words, "" for none, with `missing`, what the question asks for and the SQL
            lacks; the other candidates with their scores and whether they ran; and of a follow-up,
            the `earlier` questions that it goes on from, with `carried`: the parts of the SQL that
            it has from them, each as `text` with the SQL `without` it
        """
        with _sentences():
            database = self.catalog.get(db_id)
            before = None if not after else Previous.from_dict(after)
            known = Service(examples=await run_sync(self.examples, db_id))
            ticket = self.model.submit(question, database, current_caller(), False, before, known)
            answer = await ticket.ended()
            reading = explanation(answer.sql, database.schema)
            return {**answer.to_dict(), "doubt": answer.doubt, "reading": reading}

    async def run(self, sql: str, db_id: str) -> dict[str, Any]:
        """Run a SELECT that you wrote, read-only and within limits on time and size.

        Args:
            sql: one SELECT statement; anything else is refused
            db_id: the name of a database from `databases`

        Returns:
            columns, rows, whether rows were cut off, the seconds taken, and the error or null
        """
        with _sentences():
            return (await self.queries.submit(self.catalog.get(db_id), sql).ended()).to_dict()

    async def compare(self, prediction: str, gold: str, db_id: str) -> dict[str, Any]:
        """Compare SQL with a gold query, clause by clause and by the rows of both.

        Args:
            prediction: the SQL to score
            gold: the correct SQL
            db_id: the name of a database from `databases`

        Returns:
            exact_set and execution: true, false, or null (exact_set is null if the gold query is
            outside Spider's SQL fragment, execution if only the schema is known); disagreement:
            which one of the two metrics is true, or null; reason: a sentence; clauses: those that
            differ, with the expected and the found text; rows: null, or how the rows differ, with
            examples of missing and extra rows
        """
        with _sentences():
            database = self.catalog.get(db_id)
            return await self.queries.in_turn(lambda: _compared(prediction, gold, database)).ended()


@contextmanager
def _sentences() -> Iterator[None]:
    """Pass the messages of the package's own errors on to the caller."""
    try:
        yield
    except Text2SQLError as error:
        raise gr.Error(str(error), print_exception=False) from error


def _described(database: Database) -> dict[str, Any]:
    schema = without_engine_tables(database.schema)
    return {
        "db_id": database.db_id,
        "group": database.group,
        "tables": len(schema.tables),
        "columns": schema.column_count,
        "runnable": database.path is not None,
    }


def _compared(prediction: str, gold: str, database: Database) -> dict[str, Any]:
    from text2sql.compare import verdict  # needed only here

    try:
        return verdict(gold, prediction, database, _COMPARING).to_dict()
    except QueryError as error:
        raise QueryError(f"The gold query cannot be read: {error}") from error


def _schema(database: Database) -> dict[str, Any]:
    schema = without_engine_tables(database.schema)
    return {
        "db_id": database.db_id,
        "serialized": schema.serialize(),
        "tables": [
            {
                "name": table.name,
                "columns": [
                    {"name": c.name, "type": c.type, "primary_key": c.primary_key}
                    for c in table.columns
                ],
            }
            for table in schema.tables
        ],
        "foreign_keys": _keys(schema),
    }


def _keys(schema: Schema) -> list[dict[str, str | bool]]:
    name: Callable[[int, int], str] = lambda t, c: schema.tables[t].columns[c].name  # noqa: E731
    return [
        {
            "table": schema.tables[key.table].name,
            "column": name(key.table, key.column),
            "ref_table": schema.tables[key.ref_table].name,
            "ref_column": name(key.ref_table, key.ref_column),
            "guessed": key.guessed,
        }
        for key in schema.foreign_keys
    ]
