"""Score any system's predictions; no model needed.

The predictions are one SQL query per line, in the order of the questions (text after a tab is
ignored), or a JSON list, JSON lines, or BIRD's JSON object of numbered predictions.
"""

from __future__ import annotations

from argparse import ArgumentParser, Namespace
from pathlib import Path

from text2sql.arguments import add_json, add_spider_dir
from text2sql.evaluation_arguments import add_gate, add_questions, add_reporting

EXAMPLES = """
text2sql score --questions dev.json --predictions out.txt --spider-dir ~/spider
text2sql score --questions dev.json --predictions out.txt --metrics exact_set,execution
text2sql score --questions dev.json --predictions out.txt --out system.db --json
"""


def add_arguments(parser: ArgumentParser) -> None:
    add_questions(parser)
    parser.add_argument(
        "--predictions",
        type=Path,
        required=True,
        metavar="FILE",
        help="the predictions: one SQL query per line, JSON lines, or JSON in BIRD's format",
    )
    parser.add_argument(
        "--corrections",
        type=Path,
        metavar="FILE",
        help="corrected gold queries, as exported by the page of `audit --html`",
    )
    add_spider_dir(parser)
    add_reporting(parser)
    add_gate(parser)
    add_json(parser)


def run(args: Namespace) -> int:
    """Return 0, or 1 if the scores are lower than the flags require."""
    from text2sql.databases import Catalog
    from text2sql.evaluation import load_predictions, score
    from text2sql.evaluation_arguments import chosen_half, chosen_metrics, show_report
    from text2sql.spider import load_examples

    examples = load_examples(args.questions)
    predictions = load_predictions(args.predictions, len(examples))
    queries = tuple(chosen_half(args, predictions.queries))
    examples = chosen_half(args, examples)
    if args.corrections is not None:
        from text2sql.evaluation.audit import apply_corrections, load_corrections

        examples, kept = apply_corrections(examples, load_corrections(args.corrections))
        queries = tuple(queries[number] for number in kept)
    report = score(
        examples,
        queries,
        Catalog.open(args.spider_dir),
        metrics=chosen_metrics(args, examples),
        problems=predictions.problems,
        out=args.out,
        name=args.predictions.name,
        official=args.official,
        timeout_s=args.timeout,
        progress=True,
    )
    return show_report(report, args, args.predictions.name)
