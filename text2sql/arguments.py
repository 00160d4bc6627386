"""Flags that several commands share, and the objects that they select."""

from __future__ import annotations

import math
import sys
from argparse import ArgumentParser, ArgumentTypeError, Namespace
from collections.abc import Callable, Collection
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    from argparse import _ActionsContainer

    from text2sql.databases import Database
    from text2sql.generators.choice import ModelChoice
    from text2sql.sandbox import Limits

_Number = TypeVar("_Number", int, float)

__all__ = [
    "add_asked",
    "add_catalog",
    "add_database",
    "add_json",
    "add_limits",
    "add_model",
    "add_spider_dir",
    "find_database",
    "find_limits",
    "find_model",
    "find_models",
    "named_file",
    "positive",
    "read_text",
]


def add_spider_dir(parser: _ActionsContainer) -> None:
    """Add ``--spider-dir``: Spider's databases in addition to the bundled samples."""
    parser.add_argument(
        "--spider-dir",
        type=Path,
        metavar="DIR",
        help="folder that holds Spider's tables.json "
        "(default: TEXT2SQL_SPIDER_DIR, else the downloaded one)",
    )


def add_catalog(parser: _ActionsContainer) -> None:
    """Add ``--spider-dir`` and ``--sqlite``, which may be repeated."""
    add_spider_dir(parser)
    parser.add_argument(
        "--sqlite",
        type=Path,
        metavar="FILE",
        action="append",
        default=[],
        help="a SQLite file of your own; may be repeated",
    )


def add_database(parser: _ActionsContainer, required: bool = True) -> None:
    """Add ``--db`` or ``--sqlite`` (one of them), and ``--spider-dir``."""
    which = parser.add_mutually_exclusive_group(required=required)
    which.add_argument("--db", metavar="ID", help="a database that `databases` lists")
    which.add_argument("--sqlite", type=Path, metavar="FILE", help="a SQLite file of your own")
    add_spider_dir(parser)


def add_model(parser: ArgumentParser, several: str = "") -> None:
    """Add ``--model``, and for text generators ``--base``, ``--adapter``, ``--backend``.

    With ``several``, ``--model`` may be repeated, which ``several`` explains; read it with
    ``find_models``.
    """
    parser.add_argument(
        "--model",
        default=None if several else "pocket",
        action="append" if several else "store",
        metavar="NAME",
        help="pocket, flan-t5-large, a hub id, the folder of a trained model, or endpoint:NAME "
        f"{several}(default: pocket)",
    )
    parser.add_argument(
        "--endpoint",
        metavar="URL",
        help="server of endpoint:NAME with OpenAI's chat completions API, such as "
        "http://127.0.0.1:11434 for Ollama (default: TEXT2SQL_ENDPOINT; its key, if it needs one, "
        "is TEXT2SQL_ENDPOINT_KEY)",
    )
    large = parser.add_argument_group("flan-t5-large and models like it")
    large.add_argument(
        "--base", metavar="ID", help="hub id or folder of the base to use with the adapter"
    )
    large.add_argument(
        "--adapter", metavar="ID", help="hub id or folder of an adapter; none for the base alone"
    )
    large.add_argument(
        "--backend",
        choices=("auto", "transformers", "ctranslate2"),
        default="auto",
        help="auto: transformers on a GPU, else CTranslate2, converted once (default: auto)",
    )
    large.add_argument(
        "--unconstrained",
        action="store_true",
        help="let the model write any text, not only SQL that fits the schema",
    )


def find_model(args: Namespace) -> str | ModelChoice:
    """The model that the flags of ``add_model`` select; nothing is loaded yet."""
    return _model_of(args, args.model)


def find_models(args: Namespace, default: str = "pocket") -> list[str | ModelChoice]:
    """The models that ``--model`` names, or ``default``; nothing is loaded yet.

    Of several, each gets the flags that its family takes.

    Raises:
        ModelError: there is no such model.
    """
    from text2sql.generators.registry import family_of

    names = list(dict.fromkeys(args.model or [default]))
    if len(names) == 1:
        return [_model_of(args, names[0])]
    takes = {name: set(family_of(name).options) for name in names}
    taken = set().union(*takes.values())
    return [_model_of(args, name, taken - takes[name]) for name in names]


def _model_of(args: Namespace, name: str, ignored: Collection[str] = ()) -> str | ModelChoice:
    from text2sql.generators.choice import ModelChoice

    given = {
        "base": args.base,
        "adapter": args.adapter,
        "backend": args.backend,
        "constrained": not args.unconstrained,
        "endpoint": args.endpoint,
    }
    kept = {option: value for option, value in given.items() if option not in ignored}
    if name == "pocket" and (kept.get("base") or kept.get("adapter")):
        name = "flan-t5-large"
    choice = ModelChoice(name, **kept)
    return name if choice == ModelChoice(name) else choice


def add_asked(parser: ArgumentParser) -> None:
    """Add ``--questions``, ``--limit`` and the flags of the model, for benchmarks."""
    parser.add_argument("--questions", type=Path, metavar="FILE", help="questions with gold SQL")
    add_model(parser)
    add_spider_dir(parser)
    parser.add_argument("--limit", type=positive(int), metavar="N", help="ask only the first N")


def add_limits(parser: ArgumentParser) -> None:
    """Add ``--timeout`` and ``--max-rows``, the limits of a query."""
    parser.add_argument(
        "--timeout",
        type=positive(float),
        default=5.0,
        metavar="S",
        help="stop a query after this many seconds (default: %(default)g)",
    )
    parser.add_argument(
        "--max-rows",
        type=positive(int),
        default=1000,
        metavar="N",
        help="return no more rows than this (default: %(default)s)",
    )


def add_json(parser: ArgumentParser) -> None:
    """Add ``--json``: print one JSON document, for programs."""
    parser.add_argument("--json", action="store_true", help="print JSON instead of text")


def positive(kind: type[_Number]) -> Callable[[str], _Number]:
    """An argparse type for a number above zero."""

    def convert(text: str) -> _Number:
        try:
            number = kind(text)
        except ValueError:
            number = kind(0)
        if not 0 < number < math.inf:
            what = "a whole number" if kind is int else "a number"
            raise ArgumentTypeError(f"{text!r} is not {what} above zero")
        return number

    return convert


def named_file(text: str) -> tuple[str, Path]:
    """Split ``NAME=FILE``; a file without a name gets its own, without the ending."""
    name, equals, path = text.partition("=")
    named = equals and not Path(text).exists()
    return (name, Path(path)) if named else (Path(text).stem, Path(text))


def read_text(text: str) -> str:
    """Return ``text``, or standard input if it is ``-``."""
    return sys.stdin.read() if text == "-" else text


def find_database(args: Namespace) -> Database:
    """Open the database that the flags of ``add_database`` name.

    Raises:
        Text2SQLError: there is no database of that name, or the file is not a database.
    """
    from text2sql.databases import Catalog, Database

    if args.sqlite is not None:
        return Database.from_sqlite(args.sqlite)
    return Catalog.open(args.spider_dir).get(args.db)


def find_limits(args: Namespace) -> Limits:
    """The limits that the flags of ``add_limits`` set."""
    from text2sql.sandbox import Limits

    return Limits(timeout_s=args.timeout, max_rows=args.max_rows)
