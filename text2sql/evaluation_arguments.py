"""Flags that `score` and `evaluate` share, and how both show their report."""

from __future__ import annotations

import sys
from argparse import ArgumentParser, Namespace
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from text2sql.arguments import positive
from text2sql.atomic import save_error, write_bytes

if TYPE_CHECKING:
    from text2sql.evaluation import Report
    from text2sql.spider import Example

__all__ = ["add_gate", "add_questions", "add_reporting", "chosen_metrics", "show_report"]


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


def add_gate(parser: ArgumentParser) -> None:
    """``--at-least``, ``--not-worse-than``, ``--junit`` and ``--summary``: for a CI job."""
    group = parser.add_argument_group("for continuous integration")
    group.add_argument(
        "--at-least",
        action="append",
        default=[],
        metavar="METRIC=PERCENT",
        help="exit with 1 where a total is lower, such as execution=75; may be repeated",
    )
    group.add_argument(
        "--not-worse-than",
        type=Path,
        metavar="RUN",
        help="exit with 1 where an answer that was right in this run is wrong now",
    )
    group.add_argument(
        "--junit", type=Path, metavar="FILE", help="write JUnit XML, one test for each question"
    )
    group.add_argument(
        "--summary",
        type=Path,
        metavar="FILE",
        help="append the report as Markdown, to $GITHUB_STEP_SUMMARY for example",
    )


def chosen_metrics(args: Namespace, examples: Sequence[Example]) -> tuple[str, ...]:
    """What ``--metrics`` names, else what is usual for such questions.

    Raises:
        DataError: a name is not a known metric.
    """
    from text2sql.evaluation.items import check_metrics, usual_metrics

    return usual_metrics(examples) if args.metrics is None else check_metrics(args.metrics)


def show_report(report: Report, args: Namespace, title: str) -> int:
    """Print the report as text or JSON, write the files asked for, and judge it.

    Returns:
        The exit status: 1 where the report is not as good as the flags of ``add_gate`` demand.

    Raises:
        DataError: a file cannot be read or written, or a flag cannot be understood.
    """
    found = _complaints(report, args)
    if args.html is not None:
        from text2sql.evaluation.report.html import write_report

        write_report(report, args.html, title, _manifest(args))
    if args.json:
        from text2sql.terminal import print_json

        print_json(report.to_dict())
    else:
        from text2sql.evaluation.report.text import report_text

        print(report_text(report))
    for complaint in found:
        print(f"text2sql: {complaint}", file=sys.stderr)
    return 1 if found else 0


def _complaints(report: Report, args: Namespace) -> list[str]:
    """What is not good enough; written to the files for CI as well."""
    from text2sql.evaluation.report.gate import complaints, read_floors

    before = None
    if args.not_worse_than is not None:
        from text2sql.evaluation import Run

        with Run.load(args.not_worse_than) as run:
            before = run.items()
    found = complaints(report, read_floors(args.at_least), before)
    title = args.questions.name
    if args.junit is not None:
        from text2sql.evaluation.report.junit import junit_xml

        write_bytes(args.junit, junit_xml(report, title))
    if args.summary is not None:
        from text2sql.evaluation.report.markdown import report_markdown

        _append(args.summary, report_markdown(report, title, found))
    return found


def _append(path: Path, text: str) -> None:
    """As CI systems want it: each step of a job adds to the same file."""
    try:
        with path.open("a", encoding="utf-8", errors="replace") as file:
            file.write(text)
    except OSError as error:
        raise save_error(error, path) from error


def _manifest(args: Namespace) -> dict[str, Any] | None:
    """What the run's file says of how it was made, where it was kept."""
    if args.out is None:
        return None
    from text2sql.evaluation import Run

    with Run.load(args.out) as run:
        return run.manifest
