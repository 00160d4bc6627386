import pytest

from tests.evaluation.conftest import GOLDS, score_all
from text2sql.databases import Catalog
from text2sql.evaluation import Report, make_report
from text2sql.evaluation.totals import ClauseTotal, Latency
from text2sql.spider import Example

PREDICTIONS = (
    "SELECT name FROM singer",
    "SELECT nope",
    "SELECT name FROM singer WHERE age > 35",
    "SELECT name FROM singer WHERE id IN (SELECT singer_id FROM song) OR 1",
)


@pytest.fixture(scope="module")
def found(catalog: Catalog, examples: list[Example]) -> Report:
    return make_report(score_all(catalog, examples, PREDICTIONS), ["The file is odd."])


def test_totals_are_percentages_of_all_items(found: Report) -> None:
    totals = {name: score.percent for name, score in found.totals.items()}
    assert totals == {
        "string_match": 25.0,
        "fair_string_match": 25.0,
        "rouge1": pytest.approx(61.1, abs=10),
        "exact_set": 50.0,
        "execution": 25.0,
    }


def test_totals_are_broken_down(found: Report) -> None:
    sizes = {
        kind: {name: scores["execution"].n for name, scores in group.items()}
        for kind, group in found.groups.items()
    }
    assert sizes == {
        "hardness": {"easy": 4},
        "difficulty": {},
        "feature": {"no join": 3, "1 join": 1},
        "database": {"music": 4},
    }


def test_outputs_disagreements_and_problems_are_counted(found: Report) -> None:
    assert found.outputs == {"ok": 3, "empty": 0, "invalid": 1, "timed_out": 0, "repetitive": 0}
    assert found.disagreements == {"exact_set_only": 1, "execution_only": 0}
    assert found.problems == ("The file is odd.",)


def test_clause_totals_count_those_that_have_the_clause(found: Report) -> None:
    assert found.clauses["where"] == ClauseTotal(100.0, 100.0, 100.0)
    assert found.clauses["select"] == ClauseTotal(100.0, 50.0, pytest.approx(200 / 3, abs=1e-3))


def test_problems_of_items_are_named_once_with_their_number(catalog: Catalog) -> None:
    examples = [Example("Who?", GOLDS[0], db_id) for db_id in ("music", "x", "x")]
    problems = make_report(score_all(catalog, examples, [GOLDS[0]] * 3)).problems
    assert len(problems) == 1
    assert problems[0].startswith("2 items (first: number 2): There is no database 'x'")


def test_latency_is_summed_up_where_it_was_measured(catalog: Catalog) -> None:
    from text2sql.evaluation.run import Prediction
    from text2sql.evaluation.scoring import Scorer

    scorer = Scorer(catalog, ("string_match",))
    example = Example("Who?", GOLDS[0], "music")
    items = [scorer.item(example, Prediction("x", seconds)) for seconds in (0.1, 0.2, 0.3, 1.0)]
    assert make_report(items).latency == Latency(0.4, 0.25, 0.895, 1.0)


def test_a_report_is_json_in_the_documented_form(found: Report) -> None:
    plain = found.to_dict()
    assert list(plain) == [
        "n",
        "totals",
        "intervals",
        "groups",
        "clauses",
        "outputs",
        "disagreements",
        "near",
        "outside_the_fragment",
        "latency",
        "problems",
        "items",
    ]
    assert (plain["n"], len(plain["items"])) == (4, 4)
    assert plain["totals"]["execution"] == 25.0
    assert plain["items"][2] | {"clauses": None} == {
        "question": "Question 3?",
        "db_id": "music",
        "gold": "SELECT name FROM singer WHERE age > 25",
        "prediction": "SELECT name FROM singer WHERE age > 35",
        "hardness": "easy",
        "difficulty": None,
        "string_match": False,
        "fair_string_match": False,
        "rouge1": 0.8571,
        "exact_set": True,
        "execution": False,
        "parsed": True,
        "clauses": None,
        "features": ["no join"],
        "output": "ok",
        "repetitive": False,
        "disagreement": "exact_set_only",
        "reason": "Says the same, but 1 row is missing. "
        "Exact set match ignores this: WHERE: expected age > 25, got age > 35.",
        "problem": None,
        "seconds": None,
        "confidence": None,
        "near": None,
        "outside": None,
    }
