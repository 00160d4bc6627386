"""Checks of values: those that no cell equals, and those of the question that are unused."""

from __future__ import annotations

import re
from collections.abc import Iterator

from sqlglot import exp

from text2sql.evaluation.audit.finding import Finding
from text2sql.evaluation.audit.gold import Gold
from text2sql.linking.words import normal_form, number_of, split_words
from text2sql.schema import ColumnPosition

__all__ = ["value_findings"]

_QUOTED = re.compile(r"\"([^\"]{2,60})\"|(?<![A-Za-z])'([^']{2,60})'(?![A-Za-z])")
#: Numbers that often are not values: they count, rank, or mean "one of".
_SMALL = frozenset((0, 1, 2))


def value_findings(gold: Gold) -> Iterator[Finding]:
    """Find literals that no cell equals, and unused numbers and quoted names of the question."""
    if gold.tree is None or gold.result.failure is not None:
        return
    for place, text in _compared(gold):
        yield from _missing_value(gold, place, text)
    yield from _ignored(gold)


def _compared(gold: Gold) -> Iterator[tuple[ColumnPosition, str]]:
    """The texts that columns are compared with by equality."""
    assert gold.tree is not None
    for node in gold.tree.find_all(exp.EQ, exp.NEQ, exp.In):
        column = node.this
        if not isinstance(column, exp.Column) or (place := gold.place(column)) is None:
            continue
        values = node.expressions if isinstance(node, exp.In) else [node.expression]
        for value in values:
            text = _text_of(gold, value)
            if text is not None:
                yield place, text


def _text_of(gold: Gold, value: exp.Expr) -> str | None:
    if isinstance(value, exp.Literal) and value.is_string:
        return str(value.name)
    if isinstance(value, exp.Column) and not value.table and gold.place(value) is None:
        return str(value.name)  # in double quotes: SQLite reads it as text
    return None


def _missing_value(gold: Gold, place: ColumnPosition, text: str) -> Iterator[Finding]:
    name, literal = gold.named(place), "'" + text.replace("'", "''") + "'"
    if gold.cells(place, f"{name} = {literal}", 1) or not gold.cells(place, rows=1):
        return
    close = gold.cells(place, f"lower(trim({name})) = lower(trim({literal}))", 3)
    near = close or _containing(gold, place, text)
    hint = f" There is {', '.join(map(repr, near))}." if near else ""
    yield Finding(
        gold.number,
        gold.example,
        "no_such_value",
        f"No cell of {name} is {text!r}.{hint}",
        {"some_cells": list(gold.cells(place))},
        weight=0.15 if close else 0.0,
    )


def _containing(gold: Gold, place: ColumnPosition, text: str) -> tuple[object, ...]:
    if len(text) < 3 or number_of(text) is not None:
        return ()
    pattern = "'%" + text.replace("'", "''") + "%'"
    return gold.cells(place, f"{gold.named(place)} LIKE {pattern}", 3)


def _ignored(gold: Gold) -> Iterator[Finding]:
    """Find numbers and quoted names of the question that the query does not contain."""
    assert gold.tree is not None
    literals = [str(node.name) for node in gold.tree.find_all(exp.Literal)]
    quoted = [str(node.name) for node in gold.tree.find_all(exp.Identifier)]
    text = normal_form(" ".join([*literals, *quoted]))
    used = {*text.split(), *_column_words(gold)}
    numbers = {number_of(word) for text in literals for word in split_words(text)}
    for word in split_words(gold.example.question):
        number = number_of(word) if word[:1].isdigit() else None
        if number is None or number in _SMALL or str(number) in text:
            continue
        if {number, number - 1, number + 1} & numbers:  # "more than 3" may be >= 4
            continue
        yield _unused(gold, f"The question says {word}, but the query does not use it.")
    for match in _QUOTED.finditer(gold.example.question):
        name = (match[1] or match[2]).strip(" .,?%")
        if not set(normal_form(name).split()) <= used:  # a full name may be two columns
            yield _unused(gold, f"The question names {name!r}, but the query does not use it.")


def _column_words(gold: Gold) -> Iterator[str]:
    """The words in the database's column names, in singular and plural."""
    for table in gold.database.schema.tables:
        for column in table.columns:
            for word in column.natural.lower().split():
                yield from (word, f"{word}s")


def _unused(gold: Gold, text: str) -> Finding:
    return Finding(gold.number, gold.example, "word_ignored", text)
