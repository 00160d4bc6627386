"""The tokens of the pocket language, and the call of the query tree that each keyword means."""

from __future__ import annotations

from dataclasses import dataclass

__all__ = [
    "AGGREGATES",
    "ARITHMETIC",
    "COMPARISONS",
    "CONDITIONAL",
    "FIRST_KEYWORDS",
    "FUNCTIONS",
    "KEYWORDS",
    "LISTS",
    "MOST_SHOWN",
    "NEW_AGGREGATES",
    "NEW_COMPARISONS",
    "PATTERNS",
    "RANKS",
    "SET_OPERATORS",
    "SHOWN",
    "ColumnToken",
    "TableToken",
    "Token",
    "ValueToken",
]

AGGREGATES = ("max", "min", "count", "sum", "avg")
ARITHMETIC = ("-", "+", "/", "x")  # "x" is multiplication; "*" is the star
COMPARISONS = (
    "=", ">", "<", ">=", "<=", "!=", "between", "in", "not_in", "is_null", "not_null",
    "like_contains", "like_starts", "like_ends", "not_like",
)  # fmt: skip

#: Keyword -> the name and the number of arguments of the call it stands for.
FUNCTIONS: dict[str, tuple[str, int]] = {
    "ratio": ("ratio", 2), "percent_of": ("percent_of", 2), "mod": ("%", 2),
    "negative": ("negative", 1),
    "year": ("year", 1), "month": ("month", 1), "day": ("day", 1), "weekday": ("weekday", 1),
    "hour": ("hour", 1), "minute": ("minute", 1), "year_month": ("year_month", 1),
    "month_day": ("month_day", 1), "clock": ("clock", 1), "date": ("date", 1),
    "time": ("time", 1), "age": ("age", 1), "years_between": ("years_between", 2),
    "days_between": ("days_between", 2), "hours_between": ("hours_between", 2),
    "minutes_between": ("minutes_between", 2), "julianday": ("julianday", 1),
    "strftime": ("strftime", 2), "date_shift": ("date", 2),
    "datetime": ("datetime", 1), "datetime_shift": ("datetime", 2), "today": ("today", 0),
    "length": ("length", 1), "lower": ("lower", 1), "upper": ("upper", 1), "trim": ("trim", 1),
    "trim_of": ("trim", 2),
    "substr": ("substr", 3), "substr_from": ("substr", 2), "instr": ("instr", 2),
    "replace": ("replace", 3), "concat": ("||", 2),
    "abs": ("abs", 1), "round": ("round", 1), "round_to": ("round", 2),
    "cast_integer": ("cast_integer", 1), "cast_real": ("cast_real", 1),
    "cast_text": ("cast_text", 1), "coalesce": ("coalesce", 2), "nullif": ("nullif", 2),
    "greater": ("max", 2), "lesser": ("min", 2),
}  # fmt: skip
#: Keywords before a condition that ``)`` closes, with how many expressions stand before it and
#: after it: ``count_if C )``, ``sum_if E C )``, ``if C ) E E``.
CONDITIONAL = {
    "count_if": (0, 0), "percent": (0, 0), "sum_if": (1, 0), "avg_if": (1, 0), "whether": (0, 0),
    "if": (0, 2),
}  # fmt: skip
NEW_AGGREGATES = ("count_if", "percent", "sum_if", "avg_if", "group_concat")
RANKS = {"row_number": 0, "rank": 0, "dense_rank": 0, "ntile": 1, "lag": 1, "lead": 1}
#: Keyword -> whether LIKE is negated, and what stands before and after the value.
PATTERNS = {
    "like_contains": (False, "%", "%"), "like_starts": (False, "", "%"),
    "like_ends": (False, "%", ""), "not_like": (True, "%", "%"),
    "not_like_starts": (True, "", "%"), "not_like_ends": (True, "%", ""),
    "like": (False, "", ""), "not_like_raw": (True, "", ""),
}  # fmt: skip
LISTS = ("any_of", "none_of")
NEW_COMPARISONS = (
    *LISTS, "not_between", "not_like_starts", "not_like_ends", "like", "not_like_raw",
    "is_true", "is_false", "same_as", "not_same_as",
)  # fmt: skip
SET_OPERATORS = ("union", "intersect", "except")
MOST_SHOWN = 8
#: Columns of the subqueries in FROM, numbered throughout, or of a set operation in its ORDER BY.
SHOWN = tuple(f"#{number}" for number in range(1, MOST_SHOWN + 1))

#: The keywords that the first weights know.
FIRST_KEYWORDS = (
    "<pad>", "<start>", "end", "from", "select", "distinct", "where", "group", "having",
    "order_asc", "order_desc", "limit", "and", "or", "(", ")", "*",
    *AGGREGATES, *ARITHMETIC, *COMPARISONS, *SET_OPERATORS,
)  # fmt: skip
#: Append new ones at the end only: weights know keywords by their numbers.
KEYWORDS = (
    *FIRST_KEYWORDS,
    *FUNCTIONS,
    *CONDITIONAL,
    "group_concat",
    "null",
    *NEW_COMPARISONS,
    "not", "exists", "not_exists", "outer", "again", "left", "inner", "on", "no_table",
    "all_of", "nth", "offset", "union_all", "overall", "best", "best_ties", "per",
    "window", *RANKS, *SHOWN,
)  # fmt: skip


@dataclass(frozen=True)
class TableToken:
    table: int


@dataclass(frozen=True)
class ColumnToken:
    table: int
    column: int


@dataclass(frozen=True)
class ValueToken:
    """A string or a number, without the wildcards of LIKE."""

    value: str | int | float


Token = str | TableToken | ColumnToken | ValueToken
