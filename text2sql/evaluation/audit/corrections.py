"""Corrections of gold queries: a file beside a benchmark, in place of a changed copy of it."""

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
    """What is to become of the question ``number`` (from 0): another gold, or none at all.

    ``question`` is its text, so that a correction never meets another question by mistake.
    """

    number: int
    question: str
    query: str | None = None


def load_corrections(path: Path) -> list[Correction]:
    """Read a JSON list of objects with ``number``, ``question`` and ``query`` (null: left out).

    Raises:
        DataError: the file cannot be read, or holds something else.
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
        f"Item {place} of {str(path)!r} is no correction: it needs a number, the text of the "
        "question, and a query or null."
    )


def apply_corrections(
    examples: Sequence[Example], corrections: Sequence[Correction]
) -> tuple[list[Example], list[int]]:
    """The questions with their golds corrected, and the numbers of those that are left.

    Raises:
        DataError: a correction is of a question that stands elsewhere, or nowhere.
    """
    by_number = {correction.number: correction for correction in corrections}
    for number, correction in by_number.items():
        there = number < len(examples) and examples[number].question == correction.question
        if number < 0 or not there:
            raise DataError(
                f"The correction of question {number} ({correction.question!r}) does not fit this "
                "file of questions; was it made for another one?"
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
