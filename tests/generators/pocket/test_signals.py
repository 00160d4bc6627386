"""What a reading of a question says of the queries for it."""

from __future__ import annotations

import math
from dataclasses import replace

import pytest
import torch

from text2sql.databases import Database
from text2sql.generators.base import Options, Signals
from text2sql.generators.pocket.generator import PocketGenerator
from text2sql.generators.pocket.ir import KEYWORDS
from text2sql.generators.pocket.model import PocketModel
from text2sql.generators.pocket.pieces import Pieces
from text2sql.generators.pocket.signals import Expectations, read_signals

WORDS = 3
READING = Expectations(torch.tensor([0.9, 0.6, 0.2]), first=len(KEYWORDS) + WORDS, alike=0.4)


def outputs(*names: int) -> list[int]:
    return [0, *(READING.first + name for name in names)]


@pytest.mark.parametrize(("used", "omitted"), [((0,), 0.6), ((0, 1), 0.2), ((2,), 0.9), ((), 0.9)])
def test_what_a_query_leaves_out_is_the_likeliest_name_it_does_not_use(
    used: tuple[int, ...], omitted: float
) -> None:
    found = READING.signals(outputs(*used))
    expected = Signals(pytest.approx(omitted), pytest.approx(0.9), 0.4)
    assert replace(found, tables=0.0, columns=0.0) == expected


def test_a_query_is_the_likelier_the_more_it_uses_what_is_mentioned_and_nothing_else() -> None:
    reading = replace(READING, tables=1)
    signals = reading.signals(outputs(0, 1))
    assert signals.tables == pytest.approx(math.log(0.9))
    assert signals.columns == pytest.approx(math.log(0.6) + math.log(0.8))


def test_a_query_that_uses_every_name_leaves_nothing_out() -> None:
    assert READING.signals(outputs(0, 1, 2)).omitted == 0.0


def test_words_are_as_near_as_their_nearest_names_in_the_mean(
    model: PocketModel, pieces: Pieces, stadiums: Database
) -> None:
    features = PocketGenerator(model, pieces).encode("stadium b", stadiums)
    context = torch.zeros(features.nodes, 2)
    context[features.words :, 0] = 3.0  # every name points one way
    context[0, 0], context[1, 1] = 1.0, 1.0  # the first word as well, the second elsewhere
    reading = read_signals(features, context, torch.zeros(features.nodes))
    assert reading.alike == pytest.approx(0.5)
    assert reading.expected.tolist() == [0.5] * (
        len(stadiums.schema.tables) + stadiums.schema.column_count
    )


def test_the_generator_gives_every_candidate_its_signs(
    model: PocketModel, pieces: Pieces, stadiums: Database
) -> None:
    found = PocketGenerator(model, pieces).generate("stadium", stadiums, Options())
    signals = [candidate.signals for candidate in found]
    assert signals
    assert all(s is not None and 0 <= s.omitted <= s.mentioned <= 1 for s in signals)
