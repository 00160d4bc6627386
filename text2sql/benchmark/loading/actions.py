"""The actions of the clients of a load test, with their shares and pauses."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from text2sql.databases import SAMPLES
from text2sql.spider import load_examples

__all__ = ["CROWD", "Actions", "visitors"]


@dataclass(frozen=True)
class Actions:
    """``shares`` of the actions of a client, in percent; the bounds ``pause_s`` of its pauses.

    ``questions`` are pairs of a question and a database.
    """

    shares: Mapping[str, int]
    pause_s: tuple[float, float]
    questions: tuple[tuple[str, str], ...]


#: A crowd beyond the normal load of a page, with hostile clients.
CROWD = Actions(
    {
        "databases": 14, "schema": 14, "ask": 28, "run": 16, "slow run": 6, "slow ask": 4,
        "compare": 6, "upload": 5, "vanish": 7,
    },
    (1.0, 4.0),
    tuple((question, "school") for question in (
        "How many are there?", "Show all names", "What is the largest one?", "List them by number",
        "How many of each kind are there?", "Which ones have none?",
    )),
)  # fmt: skip


def visitors() -> Actions:
    """Return visitors who read answers: two actions a minute, mostly sample questions."""
    examples = load_examples(SAMPLES / "questions.json")
    return Actions(
        {"ask on the page": 80, "run": 12, "open": 8},
        (15.0, 45.0),
        tuple((example.question, example.db_id) for example in examples),
    )
