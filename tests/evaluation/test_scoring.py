import pytest

from text2sql.databases import Catalog
from text2sql.evaluation import Item
from text2sql.evaluation.scoring import Scorer
from text2sql.metrics.exact_set import CLAUSES
from text2sql.sandbox import Limits
from text2sql.spider import Example

GOLD = "SELECT name FROM singer WHERE age > 25"
FOREVER = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT i FROM n"


def _item(catalog: Catalog, prediction: str, gold: str = GOLD, db_id: str = "music") -> Item:
    scorer = Scorer(catalog, limits=Limits(timeout_s=0.3))
    return scorer.item(Example("Who?", gold, db_id), prediction)


def test_an_item_holds_every_metric_and_the_reason(catalog: Catalog) -> None:
    item = _item(catalog, "select Name from Singer where age > 20")
    assert item.clauses is not None
    assert tuple(item.clauses) == CLAUSES
    assert item == Item(
        example=Example("Who?", GOLD, "music"),
        prediction="select Name from Singer where age > 20",
        scores={
            "string_match": 0.0,
            "fair_string_match": 0.0,
            "rouge1": pytest.approx(6 / 7),
            "exact_set": 1.0,
            "execution": 1.0,
        },
        reason="The query says the same and returns the right rows.",
        hardness="easy",
        parsed=True,
        clauses=item.clauses,
        features=("no join",),
    )


@pytest.mark.parametrize(
    ("prediction", "output"),
    [
        ("", "empty"),
        ("SELECT nope FROM singer", "invalid"),
        ("DELETE FROM singer", "invalid"),
        ("SELECT randomblob(2000000000)", "invalid"),
        (FOREVER, "ok"),  # stopped when it had returned clearly more rows than the gold
        (FOREVER.replace("SELECT i FROM n", "SELECT max(i) FROM n"), "timed_out"),
        ("SELECT \ufffd", "invalid"),
        ("SELECT '\ud800'", "invalid"),
        ("SELECT '\0'", "invalid"),
        ("(" * 5000, "invalid"),
    ],
)
def test_a_bad_prediction_is_wrong_and_harms_nothing(
    catalog: Catalog, prediction: str, output: str
) -> None:
    item = _item(catalog, prediction)
    assert (item.output, item.scores["execution"], item.scores["exact_set"]) == (output, 0, 0)
    assert item.problem is None
    assert _item(catalog, GOLD).scores["execution"] == 1


@pytest.mark.parametrize(
    ("gold", "db_id", "problem"),
    [
        (GOLD, "nowhere", "There is no database 'nowhere'"),
        ("SELECT nope FROM singer", "music", "The gold query cannot be read: "),
        ("SELECT sum(nope) FROM singer", "music", "The gold query does not run: no such column"),
        ("", "music", "The gold query cannot be read"),
    ],
)
def test_what_is_wrong_with_a_question_is_named_and_counts_as_wrong(
    catalog: Catalog, gold: str, db_id: str, problem: str
) -> None:
    item = _item(catalog, GOLD, gold, db_id)
    assert item.problem is not None
    assert problem in item.problem
    assert item.reason == item.problem
    assert (item.scores["exact_set"], item.scores["execution"], item.disagreement) == (0, 0, None)


def test_an_unreadable_gold_that_runs_is_still_executed(catalog: Catalog) -> None:
    gold = "SELECT CASE WHEN age > 25 THEN name END FROM singer"
    item = _item(catalog, gold, gold)
    assert (item.scores["exact_set"], item.scores["execution"], item.hardness) == (0, 1, None)
    assert item.problem is not None


def test_only_the_metrics_asked_for_are_measured(catalog: Catalog) -> None:
    item = Scorer(catalog, ("string_match",)).item(Example("Who?", GOLD, "music"), "nonsense")
    assert (dict(item.scores), item.parsed, item.clauses, item.output) == (
        {"string_match": 0.0},
        None,
        None,
        "ok",
    )


def test_why_there_is_no_prediction_is_kept(catalog: Catalog) -> None:
    item = Scorer(catalog).item(Example("Who?", GOLD, "music"), "", None, "The question is empty.")
    assert item.problem == "The question is empty."


def test_luck_on_one_database_is_said_to_be_luck(catalog: Catalog) -> None:
    scorer = Scorer(catalog, ("execution", "test_suite"))
    item = scorer.item(
        Example("Who is oldest?", "SELECT max(age) FROM singer", "music"),
        "SELECT age FROM singer WHERE id = 3",
    )
    assert dict(item.scores) == {"execution": 1.0, "test_suite": 0.0}
    assert "On a database with other rows, " in item.reason


def test_an_item_survives_being_written_down(catalog: Catalog) -> None:
    items = [_item(catalog, GOLD), _item(catalog, "nonsense"), _item(catalog, GOLD, db_id="x")]
    assert [Item.from_dict(item.to_dict()) for item in items] == items
