"""Files that people exchange, with a script in every field."""

from __future__ import annotations

import json
import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any

from tests.ui.server import GOLD
from text2sql.databases import Catalog
from text2sql.evaluation import score
from text2sql.spider import Example

__all__ = [
    "DECLARED",
    "NAME",
    "SCRIPT",
    "write_database",
    "write_declarations",
    "write_run",
    "write_training_run",
]

SCRIPT = (
    "</script></style></title></textarea><script>window.pwned=1</script>"
    "<img src=x onerror=window.pwned=2>\"'><svg onload=window.pwned=3>"
    "${window.pwned=4} {{window.pwned=5}} [a](javascript:window.pwned=6)"
)
#: The same for names of files, which can have no slash.
NAME = "<img src=x onerror=window.pwned=7>\"'${window.pwned=8}"
#: The database that ``write_declarations`` adds; names with a slash are refused.
DECLARED = f"d{NAME}"
_TEXTS = ("question", "db_id", "gold", "prediction", "reason", "problem", "outside", "difficulty")
_MANIFEST = {
    "model": SCRIPT,
    "started": SCRIPT[-40:],
    "model_digest": SCRIPT,
    "questions_digest": SCRIPT,
    "options": {SCRIPT: [SCRIPT]},
    "versions": {SCRIPT: SCRIPT},
    "metrics": [SCRIPT],
    "problems": [SCRIPT],
    SCRIPT[:90]: {SCRIPT: SCRIPT},
}


def write_run(file: Path, catalog: Catalog) -> None:
    """A run of the shop's questions whose every text is a script."""
    examples = [Example(question, gold, "shop") for question, gold in GOLD.items()]
    score(examples, [*GOLD.values()][::-1], catalog, out=file, name="answers")
    with closing(sqlite3.connect(file)) as connection, connection:
        for column in _TEXTS:
            connection.execute(f"UPDATE items SET {column} = ? WHERE item > 0", (SCRIPT,))
            if column not in ("db_id", "gold"):  # so that the item can be run
                connection.execute(f"UPDATE items SET {column} = ?", (SCRIPT,))
        for key, value in _MANIFEST.items():
            row = (key, json.dumps(value))
            connection.execute("INSERT OR REPLACE INTO manifest VALUES (?, ?)", row)


def write_training_run(run: Path) -> None:
    """A training folder whose every text is a script."""
    run.mkdir()
    column = '"' + SCRIPT.replace('"', '""') + '"'
    (run / "metrics.csv").write_text(f"epoch,train_loss,{column}\n1.0,3.0,0\n2.0,1.5,50.0\n")
    (run / "manifest.json").write_text(json.dumps({SCRIPT: SCRIPT, "recipe": [SCRIPT]}))
    sample = {"epoch": 1.0, "step": 1, "question": SCRIPT, "gold": SCRIPT, "predicted": SCRIPT}
    (run / "samples.jsonl").write_text(json.dumps(sample) + f"\n{SCRIPT}\n")


def write_database(file: Path) -> None:
    """A database whose tables, columns, types and cells are scripts."""

    def quoted(text: str) -> str:
        return '"' + text.replace('"', '""') + '"'

    table, other = quoted(SCRIPT), quoted(f"b{SCRIPT}")
    with closing(sqlite3.connect(file)) as connection, connection:
        connection.execute(f"CREATE TABLE {table} ({quoted('c' + SCRIPT)} {quoted(SCRIPT)} UNIQUE)")
        connection.execute(
            f"CREATE TABLE {other} (name TEXT, {quoted('n' + SCRIPT)} INT, "
            f"ref TEXT REFERENCES {table} ({quoted('c' + SCRIPT)}))"
        )
        connection.execute(f"INSERT INTO {table} VALUES (?)", (SCRIPT,))
        rows = [(SCRIPT, 5, SCRIPT), (f"x{SCRIPT}", 7, SCRIPT)]
        connection.executemany(f"INSERT INTO {other} VALUES (?, ?, ?)", rows)


def write_declarations(folder: Path, before: list[dict[str, Any]]) -> None:
    """``tables.json`` and ``dev.json`` with one database more, which is made of scripts."""
    names = [f"{kind}{SCRIPT}" for kind in ("t", "c", "d")]
    columns = [[-1, "*"], [0, names[1]], [0, names[2]]]
    entry = {
        "db_id": DECLARED,
        "table_names": names[:1],
        "table_names_original": names[:1],
        "column_names": columns,
        "column_names_original": columns,
        "column_types": ["text", SCRIPT, SCRIPT],
        "primary_keys": [1],
        "foreign_keys": [[2, 1]],
    }
    (folder / "tables.json").write_text(json.dumps([*before, entry]))
    question = {"question": SCRIPT, "query": SCRIPT, "db_id": DECLARED, "evidence": SCRIPT}
    (folder / "dev.json").write_text(json.dumps([question]))
