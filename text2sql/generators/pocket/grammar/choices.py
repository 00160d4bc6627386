"""What may come next: one function for each kind of ``Due``."""

from __future__ import annotations

from dataclasses import replace

from text2sql.generators.pocket.grammar.cache import CACHE
from text2sql.generators.pocket.grammar.state import (
    OF_ROWS,
    ORDERS,
    SETS,
    Allowed,
    Due,
    Frame,
    Frames,
    Values,
)
from text2sql.generators.pocket.ir.vocabulary import (
    AGGREGATES,
    ARITHMETIC,
    COMPARISONS,
    FIRST_KEYWORDS,
    FUNCTIONS,
    MOST_SHOWN,
    NEW_COMPARISONS,
    RANKS,
    SHOWN,
)

__all__ = ["choices_of", "optional"]

_MAX_TABLES = 6
_MAX_UNITS = 8
_MAX_UNITS_EXTENDED = 24
_MAX_DEPTH = 3
_MAX_NESTED = 8  # nesting of operators and functions

_FIRST = frozenset(FIRST_KEYWORDS)
_COMPARED = frozenset((*COMPARISONS, *NEW_COMPARISONS))
_CALLS = frozenset((*ARITHMETIC, *FUNCTIONS, "if", "whether"))


def optional(due: Due, frames: Frames) -> bool:
    """Whether ``due`` may be left out."""
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


@CACHE.keep
def choices_of(due: Due, frames: Frames, extended: bool) -> Allowed:
    """The tokens that may begin ``due``."""
    frame = frames[-1] if frames else Frame()
    if due.kind == "units?" and due.clause == "order" and extended:
        return Allowed()  # each term has its direction
    find = _CHOICES.get(due.kind)
    found = find(due, frame, frames) if find else _words(due, frame, len(frames))
    return found if extended else _as_first_weights(found, due, frame)


def _words(due: Due, frame: Frame, depth: int) -> Allowed:
    """The choices of a part that is a single keyword."""
    if due.kind == "having?" and not frame.grouped:
        return Allowed()
    if due.kind == "tail?":
        return Allowed(_tail(frame))
    if due.kind == "set?":
        return Allowed(frozenset() if frame.uncounted else SETS)
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
        "offset?": {"offset"}, "on": {"on"}, "on?": {"on"}, "orders?": ORDERS,
        "orders": ORDERS, "query again": {"from"},
        "window call": {*RANKS, *AGGREGATES}, "aggregate": {*AGGREGATES},
    }.items()
}  # fmt: skip


def _tail(frame: Frame) -> frozenset[str]:
    """What may follow HAVING, or stand in its position."""
    words = {*ORDERS, "limit", "nth", *SETS}
    if frame.uncounted:
        words -= SETS
    if frame.overall:
        words = set()
    elif not frame.uncounted:
        words |= {"best", "best_ties"}
    return frozenset(words)


def _as_first_weights(found: Allowed, due: Due, frame: Frame) -> Allowed:
    """The part of ``found`` that the first weights were trained on."""
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
    if due == Due("key?", "again"):
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


def _unit(due: Due, frame: Frame, frames: Frames) -> Allowed:
    """The tokens that an expression may begin with."""
    words: set[str] = set(SHOWN[: frame.shown])
    if due.kind not in ("right", "bound", "raw"):
        words.add("null")
    if due.nested < _MAX_NESTED:
        words |= _CALLS
        if due.aggregates:
            words |= OF_ROWS
        if (due.clause == "select" and due.aggregates) or (
            due.clause == "order" and not due.nested
        ):
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


def _item(due: Due, frame: Frame, frames: Frames) -> Allowed:
    """The first item of SELECT."""
    counted = frame.arity or frame.use not in ("top", "exists")
    star = not counted and bool(frame.tables or frame.shown)
    found = _unit(Due("unit", "select", aggregates=True, star=star), frame, frames)
    words = set(found.keywords)
    if not counted and frame.tables:
        words.add("all_of")
    if frame.use in ("top", "value") and not frame.arity:
        words.add("overall")
    return replace(found, keywords=frozenset(words))


def _items(due: Due, frame: Frame, frames: Frames) -> Allowed:
    """Another item of SELECT."""
    one = frame.use in ("value", "list", "exists")
    most = MOST_SHOWN if frame.use == "derived" else _MAX_UNITS_EXTENDED
    if one or frame.complete or frame.selected >= (frame.arity or most):
        return Allowed()
    found = _unit(Due("unit", "select", aggregates=True), frame, frames)
    if frame.use == "top" and not frame.arity and frame.tables:
        return replace(found, keywords=found.keywords | {"all_of"})
    return found


def _units(due: Due, frame: Frame, frames: Frames) -> Allowed:
    """Another term of GROUP BY or of a partition; for the first weights, of ORDER BY too."""
    return _unit(due, frame, frames) if frame.units < _MAX_UNITS else Allowed()


def _condition(due: Due, frame: Frame, frames: Frames) -> Allowed:
    found = _unit(due, frame, frames)
    words = set(found.keywords)
    if due.nested < _MAX_NESTED:
        words |= {"(", "not"}
    if len(frames) <= _MAX_DEPTH:
        words |= {"exists", "not_exists"}
    return replace(found, keywords=frozenset(words))


def _bracket(due: Due, frame: Frame, frames: Frames) -> Allowed:
    """After ``(`` at the start of a condition: a condition, or a subquery as its left side."""
    found = _condition(due, frame, frames)
    if len(frames) <= _MAX_DEPTH:
        return replace(found, keywords=found.keywords | {"from"})
    return found


def _value(due: Due, frame: Frame, frames: Frames) -> Allowed:
    return Allowed(values=Values.ANY)


def _number(due: Due, frame: Frame, frames: Frames) -> Allowed:
    return Allowed(values=Values.NUMBER)


def _result(due: Due, frame: Frame, frames: Frames) -> Allowed:
    """A result column of a set operation, in its ORDER BY."""
    return Allowed(frozenset(SHOWN[: frame.selected]))


# FROM


def _sources(due: Due, frame: Frame, frames: Frames) -> Allowed:
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


def _left_source(due: Due, frame: Frame, frames: Frames) -> Allowed:
    words = {"("} if len(frames) <= _MAX_DEPTH else set()
    if len(frame.again) < len(frame.tables):
        words.add("again")
    more = len(frame.tables) < min(_MAX_TABLES, frame.of)
    return Allowed(frozenset(words), more, frozenset(frame.tables))


def _new_table(due: Due, frame: Frame, frames: Frames) -> Allowed:
    return Allowed(tables=True, chosen=frozenset(frame.tables))


def _same_table(due: Due, frame: Frame, frames: Frames) -> Allowed:
    return Allowed(tables=True, only=frozenset(frame.tables) - frame.again)


def _any_table(due: Due, frame: Frame, frames: Frames) -> Allowed:
    return Allowed(tables=True, only=frozenset(frame.tables))


def _key(due: Due, frame: Frame, frames: Frames) -> Allowed:
    """The column of the key to join on, or a condition instead."""
    words = frozenset({"on"}) if due.clause == "special" else frozenset()
    return Allowed(words, columns=frozenset(frame.tables))


def _outer_column(due: Due, frame: Frame, frames: Frames) -> Allowed:
    outer = frames[-2]
    return Allowed(frozenset(SHOWN[: outer.shown]), columns=frozenset(outer.tables))


def _again_column(due: Due, frame: Frame, frames: Frames) -> Allowed:
    return Allowed(columns=frame.again)


_CHOICES = {
    "item": _item, "items?": _items, "unit": _unit, "units?": _units, "condition": _condition,
    "bracket": _bracket, "right": _unit, "bound": _unit, "pattern": _value, "raw": _unit,
    "value": _value, "values?": _value, "number": _number, "result": _result,
    "sources?": _sources, "left source": _left_source, "new table": _new_table,
    "same table": _same_table, "any table": _any_table, "key?": _key,
    "outer column": _outer_column, "again column": _again_column,
}  # fmt: skip
