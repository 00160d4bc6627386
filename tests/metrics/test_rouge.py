import pytest
from hypothesis import given
from hypothesis import strategies as st
from rouge_score.rouge_scorer import RougeScorer

from text2sql.metrics.rouge import rouge1


@pytest.mark.parametrize(
    ("prediction", "expected"),
    [
        ("SELECT name FROM singer", 1.0),
        ("select NAME from singer", 1.0),
        ("SELECT name FROM song", 0.75),
        ("SELECT age FROM song", 0.5),
        ("SELECT SELECT SELECT", 2 / 7),
        ("", 0.0),
    ],
)
def test_it_is_the_f_measure_of_shared_words(prediction: str, expected: float) -> None:
    assert rouge1("SELECT name FROM singer", prediction) == pytest.approx(expected)


_SQL = st.lists(st.sampled_from(["SELECT", "name", "T1.name", "'x y'", "é", "_", "1"]), max_size=8)


@given(gold=_SQL, prediction=_SQL)
def test_it_is_the_number_that_rouge_score_gives(gold: list[str], prediction: list[str]) -> None:
    texts = " ".join(gold), " ".join(prediction)
    expected = RougeScorer(["rouge1"]).score(*texts)["rouge1"].fmeasure
    assert rouge1(*texts) == pytest.approx(expected)
