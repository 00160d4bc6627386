"""Measure how long scoring takes, compared with a new process for every query.

Scores all questions several times with every metric except test_suite, and takes the median. In the
same run, it runs some of the queries as older releases of Spider's test suite script do: each in
its own Python process. The ratio of the two shows what reusing processes saves. Without
--questions, the bundled samples are scored; without --predictions, the gold queries themselves.
"""

from __future__ import annotations

import subprocess
import sys
import time
from argparse import ArgumentParser, Namespace
from pathlib import Path
from statistics import median
from typing import TYPE_CHECKING, Any

from text2sql.arguments import add_json, add_spider_dir, positive

if TYPE_CHECKING:
    from collections.abc import Sequence

    from text2sql.databases import Catalog
    from text2sql.spider import Example

__all__ = ["add_arguments", "load_questions", "measure", "run"]

_ONE_QUERY = """
import pickle, sys
from sqlite3 import connect
connection = connect(f"file:{sys.argv[1]}?mode=ro", uri=True)
connection.text_factory = lambda raw: raw.decode(errors="ignore")
sys.stdout.buffer.write(pickle.dumps(connection.execute(sys.argv[2]).fetchall()))
"""


def add_arguments(parser: ArgumentParser) -> None:
    parser.add_argument("--questions", type=Path, metavar="FILE", help="questions with gold SQL")
    parser.add_argument("--predictions", type=Path, metavar="FILE", help="one SQL query a line")
    add_spider_dir(parser)
    parser.add_argument(
        "--repeat", type=positive(int), default=3, metavar="N", help="times to score (default: 3)"
    )
    parser.add_argument(
        "--sample",
        type=positive(int),
        default=50,
        metavar="N",
        help="questions to run in one process each (default: 50)",
    )
    add_json(parser)


def run(args: Namespace) -> int:
    from text2sql.databases import Catalog
    from text2sql.evaluation import load_predictions

    catalog = Catalog.open(args.spider_dir)
    examples = load_questions(args.questions, catalog)
    predictions = [example.query for example in examples]
    if args.predictions is not None:
        predictions = list(load_predictions(args.predictions, len(examples)).queries)
    found = measure(examples, predictions, catalog, args.repeat, args.sample)
    if args.json:
        from text2sql.terminal import print_json

        print_json(found)
    else:
        print(
            f"{found['questions']:,} questions scored in {found['seconds']:.2f} s "
            f"(median of {args.repeat}).\n"
            f"A process a query: {found['process_seconds']:.1f} s for the execution match alone "
            f"(from {found['sample']} questions), {found['ratio']:.0f} times as long."
        )
    return 0


def load_questions(path: Path | None, catalog: Catalog) -> list[Example]:
    """Load the questions of a file, or those of the bundled samples.

    Raises:
        DataError: the file cannot be read.
    """
    from text2sql.spider import load_examples

    if path is not None:
        return load_examples(path)
    samples = catalog.groups().get("Samples", ())
    return [example for database in samples for example in catalog.examples(database.db_id)]


def measure(
    examples: Sequence[Example],
    predictions: Sequence[str],
    catalog: Catalog,
    repeat: int,
    sample: int,
) -> dict[str, Any]:
    """Measure the seconds for all questions, here and with one process for each query."""
    step = max(1, len(examples) // sample)
    sampled = [
        (catalog.get(example.db_id).path, sql)
        for example, prediction in list(zip(examples, predictions, strict=True))[::step]
        for sql in (example.query, prediction)
    ]
    seconds = median(_score_seconds(examples, predictions, catalog) for _ in range(repeat))
    started = time.perf_counter()
    for path, sql in sampled:
        command = [sys.executable, "-c", _ONE_QUERY, str(path), sql]
        subprocess.run(command, capture_output=True, check=False)
    per_question = (time.perf_counter() - started) / (len(sampled) / 2)
    return {
        "questions": len(examples),
        "seconds": round(seconds, 3),
        "sample": len(sampled) // 2,
        "process_seconds": round(per_question * len(examples), 3),
        "ratio": round(per_question * len(examples) / seconds, 2),
    }


def _score_seconds(
    examples: Sequence[Example], predictions: Sequence[str], catalog: Catalog
) -> float:
    from text2sql.evaluation import score
    from text2sql.metrics.execution import forget_results

    forget_results()
    started = time.perf_counter()
    score(examples, predictions, catalog)
    return time.perf_counter() - started
