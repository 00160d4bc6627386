import pytest

from text2sql.metrics.string_match import fair_string_match, string_match

GOLD = "SELECT name FROM singer WHERE country = 'New York'"


@pytest.mark.parametrize(
    ("prediction", "naive", "fair"),
    [
        (GOLD, True, True),
        ("select name from SINGER where country='New York'", True, True),
        ('SELECT name FROM singer WHERE country = "New York"', False, True),
        ("SELECT name FROM singer WHERE country = 'new york'", True, False),
        ("SELECT name FROM singer WHERE country = 'NewYork'", True, False),
        ("SELECT name FROM singer WHERE country = 'New York';", False, True),
        ("SELECT name FROM singer WHERE  country\n= 'New York'", True, True),
        ("SELECT age FROM singer WHERE country = 'New York'", False, False),
        ("", False, False),
    ],
)
def test_case_spaces_and_quotes_count_only_where_they_carry_meaning(
    prediction: str, naive: bool, fair: bool
) -> None:
    assert (string_match(GOLD, prediction), fair_string_match(GOLD, prediction)) == (naive, fair)


def test_a_quote_inside_a_literal_is_the_same_in_either_quote_style() -> None:
    assert fair_string_match("SELECT 'it''s'", """SELECT "it's" """)


def test_words_that_touch_are_not_words_apart() -> None:
    assert not fair_string_match("SELECT a b FROM t", "SELECT ab FROM t")
    assert string_match("SELECT a b FROM t", "SELECT ab FROM t")
