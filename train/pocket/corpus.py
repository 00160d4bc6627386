"""The corpus: training and held-out records in the model's language, and their databases."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import accumulate

from text2sql.databases import Database
from text2sql.errors import QueryError
from text2sql.generators.pocket.grammar import Grammar
from text2sql.generators.pocket.ir import ColumnToken, Token, ValueToken, to_tokens
from text2sql.linking.cell_index import CellIndex
from text2sql.linking.keys import with_keys
from text2sql.linking.words import number_of
from text2sql.query.nodes import Statement
from text2sql.query.reading import read
from text2sql.schema import Schema
from train.pocket.collection import Collection, LabeledQuestion, QuestionSource
from train.pocket.keys import with_keys_of

__all__ = ["Corpus", "Record", "check_grammar", "read_corpus"]


@dataclass(frozen=True)
class Record:
    """One question with its gold query, as SQL and as ``tokens`` of the model's language.

    ``tokens`` are empty if the language cannot express the gold. Such a record is never trained
    on, and counts as wrong in an evaluation.
    """

    question: str
    query: str
    db_id: str
    tokens: tuple[Token, ...]
    source: QuestionSource = "spider"


@dataclass
class Corpus:
    """Training and held-out records, and by database its schema, cells and collection."""

    training: list[Record] = field(default_factory=list)
    held_out: list[Record] = field(default_factory=list)
    databases: dict[str, Database] = field(default_factory=dict)
    indexes: dict[str, CellIndex] = field(default_factory=dict)
    cells: dict[str, Mapping[int, Sequence[str]]] = field(default_factory=dict)
    collections: dict[str, Collection] = field(default_factory=dict)  # by database
    left_out: int = 0  # training golds that the model's language cannot express


def read_corpus(collections: Sequence[Collection]) -> Corpus:
    """Read ``collections`` and index their databases."""
    corpus = Corpus()
    for collection in collections:
        _add_collection(corpus, collection)
    for db_id in sorted({r.db_id for r in (*corpus.training, *corpus.held_out)}):
        corpus.indexes[db_id] = CellIndex.read(corpus.databases[db_id])
    _fill_empty_columns(corpus)
    for db_id in corpus.indexes:
        corpus.cells[db_id] = _cells_by_column(corpus.indexes[db_id])
    return corpus


def _add_collection(corpus: Corpus, collection: Collection) -> None:
    entries: dict[str, list[LabeledQuestion]] = defaultdict(list)
    for entry in collection.entries:
        entries[entry.db_id].append(entry)
    for db_id, own in entries.items():
        database = with_keys(collection.databases[db_id])  # guesses keys as the application does
        parsed = {sql: _parsed(sql, database.schema) for sql in dict.fromkeys(e.query for e in own)}
        if not collection.complete_keys:
            known = [query for query in parsed.values() if query is not None]
            database = replace(database, schema=with_keys_of(known, database.schema))
        corpus.databases[db_id] = database
        tokens = {sql: _tokens(query, database.schema) for sql, query in parsed.items()}
        corpus.collections[db_id] = collection
        for entry in own:
            record = Record(entry.question, entry.query, db_id, tokens[entry.query], entry.source)
            if db_id in collection.held_out:
                corpus.held_out.append(record)
            elif record.tokens:
                corpus.training.append(record)
            else:
                corpus.left_out += 1


def _parsed(sql: str, schema: Schema) -> Statement | None:
    try:
        return read(sql, schema)
    except QueryError:
        return None


def _tokens(query: Statement | None, schema: Schema) -> tuple[Token, ...]:
    """``query`` in the model's language; empty if the language cannot express it."""
    if query is None:
        return ()
    try:
        tokens = to_tokens(query, schema)
        check_grammar(tokens)
    except QueryError:
        return ()
    return tuple(tokens)


def _fill_empty_columns(corpus: Corpus) -> None:
    """Give columns without cells the values that their questions name.

    Some training databases come without rows, and the model can only point at values in cells.
    """
    filled = {
        d: {c for cells in i.exact.values() for c in cells} for d, i in corpus.indexes.items()
    }
    for record in (*corpus.training, *corpus.held_out):
        schema, index = corpus.databases[record.db_id].schema, corpus.indexes[record.db_id]
        starts = list(accumulate((len(t.columns) for t in schema.tables), initial=0))
        tokens = record.tokens
        for left, operator, right in zip(tokens, tokens[1:], tokens[2:], strict=False):
            compares = operator in ("=", "!=", "like_contains")
            if compares and isinstance(left, ColumnToken) and isinstance(right, ValueToken):
                column = starts[left.table] + left.column
                if column not in filled[record.db_id] and isinstance(right.value, str):
                    index.add_text(column, right.value)


def check_grammar(tokens: Sequence[Token]) -> None:
    """Check that the grammar accepts ``tokens``.

    Raises:
        QueryError: it does not accept one of them.
    """
    grammar = Grammar(extended=True)
    for token in tokens:
        if not grammar.allows(token):
            raise QueryError(f"The grammar does not accept {token!r} here.")
        grammar = grammar.push(token)


def _cells_by_column(index: CellIndex, most: int = 200) -> dict[int, list[str]]:
    cells: dict[int, list[str]] = defaultdict(list)
    for columns in index.exact.values():
        for column, text in columns.items():
            if len(cells[column]) < most and number_of(text) is None:
                cells[column].append(text)
    return dict(cells)
