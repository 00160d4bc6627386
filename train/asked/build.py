"""The data set as a folder in Spider's layout, with the SQLite files."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from text2sql.atomic import write_text
from text2sql.schema import Schema
from text2sql.tables_json import tables_entry
from train.asked.dataset import AskedDatabase
from train.asked.fill import create

__all__ = ["build"]


def build(databases: Sequence[AskedDatabase], out: Path) -> str:
    """Write the data set to ``out`` and return a sentence with its numbers.

    The files are ``database/ID/ID.sqlite``, ``tables.json``, ``questions.json`` and
    ``unanswerable.json``.

    Raises:
        DataError: a database cannot be filled as its file says.
    """
    tables, questions, unanswerable = [], [], []
    for database in databases:
        path = out / "database" / database.db_id / f"{database.db_id}.sqlite"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.unlink(missing_ok=True)
        create(database, str(path)).close()
        tables.append(tables_entry(database.db_id, Schema.from_sqlite(path)))
        questions += _questions(database)
        unanswerable += [
            {"question": text, "db_id": database.db_id} for text in database.unanswerable
        ]
    _write(out / "tables.json", tables)
    _write(out / "questions.json", questions)
    _write(out / "unanswerable.json", unanswerable)
    return (
        f"{len(tables)} databases, {len(questions):,} questions and {len(unanswerable):,} that "
        f"can't be answered are in {out}."
    )


def _questions(database: AskedDatabase) -> list[dict[str, Any]]:
    return [
        {
            "question": text,
            "query": question.query,
            "db_id": database.db_id,
            "source": "asked",
            **({"golds": question.golds} if question.golds else {}),
        }
        for question in database.questions
        for text in question.texts
    ]


def _write(path: Path, content: Any) -> None:
    write_text(path, json.dumps(content, ensure_ascii=False, indent=1) + "\n")
