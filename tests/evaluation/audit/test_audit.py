"""Each kind of finding, on a gold that has the fault and on one that does not."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from text2sql.evaluation.audit import KINDS, Audit

Audited = Callable[..., Audit]

FAULTS = [
    ("Who?", "SELECT nme FROM owner", "does_not_run", "It does not run: no such column: nme"),
    (
        "Who lives in Leeds?",
        "SELECT name FROM owner WHERE city = 'Leeds'",
        "no_such_value",
        "No cell of owner.city is 'Leeds'. There is 'Leeds '.",
    ),
    (
        "Who does not live in york?",
        'SELECT name FROM owner WHERE city != "york"',
        "no_such_value",
        "No cell of owner.city is 'york'. There is 'York'.",
    ),
    ("Who is 99?", "SELECT name FROM owner WHERE born = 99", "no_rows", "It returns no rows."),
    (
        "How much in all?",
        "SELECT sum(price) FROM pet WHERE id > 9",
        "only_null",
        "Every value that it returns is NULL.",
    ),
    (
        "Which pet is heaviest?",
        "SELECT name FROM pet ORDER BY weight DESC LIMIT 1",
        "text_as_number",
        "pet.weight stores numbers as text, and ORDER BY compares them as text: the greatest is "
        "then 95 instead of 110.",
    ),
    (
        "Which pets weigh over 100?",
        "SELECT name FROM pet WHERE weight > '100'",
        "text_as_number",
        "pet.weight stores numbers as text, and the comparison weight > '100' compares them as "
        "text: the greatest is then 95 instead of 110.",
    ),
    (
        "Who is oldest?",
        "SELECT name FROM owner ORDER BY born LIMIT 1",
        "null_first",
        "The first row has no born: NULL comes before every value.",
    ),
    (
        "What is the dearest pet?",
        "SELECT name FROM pet ORDER BY price DESC LIMIT 1",
        "tie_at_limit",
        "2 rows tie for the last place that is returned; which of them is returned is arbitrary.",
    ),
    ("A pet?", "SELECT name FROM pet LIMIT 1", "limit_without_order", "no ORDER BY decides which"),
    (
        "Which pets has everybody?",
        "SELECT o.name, p.name FROM owner AS o JOIN pet AS p",
        "join_without_key",
        "No condition links owner, pet to the other tables: the join is a product.",
    ),
    (
        "Which owners are called like a pet's weight?",
        "SELECT o.name FROM owner AS o LEFT JOIN pet AS p ON o.born = p.weight",
        "join_without_key",
        "owner.born = pet.weight joins on two columns, neither of which is a key",
    ),
    (
        "How many pets, by name?",
        "SELECT name, count(*) FROM pet",
        "arbitrary_row",
        "name stands beside COUNT(*) without a GROUP BY: its value comes from an arbitrary row.",
    ),
    (
        "Which owners were born after 1980?",
        "SELECT name FROM owner",
        "word_ignored",
        "The question says 1980, but the query does not use it.",
    ),
    (
        "What is the average price?",
        "SELECT sum(price) FROM pet",
        "word_ignored",
        "The question says 'average', but the query computes no average.",
    ),
    (
        "What is the highest price?",
        "SELECT min(price) FROM pet",
        "word_ignored",
        "The question says 'highest', but the query selects the least.",
    ),
    (
        "Which pet has the lowest price?",
        "SELECT name FROM pet ORDER BY price DESC LIMIT 1",
        "word_ignored",
        "The question says 'lowest', but the query selects the greatest.",
    ),
    (
        "Who owns 'Rex'?",
        "SELECT name FROM owner",
        "word_ignored",
        "The question names 'Rex', but the query does not use it.",
    ),
]


@pytest.mark.parametrize(("question", "gold", "kind", "text"), FAULTS)
def test_a_fault_is_found_and_explained(
    audited: Audited, question: str, gold: str, kind: str, text: str
) -> None:
    found = [finding for finding in audited((question, gold)).findings if finding.kind == kind]
    assert found
    assert text in found[0].text


@pytest.mark.parametrize(
    ("question", "gold"),
    [
        ("How many pets are there?", "SELECT count(*) FROM pet"),
        ("Who lives in York?", "SELECT name FROM owner WHERE city = 'York' AND born = 1985"),
        ("Which pet is cheapest?", "SELECT name FROM pet ORDER BY price LIMIT 1"),
        ("Who is the youngest?", "SELECT name, max(born) FROM owner"),
        ("Heaviest?", "SELECT name FROM pet ORDER BY CAST(weight AS INTEGER) DESC LIMIT 1"),
        (
            "How many pets has each owner?",
            "SELECT o.name, count(*) FROM owner AS o JOIN pet ON owner_id = o.id GROUP BY o.id",
        ),
        ("How many cost 10 at most?", "SELECT count(*) FROM pet WHERE price <= 10"),
        ("Highest and lowest price?", "SELECT max(price), min(price) FROM pet"),
        ("Who was born in 1985?", "SELECT name FROM owner WHERE born = 1985"),
        ("Which two pets cost most?", "SELECT name FROM pet ORDER BY price DESC LIMIT 2"),
        ("The first day?", "SELECT min(day) FROM visit"),
        ("The 2 dearest?", "SELECT name FROM pet ORDER BY price DESC LIMIT 2"),
    ],
)
def test_a_good_gold_is_left_alone(audited: Audited, question: str, gold: str) -> None:
    assert audited((question, gold)).findings == ()


def test_the_same_question_with_other_rows_is_a_contradiction(audited: Audited) -> None:
    found = audited(
        ("How many pets?", "SELECT count(*) FROM pet"),
        ("how many pets", "SELECT count(*) FROM owner"),
        ("How many pets?", "SELECT count(id) FROM pet"),
    )
    assert {finding.kind for finding in found.findings} <= {"contradicts"}
    same = audited(
        ("How many pets?", "SELECT count(*) FROM pet"),
        ("how many pets", "SELECT count(id) FROM pet"),
    )
    assert same.findings == ()


def test_a_gold_that_most_systems_contradict_is_named(audited: Audited) -> None:
    gold = ("How many owners?", "SELECT count(*) FROM owner WHERE born > 0")
    right, wrong = "SELECT count(*) FROM owner", "SELECT count(*) FROM owner WHERE born > 0"
    systems = {"a": [right], "b": [right], "c": [right + " "], "d": ["SELECT nonsense"]}
    (finding,) = audited(gold, systems=systems).findings
    assert finding.kind == "systems_disagree"
    assert finding.text == "3 of 4 systems return the same rows, unlike the gold query."
    assert finding.evidence["their_rows"] == [(3,)]
    assert audited(gold, systems={**systems, "b": [wrong]}).findings == ()
    assert audited(gold, systems={"a": [right], "b": [right]}).findings == ()


def test_several_findings_of_one_question_put_it_first(audited: Audited) -> None:
    found = audited(
        ("Who is 99?", "SELECT name FROM owner WHERE born = 99"),
        ("Who lives in Leeds?", "SELECT name FROM owner WHERE city = 'Leeds'"),
    )
    assert [finding.number for finding in found.findings] == [1, 1, 0]
    assert found.counts == {"no_such_value": 1, "no_rows": 2}


def test_a_database_that_is_not_there_is_a_problem_and_no_finding(shop: object) -> None:
    from pathlib import Path

    from text2sql.databases import Catalog
    from text2sql.evaluation.audit import audit
    from text2sql.spider import Example

    assert isinstance(shop, Path)
    found = audit([Example("Who?", "SELECT 1", "nowhere")] * 2, Catalog.open(shop))
    assert (found.findings, len(found.problems)) == ((), 1)


def test_every_kind_is_tested() -> None:
    named = {kind for _, _, kind, _ in FAULTS} | {"contradicts", "systems_disagree"}
    assert named == set(KINDS)
