"""The SQL of calls that SQLite lacks (``percent``, ``year``, ``days_between``)."""

from __future__ import annotations

from collections.abc import Callable

from text2sql.query.nodes import Call, Case, Expression, Literal, Star

__all__ = ["DATE_PARTS", "spelled"]

#: Parts of a date, with their formats for ``strftime``.
DATE_PARTS = {
    "year": "%Y", "month": "%m", "day": "%d", "weekday": "%w", "hour": "%H", "minute": "%M",
}  # fmt: skip

_NUMERIC = frozenset(("+", "-", "*", "/", "%", "=", "!=", "<", ">", "<=", ">=", "between", "in"))


def spelled(call: Call) -> Expression:
    """``call`` in terms of SQLite's calls; unchanged if SQLite has it."""
    if call.name in _NUMERIC:
        return _numeric(call)
    spell = _SPELLED.get(call.name)
    return call if spell is None else spell(*call.arguments)


def _numeric(call: Call) -> Call:
    """``call`` with parts of dates, which ``strftime`` returns as text, cast to numbers."""
    arithmetic = call.name in "+-*/%" or all(map(_number, call.arguments))
    parts = [a for a in call.arguments if isinstance(a, Call) and a.name in DATE_PARTS]
    if not arithmetic or not parts:
        return call
    cast = tuple(Call("cast_integer", (a,)) if a in parts else a for a in call.arguments)
    return Call(call.name, cast, call.distinct)


def _number(node: Expression) -> bool:
    if isinstance(node, Literal):
        return isinstance(node.value, int | float)
    return isinstance(node, Call) and (node.name in DATE_PARTS or node.name in "+-*/%")


def _strftime(part: str) -> Callable[..., Expression]:
    return lambda date: Call("strftime", (Literal(part), date))


def _days(later: Expression, earlier: Expression) -> Call:
    return Call("-", (Call("julianday", (later,)), Call("julianday", (earlier,))))


def _product(*factors: Expression) -> Expression:
    return factors[0] if len(factors) == 1 else Call("*", (_product(*factors[:-1]), factors[-1]))


def _age(birth: Expression) -> Expression:
    """Full years until today."""
    now = Literal("now")
    years = Call("-", (Call("year", (now,)), Call("year", (birth,))))
    format_ = Literal("%m-%d")
    early = Call("<", (Call("strftime", (format_, now)), Call("strftime", (format_, birth))))
    return Call("-", (years, early))


def _count_if(condition: Expression) -> Expression:
    return Call("count", (Case(((condition, Literal(1)),)),))


_SPELLED: dict[str, Callable[..., Expression]] = {
    "count_if": _count_if,
    "sum_if": lambda value, condition: Call("sum", (Case(((condition, value),), Literal(0)),)),
    "avg_if": lambda value, condition: Call("avg", (Case(((condition, value),)),)),
    "percent": lambda condition: Call(
        "/", (Call("*", (Literal(100.0), _count_if(condition))), Call("count", (Star(),)))
    ),
    "percent_of": lambda part, whole: Call("/", (Call("*", (Literal(100.0), part)), whole)),
    "ratio": lambda left, right: Call("/", (Call("cast_real", (left,)), right)),
    "year_month": _strftime("%Y-%m"),
    "month_day": _strftime("%m-%d"),
    "clock": _strftime("%H:%M"),
    "days_between": _days,
    "hours_between": lambda a, b: _product(_days(a, b), Literal(24)),
    "minutes_between": lambda a, b: _product(_days(a, b), Literal(1440)),
    "years_between": lambda a, b: Call("-", (Call("year", (a,)), Call("year", (b,)))),
    "age": _age,
    "today": lambda: Call("date", (Literal("now"),)),
    **{name: _strftime(format_) for name, format_ in DATE_PARTS.items()},
}
