"""The manifest of a run: the model, data and versions needed to reproduce its numbers."""

from __future__ import annotations

import hashlib
import json
import platform
import sqlite3
from collections.abc import Sequence
from dataclasses import asdict
from datetime import UTC, datetime
from importlib import metadata
from pathlib import Path
from typing import Any

from text2sql.databases import Catalog
from text2sql.digests import files_digest, folder_digest
from text2sql.errors import Text2SQLError
from text2sql.evaluation.statistics import SEED
from text2sql.generators.base import Generator, Options
from text2sql.generators.bundled import BUNDLED
from text2sql.generators.choice import ModelChoice
from text2sql.spider import Example

__all__ = ["data_manifest", "model_manifest"]

_LIBRARIES = ("text2sql", "torch", "transformers", "peft", "sqlglot", "rouge-score")


def model_manifest(model: str | ModelChoice | Generator, options: Options) -> dict[str, Any]:
    """Describe the model and its search options."""
    name = model if isinstance(model, str) else model.name
    return {
        "model": name,
        "model_digest": _model_digest(model),
        "options": asdict(options),
    }


def _model_digest(model: str | ModelChoice | Generator) -> str | None:
    if model == "pocket":
        return folder_digest(BUNDLED)
    folder = Path(model).expanduser() if isinstance(model, str) else getattr(model, "folder", None)
    return folder_digest(folder) if isinstance(folder, Path) else None


def data_manifest(examples: Sequence[Example], catalog: Catalog) -> dict[str, Any]:
    """Describe the questions, the databases and the versions of the packages."""
    return {
        "questions": len(examples),
        "questions_digest": _questions_digest(examples),
        "databases_digest": _databases_digest(examples, catalog),
        "seed": SEED,
        "versions": _versions(),
        "started": datetime.now(UTC).isoformat(timespec="seconds"),
    }


def _questions_digest(examples: Sequence[Example]) -> str:
    """SHA-256 of questions and gold queries, without other fields of their file."""
    text = json.dumps([_content(example) for example in examples], ensure_ascii=False)
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()


def _databases_digest(examples: Sequence[Example], catalog: Catalog) -> str:
    files = []
    for db_id in sorted({example.db_id for example in examples}):
        try:
            path = catalog.get(db_id).path
        except Text2SQLError:  # reported with the items
            path = None
        files.append((db_id, path or Path(db_id)))
    return files_digest(files)


def _versions() -> dict[str, str]:
    versions = {"python": platform.python_version(), "sqlite": sqlite3.sqlite_version}
    for name in _LIBRARIES:
        try:
            versions[name] = metadata.version(name)
        except metadata.PackageNotFoundError:  # a checkout works without being installed
            continue
    return versions


def _content(example: Example) -> dict[str, object]:
    """The fields of the question file; missing ones do not change the digest."""
    always = {"question": example.question, "query": example.query, "db_id": example.db_id}
    return always | {name: value for name, value in asdict(example).items() if value}
