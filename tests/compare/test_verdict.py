import pytest

from text2sql.compare import Verdict, verdict
from text2sql.databases import Database
from text2sql.errors import QueryError
from text2sql.schema import Schema

NAMES = "SELECT name FROM singer"


@pytest.mark.parametrize(
    ("gold", "prediction", "exact", "executed", "reason"),
    [
        (NAMES, NAMES.lower(), True, True, "The query says the same and returns the right rows."),
        (
            "SELECT id, name FROM singer",
            "SELECT name, id FROM singer",
            True,
            True,
            "The query says the same and returns the right rows "
            "(the rows are the same, with the columns in another order).",
        ),
        (
            NAMES + " WHERE age > 20",
            NAMES + " WHERE age >= 20",
            False,
            False,
            "WHERE: expected age > 20, got age >= 20. With this, 1 row is extra.",
        ),
        (
            NAMES + " WHERE age > 20",
            NAMES + " WHERE age > 30",
            True,
            False,
            "Says the same, but 1 row is missing. "
            "Exact set match ignores this: WHERE: expected age > 20, got age > 30.",
        ),
        (
            NAMES,
            NAMES + " WHERE id > 0",
            False,
            True,
            "Returns the right rows with a different query. WHERE: unexpected id > 0.",
        ),
        (
            NAMES + " WHERE id = 1",
            NAMES + " WHERE id=1",
            False,
            True,
            "Returns the right rows with a different query. Spider's official parser cannot read "
            "it: There is no column 'id=1' in the tables of this query.",
        ),
        (
            NAMES,
            "SELECT nme FROM singer",
            False,
            False,
            "SELECT: expected name, got nme. With this, it does not run: no such column: nme.",
        ),
        (NAMES, "  ", False, False, "There is no prediction."),
    ],
)
def test_a_verdict_has_a_reason_in_words(
    database: Database, gold: str, prediction: str, exact: bool, executed: bool, reason: str
) -> None:
    found = verdict(gold, prediction, database)
    assert (found.exact_set, found.execution, found.reason) == (exact, executed, reason)


@pytest.mark.parametrize(
    ("exact", "executed", "flag"),
    [
        (True, True, None),
        (False, False, None),
        (None, True, None),
        (True, None, None),
        (True, False, "exact_set_only"),
        (False, True, "execution_only"),
    ],
)
def test_metrics_that_disagree_are_flagged(
    exact: bool | None, executed: bool | None, flag: str | None
) -> None:
    assert Verdict(exact, executed, "").disagreement == flag


def test_without_a_file_only_the_clauses_are_compared(schema: Schema) -> None:
    found = verdict(NAMES, "SELECT age FROM singer", Database("music", schema))
    assert (found.exact_set, found.execution, found.reason) == (
        False,
        None,
        "SELECT: expected name, got age.",
    )


def test_a_reason_stays_readable_however_much_differs(database: Database) -> None:
    prediction = "SELECT " + ", ".join(["max(age)"] * 200) + " FROM singer"
    found = verdict(NAMES, prediction, database)
    assert found.reason.endswith("... With this, it returns 200 columns instead of 1.")
    assert len(found.reason) < 550


def test_an_unreadable_gold_is_an_error(database: Database) -> None:
    with pytest.raises(QueryError):
        verdict("no query", NAMES, database)


def test_a_verdict_can_be_written_as_json(database: Database) -> None:
    assert verdict(NAMES, f"{NAMES} WHERE id > 1", database).to_dict() == {
        "exact_set": False,
        "execution": False,
        "disagreement": None,
        "reason": "WHERE: unexpected id > 1. With this, 1 row is missing.",
        "clauses": [{"clause": "WHERE", "expected": "", "found": "id > 1"}],
        "rows": {"text": "1 row is missing", "missing": [["Ada"]], "extra": [], "near": None},
    }


def test_a_gold_outside_the_fragment_is_judged_by_its_rows(database: Database) -> None:
    gold = "WITH old AS (SELECT name FROM singer WHERE age > 30) SELECT name FROM old"
    right = verdict(gold, "SELECT name FROM singer WHERE age > 30", database)
    assert (right.exact_set, right.execution, right.disagreement) == (None, True, None)
    wrong = verdict(gold, "SELECT CASE WHEN age > 30 THEN name END FROM singer", database)
    assert (wrong.exact_set, wrong.execution) == (None, False)
    assert wrong.reason == (
        "WITH: missing SELECT name FROM singer WHERE age > 30; SELECT: expected name, got "
        "CASE WHEN age > 30 THEN name END; FROM: expected old, got singer. With this, 3 rows are "
        "extra."
    )
