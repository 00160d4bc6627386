"""Parts of a syntax tree as SQL for people to read, and where two long parts differ."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any, ClassVar

from sqlglot import exp
from sqlglot.errors import ErrorLevel
from sqlglot.generators.sqlite import SQLiteGenerator

from text2sql.query import quote_identifier

__all__ = ["focused", "instance", "shortened", "sql_text"]

_LONGEST = 160  # characters of one part of a clause
_CONTEXT = 3  # tokens that stay before and after the part where two texts differ
_WORTH_LEAVING_OUT = 30  # characters
_PIECE = re.compile(r"'(?:[^']|'')*'|\d+\.\d+|\w+|\s+|.", re.DOTALL)
_INSTANCE = re.compile(r"(.+)#\d+")
_NEGATED = {exp.In: "NOT IN", exp.Like: "NOT LIKE", exp.Between: "NOT BETWEEN", exp.Is: "IS NOT"}


def instance(name: str, number: int) -> str:
    """The name of a table that a query reads more than once: ``atom``, ``atom#2``."""
    return name if number == 1 else f"{name}#{number}"


def sql_text(node: exp.Expr) -> str:
    """The SQL of a node on one line, names in quotes only where they need them."""
    writer = _ReadableWriter(
        dialect="sqlite",
        unsupported_level=ErrorLevel.IGNORE,
        comments=False,
        normalize_functions="lower",
    )
    return str(writer.generate(node, copy=False))


class _ReadableWriter(SQLiteGenerator):
    """Writes what people write: ``x IS NOT NULL``, ``x NOT IN (1)``, ``SUBSTR``, ``NUMERIC``."""

    TRANSFORMS: ClassVar[dict[type[exp.Expr], Callable[..., str]]] = {
        **SQLiteGenerator.TRANSFORMS,
        exp.Substring: lambda self, node: self.func(
            "SUBSTR", node.this, node.args.get("start"), node.args.get("length")
        ),
    }
    TYPE_MAPPING: ClassVar[dict[Any, str]] = {
        kind: name
        for kind, name in SQLiteGenerator.TYPE_MAPPING.items()
        if kind is not exp.DataType.Type.DECIMAL
    }

    def identifier_sql(self, expression: exp.Identifier) -> str:
        name = expression.name
        return name if _INSTANCE.fullmatch(name) else quote_identifier(name)

    def not_sql(self, expression: exp.Not) -> str:
        inside = expression.this
        words = _NEGATED.get(type(inside))
        if words is None:
            return str(super().not_sql(expression))
        positive, left = self.sql(inside), self.sql(inside, "this")
        return f"{left} {words}{positive[len(left) + len(words.replace('NOT', '').strip()) + 1 :]}"


def shortened(text: str) -> str:
    """``text``, cut after a word if it is longer than 160 characters."""
    if len(text) <= _LONGEST:
        return text
    cut = text[: _LONGEST - 3]
    return cut[: max(cut.rfind(" "), _LONGEST // 2)].rstrip() + "..."


def focused(one: str, other: str) -> tuple[str, str]:
    """Two texts, each cut to where they differ if they share much of their start or end."""
    pieces = [_PIECE.findall(text) for text in (one, other)]
    start = _shared(*pieces)
    end = _shared(*(list(reversed(found[start:])) for found in pieces))
    before = _left_out(pieces[0][:start], first=True)
    after = _left_out(pieces[0][len(pieces[0]) - end :], first=False)
    shown = [
        ("..." if before else "")
        + "".join(found[before : len(found) - after])
        + ("..." if after else "")
        for found in pieces
    ]
    return shortened(shown[0]), shortened(shown[1])


def _shared(one: list[str], other: list[str]) -> int:
    """How many pieces two lists have in common at their start."""
    pairs = zip(one, other, strict=False)
    return next((n for n, (a, b) in enumerate(pairs) if a != b), min(len(one), len(other)))


def _left_out(pieces: list[str], first: bool) -> int:
    """How many of the shared pieces need not be shown; none if they are short."""
    words = [n for n, piece in enumerate(pieces) if not piece.isspace()]
    if len(words) <= _CONTEXT:
        return 0
    place = words[-_CONTEXT] if first else len(pieces) - 1 - words[_CONTEXT - 1]
    text = "".join(pieces[:place] if first else pieces[len(pieces) - place :])
    return place if len(text) >= _WORTH_LEAVING_OUT else 0
