"""Questions with their gold SQL, in the form of Spider's ``dev.json``."""

from __future__ import annotations

import json
import random
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from text2sql.errors import DataError

__all__ = ["Example", "load_examples", "load_json", "split_half"]


@dataclass(frozen=True)
class Example:
    """A question to a database; ``query`` is its gold SQL, empty where none is known."""

    question: str
    query: str
    db_id: str


def load_examples(path: Path, require_query: bool = True) -> list[Example]:
    """Read a question file: a JSON list of objects with ``question``, ``db_id`` and ``query``.

    Other fields (Spider's files carry tokens and parsed SQL) are ignored. With
    ``require_query=False``, items without gold are let through with an empty ``query``.

    Raises:
        DataError: the file cannot be read, is not such a list, or an item lacks a field.
    """
    items = load_json(path)
    if not isinstance(items, list) or not items:
        raise DataError(
            f"{str(path)!r} must hold a JSON list of questions, each an object with "
            f"question, query and db_id; it holds {_what(items)}."
        )
    return [_example(path, n, item, require_query) for n, item in enumerate(items, start=1)]


def split_half(examples: Sequence[Example], seed: int = 42) -> tuple[list[Example], list[Example]]:
    """Shuffle and cut in the middle: the reference's validation and test halves of Spider dev.

    The same seed gives the same halves on every machine; of an odd number, the second half
    gets one more.
    """
    shuffled = list(examples)
    random.Random(seed).shuffle(shuffled)
    middle = len(shuffled) // 2
    return shuffled[:middle], shuffled[middle:]


def load_json(path: Path) -> Any:
    """The content of a JSON file.

    Raises:
        DataError: the file is missing, cannot be read, or is not JSON in UTF-8.
    """
    try:
        return json.loads(path.read_text(encoding="utf-8-sig"))
    except FileNotFoundError as error:
        raise DataError(f"There is no file {str(path)!r}; check the path.") from error
    except OSError as error:
        raise DataError(
            f"{str(path)!r} cannot be read ({error.strerror}); it must be a file you may read."
        ) from error
    except UnicodeDecodeError as error:
        raise DataError(
            f"{str(path)!r} is not UTF-8 text (byte {error.start + 1}); save it as UTF-8."
        ) from error
    except (ValueError, RecursionError) as error:
        raise DataError(
            f"{str(path)!r} is not valid JSON ({error}); correct or replace it."
        ) from error


def _example(path: Path, number: int, item: Any, require_query: bool) -> Example:
    where = f"Item {number} of {str(path)!r}"
    if not isinstance(item, dict):
        raise DataError(f"{where} is {_what(item)}, not an object with question, query and db_id.")
    for field in ("question", "db_id", "query"):
        value = item.get(field)
        if field == "query" and not require_query and value in (None, ""):
            continue
        if not isinstance(value, str) or not value.strip():
            hint = "; this needs the gold SQL" if field == "query" else ""
            raise DataError(f"{where} has no text in its field {field!r}{hint}.")
    return Example(item["question"], item.get("query") or "", item["db_id"])


def _what(value: Any) -> str:
    if isinstance(value, list):
        return "an empty list" if not value else "a list"
    names = {dict: "an object", str: "a text", type(None): "null", bool: "a truth value"}
    return names.get(type(value), "a number")
