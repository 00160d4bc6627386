"""The transitions of the grammar: the frames and the parts due (the next one last)."""

from __future__ import annotations

from dataclasses import replace

from text2sql.generators.pocket.grammar.state import (
    BODY,
    OF_ROWS,
    ORDERS,
    SETS,
    Due,
    Frame,
    Frames,
)
from text2sql.generators.pocket.ir.vocabulary import (
    ARITHMETIC,
    CONDITIONAL,
    FUNCTIONS,
    LISTS,
    PATTERNS,
    RANKS,
    TableToken,
    Token,
)

__all__ = ["step"]

_NO_VALUE = frozenset(("is_null", "not_null", "is_true", "is_false"))


def step(due: Due, frames: Frames, token: Token) -> tuple[Frames, tuple[Due, ...]]:
    """The frames after ``token``, and the parts due in place of ``due``."""
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
        return (*frames, Frame(due.clause, frames[-1].of if frames else 0)), BODY
    return _in_clause(due, frames, token)


def _top(frames: Frames, **changes: object) -> Frames:
    return (*frames[:-1], replace(frames[-1], **changes))  # type: ignore[arg-type]


def _closed(frames: Frames) -> Frames:
    """The frames without the last; if that was in FROM, the enclosing query may use its columns."""
    inner, outer = frames[-1], frames[:-1]
    if inner.use == "derived":
        return _top(outer, shown=outer[-1].shown + inner.selected, placed=True)
    return outer


def _chosen_item(due: Due, frames: Frames, token: Token) -> tuple[Frames, tuple[Due, ...]]:
    frame = frames[-1]
    rest = (due,) if due.kind == "items?" else ()
    if token == "overall":
        frames = _top(frames, selected=1, complete=True, overall=True)
        return frames, (Due("unit", "select", aggregates=True), Due("aggregate"))
    counted = _top(frames, selected=frame.selected + 1, complete=token == "*",
                   uncounted=frame.uncounted or token in ("*", "all_of"))  # fmt: skip
    if token == "all_of":
        return counted, (*rest, Due("any table"))
    unit = Due("unit", "select", aggregates=True)
    return counted, (*rest, *_in_unit(unit, token))


def _in_unit(due: Due, token: Token) -> tuple[Due, ...]:
    """What is due in an expression after its first token."""
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
        return (*results, Due("close"), condition, *(alone,) * before)
    if token in OF_ROWS:
        counts = token == "count"
        return (inside._replace(aggregates=False, star=counts, distinct=True),)
    if token == "(":
        return (Due("close query"), Due("query", "value"))
    if token == "outer":
        return (Due("outer column"),)
    if token == "again":
        return (Due("again column"),)
    if token == "window":
        return (Due("close"), Due("orders?", "window"), Due("per?"), Due("window call"))
    return ()


def _in_condition(due: Due, frames: Frames, token: Token) -> tuple[Frames, tuple[Due, ...]]:
    more = Due("more conditions?", due.clause, due.aggregates, nested=due.nested)
    inside = Due("condition", due.clause, due.aggregates, nested=due.nested + 1)
    compare = Due("compare", due.clause, due.aggregates, nested=due.nested)
    if due.kind == "bracket":
        if token == "from":
            body = (Due("close query"), *BODY)
            return (*frames, Frame("value", frames[-1].of)), (more, compare, *body)
        frames, rest = _in_condition(inside, frames, token)
        return frames, (more, Due("close"), *rest)
    if token == "(":
        return frames, (due._replace(kind="bracket"),)
    if token == "not":
        return frames, (more, Due("close"), inside, Due("open"))
    if token in ("exists", "not_exists"):
        return frames, (more, Due("close query"), Due("query", "exists"), Due("open"))
    return frames, (more, compare, *_in_unit(due._replace(kind="unit"), token))


def _compared(due: Due, operator: str) -> tuple[Due, ...]:
    """The right side of a condition."""
    right = Due("right", due.clause, due.aggregates, nested=due.nested)
    if operator in _NO_VALUE:
        return ()
    if operator in ("between", "not_between"):
        return (right._replace(kind="bound"),) * 2
    if operator in ("in", "not_in"):
        return (Due("close query"), Due("query", "list"), Due("open"))
    if operator in LISTS:
        return (Due("values?"), Due("value"))
    if operator in PATTERNS:
        raw = PATTERNS[operator][1:] == ("", "")
        return (right._replace(kind="raw" if raw else "pattern"),)
    return (right,)


def _in_from(due: Due, frames: Frames, token: Token) -> tuple[Frames, tuple[Due, ...]]:
    frame = frames[-1]
    special = Due("sources?", "special")
    if token == "(":
        on = Due("on" if due.kind == "left source" else "on?")
        rest = () if due.kind == "left source" else (special,)
        return frames, (*rest, on, Due("close query"), Due("query", "derived"))
    if due.kind == "sources?" and isinstance(token, str):
        if token == "no_table":
            return _top(frames, placed=True), ()
        sort = {"left": "left source", "inner": "new table", "again": "same table"}[token]
        return frames, (special, Due(sort))
    key = Due("key?", "special")
    if token == "again":
        return frames, (Due("same table"),)
    assert isinstance(token, TableToken)
    if due.kind == "same table":
        return _top(frames, again=frame.again | {token.table}), (key,)
    placed = _top(frames, tables=(*frame.tables, token.table), placed=True)
    if due.kind == "left source":
        return placed, (key,)
    if due.kind == "new table":
        return placed, (Due("on?"),)
    return placed, (due, Due("key?")) if frame.tables else (due,)


def _in_tail(frames: Frames, token: str) -> tuple[Frames, tuple[Due, ...]]:
    """After HAVING or in its position: an order, a limit, a set operation."""
    frame = frames[-1]
    if token in SETS:
        tail = (Due("limit?", "compound"), Due("orders?", "compound"))
        second = Frame(frame.use, frame.of, arity=frame.selected)
        body = (Due("set?"), *BODY[1:], Due("query again"))
        return (*frames[:-1], second), (*(() if frame.arity else tail), *body)
    if token in ORDERS:
        frames, more = _in_clause(Due("orders?", "order"), frames, token)
        return frames, (Due("limit?"), *more)
    if token in ("best", "best_ties"):
        unit = Due("unit", "per", aggregates=frame.grouped)
        per = (unit._replace(kind="units?"), unit, Due("per"), Due("number"))
        return _top(frames, units=1), (Due("orders", "best"), *per)
    return frames, (*((Due("offset?"),) if token == "limit" else ()), Due("number"))


def _in_clause(due: Due, frames: Frames, token: Token) -> tuple[Frames, tuple[Due, ...]]:
    kind, clause, frame = due.kind, due.clause, frames[-1] if frames else Frame()
    if kind == "compare":
        return frames, _compared(due, str(token))
    if kind == "more conditions?":
        return frames, (due._replace(kind="condition"),)
    if kind in ("where?", "on", "on?") or token == "on":
        return frames, (Due("condition", "where"),)
    if kind == "key?" and not clause:
        return frames, (due._replace(clause="again"),)
    if kind == "having?":
        return frames, (Due("condition", "having", aggregates=True),)
    if kind == "group?":
        unit = Due("unit", "group")
        return _top(frames, grouped=True, units=1), (unit._replace(kind="units?"), unit)
    if kind == "per?":
        unit = Due("unit", "window", aggregates=True)
        return _top(frames, units=1), (unit._replace(kind="units?"), unit)
    if kind in ("orders", "orders?"):
        again = Due("orders?", clause)
        if clause == "compound":
            return frames, (again, Due("result"))
        unit = Due("unit", clause, aggregates=frame.grouped or clause == "window")
        more = (unit._replace(kind="units?"),) if clause == "order" else ()
        return _top(frames, units=1), (again, *more, unit)
    if kind == "limit?":
        return frames, (*((Due("offset?"),) if token == "limit" else ()), Due("number"))
    if kind == "offset?":
        return frames, (Due("number"),)
    if kind == "values?":
        return frames, (due,)
    if kind == "window call":
        return frames, _in_window(str(token))
    return frames, ()


def _in_window(function: str) -> tuple[Due, ...]:
    if function == "ntile":
        return (Due("number"),)
    argument = Due("unit", "window", aggregates=True, star=function == "count", nested=1)
    return (argument,) * RANKS.get(function, 1)
