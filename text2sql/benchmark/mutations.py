"""Measure the share of small mistakes in gold queries that the test suites detect.

Every gold query is changed in one place at a time (an operator, an aggregate, a clause, a column, a
join ...). A mutant counts as wrong if it differs from the gold query on any database: one of the
test suite, or one of a second, larger set that is drawn independently. Without --questions, the
gold queries of the bundled samples are used.
"""

from __future__ import annotations

import tempfile
from argparse import ArgumentParser, Namespace
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from text2sql.arguments import add_json, add_spider_dir, positive

if TYPE_CHECKING:
    from text2sql.databases import Database

__all__ = ["CatchRate", "add_arguments", "measure", "run"]


@dataclass(frozen=True)
class CatchRate:
    """Counts of mutants of ``golds`` queries: caught, missed although wrong, never different."""

    golds: int
    caught: int
    missed: int
    same: int

    @property
    def percent(self) -> float:
        """The percentage of wrong mutants that are caught."""
        different = self.caught + self.missed
        return 100 * self.caught / different if different else 100.0


def add_arguments(parser: ArgumentParser) -> None:
    parser.add_argument("--questions", type=Path, metavar="FILE", help="questions with gold SQL")
    parser.add_argument(
        "--every", type=positive(int), default=1, metavar="N", help="take every Nth gold query"
    )
    add_spider_dir(parser)
    add_json(parser)


def run(args: Namespace) -> int:
    from tqdm import tqdm

    from text2sql.benchmark.score import load_questions
    from text2sql.databases import Catalog

    catalog = Catalog.open(args.spider_dir)
    examples = load_questions(args.questions, catalog)
    golds = list(dict.fromkeys((example.db_id, example.query) for example in examples))
    chosen = golds[:: args.every]
    pairs = ((gold, catalog.get(db_id)) for db_id, gold in chosen)
    found = measure(tqdm(pairs, total=len(chosen), disable=None))
    if args.json:
        from text2sql.terminal import print_json

        print_json({**asdict(found), "percent": round(found.percent, 2)})
    else:
        print(
            f"{found.golds:,} golds, {found.caught + found.missed:,} wrong "
            f"mutants: {found.caught:,} caught, {found.missed:,} missed ({found.percent:.1f} %).\n"
            f"Equal to their gold query on every database: {found.same:,}."
        )
    return 0


def measure(golds: Iterable[tuple[str, Database]], folder: Path | None = None) -> CatchRate:
    """Try every mutant of each gold query; ``folder`` keeps the test suites."""
    counts = [_measure_one(gold, database, folder) for gold, database in golds]
    caught, missed, same = (sum(column) for column in zip(*counts, strict=True))
    return CatchRate(len(counts), caught, missed, same)


def _measure_one(gold: str, database: Database, folder: Path | None) -> tuple[int, int, int]:
    from text2sql.metrics.suite_builder import SuiteBuilder
    from text2sql.metrics.test_suite import suite_for

    suite = suite_for(gold, database, folder=folder)
    with tempfile.TemporaryDirectory() as scratch:
        judge = SuiteBuilder(gold, database, Path(scratch), keep_distinct=False, seed="judge")
        mutants = judge.mistakes()
        unnoticed = [m for m in mutants if all(judge.passes(m, p) for p in suite.paths)]
        unnoticed = [m for m in unnoticed if judge.passes(m, judge.path)]
        same = list(unnoticed)
        for path in judge.fuzzed_databases():
            same = [mutant for mutant in same if judge.passes(mutant, path)]
            path.unlink()
            if not same:
                break
    return len(mutants) - len(unnoticed), len(unnoticed) - len(same), len(same)
