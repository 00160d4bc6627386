"""Which example questions a database offers."""

from __future__ import annotations

from pathlib import Path

from text2sql.spider import Example
from text2sql.ui.ask.examples import Checked, Chip, checked_samples, chips

EXAMPLES = [Example(f"Question {n}?", f"SELECT {n}", "db") for n in range(9)]
KNOWN = Checked(
    "m", {"db": [f"Question {n}?" for n in range(7)]}, {"db": ["Question 7?", "Question 8?"]}
)


def test_five_right_questions_are_offered_and_one_that_is_marked_as_hard() -> None:
    offered = chips("db", EXAMPLES, KNOWN)
    assert [chip.label for chip in offered] == [
        "Question 0?",
        "Question 1?",
        "Question 2?",
        "Question 4?",
        "Question 5?",
        "Question 7? · hard",
    ]
    assert offered[-1] == Chip("Question 7?", hard=True)


def test_questions_that_were_not_checked_are_offered_without_a_mark() -> None:
    assert [chip.label for chip in chips("other", EXAMPLES[:2], KNOWN)] == [
        "Question 0?",
        "Question 1?",
    ]
    assert chips("other", [], KNOWN) == []


def test_what_was_checked_is_read_as_it_was_written(tmp_path: Path) -> None:
    KNOWN.write(tmp_path / "checked.json")
    assert Checked.read(tmp_path / "checked.json") == KNOWN


def test_every_question_of_the_samples_was_checked() -> None:
    from text2sql.databases import Catalog

    checked = checked_samples()
    for database in Catalog.open().groups()["Samples"]:
        asked = {example.question for example in Catalog.open().examples(database.db_id)}
        right, hard = (of.get(database.db_id, ()) for of in (checked.right, checked.hard))
        assert {*right, *hard} == asked, "run `python -m text2sql.benchmark examples --write`"
