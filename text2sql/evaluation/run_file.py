"""The only reader of saved runs. A run may come from anybody, so its content is validated.

A run is a SQLite file, and reading one can execute the expressions in its views and generated
columns. So it is read in the sandbox, like every database: in another process, without writing, and
with a time limit.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from text2sql.errors import DataError, NotNow
from text2sql.evaluation.items import Item
from text2sql.query import quote_identifier
from text2sql.sandbox import Limits, QueryResult, run_query

if TYPE_CHECKING:
    from pydantic import BaseModel

__all__ = [
    "MOST_ITEMS",
    "RunHead",
    "check_tables",
    "checked",
    "checked_items",
    "finished_head",
    "read_head",
    "read_items",
]

MOST_ITEMS = 100_000
_MOST_KEYS = 100  # of a manifest
_HEAD = Limits(timeout_s=3.0, max_rows=_MOST_KEYS + 1, max_bytes=4_000_000)
_ITEMS = Limits(timeout_s=10.0, max_rows=MOST_ITEMS + 1, max_bytes=400_000_000)
_QUOTED = re.compile(r"'[^']*'|\"[^\"]*\"|\[[^\]]*\]|`[^`]*`")
_TABLE = re.compile(r"CREATE TABLE\b")
_COMMENT = re.compile(r"--|/\*")
_TABLES = ("items", "manifest", "predictions")


@dataclass(frozen=True)
class RunHead:
    """A run's manifest and its number of scored items (None if it is not scored yet)."""

    manifest: Mapping[str, Any]
    items: int | None


def read_head(path: Path) -> RunHead:
    """Read the manifest of a run and the number of its items.

    Raises:
        DataError: the file is not a run, or its manifest is invalid.
    """
    if not path.is_file():
        raise DataError(f"There is no run at {str(path)!r}; `evaluate --out` makes one.")
    tables = check_tables(path)
    if "manifest" not in tables:
        return RunHead({}, None)
    rows = _read(path, "SELECT key, value FROM manifest", _HEAD)
    if rows.truncated:
        raise _invalid(path, f"its manifest has more than {_MOST_KEYS} entries, or is too long")
    manifest = _manifest(path, rows.rows)
    if "items" not in tables:
        return RunHead(manifest, None)
    [(count,)] = _read(path, "SELECT count(*) FROM items", _HEAD).rows
    if count > MOST_ITEMS:
        raise _invalid(path, f"it has {count:,} items; the limit is {MOST_ITEMS:,}")
    return RunHead(manifest, count)


def finished_head(path: Path) -> RunHead:
    """Read the manifest of a run that was scored.

    Raises:
        DataError: as ``read_head``, or the run was never scored.
    """
    head = read_head(path)
    if not head.manifest or head.items is None:
        raise DataError(
            f"{str(path)!r} holds no finished run; run `evaluate` with the same --out again."
        )
    if head.items == 0:
        raise _invalid(path, "it holds no items")
    return head


def read_items(path: Path) -> tuple[Item, ...]:
    """Read the scored items of a finished run, in the order of their questions.

    Raises:
        DataError: as ``read_head``, or the run was never scored, or an item is invalid.
    """
    finished_head(path)
    names = _read(path, "SELECT * FROM items LIMIT 0", _HEAD).columns
    wanted = [name for name in names if name in _known_columns()]
    columns = ", ".join(quote_identifier(name) for name in wanted)
    found = _read(path, f"SELECT {columns} FROM items ORDER BY item", _ITEMS)
    if found.truncated:
        raise _invalid(path, f"its items take more than {_ITEMS.max_bytes / 1e6:,.0f} MB")
    return tuple(checked_items(path, found.columns, found.rows))


def checked_items(
    path: Path, columns: Sequence[str], rows: Iterable[Sequence[Any]]
) -> Iterator[Item]:
    """Validate rows of the table ``items``; ``path`` is named in error messages.

    Raises:
        DataError: a row is not a valid item.
    """
    from text2sql.evaluation.run_schema import ItemRow

    for number, row in enumerate(checked(path, "item", ItemRow, columns, rows), start=1):
        item = Item.from_dict(row)
        if not item.scores:
            raise _invalid(path, f"item {number} has none of the metrics that are known here")
        yield item


def checked(
    path: Path, what: str, model: type[BaseModel], columns: Sequence[str], rows: Any
) -> Iterator[dict[str, Any]]:
    """Validate rows with the pydantic ``model``.

    Raises:
        DataError: a row does not fit ``model``.
    """
    from pydantic import ValidationError

    for number, row in enumerate(rows, start=1):
        try:
            found = model.model_validate(dict(zip(columns, row, strict=True)))
        except ValidationError as error:
            raise _invalid(path, f"{what} {number}, {_first(error)}") from error
        yield found.model_dump(exclude_unset=True, exclude={"item"} if what == "item" else None)


def check_tables(path: Path) -> frozenset[str]:
    """List a run's tables in a file, and check that the file has nothing else.

    Raises:
        DataError: the file cannot be read, or contains a view, a trigger or the like.
    """
    found = _read(path, "SELECT type, name, sql FROM sqlite_master", _HEAD)
    names = {name for kind, name, _ in found.rows if kind == "table"}
    for kind, name, sql in found.rows:
        ours = (kind == "table" and name in _TABLES) or (kind == "index" and sql is None)
        if names & {"items", "manifest"} and not ours and not str(name).startswith("sqlite_"):
            raise _invalid(path, f"it has a {kind} {str(name)[:100]!r}, and a run has none")
        if ours and kind == "table" and not _is_plain(str(sql)):
            raise _invalid(path, f"its table {name!r} has expressions, and a run has none")
    if found.truncated or (names and not names & set(_TABLES)):
        raise _invalid(path, "it has other tables than a run")
    return frozenset(names & set(_TABLES))


def _is_plain(sql: str) -> bool:
    """Whether a table declares only column names and types: expressions need more parentheses."""
    bare = _QUOTED.sub("", sql)
    return bool(_TABLE.match(bare)) and bare.count("(") == 1 and not _COMMENT.search(sql)


def _read(path: Path, sql: str, limits: Limits) -> QueryResult:
    result = run_query(path, sql, limits)
    failure = result.failure
    if failure is None:
        return result
    if failure.kind in ("locked", "busy"):
        raise NotNow(f"{path.name!r} is being written at the moment; try again later.")
    if failure.kind == "timeout":
        raise NotNow(
            f"Reading {path.name!r} took longer than {limits.timeout_s:g} s, as it can on a busy "
            "machine; the file may be good. Try again later."
        )
    raise DataError(
        f"{str(path)!r} cannot be used as a run ({failure.message.rstrip('.')}); "
        "name a file that `evaluate --out` made."
    )


def _manifest(path: Path, rows: tuple[tuple[Any, ...], ...]) -> Mapping[str, Any]:
    from pydantic import ValidationError

    from text2sql.evaluation.run_schema import JSON, Manifest

    values = {}
    for key, value in rows:
        if not isinstance(key, str) or not isinstance(value, str) or len(key) > 100:
            raise _invalid(path, f"the entry {str(key)[:100]!r} of its manifest is not text")
        try:
            values[key] = JSON.validate_json(value)
        except ValidationError as error:
            reason = _first(error)
            raise _invalid(path, f"{key!r} in its manifest is not JSON ({reason})") from error
    if not values:
        return {}
    try:
        Manifest.model_validate(values)
    except ValidationError as error:
        raise _invalid(path, f"its manifest: {_first(error)}") from error
    return values


def _known_columns() -> frozenset[str]:
    from text2sql.evaluation.run_schema import ItemRow

    return frozenset(ItemRow.model_fields)


def _first(error: Any) -> str:
    """The first validation error, such as ``seconds: Input should be a finite number``."""
    found = error.errors(include_url=False, include_context=False, include_input=False)[0]
    where = ".".join(str(part)[:60] for part in found["loc"])
    message = found["msg"][:200]
    return f"{where}: {message}" if where else message


def _invalid(path: Path, reason: str) -> DataError:
    return DataError(
        f"{path.name!r} is not a valid run: {reason}. Make it again with `evaluate` "
        "or `score`, or move it to another folder."
    )
