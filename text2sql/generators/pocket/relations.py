"""Schema linking: the relations between all words, tables, columns and values of a question.

The relations follow RAT-SQL (Wang et al., ACL 2020): a word may match a name fully or partly, a
cell may hold a value, and tables and columns are related by ownership and keys. They become biases
on the model's attention.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from text2sql.linking.values import ValueCandidate
from text2sql.linking.words import STOP_WORDS, stem, words_of
from text2sql.schema import Schema

__all__ = ["CELL_LINKS", "FLAGS", "RELATIONS", "Links", "NameMatcher", "relate", "schema_relations"]

Bytes = NDArray[np.uint8]

_DISTANCE = 5
_PAIRS = {
    "word_column": ("none", "part", "exact"),
    "column_word": ("none", "part", "exact"),
    "word_table": ("none", "part", "exact"),
    "table_word": ("none", "part", "exact"),
    "column_column": ("none", "same_table", "refers", "referred", "same_name"),
    "column_table": ("none", "owner", "key", "refers"),
    "table_column": ("none", "owner", "key", "refers"),
    "table_table": ("none", "refers", "referred", "both"),
    "word_value": ("none", "near", "in"),
    "value_word": ("none", "near", "in"),
    "value_column": ("none", "type", "cell"),
    "column_value": ("none", "type", "cell"),
    "value_table": ("none", "cell"),
    "table_value": ("none", "cell"),
    "value_value": ("none",),
}
#: Every relation between two nodes; ``word+2`` is the second word after.
RELATIONS = (
    "padding", "self",
    *(f"word{d:+d}" for d in range(-_DISTANCE, _DISTANCE + 1)),
    *(f"{pair}:{kind}" for pair, kinds in _PAIRS.items() for kind in kinds),
)  # fmt: skip
_ID = {name: i for i, name in enumerate(RELATIONS)}

#: A second, sparse relation: the word is part of a cell of the column.
CELL_LINKS = ("none", "word_column", "column_word", "word_column_part", "column_word_part")

#: Boolean features of a node.
FLAGS = (
    "column_exact", "column_part", "table_exact", "table_part", "cell", "cell_part",
    "primary_key", "refers", "referred", "in_value", "number",
)  # fmt: skip
_FLAG = {name: i for i, name in enumerate(FLAGS)}

NONE, PART, EXACT = 0, 1, 2


@dataclass
class Links:
    """The relations of one question's nodes, in the order words, tables, columns, values.

    ``relations`` and ``cells`` are [nodes, nodes] of ids into ``RELATIONS`` and ``CELL_LINKS``,
    ``flags`` is [nodes, len(FLAGS)].
    """

    relations: Bytes
    cells: Bytes
    flags: Bytes


class NameMatcher:
    """Finds the names of a schema in questions, by stem."""

    def __init__(self, names: Sequence[str]) -> None:
        self.names = [[stem(word) for word in words_of(name)] for name in names]
        telling = [
            [stem(w) for w in words_of(name) if w not in STOP_WORDS and len(w) > 1]
            for name in names
        ]
        self.telling = [frozenset(stems) for stems in telling]

    def match(self, words: Sequence[str]) -> Bytes:
        """[names, words]: NONE, PART (a distinctive word of the name) or EXACT (the whole name)."""
        stems = [stem(word) for word in words]
        stops = [word in STOP_WORDS for word in words]
        found = np.zeros((len(self.names), len(words)), np.uint8)
        present = {s for s, stop in zip(stems, stops, strict=True) if not stop}
        for row, (name, telling) in enumerate(zip(self.names, self.telling, strict=True)):
            if telling & present:
                found[row] = [
                    s in telling and not stop for s, stop in zip(stems, stops, strict=True)
                ]
            if name and name[0] in stems:
                self._mark_exact(found[row], name, stems, stops)
        return found

    @staticmethod
    def _mark_exact(
        row: Bytes, name: Sequence[str], stems: Sequence[str], stops: Sequence[bool]
    ) -> None:
        length = len(name)
        for start in range(len(stems) - length + 1):
            alone = length == 1 and stops[start]
            if stems[start : start + length] == name and not alone:
                row[start : start + length] = EXACT


def schema_relations(schema: Schema) -> Bytes:
    """[tables + columns, tables + columns] relations that do not depend on the question."""
    table_of = np.array([t for t, table in enumerate(schema.tables) for _ in table.columns])
    tables, columns = len(schema.tables), len(table_of)
    first = np.concatenate([[0], np.cumsum([len(t.columns) for t in schema.tables])])
    relations = np.full((tables + columns,) * 2, _ID["table_table:none"], np.uint8)
    relations[:tables, tables:] = _ID["table_column:none"]
    relations[tables:, :tables] = _ID["column_table:none"]
    _relate_columns(relations[tables:, tables:], schema, table_of)
    _relate_ownership(relations, schema, table_of)
    for key in schema.foreign_keys:
        a, b = first[key.table] + key.column, first[key.ref_table] + key.ref_column
        relations[tables + a, tables + b] = _ID["column_column:refers"]
        relations[tables + b, tables + a] = _ID["column_column:referred"]
        if key.table != key.ref_table:
            relations[tables + a, key.ref_table] = _ID["column_table:refers"]
            relations[key.ref_table, tables + a] = _ID["table_column:refers"]
            _relate_tables(relations, key.table, key.ref_table)
    np.fill_diagonal(relations, _ID["self"])
    return relations


def _relate_columns(block: Bytes, schema: Schema, table_of: NDArray[np.int64]) -> None:
    names = [" ".join(words_of(c.natural)) for table in schema.tables for c in table.columns]
    _, name_ids = np.unique(names, return_inverse=True) if names else (None, table_of)
    same_table = table_of[:, None] == table_of[None]
    block[:] = _ID["column_column:none"]
    block[name_ids[:, None] == name_ids[None]] = _ID["column_column:same_name"]
    block[same_table] = _ID["column_column:same_table"]


def _relate_ownership(relations: Bytes, schema: Schema, table_of: NDArray[np.int64]) -> None:
    keys = [c.primary_key for table in schema.tables for c in table.columns]
    for column, (table, is_key) in enumerate(zip(table_of, keys, strict=True)):
        node, kind = len(schema.tables) + column, "key" if is_key else "owner"
        relations[node, table] = _ID[f"column_table:{kind}"]
        relations[table, node] = _ID[f"table_column:{kind}"]


def _relate_tables(relations: Bytes, table: int, other: int) -> None:
    refers, referred = _ID["table_table:refers"], _ID["table_table:referred"]
    mutual = relations[table, other] == referred
    relations[table, other] = _ID["table_table:both"] if mutual else refers
    relations[other, table] = _ID["table_table:both"] if mutual else referred


def relate(
    schema_block: Bytes,
    schema_flags: Bytes,
    table_match: Bytes,
    column_match: Bytes,
    values: Sequence[ValueCandidate],
    table_of: NDArray[np.int64],
    numeric: NDArray[np.bool_],
) -> Links:
    """The relations of one question's nodes.

    Args:
        schema_block: ``schema_relations`` of the schema.
        schema_flags: [tables + columns, len(FLAGS)], the keys among them.
        table_match, column_match: the results of ``NameMatcher.match``, [names, words].
        values: the candidates of ``find_candidates``.
        table_of: [columns], the table of each column.
        numeric: [columns], whether a number may be compared with the column.
    """
    relations = _relations_without_values(schema_block, table_match, column_match, len(values))
    words, nodes = table_match.shape[1], len(relations)
    c0, v0 = words + len(table_match), words + len(schema_block)
    flags = np.zeros((nodes, len(FLAGS)), np.uint8)
    flags[words:v0] = schema_flags
    _flag_matches(flags, table_match, column_match)
    links = Links(relations, np.zeros((nodes, nodes), np.uint8), flags)
    for i, value in enumerate(values):
        _relate_value(links, v0 + i, value, words, c0, table_of, numeric)
    return links


def _relations_without_values(
    schema_block: Bytes, table_match: Bytes, column_match: Bytes, values: int
) -> Bytes:
    """[nodes, nodes] relations among words and names; those of the values are "none"."""
    words = table_match.shape[1]
    c0, v0 = words + len(table_match), words + len(schema_block)
    relations = np.full((v0 + values,) * 2, _ID["value_value:none"], np.uint8)
    places = np.arange(words)
    distance = np.clip(places[None] - places[:, None], -_DISTANCE, _DISTANCE)
    relations[:words, :words] = _ID["word+0"] + distance
    relations[:words, c0:v0] = _ID["word_column:none"] + column_match.T
    relations[c0:v0, :words] = _ID["column_word:none"] + column_match
    relations[:words, words:c0] = _ID["word_table:none"] + table_match.T
    relations[words:c0, :words] = _ID["table_word:none"] + table_match
    relations[words:v0, words:v0] = schema_block
    for here, there, pair in (
        (slice(0, words), slice(v0, None), ("word_value", "value_word")),
        (slice(c0, v0), slice(v0, None), ("column_value", "value_column")),
        (slice(words, c0), slice(v0, None), ("table_value", "value_table")),
    ):
        relations[here, there] = _ID[f"{pair[0]}:none"]
        relations[there, here] = _ID[f"{pair[1]}:none"]
    return relations


def _flag_matches(flags: Bytes, table_match: Bytes, column_match: Bytes) -> None:
    words, tables = table_match.shape[1], len(table_match)
    for match, name, start in (
        (table_match, "table", words),
        (column_match, "column", words + tables),
    ):
        for level, kind in ((EXACT, "exact"), (PART, "part")):
            flag, hits = _FLAG[f"{name}_{kind}"], match == level
            flags[:words, flag] = hits.any(0)
            flags[start : start + len(match), flag] = hits.any(1)


def _relate_value(
    links: Links,
    node: int,
    value: ValueCandidate,
    words: int,
    c0: int,
    table_of: NDArray[np.int64],
    numeric: NDArray[np.bool_],
) -> None:
    relations, flags = links.relations, links.flags
    relations[node, node] = _ID["self"]
    flags[node, _FLAG["number"]] = value.number is not None
    flags[node, _FLAG["cell"]] = bool(value.columns)
    if value.number is not None:
        at = c0 + np.flatnonzero(numeric)
        relations[node, at], relations[at, node] = (
            _ID["value_column:type"],
            _ID["column_value:type"],
        )
    for column in value.columns:
        # a small number is a cell of almost every numeric column, so the relation means nothing
        if value.number is None or not numeric[column] or value.number >= 100:
            _relate_cell(links, node, value, column, words, c0, table_of)
    if value.span:
        start, end = value.span
        near = slice(max(0, start - 2), min(words, end + 2))
        for span, kind in ((near, "near"), (slice(start, end), "in")):
            relations[span, node] = _ID[f"word_value:{kind}"]
            relations[node, span] = _ID[f"value_word:{kind}"]
        flags[start:end, _FLAG["in_value"]] = 1
        flags[node, _FLAG["in_value"]] = 1


def _relate_cell(
    links: Links,
    node: int,
    value: ValueCandidate,
    column: int,
    words: int,
    c0: int,
    table_of: NDArray[np.int64],
) -> None:
    at, table = c0 + column, words + table_of[column]
    links.relations[node, at] = _ID["value_column:cell"]
    links.relations[at, node] = _ID["column_value:cell"]
    links.relations[node, table] = _ID["value_table:cell"]
    links.relations[table, node] = _ID["table_value:cell"]
    if not value.span:
        return
    span = slice(*value.span)
    whole = value.kind in ("cell", "number", "quoted")
    suffix, flag = ("", "cell") if whole else ("_part", "cell_part")
    links.cells[span, at] = CELL_LINKS.index(f"word_column{suffix}")
    links.cells[at, span] = CELL_LINKS.index(f"column_word{suffix}")
    links.flags[at, _FLAG[flag]] = 1
    if whole:
        links.flags[span, _FLAG["cell"]] = 1
