"""Several questions at once."""

from __future__ import annotations

import pytest

from text2sql.databases import Database
from text2sql.generators.base import Batching, Candidate, Options
from text2sql.generators.pocket import generator as module
from text2sql.generators.pocket.generator import PocketGenerator
from text2sql.generators.pocket.model import PocketModel
from text2sql.generators.pocket.pieces import Pieces
from text2sql.query.meanings import folded
from text2sql.query.reading import read

# of different lengths, and with different values
QUESTIONS = (
    "stadium?",
    "Which concerts in 2014 were at Hampden Park in Glasgow, by capacity and by title?",
    "How many stadiums are there?",
    "What is the title of the concert of the left handed?",
)


def numbers(candidate: Candidate) -> tuple[float, ...]:
    assert candidate.signals is not None
    signals = candidate.signals
    return candidate.score, signals.omitted, signals.mentioned, signals.alike


def test_questions_asked_together_are_answered_as_if_alone(
    model: PocketModel, pieces: Pieces, stadiums: Database
) -> None:
    alone = [
        PocketGenerator(model, pieces).generate(question, stadiums, Options())
        for question in QUESTIONS
    ]
    generator = PocketGenerator(model, pieces)
    assert isinstance(generator, Batching)
    together = generator.generate_all(QUESTIONS, stadiums, Options())
    assert all(alone)
    assert [[(c.sql, numbers(c)) for c in candidates] for candidates in together] == [
        # numbers as exact as the order of additions leaves them
        [(c.sql, pytest.approx(numbers(c), abs=1e-4)) for c in candidates]
        for candidates in alone
    ]


def test_the_tree_of_a_candidate_says_what_its_sql_says(
    model: PocketModel, pieces: Pieces, stadiums: Database
) -> None:
    found = PocketGenerator(model, pieces).generate_all(QUESTIONS, stadiums, Options(beams=8))
    candidates = [candidate for each in found for candidate in each]
    assert len(candidates) > len(QUESTIONS)
    for candidate in candidates:
        assert candidate.query is not None
        assert folded(candidate.query) == folded(read(candidate.sql, stadiums.schema))


def test_what_is_read_and_what_is_remembered_are_bounded(
    model: PocketModel, pieces: Pieces, stadiums: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    generator = PocketGenerator(model, pieces)
    expected = generator.generate_all(QUESTIONS, stadiums, Options())
    monkeypatch.setattr(module, "_READ_AT_ONCE", 2)
    monkeypatch.setattr(module, "_KEPT_SEGMENTS_BYTES", 2_000)
    small = PocketGenerator(model, pieces)
    found = small.generate_all(QUESTIONS, stadiums, Options())
    assert [[c.sql for c in candidates] for candidates in found] == [
        [c.sql for c in candidates] for candidates in expected
    ]
    assert len(generator._segments) == 7
    assert small._segments.size <= 2_000 < generator._segments.size
