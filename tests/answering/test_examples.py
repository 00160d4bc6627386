"""Questions whose SQL a person gave answer similar questions over the same database."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.parrot import Parrot
from text2sql.answering.examples import nearest, shown_examples, with_example
from text2sql.answering.pipeline import Service, Text2SQL
from text2sql.databases import Catalog, Database
from text2sql.generators.base import Candidate, Options
from text2sql.spider import Example


@pytest.fixture(scope="module")
def clinic() -> Database:
    return Catalog.open(Path(__file__).parents[2] / "text2sql" / "assets" / "samples").get("clinic")


def example(question: str, sql: str) -> Example:
    return Example(question, sql, "clinic")


WOMEN = example("How many women live in Lyon?", "SELECT count(*) FROM patient WHERE city = 'Lyon'")
EARNING = example(
    "Which doctors earn more than 9000?",
    "SELECT last_name FROM doctor WHERE monthly_salary > 9000",
)


@pytest.mark.parametrize(
    ("known", "question", "sql"),
    [
        (WOMEN, "how many women live in Lyon", WOMEN.query),
        (EARNING, "Which doctors earn more than 7500?",
         "SELECT last_name FROM doctor WHERE monthly_salary > 7500"),
        (EARNING, "Which of the doctors earn more than 7500",
         "SELECT last_name FROM doctor WHERE monthly_salary > 7500"),
    ],
)  # fmt: skip
def test_the_query_of_a_similar_question_gets_the_values_of_the_new_one(
    known: Example, question: str, sql: str, clinic: Database
) -> None:
    found = nearest(question, [known], clinic)
    assert found is not None
    assert (found.sql, found.likeness) == (sql, 1.0)


@pytest.mark.parametrize(
    "question",
    [
        "Which doctors earn less than 9000?",
        "Which doctors earn not more than 9000?",
        "Which patients earn more than 9000?",
        "Which doctors earn more?",
        "Which doctors with a salary earn more than 9000?",
        "How many doctors earn more than 9000?",
        "Which doctors earn more than 9000 and less than 12000?",
        "Where is Lyon?",
    ],
)
def test_a_question_with_another_meaning_has_no_near_example(
    question: str, clinic: Database
) -> None:
    assert nearest(question, [EARNING], clinic) is None


def test_the_nearest_of_several_examples_is_found(clinic: Database) -> None:
    other = example("Which doctors clearly earn more than 10?", "SELECT 1 FROM doctor WHERE 10 > 1")
    found = nearest("Which doctors earn more than 7500?", [EARNING, other, WOMEN], clinic)
    assert found is not None
    assert found.example == EARNING


def test_sql_that_cannot_be_read_is_no_example(clinic: Database) -> None:
    broken = example(EARNING.question, "SELECT FROM WHERE")
    assert nearest(EARNING.question, [broken], clinic) is None


def test_the_query_of_the_same_question_goes_before_what_the_model_is_sure_of(
    clinic: Database,
) -> None:
    near = nearest(EARNING.question, [EARNING], clinic)
    assert near is not None
    model = [Candidate("SELECT 1", -0.01), Candidate(EARNING.query, -9.0)]
    ordered = with_example(model, near)
    assert [candidate.sql for candidate in ordered] == [EARNING.query, "SELECT 1"]
    assert ordered[0].score > ordered[1].score + 2


def test_an_answer_names_the_example_that_it_follows(clinic: Database) -> None:
    every = "SELECT first_name, last_name FROM doctor"
    asker = Text2SQL(Parrot(every, "SELECT first_name FROM doctor"))
    question = "Which doctors earn more than 10000?"
    assert asker.ask(question, clinic).sql == every
    answer = asker.ask(question, clinic, Service(examples=[WOMEN, EARNING]))
    assert answer.sql == "SELECT last_name FROM doctor WHERE monthly_salary > 10000"
    assert answer.example == EARNING.question
    assert answer.to_dict()["example"] == EARNING.question
    assert "example" not in asker.ask(question, clinic, Service(examples=[WOMEN])).to_dict()


class Reader(Parrot):
    """A model whose prompt has room for examples."""

    def generate_after(
        self, examples: list[Example], question: str, database: Database, options: Options
    ) -> list[Candidate]:
        self.asked += [(one.question, options) for one in examples]
        return self.generate(question, database, options)


def test_a_text_model_reads_the_nearest_examples_the_nearest_one_last(clinic: Database) -> None:
    far = example("Wo ist das?", "SELECT 1")
    model = Reader("SELECT 1")
    question = "Which doctors earn more than 10000?"
    Text2SQL(model).ask(question, clinic, Service(examples=[EARNING, far, WOMEN]))
    assert [asked for asked, _ in model.asked] == [EARNING.question, question]
    assert shown_examples(question, [far]) == []
