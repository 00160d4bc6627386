"""The data set's commands: ``python -m train.asked build``, ``check``, ``unpack`` and ``pack``."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Sequence
from pathlib import Path

from text2sql.atomic import write_text
from text2sql.errors import DataError
from text2sql.terminal import reports_errors
from train.asked.dataset import DATABASES, AskedDatabase, read_databases, write_packed

__all__ = ["main"]

_EPILOG = """
examples:
  python -m train.asked build ~/asked        # a folder in Spider's layout, for any command
  python -m train.asked unpack ~/files       # a JSON file for each database, to be edited
  python -m train.asked check ~/files/*.json
  python -m train.asked pack ~/files         # back into the data set
"""


@reports_errors
def main(argv: Sequence[str] | None = None) -> int:
    """Run one command; return 2 after an error that the message explains."""
    args = _parser().parse_args(argv)
    print(_COMMANDS[args.command](args))
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m train.asked",
        description=__doc__,
        epilog=_EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    commands = parser.add_subparsers(dest="command", required=True)
    for name, about in (
        ("build", "make the SQLite files and the questions in Spider's layout"),
        ("unpack", "write a JSON file for each database"),
        ("pack", "make the data set from such files"),
    ):
        command = commands.add_parser(name, help=about)
        command.add_argument("folder", type=Path, metavar="FOLDER")
    check = commands.add_parser("check", help="fill databases, run their queries, list faults")
    check.add_argument("files", type=Path, nargs="*", metavar="FILE", help="default: all")
    return parser


def _build(args: argparse.Namespace) -> str:
    from train.asked.build import build

    return build(read_databases(), args.folder)


def _unpack(args: argparse.Namespace) -> str:
    args.folder.mkdir(parents=True, exist_ok=True)
    databases = read_databases()
    for database in databases:
        text = json.dumps(database.content, ensure_ascii=False, indent=1)
        write_text(args.folder / f"{database.db_id}.json", text + "\n")
    return f"{len(databases)} files are in {args.folder}."


def _pack(args: argparse.Namespace) -> str:
    databases = [_read(path) for path in sorted(args.folder.glob("*.json"))]
    if not databases:
        raise DataError(
            f"There are no .json files in {str(args.folder)!r}; "
            "`python -m train.asked unpack FOLDER` writes them."
        )
    write_packed([database.content for database in databases], DATABASES)
    return f"{len(databases)} databases are in {DATABASES}, {DATABASES.stat().st_size:,} bytes."


def _check(args: argparse.Namespace) -> str:
    from train.asked.checks import faults

    databases = [_read(path) for path in args.files] or read_databases()
    lines = [f"{d.db_id}: {fault}" for d in databases for fault in faults(d)]
    questions = sum(len(d.questions) for d in databases)
    return "\n".join(
        [*lines, f"{len(databases)} databases, {questions:,} queries, {len(lines)} faults."]
    )


def _read(path: Path) -> AskedDatabase:
    try:
        return AskedDatabase(json.loads(path.read_text(encoding="utf-8")))
    except (OSError, ValueError) as error:
        raise DataError(f"{str(path)!r} cannot be read as JSON ({error}); correct it.") from error


_COMMANDS = {"build": _build, "unpack": _unpack, "pack": _pack, "check": _check}


if __name__ == "__main__":
    sys.exit(main())
