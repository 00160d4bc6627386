"""Lexical schema linking: the tables and columns of a question, with the cells that it names.

The recipe ``flan-t5-large-lora-linked`` uses the linked schema instead of the whole schema, in
training and in inference. Relevance depends on names and cells that occur in the question.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, replace

from text2sql.databases import Database
from text2sql.linking.values import candidates_of
from text2sql.linking.words import STOP_WORDS, stem, words_of
from text2sql.prompt import Prompt, build_prompt
from text2sql.schema import ColumnPosition, ForeignKey, Schema

__all__ = [
    "LinkedSchema",
    "link_schema",
    "linked_places",
    "linked_prompt",
    "named_in",
    "select_columns",
]

_MOST_TABLES = 6
_MOST_COLUMNS = 12  # of a table, unless the question names more
_MOST_VALUES = 2  # of a column
_VALUE_KINDS = frozenset(("cell", "cell_part", "code", "relative"))


def select_columns(schema: Schema, places: Collection[ColumnPosition]) -> Schema:
    """``schema`` with only the columns at ``places`` and their tables, in the same order."""
    kept: defaultdict[int, list[int]] = defaultdict(list)
    for table, column in sorted(set(places)):
        kept[table].append(column)
    new = {
        (table, column): (i, j)
        for i, (table, columns) in enumerate(kept.items())
        for j, column in enumerate(columns)
    }
    tables = tuple(
        replace(old, columns=tuple(old.columns[c] for c in columns))
        for old, columns in ((schema.tables[t], cs) for t, cs in kept.items())
    )
    keys = tuple(
        ForeignKey(*new[k.table, k.column], *new[k.ref_table, k.ref_column], guessed=k.guessed)
        for k in schema.foreign_keys
        if (k.table, k.column) in new and (k.ref_table, k.ref_column) in new
    )
    return Schema(tables, keys)


def named_in(sql: str, schema: Schema) -> set[ColumnPosition]:
    """Return the columns that ``sql`` may name, with at least one of each table that it names."""
    words = set(re.findall(r"\w+", sql.lower()))
    text = sql.lower()
    found: set[ColumnPosition] = set()
    for t, table in enumerate(schema.tables):
        if not _named(table.name, words, text):
            continue
        columns = {c for c, column in enumerate(table.columns) if _named(column.name, words, text)}
        found |= {(t, c) for c in columns or {0} if table.columns}
    return found


def _named(name: str, words: Collection[str], text: str) -> bool:
    return name.lower() in words if name.isidentifier() else name.lower() in text


def _scores(question: str, schema: Schema) -> dict[ColumnPosition, float]:
    """Score how clearly the question mentions each column and its table; rare words count more."""
    asked = _stems(question)
    table_words = [_stems(f"{t.natural} {t.name}") for t in schema.tables]
    column_words = {
        (i, j): _stems(f"{c.natural} {c.name}")
        for i, t in enumerate(schema.tables)
        for j, c in enumerate(t.columns)
    }
    counts = Counter(word for words in (*table_words, *column_words.values()) for word in words)
    scores = {}
    for (table, column), words in column_words.items():
        whole = 1.0 if words and words <= asked else 0.0
        score = whole + sum(1 / counts[w] for w in words & asked)
        named = table_words[table] & asked
        size = len(schema.tables[table].columns)
        share = (bool(named) + bool(named and table_words[table] <= asked)) * 2 / size
        scores[table, column] = score + share
    return scores


def _stems(text: str) -> set[str]:
    return {stem(w) for w in words_of(text.replace("_", " "))} - STOP_WORDS


@dataclass(frozen=True)
class LinkedSchema:
    """The relevant part of a schema; ``values`` are cells that the question mentions, by column."""

    schema: Schema
    values: Mapping[ColumnPosition, tuple[str, ...]]

    def serialize(self) -> str:
        """``singer(name, country ("France")) | song(title)``: the reference's format with cells."""
        return " | ".join(
            f"{table.name}({', '.join(self._column(t, c) for c in range(len(table.columns)))})"
            for t, table in enumerate(self.schema.tables)
        )

    def _column(self, table: int, column: int) -> str:
        name = self.schema.tables[table].columns[column].name
        cells = ", ".join(f'"{value}"' for value in self.values.get((table, column), ()))
        return f"{name} ({cells})" if cells else name


def linked_prompt(
    question: str,
    database: Database,
    count_tokens: Callable[[str], int],
    limit: int = 512,
    keep: Collection[ColumnPosition] = (),
) -> Prompt:
    """The prompt with the linked schema, with fewer tables if it exceeds ``limit``.

    Its ``dropped`` are the tables removed for length, not those that linking left out.
    For ``keep``, see ``link_schema``.
    """
    linked = link_schema(question, database, keep)
    names = [table.name for table in linked.schema.tables]
    text = build_prompt(question, linked.serialize())
    for most_tables in range(_MOST_TABLES - 1, 0, -1):
        if count_tokens(text) <= limit:
            break
        linked = link_schema(question, database, keep, most_tables)
        text = build_prompt(question, linked.serialize())
    left = {table.name for table in linked.schema.tables}
    return Prompt(text, tuple(name for name in names if name not in left))


def link_schema(
    question: str,
    database: Database,
    keep: Collection[ColumnPosition] = (),
    most_tables: int = _MOST_TABLES,
) -> LinkedSchema:
    """The tables and columns that ``question`` is about, with the cells that it mentions.

    Keeps the best tables, the tables that join them, their keys, and their best columns.

    Args:
        keep: columns to keep in any case; for a training example, those of the gold query.
    """
    schema = database.schema
    values = _mentioned_values(question, database)
    places = linked_places(question, schema, values, most_tables, keep)
    linked = select_columns(schema, places)
    moved = dict(zip(sorted(places), linked.column_positions, strict=True))
    return LinkedSchema(linked, {moved[p]: v for p, v in values.items() if p in moved})


def linked_places(
    question: str,
    schema: Schema,
    held: Collection[ColumnPosition],
    most_tables: int = _MOST_TABLES,
    keep: Collection[ColumnPosition] = (),
) -> set[ColumnPosition]:
    """The columns that ``link_schema`` keeps; ``held`` are columns that hold a mentioned cell."""
    scores = _scores(question, schema)
    for place in held:
        scores[place] += 2.0
    tables = _linked_tables(schema, scores, {table for table, _ in keep}, most_tables)
    return {p for t in tables for p in _linked_columns(schema, t, scores)} | set(keep)


def _mentioned_values(question: str, database: Database) -> dict[ColumnPosition, tuple[str, ...]]:
    places = database.schema.column_positions
    found: defaultdict[ColumnPosition, list[str]] = defaultdict(list)
    for candidate in candidates_of(question, database):
        if candidate.kind in _VALUE_KINDS and candidate.span is not None:
            for column in sorted(candidate.columns):
                found[places[column]].append(candidate.text)
    return {place: tuple(texts[:_MOST_VALUES]) for place, texts in found.items()}


def _linked_tables(
    schema: Schema, scores: Mapping[ColumnPosition, float], needed: set[int], most: int
) -> set[int]:
    totals: Counter[int] = Counter()
    for (table, _), score in scores.items():
        totals[table] += score  # type: ignore[assignment]  # a Counter counts halves as well
    ranked = sorted(range(len(schema.tables)), key=lambda t: (t not in needed, -totals[t], t))
    kept = set(ranked[:most]) | needed
    return kept | _bridges(schema, kept)


def _bridges(schema: Schema, tables: set[int]) -> set[int]:
    """Return tables that connect two of ``tables`` by foreign keys."""
    neighbours: defaultdict[int, set[int]] = defaultdict(set)
    for key in schema.foreign_keys:
        neighbours[key.table].add(key.ref_table)
    return {t for t, others in neighbours.items() if len((others - {t}) & tables) > 1}


def _linked_columns(
    schema: Schema, table: int, scores: Mapping[ColumnPosition, float]
) -> Sequence[ColumnPosition]:
    columns = range(len(schema.tables[table].columns))
    if len(columns) <= _MOST_COLUMNS:
        return [(table, c) for c in columns]
    ends = {(k.table, k.column) for k in schema.foreign_keys}
    ends |= {(k.ref_table, k.ref_column) for k in schema.foreign_keys}
    keys = [c for c in columns if schema.tables[table].columns[c].primary_key or (table, c) in ends]
    ranked = sorted(columns, key=lambda c: (c not in keys, -scores[table, c], c))
    base = 2 / len(columns)  # the score of the table's name, for each of its columns
    named = [c for c in columns if scores[table, c] > 2 * base]
    return [(table, c) for c in {*ranked[:_MOST_COLUMNS], *named}]
