"""The name and the arguments of sqlglot's operators and functions."""

from __future__ import annotations

from collections.abc import Callable

from sqlglot import exp

from text2sql.errors import QueryError
from text2sql.query.tree import text_of

__all__ = ["BINARY", "FUNCTIONS", "call_of", "cast_of"]

#: Operators between two arguments, with how tightly SQLite binds them.
BINARY = {
    "=": 3, "!=": 3, "is": 3, "is not": 3, "like": 3, "glob": 3,
    "<": 4, "<=": 4, ">": 4, ">=": 4,
    "+": 6, "-": 6, "*": 7, "/": 7, "%": 7, "||": 8,
}  # fmt: skip

_BINARY: dict[type[exp.Expr], str] = {
    exp.EQ: "=", exp.NEQ: "!=", exp.GT: ">", exp.LT: "<", exp.GTE: ">=", exp.LTE: "<=",
    exp.Like: "like", exp.Glob: "glob", exp.Is: "is", exp.NullSafeEQ: "is",
    exp.NullSafeNEQ: "is not",
    exp.Add: "+", exp.Sub: "-", exp.Mul: "*", exp.Div: "/", exp.Mod: "%", exp.DPipe: "||",
}  # fmt: skip
#: Functions that depend only on their arguments, with the fewest and the most arguments.
FUNCTIONS = {
    "abs": (1, 1), "round": (1, 2), "length": (1, 1), "lower": (1, 1), "upper": (1, 1),
    "substr": (2, 3), "replace": (3, 3), "instr": (2, 2), "trim": (1, 2), "ltrim": (1, 2),
    "rtrim": (1, 2), "coalesce": (2, 20), "nullif": (2, 2), "strftime": (1, 5),
    "date": (0, 5), "time": (0, 5), "datetime": (0, 5), "julianday": (0, 5),
    "unixepoch": (0, 5), "max": (1, 20), "min": (1, 20), "count": (1, 1), "sum": (1, 1),
    "avg": (1, 1), "total": (1, 1), "group_concat": (1, 2), "row_number": (0, 0),
    "rank": (0, 0), "dense_rank": (0, 0), "ntile": (1, 1), "lag": (1, 3), "lead": (1, 3),
    "sign": (1, 1), "ceil": (1, 1), "floor": (1, 1), "sqrt": (1, 1), "pow": (2, 2),
    "printf": (1, 10), "current_date": (0, 0), "current_timestamp": (0, 0),
}  # fmt: skip
_NAMED: dict[type[exp.Expr], str] = {
    exp.Max: "max", exp.Min: "min", exp.Count: "count", exp.Sum: "sum", exp.Avg: "avg",
    exp.GroupConcat: "group_concat", exp.Abs: "abs", exp.Length: "length", exp.Lower: "lower",
    exp.Upper: "upper", exp.Date: "date", exp.RowNumber: "row_number",
    exp.Rank: "rank", exp.DenseRank: "dense_rank", exp.Ntile: "ntile", exp.Lag: "lag",
    exp.Lead: "lead", exp.CurrentDate: "current_date", exp.Sqrt: "sqrt",
    exp.CurrentTimestamp: "current_timestamp", exp.Sign: "sign", exp.Ceil: "ceil",
    exp.Floor: "floor", exp.Pow: "pow",
}  # fmt: skip
_PARTS: dict[type[exp.Expr], tuple[str, tuple[str, ...]]] = {
    exp.Substring: ("substr", ("this", "start", "length")),
    exp.Replace: ("replace", ("this", "expression", "replacement")),
    exp.StrPosition: ("instr", ("this", "substr")),
    exp.Nullif: ("nullif", ("this", "expression")),
    exp.Round: ("round", ("this", "decimals")),
    exp.Coalesce: ("coalesce", ("this", "expressions")),
    exp.Greatest: ("max", ("this", "expressions")),
    exp.Least: ("min", ("this", "expressions")),
    exp.Between: ("between", ("this", "low", "high")),
    exp.GroupConcat: ("group_concat", ("this", "separator")),
    exp.Lag: ("lag", ("this", "offset", "default")),
    exp.Lead: ("lead", ("this", "offset", "default")),
}
_CASTS = {"INT": "integer", "BIGINT": "integer", "DOUBLE": "real", "FLOAT": "real",
          "DECIMAL": "real", "TEXT": "text", "VARCHAR": "text", "CHAR": "text",
          "REAL": "real", "NUMERIC": "real"}  # fmt: skip


def call_of(node: exp.Expr) -> tuple[str, list[exp.Expr]]:
    """The name and the arguments of ``node`` as a ``Call``.

    Raises:
        QueryError: the tree has no such operator or function.
    """
    special = _SPECIAL.get(type(node))
    if special is not None:
        return special(node)
    if type(node) in _BINARY:
        return _BINARY[type(node)], [node.this, node.expression]
    if type(node) in _PARTS:
        name, parts = _PARTS[type(node)]
        return name, _given(node, parts)
    if type(node) in _NAMED:
        return _NAMED[type(node)], _given(node, ("this", "expressions"))
    if isinstance(node, exp.Anonymous) and node.name.lower() in FUNCTIONS:
        return _checked(node.name.lower(), node.expressions, node)
    raise QueryError(f"Cannot read {text_of(node)}: it is not supported.")


def _given(node: exp.Expr, names: tuple[str, ...]) -> list[exp.Expr]:
    found: list[exp.Expr] = []
    for name in names:
        part = node.args.get(name)
        if isinstance(part, list):
            found += part
        elif isinstance(part, exp.Expr):
            found.append(part)
    return found


def _checked(name: str, arguments: list[exp.Expr], node: exp.Expr) -> tuple[str, list[exp.Expr]]:
    fewest, most = FUNCTIONS[name]
    if not fewest <= len(arguments) <= most:
        raise QueryError(f"{text_of(node)} has the wrong number of arguments.")
    return name, arguments


def _is(node: exp.Expr) -> tuple[str, list[exp.Expr]]:
    right = node.expression
    if isinstance(right, exp.Boolean) or isinstance(node.this, exp.Boolean):
        raise QueryError(f"{text_of(node)} is not supported; write a comparison instead.")
    return ("is not", [node.this, right.this]) if isinstance(right, exp.Not) else (
        "is", [node.this, right])  # fmt: skip


def _strftime(node: exp.Expr) -> tuple[str, list[exp.Expr]]:
    return "strftime", [node.args["format"], node.this.this]


def _trim(node: exp.Expr) -> tuple[str, list[exp.Expr]]:
    name = {"LEADING": "ltrim", "TRAILING": "rtrim"}.get(str(node.args.get("position")), "trim")
    return name, _given(node, ("this", "expression"))


def _negative(node: exp.Expr) -> tuple[str, list[exp.Expr]]:
    return "negative", [node.this]


_SPECIAL: dict[type[exp.Expr], Callable[[exp.Expr], tuple[str, list[exp.Expr]]]] = {
    exp.Is: _is, exp.TimeToStr: _strftime, exp.Trim: _trim, exp.Neg: _negative,
}  # fmt: skip


def cast_of(node: exp.Cast) -> str:
    """The type that a CAST converts to: ``integer``, ``real`` or ``text``.

    Raises:
        QueryError: it converts to another type.
    """
    name = node.to.this.name if hasattr(node.to.this, "name") else str(node.to.this)
    if name not in _CASTS:
        raise QueryError(f"A cast to this type is not supported: {text_of(node)}.")
    return _CASTS[name]
