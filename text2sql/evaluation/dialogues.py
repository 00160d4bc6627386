"""Dialogues: questions about one database, in which later ones go on from earlier ones."""

from __future__ import annotations

import json
import lzma
import random
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import Any

from text2sql.errors import DataError
from text2sql.spider import Example

__all__ = ["Dialogue", "Pair", "load_dialogues", "pairs_of", "unrelated_pairs"]


@dataclass(frozen=True)
class Dialogue:
    """The turns of one dialogue, each with its gold query; ``place`` is its place in the file."""

    place: int
    db_id: str
    turns: tuple[Example, ...]


@dataclass(frozen=True)
class Pair:
    """A ``turn`` with the one ``before`` it.

    If ``starts`` is true, it does not go on from the one before it: it is a question of its own, or
    the first turn of a dialogue after another one about the same database.
    """

    before: Example
    turn: Example
    starts: bool = False


def pairs_of(dialogues: Sequence[Dialogue]) -> Iterator[Pair]:
    """Yield every turn with the one before it, in the order of the dialogues.

    The first turn of the first dialogue about a database is left out.
    """
    last: dict[str, Example] = {}
    for dialogue in dialogues:
        first = dialogue.turns[0]
        if dialogue.db_id in last:
            yield Pair(last[dialogue.db_id], first, starts=True)
        for before, turn in zip(dialogue.turns, dialogue.turns[1:], strict=False):
            yield Pair(before, turn)
        last[dialogue.db_id] = dialogue.turns[-1]


def unrelated_pairs(questions: Sequence[Example], each: int) -> Iterator[Pair]:
    """Yield ``each`` questions of every database, or all that there are, each after another one.

    No question goes on from another. The choice and the order are always the same; of questions
    with the same query, one is taken.
    """
    of_database: dict[str, list[Example]] = defaultdict(list)
    for question in questions:
        of_database[question.db_id].append(question)
    for name, inside in sorted(of_database.items()):
        random.Random(name).shuffle(inside)
        order = list({question.query: question for question in inside}.values())[: each + 1]
        yield from (Pair(before, turn, starts=True) for before, turn in pairwise(order))


def load_dialogues(path: Path) -> list[Dialogue]:
    """Read ``{"db_id": ..., "turns": [{"question": ..., "query": ...}]}``, as a list or one a line.

    A file whose name ends in ``.xz`` is decompressed.

    Raises:
        DataError: the file cannot be read, or holds something else.
    """
    try:
        raw = path.read_bytes()
        raw = lzma.decompress(raw) if path.suffix == ".xz" else raw
        return [_dialogue(place, entry) for place, entry in enumerate(_entries(raw.decode()))]
    except (OSError, lzma.LZMAError, ValueError, KeyError, TypeError) as error:
        raise DataError(
            f"{str(path)!r} holds no dialogues ({error!r}); each is an object with db_id and "
            "turns, and each turn has a question and a query."
        ) from error


def _entries(text: str) -> Iterator[Any]:
    if text.lstrip().startswith("["):
        yield from json.loads(text)
    else:
        yield from map(json.loads, filter(str.strip, text.splitlines()))


def _dialogue(place: int, entry: Any) -> Dialogue:
    db_id = str(entry["db_id"])
    turns = (Example(str(t["question"]), str(t["query"]), db_id) for t in entry["turns"])
    return Dialogue(place, db_id, tuple(turns))
