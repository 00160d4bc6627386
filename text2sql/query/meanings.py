"""Meanings that SQL spells in many ways: percentages, ages, parts of dates.

``CAST(SUM(CASE WHEN c THEN 1 ELSE 0 END) AS REAL) * 100 / COUNT(*)`` is ``percent(c)``;
``spelling`` does the reverse, with one safe spelling for each.
"""

from __future__ import annotations

from dataclasses import replace

from text2sql.query.nodes import (
    Call,
    Case,
    ColumnRef,
    Expression,
    Literal,
    Star,
    Statement,
    rebuilt,
)
from text2sql.query.spelling import DATE_PARTS

__all__ = ["folded"]

_FORMATS = {format_: name for name, format_ in DATE_PARTS.items()} | {
    "%Y-%m": "year_month", "%m-%d": "month_day", "%H:%M": "clock", "%Y-%m-%d": "date",
    "%J": "julianday",
}  # fmt: skip
_COMPARED = frozenset(("=", "!=", "<", ">", "<=", ">=", "between", "in"))
_FLIPPED = {"=": "!=", "!=": "=", "<": ">=", ">=": "<", ">": "<=", "<=": ">"}
_TRUTH = _COMPARED | {"like", "glob", "is", "is not", "not", "and", "or", "exists"}
_UNITS = {24: "hours_between", 1440: "minutes_between"}


def folded(query: Statement) -> Statement:
    """``query`` with every recognised meaning as a named call."""
    return rebuilt(query, _fold)


def _fold(node: object) -> object:
    if not isinstance(node, Call):
        return node
    if node.name in _COMPARED:
        return _compared(node)
    fold = _FOLDS.get(node.name)
    return fold(node) if fold else node


# dates


def _strftime(node: Call) -> Expression:
    format_, *rest = node.arguments
    if len(rest) != 1 or not isinstance(format_, Literal):
        return node
    name = _FORMATS.get(str(format_.value))
    return Call(name, (_moment(rest[0]),)) if name else node


def _moment(node: Expression) -> Expression:
    """The argument of a date function, with one spelling of ``now``."""
    now = isinstance(node, Call) and node.name in ("current_timestamp", "current_date", "today")
    if now or (isinstance(node, Literal) and str(node.value).lower() == "now"):
        return Literal("now")
    return node


def _date(node: Call) -> Expression:
    arguments = tuple(map(_moment, node.arguments))
    if node.name == "date" and arguments in ((), (Literal("now"),)):
        return Call("today")
    return replace(node, arguments=arguments)


def _is_part(node: Expression) -> bool:
    return isinstance(node, Call) and node.name in DATE_PARTS


def _uncast(node: Expression) -> Expression:
    """A part of a date without the CAST that makes it a number."""
    if isinstance(node, Call) and node.name == "cast_integer" and _is_part(node.arguments[0]):
        return node.arguments[0]
    return node


def _compared(node: Call) -> Expression:
    """A comparison of a part of a date, as numbers: ``'05'`` and ``5`` are the same month."""
    plain = tuple(map(_uncast, node.arguments))
    if not any(map(_is_part, plain)):
        return node
    numbers = tuple(_as_number(a) if isinstance(a, Literal) else a for a in plain)
    if all(_is_part(a) or isinstance(a, Literal) or _is_arithmetic(a) for a in numbers):
        return replace(node, arguments=numbers)
    return node


def _is_arithmetic(node: Expression) -> bool:
    return isinstance(node, Call) and node.name in ("+", "-", "*", "/", "%")


def _as_number(literal: Literal) -> Literal:
    text = str(literal.value)
    return Literal(int(text)) if text.isdecimal() else literal


# arithmetic


def _minus(node: Call) -> Expression:
    left, right = (_uncast(a) for a in node.arguments)
    if isinstance(left, Call) and isinstance(right, Call) and left.name == right.name:
        if left.name == "julianday":
            return Call("days_between", left.arguments + right.arguments)
        if left.name == "year":
            return Call("years_between", left.arguments + right.arguments)
    age = _age(left, right)
    return age or _plain_parts(node)


def _age(left: Expression, right: Expression) -> Expression | None:
    """``year(now) - year(birth) - (month_day(now) < month_day(birth))``."""
    if isinstance(left, Call) and left.name == "years_between" and isinstance(right, Call):
        now, birth = left.arguments
        wanted = (Call("month_day", (now,)), Call("month_day", (birth,)))
        if now == Literal("now") and right == Call("<", wanted):
            return Call("age", (birth,))
    return None


def _plain_parts(node: Call) -> Call:
    plain = tuple(map(_uncast, node.arguments))
    return replace(node, arguments=plain) if any(map(_is_part, plain)) else node


def _times(node: Call) -> Expression:
    left, right = node.arguments
    if isinstance(left, Literal):
        left, right = right, left
    if isinstance(left, Call) and isinstance(right, Literal):
        if left.name == "days_between" and right.value in _UNITS:
            return Call(_UNITS[int(right.value)], left.arguments)
        if left.name == "hours_between" and right.value == 60:
            return Call("minutes_between", left.arguments)
        if right.value in (100, 100.0):
            if left.name == "ratio":
                return _percent(*left.arguments)
            if left == Call("percent_of", left.arguments):
                return node
    return _plain_parts(node)


def _divided(node: Call) -> Expression:
    """``a / b`` as a ratio or a percentage if one side is converted to a real number."""
    factors, divisor = _factors(node.arguments[0]), node.arguments[1]
    divisor, real = _without_real(divisor)
    hundred = False
    kept: list[Expression] = []
    for factor in factors:
        factor, made_real = _without_real(factor)
        real |= made_real
        if factor == Literal(100) and not hundred:
            hundred = True
        elif not (factor == Literal(1) and made_real):
            kept.append(factor)
    if not real:
        return _plain_parts(node)
    if hundred and not kept:
        kept, hundred = [Literal(100)], False
    part = _product(kept)
    return _percent(part, divisor) if hundred else _ratio(part, divisor)


def _factors(node: Expression) -> list[Expression]:
    if isinstance(node, Call) and node.name == "*":
        return [f for a in node.arguments for f in _factors(a)]
    if isinstance(node, Call) and node.name == "cast_real":
        inner = node.arguments[0]
        if isinstance(inner, Call) and inner.name == "*":
            first, *rest = _factors(inner)
            return [Call("cast_real", (first,)), *rest]
    return [node]


def _product(factors: list[Expression]) -> Expression:
    if not factors:
        return Literal(1)
    product = factors[0]
    for factor in factors[1:]:
        product = Call("*", (product, factor))
    return product


def _without_real(node: Expression) -> tuple[Expression, bool]:
    """``node`` without its conversion to a real number, and whether it had one."""
    if isinstance(node, Literal) and isinstance(node.value, float):
        if node.value.is_integer():
            return Literal(int(node.value)), True
        return node, True
    if isinstance(node, Call) and node.name == "cast_real":
        return node.arguments[0], True
    if isinstance(node, Call) and node.name == "*":
        left, right = node.arguments
        for one, other in ((left, right), (right, left)):
            if one == Literal(1.0):
                return other, True
    return node, False


def _percent(part: Expression, whole: Expression) -> Expression:
    if whole == Call("count", (Star(),)) and isinstance(part, Call) and part.name == "count_if":
        return Call("percent", part.arguments)
    return Call("percent_of", (part, whole))


def _ratio(part: Expression, whole: Expression) -> Expression:
    return Call("ratio", (part, whole))


# aggregates


def _summed(node: Call) -> Expression:
    value = node.arguments[0]
    if node.distinct:
        return node
    if isinstance(value, Call) and value.name in _TRUTH:
        return Call("count_if", (value,))
    branch = _one_branch(value, (Literal(0), Literal(0.0), Literal(None)))
    if branch is None:
        return node
    condition, result = branch
    if result in (Literal(1), Literal(1.0)):
        return Call("count_if", (condition,))
    return Call("sum_if", (result, condition))


def _counted(node: Call) -> Expression:
    branch = _one_branch(node.arguments[0], (Literal(None),))
    if branch is None or node.distinct or not isinstance(branch[1], Literal | ColumnRef):
        return node
    return Call("count_if", (branch[0],))


def _averaged(node: Call) -> Expression:
    value = node.arguments[0]
    everything = Call("count", (Star(),))
    if node.distinct:
        return node
    if isinstance(value, Call) and value.name in _TRUTH:
        return Call("ratio", (Call("count_if", (value,)), everything))
    share = _one_branch(value, (Literal(0), Literal(0.0)))
    if share is not None and isinstance(share[1], Literal) and share[1].value in (1, 100):
        if share[1].value == 100:
            return Call("percent", (share[0],))
        return Call("ratio", (Call("count_if", (share[0],)), everything))
    branch = _one_branch(value, (Literal(None),))
    return Call("avg_if", (branch[1], branch[0])) if branch else node


def _one_branch(
    node: Expression, otherwise: tuple[Literal, ...]
) -> tuple[Expression, Expression] | None:
    if isinstance(node, Case) and len(node.branches) == 1 and node.otherwise in otherwise:
        return node.branches[0]
    return None


# conditions


def _not(node: Call) -> Expression:
    inner = node.arguments[0]
    if isinstance(inner, Call):
        if inner.name == "not":
            return inner.arguments[0]
        if inner.name in _FLIPPED:
            return Call(_FLIPPED[inner.name], inner.arguments)
        if inner.name in ("is", "is not"):
            return Call("is not" if inner.name == "is" else "is", inner.arguments)
    return node


def _as_sum(node: Call) -> Call:
    return Call("sum", node.arguments, node.distinct)


_FOLDS = {
    "strftime": _strftime, "date": _date, "datetime": _date, "julianday": _date,
    "year": _date, "-": _minus, "+": _plain_parts, "*": _times, "/": _divided,
    "sum": _summed, "count": _counted, "avg": _averaged, "not": _not,
    "total": _as_sum,
}  # fmt: skip
