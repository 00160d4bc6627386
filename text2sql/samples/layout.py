"""Spider's layout on disk: ``tables.json``, ``questions.json``, ``database/<id>/<id>.sqlite``."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from itertools import accumulate
from pathlib import Path
from typing import Any

from text2sql.atomic import write_text
from text2sql.samples.sample import Sample
from text2sql.schema import Schema

__all__ = ["DEFAULT_FOLDER", "SEED", "tables_entry", "write_layout"]

SEED = 7
DEFAULT_FOLDER = Path(__file__).parents[1] / "assets" / "samples"


def write_layout(samples: Sequence[Sample], folder: Path, seed: int = SEED) -> Iterator[str]:
    """Write all of ``samples`` under ``folder``; yields a line of progress for each file."""
    entries = []
    for sample in samples:
        path = folder / "database" / sample.db_id / f"{sample.db_id}.sqlite"
        path.parent.mkdir(parents=True, exist_ok=True)
        sample.write(path, seed)
        entries.append(tables_entry(sample.db_id, Schema.from_sqlite(path), sample.english))
        yield f"{path}: {path.stat().st_size / 1024:.0f} KiB"
    _write_json(folder / "tables.json", entries)
    yield f"{folder / 'tables.json'}: {len(entries)} schemas"
    questions = [
        {"question": q.text, "query": q.sql, "db_id": s.db_id} for s in samples for q in s.questions
    ]
    _write_json(folder / "questions.json", questions)
    yield f"{folder / 'questions.json'}: {len(questions)} questions"


def tables_entry(
    db_id: str, schema: Schema, english: Mapping[str, str] | None = None
) -> dict[str, Any]:
    """``schema`` in the form of an entry of Spider's ``tables.json``.

    ``english`` reads ``table`` and ``table.column`` otherwise than by their identifiers.

    Columns count from 1 over the whole database; column 0 is ``*``, of table -1. All columns of
    a composite key are listed, in the flat list that Spider has.
    """
    english = english or {}
    places = [(t, c) for t, table in enumerate(schema.tables) for c in table.columns]
    first = list(accumulate((len(table.columns) for table in schema.tables), initial=1))
    return {
        "db_id": db_id,
        "table_names_original": [t.name for t in schema.tables],
        "table_names": [english.get(t.name, t.natural) for t in schema.tables],
        "column_names_original": [[-1, "*"], *([t, c.name] for t, c in places)],
        "column_names": [
            [-1, "*"],
            *([t, english.get(f"{schema.tables[t].name}.{c.name}", c.natural)] for t, c in places),
        ],
        "column_types": ["text", *(c.type for _, c in places)],
        "primary_keys": [i for i, (_, c) in enumerate(places, 1) if c.primary_key],
        "foreign_keys": [
            [first[key.table] + key.column, first[key.ref_table] + key.ref_column]
            for key in schema.foreign_keys
        ],
    }


def _write_json(path: Path, content: Any) -> None:
    write_text(path, json.dumps(content, ensure_ascii=False, indent=1) + "\n")
