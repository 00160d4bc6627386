"""Which token may come next: the pocket language as a machine with a stack of what is due.

The grammar keeps a query inside what SQLite accepts and people ask: columns only of the tables in
FROM, no table twice without saying so, aggregates where they may stand, equally many columns on
both sides of a set operator, at most three subqueries deep.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import Enum, auto
from functools import lru_cache
from typing import NamedTuple

from text2sql.generators.pocket.ir.vocabulary import (
    AGGREGATES,
    ARITHMETIC,
    COMPARISONS,
    CONDITIONAL,
    FIRST_KEYWORDS,
    FUNCTIONS,
    LISTS,
    MOST_SHOWN,
    NEW_AGGREGATES,
    NEW_COMPARISONS,
    PATTERNS,
    RANKS,
    SET_OPERATORS,
    SHOWN,
    ColumnToken,
    TableToken,
    Token,
    ValueToken,
)

__all__ = ["Allowed", "Grammar", "Values"]

_MAX_TABLES = 6
_MAX_UNITS = 8
_MAX_UNITS_EXTENDED = 24
_MAX_DEPTH = 3
_MAX_NESTED = 8  # operators and functions inside each other

_FIRST = frozenset(FIRST_KEYWORDS)
_SETS = frozenset((*SET_OPERATORS, "union_all"))
_ORDERS = frozenset(("order_asc", "order_desc"))
_COMPARED = frozenset((*COMPARISONS, *NEW_COMPARISONS))
_OF_ROWS = frozenset((*AGGREGATES, *NEW_AGGREGATES))
_CALLS = frozenset((*ARITHMETIC, *FUNCTIONS, "if", "whether"))
_NO_VALUE = frozenset(("is_null", "not_null", "is_true", "is_false"))


class Values(Enum):
    """Which value candidates may come next."""

    NONE = auto()
    ANY = auto()
    NUMBER = auto()


@dataclass(frozen=True)
class Allowed:
    """What may come next: keywords; tables that are not ``chosen``, or only those of ``only``;
    columns of the tables in ``columns``; values."""

    keywords: frozenset[str] = frozenset()
    tables: bool = False
    chosen: frozenset[int] = frozenset()
    columns: frozenset[int] = frozenset()
    values: Values = Values.NONE
    only: frozenset[int] | None = None

    def lets(self, token: Token) -> bool:
        if isinstance(token, TableToken):
            among = self.only is None or token.table in self.only
            return self.tables and among and token.table not in self.chosen
        if isinstance(token, ColumnToken):
            return token.table in self.columns
        if isinstance(token, ValueToken):
            return self.values is not Values.NONE
        return token in self.keywords

    def either(self, other: Allowed) -> Allowed:
        """What this or ``other`` lets through, of which only one has tables or values."""
        tables = self if self.tables else other
        return Allowed(
            self.keywords | other.keywords,
            tables.tables,
            tables.chosen,
            self.columns | other.columns,
            other.values if self.values is Values.NONE else self.values,
            tables.only,
        )


class _Due(NamedTuple):
    """Something that is due: its ``kind``, the ``clause`` it stands in, and, for expressions, what
    may be in them. Kinds that end in ``?`` may be left out."""

    kind: str
    clause: str = ""
    aggregates: bool = False
    star: bool = False  # "*" may be all of it
    distinct: bool = False  # "distinct" may begin it
    nested: int = 0  # operators around it


@dataclass(frozen=True)
class _Frame:
    """One query being written, as far as what comes later depends on it."""

    use: str = "top"  # or "value", "list", "exists", "derived": what it is written for
    of: int = 0  # tables of the schema
    tables: tuple[int, ...] = ()
    again: frozenset[int] = frozenset()
    shown: int = 0  # columns of the queries in FROM
    placed: bool = False  # FROM has an entry
    arity: int = 0  # items of the SELECT before a set operator; 0 if there is none
    selected: int = 0
    complete: bool = False  # SELECT takes no further item
    uncounted: bool = False  # all columns of a table are selected
    grouped: bool = False
    overall: bool = False
    units: int = 0  # items of the clause at hand

    @property
    def sees_outer(self) -> bool:
        return self.use in ("value", "list", "exists")


_BODY = tuple(
    _Due(kind)
    for kind in ("tail?", "having?", "group?", "where?", "items?", "item", "distinct?", "select",
                 "sources?")
)  # fmt: skip
_Frames = tuple[_Frame, ...]


@dataclass(frozen=True)
class Grammar:
    """The state of one hypothesis; immutable, so that beams share what they have in common.

    Args:
        extended: whether the model knows the keywords after ``FIRST_KEYWORDS``. Otherwise the
            language is that of the first weights.
        tables: how many the schema has.
    """

    extended: bool = False
    tables: int = 1_000
    frames: _Frames = ()
    due: tuple[_Due, ...] = (_Due("end"), _Due("query", "top"))

    @property
    def done(self) -> bool:
        return not self.due

    def allowed(self) -> Allowed:
        return _allowed(self._next(), self.frames, self.extended)

    def lets(self, token: Token) -> bool:
        """Whether ``token`` may come next."""
        return bool(self.due) and self.allowed().lets(token)

    def push(self, token: Token) -> Grammar:
        """The state after ``token``, which must be allowed."""
        position = len(self.due) - 1
        while not _choices(self.due[position], self.frames, self.extended).lets(token):
            position -= 1
        top = self.due[position]
        frames, more = _step(top, self.frames, token)
        if not self.frames:
            frames = tuple(replace(frame, of=self.tables) for frame in frames)
        return Grammar(self.extended, self.tables, frames, (*self.due[:position], *more))

    def _next(self) -> tuple[_Due, ...]:
        """The top of the stack down to the first thing that may not be left out."""
        position = len(self.due) - 1
        while position > 0 and _optional(self.due[position], self.frames):
            position -= 1
        return self.due[position:]


def _optional(due: _Due, frames: _Frames) -> bool:
    if not due.kind.endswith("?"):
        return False
    frame = frames[-1]
    if due.kind == "sources?":
        return frame.placed
    if due.kind == "group?":
        return not frame.overall
    if due.kind == "items?" and frame.arity:
        return frame.selected >= frame.arity
    return True


@lru_cache(maxsize=100_000)
def _allowed(due: tuple[_Due, ...], frames: _Frames, extended: bool) -> Allowed:
    found = Allowed()
    for part in due:
        found = found.either(_choices(part, frames, extended))
    return found


@lru_cache(maxsize=100_000)
def _choices(due: _Due, frames: _Frames, extended: bool) -> Allowed:
    """What ``due`` itself may begin with."""
    frame = frames[-1] if frames else _Frame()
    if due.kind == "units?" and due.clause == "order" and extended:
        return Allowed()  # each term has its direction
    find = _CHOICES.get(due.kind)
    found = find(due, frame, frames) if find else _words(due, frame, len(frames))
    return found if extended else _as_first(found, due, frame)


def _words(due: _Due, frame: _Frame, depth: int) -> Allowed:
    """What is due is one keyword, or nothing."""
    if due.kind == "having?" and not frame.grouped:
        return Allowed()
    if due.kind == "tail?":
        return Allowed(_tail(frame))
    if due.kind == "set?":
        return Allowed(frozenset() if frame.uncounted else _SETS)
    if due.kind == "compare" and depth > _MAX_DEPTH:
        return Allowed(_COMPARED - {"in", "not_in"})
    return Allowed(_KEYWORDS[due.kind])


_KEYWORDS = {
    kind: frozenset(words)
    for kind, words in {
        "end": {"end"}, "query": {"from"}, "open": {"("}, "close": {")"}, "close query": {")"},
        "select": {"select"}, "distinct?": {"distinct"}, "where?": {"where"},
        "group?": {"group"}, "having?": {"having"}, "compare": _COMPARED,
        "more conditions?": {"and", "or"}, "per": {"per"}, "per?": {"per"},
        "limit?": {"limit", "nth"},
        "offset?": {"offset"}, "on": {"on"}, "on?": {"on"}, "orders?": _ORDERS,
        "orders": _ORDERS, "query again": {"from"},
        "window call": {*RANKS, *AGGREGATES}, "aggregate": {*AGGREGATES},
    }.items()
}  # fmt: skip


def _tail(frame: _Frame) -> frozenset[str]:
    """What may come after HAVING, or where that may come."""
    words = {*_ORDERS, "limit", "nth", *_SETS}
    if frame.uncounted:
        words -= _SETS
    if frame.overall:
        words = set()
    elif not frame.uncounted:
        words |= {"best", "best_ties"}
    return frozenset(words)


def _as_first(found: Allowed, due: _Due, frame: _Frame) -> Allowed:
    """What the first weights may choose of ``found``."""
    words, values = found.keywords & _FIRST, found.values
    columns = found.columns
    if due.kind in ("item", "items?", "unit", "units?", "condition"):
        values, words = Values.NONE, words - {"("}
        if due.nested and not (due.distinct or due.star):
            words -= {*ARITHMETIC}
        if due.clause == "group":
            words = frozenset()
    if due.kind in ("bound", "pattern"):
        words, columns = frozenset(), frozenset()
    if due.kind == "right":
        words &= {"("}
    if due == _Due("key?", "again"):
        columns = frozenset()
    if due.kind in ("sources?", "orders?", "set?") or (due.kind, due.clause) == (
        "limit?",
        "compound",
    ):
        words = frozenset()
    if due.kind == "items?" and frame.selected >= _MAX_UNITS:
        words, columns = frozenset(), frozenset()
    return replace(found, keywords=words, values=values, columns=columns)


# expressions and conditions


def _unit(due: _Due, frame: _Frame, frames: _Frames) -> Allowed:
    """What an expression may begin with."""
    words: set[str] = set(SHOWN[: frame.shown])
    if due.kind not in ("right", "bound", "raw"):
        words.add("null")
    if due.nested < _MAX_NESTED:
        words |= _CALLS
        if due.aggregates:
            words |= _OF_ROWS
        if due.clause in ("select", "order") and due.aggregates:
            words.add("window")
    if len(frames) <= _MAX_DEPTH:
        words.add("(")
    if frame.again:
        words.add("again")
    if frame.sees_outer and len(frames) > 1 and (frames[-2].tables or frames[-2].shown):
        words.add("outer")
    if due.star:
        words.add("*")
    if due.distinct:
        words.add("distinct")
    counts = due.clause in ("group", "order", "best") and not due.nested  # ORDER BY 2
    values = Values.NONE if counts else Values.ANY
    return Allowed(frozenset(words), columns=frozenset(frame.tables), values=values)


def _item(due: _Due, frame: _Frame, frames: _Frames) -> Allowed:
    """The first item of SELECT."""
    counted = frame.arity or frame.use not in ("top", "exists")
    star = not counted and bool(frame.tables or frame.shown)
    found = _unit(_Due("unit", "select", aggregates=True, star=star), frame, frames)
    words = set(found.keywords)
    if not counted and frame.tables:
        words.add("all_of")
    if frame.use in ("top", "value") and not frame.arity:
        words.add("overall")
    return replace(found, keywords=frozenset(words))


def _items(due: _Due, frame: _Frame, frames: _Frames) -> Allowed:
    """A further item of SELECT."""
    one = frame.use in ("value", "list", "exists")
    most = MOST_SHOWN if frame.use == "derived" else _MAX_UNITS_EXTENDED
    if one or frame.complete or frame.selected >= (frame.arity or most):
        return Allowed()
    found = _unit(_Due("unit", "select", aggregates=True), frame, frames)
    if frame.use == "top" and not frame.arity and frame.tables:
        return replace(found, keywords=found.keywords | {"all_of"})
    return found


def _units(due: _Due, frame: _Frame, frames: _Frames) -> Allowed:
    """A further term of GROUP BY or of a partition; the first weights have those of ORDER BY."""
    return _unit(due, frame, frames) if frame.units < _MAX_UNITS else Allowed()


def _condition(due: _Due, frame: _Frame, frames: _Frames) -> Allowed:
    found = _unit(due, frame, frames)
    words = set(found.keywords)
    if due.nested < _MAX_NESTED:
        words |= {"(", "not"}
    if len(frames) <= _MAX_DEPTH:
        words |= {"exists", "not_exists"}
    return replace(found, keywords=frozenset(words))


def _bracket(due: _Due, frame: _Frame, frames: _Frames) -> Allowed:
    """After ``(`` at the beginning of a condition: a condition, or a query as its left side."""
    found = _condition(due, frame, frames)
    if len(frames) <= _MAX_DEPTH:
        return replace(found, keywords=found.keywords | {"from"})
    return found


def _value(due: _Due, frame: _Frame, frames: _Frames) -> Allowed:
    return Allowed(values=Values.ANY)


def _number(due: _Due, frame: _Frame, frames: _Frames) -> Allowed:
    return Allowed(values=Values.NUMBER)


def _result(due: _Due, frame: _Frame, frames: _Frames) -> Allowed:
    """A column of the result of a set operation, in its ORDER BY."""
    return Allowed(frozenset(SHOWN[: frame.selected]))


# FROM


def _sources(due: _Due, frame: _Frame, frames: _Frames) -> Allowed:
    words = set()
    if frame.placed:
        words |= {"left", "inner"}
        if len(frame.again) < len(frame.tables):
            words.add("again")
    else:
        words.add("no_table")
    if len(frames) <= _MAX_DEPTH:
        words.add("(")
    more = len(frame.tables) < min(_MAX_TABLES, frame.of)
    if not more:
        words -= {"inner"}
    if not more and "again" not in words:
        words -= {"left"}
    plain = more and due.clause != "special"
    return Allowed(frozenset(words), plain, frozenset(frame.tables))


def _left_source(due: _Due, frame: _Frame, frames: _Frames) -> Allowed:
    words = {"("} if len(frames) <= _MAX_DEPTH else set()
    if len(frame.again) < len(frame.tables):
        words.add("again")
    more = len(frame.tables) < min(_MAX_TABLES, frame.of)
    return Allowed(frozenset(words), more, frozenset(frame.tables))


def _new_table(due: _Due, frame: _Frame, frames: _Frames) -> Allowed:
    return Allowed(tables=True, chosen=frozenset(frame.tables))


def _same_table(due: _Due, frame: _Frame, frames: _Frames) -> Allowed:
    return Allowed(tables=True, only=frozenset(frame.tables) - frame.again)


def _any_table(due: _Due, frame: _Frame, frames: _Frames) -> Allowed:
    return Allowed(tables=True, only=frozenset(frame.tables))


def _key(due: _Due, frame: _Frame, frames: _Frames) -> Allowed:
    """The column of the key that is meant, or a condition in its place."""
    words = frozenset({"on"}) if due.clause == "special" else frozenset()
    return Allowed(words, columns=frozenset(frame.tables))


def _outer_column(due: _Due, frame: _Frame, frames: _Frames) -> Allowed:
    outer = frames[-2]
    return Allowed(frozenset(SHOWN[: outer.shown]), columns=frozenset(outer.tables))


def _again_column(due: _Due, frame: _Frame, frames: _Frames) -> Allowed:
    return Allowed(columns=frame.again)


_CHOICES = {
    "item": _item, "items?": _items, "unit": _unit, "units?": _units, "condition": _condition,
    "bracket": _bracket, "right": _unit, "bound": _unit, "pattern": _value, "raw": _unit,
    "value": _value, "values?": _value, "number": _number, "result": _result,
    "sources?": _sources, "left source": _left_source, "new table": _new_table,
    "same table": _same_table, "any table": _any_table, "key?": _key,
    "outer column": _outer_column, "again column": _again_column,
}  # fmt: skip


# what a token changes: the frames, and what is due after it (the next thing last)


def _step(due: _Due, frames: _Frames, token: Token) -> tuple[_Frames, tuple[_Due, ...]]:
    kind = due.kind
    if kind in ("item", "items?"):
        return _chosen_item(due, frames, token)
    if kind in ("unit", "right", "bound", "pattern", "raw"):
        return frames, _in_unit(due, token)
    if kind == "units?":
        more = _in_unit(due._replace(kind="unit"), token)
        return _top(frames, units=frames[-1].units + 1), (due, *more)
    if kind in ("condition", "bracket"):
        return _in_condition(due, frames, token)
    if kind in ("sources?", "left source", "new table", "same table"):
        return _in_from(due, frames, token)
    if kind == "close query":
        return _closed(frames), ()
    if kind in ("tail?", "set?"):
        return _in_tail(frames, str(token))
    if kind == "query":
        return (*frames, _Frame(due.clause, frames[-1].of if frames else 0)), _BODY
    return _in_clause(due, frames, token)


def _top(frames: _Frames, **changes: object) -> _Frames:
    return (*frames[:-1], replace(frames[-1], **changes))  # type: ignore[arg-type]


def _closed(frames: _Frames) -> _Frames:
    """The frames without the last, whose columns the one around it may use if it is in FROM."""
    inner, outer = frames[-1], frames[:-1]
    if inner.use == "derived":
        return _top(outer, shown=outer[-1].shown + inner.selected, placed=True)
    return outer


def _chosen_item(due: _Due, frames: _Frames, token: Token) -> tuple[_Frames, tuple[_Due, ...]]:
    frame = frames[-1]
    rest = (due,) if due.kind == "items?" else ()
    if token == "overall":
        frames = _top(frames, selected=1, complete=True, overall=True)
        return frames, (_Due("unit", "select", aggregates=True), _Due("aggregate"))
    counted = _top(frames, selected=frame.selected + 1, complete=token == "*",
                   uncounted=frame.uncounted or token in ("*", "all_of"))  # fmt: skip
    if token == "all_of":
        return counted, (*rest, _Due("any table"))
    unit = _Due("unit", "select", aggregates=True)
    return counted, (*rest, *_in_unit(unit, token))


def _in_unit(due: _Due, token: Token) -> tuple[_Due, ...]:
    """What is due of an expression after its first token."""
    inside = due._replace(kind="unit", star=False, distinct=False, nested=due.nested + 1)
    if not isinstance(token, str):
        return ()
    if token in ARITHMETIC:
        return (inside, inside)
    if token in FUNCTIONS:
        return (inside,) * FUNCTIONS[token][1]
    if token == "distinct":
        return (inside,)
    if token in CONDITIONAL:
        before, after = CONDITIONAL[token]
        alone = inside._replace(aggregates=due.aggregates and token in ("if", "whether"))
        condition = alone._replace(kind="condition")
        results = (alone._replace(nested=max(due.nested, 1)), alone) if after else ()
        return (*results, _Due("close"), condition, *(alone,) * before)
    if token in _OF_ROWS:
        counts = token == "count"
        return (inside._replace(aggregates=False, star=counts, distinct=True),)
    if token == "(":
        return (_Due("close query"), _Due("query", "value"))
    if token == "outer":
        return (_Due("outer column"),)
    if token == "again":
        return (_Due("again column"),)
    if token == "window":
        return (_Due("close"), _Due("orders?", "window"), _Due("per?"), _Due("window call"))
    return ()


def _in_condition(due: _Due, frames: _Frames, token: Token) -> tuple[_Frames, tuple[_Due, ...]]:
    more = _Due("more conditions?", due.clause, due.aggregates, nested=due.nested)
    inside = _Due("condition", due.clause, due.aggregates, nested=due.nested + 1)
    compare = _Due("compare", due.clause, due.aggregates, nested=due.nested)
    if due.kind == "bracket":
        if token == "from":
            body = (_Due("close query"), *_BODY)
            return (*frames, _Frame("value", frames[-1].of)), (more, compare, *body)
        frames, rest = _in_condition(inside, frames, token)
        return frames, (more, _Due("close"), *rest)
    if token == "(":
        return frames, (due._replace(kind="bracket"),)
    if token == "not":
        return frames, (more, _Due("close"), inside, _Due("open"))
    if token in ("exists", "not_exists"):
        return frames, (more, _Due("close query"), _Due("query", "exists"), _Due("open"))
    return frames, (more, compare, *_in_unit(due._replace(kind="unit"), token))


def _compared(due: _Due, operator: str) -> tuple[_Due, ...]:
    """The right side of a condition."""
    right = _Due("right", due.clause, due.aggregates, nested=due.nested)
    if operator in _NO_VALUE:
        return ()
    if operator in ("between", "not_between"):
        return (right._replace(kind="bound"),) * 2
    if operator in ("in", "not_in"):
        return (_Due("close query"), _Due("query", "list"), _Due("open"))
    if operator in LISTS:
        return (_Due("values?"), _Due("value"))
    if operator in PATTERNS:
        raw = PATTERNS[operator][1:] == ("", "")
        return (right._replace(kind="raw" if raw else "pattern"),)
    return (right,)


def _in_from(due: _Due, frames: _Frames, token: Token) -> tuple[_Frames, tuple[_Due, ...]]:
    frame = frames[-1]
    special = _Due("sources?", "special")
    if token == "(":
        on = _Due("on" if due.kind == "left source" else "on?")
        rest = () if due.kind == "left source" else (special,)
        return frames, (*rest, on, _Due("close query"), _Due("query", "derived"))
    if due.kind == "sources?" and isinstance(token, str):
        if token == "no_table":
            return _top(frames, placed=True), ()
        sort = {"left": "left source", "inner": "new table", "again": "same table"}[token]
        return frames, (special, _Due(sort))
    key = _Due("key?", "special")
    if token == "again":
        return frames, (_Due("same table"),)
    assert isinstance(token, TableToken)
    if due.kind == "same table":
        return _top(frames, again=frame.again | {token.table}), (key,)
    placed = _top(frames, tables=(*frame.tables, token.table), placed=True)
    if due.kind == "left source":
        return placed, (key,)
    if due.kind == "new table":
        return placed, (_Due("on?"),)
    return placed, (due, _Due("key?")) if frame.tables else (due,)


def _in_tail(frames: _Frames, token: str) -> tuple[_Frames, tuple[_Due, ...]]:
    """After HAVING, or where it may come: an order, a limit, a set operation."""
    frame = frames[-1]
    if token in _SETS:
        tail = (_Due("limit?", "compound"), _Due("orders?", "compound"))
        second = _Frame(frame.use, frame.of, arity=frame.selected)
        body = (_Due("set?"), *_BODY[1:], _Due("query again"))
        return (*frames[:-1], second), (*(() if frame.arity else tail), *body)
    if token in _ORDERS:
        frames, more = _in_clause(_Due("orders?", "order"), frames, token)
        return frames, (_Due("limit?"), *more)
    if token in ("best", "best_ties"):
        unit = _Due("unit", "per", aggregates=frame.grouped)
        per = (unit._replace(kind="units?"), unit, _Due("per"), _Due("number"))
        return _top(frames, units=1), (_Due("orders", "best"), *per)
    return frames, (*((_Due("offset?"),) if token == "limit" else ()), _Due("number"))


def _in_clause(due: _Due, frames: _Frames, token: Token) -> tuple[_Frames, tuple[_Due, ...]]:
    kind, clause, frame = due.kind, due.clause, frames[-1] if frames else _Frame()
    if kind == "compare":
        return frames, _compared(due, str(token))
    if kind == "more conditions?":
        return frames, (due._replace(kind="condition"),)
    if kind in ("where?", "on", "on?") or token == "on":
        return frames, (_Due("condition", "where"),)
    if kind == "key?" and not clause:
        return frames, (due._replace(clause="again"),)
    if kind == "having?":
        return frames, (_Due("condition", "having", aggregates=True),)
    if kind == "group?":
        unit = _Due("unit", "group")
        return _top(frames, grouped=True, units=1), (unit._replace(kind="units?"), unit)
    if kind == "per?":
        unit = _Due("unit", "window", aggregates=True)
        return _top(frames, units=1), (unit._replace(kind="units?"), unit)
    if kind in ("orders", "orders?"):
        again = _Due("orders?", clause)
        if clause == "compound":
            return frames, (again, _Due("result"))
        unit = _Due("unit", clause, aggregates=frame.grouped or clause == "window")
        more = (unit._replace(kind="units?"),) if clause == "order" else ()
        return _top(frames, units=1), (again, *more, unit)
    if kind == "limit?":
        return frames, (*((_Due("offset?"),) if token == "limit" else ()), _Due("number"))
    if kind == "offset?":
        return frames, (_Due("number"),)
    if kind == "values?":
        return frames, (due,)
    if kind == "window call":
        return frames, _in_window(str(token))
    return frames, ()


def _in_window(function: str) -> tuple[_Due, ...]:
    if function == "ntile":
        return (_Due("number"),)
    argument = _Due("unit", "window", aggregates=True, star=function == "count", nested=1)
    return (argument,) * RANKS.get(function, 1)
