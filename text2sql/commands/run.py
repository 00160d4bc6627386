"""Run your own SQL, read-only and within limits."""

from __future__ import annotations

import sys
from argparse import ArgumentParser, Namespace
from typing import TYPE_CHECKING

from text2sql.arguments import (
    add_database,
    add_json,
    add_limits,
    find_database,
    find_limits,
    read_text,
)

if TYPE_CHECKING:
    from text2sql.sandbox import QueryResult

EXAMPLES = """
text2sql run "SELECT count(*) FROM singer" --db concert_singer --spider-dir ~/spider
text2sql run - --sqlite shop.db --json < query.sql
"""

_SHOWN_ROWS = 50


def add_arguments(parser: ArgumentParser) -> None:
    parser.add_argument("sql", help="one SELECT statement; - reads it from standard input")
    add_database(parser)
    add_limits(parser)
    add_json(parser)
    parser.add_argument(
        "--csv",
        action="store_true",
        help="print the rows as CSV, unchanged: a cell that starts with = runs in a spreadsheet",
    )


def run(args: Namespace) -> int:
    """Return 0 if the SQL ran, 1 if it failed."""
    from text2sql.sandbox import run_query
    from text2sql.terminal import print_json

    result = run_query(find_database(args), read_text(args.sql), find_limits(args))
    if args.json:
        print_json(result.to_dict())
    elif args.csv and result.error is None:
        from text2sql.ui.row_files import csv_text

        print(csv_text(result.columns, result.rows, raw=True), end="")
        if result.truncated:
            first = f"The first {len(result.rows):,} rows; the query returns more."
            print(f"{first} --max-rows raises the limit.", file=sys.stderr)
    else:
        show_result(result)
    return 0 if result.error is None else 1


def show_result(result: QueryResult) -> None:
    """Print the rows as a table, or the failure on standard error."""
    from text2sql.terminal import dim, format_table

    if result.error is not None:
        print(f"The SQL failed: {result.error}", file=sys.stderr)
        return
    print(format_table(result.columns, result.rows[:_SHOWN_ROWS]))
    count = len(result.rows)
    total = f"{count:,} row{'' if count == 1 else 's'}"
    if result.truncated:
        total = f"the first {total}; there are more"
    if count > _SHOWN_ROWS:
        total += f"; {_SHOWN_ROWS} shown, --json prints them all"
    print(dim(f"({total})"))
