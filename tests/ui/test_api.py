"""The named endpoints, called as a program calls them."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from gradio_client import Client
from gradio_client.exceptions import AppError

from .server import KNOWN


@pytest.fixture(scope="module")
def client(url: str) -> Iterator[Client]:
    client = Client(url, verbose=False)
    yield client
    client.close()


def test_the_five_endpoints_are_the_whole_api_and_say_what_they_take(client: Client) -> None:
    api: Any = client.view_api(return_format="dict", print_info=False)
    taken = {
        name: [(p["parameter_name"], _type(p["python_type"])) for p in endpoint["parameters"]]
        for name, endpoint in api["named_endpoints"].items()
    }
    assert taken == {
        "/databases": [],
        "/schema": [("db_id", "str")],
        "/ask": [("question", "str"), ("db_id", "str"), ("after", "None | dict(str, Any)")],
        "/run": [("sql", "str"), ("db_id", "str")],
        "/compare": [("prediction", "str"), ("gold", "str"), ("db_id", "str")],
    }
    assert api["unnamed_endpoints"] == {}


def _type(found: dict[str, str]) -> str:
    """The type of a parameter; Gradio writes alternatives in any order."""
    return " | ".join(sorted(found["type"].split(" | ")))


def test_databases_lists_them_in_their_groups(client: Client) -> None:
    found = client.predict(api_name="/databases")
    assert {
        "db_id": "shop",
        "group": "Spider",
        "tables": 2,
        "columns": 6,
        "runnable": True,
    } in found
    assert [d["group"] for d in found][-1] == "Files"


def test_schema_describes_tables_columns_and_keys(client: Client) -> None:
    assert client.predict("shop", api_name="/schema") == {
        "db_id": "shop",
        "serialized": "customer(id, name, town) | sale(id, customer_id, total)",
        "tables": [
            {
                "name": "customer",
                "columns": [
                    {"name": "id", "type": "number", "primary_key": True},
                    {"name": "name", "type": "text", "primary_key": False},
                    {"name": "town", "type": "text", "primary_key": False},
                ],
            },
            {
                "name": "sale",
                "columns": [
                    {"name": "id", "type": "number", "primary_key": True},
                    {"name": "customer_id", "type": "number", "primary_key": False},
                    {"name": "total", "type": "number", "primary_key": False},
                ],
            },
        ],
        "foreign_keys": [
            {
                "table": "sale",
                "column": "customer_id",
                "ref_table": "customer",
                "ref_column": "id",
                "guessed": False,
            }
        ],
    }


def test_ask_returns_the_answer_with_its_rows_and_candidates(client: Client) -> None:
    answer = client.predict("How many customers are there?", "shop", api_name="/ask")
    assert answer.pop("seconds") > 0
    same = {"agrees": True}
    assert answer == {
        "question": "How many customers are there?",
        "db_id": "shop",
        "model": "answers",
        "sql": "SELECT count(*) FROM customer",
        "candidates": [
            {"sql": "SELECT count(*) FROM customer", "score": -0.1, "ran": True, **same},
            {"sql": 'SELECT count(*) FROM "customer"', "score": -2.3, "ran": True, **same},
        ],
        "confidence": 1.0,
        "answerable": None,
        "missing": [],
        "earlier": [],
        "carried": [],
        "doubt": "",
        "reading": "The number of customers.",
        "columns": ["count(*)"],
        "rows": [[3]],
        "truncated": False,
        "error": None,
        "error_kind": None,
    }


def test_ask_answers_a_question_like_one_whose_sql_the_owner_gave(client: Client) -> None:
    found = client.predict("Which customers have a number above 1?", "shop", api_name="/ask")
    assert found["sql"] == "SELECT name FROM customer WHERE id > 1"
    assert found["rows"] == [["O'Hara"], ["Ann"]]
    assert found["example"] == KNOWN


def test_ask_goes_on_from_an_answer(client: Client) -> None:
    before = client.predict("What are the names of all customers?", "shop", api_name="/ask")
    york = client.predict("only those in York", "shop", before, api_name="/ask")
    assert (york["sql"], york["rows"], york["earlier"], york["carried"]) == (
        "SELECT name FROM customer WHERE town = 'York'",
        [["Ann"]],
        ["What are the names of all customers?"],
        [],
    )
    number = client.predict("how many are there?", "shop", york, api_name="/ask")
    assert (number["sql"], number["rows"], number["earlier"]) == (
        "SELECT count(*) FROM customer WHERE town = 'York'",
        [[1]],
        ["What are the names of all customers?", "only those in York"],
    )
    assert number["carried"] == [
        {"text": "where the town is “York”", "without": "SELECT count(*) FROM customer"}
    ]
    again = client.predict(
        "What are the names of all customers?", "shop", {"sql": york["sql"]}, api_name="/ask"
    )
    assert (again["rows"], again["earlier"]) == ([["Zoë"], ["O'Hara"], ["Ann"]], [])
    with pytest.raises(AppError, match="The question before this one is not an answer"):
        client.predict("how many?", "shop", {"rows": [[1]]}, api_name="/ask")


def test_run_returns_rows(client: Client) -> None:
    result = client.predict("SELECT name, town FROM customer ORDER BY id", "shop", api_name="/run")
    assert result.pop("seconds") > 0
    assert result == {
        "columns": ["name", "town"],
        "rows": [["Zoë", "Kraków"], ["O'Hara", None], ["Ann", "York"]],
        "truncated": False,
        "error": None,
        "error_kind": None,
    }


def test_compare_says_what_differs_in_clauses_and_rows(client: Client) -> None:
    gold, prediction = "SELECT name FROM customer WHERE id > 1", "SELECT name FROM customer"
    assert client.predict(prediction, gold, "shop", api_name="/compare") == {
        "exact_set": False,
        "execution": False,
        "disagreement": None,
        "reason": "WHERE: missing id > 1. With this, 1 row is extra.",
        "clauses": [{"clause": "WHERE", "expected": "id > 1", "found": ""}],
        "rows": {
            "text": "1 row is extra",
            "missing": [],
            "extra": [["Zoë"]],
            "near": "extra_rows",
        },
    }


def test_compare_refuses_a_prediction_that_would_write(client: Client) -> None:
    gold = "SELECT name FROM customer"
    found = client.predict("DELETE FROM customer", gold, "shop", api_name="/compare")
    assert (found["execution"], "Only reading is allowed here" in found["reason"]) == (False, True)
    assert len(client.predict(gold, "shop", api_name="/run")["rows"]) == 3


DOUBLING = "select * from customer" + " join customer" * 30  # the parser's time, with each join


def test_compare_judges_a_prediction_that_would_keep_the_parser_busy(client: Client) -> None:
    found = client.predict(DOUBLING, "SELECT name FROM customer", "shop", api_name="/compare")
    assert (found["exact_set"], found["execution"]) == (False, False)


def test_compare_takes_a_gold_that_would_keep_the_parser_busy(client: Client) -> None:
    found = client.predict("SELECT name FROM customer", DOUBLING, "shop", api_name="/compare")
    assert (found["exact_set"], found["execution"]) == (False, False)


@pytest.mark.parametrize("sql", ["DELETE FROM customer", "SELECT nope FROM customer", ""])
def test_sql_that_cannot_run_is_a_result_with_its_error(client: Client, sql: str) -> None:
    result = client.predict(sql, "shop", api_name="/run")
    assert (result["rows"], isinstance(result["error"], str)) == ([], True)


@pytest.mark.parametrize(
    ("arguments", "api_name", "sentence"),
    [
        (("shopp",), "/schema", "There is no database 'shopp'; did you mean 'shop'"),
        (("Who?", "shopp"), "/ask", "There is no database 'shopp'; did you mean 'shop'"),
        (("  ", "shop"), "/ask", "The question is empty"),
        (("SELECT 1", "shopp"), "/run", "There is no database 'shopp'; did you mean 'shop'"),
        (("SELECT 1", "SELECT 1", "shopp"), "/compare", "There is no database 'shopp'; did you"),
        (("SELECT 1", "no query", "shop"), "/compare", "The gold query cannot be read: "),
    ],
)
def test_a_mistake_of_the_caller_comes_back_as_a_sentence(
    client: Client, arguments: tuple[str, ...], api_name: str, sentence: str
) -> None:
    with pytest.raises(AppError, match=sentence.replace("?", r"\?")):
        client.predict(*arguments, api_name=api_name)


def test_twenty_callers_at_once_each_get_the_answer_to_their_own_question(url: str) -> None:
    def connect(_: int) -> Client:
        return Client(url, verbose=False, httpx_kwargs={"timeout": 60})

    with ThreadPoolExecutor(4) as threads:  # connecting is not what is tested
        clients = list(threads.map(connect, range(20)))
        names = [d["db_id"] for d in clients[0].predict(api_name="/databases") if d["runnable"]]
        asked = [(f"question number {n}", names[n % len(names)]) for n in range(20)]
        jobs = [
            client.submit(question, db_id, api_name="/ask")
            for client, (question, db_id) in zip(clients, asked, strict=True)
        ]
        answers = [job.result(timeout=120) for job in jobs]
        schemas = {name: clients[0].predict(name, api_name="/schema") for name in names}
    first = {name: schema["tables"][0]["columns"] for name, schema in schemas.items()}
    for client in clients:
        client.close()
    assert [(a["question"], a["db_id"]) for a in answers] == asked
    assert [a["columns"] for a in answers] == [
        [column["name"] for column in first[db_id]] for _, db_id in asked
    ]
