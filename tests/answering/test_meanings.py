"""The bundled model's answers to questions whose words are easily misread, by their rows."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from itertools import permutations
from pathlib import Path

import pytest

from tests.answering.meanings import MEANINGS, WORDS, Meaning, make_database
from text2sql import Database, Text2SQL, run_query
from text2sql.sandbox import QueryResult

Rows = Sequence[tuple[object, ...]]


def is_right(meaning: Meaning, result: QueryResult | None, golds: Sequence[Rows]) -> bool:
    """Whether the rows are those of a gold; further columns are no mistake."""
    if result is None or result.error is not None:
        return False
    return any(_holds(result.rows, gold, meaning.ordered) for gold in golds)


def _holds(rows: Rows, gold: Rows, ordered: bool) -> bool:
    if len(rows) != len(gold) or not gold or len(rows[0]) < len(gold[0]):
        return False
    for columns in permutations(range(len(rows[0])), len(gold[0])):
        shown = [tuple(row[column] for column in columns) for row in rows]
        if shown == list(gold) or (not ordered and Counter(shown) == Counter(gold)):
            return True
    return False


@pytest.mark.parametrize("name", sorted(WORDS))
def test_questions_that_are_easily_misread_get_the_right_rows(name: str, tmp_path: Path) -> None:
    database = Database.from_sqlite(make_database(name, tmp_path))
    asked = [meaning.question.format(**WORDS[name]) for meaning in MEANINGS]
    wrong = []
    for meaning, answer in zip(MEANINGS, Text2SQL().ask_all(asked, database), strict=True):
        golds = [run_query(database, gold.format(**WORDS[name])).rows for gold in meaning.golds]
        if not is_right(meaning, answer.result, golds):
            wrong.append(f"{meaning.kind}: {answer.question} {answer.sql}")
    assert wrong == []
