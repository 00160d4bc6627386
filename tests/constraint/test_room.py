"""A query always has room to end: the way out is exact, and each token leaves room for it."""

from __future__ import annotations

import random
from functools import cache

import pytest

from tests.tiny_t5 import learn_tokenizer
from text2sql.constraint import Automaton, Vocabulary
from text2sql.constraint.automaton import Threads
from text2sql.constraint.processor import Constraint
from text2sql.databases import Catalog
from text2sql.schema import Schema

WIDE = " | ".join(
    f"t{n}(" + ", ".join(["id", *(f"column_{n}_{c}" for c in range(8))]) + ")" for n in range(3)
)
SCHEMAS = ("wide", "clinic", "airline", "film_festival")


@cache
def constraint(name: str) -> Constraint:
    schema = Schema.from_text(WIDE) if name == "wide" else Catalog.open().get(name).schema
    return Constraint(Vocabulary.of(learn_tokenizer()), Automaton(schema))


def length(found: Constraint, threads: Threads) -> int:
    needed = found.length(threads)
    assert needed is not None
    return needed


def grow(found: Constraint, rng: random.Random, steps: int) -> list[Threads]:
    """States on a random way, which now and then takes what is longest to get out of."""
    threads, seen = found.automaton.start, []
    for _ in range(steps):
        after = list(found.allowed(threads).after.values())
        if not after:
            break
        threads = rng.choice(after)
        if rng.random() < 0.3:
            threads = max(rng.sample(after, min(8, len(after))), key=lambda t: length(found, t))
        seen.append(threads)
    return seen


def test_except_after_a_star_over_three_tables_is_only_begun_where_all_columns_have_room() -> None:
    found = constraint("wide")
    before = found.automaton.read(
        "select * from t0 join t1 on t0.id = t1.id join t2 on t1.id = t2.id "
    )
    begun = found.automaton.read("except ", before)
    needed = length(found, begun)
    assert needed > 83 - 30  # more than any margin of tokens that does not count columns
    words = {t: text for t, text in found.vocabulary.texts.items() if "except".startswith(text)}
    for room in range(length(found, before) + 2, needed + 12):
        offered = set(found.tokens(before, room).tolist()) & set(words)
        for token in offered:
            assert length(found, found.after(before, token)) + 2 <= room


@pytest.mark.parametrize("name", SCHEMAS)
@pytest.mark.parametrize("seed", range(3))
def test_each_token_leaves_room_for_the_end_from_any_state(name: str, seed: int) -> None:
    """With just the room that a state needs, and with a little more."""
    found, rng = constraint(name), random.Random(f"{name} {seed}")
    for threads in grow(found, rng, 40):
        for spare in (1, 2, rng.randrange(3, 100)):
            room = length(found, threads) + spare
            offered = found.tokens(threads, room).tolist()
            assert offered
            for token in offered:
                if token != found.vocabulary.end:
                    assert length(found, found.after(threads, token)) + 2 <= room


@pytest.mark.parametrize("name", SCHEMAS)
def test_the_way_out_takes_as_many_tokens_as_it_says(name: str) -> None:
    """Some token always brings the end one token nearer, until the query may end."""
    found, rng = constraint(name), random.Random(name)
    for threads in grow(found, rng, 60)[::4]:
        left, now = length(found, threads), threads
        while left:
            offered = found.tokens(now, left + 1).tolist()
            now = min(
                (found.after(now, t) for t in offered if t != found.vocabulary.end),
                key=lambda t: length(found, t),
            )
            assert length(found, now) <= left - 1
            left = length(found, now)
        assert found.automaton.ends(now)
