"""A gold query and a prediction, each read once by each parser that is needed.

Exact set match, hardness and the comparison in words need the same queries, read by two parsers:
the official script's, and sqlglot's, whose tree ``text2sql.query`` turns into a query of Spider's
fragment. A ``QueryPair`` reads on demand and keeps what was read, or why it could not be read.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from typing import TypeVar

from sqlglot import exp

from text2sql.errors import QueryError
from text2sql.metrics.official import OfficialQuery, read
from text2sql.metrics.official_text import fill_placeholders, first_statement
from text2sql.query import Query, parse, parse_tree
from text2sql.query.tree import statement
from text2sql.schema import Schema

__all__ = ["QueryPair"]

_T = TypeVar("_T")


@dataclass(frozen=True)
class QueryPair:
    """Two queries over ``schema``.

    With ``official``, exact set match replaces ``value`` in the prediction even inside names, as
    Spider's script does. Each property raises ``QueryError`` if its query cannot be read so.
    """

    gold: str
    prediction: str
    schema: Schema
    official: bool = False

    @property
    def gold_tree(self) -> exp.Expr:
        """The gold as sqlglot reads it."""
        return _value(self._gold_tree)

    @property
    def prediction_tree(self) -> exp.Expr:
        """The prediction's first statement as sqlglot reads it."""
        return _value(self._prediction_tree)

    @property
    def expected(self) -> Query:
        """The gold as the official script reads it, or else as a query of Spider's fragment."""
        return _value(self._expected)

    @property
    def predicted(self) -> Query:
        """The prediction, read with the parser that read ``expected``."""
        return _value(self._predicted)

    @cached_property
    def _gold_tree(self) -> exp.Expr | QueryError:
        return _tried(lambda: statement(self.gold))

    @cached_property
    def _prediction_tree(self) -> exp.Expr | QueryError:
        filled = fill_placeholders(self.prediction, self.schema)
        return _tried(lambda: statement(first_statement(filled)[0]))

    @cached_property
    def _gold_in_fragment(self) -> Query | QueryError:
        return _tried(lambda: parse_tree(self.gold_tree, self.schema))

    @cached_property
    def _prediction_in_fragment(self) -> Query | QueryError:
        return _tried(lambda: parse_tree(self.prediction_tree, self.schema))

    @cached_property
    def _expected(self) -> Query | QueryError:
        found = _tried(lambda: read(self.gold, self.schema))
        return self._gold_in_fragment if isinstance(found, QueryError) else found

    @cached_property
    def _predicted(self) -> Query | QueryError:
        by_script = isinstance(self.expected, OfficialQuery)
        if not by_script and not self.official:
            return self._prediction_in_fragment
        text = self.prediction.replace("value", "1") if self.official else self.prediction
        reader: Callable[[str, Schema], Query] = read if by_script else parse
        return _tried(lambda: reader(fill_placeholders(text, self.schema), self.schema))


def _tried(reading: Callable[[], _T]) -> _T | QueryError:
    try:
        return reading()
    except QueryError as error:
        return error


def _value(found: _T | QueryError) -> _T:
    if isinstance(found, QueryError):
        raise found
    return found
