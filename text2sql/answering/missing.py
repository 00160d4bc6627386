"""Sentences about what a question asks for but its answer lacks.

A model writes the closest query that it can. If a question asks for a percentage and the answer is
a count, the visitor must be told; comparing the words of the question with the SQL shows it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from text2sql.answering.corrections.periods import period_of
from text2sql.errors import QueryError
from text2sql.linking.words import NUMBER_WORDS, number_of, split_words
from text2sql.query.nodes import Call, ColumnRef, Select, walk
from text2sql.query.reading import read
from text2sql.query.scopes import scopes
from text2sql.sandbox import QueryResult
from text2sql.schema import Schema

__all__ = ["lower_confidence", "missing"]

#: Patterns of the question and of a matching query, and the name of what is asked for.
_ASKED: tuple[tuple[str, str, str], ...] = (
    (r"\bper ?cent(age)?s?\b|%|\b(what|which) (share|proportion|fraction)\b|\bproportion of\b",
     r"/|100|percent|share|rate", "a percentage"),
    (r"\bratio\b", r"/|ratio", "a ratio"),
    (r"\bmedian\b", r"offset|median|row_number|percentile", "a median"),
    (r"\bstandard deviations?\b|\bvariance\b", r"sqrt|stddev|variance|power", "a deviation"),
    (r"\bcorrelat(e|es|ed|ion)\b", r"corr", "a correlation"),
    (r"\b(running|cumulative) (total|sum|count)s?\b", r"over\s*\(|<=", "a running total"),
    (r"\b(forecast|predict|extrapolate)\b", r"forecast|predict", "a forecast"),
    (r"\b(on average|average|mean)\b", r"avg|average|mean|/", "an average"),
)  # fmt: skip
_PERIOD = re.compile(
    r"\b(?:by|per|each|every|for each|which|what) "
    r"(year|month|week|weekday|quarter|day|hour|decade)\b"
    r"|\b(year|month|week|dai)ly\b"
)
_DATED = re.compile(r"strftime|substr|date\(|julianday|year|month|week|day|quarter|hour|date", re.I)
_PER_GROUP = re.compile(r"\btop (\w+)\b.*\b(?:per|each|every|in each|of each|for each)\b")
_NAMES = {"dai": "day"}

_COMPARED = frozenset(("=", "!=", "<", ">", "<=", ">=", "between", "in", "like"))

# Factors measured on databases outside Spider: how much less often such answers are right.
_NO_ROWS, _UNTIED, _LACKING = 0.25, 0.1, 0.2


def missing(
    question: str, sql: str, schema: Schema, result: QueryResult | None, has_dates: bool = True
) -> tuple[str, ...]:
    """Return sentences about what ``question`` asks for and ``sql`` lacks.

    Args:
        has_dates: whether any column of the database holds dates or times.
    """
    asked, query = " ".join(question.lower().split()), sql.lower()
    found = [
        *_absent(result),
        *_constructs(asked, query),
        *_periods(asked, query, has_dates),
        *_since_today(asked, query, schema),
        *_tops(asked, query),
        *_numbers(question, sql),
        *_untied(sql, schema),
    ]
    return tuple(found)


def lower_confidence(
    confidence: float | None, sentences: Sequence[str], result: QueryResult | None
) -> float | None:
    """Lower ``confidence`` for an answer that lacks something or has no rows."""
    if confidence is None:
        return None
    if any(sentence.startswith("No key") for sentence in sentences):
        confidence *= _UNTIED
    elif sentences:
        confidence *= _LACKING
    if result is not None and result.error is None and not result.rows:
        confidence *= _NO_ROWS
    return confidence


def _absent(result: QueryResult | None) -> Iterator[str]:
    match = re.search(r"no such table: (\S+)", (result and result.error) or "")
    if match:
        yield f"The schema lists the table {match[1]}, but the database file does not contain it."


def _constructs(asked: str, query: str) -> Iterator[str]:
    for words, signs, name in _ASKED:
        if re.search(words, asked) and not re.search(signs, query):
            yield f"The question asks for {name}; the answer is {_kind(query)}."


def _kind(query: str) -> str:
    shown = query.partition(" from ")[0]
    for sign, kind in (("count(", "a count"), ("sum(", "a sum"), ("avg(", "an average")):
        if sign in shown:
            return kind
    return "without one"


def _periods(asked: str, query: str, has_dates: bool) -> Iterator[str]:
    match = _PERIOD.search(asked)
    if match is None:
        return
    unit = match[1] or match[2]
    unit = _NAMES.get(unit, unit)
    if not has_dates and unit not in query:
        yield f"The question asks for groups by {unit}; this database has no dates."
    elif not _DATED.search(query):
        yield f"The question asks for groups by {unit}; the answer is not grouped that way."


def _since_today(asked: str, query: str, schema: Schema) -> Iterator[str]:
    """Find a period before today, such as last month, to which the answer is not limited."""
    period = period_of(asked)
    columns = {c.natural.lower() for table in schema.tables for c in table.columns}
    if period and "now" not in query and not any(period in name for name in columns):
        yield (
            f"The question asks for {period}; the answer is not limited to it, because no date "
            "of the database is that late, or because it is unclear which date is meant."
        )


def _tops(asked: str, query: str) -> Iterator[str]:
    match = _PER_GROUP.search(asked)
    limited = re.search(r"limit \d+\s*$", query) and "over (" not in query
    if match and limited and "group by" not in query.partition(" order by ")[0]:
        top = f"the top {match[1]}"
        yield f"The question asks for {top} of each group; the answer has {top} overall."


def _numbers(question: str, sql: str) -> Iterator[str]:
    """Find numbers in digits that the query does not contain in any form."""
    written = {number_of(word) for word in re.findall(r"\d+(?:\.\d+)?", sql)}
    written |= {number_of(part) for word in re.findall(r"[\d\-]+", sql) for part in word.split("-")}
    words = split_words(question)
    for i, word in enumerate(words):
        number = number_of(word) if word[0].isdigit() else None
        after = "".join(words[i + 1 : i + 2]).lower()
        scaled = after in NUMBER_WORDS or after in ("k", "m", "bn", "st", "nd", "rd", "th")
        if number is None or scaled or number in (0, 1) or _near(number, written) or "," in word:
            continue
        yield f"The question mentions {word}; the answer does not use it."


def _near(number: float, written: set[int | float | None]) -> bool:
    """Whether ``written`` has the number, one more or less, or the number in another unit.

    For example, ``> 4`` means ``at least 5``.
    """
    factors = (1, 0.01, 100, 60, 1000, 3600, 60000, 3600000)
    steps = (number, number - 1, number + 1, *(number * factor for factor in factors))
    return any(round(step, 6) in {round(w, 6) for w in written if w is not None} for step in steps)


def _untied(sql: str, schema: Schema) -> Iterator[str]:
    """Find joined tables without a join condition."""
    if " join " not in sql.lower() and "," not in sql.lower().partition(" from ")[2]:
        return
    try:
        query = read(sql, schema)
    except QueryError:
        return
    for scope in scopes(query, schema):
        for source, entry in enumerate(scope.select.sources):
            if source and entry.table is not None and not _is_tied(scope.select, source):
                yield (
                    f"No key connects {schema.tables[entry.table].name} to the other tables; the "
                    "query combines each of its rows with every row of theirs."
                )


def _is_tied(select: Select, source: int) -> bool:
    """Whether a condition of the joins or of WHERE compares a source with one before it."""
    stated = (select.where, *(entry.on for entry in select.sources))
    for node in walk(stated, inside=False):
        if isinstance(node, Call) and node.name in _COMPARED:
            named = {
                c.source
                for c in walk(node, inside=False)
                if isinstance(c, ColumnRef) and not c.outer
            }
            if source in named and min(named) < source:
                return True
    return False
