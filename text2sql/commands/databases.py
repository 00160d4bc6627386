"""List the available databases."""

from __future__ import annotations

import sys
from argparse import ArgumentParser, Namespace
from typing import TYPE_CHECKING, Any

from text2sql.arguments import add_catalog, add_json

if TYPE_CHECKING:
    from text2sql.databases import Database

EXAMPLES = """
text2sql databases
text2sql databases --spider-dir ~/spider --json
"""


def add_arguments(parser: ArgumentParser) -> None:
    add_catalog(parser)
    add_json(parser)


def run(args: Namespace) -> int:
    """Return 0; print databases that cannot be read on standard error."""
    from text2sql.databases import Catalog
    from text2sql.terminal import print_json

    catalog = Catalog.open(args.spider_dir, args.sqlite)
    if args.json:
        print_json([_described(database) for database in catalog])
    else:
        for group, databases in catalog.groups().items():
            _show(group, databases)
    for problem in catalog.problems.values():
        print(problem, file=sys.stderr)
    return 0


def _described(database: Database) -> dict[str, Any]:
    return {
        "db_id": database.db_id,
        "group": database.group,
        "tables": len(database.schema.tables),
        "columns": database.schema.column_count,
        "runnable": database.path is not None,
        "path": None if database.path is None else str(database.path),
    }


def _show(group: str, databases: tuple[Database, ...]) -> None:
    from text2sql.terminal import bold, format_table

    print(bold(group))
    rows = [
        (
            database.db_id + ("" if database.path else " (schema only)"),
            len(database.schema.tables),
            database.schema.column_count,
            ", ".join(table.name for table in database.schema.tables),
        )
        for database in databases
    ]
    print(format_table(("name", "tables", "columns", "holds"), rows), end="\n\n")
