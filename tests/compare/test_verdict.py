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
            "The query says the same and returns the right rows. Exact set match cannot read it: "
            "There is no column 'id=1' in the tables of this query.",
        ),
        (
            NAMES,
            "SELECT nme FROM singer",
            False,
            False,
            "It does not run: no such column: nme. It differs from the gold query. "
            "SELECT: expected name, got nme.",
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
    assert found.reason.endswith(", and 170 more. With this, it returns 200 columns instead of 1.")
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
        "SELECT: expected name, got CASE WHEN age > 30 THEN name END; FROM: expected (SELECT name "
        "FROM singer WHERE age > 30), got singer. With this, 3 rows are extra."
    )
    assert right.reason == (
        "Returns the right rows with a different query. FROM: expected (SELECT name FROM singer "
        "WHERE age > 30), got singer; WHERE: unexpected age > 30."
    )
    assert verdict(gold, gold.replace("old", "aged"), database).reason == (
        "The query says the same and returns the right rows."
    )


@pytest.mark.parametrize(
    ("gold", "prediction", "reason"),
    [
        (
            "SELECT max(age) FROM singer",
            "SELECT min(age) FROM singer",
            "SELECT: expected max(age), got min(age). With this, it returns 20 instead of 40.",
        ),
        (
            "SELECT CAST(count(*) AS REAL) / 8 FROM singer",
            "SELECT count(*) / 8 FROM singer",
            "SELECT: expected CAST(count(*) AS REAL) / 8, got count(*) / 8. With this, it returns "
            "0 instead of 0.5. It divides whole numbers, which drops the fraction.",
        ),
        (
            "SELECT CAST(count(*) AS REAL) / 8 FROM singer",
            "SELECT count(*) / (count(*) - count(*)) FROM singer",
            "SELECT: expected CAST(count(*) AS REAL) / 8, got count(*) / (count(*) - count(*)). "
            "With this, it returns NULL instead of 0.5.",
        ),
        (
            "SELECT upper(name) FROM singer WHERE name = 'Ada'",
            "SELECT upper(name) FROM singer WHERE name = 'ada'",
            "WHERE: expected name = 'Ada', got name = 'ada'. With this, 2 rows are missing. "
            "It writes 'ada' where the gold query has 'Ada'.",
        ),
        (
            NAMES,
            "```sql\nSELECT name FROM singer\n```",
            "It does not run: it starts with a Markdown fence (```), which is not SQL.",
        ),
        (
            NAMES,
            "SELECT name FROM singer WHERE singer\\_id = 1",
            'It does not run: unrecognized token: "\\" (it has \\_ where SQL has _, as Markdown '
            "writes it).",
        ),
        (
            NAMES,
            "SELECT age FROM singer; This lists the ages.",
            "SELECT: expected name, got age. With this, 4 rows are missing and 4 rows are extra. "
            "Only its first statement was scored; it is followed by 'This lists the ages.'.",
        ),
        (
            "SELECT 0.1 + 0.2, 'a' FROM singer LIMIT 1",
            "SELECT 0.3, 'a' FROM singer LIMIT 1",
            "SELECT: expected 0.1 + 0.2, got 0.3. With this, it returns (0.29999999999999999, 'a') "
            "instead of (0.30000000000000004, 'a'), which is only a matter of rounding.",
        ),
    ],
)
def test_a_reason_names_what_makes_the_rows_wrong(
    database: Database, gold: str, prediction: str, reason: str
) -> None:
    assert verdict(gold, prediction, database).reason == reason


def test_of_many_differences_the_last_are_only_named(database: Database) -> None:
    found = verdict(
        "SELECT upper(name), lower(name), length(name), length(country), upper(country) FROM singer"
        " JOIN song ON singer.id = song.singer_id WHERE age > 20 AND upper(title) LIKE 'A%'"
        " GROUP BY upper(country) HAVING count(*) > 2 ORDER BY count(*) DESC, length(country)",
        "SELECT max(CASE WHEN age > 30 THEN name END), replace(title, 'a', 'b'), substr(title, 1)"
        " FROM song JOIN singer ON singer.id = song.id WHERE country IS NOT NULL"
        " GROUP BY substr(title, 1, 2) ORDER BY max(age)",
        database,
    )
    assert "; more in GROUP BY, HAVING, ORDER BY. With this, " in found.reason
