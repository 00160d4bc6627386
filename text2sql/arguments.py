"""Flags that several commands share, and what they stand for."""

from __future__ import annotations

import math
import sys
from argparse import ArgumentParser, ArgumentTypeError, Namespace
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    from text2sql.databases import Database
    from text2sql.generators.choice import ModelChoice
    from text2sql.sandbox import Limits

_Number = TypeVar("_Number", int, float)

__all__ = [
    "add_asked",
    "add_database",
    "add_json",
    "add_limits",
    "add_model",
    "add_spider_dir",
    "find_database",
    "find_limits",
    "find_model",
    "positive",
    "read_text",
]


def add_spider_dir(parser: ArgumentParser) -> None:
    """``--spider-dir``: Spider's own databases beside the bundled samples."""
    parser.add_argument(
        "--spider-dir",
        type=Path,
        metavar="DIR",
        help="folder that holds Spider's tables.json "
        "(default: TEXT2SQL_SPIDER_DIR, else the downloaded one)",
    )


def add_database(parser: ArgumentParser) -> None:
    """``--db``, or ``--sqlite`` in its place, and ``--spider-dir``."""
    which = parser.add_mutually_exclusive_group(required=True)
    which.add_argument("--db", metavar="ID", help="a database that `databases` lists")
    which.add_argument("--sqlite", type=Path, metavar="FILE", help="a SQLite file of your own")
    add_spider_dir(parser)


def add_model(parser: ArgumentParser) -> None:
    """``--model``, and for text generators ``--base``, ``--adapter``, ``--backend``."""
    parser.add_argument(
        "--model",
        default="pocket",
        metavar="NAME",
        help="pocket, flan-t5-large, a hub id, the folder of a trained model, or endpoint:NAME "
        "(default: %(default)s)",
    )
    parser.add_argument(
        "--endpoint",
        metavar="URL",
        help="where endpoint:NAME answers as OpenAI's chat completions do, such as "
        "http://127.0.0.1:11434 for Ollama (default: TEXT2SQL_ENDPOINT; its key, if it needs one, "
        "is TEXT2SQL_ENDPOINT_KEY)",
    )
    large = parser.add_argument_group("flan-t5-large and models like it")
    large.add_argument(
        "--base", metavar="ID", help="hub id or folder of the base to use with the adapter"
    )
    large.add_argument(
        "--adapter", metavar="ID", help="hub id or folder of an adapter, or none for the bare base"
    )
    large.add_argument(
        "--backend",
        choices=("auto", "transformers", "ctranslate2"),
        default="auto",
        help="auto is transformers on a GPU, else CTranslate2, converted once (default: auto)",
    )
    large.add_argument(
        "--unconstrained",
        action="store_true",
        help="let the model write what it likes, not only SQL that fits the schema",
    )


def find_model(args: Namespace) -> str | ModelChoice:
    """The model that ``add_model``'s flags name; nothing is loaded yet."""
    from text2sql.generators.choice import ModelChoice

    name = args.model
    if name == "pocket" and (args.base or args.adapter):
        name = "flan-t5-large"
    choice = ModelChoice(
        name, args.base, args.adapter, args.backend, not args.unconstrained, args.endpoint
    )
    return name if choice == ModelChoice(name) else choice


def add_asked(parser: ArgumentParser) -> None:
    """Which questions to ask which model: for what asks many of them."""
    parser.add_argument("--questions", type=Path, metavar="FILE", help="questions with gold SQL")
    add_model(parser)
    add_spider_dir(parser)
    parser.add_argument("--limit", type=positive(int), metavar="N", help="ask only the first N")


def add_limits(parser: ArgumentParser) -> None:
    """``--timeout`` and ``--max-rows``: how far a query may go."""
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
    """``--json``: one JSON document on standard output, for programs."""
    parser.add_argument("--json", action="store_true", help="print JSON instead of text")


def positive(kind: type[_Number]) -> Callable[[str], _Number]:
    """An argparse type: a number above zero, with a sentence for anything else."""

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


def read_text(text: str) -> str:
    """``text`` itself, or standard input where it is ``-``."""
    return sys.stdin.read() if text == "-" else text


def find_database(args: Namespace) -> Database:
    """The database that ``add_database``'s flags name.

    Raises:
        Text2SQLError: there is none of that name, or the file is no database.
    """
    from text2sql.databases import Catalog, Database

    if args.sqlite is not None:
        return Database.from_sqlite(args.sqlite)
    return Catalog.open(args.spider_dir).get(args.db)


def find_limits(args: Namespace) -> Limits:
    """The limits that ``add_limits``'s flags set."""
    from text2sql.sandbox import Limits

    return Limits(timeout_s=args.timeout, max_rows=args.max_rows)
