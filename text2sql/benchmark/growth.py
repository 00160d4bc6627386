"""Measure how the time of an answer grows with the number of columns and of rows.

Makes databases in a temporary folder (250 MB at 10 million rows) and asks a few questions about
each. The first question is timed separately, because it includes indexing the cells and reading the
names; then all of them are asked several times. --plot draws both curves.
"""

from __future__ import annotations

import sqlite3
import tempfile
import time
from argparse import ArgumentParser, Namespace
from collections.abc import Callable, Sequence
from contextlib import closing
from dataclasses import asdict, dataclass
from pathlib import Path
from statistics import median
from typing import TYPE_CHECKING

from text2sql.arguments import add_json, add_model, find_model, positive

if TYPE_CHECKING:
    from text2sql.answering.pipeline import Text2SQL
    from text2sql.databases import Database

__all__ = ["Growth", "add_arguments", "make_columns", "make_rows", "measure", "run"]

_COLUMNS = (10, 100, 1_000)
_ROWS = (1_000, 1_000_000, 10_000_000)
_THINGS = (
    "customer delivery product supplier invoice shipment employee branch contract visit".split()
)
_OF_EACH = "name city year price weight colour status rating country".split()
_QUESTIONS = {
    "columns": (
        "How many customers are there?",
        "What are the names of customers in the year 7?",
        "Which product has the highest price?",
    ),
    "rows": (
        "How many readings are there?",
        "What is the average temperature for each kind?",
        "How many readings have a temperature above 30?",
        "Which station has the most readings?",
    ),
}


@dataclass(frozen=True)
class Growth:
    """Times for one database with ``size`` columns in total, or ``size`` rows in one table."""

    what: str
    size: int
    first_ms: float
    median_ms: float
    longest_ms: float


def add_arguments(parser: ArgumentParser) -> None:
    add_model(parser)
    for name, default in (("columns", _COLUMNS), ("rows", _ROWS)):
        parser.add_argument(
            f"--{name}",
            type=positive(int),
            nargs="+",
            default=default,
            metavar="N",
            help=f"(default: {' '.join(map(str, default))})",
        )
    parser.add_argument(
        "--repeat", type=positive(int), default=3, metavar="N", help="times to ask (default: 3)"
    )
    parser.add_argument("--plot", type=Path, metavar="FILE", help="an SVG file for the picture")
    add_json(parser)


def run(args: Namespace) -> int:
    from tqdm import tqdm

    from text2sql.answering.pipeline import Text2SQL
    from text2sql.terminal import format_table, print_json

    asker = Text2SQL(find_model(args))
    makers: dict[str, Callable[[Path, int], Database]] = {
        "columns": make_columns,
        "rows": make_rows,
    }
    sizes = [(what, size) for what in makers for size in getattr(args, what)]
    found = []
    for what, size in tqdm(sizes, unit="database"):
        with tempfile.TemporaryDirectory() as folder:
            database = makers[what](Path(folder) / "growth.sqlite", size)
            found.append(measure(asker, database, what, size, args.repeat))
    if args.plot is not None:
        _draw(found, args.plot)
    if args.json:
        print_json([asdict(growth) for growth in found])
        return 0
    heads = ["", "size", "first question, ms", "median, ms", "longest, ms"]
    print(format_table(heads, [list(asdict(growth).values()) for growth in found]))
    return 0


def measure(asker: Text2SQL, database: Database, what: str, size: int, repeat: int) -> Growth:
    """Ask the questions of ``what`` about ``database``, after a warm-up that loads the model."""
    from text2sql.databases import Database

    asker.ask("How many are there?", Database.from_schema_text("thing(id, name)"))
    questions = _QUESTIONS[what]
    first = _milliseconds(asker, questions[0], database)
    times = [_milliseconds(asker, q, database) for q in questions for _ in range(repeat)]
    return Growth(what, size, first, round(median(times), 1), max(times))


def _milliseconds(asker: Text2SQL, question: str, database: Database) -> float:
    started = time.perf_counter()
    asker.ask(question, database)
    return round(1000 * (time.perf_counter() - started), 1)


def make_columns(path: Path, count: int) -> Database:
    """Make tables of ten columns, ``count`` columns in total; each refers to the previous one."""
    from text2sql.databases import Database

    with closing(sqlite3.connect(path)) as connection, connection:
        for number in range(max(1, count // 10)):
            columns = ["id INTEGER PRIMARY KEY", *_OF_EACH]
            if number:
                columns[-1] = f"previous_id INTEGER REFERENCES {_thing(number - 1)} (id)"
            connection.execute(f"CREATE TABLE {_thing(number)} ({', '.join(columns)})")
            values = ", ".join(f"'{name} ' || i" for name in _OF_EACH[:2])
            numbers = ", ".join(f"i * {place} % 97" for place in range(3, len(_OF_EACH) + 1))
            connection.execute(
                f"INSERT INTO {_thing(number)} {_counting(50)} SELECT i, {values}, {numbers} FROM n"
            )
    return Database.from_sqlite(path)


def _thing(number: int) -> str:
    """A table name such as ``customer``, or ``customer_2`` after all names are used once."""
    again = number // len(_THINGS)
    return _THINGS[number % len(_THINGS)] + (f"_{again + 1}" if again else "")


def make_rows(path: Path, count: int) -> Database:
    """Make a table of fifty stations and a table of ``count`` readings."""
    from text2sql.databases import Database

    with closing(sqlite3.connect(path, isolation_level=None)) as connection:
        connection.execute("PRAGMA journal_mode = OFF")  # nobody needs the file after a crash
        connection.execute("PRAGMA synchronous = OFF")
        connection.execute("CREATE TABLE station (id INTEGER PRIMARY KEY, name TEXT, city TEXT)")
        connection.execute(
            f"INSERT INTO station {_counting(50)} "
            "SELECT i, 'Station ' || i, 'City ' || (i % 12) FROM n"
        )
        connection.execute(
            "CREATE TABLE reading (id INTEGER PRIMARY KEY, "
            "station_id INTEGER REFERENCES station (id), kind TEXT, temperature REAL)"
        )
        connection.execute(
            f"INSERT INTO reading {_counting(count)} SELECT i, 1 + i % 50, "
            "CASE i % 3 WHEN 0 THEN 'wind' WHEN 1 THEN 'rain' ELSE 'sun' END, "
            "i * 37 % 4000 / 100.0 FROM n"
        )
    return Database.from_sqlite(path)


def _counting(count: int) -> str:
    """A WITH clause for a table ``n`` of the numbers ``i`` from 1 to ``count``."""
    return f"WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < {count:d})"


def _draw(found: Sequence[Growth], path: Path) -> None:
    from text2sql.plots.curves import growth, save_picture

    plots = []
    for what in dict.fromkeys(g.what for g in found):
        points = [g for g in found if g.what == what]
        lines = {
            "median of the questions": [(float(g.size), g.median_ms) for g in points],
            "the first question": [(float(g.size), g.first_ms) for g in points],
        }
        across = "columns of the schema" if what == "columns" else "rows of the table"
        plots.append(growth(lines, across, "ms"))
    save_picture(plots, path, "Time of an answer by the size of its database")
