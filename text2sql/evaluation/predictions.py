"""Prediction files: one SQL query per line, JSON lines, or JSON in BIRD's format."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from text2sql.atomic import write_text
from text2sql.errors import DataError

__all__ = ["Predictions", "load_predictions", "save_predictions"]


@dataclass(frozen=True)
class Predictions:
    """One SQL text per question, and sentences about irregularities of the file."""

    queries: tuple[str, ...]
    problems: tuple[str, ...] = ()


def load_predictions(path: Path, expected: int) -> Predictions:
    """Read ``expected`` predictions; prediction i answers question i, and empty text is no answer.

    Text files hold one query per line; text after a tab is ignored, as in the files that Spider's
    official script reads. JSON is a list, or (as in BIRD) an object whose keys number the questions
    from 0. JSON lines hold one entry per line. An entry is the SQL, or an object that has it in
    ``sql``, ``SQL``, ``query``, ``prediction`` or ``predicted_sql``. A wrong number of predictions
    and bytes that are not UTF-8 are corrected and reported in ``problems``.

    Raises:
        DataError: the file is missing or cannot be read.
    """
    try:
        raw = path.read_bytes()
    except OSError as error:
        raise DataError(
            f"The predictions in {str(path)!r} cannot be read ({error.strerror}); check the path."
        ) from error
    lines = raw.removeprefix(b"\xef\xbb\xbf").split(b"\n")
    if lines[-1].strip() == b"":
        lines.pop()
    if path.suffix in (".json", ".jsonl"):
        queries, problems = _from_json(path, raw, expected), []
    else:
        queries = [line.decode(errors="replace").split("\t")[0].strip() for line in lines]
        problems = _garbled(lines)
    problems = [*problems, *_wrong_number(len(queries), expected)]
    queries = queries[:expected] + [""] * (expected - len(queries))
    return Predictions(tuple(queries), tuple(problems))


#: The separator between a query and its database in BIRD's files.
_BIRD_MARK = "\t----- bird -----\t"
_SQL_FIELDS = ("sql", "SQL", "query", "prediction", "predicted_sql", "pred")


def _from_json(path: Path, raw: bytes, expected: int) -> list[str]:
    text = raw.decode("utf-8-sig", errors="replace")
    try:
        if path.suffix == ".jsonl":
            found: Any = [json.loads(line) for line in text.splitlines() if line.strip()]
        else:
            found = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise DataError(
            f"The predictions in {str(path)!r} are not valid JSON ({error}); correct the file, or "
            "rename it to end in .txt if it holds one query per line."
        ) from error
    if isinstance(found, Mapping):
        return _numbered(path, found, expected)
    if not isinstance(found, list):
        raise DataError(
            f"The predictions in {str(path)!r} must be a JSON list, or an object whose keys "
            "number the questions from 0."
        )
    return [_sql_of(entry) for entry in found]


def _numbered(path: Path, found: Mapping[str, Any], expected: int) -> list[str]:
    """The entries of an object by their number; a question without an entry gets no answer."""
    odd = next((key for key in found if not key.isdecimal()), None)
    if odd is not None:
        raise DataError(
            f"The predictions in {str(path)!r} have the key {odd!r}; "
            "the keys number the questions from 0."
        )
    last = max((int(key) for key in found), default=-1)
    return [_sql_of(found.get(str(number))) for number in range(min(last + 1, 2 * expected))]


def _sql_of(entry: Any) -> str:
    if isinstance(entry, Mapping):
        entry = next((entry[name] for name in _SQL_FIELDS if isinstance(entry.get(name), str)), "")
    if not isinstance(entry, str):  # BIRD's files have a number if a system gave up
        return ""
    return entry.split(_BIRD_MARK)[0].strip()


def save_predictions(queries: Sequence[str], path: Path) -> None:
    """Write one query per line, as ``load_predictions`` reads them.

    Raises:
        SaveError: the file cannot be written.
    """
    text = "".join(" ".join(query.split()) + "\n" for query in queries)
    write_text(path, text, errors="replace")


def _garbled(lines: list[bytes]) -> list[str]:
    found = [number for number, line in enumerate(lines, start=1) if not _is_utf8(line)]
    if not found:
        return []
    shown = ", ".join(map(str, found[:5])) + (", ..." if len(found) > 5 else "")
    return [f"Predictions that are not valid UTF-8: {len(found):,} (line {shown})."]


def _is_utf8(line: bytes) -> bool:
    try:
        line.decode()
    except UnicodeDecodeError:
        return False
    return True


def _wrong_number(got: int, expected: int) -> list[str]:
    if got == expected:
        return []
    what = (
        f"ignored at the end: {got - expected:,}"
        if got > expected
        else f"unanswered at the end: {expected - got:,}"
    )
    return [f"Predictions: {got:,}, questions: {expected:,}; {what}."]
