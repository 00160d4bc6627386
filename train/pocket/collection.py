"""Collections of questions with their databases: Spider, or a folder in its layout."""

from __future__ import annotations

import hashlib
import json
import tomllib
from collections.abc import Mapping, Sequence, Set
from dataclasses import dataclass
from pathlib import Path
from typing import Literal, get_args

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
    "SOURCES",
    "Collection",
    "LabeledQuestion",
    "QuestionSource",
    "gather",
    "held_out_by_name",
    "held_out_databases",
    "read_folder",
    "read_spider",
]

#: Where a question comes from: Spider, a rewording of Spider's (``reworded`` is Spider-Syn's,
#: ``respoken`` that of ``train/asked``), ``train/asked``, BIRD, or a rewording of BIRD's
#: (``bird_respoken``), or a user's correction (``own``).
QuestionSource = Literal["spider", "reworded", "respoken", "asked", "bird", "bird_respoken", "own"]
SOURCES: tuple[QuestionSource, ...] = get_args(QuestionSource)

_HELD_OUT = Path(__file__).with_name("held_out.toml")


@dataclass(frozen=True)
class LabeledQuestion:
    """A question with its gold SQL over the database called ``db_id``."""

    question: str
    query: str
    db_id: str
    source: QuestionSource


@dataclass(frozen=True)
class Collection:
    """Questions and databases; those in ``held_out`` are for evaluation, never for training.

    ``judged_by_rows`` says that the databases have rows that separate right from wrong answers.
    """

    name: str
    databases: Mapping[str, Database]
    entries: Sequence[LabeledQuestion]
    held_out: Set[str]
    judged_by_rows: bool = False

    @property
    def complete_keys(self) -> bool:
        """Whether every database declares the keys that its golds join on."""
        return self.name == "spider"


def gather(
    spider: Collection, data: Path, asked: bool = True, bird: Path | None = None
) -> list[Collection]:
    """Add the databases of ``train/asked`` and BIRD, built in the folder ``data``, to ``spider``.

    Args:
        bird: the folder with BIRD's training questions, in the form that ``train.bird`` reads.

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
    """Read Spider's two training files, without golds known to be wrong, and rewordings of them.

    Whole databases are held out, chosen by a digest of their names, so that the choice does not
    depend on anything else.

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
    """Read a folder in Spider's layout whose ``questions.json`` names each question's source.

    Its databases are called ``name/db_id``, to differ from those of other collections.

    Raises:
        DataError: a file or a held-out database is missing.
    """
    databases = {f"{name}/{db_id}": d for db_id, d in _databases(folder).items()}
    kept_out = {f"{name}/{db_id}" for db_id in held_out}
    if missing := sorted(kept_out - databases.keys()):
        raise DataError(
            f"{str(folder)!r} lacks {', '.join(missing)}, which {_HELD_OUT.name} names; "
            "remove the folder to build it again."
        )
    entries = [
        LabeledQuestion(e["question"], e["query"], f"{name}/{e['db_id']}", e.get("source", name))  # type: ignore[arg-type]
        for e in _read(folder / "questions.json")
    ]
    return Collection(name, databases, entries, kept_out, judged_by_rows)


def held_out_by_name(name: str) -> set[str]:
    """The held-out databases of ``asked`` or ``bird``, which are never trained on."""
    return set(tomllib.loads(_HELD_OUT.read_text(encoding="utf-8"))[name])


def held_out_databases(db_ids: Sequence[str], share: float) -> set[str]:
    """Choose databases with about ``share`` of the questions; ``db_ids`` has one per question."""
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


def _entry(entry: Mapping[str, str], source: QuestionSource) -> LabeledQuestion:
    return LabeledQuestion(entry["question"], entry["query"], entry["db_id"], source)


def _read(path: Path) -> list[dict[str, str]]:
    if not path.is_file():
        raise DataError(
            f"There is no {path.name} in {str(path.parent)!r}; "
            "`text2sql download spider` fetches Spider."
        )
    entries: list[dict[str, str]] = json.loads(path.read_text(encoding="utf-8"))
    return entries
