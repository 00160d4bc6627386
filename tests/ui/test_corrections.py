"""A visitor's corrections: only that visitor's, bounded, and forgotten after a while."""

from __future__ import annotations

import pytest

from text2sql.spider import Example
from text2sql.ui import corrections
from text2sql.ui.corrections import Corrections

FIRST = Example("How many?", "SELECT 1", "shop")
SECOND = Example("How many?", "SELECT 2", "shop")
OTHER = Example("How much?", "SELECT 3", "shop")


@pytest.fixture
def clock() -> list[float]:
    return [0.0]


@pytest.fixture
def kept(clock: list[float]) -> Corrections:
    return Corrections(60, lambda: clock[0])


def test_nobody_gets_those_of_another_visitor(kept: Corrections) -> None:
    kept.add("ann", FIRST)
    assert kept.of("ann", "shop") == (FIRST,)
    assert kept.of("bob", "shop") == ()
    assert kept.of("ann", "clinic") == ()


def test_the_latest_for_a_question_counts_and_can_be_taken_back(kept: Corrections) -> None:
    for example in (FIRST, OTHER, SECOND):
        kept.add("ann", example)
    assert kept.of("ann", "shop") == (OTHER, SECOND)
    kept.take_back("ann", "How many?", "shop")
    assert kept.of("ann", "shop") == (OTHER,)


def test_they_are_forgotten_when_unused_or_when_the_visit_ends(
    kept: Corrections, clock: list[float]
) -> None:
    kept.add("ann", FIRST)
    kept.add("bob", FIRST)
    clock[0] = 50
    assert kept.of("ann", "shop") == (FIRST,)
    clock[0] = 100
    assert kept.of("ann", "shop") == (FIRST,)
    assert kept.of("bob", "shop") == ()
    kept.forget("ann")
    assert kept.of("ann", "shop") == ()


def test_they_are_bounded_for_each_visitor_and_in_all(
    kept: Corrections, monkeypatch: pytest.MonkeyPatch
) -> None:
    for number in range(60):
        kept.add("ann", Example(f"Question {number}", "SELECT 1", "shop"))
    assert [one.question for one in kept.of("ann", "shop")] == [
        f"Question {n}" for n in range(10, 60)
    ]
    monkeypatch.setattr(corrections, "_MOST_BYTES", 10_000)
    small = Corrections(60)
    for name in ("ann", "bob", "cyd"):
        small.add(name, Example("Why?", "x" * 1000, "shop"))
    assert [len(small.of(name, "shop")) for name in ("ann", "bob", "cyd")] == [0, 1, 1]
