"""Flags that `score` and `evaluate` share, and the output of their report."""

from __future__ import annotations

import sys
from argparse import ArgumentParser, Namespace
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

from text2sql.arguments import positive
from text2sql.atomic import save_error, write_bytes

if TYPE_CHECKING:
    from text2sql.evaluation import Report
    from text2sql.evaluation.reference import ReferenceScores
    from text2sql.spider import Example

__all__ = [
    "add_gate",
    "add_questions",
    "add_reporting",
    "chosen_half",
    "chosen_metrics",
    "show_report",
]

_Item = TypeVar("_Item")


def add_questions(parser: ArgumentParser) -> None:
    """Add ``--questions``: the questions with gold SQL."""
    parser.add_argument(
        "--questions",
        type=Path,
        required=True,
        metavar="FILE",
        help="questions with gold SQL: JSON or JSON lines in the format of Spider, BIRD, sql-eval "
        "and others",
    )


def add_reporting(parser: ArgumentParser) -> None:
    """Add ``--metrics``, ``--out``, ``--html`` and the other flags of a report."""
    parser.add_argument(
        "--metrics",
        metavar="LIST",
        help="comma-separated: string_match, fair_string_match, rouge1, exact_set, execution, "
        "execution_extra, test_suite, bird_execution, soft_f1 and r_ves, or all (default: the "
        "first five; for BIRD's questions also its two, with several golds execution_extra)",
    )
    parser.add_argument(
        "--official",
        action="store_true",
        help="rewrite queries as Spider's official script does, even if that breaks them: "
        "market_value becomes market_1",
    )
    parser.add_argument(
        "--as-reference",
        choices=("validation", "test"),
        nargs="?",
        const="validation",
        metavar="HALF",
        help="ask and score only the half of the questions that the reference most likely used "
        "(validation or test; default: validation), and add string match and ROUGE-1 as it most "
        "likely computed them",
    )
    parser.add_argument(
        "--timeout",
        type=positive(float),
        default=10.0,
        metavar="S",
        help="time limit of each query in seconds (default: %(default)g)",
    )
    parser.add_argument(
        "--out", type=Path, metavar="RUN", help="save the run in this SQLite file, for `compare`"
    )
    parser.add_argument(
        "--html", type=Path, metavar="FILE", help="write a report with plots as one HTML file"
    )


def add_gate(parser: ArgumentParser) -> None:
    """Add ``--at-least``, ``--not-worse-than``, ``--junit`` and ``--summary`` for CI jobs."""
    group = parser.add_argument_group("for continuous integration")
    group.add_argument(
        "--at-least",
        action="append",
        default=[],
        metavar="METRIC=PERCENT",
        help="exit with 1 if a total is lower, such as execution=75; may be repeated",
    )
    group.add_argument(
        "--not-worse-than",
        type=Path,
        metavar="RUN",
        help="exit with 1 if an answer that was right in this run is wrong now",
    )
    group.add_argument(
        "--junit", type=Path, metavar="FILE", help="write JUnit XML, one test per question"
    )
    group.add_argument(
        "--summary",
        type=Path,
        metavar="FILE",
        help="append the report as Markdown, for example to $GITHUB_STEP_SUMMARY",
    )


def chosen_metrics(args: Namespace, examples: Sequence[Example]) -> tuple[str, ...]:
    """The metrics of ``--metrics``, else the default metrics for these questions.

    Raises:
        DataError: a name is not a known metric.
    """
    from text2sql.evaluation.items import check_metrics, usual_metrics

    return usual_metrics(examples) if args.metrics is None else check_metrics(args.metrics)


def chosen_half(args: Namespace, items: Sequence[_Item]) -> list[_Item]:
    """The items of the half of ``--as-reference``; all of them without it."""
    if args.as_reference is None:
        return list(items)
    from text2sql.evaluation.reference import half_of

    return [items[number] for number in half_of(len(items), args.as_reference)]


def show_report(report: Report, args: Namespace, title: str) -> int:
    """Print the report as text or JSON, write the requested files, and check the gate.

    Returns:
        The exit status: 1 if the report fails a condition of ``add_gate``.

    Raises:
        DataError: a file cannot be read or written, or a flag cannot be understood.
    """
    found = _complaints(report, args)
    if args.html is not None:
        from text2sql.evaluation.report.html import write_report

        write_report(report, args.html, title, _manifest(args))
    if args.json:
        from text2sql.terminal import print_json

        scores = _as_reference(report, args)
        added = {} if scores is None else {"as_reference": scores.to_dict()}
        print_json({**report.to_dict(), **added})
    else:
        from text2sql.evaluation.report.text import report_text

        print(report_text(report))
        if (scores := _as_reference(report, args)) is not None:
            print(scores.sentence())
    for complaint in found:
        print(f"text2sql: {complaint}", file=sys.stderr)
    return 1 if found else 0


def _as_reference(report: Report, args: Namespace) -> ReferenceScores | None:
    if args.as_reference is None:
        return None
    from text2sql.evaluation.reference import reference_scores

    golds = [item.example.query for item in report.items]
    return reference_scores(golds, [item.prediction for item in report.items], args.as_reference)


def _complaints(report: Report, args: Namespace) -> list[str]:
    """List what is not good enough, and write the files for CI."""
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
    """Append, because each step of a CI job adds to the same file."""
    try:
        with path.open("a", encoding="utf-8", errors="replace") as file:
            file.write(text)
    except OSError as error:
        raise save_error(error, path) from error


def _manifest(args: Namespace) -> dict[str, Any] | None:
    """The manifest of the saved run, None if it was not saved."""
    if args.out is None:
        return None
    from text2sql.evaluation import Run

    with Run.load(args.out) as run:
        return run.manifest
