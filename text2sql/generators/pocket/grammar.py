"""Which token may come next: the pocket language as a state machine with one frame a query.

The grammar keeps a query inside what SQLite accepts and people ask: columns only of the tables in
FROM, no table twice, aggregates where they may stand, equally many columns on both sides of a set
operator, nothing behind ORDER BY but LIMIT, at most three subqueries deep.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import Enum, auto
from functools import lru_cache

from text2sql.generators.pocket.ir import (
    AGGREGATES,
    ARITHMETIC,
    COMPARISONS,
    SET_OPERATORS,
    ColumnToken,
    TableToken,
    Token,
    ValueToken,
)

__all__ = ["Allowed", "Grammar", "Values"]

_MAX_TABLES = 6
_MAX_UNITS = 8
_MAX_DEPTH = 3

_UNIT_WORDS = frozenset((*AGGREGATES, *ARITHMETIC, "*", "distinct"))
_TAIL = frozenset(("order_asc", "order_desc", "limit", *SET_OPERATORS))
_FOLLOW = {  # clause -> keywords that may begin the next one
    "select": _TAIL | {"where", "group"},
    "where": _TAIL | {"group"},
    "group": _TAIL | {"having"},
    "having": _TAIL,
    "order": frozenset({"limit"}),
    "limit": frozenset(),
}


class Values(Enum):
    """Which value candidates may come next."""

    NONE = auto()
    ANY = auto()
    NUMBER = auto()


@dataclass(frozen=True)
class Allowed:
    """What may come next; ``columns`` holds the tables whose columns may."""

    keywords: frozenset[str] = frozenset()
    tables: bool = False
    chosen: frozenset[int] = frozenset()
    columns: frozenset[int] = frozenset()
    values: Values = Values.NONE


class _State(Enum):
    START = auto()  # before FROM
    TABLES = auto()  # inside FROM
    UNIT = auto()  # a column, or what may stand before it
    UNIT_DONE = auto()  # behind an item of SELECT, GROUP BY or ORDER BY
    COMPARE = auto()  # behind the left side of a condition
    VALUE = auto()  # the right side of a condition
    CONDITION_DONE = auto()
    LIMIT = auto()
    LIMIT_DONE = auto()


@dataclass(frozen=True)
class _Frame:
    """One query being written."""

    state: _State = _State.START
    clause: str = ""
    tables: tuple[int, ...] = ()
    columns_due: int = 1  # how many columns the unit at hand still needs
    aggregate: str = ""  # what the column at hand stands inside
    arithmetic: bool = False  # the unit at hand is an arithmetic one
    distinct: bool = False
    units: int = 0  # items of the clause at hand
    arity: int = 0  # items of the SELECT before a set operator; 0 if there is none
    comparison: str = ""
    values_due: int = 1
    second: bool = False  # behind a set operator
    selected: int = 0  # items of this query's SELECT
    starred: bool = False  # SELECT *, whose number of columns nobody counts
    grouped: bool = False


@dataclass(frozen=True)
class Grammar:
    """The state of one hypothesis; immutable, so that beams share what they have in common."""

    frames: tuple[_Frame, ...] = (_Frame(),)
    done: bool = False

    def allowed(self) -> Allowed:
        return _allowed(self.frames[-1], len(self.frames))

    def lets(self, token: Token) -> bool:
        """Whether ``token`` may come next."""
        allowed = self.allowed()
        if isinstance(token, TableToken):
            return allowed.tables and token.table not in allowed.chosen
        if isinstance(token, ColumnToken):
            return token.table in allowed.columns
        if isinstance(token, ValueToken):
            return allowed.values is not Values.NONE
        return token in allowed.keywords

    def push(self, token: Token) -> Grammar:
        """The state behind ``token``, which must be allowed."""
        frame, state = self.frames[-1], self.frames[-1].state
        if state is _State.START:
            return self._top(replace(frame, state=_State.TABLES))
        if state is _State.TABLES:
            return self._top(_in_from(frame, token))
        if state is _State.UNIT:
            return self._top(_in_unit(frame, token))
        if state is _State.COMPARE:
            return self._top(_compare(frame, str(token)))
        if state is _State.VALUE:
            if token == "(":
                return Grammar((*self.frames, _Frame()))
            return self._top(_value(frame, token))
        if state is _State.LIMIT:
            return self._top(replace(frame, state=_State.LIMIT_DONE))
        return self._behind_item(frame, token)

    def _top(self, frame: _Frame) -> Grammar:
        return Grammar((*self.frames[:-1], frame))

    def _behind_item(self, frame: _Frame, token: Token) -> Grammar:
        if token == "end":
            return Grammar(self.frames, done=True)
        if token == ")":
            outer = replace(self.frames[-2], state=_State.CONDITION_DONE)
            return Grammar((*self.frames[:-2], outer))
        return self._top(_next_clause(frame, token))


@lru_cache(maxsize=50_000)
def _allowed(frame: _Frame, depth: int) -> Allowed:
    tables = frozenset(frame.tables)
    if frame.state is _State.START:
        return Allowed(frozenset({"from"}))
    if frame.state is _State.TABLES:
        more = len(frame.tables) < _MAX_TABLES
        keywords = frozenset({"select"}) if frame.tables else frozenset()
        # a column here names the key that ties the last table to those before it
        columns = tables if len(frame.tables) > 1 and not frame.distinct else frozenset()
        return Allowed(keywords, more, tables, columns)
    if frame.state is _State.UNIT:
        words = _unit_words(frame)
        counted = frame.arity or depth > 1 or frame.selected
        if counted and frame.clause == "select" and not frame.aggregate:
            words -= {"*"}
        return Allowed(words, columns=tables)
    if frame.state is _State.UNIT_DONE:
        return _behind_unit(frame, depth)
    if frame.state is _State.COMPARE:
        return Allowed(frozenset(COMPARISONS))
    if frame.state is _State.VALUE:
        return _right_side(frame, depth)
    if frame.state is _State.CONDITION_DONE:
        return Allowed(_closing(frame, depth) | {"and", "or"})
    if frame.state is _State.LIMIT:
        return Allowed(values=Values.NUMBER)
    return Allowed(_closing(frame, depth))


def _unit_words(frame: _Frame) -> frozenset[str]:
    if frame.clause == "group":
        return frozenset()
    words = set(_UNIT_WORDS)
    if frame.distinct:  # SELECT DISTINCT, or count(DISTINCT
        words -= {"distinct"} | (_UNIT_WORDS if frame.aggregate else set())
    if frame.arithmetic:
        words -= {*ARITHMETIC, "*", "distinct"}
    if (
        frame.aggregate
        or frame.clause == "where"
        or (frame.clause == "order" and not frame.grouped)
    ):
        words -= set(AGGREGATES)
    if not frame.aggregate and frame.clause != "select":
        words -= {"*", "distinct"}
    if frame.aggregate not in ("", "count"):
        words -= {"*"}
    return frozenset(words)


def _behind_unit(frame: _Frame, depth: int) -> Allowed:
    closing = _closing(frame, depth)
    selecting = frame.clause == "select"
    if selecting and frame.arity and frame.units < frame.arity:
        closing = frozenset()  # both sides of a set operator select equally many
    one_only = selecting and (frame.units == frame.arity or depth > 1 or frame.starred)
    if frame.units >= _MAX_UNITS or one_only:
        return Allowed(closing)
    words = _unit_words(_begin_unit(frame)) - {"distinct", "*"}
    return Allowed(closing | words, columns=frozenset(frame.tables))


def _right_side(frame: _Frame, depth: int) -> Allowed:
    nest = frozenset({"("}) if depth <= _MAX_DEPTH else frozenset()
    if frame.comparison in ("in", "not_in"):
        return Allowed(nest)
    if frame.comparison == "between" or "like" in frame.comparison:
        return Allowed(values=Values.ANY)
    return Allowed(nest, columns=frozenset(frame.tables), values=Values.ANY)


def _closing(frame: _Frame, depth: int) -> frozenset[str]:
    words = _FOLLOW[frame.clause]
    if frame.starred:
        words = words - set(SET_OPERATORS)
    if frame.second:  # an ORDER BY here would have to name columns of the first SELECT
        words = words - _TAIL
    return words | {")" if depth > 1 else "end"}


def _begin_unit(frame: _Frame) -> _Frame:
    return replace(
        frame,
        state=_State.UNIT,
        columns_due=1,
        aggregate="",
        arithmetic=False,
        distinct=False,
    )


def _in_from(frame: _Frame, token: Token) -> _Frame:
    if token == "select":
        return _begin_unit(replace(frame, clause="select", units=0))
    if isinstance(token, TableToken):
        return replace(frame, tables=(*frame.tables, token.table), distinct=False)
    return replace(frame, distinct=True)  # the key is named; at most one for each table


def _in_unit(frame: _Frame, token: Token) -> _Frame:
    if isinstance(token, str) and token in AGGREGATES:
        return replace(frame, aggregate=token, distinct=False)
    if token == "distinct":
        return replace(frame, distinct=True)
    if isinstance(token, str) and token in ARITHMETIC:
        return replace(frame, columns_due=2, arithmetic=True, distinct=False)
    if frame.columns_due > 1:
        return replace(frame, columns_due=frame.columns_due - 1)
    compared = frame.clause in ("where", "having")
    state = _State.COMPARE if compared else _State.UNIT_DONE
    selected = frame.selected + (frame.clause == "select")
    starred = frame.starred or (token == "*" and not frame.aggregate)
    return replace(frame, state=state, units=frame.units + 1, selected=selected, starred=starred)


def _compare(frame: _Frame, comparison: str) -> _Frame:
    if comparison in ("is_null", "not_null"):
        return replace(frame, state=_State.CONDITION_DONE)
    due = 2 if comparison == "between" else 1
    return replace(frame, state=_State.VALUE, comparison=comparison, values_due=due)


def _value(frame: _Frame, token: Token) -> _Frame:
    if frame.values_due > 1:
        return replace(frame, values_due=frame.values_due - 1)
    return replace(frame, state=_State.CONDITION_DONE)


def _next_clause(frame: _Frame, token: Token) -> _Frame:
    if not isinstance(token, str) or token in _UNIT_WORDS:
        return _in_unit(_begin_unit(frame), token)
    if token in SET_OPERATORS:
        return _Frame(second=True, arity=frame.selected)
    if token == "limit":
        return replace(frame, clause="limit", state=_State.LIMIT)
    if token in ("and", "or"):
        return _begin_unit(frame)
    clause = token.split("_")[0]
    return _begin_unit(
        replace(frame, clause=clause, units=0, grouped=frame.grouped or clause == "group")
    )
