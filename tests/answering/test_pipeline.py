"""From a question to an answer, with models that need no weights."""

from __future__ import annotations

import json
import math
import sqlite3
import time
from collections import OrderedDict
from collections.abc import Sequence
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest

from tests.parrot import Parrot
from text2sql.answering.pipeline import Answer, RankedCandidate, Text2SQL
from text2sql.answering.predict import predict
from text2sql.answering.second_reading import SecondReading
from text2sql.databases import Database
from text2sql.descriptions import Descriptions, TableText, described
from text2sql.errors import DatabaseError, QuestionError, SchemaError
from text2sql.generators import registry
from text2sql.generators.base import Candidate, Generator, Options
from text2sql.generators.choice import ModelChoice
from text2sql.sandbox import Limits, QueryResult
from text2sql.schema import Schema


@pytest.fixture
def database(tmp_path: Path) -> Database:
    path = tmp_path / "music.sqlite"
    with closing(sqlite3.connect(path)) as connection:
        connection.executescript(
            "CREATE TABLE singer (id INTEGER, name TEXT);"
            "INSERT INTO singer VALUES (1, 'Zoë'), (2, NULL);"
        )
    return Database.from_sqlite(path)


def test_every_candidate_is_run_and_the_best_that_ran_is_the_answer(database: Database) -> None:
    model = Parrot("SELECT nope FROM singer", "SELECT id FROM singer", "SELECT -id FROM singer")
    answer = Text2SQL(model).ask(" How many?\n", database)
    assert answer.result is not None
    assert answer.second is not None
    assert answer == Answer(
        question="How many?",
        db_id="music",
        model="parrot",
        sql="SELECT id FROM singer",
        candidates=(
            RankedCandidate("SELECT nope FROM singer", 0.0, False, "no such column: nope"),
            RankedCandidate("SELECT id FROM singer", -0.5, True, None, agrees=True),
            RankedCandidate("SELECT -id FROM singer", -1.0, True, None),
        ),
        result=QueryResult(("id",), ((1,), (2,)), False, answer.result.elapsed_s, None),
        seconds=answer.seconds,
        confidence=pytest.approx(1 / (1 + math.exp(-0.6 * 0.5))),
        second=SecondReading(
            "SELECT -id FROM singer",
            QueryResult(("-id",), ((-1,), (-2,)), False, answer.second.result.elapsed_s, None),
            pytest.approx(math.exp(-0.6 * 0.5)),
        ),
    )
    assert answer.result.elapsed_s <= answer.seconds < 5


def test_a_question_in_peoples_own_words_is_read_in_those_of_the_schema(
    database: Database,
) -> None:
    said = Descriptions(tables={"singer": TableText(synonyms=("artist",))})
    described_database = replace(database, schema=described(database.schema, said))
    asked: list[str] = []

    class Listening(Parrot):
        def generate(self, question: str, database: Database, options: Options) -> list[Candidate]:
            asked.append(question)
            return super().generate(question, database, options)

    model = Listening("SELECT count(*) FROM singer")
    answer = Text2SQL(model).ask("How many artists are there?", described_database)
    assert asked == ["How many singers are there?"]
    assert (answer.question, answer.read_as) == ("How many artists are there?", asked[0])
    assert answer.to_dict()["read_as"] == asked[0]
    plain = Text2SQL(model).ask("How many singers are there?", described_database)
    assert "read_as" not in plain.to_dict()


def test_where_no_candidate_runs_the_best_one_is_shown_with_its_error(database: Database) -> None:
    answer = Text2SQL(Parrot("SELECT nope", "SELECT nada")).ask("How many?", database)
    assert (answer.sql, answer.result and answer.result.error) == (
        "SELECT nope",
        "no such column: nope",
    )
    assert [c.ran for c in answer.candidates] == [False, False]


def test_a_model_that_writes_nothing_is_explained(database: Database) -> None:
    answer = Text2SQL(Parrot()).ask("How many?", database)
    assert (answer.sql, answer.candidates) == ("", ())
    assert answer.result is not None
    assert answer.result.error == (
        "The model wrote no SQL for this question; try to word it differently."
    )


def test_without_a_file_nothing_runs(database: Database) -> None:
    answer = Text2SQL(Parrot("SELECT 1")).ask("How many?", Database("d", database.schema))
    assert (answer.sql, answer.result) == ("SELECT 1", None)
    assert answer.candidates == (RankedCandidate("SELECT 1", 0.0, None, None),)


def test_options_and_limits_reach_the_model_and_the_sandbox(database: Database) -> None:
    model = Parrot("SELECT * FROM singer")
    asker = Text2SQL(model, Options(beams=7, max_length=9), Limits(max_rows=1))
    answer = asker.ask("Who?", database)
    assert model.asked == [("Who?", Options(beams=7, max_length=9))]
    assert answer.result is not None
    assert (len(answer.result.rows), answer.result.truncated) == (1, True)


def test_the_candidates_share_the_time_of_one_query(database: Database) -> None:
    endless = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT max(i) FROM n"
    model = Parrot(*(f"{endless} LIMIT {n}" for n in range(1, 5)))
    answer = Text2SQL(model, limits=Limits(timeout_s=0.5)).ask("How many?", database)
    assert [c.ran for c in answer.candidates] == [False, None, None, None]
    assert answer.seconds < 1.5


@pytest.mark.parametrize("question", ["", "x" * 2001, "SELECT name FROM singer"])
def test_a_question_that_is_none_never_reaches_the_model(database: Database, question: str) -> None:
    model = Parrot("SELECT 1")
    with pytest.raises(QuestionError):
        Text2SQL(model).ask(question, database)
    assert model.asked == []


class Flock(Parrot):
    """Parrots that answer together, in a tenth of a second each."""

    def generate_all(
        self, questions: Sequence[str], database: Database, options: Options
    ) -> list[list[Candidate]]:
        self.together = list(questions)
        time.sleep(0.1 * len(questions))
        return [[Candidate(f"SELECT '{question}'", 0.0)] for question in questions]


def test_questions_asked_together_are_answered_in_order_and_share_the_time(
    database: Database,
) -> None:
    model = Flock("SELECT 1")
    answers = Text2SQL(model).ask_all(["One?", " Two? ", "Three?"], database)
    assert [answer.sql for answer in answers] == [
        "SELECT 'One?'",
        "SELECT 'Two?'",
        "SELECT 'Three?'",
    ]
    assert [answer.question for answer in answers] == model.together == ["One?", "Two?", "Three?"]
    assert all(0.1 <= answer.seconds < 0.25 for answer in answers)
    assert model.asked == []


def test_a_model_that_takes_one_question_at_a_time_is_asked_so(database: Database) -> None:
    model = Parrot("SELECT 1")
    answers = Text2SQL(model).ask_all(["One?", "Two?"], database)
    assert (
        [answer.question for answer in answers] == [q for q, _ in model.asked] == ["One?", "Two?"]
    )
    assert Text2SQL(model).ask_all([], database) == []


def test_one_that_is_no_question_keeps_all_of_them_from_the_model(database: Database) -> None:
    model = Flock()
    with pytest.raises(QuestionError):
        Text2SQL(model).ask_all(["One?", " "], database)
    assert not hasattr(model, "together")


@pytest.mark.parametrize(
    ("model", "expected"),
    [("pocket", True), (ModelChoice("flan-t5-large"), False), (Flock(), True), (Parrot(), False)],
)
def test_a_model_says_whether_it_answers_several_at_once(
    model: str | ModelChoice | Generator, expected: bool
) -> None:
    assert Text2SQL(model).batches is expected


def test_an_answer_becomes_json_in_the_documented_form(database: Database) -> None:
    model = Parrot("SELECT nope", "SELECT name, x'00ff' AS b, 9e999 AS i FROM singer")
    answer = Text2SQL(model).ask("Who?", database)
    assert json.loads(json.dumps(answer.to_dict(), allow_nan=False)) == {
        "question": "Who?",
        "db_id": "music",
        "model": "parrot",
        "sql": "SELECT name, x'00ff' AS b, 9e999 AS i FROM singer",
        "candidates": [
            {"sql": "SELECT nope", "score": 0.0, "ran": False, "agrees": False},
            {
                "sql": "SELECT name, x'00ff' AS b, 9e999 AS i FROM singer",
                "score": -0.5,
                "ran": True,
                "agrees": True,
            },
        ],
        "confidence": 1.0,
        "answerable": None,
        "missing": [],
        "earlier": [],
        "carried": [],
        "columns": ["name", "b", "i"],
        "rows": [["Zoë", "0x00ff", "inf"], [None, "0x00ff", "inf"]],
        "truncated": False,
        "error": None,
        "error_kind": None,
        "seconds": round(answer.seconds, 6),
    }


def test_a_model_is_not_loaded_before_the_first_question(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    loaded: list[str] = []

    def load(choice: ModelChoice) -> Generator:
        loaded.append(choice.model)
        return Parrot("SELECT 1")

    monkeypatch.setattr(registry, "_load", load)
    monkeypatch.setattr(registry, "_LOADED", OrderedDict())
    asker = Text2SQL()
    assert loaded == []
    asker.ask("How many?", database)
    asker.ask("How many more?", database)
    assert loaded == ["pocket"]


class Weighed(Parrot):
    """A model that has weights."""

    weights = "0123abcd"


def test_an_answer_says_by_content_which_weights_answered(database: Database) -> None:
    assert Text2SQL(Weighed("SELECT 1")).ask("Who?", database).model == "parrot@0123abcd"


def test_an_answer_without_a_file_has_no_rows_in_json() -> None:
    answer = Text2SQL(Parrot("SELECT 1")).ask("Who?", Database.from_schema_text("t(a)"))
    as_json = answer.to_dict()
    assert (as_json["columns"], as_json["rows"], as_json["error"]) == ([], [], None)


@pytest.mark.parametrize("kind", ["text", "schema", "database", "path"])
def test_predict_takes_a_schema_or_a_database(database: Database, kind: str) -> None:
    assert database.path is not None
    forms: dict[str, str | Schema | Database | Path] = {
        "text": "singer(id, name)",
        "schema": database.schema,
        "database": database,
        "path": database.path,
    }
    assert predict("How many?", forms[kind], Parrot("SELECT 1 FROM singer")) == (
        "SELECT 1 FROM singer"
    )


def test_predict_names_a_schema_it_cannot_read() -> None:
    with pytest.raises(SchemaError, match="Cannot read a table from 'gibberish'"):
        predict("How many?", "gibberish", Parrot())


def test_predict_names_a_file_that_is_no_database(tmp_path: Path) -> None:
    with pytest.raises(DatabaseError, match="There is no database file"):
        predict("How many?", tmp_path / "none.sqlite", Parrot())


def test_the_chance_of_an_answer_is_that_of_its_rows() -> None:
    answer = Answer("q", "d", "m", "SELECT 1", (), None, 0.0, confidence=0.82, answerable=0.9)
    assert answer.chance == "82% likely right"


def test_a_column_declared_as_a_date_counts_as_dates_while_it_is_empty(tmp_path: Path) -> None:
    path = tmp_path / "visits.sqlite"
    with closing(sqlite3.connect(path)) as connection, connection:
        connection.execute("CREATE TABLE visit (id INTEGER, day DATE)")
    model = Parrot("SELECT count(*) FROM visit")
    answer = Text2SQL(model).ask("visits by month", Database.from_sqlite(path))
    assert answer.missing == (
        "The question asks for groups by month; the answer is not grouped that way.",
    )
