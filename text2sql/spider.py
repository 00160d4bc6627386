"""Questions with gold SQL, from the files of Spider, BIRD and other benchmarks."""

from __future__ import annotations

import csv
import io
import json
import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from text2sql.errors import DataError
from text2sql.golds import accepted_queries

__all__ = ["Example", "load_examples", "load_json", "read_text", "split_half"]


@dataclass(frozen=True)
class Example:
    """A question about a database; ``query`` is its gold SQL, empty if none is known.

    ``evidence`` is BIRD's hint for the question, ``difficulty`` the benchmark's own grade, and
    ``other_golds`` lists further queries that count as right.
    """

    question: str
    query: str
    db_id: str
    evidence: str = ""
    difficulty: str = ""
    other_golds: tuple[str, ...] = ()

    @property
    def golds(self) -> tuple[str, ...]:
        """Every query that counts as right, the main one first."""
        return (self.query, *self.other_golds)


#: The names that question files use for each field of an ``Example``, most common first.
_FIELDS = {
    "question": ("question", "SpiderSynQuestion"),
    "query": ("query", "SQL", "sql", "gold", "gold_sql"),
    "db_id": ("db_id", "db_name", "database"),
    "evidence": ("evidence", "external_knowledge"),
    "difficulty": ("difficulty",),
}


def load_examples(path: Path, require_query: bool = True) -> list[Example]:
    """Read a question file, JSON, JSON lines or CSV, in the format of any known benchmark.

    Spider, Spider-DK, Spider-Realistic, KaggleDBQA: ``question``, ``query`` and ``db_id``.
    Spider-Syn: ``SpiderSynQuestion`` for the question. BIRD: ``SQL`` for the query, with
    ``evidence`` and ``difficulty``. Archer: ``sql``. sql-eval: a CSV file with ``db_name``, whose
    queries accept several choices of columns (``text2sql.golds``). Elsewhere, several right queries
    are a list in ``golds``. Other fields (Spider's tokens and parsed SQL) are ignored. With
    ``require_query=False``, items without gold SQL are accepted.

    Raises:
        DataError: the file cannot be read, holds no such list, or an item lacks a field.
    """
    items = _READERS.get(path.suffix.lower(), load_json)(path)
    if not isinstance(items, list) or not items:
        raise DataError(
            f"{str(path)!r} must hold a JSON list of questions, each an object with "
            f"question, query and db_id; it holds {_what(items)}."
        )
    return [_example(path, n, item, require_query) for n, item in enumerate(items, start=1)]


def split_half(examples: Sequence[Example], seed: int = 42) -> tuple[list[Example], list[Example]]:
    """Split at random into two halves, as the reference splits Spider dev for validation and test.

    The same seed gives the same halves on every machine. With an odd number of examples, the second
    half has one more.
    """
    shuffled = list(examples)
    random.Random(seed).shuffle(shuffled)
    middle = len(shuffled) // 2
    return shuffled[:middle], shuffled[middle:]


def load_json(path: Path) -> Any:
    """Read a JSON file.

    Raises:
        DataError: the file is missing, cannot be read, or is not JSON in UTF-8.
    """
    text = read_text(path)
    try:
        return json.loads(text)
    except (ValueError, RecursionError) as error:
        raise DataError(
            f"{str(path)!r} is not valid JSON ({error}); correct or replace it."
        ) from error


def read_text(path: Path) -> str:
    """Read a text file in UTF-8, with or without a byte order mark.

    Raises:
        DataError: the file is missing, cannot be read, or is not UTF-8.
    """
    try:
        return path.read_text(encoding="utf-8-sig")
    except FileNotFoundError as error:
        raise DataError(f"There is no file {str(path)!r}; check the path.") from error
    except OSError as error:
        raise DataError(
            f"{str(path)!r} cannot be read ({error.strerror}); it must be a readable file."
        ) from error
    except UnicodeDecodeError as error:
        raise DataError(
            f"{str(path)!r} is not UTF-8 text (byte {error.start + 1}); save it as UTF-8."
        ) from error


def _json_lines(path: Path) -> list[Any]:
    """Read one JSON value per line; empty lines are skipped."""
    found = []
    for number, line in enumerate(read_text(path).splitlines(), start=1):
        if line.strip():
            try:
                found.append(json.loads(line))
            except (ValueError, RecursionError) as error:
                raise DataError(
                    f"Line {number} of {str(path)!r} is not valid JSON ({error}); correct it."
                ) from error
    return found


def _csv_rows(path: Path) -> list[dict[str, Any]]:
    """Read a CSV file with a header; a column without a value is left out of its row."""
    try:
        rows = list(csv.DictReader(io.StringIO(read_text(path), newline=""), strict=True))
    except csv.Error as error:
        raise DataError(f"{str(path)!r} is not valid CSV ({error}); correct it.") from error
    return [{name: value for name, value in row.items() if name and value} for row in rows]


_READERS: dict[str, Callable[[Path], Any]] = {".jsonl": _json_lines, ".csv": _csv_rows}


def _example(path: Path, number: int, item: Any, require_query: bool) -> Example:
    where = f"Item {number} of {str(path)!r}"
    if not isinstance(item, dict):
        raise DataError(f"{where} is {_what(item)}, not an object with question, query and db_id.")
    golds = _golds(item)
    if not golds and "db_name" in item:
        golds = accepted_queries(_field(item, _FIELDS["query"]))
        item = {**item, "query": golds[0]} if golds else item
    found = {field: _field(item, names) for field, names in _FIELDS.items()}
    found["query"] = found["query"] or (golds[0] if golds else "")
    for field in ("question", "db_id", "query"):
        if not found[field] and (field != "query" or require_query):
            hint = "; add the gold SQL" if field == "query" else ""
            raise DataError(f"{where} has no text in its field {field!r}{hint}.")
    others = tuple(dict.fromkeys(gold for gold in golds if gold != found["query"]))
    return Example(**found, other_golds=others)


def _field(item: dict[str, Any], names: Sequence[str]) -> str:
    """The first of ``names`` that holds text; Spider's ``sql`` holds a parse tree, not text."""
    values = (item.get(name) for name in names)
    return next((v for v in values if isinstance(v, str) and v.strip()), "")


def _golds(item: dict[str, Any]) -> list[str]:
    golds = item.get("golds")
    if not isinstance(golds, list):
        return []
    return [gold for gold in golds if isinstance(gold, str) and gold.strip()]


def _what(value: Any) -> str:
    if isinstance(value, list):
        return "an empty list" if not value else "a list"
    names = {dict: "an object", str: "a text", type(None): "null", bool: "a truth value"}
    return names.get(type(value), "a number")
