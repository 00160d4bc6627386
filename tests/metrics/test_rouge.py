import pytest

from text2sql.metrics.rouge import rouge1


@pytest.mark.parametrize(
    ("prediction", "expected"),
    [
        ("SELECT name FROM singer", 1.0),
        ("select NAME from singer", 1.0),
        ("SELECT name FROM song", 0.75),
        ("SELECT age FROM song", 0.5),
        ("", 0.0),
    ],
)
def test_it_is_the_f_measure_of_shared_words(prediction: str, expected: float) -> None:
    assert rouge1("SELECT name FROM singer", prediction) == pytest.approx(expected)
