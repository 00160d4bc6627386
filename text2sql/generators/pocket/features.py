"""The model's input arrays of a question and a schema, for training and answering alike."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from text2sql.generators.pocket.grammar import Allowed, Values
from text2sql.generators.pocket.ir import KEYWORDS, ColumnToken, TableToken, Token, ValueToken
from text2sql.generators.pocket.pieces import Pieces
from text2sql.generators.pocket.relations import FLAGS, NameMatcher, relate, schema_relations
from text2sql.linking.values import KINDS, ValueCandidate
from text2sql.linking.words import Word, words_of
from text2sql.memo import Memo
from text2sql.schema import Schema

__all__ = [
    "NODE_KINDS",
    "QuestionFeatures",
    "SchemaFeatures",
    "Segment",
    "encode_question",
    "encode_schema",
]

_COLUMN_TYPES = ("text", "number", "time", "boolean", "others")
#: The kinds of nodes: a word, a table, a column by type, a value by the way it was found.
NODE_KINDS = (
    "padding", "word", "table",
    *(f"column:{t}" for t in _COLUMN_TYPES),
    *(f"value:{kind}" for kind in KINDS), "value:zero",
)  # fmt: skip
_KIND = {name: i for i, name in enumerate(NODE_KINDS)}
_KEYWORD = {word: i for i, word in enumerate(KEYWORDS)}

_MASKS = Memo(5_000_000)
_MAX_WORDS = 120
_MAX_NAME_PIECES = 12
_SEGMENT_PIECES = 120  # a wide table is read in several parts


@dataclass
class Segment:
    """Wordpieces that the text encoder reads together: the question, or one table.

    ``slots`` gives, for each piece, the number of its name within the segment (-1 for none);
    ``nodes`` gives the node of each name.
    """

    pieces: tuple[int, ...]
    slots: tuple[int, ...]
    nodes: tuple[int, ...]


@dataclass
class SchemaFeatures:
    """The arrays of a schema, which no question changes; nodes are tables, then columns."""

    schema: Schema
    segments: list[Segment]
    names: list[tuple[int, ...]]  # wordpieces of each node's name
    kinds: NDArray[np.int64]
    relations: NDArray[np.uint8]
    flags: NDArray[np.uint8]
    table_of: NDArray[np.int64]  # [columns]
    numeric: NDArray[np.bool_]  # [columns]
    table_names: NameMatcher
    column_names: NameMatcher
    first_column: list[int]  # of each table, counted over the schema

    @property
    def tables(self) -> int:
        return len(self.first_column)

    @property
    def size(self) -> int:
        """The approximate size in bytes, including the schema's names."""
        arrays = (self.kinds, self.relations, self.flags, self.table_of, self.numeric)
        pieces = sum(3 * len(segment.pieces) for segment in self.segments)
        pieces += sum(map(len, self.names))
        return sum(array.nbytes for array in arrays) + 8 * pieces + 2_000 * len(self.names)

    @property
    def columns(self) -> int:
        return len(self.table_of)


@dataclass
class QuestionFeatures:
    """One question over one schema; nodes are words, tables, columns, then values."""

    schema: SchemaFeatures
    values: list[ValueCandidate]
    words: int
    segments: list[Segment]
    names: list[tuple[int, ...]]
    kinds: NDArray[np.int64]
    relations: NDArray[np.uint8]
    cells: NDArray[np.uint8]
    flags: NDArray[np.uint8]

    @property
    def nodes(self) -> int:
        return len(self.kinds)

    def token_id(self, token: Token) -> int | None:
        """The output number of ``token``: a keyword's number, or the number of keywords + its node.

        None for a value that is not among the candidates.
        """
        if isinstance(token, str):
            return _KEYWORD[token]
        base = len(KEYWORDS) + self.words
        if isinstance(token, TableToken):
            return base + token.table
        base += self.schema.tables
        if isinstance(token, ColumnToken):
            return base + self.schema.first_column[token.table] + token.column
        place = _place_of(token, self.values)
        return None if place is None else base + self.schema.columns + place

    def token(self, output: int) -> Token:
        """The token of output number ``output``."""
        node = output - len(KEYWORDS) - self.words
        if node + self.words < 0:
            return KEYWORDS[output]
        if node < self.schema.tables:
            return TableToken(node)
        node -= self.schema.tables
        if node < self.schema.columns:
            table = int(self.schema.table_of[node])
            return ColumnToken(table, node - self.schema.first_column[table])
        return ValueToken(self.values[node - self.schema.columns].value)

    def mask(self, allowed: Allowed) -> NDArray[np.bool_]:
        """[keywords + nodes] whether ``allowed`` contains each output."""
        mask = np.zeros(len(KEYWORDS) + self.nodes, bool)
        mask[: len(KEYWORDS)] = _keyword_mask(allowed.keywords)
        t0 = len(KEYWORDS) + self.words
        c0, v0 = t0 + self.schema.tables, t0 + self.schema.tables + self.schema.columns
        if allowed.tables:
            mask[t0:c0] = allowed.only is None
            mask[[t0 + t for t in allowed.only or ()]] = True
            mask[[t0 + t for t in allowed.chosen]] = False
        for table in allowed.columns:
            start = c0 + self.schema.first_column[table]
            mask[start : start + len(self.schema.schema.tables[table].columns)] = True
        if allowed.values is Values.ANY:
            mask[v0:] = True
        elif allowed.values is Values.NUMBER:
            mask[v0:] = [isinstance(v.number, int) and v.number >= 0 for v in self.values]
        return mask


@_MASKS.keep
def _keyword_mask(keywords: frozenset[str]) -> NDArray[np.bool_]:
    return np.array([word in keywords for word in KEYWORDS])


def _place_of(token: ValueToken, values: Sequence[ValueCandidate]) -> int | None:
    """The position of the candidate equal to ``token``; one of the same kind comes first."""
    wanted = " ".join(words_of(str(token.value)))
    number = isinstance(token.value, int | float)
    same = [i for i, v in enumerate(values[:-1]) if " ".join(words_of(str(v.value))) == wanted]
    alike = [i for i in same if (values[i].number is not None) == number]
    return next(iter(alike or same), None)


def encode_schema(schema: Schema, pieces: Pieces) -> SchemaFeatures:
    """Encode a schema, once for each database."""
    columns = [c for table in schema.tables for c in table.columns]
    counts = [len(table.columns) for table in schema.tables]
    names = [t.natural or t.name for t in schema.tables] + [c.natural or c.name for c in columns]
    kinds = ["table"] * len(schema.tables) + [f"column:{c.type}" for c in columns]
    return SchemaFeatures(
        schema=schema,
        segments=list(_schema_segments(schema, pieces)),
        names=[pieces.of(name)[:_MAX_NAME_PIECES] for name in names],
        kinds=np.array([_KIND[kind] for kind in kinds]),
        relations=schema_relations(schema),
        flags=_key_flags(schema),
        table_of=np.repeat(np.arange(len(counts)), counts),
        numeric=np.array([c.type in ("number", "time") for c in columns], bool),
        table_names=NameMatcher(names[: len(counts)]),
        column_names=NameMatcher(names[len(counts) :]),
        first_column=[sum(counts[:i]) for i in range(len(counts))],
    )


def _schema_segments(schema: Schema, pieces: Pieces) -> Iterator[Segment]:
    """``[CLS] table : column , column [SEP]`` for each table; a wide table is split."""
    comma, colon = pieces.of(",")[0], pieces.of(":")[0]
    node = len(schema.tables)
    for position, table in enumerate(schema.tables):
        head = pieces.of(table.natural or table.name)[:_MAX_NAME_PIECES]
        nodes, ids, slots = [position], [*head, colon], [*[0] * len(head), -1]
        for column in table.columns:
            name = pieces.of(column.natural or column.name)[:_MAX_NAME_PIECES]
            if len(ids) + len(name) > _SEGMENT_PIECES:
                yield _segment(ids, slots, nodes, pieces)
                nodes, ids, slots = [], [*head, colon], [-1] * (len(head) + 1)
            ids += [*name, comma]
            slots += [*[len(nodes)] * len(name), -1]
            nodes.append(node)
            node += 1
        yield _segment(ids, slots, nodes, pieces)


def _segment(
    ids: Sequence[int], slots: Sequence[int], nodes: Sequence[int], pieces: Pieces
) -> Segment:
    return Segment((pieces.start, *ids, pieces.end), (-1, *slots, -1), tuple(nodes))


def _key_flags(schema: Schema) -> NDArray[np.uint8]:
    first = np.concatenate([[0], np.cumsum([len(t.columns) for t in schema.tables])])
    flags = np.zeros((len(schema.tables) + schema.column_count, len(FLAGS)), np.uint8)
    columns = flags[len(schema.tables) :]
    keys = [c.primary_key for table in schema.tables for c in table.columns]
    columns[:, FLAGS.index("primary_key")] = keys
    for key in schema.foreign_keys:
        columns[first[key.table] + key.column, FLAGS.index("refers")] = 1
        columns[first[key.ref_table] + key.ref_column, FLAGS.index("referred")] = 1
    return flags


def encode_question(
    words: Sequence[Word], values: Sequence[ValueCandidate], schema: SchemaFeatures, pieces: Pieces
) -> QuestionFeatures:
    """Encode a question over an encoded schema; words after the 120th are ignored."""
    words = words[:_MAX_WORDS]
    lower = [word.lower() for word in words]
    links = relate(
        schema.relations,
        schema.flags,
        schema.table_names.match(lower),
        schema.column_names.match(lower),
        [_within(value, len(words)) for value in values],
        schema.table_of,
        schema.numeric,
    )
    kinds = [
        f"value:{'zero' if v.kind == 'constant' and v.number == 0 else v.kind}" for v in values
    ]
    word_pieces = [pieces.of(word)[:_MAX_NAME_PIECES] for word in words]
    value_pieces = [pieces.of(value.text)[:_MAX_NAME_PIECES] for value in values]
    return QuestionFeatures(
        schema=schema,
        values=list(values),
        words=len(words),
        segments=[_question_segment(word_pieces, pieces), *_shifted(schema.segments, len(words))],
        names=[*word_pieces, *schema.names, *value_pieces],
        kinds=np.concatenate(
            [np.full(len(words), _KIND["word"]), schema.kinds, [_KIND[k] for k in kinds]]
        ).astype(np.int64),
        relations=links.relations,
        cells=links.cells,
        flags=links.flags,
    )


def _within(value: ValueCandidate, words: int) -> ValueCandidate:
    if value.span is None or value.span[1] <= words:
        return value
    return ValueCandidate(value.text, value.number, value.kind, None, value.columns)


def _question_segment(word_pieces: Sequence[Sequence[int]], pieces: Pieces) -> Segment:
    ids = [p for word in word_pieces for p in word]
    slots = [i for i, word in enumerate(word_pieces) for _ in word]
    return _segment(ids, slots, range(len(word_pieces)), pieces)


def _shifted(segments: Sequence[Segment], by: int) -> list[Segment]:
    return [Segment(s.pieces, s.slots, tuple(n + by for n in s.nodes)) for s in segments]
