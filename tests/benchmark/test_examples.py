"""The example questions on the page are answered as they are marked, by the bundled model."""

from __future__ import annotations

from text2sql.answering.pipeline import Text2SQL
from text2sql.benchmark.examples import answers_at_once, check, differences
from text2sql.databases import Catalog
from text2sql.spider import Example
from text2sql.ui.ask.examples import Checked, checked_samples, chips

REDO = "run `python -m text2sql.benchmark examples --write` to choose the examples anew"


def test_the_offered_examples_are_answered_at_once_except_those_marked_as_hard() -> None:
    catalog, asker = Catalog.open(), Text2SQL()
    wrong = []
    for database in catalog.groups()["Samples"]:
        examples = {e.question: e for e in catalog.examples(database.db_id)}
        for chip in chips(database.db_id, list(examples.values()), checked_samples()):
            answer = asker.ask(chip.question, database)
            if answers_at_once(answer, examples[chip.question], database) == chip.hard:
                wrong.append(f"{database.db_id}: {chip.label}")
    assert wrong == [], REDO


def test_questions_are_sorted_by_whether_they_are_answered_at_once() -> None:
    count = Example("How many doctors are there?", "SELECT count(*) FROM doctor", "clinic")
    other = Example("How many doctors are there?", "SELECT count(*) FROM patient", "clinic")
    asker, catalog = Text2SQL(), Catalog.open()
    assert check(asker, [count], catalog).right == {"clinic": [count.question]}
    assert check(asker, [other], catalog).hard == {"clinic": [count.question]}


def test_what_has_changed_since_the_last_check_is_said() -> None:
    before = Checked("a", {"db": ["one", "two"]}, {"db": ["three"]})
    after = Checked("b", {"db": ["two", "three"]}, {"db": ["one"]})
    assert differences(before, after) == ["no longer right: db: one", "right now: db: three"]
    assert differences(after, after) == []
