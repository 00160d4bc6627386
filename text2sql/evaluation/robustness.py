"""A model's results on other wordings and other schemas, as a row that is saved in a file."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping, Sequence
from dataclasses import astuple, dataclass
from pathlib import Path
from typing import Any

from text2sql.atomic import write_text
from text2sql.errors import DataError
from text2sql.evaluation.statistics import Score

__all__ = ["ROW_ENDING", "RobustnessRow", "columns_of", "read_row", "write_row"]

ROW_ENDING = ".robustness.json"
"""How the name of a file ends that the Report tab shows as a row."""
_MOST_BYTES = 100_000
_MOST_SETS = 50


@dataclass(frozen=True)
class RobustnessRow:
    """The execution match of ``model`` by the name of each set; ``made`` is an ISO 8601 date."""

    model: str
    made: str
    scores: Mapping[str, Score]

    def to_dict(self) -> dict[str, Any]:
        """The row as JSON: a score is a list of n, percent, low, high."""
        scores = {name: list(astuple(score)) for name, score in self.scores.items()}
        return {"model": self.model, "made": self.made, "scores": scores}


def columns_of(rows: Sequence[RobustnessRow]) -> list[str]:
    """The names of all sets, in the order in which the rows have them."""
    return list(dict.fromkeys(name for row in rows for name in row.scores))


def write_row(row: RobustnessRow, path: Path) -> None:
    """Save a row.

    Raises:
        SaveError: the file cannot be written.
    """
    write_text(path, json.dumps(row.to_dict(), ensure_ascii=False, indent=1) + "\n")


def read_row(path: Path) -> RobustnessRow:
    """Read a row that ``write_row`` or ``benchmark robustness --json`` wrote.

    Raises:
        DataError: the file cannot be read, or holds something else.
    """
    refused = DataError(
        f"{path.name!r} holds no row of `benchmark robustness`; write it again with --out."
    )
    try:
        with path.open("rb") as file:
            raw = file.read(_MOST_BYTES + 1)
        if len(raw) > _MOST_BYTES:
            raise refused
        found = json.loads(raw)
    except OSError as error:
        raise DataError(f"{path.name!r} cannot be read ({error.strerror}).") from error
    except (ValueError, RecursionError):
        raise refused from None
    match found:
        case {"model": str(model), "scores": dict(scores)} if 0 < len(scores) <= _MOST_SETS:
            made = found.get("made", "")
            read = {name: _score(values) for name, values in scores.items()}
            if isinstance(made, str) and all(read.values()):
                return RobustnessRow(model, made, {n: s for n, s in read.items() if s is not None})
    raise refused


def _score(values: Any) -> Score | None:
    """The score of a list of n, percent, low, high; None if it is something else."""
    match values:
        case [int(n), int() | float() as percent, int() | float() as low, int() | float() as high]:
            if n > 0 and all(map(math.isfinite, (percent, low, high))):
                return Score(n, percent, low, high)
    return None
