"""Check the example questions of the page: ask each one, and say which are answered rightly.

A question is right if its first answer has the rows of the gold query, comes without a doubt, and
the page does not ask back; otherwise it is hard. The page offers right questions, and marks hard
ones. What differs from ``assets/samples/checked.json`` is printed, and --write brings the file up
to date, for example after training.
"""

from __future__ import annotations

import sys
from argparse import ArgumentParser, Namespace
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from text2sql.answering.pipeline import Answer, Text2SQL
    from text2sql.databases import Catalog, Database
    from text2sql.spider import Example
    from text2sql.ui.ask.examples import Checked

__all__ = ["add_arguments", "answers_at_once", "check", "differences", "run"]


def add_arguments(parser: ArgumentParser) -> None:
    parser.add_argument(
        "--write", action="store_true", help="write the file that the page reads, if it differs"
    )


def run(args: Namespace) -> int:
    from tqdm import tqdm

    from text2sql.answering.pipeline import Text2SQL
    from text2sql.benchmark.score import load_questions
    from text2sql.databases import Catalog
    from text2sql.ui.ask.examples import CHECKED, Checked

    catalog = Catalog.open()
    asked = tqdm(load_questions(None, catalog), unit="question", file=sys.stderr)
    found = check(Text2SQL(), asked, catalog)
    known = Checked.read() if CHECKED.is_file() else Checked()
    lines = differences(known, found)
    for line in lines:
        print(line)
    total = sum(len(questions) for questions in found.right.values())
    print(f"{found.model} answers {total} questions rightly and at once.")
    if args.write:
        found.write()
        return 0
    return 1 if lines else 0


def check(asker: Text2SQL, examples: Iterable[Example], catalog: Catalog) -> Checked:
    """Ask every question, and sort the questions into right and hard ones."""
    from text2sql.ui.ask.examples import Checked

    right: dict[str, list[str]] = {}
    hard: dict[str, list[str]] = {}
    model = ""
    for example in examples:
        database = catalog.get(example.db_id)
        answer = asker.ask(example.question, database)
        model = answer.model
        kind = right if answers_at_once(answer, example, database) else hard
        kind.setdefault(example.db_id, []).append(example.question)
    return Checked(model, right, hard)


def answers_at_once(answer: Answer, example: Example, database: Database) -> bool:
    """Whether a visitor sees the right rows, without a doubt and without a question back."""
    from text2sql.answering.asking_back import two_readings
    from text2sql.metrics.execution import execution

    if answer.doubt or two_readings(answer, database.schema) is not None:
        return False
    return any(execution(gold, answer.sql, database).match for gold in example.golds)


def differences(known: Checked, found: Checked) -> Sequence[str]:
    """Return a line for each question that is right in one of the two and not in the other."""
    before = {(db, q) for db, questions in known.right.items() for q in questions}
    now = {(db, q) for db, questions in found.right.items() for q in questions}
    return [
        *(f"no longer right: {db}: {question}" for db, question in sorted(before - now)),
        *(f"right now: {db}: {question}" for db, question in sorted(now - before)),
    ]
