"""Dialogues: questions about one database, in which later ones go on from earlier ones."""

from __future__ import annotations

import json
import lzma
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from text2sql.errors import DataError
from text2sql.spider import Example

__all__ = ["Dialogue", "load_dialogues"]


@dataclass(frozen=True)
class Dialogue:
    """The turns of one dialogue, each with its gold query; ``place`` is its place in the file."""

    place: int
    db_id: str
    turns: tuple[Example, ...]


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
