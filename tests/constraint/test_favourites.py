"""The constraint as the search asks for it: a model's favourites among what may follow."""

from __future__ import annotations

import random

import pytest
import torch

from tests.tiny_t5 import learn_tokenizer
from text2sql.constraint import Automaton, Vocabulary
from text2sql.constraint.processor import Constraint, ConstraintProcessor
from text2sql.schema import Schema

MUSIC = Schema.from_text("singer(id, name, age) | song(id, title, singer_id, Release Year)")
BEGUN = (
    "",
    "SELECT ",
    "SELECT na",
    "SELECT name FROM singer WHERE name = 'x",
    "SELECT name FROM singer WHERE age",
    "SELECT name FROM singer WHERE age > (SELECT ",
    "SELECT name FROM singer",
)


@pytest.fixture(scope="module")
def constraint() -> Constraint:
    return Constraint(Vocabulary.of(learn_tokenizer()), Automaton(MUSIC))


@pytest.mark.parametrize("room", [100, 30, 14, 8])
@pytest.mark.parametrize("text", BEGUN)
def test_they_are_the_best_of_all_tokens_that_may_follow(
    text: str, room: int, constraint: Constraint
) -> None:
    threads = constraint.automaton.read(text)
    allowed = constraint.tokens(threads, room)
    for seed in range(5):
        generator = torch.Generator().manual_seed(seed)
        scores = torch.randn(400, generator=generator)
        best = scores.topk(32).indices.tolist()
        expected = allowed[scores[allowed].argsort(descending=True)][:8].tolist()
        assert constraint.favourites(threads, room, best, scores, 8) == expected


def test_what_a_model_rightly_wants_is_found_without_looking_at_the_vocabulary(
    constraint: Constraint, monkeypatch: pytest.MonkeyPatch
) -> None:
    fresh = Constraint(constraint.vocabulary, constraint.automaton)
    monkeypatch.setattr(fresh, "allowed", lambda _: pytest.fail("the whole vocabulary was read"))
    threads = fresh.automaton.read("SELECT name FROM singer WHERE ")
    scores = torch.zeros(400)
    wanted = [t for t, text in fresh.vocabulary.texts.items() if text in ("n", "name", "a")]
    scores[wanted] = 5.0
    best = scores.topk(len(wanted)).indices.tolist()
    found = fresh.favourites(threads, 100, best, scores, len(wanted))
    assert sorted(found) == sorted(wanted)


def test_each_sequence_keeps_the_scores_of_its_own_favourites(constraint: Constraint) -> None:
    rng = random.Random(0)
    scores = torch.tensor([[rng.random() for _ in range(400)] for _ in range(2)])
    limited = ConstraintProcessor(constraint, 60)(torch.tensor([[0], [0]]), scores)  # type: ignore[arg-type]
    kept = [set((row > float("-inf")).nonzero().flatten().tolist()) for row in limited]
    texts = constraint.vocabulary.texts
    assert [len(row) for row in kept] == [4, 4]  # twice the number of sequences
    assert all("select".startswith(texts[token].strip()) for row in kept for token in row)
    assert [float(limited[n, t]) for n, row in enumerate(kept) for t in sorted(row)] == [
        float(scores[n, t]) for n, row in enumerate(kept) for t in sorted(row)
    ]
