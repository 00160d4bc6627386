"""Flags that `score` and `evaluate` share, and how both show their report."""

from __future__ import annotations

from argparse import ArgumentParser, Namespace
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from text2sql.arguments import positive

if TYPE_CHECKING:
    from text2sql.evaluation import Report
    from text2sql.spider import Example

__all__ = ["add_questions", "add_reporting", "chosen_metrics", "show_report"]


def add_questions(parser: ArgumentParser) -> None:
    """``--questions``: what is asked, with gold SQL."""
    parser.add_argument(
        "--questions",
        type=Path,
        required=True,
        metavar="FILE",
        help="questions with gold SQL: JSON or JSON lines as Spider, BIRD, sql-eval and others "
        "have them",
    )


def add_reporting(parser: ArgumentParser) -> None:
    """``--metrics``, ``--out`` and ``--html``: what is measured and where it is kept."""
    parser.add_argument(
        "--metrics",
        metavar="LIST",
        help="some of string_match, fair_string_match, rouge1, exact_set, execution, "
        "execution_extra, test_suite, bird_execution, soft_f1 and r_ves, or all (default: the "
        "first five; BIRD's two for its questions, execution_extra where several golds are right)",
    )
    parser.add_argument(
        "--official",
        action="store_true",
        help="rewrite queries as Spider's official script does, also where that does harm: "
        "market_value becomes market_1",
    )
    parser.add_argument(
        "--timeout",
        type=positive(float),
        default=10.0,
        metavar="S",
        help="seconds that each query may take (default: %(default)g)",
    )
    parser.add_argument(
        "--out", type=Path, metavar="RUN", help="keep everything in this SQLite file, for `compare`"
    )
    parser.add_argument(
        "--html", type=Path, metavar="FILE", help="write a report with plots, in one file"
    )


def chosen_metrics(args: Namespace, examples: Sequence[Example]) -> tuple[str, ...]:
    """What ``--metrics`` names, else what is usual for such questions.

    Raises:
        DataError: a name is not a known metric.
    """
    from text2sql.evaluation.items import check_metrics, usual_metrics

    return usual_metrics(examples) if args.metrics is None else check_metrics(args.metrics)


def show_report(report: Report, args: Namespace, title: str) -> None:
    """Print the report as text or JSON, and write the HTML one if asked to."""
    if args.html is not None:
        from text2sql.evaluation.report.html import write_report

        write_report(report, args.html, title, _manifest(args))
    if args.json:
        from text2sql.terminal import print_json

        print_json(report.to_dict())
    else:
        from text2sql.evaluation.report.text import report_text

        print(report_text(report))


def _manifest(args: Namespace) -> dict[str, Any] | None:
    """What the run's file says of how it was made, where it was kept."""
    if args.out is None:
        return None
    from text2sql.evaluation import Run

    with Run.load(args.out) as run:
        return run.manifest
