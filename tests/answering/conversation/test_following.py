"""Questions that go on from a query: the query that each asks for."""

from __future__ import annotations

from dataclasses import replace

import pytest

from tests.parrot import Parrot
from text2sql.answering.conversation.following import Previous, carried_between, follow_up
from text2sql.answering.conversation.search import NEW, Change
from text2sql.answering.pipeline import Text2SQL
from text2sql.databases import Catalog
from text2sql.descriptions import ColumnText, Descriptions, TableText, described
from text2sql.errors import QuestionError
from text2sql.linking.keys import with_keys
from text2sql.query.writing import write

CLINIC = with_keys(Catalog.open().get("clinic"))
WOMEN = "SELECT last_name FROM patient WHERE sex = 'F'"
LYON = "SELECT last_name FROM patient WHERE city = 'Lyon'"
CITIES = "SELECT city, count(*) FROM patient GROUP BY city"
SALARIES = "SELECT last_name FROM doctor WHERE monthly_salary > 9000"
SURGEONS = (
    "SELECT T1.last_name FROM doctor AS T1 JOIN department AS T2 "
    "ON T1.department_id = T2.department_id WHERE T2.name = 'Surgery'"
)


def first(question: str, before: str) -> Change:
    turn = follow_up(question, Previous(before), CLINIC)
    assert turn is not None
    return turn.changes[0]


@pytest.mark.parametrize(
    ("before", "question", "sql"),
    [
        (LYON, "only the women", f"{LYON} AND sex = 'F'"),
        (LYON, "how many are there?", "SELECT count(*) FROM patient WHERE city = 'Lyon'"),
        (LYON, "how old are they?",
         "SELECT last_name, birth_date FROM patient WHERE city = 'Lyon'"),
        (LYON, "sort by age", f"{LYON} ORDER BY birth_date DESC"),
        (LYON, "top 3", f"{LYON} LIMIT 3"),
        (LYON, "also show the phone number",
         "SELECT last_name, phone FROM patient WHERE city = 'Lyon'"),
        (LYON, "per insurer",
         "SELECT insurer, count(*) FROM patient WHERE city = 'Lyon' GROUP BY insurer"),
        (LYON, "all cities", "SELECT last_name FROM patient"),
        (SALARIES, "over 10000", "SELECT last_name FROM doctor WHERE monthly_salary > 10000"),
        (CITIES, "by insurer instead", "SELECT insurer, count(*) FROM patient GROUP BY insurer"),
        (SURGEONS, "what about Cardiology", SURGEONS.replace("Surgery", "Cardiology")),
        (SURGEONS, "and when were they hired",
         SURGEONS.replace("T1.last_name", "T1.last_name, T1.hired_on")),
    ],
)  # fmt: skip
def test_a_follow_up_changes_the_query_before_it(before: str, question: str, sql: str) -> None:
    found = first(question, before)
    assert (found.steps != (NEW,), write(found.query, CLINIC.schema)) == (True, sql)
    answer = Text2SQL().ask(question, CLINIC, after=Previous(before))
    assert (answer.follows, answer.sql) == (True, sql)


@pytest.mark.parametrize(
    "question", ["How many doctors are there?", "Which medicines cost more than 20 a pack?"]
)
def test_a_question_about_other_things_is_a_new_one(question: str) -> None:
    assert first(question, WOMEN).steps == (NEW,)
    assert not Text2SQL().ask(question, CLINIC, after=Previous(WOMEN)).follows


def test_an_answer_names_the_questions_it_goes_on_from_and_what_it_carries_over() -> None:
    asker = Text2SQL(Parrot(LYON))
    first = asker.ask("Who lives in Lyon?", CLINIC)
    women = asker.ask("only the women", CLINIC, after=first)
    number = asker.ask("how many are there?", CLINIC, after=women)
    assert (first.earlier, first.carried) == ((), ())
    assert number.earlier == ("Who lives in Lyon?", "only the women")
    assert [(part.text, part.without) for part in number.carried] == [
        ("where the city is “Lyon”", "SELECT count(*) FROM patient WHERE sex = 'F'"),
        ("where the sex is “F”", "SELECT count(*) FROM patient WHERE city = 'Lyon'"),
    ]
    assert number.result is not None
    assert number.confidence is not None
    assert women.confidence is not None
    assert number.confidence <= women.confidence <= 1


def test_the_model_reads_a_question_alone_and_after_the_query_before_in_words() -> None:
    parrot = Parrot("SELECT count(*) FROM doctor")
    new = Text2SQL(parrot).ask("How many doctors are there?", CLINIC, after=Previous(LYON))
    assert (new.sql, new.earlier, new.follows) == ("SELECT count(*) FROM doctor", (), False)
    assert [question for question, _ in parrot.asked] == [
        "How many doctors are there?",
        'The last name of each patient where the city is "Lyon", How many doctors are there?',
    ]


def test_a_follow_up_in_peoples_own_words_is_read_in_those_of_the_schema() -> None:
    said = Descriptions(
        tables={"patient": TableText(columns={"sex": ColumnText(synonyms=("gender",))})}
    )
    clinic = replace(CLINIC, schema=described(CLINIC.schema, said))
    answer = Text2SQL().ask("per gender", clinic, after=Previous(LYON))
    assert answer.sql == ("SELECT sex, count(*) FROM patient WHERE city = 'Lyon' GROUP BY sex")
    assert (answer.question, answer.read_as) == ("per gender", "per sex")


def test_a_long_question_is_a_new_one_and_takes_no_time() -> None:
    words = "only those in Lyon " * 6
    assert follow_up(words, Previous(LYON), CLINIC) is not None
    assert follow_up(words + words, Previous(LYON), CLINIC) is None


def test_after_a_query_that_the_tree_cannot_hold_a_question_is_new() -> None:
    recursive = "WITH RECURSIVE n(i) AS (SELECT 1 UNION SELECT i + 1 FROM n) SELECT i FROM n"
    parrot = Parrot("SELECT 1")
    assert Text2SQL(parrot).ask("how many?", CLINIC, after=Previous(recursive)).sql == "SELECT 1"
    assert carried_between(recursive, LYON, CLINIC.schema) == ()


@pytest.mark.parametrize(
    "answer",
    [
        {}, {"sql": ""}, {"sql": 3}, {"sql": LYON, "question": 3}, {"sql": LYON, "earlier": "a"},
        {"sql": LYON, "earlier": [1]}, {"sql": LYON, "confidence": "high"},
        {"sql": LYON, "confidence": 7},
    ],
)  # fmt: skip
def test_what_is_no_answer_is_refused(answer: dict[str, object]) -> None:
    with pytest.raises(QuestionError, match="is not an answer: give its sql as a text"):
        Previous.from_dict(answer)


def test_an_answer_as_json_is_what_the_next_question_goes_on_from() -> None:
    question = "What is the last name of each patient in Lyon?"
    answer = Text2SQL(Parrot(LYON)).ask(question, CLINIC)
    assert Previous.from_dict(answer.to_dict()) == Previous(LYON, (question,), 1.0)
