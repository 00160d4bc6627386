"""A system's predictions from a text file, one SQL query a line."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from text2sql.errors import DataError

__all__ = ["Predictions", "load_predictions", "save_predictions"]


@dataclass(frozen=True)
class Predictions:
    """One SQL text a question, and in words what was odd about the file."""

    queries: tuple[str, ...]
    problems: tuple[str, ...] = ()


def load_predictions(path: Path, expected: int) -> Predictions:
    """Read ``expected`` predictions: line i answers question i, an empty line answers nothing.

    Whatever follows a tab is left out, as in the files that Spider's official script reads. What
    is odd is mended and named: a wrong number of lines, and bytes that are not UTF-8.

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
    queries = [line.decode(errors="replace").split("\t")[0].strip() for line in lines]
    problems = [*_garbled(lines), *_wrong_number(len(lines), expected)]
    queries = queries[:expected] + [""] * (expected - len(queries))
    return Predictions(tuple(queries), tuple(problems))


def save_predictions(queries: Sequence[str], path: Path) -> None:
    """Write one query a line, as ``load_predictions`` reads them.

    Raises:
        DataError: the file cannot be written.
    """
    text = "".join(" ".join(query.split()) + "\n" for query in queries)
    try:
        path.write_text(text, encoding="utf-8", errors="replace")
    except OSError as error:
        raise DataError(
            f"The predictions cannot be written to {str(path)!r} ({error.strerror}); "
            "name another file."
        ) from error


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
        f"left out at the end: {got - expected:,}"
        if got > expected
        else f"unanswered at the end: {expected - got:,}"
    )
    return [f"Predictions: {got:,}, questions: {expected:,}; {what}."]
