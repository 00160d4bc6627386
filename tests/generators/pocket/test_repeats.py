"""Hypotheses that say the same twice are left out; those that only look like it are kept."""

from __future__ import annotations

import pytest

from text2sql.generators.pocket.ir import KEYWORDS
from text2sql.generators.pocket.repeats import repeats


def outputs(text: str) -> list[int]:
    """Keywords by their number; ``a``, ``b`` and so on are columns, tables or values."""
    return [
        KEYWORDS.index(word) if word in KEYWORDS else len(KEYWORDS) + ord(word)
        for word in text.split()
    ]


def is_left_out(text: str) -> bool:
    *before, last = outputs(text)
    return repeats(before, last)


@pytest.mark.parametrize(
    "text",
    [
        "from t select a where b > b",
        "from t select a where c = d and b = b",
        "from t select count_if b != b",
        "from t select - b b",
        "from t select sum x b b",
        "from t select days_between b b",
        "from t select percent_of sum b sum b",
        "from t select / count * count *",
        "from t select a where b between c c",
        "from t select a where b any_of c d c",
        "from t select a where b = c or b = c",
        "from t select a b a",
        "from t select distinct a a",
        "from t select a group b b",
        "from t select a where b = c intersect from t select a where b = c end",
        "from t select a where a in ( from t select a union from t select a )",
    ],
)
def test_what_is_said_twice_is_left_out(text: str) -> None:
    assert is_left_out(text)


@pytest.mark.parametrize(
    "text",
    [
        "from t select a where b > c",
        "from t select a where - b c > c",  # profit above its cost
        "from t select a where again b = b",
        "from t select a where b = outer b",
        "from t select - b c b",  # a difference, and one of the two
        "from t select - b sum b",
        "from t select sum b avg b",
        "from t select count distinct a a",
        "from t select a where b any_of c d",
        "from t select a where b = c or d = c",
        "from t select a b where a",
        "from t select a where b = c except from t select a where b = d end",
        "from t select a end",
        "from t select max b min b",
    ],
)
def test_what_only_looks_alike_is_kept(text: str) -> None:
    assert not is_left_out(text)
