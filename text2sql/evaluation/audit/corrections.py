"""Corrections of gold queries, kept in a file beside an unchanged benchmark."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from text2sql.errors import DataError
from text2sql.spider import Example, load_json

__all__ = ["Correction", "apply_corrections", "load_corrections"]


@dataclass(frozen=True)
class Correction:
    """A new gold query for the question ``number`` (from 0), or None to leave it out.

    ``question`` is the text of the question, to check that the correction belongs to it.
    """

    number: int
    question: str
    query: str | None = None


def load_corrections(path: Path) -> list[Correction]:
    """Read a JSON list of objects with ``number``, ``question`` and ``query`` (null: left out).

    Raises:
        DataError: the file cannot be read, or is not such a list.
    """
    items = load_json(path)
    if not isinstance(items, list):
        raise DataError(f"{str(path)!r} must hold a JSON list of corrections.")
    return [_correction(path, place, item) for place, item in enumerate(items, start=1)]


def _correction(path: Path, place: int, item: Any) -> Correction:
    match item:
        case {"number": int(number), "question": str(question), "query": str() | None as query}:
            return Correction(number, question, query)
    raise DataError(
        f"Item {place} of {str(path)!r} is not a correction: it needs a number, the text of the "
        "question, and a query or null."
    )


def apply_corrections(
    examples: Sequence[Example], corrections: Sequence[Correction]
) -> tuple[list[Example], list[int]]:
    """Correct the gold queries; return the remaining questions and their numbers.

    Raises:
        DataError: a correction's question is not at its number.
    """
    by_number = {correction.number: correction for correction in corrections}
    for number, correction in by_number.items():
        there = number < len(examples) and examples[number].question == correction.question
        if number < 0 or not there:
            raise DataError(
                f"The correction of question {number} ({correction.question!r}) does not fit this "
                "file of questions; use the file that it was made for."
            )
    kept, numbers = [], []
    for number, example in enumerate(examples):
        change = by_number.get(number)
        if change is not None and change.query is None:
            continue
        if change is not None and change.query is not None:
            example = replace(example, query=change.query, other_golds=())
        kept.append(example)
        numbers.append(number)
    return kept, numbers
