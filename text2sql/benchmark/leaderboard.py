"""Score several systems' predictions for the same questions, in one table.

Each system is a file of predictions, as `score` reads them, or a run that `evaluate --out` made;
NAME= before the path names it. The table has every metric with its 95% bootstrap interval, and one
metric broken down by hardness; systems are sorted by that metric.
"""

from __future__ import annotations

from argparse import ArgumentParser, Namespace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from text2sql.arguments import add_json, add_spider_dir, named_file

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from text2sql.databases import Catalog
    from text2sql.evaluation import Report
    from text2sql.spider import Example

__all__ = ["add_arguments", "ranked", "run", "score_system", "table"]


def add_arguments(parser: ArgumentParser) -> None:
    parser.add_argument(
        "systems", nargs="+", metavar="NAME=FILE", help="predictions or runs, one for each system"
    )
    parser.add_argument(
        "--questions", type=Path, required=True, metavar="FILE", help="questions with gold SQL"
    )
    add_spider_dir(parser)
    parser.add_argument(
        "--metrics",
        default="exact_set,execution,test_suite",
        metavar="LIST",
        help="what to measure, as in `score` (default: %(default)s)",
    )
    parser.add_argument(
        "--by",
        default="execution",
        metavar="METRIC",
        help="the metric to rank by and to break down by hardness (default: %(default)s)",
    )
    parser.add_argument("--markdown", action="store_true", help="print the table as Markdown")
    add_json(parser)


def run(args: Namespace) -> int:
    from tqdm import tqdm

    from text2sql.databases import Catalog
    from text2sql.evaluation import check_metrics
    from text2sql.spider import load_examples
    from text2sql.terminal import format_table, print_json

    (by,) = check_metrics(args.by)[:1]
    metrics = tuple(dict.fromkeys([*check_metrics(args.metrics), by]))
    examples, catalog = load_examples(args.questions), Catalog.open(args.spider_dir)
    reports = {}
    for text in tqdm(args.systems, desc="scoring systems", disable=None):
        name, path = named_file(text)
        reports[name] = score_system(path, examples, catalog, metrics)
    reports = ranked(reports, by)
    if args.json:
        print_json({name: _plain(report) for name, report in reports.items()})
        return 0
    columns, rows = table(reports, metrics, by)
    if args.markdown:
        from text2sql.evaluation.report.markdown import markdown_table

        print(markdown_table(columns, rows))
    else:
        print(format_table(columns, rows))
    return 0


def score_system(
    path: Path, examples: Sequence[Example], catalog: Catalog, metrics: Sequence[str]
) -> Report:
    """Score a file of predictions, or the answers in a saved run.

    Raises:
        DataError: the file cannot be read, or the run has other questions.
    """
    from text2sql.errors import DataError
    from text2sql.evaluation import Run, load_predictions, score

    if path.suffix != ".db":
        predictions = load_predictions(path, len(examples))
        return score(
            examples, predictions.queries, catalog, metrics=metrics, problems=predictions.problems
        )
    with Run.load(path) as run:
        items = run.items()
    asked = [(item.example.question, item.example.db_id) for item in items]
    if asked != [(example.question, example.db_id) for example in examples]:
        raise DataError(
            f"{str(path)!r} holds other questions; name the file that it was made from."
        )
    return score(examples, [item.prediction for item in items], catalog, metrics=metrics)


def ranked(reports: Mapping[str, Report], by: str) -> dict[str, Report]:
    """Sort the systems, best first."""
    return dict(sorted(reports.items(), key=lambda found: -found[1].totals[by].percent))


def table(
    reports: Mapping[str, Report], metrics: Sequence[str], by: str
) -> tuple[list[str], list[list[str]]]:
    """Return the column names and a row per system, in percent."""
    from text2sql.evaluation.report.text import NAMES

    levels = list(next(iter(reports.values())).groups["hardness"])
    columns = ["system", *(NAMES[metric] for metric in metrics), *(f"{by}, {n}" for n in levels)]
    rows = []
    for name, report in reports.items():
        totals = [report.totals[metric] for metric in metrics]
        groups = report.groups["hardness"]
        rows.append(
            [
                name,
                *(f"{s.percent:.1f} ({s.low:.1f} to {s.high:.1f})" for s in totals),
                *(f"{groups[level][by].percent:.1f}" for level in levels),
            ]
        )
    return columns, rows


def _plain(report: Report) -> dict[str, Any]:
    whole = report.to_dict()
    return {key: whole[key] for key in ("n", "totals", "intervals", "groups", "problems")}
