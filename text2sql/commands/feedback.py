"""Show visitors' feedback on the page's answers, export it for training, or give an answer.

With --question, the SQL that you give helps to answer similar questions at once: in `ask`, and for
all visitors of a page on this machine. What visitors say helps only themselves.

The export has the format of Spider's training file: each question with the SQL that was marked as
right or corrected by hand. The latest verdict on a question wins.
"""

from __future__ import annotations

import os
import sys
from argparse import ArgumentParser, Namespace
from pathlib import Path
from typing import TYPE_CHECKING

from text2sql.arguments import add_database, find_database

if TYPE_CHECKING:
    from text2sql.feedback import FeedbackStore

EXAMPLES = """
text2sql feedback
text2sql feedback --export more.json
text2sql feedback --question "Who earns most?" --sql "SELECT last_name FROM doctor ORDER BY \
  monthly_salary DESC LIMIT 1" --db clinic
text2sql feedback --feedback /srv/feedback.db --export more.json
"""


def add_arguments(parser: ArgumentParser) -> None:
    parser.add_argument(
        "--feedback",
        type=Path,
        default=os.environ.get("TEXT2SQL_FEEDBACK") or None,
        metavar="PATH",
        help="the file or folder that `serve --feedback` wrote to (default: TEXT2SQL_FEEDBACK, "
        "else feedback.db in the cache folder)",
    )
    parser.add_argument(
        "--export",
        type=Path,
        metavar="FILE.json",
        help="write the questions whose SQL is known, in the format of Spider's train.json",
    )

    given = parser.add_argument_group("an answer of your own")
    given.add_argument("--question", help="a question whose SQL you know")
    given.add_argument("--sql", help="its SQL, which must run; with --db or --sqlite")
    add_database(given, required=False)


def run(args: Namespace) -> int:
    """Return 0, also if there is no feedback; 1 if the SQL that was given fails."""
    from text2sql.feedback import open_feedback
    from text2sql.wording import counted

    file = open_feedback(args.feedback)
    if args.question is not None:
        return _give(args, file)
    if args.export is not None:
        print(f"{counted(file.export(args.export), 'question')} written to {args.export}")
        return 0
    counts = file.counts()
    said = ", ".join(f"{counts[word]:,} {word}" for word in ("right", "wrong", "corrected"))
    print(f"{file.path}: {said}")
    return 0


def _give(args: Namespace, file: FeedbackStore) -> int:
    from text2sql.answering.question import check_question
    from text2sql.errors import DataError
    from text2sql.feedback import owner_feedback
    from text2sql.query.layout import on_one_line
    from text2sql.sandbox import run_query

    if args.sql is None or (args.db is None and args.sqlite is None):
        raise DataError("--question needs its --sql, and --db or --sqlite for the database.")
    database = find_database(args)
    question = check_question(args.question, database.schema)
    result = run_query(database, args.sql)
    if result.error is not None:
        print(f"Not saved, because the SQL fails: {result.error}", file=sys.stderr)
        return 1
    sql = on_one_line(args.sql).rstrip("; ")
    file.add(owner_feedback(question, database.db_id, sql))
    print(f"Saved in {file.path}; similar questions on {database.db_id} are answered with it.")
    return 0
