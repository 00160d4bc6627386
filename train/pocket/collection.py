"""Questions over databases from one place: Spider, or a folder in its layout."""

from __future__ import annotations

import hashlib
import json
import tomllib
from collections.abc import Mapping, Sequence, Set
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from text2sql.databases import Database
from text2sql.errors import DataError
from text2sql.schema import Schema
from train.asked.dataset import (
    SPIDER_REWORDINGS,
    read_databases,
    read_packed,
    read_wrong_golds,
)

__all__ = [
    "Collection",
    "Entry",
    "Source",
    "gather",
    "held_out_by_name",
    "held_out_databases",
    "read_folder",
    "read_spider",
]

#: Where a question comes from: Spider's people, another wording of theirs by somebody else
#: (``reworded`` is Spider-Syn's, ``respoken`` is that of ``train/asked``), ``synthesis``,
#: ``train/asked``, BIRD, and another wording of BIRD's.
Source = Literal[
    "spider", "reworded", "respoken", "made_up", "asked", "bird", "bird_respoken"
]  # fmt: skip


_HELD_OUT = Path(__file__).with_name("held_out.toml")


@dataclass(frozen=True)
class Entry:
    """A question and its gold SQL over the database called ``db_id``."""

    question: str
    query: str
    db_id: str
    source: Source


@dataclass(frozen=True)
class Collection:
    """What one place gives: ``held_out`` are the databases to judge by, never to train on.

    ``judged_by_rows`` says that the databases hold rows which tell right answers from wrong ones.
    """

    name: str
    databases: Mapping[str, Database]
    entries: Sequence[Entry]
    held_out: Set[str]
    judged_by_rows: bool = False

    @property
    def complete_keys(self) -> bool:
        """Whether every database declares the keys that its golds join on."""
        return self.name == "spider"


def gather(
    spider: Collection, data: Path, asked: bool = True, bird: Path | None = None
) -> list[Collection]:
    """``spider``, and the databases of ``train/asked`` and of BIRD, which are built in ``data``.

    Args:
        bird: BIRD's training part, as ``train.bird`` reads it.

    Raises:
        DataError: a file is missing or broken.
    """
    from train.asked.build import build as build_asked
    from train.bird import build as build_bird

    found = [spider]
    if asked:
        if not (data / "asked" / "questions.json").is_file():
            build_asked(read_databases(), data / "asked")
        found.append(read_folder(data / "asked", "asked", held_out_by_name("asked"), True))
    if bird is not None:
        if not (data / "bird" / "questions.json").is_file():
            build_bird(bird, data / "bird")
        found.append(read_folder(data / "bird", "bird", held_out_by_name("bird")))
    return found


def read_spider(
    spider_dir: Path,
    reworded: Path | None = None,
    held_out_share: float = 0.04,
    limit: int | None = None,
) -> Collection:
    """Spider's two training files, less golds known to be wrong, and other wordings of them.

    Whole databases are held out, chosen by a digest of their names, so that the choice stays the
    same whatever else changes.

    Args:
        reworded: Spider-Syn's training questions.

    Raises:
        DataError: a file is missing or not in Spider's form.
    """
    spider = _read(spider_dir / "train_spider.json")[:limit]
    others = _read(spider_dir / "train_others.json")[:limit]
    wrong = read_wrong_golds("spider")
    sound = [e for n, e in enumerate(spider) if n not in wrong]
    entries = [_entry(e, "spider") for e in (*sound, *others)]
    entries += [
        _entry(e, "reworded")
        for e in (_read(reworded)[:limit] if reworded else ())
        if e["question"] != e["original_question"]
    ]
    entries += [
        _entry({**spider[line["n"]], "question": line["question"]}, "respoken")
        for line in read_packed(SPIDER_REWORDINGS)
        if line["n"] < len(spider) and spider[line["n"]]["db_id"] == line["db_id"]
    ]
    held_out = held_out_databases([e["db_id"] for e in spider], held_out_share)
    return Collection("spider", _databases(spider_dir), entries, held_out)


def read_folder(
    folder: Path, name: str, held_out: Set[str] = frozenset(), judged_by_rows: bool = False
) -> Collection:
    """A folder in Spider's layout whose ``questions.json`` says each question's source.

    Its databases are called ``name/db_id``, so that they are told from another place's.

    Raises:
        DataError: a file is missing, or a database to hold out is not there.
    """
    databases = {f"{name}/{db_id}": d for db_id, d in _databases(folder).items()}
    kept_out = {f"{name}/{db_id}" for db_id in held_out}
    if missing := sorted(kept_out - databases.keys()):
        raise DataError(f"{str(folder)!r} lacks {', '.join(missing)}, which are to be held out.")
    entries = [
        Entry(e["question"], e["query"], f"{name}/{e['db_id']}", e.get("source", name))  # type: ignore[arg-type]
        for e in _read(folder / "questions.json")
    ]
    return Collection(name, databases, entries, kept_out, judged_by_rows)


def held_out_by_name(name: str) -> set[str]:
    """The databases of ``asked`` or ``bird`` that are judged by and never trained on."""
    return set(tomllib.loads(_HELD_OUT.read_text(encoding="utf-8"))[name])


def held_out_databases(db_ids: Sequence[str], share: float) -> set[str]:
    """Databases with about ``share`` of the questions, which are given by their databases."""
    chosen: set[str] = set()
    questions = 0
    for db_id in sorted(set(db_ids), key=lambda d: hashlib.sha256(d.encode()).hexdigest()):
        if questions >= share * len(db_ids):
            break
        chosen.add(db_id)
        questions += db_ids.count(db_id)
    return chosen


def _databases(folder: Path) -> dict[str, Database]:
    return {
        entry["db_id"]: Database(
            entry["db_id"],
            Schema.from_tables_json(entry),
            folder / "database" / entry["db_id"] / f"{entry['db_id']}.sqlite",
        )
        for entry in _read(folder / "tables.json")
    }


def _entry(entry: Mapping[str, str], source: Source) -> Entry:
    return Entry(entry["question"], entry["query"], entry["db_id"], source)


def _read(path: Path) -> list[dict[str, str]]:
    if not path.is_file():
        raise DataError(
            f"There is no {path.name} in {str(path.parent)!r}; "
            "`text2sql download spider` fetches Spider."
        )
    entries: list[dict[str, str]] = json.loads(path.read_text(encoding="utf-8"))
    return entries
