"""Measure how a model copes with changes in the question's wording and in the schema.

Reports execution match on --questions, on further question files over the same databases (such as
Spider-Syn, Spider-DK and Spider-Realistic), and on --questions again with changed schemas: names
abbreviated, names prefixed and in camel case, keys not declared. Each figure has its 95% bootstrap
interval. --json prints the row of one model; --beside adds the rows of others to the table.
"""

from __future__ import annotations

from argparse import ArgumentParser, Namespace
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any

from text2sql.arguments import add_json, add_model, add_spider_dir, find_model, positive

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from text2sql.answering.pipeline import Text2SQL
    from text2sql.databases import Catalog
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
        help="also show the row that another model's --json printed; may be repeated",
    )
    add_model(parser)
    add_spider_dir(parser)
    add_json(parser)


def run(args: Namespace) -> int:
    from text2sql.answering.pipeline import Text2SQL
    from text2sql.databases import Catalog
    from text2sql.spider import load_examples
    from text2sql.terminal import format_table, print_json

    catalog, asker = Catalog.open(args.spider_dir), Text2SQL(find_model(args))
    files = {args.questions.name: args.questions, **dict(map(_named, args.sets))}
    sets = {name: load_examples(path)[: args.limit] for name, path in files.items()}
    others = [_read_row(path) for path in args.beside]
    scores = dict(measure(asker, sets, catalog))
    row = {
        "model": asker.generator.name,
        "scores": {name: [s.n, s.percent, s.low, s.high] for name, s in scores.items()},
    }
    if args.json:
        print_json(row)
        return 0
    rows = [row, *others]
    columns = list(dict.fromkeys(name for found in rows for name in found["scores"]))
    cells = [[r["model"], *(_cell(r["scores"].get(name)) for name in columns)] for r in rows]
    print(format_table(["execution match of", *columns], cells))
    return 0


def _named(text: str) -> tuple[str, Path]:
    name, equals, path = text.partition("=")
    return (name, Path(path)) if equals else (Path(text).stem, Path(text))


def _read_row(path: Path) -> dict[str, Any]:
    from text2sql.errors import DataError
    from text2sql.spider import load_json

    match load_json(path):
        case {"model": str(), "scores": dict()} as row:
            return dict(row)
    raise DataError(f"{str(path)!r} holds no row; `benchmark robustness --json` writes one.")


def _cell(score: Sequence[float] | None) -> str:
    return "" if score is None else f"{score[1]:.1f} ({score[2]:.1f} to {score[3]:.1f})"


def measure(
    asker: Text2SQL, sets: dict[str, list[Example]], catalog: Catalog
) -> Iterator[tuple[str, Score]]:
    """Yield the execution match of each question set, then of the first on each variant."""
    from text2sql.evaluation.schema_variants import VARIANTS

    for name, examples in sets.items():
        yield name, _score(asker, examples, catalog, catalog)
    first = next(iter(sets.values()))
    with TemporaryDirectory(prefix="text2sql-robustness-") as folder:
        for variant in VARIANTS:
            other = _with_variants(first, catalog, variant, Path(folder))
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
