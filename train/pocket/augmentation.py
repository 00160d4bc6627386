"""Data augmentation for training examples: other names, values, words and surrounding tables.

The pocket model memorizes Spider's training set within a few epochs; databases and wordings that
it has not seen limit it. Each variation changes the surface and keeps the meaning.
"""

from __future__ import annotations

import random
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from text2sql.generators.pocket.ir import (
    TableToken,
    Token,
    ValueToken,
    from_tokens,
    to_tokens,
)
from text2sql.linking.cell_index import CellIndex
from text2sql.linking.values import find_candidates
from text2sql.linking.words import normal_form, number_of, split_words
from text2sql.query.nodes import Entry, rebuilt
from text2sql.schema import Column, ForeignKey, Schema, Table, natural_name
from train.pocket.synonyms import Synonyms
from train.settings import Settings, Share

__all__ = [
    "Chances",
    "Variation",
    "rename_schema",
    "select_tables",
    "vary_question",
]

_RENAMED_SHARE = 0.25


@dataclass(frozen=True)
class Chances(Settings):
    """How often each variation happens, from 0 to 1."""

    tables: Share = 0.5  # drop and reorder tables that the query does not need
    identifiers: Share = 0.2  # derive every name from its identifier instead of Spider's name
    rename: Share = 0.5  # replace some names of a database: synonyms, abbreviations
    synonym: Share = 0.25  # replace a phrase of the question
    value: Share = 0.4  # replace a value by another one of its column
    noise: Share = 0.1  # change case and punctuation of the question


@dataclass(frozen=True)
class Variation:
    """A changed schema, and maps from the old tables and columns to the new ones.

    Columns are numbered over the whole schema.
    """

    schema: Schema
    tables: dict[int, int]
    columns: dict[int, int]

    def tokens(self, tokens: Sequence[Token], schema: Schema) -> list[Token]:
        """Translate ``tokens`` from the old ``schema`` to the new one, which has another order.

        Raises:
            QueryError: the model's language cannot express the query.
        """

        def moved(node: object) -> object:
            if isinstance(node, Entry) and node.table is not None:
                return replace(node, table=self.tables[node.table])
            return node

        return to_tokens(rebuilt(from_tokens(tokens, schema), moved), self.schema)


def rename_schema(
    schema: Schema, rng: random.Random, chances: Chances, synonyms: Synonyms
) -> Schema:
    """Replace some of the names in ``schema``."""
    by_identifier = rng.random() < chances.identifiers
    share = _RENAMED_SHARE if rng.random() < chances.rename else 0.0
    tables = tuple(
        _renamed_table(table, rng, share, synonyms, by_identifier) for table in schema.tables
    )
    return Schema(tables, schema.foreign_keys)


def select_tables(
    schema: Schema, tokens: Sequence[Token], rng: random.Random, chance: float, most_nodes: int
) -> Variation:
    """Drop unused tables and reorder the rest, both at random.

    Args:
        most_nodes: the most tables and columns to keep; tables that the query uses always stay.
    """
    kept = _kept_tables(schema, tokens, rng, chance, most_nodes)
    place = {old: new for new, old in enumerate(kept)}
    keys = tuple(
        ForeignKey(place[k.table], k.column, place[k.ref_table], k.ref_column)
        for k in schema.foreign_keys
        if k.table in place and k.ref_table in place
    )
    selected = Schema(tuple(schema.tables[t] for t in kept), keys)
    return Variation(selected, place, _column_places(schema, kept))


def _kept_tables(
    schema: Schema,
    tokens: Sequence[Token],
    rng: random.Random,
    chance: float,
    most_nodes: int,
) -> list[int]:
    needed = {t.table for t in tokens if isinstance(t, TableToken)}
    sizes = [len(table.columns) + 1 for table in schema.tables]
    vary = rng.random() < chance
    if not vary and sum(sizes) <= most_nodes:
        return list(range(len(sizes)))
    room = min(most_nodes, int(sum(sizes) * rng.uniform(0.4, 1.0)) if vary else most_nodes)
    rest = [t for t in range(len(sizes)) if t not in needed]
    rng.shuffle(rest)
    kept, size = set(needed), sum(sizes[t] for t in needed)
    for table in rest:
        if size + sizes[table] <= room:
            kept.add(table)
            size += sizes[table]
    order = sorted(kept)
    if vary:
        rng.shuffle(order)
    return order


def _column_places(old: Schema, kept: Sequence[int]) -> dict[int, int]:
    starts, start = [], 0
    for table in old.tables:
        starts.append(start)
        start += len(table.columns)
    places, at = {}, 0
    for position in kept:
        for column in range(len(old.tables[position].columns)):
            places[starts[position] + column] = at
            at += 1
    return places


def _renamed_table(
    table: Table, rng: random.Random, share: float, synonyms: Synonyms, by_identifier: bool
) -> Table:
    columns = tuple(
        Column(
            c.name,
            c.type,
            _renamed(natural_name(c.name) if by_identifier else c.natural, rng, share, synonyms),
            c.primary_key,
        )
        for c in table.columns
    )
    name = natural_name(table.name) if by_identifier else table.natural
    return Table(table.name, columns, _renamed(name, rng, share, synonyms))


def _renamed(name: str, rng: random.Random, share: float, synonyms: Synonyms) -> str:
    if rng.random() >= share:
        return name
    others = synonyms.get(name.lower())
    if others and rng.random() < 0.7:
        return rng.choice(others)
    words = name.split()
    i = rng.randrange(len(words)) if words else 0
    if len(words) > 2 and rng.random() < 0.3:
        return " ".join(words[:i] + words[i + 1 :])
    if words and words[i].lower() in synonyms:
        words[i] = rng.choice(synonyms[words[i].lower()])
    elif words and len(words[i]) > 5 and rng.random() < 0.5:
        words[i] = _abbreviated(words[i], rng)
    return " ".join(words)


def _abbreviated(word: str, rng: random.Random) -> str:
    if rng.random() < 0.5:
        return word[: rng.choice((3, 4))]
    return (word[0] + re.sub("[aeiouy]", "", word[1:]))[:4]


def vary_question(
    question: str,
    tokens: Sequence[Token],
    index: CellIndex,
    cells: Mapping[int, Sequence[str]],
    rng: random.Random,
    chances: Chances,
    synonyms: Synonyms,
) -> tuple[str, list[Token]]:
    """Swap values in question and query together, replace phrases, and add noise to the text.

    Args:
        cells: some texts of each column, by its number in the whole schema.
    """
    question, tokens = _swap_values(question, tokens, index, cells, rng, chances.value)
    question = _reword(question, index, rng, chances.synonym, synonyms)
    if rng.random() < chances.noise:
        question = rng.choice(
            (str.lower, _without_end, str.upper if rng.random() < 0.1 else str.lower)
        )(question)
    return question, list(tokens)


def _without_end(question: str) -> str:
    return question.rstrip(" ?.!")


def _swap_values(
    question: str,
    tokens: Sequence[Token],
    index: CellIndex,
    cells: Mapping[int, Sequence[str]],
    rng: random.Random,
    chance: float,
) -> tuple[str, Sequence[Token]]:
    wanted = {normal_form(str(t.value)) for t in tokens if isinstance(t, ValueToken)}
    if not wanted or rng.random() >= chance:
        return question, tokens
    words = split_words(question)
    found = [
        c
        for c in find_candidates(question, words, index)
        if c.span and c.kind in ("cell", "number") and normal_form(str(c.value)) in wanted
    ]
    # from the right, so that positions to the left stay valid
    for candidate in sorted(found, key=lambda c: -(c.span or (0, 0))[0]):
        assert candidate.span is not None
        start, end = words[candidate.span[0]].start, words[candidate.span[1] - 1].end
        new = _other_value(candidate.value, candidate.columns, cells, rng)
        if new is None or question.lower().count(question[start:end].lower()) != 1:
            continue
        form = normal_form(str(candidate.value))
        question = question[:start] + str(new) + question[end:]
        tokens = [
            ValueToken(new)
            if isinstance(t, ValueToken) and normal_form(str(t.value)) == form
            else t
            for t in tokens
        ]
    return question, tokens


def _other_value(
    value: str | int | float,
    columns: set[int],
    cells: Mapping[int, Sequence[str]],
    rng: random.Random,
) -> str | int | None:
    if isinstance(value, int):
        return rng.randint(max(2, value // 2), value * 2 + 2) if value > 1 else None
    choices = [text for column in sorted(columns) for text in cells.get(column, ())]
    if isinstance(value, float) or not choices:
        return None
    new = rng.choice(choices)
    return new if number_of(new) is None and "'" not in new and '"' not in new else None


def _reword(
    question: str, index: CellIndex, rng: random.Random, chance: float, synonyms: Synonyms
) -> str:
    words = split_words(question)
    lower = [word.lower() for word in words]
    i = len(words) - 1
    while i >= 0:
        for length in (3, 2, 1):
            start = i - length + 1
            phrase = " ".join(lower[max(start, 0) : i + 1])
            free = start >= 0 and phrase in synonyms and phrase not in index.exact
            if free and rng.random() < chance:
                new = rng.choice(synonyms[phrase])
                question = question[: words[start].start] + new + question[words[i].end :]
                i = start
                break
        i -= 1
    return question
