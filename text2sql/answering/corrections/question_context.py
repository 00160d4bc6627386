"""The question, the schema and the cells that a correction needs besides the query."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from itertools import accumulate

from text2sql.linking.cell_index import CellIndex
from text2sql.linking.words import Word, split_words, stem, words_of
from text2sql.query.nodes import Call, Expression, Literal, Select
from text2sql.query.scopes import Scope
from text2sql.schema import Column, ColumnPosition, Schema

__all__ = ["QuestionContext", "column_of", "known", "stems", "tables_of"]


@dataclass(frozen=True)
class QuestionContext:
    """A question and the schema and cells of its database."""

    question: str
    schema: Schema
    index: CellIndex

    @cached_property
    def text(self) -> str:
        """The question in lower case with single spaces."""
        return " ".join(self.question.lower().split())

    @cached_property
    def words(self) -> list[Word]:
        return split_words(self.question)

    @cached_property
    def _first(self) -> list[int]:
        return list(accumulate((len(t.columns) for t in self.schema.tables), initial=0))

    def number(self, place: ColumnPosition) -> int:
        """Return the position of a column in the whole schema, as the index counts."""
        return self._first[place[0]] + place[1]

    def column(self, place: ColumnPosition) -> Column:
        return self.schema.tables[place[0]].columns[place[1]]


def stems(text: str) -> tuple[str, ...]:
    """Return the stems of the words of a name or of a part of a question."""
    return tuple(stem(word) for word in words_of(text.replace("_", " ")))


def column_of(expression: Expression, scope: Scope) -> ColumnPosition | None:
    """Return the column that ``expression`` is, or casts to a number."""
    if isinstance(expression, Call) and expression.name == "cast_real":
        expression = expression.arguments[0]
    return scope.place_of(expression)


def tables_of(select: Select) -> dict[int, int]:
    """Return the tables in FROM, each with the position of its first entry."""
    found: dict[int, int] = {}
    for source, entry in enumerate(select.sources):
        if entry.table is not None and entry.query is None:
            found.setdefault(entry.table, source)
    return found


def known(column: Expression) -> Call:
    """Return the condition that ``column`` is not NULL."""
    return Call("is not", (column, Literal(None)))
