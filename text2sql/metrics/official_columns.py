"""The words and columns of a query, read as Spider's official script reads them.

``text2sql.metrics.official`` says what that script misreads.
"""

from __future__ import annotations

import re
from typing import Literal as Choice
from typing import cast, get_args

from text2sql.errors import QueryError
from text2sql.query import STAR, Aggregate, Arithmetic, ColumnId, ColumnUnit, Unit
from text2sql.query.limits import shorten
from text2sql.schema import Schema

__all__ = ["AGGREGATES", "ColumnReader", "read_aliases", "split_words"]

AGGREGATES = frozenset(get_args(Aggregate))
_STRING = re.compile(r'"[^"]*"')
_STRING_MARK = "\x01"  # placeholder for a string; a word that touches it includes it
_SPLIT = r"()<>\[\]{};@#$%&?!*`"
_TOKEN = re.compile(
    rf"[{_SPLIT}]|--|\.{{2,}}"  # punctuation stands alone,
    rf"|(?:(?!--|\.\.|\.[\])}}>\s]*\Z)[^\s{_SPLIT},:]|[,:](?=\d))+"  # =, + and / do not,
    r"|\S"  # and a comma before a digit does not either
)
_TWO_PART = {"!": "!=", ">": ">=", "<": "<="}


def split_words(sql: str) -> list[str]:
    """Words in lower case; a string keeps its case and double quotes around it.

    Raises:
        QueryError: the quotes do not pair up.
    """
    text = sql.replace("'", '"')
    if text.count('"') % 2:
        raise QueryError(f"The quotes do not pair up in {shorten(sql)}.")
    strings = _STRING.findall(text)
    words = _TOKEN.findall(_STRING.sub(_STRING_MARK, text).lower())
    tokens: list[str] = []
    position = 0
    for word in words:
        if word == _STRING_MARK:
            tokens.append(strings[position])
        elif word == "=" and tokens and tokens[-1] in _TWO_PART:
            tokens[-1] = _TWO_PART[tokens[-1]]
        else:
            tokens.append(word)
        position += word.count(_STRING_MARK)
    return tokens


def read_aliases(tokens: list[str], schema: Schema) -> dict[str, str]:
    """The name that each alias stands for, in the whole query.

    Raises:
        QueryError: an alias is also the name of a table, or there is none after AS.
    """
    if tokens and tokens[-1] == "as":
        raise QueryError("The query ends with AS.")
    pairs = zip(tokens, tokens[1:], tokens[2:], strict=False)
    aliases = {after: before for before, word, after in pairs if word == "as"}
    for alias in aliases:
        if schema.find_table(alias) is not None:
            raise QueryError(f"The alias {alias!r} is also the name of a table.")
    return aliases


class ColumnReader:
    """Reads columns from ``position`` on.

    ``default`` lists the tables that a bare column may belong to; ``scope`` gives the entry of FROM
    that an alias stands for.
    """

    def __init__(self, tokens: list[str], schema: Schema, aliases: dict[str, str]) -> None:
        self.tokens = tokens
        self.schema = schema
        self.aliases = aliases
        self.position = 0
        self.default: list[int] = []
        self.scope: dict[str, int] = {}

    @property
    def word(self) -> str:
        """The current word; empty at the end."""
        return self.tokens[self.position] if self.position < len(self.tokens) else ""

    def skip(self, word: str) -> bool:
        """Advance past ``word`` if it is the current one; return whether it was."""
        found = self.word == word
        self.position += found
        return found

    def expect(self, word: str) -> None:
        if not self.skip(word):
            raise QueryError(f"Expected {word!r}, got {self.word or 'the end'!r}.")

    def unit(self) -> Unit:
        bracket = self.skip("(")
        left = self.column_unit()
        unit: Unit = left
        if self.word in ("+", "-", "*", "/"):
            operator = cast(Choice["+", "-", "*", "/"], self.word)
            self.position += 1
            unit = Arithmetic(operator, left, self.column_unit())
        if bracket:
            self.expect(")")
        return unit

    def column_unit(self) -> ColumnUnit:
        bracket = self.skip("(")
        distinct = self.skip("distinct")
        if self.word in AGGREGATES:
            aggregate = cast(Aggregate, self.word)
            self.position += 1
            self.expect("(")
            distinct = self.skip("distinct")
            unit = ColumnUnit(self._column(), aggregate, distinct)
            self.expect(")")
            return unit
        unit = ColumnUnit(self._column(), None, distinct)
        if bracket:
            self.expect(")")
        return unit

    def _column(self) -> ColumnId:
        word = self.word
        self.position += 1
        if word == "*":
            return STAR
        qualifier, dot, name = word.partition(".")
        tables = [self.find_table(qualifier)] if dot else self.default
        name = name if dot else word
        for table in tables:
            column = self.schema.find_column(table, name)
            if column is not None:
                source = self.scope.get(qualifier, 0) if dot else self.default.index(table)
                return ColumnId(table, column, source)
        if not word:
            raise QueryError("The query ends where a column should stand.")
        shown = word.replace(_STRING_MARK, '"..."')
        raise QueryError(f"There is no column {shown!r} in the tables of this query.")

    def find_table(self, name: str) -> int:
        table = self.schema.find_table(self.aliases.get(name, name))
        if table is None:
            raise QueryError(f"There is no table {name!r} in this database.")
        return table
