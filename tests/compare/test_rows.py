import pytest

from text2sql.compare import RowDifference, RowMarks, row_difference, row_marks
from text2sql.databases import Database
from text2sql.metrics import execution

NAMES = "SELECT name FROM singer"


@pytest.mark.parametrize(
    ("gold", "prediction", "text"),
    [
        (NAMES, "SELECT nme FROM singer", "it does not run: no such column: nme"),
        (
            NAMES,
            "DELETE FROM singer",
            "it does not run: Only reading is allowed here: "
            "a query starts with SELECT or WITH, not DELETE",
        ),
        ("SELECT nme FROM singer", NAMES, "the gold query does not run: no such column: nme"),
        (NAMES, "SELECT id, age FROM singer", "it returns 2 columns instead of 1"),
        (
            "SELECT name FROM singer ORDER BY id",
            "SELECT name FROM singer ORDER BY id DESC",
            "the rows are right, but in another order",
        ),
        (
            "SELECT name, age FROM singer",
            "SELECT age, name FROM singer",
            "the rows are the same, with the columns in another order",
        ),
        ("SELECT name FROM singer WHERE age > 90", NAMES + " WHERE age < 1", "both return no rows"),
        (
            "SELECT name FROM singer WHERE age > 90",
            "SELECT id, name FROM singer WHERE age < 1",
            "both return no rows, but with other columns",
        ),
        (
            NAMES,
            "SELECT a.name FROM singer AS a, singer, singer, singer",
            "it returns more than 104 rows instead of 4",
        ),
    ],
)
def test_what_is_wrong_with_the_rows_is_said(
    database: Database, gold: str, prediction: str, text: str
) -> None:
    assert row_difference(execution(gold, prediction, database)) == RowDifference(text)


def test_missing_and_extra_rows_are_shown(database: Database) -> None:
    gold, prediction = (
        "SELECT id, name FROM singer WHERE id < 3",
        "SELECT name, id FROM singer WHERE id > 1",
    )
    assert row_difference(execution(gold, prediction, database)) == RowDifference(
        "1 row is missing and 2 rows are extra", ((1, "Ada"),), ((3, "Cy"), (4, "Ada"))
    )


def test_at_most_five_rows_are_shown(database: Database) -> None:
    prediction = "SELECT a.id FROM singer AS a JOIN singer AS b"
    difference = row_difference(execution("SELECT 9 FROM singer", prediction, database))
    assert difference is not None
    assert (str(difference), len(difference.missing), len(difference.extra)) == (
        "4 rows are missing and 16 rows are extra",
        4,
        5,
    )


def test_of_the_same_rows_there_is_nothing_to_say(database: Database) -> None:
    assert row_difference(execution(NAMES, "SELECT Name FROM singer", database)) is None


def marks(missing: set[int], extra: set[int]) -> RowMarks:
    return RowMarks(frozenset(missing), frozenset(extra))


@pytest.mark.parametrize(
    ("gold", "prediction", "expected"),
    [
        (NAMES, "SELECT Name FROM singer", RowMarks()),
        (
            "SELECT id, name FROM singer WHERE id < 3",
            "SELECT name, id FROM singer WHERE id > 1",
            marks({0}, {1, 2}),
        ),
        # of equal rows only the surplus counts
        ("SELECT 1 FROM singer", "SELECT 1 FROM singer WHERE id < 3", marks({2, 3}, set())),
        ("SELECT id FROM singer", "SELECT id FROM singer WHERE id > 9", marks({0, 1, 2, 3}, set())),
        (
            "SELECT id FROM singer ORDER BY id",
            "SELECT id FROM singer ORDER BY id = 1, id = 3, id",
            marks({0, 1, 3}, {0, 1, 3}),
        ),
        (
            "SELECT id FROM singer ORDER BY id",
            "SELECT id FROM singer ORDER BY id = 3, id",
            marks({2, 3}, {2, 3}),
        ),
    ],
)
def test_the_rows_that_differ_are_marked_by_their_places(
    database: Database, gold: str, prediction: str, expected: RowMarks
) -> None:
    assert row_marks(execution(gold, prediction, database)) == expected


@pytest.mark.parametrize("prediction", ["SELECT nme FROM singer", "SELECT name, age FROM singer"])
def test_rows_that_cannot_be_held_against_each_other_have_no_marks(
    database: Database, prediction: str
) -> None:
    assert row_marks(execution(NAMES, prediction, database)) is None


@pytest.mark.parametrize(
    ("gold", "prediction", "text", "near"),
    [
        (
            "SELECT name FROM singer",
            "SELECT id, name, age FROM singer",
            "the rows are right, with 2 columns too many (id, age)",
            "extra_columns",
        ),
        (
            "SELECT id, name FROM singer",
            "SELECT name FROM singer",
            "the rows are right, with 1 column missing (id)",
            "missing_columns",
        ),
        (
            "SELECT name FROM singer",
            "SELECT name FROM singer UNION ALL SELECT 'Di'",
            "1 row is extra",
            "extra_rows",
        ),
    ],
)
def test_rows_that_are_nearly_right_are_called_so(
    database: Database, gold: str, prediction: str, text: str, near: str
) -> None:
    found = row_difference(execution(gold, prediction, database))
    assert found is not None
    assert (found.text, found.near) == (text, near)


def test_a_difference_can_be_written_as_json() -> None:
    difference = RowDifference("1 row is missing", ((b"\xff", None, float("inf")),))
    assert difference.to_dict() == {
        "text": "1 row is missing",
        "missing": [["0xff", None, "inf"]],
        "extra": [],
        "near": None,
    }
