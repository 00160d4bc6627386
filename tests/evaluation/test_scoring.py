import pytest

from text2sql.databases import Catalog
from text2sql.evaluation import DEFAULT_METRICS, Item
from text2sql.evaluation.items import usual_metrics
from text2sql.evaluation.run import Prediction
from text2sql.evaluation.scoring import Scorer
from text2sql.metrics.exact_set import CLAUSES
from text2sql.sandbox import Limits
from text2sql.spider import Example

GOLD = "SELECT name FROM singer WHERE age > 25"
FOREVER = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT i FROM n"


def _item(catalog: Catalog, prediction: str, gold: str = GOLD, db_id: str = "music") -> Item:
    scorer = Scorer(catalog, limits=Limits(timeout_s=0.3))
    return scorer.item(Example("Who?", gold, db_id), Prediction(prediction))


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
        ("SELECT nope FROM singer", "music", "The gold query does not run: no such column"),
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


def test_exact_set_match_does_not_judge_a_gold_outside_the_fragment(catalog: Catalog) -> None:
    gold = "SELECT CASE WHEN age > 25 THEN name END FROM singer"
    item = _item(catalog, gold, gold)
    assert item.scores.keys() == set(DEFAULT_METRICS) - {"exact_set"}
    assert (item.scores["execution"], item.hardness, item.problem) == (1, None, None)
    assert item.outside is not None
    assert "CASE WHEN age > 25 THEN name END" in item.outside


def test_a_difference_outside_the_fragment_has_a_reason(catalog: Catalog) -> None:
    gold = "SELECT CASE WHEN age > 25 THEN name END FROM singer"
    item = _item(catalog, "SELECT name FROM singer WHERE age > 25", gold)
    assert item.reason == (
        "SELECT: expected CASE WHEN age > 25 THEN name END, got name; WHERE: unexpected age > 25. "
        "With this, 1 row is missing."
    )


def test_any_of_several_golds_is_right(catalog: Catalog) -> None:
    other = "SELECT name FROM singer ORDER BY age DESC LIMIT 1"
    example = Example("Who?", "SELECT name FROM singer WHERE id = 1", "music", other_golds=(other,))
    found = Scorer(catalog).item(example, Prediction("SELECT 'Cy'"))
    assert (found.scores["execution"], found.problem) == (1, None)
    assert Scorer(catalog).item(example, Prediction("SELECT 'Bo'")).scores["execution"] == 0


@pytest.mark.parametrize(
    ("prediction", "near"),
    [
        ("SELECT id, name FROM singer", "extra_columns"),
        ("SELECT name FROM singer UNION ALL SELECT 'Di'", "extra_rows"),
        ("SELECT name FROM singer WHERE id < 3", None),
        ("SELECT name FROM singer", None),
    ],
)
def test_what_is_nearly_right_is_called_so(
    catalog: Catalog, prediction: str, near: str | None
) -> None:
    scorer = Scorer(catalog, ("execution", "execution_extra"))
    example = Example("Who?", "SELECT name FROM singer", "music")
    item = scorer.item(example, Prediction(prediction))
    assert item.near == near
    right = item.scores["execution"] == 1 or near == "extra_columns"
    assert item.scores["execution_extra"] == right


def test_text_after_the_first_statement_is_left_out_and_named(catalog: Catalog) -> None:
    item = _item(
        catalog, "SELECT name FROM singer; This lists all singers.", "SELECT name FROM singer"
    )
    assert item.scores["execution"] == 1
    assert item.reason.endswith(
        "Only its first statement was scored; it is followed by 'This lists all singers.'."
    )


def test_bird_s_metrics_are_measured_of_bird_s_questions(catalog: Catalog) -> None:
    example = Example("Who?", "SELECT name, age FROM singer", "music", difficulty="simple")
    metrics = usual_metrics([example])
    assert metrics == (*DEFAULT_METRICS, "bird_execution", "soft_f1")
    scores = (
        Scorer(catalog, metrics).item(example, Prediction("SELECT age, name FROM singer")).scores
    )
    assert (scores["execution"], scores["bird_execution"], scores["soft_f1"]) == (1, 0, 1)


def test_only_the_metrics_asked_for_are_measured(catalog: Catalog) -> None:
    item = Scorer(catalog, ("string_match",)).item(
        Example("Who?", GOLD, "music"), Prediction("nonsense")
    )
    assert (dict(item.scores), item.parsed, item.clauses, item.output) == (
        {"string_match": 0.0},
        None,
        None,
        "ok",
    )


def test_why_there_is_no_prediction_is_kept(catalog: Catalog) -> None:
    answer = Prediction("", error="The question is empty.")
    item = Scorer(catalog).item(Example("Who?", GOLD, "music"), answer)
    assert item.problem == "The question is empty."


def test_luck_on_one_database_is_said_to_be_luck(catalog: Catalog) -> None:
    scorer = Scorer(catalog, ("execution", "test_suite"))
    item = scorer.item(
        Example("Who is oldest?", "SELECT max(age) FROM singer", "music"),
        Prediction("SELECT age FROM singer WHERE id = 3"),
    )
    assert dict(item.scores) == {"execution": 1.0, "test_suite": 0.0}
    assert "On a database with other rows, " in item.reason


def test_an_item_survives_being_written_down(catalog: Catalog) -> None:
    items = [_item(catalog, GOLD), _item(catalog, "nonsense"), _item(catalog, GOLD, db_id="x")]
    assert [Item.from_dict(item.to_dict()) for item in items] == items
