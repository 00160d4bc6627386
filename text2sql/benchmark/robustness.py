"""Measure how a model copes with changes in the question's wording and in the schema.

Reports execution match on --questions, on further question files over the same databases (such as
Spider-Syn, Spider-DK and Spider-Realistic), and on --questions again with changed schemas: names
abbreviated, names prefixed and in camel case, keys not declared. Each figure has its 95% bootstrap
interval. --out saves the row of the model: the page's Report tab shows the rows in the folder of
its runs, and --beside adds rows to the table printed.
"""

from __future__ import annotations

from argparse import ArgumentParser, Namespace
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

from text2sql.arguments import (
    add_json,
    add_model,
    add_spider_dir,
    find_model,
    named_file,
    positive,
)

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from text2sql.answering.pipeline import Text2SQL
    from text2sql.databases import Catalog
    from text2sql.evaluation.robustness import RobustnessRow
    from text2sql.evaluation.statistics import Score
    from text2sql.spider import Example

__all__ = ["add_arguments", "measure", "run"]


def add_arguments(parser: ArgumentParser) -> None:
    parser.add_argument(
        "--questions", type=Path, required=True, metavar="FILE", help="questions with gold SQL"
    )
    parser.add_argument(
        "--set",
        action="append",
        default=[],
        dest="sets",
        metavar="NAME=FILE",
        help="more questions over the same databases; may be repeated",
    )
    parser.add_argument("--limit", type=positive(int), metavar="N", help="the first N of each set")
    parser.add_argument(
        "--beside",
        type=Path,
        action="append",
        default=[],
        metavar="JSON",
        help="also show the saved row of another model; may be repeated",
    )
    parser.add_argument(
        "--out",
        type=Path,
        metavar="JSON",
        help="save the row; in RUNS/NAME.robustness.json, the page of `serve --runs RUNS` shows it",
    )
    add_model(parser)
    add_spider_dir(parser)
    add_json(parser)


def run(args: Namespace) -> int:
    from text2sql.answering.pipeline import Text2SQL
    from text2sql.databases import Catalog
    from text2sql.evaluation.robustness import RobustnessRow, read_row, write_row
    from text2sql.spider import load_examples
    from text2sql.terminal import print_json

    catalog, asker = Catalog.open(args.spider_dir), Text2SQL(find_model(args))
    files = {args.questions.name: args.questions, **dict(map(named_file, args.sets))}
    sets = {name: load_examples(path)[: args.limit] for name, path in files.items()}
    others = [read_row(path) for path in args.beside]
    made = datetime.now(UTC).date().isoformat()
    row = RobustnessRow(asker.generator.name, made, dict(measure(asker, sets, catalog)))
    if args.out is not None:
        write_row(row, args.out)
    if args.json:
        print_json(row.to_dict())
    else:
        print(_table([row, *others]))
    return 0


def _table(rows: list[RobustnessRow]) -> str:
    from text2sql.evaluation.robustness import columns_of
    from text2sql.terminal import format_table

    # a column for each model: a row with all figures would be wider than a terminal
    sets = columns_of(rows)
    cells = [[name, *(_cell(row.scores.get(name)) for row in rows)] for name in sets]
    return format_table(["execution match", *(row.model for row in rows)], cells)


def _cell(score: Score | None) -> str:
    return "" if score is None else f"{score.percent:.1f} ({score.low:.1f} to {score.high:.1f})"


def measure(
    asker: Text2SQL, sets: dict[str, list[Example]], catalog: Catalog
) -> Iterator[tuple[str, Score]]:
    """Yield the execution match of each question set, then of the first on each variant.

    All variants are made before the first question is asked.

    Raises:
        DatabaseError: a database cannot be changed.
    """
    from text2sql.evaluation.schema_variants import VARIANTS

    first = next(iter(sets.values()))
    with TemporaryDirectory(prefix="text2sql-robustness-") as folder:
        variants = {name: _with_variants(first, catalog, name, Path(folder)) for name in VARIANTS}
        for name, examples in sets.items():
            yield name, _score(asker, examples, catalog, catalog)
        for variant, other in variants.items():
            yield variant, _score(asker, first, catalog, other)


def _with_variants(
    examples: Sequence[Example], catalog: Catalog, variant: str, folder: Path
) -> Catalog:
    from text2sql.databases import Catalog as Made
    from text2sql.evaluation.schema_variants import make_variant

    names = dict.fromkeys(example.db_id for example in examples)
    return Made((), [make_variant(catalog.get(name), variant, folder) for name in names])


def _score(asker: Text2SQL, examples: Sequence[Example], own: Catalog, asked: Catalog) -> Score:
    """Score answers over the databases in ``asked`` against gold results over those in ``own``."""
    from text2sql.evaluation.statistics import score
    from text2sql.evaluation.workers import answers, fitting_workers
    from text2sql.metrics.execution import SCORING, row_order_counts, same_rows
    from text2sql.sandbox import run_query

    found = answers(
        asker, dict(enumerate(examples)), asked, fitting_workers(asker.name, len(examples))
    )
    right = []
    for number, answer in found:
        example = examples[number]
        gold = run_query(own.get(example.db_id), example.query, SCORING)
        rows = run_query(asked.get(example.db_id), answer.sql, SCORING)
        same = gold.failure is None and rows.failure is None
        ordered = row_order_counts(example.query)
        right.append(float(same and same_rows(gold.rows, rows.rows, ordered=ordered)))
    return score(right)
