from dataclasses import replace
from pathlib import Path

import pytest

from tests.evaluation.conftest import GOLDS, score_all
from text2sql.databases import Catalog
from text2sql.errors import DataError
from text2sql.evaluation import Item, Run, compare_runs, score
from text2sql.evaluation.comparison import Comparison, Difference, compare_items
from text2sql.spider import Example

BEFORE = ("nonsense", GOLDS[1], "nonsense", GOLDS[3])
AFTER = (GOLDS[0], GOLDS[1], GOLDS[2], "nonsense")


@pytest.fixture(scope="module")
def found(catalog: Catalog, examples: list[Example]) -> Comparison:
    return compare_items(score_all(catalog, examples, BEFORE), score_all(catalog, examples, AFTER))


def test_fixed_and_broken_items_are_told_apart(found: Comparison) -> None:
    assert found.totals["execution"] == Difference(
        n=4, before=50.0, after=75.0, fixed=(0, 2), broken=(3,), p=1.0
    )
    assert list(found.totals) == ["string_match", "fair_string_match", "exact_set", "execution"]


def test_it_is_broken_down_by_hardness(found: Comparison) -> None:
    levels = {level: d["execution"] for level, d in found.hardness.items()}
    assert {level: (d.n, d.fixed, d.broken) for level, d in levels.items()} == {
        "easy": (4, (0, 2), (3,)),
    }


def test_the_items_that_moved_come_with_both_answers(found: Comparison) -> None:
    plain = found.to_dict()
    assert [item["item"] for item in plain["items"]] == [0, 2, 3]
    assert plain["items"][0] == {
        "item": 0,
        "question": "Question 1?",
        "db_id": "music",
        "gold": GOLDS[0],
        "hardness": "easy",
        "fixed": ["string_match", "fair_string_match", "exact_set", "execution"],
        "broken": [],
        "before": {"prediction": "nonsense", "reason": found.before[0].reason},
        "after": {
            "prediction": GOLDS[0],
            "reason": "The query says the same and returns the right rows.",
        },
    }


def test_runs_are_compared_from_their_files(
    tmp_path: Path, catalog: Catalog, examples: list[Example], found: Comparison
) -> None:
    for name, predictions in (("a", BEFORE), ("b", AFTER)):
        score(examples, predictions, catalog, out=tmp_path / name)
    with Run.load(tmp_path / "a") as a, Run.load(tmp_path / "b") as b:
        assert compare_runs(a, b) == found


def test_runs_on_other_questions_are_not_compared(found: Comparison) -> None:
    with pytest.raises(DataError, match="4 and 3 questions"):
        compare_items(found.before, found.after[:3])
    other = replace(found.after[1], example=Example("Why?", GOLDS[1], "music"))
    with pytest.raises(DataError, match="differ in question number 2"):
        compare_items(found.before, [found.after[0], other, *found.after[2:]])


def test_runs_without_a_metric_in_common_are_not_compared(found: Comparison) -> None:
    def only(items: tuple[Item, ...], metric: str) -> list[Item]:
        return [replace(item, scores={metric: item.scores[metric]}) for item in items]

    with pytest.raises(DataError, match="have no metric in common"):
        compare_items(only(found.before, "exact_set"), only(found.after, "execution"))
