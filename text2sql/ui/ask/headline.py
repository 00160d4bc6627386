"""The headline of an answer: a sentence that contains its value, or the number of its rows."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from markupsafe import Markup

from text2sql.answering.doubt import UNSURE
from text2sql.ui import messages
from text2sql.ui.cells import rounded, show
from text2sql.wording import counted, enumerated

if TYPE_CHECKING:
    from text2sql.answering.pipeline import Answer
    from text2sql.sandbox import QueryResult

__all__ = ["Trust", "headline", "mark_ran", "phrase", "says", "trust"]

_LONGEST = 160  # characters of an explanation that a headline repeats
_FEW_VALUES = 5  # rows of one column that a headline lists
_FEW_OF_A_ROW = 3  # columns of one row that a headline lists
_COUNTS = ("the number of ", "the total ")
_LONGEST_LIST = 100  # characters of that list


@dataclass(frozen=True)
class Trust:
    """How far to trust an answer, in a few words; ``unsure`` if it is more likely wrong."""

    words: str = ""
    unsure: bool = False


def trust(answer: Answer | None) -> Trust:
    """Return the chance that ``answer`` is right, in words; nothing for a visitor's own query."""
    if answer is None:
        return Trust()
    unlikely = answer.confidence is not None and answer.confidence < UNSURE
    return Trust(answer.chance, unlikely or bool(answer.doubt))


def headline(result: QueryResult | None, reading: str, trusted: Trust = Trust()) -> Markup:
    """Return the answer as a sentence with its value or rows, or the error of its query.

    Args:
        reading: the query in English, which names what the value is; may be empty.
        trusted: shown beside the sentence; an unsure answer is shown less boldly.
    """
    if result is None or result.error is not None:
        return messages.outcome(result)
    before, value, after = _sentence(result, phrase(reading) if says(result, reading) else "")
    said = Markup("{}<output>{}</output>{}").format(before, value, after)
    chance = Markup('<span class="t2s-chance">{}</span>').format(trusted.words)
    return Markup('<div class="t2s-headline{}" role="status"><p>{}</p>{}</div>').format(
        " t2s-unsure" if trusted.unsure else "", said, chance if trusted.words else ""
    )


def says(result: QueryResult | None, reading: str) -> bool:
    """Return whether the headline of ``result`` contains ``reading``."""
    return result is not None and result.error is None and len(reading) <= _LONGEST


def mark_ran(sql: str) -> Markup:
    """Tell the page script which SQL has the rows that are shown."""
    return Markup('<data value="{}" hidden></data>').format(sql)


def phrase(reading: str) -> str:
    """Return an explanation as part of a sentence, which may have a colon of its own."""
    reading = reading.removesuffix(".")
    if reading.startswith("For each "):
        reading = reading.replace(": ", ", ", 1)
    return reading if reading[1:2].isupper() else reading[:1].lower() + reading[1:]


def _sentence(result: QueryResult, said: str) -> tuple[str, str, str]:
    """Return the sentence in three parts; the second is the value."""
    rows = result.rows
    if not rows:
        return "", "No rows", f": {said}." if said else " match the question."
    whole = said[:1].upper() + said[1:]
    if len(rows) == len(result.columns) == 1 and " each " not in said:
        return f"{whole or 'The answer'} is ", _value(rows[0][0], said), "."
    values = _listed(rows)
    if 0 < len(values) <= _LONGEST_LIST:
        return f"{whole or counted(len(rows), 'row')}: ", values, "."
    number = f"{'More than ' if result.truncated else ''}{counted(len(rows), 'row')}"
    return "", number, f": {said}." if said else "."


def _listed(rows: Sequence[Sequence[Any]]) -> str:
    """Return the values of a column or of a row; empty if there are many or other rows."""
    if len(rows) == 1 and len(rows[0]) <= _FEW_OF_A_ROW:  # different things, which "and" would add
        return ", ".join(show(rounded(value)) for value in rows[0])
    if len(rows[0]) == 1 and len(rows) <= _FEW_VALUES:
        return enumerated([show(rounded(value)) for (value,) in rows])
    return ""


def _value(value: Any, said: str) -> str:
    """Return a value as text; numbers and totals of thousands with commas, unlike years and ids."""
    value = rounded(value)
    if isinstance(value, int) and said.startswith(_COUNTS):
        return f"{value:,}"
    return show(value)
