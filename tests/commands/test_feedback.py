"""``text2sql feedback`` gives an answer that ``text2sql ask`` uses at once."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.parrot import Parrot
from text2sql.cli import main
from text2sql.feedback import Feedback, OwnerExamples, open_feedback, owner_feedback
from text2sql.spider import Example

GIVEN = [
    "--question",
    "Who sings more than 3 songs?",
    "--sql",
    "SELECT name FROM singer\nWHERE id > 3;",
]


@pytest.fixture(autouse=True)
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("TEXT2SQL_CACHE_DIR", str(tmp_path / "cache"))
    return tmp_path / "cache"


def test_an_answer_that_the_owner_gave_answers_similar_questions_at_once(
    file: Path, parrot: Parrot, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["feedback", *GIVEN, "--sqlite", str(file)]) == 0
    assert "similar questions on music are answered with it" in capsys.readouterr().out
    assert main(["ask", "Who sings more than 1 songs?", "--sqlite", str(file), "--json"]) == 0
    answer = json.loads(capsys.readouterr().out)
    assert (answer["sql"], answer["rows"]) == (
        "SELECT name FROM singer WHERE id > 1",
        [["O'Neil"], [None]],
    )
    assert answer["example"] == "Who sings more than 3 songs?"
    assert main(["ask", "Who sings more than 1 songs?", "--sqlite", str(file)]) == 0
    assert "from the SQL given for 'Who sings more than 3 songs?', 0." in capsys.readouterr().out


@pytest.mark.parametrize(
    ("flags", "status", "said"),
    [
        (["--question", "Who?", "--sql", "SELECT nope FROM singer"], 1,
         "Not saved, because the SQL fails: no such column: nope\n"),
        (["--question", "Who?"], 2,
         "text2sql: --question needs its --sql, and --db or --sqlite for the database.\n"),
    ],
)  # fmt: skip
def test_sql_that_does_not_run_is_refused(
    flags: list[str], status: int, said: str, file: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["feedback", *flags, "--sqlite", str(file)]) == status
    assert capsys.readouterr().err == said
    assert open_feedback().entries() == []


@pytest.mark.parametrize("name", ["said.db", "said"])
def test_only_the_owners_answers_are_examples_for_all_and_new_ones_at_once(
    name: str, tmp_path: Path
) -> None:
    store = open_feedback(tmp_path / name)
    examples = OwnerExamples(store)
    assert examples.of("shop") == ()
    store.add(Feedback("How many?", "shop", "pocket@1f", "SELECT 1", "corrected", "SELECT 2"))
    store.add(owner_feedback("How many?", "shop", "SELECT 3"))
    store.add(owner_feedback("How many?", "clinic", "SELECT 4"))
    assert examples.of("shop") == (Example("How many?", "SELECT 3", "shop"),)
    store.add(owner_feedback("How much?", "shop", "SELECT 5"))
    assert [one.query for one in examples.of("shop")] == ["SELECT 3", "SELECT 5"]


def test_a_damaged_file_leaves_the_page_without_examples(tmp_path: Path) -> None:
    (tmp_path / "said.db").write_text("not a database")
    assert OwnerExamples(open_feedback(tmp_path / "said.db")).of("shop") == ()
