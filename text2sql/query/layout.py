"""The layout of SQL on several lines: only white space changes, every token stays the same."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from sqlglot import Token, TokenType

from text2sql.errors import QueryError
from text2sql.query.limits import read_tokens

__all__ = ["lay_out_sql", "on_one_line", "without_layout"]

_CLAUSES = frozenset(
    {
        TokenType.FROM,
        TokenType.WHERE,
        TokenType.GROUP_BY,
        TokenType.HAVING,
        TokenType.ORDER_BY,
        TokenType.LIMIT,
        TokenType.UNION,
        TokenType.INTERSECT,
        TokenType.EXCEPT,
    }
)
_JOIN_WORDS = frozenset(
    {
        TokenType.JOIN,
        TokenType.LEFT,
        TokenType.RIGHT,
        TokenType.FULL,
        TokenType.INNER,
        TokenType.OUTER,
        TokenType.CROSS,
        TokenType.NATURAL,
    }
)
_INDENT = "  "
_ONE_LINE = 56  # characters that fit one line


def lay_out_sql(sql: str, one_line: int = _ONE_LINE) -> str:
    """``sql`` with one clause per line and indented subqueries; unchanged if it has comments.

    A query without subqueries of up to ``one_line`` characters stays on one line.
    """
    sql = sql.strip()
    tokens = _tokens(sql)
    if not tokens:
        return sql
    flat = on_one_line(sql)
    subquery = any(t.token_type is TokenType.SELECT for t in tokens[1:])
    if len(flat) <= one_line and not subquery:
        return flat
    return _Layout(tokens).write(list(_pieces(sql, tokens)))


def on_one_line(sql: str) -> str:
    """``sql`` with one space for white space between its tokens; unchanged with comments."""
    sql = sql.strip()
    tokens = _tokens(sql)
    return "".join(gap + text for gap, text in _pieces(sql, tokens)) if tokens else sql


def without_layout(sql: str) -> str:
    """``sql`` on one line and without a last semicolon, to compare it with other SQL."""
    return on_one_line(sql).rstrip("; ")


def _tokens(sql: str) -> Sequence[Token]:
    """The tokens of ``sql``; none if it cannot be read or has comments."""
    if "--" in sql or "/*" in sql:
        return ()
    try:
        return read_tokens(sql)
    except QueryError:
        return ()


def _pieces(sql: str, tokens: Sequence[Token]) -> Iterator[tuple[str, str]]:
    """Each token's text, after one space if white space preceded it."""
    end = 0
    for token in tokens:
        yield " " if sql[end : token.start].isspace() else "", sql[token.start : token.end + 1]
        end = token.end + 1


class _Layout:
    """Decides where lines start and how far they are indented."""

    def __init__(self, tokens: Sequence[Token]) -> None:
        self.types = [token.token_type for token in tokens]
        # the indentation of clauses in each open bracket; None if it holds no subquery
        self.brackets: list[int | None] = [0]
        self.line = 0  # the indentation of the current line
        self.between = False

    def write(self, pieces: Sequence[tuple[str, str]]) -> str:
        text = ""
        for position, (gap, token) in enumerate(pieces):
            indent = self._line_start(position)
            if indent is None or position == 0:
                text += gap + token
            else:
                self.line = indent
                text += gap.rstrip() + "\n" + _INDENT * indent + token
        return text

    def _line_start(self, position: int) -> int | None:
        """The indentation of the line that starts at this token; None if no line starts here."""
        kind = self.types[position]
        if kind is TokenType.L_PAREN:
            subquery = self._at(position + 1) in (TokenType.SELECT, TokenType.WITH)
            self.brackets.append(self.line + 1 if subquery else None)
            return None
        if kind is TokenType.R_PAREN and len(self.brackets) > 1:
            inside = self.brackets.pop()
            return None if inside is None else inside - 1
        indent = self.brackets[-1]
        return None if indent is None else self._clause_start(position, indent)

    def _clause_start(self, position: int, indent: int) -> int | None:
        kind = self.types[position]
        if kind is TokenType.AND and self.between:  # BETWEEN low AND high
            self.between = False
            return None
        self.between = self.between or kind is TokenType.BETWEEN
        if kind in (TokenType.AND, TokenType.OR):
            return indent + 1
        starts = kind in _CLAUSES or kind is TokenType.SELECT or self._starts_join(position)
        return indent if starts else None

    def _starts_join(self, position: int) -> bool:
        """Whether a join starts here; words such as LEFT may also be column names."""
        if self._at(position - 1) in _JOIN_WORDS:
            return False
        while self._at(position) in _JOIN_WORDS - {TokenType.JOIN}:
            position += 1
        return self._at(position) is TokenType.JOIN

    def _at(self, position: int) -> TokenType | None:
        return self.types[position] if 0 <= position < len(self.types) else None
