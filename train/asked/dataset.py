"""The files of the data set, and the objects that they are read into."""

from __future__ import annotations

import json
import lzma
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from text2sql.atomic import write_bytes
from text2sql.errors import DataError

__all__ = [
    "BIRD_REWORDINGS",
    "DATABASES",
    "SPIDER_REWORDINGS",
    "AskedDatabase",
    "AskedQuestion",
    "read_databases",
    "read_packed",
    "read_wrong_golds",
    "write_packed",
]

_FOLDER = Path(__file__).parent
DATABASES = _FOLDER / "databases.jsonl.xz"
#: Lines of {n, db_id, question}: n is a place in ``train_spider.json`` or in BIRD's training file.
SPIDER_REWORDINGS = _FOLDER / "spider_rewordings.jsonl.xz"
BIRD_REWORDINGS = _FOLDER / "bird_rewordings.jsonl.xz"


@dataclass(frozen=True)
class AskedQuestion:
    """One query, the wordings that ask for it, and in ``golds`` further queries that are right."""

    texts: tuple[str, ...]
    query: str
    golds: tuple[str, ...] = ()

    @classmethod
    def of(cls, item: Mapping[str, Any]) -> AskedQuestion:
        """From ``{"question": a text or a list of them, "query": SQL, "golds": [SQL]}``."""
        texts = item["question"]
        return cls(
            (texts,) if isinstance(texts, str) else tuple(texts),
            item["query"],
            tuple(item.get("golds", ())),
        )


@dataclass(frozen=True)
class AskedDatabase:
    """One database as its file describes it: its DDL, how to fill its tables, and its questions."""

    content: Mapping[str, Any]

    @property
    def db_id(self) -> str:
        return str(self.content["db_id"])

    @property
    def ddl(self) -> Sequence[str]:
        """One CREATE TABLE statement for each table."""
        statements: Sequence[str] = self.content["ddl"]
        return statements

    @property
    def fill(self) -> Mapping[str, Any]:
        """The plan of each table, ``rows`` and ``columns``, in the order of filling."""
        plans: Mapping[str, Any] = self.content["fill"]
        return plans

    @cached_property
    def questions(self) -> tuple[AskedQuestion, ...]:
        return tuple(AskedQuestion.of(item) for item in self.content["questions"])

    @property
    def unanswerable(self) -> Sequence[str]:
        """Questions on the database's topic that it cannot answer."""
        texts: Sequence[str] = self.content.get("unanswerable", ())
        return texts


def read_databases(path: Path = DATABASES) -> list[AskedDatabase]:
    """Read every database of the data set, in the file's order.

    Raises:
        DataError: the file is missing or broken.
    """
    return [AskedDatabase(content) for content in read_packed(path)]


def read_wrong_golds(name: str) -> set[int]:
    """Read the positions of the golds in ``spider`` or ``bird`` that a reader found wrong."""
    content = json.loads((_FOLDER / "wrong_golds.json").read_text(encoding="utf-8"))
    return set(content[name])


def read_packed(path: Path) -> Iterator[dict[str, Any]]:
    """Read the objects of a ``.jsonl.xz`` file.

    Raises:
        DataError: the file is missing or broken.
    """
    try:
        text = lzma.decompress(path.read_bytes()).decode("utf-8")
        yield from (json.loads(line) for line in text.splitlines())
    except FileNotFoundError as error:
        raise DataError(f"There is no file {str(path)!r}; check the path.") from error
    except (lzma.LZMAError, ValueError) as error:
        raise DataError(f"{str(path)!r} is not JSON Lines packed by xz ({error}).") from error


def write_packed(items: Sequence[Mapping[str, Any]], path: Path) -> None:
    """Write ``items`` as a ``.jsonl.xz`` file, the same bytes for the same items."""
    lines = (json.dumps(item, ensure_ascii=False, separators=(",", ":")) for item in items)
    text = "".join(f"{line}\n" for line in lines)
    preset = 9 | lzma.PRESET_EXTREME
    write_bytes(path, lzma.compress(text.encode("utf-8"), preset=preset))
