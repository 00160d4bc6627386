"""Flags that `score` and `evaluate` share, and how both show their report."""

from __future__ import annotations

from argparse import ArgumentParser, Namespace
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from text2sql.evaluation import Report

__all__ = ["add_questions", "add_reporting", "show_report"]


def add_questions(parser: ArgumentParser) -> None:
    """``--questions``: what is asked, with gold SQL."""
    parser.add_argument(
        "--questions",
        type=Path,
        required=True,
        metavar="FILE",
        help="questions with gold SQL, in the form of Spider's dev.json",
    )


def add_reporting(parser: ArgumentParser) -> None:
    """``--metrics``, ``--out`` and ``--html``: what is measured and where it is kept."""
    parser.add_argument(
        "--metrics",
        default="string_match,fair_string_match,rouge1,exact_set,execution",
        metavar="LIST",
        help="some of string_match, fair_string_match, rouge1, exact_set, execution and "
        "test_suite, or all (default: all but test_suite)",
    )
    parser.add_argument(
        "--out", type=Path, metavar="RUN", help="keep everything in this SQLite file, for `compare`"
    )
    parser.add_argument(
        "--html", type=Path, metavar="FILE", help="write a report with plots, in one file"
    )


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
